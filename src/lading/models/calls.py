"""Scripts that a command runs: files of the repository, `bash -c`, recipes of make, scripts of package.json."""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.memory import remembered
from lading.models.template import Hole, Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from lading.models.shell import Word
    from lading.source import Source

    Read = Callable[[str], Source | None]

WORKSPACE = "/\ue010"
"""What stands for GITHUB_WORKSPACE, the root of the repository on a runner; a private use character."""
MAX_LENGTH = 100_000
"""Code points of a file that is followed."""

SHELLS = frozenset(("bash", "sh", "zsh", "dash", "ksh"))
MAKES = frozenset(("make", "gmake"))
RUNNERS = frozenset(("npm", "pnpm", "yarn", "bun"))
"""Programs that run the scripts of a package.json."""
_SHEBANG = r"#!\s*\S*/(?:env\s+(?:-S\s+)?)?(?:ba|da|z|k)?sh\b"
_OWN_VERBS = frozenset(
    ("install", "ci", "i", "add", "exec", "dlx", "publish", "pack", "version", "login", "x")
)
_SHORT_VERBS = frozenset(("test", "start", "stop", "restart"))
"""What npm runs as a script without `run`."""


class Called:
    """A script that a command runs.

    - `text`, `values`: the script, masked (see `lading.models.shell.masked`)
    - `source`: the file that it is, None where it stands in the command or is made of recipes
    - `folder`: where it runs; `arguments`: its positional parameters, None where it has those of its caller
    - `variables`: what its environment holds besides; `is_same_shell`: does it change the caller's variables?
    """

    __slots__ = ("arguments", "folder", "is_same_shell", "source", "text", "values", "variables")

    def __init__(
        self,
        text: str,
        *,
        folder: str | None,
        values: tuple[Template, ...] = (),
        source: Source | None = None,
        arguments: Sequence[Template] | None = (),
        variables: Mapping[str, Template] | None = None,
        is_same_shell: bool = False,
    ) -> None:
        self.text = text
        self.values = values
        self.source = source
        self.folder = folder
        self.arguments = tuple(arguments) if arguments is not None else None
        self.variables = dict(variables or {})
        self.is_same_shell = is_same_shell


def resolved(folder: str | None, path: str) -> str | None:
    """A path that a command names, from the root of the repository; None where it may lie elsewhere."""
    if path == WORKSPACE or path.startswith(WORKSPACE + "/"):
        folder, path = "", path[len(WORKSPACE) + 1 :]
    if folder is None or path.startswith(("/", "~", "-")):
        return None
    return _within(folder, path)


@remembered(1024)
def _within(folder: str, path: str) -> str | None:
    """A path as seen from a folder, both from the root of the repository; None where it leads out of it."""
    whole = posixpath.normpath(posixpath.join(folder, path))
    return None if whole == ".." or whole.startswith("../") else "" if whole == "." else whole


def entered(folder: str | None, arguments: Sequence[Template]) -> str | None:
    """The folder after `cd`."""
    literal = arguments[0].literal if len(arguments) == 1 else None
    return resolved(folder, literal) if literal is not None else None


def called_script(
    words: tuple[Word, ...],
    stdin: Template | None,
    variables: Mapping[str, Template],
    folder: str | None,
    read: Read | None,
) -> Called | None:
    """What a command runs, where it can be read."""
    name = words[0].literal if words else None
    if name is None:
        return None
    if name in SHELLS:
        return _by_shell(words[1:], stdin, folder, read)
    if name == "eval" and len(words) > 1:
        return _eval(words[1:], folder)
    if read is None:
        return None
    if name in ("source", "."):
        return _sourced(words[1:], folder, read)
    if name in MAKES:
        return _made(words[1:], variables, folder, read)
    if name in RUNNERS:
        return _packaged(name, words[1:], folder, read)
    if "/" in name and not name.startswith("/usr/"):
        return _file(words, folder, read, needs_shebang=not name.endswith((".sh", ".bash")))
    return None


def _by_shell(
    words: tuple[Word, ...], stdin: Template | None, folder: str | None, read: Read | None
) -> Called | None:
    while words and (words[0].literal or "").startswith(("-", "+")):
        option = words[0].literal or ""
        if "c" in option and not option.startswith("--") and len(words) > 1:
            text, values = _masked(words[1].template)
            rest = [word.template for word in words[3:]]
            return Called(text, values=values, folder=folder, arguments=rest)
        takes = option[-1] in "oO" if option[1:2] != "-" else option in ("--rcfile", "--init-file")
        words = words[2 if takes else 1 :]
    if words:
        return _file(words, folder, read, needs_shebang=False) if read is not None else None
    if stdin is not None and stdin.parts and not (stdin.holes and len(stdin.parts) == 1):
        text, values = _masked(stdin)
        return Called(text, values=values, folder=folder)
    return None


def _eval(words: tuple[Word, ...], folder: str | None) -> Called | None:
    if any(word.template.holes for word in words):
        return None
    text = " ".join(word.literal or "" for word in words)
    return Called(text, folder=folder, arguments=None, is_same_shell=True)


