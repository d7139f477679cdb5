"""What bake files build and under which tags: HCL, JSON and Compose files read together.

Sources: docker/buildx:bake/{bake,compose}.go and bake/hclparser/hclparser.go; docs "Bake file reference".
"""

from __future__ import annotations

from itertools import product

from lading.models.expressions import Unknown
from lading.models.hcl import Block, Body, Function, Purse, Scope, TooMuch, as_text, parse, template_of
from lading.models.template import Hole, Template
from lading.source import Span
from lading.tree import PLAIN, Mapping, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Lookup
    from collections.abc import Sequence as Series

    from lading.models.compose.project import Project, Service
    from lading.models.hcl import Written
    from lading.source import Located
    from lading.texts import Texts
    from lading.tree import Node

    Tags = list[tuple[Template, Located]]

DEFAULT_FILES = (
    *("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml", "docker-bake.json"),
    *("docker-bake.hcl", "docker-bake.override.json", "docker-bake.override.hcl"),
)
"""What bake reads where it is given no file, as far as it is there."""
_MAX_TARGETS = 500
"""Legs of all matrices together."""
_MAX_PARENTS = 100
_MAX_DEPTH = 8
"""Targets that inherit from each other, whose mappings are merged."""
_VALUES = ("context", "dockerfile", "dockerfile-inline", "target")
NOTHING: Lookup[str, object] = {}


class Target:
    """A target as it is built: its `tags` with their places, and its `outputs` as they are written.

    Both are None where they cannot be told. `values` are `context`, `dockerfile`, `dockerfile-inline`, `target` and
    `args` as they come out; `labels` are `name=value` with their places, None where they cannot be told.
    `is_annotated`: has it, or one that it inherits from, annotations?
    One that a Compose file gives has its `service` instead.
    """

    __slots__ = ("is_annotated", "labels", "name", "outputs", "service", "tags", "values")

    def __init__(
        self,
        name: str,
        tags: Tags | None,
        outputs: list[Template] | None,
        values: Lookup[str, object] = NOTHING,
        labels: Tags | None = None,
        service: Service | None = None,
        is_annotated: bool = False,
    ) -> None:
        self.is_annotated = is_annotated
        self.name = name
        self.tags = tags
        self.outputs = outputs
        self.values = values
        self.labels = labels
        self.service = service

    def __repr__(self) -> str:
        return f"<Target {self.name} {self.tags}>"


