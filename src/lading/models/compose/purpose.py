"""What a Compose file is for, as far as its path and a glance at its text say so."""

from __future__ import annotations

from lading import regex as re

_WORDS = re.compile(r"[^A-Za-z]+")
_DEPLOYMENT = frozenset(
    ("prod", "production", "deploy", "deployment", "deployments", "staging", "live", "swarm")
)
_DEVELOPMENT = frozenset(
    (
        *(
            "ci",
            "debug",
            "demo",
            "demos",
            "dev",
            "devcontainer",
            "development",
            "docs",
            "e2e",
            "example",
            "examples",
        ),
        *(
            "fixture",
            "fixtures",
            "integration",
            "lab",
            "local",
            "mock",
            "mocks",
            "playground",
            "sample",
            "samples",
        ),
        *("sandbox", "template", "templates", "test", "testing", "tests", "tutorial", "tutorials"),
    )
)

_TEMPLATES = re.compile(
    r"(?:^|/)(?:templates?|skeletons?|cookiecutter[^/]*|[^/]*\{\{[^/]*)/"
    r"|(?:^|[/._-])(?:tmpl|tpl|template|j2|jinja2?)[._-][^/]*$"
)
_TEMPLATE_SYNTAX = re.compile(r"\{\{|\{%|<%|%[A-Z_]{2,}%|__[A-Z_]{2,}__")
_TEMPLATE_LINE = re.compile(
    r"^[ \t]*\{%-?\s*(?:if|for|set|block|macro|raw|include|extends)\b|\{\{\s*cookiecutter\.", re.MULTILINE
)


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


def is_for_deployment(path: str) -> bool:
    """Does its name or one of its folders say that servers run it, and none that it is a test or example?"""
    words = _words(path)
    return not words.isdisjoint(_DEPLOYMENT) and words.isdisjoint(_DEVELOPMENT)


def is_for_development(path: str) -> bool:
    """Does its name or one of its folders say that it is for a test, an example, or the own machine?"""
    return not _words(path).isdisjoint(_DEVELOPMENT)


def _words(path: str) -> frozenset[str]:
    return frozenset(_WORDS.split(path.lower()))
