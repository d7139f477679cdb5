"""What the steps of a job need of its token, and what they can use of it at most."""

from __future__ import annotations

from lading import regex as re
from lading.config import GITHUB_REGISTRY
from lading.tables.actions import LOGINS, TOKEN_LOGINS
from lading.tables.needs import ABSENT, ACTIONS, BY_LOGIN, COMMANDS, PRESENT, WORKFLOWS
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from lading.models.workflow import Action, Job, Step
    from lading.tables.needs import Row, Scopes
    from lading.tree import Node


class Need:
    """What a step or a called workflow cannot do without.

    - `what`: who needs it, in words
    - `is_verified`: has somebody read it up?
    - `is_seldom`: is it needed only when there is something to write?
    """

    __slots__ = ("is_seldom", "is_verified", "scopes", "what")

    def __init__(
        self, what: str, scopes: Scopes, *, is_verified: bool = True, is_seldom: bool = False
    ) -> None:
        self.what = what
        self.scopes = scopes
        self.is_verified = is_verified
        self.is_seldom = is_seldom


# The patterns are texts, compiled at their first use: most runs need few of them, and all take 3 ms (measured).
_KEYLESS = r"(?m)^[^#\n]*\bcosign\s+(?:sign|attest)\b(?!-)(?!.*(?:--?key|--identity-token|--sk))"
_CONTINUED = r"\\\n"


def signs_without_key(step: Step) -> bool:
    """Does a script sign with an identity that it asks GitHub for? (sigstore/cosign README: keyless signing)"""
    run = step.run
    if run is None or "cosign" not in run.text or "SIGSTORE_ID_TOKEN" in step.node.source.text:
        return False
    return re.search(_KEYLESS, re.sub(_CONTINUED, " ", run.text)) is not None


def need_of(step: Step) -> Need | None:
    """What a step needs; None where it needs nothing, or is given another token."""
    if step.run is not None and "cosign" in step.run.text and signs_without_key(step):
        return Need("cosign", {"id-token": "write"})
    if step.action is None:
        return None
    row = ACTIONS.get(step.action)
    if row is None or not row.needs or not _applies(row, step) or _has_other_token(row, step):
        return None
    return Need(str(step.action), row.needs, is_verified=row.is_verified, is_seldom=row.is_seldom)


def needs_of(job: Job) -> list[tuple[Step, Need]]:
    """The steps of a job that need something; of most it is known by the name of the action that they do not."""
    found: list[tuple[Step, Need]] = []
    may_sign = job.workflow.may_say("cosign")
    if not may_sign and ACTIONS.keys().isdisjoint(job.actions):
        return found
    for step in job.steps:
        row = ACTIONS.get(step.action) if step.action is not None else None
        if (row is not None and row.needs) or (may_sign and step.run is not None):
            need = need_of(step)
            if need is not None:
                found.append((step, need))
    return found


def need_of_call(job: Job) -> Need | None:
    """What a workflow of somebody else's needs of the job that calls it."""
    uses = job.uses
    row = WORKFLOWS.get(uses.text.partition("@")[0].lower()) if uses is not None else None
    if row is None or uses is None:
        return None
    return Need(uses.text.partition("@")[0], row.needs, is_verified=row.is_verified)


def _applies(row: Row, step: Step) -> bool:
    """Are the inputs such that it needs what the row says?"""
    for name, wanted in row.only.items():
        node = step.inputs.get(name)
        if wanted in (PRESENT, ABSENT):
            if (wanted == PRESENT) != _is_given(node):
                return False
        elif not isinstance(node, Scalar) or node.text.strip().lower() != wanted:
            return False
    return True


def _is_given(node: Node | None) -> bool:
    return node is not None and not (isinstance(node, Scalar) and not node.text.strip())


OWN_TOKEN = r"(?i)\$\{\{\s*(?:github\.token|secrets\.GITHUB_TOKEN)\s*\}\}"


def is_own_token(node: Node | None) -> bool:
    return isinstance(node, Scalar) and re.fullmatch(OWN_TOKEN, node.text.strip()) is not None


def _has_other_token(row: Row, step: Step) -> bool:
    """Is it given a token that may be another than the job's?"""
    for name in row.token:
        node: Node | None
        if name.startswith("$"):
            node = _variable(step, name[1:])
        else:
            node = step.inputs.get(name)
        if node is not None and not is_own_token(node):
            return True
    return row.by_checkout and not pushes_with_own_token(step.owner)


def _variable(step: Step, name: str) -> Scalar | None:
    from lading.models.workflow import Job

    owner = step.owner
    outer = (owner.env, owner.workflow.env) if isinstance(owner, Job) else ()
    return next((texts[name] for texts in (step.env, *outer) if name in texts), None)