class Definitions:
    """The targets and groups of several bake files; later files win, attribute by attribute."""

    def __init__(self, variables: Lookup[str, Template], purse: Purse) -> None:
        self._environment = variables
        self._targets: dict[str, dict[str, Written]] = {}
        self._groups: dict[str, Written] = {}
        self._defaults: dict[str, Written | None] = {}
        self._globals: dict[str, Written] = {}
        self._functions: dict[str, Function] = {}
        self._composed: dict[str, Target] = {}
        self._given: dict[str, Tags] = {}
        self._given_labels: dict[str, Tags] = {}
        self._given_annotations: set[str] = set()
        self._values: dict[str, object] = {}
        self._conditions: dict[str, tuple[str, ...]] = {}
        self._scope = Scope(self._variable, self._functions, purse)
        self._made: dict[str, dict[str, Target]] | None = None
        self._legs_left = _MAX_TARGETS

    # --- reading ---

    def add(self, body: Body) -> None:
        """What an HCL or JSON file says."""
        self._globals |= body.attributes
        for block in body.blocks:
            self._add_block(block)

    def _add_block(self, block: Block) -> None:
        if block.kind == "target":
            self._targets.setdefault(block.label, {}).update(block.attributes)
        elif block.kind == "group" and "targets" in block.attributes:
            self._groups[block.label] = block.attributes["targets"]
        elif block.kind == "variable":
            self._defaults[block.label] = block.attributes.get("default")
        elif block.kind == "function" and "result" in block.attributes:
            names = block.attributes.get("params")
            rest = block.attributes.get("variadic_params")
            self._functions[block.label] = Function(
                tuple(_identifiers(names)),
                next(iter(_identifiers(rest)), None),
                block.attributes["result"],
            )

    def add_composed(self, project: Project, *, are_known: bool) -> None:
        """The services of a Compose project that are built; `are_known`: are their tags the ones that they name?"""
        for service in project.services.values():
            if service.build is not None:
                name = service.name.replace(".", "_")
                tags = [(use.template, use.node) for use in project.images if use.service is service]
                self._composed[name] = Target(name, list(tags) if are_known else None, [], service=service)

    def add_tags(self, target: str, tags: Tags) -> None:
        """A file that another program writes, which gives a target its tags."""
        self._targets.setdefault(target, {})
        self._given[target] = tags

    def add_labels(self, target: str, labels: Tags) -> None:
        """Likewise its labels, each `name=value`."""
        self._targets.setdefault(target, {})
        self._given_labels[target] = labels

    def add_annotations(self, target: str) -> None:
        """Likewise annotations, which are not read."""
        self._given_annotations.add(target)

    # --- variables ---

    def _variable(self, name: str) -> object:
        if name not in self._values:
            self._values[name] = Unknown(f"`{name}` is worked out from itself")
            before = dict(self._scope.conditions)
            self._scope.conditions.clear()
            self._values[name] = self._worked_out(name)
            self._conditions[name] = tuple(self._scope.conditions)
            self._scope.conditions.update(before)
        self._scope.conditions |= dict.fromkeys(self._conditions.get(name, ()))
        return self._values[name]

    def _worked_out(self, name: str) -> object:
        if name in self._globals and name not in self._defaults:
            return self._value(self._globals[name])
        if name == "BAKE_LOCAL_PLATFORM" or name not in self._defaults:
            return Unknown(f"`{name}` is not set in the files")
        default = self._defaults[name] if name not in self._globals else self._globals[name]
        value = self._value(default) if default is not None else None
        given = self._environment.get(name)
        if given is not None:
            return _typed(given, value)
        if value is None:
            return Unknown(f"`{name}` is not set in the files")
        return _under(value, f"unless `{name}` is set")

    def _value(self, written: Written, local: Lookup[str, object] | None = None) -> object:
        return written.value(self._scope, local)

    # --- targets ---

    def chosen(self, names: Iterable[str]) -> list[Target]:
        """The targets that are built where these are asked for, groups taken apart, each once."""
        made = self._all()
        found: dict[str, Target] = {}
        waiting = list(names)[::-1]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in made:
                found |= made[name]
            elif name in self._groups and name not in seen:
                seen.add(name)
                members = self._value(self._groups[name])
                if isinstance(members, list):
                    waiting += [as_text(each, "*").pattern for each in reversed(members)]
                else:
                    found[name] = Target(name, None, None)
            elif name == "default":
                found |= self._composed
        return list(found.values())

    def knows(self, name: str) -> bool:
        """Is there such a target or group?"""
        is_known = name in self._groups or name in self._all() or self._legs_left < 0
        return is_known or (name == "default" and bool(self._composed))

    def _all(self) -> dict[str, dict[str, Target]]:
        """Targets by the name that asks for them; one with a matrix stands for several."""
        if self._made is None:
            self._made = {name: {name: target} for name, target in self._composed.items()}
            for name in self._targets:
                several = {each.name: each for each in self._legs(name)}
                self._made |= {each: {each: target} for each, target in several.items()}
                self._made[name] = several
        return self._made

    def _legs(self, name: str) -> Iterator[Target]:
        written = self._targets[name]
        matrix = written.get("matrix")
        if matrix is None:
            yield self._target(name, name, {})
            return
        axes = self._value(matrix)
        if not isinstance(axes, dict) or not all(isinstance(axis, list) for axis in axes.values()):
            hole = {key: Unknown("the matrix is not known") for key in axes} if isinstance(axes, dict) else {}
            yield self._target(name, name, hole)
            return
        for number, values in enumerate(product(*axes.values())):
            self._legs_left -= 1
            if self._legs_left < 0:
                return
            local = dict(zip(axes, values, strict=True))
            named = self._value(written["name"], local) if "name" in written else Unknown("")
            leg = as_text(named, "*").literal or f"{name}#{number}"
            yield self._target(name, leg, local)

    def _target(self, name: str, shown: str, local: Lookup[str, object]) -> Target:
        tags = self._found(name, "tags", local, set())
        outputs = self._found(name, "output", local, set())
        known = outputs.value if outputs is not None else []
        texts = [_output(each) for each in known] if isinstance(known, list) else None
        kept = {
            key: found.value for key in _VALUES if (found := self._found(name, key, local, set())) is not None
        }
        args, _ = self._merged(name, "args", local, 0)
        labels, are_told = self._merged(name, "labels", local, 0)
        several = [
            (Template((f"{key}=", *text.parts), text.conditions), place)
            for key, (text, place) in labels.items()
        ]
        values = {**kept, "args": {key: text for key, (text, _) in args.items()}}
        return Target(
            shown,
            _placed(tags) if tags is not None else [],
            texts,
            values,
            several if are_told else None,
            is_annotated=self._is_annotated(name, local, 0),
        )

    def _is_annotated(self, name: str, local: Lookup[str, object], depth: int) -> bool:
        written = self._targets.get(name, {})
        if "annotations" in written or name in self._given_annotations or depth > _MAX_DEPTH:
            return True
        parents = self._value(written["inherits"], local) if "inherits" in written else []
        names = [as_text(parent, "*").literal for parent in parents] if isinstance(parents, list) else []
        return any([each is not None and self._is_annotated(each, local, depth + 1) for each in names])

    def _merged(
        self, name: str, key: str, local: Lookup[str, object], depth: int
    ) -> tuple[dict[str, tuple[Template, Located]], bool]:
        """A mapping of a target over those of the targets that it inherits from; and is all of it told?"""
        found: dict[str, tuple[Template, Located]] = {}
        written = self._targets.get(name)
        if written is None or depth > _MAX_DEPTH:
            return found, written is not None or depth <= _MAX_DEPTH
        are_told = True
        parents = self._value(written["inherits"], local) if "inherits" in written else []
        for parent in parents if isinstance(parents, list) else ():
            text = as_text(parent, "*").literal
            inner, is_told = self._merged(text, key, local, depth + 1) if text is not None else ({}, False)
            found |= inner
            are_told = are_told and is_told
        if key in written:
            value = self._value(written[key], local)
            place = next(iter(written[key].places(1)))
            are_told = are_told and isinstance(value, dict)
            for item, inside in value.items() if isinstance(value, dict) else ():
                found[item] = (as_text(inside, "*"), place)
        for label, at in self._given_labels.get(name, ()) if key == "labels" else ():
            before, _, after = label.prefix.partition("=")
            found[before] = (Template((after, *label.parts[1:]), label.conditions), at)
        return found, are_told and isinstance(parents, list)

    def _found(self, name: str, key: str, local: Lookup[str, object], seen: set[str]) -> _Found | None:
        """A target's own attribute, or that of the last of those it inherits from; None where none has one.

        `seen` are the targets that were asked before, and had none.
        """
        given = self._given.get(name) if key == "tags" else None
        composed = self._composed.get(name)
        if given is None and composed is not None and key == "tags" and name not in self._targets:
            given = composed.tags
        if given is not None:
            return _Found([tag for tag, _ in given], [place for _, place in given])
        written = self._targets.get(name)
        if written is None or name in seen or len(seen) > _MAX_PARENTS:
            return None
        seen.add(name)
        if key in written:
            self._scope.conditions.clear()
            value = self._value(written[key], local)
            places = written[key].places(len(value)) if isinstance(value, list) else []
            return _Found(value, places, tuple(self._scope.conditions))
        parents = self._value(written["inherits"], local) if "inherits" in written else []
        if not isinstance(parents, list):
            return _Found(Unknown("what it inherits from is not known"), [])
        for parent in reversed(parents):
            text = as_text(parent, "*").literal
            if text is None:
                return _Found(Unknown("what it inherits from is not known"), [])
            found = self._found(text, key, local, seen)
            if found is not None:
                return found
        return None


