"""From files to one Compose model: `include`, `extends`, override files, `.env`."""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.findings import assumed
from lading.models.compose.documents import faults
from lading.models.compose.dotenv import parse_dotenv
from lading.models.compose.interpolation import Environment
from lading.models.compose.merge import Merger
from lading.models.compose.project import LoadTrouble
from lading.models.compose.values import Builder, Item, List, Map, Origin, Text
from lading.models.template import Template
from lading.source import Source
from lading.tree import Mapping, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.models.compose.values import Value
    from lading.texts import Texts
    from lading.tree import Node, Tree

SECTIONS = ("services", "volumes", "networks", "secrets", "configs", "models")
_MAX_FILES = 200
_MAX_CHAIN = 50
_REMOTE = re.compile(r"^(?:[a-z][a-z0-9+.-]*://|git@|github\.com/|oci:)")


def variables_of(path: str, texts: Texts, above: Environment | None = None) -> dict[str, Template]:
    source = texts.source(path) if texts.exists(path) else None
    return dict(parse_dotenv(source.text, above)) if source is not None else {}


def inside(folder: str, path: str) -> str | None:
    """A path of a file in `folder`, relative to the root; None where it leads out of the repository."""
    if path.startswith(("/", "~")):
        return None
    whole = posixpath.normpath(posixpath.join(folder, path))
    if whole == ".." or whole.startswith("../"):
        return None
    return "" if whole == "." else whole


