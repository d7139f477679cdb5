"""Builds the documentation: docs/, a page for each rule from its card, and tables from the schemas, into build/site.

`python scripts/docs.py` needs the extra `docs`; `--pages` only makes build/docs, which the site is built from.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "build" / "docs"
SCHEMAS = ROOT / "schemas"
_BUILT = re.compile(r"<!-- built from schemas/(\w+)\.schema\.json -->")
LANGUAGES = {
    ".yml": "yaml", ".yaml": "yaml", ".json": "json", ".hcl": "hcl", ".sh": "sh", ".env": "sh", "Dockerfile": "dockerfile",
}  # fmt: skip


def rule_pages() -> dict[str, str]:
    """Every built-in rule's page and the lists of them, by path below docs/."""
    from lading.catalogue import cards_in, read_card
    from lading.parse import Reader

    reader = Reader()
    cards = {id: read_card(path, id, reader) for id, path in cards_in(str(ROOT / "rules"))}
    pages = {f"rules/{id}.md": rule_page(id, card) for id, card in cards.items()}
    return pages | {"rules/index.md": _rule_list(cards)}


def rule_page(id: str, card: dict[str, Any]) -> str:
    """One card as a page."""
    policy = "data on its card" if isinstance(card["check"], dict) else f"`{card['check']}`"
    facts = f"level **{card['level']}** · scope `{card['scope']}` · since {card.get('since', '?')} · {card.get('status', 'stable')}"
    parts = [
        f"# {id}",
        prose(card["title"]) + ".",
        facts,
        "## Why",
        prose(card["why"]),
        "## What to do",
        prose(card["fix"]),
    ]
    if card.get("options"):
        parts += ["## Options", _table(("option", "default", "meaning"), _options(card["options"]))]
    for title, kind in (("Found", "bad"), ("Not found", "good"), ("Mended", "fixed")):
        if card["examples"].get(kind):
            parts += [f"## {title}", *(_example(each) for each in card["examples"][kind])]
    for title, key in (("Limits", "limits"), ("References", "references")):
        if card.get(key):
            parts += [f"## {title}", "\n".join(f"- {_reference(each)}" for each in card[key])]
    parts.append(f"The check is {policy}. To leave out one place: `# lading: ignore[{id}] reason`.")
    return "\n\n".join(parts) + "\n"


def prose(text: str) -> str:
    """Markdown in which nothing but code can look like HTML."""
    pieces = re.split(r"(`+[^`]*`+)", text.strip())
    return "".join(each if each.startswith("`") else each.replace("<", "&lt;") for each in pieces)


def _reference(text: str) -> str:
    return f"<{text}>" if text.startswith("https://") else prose(" ".join(text.split()))


def _options(options: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (f"`{name}`", f"`{json.dumps(each['default'])}`", prose(each["description"]))
        for name, each in options.items()
    ]


def _example(example: dict[str, Any]) -> str:
    given = [
        f"`{key}: {example[key]}`" for key in ("repository", "default-token", "options") if key in example
    ]
    parts = [f"### {prose(example['name'][0].upper() + example['name'][1:])}"]
    if given:
        parts.append(f"With {', '.join(given)}:")
    for path, text in example["files"].items():
        name = path.rpartition("/")[2]
        language = next((word for end, word in LANGUAGES.items() if name.endswith(end)), "text")
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text)), 3)
        parts.append(f'{fence}{language} title="{path}"\n{text.rstrip()}\n{fence}')
    return "\n\n".join(parts)


def _rule_list(cards: dict[str, Any]) -> str:
    families = dict.fromkeys(id.partition("/")[0] for id in cards)
    parts = [
        "# Rules",
        f"{len(cards)} rules. The level is that on known ground; see [How certain a finding is](../certainty.md). "
        "`lading explain RULE` shows the same pages in the terminal.",
    ]
    for family in families:
        rows = [
            (f"[{id.partition('/')[2]}]({id}.md)", card["level"], prose(card["title"]))
            for id, card in cards.items()
            if id.startswith(f"{family}/")
        ]
        parts += [f"## {family}", _table(("rule", "level", "what it finds"), rows)]
    return "\n\n".join(parts) + "\n"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def config_table() -> str:
    """Every key of lading.yaml."""
    schema = json.loads((SCHEMAS / "config.schema.json").read_text(encoding="utf-8"))
    return _table(("key", "value", "meaning"), list(_keys("", schema)))


def _keys(prefix: str, schema: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """A row for each key of an object, and for those below it."""
    for name, below in schema.get("properties", {}).items():
        key = f"{prefix}{name}"
        yield f"`{key}`", _kind(below), prose(below.get("description", ""))
        yield from _keys(f"{key}.", below)
        yield from _keys(f"{key}[].", below.get("items", {}))
        others = below.get("additionalProperties")
        for each in others.get("oneOf", (others,)) if isinstance(others, dict) else ():
            yield from _keys(f"{key}.*.", each)


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    kind = schema.get("type", "")
    if kind == "array":
        return f"list of {schema['items'].get('type', 'values')}s"
    return {"object": "mapping", "string": "text"}.get(kind, str(kind))


def assertion_table() -> str:
    """The words of an assertion in a policy."""
    schema = json.loads((SCHEMAS / "card.schema.json").read_text(encoding="utf-8"))["$defs"]["assertion"]
    meant = {
        "present": "The place is there (`true`), or is not (`false`).",
        "all": "Each of these assertions holds.",
        "any": "One of these assertions holds.",
        "not": "This assertion does not hold.",
    }
    rows = [
        (f"`{name}`", prose(each.get("description") or meant[name]))
        for name, each in schema["properties"].items()
    ]
    return _table(("word", "holds where"), rows)


TABLES = {"config": config_table, "card": assertion_table}


def make_pages(folder: Path) -> None:
    """Lay out everything that the site is built from."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "docs", folder)
    for page in folder.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.write_text(_BUILT.sub(lambda mark: TABLES[mark[1]](), text), encoding="utf-8")
    for path, text in rule_pages().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    make_pages(PAGES)
    if "--pages" in arguments:
        return 0
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    zensical = shutil.which("zensical", path=places)
    if zensical is None:
        print("zensical is not installed: pip install -e '.[docs]'", file=sys.stderr)
        return 2
    return subprocess.run([zensical, "build", "--clean", "--strict"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
