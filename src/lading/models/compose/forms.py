"""The grammars of texts in a Compose file: durations, sizes, ports, mounts, devices, command lines.

Each reader takes a text whose variables are replaced and raises `BadForm` with what is wrong.
"""

from __future__ import annotations

from lading import regex as re
from lading.plain import whole


class BadForm(ValueError):
    """A text does not follow its grammar; the message ends the sentence "`text` …"."""


_NANOSECONDS = {
    **{"ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000},
    **{"m": 60_000_000_000, "h": 3_600_000_000_000, "d": 86_400_000_000_000, "w": 604_800_000_000_000},
}
_PIECE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)([^\d.]*)")
_MAX = 1 << 63
_MAX_FRACTION = 30
"""Digits behind the point of a duration; a nanosecond of a week has 15."""
_LARGEST = 1e300


def duration(text: str) -> int:
    """Nanoseconds: numbers with Go's units, days or weeks (`1h30m`); `0` needs no unit.

    Read as by github.com/xhit/go-str2duration, which compose-go uses (`types/duration.go`).
    """
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    total, at = 0, 0
    while at < len(rest):
        match = _PIECE.match(rest, at)
        if match is None:
            break
        if not match[2]:
            raise BadForm("lacks a unit: it is a number with a unit, such as `30s` or `1m30s`")
        if match[2] not in _NANOSECONDS:
            raise BadForm(
                f"has the unknown unit `{match[2].strip()}`; there are ns, us, ms, s, m, h, d and w"
            )
        full, _, part = match[1].partition(".")
        factor = _NANOSECONDS[match[2]]
        part = part[:_MAX_FRACTION]
        total += whole(full or "0") * factor + (int(part) * factor // 10 ** len(part) if part else 0)
        at = match.end()
    if not rest or at < len(rest) or total >= _MAX:
        raise BadForm("is no duration: it is a number with a unit, such as `30s` or `1m30s`")
    return sign * total


def duration_shown(nanoseconds: int) -> str:
    """As Go prints a duration: `1m30s`, `1.5s`, `0s`."""
    if not nanoseconds:
        return "0s"
    sign, rest = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    for unit, size in (("ns", 1), ("µs", 1_000), ("ms", 1_000_000)):
        if rest < size * 1_000:
            return f"{sign}{_decimal(rest, size)}{unit}"
    hours, rest = divmod(rest, 3_600_000_000_000)
    minutes, rest = divmod(rest, 60_000_000_000)
    seconds = f"{_decimal(rest, 1_000_000_000)}s"
    if hours:
        return f"{sign}{hours}h{minutes}m{seconds}"
    return f"{sign}{minutes}m{seconds}" if minutes else sign + seconds


def _decimal(number: int, unit: int) -> str:
    whole, part = divmod(number, unit)
    return f"{whole}.{part:0{len(str(unit)) - 1}d}".rstrip("0") if part else str(whole)


_SIZE = re.compile(r"(\d+(?:\.\d*)?|\.\d+) ?(?:([bB])|([kKmMgGtTpP])(?:[bB]|[iI][bB])?)?")
_WHOLE = re.compile(r"[-+]?\d+")


def size(text: str) -> int:
    """Bytes: a number, or one with b, k, m, g, t or p, `64m`, `1.5gb`, `512MiB` (github.com/docker/go-units)."""
    if _WHOLE.fullmatch(text):
        return whole(text)
    match = _SIZE.fullmatch(text)
    if match is None:
        raise BadForm("is no size: it is a number, or one with a unit such as `512m` or `1.5gb`")
    factor = 1024 ** ("kmgtp".index(match[3].lower()) + 1) if match[3] else 1
    return int(min(float(match[1]) * factor, _LARGEST))


class Port:
    """One published or exposed port: numbers as Compose has them, `published` a text that may be a range."""

    __slots__ = ("host_ip", "protocol", "published", "target")

    def __init__(self, target: int, published: str, host_ip: str, protocol: str) -> None:
        self.target = target
        self.published = published
        self.host_ip = host_ip
        self.protocol = protocol


class PortRange:
    """An item of `ports` in its short form: container ports `first` to `last`, those of the host from `start` to `end`.

    `is_published`: is a port of the host given at all?
    """

    __slots__ = ("end", "first", "host_ip", "is_published", "last", "protocol", "start")

    def __init__(
        self, host_ip: str, container: tuple[int, int], host: tuple[int, int] | None, protocol: str
    ) -> None:
        self.host_ip = host_ip
        self.first, self.last = container
        self.is_published = host is not None
        self.start, self.end = host or (0, 0)
        self.protocol = protocol


def port_range_of(text: str) -> PortRange:
    """What an item of `ports` in its short form says (github.com/docker/go-connections, `nat.ParsePortSpec`)."""
    host_ip, host, container = _port_parts(text)
    container, _, protocol = container.partition("/")
    if not container:
        raise BadForm("names no container port")
    protocol = (protocol or "tcp").lower()
    if protocol not in ("tcp", "udp", "sctp"):
        raise BadForm(f"has the protocol `{protocol}`; there are tcp, udp and sctp")
    if host_ip.startswith("["):
        host_ip = host_ip[1:].removesuffix("]")
    if host_ip and not is_ip_address(host_ip):
        raise BadForm(f"has `{host_ip}` where an IP address of the host stands")
    found = PortRange(host_ip, port_range(container), port_range(host) if host else None, protocol)
    length = found.last - found.first
    if host and length != found.end - found.start and length:
        raise BadForm("maps ranges of different lengths")
    return found


def ports(text: str) -> tuple[Port, ...]:
    """Every port that an item of `ports` in its short form publishes."""
    found = port_range_of(text)
    spread = f"-{found.end}" if found.first == found.last and found.start != found.end else ""
    return tuple(
        Port(
            number,
            f"{found.start + number - found.first}{spread}" if found.is_published else "",
            found.host_ip,
            found.protocol,
        )
        for number in sorted(range(found.first, found.last + 1), key=str)
    )


def _port_parts(text: str) -> tuple[str, str, str]:
    parts = text.split(":")
    if len(parts) == 1:
        return "", "", parts[0]
    if len(parts) == 2:
        return "", parts[0], parts[1]
    return ":".join(parts[:-2]), parts[-2], parts[-1]


def port_range(text: str) -> tuple[int, int]:
    """The first and the last port of `8080` or `8080-8090`."""
    first, dash, last = text.partition("-")
    for part in (first, last) if dash else (first,):
        if not (part.isascii() and part.isdigit() and whole(part) < 65536):
            raise BadForm(f"has `{part}` where a port from 0 to 65535 stands")
    low, high = whole(first), whole(last) if dash else int(first)
    if high < low:
        raise BadForm(f"has the range `{text}`, which ends before it begins")
    return low, high


_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"(?:{_OCTET}\.){{3}}{_OCTET}")


