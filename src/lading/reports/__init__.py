"""A run's outcome as text, in the format that was asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lading.findings import Outcome

FORMATS: Mapping[str, str] = {
    "text": "findings with the lines they are about, and a summary; for people",
    "concise": "one line for each finding; for editors, grep and logs",
    "json": "everything that is known of each finding; for programs",
    "sarif": "SARIF 2.1.0; for GitHub code scanning and SARIF viewers",
}
"""What each format is for."""


class Look:
    """How a report for people looks.

    `prefix` leads from the working folder to the repository root, posix, with a slash at its end or empty;
    `width` is the room for a line, in columns of the terminal; `page_of` gives the address of a rule's page, and is
    None where links are not shown.
    """

    __slots__ = ("colour", "page_of", "prefix", "width")

    def __init__(
        self, *, colour: bool, prefix: str, width: int, page_of: Callable[[str], str | None] | None = None
    ) -> None:
        self.colour = colour
        self.prefix = prefix
        self.width = width
        self.page_of = page_of


class RuleText:
    """A rule's prose. `why` and `fix` are Markdown; `url` is empty where there is no page to read."""

    __slots__ = ("fix", "id", "level", "scope", "tags", "title", "url", "why")

    def __init__(
        self,
        *,
        id: str,
        title: str,
        why: str,
        fix: str,
        level: str,
        tags: tuple[str, ...],
        url: str,
        scope: str,
    ) -> None:
        self.id = id
        self.title = title
        self.why = why
        self.fix = fix
        self.level = level
        self.tags = tags
        self.url = url
        self.scope = scope


def render(format: str, outcome: Outcome, look: Look, rules: Callable[[], Mapping[str, RuleText]]) -> str:
    """The report, whole. `rules` is called only by formats that tell of the rules as well.

    Raises `ValueError` for a format that is none of `FORMATS`.
    """
    if format == "text":
        from lading.reports.text import as_text

        return as_text(outcome, look)
    if format == "concise":
        from lading.reports.concise import as_lines

        return as_lines(outcome, look)
    if format == "json":
        from lading.reports.json_report import as_json

        return as_json(outcome)
    if format == "sarif":
        from lading.reports.sarif import as_sarif

        return as_sarif(outcome, rules())
    raise ValueError(f"no report format is named {format}")