def _masked(template: Template) -> tuple[str, tuple[Template, ...]]:
    """A partly known script: its holes masked as expressions are."""
    from lading.models.shell import OPEN

    values: list[Template] = []
    text = ""
    for part in template.parts:
        if isinstance(part, Hole):
            text += f"{OPEN}{len(values)}"
            values.append(Template((part,)))
        else:
            text += part
    return text, tuple(values)


def _file(words: tuple[Word, ...], folder: str | None, read: Read, *, needs_shebang: bool) -> Called | None:
    source = _read(words[0].literal, folder, read)
    if source is None or (needs_shebang and re.match(_SHEBANG, source.text) is None):
        return None
    return Called(source.text, source=source, folder=folder, arguments=[word.template for word in words[1:]])


def _read(path: str | None, folder: str | None, read: Read) -> Source | None:
    whole = resolved(folder, path) if path else None
    source = read(whole) if whole else None
    return source if source is not None and len(source.text) <= MAX_LENGTH else None


def _sourced(words: tuple[Word, ...], folder: str | None, read: Read) -> Called | None:
    source = _read(words[0].literal, folder, read) if words else None
    if source is None:
        return None
    given = [word.template for word in words[1:]] or None
    return Called(source.text, source=source, folder=folder, arguments=given, is_same_shell=True)


# --- make ---


def _made(
    words: tuple[Word, ...], variables: Mapping[str, Template], folder: str | None, read: Read
) -> Called | None:
    """The recipes of the targets that `make` is given."""
    from lading.models.makefile import makefile

    targets: list[str] = []
    given: dict[str, Template] = {}
    file: str | None = None
    waiting: str | None = None
    values: tuple[Template, ...] = ()
    for word in words:
        text = word.literal
        name, equals, value = word.template.prefix.partition("=")
        if waiting is not None:
            if waiting == "-C" and folder is not None:
                folder = resolved(folder, text) if text is not None else None
            file = text if waiting == "-f" else file
            waiting = None
        elif text in _MAKE_VALUES:
            waiting = _MAKE_VALUES[text]
        elif equals and re.fullmatch(r"[A-Za-z_]\w*", name):
            given[name] = Template((value, *word.template.parts[1:]), word.template.conditions)
        elif text is None:
            if values:
                return None
            text, values = _masked(word.template)
            targets.append(text)
        elif not text.startswith("-"):
            targets.append(text)
    source = None
    for name in (file,) if file is not None else ("GNUmakefile", "makefile", "Makefile"):
        source = source or _read(name, folder, read)
    if source is None:
        return None
    made = makefile(source.text)
    if values and any(made.rule(target) is None for target in targets):
        return None
    text = made.script(targets, frozenset(given))
    return Called(text, values=values, folder=folder, variables=given) if text else None


_MAKE_VALUES = {
    **dict.fromkeys(("-C", "--directory"), "-C"),
    **dict.fromkeys(("-f", "--file", "--makefile"), "-f"),
    **dict.fromkeys(("-o", "-W", "-I", "-l"), ""),
}


# --- package.json ---


def _packaged(program: str, words: tuple[Word, ...], folder: str | None, read: Read) -> Called | None:
    texts = [word.literal for word in words]
    while texts and texts[0] is not None and texts[0].startswith("-"):
        if texts[0] in ("-C", "--prefix", "--dir", "--cwd") and len(texts) > 1 and texts[1] is not None:
            folder = resolved(folder, texts[1])
            texts, words = texts[2:], words[2:]
        elif texts[0] in ("-s", "--silent", "--if-present"):
            texts, words = texts[1:], words[1:]
        else:
            return None
    verb = texts[0] if texts else None
    if verb in ("run", "run-script"):
        words = words[1:]
    elif verb is None or verb in _OWN_VERBS or (program == "npm" and verb not in _SHORT_VERBS):
        return None
    name = words[0].literal if words else None
    source = _read("package.json", folder, read) if name else None
    scripts = scripts_of(source.text) if source is not None else {}
    line = scripts.get(name or "")
    if line is None:
        return None
    rest = [word for word in words[1:] if word.literal != "--"]
    before, after = scripts.get(f"pre{name}"), scripts.get(f"post{name}")
    text, values = _masked(_with_arguments(line, [word.template for word in rest]))
    whole = "\n".join(part for part in (before, text, after) if part)
    return Called(whole, values=values, folder=folder)


def _with_arguments(line: str, arguments: list[Template]) -> Template:
    parts: list[str | Hole] = [line]
    for argument in arguments:
        parts += (" ", *argument.parts)
    return Template(parts)


def scripts_of(text: str) -> dict[str, str]:
    """The `scripts` of a package.json; nothing where it is no JSON."""
    import json

    try:
        package = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    scripts = package.get("scripts") if isinstance(package, dict) else None
    found = scripts.items() if isinstance(scripts, dict) else ()
    return {name: line for name, line in found if isinstance(line, str)}


# --- before anything is followed ---
# Patterns that few scripts come to are texts, which `re` compiles and keeps when they are first used.

