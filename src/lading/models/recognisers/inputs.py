"""What the inputs of an action say: truths, lists with the place of each item, the fields of an output."""

from __future__ import annotations

from lading import regex as re
from lading.models.recognisers.gates import truth as truth
from lading.models.template import Hole, Template, expanded
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lading.models.steps import StepRun
    from lading.source import Located


def is_empty(run: StepRun, name: str) -> bool:
    text = run.text(name)
    return name not in run.step.inputs or (text is not None and not text.strip().parts)


def names(value: Template | None) -> tuple[Template, ...]:
    pieces = value.split(",") if value is not None else ()
    return tuple(name for piece in pieces if piece.parts for name in expanded(piece, ","))


def csv(line: Template) -> dict[str, Template]:
    """The fields of one `outputs` line; `"name=a,b"` in quotes is one field."""
    fields: list[list[str | Hole]] = [[]]
    is_quoted = False
    for part in line.parts:
        if isinstance(part, Hole):
            fields[-1].append(part)
            continue
        for number, text in enumerate(part.split('"')):
            is_quoted ^= number > 0
            first, *others = (text,) if is_quoted else text.split(",")
            fields[-1].append(first)
            fields += ([other] for other in others)
    return named(fields, line.conditions)


def named(fields: list[list[str | Hole]], conditions: tuple[str, ...]) -> dict[str, Template]:
    """Fields of the form `name=value` by their names, as they were cut."""
    found: dict[str, Template] = {}
    for field in fields:
        template = Template(field, conditions).strip()
        key, equals, value = template.prefix.partition("=")
        if equals:
            found[key.strip()] = Template((value, *template.parts[1:]), conditions)
    return found


def lines(run: StepRun, name: str, separators: str) -> Iterator[tuple[Template, Located]]:
    """The items of a list input, each with the place where it is written."""
    node = run.step.inputs.get(name)
    if not isinstance(node, Scalar):
        return
    whole = run.text(name)
    if whole is None:
        return
    written = run.places.once((node, separators), lambda: _written_items(node, separators))
    items = [item for item in (piece.strip() for piece in whole.split(separators)) if item.parts]
    for number, item in enumerate(items):
        place = written[number] if len(written) == len(items) else node
        for each in expanded(item, separators):
            yield each, place


def item_of(separators: str) -> str:
    """A pattern for what stands between separators, expressions being whole."""
    return rf"(?:\$\{{\{{.*?\}}\}}|[^{separators}])+"


def _written_items(node: Scalar, separators: str) -> list[Located]:
    """The places of the items of a list as they are written, expressions counting as one item."""
    found: list[Located] = []
    for match in re.finditer(item_of(separators), node.text, re.DOTALL):
        text = match[0]
        if text.strip():
            start = match.start() + len(text) - len(text.lstrip())
            found.append(node.inner_span(start, start + len(text.strip())))
    return found


MOST_NAMES = 1_000
"""Names with tag that a list of names and one of tags may make."""


def tags_for(names: Sequence[Template], tags: Sequence[Template]) -> Sequence[Template]:
    """The tags of each name; one that is not known where names and tags make more than is followed."""
    if len(names) * len(tags) <= MOST_NAMES or len(names) < 2:
        return tags
    return (Template((Hole("*", "there are more names with tags than are followed"),)),)


def cache_in_registry(line: Template) -> Template | None:
    """The reference to which `cache-to` writes: `type=registry,ref=…`, or the reference alone."""
    fields = csv(line)
    if not fields and line.parts:
        return line.strip()
    is_registry = (fields.get("type") or Template(())).literal == "registry"
    return fields.get("ref") if is_registry else None


GIVEN = "\ue012"
"""Begins the path of a bake file that docker/metadata-action writes: its target, tags and labels, cut by `CUT`."""
LABEL = "\ue014"
"""Begins a label there."""
CUT = "\ue013"
