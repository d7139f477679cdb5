"""The bill of lading as tables for the terminal: what each workflow publishes, what each Compose project runs."""

from __future__ import annotations

from lading.reports import counted
from lading.reports.display import cells, harmless, shown_path
from lading.reports.excerpt import Ink
from lading.reports.manifest.graph import publishing, token_of, unknowns, waits_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from lading.reports import Look

    Row = dict[str, Any]

_BREAKS = (" ", "/", ",:", "-_.")
"""A cell is broken behind one of these where it can be, the first kinds before the later ones."""
_GAP = "  "


def as_text(bill: Row, look: Look) -> str:
    """A summary, a block for each workflow that publishes, a block for each Compose project."""
    ink = Ink(look.colour)
    lines = [ink.strong(harmless(_summary(bill)))]
    for path, jobs in _grouped(publishing(bill), "path").items():
        lines += ["", _head("publishes", path, look, ink)]
        lines += _workflow(bill, jobs, look, ink)
    for path, services in _grouped(bill["services"], "project").items():
        lines += ["", _head("runs", path, look, ink), *_project(bill, services, look, ink)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _summary(bill: Row) -> str:
    published, services = bill["publications"], bill["services"]
    name = f"{bill['repository']}: " if bill["repository"] else ""
    if not published and not services:
        return f"{name}nothing is published or run from here"
    images = len({row["image"] for row in published})
    own = sum(bool(row["published_by"]) for row in bill["consumers"])
    perhaps = sum(bool(row["perhaps_published_by"]) for row in bill["consumers"])
    text = f"{name}{counted(images, 'image')} published by {counted(len(publishing(bill)), 'job')}"
    text += f", {counted(len(services), 'service')} run"
    text += f"; {counted(own, 'service')} with an image from here" if own else ""
    return text + (f"; {counted(perhaps, 'service')} perhaps" if perhaps else "")


def _head(verb: str, path: str, look: Look, ink: Ink) -> str:
    return f"{ink.strong(shown_path(path, look))} {ink.gutter(verb)}"


def _grouped(rows: Iterable[Row], key: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return groups


def _workflow(bill: Row, jobs: list[Row], look: Look, ink: Ink) -> Iterator[str]:
    """What the jobs of a workflow push; pushes with the same token and events share a table."""
    groups: dict[tuple[str, str], list[tuple[Row, int]]] = {}
    for job in jobs:
        for number in job["publications"]:
            row = bill["publications"][number]
            started = ", ".join(row["events"]) or "no event that is seen"
            groups.setdefault((started, token_of(row)), []).append((job, number))
    for (started, token), pushes in groups.items():
        yield from _indented(harmless(f"on {started}, with {token}"), 2, look.width)
        yield from _table(("JOB", "IMAGE", "TAGS", "RUN BY"), _pushes(bill, pushes), look.width, ink)
        yield from _doubts([bill["publications"][number] for _, number in pushes], look, ink)


def _pushes(bill: Row, pushes: list[tuple[Row, int]]) -> list[tuple[str, ...]]:
    rows = []
    before = None
    for job, number in pushes:
        rows.append(("" if job is before else job["job"], *_publication(bill, number)))
        before = job
    return rows


def _publication(bill: Row, number: int) -> tuple[str, ...]:
    row = bill["publications"][number]
    runs = [each["service"] for each in bill["consumers"] if number in each["tag_published_by"]]
    runs += [f"{each['service']}?" for each in bill["consumers"] if number in each["perhaps_published_by"]]
    kind = "" if row["kind"] == "image" else f" ({row['kind']})"
    return f"{row['image']}{kind}", ", ".join(row["tags"]) or "-", ", ".join(dict.fromkeys(runs)) or "-"


def _project(bill: Row, services: list[Row], look: Look, ink: Ink) -> Iterator[str]:
    rows = [_service(bill, service) for service in services]
    yield from _table(("SERVICE", "IMAGE", "FROM", "HEALTH", "WAITS FOR"), rows, look.width, ink)
    consumers = [bill["consumers"][number] for service in services for number in service["consumers"]]
    yield from _doubts(consumers, look, ink)


def _service(bill: Row, service: Row) -> tuple[str, ...]:
    consumers = [bill["consumers"][number] for number in service["consumers"]]
    images = ", ".join(f"{row['image']}:{row['tag']}" if row["tag"] else row["image"] for row in consumers)
    health = {"present": "yes", "absent": "no"}.get(service["health"]["state"], "?")
    return service["service"], images or "-", _origin(service, consumers), health, _waits(service)


def _waits(service: Row) -> str:
    groups: dict[str, list[str]] = {}
    for wait in service["waits_for"]:
        groups.setdefault(waits_for(wait), []).append(wait["name"])
    return "; ".join(f"{', '.join(names)} {words}" for words, names in groups.items()) or "-"


def _origin(service: Row, consumers: list[Row]) -> str:
    if service["built"]:
        return "built here"
    if any(row["tag_published_by"] for row in consumers):
        return "here"
    if any(row["published_by"] for row in consumers):
        return "here, tag not seen"
    if any(row["perhaps_published_by"] for row in consumers):
        return "perhaps here"
    if not consumers or any("*" in row["image"] for row in consumers):
        return "?"
    return "elsewhere"


def _doubts(rows: list[Row], look: Look, ink: Ink) -> Iterator[str]:
    """Why something is not known or not certain, each reason once."""
    reasons = dict.fromkeys(words for row in rows for words in unknowns(row))
    conditions = dict.fromkeys(condition for row in rows for condition in row["conditions"])
    for mark, texts in (("*", reasons), ("!", conditions)):
        for text in texts:
            first, *others = _wrapped(harmless(text), max(look.width - 6, 20))
            yield f"    {ink.gutter(mark)} {first}"
            yield from (f"      {line}" for line in others)


def _indented(text: str, indent: int, width: int) -> Iterator[str]:
    for number, line in enumerate(_wrapped(text, max(width - indent - 2, 20))):
        yield " " * (indent + 2 * (number > 0)) + line


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]], width: int, ink: Ink) -> Iterator[str]:
    """Rows with their heads; a cell that has no room goes on below."""
    shown = [tuple(map(harmless, row)) for row in rows]
    room = width - 4 - len(_GAP) * (len(heads) - 1)
    widths = _widths([heads, *shown], room)
    yield "    " + _GAP.join(
        ink.gutter(head) + " " * (wide - len(head)) for head, wide in zip(heads, widths, strict=True)
    )
    for row in shown:
        columns = [_wrapped(cell, wide) for cell, wide in zip(row, widths, strict=True)]
        for number in range(max(map(len, columns))):
            parts = [column[number] if number < len(column) else "" for column in columns]
            padded = [part + " " * (wide - _width(part)) for part, wide in zip(parts, widths, strict=True)]
            yield "    " + _GAP.join(padded)


