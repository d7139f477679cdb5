"""docker/bake-action with its forks, and `docker buildx bake`: what the targets of bake files are tagged with.

Sources: action.yml of docker/bake-action at 4574eac; docs "Bake file reference" and "docker buildx bake".
"""

from __future__ import annotations

from lading.models.calls import resolved
from lading.models.recognisers.inputs import CUT, GIVEN, LABEL, csv, lines, names, truth
from lading.models.recognisers.options import options_of
from lading.models.recognisers.push import Push
from lading.models.template import Hole, Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lading.models.bake import Definitions, Target
    from lading.models.recognisers.table import Command
    from lading.models.shell import Word
    from lading.models.steps import StepRun
    from lading.source import Located

    Items = Sequence[tuple[Template, Located]]

VALUES = frozenset(
    (
        *("-f", "--file", "--set", "--metadata-file", "--progress", "--builder", "--sbom", "--provenance"),
        *("--allow", "--call", "--var"),
    )
)


class _Asked:
    """What bake is asked: files, targets, what is set, does it push all, and where it runs."""

    __slots__ = ("at", "files", "folder", "push", "run", "set", "targets", "tool", "variables")

    def __init__(
        self,
        *,
        files: Items,
        targets: Items,
        set: Items,
        push: bool | None,
        folder: str | None,
        variables: Mapping[str, Template],
        run: StepRun,
        at: Located,
        tool: str,
    ) -> None:
        self.files = files
        self.targets = targets
        self.set = set
        self.push = push
        self.folder = folder
        self.variables = variables
        self.run = run
        self.at = at
        self.tool = tool


class Baked:
    """A target that is built: from which folder, and what is `set` for it and others (key, appended?, value, place)."""

    __slots__ = ("folder", "set", "target")

    def __init__(
        self, target: Target, folder: str | None, set: tuple[tuple[str, bool, Template, Located], ...]
    ) -> None:
        self.target = target
        self.folder = folder
        self.set = set


def bake_action(run: StepRun) -> Iterator[Push]:
    push = truth(run.value("push"))
    source = run.text("source") or run.text("workdir") or Template(())
    where = source.strip().literal
    folder = resolved(run.top, where or ".") if where is not None and "://" not in where else None
    asked = _Asked(
        files=list(lines(run, "files", "\n,")),
        targets=list(lines(run, "targets", "\n,")),
        set=list(lines(run, "set", "\n")),
        push=push,
        folder=folder,
        variables=run.variables,
        run=run,
        at=run.step.uses or run.step.entry,
        tool="docker/bake-action",
    )
    yield from _baked(asked, is_certain=True)


def baked_by(command: Command, words: tuple[Word, ...]) -> Iterator[Push]:
    """What `docker buildx bake` pushes; `words` are those behind `bake`."""
    options = options_of(words, VALUES)
    variables = {**command.variables, **dict(_assigned(options.values("--var")))}
    asked = _Asked(
        files=_at(command, options.values("-f", "--file")),
        targets=[(word.template, command.at(word)) for word in options.rest],
        set=_at(command, options.values("--set")),
        push=options.has("--push"),
        folder=command.ran.folder,
        variables=variables,
        run=command.run,
        at=command.place,
        tool="docker buildx bake",
    )
    if not options.has("--print", "--list", "--check", "--list-targets", "--list-variables"):
        yield from _baked(asked, is_certain=command.is_certain)


def _at(command: Command, values: Sequence[tuple[Template, Word]]) -> list[tuple[Template, Located]]:
    return [(value, command.at(word)) for value, word in values]


def _assigned(values: Sequence[tuple[Template, Word]]) -> Iterator[tuple[str, Template]]:
    for value, _ in values:
        name, equals, rest = value.prefix.partition("=")
        if equals:
            yield name, Template((rest, *value.parts[1:]), value.conditions)


def _baked(asked: _Asked, *, is_certain: bool) -> Iterator[Push]:
    found = _definitions(asked)
    chosen = [target.literal for target, _ in asked.targets] or ["default"]
    if found is None or None in chosen or not all(found.knows(name or "") for name in chosen):
        yield from _unread(asked, is_certain)
        return
    for target in found.chosen(name or "" for name in chosen):
        yield from _of_target(target, asked, is_certain)


