"""What is published held against what is run: who publishes the image of a consumer, or one of nearly its name."""

from __future__ import annotations

from lading import regex as re
from lading.models.image import DOCKER_HUB, split_template
from lading.models.namespaces import has_registry, is_nearby

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from lading.identity import Identity
    from lading.models.consumers import Consumer
    from lading.models.namespaces import Owned
    from lading.models.publishing import Publication
    from lading.models.template import Hole, Template

_ANYTHING = ".*"
_HOLES = (
    (re.compile(r"\{\{(?:semver|pep440)\}\}"), r".*\d.*"),
    (re.compile(r"\{\{sha\}\}|\bgithub\.sha\b|\bGITHUB_SHA\b"), r"[0-9a-f]{4,64}"),
    (re.compile(r"\{\{pr\}\}|\bgithub\.run_(?:number|id)\b|\bGITHUB_RUN_(?:NUMBER|ID)\b"), r"\d+"),
)
"""What a hole in a tag can be, by its text; anything where none of these fits."""


class Published:
    """A name under which a job pushes images, as plain values that can pass between processes.

    - `names`: the name with its registry in small letters, as regular expressions; several where a choice decides
    - `name`: the one name where it is wholly known, else None
    - `tags`: the tags as regular expressions; anything where none is given; `shown_tags`: the same for people
    - `place`: path, start and end of the step that pushes; `workflow`, `job`: the job's path and id
    - `conditions`: under which the name is this one
    """

    __slots__ = ("conditions", "job", "name", "names", "place", "shown_tags", "tags", "workflow")

    def __init__(
        self,
        name: str | None,
        names: tuple[str, ...],
        tags: tuple[str, ...],
        shown_tags: tuple[str, ...],
        place: tuple[str, int, int],
        workflow: str,
        job: str,
        conditions: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.names = names
        self.tags = tags
        self.shown_tags = shown_tags
        self.place = place
        self.workflow = workflow
        self.job = job
        self.conditions = conditions

    @property
    def plain(self) -> tuple[Any, ...]:
        """What `__init__` takes."""
        names, tags = (self.name, self.names), (self.tags, self.shown_tags)
        return (*names, *tags, self.place, self.workflow, self.job, self.conditions)

    def may_be(self, name: str) -> bool:
        """Could it be this name?"""
        return self.name == name or (self.name is None and _fits_any(self.names, name))

    def may_have(self, tag: str) -> bool:
        """Could it push this tag?"""
        return _fits_any(self.tags, tag)

    def __repr__(self) -> str:
        return f"<Published {self.name or self.names}>"


def _fits_any(patterns: tuple[str, ...], text: str) -> bool:
    return any(re.fullmatch(pattern, text, re.DOTALL) for pattern in patterns)


def published(publication: Publication) -> Published:
    """What a publication says of names and tags."""
    image, at, job = publication.image, publication.place, publication.job
    names = [publication.owned.original(full_name(variant)) for variant in image.variants]
    tags = [_tag_pattern(each) for ref in publication.references for each in ref.template.variants]
    return Published(
        names[0].literal if len(names) == 1 else None,
        tuple(dict.fromkeys(_name_pattern(name) for name in names)),
        tuple(dict.fromkeys(tags)) or (_ANYTHING,),
        tuple(dict.fromkeys(tag.shown for tag in publication.tags)),
        (at.source.path, at.start, at.end),
        job.workflow.path,
        job.id,
        image.conditions,
    )


def full_name(name: Template) -> Template:
    """A name without tag, its registry written out where it is Docker Hub, in small letters."""
    from lading.models.template import Template, join

    parts = split_template(name)
    name = name.map(str.lower)
    if parts.registry != DOCKER_HUB:
        return name
    text = name.literal
    if has_registry(parts):
        return name
    if text is not None and text.startswith("index.docker.io/"):
        return Template.of(text.removeprefix("index."))
    official = text is not None and "/" not in text
    return join((Template.of(f"{DOCKER_HUB}/library/" if official else f"{DOCKER_HUB}/"), name))


_ACCOUNT = re.compile(r"(?i:\b(?:secrets|vars|env|inputs)\.\w*(?:USER(?:_?NAME)?|OWNER|ACCOUNT)\w*)")
"""A hole that is somebody's account, and so one segment of a name."""


def _name_pattern(name: Template) -> str:
    """What a name can be; one that begins with an account goes to Docker Hub."""
    first = name.parts[0] if name.parts else ""
    rest = name.parts[1] if len(name.parts) > 1 else ""
    is_of_hub = not isinstance(first, str) and _is_account(first) and str(rest).startswith("/")
    pattern = _pattern(name, lambda hole: "[^/]*" if _is_account(hole) else _ANYTHING)
    return _escaped(f"{DOCKER_HUB}/") + pattern if is_of_hub else pattern


def _is_account(hole: Hole) -> bool:
    return _ACCOUNT.search(hole.text) is not None and not hole.choices


def _tag_pattern(reference: Template) -> str:
    """What the tag can be: anything where none is written, or where it holds under conditions only."""
    tag = split_template(reference).tag
    return _pattern(tag, _of_hole) if tag is not None and not reference.conditions else _ANYTHING


def _of_hole(hole: Hole) -> str:
    return next((made for known, made in _HOLES if known.search(hole.text)), _ANYTHING)


def _pattern(template: Template, of_hole: Callable[[Hole], str]) -> str:
    return "".join([_escaped(part) if isinstance(part, str) else of_hole(part) for part in template.parts])


_ESCAPES = {ord(sign): "\\" + sign for sign in "()[]{}?*+-|^$\\.&~# \t\n\r\v\f"}


def _escaped(text: str) -> str:
    """As `re.escape` has it, without loading `re`."""
    return text.translate(_ESCAPES)


class Near:
    """A published name that is nearly the consumer's.

    `kind` says what differs: "path" (segments are missing or too many, or other signs stand between words), "below"
    (only names below it are published), "letters", "account-missing", "registry", "account".
    """

    __slots__ = ("kind", "published")

    def __init__(self, kind: str, found: Published) -> None:
        self.kind = kind
        self.published = found


KINDS = ("account-missing", "path", "letters", "registry", "account", "below")
"""From what is most likely meant to what is least."""


class Names:
    """All names that a repository publishes, and where its own images go."""

    __slots__ = ("_by_name", "_by_path", "_by_rest", "_open", "_own", "_owned", "_repository")

    def __init__(self, found: Iterable[Published], owned: Owned, identity: Identity | None) -> None:
        self._repository = identity.name.lower() if identity is not None and identity.name else None
        self._by_name: dict[str, list[Published]] = {}
        unknown = []
        for each in found:
            if each.name is not None:
                self._by_name.setdefault(each.name, []).append(each)
            else:
                unknown.append(each)
        self._open = tuple(unknown)
        self._owned = owned
        self._own = (*owned.names, *dict.fromkeys(_accounts(self._by_name, owned, identity)))
        self._by_path: dict[str, list[str]] = {}
        self._by_rest: dict[str, list[str]] = {}
        for name in self._by_name:
            self._by_path.setdefault(name.partition("/")[2], []).append(name)
            rest = self._own_rest(name)
            if rest:
                self._by_rest.setdefault(rest, []).append(name)

    def publishers(self, name: str) -> tuple[Published, ...]:
        """Who pushes exactly this name."""
        return tuple(self._by_name.get(name, ()))

    def may_publish(self, name: str) -> bool:
        """Could a publisher whose name is not wholly known push it?"""
        return any(each.may_be(name) for each in self._open)

    def near(self, name: str, taken: frozenset[str] = frozenset()) -> Near | None:
        """The likeliest of the names that are nearly this one, leaving out those that are `taken`.

        None for a name of a sister organisation, which publishes by itself.
        """
        if self._owned.is_of_sister(name):
            return None
        rest = self._own_rest(name)
        found = self._of_ours(rest, name) if rest is not None else self._of_others(name)
        chosen = min(
            ((KINDS.index(kind), other) for kind, other in found if other not in taken), default=None
        )
        return Near(KINDS[chosen[0]], self._by_name[chosen[1]][0]) if chosen is not None else None

    def _of_ours(self, rest: str, name: str) -> Iterator[tuple[str, str]]:
        """What is near to a name that lies where own images go."""
        registry, _, path = name.partition("/")
        for other in self._by_path.get(path, ()):
            if not is_nearby(other.partition("/")[0]):
                yield "registry", other
        for their_rest, others in self._by_rest.items():
            for other in others:
                if other.startswith(registry + "/"):
                    kind = _difference(rest, their_rest)
                    if kind is not None:
                        yield kind, other

    def _of_others(self, name: str) -> Iterator[tuple[str, str]]:
        """What is near to a name that lies elsewhere: ours without its registry or account, or with another one."""
        registry, _, path = name.partition("/")
        account, _, behind = path.partition("/")
        for other in self._by_path.get(path, ()):
            if registry == DOCKER_HUB and self._own_rest(other) and not is_nearby(other.partition("/")[0]):
                yield "registry", other
        for other in self._by_rest.get(path, ()):
            if other.startswith(registry + "/") and self._is_named_for_repository(path):
                yield "account-missing", other
        for other in self._by_rest.get(behind, ()):
            own = other.split("/")[1]
            if other.startswith(registry + "/") and (
                _is_slip(account, own) or self._is_named_for_repository(behind)
            ):
                yield "account", other

    def _is_named_for_repository(self, path: str) -> bool:
        """Does it begin with the repository's name, so that nothing else is called like that by chance?"""
        return (
            self._repository is not None
            and re.match(rf"{re.escape(self._repository)}(?![a-z0-9])", path) is not None
        )

    def _own_rest(self, name: str) -> str | None:
        """What stands behind a namespace of ours, None for a name of others."""
        for own in self._own:
            if name == own:
                return ""
            if name.startswith(own + "/"):
                return name[len(own) + 1 :]
        return None


def _accounts(names: Iterable[str], owned: Owned, identity: Identity | None) -> Iterator[str]:
    """The owner's accounts elsewhere, where it publishes as well: `docker.io/acme` beside `ghcr.io/acme`."""
    if owned.is_stated or identity is None or identity.owner is None:
        return
    owner = identity.owner.lower()
    for name in names:
        registry, _, path = name.partition("/")
        if path.startswith(f"{owner}/") and f"{registry}/{owner}" not in owned.names:
            yield f"{registry}/{owner}"


_SIGNS = re.compile(r"[-_./]+")
_DIGITS = re.compile(r"\d+")


def _difference(name: str, published: str) -> str | None:
    """How a name behind the namespace differs from a published one, where it is nearly the same."""
    if not name or published.startswith(name + "/"):
        return "below"
    if _SIGNS.split(name) == _SIGNS.split(published):
        return "path"
    path, other = name.split("/"), published.split("/")
    if path[-1] == other[-1] and (_is_within(path, other) or _is_within(other, path)):
        return "path"
    if len(path) != len(other):
        return None
    differing = [(a, b) for a, b in zip(path, other, strict=True) if a != b]
    return "letters" if len(differing) == 1 and _is_slip(*differing[0]) else None


def _is_within(short: list[str], long: list[str]) -> bool:
    """Are the segments among the others, in their order?"""
    rest = iter(long)
    return len(short) < len(long) and all(segment in rest for segment in short)


def _is_slip(word: str, other: str) -> bool:
    """May one word be the other with a slip of the pen? Other numbers are other things, and short words differ soon."""
    if _DIGITS.findall(word) != _DIGITS.findall(other):
        return False
    shortest = min(len(word), len(other))
    allowed = 2 if shortest >= 7 else 1 if shortest >= 4 else 0
    return abs(len(word) - len(other)) <= allowed and _distance(word, other) <= allowed


def _distance(word: str, other: str) -> int:
    """Letters to change, add, drop or swap with their neighbour."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(word, 1):
        row = [i]
        for j, theirs in enumerate(other, 1):
            cost = min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != theirs))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == theirs:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def is_alike(word: str, other: str) -> bool:
    """Is an account's name another one's but for a slip of the pen?"""
    return _is_slip(word, other)


def name_of(consumer: Consumer) -> str | None:
    """The full name of a consumer's image without tag, where it is known and may be one; of a mirror the original's."""
    return consumer.full_name.literal if consumer.is_sound else None


def lies_in_repository(name: str, owned: Owned, identity: Identity | None) -> bool:
    """Is a name below that of the repository (`ghcr.io/acme/shop/…`), where no other repository publishes?"""
    if identity is None or identity.name is None:
        return False
    return any(name.startswith(f"{own}/{identity.name.lower()}/") for own in owned.names)


def taken_in(consumer: Consumer, all_of_them: Iterable[Consumer]) -> Iterator[str]:
    """The names that other services of the project run."""
    for other in all_of_them:
        if other.project is consumer.project and other.node is not consumer.node:
            name = name_of(other)
            if name is not None:
                yield name
