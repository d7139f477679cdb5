"""What a Compose project says: its services, what they wait for, and the images they name."""

from __future__ import annotations

from lading import regex as re
from lading.findings import KNOWN, assumed, unknown
from lading.models.compose.merge import CONTEXT, DEPENDENCIES, NAMES, PAIRS, UNIQUE, normal
from lading.models.compose.scalars import BOOLEAN_WORDS, may_be_escaped
from lading.models.compose.values import List, Map, Text
from lading.models.template import Hole, Template
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from re import Pattern

    from lading.findings import Basis
    from lading.models.compose.health import Health, Probe
    from lading.models.compose.neighbours import Neighbours
    from lading.models.compose.statement import Statement
    from lading.models.compose.values import Item, Step, Value
    from lading.shape import Misfit
    from lading.source import Located
    from lading.texts import Texts
    from lading.tree import Node

SERVICE_STARTED = "service_started"
SERVICE_HEALTHY = "service_healthy"
SERVICE_COMPLETED = "service_completed_successfully"

DEFAULT = "default"
ALONE = "alone"
INCLUDED = "included"
EXTENDED = "extended"
STATED = "stated"

_OVERRIDES = re.compile(r"compose\.override\.ya?ml$")
"""What Compose loads on top of another file, and never by itself."""
_SAMPLES = re.compile(r"compose\.override.*(?:example|sample|dist|default|template|tmpl)")
_PLACEHOLDER = re.compile(r"%[A-Za-z0-9_]+%")
_RESOURCES = ("volumes", "networks", "secrets", "configs", "models")


class LoadTrouble:
    """Why Compose would refuse a project before it looks at what it says.

    `kind` is one of "invalid-interpolation", "invalid-tag", "key-that-is-no-text", "merge-of-no-mapping",
    "alias-without-end", "unknown-extends", "extends-cycle", "include-cycle", "conflicting-override". `scalar` is the
    text that cannot be read, with the offset in it.
    """

    __slots__ = ("at", "basis", "help", "kind", "message", "related", "scalar")

    def __init__(
        self,
        kind: str,
        at: Located,
        message: str,
        related: tuple[tuple[Located, str], ...] = (),
        basis: Basis = KNOWN,
        help: str | None = None,
        scalar: tuple[Scalar, int] | None = None,
    ) -> None:
        self.kind = kind
        self.help = help
        self.scalar = scalar
        self.at = at
        self.message = message
        self.related = related
        self.basis = basis


class Dependency:
    """A service that needs another one.

    `way` is the key that says so ("depends_on", "links", "volumes_from", "network_mode", …), `key` the place
    of the target's name, `condition` the condition's text where it is known, `condition_node` its place.
    `conditions` are the assumptions under which the name is what it is.
    """

    __slots__ = (
        "condition",
        "condition_node",
        "conditions",
        "is_short",
        "key",
        "required",
        "service",
        "target",
        "target_name",
        "via",
        "way",
    )

    def __init__(
        self,
        service: Service,
        target_name: str,
        *,
        key: Node,
        target: Service | None,
        condition: str | None = SERVICE_STARTED,
        condition_node: Node | None = None,
        conditions: tuple[str, ...] = (),
        required: bool | None = True,
        is_short: bool = False,
        way: str = "depends_on",
        via: tuple[Step, ...] = (),
    ) -> None:
        self.service = service
        self.target_name = target_name
        self.key = key
        self.target = target
        self.condition = condition
        self.condition_node = condition_node if condition_node is not None else key
        self.conditions = conditions
        self.required = required
        self.is_short = is_short
        self.way = way
        self.via = via

    @property
    def waits_for_health(self) -> bool:
        return self.condition == SERVICE_HEALTHY

    def __repr__(self) -> str:
        return f"<Dependency {self.service.name} -> {self.target_name} {self.condition}>"


class Usage:
    """A named resource that a service uses.

    `section` is "volumes", "networks", "secrets", "configs" or "models"; `is_of_build` says that only its build does.
    """

    __slots__ = ("conditions", "is_of_build", "name", "node", "section", "service")

    def __init__(
        self,
        service: Service,
        section: str,
        name: str,
        node: Node,
        conditions: tuple[str, ...],
        is_of_build: bool = False,
    ) -> None:
        self.service = service
        self.section = section
        self.name = name
        self.node = node
        self.conditions = conditions
        self.is_of_build = is_of_build


