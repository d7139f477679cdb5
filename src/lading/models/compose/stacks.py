"""Which Compose files go to a swarm: by their names, and by what their comments, scripts and texts for people tell.

`docker stack deploy` takes files of the old format 3 (docker/cli `cli/compose/schema`): it chooses the schema by
`version`, which older releases do not do without, takes `depends_on` as a list only, and makes nothing of it.
"""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.models.compose.glance import MAX_LENGTH
from lading.models.compose.neighbours import folders_above

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.compose.project import Project
    from lading.texts import Texts

_WORDS = re.compile(r"[^a-z]+")
_OF_SWARM = frozenset(("stack", "swarm"))
_COMMAND = re.compile(r"\bdocker\b[^\n|&;]{0,200}?\bstack[ \t]+(?:deploy|up)\b([^\n|&;`]*)")
_OPTION = re.compile(r"\s(?:-c|--compose-file)[= \t]*(\"[^\"]*\"|'[^']*'|[^\s\"'-][^\s\"']*)")
_COMMENT = re.compile(r"(?:^|\s)#(.*)$", re.MULTILINE)
_VARIABLE = re.compile(r"\$[({]?([A-Za-z_]\w*)(?::?-([^)}]*))?[)}]?")
_IN_FOLDER = re.compile(r"[^/]*\$[^/]*/(.*)")
_ASSIGNED = re.compile(
    r"\b([A-Za-z_]\w*)[ \t]*(?:[:?]?=|:)[ \t]*[\"']?(?:\$\{\w+:?-|\$\{?\w+\}?/)?([\w.][\w./-]*\.ya?ml)\b"
)
_TELLS = re.compile(
    r"^(?!.*compose)(?:.*\.(?:sh|bash|zsh|ps1|md|rst|ya?ml|mk|just)$|(?:[^.]+file|justfile|package\.json)$)",
    re.IGNORECASE,
)
"""Compose files are asked for their own comments only."""
_TOOL_FOLDERS = ("scripts", "bin", "deploy", "docs", ".github/workflows", ".github/scripts")
_MOST = 100
"""Files that are looked through for one project."""


def is_of_stack(project: Project) -> bool:
    """Is one of the files of a project deployed to a swarm, as far as somebody says so?"""
    if any(_is_named_so(path) for path in project.files):
        return True
    texts = project.texts
    if any("" in texts.ask(path, told_in_comments) for path in project.files):
        return True
    return any(next(_tellers(project, path, is_certain=False), None) is not None for path in project.files)


def deployed_by(project: Project, path: str) -> str | None:
    """The file with a command that certainly names one of a project's."""
    return next(_tellers(project, path, is_certain=True), None)


def _tellers(project: Project, path: str, *, is_certain: bool) -> Iterator[str]:
    """The files with commands that name one of a project's, those of the project first."""
    texts = project.texts
    for files, question in ((project.files, told_in_comments), (_telling(project.folder, texts), told)):
        for other in files:
            for name in texts.ask(other, question):
                if name and (
                    _is_meant(path, name, other) or (not is_certain and _may_be(path, name, other, texts))
                ):
                    yield other


def _is_named_so(path: str) -> bool:
    return not _OF_SWARM.isdisjoint(_WORDS.split(posixpath.basename(path).lower()))


def _telling(folder: str, texts: Texts) -> Iterator[str]:
    """What is read by people and run by programs, in the folder, those above and their folders of tools."""
    left = _MOST
    there = {name for name, is_folder, _ in texts.files.entries(folder) if is_folder}
    own = [posixpath.join(folder, tool) for tool in _TOOL_FOLDERS if tool.partition("/")[0] in there]
    for each in dict.fromkeys((folder, *folders_above(folder), *own, *_TOOL_FOLDERS)):
        for path in texts.named(each, _TELLS)[:left]:
            yield path
            left -= 1


def told(text: str) -> tuple[str, ...]:
    """The files that the commands `docker stack deploy` in a text name; "" stands for one that names none."""
    if "stack" not in text or len(text) > MAX_LENGTH:
        return ()
    commands = [match[1] for match in _COMMAND.finditer(text.replace("\\\r\n", " ").replace("\\\n", " "))]
    found: dict[str, None] = {}
    for command in commands:
        given = [name for match in _OPTION.finditer(command) for name in match[1].strip("\"'").split(",")]
        found.update(dict.fromkeys(file for name in given for file in _filled_in(name, text)))
        if not given and "-c" not in command:
            found[""] = None
    return tuple(found)


def told_in_comments(text: str) -> tuple[str, ...]:
    """As `told`, of what stands in the comments of a YAML file."""
    if "stack" not in text:
        return ()
    return told("\n".join(match[1] for match in _COMMENT.finditer(text)))


def _filled_in(name: str, text: str) -> Iterator[str]:
    """A file as it is written, or what a variable in its place is set to; of a variable folder nothing is left."""
    match = _VARIABLE.fullmatch(name)
    if match is None:
        name = _IN_FOLDER.sub(r"\1", name)
        if "$" not in name:
            yield posixpath.normpath(name)
        return
    if match[2] and "$" not in match[2]:
        yield posixpath.normpath(match[2])
    for variable, value in _ASSIGNED.findall(text):
        if variable == match[1]:
            yield posixpath.normpath(value)


def _places(name: str, teller: str) -> list[str]:
    """Where a file lies that another one names: beside that one, or from the root."""
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(teller), name))
    return [place for place in (beside, name) if not place.startswith(("/", "~", "../"))]


def _is_meant(path: str, name: str, teller: str) -> bool:
    return path in _places(name, teller)


def _may_be(path: str, name: str, teller: str, texts: Texts) -> bool:
    """Is it meant after a change of folder: is nothing of that name there, and the file further down?"""
    folder = posixpath.dirname(teller)
    is_below = not folder or path.startswith(f"{folder}/") or folder.startswith(".github/")
    return is_below and path.endswith(f"/{name}") and not any(map(texts.exists, _places(name, teller)))
