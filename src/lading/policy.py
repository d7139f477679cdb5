"""Declarative checks: data that says where to look and what must hold there.

Safe to load from the linted repository: a policy selects places and compares values, nothing else, and its regular
expressions are bounded.
"""

from __future__ import annotations

from lading.findings import KNOWN, Basis, Hit, unknown
from lading.models.facts import FACTS, PARTS, Fact, shown
from lading.patterns import unsafe_pattern
from lading.plain import plain
from lading.problems import Problem
from lading.tree import Entry, Mapping, Scalar, Sequence, resolve
from lading.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Mapping as MappingType
    from typing import Any

    from lading.source import Located
    from lading.tree import Tree

    Assertion = MappingType[str, Any]

JOIN = ("publications", "jobs", "consumers", "services")
"""What `given` may name besides a path into a file."""

LONGEST_TEXT = 256
"""Code points of a text that `matches` looks at; a longer one does not match."""


class Place:
    """A value a policy looks at: its plain value or node, its key, where a finding about it belongs, and its ground."""

    __slots__ = ("at", "basis", "key", "value")

    def __init__(self, value: Any, key: str, at: Located, basis: Basis = KNOWN) -> None:
        if isinstance(value, Fact):
            value, basis = value.value, basis & value.basis
        self.value = value
        self.key = key
        self.at = at
        self.basis = basis

    @property
    def is_unseen(self) -> bool:
        """Is nothing known of it, not even whether it is there?"""
        return self.value is None and self.basis.kind == "unknown"


class Verdict:
    """Does an assertion hold, and on what ground? On unknown ground it is not decided.

    `fact` names the one that decides, where there is one.
    """

    __slots__ = ("basis", "fact", "holds")

    def __init__(self, holds: bool, basis: Basis = KNOWN, fact: str | None = None) -> None:
        self.holds = holds
        self.basis = basis
        self.fact = fact

    def about(self, fact: str) -> Verdict:
        """The same, decided by a fact where none below it is named."""
        return Verdict(self.holds, self.basis, self.fact or fact)

    @property
    def is_decided(self) -> bool:
        return self.basis.kind != "unknown"


def compile_policy(
    scope: str, policy: MappingType[str, Any], name: str
) -> Callable[[Any, MappingType[str, Any]], Iterator[Hit]]:
    """A check like any other. Raises `Problem` for a policy that cannot be carried out."""
    given = str(policy["given"])
    when, must = policy.get("when"), policy["assert"]
    message = str(policy["message"])
    _refuse_unfit(scope, given, name)
    _refuse_unknown_placeholders(message, given, name)
    for assertion in (when, must):
        _refuse_unsound(assertion, name)
        _refuse_unknown_facts(assertion, given, name)

    def judged(subject: Any) -> Iterator[tuple[Any, Hit]]:
        for owner, place, ground, places in _places(scope, subject, given):
            admitted = _holds(when, place) if when is not None else Verdict(True)
            if not (admitted.is_decided and admitted.holds):
                continue
            verdict = _holds(must, place)
            if not (verdict.holds and verdict.is_decided):
                basis = verdict.basis & admitted.basis & ground
                at = places.get(verdict.fact or "", place.at)
                yield owner, Hit(at, _filled(message, place), basis=basis)

    def check(subject: Any, options: MappingType[str, Any]) -> Iterator[Hit]:
        hits = judged(subject)
        if given == "services" and scope == "repository":
            from lading.models.compose.sharing import told_once

            yield from told_once(hits, subject.projects)
        else:
            yield from (hit for _, hit in hits)

    return check


_SCOPES = {
    "publications": ("publication", "repository"),
    "consumers": ("consumer", "repository"),
    "jobs": ("repository",),
    "services": ("compose-project", "repository"),
}
"""The scopes that hold a list of the join."""


def _refuse_unfit(scope: str, given: str, name: str) -> None:
    if given in JOIN:
        if scope not in _SCOPES[given]:
            fitting = " or ".join(f"`scope: {each}`" for each in _SCOPES[given])
            raise Problem(f"{name}: `given: {given}` needs {fitting}, not {scope}")
    elif scope not in ("source", "workflow", "workflow-or-action", "compose-project"):
        near = nearest(given, JOIN, 0.6)
        hint = f"; did you mean `{near}`?" if near is not None else ""
        raise Problem(
            f"{name}: `given: {given}` is a path into a file, which `scope: {scope}` does not have{hint}"
        )


