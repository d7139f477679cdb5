"""Healthchecks that cannot work, and services that wait for health in vain or not at all."""

from __future__ import annotations

from lading import regex as re
from lading import tree
from lading.checks.compose import ways
from lading.findings import KNOWN, Edit, Hit, assumed, once
from lading.models.compose.dotenv import parse_dotenv
from lading.models.compose.forms import BadForm, duration
from lading.models.compose.health import ABSENT, PRESENT, UNKNOWN, image_name, is_from_scratch, probe_of
from lading.models.compose.interpolation import OF_THE_SHELL, all_names, references
from lading.models.compose.project import SERVICE_COMPLETED, SERVICE_HEALTHY, SERVICE_STARTED, truth
from lading.models.compose.values import List, Map, Text
from lading.tables.images import health_of_image, is_datastore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from lading.findings import Basis, Fix
    from lading.models.compose.health import Probe
    from lading.models.compose.interpolation import Reference
    from lading.models.compose.project import Dependency, Project, Service
    from lading.models.compose.values import Value
    from lading.source import Located

FORMS = ("CMD", "CMD-SHELL", "NONE")


def wait_without_healthcheck(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_waits_in_vain(project))


def _waits_in_vain(project: Project) -> Iterator[Hit]:
    for edge in project.dependencies:
        target = edge.target
        if not edge.waits_for_health or target is None or target.replicas_are_zero:
            continue
        if target.definition.get("provider") is not None:
            continue
        health = target.health
        if health.state == PRESENT:
            continue
        basis = health.basis & assumed(*edge.conditions) & project.lack(target, "healthcheck")
        if edge.required is not True:
            basis &= assumed("unless it does not matter that an optional dependency fails to start")
        doubt = "cannot tell whether that is ever reported: " if health.state == UNKNOWN else "but "
        what = f"{doubt}{health.reason}"
        yield Hit(
            at=edge.condition_node,
            message=f"`{edge.service.name}` waits until `{edge.target_name}` is healthy, {what}",
            related=[*ways(edge), *_target_places(edge, health.at)],
            basis=basis,
            help=_suggestion(target) if health.state == ABSENT else None,
            fix=_with_healthcheck(target) if health.state == ABSENT else None,
        )


def _with_healthcheck(target: Service) -> Fix | None:
    from lading.checks.waits import with_healthcheck

    return with_healthcheck(target)


def _fitting_test(target: Service, name: str) -> str | None:
    """The test for an image, without variables that the service does not set, as a fix would write it."""
    from lading.checks.waits import example_of

    return example_of(target, name)


def _suggestion(target: Service) -> str | None:
    """A healthcheck that fits the image, where the table of known images has one."""
    name = _ready_made(target)
    test = _fitting_test(target, name) if name is not None else None
    return f"Give `{target.name}` a healthcheck, for example `test: {test}`." if test is not None else None


def _ready_made(service: Service) -> str | None:
    """The name of the image, where it is not built here."""
    image = service.image
    return image_name(image.template) if image is not None and service.build is None else None


def _target_places(edge: Dependency, decides: Located) -> Iterator[tuple[Located, str]]:
    target = edge.target
    assert target is not None
    if decides is target.name_node or decides.start == target.name_node.start:
        yield target.name_node, "declared here, without a `healthcheck` that runs"
        return
    yield target.name_node, "declared here"
    yield decides, "this decides it"


def _tests(project: Project) -> Iterator[tuple[Service, Probe]]:
    for service in project.having("healthcheck"):
        test = service.probe
        if test is not None:
            yield service, test


def test_without_prefix(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_without_prefix(project))


def _without_prefix(project: Project) -> Iterator[Hit]:
    for service, test in _tests(project):
        if test.form in ("", *FORMS) or test.first is None:
            continue
        basis = assumed(*test.first.template.conditions)
        basis &= service.is_run
        yield Hit(
            at=test.first.node,
            message=f"the `test` of `{service.name}` starts with `{test.form}`; a list starts with "
            "`CMD`, `CMD-SHELL` or `NONE`",
            basis=basis,
            help='Put `"CMD"` in front of the list.',
            fix=_mended(test, "prefixed"),
        )