def is_ip_address(text: str) -> bool:
    """Is it an IPv4 or IPv6 address, without brackets, zone or mask?"""
    if _IPV4.fullmatch(text) is not None:  # as most: without the millisecond in which `ipaddress` is loaded
        return True
    from ipaddress import ip_address

    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


class Mount:
    """An item of `volumes` in its short form. `kind` is "bind" or "volume"; `source` is "" for an anonymous volume."""

    __slots__ = ("kind", "options", "source", "target")

    def __init__(self, kind: str, source: str, target: str, options: tuple[str, ...]) -> None:
        self.kind = kind
        self.source = source
        self.target = target
        self.options = options

    @property
    def is_read_only(self) -> bool:
        access = [option for option in self.options if option in ("ro", "rw")]
        return bool(access) and access[-1] == "ro"


def mount(text: str) -> Mount:
    """`[source:]target[:options]`; a single letter before a colon is a drive of Windows (`format/volume.go`)."""
    if not text:
        raise BadForm("is empty")
    if len(text.encode()) <= 2:
        return Mount("volume", "", text, ())
    sections = _sections(text)
    if "" in sections:
        raise BadForm(
            "has nothing between two colons" if ":" in text.strip(":") else "has a colon without a path"
        )
    if len(sections) > 3:
        raise BadForm("has too many colons: it is `source:target:options`")
    if len(sections) == 1:
        return Mount("volume", "", sections[0], ())
    source, target = sections[:2]
    options = tuple(sections[2].split(",")) if len(sections) == 3 else ()
    return Mount("bind" if is_host_path(source) else "volume", source, target, options)


