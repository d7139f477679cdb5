"""Whose repository it is: owner and name, and why we think so.

The remote is read from git's own files, because starting git costs more than reading a file. git is asked only where
they hold what only git resolves (includes, `insteadOf`), and then without the variables of a hook that would point it
elsewhere (as pre-commit's `no_git_env` does). Sources: git's documentation of gitrepository-layout and git-config.
"""

from __future__ import annotations

import os

from lading import regex as re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.record import Record

GITHUB = "github.com"
_MAX_CONFIG = 1_000_000
_MAX_UP = 256


class Identity:
    """`owner` and `name` as GitHub writes them, `host` ("github.com"), and `because`: where they come from."""

    __slots__ = ("because", "host", "name", "owner")

    def __init__(self, host: str, owner: str | None, name: str | None, because: str) -> None:
        self.host = host
        self.owner = owner
        self.name = name
        self.because = because

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity) and self._values == other._values

    def __hash__(self) -> int:
        return hash(self._values)

    @property
    def _values(self) -> tuple[str | None, ...]:
        return (self.host, self.owner, self.name, self.because)

    def __repr__(self) -> str:
        return f"Identity({self.host!r}, {self.owner!r}, {self.name!r}, {self.because!r})"


def identify(
    root: str,
    *,
    owner: str | None = None,
    name: str | None = None,
    configured: str | None = None,
    environment: Mapping[str, str],
    record: Record | None = None,
) -> Identity | None:
    """Options, else GITHUB_REPOSITORY, else the configuration, else the git remote; None where nothing tells.

    An option that is missing is filled from what comes next. What was read of git goes on `record`.
    """
    if owner is not None and name is not None:
        return Identity(GITHUB, owner, name, "option --owner")
    found = _from_actions(environment) or _from_config(configured) or _from_git(root, environment, record)
    if owner is None and name is None:
        return found
    host = found.host if found is not None else GITHUB
    return Identity(
        host,
        owner if owner is not None else found.owner if found is not None else None,
        name if name is not None else found.name if found is not None else None,
        "option --owner" if owner is not None else "option --repo",
    )


_FULL_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.-]*)/(?!\.\.?$)([A-Za-z0-9_.-]+)")
_SERVER = re.compile(r"https?://(?:[^/]*@)?([A-Za-z0-9.-]+)(?::[0-9]*)?(?:/|$)", re.IGNORECASE)


def _from_actions(environment: Mapping[str, str]) -> Identity | None:
    match = _FULL_NAME.fullmatch(environment.get("GITHUB_REPOSITORY", ""))
    if match is None:
        return None
    server = _SERVER.match(environment.get("GITHUB_SERVER_URL", ""))
    return Identity(
        _host(server[1]) if server is not None else GITHUB, match[1], match[2], "GITHUB_REPOSITORY"
    )


def _from_config(configured: str | None) -> Identity | None:
    if configured is None:
        return None
    host, _, rest = configured.partition("/")
    match = _FULL_NAME.fullmatch(rest) if "." in host else None
    if match is not None:
        return Identity(host.lower(), match[1], match[2], "`repository` in the configuration")
    match = _FULL_NAME.fullmatch(configured)
    return Identity(GITHUB, match[1], match[2], "`repository` in the configuration") if match else None


def _from_git(root: str, environment: Mapping[str, str], record: Record | None) -> Identity | None:
    top = repository_root(root, record)
    folder = git_folder(top, record) if top is not None else None
    if top is None or folder is None:
        return None
    if record is not None:
        record.note(os.path.join(folder, "config"))
    urls, is_plain = _remotes(folder)
    if not is_plain or any(_is_alias(url) for url in urls.values()):
        if record is not None:
            record.refuse()  # git reads other files too
        urls = _asked(top, environment) or urls
    for remote in _preferred(urls):
        place = _place(urls[remote])
        if place is not None:
            return Identity(*place, f"git remote `{remote}`")
    return None


def _preferred(urls: Mapping[str, str]) -> list[str]:
    """`upstream` before `origin`, since a fork's images go where the original's go; else the only one there is."""
    named = [remote for remote in ("upstream", "origin") if remote in urls]
    return named or (list(urls) if len(urls) == 1 else [])


def repository_root(start: str, record: Record | None = None) -> str | None:
    """The nearest folder with a `.git`, from `start` upwards; None where there is none."""
    folder = os.path.realpath(start)
    for _ in range(_MAX_UP):
        if record is not None:
            record.kind(os.path.join(folder, ".git"))
        if os.path.lexists(os.path.join(folder, ".git")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return None


def git_folder(top: str, record: Record | None = None) -> str | None:
    """The folder with the shared `config`: of a work tree, a linked work tree, or a submodule."""
    git = os.path.join(top, ".git")
    if os.path.isfile(git):
        if record is not None:
            record.note(git)
        pointer = _text(git)
        if not pointer.startswith("gitdir:"):
            return None
        git = os.path.normpath(os.path.join(top, pointer[len("gitdir:") :].strip()))
    if record is not None:
        record.note(os.path.join(git, "commondir"))
    common = _text(os.path.join(git, "commondir")).strip()
    if common:
        git = os.path.normpath(os.path.join(git, common))
    return git if os.path.isdir(git) else None


def _text(path: str) -> str:
    """A small file; empty where it cannot be read."""
    try:
        if not os.path.isfile(path):
            return ""
        with open(path, "rb") as file:
            return file.read(_MAX_CONFIG).decode("utf-8", "replace")
    except OSError:
        return ""


_SECTION = re.compile(r'\s*\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]\s*')
_SETTING = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]*)\s*=\s*(.*)")


