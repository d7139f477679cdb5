"""`lading.yaml` read and checked: text in, `Config` out."""

from __future__ import annotations

from lading.config import ComposeProject, Config, Layer, LeftOut, RuleSettings
from lading.decode import NotText, decode
from lading.plain import plain
from lading.problems import Problem
from lading.source import Source, Span
from lading.tree import Mapping, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lading.parse import Reader
    from lading.tree import Node, Tree

NAMES = ("lading.yaml", ".lading.yaml", ".github/lading.yaml")
"""Where the configuration lies in a repository; the first that exists counts."""


def read_config(path: str, data: bytes, reader: Reader) -> Config:
    """The configuration in a file's bytes. Raises `Problem` with file, line and column for whatever is wrong."""
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
    if value is None:
        return Config(path=path, layers=(Layer(path, tree, {}),))
    from lading.schema import first_error

    misfit = first_error("config", value)
    if misfit is not None:
        line, column = misfit.place_in(tree)
        raise Problem(f"{path}:{line}:{column}: {misfit.message}")
    return _config(path, value, tree)


def _config(path: str, value: dict[str, Any], tree: Tree) -> Config:
    assume = value.get("assume") or {}
    compose = value.get("compose") or {}
    settings = _at(tree.root, "rules")
    return Config(
        path=path,
        repository=value.get("repository"),
        namespaces=tuple(value.get("namespaces") or ()),
        default_token=value.get("default-token", "unknown"),
        exclude=tuple(value.get("exclude") or ()),
        rules={
            id: _rule_settings(given, _at(settings, id)) for id, given in (value.get("rules") or {}).items()
        },
        variables={name: _as_text(text) for name, text in (assume.get("variables") or {}).items()},
        healthy_images=tuple(assume.get("images-with-healthcheck") or ()),
        local_cards=tuple(value.get("cards") or ()),
        compose_projects=tuple(_compose_project(each) for each in compose.get("projects") or ()),
        requires_reason=(value.get("ignores") or {}).get("require-reason", False),
        baseline=value.get("baseline"),
        edition=value.get("edition"),
        layers=(Layer(path, tree, value),),
    )


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
    items = places.items if isinstance(places, Sequence) else ()
    ignore = tuple(
        _left_out(given, item) for given, item in zip(settings.get("ignore") or (), items, strict=True)
    )
    return RuleSettings(settings.get("level"), settings.get("options"), ignore)


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
