"""What the inputs of an action say: truths, lists with the place of each item, the fields of an output."""

from __future__ import annotations

from lading import regex as re
from lading.models.recognisers.gates import truth as truth
from lading.models.template import Hole, Template
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.steps import StepRun
    from lading.source import Located


def is_empty(run: StepRun, name: str) -> bool:
    text = run.text(name)
    return name not in run.step.inputs or (text is not None and not text.strip().parts)


def names(value: Template | None) -> tuple[Template, ...]:
    return () if value is None else tuple(piece for piece in value.split(",") if piece.parts)


def csv(line: Template) -> dict[str, Template]:
    """The fields of one `outputs` line; `"name=a,b"` in quotes is one field."""
    fields: list[list[str | Hole]] = [[]]
    is_quoted = False
    for part in line.parts:
        if isinstance(part, Hole):
            fields[-1].append(part)
            continue
        for character in part:
            if character == '"':
                is_quoted = not is_quoted
            elif character == "," and not is_quoted:
                fields.append([])
            else:
                fields[-1].append(character)
    found: dict[str, Template] = {}
    for field in fields:
        template = Template(field, line.conditions).strip()
        key, equals, value = template.prefix.partition("=")
        if equals:
            found[key.strip()] = Template((value, *template.parts[1:]), line.conditions)
    return found


def lines(run: StepRun, name: str, separators: str) -> Iterator[tuple[Template, Located]]:
    """The items of a list input, each with the place where it is written."""
    node = run.step.inputs.get(name)
    if not isinstance(node, Scalar):
        return
    whole = run.text(name)
    if whole is None:
        return
    written = _written_items(node, separators)
    items = [item for item in (piece.strip() for piece in whole.split(separators)) if item.parts]
    for number, item in enumerate(items):
        yield item, written[number] if len(written) == len(items) else node


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


def cache_in_registry(line: Template) -> Template | None:
    """The reference to which `cache-to` writes: `type=registry,ref=…`, or the reference alone."""
    fields = csv(line)
    if not fields and line.parts:
        return line.strip()
    is_registry = (fields.get("type") or Template(())).literal == "registry"
    return fields.get("ref") if is_registry else None


GIVEN = "\ue012"
"""Begins the path of a bake file that docker/metadata-action writes: then its target, and its tags, cut by `CUT`."""
CUT = "\ue013"
