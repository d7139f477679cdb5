"""The delivery graph as a Mermaid flowchart, which GitHub draws in Markdown."""

from __future__ import annotations

from lading import regex as re
from lading.reports.display import harmless
from lading.reports.manifest.graph import EVENT, IMAGE, JOB, KINDS, SERVICE, WAITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.reports.manifest.graph import Edge, Graph, Node

_SHAPES = {EVENT: ('(["', '"])'), JOB: ('["', '"]'), IMAGE: ('[("', '")]'), SERVICE: ('("', '")')}
_CLASSES = (
    "classDef event fill:#fde68a,stroke:#b45309,color:#1c1917",
    "classDef job fill:#bfdbfe,stroke:#1d4ed8,color:#1c1917",
    "classDef image fill:#bbf7d0,stroke:#15803d,color:#1c1917",
    "classDef service fill:#e9d5ff,stroke:#7e22ce,color:#1c1917",
    "classDef foreign fill:#f5f5f4,stroke:#a8a29e,color:#57534e",
)
_SPECIAL = re.compile(r"[^\w ./@=,$()-]")


def as_mermaid(graph: Graph) -> str:
    """A flowchart from left to right; files are frames, what may not be so is dotted."""
    lines = ["flowchart LR"]
    for kind in KINDS:
        lines += _nodes([node for node in graph.nodes if node.kind == kind])
    lines += [_edge(edge) for edge in graph.edges]
    lines += _styles(graph)
    return "".join(f"{line}\n" for line in lines)


def _nodes(nodes: list[Node]) -> Iterator[str]:
    groups: dict[str, list[Node]] = {}
    for node in nodes:
        groups.setdefault(node.group, []).append(node)
    for number, (group, members) in enumerate(groups.items()):
        if not group:
            yield from (f"  {_shape(node)}" for node in members)
            continue
        yield f'  subgraph {members[0].kind}s{number}["{escaped(group)}"]'
        yield from (f"    {_shape(node)}" for node in members)
        yield "  end"


def _shape(node: Node) -> str:
    before, after = _SHAPES[node.kind]
    return f"{node.id}{before}{escaped(node.label)}{after}"


def _edge(edge: Edge) -> str:
    arrow = "-.->" if edge.kind == WAITS or not edge.is_certain else "-->"
    label = f'|"{escaped(edge.label)}"|' if edge.label else ""
    return f"  {edge.start} {arrow}{label} {edge.end}"


def _styles(graph: Graph) -> Iterator[str]:
    for style in _CLASSES:
        name = style.split()[1]
        members = [node.id for node in graph.nodes if name == (node.kind if node.is_ours else "foreign")]
        if members:
            yield f"  {style}"
            yield f"  class {','.join(members)} {name}"


def escaped(text: str) -> str:
    """A label's text: whatever could end it, or is a word of Mermaid, Markdown or HTML, as a numbered entity."""
    return _SPECIAL.sub(lambda match: f"#{ord(match[0])};", harmless(text)) or " "
