"""A Makefile as far as its recipes can be told: targets, what they need, and the commands of their recipes.

Source: the GNU make manual, chapters 4 to 6, 8 (`foreach`) and 10 (pattern rules). A variable that is worked out by
make (conditions, functions other than `shell` and `foreach`) is a shell variable that nobody sets.
"""

from __future__ import annotations

from lading import regex as re
from lading.memory import remembered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_UNKNOWN = "${_OF_MAKE}"
_ASSIGNMENT = re.compile(
    r"((?:export\s+|override\s+|private\s+)*)([A-Za-z_][\w.-]*)\s*(\+|\?|:{1,3}|!)?=\s*(.*)", re.DOTALL
)
_RULE = re.compile(r"([^\s:=#][^:=#]*?)\s*::?(?!=)\s*([^=;]*?)\s*(?:;(.*))?")
_CONDITIONAL = re.compile(r"\s*(?:ifeq|ifneq|ifdef|ifndef)\b")
_END = re.compile(r"\s*endif\b")
_MAX_DEPTH = 20
_MAX_LINE = 10_000
_MAX_RECIPE = 50_000
_MAX_REFERENCES = 5_000
_MAX_ROUNDS = 64
"""Words of a list that `foreach` goes through."""


_NO_RULE: tuple[list[str], list[str]] = ([], [])


class Makefile:
    """Rules by target (what they need, the lines of their recipes), and variables as they are written."""

    __slots__ = ("_left", "_patterns", "_phony", "_scripts", "_stem", "first", "rules", "variables")

    def __init__(self) -> None:
        self._left = 0
        self._stem: str | None = None
        self._phony: frozenset[str] | None = None
        self._patterns: list[tuple[str, str, tuple[list[str], list[str]]]] = []
        self._scripts: dict[tuple[tuple[str, ...], frozenset[str]], str] = {}
        self.rules: dict[str, tuple[list[str], list[str]]] = {}
        self.variables: dict[str, tuple[str, bool]] = {"MAKE": ("make", False)}
        self.first: str | None = None

    def script(self, targets: Iterable[str], given: frozenset[str]) -> str:
        """The commands that making the targets runs (the first one where none is named), as a shell script.

        `given` are the variables of the command line, which the environment of the script holds.
        """
        key = (tuple(targets), given)
        if key not in self._scripts:
            self._scripts[key] = self._made(*key)
        return self._scripts[key]

    def _made(self, targets: tuple[str, ...], given: frozenset[str]) -> str:
        lines: list[str] = []
        done: set[str] = set()
        self._left = _MAX_REFERENCES
        for target in targets or ((self.first,) if self.first is not None else ()):
            self._collect(target, given, lines, done, 0)
        text = "\n".join(lines)
        return text if len(text) <= _MAX_RECIPE else ""

    def _collect(
        self, target: str, given: frozenset[str], lines: list[str], done: set[str], depth: int
    ) -> None:
        self._left -= 1
        if target in done or depth > _MAX_DEPTH or self._left < 0:
            return
        rule = self.rule(target)
        if rule is None:
            return
        done.add(target)
        needed, recipe, self._stem = rule
        for name in self.expanded(" ".join(needed), given, target).split():
            self._collect(name, given, lines, done, depth + 1)
        self._stem = rule[2]
        lines += [self.expanded(line, given, target) for line in recipe]

    def rule(self, target: str) -> tuple[list[str], list[str], str | None] | None:
        """What a target needs, its recipe, and what `$*` is in it; by a pattern (`push-%`) where it has no own recipe.

        Of several patterns the one counts that leaves least. A pattern that fits anything is left aside: most of what
        it fits are files that are there; phony targets have no pattern.
        """
        needed, recipe = self.rules.get(target, _NO_RULE)
        stem: str | None = None
        if not recipe and self._patterns and not self._is_phony(target):
            for before, after, pattern in self._patterns:
                left = target[len(before) : len(target) - len(after)]
                if left and target.startswith(before) and target.endswith(after):
                    if stem is None or len(left) < len(stem):
                        stem, found = left, pattern
        if stem is not None:
            return [*needed, *(name.replace("%", stem, 1) for name in found[0])], found[1], stem
        return (needed, recipe, None) if target in self.rules else None

    def _is_phony(self, target: str) -> bool:
        if self._phony is None:
            self._phony = frozenset(self.rules.get(".PHONY", _NO_RULE)[0])
        return target in self._phony

    def note_pattern(self, name: str) -> None:
        """Remember that a rule is one for many targets."""
        before, _, after = name.partition("%")
        if (before or after) and len(self._patterns) < _MAX_ROUNDS:
            self._patterns.append((before, after, self.rules[name]))

    def expanded(self, line: str, given: frozenset[str], target: str, depth: int = _MAX_DEPTH) -> str:
        """A line with the references of make replaced; what the environment may hold becomes a shell variable."""
        if "$" not in line or len(line) > _MAX_LINE:
            return line if len(line) <= _MAX_LINE else ""
        parts: list[str] = []
        at = 0
        while True:
            start = line.find("$", at)
            if start < 0 or start + 1 == len(line):
                parts.append(line[at:])
                return "".join(parts)
            parts.append(line[at:start])
            letter = line[start + 1]
            if letter == "$":
                parts.append("$")
                at = start + 2
            elif letter in "({":
                end = _closing(line, start + 1)
                parts.append(self._value(line[start + 2 : end], given, target, depth))
                at = end + 1
            else:
                stem = self._stem if letter == "*" else None
                parts.append(target if letter == "@" else _UNKNOWN if stem is None else stem)
                at = start + 2

    def _value(self, name: str, given: frozenset[str], target: str, depth: int) -> str:
        if name.startswith("shell "):
            return f"$({self.expanded(name[6:], given, target, depth - 1)})" if depth else _UNKNOWN
        if name.startswith("foreach "):
            return self._each(name[8:], given, target, depth - 1) if depth else _UNKNOWN
        if name == "*" and self._stem is not None:
            return self._stem
        if not re.fullmatch(r"[A-Za-z_@][\w.-]*", name):
            return _UNKNOWN
        if name == "@":
            return target
        self._left -= 1
        if name in given or not depth or self._left < 0:
            return f"${{{name}}}"
        known = self.variables.get(name)
        if known is None:
            return f"${{{name}}}" if re.fullmatch(r"\w+", name) else ""
        value, is_default = known
        value = self.expanded(value, given, target, depth - 1)
        return f"${{{name}:-{value}}}" if is_default and "." not in name and "-" not in name else value

    def _each(self, text: str, given: frozenset[str], target: str, depth: int) -> str:
        """`$(foreach name,list,text)` where the list is known: the texts, with spaces between."""
        name, _, rest = text.partition(",")
        listed, comma, body = rest.partition(",")
        name = name.strip()
        words = self.expanded(listed, given, target, depth).split()
        is_known = comma and listed.count("(") == listed.count(")") and not any("$" in word for word in words)
        if not is_known or len(words) > _MAX_ROUNDS or not name.isidentifier():
            return _UNKNOWN
        before = self.variables.get(name)
        inner = given - {name}
        parts: list[str] = []
        length = 0
        for word in words:
            self._left -= 1
            self.variables[name] = (word, False)
            if self._left >= 0:
                parts.append(self.expanded(body, inner, target, depth))
                length += len(parts[-1])
            if self._left < 0 or length > _MAX_RECIPE:
                parts = [_UNKNOWN]
                break
        if before is not None:
            self.variables[name] = before
        else:
            self.variables.pop(name, None)
        return " ".join(parts)


