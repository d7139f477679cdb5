"""Does a value have the shape that a schema of ours asks for? The part of JSON Schema that they use, with places.

The schemas come as tables (`lading.tables`), generated from `schemas/`; jsonschema is their oracle in the tests.
"""

from __future__ import annotations

from lading import regex as re
from lading.words import nearest, slip_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
    from typing import Any, Protocol

    from lading.source import Located

    class View(Protocol):
        """How the values of one kind of file are looked at; `reader` is who reads them: "Compose", "GitHub"."""

        @property
        def reader(self) -> str: ...

        def kind(self, value: Any) -> str:
            """ "object", "array" or "scalar"."""

        def scalar(self, value: Any) -> Any:
            """The typed value of a scalar, `UNKNOWN_TEXT` for a text of which a part is not known."""

        def entries(self, value: Any) -> Iterable[tuple[str, Located, Any]]:
            """Name, place of the name, and value."""

        def items(self, value: Any) -> Sequence[Any]: ...

        def place(self, value: Any) -> Located: ...

        def lacking(self, value: Any, key: Located | None) -> Located:
            """Where to say that a mapping lacks something; `key` is the place of its name, if it has one."""

        def form(self, form: str, value: Any) -> str | None:
            """What is wrong with a scalar as an instance of an `x-form`, to follow on "`text` "; None for nothing."""


UNKNOWN_KEY = "unknown-key"
WRONG_TYPE = "wrong-type"
INVALID_VALUE = "invalid-value"
MISSING_KEY = "missing-key"
CONFLICTING_KEY = "conflicting-key"
RECENT_KEY = "recent-key"

UNKNOWN_TEXT: Any = object()
_NOTHING: Mapping[str, str] = {}

_NAMES = {
    **{"object": "a mapping", "array": "a list", "string": "a text", "integer": "a whole number"},
    **{"number": "a number", "boolean": "`true` or `false`", "null": "nothing"},
}


_SCALARS = frozenset(("string", "number", "boolean", "null"))
_ANY_SCALAR = _SCALARS - {"null"}
"""Types that are a text together: whoever takes them all reads the text."""


class Misfit:
    """One thing in which a value does not fit: `path` are the names on the way, list items as `[]`.

    `wanted` are the types that a value of the wrong type is expected to have, as JSON Schema names them; `meant` is
    the key or word that can only have been meant, `given` the value as it is read, for those who mend it.
    """

    __slots__ = ("at", "given", "help", "kind", "meant", "message", "path", "value", "wanted")

    def __init__(
        self,
        kind: str,
        at: Located,
        path: tuple[str, ...],
        message: str,
        value: Any,
        help: str | None = None,
        wanted: tuple[str, ...] = (),
        meant: str | None = None,
        given: str | None = None,
    ) -> None:
        self.meant = meant
        self.given = given
        self.kind = kind
        self.at = at
        self.path = path
        self.message = message
        self.value = value
        self.help = help
        self.wanted = wanted

    def __repr__(self) -> str:
        return f"<Misfit {self.kind} {self.message}>"


