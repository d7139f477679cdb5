"""Where people are told of a variable: examples of `.env`, scripts, workflows; each folder is looked through once."""

from __future__ import annotations

from lading import regex as re
from lading.discover import DOTENV, VENDORED, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.source import Source
    from lading.texts import Texts

_TELLS = re.compile(
    r"env|\.(?:sh|bash|fish|ps1|bat|cmd|md|rst|adoc|txt|ya?ml|toml|json|mk|py|rb|js|ts|go|just|tf|nix)$|^[^.]+$",
    re.IGNORECASE,
)
_TOOL_FOLDERS = frozenset(
    ("bin", "ci", "deploy", "deployment", "docs", "env", "envs", "hack", "scripts", "script", "tools", ".ci")
)
_OF_GITHUB = (".github/workflows", ".github/scripts")
_MOST = 300
"""Files that are looked through for the name of a variable."""
_MOST_FAR = 2_000
"""Files, and folders, of the whole repository that are looked through where none of those tells of it."""
_LONG = 20_000
"""Letters of a long stretch of text; an edit seldom makes one more of it."""
_MOST_LONG = 1_000
"""Such stretches in those files."""
_COMPOSE = re.compile(r"(?:^|/)[^/]*compose[^/]*\.ya?ml$", re.IGNORECASE)


class Telling:
    """What the files near a project tell; it holds for all consumers of a repository, and remembers."""

    __slots__ = ("_folders", "_known", "_setting", "_texts")

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._folders: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._known: dict[tuple[str, tuple[str, ...]], bool] = {}
        self._setting: dict[tuple[Source, str], bool] = {}

    def tells(self, name: str, near: Iterable[str]) -> bool:
        """Is a variable named in a file of these folders, their folders of tools, or the workflows?

        A Compose file tells of a variable where it is set in a comment or command (`TAG=1.4`). A name of several words
        (`API_TAG`) is one that any other file of the repository may tell of; `TAG` means something else there.
        """
        folders = tuple(dict.fromkeys(near))
        found = self._known.get((name, folders))
        if found is None:
            found = any(self._tells(path, name) for path in self._files(folders))
            if not found and "_" in name.strip("_"):
                found = self._is_told_far_off(name)
            self._known[name, folders] = found
        return found

    def sets(self, source: Source, name: str) -> bool:
        """Is a variable set in a Compose file? Many services of one file ask for the same."""
        found = self._setting.get((source, name))
        if found is None:
            found = self._setting[source, name] = tells(source.text, name, is_set=True)
        return found

    def _tells(self, path: str, name: str) -> bool:
        return bool(self._texts.ask(path, tells, name, _COMPOSE.search(path) is not None))

    def _files(self, near: tuple[str, ...]) -> Iterator[str]:
        """The files in which people say what a variable is, those nearest to the project first."""
        left = _MOST
        folders = [*near, *_OF_GITHUB, *(below for folder in near for below in self._in(folder)[1])]
        for folder in folders:
            for path in self._in(folder)[0][:left]:
                yield path
                left -= 1

    def _is_told_far_off(self, name: str) -> bool:
        left = _MOST_LONG
        for path in self._texts.ask_all(files_far_off):
            if self._tells(path, name):
                return True
            left -= self._texts.ask(path, long_stretches)
            if left < 0:
                break
        return False

    def _in(self, folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The files of a folder that may tell, and its folders of tools."""
        found = self._folders.get(folder)
        if found is None:
            entries = self._texts.files.entries(folder)
            prefix = f"{folder}/" if folder else ""
            below = tuple(
                prefix + name for name, is_folder, _ in entries if is_folder and name.lower() in _TOOL_FOLDERS
            )
            found = self._folders[folder] = (self._texts.named(folder, _TELLS), below)
        return found


def files_far_off(texts: Texts) -> tuple[str, ...]:
    """The files of all folders that may tell, those nearest to the root first; no Compose files or workflows."""
    found: list[str] = []
    folders = [""]
    for folder in folders:  # which grow
        if len(folders) > _MOST_FAR or len(found) > _MOST_FAR:
            break
        files = texts.named(folder, _TELLS) if folder not in _OF_GITHUB else ()
        found += [path for path in files if kind_of(path) in (None, DOTENV) and not _COMPOSE.search(path)]
        prefix = f"{folder}/" if folder else ""
        for name, is_folder, _ in texts.files.entries(folder):
            if is_folder and name not in VENDORED:
                folders.append(prefix + name)
    return tuple(found[:_MOST_FAR])


def tells(text: str, name: str, is_set: bool) -> bool:
    """Does a text name a variable, or set it (`TAG=`), where it is no part of a longer name?

    Looked for as a plain text: a pattern that must not begin within a word is tried at every letter, at 2 ms for a
    long file.
    """
    wanted = f"{name}=" if is_set else name
    at = text.find(wanted)
    while at >= 0:
        end = at + len(name)
        if not _is_of_name(text[at - 1 : at]) and (is_set or not _is_of_name(text[end : end + 1])):
            return True
        at = text.find(wanted, at + 1)
    return False


def long_stretches(text: str) -> int:
    """How many there are."""
    return len(text) // _LONG


def _is_of_name(letter: str) -> bool:
    return letter == "_" or (letter.isascii() and letter.isalnum())
