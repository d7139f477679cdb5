"""What keeps Compose from reading a project: files that hold nothing or are not there, and the project's name."""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.findings import Hit, assumed, once
from lading.models.compose.load import inside
from lading.models.compose.project import DEFAULT, EXTENDED, INCLUDED, STATED
from lading.models.compose.values import List, Map, Text
from lading.source import Span
from lading.tree import Mapping as YamlMapping
from lading.tree import Scalar, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.models.compose.project import Project
    from lading.models.compose.values import Value
    from lading.source import Source
    from lading.tree import Node

_PLAYBOOKS = re.compile(r"(?:^|/)(?:tasks|handlers|roles|playbooks|molecule)/")

_OF_PLAYS = ("hosts", "import_playbook", "name", "tasks")


def no_mapping(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_no_mappings(project))


def _no_mappings(project: Project) -> Iterator[Hit]:
    for path in project.sources:
        tree = project.texts.tree(path)
        for document in tree.documents if tree.is_sound else ():
            node = resolve(document)
            if isinstance(node, YamlMapping) or (isinstance(node, Sequence) and _is_of_ansible(node, path)):
                continue
            several = len(tree.documents) > 1
            what = f"this document of `{path}`" if several else f"`{path}`"
            yield Hit(
                at=_line_of(node),
                message=f"{what} {_held(node)}; at the top of a Compose file stands a mapping",
                help="Remove the `---` that begins it." if several and _is_nothing(node) else None,
            )


def _is_of_ansible(node: Sequence, path: str) -> bool:
    """Plays and tasks are lists, and their files are named for what they do: `tasks/compose.yaml`."""
    if _PLAYBOOKS.search(path):
        return True
    return any(isinstance(item, YamlMapping) and any(item.entry(key) for key in _OF_PLAYS) for item in node)


def _is_nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null


def _held(node: Node) -> str:
    return "is a list" if isinstance(node, Sequence) else "is empty" if _is_nothing(node) else "is a text"


def _line_of(node: Node) -> Span:
    """The node up to the end of its line; where nothing is written, the place where it would stand."""
    end = node.source.text.find("\n", node.start)
    return Span(node.source, node.start, node.end if end < 0 else min(node.end, end))