_GATE = r"(?m)\.(?:sh|bash)\b|\./|\bmake\b|\b(?:npm|pnpm|yarn|bun)\b|\b(?:ba|da|z)?sh |^[ \t]*+[\w.-]+/"
_WORD = r"[\s;&|()\"'`=]+"
_COMMAND_PATH = r"\n[ \t]*+(?:sudo +|(?:ba)?sh +)?([\w.-]+(?:/[\w.-]+)+)"
"""Behind a line end, which is found at once where `^` is tried at every letter."""
_SCRIPT_END = r"\.(?:sh|bash)\b"
_LOCAL_PATH = r"\./(?<![\w./]\./)[\w./-]+"
"""What may not stand before it is looked at last: letters that a pattern begins with are found at once."""
_ENTERED = r"\b(?:cd|pushd) +[\"']?([\w./-]+)"
_MAKE = r"(?:^|[\n;&|(]|\b(?:sudo|then|do|time))[ \t]*make\b([^\n;&|#]*)"
_NPM = r"\b(?:npm|pnpm|yarn|bun)\b([^\n;&|#]*)"
_RUNNER = r"\b(?:make|npm|pnpm|yarn|bun)\b"
_MAX_CALLED = 200


@remembered(1024)
def _ways_out(text: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] | None:
    """What looks like running something else in a script; None where nothing does, as in most that say `npm ci`.

    The paths of scripts, and the arguments of `make` and of `npm` and its like where these may name a script.
    """
    paths = tuple(dict.fromkeys(_paths(text)))
    if paths and "./" not in text and re.search(_GATE, text) is None:
        return None
    made = tuple(_different(re.finditer(_MAKE, text)))
    asked = tuple([each for each in _different(re.finditer(_NPM, text)) if _may_name_script(each.split())])
    if not paths and (not (made or asked) or re.search(_RUNNER, text) is None):
        return None
    return paths, made, asked


def _may_name_script(words: list[str]) -> bool:
    return bool(words) and (words[0] not in _OWN_VERBS or "run" in words)


def may_call(text: str) -> bool:
    """May a script run another one: is it worth asking where it runs?"""
    return _ways_out(text) is not None


def texts_called(text: str, folder: str | None, read: Read) -> Iterator[str]:
    """The texts of what a script may run, found by the look of the words alone; those that they run, too."""
    waiting = [(text, folder)] if folder is not None else []
    seen = set(waiting)
    while waiting and len(seen) < _MAX_CALLED:
        text, folder = waiting.pop()
        ways = _ways_out(text)
        if ways is None:
            continue
        inner = (resolved(folder, path) for path in re.findall(_ENTERED, text))
        for where in dict.fromkeys((folder, *(path for path in inner if path is not None))):
            for called in _called_in(*ways, where, read):
                if (called, where) not in seen:
                    seen.add((called, where))
                    waiting.append((called, where))
                    yield called


def _called_in(
    paths: tuple[str, ...], made: tuple[str, ...], asked: tuple[str, ...], folder: str, read: Read
) -> Iterator[str]:
    for path in paths:
        source = _read(path, folder, read)
        if source is not None:
            yield source.text
    for arguments in made:
        yield from _recipes(arguments, folder, read)
    for arguments in asked:
        yield from _package_lines(arguments, folder, read)


def _different(matches: Iterator[re.Match[str]]) -> list[str]:
    """What is found, each once, as long as there is not too much."""
    found: dict[str, None] = {}
    for match in matches:
        found[match[1]] = None
        if len(found) == _MAX_CALLED:
            break
    return list(found)


def _paths(text: str) -> Iterator[str]:
    """What looks like the path of a script, or of a program of the repository."""
    for match in re.finditer(_SCRIPT_END, text) if ".sh" in text or ".bash" in text else ():
        word = re.split(_WORD, text[max(match.start() - 200, 0) : match.end()])[-1]
        yield re.sub(r"^\$\{?GITHUB_WORKSPACE\}?/", "", word)
    if "./" in text:
        yield from re.findall(_LOCAL_PATH, text)
    if "/" in text:
        yield from re.findall(_COMMAND_PATH, "\n" + text)


def _recipes(arguments: str, folder: str, read: Read) -> Iterator[str]:
    from lading.models.makefile import makefile

    words = arguments.split()
    inner = re.search(r"-C\s*(\S+)", arguments)
    named = re.search(r"-f\s*(\S+)", arguments)
    where = resolved(folder, inner[1]) if inner is not None else folder
    for name in (named[1],) if named is not None else ("GNUmakefile", "makefile", "Makefile"):
        source = _read(name, where, read)
        if source is not None:
            targets = [word for word in words if "=" not in word and not word.startswith("-")]
            made = makefile(source.text)
            yield made.script([target for target in targets if made.rule(target) is not None], frozenset())
            return


def _package_lines(arguments: str, folder: str, read: Read) -> Iterator[str]:
    words = arguments.split()
    inner = re.search(r"(?:-C|--prefix|--dir|--cwd)[ =](\S+)", arguments)
    source = _read("package.json", resolved(folder, inner[1]) if inner is not None else folder, read)
    if source is None or not any(word in source.text for word in words):
        return
    for name, line in scripts_of(source.text).items():
        if name in words:
            yield line
