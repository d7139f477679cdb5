"""What a `run:` script does as far as it can be read: commands with their words, and what it hands to later steps.

The script is parsed by tree-sitter-bash and followed from top to bottom with partly known values; nothing is run.
Where a value depends on a condition, a file or a program, it is a hole.
"""

from __future__ import annotations

from _operator import is_not
from itertools import compress

from lading import regex as re
from lading.light import binding_of
from lading.memory import remembered
from lading.models.calls import called_script, entered
from lading.models.expressions import pieces
from lading.models.recognisers.options import program_of, unwrapped
from lading.models.shell_tests import chosen, truth, ways_of_if
from lading.models.template import Hole, Template, among, expanded, join, without_choices
from lading.plain import whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from lading.models.calls import Called
    from lading.models.expressions import Piece
    from lading.source import Source

MAX_LENGTH = 100_000
"""Code points of a script that is looked at."""
_MAX_COMMANDS = 5_000
_MAX_VALUES = 50_000
_MAX_COPIES = 4_000_000
"""Variables that are set aside for branches: a script with 1,000 of them and as many conditions has a half."""
_MAX_DEPTH = 12
_MAX_ROUNDS = 64
"""Rounds of a loop over known words."""
_MAX_TEXT = 100_000

_NOTHING = Template(())

OPEN, FILL = "\ue000", "\ue001"
"""Private use characters that stand for an expression in a script, padded to its length."""
_MASK = re.compile(f"{OPEN}([0-9]+){FILL}*")


class Word:
    """A word of a command: its text as far as known, and where it stands in the script (code points)."""

    __slots__ = ("end", "literal", "start", "template")

    def __init__(self, template: Template, start: int, end: int) -> None:
        self.template = template
        self.start = start
        self.end = end
        parts = template.parts  # `template.literal`, without a call: half of all that are asked for
        if len(parts) == 1 and type(parts[0]) is str:
            self.literal: str | None = parts[0]
        else:
            self.literal = None if parts else ""

    def __repr__(self) -> str:
        return f"Word({self.template.shown!r})"


class Ran:
    """A command as it is run: `words` with the program first, what it gets on standard input, its variables.

    `is_certain` is false inside a condition, a loop of unknown length, and behind `||`. `folder` is where it runs, from
    the root of the repository, None where that is not known. `source` is the file in which the words stand, None where
    it is the script that was given. `command` are the words behind `sudo` and the like, `program` the first of them.
    """

    __slots__ = (
        "command",
        "folder",
        "is_certain",
        "program",
        "source",
        "standard_input",
        "variables",
        "words",
    )

    def __init__(
        self,
        words: tuple[Word, ...],
        standard_input: Template | None,
        variables: Mapping[str, Template],
        is_certain: bool,
        folder: str | None = None,
        source: Source | None = None,
    ) -> None:
        self.words = words
        self.command = unwrapped(words)
        self.program = program_of(self.command)
        self.standard_input = standard_input
        self.variables = variables
        self.is_certain = is_certain
        self.folder = folder
        self.source = source

    def __repr__(self) -> str:
        return f"<Ran {' '.join(word.template.shown for word in self.words)}>"


class Effects:
    """What a script leaves: its commands in order, `outputs` of the step and `environment` of later steps.

    `unclear` names the files ("GITHUB_OUTPUT", "GITHUB_ENV") that got more than can be told.
    """

    __slots__ = ("commands", "environment", "outputs", "unclear")

    def __init__(self) -> None:
        self.commands: list[Ran] = []
        self.outputs: dict[str, Template] = {}
        self.environment: dict[str, Template] = {}
        self.unclear: set[str] = set()


def masked(text: str, pieces: Iterable[tuple[int, int, Template]]) -> tuple[str, tuple[Template, ...]]:
    """The script with every expression (start, end, value) replaced by a word of the same length."""
    values: list[Template] = []
    parts: list[str] = []
    at = 0
    for start, end, value in pieces:
        parts.append(text[at:start])
        parts.append(f"{OPEN}{len(values)}".ljust(end - start, FILL))
        values.append(value)
        at = end
    parts.append(text[at:])
    return "".join(parts), tuple(values)


@remembered(1024)
def cut(text: str) -> tuple[str, tuple[Piece, ...]]:
    """A script masked, and the expressions in it. Raises ExpressionError."""
    found = tuple([piece for piece in pieces(text) if piece.literal is None])
    script, _ = masked(text, [(piece.start, piece.end, _NOTHING) for piece in found])
    return script, found


_MOST_ROOTS = 64
"""Parsed scripts that are kept: the worlds of a job ask for the same ones one after the other."""


_MOST_EFFECTS = 10_000
_closed: dict[object, Effects] = {}
"""What scripts do that call no other: it depends on nothing else, so all parts of a repository share it."""


