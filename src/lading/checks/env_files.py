"""Files of variables or labels that a service names and that are not there."""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.findings import Hit, assumed
from lading.models.compose.project import EXTENDED, truth
from lading.models.compose.values import List, Map, Text
from lading.texts import of_names
from lading.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from lading.models.compose.project import Project, Service
    from lading.models.compose.values import Value
    from lading.texts import Texts

_PRIVATE = re.compile(r"\.env|stack\.env|.*\.local|.*secret.*|.*private.*|.*credential.*", re.IGNORECASE)
_TELLS = re.compile(
    r"^(?!.*compose)(?:.*\.(?:sh|bash|ps1|bat|md|rst|adoc|txt|ya?ml|mk|py|js|ts|just)$|(?:[^.]+file|justfile)$)",
    re.IGNORECASE | re.DOTALL,
)
"""Of thousands of Compose files in one folder none is looked at for each project."""
_ANY = re.compile("")
_MOST = 1_000
"""Files of a folder among which one with nearly the same name is looked for."""
_TWIN = re.compile(r"example|sample|template|tmpl|dist|default|defaults|tpl", re.IGNORECASE)


def missing_env_file(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    """One hit for each file, at the first place that names it."""
    if project.standing == EXTENDED:
        return
    found: dict[tuple[str, str], list[tuple[Service, Text]]] = {}
    for service in project.having("env_file", "label_file"):
        for key, what in (("env_file", "variables"), ("label_file", "labels")):
            for text in _required(service.definition.get(key)):
                path = _path(text)
                if path is not None:
                    found.setdefault((path, what), []).append((service, text))
    for (path, what), named in found.items():
        if not _may_be_there(project, path):
            yield _of_file(path, what, named)


def _path(text: Text) -> str | None:
    """The path from the root of what lies in the repository."""
    written = text.literal
    if not written or not text.template.is_known or written.startswith(("/", "~")) or "\\" in written:
        return None
    path = posixpath.normpath(posixpath.join(text.origin.folder, written))
    return path if not path.startswith("../") else None


def _may_be_there(project: Project, path: str) -> bool:
    texts = project.texts
    return (
        texts.exists(path) or is_made_elsewhere(texts, path) or is_told_of(project, posixpath.basename(path))
    )


def _of_file(path: str, what: str, named: list[tuple[Service, Text]]) -> Hit:
    service, text = named[0]
    names = list(dict.fromkeys(f"`{each.name}`" for each, _ in named))
    who = names[0]
    if len(names) > 1:
        who += f" and {names[1]}" if len(names) == 2 else f" and {len(names) - 1} other services"
    places = {
        (place.node.source.path, place.node.start): (place.node, f"`{each.name}` takes them too")
        for each, place in reversed(named)
        if place.node is not text.node
    }
    return Hit(
        at=text.node,
        message=f"{who} {'takes' if len(names) == 1 else 'take'} {what} from `{path}`, which is not in the repository",
        related=reversed(places.values()),
        basis=assumed("unless it is made where Compose runs"),
        help=near_file(service.project.texts, path, text.origin.folder),
    )


def _required(value: Value | None) -> Iterator[Text]:
    for item in value.items if isinstance(value, List) else (value,):
        if isinstance(item, Text):
            yield item
        elif isinstance(item, Map):
            required, path = item.text("required"), item.text("path")
            if path is not None and (required is None or truth(required) is True):
                yield path


def is_made_elsewhere(texts: Texts, path: str) -> bool:
    """Files with secrets are made where they are used: by their name, an example beside them, or `.gitignore`."""
    folder, _, name = path.rpartition("/")
    if _PRIVATE.fullmatch(name) or name.startswith(".env.") or not texts.files.is_directory(folder or "."):
        return True
    stem = name.removesuffix(".env").strip(".").lower()
    if any(stem in posixpath.basename(other).lower() for other in texts.named(folder, _TWIN)):
        return True
    return _is_ignored(texts, path)


def is_told_of(project: Project, name: str) -> bool:
    """Does a workflow, a script or a text for people speak of the file, and so perhaps of how it is made?"""
    own = tuple(path for path in project.files if _TELLS.search(path.rpartition("/")[2]))
    find = project.texts.find
    return any(find(folder, has_name, name, but=own) is not None for folder in _telling_folders(project))


def telling_files(project: Project) -> Iterator[str]:
    """Workflows, scripts and texts for people that may speak of a project."""
    for folder in _telling_folders(project):
        yield from (path for path in project.texts.named(folder, _TELLS) if path not in project.files)


def _telling_folders(project: Project) -> Iterable[str]:
    return dict.fromkeys(
        (project.folder, "", ".github/workflows", ".github/scripts", "scripts", "bin", "deploy")
    )


@of_names(_TELLS)
def has_name(text: str, name: str) -> bool:
    """Does a text speak of a file?"""
    return name in text


def _is_ignored(texts: Texts, path: str) -> bool:
    folder = posixpath.dirname(path)
    while True:
        ignore = f"{folder}/.gitignore" if folder else ".gitignore"
        source = texts.source(ignore) if texts.exists(ignore) else None
        if source is not None:
            from lading.gitignore import spec_of

            below = path[len(folder) + 1 :] if folder else path
            if spec_of(source.text.splitlines()).match_file(below):
                return True
        if not folder:
            return False
        folder = posixpath.dirname(folder)


def near_file(texts: Texts, path: str, folder: str) -> str | None:
    """The file that was probably meant: a name of the same folder that differs by a letter or two."""
    place, _, name = path.rpartition("/")
    paths = texts.named(place, _ANY)
    near = nearest(name, map(posixpath.basename, paths), 0.8, most=_MOST)
    if near is None:
        return None
    return f"Write `{posixpath.relpath(posixpath.join(place, near), folder or '.')}`, which is there."
