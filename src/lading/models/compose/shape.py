"""Does a Compose model have the shape that Compose asks for? `schemas/compose.schema.json` over merged values."""

from __future__ import annotations

from lading import regex as re
from lading.models.compose.forms import (
    BadForm,
    command_line,
    device,
    duration,
    mount,
    port_range_of,
    size,
)
from lading.models.compose.scalars import BOOLEAN_WORDS, shown, typed
from lading.models.compose.values import RESET, List, Map, Text
from lading.plain import whole
from lading.shape import UNKNOWN_TEXT, WRONG_TYPE, Shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from lading.models.compose.fits import Fits
    from lading.models.compose.values import Value
    from lading.shape import Misfit
    from lading.source import Located

_UNIQUE = frozenset(
    (
        *("annotations", "build.additional_contexts", "build.args", "build.labels", "build.platforms"),
        *("build.tags", "cap_add", "cap_drop", "configs", "deploy.labels", "devices", "dns", "dns_opt"),
        *("dns_search", "environment", "env_file", "expose", "labels", "links", "networks.*.aliases"),
        *("networks.*.link_local_ips", "ports", "profiles", "secrets", "sysctls", "tmpfs", "volumes"),
    )
)
"""Lists of services in which Compose drops what is said twice before it looks at their shape (`override/uncity.go`)."""

_INTEGER = re.compile(r"[-+]?\d+")
_LIMIT = 1 << 63
_OCTAL = re.compile(r"[-+]?[0-7]+")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")


class ComposeView:
    """Compose values as `Shape` looks at them: scalars typed as go-yaml does, texts with a variable stay texts."""

    reader = "Compose"

    def kind(self, value: Value) -> str:
        return "object" if isinstance(value, Map) else "array" if isinstance(value, List) else "scalar"

    def scalar(self, value: Text) -> Any:
        if value.is_null:
            return None
        if not value.is_made and "$" not in value.node.text:
            return typed(value.node)
        return UNKNOWN_TEXT if value.literal is None else value.literal

    def entries(self, value: Map) -> Iterator[tuple[str, Located, Value]]:
        for name, item in value.entries.items():
            if item.value.tag != RESET:
                yield name, item.key, item.value

    def items(self, value: List) -> tuple[Value, ...]:
        return value.items

    def place(self, value: Value) -> Located:
        return value.node

    def lacking(self, value: Value, key: Located | None) -> Located:
        return key if key is not None else value.node

    def form(self, form: str, value: Text) -> str | None:
        read = _FORMS.get(form)
        if read is None:
            return None
        given = self.scalar(value)
        if given is UNKNOWN_TEXT or given is None or (isinstance(given, float) and form in _WHOLE):
            return None
        if form in _OF_TEXTS and not isinstance(given, str):
            return None
        try:
            read(shown(given))
        except BadForm as problem:
            return str(problem)
        return None


def _boolean(text: str) -> None:
    if text.lower() not in BOOLEAN_WORDS:
        raise BadForm("is neither `true` nor `false`")


def _integer(text: str) -> None:
    if not _INTEGER.fullmatch(text) or not -_LIMIT <= whole(text) < _LIMIT:
        raise BadForm("is no whole number" if not _INTEGER.fullmatch(text) else "is too large a number")


def _count(text: str) -> None:
    if text.startswith("-"):
        raise BadForm("is below 0")
    _integer(text)


def _number(text: str) -> None:
    if not _NUMBER.fullmatch(text):
        raise BadForm("is no number")


def _bytes(text: str) -> None:
    size(text)
    if text.startswith("-"):
        raise BadForm("is below 0")


def _device_count(text: str) -> None:
    if text != "all" and not _INTEGER.fullmatch(text):
        raise BadForm("is neither `all` nor a whole number")


def _mode(text: str) -> None:
    if not _OCTAL.fullmatch(text):
        raise BadForm("is no octal number, such as `0440`")


def _host(text: str) -> None:
    if "=" not in text and ":" not in text:
        raise BadForm("has no address: it is `name=address`")


def _pair(text: str) -> None:
    if "=" not in text:
        raise BadForm("has no value: it is `name=value`")


def _ssh_key(text: str) -> None:
    if "=" not in text and text != "default":
        raise BadForm("is neither `default` nor `name=path`")


_WHOLE = ("integer", "count")
"""Forms that take a number with a fraction, which is cut off, but no text with one."""
_OF_TEXTS = ("mode", "bytes")
"""Forms that only a text must have."""
_FORMS: dict[str, Callable[[str], object]] = {
    **{"duration": duration, "bytes": _bytes, "port": port_range_of, "volume": mount, "device": device},
    **{"boolean": _boolean, "integer": _integer, "count": _count, "number": _number},
    "command": command_line,
    **{"device-count": _device_count, "mode": _mode, "host": _host, "pair": _pair, "ssh-key": _ssh_key},
}


def misfits(stages: Sequence[Map], layers: Sequence[Map], fits: Fits | None = None) -> Iterator[Misfit]:
    """Everything in which the model does not fit at some stage, and the `include` of a layer, which no stage has."""
    from lading.tables.compose_shape import DEFINITIONS, ROOT

    remembers = len(stages) > 1
    if fits is not None:
        fits.remembers = remembers
    shape = Shape(ROOT, DEFINITIONS, ComposeView(), _may_repeat, remembers=remembers, fits=fits)
    for layer in layers:
        include = layer.get("include")
        if include is not None:
            for misfit in shape.misfits(include, ROOT["properties"]["include"], ("include",)):
                if not (isinstance(misfit.value, Text) and misfit.value.is_null):
                    yield misfit
    for stage in stages:
        for misfit in shape.misfits(stage):
            if not _is_cast(misfit):
                yield misfit


def _may_repeat(path: tuple[str, ...]) -> bool:
    if len(path) < 3 or path[0] != "services":
        return False
    inner = path[2:]
    return ".".join((inner[0], "*", *inner[2:]) if inner[0] == "networks" else inner) in _UNIQUE


_SCALARS = frozenset(("boolean", "integer", "number", "string"))


def _is_cast(misfit: Misfit) -> bool:
    """A text in which a variable stood is cast to what is expected (`loader/interpolate.go`)."""
    value = misfit.value
    if misfit.kind != WRONG_TYPE or not isinstance(value, Text) or "$" not in value.node.text:
        return False
    if _SCALARS.isdisjoint(misfit.wanted):
        return False
    text = value.literal or ""
    return text.lower() in BOOLEAN_WORDS or _NUMBER.fullmatch(text) is not None
