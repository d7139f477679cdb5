"""The delivery graph as one page that needs no network: style, script and data are in it, and nothing else may run.

Layout is our own: columns of fixed cards, placed by arithmetic in the page. Libraries for layered graphs (dagre, ELK)
weigh from a hundred kilobytes to a megabyte and work out layers, which are given here.
"""

from __future__ import annotations

import json
import os

from lading import regex as re
from lading.reports.display import harmless

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from lading.findings import Finding
    from lading.reports.manifest.graph import Graph, Node, Place

_SLOT = re.compile(r"\{\{(\w+)\}\}")
_ACTS = re.compile("[<>&\u2028\u2029]")
"""What could end the element that holds the data, or a line of script."""


def as_html(graph: Graph, findings: Iterable[Finding]) -> str:
    """A whole page; names of the repository come in as data only, and the policy admits no other script."""
    style, script = _part("page.css"), _part("page.js")
    parts = {
        "policy": f"default-src 'none'; img-src data:; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'",
        "title": _escaped(f"Bill of lading of {graph.title}" if graph.title else "Bill of lading"),
        "style": style,
        "script": script,
        "bill": _data(graph, findings),
    }
    return _SLOT.sub(lambda slot: parts[slot[1]], _part("page.html"))


def _part(name: str) -> str:
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8", newline="\n") as file:
        return file.read()


def _digest(text: str) -> str:
    """What a content security policy knows an inline element by."""
    from base64 import b64encode
    from hashlib import sha256

    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _escaped(text: str) -> str:
    from html import escape

    return escape(harmless(text))


def _data(graph: Graph, findings: Iterable[Finding]) -> str:
    index = {node.id: number for number, node in enumerate(graph.nodes)}
    owners = _Owners(graph)
    data = {
        "nodes": [_node(node) for node in graph.nodes],
        "edges": [
            {
                "kind": edge.kind,
                "start": index[edge.start],
                "end": index[edge.end],
                "label": harmless(edge.label),
                "certain": edge.is_certain,
            }
            for edge in graph.edges
        ],
        "findings": [_finding(finding, owners) for finding in findings],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _ACTS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _node(node: Node) -> dict[str, Any]:
    return {
        "kind": node.kind,
        "label": harmless(node.label),
        "note": harmless(node.note),
        "group": harmless(node.group),
        "ours": node.is_ours,
        "facts": [[name, harmless(value)] for name, value in dict.fromkeys(node.facts)],
        "where": list(dict.fromkeys(harmless(f"{place.path}:{place.first}") for place in node.places)),
    }


def _finding(finding: Finding, owners: _Owners) -> dict[str, Any]:
    path, line = finding.path, finding.line
    nodes = owners.of(path, line)
    return {
        "level": finding.level,
        "rule": finding.rule,
        "message": harmless(finding.message),
        "help": harmless(finding.help),
        "where": harmless(f"{path}:{line}"),
        "nodes": nodes,
        "group": "" if nodes or path not in owners.groups else harmless(path),
    }


class _Owners:
    """Which nodes a line of a file belongs to: those with the smallest stretch around it."""

    def __init__(self, graph: Graph) -> None:
        self.groups = {node.group for node in graph.nodes}
        self._places: dict[str, list[tuple[Place, int]]] = {}
        for number, node in enumerate(graph.nodes):
            for place in node.places:
                self._places.setdefault(place.path, []).append((place, number))

    def of(self, path: str, line: int) -> list[int]:
        around = [(p.last - p.first, n) for p, n in self._places.get(path, ()) if p.first <= line <= p.last]
        least = min((size for size, _ in around), default=0)
        return sorted({number for size, number in around if size == least})