class Shape:
    """A schema: `definitions` by name, `root` the schema of a whole file.

    `may_repeat` says of a path whether its list may hold the same item twice although the schema says `uniqueItems`.
    `remembers`: several values that share parts are looked at, which the caller keeps alive; a part in which nothing
    was found is looked at once. `fits` says of a mapping in a quick way that there is nothing to find.
    """

    def __init__(
        self,
        root: Mapping[str, Any],
        definitions: Mapping[str, Any],
        view: View,
        may_repeat: Callable[[tuple[str, ...]], bool] = lambda path: False,
        *,
        remembers: bool = False,
        fits: Callable[[Any, Mapping[str, Any]], bool] | None = None,
    ) -> None:
        self.root = root
        self.definitions = definitions
        self.view = view
        self.may_repeat = may_repeat
        self._fits = fits
        self._sound: set[tuple[int, int]] | None = set() if remembers else None

    def misfits(
        self,
        value: Any,
        schema: Mapping[str, Any] | None = None,
        path: tuple[str, ...] = (),
        key: Located | None = None,
    ) -> Iterator[Misfit]:
        """Everything in which the value does not fit, in the order of the file; `key` is the place of its name."""
        schema = self._resolved(self.root if schema is None else schema)
        if not schema:
            return
        kind = self.view.kind(value)
        given = self.view.scalar(value) if kind == "scalar" else None
        types = _types(given) if kind == "scalar" else (kind,)
        if "oneOf" in schema:
            chosen = self._chosen(schema["oneOf"], types)
            if not chosen:
                yield self._wrong_type(value, kind, given, self._wanted(schema), path, schema)
            elif len(chosen) == 1:
                yield from self.misfits(value, chosen[0], path, key)
            else:
                yield from self._object_of(value, chosen, path, key)
            return
        wanted = self._wanted(schema)
        if wanted and not any(name in wanted for name in types):
            yield self._wrong_type(value, kind, given, wanted, path, schema)
        elif kind == "object" and self._fits is not None and self._fits(value, schema):
            return
        elif kind == "object" and self._sound is not None:
            yield from self._object_once(self._sound, value, schema, path, key)
        elif kind == "object":
            yield from self._object(value, schema, path, key)
        elif kind == "array":
            yield from self._array(value, schema, path)
        elif given is not UNKNOWN_TEXT:
            yield from self._scalar(value, given, schema, path)
        elif schema.get("x-literal"):
            message = f"{_shown(path)} holds an expression, which {self.view.reader} does not evaluate there"
            yield Misfit(INVALID_VALUE, self.view.place(value), path, message, value)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            found: Mapping[str, Any] = self.definitions[schema["$ref"]]
            schema = found
        return schema

    def _wanted(self, schema: Mapping[str, Any]) -> tuple[str, ...]:
        schema = self._resolved(schema)
        if "oneOf" in schema:
            return tuple(name for branch in schema["oneOf"] for name in self._wanted(branch))
        wanted = schema.get("type", ())
        return (wanted,) if isinstance(wanted, str) else tuple(wanted)

    def _chosen(
        self, branches: Iterable[Mapping[str, Any]], types: tuple[str, ...]
    ) -> list[Mapping[str, Any]]:
        """The branches for the type: one, or several for mappings, which their keys tell apart."""
        wanted = ((branch, self._wanted(branch)) for branch in branches)
        return [branch for branch, names in wanted if not names or any(name in names for name in types)]

    def _object_once(
        self,
        sound: set[tuple[int, int]],
        value: Any,
        schema: Mapping[str, Any],
        path: tuple[str, ...],
        key: Located | None,
    ) -> Iterator[Misfit]:
        both = (id(value), id(schema))
        if both in sound:
            return
        misfits = list(self._object(value, schema, path, key))
        if not misfits:
            sound.add(both)
        yield from misfits

    def _object_of(
        self, value: Any, branches: list[Mapping[str, Any]], path: tuple[str, ...], key: Located | None
    ) -> Iterator[Misfit]:
        """A mapping that has the keys of one of several: each key leaves those that have it, in file order."""
        left = branches
        decisive = ""
        strangers: dict[str, str] = {}
        for name, _, _ in self.view.entries(value):
            having = [branch for branch in left if name in branch["properties"]]
            if having and len(having) < len(left):
                left, decisive = having, decisive if len(left) == 1 else name
            elif not having and any(name in branch["properties"] for branch in branches):
                strangers[name] = decisive
        if len(left) == 1:
            yield from self._object(value, left[0], path, key, strangers)
            return
        union = {name: below for branch in left for name, below in branch["properties"].items()}
        whole = {"properties": union, "additionalProperties": False}
        found = tuple(self._object(value, whole, path, key, strangers))
        yield from found
        if any(misfit.kind == UNKNOWN_KEY and misfit.path[:-1] == path for misfit in found):
            return
        needed = [f"`{name}`" for branch in left for name in branch["required"][:1]]
        message = f"{_shown(path)} has none of {', '.join(needed)}, of which one is required"
        yield Misfit(MISSING_KEY, self.view.lacking(value, key), path, message, value)

    def _object(
        self,
        value: Any,
        schema: Mapping[str, Any],
        path: tuple[str, ...],
        key: Located | None,
        strangers: Mapping[str, str] = _NOTHING,
    ) -> Iterator[Misfit]:
        """`key` is where it is named, `strangers` are keys of other branches with the key that excludes each."""
        properties = schema.get("properties", {})
        patterns = schema.get("patternProperties", {})
        others = schema.get("additionalProperties", True)
        entries = tuple(self.view.entries(value))
        names = {name for name, _, _ in entries}
        for name, place, each in entries:
            inner = properties.get(name)
            if inner is None:
                inner = next(
                    (found for pattern, found in patterns.items() if re.search(pattern, name)), others
                )
            if name in strangers:
                yield _conflict(name, strangers[name], place, each, (*path, name))
            elif inner is False:
                yield self._unknown_key(name, place, each, schema, path, names)
            elif inner is not True:
                since = inner.get("x-since")
                if since is not None:
                    yield _recent(name, place, each, since, (*path, name))
                yield from self.misfits(each, inner, (*path, name), place)
        for name in schema.get("required", ()):
            if name not in names:
                message = f"{_shown(path)} has no `{name}`, which is required"
                yield Misfit(MISSING_KEY, self.view.lacking(value, key), (*path, name), message, value)

    def _unknown_key(
        self,
        name: str,
        key: Located,
        value: Any,
        schema: Mapping[str, Any],
        path: tuple[str, ...],
        taken: Container[str],
    ) -> Misfit:
        """`taken` are the keys that are there."""
        known = list(schema.get("properties", ()))
        names = [pattern for pattern in schema.get("patternProperties", ()) if not pattern.startswith("^x-")]
        if names and not known:
            message = f"`{name}` is no name that {_shown(path)} can hold: {_characters(names[0])}"
            return Misfit(UNKNOWN_KEY, key, (*path, name), message, value)
        near = nearest(name, known)
        hint = f"; did you mean `{near}`?" if near is not None else ""
        where = f"of {_shown(path)}" if path else "at the top level"
        message = f"`{name}` is no key {where} that {self.view.reader} knows{hint}"
        help = f"Write `{near}`." if near else None
        meant = slip_of(name, known) if near is not None else None
        if meant in taken or (
            meant and any(self.misfits(value, schema["properties"][meant], (*path, meant)))
        ):
            meant = None
        return Misfit(UNKNOWN_KEY, key, (*path, name), message, value, help, meant=meant)

    def _array(self, value: Any, schema: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Misfit]:
        inner = schema.get("items")
        items = self.view.items(value)
        if len(items) < schema.get("minItems", 0):
            least = schema["minItems"]
            now = (
                f"holds {len(items)} items; {least} are needed"
                if least > 1
                else "is empty; an item is needed"
            )
            message = f"{_shown(path)} {now}"
            yield Misfit(INVALID_VALUE, self.view.place(value), path, message, value)
        if schema.get("uniqueItems") and not self.may_repeat(path):
            yield from self._repeated(items, path)
        for item in items if inner is not None else ():
            yield from self.misfits(item, inner, (*path, "[]"))

    def _repeated(self, items: Sequence[Any], path: tuple[str, ...]) -> Iterator[Misfit]:
        seen = set()
        for item in items:
            given = self.view.scalar(item) if self.view.kind(item) == "scalar" else UNKNOWN_TEXT
            if given is UNKNOWN_TEXT:
                continue
            if (type(given), given) in seen:
                message = f"{_shown(path)} holds `{given}` twice"
                yield Misfit(INVALID_VALUE, self.view.place(item), (*path, "[]"), message, item)
            seen.add((type(given), given))

    def _scalar(
        self, value: Any, given: Any, schema: Mapping[str, Any], path: tuple[str, ...]
    ) -> Iterator[Misfit]:
        problem, help = self._wrong_value(value, given, schema)
        if problem is not None:
            written = f"is `{given}`" if given != "" else "is empty"
            message = f"{_shown(path)} {written}{problem}" if not problem.startswith("`") else problem
            meant = slip_of(given, _words(schema)) if isinstance(given, str) and help is not None else None
            yield Misfit(
                INVALID_VALUE,
                self.view.place(value),
                path,
                message,
                value,
                help,
                meant=meant,
                given=str(given),
            )

    def _wrong_value(
        self, value: Any, given: Any, schema: Mapping[str, Any]
    ) -> tuple[str | None, str | None]:
        allowed = schema.get("enum")
        if allowed is not None and given not in allowed:
            near = nearest(str(given), [each for each in allowed if isinstance(each, str)])
            listed = ", ".join(f"`{each}`" for each in allowed)
            hint = f"; did you mean `{near}`?" if near is not None else ""
            return f"; it is one of {listed}{hint}", f"Write `{near}`." if near is not None else None
        if "const" in schema and given != schema["const"]:
            return f"; it is `{schema['const']}`", None
        if isinstance(given, str):
            if len(given) < schema.get("minLength", 0):
                return ", which is too short", None
            pattern = schema.get("pattern")
            if pattern is not None and re.search(pattern, given) is None:
                return f", which does not have the form `{pattern}`", None
        elif isinstance(given, (int, float)) and not isinstance(given, bool):
            if given < schema.get("minimum", given):
                return f"; it is at least {schema['minimum']}", None
            if given > schema.get("maximum", given):
                return f"; it is at most {schema['maximum']}", None
        form = schema.get("x-form")
        problem = self.view.form(form, value) if form is not None else None
        return (f", which {problem}", None) if problem is not None else (None, None)

    def _takes(self, schema: Mapping[str, Any], text: str) -> bool:
        """Would the text do, if it were one? Not known of texts with a grammar."""
        schema = self._resolved(schema)
        branches = self._chosen(schema["oneOf"], ("string",)) if "oneOf" in schema else [schema]
        branch = self._resolved(branches[0]) if len(branches) == 1 else {"x-form": ""}
        has_form = any(key in branch for key in ("x-form", "pattern", "const"))
        return not has_form and text in branch.get("enum", (text,))

    def _wrong_type(
        self,
        value: Any,
        kind: str,
        given: Any,
        wanted: Iterable[str],
        path: tuple[str, ...],
        schema: Mapping[str, Any],
    ) -> Misfit:
        wanted = tuple(dict.fromkeys(wanted))
        as_text = _ANY_SCALAR.issubset(wanted)
        expected = " or ".join(_NAMES[n] for n in wanted if not as_text or n == "string" or n not in _SCALARS)
        help = None
        if kind == "scalar" and given is not UNKNOWN_TEXT:
            now = "has no value" if given is None else f"is {_article(given)} (`{_written(given)}`)"
            if "string" in wanted and given is not None and not isinstance(given, str):
                help = f'Write it in quotes: `"{_written(given)}"`.'
        else:
            now = f"is {_NAMES.get(kind, 'a text')}"
        message = f"{_shown(path)} {now}; {expected} is expected"
        written = _written(given) if help is not None and self._takes(schema, _written(given)) else None
        return Misfit(WRONG_TYPE, self.view.place(value), path, message, value, help, wanted, given=written)


