"""The canonical form of a project: every short form written out, every value typed, as compose-go prints it in JSON.

The tables below follow compose-go's `types/` (which fields there are, and which are left out when they are empty),
the readers its `transform/`, `loader/normalize.go` and `paths/`.
"""

from __future__ import annotations

import math
import posixpath

from lading import regex as re
from lading.models.compose.dotenv import parse_dotenv
from lading.models.compose.forms import (
    BadForm,
    command_line,
    device,
    duration,
    duration_shown,
    mount,
    ports,
    size,
)
from lading.models.compose.interpolation import Environment
from lading.models.compose.merge import CONTEXT, DEPENDENCIES, NAMES, PAIRS, normal
from lading.models.compose.scalars import BOOLEAN_WORDS, shown, typed
from lading.models.compose.values import RESET, List, Map, Text
from lading.models.template import Template
from lading.plain import whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from lading.models.compose.values import Value

    Reader = Callable[[Value, "Canonical"], Any]
    Fields = Mapping[str, Reader]

EMPTY: Any = object()
"""What a reader gives for a value that the JSON leaves out."""


class Undecodable(Exception):
    """A value that Compose cannot decode; `value` is where it stands."""

    def __init__(self, message: str, value: Value) -> None:
        super().__init__(message)
        self.value = value


def plain(text: Text) -> Any:
    """The typed value of a text whose variables are all known; a text with variables in it stays a text."""
    if text.literal is None:
        raise Undecodable(f"`{text.template.shown}` is not known", text)
    if text.is_made or "$" in text.node.text:
        return text.literal
    return typed(text.node)


def raw(value: Value) -> Any:
    """A value as plain data, nothing transformed."""
    if isinstance(value, Text):
        return plain(value)
    if isinstance(value, List):
        return [raw(item) for item in value.items]
    assert isinstance(value, Map)
    return {name: raw(each) for name, each in entries(value)}


def entries(value: Map) -> Iterator[tuple[str, Value]]:
    """The names and values that are not reset."""
    for name, item in value.entries.items():
        if item.value.tag != RESET:
            yield name, item.value


class Canonical:
    """What the canonical form depends on besides the model.

    `root` is the absolute path of the repository's root, `folder` the project's below it, `home` what `~` stands
    for, `name` the project's name, `variables` the environment, `profiles` those that are active, `read` gives the
    text of a file below the root. `is_normalized`: are implicit networks, dependencies and names put in?
    """

    def __init__(
        self,
        *,
        name: str,
        root: str,
        folder: str = "",
        home: str = "/root",
        read: Callable[[str], str | None] = lambda path: None,
        variables: Mapping[str, str] | None = None,
        profiles: tuple[str, ...] = (),
        is_normalized: bool = True,
        resolves_paths: bool = True,
    ) -> None:
        self.name = name
        self.root = root
        self.folder = folder
        self.read = read
        self.home = home
        self.variables = variables or {}
        self.profiles = profiles
        self.is_normalized = is_normalized
        self.resolves_paths = resolves_paths

    def of(self, model: Map) -> dict[str, Any]:
        """The whole project. Raises `Undecodable`."""
        out: dict[str, Any] = {"name": self.name, "services": {}}
        for section in _TABLES:
            named = model.map(section)
            if named is not None:
                out[section] = {name: _resource(section, each, self) for name, each in entries(named)}
        out |= {name: raw(value) for name, value in entries(model) if name.startswith("x-")}
        out["services"] = {n: s for n, s in out["services"].items() if self._is_enabled(s)}
        if self.is_normalized:
            _normalize(out, self)
        for service in out["services"].values():
            _read_files(service, self)
        return {n: each for n, each in out.items() if each or n in ("name", "services") or n.startswith("x-")}

    def _is_enabled(self, service: dict[str, Any]) -> bool:
        wanted = service.get("profiles", ())
        return not wanted or "*" in self.profiles or any(profile in self.profiles for profile in wanted)

    def path(self, text: str, folder: str) -> str:
        """A relative path made absolute against the folder (relative to the root) of the file that says it."""
        if not self.resolves_paths:
            is_elsewhere = folder != self.folder and not text.startswith(("/", "~"))
            return (
                posixpath.relpath(posixpath.join("/", folder, text), "/" + self.folder)
                if is_elsewhere
                else text
            )
        if text.startswith("~"):
            return posixpath.normpath(self.home + "/" + text[1:])
        return text if text.startswith("/") else posixpath.normpath(posixpath.join(self.root, folder, text))


