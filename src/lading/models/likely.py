"""Steps that probably push an image, although nothing of it can be read: `make push` without a Makefile, `release.py`.

Only the look of a command tells; so whatever is found stands on unknown ground.
"""

from __future__ import annotations

from lading import regex as re
from lading.models.calls import texts_called

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.calls import Read

_COMMAND = re.compile(
    r"(?<!\\\n)^[ \t]*(?:sudo +|time +|[A-Z_]+=\S* +)*"
    r"((?:make|just|task|npm|pnpm|yarn|bun|npx|node|mvn|gradle|python3?|poetry|uv|pipenv|bazel|bazelisk|dagger|mage|nx"
    r"|rake|sbt|nix|invoke|inv|fab|go run|archery|semantic-release"
    r"|(?:\./|[\w.-]+/)[\w./-]+|[\w-]+\.(?:sh|py|js|ts|rb))\b"
    r"[^\n|;&#]*)",
    re.MULTILINE,
)
_SAYS_PUSH = r"(?<![A-Za-z])(?:push|publish|release)(?:es|ed|ing)?(?![a-z])"
_NO_IMAGE = re.compile(
    r"(?:npm|pnpm|yarn|bun|poetry|uv|nx)\s+(?:publish|release)\b|[\w./-]*\.(?:md|txt|json|ya?ml|tgz|zip)\b|--release\b"
    r"|release[_-]?(?:notes|name|version|tag|candidate|branch)|\bmelos\b|\bnpm run (?:build|test|lint)\b"
)


def likely_push(text: str, folder: str | None, read: Read) -> tuple[int, int] | None:
    """The place of a command in a script that speaks of pushing and cannot be looked into; None where there is none."""
    for match in commands(text):
        if not any(True for _ in texts_called(match[1], folder, read)):
            return match.start(1), match.start(1) + len(match[1].rstrip())
    for called in texts_called(text, folder, read):
        if any(not any(True for _ in texts_called(inner[1], folder, read)) for inner in commands(called)):
            start = len(text) - len(text.lstrip())
            return start, start + len(text.strip().partition("\n")[0])
    return None


def commands(text: str) -> Iterator[re.Match[str]]:
    """Commands of a script that speak of pushing, by their look."""
    if re.search(_SAYS_PUSH, text, re.IGNORECASE) is None:
        return
    for match in _COMMAND.finditer(text):
        whole = _NO_IMAGE.sub("", match[1])
        rest = re.sub(r"[\w.-]+/", "", whole)
        says = re.search(_SAYS_PUSH, rest, re.IGNORECASE) or (
            re.search(_SAYS_PUSH, whole, re.IGNORECASE) and re.search("image|docker", rest)
        )
        if says is not None:
            yield match
