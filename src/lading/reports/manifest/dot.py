"""The delivery graph in the language of Graphviz."""

from __future__ import annotations

from lading.reports.display import harmless
from lading.reports.manifest.graph import EVENT, IMAGE, JOB, SERVICE, WAITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.reports.manifest.graph import Edge, Graph, Node

_LOOKS = {
    EVENT: 'shape=cds, fillcolor="#fde68a", color="#b45309"',
    JOB: 'shape=box, fillcolor="#bfdbfe", color="#1d4ed8"',
    IMAGE: 'shape=cylinder, fillcolor="#bbf7d0", color="#15803d"',
    SERVICE: 'shape=box, fillcolor="#e9d5ff", color="#7e22ce"',
}
_FOREIGN = 'shape=cylinder, fillcolor="#f5f5f4", color="#a8a29e", fontcolor="#57534e"'


def as_dot(graph: Graph) -> str:
    """A directed graph from left to right; files are clusters, what may not be so is dashed."""
    lines = [
        f"digraph {quoted(graph.title or 'lading')} {{",
        "  rankdir=LR;",
        '  node [style="filled,rounded", fontname="Helvetica"];',
        '  edge [fontname="Helvetica", fontsize=10, color="#78716c"];',
        *_nodes(graph),
        *(_edge(edge) for edge in graph.edges),
        "}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _nodes(graph: Graph) -> Iterator[str]:
    groups: dict[tuple[str, str], list[Node]] = {}
    for node in graph.nodes:
        groups.setdefault((node.kind, node.group), []).append(node)
    for number, ((_, group), members) in enumerate(groups.items()):
        if not group:
            yield from (f"  {_node(node)}" for node in members)
            continue
        yield f"  subgraph cluster_{number} {{"
        yield f"    label={quoted(group)};"
        yield from (f"    {_node(node)}" for node in members)
        yield "  }"


def _node(node: Node) -> str:
    return f"{node.id} [label={quoted(node.label)}, {_LOOKS[node.kind] if node.is_ours else _FOREIGN}];"


def _edge(edge: Edge) -> str:
    looks = [f"label={quoted(edge.label)}"] if edge.label else []
    looks += ["style=dashed"] if edge.kind == WAITS or not edge.is_certain else []
    return f"  {edge.start} -> {edge.end}" + (f" [{', '.join(looks)}];" if looks else ";")


def quoted(text: str) -> str:
    """A string of Graphviz: quotes, its escapes (`\\N`) and its HTML entities stand for themselves."""
    safe = harmless(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{safe}"'
