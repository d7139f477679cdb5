"""The life of a rule: previews, earlier ids, rules that are gone, and the edition that a repository is at."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lading.catalogue import Rule
    from lading.config import Config

STABLE = "stable"
PREVIEW = "preview"
DEPRECATED = "deprecated"
REMOVED = "removed"


def former_ids(rules: Mapping[str, Rule]) -> dict[str, str]:
    """Today's id for each earlier one."""
    return {old: rule.id for rule in rules.values() for old in rule.former}


def removed(rules: Mapping[str, Rule]) -> dict[str, str]:
    """The rules that are gone, each with the one that took its place; empty where none did."""
    return {rule.id: rule.replaced_by or "" for rule in rules.values() if rule.status == REMOVED}


def is_newer(since: str, edition: str) -> bool:
    """Is a version, such as "0.2", beyond an edition? A version that is not told is not."""
    return _numbers(since)[:2] > _numbers(edition)[:2] if since else False


def edition_hint(edition: str | None, version: str) -> str | None:
    """What is to be said of an edition that this version does not know yet; None where there is nothing."""
    if edition is None or not is_newer(edition, version):
        return None
    return f"the configuration has `edition: {edition}`, and this is lading {version}, which lacks its rules"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split(".")[:3])


def with_todays_ids(config: Config, rules: Mapping[str, Rule]) -> Config:
    """The configuration with every rule by its present id; what is said of it by that wins."""
    former = former_ids(rules)
    if former.keys().isdisjoint(config.rules):
        return config
    older = {former[id]: settings for id, settings in config.rules.items() if id in former}
    newer = {id: settings for id, settings in config.rules.items() if id not in former}
    return config.having(rules=older | newer)


def hints(names: Iterable[str], rules: Mapping[str, Rule]) -> list[str]:
    """What is to be said of rules that the user names: a new id, that one is deprecated or gone; each once."""
    said: dict[str, None] = {}
    former = former_ids(rules)
    for name in dict.fromkeys(names):
        if name in former:
            said[f"rule {name} is called {former[name]} now"] = None
        rule = rules.get(former.get(name, name))
        if rule is not None and rule.status in (DEPRECATED, REMOVED):
            said[hint_of(rule)] = None
    return list(said)


def hint_of(rule: Rule) -> str:
    """What is to be said of a rule that is deprecated or gone."""
    state = "is deprecated" if rule.status == DEPRECATED else "is gone and finds nothing"
    instead = f"; {rule.replaced_by} takes its place" if rule.replaced_by is not None else ""
    return f"rule {rule.id} {state}{instead}"
