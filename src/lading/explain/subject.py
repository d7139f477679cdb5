"""What an argument of `lading explain` means in a repository: a file, with or without a job or service of it."""

from __future__ import annotations

from lading import regex as re
from lading.explain.failures import finding_facts
from lading.explain.jobs import job_facts, spans_of_job, spans_of_pushes, workflow_facts
from lading.explain.services import project_facts, service_facts, spans_of_service
from lading.problems import Problem
from lading.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lading.explain.places import Facts
    from lading.findings import Finding
    from lading.models.compose.project import Project, Service
    from lading.models.repository import Repository
    from lading.models.workflow import Job, Workflow
    from lading.source import Span

    Shown = Callable[[str], str]
    """A path from the root as the user gives it."""

CAN_BE_GIVEN = (
    "a rule (`lading rules` lists them), a workflow, Compose file or Dockerfile, FILE:JOB, FILE:SERVICE, "
    "or the text of an error"
)
_MANY = 8
"""Names that a message lists."""
_LINE = re.compile(r"(\d+)(?::\d+)?")


def cut(argument: str) -> tuple[str, str | None]:
    """A path, and what stands behind its colon: a name, or the line and column of a finding."""
    found = re.fullmatch(r"(.+?):(\d+:\d+|[^:/]+)", argument)
    return (found[1], found[2]) if found is not None else (argument, None)


class Subject:
    """Something of a file that has facts: `facts` as they are, `spans` where it is written (none for a whole file)."""

    __slots__ = ("facts", "spans")

    def __init__(self, facts: Facts, spans: list[Span]) -> None:
        self.facts = facts
        self.spans = spans

    def with_findings(self, findings: Iterable[Finding]) -> Facts:
        """The facts, and the findings that are about it: of which a place lies in it."""
        about = [finding_facts(each) for each in findings if self._is_about(each)]
        return {**self.facts, "findings": about}

    def _is_about(self, finding: Finding) -> bool:
        places = (finding.span, *(related.span for related in finding.related))
        return any(
            place.source.path == span.source.path and span.start <= place.start < span.end
            for place in places
            for span in self.spans
        )


def subjects(repository: Repository, path: str, name: str | None, shown: Shown) -> list[Subject]:
    """What a file is, or what it names: one for a workflow, one for each project that a Compose file is in.

    Raises `Problem` where the file is neither, or names no such thing.
    """
    workflow = repository.workflows.get(path)
    if workflow is not None:
        if name is None:
            return [Subject(workflow_facts(workflow, repository), [])]
        job = workflow.job(name) or _job_at(workflow, name)
        if job is None:
            raise _no_such("job", name, shown(path), workflow.jobs)
        return [Subject(job_facts(job, repository), [*spans_of_job(job), *spans_of_pushes(job, repository)])]
    if path in repository.inventory.dockerfiles and name is None:
        from lading.explain.dockerfiles import dockerfile_facts, spans_of_dockerfile

        return [Subject(dockerfile_facts(path, repository), spans_of_dockerfile(path, repository))]
    projects = _projects(repository, path)
    if not projects:
        raise _neither(repository, path, shown)
    if name is None:
        return [Subject(project_facts(project, repository), []) for project in projects]
    services = [project.services[name] for project in projects if name in project.services]
    services = services or _services_at(projects, path, name)
    if not services:
        known = [each for project in projects for each in project.services]
        raise _no_such("service", name, shown(path), known)
    return [Subject(service_facts(each, repository), spans_of_service(each)) for each in services]


def _projects(repository: Repository, path: str) -> list[Project]:
    """Those that begin with the file, then those that it has another part in."""
    found = [project for project in repository.projects if path in project.files]
    return sorted(found, key=lambda project: (project.path != path, path not in project.sources))


def _job_at(workflow: Workflow, place: str) -> Job | None:
    """The job on a line."""
    line = _LINE.fullmatch(place)
    jobs = workflow.jobs.values() if line is not None else ()
    return next(
        (job for job in jobs if line is not None and _holds(spans_of_job(job), job.workflow.path, line)), None
    )


