"""The examples on declarative cards, run: in each the marked lines get a finding, and no others do."""

from __future__ import annotations

import os
import re

from lading.catalogue import cards_in, read_card
from lading.problems import Problem
from lading.session import Request, open_session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    Place = tuple[str, int, str]

KINDS = ("bad", "good", "fixed")
_MARK = re.compile(r"#\s*<- here(?:\s*\((\w+)\))?\s*$")


class Example:
    """An example: the rule and the card it belongs to, its kind (one of `KINDS`), its name and what it states."""

    __slots__ = ("kind", "level", "name", "path", "rule", "stated")

    def __init__(self, rule: str, path: str, level: str, kind: str, stated: Mapping[str, Any]) -> None:
        self.rule = rule
        self.path = path
        self.level = level
        self.kind = kind
        self.name = str(stated["name"])
        self.stated = stated

    @property
    def expected(self) -> list[Place]:
        """The places that get a finding: file, line and level."""
        places = [
            (row["file"], row["line"], row.get("level", self.level))
            for row in self.stated.get("expect") or ()
        ]
        for path, text in self.stated["files"].items():
            for number, line in enumerate(text.splitlines(), 1):
                mark = _MARK.search(line)
                if mark is not None:
                    places.append((path, number, mark[1] or self.level))
        return sorted(places)

    def __repr__(self) -> str:
        return f"<Example {self.rule}: {self.kind}: {self.name}>"


def examples_in(folder: str) -> Iterator[Example]:
    """Every example in a folder of cards. Raises `Problem` for a broken card."""
    for id, path in cards_in(folder):
        card = read_card(path, id)
        for kind in KINDS:
            for stated in card["examples"].get(kind) or ():
                yield Example(id, path, card["level"], kind, stated)


def failure(example: Example, folder: str) -> str | None:
    """In which an example does not hold, as a clause; None where it does. `folder` is that of the cards."""
    expected = example.expected
    if example.kind == "bad" and not expected:
        return "it marks no line; end one with `# <- here`, or name it under `expect`"
    found = _found(example, folder)
    if "note" not in {level for _, _, level in expected} and example.level != "note":
        found = {place: message for place, message in found.items() if place[2] != "note"}
    missing = [place for place in expected if place not in found]
    surplus = [place for place in found if place not in expected]
    words = [f"{_shown(place)} is expected and not found" for place in missing]
    words += [f"{_shown(place)} is found and not expected: {found[place]}" for place in surplus]
    return "; ".join(words) or None


def _shown(place: Place) -> str:
    path, line, level = place
    return f"{'an' if level == 'error' else 'a'} {level} at {path}:{line}"


def _found(example: Example, folder: str) -> dict[Place, str]:
    """What the rule finds in the example's repository: messages by place."""
    import tempfile

    stated = example.stated
    owner, _, name = str(stated.get("repository", "acme/shop")).partition("/")
    with tempfile.TemporaryDirectory(prefix="lading-") as root:
        for path, text in stated["files"].items():
            _write(root, path, text, example)
        request = Request(
            root=root,
            owner=owner,
            repo=name,
            default_token=stated.get("default-token"),
            select=(example.rule,),
            strict=True,
            environment={},
            cards=(os.path.abspath(folder),),
            options={example.rule: stated["options"]} if stated.get("options") else None,
        )
        findings = open_session(request).check().findings
        return {(each.path, each.line, each.level): each.message for each in findings}


def _write(root: str, path: str, text: str, example: Example) -> None:
    target = os.path.normpath(os.path.join(root, path))
    if not target.startswith(root + os.sep):
        raise Problem(
            f"{example.path}: the example `{example.name}` has the file {path}, which leaves its folder"
        )
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "w", encoding="utf-8", newline="") as file:
        file.write(text)
