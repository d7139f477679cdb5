"""Cards become rules: read, checked against their schema, and given the function or policy that does the work."""

from __future__ import annotations

import os

from lading.findings import LEVELS
from lading.problems import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from lading.findings import Hit
    from lading.parse import Reader

    Check = Callable[[Any, Mapping[str, Any]], Iterator[Hit]]

SCOPES = (
    "source",
    "compose-project",
    "workflow",
    "workflow-or-action",
    "publication",
    "consumer",
    "repository",
    "ignores",
)


class Rule:
    """A rule as the engine needs it; its prose stays in the card until somebody asks.

    `reference` is `module:function` or a declarative policy (plain values); `options` the defaults by name;
    `card_path` where the card lies on disk. `status` is stable, preview (runs only where it is asked for), deprecated
    or removed (its id is known, and no more); `since` is the version of its provider that had it first, `replaced_by`
    the rule that took its place, and `former` are earlier ids of it. `only_with` is what a repository has wherever the
    rule finds anything (words, or the name of a list), empty where nothing is said of that.
    """

    __slots__ = (
        "_card_path",
        "_check",
        "fix",
        "former",
        "id",
        "level",
        "only_with",
        "options",
        "provider",
        "reference",
        "replaced_by",
        "scope",
        "since",
        "status",
    )

    def __init__(
        self,
        id: str,
        *,
        scope: str,
        level: str,
        status: str,
        reference: str | Mapping[str, Any],
        fix: str,
        options: Mapping[str, Any],
        card_path: str,
        provider: str,
        since: str = "",
        replaced_by: str | None = None,
        former: tuple[str, ...] = (),
        only_with: str | tuple[str, ...] = (),
    ) -> None:
        self.id = id
        self.scope = scope
        self.level = level
        self.status = status
        self.reference = reference
        self.fix = fix
        self.options = dict(options)
        self._card_path: str | None = card_path
        self.provider = provider
        self.since = since
        self.replaced_by = replaced_by
        self.former = former
        self.only_with = only_with
        self._check: Check | None = None

    @property
    def card_path(self) -> str:
        """Where its card lies on disk."""
        if self._card_path is None:
            self._card_path = os.path.join(catalogue_folder(), *f"{self.id}.yaml".split("/"))
        return self._card_path

    @property
    def check(self) -> Check:
        """The check itself; its module is imported at the first use. Raises `Problem` where there is none."""
        if self._check is None:
            self._check = _load_check(self)
        return self._check

    def __repr__(self) -> str:
        return f"<Rule {self.id}>"


def catalogue_folder() -> str:
    """Where the cards of lading lie on disk."""
    from lading.rules import __file__ as here

    return os.path.dirname(str(here))


def _load_check(rule: Rule) -> Check:
    if not isinstance(rule.reference, str):
        from lading.policy import compile_policy

        return compile_policy(rule.scope, rule.reference, f"rule {rule.id} ({rule.card_path})")
    module_name, _, name = rule.reference.partition(":")
    try:
        module = __import__(module_name, fromlist=[name])
        check: Check = getattr(module, name)
    except Exception as error:
        raise Problem(
            f"rule {rule.id} of {rule.provider}: cannot load its check {rule.reference}: {error}"
        ) from error
    return check


def read_card(
    path: str, id: str, reader: Reader | None = None, *, is_checked: bool = False
) -> dict[str, Any]:
    """A card's plain values. Raises `Problem` with file and line where it is no valid card.

    `is_checked`: it was read before, or a test has read it, and need not be held against the schema again.
    """
    from lading.decode import NotText, decode
    from lading.files import Unreadable, read_regular
    from lading.parse import Reader
    from lading.plain import plain
    from lading.source import Source

    try:
        text = decode(read_regular(path))
    except Unreadable as error:
        raise Problem(f"{path}: cannot read the card: {error.reason}") from error
    except (OSError, NotText) as error:
        raise Problem(f"{path}: cannot read the card: {error}") from error
    tree = (reader or Reader()).read(Source(path, text))
    for trouble in tree.troubles:
        line, column = tree.source.place(trouble.span.start)
        raise Problem(f"{path}:{line}:{column}: {trouble.message}")
    try:
        card = plain(tree.root)
    except ValueError as error:
        raise Problem(f"{path}: {error}") from error
    if not is_checked:
        _validate(card, path, id, tree)
    return dict(card)


