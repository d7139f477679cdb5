"""goreleaser: the images that its configuration names, by the action or on the command line.

Sources: goreleaser.com, customization: dockers, docker_manifests, dockers_v2, ko; goreleaser/goreleaser-action.
"""

from __future__ import annotations

import posixpath

from lading.models.calls import resolved
from lading.models.gotemplate import rendered
from lading.models.recognisers.inputs import tags_for
from lading.models.recognisers.ko import module_of, named_by_ko
from lading.models.recognisers.options import options_of
from lading.models.recognisers.push import Push
from lading.models.template import Hole, Template, join
from lading.tree import Mapping, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Lookup

    from lading.models.recognisers.table import Command
    from lading.models.steps import StepRun
    from lading.source import Located
    from lading.texts import Texts
    from lading.tree import Node

NAMES = (
    *(".config/goreleaser.yml", ".config/goreleaser.yaml", ".goreleaser.yml", ".goreleaser.yaml"),
    *("goreleaser.yml", "goreleaser.yaml"),
)
"""The configurations that are looked for, in this order."""
_VALUES = frozenset(
    (
        *(
            "-f",
            "--config",
            "--skip",
            "-p",
            "--parallelism",
            "--timeout",
            "--release-notes",
            "--release-header",
        ),
        *("--release-footer", "--release-notes-tmpl", "--release-header-tmpl", "--release-footer-tmpl"),
        *("-k", "--key", "--prepare-for", "--id", "--single-target"),
    )
)
_TOOL = "goreleaser"


def release_action(run: StepRun) -> Iterator[Push]:
    at = run.step.inputs.get("args") or run.step.uses or run.step.entry
    text = run.text("args")
    where = run.text("workdir")
    folder = run.top
    if where is not None and where.parts:
        folder = resolved(folder, where.literal) if where.literal is not None else None
    if text is None or (text.literal or "") == "":
        return
    words = [word for word in text.split(" \n\t") if word.parts]
    yield from _released(words, folder, run.variables, run, at, True)


def release_command(command: Command) -> Iterator[Push]:
    words = [word.template for word in command.words]
    folder, variables = command.ran.folder, command.variables
    yield from _released(words, folder, variables, command.run, command.place, command.is_certain)


def _released(
    words: list[Template],
    folder: str | None,
    variables: Lookup[str, Template],
    run: StepRun,
    at: Located,
    is_certain: bool,
) -> Iterator[Push]:
    from lading.models.shell import Word

    options = options_of(tuple(Word(word, 0, 0) for word in words), _VALUES)
    verb = options.rest[0].literal if options.rest else None
    skipped = {name for value, _ in options.values("--skip") for name in (value.literal or "").split(",")}
    skipped |= {name for name in ("publish", "docker", "ko") if options.has(f"--skip-{name}")}
    if verb not in ("release", "r", "continue", "publish") or "publish" in skipped:
        return
    if options.has("--snapshot", "--split", "--prepare"):
        return
    named = options.last("-f", "--config")
    root = _configuration(named, folder, run.texts)
    if root is None:
        hole = Template((Hole("*", "its configuration names it"),))
        yield Push(hole, at, _TOOL, is_certain=False, doubt="its configuration is not known")
        return
    release = _Release(root, variables, run, skipped, is_certain)
    yield from release.pushes()


def _configuration(named: Template | None, folder: str | None, texts: Texts) -> Mapping | None:
    names = NAMES if named is None else (named.literal,)
    for name in names:
        path = resolved(folder, name) if name is not None else None
        if path and texts.exists(path):
            root = texts.tree(path).root
            return root if isinstance(root, Mapping) else None
    return None