class Scripts:
    """Reads scripts; each distinct text is parsed once, and followed once with the same values.

    `read` gives the files of the repository that scripts call; without it none is looked into.
    """

    def __init__(self, read: Callable[[str], Source | None] | None = None) -> None:
        self.read = read
        self._parser: Any = None
        self._roots: dict[str, Any] = {}
        self._effects: dict[object, Effects] = {}

    def follow(
        self,
        script: str,
        values: tuple[Template, ...],
        variables: Mapping[str, Template],
        folder: str | None = None,
    ) -> Effects:
        """Follow a masked script in an environment, started in a folder. Never raises for any text."""
        names = self.names(script)
        seen = variables
        if names is not None:
            seen = {name: value for name, value in variables.items() if name in names}
        return self.follow_seen(script, values, seen, folder)

    def follow_seen(
        self,
        script: str,
        values: tuple[Template, ...],
        seen: Mapping[str, Template],
        folder: str | None,
    ) -> Effects:
        """`follow` with no more than the variables that the script can read (`names`)."""
        if len(script) > MAX_LENGTH:
            return unread()
        key = (script, values, folder, tuple(seen.items()))
        known = self._effects if self.names(script) is None else _closed
        effects = known.get(key)
        if effects is None:
            if len(known) >= _MOST_EFFECTS:
                known.clear()
            effects = known[key] = self._followed(script, values, seen, folder)
        return effects

    def names(self, script: str) -> frozenset[str] | None:
        """The variables that a masked script can read; None where what it calls may read any."""
        return _names_in(script)

    def _followed(
        self,
        script: str,
        values: tuple[Template, ...],
        variables: Mapping[str, Template],
        folder: str | None,
    ) -> Effects:
        shell = _Shell(script, values, variables, folder, self)
        try:
            shell.run_text(self.root(script))
        except (_Exhausted, RecursionError):
            shell.effects.unclear |= {"GITHUB_OUTPUT", "GITHUB_ENV"}
        return shell.effects

    def root(self, script: str) -> Any:
        """The root node; offsets are twice those in code points (UTF-16, one unit for every character)."""
        root = self._roots.get(script)
        if root is None:
            text = script
            if not script.isascii():
                text = re.sub("[\U00010000-\U0010ffff\ud800-\udfff]", "\ufffd", script)
            # The grammar takes `$A-$B-$C` for `$A-$` and `B-$C`: variables are hidden from it, and filled in later.
            text = _DOLLAR.sub("\ue004", _without_groups(text) if "$((" in text else text)
            root = self._parsed(text)
            if root.has_error and " ]" in text and (plain := self._without_odd_tests(text)) != text:
                root = self._parsed(plain)
            if len(self._roots) >= _MOST_ROOTS:
                del self._roots[next(iter(self._roots))]
            self._roots[script] = root
        return root

    def _parsed(self, text: str) -> Any:
        if self._parser is None:
            binding = binding_of("tree_sitter")
            self._parser = binding.Parser(binding.Language(binding_of("tree_sitter_bash").language()))
        return self._parser.parse(text.encode("utf-16-le"), encoding="utf16le").root_node

    def _without_odd_tests(self, text: str) -> str:
        """A script in which `[` is a command like any other where the grammar does not know what it is asked.

        To the shell it is one (`[ a b ]` is an error that it tells when it comes there); the grammar reads operators
        up to the `]`, and where there are none it takes all that stands before and behind for a part of the error.
        """
        odd: dict[str, bool] = {}
        for match in re.finditer(_TEST, text):
            if len(odd) < _MOST_TESTS and match[0] not in odd:
                odd[match[0]] = self._parsed(match[0]).has_error
        return re.sub(_TEST, lambda match: "\ue005" + match[0][1:] if odd.get(match[0]) else match[0], text)


_OF_GROUPS = re.compile(r"\$\(\(|[()]|\\.|'[^']*+'|\"(?>(?:[^\"\\]|\\.)*)\"", re.DOTALL)


def _without_groups(script: str) -> str:
    """A script without the inner brackets of `$((git describe || echo) | tail)`, which the grammar takes for a sum.

    Bash takes it for one only where the two brackets are closed together (Bash manual, "Command Substitution").
    """
    letters = list(script)
    around: list[int] = []
    """Where brackets were opened; those of what may be a sum are negative."""
    end = -1
    for match in _OF_GROUPS.finditer(script):
        at, text = match.start(), match[0]
        if text == "$((":
            around.append(-at - 3)
        elif text == "(":
            around.append(at)
        elif text == ")" and at != end and around:
            begin = around.pop()
            if begin < 0 and script.startswith(")", at + 1):
                end = at + 1
            elif begin < 0:
                letters[-begin - 1] = letters[at] = " "
                around.append(0)
    return "".join(letters)


@remembered(4096)
def _names_in(script: str) -> frozenset[str] | None:
    if len(script) > MAX_LENGTH or "./" in script:
        return None
    if "/" in script and _PATH_RUN.search("\n" + script) is not None:
        return None
    names = _READ_BY_PROGRAMS.union(_NAME.findall(script))
    return names if names.isdisjoint(_CALLERS) else None


def unread() -> Effects:
    """Of a script of which nothing can be told."""
    effects = Effects()
    effects.unclear = {"GITHUB_OUTPUT", "GITHUB_ENV"}
    return effects


class _Exhausted(Exception):
    """The script is larger than is followed."""