def _text(value: Value, context: Canonical) -> Any:
    if not isinstance(value, Text):
        raise Undecodable("expected a text", value)
    given = plain(value)
    return shown(given) if given not in (None, "") else EMPTY


def _integer(value: Value, context: Canonical) -> Any:
    number = _given_integer(value, context)
    return EMPTY if number in (0, EMPTY) else number


def _given_integer(value: Value, context: Canonical) -> Any:
    given = plain(value) if isinstance(value, Text) else value
    if given is None:
        return EMPTY
    if isinstance(given, (int, float)):
        if given != given or given in (math.inf, -math.inf):
            raise Undecodable("expected an integer", value)
        return int(given)
    if isinstance(given, str) and re.fullmatch(r"[-+]?\d+", given):
        return whole(given)
    raise Undecodable("expected an integer", value)


def _number(value: Value, context: Canonical) -> Any:
    given = plain(value) if isinstance(value, Text) else None
    if given is None:
        return EMPTY
    try:
        number = float(given)
    except (TypeError, ValueError, OverflowError):
        raise Undecodable("expected a number", value) from None
    if number != number or number in (math.inf, -math.inf):
        return number
    return (int(number) if number == int(number) else number) if number else EMPTY


def _given_boolean(value: Value, context: Canonical) -> Any:
    given = plain(value) if isinstance(value, Text) else value
    if given is None:
        return EMPTY
    if isinstance(given, str):
        given = BOOLEAN_WORDS.get(given.lower())
    if not isinstance(given, bool):
        raise Undecodable("expected a boolean", value)
    return given


def _boolean(value: Value, context: Canonical) -> Any:
    return True if _given_boolean(value, context) is True else EMPTY


def _required(value: Value, context: Canonical) -> Any:
    """A boolean that is left out where it is true."""
    return False if _given_boolean(value, context) is False else EMPTY


def _formed(read: Callable[[str], Any], value: Value) -> Any:
    if not isinstance(value, Text):
        raise Undecodable("expected a text", value)
    try:
        return read(shown(plain(value)))
    except BadForm as problem:
        raise Undecodable(f"`{value.literal}` {problem}", value) from None


def _given_duration(value: Value, context: Canonical) -> Any:
    return EMPTY if value.is_null else duration_shown(_formed(duration, value))


def _duration(value: Value, context: Canonical) -> Any:
    given = _given_duration(value, context)
    return EMPTY if given == "0s" else given


def _bytes(value: Value, context: Canonical) -> Any:
    if value.is_null:
        return EMPTY
    number = _formed(size, value)
    return str(number) if number else EMPTY


def _command(value: Value, context: Canonical) -> Any:
    """Null where nothing is said, which is not the same as an empty command."""
    if value.is_null:
        return None
    if isinstance(value, Text):
        return list(_formed(command_line, value).words)
    return _items(value)


def _items(value: Value) -> list[str]:
    if not isinstance(value, List):
        raise Undecodable("expected a list", value)
    return [shown(plain(item)) if isinstance(item, Text) else str(raw(item)) for item in value.items]


def _list(value: Value, context: Canonical) -> Any:
    """A list of texts, or one text that stands for a list."""
    if value.is_null:
        return EMPTY
    items = [shown(plain(value))] if isinstance(value, Text) else _items(value)
    return items or EMPTY


def _unique(value: Value, context: Canonical) -> Any:
    """A list in which the later of two items with the same key (before `=`) takes the earlier one's place."""
    items = _list(value, context)
    return items if items is EMPTY else list({item.partition("=")[0]: item for item in items}.values())


def _unique_unless_empty(value: Value, context: Canonical) -> Any:
    items = _unique(value, context)
    return items if items is EMPTY else [item for item in items if item] or EMPTY


def _test(value: Value, context: Canonical) -> Any:
    if value.is_null:
        return EMPTY
    return ["CMD-SHELL", shown(plain(value))] if isinstance(value, Text) else _items(value) or EMPTY


