"""A name is found in a text as the pattern that says what is meant finds it, in the files that may tell of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.files import Files
from lading.models import telling
from lading.models.telling import Telling, tells
from lading.parse import Reader
from lading.texts import Texts
from tests.support import write_files


@pytest.mark.parametrize("is_set", [True, False])
@given(text=st.text(alphabet="TAG_= é1\n", max_size=30), name=st.sampled_from(["T", "TAG", "A_G"]))
def test_a_name_is_told_where_it_is_no_part_of_another(text: str, name: str, is_set: bool) -> None:
    rest = "=" if is_set else r"(?![A-Za-z0-9_])"
    expected = re.search(rf"(?<![A-Za-z0-9_]){name}{rest}", text) is not None
    assert tells(text, name, is_set=is_set) is expected


def told(folder: Path, name: str) -> bool:
    return Telling(Texts(Files(str(folder)), Reader())).tells(name, ("servers/shop", ""))


@pytest.mark.parametrize(
    "path", ["utils/rollout/main.py", "a/b/c/d/.env.sample", "x/.env", ".circleci/config.yml", "docs/a/b.md"]
)
def test_a_name_of_several_words_is_told_of_anywhere(path: str, tmp_path: Path) -> None:
    write_files(tmp_path, {path: "SHOP_TAG TAG _TAG\n"})
    assert told(tmp_path, "SHOP_TAG")
    assert not told(tmp_path, "TAG") or path.startswith("docs/")
    assert not told(tmp_path, "_TAG")


@pytest.mark.parametrize(
    "path",
    [
        "servers/web/compose.yaml",
        "web/Dockerfile",
        "web/action.yml",
        "web/node_modules/shop/.env",
        "web/picture.svg",
    ],
)
def test_what_needs_it_and_what_others_wrote_tells_of_nothing(path: str, tmp_path: Path) -> None:
    write_files(tmp_path, {path: "SHOP_TAG\n"})
    assert not told(tmp_path, "SHOP_TAG")


@pytest.mark.parametrize("many", ["{n}.md", "{n}/a.md"])
def test_a_large_repository_is_not_looked_through_to_its_end(
    many: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "_MOST_FAR", 20)
    write_files(tmp_path, {"web/" + many.format(n=n): "no\n" for n in range(60)})
    texts = Texts(Files(str(tmp_path)), Reader())
    assert not Telling(texts).tells("SHOP_TAG", ("",))
    assert sum(name == "tells" for _, _, name, _ in texts.answers) <= 20
    assert len(texts.read_so_far) <= 20


def test_large_files_are_not_looked_through_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(
        tmp_path, {f"a{n}/data.json": "0" * 1_000 for n in range(9)} | {"z/deploy.sh": "SHOP_TAG=1\n"}
    )
    assert told(tmp_path, "SHOP_TAG")
    monkeypatch.setattr(telling, "_LONG", 1_000)
    monkeypatch.setattr(telling, "_MOST_LONG", 5)
    texts = Texts(Files(str(tmp_path)), Reader())
    assert not Telling(texts).tells("SHOP_TAG", ("",))
    assert len(texts.read_so_far) == 6