class ImageUse:
    """An image that a service names: `kind` is "image" or "build.tags", `node` the place of the value.

    A placeholder such as `%IMAGE%`, which a script replaces, is a hole of `template`.
    """

    __slots__ = ("is_built", "kind", "node", "project", "service", "template")

    def __init__(
        self, project: Project, service: Service, template: Template, node: Scalar, kind: str, is_built: bool
    ) -> None:
        self.project = project
        self.service = service
        self.template = template
        self.node = node
        self.kind = kind
        self.is_built = is_built

    def __repr__(self) -> str:
        return f"<ImageUse {self.service.name} {self.template.shown}>"


class Service:
    """A service of the merged model. `name_node` is the key in the file that last says something of it.

    `build` is the long form; a text is its `context`.
    """

    __slots__ = (
        *("_health", "_long", "_probe", "_usages", "_variables"),
        *("build", "definition", "healthcheck", "image", "name", "name_node", "project"),
    )

    def __init__(self, project: Project, name: str, item: Item, definition: Map) -> None:
        self.project = project
        self.name = name
        self.name_node = item.key
        self.definition = definition
        self.image = definition.text("image")
        self.healthcheck = definition.map("healthcheck")
        self._health: Health | None = None
        self._long: dict[str, Map | None] = {}
        self.build = self._in_long_form("build", CONTEXT)
        self._probe: Probe | None = None
        self._usages: tuple[Usage, ...] | None = None
        self._variables: str | None = None

    @property
    def depends_on(self) -> Map | None:
        """The long form; a name in a list says `service_started`."""
        return self._in_long_form("depends_on", DEPENDENCIES)

    @property
    def profiles(self) -> tuple[str, ...] | None:
        """None where a name is not known, or where they are given in no known form."""
        value = self.definition.get("profiles")
        if value is None:
            return ()
        value = normal(value, UNIQUE)
        if not isinstance(value, List):
            return None
        names = [item.literal if isinstance(item, Text) else None for item in value.items]
        return None if None in names else tuple(name for name in names if name is not None)

    def is_alternative_to(self, other: Service) -> bool:
        """Has each of the two a profile that the other lacks, so that one is meant to run in the other's place?"""
        mine, theirs = set(self.profiles or ()), set(other.profiles or ())
        return bool(mine - theirs and theirs - mine)

    @property
    def is_run(self) -> Basis:
        """How certain it is that it is among what runs: with a profile only when that is active."""
        profiles = self.profiles
        if profiles == () or (profiles and {*profiles, "*"} & {*self.project.profiles}):
            return KNOWN
        return assumed(f"unless `{self.name}`, which has a profile, is never run")

    @property
    def environment(self) -> Map | None:
        return self._in_long_form("environment", PAIRS)

    @property
    def variables_written(self) -> str:
        """`environment` as it is written, each variable on a line of its own, but for line ends in values.

        For a quick look before `environment`, whose values take ten times as long to make (measured).
        """
        if self._variables is None:
            self._variables = "\n".join(_variables(self.definition.get("environment")))
        return self._variables

    def sets(self, name: str) -> bool:
        """Does `environment` set a variable, its name as it is written?"""
        if name not in self.variables_written:
            return False
        environment = self.environment
        return environment is not None and name in environment.entries

    def _in_long_form(self, key: str, rule: str) -> Map | None:
        """A value as the mapping that it stands for, made once, since many rules ask; None where it is neither."""
        if key not in self.definition.entries:
            return None
        if key not in self._long:
            value = self.definition.get(key)
            long = normal(value, rule) if value is not None else None
            self._long[key] = long if isinstance(long, Map) else None
        return self._long[key]

    @property
    def is_defined(self) -> bool:
        """Is it said where its image comes from (or, while a part of it cannot be read, may it be)?"""
        definition, image = self.definition, self.image
        if image is not None and image.node.tag is None and image.node.text and "$" not in image.node.text:
            return True  # as most
        is_named = image.literal != "" if image is not None else definition.get("image") is not None
        if is_named or definition.is_partial:
            return True
        return definition.get("build") is not None or definition.get("provider") is not None

    @property
    def counts(self) -> tuple[Text, ...]:
        """What says how many containers it has: `scale` and `deploy.replicas`."""
        deploy = self.definition.map("deploy")
        given = (self.definition.text("scale"), deploy.text("replicas") if deploy is not None else None)
        return tuple(count for count in given if count is not None)

    @property
    def replicas_are_zero(self) -> bool:
        return any(count.literal == "0" for count in self.counts)

    @property
    def has_container(self) -> bool:
        """Is there anything that Compose can wait for: a container, not what a provider sets up?"""
        return self.definition.get("provider") is None and not self.replicas_are_zero

    @property
    def restarts_for_ever(self) -> Text | None:
        """The value that makes it start again after it ends well: `restart:` or `deploy.restart_policy`."""
        restart = self.definition.text("restart")
        if restart is not None and restart.literal in ("always", "unless-stopped"):
            return restart
        deploy = self.definition.map("deploy")
        policy = deploy.map("restart_policy") if deploy is not None else None
        condition = policy.text("condition") if policy is not None else None
        return condition if condition is not None and condition.literal == "any" else None

    @property
    def health(self) -> Health:
        """Will a container of it report whether it is healthy?"""
        if self._health is None:
            from lading.models.compose.health import health_of

            self._health = health_of(self)
        return self._health

    @property
    def probe(self) -> Probe | None:
        """The test of its healthcheck."""
        if self._probe is None and "healthcheck" in self.definition.entries:
            from lading.models.compose.health import probe_of

            self._probe = probe_of(self.healthcheck)
        return self._probe

    @property
    def usages(self) -> tuple[Usage, ...]:
        """The named resources that it uses."""
        if self._usages is None:
            self._usages = tuple(self._used())
        return self._usages

    def _used(self) -> Iterator[Usage]:
        for section in _RESOURCES:
            if section not in self.definition.entries:
                continue
            value = self.definition.get(section)
            if section in ("networks", "models") and value is not None:
                value = normal(value, NAMES)
            if isinstance(value, Map) and section in ("networks", "models"):
                for name, item in value.entries.items():
                    text = item.key.text if isinstance(item.key, Scalar) else ""
                    if item.value.tag != "reset" and "$" not in text:
                        yield Usage(self, section, name, item.key, ())
            elif isinstance(value, List):
                for each in value.items:
                    if section != "volumes" or not _is_path(each):  # as most
                        yield from self._usage(section, each)
        build = self.definition.map("build")
        secrets = build.get("secrets") if build is not None else None
        for each in secrets.items if isinstance(secrets, List) else ():
            yield from self._usage("secrets", each, is_of_build=True)

    def _usage(self, section: str, value: Value, is_of_build: bool = False) -> Iterator[Usage]:
        text = value if isinstance(value, Text) else None
        if isinstance(value, Map):
            kind = value.text("type")
            if section == "volumes" and (kind is None or kind.literal != "volume"):
                return
            text = value.text("source")
        if text is None or text.is_null or text.literal is None:
            return
        name = text.literal
        if section == "volumes":
            name = name if isinstance(value, Map) else (_volume_source(name) or "")
        if name:
            yield Usage(self, section, name, text.node, text.template.conditions, is_of_build)

    def __repr__(self) -> str:
        return f"<Service {self.name}>"