def _sections(text: str) -> list[str]:
    parts = text.split(":")
    if not any(len(part) == 1 and part.isalpha() for part in parts[:-1]):  # as of most: there is no drive
        return parts
    sections, current = [], ""
    for char in text:
        if char == ":" and not (len(current) == 1 and current.isalpha()):
            sections.append(current)
            current = ""
        else:
            current += char
    return [*sections, current]


def is_host_path(source: str) -> bool:
    """Does the source of a mount name a path of the host, not a volume? (compose-go:format/volume.go `isFilePath`)"""
    if source[:1] in (".", "/", "~") or source.startswith("\\\\"):
        return source != ""
    return len(source) > 1 and source[0].isalpha() and source[1] == ":"


def device(text: str) -> tuple[str, str, str]:
    """Source, target and permissions of `source[:target[:permissions]]` (`transform/device.go`)."""
    parts = text.split(":")
    if len(parts) > 3:
        raise BadForm("has too many colons: it is `source:target:permissions`")
    source, target = (*parts, "")[:2]
    return source, target or source, parts[2] if len(parts) == 3 else "rwm"


_OPERATORS = ";&|<>"
_OF_SHELLWORDS = frozenset((*_OPERATORS, *"\\\"'`()"))
_STRETCH = re.compile(r"[^\\\s;&|<>()\"'`]+|.", re.DOTALL)
_TO_SPACES = str.maketrans("\t\r\n", "   ")


class CommandLine:
    """A command cut into words. `cut_at`: offset of the operator where Compose stops reading, None for none."""

    __slots__ = ("cut_at", "words")

    def __init__(self, words: tuple[str, ...], cut_at: int | None) -> None:
        self.words = words
        self.cut_at = cut_at


def command_line(text: str) -> CommandLine:
    """The words of a `command` given as text (github.com/mattn/go-shellwords, `Parse`).

    No shell reads it: at `;`, `&`, `|`, `<` or `>` outside of quotes Compose stops and drops the rest.
    """
    if _OF_SHELLWORDS.isdisjoint(text):  # as most: every other letter is one of a word
        return CommandLine(tuple(word for word in text.translate(_TO_SPACES).split(" ") if word), None)
    words: list[str] = []
    current, is_word, is_escaped, quote = "", False, False, ""
    for found in _STRETCH.finditer(text):
        char, at = found[0], found.start()
        if len(char) > 1:  # letters that mean nothing but themselves
            current += char
            is_escaped, is_word = False, True
        elif is_escaped or char == "\\":
            if is_escaped or quote == "'":
                current += char
            is_escaped, is_word = not is_escaped and quote != "'", is_word or is_escaped
        elif char in " \t\r\n" and not quote:
            words += [current] if is_word else []
            current, is_word = "", False
        elif char in _OPERATORS and not quote:
            is_number = char == ">" and current[:1].isdigit()
            return CommandLine((*words, current) if is_word and not is_number else tuple(words), at)
        elif char == "(" and not quote and not current.endswith("$"):
            raise BadForm("has a parenthesis outside of quotes, and no shell reads it")
        else:
            was, quote = quote, _quoted(quote, char)
            current += "" if was != quote and char in "\"'" else char
            is_word = True
    if is_escaped or quote:
        raise BadForm(
            "ends with a backslash" if is_escaped else "has a quote or parenthesis that is not closed"
        )
    return CommandLine((*words, current) if is_word else tuple(words), None)


def _quoted(quote: str, char: str) -> str:
    """What is open after a character: a quote, a back quote, `(` for `$(`, or nothing."""
    closing = "(" if char == ")" else char
    if closing not in "\"'`(" or (quote and quote != closing) or (quote == "(" and char == "("):
        return quote
    return "" if quote else closing
