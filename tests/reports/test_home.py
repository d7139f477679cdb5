"""Where the program is at home is what its package declares, however that is found out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lading.reports import home
from lading.version import __version__

METADATA = """Metadata-Version: 2.4
Name: lading
Version: {version}
Summary: Project-URL: no, this is none
project-url: Source, https://acme.example/source
Project-URL: Homepage, https://acme.example/a, b
Project-URL: odd

Project-URL: Homepage, https://acme.example/description
"""


def installed(folder: Path, text: str = METADATA, newline: str = "\n") -> Path:
    info = folder / f"lading-{__version__}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(text.format(version=__version__), newline=newline)
    return folder


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_it_is_read_as_the_library_reads_it(
    newline: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(installed(tmp_path, newline=newline))
    monkeypatch.setattr(sys, "path", [folder, *sys.path])  # the library loads more as it reads
    found = ["Source, https://acme.example/source", "Homepage, https://acme.example/a, b", "odd"]
    assert home.declared_in([str(tmp_path / "gone"), folder]) == home.declared_plainly() == found
    assert home.homepage() == "https://acme.example/a, b"


def test_without_an_address_the_version_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(installed(tmp_path, "Name: lading\nVersion: {version}\n"))])
    assert home.homepage() == f"pkg:generic/lading@{__version__}"


def test_what_is_not_installed_is_looked_for_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert (home.declared_in(sys.path), home.declared_plainly()) == (None, [])
    assert home.homepage() == f"pkg:generic/lading@{__version__}"


def test_this_very_package_is_found_both_ways() -> None:
    assert home.declared_in(sys.path) in (home.declared_plainly(), None)