def _variables(value: Value | None) -> list[str]:
    if isinstance(value, Map):
        return [f"{name}={i.value.node.text}" for name, i in value.entries.items() if type(i.value) is Text]
    items = value.items if isinstance(value, List) else (value,)
    return [item.node.text for item in items if type(item) is Text]


def _is_path(value: Value) -> bool:
    """Is it plain that the source of a volume is a path?"""
    return type(value) is Text and value.node.text[:1] in _OF_PATHS and not value.is_made


_OF_PATHS = ("/", ".", "~")


def _volume_source(text: str) -> str | None:
    """The named volume of a short form, `src/conf` too; None for a path, an anonymous volume and a Windows drive."""
    source, colon, _ = text.partition(":")
    if not colon or len(source) < 2:
        return None
    from lading.models.compose.forms import is_host_path

    return None if is_host_path(source) else source


def truth(text: Text | None) -> bool | None:
    """The boolean that Compose casts a text to; None where there is none or it is not known."""
    if text is None or text.literal is None:
        return None
    word = text.literal.lower()
    return BOOLEAN_WORDS.get(word)


class Project:
    """A Compose project, merged from its files.

    - `path`: its main file; `files`: all files it was read from, included and extended ones among them
    - `standing`: "default" (what `docker compose` finds in its folder), "alone" (one file by itself),
      "included" or "extended" (another file of the repository draws it in), "stated" (a script or the configuration
      names its files, see `statement`)
    - `origin`: the path of the file that says which files it is made of; its main file where none does
    - `layers`: the values of each document before merging, for what merging smooths over
    - `stages`: what is there after each document, which is when Compose looks at its shape
    - `unknowns`: why its model may lack something: a remote include, a file that is not there
    - `bases`: files that may lie beneath it where it is an overlay
    - `said`: the names of all keys, and all tags of values, that its files have
    """

    __slots__ = (
        "_dependencies",
        "_having",
        "_images",
        "_is_escaped",
        "_is_of_stack",
        "_is_overlay",
        "_joined_networks",
        "_misfits",
        "_services",
        "bases",
        "files",
        "folder",
        "healthy_images",
        "layers",
        "model",
        "neighbours",
        "origin",
        "path",
        "profiles",
        "said",
        "sources",
        "stages",
        "standing",
        "statement",
        "texts",
        "troubles",
        "unknowns",
    )

    def __init__(
        self,
        path: str,
        *,
        folder: str,
        files: tuple[str, ...],
        model: Map,
        layers: tuple[Map, ...],
        stages: tuple[Map, ...],
        sources: tuple[str, ...],
        standing: str,
        troubles: tuple[LoadTrouble, ...],
        unknowns: tuple[str, ...],
        bases: tuple[str, ...],
        profiles: tuple[str, ...],
        neighbours: Neighbours,
        texts: Texts,
        healthy_images: tuple[str, ...],
        statement: Statement | None = None,
        origin: str | None = None,
        said: frozenset[str] = frozenset(),
    ) -> None:
        self.path = path
        self.origin = origin or path
        self.folder = folder
        self.files = files
        self.model = model
        self.layers = layers
        self.stages = stages
        self.sources = sources
        self.standing = standing
        self.troubles = troubles
        self.unknowns = unknowns
        self.bases = bases
        self.profiles = profiles
        self.neighbours = neighbours
        self.texts = texts
        self.healthy_images = healthy_images
        self.statement = statement
        self.said = said
        self._services: dict[str, Service] | None = None
        self._dependencies: tuple[Dependency, ...] | None = None
        self._is_escaped: bool | None = None
        self._is_of_stack: bool | None = None
        self._is_overlay: bool | None = None
        self._images: tuple[ImageUse, ...] | None = None
        self._joined_networks: frozenset[str] | None = None
        self._misfits: tuple[Misfit, ...] | None = None
        self._having: dict[tuple[str, ...], list[Service]] = {}

    @property
    def services(self) -> dict[str, Service]:
        if self._services is None:
            section = self.model.map("services")
            entries = section.entries if section is not None else {}
            self._services = {
                name: Service(self, name, item, item.value)
                for name, item in entries.items()
                if isinstance(item.value, Map) and item.value.tag != "reset"
            }
        return self._services

    def having(self, *keys: str) -> list[Service]:
        """The services that have one of the keys, whatever its value, in their order; most rules ask of few keys."""
        found = self._having.get(keys)
        if found is None:
            services = self.services.values()
            found = [each for each in services if not each.definition.entries.keys().isdisjoint(keys)]
            self._having[keys] = found
        return found

    def may_say(self, pattern: Pattern[str]) -> bool:
        """May a value hold a match of a pattern, so that it is worth to look at each? No line end is within a match."""
        sources = (self.texts.source(path) for path in self.files)
        texts = [source.text for source in sources if source is not None]
        if self._is_escaped is None:
            self._is_escaped = any(map(may_be_escaped, texts))
        return self._is_escaped or any(pattern.search(text) is not None for text in texts)

    @property
    def is_started(self) -> bool:
        """Is it known that it is started as it is: found by Compose, or stated somewhere?"""
        return self.standing in (DEFAULT, STATED)

    @property
    def is_of_stack(self) -> bool:
        """Is it deployed to a swarm, by what is said of it? Asked for only where there is something to tell."""
        if self._is_of_stack is None:
            from lading.models.compose.stacks import is_of_stack

            self._is_of_stack = is_of_stack(self)
        return self._is_of_stack

    def deployed_by(self, path: str) -> str | None:
        """The file with a command `docker stack deploy` that names one of its files."""
        from lading.models.compose.stacks import deployed_by

        return deployed_by(self, path)

    @property
    def joined_networks(self) -> frozenset[str] | None:
        """The services whose network another one joins (`network_mode: service:…`); None where that is not known."""
        if self._joined_networks is None:
            modes = [each.definition.text("network_mode") for each in self.services.values()]
            if any(mode is not None and mode.literal is None for mode in modes):
                return None
            names = [mode.literal or "" for mode in modes if mode is not None]
            self._joined_networks = frozenset(
                name.removeprefix("service:") for name in names if name.startswith("service:")
            )
        return self._joined_networks

    @property
    def is_overlay(self) -> bool:
        """Does it make sense only on top of another file?"""
        if self._is_overlay is None:
            self._is_overlay = self._overlays()
        return self._is_overlay

    def _overlays(self) -> bool:
        if self.statement is not None:
            return False
        if self.standing in (INCLUDED, EXTENDED):
            return True
        if self.standing == ALONE and _OVERRIDES.search(self.path):
            return True
        undefined = [service.name for service in self.services.values() if not service.is_defined]
        if self.standing == DEFAULT:
            return any(self.neighbours.defining("services", name, self) is not None for name in undefined)
        return bool(undefined or self.bases or any(_has_mark(layer) for layer in self.layers))

    def names(self, section: str) -> tuple[str, ...]:
        """What is defined in a section of the merged model."""
        found = self.model.map(section)
        if found is None:
            return ()
        return tuple(name for name, item in found.entries.items() if item.value.tag != "reset")

    def absence(self, section: str, name: str) -> Basis:
        """How certain it is that a name missing from the model is missing when the project runs."""
        if self.unknowns:
            return unknown(*self.unknowns)
        if self.statement is not None:
            return KNOWN
        other = self.neighbours.defining(section, name, self)
        if other is not None:
            return unknown(f"`{other}` defines `{name}` and may be given along with this file")
        if self.standing in (INCLUDED, EXTENDED) or (self.is_overlay and not self.bases):
            return unknown("this file is meant to be used together with another one")
        if self.standing == DEFAULT and (sample := self._sample_naming(name)) is not None:
            return unknown(f"`{sample}` names `{name}` and is meant to become a file on top of this one")
        return self._absence_alone(section, name) if self.standing == DEFAULT else KNOWN

    def _sample_naming(self, name: str) -> str | None:
        """A sample of the override file that each user makes a copy of, which has the word in it."""
        for path in self.texts.named(self.folder, _SAMPLES):
            source = self.texts.source(path)
            if source is not None and name in source.text:
                return path
        return None

    def _absence_alone(self, section: str, name: str) -> Basis:
        """A file that Compose finds by itself may still be a part, laid on one that programs or people know of."""
        above, beside = self.neighbours.defining_apart(section, name, self)
        if above is not None:
            return unknown(f"`{above}` defines `{name}` and may be what this file is laid on")
        return assumed(f"unless it is always run together with `{beside}`") if beside is not None else KNOWN

    def lack(self, service: Service, key: str) -> Basis:
        """How certain it is that a service of the model does not get a key from a file on top or beneath."""
        if self.unknowns or service.definition.is_partial:
            return unknown(*(self.unknowns or (f"a part of `{service.name}` cannot be read",)))
        if self.statement is not None:
            return (
                KNOWN if self.statement.runs else unknown("no file shows that all of it is started like this")
            )
        others = self.neighbours.giving(service.name, key, self)
        if others and self.neighbours.always_joins(others, self):
            return unknown(f"`{others[0]}` or the like is used with this file wherever that is stated")
        if others and self.standing == DEFAULT:
            return assumed(f"unless it is always run together with `{others[0]}`")
        if others and self._repeats(service, others):
            return assumed(f"unless it is always run together with `{others[0]}`")
        if others:
            return unknown(f"`{others[0]}` gives `{service.name}` a `{key}` and may be used with this file")
        if self.is_overlay and not (self.standing == ALONE and service.is_defined):
            return unknown("this file is meant to be used together with another one")
        return KNOWN

    def _repeats(self, service: Service, others: tuple[str, ...]) -> bool:
        """Does a file that is read alone name the very image that the others name? An overlay has no reason to."""
        image = service.image
        if (
            self.standing != ALONE
            or image is None
            or not all(each.is_defined for each in self.services.values())
        ):
            return False
        return all(self.neighbours.image(path, service.name, self) == image.node.text for path in others)

    @property
    def dependencies(self) -> tuple[Dependency, ...]:
        """What services need, `depends_on` first, then what other keys imply."""
        if self._dependencies is None:
            self._dependencies = tuple(
                edge for service in self.services.values() for edge in _dependencies_of(self, service)
            )
        return self._dependencies

    @property
    def misfits(self) -> tuple[Misfit, ...]:
        """Where its files do not have the shape that Compose asks for, each place once."""
        if self._misfits is None:
            from lading.models.compose.shape import misfits

            fits = self.neighbours.fits
            told = misfits(self.stages, self.layers, fits)
            self._misfits = tuple({(each.kind, each.path, id(each.at)): each for each in told}.values())
            fits.forget()
        return self._misfits

    @property
    def cycles(self) -> tuple[tuple[Dependency, ...], ...]:
        """Circles among the dependencies: one shortest for each group of services that need each other."""
        from lading.models.compose.cycles import cycles

        return tuple(cycles(self.dependencies))

    @property
    def images(self) -> tuple[ImageUse, ...]:
        """The images that services name, and the further names that they build them under."""
        if self._images is None:
            self._images = tuple(
                use for service in self.services.values() for use in _images_of(self, service)
            )
        return self._images

    def __repr__(self) -> str:
        return f"<Project {self.path} {self.standing}>"


