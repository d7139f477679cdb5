"""Command lines in files that are no shell scripts: Makefiles, justfiles, package.json, readmes, comments.

Only what a line says as it stands is of interest; of the languages around it, variables with plain values are known.
"""

from __future__ import annotations

from lading import regex as re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN = "${_UNKNOWN}"
"""What stands in a command line for a value that is not known: a variable that nobody sets."""

_MAX_DEPTH = 10
_MAX_LINE = 10_000

_MAKE_ASSIGNMENT = re.compile(r"((?:export\s+|override\s+)*)([A-Za-z_][\w.-]*)\s*(\+|\?|:{1,3}|!)?=\s*(.*)")
_MAKE_REFERENCE = re.compile(r"\$(?:\(([A-Za-z_][\w.-]*)\)|\{([A-Za-z_][\w.-]*)\}|(\$))")
_JUST_ASSIGNMENT = re.compile(
    r"""(?:export\s+)?([A-Za-z_][\w-]*)\s*:=\s*(?:"([^"]*)"|'([^']*)')\s*(?:#.*)?"""
)
_JUST_REFERENCE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_FENCE = re.compile(
    r"^[ \t>]*(`{3,}|~{3,})[ \t]*(?:sh|bash|shell|zsh|console|terminal|shell-session|shellsession|)[ \t]*\n"
    r"(.*?)^[ \t>]*\1",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_COMMENT = re.compile(r"^[ \t]*#(.*)$", re.MULTILINE)
_COMMAND = re.compile(r"(?:[A-Z_]+=\S+ +)*(?:docker|podman)[ -]compose\s[^`]*")


def of_makefile(text: str) -> tuple[list[str], dict[str, str]]:
    """The lines of all recipes, variables of make filled in; and the variables that are exported."""
    variables: dict[str, str] = {}
    exported: set[str] = set()
    recipes: list[str] = []
    for line in text.replace("\\\r\n", " ").replace("\\\n", " ").splitlines():
        if line.startswith("\t"):
            recipes.append(line.strip().lstrip("@-+ "))
            continue
        match = _MAKE_ASSIGNMENT.fullmatch(line.strip())
        if match is None:
            if line.startswith("export "):
                exported.update(line.split()[1:])
            continue
        modifiers, name, operator, value = match[1], match[2], match[3], match[4].partition(" #")[0].strip()
        if "export" in modifiers:
            exported.add(name)
        if operator == "+":
            value = f"{variables.get(name, '')} {value}"
        if operator != "?" or name not in variables:
            variables[name] = value
    lines = [_expanded(line, variables) for line in recipes if "$" in line or "ompose" in line]
    return lines, {name: _expanded(variables[name], variables) for name in exported if name in variables}


def _expanded(line: str, variables: Mapping[str, str], depth: int = _MAX_DEPTH) -> str:
    """`$(NAME)` replaced; what is no known variable stays, and the shell cannot tell it either."""

    def value(match: re.Match[str]) -> str:
        if match[3]:
            return "$"
        known = variables.get(match[1] or match[2])
        return match[0] if known is None or not depth else _expanded(known, variables, depth - 1)

    return _MAKE_REFERENCE.sub(value, line) if len(line) < _MAX_LINE else ""


def of_justfile(text: str) -> list[str]:
    """The lines of all recipes, variables with plain values filled in."""
    variables: dict[str, str] = {}
    lines: list[str] = []
    for line in text.replace("\\\n", " ").splitlines():
        match = _JUST_ASSIGNMENT.fullmatch(line.strip())
        if match is not None and not line[:1].isspace():
            variables[match[1]] = match[2] or match[3] or ""
        elif line[:1].isspace():
            lines.append(line.strip().lstrip("@-"))
    return [_JUST_REFERENCE.sub(lambda found: variables.get(found[1], UNKNOWN), line) for line in lines]


def of_package(text: str) -> list[str]:
    """The `scripts` of a package.json; nothing where it is no JSON."""
    import json

    try:
        package = json.loads(text)
    except (ValueError, RecursionError):
        return []
    scripts = package.get("scripts") if isinstance(package, dict) else None
    values = scripts.values() if isinstance(scripts, dict) else ()
    return [line for line in values if isinstance(line, str)]


def told_in_readme(text: str) -> list[str]:
    """Commands in fenced blocks of shell, each block a script, and in the text between backticks."""
    blocks = [match[2] for match in _FENCE.finditer(text)]
    scripts = ["\n".join(re.sub(r"^[ \t>]*(?:[$%] )?", "", line) for line in b.splitlines()) for b in blocks]
    return [*scripts, *(match[1] for match in _INLINE.finditer(_FENCE.sub("", text)))]


def told_in_comments(text: str) -> list[str]:
    """Commands in the comments of a YAML file: how it is meant to be used."""
    comments = "\n".join(match[1] for match in _COMMENT.finditer(text))
    lines = re.sub(r"\\\n", " ", comments).splitlines()
    return [found[0].rstrip(".") for line in lines for found in (_COMMAND.search(line),) if found is not None]