class Entry:
    """An entry of `dockers`, `dockers_v2` or `docker_manifests`, with what its templates can name."""

    __slots__ = ("_fields", "node")

    def __init__(self, node: Mapping, fields: Lookup[str, object]) -> None:
        self.node = node
        self._fields = fields

    @property
    def labels(self) -> list[tuple[Template, Located]]:
        """`name=value` of each label: flags `--label=…` of `build_flag_templates`, and the mapping `labels`."""
        found: list[tuple[Template, Located]] = []
        for item in _items(self.node.get("build_flag_templates")):
            if item.text.startswith("--label="):
                found.append((rendered(item.text.removeprefix("--label="), self._fields).text, item))
        labels = self.node.get("labels")
        for each in labels if isinstance(labels, Mapping) else ():
            if isinstance(each.value, Scalar):
                value = rendered(each.value.text, self._fields).text
                found.append((Template((f"{each.name}=", *value.parts), value.conditions), each.value))
        return found

    @property
    def annotations(self) -> list[Template]:
        """The flags of the build, and `name=value` of each annotation (goreleaser.com, dockers_v2)."""
        keys = ("build_flag_templates", "flags")
        found = [Template.of(item.text) for key in keys for item in _items(self.node.get(key))]
        annotations = self.node.get("annotations")
        for each in annotations if isinstance(annotations, Mapping) else ():
            found.append(rendered(each.name or "", self._fields).text)
        return found

    @property
    def dockerfile(self) -> str:
        """Its path from the folder of the project."""
        return _text(self.node.get("dockerfile")) or "Dockerfile"

    @property
    def is_list_of_images(self) -> bool:
        """Does it only name images that other entries build?"""
        return self.node.get("name_template") is not None


