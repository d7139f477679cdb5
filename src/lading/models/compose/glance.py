"""What a glance at a text tells of Compose: questions whose answers are kept. Nothing heavy is imported for them."""

from __future__ import annotations

from lading import regex as re

MAX_LENGTH = 100_000
"""Code points of a file that is looked through."""

_TEMPLATES = re.compile(
    r"(?:^|/)(?:templates?|skeletons?|cookiecutter[^/]*|[^/]*\{\{[^/]*)/"
    r"|(?:^|[/._-])(?:tmpl|tpl|template|j2|jinja2?)[._-][^/]*$"
)
_TEMPLATE_SYNTAX = re.compile(r"\{\{|\{%|<%|%[A-Z_]{2,}%|__[A-Z_]{2,}__")
_TEMPLATE_LINE = re.compile(
    r"^[ \t]*\{%-?\s*(?:if|for|set|block|macro|raw|include|extends)\b|\{\{\s*cookiecutter\.", re.MULTILINE
)

_OPTION = re.compile(r"-(?<![^\s\"'=(]-)(?:f|-file)")
"""Begins with its sign, for which a search looks first; what stands before it comes second."""
_WORDS = ("COMPOSE_FILE", "dockerComposeFile")

_SERVICES_FIRST = re.compile(
    r"(?:[ \t]*(?:#[^\r\n]*)?\r?\n|---[ \t]*\r?\n|(?:version|name):[ \t]*(?:\"[\w.-]*\"|'[\w.-]*'|[\w.-]*)[ \t]*\r?\n)*"
    r"services:[ \t]*(?:[\r\n#]|$)"
)
"""A file that begins like this, as most do, is one of Compose, and need not be parsed to know it."""


def is_template(path: str, text: str) -> bool:
    """Is it filled in before Compose reads it, as its name with its text or its lines say?"""
    return (is_named_template(path) and has_template_syntax(text)) or has_template_line(text)


def is_named_template(path: str) -> bool:
    return _TEMPLATES.search(path) is not None


def has_template_syntax(text: str) -> bool:
    """Is there something in it that may be filled in?"""
    return _TEMPLATE_SYNTAX.search(text) is not None


def has_template_line(text: str) -> bool:
    """Is there a line of a template engine in it?"""
    return ("{%" in text or "cookiecutter" in text) and _TEMPLATE_LINE.search(text) is not None


def begins_with_services(text: str) -> bool:
    return _SERVICES_FIRST.match(text) is not None


_INCLUDE = re.compile(r"include(?<![\w-]include)[\"']?\s*:")
_EXTENDS = re.compile(r"extends(?<![\w-]extends)[\"']?\s*:")
_FILE = re.compile(r"file(?<![\w-]file)[\"']?\s*:")
_ODD_KEYS = (
    re.compile(r"\?(?<![^\s\[{,-]\?)\s"),
    re.compile(r"\*[^\s,\]}]+[ \t]+:"),
    re.compile(r"\"[a-z]*\\[xuU\r\n]"),
)
"""Keys that are not written before their colon, `? key` and `*alias :`, or not letter for letter."""


def may_draw(text: str) -> bool:
    """May a file have the key `include`, or `extends` with a `file`? One that is written in odd ways may be it."""
    if "include" in text or ("extends" in text and "file" in text):
        if _INCLUDE.search(text) or (_EXTENDS.search(text) and _FILE.search(text)):
            return True
        return any(odd.search(text) for odd in _ODD_KEYS)
    return "\\" in text and _ODD_KEYS[-1].search(text) is not None


def may_state(text: str) -> bool:
    """May a text say which Compose files are used together?"""
    if len(text) > MAX_LENGTH:
        return False
    is_said = any(word in text for word in _WORDS) or ("-f" in text and _OPTION.search(text) is not None)
    return is_said and ("compose" in text or "compose" in text.lower())