def _pairs(value: Value, context: Canonical) -> Any:
    """Names and texts; no value is an empty text."""
    return {name: given or "" for name, given in _with_nulls(value, context).items()} or EMPTY


def _variables(value: Value, context: Canonical) -> Any:
    """As `_pairs`; no value is taken from the environment, or null."""
    found = _with_nulls(value, context)
    return {n: _inherited(n, value, context) if v is None else v for n, v in found.items()} or EMPTY


def _inherited(name: str, value: Value, context: Canonical) -> str | None:
    known = value.origin.environment.values.get(name)
    return known.literal if known is not None else context.variables.get(name)


def _arguments(value: Value, context: Canonical) -> Any:
    """As `_variables`; what the environment does not set either is left out once names are put in."""
    found = _variables(value, context)
    if found is EMPTY or not context.is_normalized:
        return found
    return {name: given for name, given in found.items() if given is not None} or EMPTY


def _with_nulls(value: Value, context: Canonical) -> dict[str, str | None]:
    if value.is_null:
        return {}
    long = normal(value, PAIRS)
    if not isinstance(long, Map):
        raise Undecodable("expected a mapping or a list", value)
    found: dict[str, str | None] = {}
    for name, each in entries(long):
        given = plain(each) if isinstance(each, Text) else raw(each)
        found[name] = None if given is None else shown(given) if isinstance(each, Text) else str(given)
    return found


def _hosts(value: Value, context: Canonical) -> Any:
    if value.is_null:
        return EMPTY
    found = []
    if isinstance(value, Map):
        for name, each in entries(value):
            addresses = _items(each) if isinstance(each, List) else [shown(plain(each))]  # type: ignore[arg-type]
            found += [(name, address) for address in addresses]
    else:
        for item in _items(value):
            separator = "=" if "=" in item else ":"
            name, _, rest = item.partition(separator)
            found += [(name, address) for address in rest.split(",")]
    return sorted({f"{name}={_without_brackets(address)}" for name, address in found}) or EMPTY


def _without_brackets(address: str) -> str:
    return address[1:-1] if address.startswith("[") and address.endswith("]") else address


def _struct(table: Fields) -> Reader:
    def read(value: Value, context: Canonical) -> Any:
        return EMPTY if value.is_null else _fields(value, table, context)

    return read


def _structs(table: Fields, key: str = "") -> Reader:
    """A list of structures; of two with the same value of `key` the later one takes the earlier one's place."""

    def read(value: Value, context: Canonical) -> Any:
        if value.is_null:
            return EMPTY
        if not isinstance(value, List):
            raise Undecodable("expected a list", value)
        found = [_fields(item, table, context) for item in value.items]
        return (list({each[key]: each for each in found}.values()) if key else found) or EMPTY

    return read


def _named(table: Fields) -> Reader:
    """Structures by name; one without content is null. Names in a list stand for such."""

    def read(value: Value, context: Canonical) -> Any:
        long = normal(value, NAMES)
        if long.is_null or not isinstance(long, Map):
            return EMPTY
        return {n: None if v.is_null else _fields(v, table, context) for n, v in entries(long)} or EMPTY

    return read


def _fields(value: Value, table: Fields, context: Canonical) -> dict[str, Any]:
    if not isinstance(value, Map):
        raise Undecodable("expected a mapping", value)
    given = {name.lower(): each for name, each in entries(value)}
    found = {
        name: read(given[name.lower()], context) for name, read in table.items() if name.lower() in given
    }
    return {name: each for name, each in found.items() if each is not EMPTY}


def _path(value: Value, context: Canonical) -> Any:
    text = _text(value, context)
    return text if text is EMPTY else context.path(text, value.origin.folder)


def _paths(value: Value, context: Canonical) -> Any:
    items = _list(value, context)
    return items if items is EMPTY else [context.path(item, value.origin.folder) for item in items]


_REMOTE = ("https://", "http://", "git://", "ssh://", "github.com/", "git@", "service:")


def _context(value: Value, context: Canonical) -> Any:
    text = _text(value, context)
    if text is EMPTY or "://" in text or text.startswith(_REMOTE):
        return text
    return context.path(text, value.origin.folder)


