"""Circles among the dependencies of a project, in time linear in their number."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lading.models.compose.project import Dependency


def cycles(dependencies: Iterable[Dependency]) -> Iterator[tuple[Dependency, ...]]:
    """One shortest circle for each group of services that need each other, from the first one of the group."""
    edges: dict[str, list[Dependency]] = {}
    for edge in _perhaps_in_circles([each for each in dependencies if each.target is not None]):
        edges.setdefault(edge.service.name, []).append(edge)
    groups = _groups(edges)
    seen = set()
    for name in edges:
        group = groups[name]
        if group not in seen and any(groups.get(edge.target_name) == group for edge in edges[name]):
            seen.add(group)
            yield _shortest(name, edges, groups)


def _perhaps_in_circles(edges: list[Dependency]) -> list[Dependency]:
    """Without those that lead from what nobody needs or to what needs nobody, as long as there are such."""
    while True:
        inner = {edge.service.name for edge in edges}.intersection([edge.target_name for edge in edges])
        left = [edge for edge in edges if edge.target_name in inner and edge.service.name in inner]
        if len(left) == len(edges):
            return left
        edges = left


def _groups(edges: Mapping[str, list[Dependency]]) -> dict[str, int]:
    """The number of the strongly connected group of each service (Tarjan, without recursion)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    group: dict[str, int] = {}
    open_names: list[str] = []
    for root in edges:
        if root in order:
            continue
        work = [(root, iter(edges.get(root, ())))]
        order[root] = low[root] = len(order)
        open_names.append(root)
        while work:
            name, following = work[-1]
            for edge in following:
                target = edge.target_name
                if target not in order:
                    order[target] = low[target] = len(order)
                    open_names.append(target)
                    work.append((target, iter(edges.get(target, ()))))
                    break
                if target not in group:
                    low[name] = min(low[name], order[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == order[name]:
                    _close(name, open_names, group, order[name])
    return group


def _close(name: str, open_names: list[str], group: dict[str, int], number: int) -> None:
    while True:
        member = open_names.pop()
        group[member] = number
        if member == name:
            return


def _shortest(
    start: str, edges: Mapping[str, list[Dependency]], groups: Mapping[str, int]
) -> tuple[Dependency, ...]:
    """A shortest way from a service back to itself within its group."""
    came: dict[str, Dependency] = {}
    waiting = [start]
    for name in waiting:
        for edge in edges.get(name, ()):
            if edge.target_name == start:
                return _way(start, edge, came)
            if groups.get(edge.target_name) == groups[start] and edge.target_name not in came:
                came[edge.target_name] = edge
                waiting.append(edge.target_name)
    return ()


def _way(start: str, last: Dependency, came: Mapping[str, Dependency]) -> tuple[Dependency, ...]:
    way = [last]
    while way[-1].service.name != start:
        way.append(came[way[-1].service.name])
    return tuple(reversed(way))
