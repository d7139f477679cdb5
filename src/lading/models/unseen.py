"""Signs that something publishes images which we do not see: jobs behind a login, other CI systems, scripts."""

from __future__ import annotations

from lading import regex as re
from lading.models.likely import commands
from lading.tables.actions import LOGINS, TOKEN_LOGINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.repository import Repository
    from lading.models.workflow import Job, Workflow

_LOGIN = re.compile(r"\b(?:docker|podman|buildah|skopeo|crane|oras|helm registry)\s+(?:auth\s+)?login\b")
_PUSHES = re.compile(
    r"\b(?:docker|podman|buildah|crane|nerdctl|img|compose)\b[^\n|;&]*\s(?:push|--push)\b"
    r"|\bskopeo\s+copy\b|\bko\s+(?:build|publish|resolve|apply)\b|\bimagetools\s+create\b|\bkaniko\b|\bjib\b"
)
_OTHER_SYSTEMS = frozenset(
    (
        ".gitlab-ci.yml",
        ".circleci",
        ".drone.yml",
        ".drone.star",
        ".woodpecker.yml",
        ".woodpecker.yaml",
        ".woodpecker",
        ".travis.yml",
        ".buildkite",
        ".semaphore",
        ".cirrus.yml",
        ".concourse",
        ".tekton",
        ".teamcity",
        ".forgejo",
        ".gitea",
        "jenkinsfile",
        "azure-pipelines.yml",
        "azure-pipelines.yaml",
        ".azure-pipelines",
        "bitbucket-pipelines.yml",
        "cloudbuild.yaml",
        "cloudbuild.yml",
        "buildspec.yml",
        "buildspec.yaml",
        "appveyor.yml",
        ".goreleaser.yml",
        ".goreleaser.yaml",
        "goreleaser.yml",
        "goreleaser.yaml",
        ".ko.yaml",
        "skaffold.yaml",
        "tiltfile",
        "earthfile",
        "dagger.json",
        "werf.yaml",
        "flake.nix",
    )
)
"""What lies at the top of a repository where another system, or another tool, may build images; in small letters."""


def unseen_publishers(repository: Repository) -> Iterator[str]:
    """What may publish images beside what is seen, each as words that "unless" and "publishes it" go around."""
    for _, words in repository.unseen_in_workflows:
        yield words
    for name, _, _ in repository.texts.files.entries(""):
        if name.lower() in _OTHER_SYSTEMS:
            yield f"`{name}`"
    for path in repository.inventory.scripts:
        if repository.texts.ask(path, pushes):
            yield f"`{path}`"


def in_workflows(repository: Repository) -> Iterator[tuple[str, str]]:
    """The path of a workflow, and the words."""
    publishing = {(each.workflow, each.job) for each in repository.published}
    for path in repository.inventory.workflows:
        workflow = repository.workflows.get(path)
        if workflow is None:
            yield path, f"`{path}`, which cannot be read,"
            continue
        for job in workflow.jobs.values():
            words = _of_job(job, workflow, publishing, repository)
            if words is not None:
                yield path, words


def pushes(text: str) -> bool:
    """Does a script speak of pushing images?"""
    return _PUSHES.search(text) is not None


def _of_job(
    job: Job, workflow: Workflow, publishing: set[tuple[str, str]], repository: Repository
) -> str | None:
    words = f"job `{job.id}` of `{workflow.path}`"
    if job.uses is not None:
        return None if repository.call_graph.call(job) is not None else f"what {words} calls"
    if (workflow.path, job.id) in publishing:
        return f"a script of {words}" if _runs_a_publisher(job) else None
    return words if _logs_in(job) or _may_write(job, workflow, publishing) else None


def _runs_a_publisher(job: Job) -> bool:
    """Does a script of it speak of publishing, in a command that only its look tells of?"""
    return any(step.run is not None and any(True for _ in commands(step.run.text)) for step in job.steps)


def _logs_in(job: Job) -> bool:
    return any(
        step.action in LOGINS
        or step.action in TOKEN_LOGINS
        or (step.run is not None and _LOGIN.search(step.run.text) is not None)
        for step in job.steps
    )


def _may_write(job: Job, workflow: Workflow, publishing: set[tuple[str, str]]) -> bool:
    """Is it given `packages: write`, as no job that only builds is? For a whole file that says nothing of a job."""
    if job.permissions is not None:
        return job.permissions.scopes.get("packages") == "write"
    whole = workflow.permissions is not None and workflow.permissions.scopes.get("packages") == "write"
    return whole and not any(path == workflow.path for path, _ in publishing)


def is_written_elsewhere(repository: Repository, name: str, is_prefix: bool) -> bool:
    """Does a workflow, an action or a script name an image, so that it may well be built there?

    A readme counts where it says on that line how to build, and so does every file for a name with which published
    ones begin (`is_prefix`): alone it is only what they are made of.
    """
    inventory = repository.inventory
    for path in (*inventory.every_workflow, *inventory.actions, *inventory.bake, *inventory.scripts):
        if repository.texts.ask(path, is_written, name, not is_prefix and path.lower().endswith(".md")):
            return True
    return False


def is_written(text: str, name: str, is_building: bool) -> bool:
    """Does a text hold the name of an image; on a line that speaks of building, if so it is to be?"""
    for found in re.finditer(rf"(?<![\w./-]){re.escape(name)}(?![\w/-])", text, re.IGNORECASE):
        if not is_building or _BUILDS.search(_line_of(text, found.start())):
            return True
    return False


_TELLING = re.compile(
    r"(?:readme|license|licence|copying|notice|changelog|contributing|authors|dockerfile|makefile|go\.mod|\.gitmodules)"
    r"|.*\.(?:md|rst|adoc|txt|toml|json|ya?ml|xml|gradle|kts|cfg|gemspec|csproj|env|sh)$",
    re.IGNORECASE,
)
_MOST_FILES = 100


def is_told_of(repository: Repository, word: str, beside: str) -> bool:
    """Does a file speak of an account, other than the one at `beside`: a readme, licence, package file, workflow?"""
    inventory = repository.inventory
    top = (name for name, is_folder, _ in repository.texts.files.entries("") if not is_folder)
    known = (*inventory.every_workflow, *inventory.actions, *inventory.compose, *inventory.dockerfiles)
    paths = dict.fromkeys((*known, *inventory.scripts, *filter(_TELLING.match, top)))
    paths.pop(beside, None)
    return any(repository.texts.ask(path, speaks_of, word) for path in list(paths)[:_MOST_FILES])


def speaks_of(text: str, word: str) -> bool:
    """Does a text hold a word, in whatever letters?"""
    spoken = rf"(?<![A-Za-z0-9-]){re.escape(word)}(?![A-Za-z0-9-])"
    return re.search(spoken, text, re.IGNORECASE) is not None


_BUILDS = re.compile(r"\bbuild\b|(?:^|\s)(?:-t|--tag|tags?:)\s")


def _line_of(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[text.rfind("\n", 0, at) + 1 : end if end >= 0 else len(text)]