_READ_BY_PROGRAMS = frozenset(("KO_DOCKER_REPO", "COSIGN_REPOSITORY", "GITHUB_TOKEN"))
"""Variables that programs read although the script does not name them."""
_CALLERS = frozenset(
    (
        *("sh", "bash", "dash", "zsh", "ksh", "make", "gmake", "npm", "pnpm", "yarn", "bun", "source"),
        *("bake", "compose", "goreleaser"),
    )
)
"""Words with which a script may run something else with all of its environment."""
_PATH_RUN = re.compile(r"\n[ \t]*+(?:sudo +)?[\w.-]+/[\w./-]+")
"""Likewise a path at the beginning of a line; behind a line end, which is found at once."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN = re.compile(r"[A-Za-z0-9_./:=,@%+-]+")
"""A word that is what it reads."""
_DOLLAR = re.compile(r"\$(?=[A-Za-z_0-9])")
_TEST = r"(?<!\[)\[(?=[ \t])[^\[\]\n]*+(?<=[ \t])\](?!\])"
_MOST_TESTS = 200
"""Different tests of a script that are looked at one by one where it cannot be parsed as a whole."""
_IN_WORD = re.compile(r"\\(\n|.)|\$([A-Za-z_][A-Za-z0-9_]*|[0-9])", re.DOTALL)
_IN_QUOTES = re.compile(r"\\([$`\"\\\n])|\$([A-Za-z_][A-Za-z0-9_]*|[0-9])")
_EXPANSION = re.compile(r"\$\{([!#]?)([A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])(\[[^\]]*\])?(.*)\}", re.DOTALL)
_PATTERN_SIGNS = frozenset("*?[")
_BRACES = re.compile(r"([^{}]*)\{([^{}]*)\}([^{}]*)")
_ESCAPE = re.compile(r"\\(\n|.)", re.DOTALL)
_ANSI = {"n": "\n", "t": "\t", "\\": "\\", "'": "'", '"': '"', "r": "\r"}
_TESTS = frozenset(("[", "[[", "test", "grep", "egrep", "command", "which", "type", "false", "diff", "cmp"))
_MAX_CHOICES = 8
"""Texts that a value which depends on conditions can be; where it can be more, it can be anything."""
_REDIRECTS = frozenset(("herestring_redirect", "file_redirect", "heredoc_redirect"))
_GROUPS = frozenset(("compound_statement", "negated_command", "do_group", "c_style_for_statement"))
"""Statements that are followed by following what they hold."""
_BETWEEN = frozenset(("comment", "\n", ";", "&"))
_EXPANDING = ("simple_expansion", "expansion", "command_substitution")


if TYPE_CHECKING:
    _Left = tuple[dict[str, Template], dict[str, Template]]


class _Shell:
    """The state while a script is followed."""

    def __init__(
        self,
        script: str,
        values: tuple[Template, ...],
        variables: Mapping[str, Template],
        folder: str | None,
        scripts: Scripts,
    ) -> None:
        self.script = script
        self.values = values
        self.variables = dict(variables)
        self.exported = set(variables)
        self.folder = folder
        self.scripts = scripts
        self.script_source: Source | None = None
        self.anchor: tuple[int, int] | None = None
        self.nested = 0
        self.arrays: dict[str, list[Template]] = {}
        self.functions: dict[str, Any] = {}
        self.positional: list[Template] | None = None
        self.effects = Effects()
        self.leaves: list[_Left] = [(self.effects.outputs, self.effects.environment)]
        """What is written for later steps, by the script and by each branch that it stands in."""
        self.doubt = 0
        self.asking = 0
        """In how many conditions does it stand? They are run perhaps, and belong to no branch."""
        self.rounds = 0
        self.depth = 0
        self.left = _MAX_COMMANDS
        self.values_left = _MAX_VALUES
        self.copies_left = _MAX_COPIES
        self.clouded: str | None = None
        self.heard = 0
        """Around how much does somebody listen to what commands write? Elsewhere it is not worked out."""

    # --- words ---

    def source(self, node: Any) -> str:
        return self.script[node.start_byte // 2 : node.end_byte // 2]

    def unmasked(self, text: str) -> Template:
        """A text with the values of the expressions in it."""
        if OPEN not in text:
            return Template.of(text)
        parts: list[Template] = []
        at = 0
        for match in _MASK.finditer(text):
            number = whole(match[1])
            value = self.values[number] if number < len(self.values) else Template.of(match[0])
            parts += (Template.of(text[at : match.start()]), value)
            at = match.end()
        return join((*parts, Template.of(text[at:])))

    def value(self, node: Any) -> Template:
        """The text of a word, not split."""
        self.depth += 1
        self.values_left -= 1
        if self.depth > 200 or self.values_left < 0:
            raise _Exhausted
        try:
            return self._value(node)
        finally:
            self.depth -= 1

    def _value(self, node: Any) -> Template:
        kind = node.type
        if kind in ("word", "number", "variable_name", "extglob_pattern", "regex"):
            return self.filled(self.source(node), _IN_WORD)
        if kind == "raw_string":
            return self.unmasked(self.source(node)[1:-1])
        if kind == "ansi_c_string":
            text = self.source(node)[2:-1]
            return self.unmasked(_ESCAPE.sub(lambda match: _ANSI.get(match[1], match[0]), text))
        if kind in ("string", "translated_string"):
            return self._string(node)
        if kind == "concatenation":
            return join(self.value(child) for child in node.named_children)
        if kind == "command_name":
            return self.value(node.named_children[0]) if node.named_children else Template(())
        if kind == "simple_expansion":
            return self.variable(self.source(node)[1:])
        if kind == "expansion":
            return self._expansion(self.source(node))
        if kind == "command_substitution":
            return self._substitution(node)
        return self.hole(self.source(node), "it is worked out by the shell")

    def _string(self, node: Any) -> Template:
        """A text in double quotes: what stands between its expansions, and they themselves."""
        parts: list[Template] = []
        text = self.script
        at = text.index('"', node.start_byte // 2) + 1
        end = node.end_byte // 2 - 1
        for child in node.named_children:
            if child.type == "string_content" or child.type == "ERROR":
                continue
            start = child.start_byte // 2
            if at < start:
                parts.append(self.filled(text[at:start], _IN_QUOTES))
            parts.append(self.value(child))
            at = child.end_byte // 2
        parts.append(self.filled(text[at:end], _IN_QUOTES))
        return join(parts) if len(parts) > 1 else parts[0]

    def filled(self, text: str, pattern: re.Pattern[str]) -> Template:
        """A text with its escapes undone and its plain variables filled in."""
        if "$" not in text and "\\" not in text:
            return self.unmasked(text)
        parts: list[Template] = []
        at = 0
        for match in pattern.finditer(text):
            parts.append(self.unmasked(text[at : match.start()]))
            parts.append(self.variable(match[2]) if match[2] else Template.of(_unescaped(match)))
            at = match.end()
        parts.append(self.unmasked(text[at:]))
        return join(parts)

    def hole(self, text: str, reason: str) -> Template:
        shown = _MASK.sub("${{ … }}", text) if OPEN in text else text
        return Template((Hole(shown if len(shown) < 80 else shown[:79] + "…", reason),))

    def variable(self, name: str) -> Template:
        if self.positional is not None and name.isdecimal() and 0 < whole(name) <= len(self.positional):
            return self.positional[int(name) - 1]
        if self.clouded is not None:
            return self.hole(f"${name}", self.clouded)
        known = self.variables.get(name)
        if known is not None:
            return known
        if self.arrays.get(name):
            return self.arrays[name][0]
        return self.hole(f"${name}", f"`{name}` is not set in the files")

    def is_set(self, name: str) -> bool:
        return name in self.variables or (
            self.positional is not None and name.isdecimal() and 0 < whole(name) <= len(self.positional)
        )

    def _expansion(self, text: str) -> Template:
        match = _EXPANSION.fullmatch(text)
        if match is None or match[1]:
            return self.hole(text, "it is worked out by the shell")
        name, index, operation = match[2], match[3], match[4]
        if index is not None:
            items = self.arrays.get(name)
            number = index[1:-1]
            if items is not None and number.isdecimal() and whole(number) < len(items):
                return items[int(number)]
            return self.hole(text, f"`{name}` is a list")
        if operation[:2] in (":-", ":=", ":+", ":?") or operation[:1] in ("-", "=", "+", "?"):
            return self._default(text, name, operation)
        value = self.variable(name)
        return value if not operation else self._changed(text, value, operation)

    def _default(self, text: str, name: str, operation: str) -> Template:
        sign = operation.lstrip(":")[0]
        rest = operation.lstrip(":")[1:]
        known = self.is_set(name) and self.clouded is None
        value = self.variable(name)
        if sign == "?":
            return value
        is_empty = value.literal == "" and operation.startswith(":")
        if known and not value.holes and not is_empty:
            return value if sign != "+" else self.fragment(rest)
        if known and is_empty:
            return Template(()) if sign == "+" else self.fragment(rest)
        if known or self.clouded is not None or sign == "+":
            return self.hole(text, f"`{name}` is not known")
        default = self.fragment(rest)
        return Template(default.parts, (*default.conditions, f"unless `{name}` is set"))

    def fragment(self, text: str) -> Template:
        """The text behind `:-` and the like, expansions in it included."""
        text = text.strip("\"'") if text[:1] in "\"'" else text
        if "$" not in text:
            return self.unmasked(text)
        match = re.fullmatch(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))", text)
        return (
            self.variable(match[1] or match[2]) if match else self.hole(text, "it is worked out by the shell")
        )

    def _changed(self, text: str, value: Template, operation: str) -> Template:
        if operation in (",,", "@L", "^^", "@U"):
            return value.map(str.lower if operation in (",,", "@L") else str.upper)
        if operation in ("##*/", "%/*") and "/" in value.pattern:
            return _cut_at_slash(value, operation)
        literal = value.literal
        pattern = operation.lstrip("#%")
        if literal is None or "$" in operation or OPEN in operation:
            return self.hole(text, "it is worked out by the shell")
        if operation[0] in "#%" and not re.search(r"[*?\[\\]", pattern):
            cut = literal.removeprefix if operation[0] == "#" else literal.removesuffix
            return Template((cut(pattern.strip("\"'")),), value.conditions)
        replaced = re.fullmatch(r"(//?)((?:[^/\\*?\[]|\\.)+)(?:/(.*))?", operation)
        if replaced:
            old = _ESCAPE.sub(_unescaped, replaced[2]).strip("\"'")
            count = -1 if replaced[1] == "//" else 1
            return Template(
                (literal.replace(old, (replaced[3] or "").strip("\"'"), count),), value.conditions
            )
        return self.hole(text, "it is worked out by the shell")

    def words(self, node: Any) -> list[Word]:
        """The words that a node becomes: none, one or several."""
        first, last = node.start_byte // 2, node.end_byte // 2
        start, end = self.anchor or (first, last)
        kind: str = node.type
        text = self.script[first:last]
        if kind == "word" or kind == "command_name":
            # As most words are: nothing in them is expanded, escaped or quoted (a test shows it of others).
            if text.isidentifier() or (kind == "word" and _PLAIN.fullmatch(text) is not None):
                self.values_left -= 1
                if self.depth >= 200 or self.values_left < 0:
                    raise _Exhausted
                return [Word(Template.of(text), start, end)]
        if kind == "command_name" and (inner := node.named_children):
            node = inner[0]
            kind = node.type
            text = self.source(node)
        items = self._list_items(text)
        if items is None:
            value = self.value(node)
            if kind in _EXPANDING or (kind == "word" and (OPEN in text or "$" in text)):
                items = _split(value)
            else:
                return [Word(value, start, end)]
        return [Word(item, start, end) for item in items]

    def _list_items(self, text: str) -> list[Template] | None:
        """The items of `"${LIST[@]}"` and `"$@"`."""
        text = text.strip('"')
        if text in ("$@", "$*") and self.positional is not None:
            return list(self.positional)
        if not text.endswith("]}"):
            return None
        match = re.fullmatch(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\[[@*]\]\}", text)
        return list(self.arrays[match[1]]) if match and match[1] in self.arrays else None

    # --- commands ---

    def run_all(self, nodes: Sequence[Any], stdin: Template | None) -> Template:
        written = [self.run(node, stdin) for node in nodes if node.is_named]
        return join(written) if self.heard else _NOTHING

    def run_text(self, root: Any) -> Template:
        """Follow a whole script; one that cannot be parsed is an error as a whole, or holds one."""
        return self._broken(root) if root.type == "ERROR" else self.run_all(root.children, None)

    def run(self, node: Any, stdin: Template | None) -> Template:
        """Follow a node; returns what it writes to standard output."""
        self.left -= 1
        self.depth += 1
        if self.left < 0 or self.depth > 200:
            raise _Exhausted
        try:
            kind = node.type
            follow_node = _FOLLOWED.get(kind)
            if follow_node is not None:
                return follow_node(self, node, stdin)
            if kind in ("comment", "heredoc_body", "test_command"):
                return _NOTHING
            if kind == "ERROR":
                return self._broken(node)
            return self.run_all(node.children, stdin)
        finally:
            self.depth -= 1

    def _broken(self, node: Any) -> Template:
        """What is not understood as a whole: statements before the place are run, those behind it perhaps."""
        statements: list[Any] = []
        perhaps: list[Any] = []
        found = statements
        for child in node.children:
            kind = child.type
            if kind in _FOLLOWED or kind in _GROUPS:
                found.append(child)
            elif kind not in _BETWEEN:
                found = perhaps
        text = self.source(node)
        self.effects.unclear.update([file for file in ("GITHUB_OUTPUT", "GITHUB_ENV") if file in text])
        output = self.run_all(statements, None)
        return join((output, self._branches([perhaps], False))) if perhaps else output

    def _run_command(self, node: Any, stdin: Template | None) -> Template:
        words: list[Word] = []
        variables: dict[str, Template] = {}
        children = node.named_children
        kinds = [child.type for child in children]  # each is asked of the grammar
        if not _REDIRECTS.isdisjoint(kinds):
            stdin = self._given_here(children, stdin)
        for child, kind in zip(children, kinds, strict=False):
            if kind == "variable_assignment":
                variables[_assigned_name(child, self)] = self._assigned(child)
            elif kind != "comment" and kind not in _REDIRECTS:
                words += self.words(child)
        if not words:
            return _NOTHING
        return self.call(tuple(words), stdin, variables)

    def call(
        self, words: tuple[Word, ...], stdin: Template | None, variables: dict[str, Template]
    ) -> Template:
        name = words[0].literal
        function = self.functions.get(name or "")
        if function is not None:
            return self._call_function(function, words[1:], stdin)
        known = {**self.variables, **variables}
        ran = Ran(_as_arguments(words), stdin, known, self.doubt == 0, self.folder, self.script_source)
        self.effects.commands.append(ran)
        called = called_script(ran.command, stdin, known, self.folder, self.scripts.read)
        if called is not None and self.nested < _MAX_DEPTH:
            return self._enter(called, words, stdin, variables)
        if name in ("source", ".", "eval"):
            self.clouded = f"`{name}` may set it"
            return self.hole(f"$({name} …)", "it is worked out by the shell")
        return self._builtin(name or "", [word.template for word in words[1:]], stdin, words)

    def _enter(
        self, called: Called, words: tuple[Word, ...], stdin: Template | None, variables: dict[str, Template]
    ) -> Template:
        """Follow a script that a command runs: in this shell (`source`, `eval`), or in one of its own."""
        kept = (self.script, self.values, self.script_source, self.anchor, self.positional, self.folder)
        before, functions = self.variables, self.functions
        if not called.is_same_shell:
            given = {name: value for name, value in before.items() if name in self.exported}
            self.variables = {**given, **variables, **called.variables}
            self.functions = {}
        self.script, self.values = called.text, called.values
        self.folder = called.folder
        self.script_source = called.source or self.script_source
        self.anchor = None if called.source is not None else self.anchor or (words[0].start, words[-1].end)
        self.positional = list(called.arguments) if called.arguments is not None else self.positional
        self.nested += 1
        try:
            return self.run_text(self.scripts.root(called.text))
        finally:
            self.nested -= 1
            folder = self.folder
            self.script, self.values, self.script_source, self.anchor, self.positional, self.folder = kept
            if called.is_same_shell:
                self.folder = folder
            else:
                self.variables, self.functions = before, functions

    def _call_function(self, body: Any, arguments: tuple[Word, ...], stdin: Template | None) -> Template:
        before = self.positional
        self.positional = [word.template for word in arguments]
        try:
            return self.run(body, stdin)
        finally:
            self.positional = before

    def _builtin(
        self, name: str, arguments: list[Template], stdin: Template | None, words: tuple[Word, ...]
    ) -> Template:
        if name == "echo":
            return _echo(arguments) if self.heard else _NOTHING
        if name == "printf":
            return _printf(arguments) or self._output_of(words)
        if name == "read":
            self._read([a.literal or "" for a in arguments], stdin)
            return Template(())
        if name == "unset":
            for argument in arguments:
                self.variables.pop(argument.literal or "", None)
        if name in ("cd", "pushd"):
            self.folder = entered(self.folder, arguments)
        if name == "shift" and self.positional is not None:
            number = arguments[0].literal if arguments else "1"
            self.positional = self.positional[whole(number or "1") if (number or "1").isdecimal() else 1 :]
        if name in ("mapfile", "readarray"):
            self.arrays.pop(arguments[-1].literal or "" if arguments else "", None)
        if name in (
            "set",
            "cd",
            "pushd",
            "popd",
            "unset",
            "exit",
            "return",
            "true",
            "false",
            ":",
            "shift",
            "mapfile",
            "sleep",
        ):
            return Template(())
        if name == "tee":
            copied = stdin or self._output_of(words)
            for argument in arguments:
                self._written(argument, copied)
            return stdin or Template(())
        if not self.heard:
            return _NOTHING
        filtered = _filtered(name, [a.literal for a in arguments], stdin)
        return filtered if filtered is not None else self._output_of(words)

    def _output_of(self, words: tuple[Word, ...]) -> Template:
        shown = " ".join(word.template.shown for word in words)
        program = words[0].template.shown
        return self.hole(f"$({shown})", f"the output of `{program}` is not known")

    def _read(self, arguments: list[str], stdin: Template | None) -> None:
        names = [argument for argument in arguments if _NAME.fullmatch(argument)]
        literal = stdin.literal if stdin is not None else None
        for name in names:
            self.variables[name] = self.hole(f"${name}", "it is read from elsewhere")
        if literal is not None and len(names) == 1 and "\n" not in literal.strip() and "-d" not in arguments:
            self.variables[names[0]] = Template.of(literal.strip())

    def _run_pipeline(self, node: Any, stdin: Template | None) -> Template:
        self.heard += 1
        for child in node.named_children:
            stdin = self.run(child, stdin)
        self.heard -= 1
        return stdin or Template(())

    def _run_redirected_statement(self, node: Any, stdin: Template | None) -> Template:
        body = node.child_by_field_name("body")
        stdin = self._given_here(node.named_children, stdin)
        self.heard += 1
        output = self.run(body, stdin) if body is not None and body.is_named else Template(())
        self.heard -= 1
        for redirect in _redirects(node):
            operator = next((c.type for c in redirect.children if not c.is_named), "")
            target = redirect.child_by_field_name("destination")
            if target is not None and operator in (">", ">>", "&>", "&>>", ">|"):
                descriptor = redirect.child_by_field_name("descriptor")
                if descriptor is None or self.source(descriptor) == "1":
                    self._written(self.value(target), output)
                    output = Template(())
        return output

    def _given_here(self, children: list[Any], stdin: Template | None) -> Template | None:
        """Standard input from `<<< text` or a here-document."""
        for child in children:
            kind = child.type
            if kind == "herestring_redirect" and child.named_children:
                stdin = self.value(child.named_children[-1]) + Template.of("\n")
            elif kind == "heredoc_redirect":
                stdin = self._here_document(child)
            elif kind == "file_redirect" and any(c.type == "<" for c in child.children):
                stdin = self.hole(self.source(child), "it is read from a file")
        return stdin

    def _here_document(self, node: Any) -> Template:
        start = next((c for c in node.named_children if c.type == "heredoc_start"), None)
        body = next((c for c in node.named_children if c.type == "heredoc_body"), None)
        if start is None or body is None:
            return Template(())
        if self.source(start)[:1] in "'\"\\":
            return self.unmasked(self.source(body))
        parts: list[Template] = []
        at = body.start_byte // 2
        for child in body.named_children:
            if child.type in _EXPANDING:
                parts += (self.filled(self.script[at : child.start_byte // 2], _IN_QUOTES), self.value(child))
                at = child.end_byte // 2
        parts.append(self.filled(self.script[at : body.end_byte // 2], _IN_QUOTES))
        text = join(parts)
        if self.source(node).startswith("<<-"):
            return Template(
                (re.sub(r"(?m)^\t+", "", p) if isinstance(p, str) else p for p in text.parts), text.conditions
            )
        return text

    def _written(self, target: Template, output: Template) -> None:
        """`… >> "$GITHUB_OUTPUT"`: names and values for later steps."""
        shown = target.shown
        for which, file in enumerate(("GITHUB_OUTPUT", "GITHUB_ENV")):
            if file not in shown:
                continue
            pairs, is_whole = _pairs(output)
            if not is_whole:
                self.effects.unclear.add(file)
            if not self.asking:
                self.leaves[-1][which].update(pairs)
            elif pairs:
                self._leave([({}, {}), (pairs, {}) if file == "GITHUB_OUTPUT" else ({}, pairs)])

    def _run_variable_assignment(self, node: Any, stdin: Template | None) -> Template:
        name = _assigned_name(node, self)
        children = node.named_children
        if len(children) > 1 and children[-1].type == "array":
            items = [word.template for item in children[-1].named_children for word in self.words(item)]
            before = self.arrays.get(name, []) if any(c.type == "+=" for c in node.children) else []
            self.arrays[name] = [*before, *items][:_MAX_ROUNDS]
            return Template(())
        if children and children[0].type == "subscript":
            self.arrays.pop(name.partition("[")[0], None)
            return Template(())
        value = self._assigned(node)
        if any(c.type == "+=" for c in node.children):
            value = self.variables.get(name, Template(())) + value
        self.variables[name] = (
            value if len(value.pattern) <= _MAX_TEXT else self.hole(f"${name}", "it is long")
        )
        return Template(())

    def _assigned(self, node: Any) -> Template:
        value = node.child_by_field_name("value")
        return self.value(value) if value is not None else Template(())

    def _run_function_definition(self, node: Any, stdin: Template | None) -> Template:
        name = node.child_by_field_name("name")
        body = node.child_by_field_name("body")
        if name is not None and body is not None:
            self.functions[self.source(name)] = body
        return Template(())

    def _substitution(self, node: Any) -> Template:
        """What a command writes, without the line ends behind it."""
        before, folder = dict(self.variables), self.folder
        self.heard += 1
        output = self.run_all(node.named_children, None)
        self.heard -= 1
        self.variables, self.folder = before, folder
        if not output.parts or not isinstance(output.parts[-1], str):
            return output
        return Template((*output.parts[:-1], output.parts[-1].rstrip("\n")), output.conditions)

    # --- control flow ---

    def _branches(self, branches: Sequence[Sequence[Any]], is_complete: bool) -> Template:
        """One of several ways is taken: what they leave alike is known, the rest is a hole with what it can be."""
        if len(branches) == 1 and is_complete:
            return self.run_all(branches[0], None)
        if not branches:
            return Template(())
        before = dict(self.variables)
        self.copies_left -= len(before) * (len(branches) + 1)
        if self.copies_left < 0:
            raise _Exhausted
        folder = self.folder
        folders = [] if is_complete else [folder]
        ends = [] if is_complete else [before]
        leaves: list[_Left] = [] if is_complete else [({}, {})]
        outputs = []
        self.doubt += 1
        for nodes in branches:
            self.variables, self.folder = dict(before), folder
            leaves.append(({}, {}))
            self.leaves.append(leaves[-1])
            outputs.append(self.run_all(nodes, None))
            self.leaves.pop()
            ends.append(self.variables)
            folders.append(self.folder)
        self.doubt -= 1
        self._leave(leaves)
        self.folder = folder if not folders else folders[0] if len(set(folders)) == 1 else None
        self.variables = self._joined(ends) if ends else before
        found = outputs[0] if outputs else Template(())
        if all(output == found for output in outputs) and is_complete:
            return found
        empty = all(not output.parts for output in outputs)
        return Template(()) if empty else self.hole("$(if …)", "it depends on a condition")

    def _leave(self, leaves: list[_Left]) -> None:
        """Join what branches have written for later steps; the others have what was written before."""
        for which, found in enumerate(self.leaves[-1]):
            for name in dict.fromkeys(name for left in leaves for name in left[which]):
                self.values_left -= 1
                if self.values_left < 0:
                    raise _Exhausted
                before = self._before(name, which)
                values = [left[which].get(name, before) for left in leaves]
                found[name] = self._one_of(name, values)

    def _before(self, name: str, which: int) -> Template:
        for left in reversed(self.leaves):
            if name in left[which]:
                return left[which][name]
        return _NOTHING

    def _joined(self, ends: list[dict[str, Template]]) -> dict[str, Template]:
        """What variables can be behind several ways; most are the same object behind all of them."""
        first, *others = ends
        touched: dict[str, None] = {}
        for end in others:
            if not first.keys() <= end.keys():
                touched |= dict.fromkeys([name for name in first if name not in end])
            touched |= dict.fromkeys(compress(end, map(is_not, end.values(), map(first.get, end))))
        joined = dict(first)
        for name in touched:
            joined[name] = self._one_of(name, [end.get(name, _NOTHING) for end in ends])
        return joined

    def _one_of(self, name: str, values: list[Template]) -> Template:
        """The value, where all are alike; else a hole with them as its choices.

        Without choices, where a loop may add more of them or they are many.
        """
        if all(value == values[0] for value in values):
            return values[0]
        found = list(dict.fromkeys(each for value in values for each in value.variants))
        reason = f"`{name}` depends on a condition"
        if self.rounds or len(found) > _MAX_CHOICES:
            return self.hole(f"${name}", reason)
        return among(found, f"${name}", reason)

    def _run_if_statement(self, node: Any, stdin: Template | None) -> Template:
        """Ways that a known test rules out are not followed; behind one that holds there are no others."""
        ways: list[list[Any]] = []
        for condition, body in ways_of_if(node):
            if not condition:
                return self._branches([*ways, body], True)
            self._ask(condition, stdin)
            holds = truth(condition[-1], self) if len(condition) == 1 else None
            if holds:
                return self._branches([*ways, body], True)
            if holds is None:
                ways.append(body)
        return self._branches(ways, False)

    def _ask(self, condition: Iterable[Any], stdin: Template | None) -> None:
        self.doubt += 1
        self.asking += 1
        for each in condition:
            self.run(each, stdin)
        self.asking -= 1
        self.doubt -= 1

    def _run_list(self, node: Any, stdin: Template | None) -> Template:
        """`a && b`, `a || b`: what follows a test, and what follows `||`, is run perhaps."""
        left, *rest = node.children
        output = self.run(left, stdin) if left.is_named else Template(())
        operator = ""
        for child in rest:
            if not child.is_named:
                operator = child.type
                continue
            holds = truth(left, self) if len(rest) == 2 else None
            if holds is not None:
                if holds is (operator == "&&"):
                    output = join((output, self.run(child, stdin)))
            elif operator == "||" or self._may_fail(left):
                output = join((output, self._branches([[child]], False)))
            else:
                output = join((output, self.run(child, stdin)))
        return output

    def _may_fail(self, node: Any) -> bool:
        """Is a command run for its exit code: a test, or a program that searches?"""
        if node.type in ("test_command", "negated_command", "pipeline"):
            return True
        if node.type == "list":
            return any(self._may_fail(child) for child in node.named_children)
        return node.type == "command" and not _TESTS.isdisjoint(self.source(node).split(None, 1)[:1])

    def _run_case_statement(self, node: Any, stdin: Template | None) -> Template:
        subject = node.child_by_field_name("value")
        value = self.value(subject) if subject is not None else self.hole("$(case …)", "it is not known")
        ways = []
        for item in node.named_children:
            if item.type != "case_item":
                continue
            patterns = item.children_by_field_name("value")
            holds = chosen(value, item, self)
            if holds is not False:
                ways.append([c for c in item.named_children if c not in patterns])
            if holds:
                return self._branches(ways, True)
        return self._branches(ways, False)

    def _run_for_statement(self, node: Any, stdin: Template | None) -> Template:
        variable = node.child_by_field_name("variable")
        name = self.source(variable) if variable is not None else ""
        body = node.child_by_field_name("body")
        items = [word for value in node.children_by_field_name("value") for word in self._listed(value)]
        if body is None:
            return Template(())
        is_known = bool(items) and len(items) <= _MAX_ROUNDS and all(map(_is_one, items))
        if is_known:
            outputs = []
            for item in items:
                self.variables[name] = item.template
                outputs.append(self.run(body, None))
            return join(outputs)
        shown = items[0].template if len(items) == 1 else None
        self.variables[name] = shown or self.hole(
            f"${name}", f"`{name}` goes through a list that is not known"
        )
        return self._rounds(body)

    def _listed(self, node: Any) -> list[Word]:
        """The words of a list that is gone through; one that is one of several lists has the words of all of them."""
        words = self.words(node)
        kind = node.type
        if kind == "word" or kind == "concatenation":
            items = self._files_or_braces(node, words)
            if items is not None:
                return [Word(item, words[0].start, words[0].end) for item in items]
        if kind != "word" and kind not in _EXPANDING:
            return words
        return [
            Word(item, word.start, word.end) for word in words for item in expanded(word.template, _BLANK)
        ]

    def _files_or_braces(self, node: Any, words: list[Word]) -> list[Template] | None:
        """What the shell makes of `images/*`, which nobody knows, and of `{api,web}`; None for another word."""
        unquoted = [child for child in node.named_children if child.type == "word"] or [node]
        text = "".join(map(self.source, unquoted))
        is_pattern = not _PATTERN_SIGNS.isdisjoint(text)
        if not words or not (is_pattern or ("{" in text and "," in text)):
            return None
        braces = _BRACES.fullmatch(words[0].literal or "")
        if is_pattern or braces is None or len(words) > 1:
            return [self.hole(self.source(node), "the shell makes a list of it")]
        return [Template.of(braces[1] + each + braces[3]) for each in braces[2].split(",")]

    def _run_while_statement(self, node: Any, stdin: Template | None) -> Template:
        condition = node.child_by_field_name("condition")
        body = node.child_by_field_name("body")
        lines = stdin.literal.splitlines() if stdin is not None and stdin.literal is not None else None
        if condition is not None and body is not None and lines and len(lines) <= _MAX_ROUNDS:
            outputs = []
            for line in lines:
                self.run(condition, Template.of(line))
                outputs.append(self.run(body, None))
            return join(outputs)
        if condition is not None:
            self._ask([condition], stdin)
        return self._rounds(body) if body is not None else Template(())

    def _rounds(self, body: Any) -> Template:
        """What is run nobody knows how often: each round may leave another value."""
        self.rounds += 1
        output = self._branches([[body]], False)
        self.rounds -= 1
        return output

    def _run_subshell(self, node: Any, stdin: Template | None) -> Template:
        before, folder = dict(self.variables), self.folder
        output = self.run_all(node.children, stdin)
        self.variables, self.folder = before, folder
        return output

    def _run_declaration_command(self, node: Any, stdin: Template | None) -> Template:
        """`export`, `declare`, `local`, `readonly` with the values they give."""
        is_export = self.source(node).startswith(("export", "declare -x"))
        for child in node.named_children:
            if child.type == "variable_assignment":
                self.run(child, None)
                if is_export:
                    self.exported.add(_assigned_name(child, self))
            elif is_export and child.type == "variable_name":
                self.exported.add(self.source(child))
        return Template(())


_FOLLOWED: dict[str, Callable[[_Shell, Any, Template | None], Template]] = {
    name.removeprefix("_run_"): function
    for name, function in vars(_Shell).items()
    if name.startswith("_run_")
}
"""What follows a node, by the kind of the node."""


def _unescaped(match: re.Match[str]) -> str:
    return "" if match[1] == "\n" else match[1]


def _assigned_name(node: Any, shell: _Shell) -> str:
    name = node.child_by_field_name("name")
    return shell.source(name) if name is not None else ""


def _redirects(node: Any) -> list[Any]:
    """The redirections of a statement; one that follows `<<EOF` stands inside the here-document."""
    found = [child for child in node.named_children if child.type == "file_redirect"]
    for child in node.named_children:
        if child.type == "heredoc_redirect":
            found += [inner for inner in child.named_children if inner.type == "file_redirect"]
    return found


_BLANK = " \t\n"


def _split(value: Template) -> list[Template]:
    """Cut at white space, as the shell does with what stands outside of quotes."""
    return [piece for piece in value.split(_BLANK) if piece.parts]


def _as_arguments(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words of a command, without choices that may be several words (`--tag a --tag b`, or `--tag a` alone): how
    many arguments they make, and which, depends on which of them it is."""
    if all(word.literal is not None for word in words):  # as nearly always
        return words
    return tuple(Word(_without_lists(word.template), word.start, word.end) for word in words)


