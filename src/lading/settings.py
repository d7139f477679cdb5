"""Every setting with its value and where it came from: an option, the environment, a file, or nowhere (its default)."""

from __future__ import annotations

from lading.schema import SchemaError, load_schema

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from lading.config import Config
    from lading.config_parts import Layer
    from lading.identity import Identity

OPTION, ENVIRONMENT, FILE, GIT, DEFAULT = "option", "environment", "file", "git", "default"


class Setting:
    """`key` is dotted (`assume.variables`), `value` plain, `kind` one of the five above, `where` says it in words."""

    __slots__ = ("key", "kind", "value", "where")

    def __init__(self, key: str, value: Any, kind: str, where: str) -> None:
        self.key = key
        self.value = value
        self.kind = kind
        self.where = where


def settings(
    config: Config, identity: Identity | None, options: Mapping[str, Any], own: Sequence[str]
) -> tuple[Setting, ...]:
    """All settings in the order of the schema.

    `options` are the values given on the command line by key; `own` the namespaces that count where none is stated.
    """
    return tuple(
        _decided(each, identity, options, own)
        for each in _settings(load_schema("config"), (), tuple(config.layers))
    )


def _decided(
    stated: Setting, identity: Identity | None, options: Mapping[str, Any], own: Sequence[str]
) -> Setting:
    """What wins over the files, or stands in for them."""
    if options.get(stated.key) is not None:
        return Setting(stated.key, options[stated.key], OPTION, f"option --{stated.key}")
    if stated.key == "repository" and identity is not None:
        name = f"{identity.owner or '?'}/{identity.name or '?'}"
        kind = _kind(identity.because)
        return Setting(stated.key, name, kind, stated.where if kind == FILE else identity.because)
    if stated.key == "namespaces" and stated.kind == DEFAULT and own:
        return Setting(stated.key, list(own), DEFAULT, "default: the owner of the repository")
    return stated


def _kind(because: str) -> str:
    if because.startswith("option "):
        return OPTION
    if because.startswith("git "):
        return GIT
    return ENVIRONMENT if because.isupper() else FILE


def _settings(
    schema: Mapping[str, Any], way: tuple[str, ...], layers: tuple[Layer, ...]
) -> Iterator[Setting]:
    """The settings below a way: those that the schema knows, and the keys that files have there."""
    found = [(layer, value) for layer in layers for value in _values(layer, way)]
    known = dict(schema.get("properties") or {})
    is_open = isinstance(schema.get("additionalProperties"), dict)
    is_split = not way or bool(known) or is_open or len(found) > 1
    if found and (not isinstance(found[0][1], dict) or not is_split):
        layer, value = found[0]
        yield Setting(".".join(way), value, FILE, _place(layer, way))
        return
    keys = {key: known[key] for key in known} if not is_open and "oneOf" not in schema else {}
    for _, value in found:
        if isinstance(value, dict):
            below = schema.get("additionalProperties")
            keys |= {
                key: known.get(key, below if isinstance(below, dict) else {})
                for key in value
                if key not in keys
            }
    if not keys:
        yield Setting(".".join(way), _default(schema), DEFAULT, DEFAULT)
    for key, below in keys.items():
        yield from _settings(below, (*way, key), layers)


def _values(layer: Layer, way: tuple[str, ...]) -> Iterator[Any]:
    """The value that a file has at a way, if it has one."""
    value: Any = layer.value
    for key in way:
        if not isinstance(value, dict) or key not in value:
            return
        value = value[key]
    yield value


def _place(layer: Layer, way: tuple[str, ...]) -> str:
    line, _ = SchemaError("", way).place_in(layer.tree)
    return f"{layer.path}:{line}"


def _default(schema: Mapping[str, Any]) -> Any:
    empty: dict[str, Any] = {"array": [], "object": {}}
    return schema.get("default", empty.get(str(schema.get("type"))))