def _words(schema: Mapping[str, Any]) -> list[str]:
    return [each for each in schema.get("enum", ()) if isinstance(each, str)]


def _types(given: Any) -> tuple[str, ...]:
    """The names that JSON Schema has for the type of a scalar; a whole number is a number too."""
    if given is None:
        return ("null",)
    if isinstance(given, bool):
        return ("boolean",)
    if isinstance(given, int) or (isinstance(given, float) and given.is_integer()):
        return ("integer", "number")
    return ("number",) if isinstance(given, float) else ("string",)


def _article(given: Any) -> str:
    return "a text" if isinstance(given, str) else "a boolean" if isinstance(given, bool) else "a number"


def _written(given: Any) -> str:
    return str(given).lower() if isinstance(given, bool) else str(given)


def _shown(path: tuple[str, ...]) -> str:
    """`services.web.ports`, an item of a list without its number."""
    names = [name for name in path if name != "[]"]
    whole = f"`{'.'.join(names)}`" if names else "the file"
    return f"an item of {whole}" if path and path[-1] == "[]" else whole


def _recent(name: str, key: Located, value: Any, since: str, path: tuple[str, ...]) -> Misfit:
    who = (
        "no release of Docker Compose" if since == "unreleased" else f"Docker Compose before {since} does not"
    )
    message = (
        f"{who} knows `{name}` yet, although the specification has it"
        if since == "unreleased"
        else f"{who} know `{name}` and refuses the file"
    )
    return Misfit(RECENT_KEY, key, path, message, value)


def _conflict(name: str, other: str, key: Located, value: Any, path: tuple[str, ...]) -> Misfit:
    message = f"{_shown(path[:-1])} has `{other}`, beside which `{name}` cannot stand"
    return Misfit(CONFLICTING_KEY, key, path, message, value)


_CHARACTERS = {
    "^[a-zA-Z0-9._-]+$": "it is made of letters, digits, `.`, `_` and `-`",
    "^(?!__)[A-Za-z_][A-Za-z0-9_-]{0,98}$": "it is made of letters, digits, `_` and `-`, begins with a letter or a "
    "single `_`, and has less than 100 characters",
}


def _characters(pattern: str) -> str:
    return _CHARACTERS.get(pattern, f"it has the form `{pattern}`")