def _services_at(projects: Iterable[Project], path: str, place: str) -> list[Service]:
    """The service on a line, in each project that has it."""
    line = _LINE.fullmatch(place)
    if line is None:
        return []
    services = (service for project in projects for service in project.services.values())
    return [service for service in services if _holds(spans_of_service(service), path, line)]


def _holds(spans: Iterable[Span], path: str, line: re.Match[str]) -> bool:
    for span in spans:
        first, last = span.source.place(span.start)[0], span.source.place(max(span.end - 1, span.start))[0]
        if span.source.path == path and first <= int(line[1]) <= last:
            return True
    return False


def _no_such(kind: str, name: str, path: str, names: Iterable[str]) -> Problem:
    known = list(dict.fromkeys(names))
    if _LINE.fullmatch(name):
        return Problem(f"`{path}` has no {kind} in line {name.partition(':')[0]}")
    near = nearest(name, known, 0.6)
    if near is not None:
        return Problem(f"`{path}` has no {kind} `{name}`; did you mean `{path}:{near}`?")
    listed = ", ".join(f"`{each}`" for each in known[:_MANY]) + (", …" if len(known) > _MANY else "")
    return Problem(f"`{path}` has no {kind} `{name}`; it has {listed or 'none'}")


def _neither(repository: Repository, path: str, shown: Shown) -> Problem:
    inventory = repository.inventory
    if path in inventory.workflows or path in inventory.compose:
        troubles = repository.texts.tree(path).troubles
        if troubles:
            line = troubles[0].span.source.place(troubles[0].span.start)[0]
            return Problem(f"`{shown(path)}` cannot be read, line {line}: {troubles[0].message}")
        return Problem(
            f"`{shown(path)}` is a sample or template, of which no project is made, or holds nothing"
        )
    if path in inventory.actions:
        users = [
            f"`{shown(workflow.path)}:{job.id}`"
            for workflow in repository.workflows.values()
            for job in workflow.jobs.values()
            if any(step.uses is not None and _is_in(step.uses.text, path) for step in job.steps)
        ]
        seen = f"it is seen in {', '.join(users[:_MANY])}" if users else "no job uses it"
        return Problem(f"`{shown(path)}` is an action, and what it does depends on the job; {seen}")
    near = nearest(path, known_files(repository), 0.6)
    hint = f"did you mean `{shown(near)}`? Or give" if near is not None else "give"
    return Problem(f"`{shown(path)}` is no workflow and no Compose file; {hint} {CAN_BE_GIVEN}")


def _is_in(uses: str, path: str) -> bool:
    return uses.startswith("./") and path.rpartition("/")[0] == uses[2:].rstrip("/")


def known_files(repository: Repository) -> list[str]:
    """Every file that can be explained."""
    composed = dict.fromkeys(path for each in repository.projects for path in each.files)
    return [*repository.workflows, *composed, *repository.inventory.dockerfiles]


def _known_names(repository: Repository, shown: Shown) -> list[str]:
    """Every job and service, as it can be given."""
    jobs = [
        f"{shown(path)}:{job}" for path, workflow in repository.workflows.items() for job in workflow.jobs
    ]
    return jobs + [f"{shown(each.path)}:{name}" for each in repository.projects for name in each.services]


def nearest_thing(argument: str, repository: Repository, rules: Iterable[str], shown: Shown) -> str | None:
    """A rule, file, job or service that may have been meant; a bare name may be that of a job or service."""
    names = _known_names(repository, shown)
    files = [shown(path) for path in known_files(repository)]
    path, name = cut(argument)
    bare = [each for each in names if each.rpartition(":")[2].lower() == argument.lower()]
    if bare:
        return bare[0]
    if name is not None:
        near = nearest(path, files, 0.6)
        return f"{near}:{name}" if near is not None and f"{near}:{name}" in names else near
    for group in (files, list(rules)):
        near = nearest(argument, group, 0.6)
        if near is not None:
            return near
    behind = nearest(argument, [each.rpartition(":")[2] for each in names], 0.75)
    return next((each for each in names if each.rpartition(":")[2] == behind), None)
