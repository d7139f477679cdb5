"""The images that Compose projects run, held against what the workflows publish."""

from __future__ import annotations

from lading import regex as re
from lading.findings import KNOWN, Hit, assumed, unknown
from lading.models.join import is_alike, lies_in_repository, name_of, taken_in
from lading.models.unseen import is_told_of, is_written_elsewhere

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Basis, Fix
    from lading.models.consumers import Consumer
    from lading.models.join import Near, Published
    from lading.models.repository import Repository
    from lading.source import Located

_SURE = ("path", "letters")
"""Differences that leave no doubt where the name lies below the repository's own and everything is seen."""
_MOST_DOUBTS = 2


def published_under_another_name(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Nothing here publishes the name, and something here publishes one that is nearly the same."""
    if not repository.consumers or not repository.published:
        return
    names = repository.names
    for consumer in repository.consumers:
        name = name_of(consumer)
        if name is None or names.publishers(name) or names.may_publish(name):
            continue
        near = names.near(name)
        if near is not None and near.kind in ("path", "letters", "below"):
            near = names.near(name, frozenset(taken_in(consumer, repository.consumers)))
        if near is None or _is_local(repository, consumer, name, near):
            continue
        if not is_written_elsewhere(repository, consumer.parts.name.shown, near.kind == "below"):
            yield _under_another_name(repository, consumer, name, near)


def _is_local(repository: Repository, consumer: Consumer, name: str, near: Near) -> bool:
    """Is it the name of an image that is built on the spot, which says nothing of a registry?

    Published names below it tell of it only where others of them run beside it.
    """
    if near.kind == "below" and not consumer.is_pulled:
        others = taken_in(consumer, repository.consumers)
        return not any(each.startswith(name + "/") and repository.names.publishers(each) for each in others)
    return near.kind in ("registry", "account") and not consumer.is_pulled


def _under_another_name(repository: Repository, consumer: Consumer, name: str, near: Near) -> Hit:
    other = near.published
    return Hit(
        consumer.node,
        f"`{consumer.service_name}` runs `{consumer.parts.name.shown}`, but job `{other.job}` publishes "
        f"`{other.name}`",
        related=_pushed_at(repository, other),
        basis=consumer.name_basis & _ground(repository, consumer, name, near),
        help=f"Name the image as it is published, `{other.name}`, or publish it under the name that is run.",
        fix=_as_published(consumer, near),
    )


def _as_published(consumer: Consumer, near: Near) -> Fix | None:
    """The published name; not where several names below the one that is run are published."""
    name, published = consumer.parts.name.literal, near.published.name
    if name is None or published is None or near.kind == "below":
        return None
    from lading.checks.mends import reword_start

    return reword_start(consumer.node, name, published)


def _pushed_at(repository: Repository, other: Published) -> tuple[tuple[Located, str], ...]:
    return ((repository.mention(other.place), "published here"),)


def _ground(repository: Repository, consumer: Consumer, name: str, near: Near) -> Basis:
    """How certain it is that the published name is meant, and that nobody else publishes the other one."""
    if near.kind == "account":
        return _ground_of_account(repository, consumer, name, near)
    if not consumer.is_pulled:
        return assumed("unless the image is only built where it runs")
    doubts = list(_doubts(repository))
    if doubts:
        return assumed(*doubts)
    if near.kind in _SURE and lies_in_repository(name, repository.owned, repository.identity):
        return KNOWN
    return assumed("unless another repository, or somebody by hand, publishes the name that is run")


def _ground_of_account(repository: Repository, consumer: Consumer, name: str, near: Near) -> Basis:
    """A fork that runs the images of its origin looks like a mistake; but it speaks of its origin elsewhere, too."""
    account = name.split("/")[1]
    own = (near.published.name or "").split("/")[1]
    beside = any(repository.names.publishers(each) for each in taken_in(consumer, repository.consumers))
    if beside or is_alike(account, own):
        return assumed(f"unless the image of `{account}` is meant")
    if not is_told_of(repository, account, consumer.node.source.path):
        return assumed(f"unless the image of `{account}` is meant, of which no other file speaks")
    return unknown(f"a fork that runs the images of `{account}` looks the same")


def _doubts(repository: Repository) -> Iterator[str]:
    """Why the name that is run may be published after all: names that hold under conditions, publishers not seen."""
    yield from dict.fromkeys(words for each in repository.published for words in each.conditions)
    for words in repository.unseen_publishers[:_MOST_DOUBTS]:
        yield f"unless {words} publishes the name that is run"


_BY_HAND = re.compile(
    r"(?:local|dev|devel|development|test|testing|debug|ci|e2e|snapshot|tmp|temp|build|cache)(?:[-_.].*)?"
    r"|.*[-_.](?:local|dev|test|debug)"
)
"""Tags of images that are made on the machine itself, or by a job for the next one."""
_WORD_OF_TEMPLATE = re.compile(r"[A-Z][A-Z_]*")


def tag_never_published(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The name is published here, and no publisher makes the tag that is run."""
    if not repository.consumers or not repository.published:
        return
    names = repository.names
    for consumer in repository.consumers:
        name, tag = name_of(consumer), _tag_of(consumer)
        if name is None or tag is None or not consumer.is_pulled or names.may_publish(name):
            continue
        publishers = names.publishers(name)
        if not publishers or any(each.may_have(tag) for each in publishers):
            continue
        doubts = repository.unseen_publishers
        yield Hit(
            consumer.node,
            f"`{consumer.service_name}` runs the tag `{tag}` of `{consumer.parts.name.shown}`, which no job here "
            f"publishes: {_tags_of(publishers)}",
            related=_pushed_at(repository, publishers[0]),
            basis=assumed(*consumer.template.conditions)
            & (
                unknown(f"{doubts[0]} may publish it")
                if doubts
                else assumed("unless it was pushed earlier, or by hand")
            ),
        )


def _tag_of(consumer: Consumer) -> str | None:
    """The tag that is pulled, `latest` where none is written; None where it is not known, or not to be published."""
    parts = consumer.parts
    if parts.digest is not None or parts.has_version is None:
        return None
    tag = parts.tag.literal if parts.tag is not None else "latest"
    if tag is None or _BY_HAND.fullmatch(tag) or _WORD_OF_TEMPLATE.fullmatch(tag):
        return None
    return tag


_MOST_TAGS = 4


def _tags_of(publishers: tuple[Published, ...]) -> str:
    tags = list(dict.fromkeys(tag for each in publishers for tag in each.shown_tags))
    more = f" and {len(tags) - _MOST_TAGS} more" if len(tags) > _MOST_TAGS else ""
    jobs = list(dict.fromkeys(each.job for each in publishers))
    who = (
        f"job `{jobs[0]}` makes"
        if len(jobs) == 1
        else f"jobs {', '.join(f'`{job}`' for job in jobs[:3])} make"
    )
    return f"{who} {', '.join(f'`{tag}`' for tag in tags[:_MOST_TAGS])}{more}"
