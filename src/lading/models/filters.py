"""What `sed` and `tr` make of a text, in their simple forms.

Source: POSIX.1-2024, utilities `sed` and `tr`.
"""

from __future__ import annotations

from lading import regex as re
from lading.models.template import Template
from lading.patterns import is_quick

_PLAIN_SET = re.compile(r"[^\[\]\\-]+|[^\[\]\\]")
_BLANKS = {"[:space:]": " \t\n\r\v\f", "[:blank:]": " \t", "\\n": "\n", "\\r": "\r", "\\t": "\t"}
_SAFE = re.compile(r"(?:\\[^\w\s(){}|+?]|\[\^?[^\]\\]+\]|\.\*|[^\\\[\]*+?(){}|])*")
"""What means the same in basic and extended expressions, and in Python's."""
_MAX_TEXT = 10_000


def translated(arguments: list[str | None], stdin: Template) -> Template | None:
    """`tr a b` and `tr -d a`, letter by letter; None for another form."""
    if len(arguments) != 2:
        return None
    one, other = arguments
    if one == "-d":
        gone = _letters(other)
        return stdin.map(lambda text: "".join(c for c in text if c not in gone)) if gone else None
    old, new = _letters(one), _letters(other)
    if not old or not new:
        return None
    table = {ord(letter): new[min(number, len(new) - 1)] for number, letter in reversed(list(enumerate(old)))}
    return stdin.map(lambda text: text.translate(table))


def _letters(text: str | None) -> str | None:
    """The letters of a set without ranges and classes; None for another set."""
    if text is None:
        return None
    known = _BLANKS.get(text)
    return known or (text if _PLAIN_SET.fullmatch(text) else None)


def edited(arguments: list[str | None], stdin: Template) -> Template | None:
    """`sed 's/old/new/'` over a text that is wholly known; None for another form."""
    words = [word for word in arguments if word not in ("-E", "-r", "-e", "--expression")]
    text = stdin.literal
    if len(words) != 1 or words[0] is None or text is None or len(text) > _MAX_TEXT:
        return None
    for command in words[0].split(";"):
        done = _substituted(command.strip(), text)
        if done is None:
            return None
        text = done
    return Template((text,), stdin.conditions)


def _substituted(command: str, text: str) -> str | None:
    if len(command) < 4 or command[0] != "s" or command[1].isalnum() or command[1] in "\\\n ":
        return None
    mark = command[1]
    parts = re.split(rf"(?<!\\){re.escape(mark)}", command[2:])
    if len(parts) != 3 or parts[2] not in ("", "g"):
        return None
    pattern, new = parts[0].replace(f"\\{mark}", mark), parts[1].replace(f"\\{mark}", mark)
    if not pattern or _SAFE.fullmatch(pattern) is None or "&" in new or "\\" in new:
        return None
    if not is_quick(pattern, text):
        return None
    found = re.compile(pattern)
    count = 0 if parts[2] == "g" else 1
    return "\n".join(found.sub(lambda match: new, line, count=count) for line in text.split("\n"))