def _refuse_unknown_facts(assertion: Assertion | None, given: str, name: str) -> None:
    """A misspelt fact would be absent everywhere, and the policy always or never hold."""
    if not assertion or given not in JOIN:
        return
    if "path" in assertion:
        fact, *rest = str(assertion["path"]).split(".")
        if fact not in FACTS[given] and fact != "*":
            raise Problem(
                f"{name}: `path: {assertion['path']}`: {given} have no fact `{fact}`{_meant(fact, given)}"
            )
        parts = PARTS.get(fact, ())
        below = next((part for part in rest if part != "*" and not part.isdecimal()), None)
        if below is not None and below not in parts:
            hint = _nearest_of(below, parts) if parts else ""
            raise Problem(f"{name}: `path: {assertion['path']}`: `{fact}` has no part `{below}`{hint}")
        return
    for inner in (*assertion.get("all", ()), *assertion.get("any", ()), assertion.get("not")):
        _refuse_unknown_facts(inner, given, name)


def _refuse_unknown_placeholders(message: str, given: str, name: str) -> None:
    from lading import regex as re

    for placeholder in re.findall(r"\{([a-z_]+)\}", message):
        if placeholder not in ("key", "value", "path", *FACTS.get(given, ())):
            raise Problem(
                f"{name}: `message`: nothing is known as `{{{placeholder}}}`{_meant(placeholder, given)}"
            )


def _meant(word: str, given: str) -> str:
    return _nearest_of(word, FACTS.get(given, ("key", "value", "path")))


def _nearest_of(word: str, known: Iterable[str]) -> str:
    near = nearest(word, known, 0.6)
    return f"; did you mean `{near}`?" if near is not None else f"; there are {', '.join(known)}"


def _refuse_unsound(assertion: Assertion | None, name: str) -> None:
    if not assertion:
        return
    pattern = assertion.get("matches")
    if pattern is not None:
        problem = unsafe_pattern(str(pattern))
        if problem:
            raise Problem(f"{name}: `matches: {pattern}`: {problem}")
    if "schema" in assertion:
        from lading.schema import broken_schema

        problem = broken_schema(assertion["schema"])
        if problem:
            raise Problem(f"{name}: `schema`: {problem}")
    for inner in (*assertion.get("all", ()), *assertion.get("any", ()), assertion.get("not")):
        _refuse_unsound(inner, name)


def _places(
    scope: str, subject: Any, given: str
) -> Iterator[tuple[Any, Place, Basis, MappingType[str, Located]]]:
    """What a policy looks at: the subject it belongs to, the place, how certain it is, and where single facts stand."""
    if given in JOIN:
        from lading.models.joined import joined

        parts = (subject,)
        if given == "services" and scope == "repository":
            parts, scope = subject.projects, "compose-project"
        for part in parts:
            for at, facts, ground, places in joined(part, scope, given):
                yield part, Place(facts, str(facts.get("key", "")), at), ground, places
        return
    for tree in _trees(scope, subject):
        if tree.root is not None:
            for place in _select(Place(tree.root, "", tree.root), given):
                yield subject, place, KNOWN, {}


def _trees(scope: str, subject: Any) -> Iterator[Tree]:
    """The files of a subject."""
    if scope == "compose-project":
        yield from map(subject.texts.tree, subject.files)
    else:
        yield subject if scope == "source" else subject.tree


def _select(start: Place, path: str) -> Iterator[Place]:
    """The places that a dotted path leads to; `*` is every key or item, `.` the start itself."""
    places = [start]
    for step in path.split(".") if path != "." else ():
        places = [further for place in places for further in _steps(place, step)]
    yield from places


