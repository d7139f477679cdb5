"""The words of a command: wrappers before it, its options with their values, and the rest."""

from __future__ import annotations

from lading.memory import remembered
from lading.models.template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.models.shell import Word


class Options:
    """The options of a command with their values, and the other words."""

    def __init__(self, options: list[tuple[str, Word | None, Template | None]], rest: list[Word]) -> None:
        self.options = options
        self.rest = rest

    def has(self, *names: str) -> bool:
        return any(
            name in names and (value is None or value.literal != "false") for name, _, value in self.options
        )

    def values(self, *names: str) -> list[tuple[Template, Word]]:
        found = []
        for name, word, value in self.options:
            if name in names and value is not None and word is not None:
                found.append((value, word))
        return found

    def last(self, *names: str) -> Template | None:
        values = self.values(*names)
        return values[-1][0] if values else None


@remembered(1024)
def options_of(words: tuple[Word, ...], with_value: frozenset[str]) -> Options:
    options: list[tuple[str, Word | None, Template | None]] = []
    rest: list[Word] = []
    waiting: str | None = None
    only_words = False
    for word in words:
        text = word.template.prefix
        if waiting is not None:
            options.append((waiting, word, word.template))
            waiting = None
        elif only_words or not text.startswith("-") or text == "-":
            rest.append(word)
        elif text == "--" and word.literal == "--":
            only_words = True
        else:
            waiting = _option(word, text, with_value, options)
    return Options(options, rest)


def _option(
    word: Word, text: str, with_value: frozenset[str], options: list[tuple[str, Word | None, Template | None]]
) -> str | None:
    """Note an option; returns its name where the next word is its value."""
    name, equals, value = text.partition("=")
    if text.startswith("--") and equals:
        options.append((name, word, Template((value, *word.template.parts[1:]), word.template.conditions)))
    elif text in with_value and word.literal is not None:
        return text
    elif not text.startswith("--") and text[:2] in with_value and len(text) > 2:
        rest = Template((text[2:].removeprefix("="), *word.template.parts[1:]), word.template.conditions)
        options.append((text[:2], word, rest))
    else:
        options.append((text, word, None))
    return None


_WRAPPERS = frozenset(("sudo", "time", "exec", "command", "nohup", "builtin", "retry"))


def unwrapped(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The command behind `sudo`, `env A=b`, `timeout 60` and the like."""
    while words:
        name = words[0].literal
        if name in _WRAPPERS:
            words = words[1:]
            while words and (words[0].literal or "").startswith("-"):
                words = words[1:]
        elif name == "env":
            words = words[1:]
            while words and ("=" in words[0].template.prefix or words[0].template.prefix.startswith("-")):
                words = words[1:]
        elif name == "timeout" and len(words) > 1:
            words = words[2:]
        else:
            break
    return words


def program_of(words: tuple[Word, ...]) -> str:
    text = (words[0].literal or "") if words else ""
    name = text.rpartition("/")[2]
    return name if "./" not in text or name in _OF_PROJECTS else ""


_OF_PROJECTS = ("mvnw", "gradlew")
"""Programs that lie in the repositories that use them."""


def without_options(words: tuple[Word, ...], with_value: frozenset[str]) -> tuple[Word, ...]:
    """Behind the options in front of a subcommand."""
    while words and (words[0].literal or "").startswith("-"):
        takes = words[0].literal in with_value
        words = words[2 if takes else 1 :]
    return words
