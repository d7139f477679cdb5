"""`lading.yaml` read and checked: text in, `Config` out."""

from __future__ import annotations

import os
import posixpath

from lading.config import NO_IMAGES, Config, ImageSettings
from lading.config_parts import Allowed, CardFolder, ComposeProject, Layer, LeftOut, RuleSettings, TagForms
from lading.decode import NotText, decode
from lading.plain import plain
from lading.problems import Problem
from lading.source import Source, Span
from lading.tree import Mapping, resolve
from lading.tree import Sequence as Items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from lading.parse import Reader
    from lading.tree import Node


def read_config(path: str, data: bytes, reader: Reader) -> Config:
    """The configuration in a file's bytes. Raises `Problem` with file, line and column for whatever is wrong."""
    return config_of((read_layer(path, data, reader),))


def read_layer(
    path: str,
    data: bytes,
    reader: Reader,
    *,
    folder: str = "",
    is_free: bool = False,
    cards_from: str | None = None,
) -> Layer:
    """What one file states, without what it extends. Raises `Problem` with file, line and column."""
    try:
        source = Source(path, decode(data))
    except NotText as error:
        raise Problem(f"{path}: not text in UTF-8: {error.reason}") from error
    tree = reader.read(source)
    for trouble in tree.troubles:
        line, column = source.place(trouble.span.start)
        raise Problem(f"{path}:{line}:{column}: {trouble.message}")
    try:
        value = plain(tree.root)
    except ValueError as error:
        raise Problem(f"{path}: {error}") from error
    layer = Layer(
        path, tree, {} if value is None else value, folder=folder, is_free=is_free, cards_from=cards_from
    )
    if value is not None:
        from lading.schema import first_error

        misfit = first_error("config", value)
        if misfit is not None:
            line, column = misfit.place_in(tree)
            raise Problem(f"{path}:{line}:{column}: {misfit.message}")
        _refuse_unsound_images(layer)
    return layer


def config_of(layers: Sequence[Layer]) -> Config:
    """One configuration of several files, the one that wins first."""
    value: dict[str, Any] = {}
    for layer in reversed(layers):
        value = _laid_over(_normal(layer.value), value)
    cards = tuple(folder for layer in reversed(layers) for folder in _cards(layer))
    assume = value.get("assume") or {}
    compose = value.get("compose") or {}
    return Config(
        path=layers[0].path,
        repository=value.get("repository"),
        namespaces=tuple(value.get("namespaces") or ()),
        default_token=value.get("default-token", "unknown"),
        exclude=tuple(value.get("exclude") or ()),
        rules={
            id: _rule_settings(given, _where_left_out(id, layers))
            for id, given in (value.get("rules") or {}).items()
        },
        variables={name: _as_text(text) for name, text in (assume.get("variables") or {}).items()},
        healthy_images=tuple(assume.get("images-with-healthcheck") or ()),
        local_cards=tuple({each.path: each for each in cards}.values()),
        compose_projects=tuple(_compose_project(each) for each in compose.get("projects") or ()),
        images=_images(value["images"], layers) if value.get("images") else NO_IMAGES,
        requires_reason=(value.get("ignores") or {}).get("require-reason", False),
        baseline=value.get("baseline"),
        edition=value.get("edition"),
        layers=tuple(layers),
    )


def _normal(value: dict[str, Any]) -> dict[str, Any]:
    """The same with a level of a rule in its long form, so that it is laid over the options of another file."""
    rules = value.get("rules")
    if not rules:
        return value
    long = {id: {"level": each} if isinstance(each, str) else each for id, each in rules.items()}
    return {**value, "rules": long}


def _laid_over(own: dict[str, Any], below: dict[str, Any]) -> dict[str, Any]:
    """Key by key the own value, else the one below; only mappings are put together."""
    merged = dict(below)
    for key, value in own.items():
        other = below.get(key)
        both = isinstance(value, dict) and isinstance(other, dict)
        merged[key] = _laid_over(value, other) if both and other is not None else value
    return merged


def _cards(layer: Layer) -> Iterator[CardFolder]:
    for written in layer.value.get("cards") or ():
        if layer.is_free and layer.cards_from:
            path = os.path.normpath(os.path.join(layer.cards_from, written))
            yield CardFolder(path, path, is_free=True)
        else:
            yield CardFolder(written, posixpath.join(layer.cards_from, written))


def _images(value: dict[str, Any], layers: Sequence[Layer]) -> ImageSettings:
    def where(*keys: str) -> str:
        for layer in layers:
            line = layer.line_of("images", *keys)
            if line is not None:
                return f"{layer.path}:{line}"
        return ""

    allow = value.get("allow")
    return ImageSettings(
        allow=None if allow is None else tuple(_allowed(each) for each in allow),
        allowed_by=where("allow"),
        sisters=tuple(value.get("sisters") or ()),
        mirrors=tuple((value.get("mirrors") or {}).items()),
        tags=tuple(_tag_forms(each, where("tags")) for each in value.get("tags") or ()),
        published_tags=tuple(
            _tag_forms(each, where("published-tags")) for each in value.get("published-tags") or ()
        ),
    )