def _without_lists(template: Template) -> Template:
    if not any(len(choice.split(_BLANK)) > 1 for hole in template.holes for choice in hole.choices):
        return template
    return without_choices(template)


def _is_one(word: Word) -> bool:
    """Is a word of a list one word? What is not known at all may be several; of a name only a part may be unknown."""
    return len(word.template.holes) < max(len(word.template.parts), 1)


def _cut_at_slash(value: Template, operation: str) -> Template:
    pieces = value.split("/")
    if operation == "##*/":
        return pieces[-1]
    kept: list[str | Hole] = []
    for index, piece in enumerate(pieces[:-1]):
        kept += ["/", *piece.parts] if index else piece.parts
    return Template(kept, value.conditions)


def _echo(arguments: list[Template]) -> Template:
    end = "\n"
    while arguments and arguments[0].literal in ("-n", "-e", "-ne", "-en", "-E"):
        end = "" if "n" in (arguments[0].literal or "") else end
        arguments = arguments[1:]
    parts: list[Template] = []
    for index, argument in enumerate(arguments):
        parts += (Template.of(" "), argument) if index else (argument,)
    return join((*parts, Template.of(end)))


def _printf(arguments: list[Template]) -> Template | None:
    form = arguments[0].literal if arguments else None
    if form is None or not re.fullmatch(r"(?:[^%\\]|%s|\\n|%%)*", form):
        return None
    pieces = form.replace("\\n", "\n").split("%s")
    rest = arguments[1:]
    if len(pieces) == 1:
        return Template.of(pieces[0].replace("%%", "%"))
    parts: list[Template] = []
    while True:
        for index, piece in enumerate(pieces):
            if index:
                parts.append(rest.pop(0) if rest else Template(()))
            parts.append(Template.of(piece.replace("%%", "%")))
        if not rest:
            return join(parts)