def _mended(test: Probe, how: str) -> Fix | None:
    """A `test` as it was meant, by one of the functions of `checks.mends`."""
    from lading.checks import mends

    ways: Mapping[str, Callable[[Probe], Fix | None]] = {
        "prefixed": mends.prefixed,
        "words or line": mends.as_words_or_line,
        "line": mends.as_line,
    }
    return ways[how](test)


def split_shell_command(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(
        Hit(
            at=test.items[1].node,
            message=f"only `{test.items[0].template.shown}` runs as the healthcheck of `{service.name}`: "
            f"`CMD-SHELL` takes one text, the {len(test.items) - 1} behind it are no part of the command",
            related=[(test.items[0].node, "this is the whole command")],
            fix=_mended(test, "words or line"),
        )
        for service, test in _tests(project)
        if test.form == "CMD-SHELL" and test.is_list and len(test.items) > 1
    )


_OPERATORS = frozenset(("||", "&&", "|", ";", ">", ">>", "2>&1", "&"))
_BEFORE_OPERATOR = re.compile(r"\s(?:\|\||&&|\||;|>)\s")


def command_in_one_word(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(hit for service, test in _tests(project) for hit in _in_one_word(service, test))


def _in_one_word(service: Service, test: Probe) -> Iterator[Hit]:
    if test.form != "CMD" or not test.is_list or not test.items:
        return
    program = test.items[0]
    word = program.literal
    if word is not None and (" " in word.strip() or "\t" in word.strip()) and len(test.items) == 1:
        yield Hit(
            at=program.node,
            message=f"the healthcheck of `{service.name}` runs a program named `{word}`: "
            "after `CMD` every word is an item of its own",
            basis=assumed(*program.template.conditions),
            help='Write `["CMD-SHELL", "…"]`, or one item per word.',
            fix=_mended(test, "line"),
        )
        return
    if word in ("sh", "bash", "/bin/sh", "/bin/bash", "ash"):
        return
    for item in test.items[1:]:
        if item.node.text in _OPERATORS:
            yield Hit(
                at=item.node,
                message=f"`{item.node.text}` is an argument of `{program.template.shown}` here: "
                "`CMD` runs no shell",
                help='Write the whole line as one text: `["CMD-SHELL", "…"]`.',
                fix=_mended(test, "line"),
            )
            return


def test_without_command(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(
        Hit(
            at=test.value.node,
            message=f"the `test` of `{service.name}` is `{test.form}` without a command",
        )
        for service, test in _tests(project)
        if test.is_list and test.form in ("CMD", "CMD-SHELL") and not test.items
    )


_WORD_IN_TEXT = re.compile(r"\s*(CMD|CMD-SHELL|NONE)(?:\s|$)")


def test_keyword_in_text(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(hit for service, test in _tests(project) for hit in _keyword_in_text(service, test))


def _keyword_in_text(service: Service, test: Probe) -> Iterator[Hit]:
    text = test.items[0] if test.items and not test.is_list else None
    match = _WORD_IN_TEXT.match(text.node.text) if text is not None else None
    if text is None or match is None:
        return
    rest = text.node.text[match.end() :].strip()
    instead = "disable: true" if match[1] == "NONE" else f"test: {rest}"
    yield Hit(
        at=text.node.inner_span(match.start(1), match.end(1)),
        message=f"the shell runs `{match[1]}` as the healthcheck of `{service.name}`: "
        "a `test` that is a text is a shell command as a whole",
        help=f"Write `{instead}`.",
        fix=_without_keyword(text, match) if match[1] != "NONE" else None,
    )


def _without_keyword(text: Text, match: re.Match[str]) -> Fix | None:
    from lading.checks.mends import without_keyword

    return without_keyword(text.node, match.start(1), match.end(1))


def started_but_not_healthy(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_not_awaited(project))


def _not_awaited(project: Project) -> Iterator[Hit]:
    """One hit for each service and ground: it is one list that is written anew."""
    found: dict[tuple[str, Basis], list[tuple[Dependency, Probe]]] = {}
    for edge in project.dependencies:
        test = _unheeded_test(project, edge)
        if test is not None:
            basis = project.absence("services", "") if project.unknowns else assumed(*edge.conditions)
            found.setdefault((edge.service.name, basis), []).append((edge, test))
    for (name, basis), edges in found.items() if found and not project.is_of_stack else ():
        targets = [f"`{edge.target_name}`" for edge, _ in edges]
        if len(targets) == 1:
            started, whose = f"{targets[0]} is started", "its `healthcheck`"
        else:
            started, whose = f"{', '.join(targets[:-1])} and {targets[-1]} are started", "their healthchecks"
        first = edges[0][0]
        yield Hit(
            at=first.key,
            message=f"`{name}` starts as soon as {started}: the short form does not wait for {whose}",
            related=[
                *((edge.key, f"nor for that of `{edge.target_name}`") for edge, _ in edges[1:]),
                *((test.value.node, f"the healthcheck of `{edge.target_name}`") for edge, test in edges),
            ],
            basis=basis,
            help=f"Write `depends_on: {{{first.target_name}: {{condition: service_healthy}}}}`.",
            fix=_awaited([edge for edge, _ in edges]),
        )


def _awaited(edges: list[Dependency]) -> Fix | None:
    from lading.checks.waits import waiting

    targets = ", ".join(f"`{edge.target_name}`" for edge in edges)
    return waiting(edges, f"wait until {targets} reports to be healthy")


def _unheeded_test(project: Project, edge: Dependency) -> Probe | None:
    """The test of a healthcheck for which the short form does not wait and nothing else does either."""
    target = edge.target
    if edge.way != "depends_on" or target is None or target is edge.service or target.healthcheck is None:
        return None
    if edge.condition != SERVICE_STARTED or not edge.is_short or edge.required is not True:
        return None
    test = probe_of(target.healthcheck)
    if test is None or test.form not in ("CMD", "CMD-SHELL") or truth(target.healthcheck.text("disable")):
        return None
    if _are_peers(edge.service, target, test) or _comes_after_a_wait(project, edge.service, target):
        return None
    from lading.models.compose.purpose import waits_by_itself

    return test if not waits_by_itself(edge.service, target) else None


_OF_SELVES = ("environment", "command", "entrypoint", "healthcheck")
_HOST = re.compile(r"[A-Za-z0-9_][\w.-]*")


def _are_peers(service: Service, target: Service, test: Probe) -> bool:
    """Members of one cluster are healthy only when all of them run: to wait for one would be to wait for ever.

    They run one image, and the test asks for their cluster, or what the first is given names the other:
    `cluster.initial_master_nodes` of Elasticsearch, members of a set of replicas.
    """
    if not _run_one_image(service, target):
        return False
    if any("cluster" in item.template.pattern for item in test.items):
        return True
    own = (service.definition.text("hostname"), service.definition.text("container_name"))
    names = {service.name, *(text.literal for text in own if text is not None)}
    given = (text for key in _OF_SELVES for text in _texts_in(target.definition.get(key)))
    words = (match[0] for text in given for match in _HOST.finditer(text.template.shown))
    return any(word in names or word.partition(".")[0] in names for word in words)


def _run_one_image(service: Service, other: Service) -> bool:
    one, another = service.image, other.image
    if one is None or another is None:
        return False
    name = image_name(one.template)
    return one.template == another.template or (name is not None and name == image_name(another.template))


def _comes_after_a_wait(project: Project, service: Service, target: Service) -> bool:
    """Does something that the service comes after wait until the target is healthy?"""
    before, waiting = {service.name}, [service.name]
    while waiting:
        name = waiting.pop()
        for edge in project.dependencies:
            if edge.service.name != name or edge.target is None or edge.required is not True:
                continue
            if edge.target is target and edge.condition == SERVICE_HEALTHY:
                return True
            if edge.target_name not in before:
                before.add(edge.target_name)
                waiting.append(edge.target_name)
    return False


def condition_in_stack(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Whatever it says: `depends_on` is a list in every format of docker/cli `cli/compose/schema/data`."""
    found: dict[str, list[tuple[Service, Located]]] = {}
    for service in project.having("depends_on"):
        item = service.definition.entries["depends_on"]
        if isinstance(item.value, Map) and isinstance(item.value.node, tree.Mapping):
            found.setdefault(item.key.source.path, []).append((service, item.key))
    for path, places in found.items():
        teller = project.deployed_by(path)
        if teller is not None:
            (service, at), *others = places
            yield Hit(
                at=at,
                message="`docker stack deploy` takes `depends_on` as a list only, and refuses that of "
                f"`{service.name}` (`{teller}` deploys the file so)",
                related=[(key, f"and that of `{each.name}`") for each, key in others],
            )


def datastore_not_awaited(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    edges = [
        edge
        for edge in project.dependencies
        if edge.way == "depends_on" and edge.is_short and edge.condition == SERVICE_STARTED
    ]
    stores = {
        edge.target.name: edge.target
        for edge in edges
        if edge.target is not None and _store_without_check(edge, edge.target) is not None
    }
    if not stores or project.is_of_stack:
        return
    seen: set[str] = set()
    fix = _stores_awaited(edges, stores)
    for edge in edges:
        target = edge.target
        if target is None or target is edge.service or target.name in seen or target.name not in stores:
            continue
        hit = _store_without_check(edge, target, fix) if edge.required is True else None
        if hit is not None:
            seen.add(target.name)
            yield hit


def _stores_awaited(edges: list[Dependency], stores: Mapping[str, Service]) -> Fix | None:
    """All stores of a project at once, since their names stand in the same lists."""
    from lading.checks.waits import healthcheck_of, waiting

    checks = [healthcheck_of(store) for store in stores.values()]
    made = [check for check in checks if check is not None]
    if len(made) < len(checks):
        return None
    names = ", ".join(f"`{name}`" for name in stores)
    message = f"give {names} a healthcheck, and wait for it; look whether its test and times suit"
    return waiting([edge for edge in edges if edge.target_name in stores], message, made)


def _store_without_check(edge: Dependency, target: Service, fix: Fix | None = None) -> Hit | None:
    """Only where the image is known to have none, and a test for it is known; well-known clients try again."""
    name = _ready_made(target) if target.definition.get("healthcheck") is None else None
    test = _fitting_test(target, name) if name is not None and is_datastore(name) else None
    client = _ready_made(edge.service) if test is not None else None
    if test is None or (client is not None and (health_of_image(client) or is_datastore(client))):
        return None
    from lading.models.compose.purpose import is_for_setup, waits_by_itself

    if (
        target.health.state != ABSENT
        or target.replicas_are_zero
        or is_for_setup(target)
        or waits_by_itself(edge.service, target)
        or edge.service.project.lack(target, "healthcheck") != KNOWN
    ):
        return None
    return Hit(
        at=edge.key,
        message=f"`{edge.service.name}` does not wait until `{target.name}` takes connections, and `{name}` has "
        "no healthcheck that it could wait for",
        related=[(target.name_node, "declared here")],
        basis=target.health.basis & assumed(*edge.conditions),
        help=f"Give `{target.name}` a healthcheck, for example `test: {test}`, and wait with "
        f"`depends_on: {{{target.name}: {{condition: service_healthy}}}}`.",
        fix=fix,
    )


def unescaped_dollar(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    used = [
        (service, test, item, reference)
        for service, test in _tests(project)
        for item in test.items
        if "$" in item.node.text
        for reference in references(item.node.text)
        if reference.operator is None and reference.name not in OF_THE_SHELL
        if reference.name not in item.origin.environment.values
    ]
    if used:
        meant = _variables_of_the_host(project)
        yield from once(hit for each in used for hit in _unescaped(*each, meant))


def _unescaped(
    service: Service, test: Probe, item: Text, reference: Reference, meant: frozenset[str]
) -> Iterator[Hit]:
    name = reference.name
    inside = _is_set_inside(service, name)
    if name in meant and not inside:
        return
    in_shell = test.form == "CMD-SHELL"
    escaped = f"`${reference.text}`" if in_shell else f"`CMD-SHELL` with `${reference.text}`"
    yield Hit(
        at=item.node.inner_span(reference.start, reference.end),
        message=f"Compose replaces `{reference.text}` in the healthcheck of `{service.name}` on the "
        f"host, where no file that it reads sets `{name}`; the container's own variable needs "
        f"{escaped}",
        basis=assumed(f"unless `{name}` is set where Compose runs"),
        help=f"Write {escaped}.",
        fix=_escaped(item, reference, is_safe=inside) if in_shell else None,
    )


def _escaped(item: Text, reference: Reference, *, is_safe: bool) -> Fix | None:
    from lading.checks.mends import double_dollars

    return double_dollars(item.node, [reference.start], is_safe=is_safe)


def _is_set_inside(service: Service, name: str) -> bool:
    """Does `environment` give the container a value of its own, not one that comes from the same variable?"""
    environment = service.environment
    item = environment.entries.get(name) if environment is not None else None
    if item is None or not isinstance(item.value, Text) or item.value.is_null:
        return False
    return name not in all_names(item.value.node.text)


_EXAMPLES = (
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "example.env",
    "env.example",
    ".env.prod",
)


def _variables_of_the_host(project: Project) -> frozenset[str]:
    """Variables that the files use outside of tests, or that an example of `.env` describes."""
    names: set[str] = set()
    for service in project.services.values():
        for key, item in service.definition.entries.items():
            if key != "healthcheck":
                names.update(_names_in(item.value))
    for example in _EXAMPLES:
        path = f"{project.folder}/{example}" if project.folder else example
        source = project.texts.source(path) if project.texts.exists(path) else None
        if source is not None:
            names.update(parse_dotenv(source.text))
    return frozenset(names)


def _names_in(value: Value | None) -> Iterator[str]:
    for text in _texts_in(value):
        yield from all_names(text.node.text)


def _texts_in(value: Value | None) -> Iterator[Text]:
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Text):
            yield value
        elif isinstance(value, Map):
            waiting += [item.value for item in value.entries.values()]
        elif isinstance(value, List):
            waiting += value.items


_DURATIONS = ("interval", "timeout", "start_period", "start_interval")
_NUMBER = re.compile(r"[-+]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")


def invalid_duration(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(
        Hit(
            at=text.node,
            message=f"`{key}` of the healthcheck of `{service.name}` {problem}",
            basis=assumed(*text.template.conditions),
        )
        for service, key, text in _durations(project)
        if (problem := _wrong_duration(text)) is not None
    )


def _durations(project: Project) -> Iterator[tuple[Service, str, Text]]:
    for service in project.having("healthcheck"):
        healthcheck = service.healthcheck
        for key in _DURATIONS if healthcheck is not None else ():
            text = healthcheck.text(key) if healthcheck is not None else None
            if text is not None and text.literal is not None:
                yield service, key, text


def _wrong_duration(text: Text) -> str | None:
    """What the engine has against a duration that Compose can read: it takes 1 ms or more."""
    length = _nanoseconds(text)
    if length is not None and length < 0:
        return f"is `{text.literal}`; the engine refuses a negative duration"
    if length is not None and 0 < length < 1_000_000:
        return f"is `{text.literal}`; the engine takes nothing below `1ms`"
    return None


def _nanoseconds(text: Text | None) -> int | None:
    """None where it is not known or no duration."""
    if text is None or text.literal is None:
        return None
    try:
        return duration(text.literal)
    except BadForm:
        return None


def start_interval_beyond_period(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(hit for service in project.having("healthcheck") for hit in _beyond_period(service))


def _beyond_period(service: Service) -> Iterator[Hit]:
    """The first probe comes after one `start_interval`: `daemon/health.go`."""
    healthcheck = service.healthcheck
    interval = healthcheck.text("start_interval") if healthcheck is not None else None
    period = healthcheck.text("start_period") if healthcheck is not None else None
    if interval is None or period is None:
        return
    if 0 < (_nanoseconds(period) or 0) < (_nanoseconds(interval) or 0):
        yield Hit(
            at=interval.node,
            message=f"the first check of `{service.name}` comes after {interval.literal}, when its `start_period` of "
            f"{period.literal} is over: `start_interval` is longer",
            related=[(period.node, "the start ends here")],
            basis=assumed(*interval.template.conditions, *period.template.conditions),
        )


def start_interval_without_period(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(
        hit for service in project.having("healthcheck") for hit in _without_period(project, service)
    )


def _without_period(project: Project, service: Service) -> Iterator[Hit]:
    healthcheck = service.healthcheck
    if healthcheck is None or healthcheck.get("start_period") is not None:
        return
    item = healthcheck.entries.get("start_interval")
    if item is not None and healthcheck.get("start_interval") is not None:
        yield Hit(
            at=item.key,
            message=f"the healthcheck of `{service.name}` sets `start_interval` without `start_period`",
            basis=project.lack(service, "healthcheck"),
        )


def fractional_retries(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(
        Hit(
            at=text.node,
            message=f"`retries` of the healthcheck of `{service.name}` is `{text.literal}`; "
            f"Compose makes it {(text.literal or '').partition('.')[0] or '0'}",
            basis=assumed(*text.template.conditions),
            fix=_cut_off(text),
        )
        for service, text in _retries(project)
        if "." in (text.literal or "") and text.node.style == "" and "$" not in text.node.text
    )


def _cut_off(text: Text) -> Fix | None:
    """The number that Compose makes of it."""
    if not (text.literal or "").partition(".")[0].isdecimal():
        return None
    from lading.checks.mends import fix_of

    number = (text.literal or "").partition(".")[0]
    return fix_of(f"write `{number}`", [Edit(text.node.span, number)], is_safe=True)


def _retries(project: Project) -> Iterator[tuple[Service, Text]]:
    """Numbers only, without those that are 0 with a sign."""
    for service in project.having("healthcheck"):
        text = service.healthcheck.text("retries") if service.healthcheck is not None else None
        if text is not None and _NUMBER.fullmatch(text.literal or "") and (text.literal or "").strip("+-0._"):
            yield service, text


def wait_for_nothing(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(
        Hit(
            at=edge.condition_node,
            message=f"`{edge.service.name}` does not wait for `{edge.target_name}`, which has no container: "
            f"{_why(edge.target)}",
            related=[(edge.target.name_node, "declared here")],
            basis=assumed(*edge.conditions),
        )
        for edge in project.dependencies
        if edge.target is not None
        and not edge.target.has_container
        and edge.condition in (SERVICE_HEALTHY, SERVICE_COMPLETED)
    )


def _why(service: Service) -> str:
    return "its number of replicas is 0" if service.replicas_are_zero else "a `provider` sets it up"


def completion_of_endless_service(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_endless(project))


def _endless(project: Project) -> Iterator[Hit]:
    for edge in project.dependencies:
        if edge.condition != SERVICE_COMPLETED or edge.target is None or not edge.target.has_container:
            continue
        restart = edge.target.restarts_for_ever
        if restart is not None:
            yield Hit(
                at=edge.condition_node,
                message=f"`{edge.service.name}` waits until `{edge.target_name}` has completed, but that is "
                f"started again whenever it ends (`{restart.template.shown}`)",
                related=[(restart.node, f"`{edge.target_name}` restarts for ever")],
                basis=assumed(*edge.conditions, *restart.template.conditions),
            )
        elif (server := _server(edge.target)) is not None:
            yield Hit(
                at=edge.condition_node,
                message=f"`{edge.service.name}` waits until `{edge.target_name}` has completed, but `{server}` is a "
                "server, which runs until it is stopped",
                related=[(edge.target.name_node, "declared here")],
                basis=assumed(*edge.conditions) & project.lack(edge.target, "command"),
                help="Write `condition: service_healthy`, and give it a healthcheck where it has none.",
            )


def _server(service: Service) -> str | None:
    """The name of a ready-made image that runs a server, where nothing else is run in it."""
    name = _ready_made(service)
    is_as_it_comes = all(service.definition.get(key) is None for key in ("command", "entrypoint"))
    return name if name is not None and is_as_it_comes and is_datastore(name) else None


def health_of_one_off_service(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_contradictory(project))


def _contradictory(project: Project) -> Iterator[Hit]:
    completed = {
        edge.target_name: edge for edge in project.dependencies if edge.condition == SERVICE_COMPLETED
    }
    for edge in project.dependencies:
        other = completed.get(edge.target_name)
        if other is None or not edge.waits_for_health or edge.target is None:
            continue
        yield Hit(
            at=edge.condition_node,
            message=f"`{edge.service.name}` waits until `{edge.target_name}` is healthy, "
            f"`{other.service.name}` until it has completed",
            related=[(other.condition_node, "waits for its end")],
            basis=assumed(*edge.conditions, *other.conditions),
        )


def shell_test_without_shell(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(
        Hit(
            at=test.value.node,
            message=f"the healthcheck of `{service.name}` needs a shell, "
            "and the image is built `FROM scratch`",
            basis=assumed("unless the Dockerfile copies a shell into it"),
        )
        for service, test in _tests(project)
        if test.form == "CMD-SHELL" and test.items and is_from_scratch(service)
    )
