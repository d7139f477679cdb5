"""The bill of lading as text, in the format that was asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lading.findings import Finding
    from lading.reports import Look

FORMATS = {
    "text": "tables for people",
    "json": "the lists that the rules read; for programs",
    "mermaid": "the delivery graph for Markdown",
    "dot": "the delivery graph for Graphviz",
    "html": "one page with the delivery graph and the findings on it",
}
"""What each format is for."""


def render(format: str, bill: dict[str, Any], look: Look, findings: Callable[[], tuple[Finding, ...]]) -> str:
    """The bill in a format of `FORMATS`; `findings` are asked for where the format shows them."""
    if format == "text":
        from lading.reports.manifest.text import as_text

        return as_text(bill, look)
    if format == "json":
        from lading.reports.manifest.data import as_json

        return as_json(bill)
    from lading.reports.manifest.graph import graph_of

    graph = graph_of(bill)
    if format == "mermaid":
        from lading.reports.manifest.mermaid import as_mermaid

        return as_mermaid(graph)
    if format == "dot":
        from lading.reports.manifest.dot import as_dot

        return as_dot(graph)
    if format == "html":
        from lading.reports.manifest.html import as_html

        return as_html(graph, findings())
    raise ValueError(f"no form of the manifest is named {format}")