class _Found:
    """The value of an attribute, the places of its items, and the conditions it stands under."""

    __slots__ = ("conditions", "places", "value")

    def __init__(self, value: object, places: Series[Located], conditions: tuple[str, ...] = ()) -> None:
        self.value = value
        self.places = places
        self.conditions = conditions


def _placed(found: _Found) -> Tags | None:
    """Tags with their places; None where they cannot be told."""
    if not isinstance(found.value, list):
        return None
    tags: Tags = []
    for value, place in zip(found.value, found.places, strict=True):
        text = as_text(value, "*")
        if text.parts:
            tags.append((Template(text.parts, (*text.conditions, *found.conditions)), place))
    return tags


def _identifiers(attribute: Written | None) -> list[str]:
    """The names in `[a, b]` or `a`, which are no variables there."""
    if attribute is None:
        return []
    return attribute.written.strip("[] \n").replace(",", " ").replace('"', " ").split()


def _typed(given: Template, default: object) -> object:
    """A variable of the environment, read as its default is."""
    text = given.literal
    if isinstance(default, bool):
        return Unknown("it is not known") if text is None else text.lower() in ("true", "1", "t")
    if isinstance(default, (int, float)):
        try:
            return Unknown("it is not known") if text is None else float(text)
        except ValueError:
            return given
    if isinstance(default, list):
        return [item.strip() for item in given.split(",") if item.strip().parts]
    return given if not isinstance(default, dict) else Unknown("it is not known")