class Loader:
    """Reads the files of one project into one model; what was met on the way is in its fields afterwards."""

    def __init__(self, texts: Texts, *, with_extensions: bool = False) -> None:
        self.texts = texts
        self.with_extensions = with_extensions
        self.model = Map(_nowhere(), Origin(Environment(), ""), None, {})
        self.environment = Environment()
        self.layers: list[Map] = []
        self.stages: list[Map] = []
        self.troubles: list[LoadTrouble] = []
        self.unknowns: list[str] = []
        self.included: list[str] = []
        self.extended: list[str] = []
        self.read: tuple[str, ...] = ()
        self.said: set[str] = set()
        """All keys and tags of the files, those in extensions too."""
        self._merger = Merger()
        self._checked: set[str] = set()

    def load(self, files: tuple[str, ...], origin: Origin, ancestors: tuple[str, ...]) -> None:
        self.environment = origin.environment
        self.model = self._files(files, origin, ancestors)
        for conflict in self._merger.conflicts:
            self.troubles.append(
                LoadTrouble(
                    "conflicting-override",
                    conflict.over.node,
                    f"`{conflict.path}` is a {_kind(conflict.over)} here and a {_kind(conflict.base)} "
                    "where it is first given; the two cannot be merged",
                    ((conflict.base.node, f"a {_kind(conflict.base)} here"),),
                )
            )

    def _files(self, files: tuple[str, ...], origin: Origin, ancestors: tuple[str, ...]) -> Map:
        model = Map(_nowhere(), origin, None, {})
        for index, path in enumerate(files):
            tree = self._tree(path)
            if tree is None:
                continue
            builder = Builder(tree)
            for document in tree.documents:
                root = resolve(document)
                if not isinstance(root, Mapping):
                    continue
                here = origin if index == 0 else origin.through("override file", root)
                layer = _sections(root, here, builder, self.with_extensions)
                if builder.is_exhausted:
                    self.unknowns.append(f"`{path}` expands to too much to be read")
                    break
                model = self._layer(layer, model, path, (*ancestors, path))
                self.stages.append(model)
        return model if not ancestors else _resources(model)

    def _tree(self, path: str) -> Tree | None:
        if len(self.read) >= _MAX_FILES:
            self.unknowns.append(f"more than {_MAX_FILES} files are drawn in")
            return None
        self.read = (*self.read, path)
        tree = self.texts.tree(path)
        if not tree.is_sound:
            self.unknowns.append(f"`{path}` cannot be read as YAML")
            return None
        if path not in self._checked:
            self._checked.add(path)
            self.troubles += faults(tree, self.said)
        return tree

    def _layer(self, layer: Map, model: Map, path: str, ancestors: tuple[str, ...]) -> Map:
        """One document on top of what was read before: include, extends, merge."""
        self.layers.append(layer)
        included = self._includes(layer, ancestors)
        services = layer.map("services")
        if services is not None and any(_extends(item.value) for item in services.entries.values()):
            nothing = Map(services.node, services.origin, None, {})
            known = [services, included.map("services") or nothing, model.map("services") or nothing]
            entries = {}
            for name, item in services.entries.items():
                value = item.value
                if isinstance(value, Map):
                    value = self._extended(name, value, path, known, ((path, name),))
                entries[name] = Item(item.key, value)
            layer = Map(
                layer.node,
                layer.origin,
                None,
                layer.entries
                | {
                    "services": Item(
                        layer.entries["services"].key,
                        Map(services.node, services.origin, services.tag, entries),
                    )
                },
            )
        if not model.entries and "include" not in layer.entries:
            return layer  # as most: there is nothing to lay it on
        below = self._merged(model, included)
        return self._merged(below, layer.without("include"))

    def _merged(self, base: Map, over: Map) -> Map:
        merged = self._merger.merge(base, over)
        assert isinstance(merged, Map)
        return merged

    def _includes(self, layer: Map, ancestors: tuple[str, ...]) -> Map:
        """Everything that a document includes; of two files the one that is named first wins."""
        total = Map(layer.node, layer.origin, None, {})
        value = layer.get("include")
        for item in value.items if isinstance(value, List) else ():
            found = self._include(item, ancestors)
            if found is not None:
                total = self._merged(found, total)
        return total

    def _include(self, item: Value, ancestors: tuple[str, ...]) -> Map | None:
        texts = _texts_of(item.get("path") if isinstance(item, Map) else item)
        paths = tuple(path for text in texts if (path := self._local(text, "include")) is not None)
        if not paths or len(paths) < len(texts):
            return None
        for path, text in zip(paths, texts, strict=True):
            if path in ancestors:
                chain = " -> ".join((*ancestors[ancestors.index(path) :], path))
                self.troubles.append(
                    LoadTrouble("include-cycle", text.node, f"the files include each other: {chain}")
                )
                return None
        if len(ancestors) > _MAX_CHAIN:
            self.unknowns.append("includes are nested too deep")
            return None
        self.included += paths
        folder = posixpath.dirname(paths[0])
        if isinstance(item, Map) and (directory := item.text("project_directory")) is not None:
            named = inside(item.origin.folder, directory.literal or "/")
            if named is None:
                self.unknowns.append(f"the folder `{directory.template.shown}` of an include is not known")
                return None
            folder = named
        environment = item.origin.environment
        for path in self._env_files(item, folder):
            environment = environment.beneath(variables_of(path, self.texts, environment))
        origin = Origin(environment, folder, item.via).through("include", item.node)
        return self._files(paths, origin, ancestors)

    def _env_files(self, item: Value, folder: str) -> tuple[str, ...]:
        """The files of `env_file`, later ones first, as what is set wins; else the folder's `.env`."""
        value = item.get("env_file") if isinstance(item, Map) else None
        if value is None:
            return (posixpath.join(folder, ".env"),)
        paths = [inside(item.origin.folder, text.literal or "/") for text in _texts_of(value)]
        return tuple(path for path in reversed(paths) if path is not None)

    def _local(self, text: Text, what: str) -> str | None:
        """The path of a file in the repository, None (and a note among `unknowns`) where it is elsewhere."""
        literal = text.literal
        if literal is None:
            self.unknowns.append(f"the path `{text.template.shown}` of an {what} is not known")
            return None
        path = None if _REMOTE.match(literal) else inside(text.origin.folder, literal)
        if path is None or not self.texts.exists(path):
            self.unknowns.append(f"`{literal}` of an {what} is not in the repository")
            return None
        if text.template.conditions:
            self.unknowns += text.template.conditions
        return path

    def _extended(
        self, name: str, service: Map, path: str, known: list[Map], chain: tuple[tuple[str, str], ...]
    ) -> Map:
        """A service with what it extends beneath it; a base is taken as its file has it."""
        extends = service.get("extends")
        if extends is None:
            return service
        target = (
            extends
            if isinstance(extends, Text)
            else extends.text("service")
            if isinstance(extends, Map)
            else None
        )
        if target is None or target.literal is None or len(chain) > _MAX_CHAIN:
            return _partial(service)
        base_path: str | None = path
        if isinstance(extends, Map) and (file := extends.text("file")) is not None:
            base_path = self._local(file, "extends")
            if base_path is None:
                return _partial(service)
            if base_path != path:
                self.extended.append(base_path)
                known = self._services_in(base_path, service.origin, extends.node)
        assert base_path is not None
        link = (base_path, target.literal)
        if link in chain:
            names = " -> ".join(each for _, each in (*chain[chain.index(link) :], link))
            self.troubles.append(
                LoadTrouble("extends-cycle", target.node, f"the services extend each other: {names}")
            )
            return _partial(service)
        is_here = any(target.literal in services.entries for services in known[:-1])
        if base_path == path and len(chain) == 1 and not is_here:
            self._base_of_another_file(name, target, known[-1])
        base = next((m for services in known if (m := services.map(target.literal)) is not None), None)
        if base is None:
            if any(target.literal in services.entries for services in known):
                return service.without("extends")
            self._missing_base(name, target, base_path, path)
            return _partial(service)
        base = self._extended(target.literal, base, base_path, known, (*chain, link)).without("extends")
        merged = self._merger.merge(base, service.without("extends"), ("services", name))
        assert isinstance(merged, Map)
        return merged

    def _base_of_another_file(self, name: str, target: Text, below: Map) -> None:
        """Without `file` only services of the same document can be extended (`loader/extends.go`)."""
        item = below.entries.get(target.literal or "")
        if item is not None:
            place = item.key.source.path
            message = f"`{name}` extends `{target.literal}`, which is not in the same file; `file` is missing"
            basis = assumed(*target.template.conditions)
            self.troubles.append(
                LoadTrouble(
                    "unknown-extends",
                    target.node,
                    message,
                    ((item.key, "it is here"),),
                    basis,
                    f"Write `extends: {{file: {place.rpartition('/')[2]}, service: {target.literal}}}`.",
                )
            )

    def _missing_base(self, name: str, target: Text, base_path: str, path: str) -> None:
        where = f" in `{base_path}`" if base_path != path else ""
        basis = assumed(*target.template.conditions) if not self.unknowns else None
        if basis is not None and (base_path == path or len(self.texts.tree(base_path).documents) == 1):
            message = f"`{name}` extends `{target.literal}`, and there is no service of that name{where}"
            self.troubles.append(LoadTrouble("unknown-extends", target.node, message, basis=basis))

    def _services_in(self, path: str, origin: Origin, extends: Node) -> list[Map]:
        tree = self._tree(path)
        if tree is None:
            return []
        found = []
        for document in tree.documents:
            root = resolve(document)
            services = root.get("services") if isinstance(root, Mapping) else None
            if isinstance(services, Mapping):
                builder = Builder(tree)
                there = Origin(origin.environment, posixpath.dirname(path), origin.via, origin.project)
                there = there.through("extends", extends)
                value = builder.build(services, there)
                if builder.is_exhausted:
                    self.unknowns.append(f"`{path}` expands to too much to be read")
                elif isinstance(value, Map):
                    found.append(value)
        return found