def _closing(line: str, start: int) -> int:
    """The place of the bracket that closes the one at `start`."""
    left, right = line[start], ")" if line[start] == "(" else "}"
    depth, at = 1, start + 1
    while (end := line.find(right, at)) >= 0:
        depth += line.count(left, at, end) - 1
        if not depth:
            return end
        at = end + 1
    return len(line)


@remembered(64)
def makefile(text: str) -> Makefile:
    """Read a Makefile; whatever is not understood is left out."""
    found = Makefile()
    current: list[tuple[list[str], list[str]]] = []
    depth = 0
    for line in re.sub(r"(?<![ \t])[ \t]*+\\\r?\n\s*", " ", text).splitlines():
        if line.startswith("\t"):
            for _, recipe in current:
                recipe.append(line.strip().lstrip("@-+ "))
            continue
        depth += bool(_CONDITIONAL.match(line)) - bool(_END.match(line))
        stripped = line.strip()
        if len(stripped) > _MAX_LINE:
            continue
        assignment = _ASSIGNMENT.fullmatch(stripped)
        if assignment is not None:
            _assign(found, assignment, depth > 0)
            continue
        rule = _rule(stripped) if stripped[:1] != "#" else None
        if rule is not None:
            current = _targets(found, rule)
    return found


def _rule(line: str) -> re.Match[str] | None:
    """Targets and what they need; with single spaces, since the pattern would try every way of cutting long ones."""
    head, mark, recipe = line.partition(" #")[0].rstrip().partition(";")
    return _RULE.fullmatch(" ".join(head.split()) + mark + recipe)


def _assign(found: Makefile, match: re.Match[str], is_conditional: bool) -> None:
    name, operator = match[2], match[3]
    value = match[4].partition(" #")[0].strip()
    value = value if len(value) <= _MAX_LINE else "$_"
    known = found.variables.get(name)
    if operator == "!":
        value = f"$(shell {value})"
    if operator == "+":
        value = f"{known[0]} {value}" if known is not None else value
    if operator == "?" and known is not None:
        return
    if is_conditional and known != (value, operator == "?"):
        value = "$_" if operator != "?" else value
    elif known is not None:
        value = value.replace(f"$({name})", known[0]).replace(f"${{{name}}}", known[0])
    found.variables[name] = (value if len(value) <= _MAX_LINE else "$_", operator == "?")


def _targets(found: Makefile, match: re.Match[str]) -> list[tuple[list[str], list[str]]]:
    current = []
    needed = match[2].partition("|")[0].split()
    for name in match[1].split():
        rule = found.rules.get(name)
        if rule is None:
            rule = found.rules[name] = ([], [])
            if "%" in name:
                found.note_pattern(name)
        rule[0].extend(needed)
        if match[3]:
            rule[1].append(match[3].strip().lstrip("@-+ "))
        current.append(rule)
        if found.first is None and not name.startswith(".") and "%" not in name:
            found.first = name
    return current
