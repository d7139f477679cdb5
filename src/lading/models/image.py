"""Image references: their grammar, and what can be said of those that are only partly known.

The grammar is that of distribution/reference (`reference.go`, `regexp.go`, `normalize.go` at 0965666), with
which every Go client (Docker, Compose, buildx, podman) reads names. All functions are linear in the text.
"""

from __future__ import annotations

from lading import regex as re
from lading.memory import remembered
from lading.models.template import Hole, Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

DOCKER_HUB = "docker.io"
_LEGACY_HUB = "index.docker.io"
_OFFICIAL = "library/"
_MAX_PATH = 255
_MAX_TAG = 128

# Atomic groups, since Python before 3.11.5 takes too much for a possessive repeat of a group (cpython#106052).
_DOMAIN_PART = r"[A-Za-z0-9]++(?>(?:-++[A-Za-z0-9]++)*)"
_DOMAIN = rf"(?:{_DOMAIN_PART}(?>(?:\.{_DOMAIN_PART})*)|\[[a-fA-F0-9:]++\])(?::[0-9]++)?"
_COMPONENT = r"[a-z0-9]++(?>(?:(?:__|[._]|-++)[a-z0-9]++)*)"
_PATH = rf"{_COMPONENT}(?>(?:/{_COMPONENT})*)"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"

_REFERENCE = re.compile(rf"(?:({_DOMAIN})/)?({_PATH})(?::({_TAG}))?(?:@({_DIGEST}))?")
_WHOLE_DOMAIN = re.compile(_DOMAIN)
_WHOLE_COMPONENT = re.compile(_COMPONENT)
_WHOLE_TAG = re.compile(_TAG)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_FOREIGN = re.compile(r"[^A-Za-z0-9._/:@\[\]+-]+")
_CAPITAL = re.compile(r"[A-Z]")
_IDENTIFIER = re.compile(r"[a-f0-9]{64}")
_HEX_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}
"""What go-digest knows (`algorithm.go`), with the length of the digest in hexadecimal digits."""

FORMAT = "invalid reference format"