def _contexts(value: Value, context: Canonical) -> Any:
    long = normal(value, PAIRS)
    if not isinstance(long, Map):
        return EMPTY
    return {name: _context(each, context) for name, each in entries(long)} or EMPTY


def _keys(value: Value, context: Canonical) -> Any:
    """Keys for `build.ssh`, which Compose prints in an order of its own."""
    long = normal(value, PAIRS)
    if not isinstance(long, Map):
        return EMPTY
    found = []
    for name, each in entries(long):
        path = _path(each, context)
        found.append(name if path is EMPTY else f"{name}={path}")
    return sorted(found) or EMPTY


def _build(value: Value, context: Canonical) -> Any:
    if value.is_null:
        return EMPTY
    built = _fields(normal(value, CONTEXT), BUILD, context)
    if "context" not in built:
        built["context"] = context.path(".", value.origin.project)
    if context.is_normalized and not {"dockerfile", "dockerfile_inline"} & set(built):
        built["dockerfile"] = "Dockerfile"
    return built


def _stated(value: Value, context: Canonical) -> Any:
    """`provenance` and `sbom`: a boolean is kept as text."""
    return EMPTY if value.is_null else shown(plain(value)) if isinstance(value, Text) else EMPTY


def _env_files(value: Value, context: Canonical) -> Any:
    files = [value] if isinstance(value, Text) else list(value.items) if isinstance(value, List) else []
    found: dict[str, dict[str, Any]] = {}
    for each in files:
        if not each.is_null:
            row = (
                {"path": _path(each, context)} if isinstance(each, Text) else _fields(each, ENV_FILE, context)
            )
            found[row["path"]] = row
    return list(found.values()) or EMPTY


def _ports(value: Value, context: Canonical) -> Any:
    if value.is_null:
        return EMPTY
    if not isinstance(value, List):
        raise Undecodable("expected a list", value)
    found: dict[object, dict[str, Any]] = {}
    for item in value.items:
        for row in _port(item, context):
            key = (row.get("host_ip", "0.0.0.0"), row.get("published"), row.get("target"), row["protocol"])
            found[key] = row
    return list(found.values()) or EMPTY


def _port(item: Value, context: Canonical) -> Iterator[dict[str, Any]]:
    if isinstance(item, Map):
        yield {"mode": "ingress", "protocol": "tcp"} | _fields(item, PORT, context)
        return
    for each in _formed(ports, item):
        row = {"mode": "ingress", "target": each.target, "protocol": each.protocol}
        row |= {"host_ip": each.host_ip} if each.host_ip else {}
        yield row | ({"published": each.published} if each.published else {})


def _devices(value: Value, context: Canonical) -> Any:
    if value.is_null or not isinstance(value, List):
        return EMPTY
    found: dict[object, dict[str, Any]] = {}
    for item in value.items:
        if isinstance(item, Map):
            row = _fields(item, DEVICE, context)
        else:
            row = dict(zip(("source", "target", "permissions"), _formed(device, item), strict=True))
        found[row.get("target")] = {name: text for name, text in row.items() if text}
    return list(found.values()) or EMPTY


def _mounts(value: Value, context: Canonical) -> Any:
    if value.is_null or not isinstance(value, List):
        return EMPTY
    found: dict[str, dict[str, Any]] = {}
    for item in value.items:
        row = _long_mount(item, context) if isinstance(item, Map) else _short_mount(item, context)
        if context.is_normalized and "target" in row:
            row["target"] = posixpath.normpath(row["target"])
        found[row.get("target", "")] = row
    return list(found.values()) or EMPTY


_PROPAGATION = ("rprivate", "private", "rshared", "shared", "rslave", "slave")


def _short_mount(item: Value, context: Canonical) -> dict[str, Any]:
    each = _formed(mount, item)
    row: dict[str, Any] = {"type": each.kind, "target": posixpath.normpath(each.target)}
    if each.source:
        row["source"] = _host_path(each.source, item, context) if each.kind == "bind" else each.source
    if each.is_read_only:
        row["read_only"] = True
    bind = {}
    for option in each.options:
        if option in _PROPAGATION:
            bind["propagation"] = option
        elif option in ("z", "Z"):
            bind["selinux"] = option
    if each.kind == "bind" or bind:
        row["bind"] = bind
    if each.kind == "volume" and len(item.literal if isinstance(item, Text) and item.literal else "") > 2:
        row["volume"] = {}
    if "nocopy" in each.options:
        row["volume"] = {"nocopy": True}
    return row


