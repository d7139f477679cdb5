"""Modules that come from their byte code are those of the plain way."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import cache_from_source, find_spec, module_from_spec
from pathlib import Path

import pytest

import lading
from lading.byte_code import Finder

FOLDER = os.path.dirname(lading.__file__)
TAG = str(sys.implementation.cache_tag)
NAMES = (
    "lading.engine",
    "lading.models",
    "lading.models.shell",
    "lading.models.compose.load",
    "lading.regex",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_spec_says_what_the_plain_one_says(name: str) -> None:
    compiled(name)
    ours, plain = Finder(FOLDER, TAG).find_spec(name, None), find_spec(name)
    assert ours is not None
    assert plain is not None
    assert ours.loader is not None
    assert plain.loader is not None
    for attribute in ("name", "origin", "cached", "has_location", "parent", "submodule_search_locations"):
        assert getattr(ours, attribute) == getattr(plain, attribute), attribute
    assert ours.loader.get_code(name) == plain.loader.get_code(name)  # type: ignore[attr-defined]
    assert ours.loader.get_source(name) == plain.loader.get_source(name)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_a_module_knows_what_one_of_the_plain_way_knows(name: str) -> None:
    compiled(name)
    ours, plain = Finder(FOLDER, TAG).find_spec(name, None), find_spec(name)
    assert ours is not None
    assert plain is not None
    found, expected = (vars(module_from_spec(spec)) for spec in (ours, plain))
    assert found.keys() == expected.keys()
    differing = {key for key in expected if found[key] != expected[key]}
    assert differing == {"__loader__", "__spec__"}


def compiled(name: str) -> None:
    """Have the byte code of a module on disk, which a run that must not write it has not."""
    import py_compile

    spec = find_spec(name)
    assert spec is not None
    py_compile.compile(str(spec.origin), doraise=True)


def laid_out(root: Path, text: str = "X = 1\n") -> Path:
    package = root / "lading"
    package.mkdir()
    source = package / "a.py"
    source.write_text(text)
    import py_compile

    py_compile.compile(str(source), doraise=True)
    return source


def test_what_has_no_byte_code_is_left_to_the_plain_way(tmp_path: Path) -> None:
    source = laid_out(tmp_path)
    Path(cache_from_source(str(source))).unlink()
    assert Finder(str(source.parent), TAG).find_spec("lading.a", None) is None


@pytest.mark.parametrize("change", ["size", "time"])
def test_byte_code_of_another_state_of_the_source_is_not_used(change: str, tmp_path: Path) -> None:
    source = laid_out(tmp_path)
    finder = Finder(str(source.parent), TAG)
    assert finder.find_spec("lading.a", None) is not None
    status = source.stat()
    if change == "size":
        source.write_text("X = 23\n")
        os.utime(source, (status.st_atime, status.st_mtime))
    else:
        os.utime(source, (status.st_atime, status.st_mtime + 2))
    assert finder.find_spec("lading.a", None) is None


def test_byte_code_of_another_interpreter_or_kind_is_not_used(tmp_path: Path) -> None:
    source = laid_out(tmp_path)
    cached = Path(cache_from_source(str(source)))
    whole = cached.read_bytes()
    for broken in (b"\0\0\r\n" + whole[4:], whole[:4] + b"\1" + whole[5:], whole[:10]):
        cached.write_bytes(broken)
        assert Finder(str(source.parent), TAG).find_spec("lading.a", None) is None


def test_a_large_module_is_read_whole(tmp_path: Path) -> None:
    source = laid_out(tmp_path, "X = (" + ", ".join(map(repr, map(str, range(30_000)))) + ")\n")
    spec = Finder(str(source.parent), TAG).find_spec("lading.a", None)
    assert spec is not None
    values: dict[str, object] = {}
    exec(spec.loader.get_code("lading.a"), values)  # type: ignore[union-attr]
    assert len(values["X"]) == 30_000  # type: ignore[arg-type]


def test_other_packages_are_left_to_the_plain_way() -> None:
    assert Finder(FOLDER, TAG).find_spec("lading_acme.a", None) is None
    assert Finder(FOLDER, TAG).find_spec("json", None) is None


def test_the_program_imports_our_modules_this_way(tmp_path: Path) -> None:
    for name in NAMES:
        compiled(name)
    program = (
        "import sys, os; sys.argv = ['lading', 'check']; os._exit = lambda code: None\n"
        "from lading.cli.main import program\nprogram()\n"
        "print(type(sys.modules['lading.engine'].__loader__).__module__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "lading.byte_code"
