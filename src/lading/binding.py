"""A policy given from outside (`--policy FILE`): what it states holds whatever the repository says of itself."""

from __future__ import annotations

from lading.config_parts import RuleSettings
from lading.discover import leaves_out
from lading.findings import LEVELS, severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lading.catalogue import Rule
    from lading.config import Config
    from lading.findings import Finding

OFF = "off"
_BY_KEY = {
    ("namespaces",): ("image/foreign-namespace", "publish/foreign-namespace"),
    ("images", "sisters"): ("image/foreign-namespace", "publish/foreign-namespace"),
    ("images", "allow"): ("image/disallowed-name", "publish/disallowed-name"),
    ("images", "tags"): ("image/disallowed-tag",),
    ("images", "published-tags"): ("publish/disallowed-tag",),
    ("ignores", "require-reason"): ("ignore/without-reason",),
}
"""The rules that judge by what a key states."""
_UNSEEN = ("yaml/not-utf-8", "yaml/syntax-error", "yaml/too-deep-or-large", "yaml/unreadable-file")
"""The rules that tell of a file in which nothing else is looked for: who hides them hides whatever is in it."""


def stated_rules(policy: Config, rules: Mapping[str, Rule]) -> frozenset[str]:
    """The rules that a policy states: those on its cards, those that it sets, and those that judge by its keys.

    Where there are such, also those that tell of files which could not be looked through.
    """
    folders = {each.written for each in policy.local_cards}
    found = {id for id, rule in rules.items() if rule.provider in folders}
    found |= policy.rules.keys()
    for keys, ids in _BY_KEY.items():
        if policy.origin(*keys) is not None:
            found |= set(ids)
    found |= set(_UNSEEN) if found else set()
    return frozenset(id for id in found if id in rules and _level(policy.rules.get(id)) != OFF)


def _level(settings: RuleSettings | None) -> str | None:
    return settings.level if settings is not None else None


def tightened(policy: Config, own: Config, rules: Mapping[str, Rule]) -> Config:
    """The policy with the levels of the repository where these are more severe."""
    settings = dict(policy.rules)
    for id, rule in rules.items():
        level = _level(own.rules.get(id))
        stated = settings.get(id, RuleSettings())
        if level in LEVELS and severity(level) > severity(stated.level or rule.level):
            settings[id] = RuleSettings(level, stated.options, stated.ignore)
    return policy.having(rules=settings)


def overruling(
    policy: Config, own: Config, is_ignored: Callable[[Finding], bool]
) -> Callable[[Finding], str]:
    """What is added to a message where the repository would have hidden or softened it; empty where it would not.

    `own` is the repository's configuration, `is_ignored` tells whether a comment asks not to see a finding.
    """
    is_excluded = leaves_out(own.exclude)

    def overruled(finding: Finding) -> str:
        said = None
        settings = own.rules.get(finding.rule)
        if is_ignored(finding):
            said = "the `lading: ignore` here does"
        elif settings is not None and _loosens(settings, finding):
            said = f"what `rules` in {own.where('rules', finding.rule)} says of it does"
        elif is_excluded(finding.path):
            said = f"`exclude` in {own.where('exclude')} does"
        return f"; {said} not count under the policy {policy.path}" if said is not None else ""

    return overruled


def _loosens(settings: RuleSettings, finding: Finding) -> bool:
    """Would the repository's settings of the rule have changed a finding for the better?"""
    level = settings.level
    is_milder = level == OFF or (level in LEVELS and severity(level) < severity(finding.level))
    return is_milder or bool(settings.ignore or settings.options)