_OTHER_REMOTE = (
    r"x-access-token|remote (?:set-url|add)|create-github-app-token|ssh-agent|insteadOf|git clone|setup-git"
)


def pushes_with_own_token(owner: Job | Action) -> bool:
    """Does `git push` use what actions/checkout has left, the token of the job?"""
    from lading.models.workflow import Job

    if not isinstance(owner, Job):
        return False
    checkouts = [step for step in owner.steps if step.action == "actions/checkout"]
    node = owner.node
    if not checkouts or re.search(_OTHER_REMOTE, node.source.text[node.start : node.end]):
        return False
    return all(
        not {"ssh-key", "repository", "persist-credentials"} & set(step.inputs)
        and ("token" not in step.inputs or is_own_token(step.inputs["token"]))
        for step in checkouts
    )


_TOKEN = r"github_token|gh_token|github\s*\.\s*token|actions_id_token|actions_runtime|tojson\s*\("
"""In small letters, in which texts are searched for it: a pattern that takes both is tried at every letter."""
_GH = r"gh(?<![^\s;&|(]gh)\s+([a-z]+(?:\s+[a-z]+)?)"
"""A pattern that begins with letters is not tried at every place."""
_GH_UNREAD = r"gh(?<![^\s;&|(`\"'!{]gh)[ \t]+(?:[\"'$\\{]|-(?!-version))"
"""A call whose verb is not the next word as it is written: `gh "$@"` in a function that is called with it."""
_GIT_WRITES = r"\bgit\s+(?:-\S+\s+\S+\s+)*push\b"
_PAGES = (
    r"\bmkdocs\s+gh-deploy\b|\bdocusaurus\s+deploy\b|\byarn\s+deploy\b|\bgh-pages\s+(?:-d|--dist)\b"
    r"|\b(?:mike\s+(?:deploy|delete|alias|props|retitle|set-default)|ghp-import)\b(?:\\\n|[^\n;&|])*?\s-(?:-push|[a-z]*p)\b"
)
"""Programs that push a branch with pages, by `git push` of their own.

Sources: mkdocs.org, "Command Line Interface"; jimporter/mike:mike/driver.py; c-w/ghp-import:README.md;
tschaub/gh-pages:readme.md; docusaurus.io, "Deployment".
"""
_OF_PAGES = ("mkdocs", "docusaurus", "yarn", "gh-pages", "mike", "ghp-import")
_UNSEEN = (
    r"(?m)(?:^|[\s;&|(])(?:\./|bash\s|sh\s|source\s|\.\s|make\b|just\b|task\b|(?:npm|pnpm|yarn|bun)\s+run\b|npx\b|node\s"
    r"|python3?\s|ruby\s|eval\b|mvn|\S*gradle|cargo\s+release|goreleaser|semantic-release|lerna|changeset"
    r"|(?:poetry|uv|pdm|hatch|pipenv|bundle|composer|rake|invoke|nox|tox)\s)"
)
"""What a script may leave to files that nobody reads here."""
_LOGIN = r"(?:docker|podman|buildah|helm registry|oras|crane auth|skopeo|cosign)\s+login\b"


class Use:
    """The scopes of which a job may use more than reading: `possible` ones (None: any of them)."""

    __slots__ = ("possible",)

    def __init__(self, possible: frozenset[str] | None) -> None:
        self.possible = possible

    def may(self, scope: str) -> bool:
        return self.possible is None or scope in self.possible


def use_of(
    job: Job, actions: Mapping[str, Action], publishes: bool, asked: AbstractSet[str] | None = None
) -> Use:
    """What a job uses; `publishes`: does a step of it push an image with the token?

    Where only some scopes are `asked` for, no further is looked than is needed for them.
    """
    if job.uses is not None:
        return Use(None)
    possible: set[str] = {"packages"} if publishes else set()
    scripts: list[Step] = []
    for step in job.steps:
        if step.run is not None:
            scripts.append(step)
            continue
        row = ACTIONS.get(step.action or "")
        if row is None:  # whatever the scripts do
            return Use(None)
        written = _writes(row.needs) | _writes(row.may)
        if (
            "packages" in written - possible
            and step.action in BY_LOGIN
            and not _may_push_to_github(step, job)
        ):
            written.remove("packages")
        possible |= written
    if scripts and not _add_scripts(possible, scripts, job, asked):
        return Use(None)
    return Use(frozenset(possible))


def _may_push_to_github(step: Step, job: Job) -> bool:
    """May the job be logged in to GitHub's registry, or the build be given the token?"""
    if _may_log_in(job):
        return True
    return any([_says_token(node) for node in (step.node, *_outer(job)) if node is not None])


def _may_log_in(job: Job) -> bool:
    """May a step of a job log in to GitHub's registry?"""
    text = job.node.source.text[job.node.start : job.node.end]
    return any(map(_opens_github, job.steps)) or re.search(_LOGIN, text) is not None


