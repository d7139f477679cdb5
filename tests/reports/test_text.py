"""The report for people."""

from __future__ import annotations

import re

import pytest

from lading.findings import NOTE, WARNING, Finding, Outcome, Related
from lading.reports import Look, RuleText, render
from lading.source import Source, Span
from tests.reports.stories import PLAIN, finding, outcome, shop, span


def text(shown: Outcome, look: Look = PLAIN) -> str:
    return render("text", shown, look, no_rules)


def no_rules() -> dict[str, RuleText]:
    raise AssertionError("this format tells nothing of the rules")


def rows(line: str, start: int, end: int, *, width: int = 80) -> list[str]:
    """What is shown of the first line of a file, and the row of carets under it, without the gutter."""
    source = Source("compose.yaml", line)
    look = Look(colour=False, prefix="", width=width)
    shown = text(outcome(finding(Span(source, start, end))), look).split("\n")
    assert shown[:3] == [
        "error[compose/undefined-volume]: this is wrong",
        f" --> compose.yaml:1:{start + 1}",
        "  |",
    ]
    return [row[4:] for row in shown[3:5]]


def test_findings_show_their_places_and_a_summary_ends_the_report() -> None:
    assert (
        text(shop())
        == """\
error[publish/missing-packages-write]: job `image` pushes `ghcr.io/acme/shop` without `packages: write`
  --> .github/workflows/publish.yml:10:14
   |
10 |       - run: docker push ghcr.io/acme/shop
   |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
  ::: .github/workflows/publish.yml:2:1
   |
 2 | permissions:
   | ------------ the token's permissions
   |
   = help: Add `packages: write` to the permissions of the job, next to those
           that the checkout needs.

warning[health/wait-without-healthcheck]: `api` waits for `db`, which has no healthcheck
 --> deploy/compose.yaml:4:23
  |
4 |       db: {condition: service_healthy}
  |                       ^^^^^^^^^^^^^^^
5 |   db:
  |   -- declared here
  |
  = help: Give `db` a healthcheck.

note[image/moving-tag]: the tag moves
 --> deploy/compose.yaml:6:12
  |
6 |     image: postgres:17
  |            ^^^^^^^^^^^

1 error, 1 warning, 1 note in 14 files: 3 workflows, 2 compose projects, 6 publications; \
3 undecided (--strict shows them); 1 suppressed
"""
    )


@pytest.mark.parametrize(
    ("shown", "summary"),
    [
        pytest.param(
            outcome(),
            "no findings in 14 files: 3 workflows, 2 compose projects, 6 publications",
            id="a clean run says what it covered",
        ),
        pytest.param(
            outcome(files=1, workflows=1, projects=1, publications=1, undecided=1),
            "no findings in 1 file: 1 workflow, 1 compose project, 1 publication; "
            "1 undecided (--strict shows it)",
            id="one is singular",
        ),
        pytest.param(
            outcome(files=2, workflows=0, projects=0, publications=0),
            "no findings in 2 files",
            id="kinds that are not there are left out",
        ),
        pytest.param(
            outcome(files=0, workflows=0, projects=0, publications=0),
            "nothing to check: no Compose file, workflow, action or Dockerfile was found",
            id="nothing to check is said aloud",
        ),
    ],
)
def test_the_summary_of_a_clean_run(shown: Outcome, summary: str) -> None:
    assert text(shown) == summary + "\n"


def test_the_summary_counts_each_level() -> None:
    place = Span(Source("compose.yaml", ""), 0, 0)
    found = [finding(place, level=level) for level in (WARNING, WARNING, NOTE, NOTE)]
    assert text(outcome(*found, files=1, workflows=0, projects=1, publications=0)).splitlines()[-1] == (
        "2 warnings, 2 notes in 1 file: 1 compose project"
    )


@pytest.mark.parametrize(
    ("line", "start", "end", "expected"),
    [
        pytest.param("a: b", 3, 3, ["a: b", "   ^"], id="an empty place gets a caret"),
        pytest.param("a: b", 4, 4, ["a: b", "    ^"], id="a place behind the line gets a caret"),
        pytest.param("", 0, 0, ["", "^"], id="an empty file has a first line"),
        pytest.param("a: b  \nc: d\n", 3, 12, ["a: b", "   ^"], id="of several lines the first is marked"),
        pytest.param("a: b\r\nc: d\r\n", 3, 4, ["a: b", "   ^"], id="a line end of Windows is not shown"),
        pytest.param("\ta: b", 4, 5, ["    a: b", "       ^"], id="a tab takes four columns"),
        pytest.param("名前: b", 4, 5, ["名前: b", "      ^"], id="wide characters take two columns"),
        pytest.param("名前: b", 0, 2, ["名前: b", "^^^^"], id="wide characters get two carets"),
        pytest.param("e\u0301: b", 4, 5, ["e\u0301: b", "   ^"], id="a combining accent takes no column"),
        pytest.param("\x1b[2Ja", 4, 5, ["\\u{1b}[2Ja", "         ^"], id="escape sequences are spelled out"),
        pytest.param("\u202ea", 1, 2, ["\\u{202e}a", "        ^"], id="a change of direction is spelled out"),
        pytest.param("\ud800a", 1, 2, ["\\u{d800}a", "        ^"], id="half a character is spelled out"),
    ],
)
def test_carets_stand_under_what_they_mean(line: str, start: int, end: int, expected: list[str]) -> None:
    assert rows(line, start, end) == expected


