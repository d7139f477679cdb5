"""Images whose names and tags break what the configuration or a policy states of them (`images:`)."""

from __future__ import annotations

from lading.findings import Hit, assumed, unknown
from lading.models.namespaces import has_registry, is_nearby

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Basis
    from lading.models.consumers import Consumer
    from lading.models.image_policy import ImagePolicy, TagRule
    from lading.models.publishing import Publication
    from lading.models.template import Template

_MOST = 4
"""Patterns that a message lists."""
_UNLESS_BUILT = assumed("unless the image is only built where it runs")


def admits_consumer(consumer: Consumer) -> bool | None:
    """Is the name of an image that is run among those that are allowed? True where nothing is said of it."""
    policy = consumer.policy
    if policy is None or not consumer.is_sound or _stays_here(consumer):
        return True
    from lading.models.join import full_name

    return policy.admits(full_name(consumer.parts.name), consumer.node.source.path)


def _stays_here(consumer: Consumer) -> bool:
    """Is it built where it runs and named for no registry, or of a registry on the machine?"""
    if is_nearby(consumer.parts.registry):
        return True
    return consumer.is_local and not has_registry(consumer.parts)


def admits_publication(publication: Publication) -> bool | None:
    """The same for an image that is published."""
    policy = publication.owned.policy
    if policy is None or is_nearby(publication.registry) or publication.lacks_tags:
        return True
    from lading.models.join import full_name

    path = publication.place.source.path
    verdicts = {policy.admits(full_name(variant), path) for variant in publication.image.variants}
    return verdicts.pop() if len(verdicts) == 1 else None


def disallowed_name(consumer: Consumer, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An image is run whose name no pattern admits."""
    verdict, policy = admits_consumer(consumer), consumer.policy
    if policy is None or verdict is True:
        return
    name = consumer.parts.name
    may = "" if verdict is False else "perhaps "
    basis = consumer.name_basis if verdict is False else unknown(*name.reasons)
    yield Hit(
        consumer.node,
        f"`{consumer.service_name}` runs `{name.shown}`, which is {may}not among the names that `images.allow` admits "
        f"({policy.allowed_by})",
        basis=basis & _ground(consumer),
        help=_help(policy),
    )


def _ground(consumer: Consumer) -> Basis:
    """A single word without a registry may be the name of an image that a script builds, as another project may."""
    is_built_here = not consumer.is_pulled and not has_registry(consumer.parts)
    return _UNLESS_BUILT if is_built_here or consumer.may_be_local else assumed()


def disallowed_push(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An image is published under a name that no pattern admits."""
    verdict, policy = admits_publication(publication), publication.owned.policy
    if policy is None or verdict is True:
        return
    image = publication.image
    may = "" if verdict is False else "perhaps "
    basis = publication.basis if verdict is False else unknown(*image.reasons)
    at = publication.references[0].at if publication.references else publication.place
    yield Hit(
        at,
        f"job `{publication.job.id}` publishes `{image.shown}`, which is {may}not among the names that `images.allow` "
        f"admits ({policy.allowed_by})",
        basis=basis & assumed(*image.conditions),
        help=_help(policy),
    )


def _help(policy: ImagePolicy) -> str | None:
    names = policy.admitted
    if not names:
        return None
    listed = ", ".join(f"`{name}`" for name in names[:_MOST])
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"Admitted are {listed}{more}: name the image from there, or have its name admitted under `images.allow`."


def told_of_tag(consumer: Consumer) -> bool:
    """Does `disallowed_tag` certainly say something of an image?"""
    return any(hit.basis.kind != "unknown" for hit in disallowed_tag(consumer, {}))


def disallowed_tag(consumer: Consumer, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An image is run by a tag that is forbidden, or that has none of the required forms."""
    policy, parts = consumer.policy, consumer.parts
    if policy is None or not policy.tags or not consumer.is_sound or consumer.is_local:
        return
    from lading.models.join import full_name

    is_pinned = True if parts.digest is not None else None if parts.has_version is None else False
    tag, name = _tag_of(consumer), full_name(parts.name)
    built = assumed() if consumer.is_pulled else _UNLESS_BUILT
    shown = f"`{parts.name.shown}`"
    if parts.has_version is not False:
        shown = f"`{consumer.template.shown}`"
    for rule in policy.tags:
        hit = _judged(rule, name, tag, is_pinned, consumer.node.source.path)
        if hit is None:
            continue
        words, basis = hit
        how = "" if parts.has_version is not False else " without a tag, which is `latest`"
        yield Hit(
            consumer.node,
            f"`{consumer.service_name}` runs {shown}{how}, and `images.tags` {words} ({rule.where})",
            basis=basis & built & assumed(*consumer.template.conditions),
            help=_tag_help(rule),
        )
        return


def _tag_of(consumer: Consumer) -> Template | None:
    """The tag that counts: `latest` where there is neither tag nor digest; None where it is not known."""
    from lading.models.template import Template

    parts = consumer.parts
    if parts.tag is not None or parts.digest is not None:
        return parts.tag
    return Template.of("latest") if parts.has_version is False else Template(parts.name.holes[-1:])


def _judged(
    rule: TagRule, name: Template, tag: Template | None, is_pinned: bool | None, path: str
) -> tuple[str, Basis] | None:
    """What a rule finds wrong with a tag, as a clause, and on what ground; None where it finds nothing."""
    concerns = rule.concerns(name, path)
    if concerns is False:
        return None
    forbidden = rule.forbidden(tag) if is_pinned is not True else None
    if forbidden is not None and forbidden[1] is True:
        return f"forbids `{forbidden[0]}`", _basis(concerns, name)
    fulfils = rule.fulfils(tag, is_pinned)
    if fulfils is False:
        return f"demands {rule.wanted}", _basis(concerns, name)
    if fulfils is None or forbidden is not None:
        reasons = (*(tag.reasons if tag is not None else ()), *name.reasons)
        words = (
            f"demands {rule.wanted}" if fulfils is None else f"forbids `{forbidden[0]}`" if forbidden else ""
        )
        return words, unknown(*dict.fromkeys(reasons))
    return None


def _basis(concerns: bool | None, name: Template) -> Basis:
    return assumed() if concerns else unknown(*name.reasons)


def _tag_help(rule: TagRule) -> str:
    if rule.require:
        return f"Name {rule.wanted}."
    return "Name a tag that is not forbidden, such as the version."


def disallowed_pushed_tag(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An image is published under a tag that is forbidden, or that has none of the required forms."""
    policy = publication.owned.policy
    if policy is None or not policy.published_tags or publication.kind != "image":
        return
    if is_nearby(publication.registry) or publication.lacks_tags:
        return
    from lading.models.image import split_template
    from lading.models.join import full_name
    from lading.models.template import Template

    name, path = full_name(publication.image), publication.place.source.path
    for reference in publication.references:
        parts = split_template(reference.template)
        tag = parts.tag
        if tag is None:
            if parts.has_version is None or parts.digest is not None:
                continue
            tag = Template.of("latest")
        for rule in policy.published_tags:
            hit = _judged(rule, name, tag, False, path)
            if hit is not None:
                words, basis = hit
                yield Hit(
                    reference.at,
                    f"job `{publication.job.id}` publishes the tag `{tag.shown}` of `{publication.image.shown}`, and "
                    f"`images.published-tags` {words} ({rule.where})",
                    basis=basis & publication.basis & assumed(*reference.template.conditions),
                    help=_tag_help(rule),
                )