def _allowed(stated: Any) -> Allowed:
    if isinstance(stated, str):
        return Allowed((stated,))
    return Allowed(tuple(stated["images"]), tuple(stated["files"]))


def _tag_forms(stated: dict[str, Any], where: str) -> TagForms:
    return TagForms(
        require=tuple(stated.get("require") or ()),
        forbid=tuple(stated.get("forbid") or ()),
        images=tuple(stated.get("images") or ()),
        files=tuple(stated.get("files") or ()),
        where=where,
    )


def _refuse_unsound_images(layer: Layer) -> None:
    """Names with a tag, and wildcards where a name is to be put in the place of another."""
    images = layer.value.get("images") or {}
    for way, text in _names_in(images):
        if ":" in text.rpartition("/")[2] and "/" in text:
            _refuse(layer, way, f"`{text}`: a name has no tag here; `tags` says which tags images may have")
        if text.startswith("/") or text.endswith("/") or "//" in text:
            _refuse(layer, way, f"`{text}`: a part of the name is empty")
    mirrors = images.get("mirrors") or {}
    for mirror, original in mirrors.items():
        for text in (mirror, original):
            host = text.partition("/")[0]
            if "*" in text or "?" in text or not ("." in host or ":" in host or host == "localhost"):
                way = ("mirrors", mirror)
                _refuse(layer, way, f"`{text}`: a registry or a namespace is expected, with its host")
    for index, text in enumerate(images.get("sisters") or ()):
        if "*" in text or "?" in text:
            _refuse(layer, ("sisters", index), f"`{text}`: a namespace has no wildcards")
    for index, stated in enumerate(images.get("published-tags") or ()):
        if "digest" in (*(stated.get("require") or ()), *(stated.get("forbid") or ())):
            _refuse(layer, ("published-tags", index), "a push names a tag, never a digest")


def _names_in(images: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every name and pattern, with the way to it."""
    for index, each in enumerate(images.get("allow") or ()):
        names = (each,) if isinstance(each, str) else each["images"]
        yield from ((("allow", index), name) for name in names)
    yield from ((("sisters", index), name) for index, name in enumerate(images.get("sisters") or ()))
    for mirror, original in (images.get("mirrors") or {}).items():
        yield from ((("mirrors", mirror), name) for name in (mirror, original))
    for key in ("tags", "published-tags"):
        for index, each in enumerate(images.get(key) or ()):
            yield from (((key, index), name) for name in each.get("images") or ())


def _refuse(layer: Layer, way: tuple[str | int, ...], words: str) -> None:
    from lading.schema import SchemaError

    line, column = SchemaError("", ("images", *way)).place_in(layer.tree)
    shown = ".".join(map(str, ("images", *way)))
    raise Problem(f"{layer.path}:{line}:{column}: `{shown}`: {words}")


def _compose_project(stated: dict[str, Any]) -> ComposeProject:
    env_files = stated.get("env-files")
    return ComposeProject(
        tuple(stated["files"]),
        directory=stated.get("project-directory"),
        env_files=None if env_files is None else tuple(env_files),
        profiles=tuple(stated.get("profiles") or ()),
        name=stated.get("name"),
    )


def _rule_settings(settings: Any, node: Node | None) -> RuleSettings:
    if isinstance(settings, str):
        return RuleSettings(level=settings)
    places = _at(node, "ignore")
    items = places.items if isinstance(places, Items) else ()
    ignore = tuple(
        _left_out(given, item) for given, item in zip(settings.get("ignore") or (), items, strict=True)
    )
    return RuleSettings(settings.get("level"), settings.get("options"), ignore)


def _where_left_out(id: str, layers: Sequence[Layer]) -> Node | None:
    """The settings of a rule in the file whose `ignore:` counts."""
    stated = (_at(_at(layer.tree.root, "rules"), id) for layer in layers)
    return next((node for node in stated if _at(node, "ignore") is not None), None)


def _left_out(given: Any, node: Node) -> LeftOut:
    at = Span(node.source, node.start, node.end)
    if isinstance(given, str):
        return LeftOut(given, at=at)
    step = given.get("step")
    return LeftOut(
        given.get("path"),
        job=given.get("job"),
        service=given.get("service"),
        step=None if step is None else str(step),
        reason=given.get("reason"),
        at=at,
    )


def _at(node: Node | None, key: str) -> Node | None:
    """The value of a key, of several the last, as its plain value has it; None where there is none."""
    node = resolve(node) if node is not None else None
    if not isinstance(node, Mapping):
        return None
    return next((resolve(entry.value) for entry in reversed(node.entries) if entry.name == key), None)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