def _extends(value: Value) -> bool:
    return isinstance(value, Map) and "extends" in value.entries


def _sections(root: Mapping, origin: Origin, builder: Builder, with_extensions: bool) -> Map:
    """What counts of a document: its extensions (`x-…`) are built where an alias draws them in, or when asked for."""
    entries = {}
    for entry in root.entries:
        name = entry.name
        if name is None or name in entries or (name.startswith("x-") and not with_extensions):
            continue
        entries[name] = Item(entry.key, builder.build(entry.value, origin))
    return Map(root, origin, None, entries)


def _resources(model: Map) -> Map:
    """What an `include` draws in of a project: neither its name nor its extensions."""
    entries = {name: item for name, item in model.entries.items() if name in SECTIONS}
    return Map(model.node, model.origin, model.tag, entries, model.is_partial)


def _texts_of(value: Value | None) -> tuple[Text, ...]:
    if isinstance(value, Text):
        return (value,)
    if isinstance(value, List):
        return tuple(item for item in value.items if isinstance(item, Text) and not item.is_null)
    return ()


def _partial(service: Map) -> Map:
    return Map(service.node, service.origin, service.tag, service.entries, True)


def _kind(value: Value) -> str:
    return "mapping" if isinstance(value, Map) else "list" if isinstance(value, List) else "text"


def _nowhere() -> Mapping:
    return Mapping(Source("", ""), 0, 0, None, None, False)
