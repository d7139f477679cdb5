"""`lading explain`: a rule, a file with its jobs or services, or an error text."""

from __future__ import annotations

import os

from lading.cli.judge import look_of, prefix_of
from lading.cli.writing import write
from lading.lifecycle import former_ids
from lading.problems import Problem
from lading.session import Request, no_such_rule, open_session, rules_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lading.catalogue import Rule
    from lading.session import Session


def run_explain(
    *,
    what: tuple[str, ...],
    format: str,
    config: str | None,
    policy: str | None,
    root: str | None,
    owner: str | None,
    repo: str | None,
    default_token: str | None,
    color: str,
) -> int:
    """Find out what is meant and write what is known of it. Raises `Problem` where nothing is."""
    from lading.explain.subject import cut

    argument = " ".join(what).strip()
    if "/" in argument and " " not in argument and not os.path.lexists(argument):
        rules = rules_for(Request(root=root, config_path=config, policy_path=policy))
        rule = rules.get(former_ids(rules).get(argument, argument))
        if rule is not None:
            write(_rule(rule, format))
            return 0
    path, name = (argument, None) if os.path.lexists(argument) else cut(argument)
    is_file = bool(path) and os.path.lexists(path) and not os.path.isdir(path)
    request = Request(
        (path,) if is_file else (),
        root=root if root is not None or not is_file else _root_around(path),
        owner=owner,
        repo=repo,
        config_path=config,
        policy_path=policy,
        default_token=default_token,
    )
    session = open_session(request)
    facts = _of_file(session, path, name) if is_file else _of_error(session, argument)
    if format == "json":
        write(_json({"version": 1, "explained": facts}))
        return 0
    from lading.explain.pages import as_page

    look = look_of(color, prefix_of(session.root))
    write("\n\n".join(as_page(each, look) for each in facts))
    return 0


def _root_around(path: str) -> str | None:
    """The working folder for a file below it that is in no git work tree; None where git knows better."""
    from lading.identity import repository_root

    folder, here = os.path.realpath(os.path.dirname(path) or "."), os.path.realpath(".")
    is_below = os.path.commonpath((folder, here)) == here
    return "." if is_below and repository_root(folder) is None else None


def _rule(rule: Rule, format: str) -> str:
    from lading.cli.texts import rule_page, rule_text

    if format == "text":
        return rule_page(rule)
    text = rule_text(rule)
    facts = {"kind": "rule", "rule": rule.id} | {
        name: getattr(text, name) for name in ("title", "level", "scope", "why", "fix", "url")
    }
    return _json({"version": 1, "explained": [facts]})


def _json(facts: dict[str, Any]) -> str:
    import json

    return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"


def _of_file(session: Session, path: str, name: str | None) -> list[dict[str, Any]]:
    from lading.engine import Selection
    from lading.explain.subject import subjects

    found = subjects(session.repository, session.path_of(path), name, _shown(session))
    if name is None:
        return [each.facts for each in found]
    outcome = session.judged(Selection())
    return [each.with_findings(outcome.findings) for each in found]


def _shown(session: Session) -> Callable[[str], str]:
    from lading.reports.display import shown_path

    look = look_of("never", prefix_of(session.root))
    return lambda path: shown_path(path, look)


def _of_error(session: Session, argument: str) -> list[dict[str, Any]]:
    from lading.cli.texts import rule_text
    from lading.explain.failures import failure_facts, is_known, look_for, matches, rules_of

    if not is_known(argument) and " " not in argument:
        raise _unknown(session, argument)
    cards = [rule_text(rule) for rule in session.rules.values()] if not is_known(argument) else []
    found = matches(argument, cards)
    if not found:
        raise _unknown(session, argument)
    looked = look_for(session.repository, session.rules, rules_of(found))
    return [failure_facts(argument, found, looked, session.repository.identity)]


def _unknown(session: Session, argument: str) -> Problem:
    from lading.explain.subject import CAN_BE_GIVEN, nearest_thing

    shown = argument if len(argument) <= 80 else f"{argument[:79]}…"
    if " " in argument:
        return Problem(f"no known error is like `{shown}`; give {CAN_BE_GIVEN}")
    family = argument.partition("/")[0]
    if "/" in argument and any(id.startswith(f"{family}/") for id in session.rules):
        return no_such_rule(argument, session.rules)
    near = nearest_thing(argument, session.repository, session.rules, _shown(session))
    hint = f"did you mean `{near}`? Or give" if near is not None else "give"
    return Problem(f"`{shown}` is no rule, no file and no known error; {hint} {CAN_BE_GIVEN}")
