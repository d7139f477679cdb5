"""Writes the generated files: the rule index and the option table. `--check` only says whether they are current."""

from __future__ import annotations

import pprint
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLES = ROOT / "src" / "lading" / "tables"


def rule_index() -> str:
    """The built-in catalogue as one table, so that a run opens no card."""
    from lading.catalogue import cards_in, read_card, rule_of_card
    from lading.parse import Reader

    reader = Reader()
    rows = []
    for id, path in cards_in(str(ROOT / "rules")):
        rule = rule_of_card(read_card(path, id, reader), id=id, path=path, provider="lading")
        rows.append((id, rule.scope, rule.level, rule.status, rule.reference, rule.fix, rule.options))
    return _module(
        "Every built-in rule: id, scope, level, status, check, fix, options. Generated from rules/ by scripts/generate.py.",
        "from __future__ import annotations\n\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n    from typing import Any\n",
        "RULES: tuple[tuple[str, str, str, str, Any, str, dict[str, Any]], ...]",
        tuple(rows),
    )


def option_table() -> str:
    """The options of `lading check` as click defines them, for the short way."""
    import click

    from lading.cli.app import check

    options: dict[str, tuple[str, bool, bool, tuple[str, ...]]] = {}
    defaults = dict(check.make_context("check", []).params)
    del defaults["paths"]
    for parameter in check.params:
        name = str(parameter.name)
        if not isinstance(parameter, click.Option):
            continue
        choices = tuple(parameter.type.choices) if isinstance(parameter.type, click.Choice) else ()
        for spelling in parameter.opts:
            options[spelling] = (name, not parameter.is_flag, parameter.multiple, choices)
    return _module(
        "The options of `lading check`: parameter, takes a value, may be repeated, choices. "
        "Generated from lading.cli.app by scripts/generate.py.",
        "from __future__ import annotations\n",
        "OPTIONS: dict[str, tuple[str, bool, bool, tuple[str, ...]]]",
        options,
        ("DEFAULTS: dict[str, object]", defaults),
    )


def _module(doc: str, head: str, declaration: str, value: object, *more: tuple[str, object]) -> str:
    parts = [f'"""{doc}"""\n\n{head}']
    for name, content in ((declaration, value), *more):
        parts.append(f"{name} = {pprint.pformat(content, width=108, sort_dicts=False)}\n")
    return "\n".join(parts)


def generated() -> dict[Path, str]:
    return {TABLES / "index.py": rule_index(), TABLES / "options.py": option_table()}


def main(arguments: list[str]) -> int:
    TABLES.mkdir(exist_ok=True)
    if not (TABLES / "index.py").exists():
        (TABLES / "index.py").write_text("RULES = ()\n")
    stale = {
        path: text for path, text in generated().items() if not path.exists() or path.read_text() != text
    }
    for path, text in stale.items():
        if "--check" not in arguments:
            path.write_text(text)
        print(f"{path.relative_to(ROOT)}: {'not current' if '--check' in arguments else 'written'}")
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
