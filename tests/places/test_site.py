"""The site of the documentation, as its one command builds it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from lading.builtin import provider
from tests.outside import outside
from tests.places.support import checkout, environment
from tests.support import ROOT


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_script", ROOT / "scripts" / "docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_rule_has_a_page_with_all_its_examples(script: ModuleType) -> None:
    pages = script.rule_pages()
    rules = provider().rules
    assert set(pages) == {"rules/index.md", *(f"rules/{rule.id}.md" for rule in rules)}
    for rule in rules:
        assert f"]({rule.id}.md) |" in pages["rules/index.md"]
        page = pages[f"rules/{rule.id}.md"]
        assert page.startswith(f"# {rule.id}\n")
        assert page.count("<- here") + page.count('title="') > 1


def test_every_key_of_the_configuration_and_every_word_of_a_policy_is_told(
    script: ModuleType, tmp_path: Path
) -> None:
    script.make_pages(tmp_path / "docs")
    configuration = (tmp_path / "docs" / "configuration.md").read_text()
    schema = json.loads((ROOT / "schemas" / "config.schema.json").read_text())
    assert [key for key in schema["properties"] if f"| `{key}` |" not in configuration] == []
    for key in ("compose.projects[].env-files", "rules.*.ignore", "assume.variables"):
        assert f"| `{key}` |" in configuration
    policies = (tmp_path / "docs" / "policies.md").read_text()
    words = json.loads((ROOT / "schemas" / "card.schema.json").read_text())["$defs"]["assertion"][
        "properties"
    ]
    assert [word for word in words if f"| `{word}` |" not in policies] == []
    assert [p for p in (tmp_path / "docs").rglob("*.md") if "built from" in p.read_text()] == []


def test_nothing_in_prose_is_taken_for_html(script: ModuleType) -> None:
    assert script.prose("a <b> and `<org>` <c>") == "a &lt;b> and `<org>` &lt;c>"


class Links(HTMLParser):
    """Where a page leads to, and what on it can be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids |= {values[name] for name in ("id", "name") if name in values}
        self.links += [values["href"]] if tag == "a" and "href" in values else []


def test_the_site_is_built_and_no_link_leads_nowhere(tmp_path: Path) -> None:
    outside("zensical")
    folder = checkout(tmp_path / "lading")
    done = subprocess.run(
        [sys.executable, "scripts/docs.py"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    site = folder / "build" / "site"
    pages = {
        page: Links(page.read_text(encoding="utf-8"))
        for page in site.rglob("*.html")
        if page.name != "404.html"
    }
    assert len(pages) > len(provider().rules)
    lost = []
    for page, found in pages.items():
        for link in found.links:
            address, fragment = urldefrag(link)
            if urlsplit(address).scheme or address.startswith("//"):
                continue
            target = (page.parent / unquote(address)).resolve() if address else page
            target = target / "index.html" if target.is_dir() else target
            if target not in pages or (fragment and unquote(fragment) not in pages[target].ids):
                lost.append((str(page.relative_to(site)), link))
    assert lost == []