_LOWER = {("[:upper:]", "[:lower:]"), ("A-Z", "a-z"), ("[A-Z]", "[a-z]"), ("'[:upper:]'", "'[:lower:]'")}


def _filtered(name: str, arguments: list[str | None], stdin: Template | None) -> Template | None:
    """What a filter makes of its input; None where that is not known."""
    if name == "cat" and not arguments:
        return stdin
    if name in ("basename", "dirname") and len(arguments) == 1 and arguments[0] is not None:
        folder, _, last = arguments[0].rstrip("/").rpartition("/")
        return Template.of(last if name == "basename" else folder or ".")
    if stdin is None:
        return None
    if name == "tr" and len(arguments) == 2:
        if (arguments[0], arguments[1]) in _LOWER:
            return stdin.map(str.lower)
        if (arguments[1], arguments[0]) in _LOWER:
            return stdin.map(str.upper)
        if stdin.literal is not None and arguments[0] == "-d" and arguments[1] in ("\\n", "\n", " ", '"'):
            return Template.of(
                stdin.literal.replace("\n" if "n" in str(arguments[1]) else str(arguments[1]), "")
            )
    if name in ("awk", "gawk") and arguments and "tolower($0)" in (arguments[0] or ""):
        return stdin.map(str.lower)
    if name == "sed" and arguments and (arguments[-1] or "").replace(" ", "") in _SED_LOWER:
        return stdin.map(str.lower)
    if name in ("sed", "tr"):
        from lading.models.filters import edited, translated

        return edited(arguments, stdin) if name == "sed" else translated(arguments, stdin)
    if name == "jq" and ".tags" in (arguments[-1] or "" if arguments else ""):
        return _tags_by_jq(arguments[-1] or "", stdin)
    if name == "xargs" and not arguments:
        return stdin.strip()
    if name == "cut" and stdin.literal is not None:
        return _cut([a or "" for a in arguments], stdin.literal)
    return None


