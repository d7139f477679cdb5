"""What Compose refuses once the shape is right: keys of a service that contradict or lack each other."""

from __future__ import annotations

from posixpath import normpath

from lading.findings import KNOWN, Hit, assumed, once
from lading.models.compose.forms import BadForm, is_ip_address, mount, size
from lading.models.compose.merge import NAMES, PAIRS, UNIQUE, normal
from lading.models.compose.project import EXTENDED
from lading.models.compose.scalars import shown, typed
from lading.models.compose.values import RESET, List, Map, Text
from lading.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from lading.findings import Basis, Fix
    from lading.models.compose.project import Project, Service
    from lading.models.compose.values import Value
    from lading.source import Located


def _in_services(project: Project, find: Callable[[Service], Iterator[Hit]], *keys: str) -> Iterator[Hit]:
    """What is found in each service with one of the keys; one that is only extended is judged where it is."""
    if project.standing != EXTENDED:
        yield from once(hit for service in project.having(*keys) for hit in find(service))


def _on(*texts: Text) -> Basis:
    """The ground of what holds for the values as they are known."""
    return assumed(*dict.fromkeys(c for text in texts for c in text.template.conditions))


def _items(value: Value | None) -> tuple[Value, ...]:
    return value.items if isinstance(value, List) else ()


def _within(value: Value | None, *names: str) -> Value | None:
    """The value below the names, None where one is missing."""
    for name in names:
        value = value.get(name) if isinstance(value, Map) else None
    return value


