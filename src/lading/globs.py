"""How rules are named by several at once: an id, a family, or a glob."""

from __future__ import annotations

WORD = "lading:"
"""What every comment holds that is meant for us."""


def matches(rule_id: str, glob: str) -> bool:
    """`publish/*`, `publish` for the whole family, or an id."""
    if glob == rule_id or rule_id.startswith(glob + "/"):
        return True
    if "*" not in glob and "?" not in glob and "[" not in glob:
        return False
    from fnmatch import fnmatchcase

    return fnmatchcase(rule_id, glob)


def may_ignore(text: str) -> bool:
    """Does a text hold the word with which every ignore begins?"""
    return WORD in text