def _has_mark(value: Value) -> bool:
    """Is there a `!reset` or `!override` in it?"""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if value.tag is not None:
            return True
        if isinstance(value, Map):
            waiting += [item.value for item in value.entries.values()]
        elif isinstance(value, List):
            waiting += value.items
    return False


def _dependencies_of(project: Project, service: Service) -> Iterator[Dependency]:
    seen = set()
    depends_on = service.depends_on
    for name, item in (depends_on.entries if depends_on is not None else {}).items():
        edge = _declared(project, service, name, item)
        if edge is not None:
            seen.add(name)
            yield edge
    for way, text, name in () if _IMPLYING.isdisjoint(service.definition.entries) else _implied(service):
        if name not in seen:
            seen.add(name)
            yield Dependency(
                service,
                name,
                key=text.node,
                target=project.services.get(name),
                conditions=text.template.conditions,
                way=way,
                via=text.via,
            )


def _declared(project: Project, service: Service, name: str, item: Item) -> Dependency | None:
    value = item.value
    if not isinstance(value, Map) or value.tag == "reset":
        return None
    is_short = isinstance(value.node, Scalar)
    conditions: tuple[str, ...] = ()
    if is_short and isinstance(item.key, Scalar) and "$" in item.key.text:
        from lading.models.compose.interpolation import interpolate

        template = interpolate(item.key.text, value.origin.environment)
        if template.literal is None:
            return None
        conditions = template.conditions
    condition = value.text("condition")
    required = value.text("required")
    if condition is not None:
        conditions += condition.template.conditions
        is_short = condition.node is item.key
    return Dependency(
        service,
        name,
        key=item.key,
        target=project.services.get(name),
        condition=condition.literal if condition is not None else None,
        condition_node=condition.node if condition is not None else None,
        conditions=conditions,
        required=True if required is None else truth(required),
        is_short=is_short,
        via=value.via,
    )


