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


def is_for_deployment(path: str) -> bool:
    """Does its name or one of its folders say that servers run it, and none that it is a test or example?"""
    words = _words(path)
    return not words.isdisjoint(_DEPLOYMENT) and words.isdisjoint(_DEVELOPMENT)


def is_for_development(path: str) -> bool:
    """Does its name or one of its folders say that it is for a test, an example, or the own machine?"""
    return not _words(path).isdisjoint(_DEVELOPMENT)


def _words(path: str) -> frozenset[str]:
    return frozenset(_WORDS.split(path.lower()))