def _host_path(source: str, value: Value, context: Canonical) -> str:
    is_windows = len(source) > 2 and source[1] == ":" and source[2] in "\\/"
    return source if is_windows or source.startswith("\\\\") else context.path(source, value.origin.folder)


def _long_mount(item: Map, context: Canonical) -> dict[str, Any]:
    row = _fields(item, MOUNT, context)
    source = row.get("source")
    if row.get("type") == "bind" and source is None:
        raise Undecodable("a bind mount needs a `source`", item)
    if row.get("type") == "bind" and source is not None:
        row["source"] = _host_path(source, item.entries["source"].value, context)
    return row


def _files(prefix: str) -> Reader:
    """`secrets` and `configs` of a service; a text is the `source`."""

    def read(value: Value, context: Canonical) -> Any:
        if value.is_null or not isinstance(value, List):
            return EMPTY
        found: dict[str, dict[str, Any]] = {}
        for item in value.items:
            row = {"source": _text(item, context)} if isinstance(item, Text) else _fields(item, FILE, context)
            if prefix:
                row.setdefault("target", f"{prefix}/{row.get('source', '')}")
            found[row.get("target", f"{prefix}/{row.get('source', '')}")] = row
        return list(found.values()) or EMPTY

    return read


def _mode(value: Value, context: Canonical) -> Any:
    given = plain(value) if isinstance(value, Text) else None
    if isinstance(given, str):
        try:
            given = int(given, 8)
        except ValueError:
            raise Undecodable("expected an octal number", value) from None
    return EMPTY if given is None else f"0{given:o}"


def _depends_on(value: Value, context: Canonical) -> Any:
    long = normal(value, DEPENDENCIES)
    if long.is_null or not isinstance(long, Map):
        return EMPTY
    found = {}
    for name, each in entries(long):
        row = _fields(each, DEPENDENCY, context)
        row.setdefault("condition", "service_started")
        row.setdefault("required", True)
        found[name] = row
    return found or EMPTY


def _limits(value: Value, context: Canonical) -> Any:
    """`ulimits`: a number, or soft and hard limits."""
    if not isinstance(value, Map):
        return EMPTY
    found = {}
    for name, each in entries(value):
        if isinstance(each, Map):
            found[name] = _fields(each, {"soft": _integer, "hard": _integer}, context)
        else:
            found[name] = _given_integer(each, context)
    return found or EMPTY


def _count(value: Value, context: Canonical) -> Any:
    given = plain(value) if isinstance(value, Text) else None
    if isinstance(given, str) and given.lower() == "all":
        return -1
    if not isinstance(given, int) and not re.fullmatch(r"[-+]?\d+", str(given)):
        raise Undecodable("expected `all` or a number", value)
    return int(given or 0) or EMPTY


def _device_requests(value: Value, context: Canonical) -> Any:
    if isinstance(value, Text) and not value.is_null:
        return [{"count": -1}]
    rows = _structs(REQUEST)(value, context)
    for row in rows if rows is not EMPTY else ():
        if "count" not in row and "device_ids" not in row:
            row["count"] = -1
    return rows


def _options(value: Value, context: Canonical) -> Any:
    """Options that may be repeated: every value is a list."""
    if not isinstance(value, Map):
        return EMPTY
    return {n: _items(v) if isinstance(v, List) else [shown(plain(v))] for n, v in entries(value)} or EMPTY  # type: ignore[arg-type]


def _external(value: Value, context: Canonical) -> Any:
    return True if isinstance(value, Map) else _boolean(value, context)


def _pools(value: Value, context: Canonical) -> Any:
    return _structs(POOL)(value, context)


def _watch_path(value: Value, context: Canonical) -> Any:
    return _path(value, context)


