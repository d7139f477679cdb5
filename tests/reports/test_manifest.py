"""The forms of the bill: what fits where, and that no name is more than a name."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from lading.models.manifest import manifest
from lading.reports import Look
from lading.reports.manifest import FORMATS, render
from lading.session import Request, open_session
from tests.support import ROOT, run_lading, write_files

HOSTILE = (
    "</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{script}}{{bill}}", "<!--<script>",
    "\"]; x[\"y", "`**b**`", "%%{init: {}}%%", "```", "#quot;", "\\N\\", "&lt;", "\x1b]8;;http://acme\x07", "\u202e\u2028", "end",
)  # fmt: skip


def bill_of(folder: Path) -> dict[str, Any]:
    return manifest(
        open_session(Request(root=str(folder), owner="acme", repo="shop", environment={})).repository
    )


def story(name: str = "unsure") -> dict[str, Any]:
    return bill_of(ROOT / "tests" / "fixtures" / name / "repository")


def shown(bill: dict[str, Any], format: str, width: int = 100, colour: bool = False) -> str:
    return render(format, bill, Look(colour=colour, prefix="", width=width), tuple)


def renamed(value: Any, name: str) -> Any:
    """A bill in which every text that a repository chooses is another one; counts and places stay."""
    if isinstance(value, dict):
        return {key: name if _is_free(key, each) else renamed(each, name) for key, each in value.items()}
    if isinstance(value, list):
        return [name if isinstance(each, str) else renamed(each, name) for each in value]
    return value


def _is_free(key: str, value: object) -> bool:
    return isinstance(value, str) and key not in ("resolved", "certainty", "kind", "way")


class Elements(HTMLParser):
    """Tags and attributes in order, and the text inside the script elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: dict[str, list[str]] = {}
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self._open, []).append(data)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_tables_fit_the_terminal(width: int) -> None:
    lines = shown(story(), "text", width).splitlines()
    assert max(map(len, lines[1:])) <= width


def test_nothing_is_lost_where_a_table_is_narrow() -> None:
    wide, narrow = ("".join(shown(story(), "text", width).split()) for width in (200, 60))
    assert sorted(wide) == sorted(narrow)


def test_colours_are_added_to_the_same_text() -> None:
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown(story(), "text", colour=True)) == shown(story(), "text")


def test_an_empty_bill_is_said_aloud(tmp_path: Path) -> None:
    assert shown(bill_of(tmp_path), "text") == "acme/shop: nothing is published or run from here\n"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_no_name_acts_on_a_terminal(name: str, format: str) -> None:
    text = shown(renamed(story(), name), format)
    assert [c for c in text if not c.isprintable() and c != "\n"] == []


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_json_gives_back_what_was_written(name: str) -> None:
    bill = renamed(story(), name)
    assert json.loads(shown(bill, "json")) == bill


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_name_is_one_label_of_mermaid(name: str) -> None:
    for line in shown(renamed(story(), name), "mermaid").splitlines():
        assert line.count('"') in (0, 2)
        for label in re.findall('"(.*)"', line):
            assert re.fullmatch(r"(?:[\w ./@=,$()-]|#\d+;)+", label)


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_name_is_one_string_of_dot(name: str) -> None:
    text = shown(renamed(story(), name), "dot")
    outside = re.sub(r'"(?:[^"\\\n]|\\["\\])*"', "TEXT", text)
    assert re.sub(r'"(?:[^"\\\n]|\\["\\])*"', "TEXT", shown(renamed(story(), "plain"), "dot")) == outside


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_name_adds_nothing_to_the_page(name: str) -> None:
    plain, hostile = (Elements(shown(renamed(story(), each), "html")) for each in ("plain", name))
    assert plain.tags == hostile.tags
    assert plain.texts["script"][-1] == hostile.texts["script"][-1]
    assert [a for a in plain.attributes if a[0] != "content"] == [
        a for a in hostile.attributes if a[0] != "content"
    ]
    labels = {node["label"] for node in json.loads(hostile.texts["script"][0])["nodes"]}
    assert len(labels) == 1


def test_the_page_needs_nothing_else_and_runs_nothing_else() -> None:
    page = shown(story(), "html")
    elements = Elements(page)
    assert {name: value for name, value in elements.attributes if name in ("src", "href", "action")} == {
        "href": "data:,"
    }
    assert set(re.findall(r"https?://[^\"'\s)]+", page)) == {"http://www.w3.org/2000/svg"}
    assert re.findall(r"@import|url\(", page) == []
    policy = next(value or "" for name, value in elements.attributes if name == "content")
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        digest = base64.b64encode(hashlib.sha256(elements.texts[tag][-1].encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")


def test_findings_stand_on_the_nodes_they_are_about(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services:\n  api:\n    image: ghcr.io/acme/api:1\n    depends_on:\n      db: {condition: service_healthy}\n"
        "  db:\n    image: redis:8.2\n"
    }
    write_files(tmp_path, files)
    done = run_lading("manifest", "--format", "html", "--owner", "acme", "--repo", "shop", folder=tmp_path)
    data = json.loads(Elements(done.stdout.decode()).texts["script"][0])
    assert (done.stderr, done.returncode) == (b"", 0)
    assert [(f["rule"], [data["nodes"][at]["label"] for at in f["nodes"]]) for f in data["findings"]] == [
        ("health/wait-without-healthcheck", ["api"])
    ]


def test_a_word_of_100_000_letters_is_broken_at_once() -> None:
    from lading.reports.manifest.text import _wrapped

    lines = _wrapped("ä" * 100_000 + "一" * 10, 40)
    assert (len(lines[0]), lines[-1], sum(map(len, lines))) == (40, "一" * 10, 100_010)