class _Release:
    """A configuration with what its templates can name."""

    def __init__(
        self,
        root: Mapping,
        variables: Lookup[str, Template],
        run: StepRun,
        skipped: set[str],
        is_certain: bool,
    ) -> None:
        self.root = root
        self.run = run
        self.skipped = skipped
        self.is_certain = is_certain
        environment: dict[str, object] = dict(variables)
        self.fields: dict[str, object] = {"Env": environment}
        for item in _items(root.get("env")):
            key, equals, value = item.text.partition("=")
            if equals:
                environment[key] = rendered(value, self.fields).text
        project = self._project()
        if project is not None:
            self.fields["ProjectName"] = project

    def _project(self) -> Template | None:
        """Its name: the one that is given, that of the release, of the Go module, of the repository."""
        given = self.root.get("project_name")
        if isinstance(given, Scalar):
            return rendered(given.text, self.fields).text
        release = self.root.get("release")
        forge = release.get("github") if isinstance(release, Mapping) else None
        name = _text(forge.get("name")) if isinstance(forge, Mapping) else None
        name = name or module_of(".", self._folder(None), self.run.texts)
        github = self.run.contexts["github"]
        repository = github.get("repository") if isinstance(github, dict) else None
        name = name or (repository if isinstance(repository, str) else None)
        return Template.of(name.rpartition("/")[2]) if name else None

    def _folder(self, below: str | None) -> str | None:
        """The folder of the project, or one below."""
        path = self.root.source.path
        return resolved(posixpath.dirname(path.removeprefix(".config/")), below or ".")

    def pushes(self) -> Iterator[Push]:
        """What is pushed."""
        if "docker" not in self.skipped:
            for entry in _entries(self.root.get("dockers")):
                yield from self._listed(entry, "image_templates", "skip_push")
            for entry in _entries(self.root.get("docker_manifests")):
                yield from self._listed(entry, "name_template", "skip_push")
            for entry in _entries(self.root.get("dockers_v2")):
                yield from self._of_second_form(entry)
        if "ko" not in self.skipped:
            for entry in _entries(self.root.get("kos")):
                yield from self._of_ko(entry)

    def _is_off(self, entry: Mapping, *keys: str) -> bool | None:
        """Is an entry told not to push? None where that is not known."""
        for key in keys:
            node = entry.get(key)
            if isinstance(node, Scalar) and node.text:
                if node.text == "auto":
                    return None
                told = rendered(node.text, self.fields)
                if told.text.conditions:
                    self.conditions = told.text.conditions
                text = told.text.literal
                if text is None or not told.is_certain:
                    return None
                if text.strip().lower() == "true":
                    return True
        return False

    def _texts(self, node: Node | None) -> Iterator[tuple[Template, bool, Scalar]]:
        """The texts of a list or of one scalar, those that come to nothing left out."""
        for item in _items(node):
            found = rendered(item.text, self.fields)
            if found.text.strip().parts:
                yield found.text.strip(), found.is_certain, item

    def _push(self, reference: Template, at: Scalar, is_certain: bool, entry: Entry | None = None) -> Push:
        whole = Template(reference.parts, (*reference.conditions, *self.conditions))
        return Push(whole, at, _TOOL, is_certain=self.is_certain and is_certain, made_from=entry)

    conditions: tuple[str, ...] = ()

    def _listed(self, entry: Mapping, key: str, *off: str) -> Iterator[Push]:
        self.conditions = ()
        is_off = self._is_off(entry, *off)
        if is_off:
            return
        for text, is_certain, node in self._texts(entry.get(key)):
            yield self._push(text, node, is_certain and is_off is False, Entry(entry, self.fields))

    def _of_second_form(self, entry: Mapping) -> Iterator[Push]:
        self.conditions = ()
        is_off = self._is_off(entry, "disable", "skip_push")
        if is_off:
            return
        certain = {tag: is_certain for tag, is_certain, _ in self._texts(entry.get("tags"))}
        images = list(self._texts(entry.get("images")))
        tags = tags_for([image for image, _, _ in images], list(certain))
        for image, is_certain, node in images:
            for tag in tags:
                whole = join((image, Template.of(":"), tag))
                is_sure = is_certain and certain.get(tag, any(certain.values())) and is_off is False
                yield self._push(whole, node, is_sure, Entry(entry, self.fields))

    def _of_ko(self, entry: Mapping) -> Iterator[Push]:
        self.conditions = ()
        is_off = self._is_off(entry, "disable")
        if is_off:
            return
        given = [tag for tag, _, _ in self._texts(entry.get("tags"))] or [Template.of("latest")]
        repositories = list(self._texts(entry.get("repositories") or entry.get("repository")))
        tags = tags_for([repository for repository, _, _ in repositories], given)
        style = next((key for key in _STYLES if _is_true(entry.get(key))), None)
        path = self._import_path(entry)
        for repository, is_certain, node in repositories:
            name = named_by_ko(repository, path, _STYLES[style] if style is not None else None)
            for tag in tags:
                whole = join((name, Template.of(":"), tag))
                yield self._push(whole, node, is_certain and is_off is False)

    def _import_path(self, entry: Mapping) -> str | None:
        """The import path of the build that ko packs: that of the module, and `main` of the build."""
        build = entry.get("build")
        wanted = build.text if isinstance(build, Scalar) else None
        builds = list(_entries(self.root.get("builds")))
        chosen = next((each for each in builds if wanted is None or _text(each.get("id")) == wanted), None)
        main = _text(entry.get("main")) or (_text(chosen.get("main")) if chosen is not None else None) or "."
        folder = _text(entry.get("working_dir")) or (_text(chosen.get("dir")) if chosen is not None else None)
        return module_of(main, self._folder(folder), self.run.texts)


_STYLES = {
    "bare": "--bare",
    "base_import_paths": "--base-import-paths",
    "preserve_import_paths": "--preserve-import-paths",
}


def _is_true(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.text == "true"


def _text(node: Node | None) -> str | None:
    return node.text if isinstance(node, Scalar) and "{{" not in node.text else None


def _entries(node: Node | None) -> Iterator[Mapping]:
    for item in node.items if isinstance(node, Sequence) else ():
        if isinstance(item, Mapping):
            yield item


def _items(node: Node | None) -> Iterator[Scalar]:
    for item in node.items if isinstance(node, Sequence) else (node,):
        if isinstance(item, Scalar):
            yield item