def _opens_github(step: Step) -> bool:
    """Is it an action that may log in to GitHub's registry?"""
    if step.action not in LOGINS:
        return step.action in TOKEN_LOGINS
    registry = step.inputs.get("registry")
    if "registry-auth" in step.inputs or (registry is not None and not isinstance(registry, Scalar)):
        return True
    text = registry.text if isinstance(registry, Scalar) else ""
    return "${{" in text or "github" in text or GITHUB_REGISTRY in text


def _outer(job: Job) -> tuple[Node | None, ...]:
    """What gives variables to all steps of a job."""
    return (job.node.get("env"), job.workflow.node.get("env"), job.container)


def _add_scripts(possible: set[str], scripts: list[Step], job: Job, asked: AbstractSet[str] | None) -> bool:
    """Add what scripts may write; false where one has the token and does with it what nobody sees."""
    possible.add("id-token")  # any program can ask for the identity of the job
    if asked is not None and asked <= possible:
        return True
    has_token = any([_says_token(node) for node in _outer(job) if node is not None])
    if _may_log_in(job):
        possible.add("packages")
    for step in scripts:
        if asked is not None and asked <= possible:
            return True
        need = need_of(step) if step.action is not None else None
        if need is not None:
            possible |= _writes(need.scopes)
        is_settled = "contents" in possible or (asked is not None and "contents" not in asked)
        found = _of_script(step, has_token, is_settled)
        if found is None:
            return False
        possible |= found
    return True


def _says_token(node: Node) -> bool:
    return re.search(_TOKEN, node.source.text[node.start : node.end].lower()) is not None


def _writes(scopes: Scopes) -> set[str]:
    return {scope for scope, level in scopes.items() if level == "write"}


def _of_script(step: Step, has_token: bool, is_settled: bool) -> set[str] | None:
    """What a script may write; None where it has the token and does with it what nobody sees.

    `is_settled`: need it not be asked of this one whether it may write `contents`?
    """
    assert step.run is not None
    text = step.run.text
    found: set[str] = set()
    if has_token or _says_token(step.node):
        is_unseen = re.search(_UNSEEN, text) is not None
        of_gh = _of_gh(text)
        if of_gh is None and re.search(_LOGIN, text) and not is_unseen:
            of_gh = {"packages"}
        if of_gh is None or is_unseen:
            return None
        found |= of_gh
    if not is_settled and (_pushes_branch(text) or re.search(_UNSEEN, text)):
        found.add("contents")
    return found


def _pushes_branch(script: str) -> bool:
    if re.search(_GIT_WRITES, script) is not None:
        return True
    return any([word in script for word in _OF_PAGES]) and re.search(_PAGES, script) is not None


def _of_gh(text: str) -> set[str] | None:
    """What the calls of `gh` may write; None where there is none, or one that is not known."""
    if re.search(_GH_UNREAD, text) is not None:
        return None
    found: set[str] = set()
    calls = list(re.finditer(_GH, text))
    for call in calls:
        said = " ".join(call[1].split())
        row = next((scopes for form, scopes, _ in COMMANDS if re.match(form + r"\b", said)), None)
        if row is None:
            return None
        found |= _writes(row)
    return found if calls else None


def scopes_of(job: Job) -> dict[str, str]:
    """What a job is seen to need of a token: what its actions and the commands of its scripts ask for, or may read.

    For a `permissions` block of its own; what nobody sees (a program of its own with the token) is not in it.
    """
    found = {"contents": "read"}
    text = job.node.source.text[job.node.start : job.node.end]
    if re.search(_GITHUB_LOGIN, text) and re.search(OWN_TOKEN, text):
        found["packages"] = "write" if "push" in text else "read"
    scopes = [need.scopes for _, need in needs_of(job)]
    called = need_of_call(job)
    if called is not None:
        scopes.append(called.scopes)
    for step in job.steps:
        row = ACTIONS.get(step.action) if step.action is not None else None
        if row is not None:
            scopes.append({scope: level for scope, level in row.may.items() if level == "read"})
        if step.run is not None:
            if _pushes_branch(step.run.text) and pushes_with_own_token(job):
                scopes.append({"contents": "write"})
            scopes += _scopes_of_gh(step.run.text)
    for each in scopes:
        for scope, level in each.items():
            if found.get(scope) != "write":
                found[scope] = level
    return found


_GITHUB_LOGIN = r"registry:\s*['\"]?ghcr\.io|login\s[^\n]*ghcr\.io"


def _scopes_of_gh(text: str) -> list[Scopes]:
    calls = [" ".join(call[1].split()) for call in re.finditer(_GH, text)]
    return [scopes for said in calls for form, scopes, _ in COMMANDS if re.match(form + r"\b", said)]
