"""Declarative checks: data that says where to look and what must hold there.

Safe to load from the linted repository: a policy selects places and compares values, nothing else, and its regular
expressions are bounded.
"""

from __future__ import annotations

from lading.findings import KNOWN, Hit, unknown
from lading.models.manifest import FACTS
from lading.patterns import unsafe_pattern
from lading.plain import plain
from lading.problems import Problem
from lading.tree import Entry, Mapping, Scalar, Sequence, resolve
from lading.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Mapping as MappingType
    from typing import Any

    from lading.source import Located

    Assertion = MappingType[str, Any]

JOIN = ("publications", "consumers", "services")
"""What `given` may name besides a path into a file."""

LONGEST_TEXT = 256
"""Code points of a text that `matches` looks at; a longer one does not match."""


class Place:
    """A value a policy looks at: its plain value or node, its key, and where a finding about it belongs."""

    __slots__ = ("at", "key", "value")

    def __init__(self, value: Any, key: str, at: Located) -> None:
        self.value = value
        self.key = key
        self.at = at


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

    def check(subject: Any, options: MappingType[str, Any]) -> Iterator[Hit]:
        for path, place in _places(scope, subject, given):
            if when is not None and _holds(when, place.value) is not True:
                continue
            verdict = _holds(must, place.value)
            if verdict is not True:
                basis = KNOWN if verdict is False else unknown("the value is not known here")
                yield Hit(place.at, _filled(message, place, path), basis=basis)

    return check


def _refuse_unfit(scope: str, given: str, name: str) -> None:
    if given in JOIN and scope not in ("repository", given[:-1]):
        fitting = (
            "`scope: repository`" if given == "services" else f"`scope: {given[:-1]}` or `scope: repository`"
        )
        raise Problem(f"{name}: `given: {given}` needs {fitting}, not {scope}")
    if given not in JOIN and scope not in ("source", "workflow", "workflow-or-action", "compose-project"):
        raise Problem(f"{name}: `given: {given}` is a path into a file, which `scope: {scope}` does not have")


def _refuse_unknown_facts(assertion: Assertion | None, given: str, name: str) -> None:
    """A misspelt fact would be absent everywhere, and the policy always or never hold."""
    if not assertion or given not in JOIN:
        return
    fact = str(assertion.get("path", "key")).partition(".")[0]
    if fact not in FACTS[given] and fact != "*":
        raise Problem(
            f"{name}: `path: {assertion['path']}`: {given} have no fact `{fact}`{_meant(fact, given)}"
        )
    for inner in (*assertion.get("all", ()), *assertion.get("any", ()), assertion.get("not")):
        if "path" not in assertion:
            _refuse_unknown_facts(inner, given, name)


def _refuse_unknown_placeholders(message: str, given: str, name: str) -> None:
    from lading import regex as re

    for placeholder in re.findall(r"\{([a-z_]+)\}", message):
        if placeholder not in ("key", "value", "path", *FACTS.get(given, ())):
            raise Problem(
                f"{name}: `message`: nothing is known as `{{{placeholder}}}`{_meant(placeholder, given)}"
            )


def _meant(word: str, given: str) -> str:
    known = FACTS.get(given, ("key", "value", "path"))
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


def _places(scope: str, subject: Any, given: str) -> Iterator[tuple[str, Place]]:
    if given in JOIN:
        from lading.models.manifest import joined

        for at, facts in joined(subject, scope, given):
            yield at.source.path, Place(facts, str(facts.get("key", "")), at)
        return
    tree = subject.tree if scope != "source" else subject
    if tree.root is None:
        return
    for place in _select(Place(tree.root, "", tree.root), given):
        yield tree.path, place


def _select(start: Place, path: str) -> Iterator[Place]:
    """The places that a dotted path leads to; `*` is every key or item, `.` the start itself."""
    places = [start]
    for step in path.split(".") if path != "." else ():
        places = [further for place in places for further in _steps(place, step)]
    yield from places


def _steps(place: Place, step: str) -> Iterator[Place]:
    node = place.value
    if isinstance(node, Mapping):
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
                yield Place(value, str(key), place.at)
    elif isinstance(node, (list, tuple)):
        for index, value in enumerate(node):
            if step in ("*", str(index)):
                yield Place(value, str(index), place.at)


def _entered(entry: Entry) -> Place:
    return Place(resolve(entry.value), entry.name or "", entry)


def _holds(assertion: Assertion, value: Any) -> bool | None:
    """True, False, or None where a value that is not known decides. Everything an assertion names must hold."""
    if "path" in assertion:
        start = Place(value, "", None)  # type: ignore[arg-type]
        found = [place.value for place in _select(start, str(assertion["path"]))]
        if assertion.get("present") is False:
            return not found
        if not found:
            return False
        inner = {name: part for name, part in assertion.items() if name not in ("path", "present")}
        return _all([_holds(inner, each) for each in found])
    return _all(list(_verdicts(assertion, value)))


def _verdicts(assertion: Assertion, value: Any) -> Iterator[bool | None]:
    if "present" in assertion:
        yield bool(assertion["present"]) is not _is_absent(value)
    if "all" in assertion:
        yield _all([_holds(inner, value) for inner in assertion["all"]])
    if "any" in assertion:
        yield _not(_all([_not(_holds(inner, value)) for inner in assertion["any"]]))
    if "not" in assertion:
        yield _not(_holds(assertion["not"], value))
    compared = [name for name in ("equals", "one-of", "matches", "schema") if name in assertion]
    if compared:
        plain_value = _plain(value)
        for name in compared:
            yield None if _is_unknown(plain_value) else _compare(name, assertion[name], plain_value)


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


def _is_absent(value: Any) -> bool:
    return value is None or (isinstance(value, Scalar) and value.is_null)


def _is_unknown(value: Any) -> bool:
    """A text with an expression or a variable in it, or a name of the join with `*` for a part that is not known."""
    return isinstance(value, str) and ("${" in value or "*" in value)


def _all(verdicts: list[bool | None]) -> bool | None:
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _not(verdict: bool | None) -> bool | None:
    return None if verdict is None else not verdict


def _filled(message: str, place: Place, path: str) -> str:
    value = place.value.text if isinstance(place.value, Scalar) else place.value
    shown = "" if isinstance(value, (Mapping, Sequence, dict, list)) else str(value)
    known = {"key": place.key, "value": shown, "path": path}
    if isinstance(value, dict):
        known |= {
            name: ", ".join(map(str, fact)) if isinstance(fact, list) else str(fact)
            for name, fact in value.items()
        }
    for name, text in known.items():
        message = message.replace("{" + name + "}", text)
    return message