def _of_target(target: Target, asked: _Asked, is_certain: bool) -> Iterator[Push]:
    from fnmatch import fnmatchcase

    tags, outputs = target.tags, target.outputs
    is_replaced = False  # several `tags=` for one target add up, and replace what the file says
    for key, appends, value, at in _settings(asked.set):
        pattern, _, field = key.rpartition(".")
        if not fnmatchcase(target.name, pattern):
            continue
        if field == "tags":
            if not appends and not is_replaced:
                tags, is_replaced = [], True
            tags = [*(tags or []), (value, at)]
        elif field == "output":
            outputs = [*(outputs or []), value] if appends else [value]
    push = asked.push
    named: list[tuple[Template, Located]] = []
    for output in outputs if outputs is not None else ():
        fields = csv(output)
        kind = (fields.get("type") or Template(())).literal
        asks = (fields.get("push") or Template(())).literal
        if push is not True and (kind == "registry" or asks == "true"):
            push = True
        named += [(name, asked.at) for name in names(fields.get("name"))]
    if outputs is None and push is False:
        push = None
    if push is False:
        return
    if tags is None:
        tags = [(_hole("the bake file works the tags out"), asked.at)]
    references = tags or named  # tags take the place of every `name=` (docker/buildx, build/opt.go)
    for reference, place in references:
        made = Baked(target, asked.folder, tuple(_settings(asked.set)))
        yield Push(reference, place, asked.tool, is_certain=is_certain and push is True, made_from=made)
    if not references:
        hole = _hole(f"target `{target.name}` has no tags")
        yield Push(hole, asked.at, asked.tool, is_certain=False)


def _settings(items: Items) -> Iterator[tuple[str, bool, Template, Located]]:
    """`target.key=value` and `target.key+=value`."""
    for line, at in items:
        key, equals, value = line.prefix.partition("=")
        if equals:
            rest = Template((value, *line.parts[1:]), line.conditions).strip()
            yield key.strip().rstrip("+").strip(), key.rstrip().endswith("+"), rest, at


def _unread(asked: _Asked, is_certain: bool) -> Iterator[Push]:
    """The files cannot be read: what the command line says."""
    push = asked.push
    named: list[tuple[Template, Located]] = []
    for key, _, value, at in _settings(asked.set):
        field = key.rpartition(".")[2]
        if field in ("tags", "tag"):
            named.append((value, at))
        elif field == "output":
            fields = csv(value)
            if (fields.get("type") or Template(())).literal == "registry" or "push" in fields:
                push = True
            named += [(name, at) for name in names(fields.get("name"))]
    if push is False:
        return
    for reference, at in named or [(_hole("a bake file names it"), asked.at)]:
        yield Push(reference, at, asked.tool, is_certain=is_certain and push is True)


def _hole(reason: str) -> Template:
    return Template((Hole("*", reason),))


def _definitions(asked: _Asked) -> Definitions | None:
    """The bake files read together; None where one is not known or cannot be read."""
    from lading.models.bake import DEFAULT_FILES, definitions

    paths: list[str] = []
    given: list[tuple[str, list[tuple[Template, Located]]]] = []
    labels: list[tuple[str, list[tuple[Template, Located]]]] = []
    if any("://" in text.prefix and not text.prefix.startswith("cwd://") for text, _ in asked.targets):
        return None
    for text, at in asked.files:
        text = _without_scheme(text)
        if text.prefix.startswith(GIVEN):
            first, *rest = text.split(CUT)
            if first.literal is None:
                return None
            name = first.literal.removeprefix(GIVEN)
            given.append((name, [(each, at) for each in rest if each.parts and not _is_label(each)]))
            labels.append((name, [(_label(each), at) for each in rest if _is_label(each)]))
            continue
        path = text.strip().literal
        whole = resolved(asked.folder, path) if path is not None else None
        if not whole:
            return None
        paths.append(whole)
    if not asked.files:
        named = (resolved(asked.folder, name) for name in DEFAULT_FILES)
        paths = [path for path in named if path and asked.run.texts.exists(path)]
    if not paths:
        return None
    found = definitions(paths, asked.run.texts, asked.variables, asked.run.bake_purse)
    for name, tags in given:
        if found is not None and tags:
            found.add_tags(name, tags)
    for name, several in labels:
        if found is not None and several:
            found.add_labels(name, several)
    return found


def _is_label(item: Template) -> bool:
    return item.prefix.startswith(LABEL)


def _label(item: Template) -> Template:
    return Template((item.prefix.removeprefix(LABEL), *item.parts[1:]), item.conditions)


def _without_scheme(text: Template) -> Template:
    if not text.prefix.startswith("cwd://"):
        return text
    return Template((text.prefix.removeprefix("cwd://"), *text.parts[1:]), text.conditions)