def _steps(place: Place, step: str) -> Iterator[Place]:
    node = place.value
    if place.is_unseen or (node == [] and place.basis.kind == "unknown"):
        yield Place(None, step, place.at, place.basis)
    elif isinstance(node, Mapping):
        for entry in node.entries:
            if step in ("*", entry.name):
                yield _entered(entry)
    elif isinstance(node, Sequence):
        for index, item in enumerate(node):
            if step in ("*", str(index)):
                yield Place(item, str(index), item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if step in ("*", key):
                yield Place(value, str(key), place.at, place.basis)
    elif isinstance(node, (list, tuple)):
        for index, value in enumerate(node):
            if step in ("*", str(index)):
                yield Place(value, str(index), place.at, place.basis)


def _entered(entry: Entry) -> Place:
    return Place(resolve(entry.value), entry.name or "", entry)


def _holds(assertion: Assertion, place: Place) -> Verdict:
    """Everything an assertion names must hold."""
    if "path" not in assertion:
        return _all(_verdicts(assertion, place))
    return _at_path(assertion, place).about(str(assertion["path"]).partition(".")[0])


def _at_path(assertion: Assertion, place: Place) -> Verdict:
    path = str(assertion["path"])
    found = list(_select(Place(place.value, "", place.at, place.basis), path))
    if assertion.get("present") is False:
        return _all(_not(_is_present(each)) for each in found)
    if not found:
        is_all_of_nothing = "*" in path.split(".") and isinstance(place.value, dict)
        return Verdict(is_all_of_nothing and "present" not in assertion)
    inner = {name: part for name, part in assertion.items() if name not in ("path", "present")}
    if "present" in assertion and isinstance(place.value, dict):
        inner["present"] = True
    return _all(_holds(inner, each) for each in found)


def _is_present(place: Place) -> Verdict:
    """Is there a value? A key of a file is there with whatever value; of a fact nothing is no value."""
    if place.is_unseen:
        return Verdict(True, place.basis)
    basis = KNOWN if place.basis.kind == "unknown" else place.basis
    return Verdict(place.value is not None and place.value != [], basis)


def _verdicts(assertion: Assertion, place: Place) -> Iterator[Verdict]:
    if "present" in assertion:
        if isinstance(place.value, Scalar) and place.value.is_null:
            yield Verdict(not assertion["present"])
        else:
            is_present = _is_present(place)
            yield is_present if assertion["present"] else _not(is_present)
    if "all" in assertion:
        yield _all(_holds(inner, place) for inner in assertion["all"])
    if "any" in assertion:
        yield _not(_all(_not(_holds(inner, place)) for inner in assertion["any"]))
    if "not" in assertion:
        yield _not(_holds(assertion["not"], place))
    compared = [name for name in ("equals", "one-of", "matches", "schema") if name in assertion]
    if compared:
        value, basis = _plain(place.value), place.basis
        if isinstance(value, (dict, list)):
            basis &= _ground_within(value)
            value = shown(value)
        if basis.kind != "unknown" and isinstance(value, str) and "${" in value:
            basis = unknown("the value is not known here")
        for name in compared:
            yield Verdict(basis.kind != "unknown" and _compare(name, assertion[name], value), basis)


def _ground_within(value: Any) -> Basis:
    """The ground of all facts in a value."""
    if isinstance(value, Fact):
        return value.basis & _ground_within(value.value)
    basis = KNOWN
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        basis &= _ground_within(each)
    return basis


def _compare(name: str, wanted: Any, value: Any) -> bool:
    if name == "equals":
        return bool(value == wanted and isinstance(value, bool) == isinstance(wanted, bool))
    if name == "one-of":
        return any(_compare("equals", each, value) for each in wanted)
    if name == "matches":
        from lading import regex as re

        text = value if isinstance(value, str) else "" if value is None else str(value)
        return len(text) <= LONGEST_TEXT and re.fullmatch(str(wanted), text) is not None
    from lading.schema import misfit

    return misfit(wanted, value) is None


def _plain(value: Any) -> Any:
    if isinstance(value, (Scalar, Mapping, Sequence)):
        try:
            return plain(value)
        except ValueError:
            return None
    return value


def _all(verdicts: Iterable[Verdict]) -> Verdict:
    """Do all hold? One that certainly does not decides; else one that is not decided leaves it open."""
    found = list(verdicts)
    failing = [verdict for verdict in found if verdict.is_decided and not verdict.holds]
    if failing:
        return min(failing, key=lambda verdict: verdict.basis.doubt)
    open_ones = [verdict for verdict in found if not verdict.is_decided]
    basis = KNOWN
    for verdict in open_ones or found:
        basis &= verdict.basis
    deciding = open_ones or found
    return Verdict(not open_ones, basis, deciding[0].fact if len(deciding) == 1 else None)


def _not(verdict: Verdict) -> Verdict:
    return Verdict(not verdict.holds, verdict.basis, verdict.fact)


def _filled(message: str, place: Place) -> str:
    seen = shown(place.value)
    value = seen.text if isinstance(seen, Scalar) else seen
    words = "" if isinstance(value, (Mapping, Sequence, dict, list)) else str(value)
    known = {"key": place.key, "value": words, "path": place.at.source.path}
    if isinstance(value, dict):
        known |= {name: _in_words(fact) for name, fact in value.items()}
    for name, text in known.items():
        message = message.replace("{" + name + "}", text)
    return message


def _in_words(fact: Any) -> str:
    if isinstance(fact, list):
        return ", ".join(map(_in_words, fact))
    if isinstance(fact, dict):
        return ", ".join(f"{name} {value}" for name, value in fact.items() if value is not None)
    return "nothing" if fact is None else str(fact)