ENV_FILE: Fields = {"path": _path, "required": _required, "format": _text}
PORT: Fields = {
    **{"name": _text, "mode": _text, "host_ip": _text, "target": _integer},
    **{"published": _text, "protocol": _text, "app_protocol": _text},
}
DEVICE: Fields = {"source": _text, "target": _text, "permissions": _text}
FILE: Fields = {"source": _text, "target": _text, "uid": _text, "gid": _text, "mode": _mode}
DEPENDENCY: Fields = {"condition": _text, "restart": _boolean, "required": _given_boolean}
REQUEST: Fields = {
    **{"capabilities": _list, "driver": _text, "count": _count},
    **{"device_ids": _list, "options": _pairs},
}
MOUNT: Fields = {
    **{"type": _text, "source": _text, "target": _text, "read_only": _boolean, "consistency": _text},
    "bind": _struct(
        {"selinux": _text, "propagation": _text, "create_host_path": _required, "recursive": _text}
    ),
    "volume": _struct({"labels": _pairs, "nocopy": _boolean, "subpath": _text}),
    "tmpfs": _struct({"size": _bytes, "mode": _integer}),
    "image": _struct({"subpath": _text}),
}
HOOK: Fields = {
    **{"command": _command, "image": _text, "user": _text, "privileged": _boolean},
    **{"working_dir": _text, "environment": _variables, "per_replica": _boolean},
}


def _hook(value: Value, context: Canonical) -> Any:
    return {"command": None} | _fields(value, HOOK, context)


def _hooks(value: Value, context: Canonical) -> Any:
    return [_hook(item, context) for item in value.items] or EMPTY if isinstance(value, List) else EMPTY


def _watch(value: Value, context: Canonical) -> Any:
    if not isinstance(value, List):
        return EMPTY
    return [{"exec": {"command": None}} | _fields(item, TRIGGER, context) for item in value.items] or EMPTY


TRIGGER: Fields = {
    **{"path": _watch_path, "action": _text, "target": _text, "exec": _hook},
    **{"include": _list, "ignore": _list, "initial_sync": _boolean},
}
BUILD: Fields = {
    **{"context": _context, "dockerfile": _text, "dockerfile_inline": _text, "entitlements": _list},
    **{"args": _arguments, "provenance": _stated, "sbom": _stated, "ssh": _keys, "labels": _pairs},
    **{"cache_from": _list, "cache_to": _list, "no_cache": _boolean, "no_cache_filter": _list},
    **{"additional_contexts": _contexts, "pull": _boolean, "extra_hosts": _hosts, "isolation": _text},
    **{"network": _text, "target": _text, "secrets": _files("/run/secrets"), "shm_size": _bytes},
    **{"tags": _unique, "ulimits": _limits, "platforms": _list, "privileged": _boolean},
}
# Compose prints the names of these fields as Go has them.
_WEIGHT = _structs({"Path": _text, "Weight": _integer})
_RATE = _structs({"Path": _text, "Rate": _bytes})
_UPDATE = _struct(
    {
        **{"parallelism": _given_integer, "delay": _duration, "failure_action": _text},
        **{"monitor": _duration, "max_failure_ratio": _number, "order": _text},
    }
)
_RESOURCE = _struct(
    {
        **{"cpus": _number, "memory": _bytes, "pids": _integer, "devices": _device_requests},
        "generic_resources": _structs(
            {"discrete_resource_spec": _struct({"kind": _text, "value": _given_integer})}
        ),
    }
)


def _deploy(value: Value, context: Canonical) -> Any:
    if value.is_null:
        return EMPTY
    return {"resources": {}, "placement": {}} | _fields(value, DEPLOY, context)


