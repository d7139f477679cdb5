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
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
        *("--project", "--token", "--build-platform", "--save-tag"),  # of `depot bake`
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
        set: tuple[Setting, ...],
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


class Setting:
    """What is `set` for some targets: `key` of those that `target` is a pattern for.

    `target` may hold holes. `appends`: does it add to what the file says? `at` is its place.
    """

    __slots__ = ("appends", "at", "key", "target", "value")

    def __init__(self, target: Template, key: str, appends: bool, value: Template, at: Located) -> None:
        self.target = target
        self.key = key
        self.appends = appends
        self.value = value
        self.at = at

    def touches(self, name: str) -> bool | None:
        """Is it set for the target of that name? None where that is not known."""
        from fnmatch import fnmatchcase

        pattern = self.target.literal
        return fnmatchcase(name, pattern) if pattern is not None else None


class Baked:
    """A target that is built: from which folder, and what is `set` for it and others."""

    __slots__ = ("folder", "set", "target")

    def __init__(self, target: Target, folder: str | None, set: tuple[Setting, ...]) -> None:
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
        set=tuple(_settings(lines(run, "set", "\n"))),
        push=push,
        folder=folder,
        variables={**run.variables, **dict(_assigned(value for value, _ in lines(run, "vars", "\n")))},
        run=run,
        at=run.step.uses or run.step.entry,
        tool="docker/bake-action",
    )
    yield from _baked(asked, is_certain=True)


def baked_by(command: Command, words: tuple[Word, ...]) -> Iterator[Push]:
    """What `docker buildx bake` pushes; `words` are those behind `bake`."""
    options = options_of(words, VALUES)
    given = _assigned(value for value, _ in options.values("--var"))
    variables = {**command.variables, **dict(given)}
    asked = _Asked(
        files=_at(command, options.values("-f", "--file")),
        targets=[(word.template, command.at(word)) for word in options.rest],
        set=tuple(_settings(_at(command, options.values("--set")))),
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


def _assigned(values: Iterable[Template]) -> Iterator[tuple[str, Template]]:
    """`name=value`, which is taken before what the environment says."""
    for value in values:
        name, equals, rest = value.prefix.partition("=")
        if equals:
            yield name, Template((rest, *value.parts[1:]), value.conditions)


def _baked(asked: _Asked, *, is_certain: bool) -> Iterator[Push]:
    found = _definitions(asked)
    chosen = [target.literal for target, _ in asked.targets] or ["default"]
    if found is None or None in chosen or not all(found.knows(name or "") for name in chosen):
        yield from _of_target(None, asked, is_certain)
        return
    for target in found.chosen(name or "" for name in chosen):
        yield from _of_target(target, asked, is_certain)


def _of_target(target: Target | None, asked: _Asked, is_certain: bool) -> Iterator[Push]:
    """What is pushed of a target; of None where the files or the targets are not known: what the command line says."""
    tags = target.tags if target is not None else None
    written = target.outputs if target is not None else []
    outputs = [(output, asked.at) for output in written] if written is not None else None
    push = asked.push
    is_replaced = False  # several `tags=` for one target add up, and replace what the file says
    for each in asked.set:
        touches = each.touches(target.name) if target is not None else _touches_all(each, asked)
        if touches is False or each.key not in ("tags", "output", "push"):
            continue
        is_certain = is_certain and touches is True
        if each.key == "push":
            push = _either(push, _truth(each.value))
        elif each.key == "output":
            before = (outputs or []) if each.appends or touches is None else []
            outputs = [*before, (each.value, each.at)]
        elif touches is True and not each.appends and not is_replaced:
            # an empty one leaves no tag at all (docker/buildx, bake/bake.go: AddOverrides, removeDupesStr)
            tags, is_replaced = [(each.value, each.at)] if each.value.parts else [], True
        elif each.value.parts:
            tags = [
                *(_not_told(asked) if tags is None and target is not None else tags or ()),
                (each.value, each.at),
            ]
    named: list[tuple[Template, Located]] = []
    for output, at in outputs if outputs is not None else ():
        fields = csv(output)
        push = _either(push, _asks(fields))
        named += [(name, at) for name in names(fields.get("name"))]
    if outputs is None and push is False:
        push = None
    if push is False:
        return
    if tags is None:
        is_certain = is_certain and not (named and target is None)
        tags = named if target is None and named else _not_told(asked)
    references = tags or named  # tags take the place of every `name=` (docker/buildx, build/opt.go)
    made = Baked(target, asked.folder, asked.set) if target is not None else None
    for reference, place in references:
        yield Push(reference, place, asked.tool, is_certain=is_certain and push is True, made_from=made)
    if not references:
        hole = _hole(f"target `{target.name}` has no tags" if target is not None else "there are no tags")
        yield Push(hole, asked.at, asked.tool, is_certain=False)


def _touches_all(setting: Setting, asked: _Asked) -> bool | None:
    """Is something set for every target that is asked for, where these are not known? None where that is not known."""
    wanted = setting.target
    return wanted.literal == "*" or (len(asked.targets) == 1 and asked.targets[0][0] == wanted) or None


def _asks(fields: Mapping[str, Template]) -> bool | None:
    """Does an output push? None where that is not known."""
    push = fields.get("push")
    if (fields.get("type") or Template(())).literal == "registry":
        return True
    return _truth(push) if push is not None else False


def _either(one: bool | None, other: bool | None) -> bool | None:
    return True if one or other else None if one is None or other is None else False


def _truth(value: Template) -> bool | None:
    return truth(value.literal) if value.literal is not None else None


def _not_told(asked: _Asked) -> list[tuple[Template, Located]]:
    return [(_hole("the bake file works the tags out"), asked.at)]


def _settings(items: Iterable[tuple[Template, Located]]) -> Iterator[Setting]:
    """`target.key=value` and `target.key+=value`; a target that is not known may be set all the same."""
    for line, at in items:
        whole, equals, value = _cut(line, "=")
        target, dot, key = _cut(whole, ".")
        name = key.literal
        if equals and dot and name is not None:
            yield Setting(target.strip(), name.rstrip("+ "), name.rstrip().endswith("+"), value.strip(), at)


def _cut(text: Template, mark: str) -> tuple[Template, bool, Template]:
    """Cut at the first mark that stands in a literal: what is before it, is it there, and what is behind it."""
    for number, part in enumerate(text.parts):
        before, found, after = part.partition(mark) if isinstance(part, str) else ("", "", "")
        if found:
            head = Template((*text.parts[:number], before), text.conditions)
            return head, True, Template((after, *text.parts[number + 1 :]), text.conditions)
    return text, False, Template(())


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
        if found is not None and not tags:
            found.add_annotations(name)
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
