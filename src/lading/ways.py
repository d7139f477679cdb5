"""Where in a file's structure a place lies: the way to it by keys, which outlives moved lines."""

from __future__ import annotations

from bisect import bisect_right

from lading.tree import Mapping, Sequence, resolve, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.tree import Entry, Node, Tree

_MAX_DEPTH = 200


class Part:
    """What a place is a part of: `job` and `service` by name, `step` by all its names (id, name, number from 1)."""

    __slots__ = ("job", "service", "step")

    def __init__(self, job: str | None, service: str | None, step: tuple[str, ...]) -> None:
        self.job = job
        self.service = service
        self.step = step


def way_to(tree: Tree, offset: int) -> str:
    """`services.web.image`, `jobs.publish.steps[login].uses`: items by their id or name, never by their number."""
    words: list[str] = []
    for key, node in _down(tree, offset):
        if isinstance(key, str):
            words.append(f".{key}" if words else key)
        else:
            words.append(f"[{_name(node) or ''}]")
    return "".join(words)


def part_at(tree: Tree, offset: int) -> Part:
    """The job, service and step that a place lies in."""
    way = _down(tree, offset)
    keys = [key for key, _ in way]
    job = str(keys[1]) if len(keys) > 1 and keys[0] == "jobs" else None
    service = str(keys[1]) if len(keys) > 1 and keys[0] == "services" else None
    at = 3 if job is not None else 2
    is_step = len(keys) > at and keys[at - 1] == "steps" and isinstance(keys[at], int)
    return Part(job, service, _names_of_step(*way[at]) if is_step else ())


def _names_of_step(number: str | int, node: Node) -> tuple[str, ...]:
    names = (text_of(node.get(key)) for key in ("id", "name")) if isinstance(node, Mapping) else ()
    return (*(name for name in names if name is not None), str(int(number) + 1))


def _name(node: Node) -> str | None:
    """What tells an item from its neighbours."""
    if not isinstance(node, Mapping):
        return None
    return text_of(node.get("id")) or text_of(node.get("name"))


def _down(tree: Tree, offset: int) -> list[tuple[str | int, Node]]:
    """Keys and indexes on the way to a place, each with the node below; an alias is not followed into its anchor."""
    documents = tree.documents
    at = bisect_right(documents, offset, key=_start) - 1 if len(documents) > 1 else 0
    node: Node | None = documents[max(at, 0)] if documents else None
    way: list[tuple[str | int, Node]] = []
    while len(way) < _MAX_DEPTH:
        if isinstance(node, Mapping):
            at = bisect_right(node.entries, offset, key=_start_of_key) - 1
            if at < 0:
                break
            entry = node.entries[at]
            node = _below(entry.value)
            way.append((entry.name or "?", node))
        elif isinstance(node, Sequence):
            at = bisect_right(node.items, offset, key=_start) - 1
            if at < 0:
                break
            node = _below(node.items[at])
            way.append((at, node))
        else:
            break
    return way


def _start(node: Node) -> int:
    return node.start


def _start_of_key(entry: Entry) -> int:
    return entry.key.start


def _below(node: Node) -> Node:
    """The node itself where it stands here; what an alias stands for, where that is a name and no more."""
    target = resolve(node)
    return node if target is node or isinstance(target, Mapping | Sequence) else target
