"""Compose projects that `docker compose` refuses, or reads otherwise than was meant."""

from __future__ import annotations

from posixpath import normpath

from lading import regex as re
from lading.findings import KNOWN, Hit, assumed, once, unknown
from lading.models.compose.interpolation import OF_THE_SHELL, references
from lading.models.compose.merge import volume_target
from lading.models.compose.project import ALONE, DEFAULT, STATED
from lading.models.compose.values import List, Map, Text
from lading.plain import whole
from lading.tree import Scalar
from lading.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from lading.findings import Basis, Fix
    from lading.models.compose.interpolation import Reference
    from lading.models.compose.project import Dependency, LoadTrouble, Project, Service, Usage
    from lading.models.compose.values import Value
    from lading.source import Located

RESOURCE_WORDS = {"volumes": "volume", "networks": "network", "secrets": "secret", "configs": "config"}
"""The sections of resources, and what one of each is called."""


_TURNS = {
    "extends": "extended here",
    "include": "included here",
    "merge key": "merged here",
    "alias": "used here through its alias",
}


def ways(value: Dependency | Value) -> Iterator[tuple[Located, str]]:
    """The turns that brought a value where it counts, as related places; a merge key and its alias are one."""
    before = None
    for step in value.via:
        if step.kind in _TURNS and not (step.kind == "alias" and before == "merge key"):
            yield step.at, _TURNS[step.kind]
        before = step.kind


def undefined_dependency(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_undefined_dependencies(project))


def _undefined_dependencies(project: Project) -> Iterator[Hit]:
    for edge in project.dependencies:
        if edge.target is not None or edge.target_name in project.names("services"):
            continue
        basis = (
            project.absence("services", edge.target_name) & assumed(*edge.conditions) & edge.service.is_run
        )
        near = _meant(project, edge)
        basis &= _of_order(project)
        hint = f"; did you mean `{near}`?" if near is not None else ""
        how = "depends on" if edge.way == "depends_on" else f"needs, by its `{edge.way}`,"
        yield Hit(
            at=edge.key,
            message=f"`{edge.service.name}` {how} the service `{edge.target_name}`, "
            f"which is not defined{hint}",
            related=[*ways(edge), *_service_place(edge)],
            basis=basis,
            help=f"Write `{near}`, or define `{edge.target_name}`." if near is not None else None,
            fix=_dependency_renamed(edge, near),
        )


def _of_order(project: Project) -> Basis:
    """`docker stack deploy` makes nothing of `depends_on`, and does not look for what it names."""
    return assumed("unless it is only deployed to a swarm") if project.is_of_stack else KNOWN


def _meant(project: Project, edge: Dependency) -> str | None:
    """The service whose name was mistyped: none that is named there already, or that needs this one itself."""
    service = edge.service
    named = {
        each.target_name for each in project.dependencies if each.service is service and each.way == edge.way
    }
    near = nearest(
        edge.target_name, [name for name in project.services if name not in named | {service.name}]
    )
    return None if near is None or service.name in _needed_by(project, near) else near


def _needed_by(project: Project, name: str) -> set[str]:
    """What a service needs, directly or not."""
    found: set[str] = set()
    waiting = {name}
    while waiting:
        new = {each.target_name for each in project.dependencies if each.service.name in waiting}
        waiting = new - found
        found |= new
    return found


def _dependency_renamed(edge: Dependency, name: str | None) -> Fix | None:
    """A key of the long form, or an item of the short one; other ways hold more than the name."""
    named = edge.service.depends_on
    if name is None or edge.via or edge.way != "depends_on" or (named is not None and name in named.entries):
        return None
    from lading.checks.mends import rename, reword

    is_item = edge.is_short and isinstance(edge.key, Scalar)
    return reword(edge.key, name, is_safe=False) if is_item else rename(edge.key, name, is_safe=False)


def _service_place(edge: Dependency) -> Iterator[tuple[Located, str]]:
    if edge.key.source.path != edge.service.name_node.source.path:
        yield edge.service.name_node, f"`{edge.service.name}` is here"


