"""A run is the same whatever the order of hashes, a reader may leave early, and a fix changes nothing but its own place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lading.config import Config
from lading.decode import decode, encode_like, encoding_of
from lading.discover import discover
from lading.engine import Selection, check
from lading.files import Files
from lading.fixes import Draft
from lading.identity import Identity
from lading.models.repository import Repository
from lading.parse import Reader
from lading.texts import Texts
from tests.support import ROOT, run_lading, write_files
from tests.test_cards import CARDS
from tests.test_properties import RULES, changed

BAD = [example["files"] for card in CARDS.values() for example in card["examples"]["bad"]]
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32")


@settings(max_examples=60)
@given(
    st.sampled_from(BAD), st.integers(0, 2**32), st.sampled_from(ENCODINGS), st.sampled_from(["\n", "\r\n"])
)
def test_a_fix_leaves_every_byte_outside_of_it(
    files: dict[str, str], seed: int, encoding: str, end: str
) -> None:
    texts = {path: text.replace("\n", end) for path, text in changed(files, seed).items()}
    is_yaml = {path: path.endswith((".yml", ".yaml")) for path in texts}
    data = {path: text.encode(encoding if is_yaml[path] else "utf-8") for path, text in texts.items()}
    on_disk = Files("/nowhere", data)
    identity = Identity("github.com", "acme", "shop", "option --owner")
    repository = Repository(Texts(on_disk, Reader()), discover(on_disk), identity, Config(), ())
    for finding in check(repository, RULES, Selection(strict=True)).findings:
        draft = Draft(lambda path: path)
        if finding.fix is None or draft.take(finding) is not None:
            continue
        for path, text in draft.texts().items():
            spans = [edit.span for edit in finding.fix.edits if edit.span.source.path == path]
            old, new = decode(data[path]), decode(encode_like(text, data[path]))
            first, behind = min(s.start for s in spans), len(old) - max(s.end for s in spans)
            assert (new[:first], new[len(new) - behind :]) == (old[:first], old[len(old) - behind :])
            assert encoding_of(encode_like(text, data[path])) == encoding_of(data[path])


@pytest.mark.parametrize(
    "story", sorted((ROOT / "tests" / "fixtures").iterdir())[:6], ids=lambda path: path.name
)
def test_the_order_of_hashes_does_not_matter(story: Path, tmp_path: Path) -> None:
    shutil.copytree(story / "repository", tmp_path / "shop")
    reports = {
        run_lading(
            "check", "--strict", "--root", ".", "--owner", "acme", "--repo", "shop", "--format", "json",
            folder=tmp_path / "shop", environment={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(reports) == 1
    assert reports != {b""}


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
@pytest.mark.parametrize("format", ["text", "concise", "json-lines"])
def test_a_reader_that_leaves_after_the_first_line_ends_the_run_quietly(format: str, tmp_path: Path) -> None:
    """As `lading check | head -1` does, with more to tell than a pipe holds."""
    services = "".join(f"  s{n}: {{image: 'a/b:1', depends_on: [none{n}]}}\n" for n in range(3_000))
    write_files(tmp_path, {"compose.yaml": f"services:\n{services}"})
    process = subprocess.Popen(
        [sys.executable, "-m", "lading", "check", "--root", ".", "--format", format],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() != b""
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), errors) == (2, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_disk_that_takes_a_part_of_a_report_is_said(unbuffered: str, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk; without a buffer the first part was all that was written."""
    import resource

    write_files(tmp_path / "shop", {"compose.yaml": "services: [\n"})
    with open(tmp_path / "report", "wb") as file:
        done = subprocess.run(
            [sys.executable, "-m", "lading", "check", "--root", "."],
            cwd=tmp_path / "shop",
            stdout=file,
            stderr=subprocess.PIPE,
            check=False,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered, "PYTHONDONTWRITEBYTECODE": "1"},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20)),
        )
    assert (done.returncode, done.stderr) == (2, b"lading: the output cannot be written: File too large\n")
