"""A defect in a file that several projects share is told once, and where it is in some of them only, in which."""

from __future__ import annotations

from lading.findings import Hit
from lading.models.compose.project import STATED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.models.compose.project import Project


def told_once(hits: Iterable[tuple[Project, Hit]], projects: Iterable[Project]) -> Iterator[Hit]:
    """The hits of one rule over all projects.

    Of the projects that have one at a place, the one counts where it is most certain; of several, the first.
    """
    places: dict[tuple[str, int, int], list[tuple[Project, Hit]]] = {}
    for project, hit in hits:
        places.setdefault((hit.at.source.path, hit.at.start, hit.at.end), []).append((project, hit))
    for (path, _, _), told in places.items():
        if all(project.statement is None for project, _ in told):
            yield from (hit for _, hit in told)
            continue
        best = min(hit.basis.doubt for _, hit in told)
        having = [project for project, hit in told if hit.basis.doubt == best]
        chosen = having[0]
        is_everywhere = all(each in having for each in projects if path in each.files)
        for project, hit in told:
            if project is chosen:
                yield hit if is_everywhere else _naming(project, hit)


def _naming(project: Project, hit: Hit) -> Hit:
    if project.standing != STATED or project.statement is None:
        return hit
    message = f"{hit.message}, {project.statement.shown}"
    return Hit(hit.at, message, related=hit.related, basis=hit.basis, help=hit.help)