class InvalidReference(Exception):
    """A text that no Go client takes for an image reference.

    - `message`: in the words of the Go client
    - `kind`: "scheme", "characters", "uppercase", "empty-tag", "tag", "digest", "registry", "separator",
      "length", "identifier", "empty" or "format"
    - `start`, `end`: the offending part, as offsets in the text (of a template: in its `shown`)
    - `detail`: what is wrong with that part, as a clause
    - `suggestion`: a reference that is valid and was probably meant, or None
    """

    def __init__(
        self, kind: str, message: str, start: int, end: int, detail: str, suggestion: str | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.start = start
        self.end = end
        self.detail = detail
        self.suggestion = suggestion

    def __repr__(self) -> str:
        return f"<InvalidReference {self.kind} {self.start}-{self.end}: {self.message}>"


class Reference:
    """An image reference.

    - `domain`, `path`: normalised ("docker.io", "library/postgres"); `domain` is "" where Go takes a first
      component with a dot and an underscore for a part of the path
    - `tag`, `digest`: as written, or None
    - `name`: without tag and digest, as written ("ghcr.io/acme/app", "postgres")
    - `registry`: as written, or None
    """

    __slots__ = ("digest", "domain", "name", "path", "registry", "tag")

    def __init__(
        self, domain: str, path: str, tag: str | None, digest: str | None, name: str, registry: str | None
    ) -> None:
        self.domain = domain
        self.path = path
        self.tag = tag
        self.digest = digest
        self.name = name
        self.registry = registry

    @property
    def familiar(self) -> str:
        """The name without what stands for Docker Hub: "postgres", "acme/app", "ghcr.io/acme/app"."""
        if self.domain == DOCKER_HUB:
            return self.path.removeprefix(_OFFICIAL)
        return f"{self.domain}/{self.path}" if self.domain else self.path

    @property
    def text(self) -> str:
        """The whole reference, normalised."""
        tag = f":{self.tag}" if self.tag is not None else ""
        digest = f"@{self.digest}" if self.digest is not None else ""
        name = f"{self.domain}/{self.path}" if self.domain else self.path
        return f"{name}{tag}{digest}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"<Reference {self.text}>"


def parse_reference(text: str) -> Reference:
    """Read a reference as `reference.ParseNormalizedNamed` does. Raises `InvalidReference`."""
    found = _read(text)
    if isinstance(found, Reference):
        return found
    raise _diagnosis(text, found)


@remembered(1_000)
def _read(text: str) -> Reference | str:
    """The reference, or Go's complaint."""
    if _IDENTIFIER.fullmatch(text):
        return f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings"
    domain, rest = _split_domain(text)
    remote = rest.partition(":")[0]
    if remote != remote.lower():
        return f"{FORMAT}: repository name ({remote}) must be lowercase"
    match = _REFERENCE.fullmatch(f"{domain}/{rest}")
    if match is None:
        return FORMAT
    path, tag, digest = match[2], match[3], match[4]
    if len(path) > _MAX_PATH:
        return f"repository name must not be more than {_MAX_PATH} characters"
    complaint = _of_digest(digest) if digest is not None else None
    if complaint is not None:
        return complaint
    name = _without_tag(text)
    registry = _registry_end(text)
    return Reference(match[1] or "", path, tag, digest, name, text[:registry] if registry else None)


def _registry_end(text: str) -> int:
    """Where the registry ends in the text, 0 where none is written: `splitDockerDomain` of `normalize.go`."""
    first, slash, _ = text.partition("/")
    if slash and (first == "localhost" or "." in first or ":" in first or first != first.lower()):
        return len(first)
    return 0


def _split_domain(text: str) -> tuple[str, str]:
    end = _registry_end(text)
    domain, rest = (text[:end], text[end + 1 :]) if end else (DOCKER_HUB, text)
    if domain == _LEGACY_HUB:
        domain = DOCKER_HUB
    if domain == DOCKER_HUB and "/" not in rest:
        rest = _OFFICIAL + rest
    return domain, rest


def _without_tag(text: str) -> str:
    name = text.partition("@")[0]
    folder, slash, last = name.rpartition("/")
    return folder + slash + last.partition(":")[0]


def _of_digest(digest: str) -> str | None:
    """go-digest's complaint about a digest that fits the grammar of references."""
    algorithm, _, encoded = digest.partition(":")
    if not re.fullmatch(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*", algorithm):
        return "invalid checksum digest format"
    if algorithm not in _HEX_DIGITS:
        return "unsupported digest algorithm"
    if len(encoded) != _HEX_DIGITS[algorithm]:
        return "invalid checksum digest length"
    return "invalid checksum digest format" if _CAPITAL.search(encoded) else None


def _diagnosis(text: str, message: str) -> InvalidReference:
    """Where and why an invalid text is invalid; `message` is Go's."""
    for find in (
        _bad_characters,
        _bad_identifier,
        _bad_case,
        _bad_digest,
        _bad_tag,
        _bad_registry,
        _bad_path,
    ):
        found = find(text)
        if found is not None:
            kind, start, end, detail, suggestion = found
            if suggestion is not None and isinstance(_read(suggestion), str):
                suggestion = None
            return InvalidReference(kind, message, start, end, detail, suggestion)
    return InvalidReference("format", message, 0, len(text), "it is no image reference")


_Found = tuple[str, int, int, str, "str | None"]


def _bad_characters(text: str) -> _Found | None:
    if not text:
        return "empty", 0, 0, "it is empty", None
    scheme = _SCHEME.match(text)
    if scheme is not None:
        detail = f"an image reference has no scheme such as `{scheme[0]}`"
        return "scheme", 0, scheme.end(), detail, text[scheme.end() :]
    foreign = _FOREIGN.search(text)
    if foreign is None:
        return None
    what = "white space" if foreign[0].isspace() else f"`{foreign[0]}`"
    return "characters", foreign.start(), foreign.end(), f"{what} has no place in it", text.strip()


def _bad_identifier(text: str) -> _Found | None:
    if not _IDENTIFIER.fullmatch(text):
        return None
    return "identifier", 0, len(text), "64 hexadecimal digits are the id of an image, not its name", None


def _bad_case(text: str) -> _Found | None:
    """Capitals in the path, also where something else is wrong besides: Go complains of them first."""
    start = _registry_end(text) + 1 if _registry_end(text) else 0
    name = text.partition("@")[0]
    colon = name.find(":", start)
    stop = colon if colon >= 0 else len(name)
    path = text[start:stop]
    first = _CAPITAL.search(path)
    if first is None:
        return None
    begin = path.rfind("/", 0, first.start()) + 1
    last = max(at for at, character in enumerate(path) if _CAPITAL.match(character))
    close = path.find("/", last)
    end = close if close >= 0 else len(path)
    detail = f"`{path[begin:end]}` has capitals"
    return "uppercase", start + begin, start + end, detail, text[:start] + path.lower() + text[stop:]


def _bad_digest(text: str) -> _Found | None:
    name, at, digest = text.partition("@")
    if not at:
        return None
    start = len(name) + 1
    algorithm, colon, encoded = digest.partition(":")
    if not digest:
        return "digest", start - 1, start, "there is no digest after `@`", None
    if not colon or not encoded:
        return "digest", start, len(text), f"`{digest}` is no digest such as `sha256:…`", None
    if algorithm not in _HEX_DIGITS:
        return "digest", start, start + len(algorithm), f"`{algorithm}` is no algorithm of digests", None
    if not re.fullmatch(r"[0-9a-f]*", encoded):
        return "digest", start + len(algorithm) + 1, len(text), "a digest has the digits 0-9 and a-f", None
    length = _HEX_DIGITS[algorithm]
    if len(encoded) == length:
        return None
    detail = f"a {algorithm} digest has {length} digits, this one has {len(encoded)}"
    return "digest", start + len(algorithm) + 1, len(text), detail, None


def _bad_tag(text: str) -> _Found | None:
    start = _registry_end(text) + 1 if _registry_end(text) else 0
    name = text.partition("@")[0]
    colon = name.find(":", start)
    if colon < 0:
        return None
    tag = name[colon + 1 :]
    if not tag:
        return "empty-tag", colon, colon + 1, "there is no tag after `:`", None
    if _WHOLE_TAG.fullmatch(tag):
        return None
    if "/" in tag:
        detail = f"a tag has no `/`, and `{tag}` stands where the tag does"
    elif len(tag) > _MAX_TAG:
        detail = f"a tag has at most {_MAX_TAG} characters, this one has {len(tag)}"
    elif ":" in tag:
        detail = f"there are two tags in `{name[colon:]}`"
    elif tag[0] in ".-":
        detail = f"a tag does not start with `{tag[0]}`"
    else:
        detail = f"the tag `{tag}` has other characters than letters, digits, `_`, `.` and `-`"
    return "tag", colon + 1, len(name), detail, None


def _bad_registry(text: str) -> _Found | None:
    end = _registry_end(text)
    if not end or _WHOLE_DOMAIN.fullmatch(text[:end]):
        return None
    return "registry", 0, end, f"`{text[:end]}` is no host of a registry", None


def _bad_path(text: str) -> _Found | None:
    start = _registry_end(text) + 1 if _registry_end(text) else 0
    path = _without_tag(text)[start:]
    at = start
    for component in path.split("/"):
        end = at + len(component)
        if not component:
            return "separator", max(at - 1, 0), min(at + 1, len(text)), "a part of the name is empty", None
        if not _WHOLE_COMPONENT.fullmatch(component):
            detail = (
                f"`{component}` does not start and end with a letter or digit, with one `.`, `_`, `__` or "
                "a row of `-` at a time between them"
            )
            return "separator", at, end, detail, None
        at = end + 1
    if len(path) > _MAX_PATH:
        return "length", start, start + len(path), f"it has {len(path)} characters", None
    return None


_CLASSES = {
    **dict.fromkeys("abcdef", "a"),
    **dict.fromkeys("ghijklmnopqrstuvwxyz", "g"),
    **dict.fromkeys("0123456789", "0"),
    **dict.fromkeys("ABCDEF", "A"),
    **dict.fromkeys("GHIJKLMNOPQRSTUVWXYZ", "G"),
    **{character: character for character in "._-/:@[]+"},
}

_EDGES: dict[str, dict[str, str]] = {
    "host": {"ag0AG": "host word", "[": "ip"},
    "host word": {"ag0AG": "host word", "-": "host dash", ".": "host dot", ":": "port", "/": "part"},
    "host dash": {"ag0AG": "host word", "-": "host dash"},
    "host dot": {"ag0AG": "host word"},
    "ip": {"a0A:": "ip word"},
    "ip word": {"a0A:": "ip word", "]": "ip end"},
    "ip end": {":": "port", "/": "part"},
    "port": {"0": "port digits"},
    "port digits": {"0": "port digits", "/": "part"},
    "part": {"ag0": "word"},
    "word": {
        "ag0": "word",
        ".": "dot",
        "_": "underscore",
        "-": "dash",
        "/": "part",
        ":": "tag",
        "@": "digest",
    },
    "dot": {"ag0": "word"},
    "underscore": {"ag0": "word", "_": "dot"},
    "dash": {"ag0": "word", "-": "dash"},
    "tag": {"ag0AG_": "tag word"},
    "tag word": {"ag0AG_.-": "tag word", "@": "digest"},
    "digest": {"ag0": "algorithm"},
    "algorithm": {"ag0": "algorithm", "+._-": "digest", ":": "hex"},
    "hex": {"a0": "hex word"},
    "hex word": {"a0": "hex word"},
}
"""The grammar as an automaton: a set of its states stands for all that a hole may have brought."""
_START = frozenset(("host", "part"))
_END = frozenset(("word", "tag word", "hex word"))


@remembered(1024)
def _step(states: frozenset[str], character: str) -> frozenset[str]:
    kind = _CLASSES.get(character)
    if kind is None:
        return frozenset()
    return frozenset(target for state in states for kinds, target in _EDGES[state].items() if kind in kinds)


@remembered(256)
def _reachable(states: frozenset[str]) -> frozenset[str]:
    """Where any text at all may lead, the empty one among them."""
    found = set(states)
    waiting = list(states)
    while waiting:
        for target in _EDGES[waiting.pop()].values():
            if target not in found:
                found.add(target)
                waiting.append(target)
    return frozenset(found)


@remembered(1024)
def _through(states: frozenset[str], text: str) -> tuple[frozenset[str], int]:
    """Where a text leads, and how many of its letters: fewer than it has where one fits nowhere."""
    for at, character in enumerate(text):
        after = _step(states, character)
        if not after:
            return states, at
        states = after
    return states, len(text)


def _fails_at(parts: Iterable[str | Hole]) -> int | None:
    """The offset of `_run`, found part by part: what stands before and between the holes of a repository is alike."""
    states, at = _START, 0
    for part in parts:
        if isinstance(part, str):
            states, length = _through(states, part)
            at += length
            if length < len(part):
                return at
        else:
            states = _reachable(states)
            at += len(part.text)
    return None if states & _END else at


def _run(parts: Iterable[str | Hole], forgive_capitals: bool = False) -> tuple[int | None, str]:
    """The offset in the shown text from which no filling of the holes helps (None where some does).

    With `forgive_capitals` a capital that fits nowhere is taken as its small letter; the second value is the
    shown text, so corrected, as far as it was read.
    """
    states, at, read = _START, 0, []
    for part in parts:
        if isinstance(part, Hole):
            states = _reachable(states)
            at += len(part.text)
            read.append(part.text)
            continue
        for character in part:
            after = _step(states, character)
            if not after and forgive_capitals:
                character = character.lower()
                after = _step(states, character)
            if not after:
                return at, "".join(read)
            states = after
            at += 1
            read.append(character)
    return None if states & _END else at, "".join(read)


def check_template(template: Template) -> InvalidReference | None:
    """What is wrong with a reference whatever its holes are, at offsets of `template.shown`, or None.

    Lengths, and the number of a digest's digits, are only checked where there is no hole.
    """
    text = template.literal
    if text is not None:
        found = _read(text)
        return _diagnosis(text, found) if isinstance(found, str) else None
    at = _fails_at(template.parts)
    return None if at is None else _partly(template, at)


def _partly(template: Template, at: int) -> InvalidReference:
    shown, blank = template.shown, _blank(template)
    if _run(template.map(str.lower).parts)[0] is None:
        capitals = [match.start() for match in _CAPITAL.finditer(blank, 0, at + 1)]
        start, end = _piece(blank, capitals[-1] if capitals else at)
        fails, lower = _run(template.parts, forgive_capitals=True)
        message = f"{FORMAT}: repository name must be lowercase"
        detail = f"`{shown[start:end]}` has capitals"
        return InvalidReference("uppercase", message, start, end, detail, lower if fails is None else None)
    scheme = _SCHEME.match(template.prefix)
    if scheme is not None:
        detail = f"an image reference has no scheme such as `{scheme[0]}`"
        return InvalidReference("scheme", FORMAT, 0, scheme.end(), detail)
    if at >= len(shown) and shown.endswith(":"):
        return InvalidReference("empty-tag", FORMAT, at - 1, at, "there is no tag after `:`")
    foreign = _FOREIGN.match(blank, at)
    if foreign is not None:
        strange = foreign[0].partition("\0")[0]
        what = "white space" if strange.isspace() else f"`{strange}`"
        end = at + len(strange)
        return InvalidReference("characters", FORMAT, at, end, f"{what} has no place in it")
    start, end = _piece(blank, at)
    detail = f"`{shown[start:end]}` fits no image reference, whatever the variables are"
    return InvalidReference("format", FORMAT, start, end, detail)


def _blank(template: Template) -> str:
    """The shown text with NUL in place of every character of a hole."""
    return "".join(part if isinstance(part, str) else "\0" * len(part.text) for part in template.parts)


def _piece(blank: str, at: int) -> tuple[int, int]:
    """The literal stretch between separators and holes that holds an offset."""
    at = max(min(at, len(blank) - 1), 0)
    start = max(blank.rfind(separator, 0, at) for separator in "/:@\0") + 1
    ends = [found for separator in "/:@\0" if (found := blank.find(separator, at)) >= 0]
    return start, max(min(ends, default=len(blank)), at + 1)


class NameParts:
    """What is known of a reference's parts.

    - `registry`: the host ("docker.io" where certainly none is written), None where it is not known
    - `owner`: the first part of the path behind a known registry, where another one follows; else None
    - `name`: all before tag and digest
    - `tag`, `digest`: None where none is seen
    - `has_version`: is there a tag or digest; None where a hole may bring one
    """

    __slots__ = ("digest", "has_version", "name", "owner", "registry", "tag")

    def __init__(
        self,
        registry: str | None,
        owner: Template | None,
        name: Template,
        tag: Template | None,
        digest: Template | None,
        has_version: bool | None,
    ) -> None:
        self.registry = registry
        self.owner = owner
        self.name = name
        self.tag = tag
        self.digest = digest
        self.has_version = has_version

    def __repr__(self) -> str:
        return f"<NameParts {self.registry} {self.name.shown} {self.tag and self.tag.shown}>"


def split_template(template: Template) -> NameParts:
    """Take a reference apart as far as its literals allow; a `:` within a hole is not foreseen.

    It is cut by offsets at which a hole is one letter long; a quarter of the time of cutting it piece by piece, as a
    test does. Each is cut once: of three that are asked for, two were before.
    """
    return _split(template.parts, template.conditions)


@remembered(4_096)
def _split(parts: tuple[str | Hole, ...], conditions: tuple[str, ...]) -> NameParts:
    template = Template.joined(parts, conditions)
    flat = "".join([part if isinstance(part, str) else "\0" for part in parts])
    front, at, behind = flat.partition("@")
    last = front.rfind("/") + 1
    colon = front.find(":", last)
    end = colon if colon >= 0 else len(front)
    digest = tag = None
    if at:
        digest = _stretch(template, len(front) + 1, len(front) + 1 + len(behind.partition("@")[0]))
    if colon >= 0:
        second = front.find(":", colon + 1)
        tag = _stretch(template, colon + 1, second if second >= 0 else len(front))
    has_version: bool | None = bool(at) or colon >= 0
    has_holes = len(parts) > 1 or not all(isinstance(part, str) for part in parts)
    if has_holes and not has_version and _stretch(template, last, end).holes:
        has_version = None
    name = template if end == len(flat) else _stretch(template, 0, end)
    first = front.find("/")
    host: str | None = front[: first if first >= 0 else len(front)]
    if has_holes and host and not (isinstance(parts[0], str) and parts[0].startswith(host)):
        host = None
    registry = owner = None
    if host is not None:
        is_host = first >= 0 and _registry_end(f"{host}/") > 0
        registry = host if is_host and host != _LEGACY_HUB else DOCKER_HUB
        start = first + 1 if is_host else 0
        slash = front.find("/", start)
        owner = _stretch(template, start, slash) if slash >= 0 else None
    return NameParts(registry, owner, name, tag, digest, has_version)


def _stretch(template: Template, start: int, end: int) -> Template:
    """The part of a template between two offsets at which a hole is one letter long."""
    parts = template.parts
    if len(parts) == 1 and isinstance(parts[0], str):
        text = parts[0][start:end]
        if len(text) > _MAX_PATH:
            return Template((text,), template.conditions)
        return Template.joined((text,) if text else (), template.conditions)
    found: list[str | Hole] = []
    at = 0
    for part in parts:
        if isinstance(part, str):
            behind = at + len(part)
            if start < behind and at < end:
                text = part[start - at if start > at else 0 : end - at]
                if text:
                    found.append(text)
            at = behind
        else:
            if start <= at < end:
                found.append(part)
            at += 1
    return Template.joined(tuple(found), template.conditions)


_BRACKETED = re.compile(r"<[^<>]*>|\[[A-Za-z][A-Za-z _-]*\]")
_CAPITALS = frozenset(
    ("OWNER", "ORG", "ORGANIZATION", "ORGANISATION", "USER", "USERNAME", "NAMESPACE", "REPO", "REPOSITORY")
)
_ACCOUNT = (
    r"(?:org|organi[sz]ation|user|owner|namespace|account|company|handle|id|repo|repository)(?:[-_]?name)?"
)
_NAMED = (
    rf"your[-_]?(?:github|gh|ghcr|docker|docker[-_]?hub)?[-_]?(?:{_ACCOUNT}|name)"
    r"|your[-_](?:github|docker|docker[-_]?hub|project|image|app|service|registry|tag|version)(?:[-_]?name)?"
    r"|my[-_]?(?:org|organi[sz]ation|user[-_]?name)"
    r"|(?:org|organi[sz]ation|owner|repo|repository)-name"
    r"|change[-_]?me"
)
"""Compiled where it is first needed: few names hold one of `_TELLING`, and it takes 1 ms (measured)."""
_TELLING = ("your", "my", "name", "change")
_SEGMENT = re.compile(r"[^/:@]+")
_OF_RENDERED = ("{", "%", "__", "@")
_RENDERED = re.compile(
    r"\{\{|\{%|<%|(?<!\$)\{[^{}]*\}|%[A-Za-z0-9_.]+%|__[A-Z][A-Z0-9_]*__|@[A-Za-z][A-Za-z0-9_.]*@"
)


@remembered(1_000)
def placeholder_in(text: str) -> tuple[int, int] | None:
    """Where a placeholder was left: `<…>`, `YOUR_USERNAME`, `your-org`, `OWNER`, `changeme`.

    Words count only as a whole segment between `/`, `:` and `@`; `acme` and `example` are real names.
    """
    bracketed = _BRACKETED.search(text)
    if bracketed is not None:
        return bracketed.start(), bracketed.end()
    for match in _SEGMENT.finditer(text):
        word = match[0]
        is_behind_colon = match.start() > 0 and text[match.start() - 1] == ":"
        if _is_named(word) or (word in _CAPITALS and not is_behind_colon):
            return match.start(), match.end()
    return None


def _is_named(word: str) -> bool:
    lower = word.lower()
    return any(telling in lower for telling in _TELLING) and re.fullmatch(_NAMED, lower) is not None


def placeholder_in_template(template: Template) -> tuple[int, int] | None:
    """The same for a template, at offsets of its `shown`; a segment with a hole in it is no word."""
    return placeholder_in(_blank(template))


def is_rendered_elsewhere(text: str) -> bool:
    """Will another tool fill a part of it in: `{{…}}`, `{name}`, `%NAME%`, `__NAME__`, `@NAME@`, `<%…%>`?"""
    return any(sign in text for sign in _OF_RENDERED) and _RENDERED.search(text) is not None