DEPLOY: Fields = {
    **{"mode": _text, "replicas": _given_integer, "labels": _pairs},
    **{"update_config": _UPDATE, "rollback_config": _UPDATE, "endpoint_mode": _text},
    "resources": _struct({"limits": _RESOURCE, "reservations": _RESOURCE}),
    "restart_policy": _struct(
        {
            **{"condition": _text, "delay": _given_duration},
            **{"max_attempts": _given_integer, "window": _given_duration},
        }
    ),
    "placement": _struct(
        {
            **{"constraints": _list, "preferences": _structs({"spread": _text})},
            "max_replicas_per_node": _integer,
        }
    ),
}
HEALTHCHECK: Fields = {
    **{"test": _test, "timeout": _given_duration, "interval": _given_duration, "retries": _given_integer},
    **{"start_period": _given_duration, "start_interval": _given_duration, "disable": _boolean},
}
NETWORK_OF_SERVICE: Fields = {
    **{"aliases": _unique, "driver_opts": _pairs, "gw_priority": _integer, "interface_name": _text},
    **{"ipv4_address": _text, "ipv6_address": _text, "link_local_ips": _unique},
    **{"mac_address": _text, "priority": _integer},
}
SERVICE: Fields = {
    **{"profiles": _unique, "annotations": _pairs, "attach": _given_boolean, "build": _build},
    "develop": _struct({"watch": _watch}),
    "blkio_config": _struct(
        {
            **{"weight": _integer, "weight_device": _WEIGHT, "device_read_bps": _RATE},
            **{"device_read_iops": _RATE, "device_write_bps": _RATE, "device_write_iops": _RATE},
        }
    ),
    **{
        "cap_add": _unique,
        "cap_drop": _unique,
        "cgroup_parent": _text,
        "cgroup": _text,
        "cpu_count": _integer,
    },
    **{"cpu_percent": _number, "cpu_period": _integer, "cpu_quota": _integer, "cpu_rt_period": _integer},
    **{"cpu_rt_runtime": _integer, "cpus": _number, "cpuset": _text, "cpu_shares": _integer},
    **{"command": _command, "configs": _files(""), "container_name": _text, "depends_on": _depends_on},
    "credential_spec": _struct({"config": _text, "file": _text, "registry": _text}),
    **{"deploy": _deploy, "device_cgroup_rules": _list, "devices": _devices, "dns": _unique_unless_empty},
    **{"dns_opt": _unique, "dns_search": _unique, "domainname": _text, "entrypoint": _command},
    "provider": _struct({"type": _text, "options": _options}),
    **{"environment": _variables, "env_file": _env_files, "expose": _unique, "external_links": _list},
    "extends": _struct({"file": _path, "service": _text}),
    **{"extra_hosts": _hosts, "group_add": _list, "gpus": _device_requests, "hostname": _text},
    "healthcheck": _struct(HEALTHCHECK),
    **{"image": _text, "init": _given_boolean, "ipc": _text, "isolation": _text, "labels": _pairs},
    **{"label_file": _paths, "links": _unique, "logging": _struct({"driver": _text, "options": _pairs})},
    **{"mem_limit": _bytes, "mem_reservation": _bytes, "memswap_limit": _bytes, "mem_swappiness": _bytes},
    **{"mac_address": _text, "models": _named({"endpoint_var": _text, "model_var": _text})},
    **{"network_mode": _text, "networks": _named(NETWORK_OF_SERVICE), "oom_kill_disable": _boolean},
    **{"oom_score_adj": _integer, "pid": _text, "pids_limit": _integer, "platform": _text, "ports": _ports},
    **{"privileged": _boolean, "pull_policy": _text, "read_only": _boolean, "restart": _text},
    **{"runtime": _text, "scale": _given_integer, "secrets": _files("/run/secrets"), "security_opt": _list},
    **{"shm_size": _bytes, "stdin_open": _boolean, "stop_grace_period": _given_duration},
    **{"stop_signal": _text, "storage_opt": _pairs, "sysctls": _pairs, "tmpfs": _unique, "tty": _boolean},
    **{"ulimits": _limits, "use_api_socket": _boolean, "user": _text, "userns_mode": _text, "uts": _text},
    **{"volumes": _mounts, "volumes_from": _list, "working_dir": _text},
    **{"pre_start": _hooks, "post_start": _hooks, "pre_stop": _hooks},
}
POOL: Fields = {"subnet": _text, "gateway": _text, "ip_range": _text, "aux_addresses": _pairs}
NETWORK: Fields = {
    **{"name": _text, "driver": _text, "driver_opts": _pairs, "external": _external, "internal": _boolean},
    "ipam": _struct({"driver": _text, "config": _pools, "options": _pairs}),
    **{
        "attachable": _boolean,
        "labels": _pairs,
        "enable_ipv4": _given_boolean,
        "enable_ipv6": _given_boolean,
    },
}
VOLUME: Fields = {
    "name": _text,
    "driver": _text,
    "driver_opts": _pairs,
    "external": _external,
    "labels": _pairs,
}
CONTENT: Fields = {
    **{"name": _text, "file": _path, "environment": _text, "content": _text, "external": _external},
    **{"labels": _pairs, "driver": _text, "driver_opts": _pairs, "template_driver": _text},
}
_TABLES: Mapping[str, Fields] = {
    **{"services": SERVICE, "networks": NETWORK, "volumes": VOLUME, "secrets": CONTENT, "configs": CONTENT}
}