def network_mode_with_networks(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _in_services(project, _mode_and_networks, "network_mode")


def _mode_and_networks(service: Service) -> Iterator[Hit]:
    mode, given = service.definition.text("network_mode"), service.definition.get("networks")
    if mode is None or not mode.literal or given is None:
        return
    networks = normal(given, NAMES)
    if isinstance(networks, Map) and any(item.value.tag != RESET for item in networks.entries.values()):
        key = service.definition.entries["networks"].key
        yield Hit(
            at=service.definition.entries["network_mode"].key,
            message=f"`{service.name}` has both `network_mode: {mode.literal}` and `networks`; "
            "each excludes the other",
            related=[(key, "the networks")],
            basis=_on(mode) & service.is_run,
        )


def undefined_build_context(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _in_services(project, _build_contexts, "build")


def _build_contexts(service: Service) -> Iterator[Hit]:
    contexts = service.build.get("additional_contexts") if service.build is not None else None
    contexts = normal(contexts, PAIRS) if contexts is not None else None
    for name, item in contexts.entries.items() if isinstance(contexts, Map) else ():
        text = item.value
        if not isinstance(text, Text) or not (text.literal or "").startswith("service:"):
            continue
        named = (text.literal or "").removeprefix("service:")
        found = _of_context(service, named)
        if found is not None:
            problem, basis = found
            yield Hit(
                at=text.node,
                message=f"the context `{name}` of the build of `{service.name}` is the image of the service "
                f"`{named}`, {problem}",
                basis=basis & _on(text) & service.is_run,
            )


def _of_context(service: Service, named: str) -> tuple[str, Basis] | None:
    project = service.project
    target = project.services.get(named)
    if target is not None:
        if target.definition.get("build") is not None:
            return None
        return "which has no `build`", project.lack(target, "build")
    if named in project.names("services"):
        return None
    near = nearest(named, [name for name in project.services if name != service.name])
    hint = f"; did you mean `{near}`?" if near is not None else ""
    return f"which is not defined{hint}", project.absence("services", named)


def platform_not_built(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _in_services(project, _platforms, "platform")


def _platforms(service: Service) -> Iterator[Hit]:
    platform, build = service.definition.text("platform"), service.build
    given = _items(build.get("platforms")) if build is not None else ()
    texts = [item for item in given if isinstance(item, Text)]
    if build is None or platform is None or not platform.literal or not texts:
        return
    names = [text.literal for text in texts]
    if None in names or platform.literal in names:
        return
    listed = ", ".join(f"`{name}`" for name in names)
    yield Hit(
        at=platform.node,
        message=f"`{service.name}` runs on `{platform.literal}`, and `build.platforms` has only {listed}",
        related=[(build.entries["platforms"].key, "what is built")],
        basis=_on(platform, *texts) & service.is_run,
    )


def contradicting_scale(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _in_services(project, _scales, "scale")


def _scales(service: Service) -> Iterator[Hit]:
    counts = {count: _number(count) for count in service.counts}
    if len(counts) < 2 or None in counts.values():
        return
    (scale, wanted), (replicas, other) = counts.items()
    if wanted != other:
        yield Hit(
            at=scale.node,
            message=f"`{service.name}` has `scale: {wanted:.0f}` and `deploy.replicas: {other:.0f}`; "
            "both say how many containers run",
            related=[(replicas.node, "the other number")],
            basis=_on(scale, replicas) & service.is_run,
        )


def negative_scale(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _in_services(project, _negative, "scale", "deploy")


def _negative(service: Service) -> Iterator[Hit]:
    for count in service.counts:
        if (_number(count) or 0) < 0:
            yield Hit(
                at=count.node,
                message=f"`{service.name}` cannot run `{count.literal}` containers",
                basis=_on(count) & service.is_run,
            )


def _written(text: Text) -> str | None:
    """A value as Compose reads it: a plain number is a number first (`010` is 8)."""
    return text.literal if text.is_made or "$" in text.node.text else shown(typed(text.node))


def _number(text: Text) -> float | None:
    try:
        return float(_written(text) or "")
    except ValueError:
        return None


def _single(text: Text) -> float | None:
    """A number of 32 bits, as Compose keeps those of CPUs."""
    from struct import pack, unpack

    number = _number(text)
    try:
        return None if number is None else float(unpack("f", pack("f", number))[0])
    except OverflowError:
        return None


def _bytes(text: Text) -> float | None:
    try:
        return size(_written(text) or "")
    except BadForm:
        return None


_LIMITS: tuple[tuple[str, str, str, Callable[[Text], float | None]], ...] = (
    ("cpus", "limits", "cpus", _single),
    ("mem_limit", "limits", "memory", _bytes),
    ("mem_reservation", "reservations", "memory", _bytes),
    ("pids_limit", "limits", "pids", _number),
)
"""A key of a service, and where `deploy.resources` says the same (compose-go `loader/validate.go`)."""


def contradicting_limits(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _in_services(project, _limits, "deploy")


def _limits(service: Service) -> Iterator[Hit]:
    for key, kind, name, read in _LIMITS:
        own = service.definition.text(key)
        block = _within(service.definition, "deploy", "resources", kind) if own is not None else None
        if own is None or not isinstance(block, Map) or not read(own):
            continue
        other = block.get(name)
        if other is None:
            yield _limit_missing(service, key, own, f"deploy.resources.{kind}", name, block)
        elif isinstance(other, Text) and read(other) not in (None, read(own)):
            yield Hit(
                at=own.node,
                message=f"`{key}` of `{service.name}` is `{own.literal}` and `deploy.resources.{kind}.{name}` "
                f"is `{other.literal}`; both say the same thing",
                related=[(other.node, "the other value")],
                basis=_on(own, other) & service.is_run,
            )


def _limit_missing(service: Service, key: str, own: Text, path: str, name: str, block: Map) -> Hit:
    """A block without the name says 0 to Compose."""
    return Hit(
        at=own.node,
        message=f"`{key}` of `{service.name}` is `{own.literal}`, and `{path}` is there without `{name}`, "
        "which Compose takes for another value",
        related=[(block.node, f"the `{path}`")],
        basis=_on(own) & service.is_run & service.project.lack(service, "deploy"),
        help=f"Move the value to `{path}.{name}`.",
    )


_COPYING = ("sync", "sync+restart", "sync+exec")


def incomplete_watch(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _in_services(project, _watches, "develop")


def _watches(service: Service) -> Iterator[Hit]:
    for watch in _items(_within(service.definition, "develop", "watch")):
        if isinstance(watch, Map):
            path, action = watch.text("path"), watch.text("action")
            if path is not None and path.literal == "":
                message = f"a path that `{service.name}` watches is empty"
                yield Hit(path.node, message, basis=_on(path) & service.is_run)
            if action is not None:
                yield from _action(service, watch, action)


def _action(service: Service, watch: Map, action: Text) -> Iterator[Hit]:
    """What an action needs: compose-go `loader/validate.go`, docker/compose `pkg/compose/watch.go`."""
    ground = _on(action) & service.is_run
    target = watch.get("target")
    is_empty = isinstance(target, Text) and target.literal == ""
    if action.literal in _COPYING and (target is None or is_empty):
        message = f"`{action.literal}` copies files into `{service.name}`, and there is no `target` that says where to"
        yield Hit(action.node, message, basis=ground)
    ground &= assumed("unless `docker compose watch` is never run")
    if action.literal == "sync+exec" and _within(watch, "exec", "command") is None:
        message = f"`sync+exec` runs a command in `{service.name}`, and there is no `exec` with a `command`"
        yield Hit(action.node, message, basis=ground)
    if action.literal == "rebuild" and service.definition.get("build") is None:
        message = f"`rebuild` builds the image of `{service.name}`, which has no `build`"
        yield Hit(action.node, message, basis=ground & service.project.lack(service, "build"))


def mount_target_taken(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _in_services(project, _taken, "tmpfs")


def _taken(service: Service) -> Iterator[Hit]:
    given = service.definition.get("tmpfs")
    if given is None:
        return
    tmpfs = {}
    for item in _items(normal(given, UNIQUE)):
        if isinstance(item, Text) and item.literal:
            tmpfs[item.literal.partition(":")[0]] = item
    for volume in _items(service.definition.get("volumes")):
        target = _target(volume)
        if target is not None and target[0] in tmpfs:
            path, text = target
            yield Hit(
                at=volume.node,
                message=f"`{path}` in `{service.name}` is a mount here and a `tmpfs` as well",
                related=[(tmpfs[path].node, "the `tmpfs`")],
                basis=_on(text, tmpfs[path]) & service.is_run,
            )


def _target(volume: Value) -> tuple[str, Text] | None:
    """Where a volume is mounted, cleaned as by `transform/volume.go`, with the text that says so."""
    text = volume.text("target") if isinstance(volume, Map) else volume
    if not isinstance(text, Text) or not text.literal:
        return None
    if isinstance(volume, Map):
        return _cleaned(text.literal), text
    try:
        return _cleaned(mount(text.literal).target), text
    except BadForm:
        return None


def _cleaned(path: str) -> str:
    """Go's `path.Clean`, which keeps one slash of two at the front."""
    return normpath("/" + path.lstrip("/")) if path.startswith("/") else normpath(path)


def device_count_and_ids(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _in_services(project, _devices, "deploy", "gpus")


def _devices(service: Service) -> Iterator[Hit]:
    reserved = _within(service.definition, "deploy", "resources", "reservations", "devices")
    for device in (*_items(reserved), *_items(service.definition.get("gpus"))):
        if (
            isinstance(device, Map)
            and device.get("count") is not None
            and device.get("device_ids") is not None
        ):
            yield Hit(
                at=device.entries["device_ids"].key,
                message=f"devices of `{service.name}` are given both by `count` and by `device_ids`",
                related=[(device.entries["count"].key, "the number")],
            )


def invalid_host_ip(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _in_services(project, _host_ips, "ports")


def _host_ips(service: Service) -> Iterator[Hit]:
    for port in _items(service.definition.get("ports")):
        address = port.text("host_ip") if isinstance(port, Map) else None
        if address is not None and address.literal is not None and not is_ip_address(address.literal):
            yield Hit(
                at=address.node,
                message=f"`host_ip` of a port of `{service.name}` is `{address.literal}`, which is no IP address",
                basis=_on(address),
                help="Write `127.0.0.1`." if address.literal == "localhost" else None,
            )


_LISTS = ("environment",), ("build", "args")


def space_after_variable_name(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Compose decodes every service, enabled or not; a mapping is not looked at."""
    if project.standing != EXTENDED:
        yield from once(_spaces(project))


def _spaces(project: Project) -> Iterator[Hit]:
    """What a later file resets is left out."""
    for layer in project.layers:
        services = layer.map("services")
        for name, item in services.entries.items() if services is not None else ():
            service = project.services.get(name)
            if service is None or not isinstance(item.value, Map):
                continue
            for path in _LISTS:
                for text in _items(_within(item.value, *path)) if path[0] in item.value.entries else ():
                    variable = text.node.text.partition("=")[0] if isinstance(text, Text) else ""
                    if isinstance(text, Text) and variable[-1:].isspace():
                        given = _within(service.definition, *path)
                        left = normal(given, PAIRS) if given is not None else None
                        if isinstance(left, Map) and variable in left.entries:
                            yield from _space(name, text)


def _space(service: str, text: Text) -> Iterator[Hit]:
    variable = text.node.text.partition("=")[0]
    if variable[-1:].isspace() and "$" not in variable:
        bare = variable.rstrip()
        yield Hit(
            at=text.node,
            message=f"there is white space after the variable `{bare}` of `{service}`, before the `=`"
            if "=" in text.node.text
            else f"there is white space after the variable `{bare}` of `{service}`",
            help=f"Write `{bare}={text.node.text.partition('=')[2].lstrip()}`."
            if "=" in text.node.text
            else None,
            fix=_without_space(text, len(bare), len(variable)),
        )


def _without_space(text: Text, start: int, end: int) -> Fix | None:
    from lading.checks.mends import fix_of
    from lading.edits import replaced_part

    while "=" in text.node.text and text.node.text[end + 1 : end + 2] == " ":
        end += 1
    between = "=" if "=" in text.node.text[start : end + 1] else ""
    edit = replaced_part(text.node, start, end + len(between), between)
    return fix_of("take the white space out", [edit], is_safe=True)


_NEEDED = (
    ("volumes", "target", "says where in the container it is mounted"),
    ("devices", "target", "says where in the container it is"),
    ("ports", "target", "names the port of the container"),
    ("secrets", "source", "names the secret"),
    ("configs", "source", "names the config"),
)
"""A list of a service, a key that its items need, and what the key does."""


def incomplete_entry(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _in_services(project, _incomplete, *(section for section, _, _ in _NEEDED))


def _incomplete(service: Service) -> Iterator[Hit]:
    for section, key, why in _NEEDED:
        if section not in service.definition.entries:
            continue
        for item in _items(service.definition.get(section)):
            if not isinstance(item, Map) or item.is_partial:
                continue
            basis = service.is_run if key == "source" else KNOWN
            if key not in item.entries:
                yield Hit(
                    at=_start_of(item),
                    message=f"this item of the `{section}` of `{service.name}` lacks `{key}`, which {why}",
                    basis=basis,
                )
            kind = item.text("type")
            if (
                section == "volumes"
                and kind is not None
                and kind.literal == "bind"
                and "source" not in item.entries
            ):
                yield Hit(
                    at=kind.node,
                    message=f"this `bind` of `{service.name}` lacks `source`, the path of the host",
                    basis=_on(kind),
                )


def _start_of(item: Map) -> Located:
    """The first key of a mapping: a place of one line."""
    first = next(iter(item.entries.values()), None)
    return item.node if first is None else first.key
