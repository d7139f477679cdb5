"""What an argument of `lading explain` means in a repository: a file, with or without a job or service of it."""

from __future__ import annotations

from lading.explain.jobs import job_facts, workflow_facts
from lading.explain.services import project_facts, service_facts
from lading.problems import Problem
from lading.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from lading.explain.places import Facts
    from lading.models.compose.project import Project
    from lading.models.repository import Repository

CAN_BE_GIVEN = (
    "what can be given: a rule (`lading rules` lists them), a workflow or Compose file, FILE:JOB or FILE:SERVICE, "
    "or the text of an error"
)
_MANY = 8
"""Names that a message lists."""


def cut(argument: str) -> tuple[str, str | None]:
    """A path, and the name behind its last colon."""
    path, colon, name = argument.rpartition(":")
    return (path, name) if colon and path and name and "/" not in name else (argument, None)


def file_facts(repository: Repository, path: str, name: str | None) -> list[Facts]:
    """The facts of a file, or of what it names: one for a workflow, one for each project that a Compose file is in.

    Raises `Problem` where the file is neither, or names no such thing.
    """
    workflow = repository.workflows.get(path)
    if workflow is not None:
        if name is None:
            return [workflow_facts(workflow, repository)]
        job = workflow.job(name)
        if job is None:
            raise _no_such("job", name, path, workflow.jobs)
        return [job_facts(job, repository)]
    projects = _projects(repository, path)
    if not projects:
        raise _neither(repository, path)
    if name is None:
        return [project_facts(project, repository) for project in projects]
    services = [project.services[name] for project in projects if name in project.services]
    if not services:
        raise _no_such("service", name, path, [each for project in projects for each in project.services])
    return [service_facts(service, repository) for service in services]


def _projects(repository: Repository, path: str) -> list[Project]:
    """Those that begin with the file, then those that it has another part in."""
    found = [project for project in repository.projects if path in project.files]
    return sorted(found, key=lambda project: (project.path != path, path not in project.sources))


def _no_such(kind: str, name: str, path: str, names: Iterable[str]) -> Problem:
    known = list(dict.fromkeys(names))
    near = nearest(name, known, 0.6)
    if near is not None:
        return Problem(f"`{path}` has no {kind} `{name}`; did you mean `{path}:{near}`?")
    listed = ", ".join(f"`{each}`" for each in known[:_MANY]) + (", …" if len(known) > _MANY else "")
    return Problem(f"`{path}` has no {kind} `{name}`; it has {listed or 'none'}")


def _neither(repository: Repository, path: str) -> Problem:
    inventory = repository.inventory
    if path in inventory.workflows or path in inventory.compose:
        troubles = repository.texts.tree(path).troubles
        if troubles:
            line = troubles[0].span.source.place(troubles[0].span.start)[0]
            return Problem(f"`{path}` cannot be read, line {line}: {troubles[0].message}")
        return Problem(f"`{path}` is a sample or template, of which no project is made, or holds nothing")
    if path in inventory.actions:
        users = [
            f"`{workflow.path}:{job.id}`"
            for workflow in repository.workflows.values()
            for job in workflow.jobs.values()
            if any(step.uses is not None and _is_in(step.uses.text, path) for step in job.steps)
        ]
        seen = f"it is seen in {', '.join(users[:_MANY])}" if users else "no job uses it"
        return Problem(f"`{path}` is an action, and what it does depends on the job; {seen}")
    near = nearest(path, known_files(repository), 0.6)
    hint = f"; did you mean `{near}`?" if near is not None else f"; {CAN_BE_GIVEN}"
    return Problem(f"`{path}` is no workflow and no Compose file{hint}")


def _is_in(uses: str, path: str) -> bool:
    return uses.startswith("./") and path.rpartition("/")[0] == uses[2:].rstrip("/")


def known_files(repository: Repository) -> list[str]:
    """Every file that can be explained."""
    return [*repository.workflows, *dict.fromkeys(p for each in repository.projects for p in each.files)]


def known_names(repository: Repository) -> list[str]:
    """Every job and service, as it can be given."""
    jobs = [f"{path}:{job}" for path, workflow in repository.workflows.items() for job in workflow.jobs]
    return jobs + [f"{each.path}:{name}" for each in repository.projects for name in each.services]


def nearest_thing(argument: str, repository: Repository, rules: Iterable[str]) -> str | None:
    """A rule, file, job or service that may have been meant; a bare name may be that of a job or service."""
    names = known_names(repository)
    path, name = cut(argument)
    bare = [each for each in names if each.rpartition(":")[2].lower() == argument.lower()]
    if bare:
        return bare[0]
    if name is not None:
        near = nearest(path, known_files(repository), 0.6)
        return f"{near}:{name}" if near is not None and f"{near}:{name}" in names else near
    for group in (known_files(repository), list(rules)):
        near = nearest(argument, group, 0.6)
        if near is not None:
            return near
    behind = nearest(argument, [each.rpartition(":")[2] for each in names], 0.75)
    return next((each for each in names if each.rpartition(":")[2] == behind), None)