def _under(value: object, condition: str) -> object:
    """A default, which holds unless the environment says otherwise."""
    if isinstance(value, Template):
        return Template(value.parts, (*value.conditions, condition))
    if isinstance(value, list):
        return [_under(item, condition) for item in value]
    return value


def _output(value: object) -> Template:
    """One output: `type=registry`, or the same as a mapping."""
    if isinstance(value, dict):
        parts: list[str | Hole] = []
        for key, each in value.items():
            parts += ("," if parts else "", f"{key}=", *as_text(each, "*").parts)
        return Template(parts)
    return as_text(value, "*")


# --- files ---


def definitions(
    paths: Iterable[str], texts: Texts, variables: Lookup[str, Template], purse: Purse | None = None
) -> Definitions | None:
    """What bake files say together, in their order; None where one of them cannot be read."""
    purse = purse or Purse()
    found = Definitions(variables, purse)
    composed: list[str] = []
    for path in paths:
        source = texts.source(path)
        if source is None or not purse.pays_for(source):
            return None
        if path.endswith((".yml", ".yaml")):
            composed.append(path)
            continue
        body = _json_body(texts.tree(path).root) if path.endswith(".json") else parse(source)
        if body is None:
            return None
        found.add(body)
    if composed:
        from lading.models.compose.projects import project_of

        sources = (texts.source(path) for path in composed)
        are_known = not any("x-bake" in source.text for source in sources if source is not None)
        found.add_composed(project_of(tuple(composed), texts, variables), are_known=are_known)
    return found


def _json_body(root: Node | None) -> Body | None:
    """A JSON bake file in the form of an HCL one."""
    if not isinstance(root, Mapping):
        return None
    blocks: list[Block] = []
    for entry in root:
        if entry.name not in ("target", "group", "variable") or not isinstance(entry.value, Mapping):
            continue
        for inner in entry.value:
            fields = inner.value if isinstance(inner.value, Mapping) else ()
            attributes = {field.name or "": _Json(field.value) for field in fields}
            blocks.append(Block(entry.name, inner.name or "", attributes))
    return Body({}, tuple(blocks))


class _Json:
    """A value of a JSON bake file, whose strings are templates."""

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node

    def value(self, scope: Scope, local: Lookup[str, object] | None = None) -> object:
        """What it comes to. Never raises."""
        try:
            return _of_json(self.node, scope, local)
        except TooMuch:
            return Unknown("the bake file is too involved")

    def places(self, count: int) -> list[Span]:
        """Where each of so many items is written."""
        items = self.node.items if isinstance(self.node, Sequence) else ()
        nodes = items if len(items) == count else [self.node] * count
        return [Span(node.source, node.start, node.end) for node in nodes]

    @property
    def written(self) -> str:
        return self.node.source.text[self.node.start : self.node.end]


def _of_json(node: Node, scope: Scope, local: Lookup[str, object] | None) -> object:
    scope.step()
    if isinstance(node, Sequence):
        return [_of_json(item, scope, local) for item in node.items]
    if isinstance(node, Mapping):
        return {entry.name or "": _of_json(entry.value, scope, local) for entry in node}
    if not isinstance(node, Scalar):
        return Unknown("it is no text")
    text = node.text
    if node.style == PLAIN:
        return {"true": True, "false": False, "null": None}.get(text, Template.of(text))
    if "${" not in text and "%{" not in text:
        return Template.of(text)
    written = template_of(text)
    return written.value(scope, local) if written is not None else Unknown("it is worked out by bake")
