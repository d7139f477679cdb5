"""A partly known string: what is written, and the holes that nobody can fill from here."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Hole:
    """A part of a template whose text is not known: `text` as it is written, and why it is not known.

    Where it can only be one of a few texts, `choices` are those (two or more); empty where it can be anything.
    """

    __slots__ = ("choices", "reason", "text")

    def __init__(self, text: str, reason: str, choices: tuple[Template, ...] = ()) -> None:
        self.text = text
        self.reason = reason
        self.choices = choices

    def map(self, change: Callable[[str], str]) -> Hole:
        """Apply a change of letters to what it can be."""
        if not self.choices:
            return self
        return Hole(self.text, self.reason, tuple(choice.map(change) for choice in self.choices))

    def __len__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Hole)
            and self.text == other.text
            and self.reason == other.reason
            and self.choices == other.choices
        )

    def __hash__(self) -> int:
        return hash(self.text)  # the reason nearly follows from it

    def __repr__(self) -> str:
        more = f", {self.choices!r}" if self.choices else ""
        return f"Hole({self.text!r}, {self.reason!r}{more})"


_MAX_VARIANTS = 16
_MAX_LENGTH = 100_000
"""Code points of a text that is put together; one that is put together of itself doubles with each step."""
_MAX_PARTS = 1_000
_FEW = 8


class Template:
    """Literals and holes in order.

    `conditions` are the assumptions under which the literals hold, each a phrase that starts with "unless"
    (`${TAG:-latest}` is `latest` unless `TAG` is set). Neighbouring literals are joined, empty ones dropped, so that
    equal templates compare equal.
    """

    __slots__ = ("conditions", "parts")

    def __init__(self, parts: Iterable[str | Hole], conditions: Iterable[str] = ()) -> None:
        if (
            type(parts) is tuple and len(parts) == 1 and type(parts[0]) is Hole
        ):  # as most are that are made here
            self.parts: tuple[str | Hole, ...] = parts
            self.conditions: tuple[str, ...] = tuple(dict.fromkeys(conditions)) if conditions else ()
            return
        joined: list[str | Hole] = []
        text: str | None = None
        """The last of them where it is a text."""
        for part in parts:
            if not isinstance(part, str):
                joined.append(part)
                text = None
            elif text is None:
                if part:
                    joined.append(part)
                    text = part
            elif len(text) <= _MAX_LENGTH:
                joined[-1] = text = text + part
        if len(joined) > _FEW or (joined and len(joined[0]) > _MAX_LENGTH):
            joined = _bounded(joined)
        self.parts = tuple(joined)
        self.conditions = tuple(dict.fromkeys(conditions)) if conditions else ()

    @classmethod
    def of(cls, text: str) -> Template:
        """A text that is known; made without the loop of `__init__`, since most templates are made here."""
        template = cls.__new__(cls)
        template.parts = (text,) if text else ()
        template.conditions = ()
        return template

    @classmethod
    def joined(cls, parts: tuple[str | Hole, ...], conditions: tuple[str, ...]) -> Template:
        """Of parts as a template has them: neighbouring literals joined, none empty, not too long."""
        template = cls.__new__(cls)
        template.parts = parts
        template.conditions = conditions
        return template

    @property
    def literal(self) -> str | None:
        """The whole text where there is no hole (perhaps under conditions), else None."""
        if not self.parts:
            return ""
        if len(self.parts) == 1 and isinstance(self.parts[0], str):
            return self.parts[0]
        return None

    @property
    def is_known(self) -> bool:
        """Is the text certain: no hole and no condition?"""
        return not self.conditions and self.literal is not None

    @property
    def holes(self) -> tuple[Hole, ...]:
        parts = self.parts
        if len(parts) == 1:  # as most have
            return () if isinstance(parts[0], str) else (parts[0],)
        return tuple([part for part in parts if not isinstance(part, str)])

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not wholly known, without repetition."""
        return tuple(dict.fromkeys(hole.reason for hole in self.holes))

    @property
    def prefix(self) -> str:
        """The text before the first hole."""
        return self.parts[0] if self.parts and isinstance(self.parts[0], str) else ""

    @property
    def pattern(self) -> str:
        """The text with `*` for each hole."""
        return "".join(part if isinstance(part, str) else "*" for part in self.parts)

    @property
    def shown(self) -> str:
        """The text for a message: what is known resolved, holes as they are written."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    def map(self, change: Callable[[str], str]) -> Template:
        """Apply a change of letters (such as `str.lower`) to every literal."""
        return Template(
            (change(part) if isinstance(part, str) else part.map(change) for part in self.parts),
            self.conditions,
        )

    @property
    def variants(self) -> tuple[Template, ...]:
        """Every text that the choices of its holes allow, a hole having the same text wherever it stands.

        The template alone where there are no choices, or too many of them.
        """
        found: tuple[Template, ...] = (self,)
        for hole in dict.fromkeys(hole for hole in self.holes if hole.choices):
            if len(found) * len(hole.choices) > _MAX_VARIANTS:
                return (self,)
            found = tuple(each.filled(hole, choice) for each in found for choice in hole.choices)
        return tuple(dict.fromkeys(found)) if len(found) > 1 else found

    def filled(self, hole: Hole, choice: Template) -> Template:
        """With a text in the place of a hole."""
        return join(
            (
                *(choice if part == hole else Template((part,)) for part in self.parts),
                Template((), self.conditions),
            )
        )

    def __add__(self, other: Template) -> Template:
        return Template(self.parts + other.parts, self.conditions + other.conditions)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Template) and (self.parts, self.conditions) == (
            other.parts,
            other.conditions,
        )

    def __hash__(self) -> int:
        return hash(self.parts)

    def __repr__(self) -> str:
        return f"Template({self.parts!r}, {self.conditions!r})"

    def split(self, separators: str) -> tuple[Template, ...]:
        """Cut at each separator character that stands in a literal; the pieces keep the conditions."""
        if len(self.parts) == 1 and not self.conditions and isinstance(self.parts[0], str):
            return _cut(self.parts[0], separators)
        first, others = separators[0], separators[1:]
        pieces: list[list[str | Hole]] = [[]]
        for part in self.parts:
            if not isinstance(part, str):
                pieces[-1].append(part)
                continue
            for other in others:
                part = part.replace(other, first)
            head, *tail = part.split(first)
            if head:
                pieces[-1].append(head)
            pieces += ([text] if text else [] for text in tail)
        return tuple([Template.joined(tuple(piece), self.conditions) for piece in pieces])

    def strip(self) -> Template:
        """Without white space at its literal ends."""
        if not self.parts:
            return self
        first, last = self.parts[0], self.parts[-1]
        is_stripped = not (isinstance(first, str) and first[0].isspace())
        if is_stripped and not (isinstance(last, str) and last[-1].isspace()):
            return self
        parts = list(self.parts)
        if isinstance(first, str):
            parts[0] = first.lstrip()
        last = parts[-1]
        if isinstance(last, str):
            parts[-1] = last.rstrip()
        if len(parts[0]) > _MAX_LENGTH:
            return Template(parts, self.conditions)
        return Template.joined(tuple([part for part in parts if part]), self.conditions)


def _cut(text: str, separators: str) -> tuple[Template, ...]:
    """A text cut at each of some characters: as `Template.split` does, in half of its time."""
    first = separators[0]
    for other in separators[1:]:
        text = text.replace(other, first)
    return tuple(map(Template.of, text.split(first)))


def _bounded(parts: list[str | Hole]) -> list[str | Hole]:
    """The parts; a mere hole where they are more than is followed."""
    length = sum(map(len, parts))
    return parts if len(parts) <= _MAX_PARTS and length <= _MAX_LENGTH else [Hole("…", "it is too long")]


def join(templates: Iterable[Template]) -> Template:
    """One behind the other."""
    parts: list[str | Hole] = []
    conditions: list[str] = []
    text = ""
    """What has been read behind the last hole."""
    for template in templates:
        for part in template.parts:
            if isinstance(part, str):
                if len(text) <= _MAX_LENGTH:
                    text += part
            else:
                if text:
                    parts.append(text)
                    text = ""
                parts.append(part)
        if template.conditions:
            conditions += template.conditions
    if text:
        parts.append(text)
    if len(parts) > _FEW or (parts and len(parts[0]) > _MAX_LENGTH):
        parts = _bounded(parts)
    return Template.joined(tuple(parts), tuple(dict.fromkeys(conditions)) if conditions else ())


def among(templates: Iterable[Template], written: str, reason: str) -> Template:
    """One of several texts, not known which: what all have at their ends, and between them a hole with the choices.

    Whole words only are taken for common, so that no name is cut in two. `written` and `reason` describe the hole. A
    choice has no choices in it: their number would double with each.
    """
    choices = tuple(dict.fromkeys(map(without_choices, templates)))
    if len(choices) == 1:
        return choices[0]
    texts = [choice.parts for choice in choices]
    if any(choice.conditions for choice in choices) or not all(texts):
        return Template((Hole(written, reason, choices),))
    begin = _common([parts[0] if isinstance(parts[0], str) else "" for parts in texts])
    rest = [(parts[0][len(begin) :], *parts[1:]) if isinstance(parts[0], str) else parts for parts in texts]
    ends = [parts[-1][::-1] if isinstance(parts[-1], str) else "" for parts in rest]
    end = _common(ends)[::-1]
    inner = (
        Template(
            (*parts[:-1], parts[-1][: len(parts[-1]) - len(end)]) if isinstance(parts[-1], str) else parts
        )
        for parts in rest
    )
    return Template((begin, Hole(written, reason, tuple(inner)), end))


def expanded(item: Template, separators: str) -> tuple[Template, ...]:
    """The items of a hole whose choices are lists; what not every choice has is there under a condition."""
    choices = [choice for hole in item.holes for choice in hole.choices]
    if not choices:
        return (item,)
    variants = item.variants
    if len(variants) < 2 or not any(len(choice.split(separators)) > 1 for choice in choices):
        return (item,)
    lists = [
        [each for each in map(Template.strip, variant.split(separators)) if each.parts]
        for variant in variants
    ]
    always = set.intersection(*map(set, lists))
    doubt = f"unless `{item.shown}` is without it"
    found = dict.fromkeys(each for pieces in lists for each in pieces)
    return tuple(
        each if each in always else Template(each.parts, (*each.conditions, doubt)) for each in found
    )


def without_choices(template: Template) -> Template:
    """With holes of which nothing is known in the place of those with choices."""
    if not any(hole.choices for hole in template.holes):
        return template
    parts = (part if isinstance(part, str) else Hole(part.text, part.reason) for part in template.parts)
    return Template(parts, template.conditions)


_BETWEEN_WORDS = "/:@,=\n \"'"


def _common(texts: list[str]) -> str:
    """What all begin with, up to the last sign that ends a word."""
    shortest = min(texts, key=len)
    length = next(
        (at for at, letter in enumerate(shortest) if any(text[at] != letter for text in texts)), len(shortest)
    )
    return shortest[: max(shortest.rfind(sign, 0, length) for sign in _BETWEEN_WORDS) + 1]