def dependency_cycle(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    for cycle in project.cycles:
        start = cycle[0].service.name
        names = " -> ".join((*(edge.service.name for edge in cycle), start))
        yield Hit(
            at=cycle[0].key,
            message=f"dependency cycle: {names}",
            related=[(edge.key, f"`{edge.service.name}` needs `{edge.target_name}`") for edge in cycle[1:]],
            basis=_of_cycle(project, cycle),
        )


def _of_cycle(project: Project, cycle: tuple[Dependency, ...]) -> Basis:
    basis = unknown(*project.unknowns) if project.unknowns else _of_order(project)
    for edge in cycle:
        basis &= assumed(*edge.conditions)
    profiles = [edge.service.profiles for edge in cycle]
    if any(each is None for each in profiles):
        return basis & unknown("a profile is not known")
    named = [set(each) for each in profiles if each]
    if named and not set.intersection(*named):
        basis &= assumed("unless these profiles are never active together")
    return basis


def undefined_volume(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_undefined_resources(project, "volumes"))


def undefined_network(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_undefined_resources(project, "networks"))


def undefined_secret(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_undefined_resources(project, "secrets"))


def undefined_config(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_undefined_resources(project, "configs"))


def undefined_model(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_undefined_resources(project, "models"))


def _undefined_resources(project: Project, section: str) -> Iterator[Hit]:
    defined = (*project.names(section), "default") if section == "networks" else project.names(section)
    word = "model" if section == "models" else RESOURCE_WORDS[section]
    for service in project.having(section, "build"):
        for usage in service.usages:
            if usage.section != section or usage.name in defined:
                continue
            basis = project.absence(section, usage.name) & assumed(*usage.conditions) & service.is_run
            if service.definition.is_partial:
                basis &= unknown(f"a part of `{service.name}` cannot be read")
            if section == "volumes" and _is_folder(usage.name) and _is_short(usage):
                yield _folder_as_name(usage, basis)
                continue
            near = nearest(usage.name, _not_used_yet(usage, defined))
            user = f"the build of `{service.name}`" if usage.is_of_build else f"`{service.name}`"
            hint = f"; did you mean `{near}`?" if near is not None else ""
            yield Hit(
                at=usage.node,
                message=f"{user} uses the {word} `{usage.name}`, which the top-level `{section}` "
                f"does not define{hint}",
                basis=basis,
                help=f"Add `{usage.name}:` under the top-level `{section}:`.",
                fix=_usage_renamed(usage, near) if near is not None else _declared(usage, basis == KNOWN),
            )


def _is_folder(name: str) -> bool:
    return "/" in name or "\\" in name


def _is_short(usage: Usage) -> bool:
    """Is it a mount in the short form, `source:target`?"""
    return isinstance(usage.node, Scalar) and ":" in usage.node.text


def _folder_as_name(usage: Usage, basis: Basis) -> Hit:
    """`src/conf:/etc/shop` names a volume, which no volume can be called."""
    from lading.checks.mends import fix_of
    from lading.edits import replaced_part

    is_written = isinstance(usage.node, Scalar) and usage.node.text.startswith(usage.name[0])
    edit = replaced_part(usage.node, 0, 1, f"./{usage.name[0]}") if is_written else None
    return Hit(
        at=usage.node,
        message=f"`{usage.service.name}` uses the volume `{usage.name}`, which the top-level `volumes` does not "
        "define: a folder needs `./` before it",
        basis=basis,
        help=f"Write `./{usage.name}` for the folder beside the Compose file.",
        fix=fix_of("put `./` before the folder", [edit], is_safe=False) if edit is not None else None,
    )


def _declared(usage: Usage, is_safe: bool) -> Fix | None:
    """A volume or network without settings, declared in the file that uses it; the others need a source."""
    service, path = usage.service, usage.node.source.path
    if usage.section not in ("volumes", "networks") or service.name_node.source.path != path:
        return None
    if _is_folder(usage.name):  # no name of anything
        return None
    from lading.checks.mends import declared

    return declared(service.project.texts.tree(path), usage.section, usage.name, is_safe=is_safe)


def _not_used_yet(usage: Usage, names: Iterable[str]) -> Iterable[str]:
    """Those that may have been meant: a volume is mounted at several places, the others are named once."""
    if usage.section == "volumes":
        return names
    used = {
        each.name
        for each in usage.service.usages
        if each.section == usage.section and each.is_of_build == usage.is_of_build
    }
    return [name for name in names if name not in used]


def _usage_renamed(usage: Usage, name: str) -> Fix | None:
    from lading.checks.mends import reword_start

    return reword_start(usage.node, usage.name, name)


def profile_gated_dependency(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_profile_gated(project))


def _profile_gated(project: Project) -> Iterator[Hit]:
    for edge in project.dependencies:
        if edge.target is None or edge.required is not True:
            continue
        theirs, own = edge.target.profiles, edge.service.profiles
        if not theirs or own is None or set(theirs) & {*project.profiles, "*"} or "*" in project.profiles:
            continue
        without = [profile for profile in own if profile not in theirs]
        if own and not without:
            continue
        if own and all(_is_given_along(project, profile, theirs) for profile in without):
            continue
        named = " or ".join(f"`{profile}`" for profile in theirs)
        when = f"with `--profile {without[0]}` alone" if own else "without that profile"
        basis = assumed(*edge.conditions)
        if own:
            basis &= assumed(f"unless the profile {named} is always active too")
        if project.unknowns or project.is_overlay:
            basis &= unknown(
                *(project.unknowns or ("this file is meant to be used together with another one",))
            )
        yield Hit(
            at=edge.key,
            message=f"`{edge.service.name}` needs `{edge.target_name}`, which exists only with the profile "
            f"{named}; {when} Compose refuses the project",
            related=[(edge.target.name_node, f"`{edge.target_name}` has the profile {named}")],
            basis=basis,
        )


def _is_given_along(project: Project, profile: str, others: tuple[str, ...]) -> bool:
    """Does every command that gives a profile give one of the others too, and is there one?"""
    from lading.checks.env_files import telling_files

    texts = project.texts
    told = [texts.ask(path, profiles_with, profile) for path in telling_files(project)]
    given = [frozenset(each) for profiles in told for each in profiles]
    return bool(given) and all(not each.isdisjoint(others) for each in given)


_PROFILE = re.compile(r"--profile[= \t]+[\"']?([A-Za-z0-9][\w.-]*)")
_PROFILES = re.compile(r"\bCOMPOSE_PROFILES[=:][ \t]*[\"']?([\w.,-]+)")


def profiles_with(text: str, profile: str) -> tuple[tuple[str, ...], ...]:
    """The profiles of each line of a text that gives a certain one to Compose; a line that goes on is one."""
    if profile not in text or ("--profile" not in text and "COMPOSE_PROFILES" not in text):
        return ()
    lines = text.replace("\\\r\n", " ").replace("\\\n", " ").splitlines()
    found = (
        (*_PROFILE.findall(line), *(name for given in _PROFILES.findall(line) for name in given.split(",")))
        for line in lines
        if "PROFILES" in line or "--profile" in line
    )
    return tuple(each for each in found if profile in each)


def _services_of(layer: Map) -> Iterator[tuple[str, Map]]:
    services = layer.map("services")
    for name, item in services.entries.items() if services is not None else ():
        if isinstance(item.value, Map):
            yield name, item.value


def neither_image_nor_build(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    for service in project.services.values():
        if service.is_defined:
            continue
        basis = _of_undefined(project, service)
        if basis is not None:
            yield Hit(
                at=service.name_node,
                message=f"`{service.name}` has neither `image` nor `build`",
                basis=basis,
            )


def _of_undefined(project: Project, service: Service) -> Basis | None:
    if project.unknowns or project.standing not in (DEFAULT, ALONE, STATED):
        return None
    basis = KNOWN
    if project.standing == ALONE:
        basis = assumed("unless this file is only used on top of another one")
    if project.standing != STATED:
        other = project.neighbours.defining("services", service.name, project)
        if other is not None and not _is_of_override(project, service):
            return None
        if other is None and project.standing == DEFAULT:
            above, other = project.neighbours.defining_apart("services", service.name, project)
            if above is not None:
                return None
        if other is not None:
            basis &= assumed(f"unless it is always run together with `{other}`")
    return basis & service.is_run


def _is_of_override(project: Project, service: Service) -> bool:
    """Does only the file name it that Compose lays on the project's own, each time it finds both?"""
    first = project.layers[0].map("services") if len(project.layers) > 1 else None
    return project.standing == DEFAULT and first is not None and service.name not in first.entries


_SCRIPTS = ("command", "entrypoint")


def unescaped_dollar(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A variable of a script that Compose replaces before the shell sees it."""
    yield from once(hit for service in project.having("command", "entrypoint") for hit in _unescaped(service))


def _unescaped(service: Service) -> Iterator[Hit]:
    for key in _SCRIPTS:
        value = service.definition.get(key)
        texts = value.items if isinstance(value, List) else (value,)
        for text in texts:
            if isinstance(text, Text):
                yield from _unescaped_in(service, key, text)


def _unescaped_in(service: Service, key: str, text: Text) -> Iterator[Hit]:
    """The first use of each such variable."""
    if "$" not in text.node.text:
        return
    uses: dict[str, list[Reference]] = {}
    for each in references(text.node.text):
        uses.setdefault(each.name, []).append(each)
    assigned = _assigned(text.node.text) if uses else ()
    known = {*OF_THE_SHELL, *text.origin.environment.values}
    for name, every in uses.items():
        reference = next((each for each in every if each.operator is None), None)
        if name in known or name not in assigned or reference is None:
            continue
        yield Hit(
            at=text.node.inner_span(reference.start, reference.end),
            message=f"the script in `{key}` of `{service.name}` sets `{name}` itself, but Compose replaces "
            f"`{reference.text}` before the script runs; a shell variable is written `${reference.text}`",
            basis=assumed(f"unless `{name}` is set where Compose runs"),
            help=f"Write `${reference.text}`.",
            fix=_all_escaped(text.node, every),
        )


def _all_escaped(node: Scalar, uses: Iterable[Reference]) -> Fix | None:
    """Every use of the variable in the script, not only the first."""
    from lading.checks.mends import double_dollars

    return double_dollars(node, [each.start for each in uses], is_safe=True)


_NAME = r"([A-Za-z_][A-Za-z0-9_]*)"
_OF_ASSIGNMENTS = re.compile(rf"(?:^|(?<=[\s;&|(])){_NAME}=")
_OF_LOOPS = re.compile(rf"\bfor(?=\s+{_NAME}\s+in\b)")
_OF_READS = re.compile(rf"\bread(?=\s+(?:-\w+\s+){{0,8}}{_NAME}\b)")


def _assigned(script: str) -> set[str]:
    """The variables that a shell script sets: `NAME=…`, `for NAME in`, `read NAME`."""
    patterns = (_OF_ASSIGNMENTS, _OF_LOOPS, _OF_READS)
    return {match[1] for pattern in patterns for match in pattern.finditer(script)}


def invalid_interpolation(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _troubles(project, "invalid-interpolation")


def unknown_extends(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _troubles(project, "unknown-extends")


def key_that_is_no_text(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _troubles(project, "key-that-is-no-text")


def invalid_tag(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _troubles(project, "invalid-tag")


def merge_of_no_mapping(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _troubles(project, "merge-of-no-mapping")


def alias_without_end(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _troubles(project, "alias-without-end")


def extends_cycle(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _troubles(project, "extends-cycle")


def include_cycle(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _troubles(project, "include-cycle")


def conflicting_override(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _troubles(project, "conflicting-override")


def _troubles(project: Project, kind: str) -> Iterator[Hit]:
    if not project.troubles:  # as most
        return
    yield from once(
        Hit(
            at=trouble.at,
            message=trouble.message,
            related=trouble.related,
            basis=trouble.basis,
            help=trouble.help,
            fix=_fix_of(trouble),
        )
        for trouble in project.troubles
        if trouble.kind == kind
    )


def _fix_of(trouble: LoadTrouble) -> Fix | None:
    if trouble.kind == "key-that-is-no-text" and isinstance(trouble.at, Scalar):
        from lading.checks.mends import put_quotes

        return put_quotes(trouble.at)
    if trouble.kind == "invalid-interpolation" and trouble.scalar is not None:
        from lading.checks.mends import double_dollars

        scalar, start = trouble.scalar
        is_of_shell = _OF_SHELL.match(scalar.text, start) is not None
        return double_dollars(scalar, [start], is_safe=False) if is_of_shell else None
    return None


_OF_SHELL = re.compile(r"\$\{(?:[0-9@*#?!]|[A-Za-z_][A-Za-z0-9_]*(?:[#%/^,\[@]|:[0-9 ]))[^{}]*\}")
"""What only a shell writes: `${1}`, `${#LIST}`, `${NAME%.*}`, `${NAME[0]}`, `${NAME:0:3}`."""


def duplicate_container_name(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from unless_of_stack(project, _same_names(project))


def unless_of_stack(project: Project, hits: Iterable[Hit]) -> Iterator[Hit]:
    """`docker stack deploy` passes over `container_name` and `restart` (docker/cli `cli/compose/types`)."""
    found = once(hits)
    if found and not project.is_of_stack:
        yield from found


def _same_names(project: Project) -> Iterator[Hit]:
    first: dict[str, tuple[Service, Text]] = {}
    for service in project.services.values():
        text = service.definition.text("container_name")
        if text is None or not text.literal:  # an empty one is no name, and told of as such
            continue
        if text.literal not in first:
            first[text.literal] = (service, text)
            continue
        other, taken = first[text.literal]
        basis = assumed(*text.template.conditions, *taken.template.conditions)
        if service.is_alternative_to(other):
            continue
        if service.is_run != KNOWN or other.is_run != KNOWN:
            basis &= assumed("unless their profiles are never active together")
        yield Hit(
            at=text.node,
            message=f"`{service.name}` and `{other.name}` both name their container `{text.literal}`",
            related=[(taken.node, f"the name of `{other.name}`")],
            basis=basis,
        )


def container_name_of_several(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    hits = (
        Hit(
            at=name.node,
            message=f"`{service.name}` has {count.literal} containers and one name for them",
            related=[(count.node, f"{count.literal} containers")],
            basis=assumed(*count.template.conditions),
        )
        for service in project.having("container_name")
        for count in service.counts
        if (name := service.definition.text("container_name")) is not None
        and name.literal != ""
        and (count.literal or "").isdecimal()
        and whole(count.literal or "0") > 1
    )
    yield from unless_of_stack(project, hits)


def dockerfile_twice(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(
        Hit(
            at=build.entries["dockerfile_inline"].key,
            message=f"the `build` of `{service.name}` has both `dockerfile` and `dockerfile_inline`",
            related=[(build.entries["dockerfile"].key, "the other Dockerfile")],
        )
        for service in project.having("build")
        if (build := service.build) is not None
        and build.get("dockerfile") is not None
        and build.get("dockerfile_inline") is not None
    )


_MOUNTED = ("volumes", "secrets", "configs")


def mount_hidden_by_another(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Within one list the later of two mounts at one place replaces the earlier one without a word."""
    yield from once(
        hit
        for layer in project.layers
        for name, service in _services_of(layer)
        for section in _MOUNTED
        if section in service.entries
        and isinstance(value := service.get(section), List)
        and len(value.items) > 1
        for hit in _same_targets(name, section, value)
    )


def _same_targets(service: str, section: str, mounts: List) -> Iterator[Hit]:
    first: dict[object, Value] = {}
    for index, item in enumerate(mounts.items):
        target = volume_target(item, index) if section == "volumes" else _granted_at(section, item, index)
        target = normpath(target) if isinstance(target, str) and target else target
        other = first.setdefault(target, item)
        if other is not item and isinstance(target, str) and not _same_source(section, item, other):
            yield Hit(
                at=item.node,
                message=f"two {section} of `{service}` are mounted at `{target}`; this one replaces the other",
                related=[(other.node, "never mounted")],
            )
        first[target] = item


def _granted_at(section: str, item: Value, index: int) -> object:
    """The place of a secret or config as Compose compares it (compose-go `override/uncity.go`)."""
    if isinstance(item, Map) and item.get("target") is not None:
        text = item.text("target")
        return text.literal if text is not None and text.literal is not None else index
    source = item.text("source") if isinstance(item, Map) else item
    if not isinstance(source, Text) or source.literal is None:
        return index
    return f"/run/secrets/{source.literal}" if section == "secrets" else f"/{source.literal}"


def _same_source(section: str, one: Value, other: Value) -> bool:
    """Is it the same secret or config that is granted twice?"""
    if section == "volumes":
        return False
    sources = [each.text("source") if isinstance(each, Map) else each for each in (one, other)]
    names = {each.literal for each in sources if isinstance(each, Text)}
    return len(names) < 2


_ONE_LETTER = re.compile(r"([A-Za-z]):/")


def volume_read_as_drive(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    volumes = [name for name in project.names("volumes") if len(name) == 1]
    yield from once(
        Hit(
            at=item.node,
            message=f"`{item.literal}` is read as a path on the Windows drive `{match[1]}:`, not as the "
            f"volume `{match[1]}`; the name of a volume in this form has two letters or more",
            basis=assumed(*item.template.conditions),
        )
        for service in (project.having("volumes") if volumes else ())
        for item in _texts_in(service.definition.get("volumes"))
        if (match := _ONE_LETTER.match(item.literal or "")) is not None and match[1] in volumes
    )


def _texts_in(value: Value | None) -> Iterator[Text]:
    for item in value.items if isinstance(value, List) else ():
        if isinstance(item, Text):
            yield item