def _widths(rows: list[tuple[str, ...]], room: int) -> list[int]:
    """As wide as the widest cell; where that is too much, the widest columns give way first."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    least = [len(head) for head in rows[0]]
    while sum(widths) > room:
        spare = [wide - low for wide, low in zip(widths, least, strict=True)]
        widest = max(range(len(widths)), key=lambda each: (spare[each] > 0, widths[each]))
        if spare[widest] <= 0:
            break
        widths[widest] -= 1
    return widths


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(width for _, width in cells(text))


def _wrapped(text: str, room: int) -> list[str]:
    """Lines of at most `room` columns, broken behind a separator that leaves no short line, else when full."""
    lines = []
    while (end := _fitting(text, room)) < len(text):
        ends = (max(text.rfind(mark, end // 3, end) for mark in marks) + 1 for marks in _BREAKS)
        end = next(filter(None, ends), end)
        lines.append(text[:end].rstrip(" "))
        text = text[end:].lstrip(" ")
    return [*lines, text]


def _fitting(text: str, room: int) -> int:
    """How many code points fit into `room` columns, at least one; at most four times as many as there are columns."""
    start = text[: 4 * max(room, 1)]
    used = 0
    for count, (_, width) in enumerate(cells(start)):
        used += width
        if used > room:
            return max(count, 1)
    return len(start)
