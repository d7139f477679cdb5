"""What a policy of images says of names and tags that may be known in part only."""

from __future__ import annotations

from lading import regex as re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lading.config import ImageSettings
    from lading.config_parts import TagForms
    from lading.models.template import Template

_DIGEST, _SEMVER, _SHA = "digest", "semver", "sha"
_FORMS = {
    _SEMVER: r"v?(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)(?:-[0-9A-Za-z.-]+)?",
    _SHA: r"sha-[0-9a-f]{7,64}",
}
"""semver.org without build metadata, whose `+` no tag has; `type=sha` of docker/metadata-action."""
_WORDS = {
    _DIGEST: "a digest (`@sha256:…`)",
    _SEMVER: "a full version such as `1.4.2`",
    _SHA: "the commit (`sha-…`)",
}
_HUB = "docker.io"
_TOKEN = re.compile(r"\*\*|[*?]|[^*?]")
_ANY = "**"


class NamePattern:
    """A pattern of full names: without wildcards the name and all below it, with wildcards whole names only.

    `*` is a stretch without `/`, `?` one letter but `/`, `**` anything.
    """

    __slots__ = ("_base", "_tokens", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        whole = _with_registry(text)
        is_literal = "*" not in whole and "?" not in whole
        self._base = whole if is_literal else whole[:-3] if _is_below(whole) else None
        self._tokens = tuple(_TOKEN.findall(whole))

    def holds(self, name: Template) -> bool | None:
        """Does it hold for a full name in small letters, None where a hole of the name decides."""
        verdicts = {self._of(variant) for variant in name.variants}
        return verdicts.pop() if len(verdicts) == 1 else None

    def _of(self, name: Template) -> bool | None:
        is_whole = self._base is None or "*" in self.text or "?" in self.text
        text = name.literal
        if text is not None:
            if is_whole:
                return _meet(self._tokens, tuple(text))
            return text == self._base or text.startswith(f"{self._base}/")
        if self._base is not None and name.prefix.startswith(f"{self._base}/"):
            return True
        shape = [token for part in name.parts for token in (part if isinstance(part, str) else (_ANY,))]
        may = _meet(self._tokens, shape) or (not is_whole and _meet((*self._tokens, "/", _ANY), shape))
        return None if may else False

    def __repr__(self) -> str:
        return f"<NamePattern {self.text}>"


def _is_below(pattern: str) -> bool:
    """Is it a literal name and `/**`?"""
    return pattern.endswith("/**") and "*" not in pattern[:-3] and "?" not in pattern


def _with_registry(pattern: str) -> str:
    """A pattern with Docker Hub's host where it names none, as clients read names."""
    pattern = pattern.removeprefix("index.") if pattern.startswith("index.docker.io") else pattern
    first, slash, _ = pattern.partition("/")
    if "*" in first or "." in first or ":" in first or first == "localhost":
        return pattern
    return f"{_HUB}/{pattern}" if slash else f"{_HUB}/library/{pattern}"


def _meet(pattern: Sequence[str], shape: Sequence[str]) -> bool:
    """Is there a text that both describe? `shape` holds letters and `**`; takes the product of their lengths."""
    after = [False] * (len(shape) + 1)
    for at in range(len(pattern), -1, -1):
        token = pattern[at] if at < len(pattern) else None
        here = [False] * (len(shape) + 1)
        for place in range(len(shape), -1, -1):
            letter = shape[place] if place < len(shape) else None
            if token is None and letter is None:
                here[place] = True
            elif letter == _ANY:
                here[place] = here[place + 1] or after[place]
            elif token in ("*", _ANY):
                takes = letter is not None and (token == _ANY or letter != "/")
                here[place] = after[place] or (takes and here[place + 1])
            elif token is not None and letter is not None:
                here[place] = after[place + 1] and (token == letter or (token == "?" and letter != "/"))
        after = here
    return after[0]


class TagRule:
    """Forms of tags, some required and some forbidden, for some images and files."""

    __slots__ = ("_files", "_images", "forbid", "require", "where")

    def __init__(self, forms: TagForms) -> None:
        self.require = forms.require
        self.forbid = forms.forbid
        self.where = forms.where
        self._images = tuple(map(NamePattern, forms.images))
        self._files = forms.files

    def concerns(self, name: Template, path: str) -> bool | None:
        """Does it hold for an image in a file? None where a hole of the name decides."""
        if self._files and not _names_file(self._files, path):
            return False
        return any_of(pattern.holds(name) for pattern in self._images) if self._images else True

    def forbidden(self, tag: Template | None) -> tuple[str, bool | None] | None:
        """The first form that a tag must not have, and has; or may have, where a hole decides."""
        verdicts = ((form, _has_form(tag, form)) for form in self.forbid)
        found = [(form, verdict) for form, verdict in verdicts if verdict is not False]
        return min(found, key=lambda each: each[1] is None, default=None)

    def fulfils(self, tag: Template | None, is_pinned: bool | None) -> bool | None:
        """Has a tag one of the required forms? A digest is more than any of them."""
        if not self.require or is_pinned:
            return True
        if is_pinned is None:
            return None
        return any_of(_has_form(tag, form) for form in self.require)

    @property
    def wanted(self) -> str:
        """What is required, in words."""
        words = [_WORDS.get(form, f"a tag of the form `{form}`") for form in self.require]
        return " or ".join(words)


def _has_form(tag: Template | None, form: str) -> bool | None:
    if tag is None or form == _DIGEST:
        return False
    verdicts = {_text_has_form(variant, form) for variant in tag.variants}
    return verdicts.pop() if len(verdicts) == 1 else None


def _text_has_form(tag: Template, form: str) -> bool | None:
    text = tag.literal
    if form in _FORMS:
        return re.fullmatch(_FORMS[form], text) is not None if text is not None else None
    tokens = _TOKEN.findall(form)
    if text is not None:
        return _meet(tokens, tuple(text))
    shape = [token for part in tag.parts for token in (part if isinstance(part, str) else (_ANY,))]
    return None if _meet(tokens, shape) else False


def any_of(verdicts: Iterable[bool | None]) -> bool | None:
    """True where one is true, false where all are false, else None."""
    found = set(verdicts)
    return True if True in found else None if None in found else False


def _names_file(patterns: tuple[str, ...], path: str) -> bool:
    from lading.gitignore import spec_of

    return spec_of(patterns).match_file(path)


class ImagePolicy:
    """What is stated of images, ready to be asked."""

    __slots__ = ("_allow", "_mirrors", "allowed_by", "published_tags", "sisters", "tags")

    def __init__(self, settings: ImageSettings) -> None:
        allow = settings.allow
        self._allow = (
            None
            if allow is None
            else tuple((tuple(map(NamePattern, each.patterns)), each.files) for each in allow)
        )
        self.allowed_by = settings.allowed_by
        self.sisters = settings.sisters
        self._mirrors = sorted(
            ((_with_registry(mirror), _with_registry(original)) for mirror, original in settings.mirrors),
            key=lambda pair: -len(pair[0]),
        )
        self.tags = tuple(map(TagRule, settings.tags))
        self.published_tags = tuple(map(TagRule, settings.published_tags))

    def admits(self, name: Template, path: str) -> bool | None:
        """May an image in a file have this full name, or that of which it is a mirror? None where a hole decides."""
        if self._allow is None:
            return True
        names = dict.fromkeys((name, self.original(name)))
        return any_of(
            pattern.holds(each)
            for patterns, files in self._allow
            if not files or _names_file(files, path)
            for pattern in patterns
            for each in names
        )

    @property
    def admitted(self) -> tuple[str, ...]:
        """The patterns of names that are allowed in every file."""
        return tuple(each.text for patterns, files in self._allow or () if not files for each in patterns)

    def original(self, name: Template) -> Template:
        """The name for which a name in a mirror stands; any other name itself."""
        for mirror, original in self._mirrors:
            if name.prefix.startswith(f"{mirror}/"):
                first = name.prefix
                return type(name)((original + first[len(mirror) :], *name.parts[1:]), name.conditions)
        return name
