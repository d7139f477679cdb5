"""`.env` files, with the grammar of compose-go's `dotenv/parser.go`."""

from __future__ import annotations

from lading import regex as re
from lading.models.compose.interpolation import Environment, interpolate
from lading.models.template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z0-9_.\-\[\]]+)[ \t]*([=:]|(?=[\r\n#]|$))[ \t]*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "'": "'", "$": "$$"}
_COMMENT = re.compile(r"(?:^|[ \t])#.*")


def parse_dotenv(text: str, above: Environment | None = None) -> Mapping[str, Template]:
    """The variables of a `.env` file in their order.

    Values may refer to earlier ones and to those of `above`. A bare name, which would be inherited from the
    shell, and a line that fits no form are left out.
    """
    found: dict[str, Template] = {}
    at = 0
    while at < len(text):
        match = _KEY.match(text, at)
        line_end = _line_end(text, at)
        if match is None or match.end() > line_end or not match[2]:
            at = line_end + 1
            continue
        raw, quote, at = _value(text, match.end(), line_end)
        found[match[1]] = _expand(raw, quote, found, above)
    return found


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _value(text: str, start: int, line_end: int) -> tuple[str, str, int]:
    """The raw value, its quote or "", and where the next line starts."""
    quote = text[start : start + 1]
    if quote in ("'", '"') and quote:
        end = _closing_quote(text, start + 1, quote)
        if end >= 0:
            return text[start + 1 : end], quote, _line_end(text, end) + 1
    return _COMMENT.sub("", text[start:line_end].rstrip("\r")).strip(), "", line_end + 1


def _closing_quote(text: str, at: int, quote: str) -> int:
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == quote:
            return at
        at += 1
    return -1


def _expand(raw: str, quote: str, found: Mapping[str, Template], above: Environment | None) -> Template:
    if quote == "'":
        return Template.of(raw)
    if quote == '"':
        raw = _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[0]), raw)
    else:
        raw = raw.replace("\\$", "$$")
    known = (above or Environment()).beneath(found)
    return interpolate(raw, known)