def empty_project(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Of several files one may be empty, and so may a file that is used on top of others."""
    if project.standing not in (DEFAULT, STATED):
        return
    trees = [project.texts.tree(path) for path in project.sources]
    if not all(tree.is_sound for tree in trees):
        return
    roots = [resolve(document) for tree in trees for document in tree.documents]
    if all(isinstance(root, YamlMapping) and all(e.name == "version" for e in root) for root in roots):
        yield Hit(
            at=Span(trees[0].source, 0, 0),
            message=f"`{project.path}` holds nothing that Compose could run"
            + ("" if len(trees) == 1 else ", nor do the files on top of it"),
        )


def missing_included_file(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    if project.standing != EXTENDED:
        yield from once(hit for text, way in _drawn_in(project) for hit in _missing(project, text, way))


def _drawn_in(project: Project) -> Iterator[tuple[Text, str]]:
    """The paths of other files, each with the words that say what it is for."""
    for layer in project.layers:
        included = layer.get("include")
        for item in included.items if isinstance(included, List) else ():
            for text in _texts(item.get("path") if isinstance(item, Map) else item):
                yield text, "is included"
            for text in _texts(item.get("env_file") if isinstance(item, Map) else None):
                yield text, "gives variables to an included file"
        services = layer.map("services")
        for name in services.entries if services is not None else ():
            service = services.map(name) if services is not None else None
            extends = service.map("extends") if service is not None else None
            file = extends.text("file") if extends is not None else None
            if file is not None:
                yield file, f"is extended by `{name}`"


def _texts(value: Value | None) -> Iterator[Text]:
    for item in value.items if isinstance(value, List) else (value,):
        if isinstance(item, Text):
            yield item


def _missing(project: Project, text: Text, way: str) -> Iterator[Hit]:
    """A folder that is empty, or not there, may be that of a submodule."""
    from lading.checks.env_files import is_made_elsewhere, is_told_of, near_file

    literal = text.literal
    if not literal or not text.template.is_known or ":" in literal or literal.startswith("github.com/"):
        return
    path = inside(text.origin.folder, literal)
    if path is None or project.texts.exists(path):
        return
    if project.texts.files.is_directory(path or "."):
        yield Hit(text.node, f"`{literal}` {way}, and is a folder, not a file")
        return
    start = text.origin.folder
    above = _from_above(project, start, literal)
    if above is not None and above.startswith(f"{start}/"):
        if not is_told_of(project, "--project-directory"):
            yield Hit(
                text.node,
                f"`{literal}` {way}, which is `{path}` from the folder `{start}`, and not in the repository",
                basis=assumed("unless `--project-directory` is given"),
                help=f"Write `{above[len(start) + 1 :]}`.",
            )
        return
    folder, name = posixpath.split(path)
    if not project.texts.files.entries(folder):
        return
    if ".local." in name or ".override." in name or above is not None:
        return
    if not is_made_elsewhere(project.texts, path) and not is_told_of(project, name):
        yield Hit(
            at=text.node,
            message=f"`{path}` {way}, and is not in the repository",
            basis=assumed("unless it is made where Compose runs"),
            help=near_file(project.texts, path, text.origin.folder),
        )


def _from_above(project: Project, folder: str, literal: str) -> str | None:
    """The file that the path leads to from a folder above, which may be the project's (`--project-directory`)."""
    while folder:
        folder = posixpath.dirname(folder)
        path = inside(folder, literal)
        if path is not None and project.texts.exists(path):
            return path
    return None


_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_SET = re.compile(
    r"^[ \t]*+(?:export[ \t]++)?COMPOSE_PROJECT_NAME[ \t]*+[=:][ \t]*+((?:[^\n]*[^ \t\n])?)", re.MULTILINE
)


def invalid_project_name(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    if project.standing not in (EXTENDED, INCLUDED):
        yield from once((*_name_in_file(project), *_name_in_dotenv(project)))


def _name_in_file(project: Project) -> Iterator[Hit]:
    """The top-level `name`, of which Compose drops what may not stand in it."""
    text = project.model.text("name")
    if text is None or not text.literal or _normalized(text.literal):
        return
    yield Hit(
        at=text.node,
        message=f"nothing of the project's name `{text.literal}` is left once Compose has dropped what is no "
        "lower-case letter, digit, hyphen or underscore",
        basis=assumed(*text.template.conditions),
    )


def _normalized(name: str) -> str:
    return re.sub(r"[^a-z0-9_-]", "", name.lower()).lstrip("_-")


def _name_in_dotenv(project: Project) -> Iterator[Hit]:
    named = project.statement.env_files if project.statement is not None else None
    for path in named if named is not None else (posixpath.join(project.folder, ".env"),):
        source = project.texts.source(path) if project.texts.exists(path) else None
        yield from _name_in(source, project) if source is not None else ()


def _name_in(source: Source, project: Project) -> Iterator[Hit]:
    value = (
        project.layers[0].origin.environment.values.get("COMPOSE_PROJECT_NAME") if project.layers else None
    )
    name = value.literal if value is not None else None
    matches = list(_SET.finditer(source.text))
    if not name or _NAME.fullmatch(name) or not matches:
        return
    normal = _normalized(name)
    yield Hit(
        at=Span(source, *matches[-1].span(1)),
        message=f"`COMPOSE_PROJECT_NAME` is `{name}`; a project's name has lower-case letters, digits, hyphens and "
        "underscores, and begins with a letter or digit",
        basis=assumed("unless the project is named where Compose runs"),
        help=f"Write `{normal}`." if normal else None,
    )