def _tags_by_jq(program: str, stdin: Template) -> Template | None:
    """What jq makes of the JSON of docker/metadata-action: `.tags[]`, `.tags[0]`, `.tags | join(",")`, with a `map`."""
    tags: list[Template] = []
    pieces = stdin.split('"')
    if len(pieces) < 4 or pieces[1].literal != "tags" or pieces[2].literal != ":[":
        return None
    for number in range(3, len(pieces), 2):
        tags.append(pieces[number])
        if (pieces[number + 1].literal or "]").startswith("]"):
            break
    match = re.fullmatch(
        r"""\.tags\s*(?:\|\s*map\("([^"]*)"\s*\+\s*\.\)\s*)?(?:\|\s*join\("([^"]*)"\)|(?:\|\s*)?\.?\[(\d*)\])""",
        program.strip(),
    )
    if match is None:
        return None
    before, between, index = match[1] or "", match[2], match[3]
    items = [Template.of(before) + tag for tag in tags]
    if index:
        return items[int(index)] + Template.of("\n") if whole(index) < len(items) else None
    separator = between if between is not None else "\n"
    parts = [part for item in items for part in (Template.of(separator), item)]
    return join((*parts[1:], Template.of("\n")))


_SED_LOWER = ("s/.*/\\L&/", "s/.*/\\L&/g", "s/\\(.*\\)/\\L\\1/", "s/(.*)/\\L\\1/", "s/[A-Z]/\\L&/g")


