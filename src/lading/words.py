"""Names that may have been meant."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_MANY = 200


def nearest(name: str, candidates: Iterable[str], likeness: float = 0.7, *, most: int = _MANY) -> str | None:
    """The candidate that a typing mistake may have turned into `name`; none is sought among more than `most`."""
    known = list(candidates)
    if len(known) > most:
        return None
    rows = [(likeness_of(each, name), each) for each in known if _may_be_like(name, each, likeness)]
    return max((row for row in rows if row[0] >= likeness), default=(0, None))[1]


def _may_be_like(name: str, other: str, likeness: float) -> bool:
    """Have they enough letters in common, in whatever order?"""
    length = len(name) + len(other)
    if not length or 2.0 * min(len(name), len(other)) / length < likeness:
        return not length
    common = sum(min(name.count(letter), other.count(letter)) for letter in set(name))
    return 2.0 * common / length >= likeness


def likeness_of(one: str, other: str) -> float:
    """What `difflib.SequenceMatcher(None, one, other).ratio()` says, without the 5 ms in which that is loaded.

    (Measured, with what it imports; a test holds both equal.)
    """
    if len(other) >= _LEAST_JUNK:
        from difflib import SequenceMatcher

        return SequenceMatcher(None, one, other).ratio()
    length = len(one) + len(other)
    return 2.0 * _common(one, other) / length if length else 1.0


_LEAST_JUNK = 200
"""Letters from which on `difflib` passes over those that are frequent."""


def _common(one: str, other: str) -> int:
    """Letters in the longest stretch that both have, the first such one, and likewise before and behind it."""
    start = length = 0
    for at in range(len(one)):
        while at + length < len(one) and one[at : at + length + 1] in other:
            start, length = at, length + 1
    if not length:
        return 0
    place = other.index(one[start : start + length])
    before = _common(one[:start], other[:place])
    return before + length + _common(one[start + length :], other[place + length :])


def is_one_slip(name: str, meant: str) -> bool:
    """Does one slip of the hand lie between them: a letter too many or too few, two exchanged, or one wrong?

    Capitals, `_` for `-`, and a plural count as nothing. In a short name a wrong letter may be another word.
    """
    one, other = (each.lower().replace("_", "-") for each in (name, meant))
    if one.removesuffix("s") == other.removesuffix("s"):
        return True
    pairs = enumerate(zip(one, other, strict=False))
    at = next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
    tail, rest = one[at:], other[at:]
    is_wrong_letter = len(one) >= _LONG and tail[1:] == rest[1:]
    is_exchange = len(tail) > 1 and tail[1] + tail[0] + tail[2:] == rest
    return tail[1:] == rest or tail == rest[1:] or is_exchange or is_wrong_letter


_LONG = 5


def slip_of(name: str, candidates: Iterable[str]) -> str | None:
    """The one candidate that a slip of the hand turned into `name`; None where there is none, or more than one."""
    found = [each for each in candidates if len(each) > _SHORT and is_one_slip(name, each)]
    return found[0] if len(found) == 1 else None


_SHORT = 2


def has_word(word: str, text: str) -> bool:
    """Does it stand there by itself, not as a part of a longer name?"""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        around = text[max(at - 1, 0) : at] + text[end : end + 1]
        if not any(sign.isalnum() or sign in "_-" for sign in around):
            return True
        at = text.find(word, at + 1)
    return False
