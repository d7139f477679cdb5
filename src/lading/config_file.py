"""`lading.yaml` read and checked: text in, `Config` out."""

from __future__ import annotations

from lading.config import ComposeProject, Config, RuleSettings
from lading.decode import NotText, decode
from lading.plain import plain
from lading.problems import Problem
from lading.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lading.parse import Reader

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
        return Config(path=path)
    from lading.schema import first_error

    misfit = first_error("config", value)
    if misfit is not None:
        line, column = misfit.place_in(tree)
        raise Problem(f"{path}:{line}:{column}: {misfit.message}")
    return _config(path, value)


def _config(path: str, value: dict[str, Any]) -> Config:
    assume = value.get("assume") or {}
    compose = value.get("compose") or {}
    return Config(
        path=path,
        repository=value.get("repository"),
        namespaces=tuple(value.get("namespaces") or ()),
        default_token=value.get("default-token", "unknown"),
        exclude=tuple(value.get("exclude") or ()),
        rules={id: _rule_settings(settings) for id, settings in (value.get("rules") or {}).items()},
        variables={name: _as_text(text) for name, text in (assume.get("variables") or {}).items()},
        healthy_images=tuple(assume.get("images-with-healthcheck") or ()),
        local_cards=tuple(value.get("cards") or ()),
        compose_projects=tuple(_compose_project(each) for each in compose.get("projects") or ()),
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


def _rule_settings(settings: Any) -> RuleSettings:
    if isinstance(settings, str):
        return RuleSettings(level=settings)
    return RuleSettings(settings.get("level"), settings.get("options"), tuple(settings.get("ignore") or ()))


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