def _validate(card: Any, path: str, id: str, tree: Any) -> None:
    from lading.schema import first_error

    error = first_error("card", card)
    if error is not None:
        place = error.place_in(tree)
        raise Problem(f"{path}:{place[0]}:{place[1]}: rule {id}: {error.message}")


def rule_of_card(card: Mapping[str, Any], *, id: str, path: str, provider: str) -> Rule:
    options = card.get("options") or {}
    only_with = card.get("only-with") or ()
    return Rule(
        id,
        scope=card["scope"],
        level=card["level"],
        status=card.get("status", "stable"),
        reference=card.get("check", ""),
        fix=" ".join(str(card["fix"]).split()),
        options={name: schema["default"] for name, schema in options.items()},
        card_path=path,
        provider=provider,
        since=card.get("since", ""),
        replaced_by=card.get("replaced-by"),
        former=tuple(card.get("renamed-from") or ()),
        only_with=only_with if isinstance(only_with, str) else tuple(only_with),
    )


def cards_in(folder: str) -> Iterator[tuple[str, str]]:
    """(id, path) of every card in a catalogue folder `<family>/<name>.yaml`, sorted by id."""
    try:
        families = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
    except OSError as error:
        raise Problem(f"{folder}: cannot read the folder of cards: {error.strerror}") from error
    except ValueError as error:  # a name that no folder has
        raise Problem(f"{folder}: cannot read the folder of cards: {error}") from error
    stray = sorted(name for name in os.listdir(folder) if name.endswith((".yaml", ".yml")))
    if stray:
        raise Problem(
            f"{os.path.join(folder, stray[0])}: a card lies in a folder of its family, <family>/<name>.yaml"
        )
    for family in families:
        if family.startswith(("_", ".")):
            continue
        try:
            names = sorted(os.listdir(os.path.join(folder, family)))
        except OSError as error:
            raise Problem(
                f"{os.path.join(folder, family)}: cannot read the folder of cards: {error.strerror}"
            ) from error
        for name in names:
            stem, ending = os.path.splitext(name)
            if ending in (".yaml", ".yml"):
                yield f"{family}/{stem}", os.path.join(folder, family, name)


def rules_in(
    folder: str, provider: str, *, declarative_only: bool = False, within: str | None = None
) -> tuple[Rule, ...]:
    """Every rule of a catalogue folder; `within` is a folder that no link to a card leads out of.

    Raises `Problem` at the first broken card: nothing is skipped in silence.
    """
    from lading.files import is_within
    from lading.parse import Reader

    reader = Reader()
    rules = []
    for id, path in cards_in(folder):
        if within is not None and not is_within(within, path):
            raise Problem(f"{path}: cannot read the card: it lies outside of the repository")
        card = read_card(path, id, reader)
        rule = rule_of_card(card, id=id, path=path, provider=provider)
        if declarative_only and isinstance(rule.reference, str) and rule.reference:
            raise Problem(
                f"{path}: rule {id} names the Python function {rule.reference}; "
                "cards of a repository are declarative only, functions come from an installed plugin"
            )
        rules.append(rule)
    return tuple(rules)


def combine(providers: Iterable[tuple[str, tuple[Rule, ...]]]) -> dict[str, Rule]:
    """All rules by id. Raises `Problem` where two providers claim one id."""
    rules: dict[str, Rule] = {}
    for provider, provided in providers:
        for rule in provided:
            if rule.id in rules:
                raise Problem(
                    f"{provider} brings a rule {rule.id}, which {rules[rule.id].provider} has already"
                )
            if rule.scope not in SCOPES or rule.level not in LEVELS:
                raise Problem(f"{provider}: rule {rule.id} has an unknown scope or level")
            rules[rule.id] = rule
    _refuse_odd_lives(rules)
    return dict(sorted(rules.items()))


def _refuse_odd_lives(rules: Mapping[str, Rule]) -> None:
    """Raises `Problem` where an earlier id is in use, or where what takes a rule's place is not there."""
    claimed: dict[str, str] = {}
    for rule in rules.values():
        for old in rule.former:
            other = old if old in rules else claimed.get(old)
            if other is not None:
                raise Problem(
                    f"rule {rule.id} of {rule.provider} was renamed from {old}, which {other} is known as"
                )
            claimed[old] = rule.id
        if rule.replaced_by is not None and rule.replaced_by not in rules:
            raise Problem(
                f"rule {rule.id} of {rule.provider} is replaced by {rule.replaced_by}, and no rule is named so"
            )