def test_a_place_beyond_the_file_is_its_end() -> None:
    assert text(outcome(finding(Span(Source("compose.yaml", "a: b\n"), 99, 120)))).splitlines()[2:5] == [
        "  |",
        "2 |",
        "  | ^",
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(0, 500, id="at the start"),
        pytest.param(40, 500, id="where the start still fits"),
        pytest.param(300, 300, id="in the middle"),
        pytest.param(500, 0, id="at the end"),
    ],
)
@pytest.mark.parametrize("filling", ["x", "名", "\t", "\x07"])
def test_a_long_line_is_cut_around_its_place(before: int, after: int, filling: str) -> None:
    line = filling * before + "HERE" + filling * after
    shown, carets = rows(line, before, before + 4, width=60)
    wide = 2 if filling == "名" else 1
    columns = sum(wide if character == filling else 1 for character in shown)
    assert columns <= 56
    assert shown.startswith("…") or before <= 40
    assert shown.endswith("…") == (after > 0)
    at = shown.index("HERE")
    assert len(carets) - 4 == sum(wide if character == filling else 1 for character in shown[:at])
    assert carets.strip() == "^^^^"


def test_a_place_wider_than_the_terminal_is_marked_as_far_as_it_is_shown() -> None:
    shown, carets = rows("x" * 10 + "y" * 1000, 10, 1010, width=60)
    assert (shown, carets) == ("x" * 10 + "y" * 44 + "…", " " * 10 + "^" * 44)


def test_places_of_one_file_share_an_excerpt_when_they_are_near() -> None:
    source = Source("compose.yaml", "".join(f"key{n}: value\n" for n in range(1, 40)))
    main = finding(
        span(source, "key10"),
        related=tuple(Related(span(source, f"key{n}"), f"label {n}") for n in (8, 12, 16, 30)),
    )
    assert text(outcome(main)).splitlines()[1:-2] == [
        "  --> compose.yaml:10:1",
        "   |",
        " 8 | key8: value",
        "   | ---- label 8",
        " 9 | key9: value",
        "10 | key10: value",
        "   | ^^^^^",
        "11 | key11: value",
        "12 | key12: value",
        "   | ----- label 12",
        "...",
        "16 | key16: value",
        "   | ----- label 16",
        "   |",
        "  ::: compose.yaml:30:1",
        "   |",
        "30 | key30: value",
        "   | ----- label 30",
    ]


def test_a_label_without_room_behind_the_marks_goes_below() -> None:
    source = Source("compose.yaml", " " * 50 + "key")
    main = finding(Span(source, 0, 0), related=(Related(span(source, "key"), "the label of the key"),))
    look = Look(colour=False, prefix="", width=60)
    assert text(outcome(main), look).splitlines()[6:-2] == [
        " ::: compose.yaml:1:51",
        "  |",
        "1 |" + " " * 51 + "key",
        "  |" + " " * 51 + "---",
        "  |" + " " * 37 + "the label of the key",
    ]


def test_paths_lead_from_the_working_folder() -> None:
    source = Source("compose.yaml", "a: b")
    look = Look(colour=False, prefix="../../", width=80)
    assert text(outcome(finding(Span(source, 0, 1))), look).splitlines()[1] == " --> ../../compose.yaml:1:1"


def test_a_message_stays_on_its_line_and_harmless() -> None:
    place = Span(Source("a\nb\x1b.yaml", "a: b"), 0, 1)
    assert text(outcome(finding(place, "one\ntwo \x1b[31m\u202e"))).splitlines()[:2] == [
        "error[compose/undefined-volume]: one two \\u{1b}[31m\\u{202e}",
        " --> a b\\u{1b}.yaml:1:1",
    ]


def test_colours_are_added_to_the_same_text() -> None:
    coloured = text(shop(), Look(colour=True, prefix="", width=80))
    assert coloured.startswith("\x1b[1;31merror[publish/missing-packages-write]\x1b[0m: ")
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).replace(" \n", "\n") == text(shop())


ODD = (
    "", "\n", "\r", "\r\n\r", "\t\t", "\x00\x7f\x9f", "\ufeff\u200b\u2066", "🚢👩‍👩‍👧", "\u0301" * 90,
    "名" * 300, "\ud800\udfff", "\u0085\u2028", "%s{0}[x](1)\\", "\x1b]8;;http://acme\x07",
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_no_text_is_too_odd_for_any_report(odd: str) -> None:
    source = Source(f"dir/{odd}.yaml", f"key: {odd}value\n{odd}")
    length = len(source.text)
    found: list[Finding] = []
    for start in range(0, length + 2, max(1, length // 20)):
        for end in (start, start + 1, length, length + 9):
            related = (Related(Span(source, end, end + 2), odd),)
            found.append(finding(Span(source, start, end), odd, related=related, help=odd))
    for format in ("text", "concise", "json", "sarif"):
        report = render(format, outcome(*found), Look(colour=False, prefix="../", width=60), dict)
        assert report.encode("utf-8", "replace").endswith(b"\n")
        if format in ("text", "concise"):
            assert [c for c in report.replace("\n", "") if not c.isprintable() and not c.isspace()] == []