_NAMESPACES = ("network_mode", "ipc", "pid", "uts", "cgroup")
_IMPLYING = frozenset(("links", "volumes_from", *_NAMESPACES))


def _implied(service: Service) -> Iterator[tuple[str, Text, str]]:
    """Other keys that make Compose add a dependency: `loader/normalize.go`."""
    for way in ("links", "volumes_from"):
        value = service.definition.get(way)
        for item in value.items if isinstance(value, List) else ():
            if isinstance(item, Text) and item.literal:
                name, _, rest = item.literal.partition(":")
                if not (way == "volumes_from" and name == "container" and rest):
                    yield way, item, name
    for way in _NAMESPACES:
        text = service.definition.text(way)
        if text is not None and text.literal is not None and text.literal.startswith("service:"):
            yield way, text, text.literal.removeprefix("service:")


def _images_of(project: Project, service: Service) -> Iterator[ImageUse]:
    build, image = service.build, service.image
    is_built = build is not None or service.definition.get("build") is not None
    if image is not None:
        yield ImageUse(project, service, _without_placeholders(image.template), image.node, "image", is_built)
    tags = build.get("tags") if build is not None else None
    for tag in tags.items if isinstance(tags, List) else ():
        if isinstance(tag, Text) and not tag.is_null:
            template = _without_placeholders(tag.template)
            yield ImageUse(project, service, template, tag.node, "build.tags", True)


def _without_placeholders(template: Template) -> Template:
    """`%NAME%` is text that a script replaces before Compose sees it."""
    if "%" not in template.pattern:
        return template
    parts: list[str | Hole] = []
    for part in template.parts:
        if isinstance(part, Hole):
            parts.append(part)
            continue
        at = 0
        for match in _PLACEHOLDER.finditer(part):
            parts += [part[at : match.start()], Hole(match[0], f"`{match[0]}` is a placeholder")]
            at = match.end()
        parts.append(part[at:])
    return Template(parts, template.conditions)