def _resource(section: str, value: Value, context: Canonical) -> dict[str, Any]:
    found = {} if value.is_null else _fields(value, _TABLES[section], context)
    if section == "services":
        return {"command": None, "entrypoint": None} | found
    if isinstance(value, Map):
        external = value.map("external")
        if external is not None and "name" not in found and (name := external.text("name")) is not None:
            found["name"] = _text(name, context)
    if section == "networks":
        return {"ipam": {}} | found
    if section == "volumes":
        _bind_device(found, value, context)
    if section in ("secrets", "configs") and "environment" in found:
        found.pop("content", None)
    return found


def _bind_device(volume: dict[str, Any], value: Value, context: Canonical) -> None:
    """A local volume that is a bind mount in truth: its device is a path."""
    options = volume.get("driver_opts", {})
    if volume.get("driver") == "local" and options.get("o") == "bind" and "device" in options:
        options["device"] = _host_path(options["device"], value, context)


def _normalize(project: dict[str, Any], context: Canonical) -> None:
    """Implicit networks, dependencies and names (`loader/normalize.go`)."""
    uses_default = False
    for service in project["services"].values():
        if service.get("pull_policy") == "if_not_present":
            service["pull_policy"] = "missing"
        if "provider" not in service and "network_mode" not in service:
            networks = service.setdefault("networks", {"default": None})
            uses_default = uses_default or "default" in networks
        for name, restarts in _implied(service):
            edge = {"condition": "service_started", "required": True} | (
                {"restart": True} if restarts else {}
            )
            service.setdefault("depends_on", {}).setdefault(name, edge)
        for hook in service.get("pre_start", ()):
            if "image" in service:
                hook.setdefault("image", service["image"])
    if uses_default:
        project.setdefault("networks", {}).setdefault("default", {"ipam": {}})
    for section in ("networks", "volumes", "secrets", "configs"):
        for name, each in project.get(section, {}).items():
            each.setdefault("name", name if each.get("external") else f"{context.name}_{name}")


def _read_files(service: dict[str, Any], context: Canonical) -> None:
    """What `env_file` and `label_file` say lies beneath `environment` and `labels` (`types/project.go`)."""
    own = service.get("environment", {})
    found: dict[str, str] = {}
    for row in service.get("env_file", ()):
        given = {n: v for n, v in own.items() if v is not None} | dict(context.variables)
        found |= _variables_in(row["path"], row.get("format"), {**found, **given}, context)
    if found or own:
        service["environment"] = found | own
    found = {}
    for path in service.get("label_file", ()):
        found |= _variables_in(path, None, found, context)
    if found:
        service["labels"] = found | service.get("labels", {})


def _variables_in(path: str, form: str | None, known: dict[str, str], context: Canonical) -> dict[str, str]:
    inside = posixpath.relpath(posixpath.join(context.root, context.folder, path), context.root)
    text = context.read(inside)
    if text is None:
        return {}
    if form == "raw":
        pairs = (line.partition("=") for line in text.splitlines() if line and not line.startswith("#"))
        return {name: rest for name, _, rest in pairs}
    above = Environment({name: Template.of(each) for name, each in known.items()}, is_complete=True)
    return {name: template.literal or "" for name, template in parse_dotenv(text, above).items()}


def _implied(service: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Services that other keys than `depends_on` need, and whether theirs restarting restarts this one."""
    for link in service.get("links", ()):
        parts = link.split(":")
        yield (parts[0] if len(parts) == 2 else link), True
    for key in ("network_mode", "ipc", "pid", "uts", "cgroup"):
        if service.get(key, "").startswith("service:"):
            yield service[key].removeprefix("service:"), True
    for each in service.get("volumes_from", ()):
        if not each.startswith("container:"):
            yield each.partition(":")[0], False
