"""A rule's card as the texts that people read."""

from __future__ import annotations

from lading.builtin import NAME
from lading.reports import RuleText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lading.catalogue import Rule


def rule_text(rule: Rule) -> RuleText:
    """What a report tells of a rule: of one of lading from the generated table, of any other from its card.

    A hundredth of the time that reading the cards of lading takes (measured); a test holds the two equal.
    """
    if rule.provider == NAME:
        from lading.tables.prose import PROSE

        row = PROSE.get(rule.id)
        if row is not None:
            title, why, tags, limits, references, security, descriptor = row
            return RuleText(
                id=rule.id,
                title=title,
                why=why,
                fix=rule.fix,
                level=rule.level,
                tags=tags,
                url=references[0] if references else "",
                scope=rule.scope,
                limits=limits,
                references=references,
                security=security,
                descriptor=descriptor,
            )
    return card_text(rule)


def card_text(rule: Rule) -> RuleText:
    """The same from the card, which was checked when it became a rule (those of lading by a test)."""
    from lading.catalogue import read_card

    card = read_card(rule.card_path, rule.id, is_checked=True)
    return RuleText(
        id=rule.id,
        title=card["title"],
        why=card["why"].strip(),
        fix=rule.fix,
        level=rule.level,
        tags=tuple(card.get("tags") or (rule.id.partition("/")[0],)),
        url=(card.get("references") or [""])[0],
        scope=rule.scope,
        limits=tuple(" ".join(str(text).split()) for text in card.get("limits") or ()),
        references=tuple(card.get("references") or ()),
        security=float(card["security"]["severity"]) if "security" in card else None,
    )


def rule_page(rule: Rule) -> str:
    """A rule's page for the terminal: title, why, fix, options, examples, limits, references."""
    from lading.catalogue import read_card
    from lading.version import __version__

    card = read_card(rule.card_path, rule.id, is_checked=True)
    lines = [rule.id, "=" * len(rule.id), "", str(card["title"]), ""]
    lines += [
        f"level {rule.level} · scope {rule.scope} · since {card.get('since', __version__)} · {rule.status}",
        *([f"replaced by {rule.replaced_by}"] if rule.replaced_by is not None else []),
        *([f"formerly {', '.join(rule.former)}"] if rule.former else []),
        "",
    ]
    lines += [*str(card["why"]).strip().splitlines(), "", *_wrapped("Fix: " + rule.fix, "  ")]
    if "security" in card:
        security = card["security"]
        told = f"Security, {security['severity']:.1f} of 10: {' '.join(security['because'].split())}"
        lines += ["", *_wrapped(told, "  ")]
    for title, texts in (("Limits", card.get("limits")), ("References", card.get("references"))):
        if texts:
            lines += ["", f"{title}:"]
            for text in texts:
                lines += _wrapped("  - " + " ".join(str(text).split()), "    ")
    lines += _options(card.get("options") or {})
    for title, kind in (("Bad", "bad"), ("Good", "good"), ("Fixed", "fixed")):
        for example in (card.get("examples") or {}).get(kind) or ():
            lines += _example(title, example)
    return "\n".join(lines) + "\n"


def _wrapped(text: str, indent: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, 110, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _options(options: dict[str, Any]) -> list[str]:
    lines = ["", "Options:"] if options else []
    for name, schema in options.items():
        lines.append(f"  {name} (default {schema['default']!r}): {schema['description']}")
    return lines


def _example(title: str, example: dict[str, Any]) -> list[str]:
    lines = ["", f"{title}: {example['name']}"]
    for path, text in example["files"].items():
        lines.append(f"  {path}")
        lines += [f"    {line}" for line in str(text).rstrip().splitlines()]
    return lines