_ONLY_GIT = ("include", "includeif", "url", "extensions")
"""Sections that bring other files in (`extensions.worktreeConfig`: one for each work tree) or rewrite URLs."""


def _remotes(folder: str) -> tuple[dict[str, str], bool]:
    """The URL of each remote, and false where the file holds what only git resolves."""
    urls: dict[str, str] = {}
    section, name = "", ""
    text = _text(os.path.join(folder, "config")).replace("\r\n", "\n")
    is_plain = "\\\n" not in text  # a continued line, or a comment that looks like one
    for line in text.replace("\\\n", "").split("\n"):
        head = _SECTION.match(line)
        if head is not None:
            section, name = head[1].lower(), re.sub(r"\\(.)", r"\1", head[2] or "")
            line = line[head.end() :]
            is_plain &= section not in _ONLY_GIT and not section.startswith("remote.")
        setting = _SETTING.match(line)
        if setting is None or section != "remote" or setting[1].lower() != "url":
            continue
        urls.setdefault(name, _unquoted(setting[2]))
    return urls, is_plain


def _unquoted(value: str) -> str:
    """A value without quotes and the comment behind it, which needs no space before it."""
    plain = ""
    for part in _PARTS.finditer(value):
        if part[0][0] in "#;":
            break
        plain += part[0] if part[1] is None else part[1]
    return re.sub(r"\\(.)", r"\1", plain.strip())


_PARTS = re.compile(r'"((?:[^"\\]|\\.)*)"|[#;]|(?:[^"\\#;]|\\.)+')


def _is_alias(url: str) -> bool:
    """`gh:acme/shop`: a short form that the user's own configuration may replace (`insteadOf`)."""
    return "://" not in url and re.match(r"[A-Za-z0-9_-]+:[^/\\]", url) is not None and "@" not in url


def _asked(top: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The URLs as git resolves them."""
    urls: dict[str, str] = {}
    told = _git(top, environment, "remote", "-v") or b""
    for line in told.decode("utf-8", "replace").splitlines():
        remote, _, rest = line.partition("\t")
        url, _, direction = rest.rpartition(" ")
        if direction == "(fetch)":
            urls.setdefault(remote, url)
    return urls


def tracked_files(top: str, environment: Mapping[str, str]) -> tuple[str, ...] | None:
    """Paths of the files that git tracks, those that an ignore file names among them; None where git cannot tell.

    So it is without git, in a folder that is no work tree, in one of another user's, and with a broken index.
    """
    found = _git(top, environment, "ls-files", "--cached", "-z")
    if found is None:
        return None
    return tuple(path for path in found.decode("utf-8", "surrogateescape").split("\0") if path)


def _git(top: str, environment: Mapping[str, str], *arguments: str) -> bytes | None:
    """What git writes; None where it fails."""
    import subprocess

    from lading.git import run_git

    try:
        done = run_git(top, environment, *arguments)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


_URL = re.compile(
    r"(?:https?|ssh|git|git\+ssh|git\+https)://(?:[^/]*@)?([^/:@]+)(?::[0-9]*)?/(.+)", re.IGNORECASE
)
_SCP = re.compile(r"(?:[^@/:]+@)?([A-Za-z0-9][A-Za-z0-9._-]*):(.+)")


def _place(url: str) -> tuple[str, str, str] | None:
    """Host, owner and name of a remote; None for a local path and where a path has more than two parts."""
    match = _URL.fullmatch(url) or (_SCP.fullmatch(url) if "://" not in url else None)
    if match is None or (len(match[1]) == 1 and "://" not in url):
        return None
    host = _host(match[1])
    if "://" not in url and match[2].startswith("/") and host != GITHUB:
        return None  # a folder on a server
    path = match[2].strip("/").removesuffix(".git").strip("/")
    full = _FULL_NAME.fullmatch(path)
    return (host, full[1], full[2]) if full is not None else None


def _host(host: str) -> str:
    """`ssh.github.com`, `www.github.com` and aliases such as `github.com-work` are github.com."""
    host = host.lower().rstrip(".")
    is_alias = host.startswith("github.com-") or (host.startswith("github-") and "." not in host)
    return GITHUB if is_alias or host in ("ssh.github.com", "www.github.com", "github") else host