def _cut(arguments: list[str], text: str) -> Template | None:
    match = re.fullmatch(r"-d ?(.) -f ?([0-9]+)", " ".join(a.strip("'\"") for a in arguments))
    if match is None:
        return None
    lines = []
    for line in text.splitlines():
        fields = line.split(match[1])
        number = whole(match[2])
        lines.append(fields[number - 1] if 0 < number <= len(fields) else "")
    return Template.of("".join(f"{line}\n" for line in lines))


def _pairs(output: Template) -> tuple[dict[str, Template], bool]:
    """`name=value` lines and `name<<END` blocks; false where some of it is neither."""
    found: dict[str, Template] = {}
    is_whole = True
    block: tuple[str, str, list[Template]] | None = None
    for line in output.split("\n"):
        if block is not None:
            name, end, lines = block
            if line.literal is not None and line.literal == end:
                found[name] = _lines(lines)
                block = None
            else:
                lines.append(line)
            continue
        start = line.prefix
        name, equals, value = start.partition("=")
        marker = re.fullmatch(r"([A-Za-z_][\w-]*)<<(.+)", line.literal or "")
        if marker is not None:
            block = (marker[1], marker[2], [])
        elif equals and re.fullmatch(r"\s*[A-Za-z_][\w.-]*", name):
            found[name.strip()] = Template((value, *line.parts[1:]), line.conditions)
        elif line.parts:
            is_whole = False
    if block is not None:
        is_whole = False
    return found, is_whole


def _lines(lines: list[Template]) -> Template:
    parts: list[Template] = []
    for index, line in enumerate(lines):
        parts += (Template.of("\n"), line) if index else (line,)
    return join(parts)
