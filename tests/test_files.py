"""What is read of a repository, and what is not."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from lading.decode import NotText, decode
from lading.files import MAX_SIZE, Files, Unreadable
from lading.parse import Reader
from lading.texts import Texts
from tests.support import write_files

POSIX = pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")


def reason(files: Files, path: str) -> str:
    with pytest.raises(Unreadable) as caught:
        files.read(path)
    return caught.value.reason


def test_a_file_is_read_and_what_was_looked_at_is_on_record(tmp_path: Path) -> None:
    write_files(tmp_path, {"a/b.yaml": "x: 1\n"})
    files = Files(str(tmp_path))
    assert (files.read("a/b.yaml"), files.is_file("c"), files.entries("a")) == (
        b"x: 1\n",
        False,
        (("b.yaml", False, False),),
    )
    assert (files.record.read, files.record.missing, files.record.listed) == ({"a/b.yaml"}, {"c"}, {"a"})


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "a\0b"])
def test_nothing_outside_of_the_root_is_read(path: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"x": "secret", "root/a/b": ""})
    files = Files(str(tmp_path / "root"))
    assert (reason(files, path), files.is_file(path)) == ("it lies outside of the repository", False)


@POSIX
def test_links_are_followed_inside_of_the_root_only(tmp_path: Path) -> None:
    write_files(tmp_path, {"x": "secret", "root/a/b": "b"})
    root = tmp_path / "root"
    (root / "out").symlink_to("../x")
    (root / "in").symlink_to("a/b")
    (root / "loop").symlink_to("loop")
    (root / "folder").symlink_to("a")
    files = Files(str(root))
    assert files.read("in") == files.read("folder/b") == b"b"
    assert reason(files, "out") == "it lies outside of the repository"
    assert reason(files, "loop") == "too many levels of symbolic links"
    assert [entry for entry in files.entries("") if entry[1]] == [("a", True, False)]


@POSIX
def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    files = Files(str(tmp_path))
    assert reason(files, "pipe") == "it is no regular file"
    assert reason(files, "folder") == "it is a folder"
    assert reason(files, "nothing") == "there is no such file"


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with open(tmp_path / "large", "wb") as file:
        file.truncate(MAX_SIZE + 1)
    assert reason(Files(str(tmp_path)), "large") == "it is larger than 16 MiB"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_said(tmp_path: Path) -> None:
    write_files(tmp_path, {"a": ""})
    (tmp_path / "a").chmod(0)
    assert reason(Files(str(tmp_path)), "a") == "permission is denied"


def test_an_unsaved_text_stands_for_a_file_in_folders_that_need_not_exist(tmp_path: Path) -> None:
    files = Files(str(tmp_path)).overlay("new/compose.yaml", b"x")
    assert (files.read("new/compose.yaml"), files.is_file("new/compose.yaml")) == (b"x", True)
    assert files.entries("") == (("new", True, False),)
    assert files.entries("new") == (("compose.yaml", False, False),)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        ("é😀".encode(), "é😀"),
        (b"\xef\xbb\xbfa", "a"),
        ("aé".encode("utf-16"), "aé"),
        ("aé".encode("utf-16-le"), "aé"),
        ("aé".encode("utf-16-be"), "aé"),
        ("aé".encode("utf-32"), "aé"),
        ("aé".encode("utf-32-le"), "aé"),
        (b"a\r\nb", "a\r\nb"),
    ],
)
def test_text_is_read_in_every_encoding_of_unicode_that_yaml_allows(data: bytes, text: str) -> None:
    assert decode(data) == text


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        (b"a\nb\xff", "the byte 0xff in line 2 belongs to no character", 2),
        (b"ab\n\n\0", "it holds a NUL byte, as binary files do", 3),
        (b"\x00\x01\x02", "it holds a NUL byte, as binary files do", 1),
        (b"\xff\xfea", "it begins like UTF-16-LE and is not", 1),
    ],
)
def test_what_is_no_text_is_said_with_its_place(data: bytes, reason: str, line: int) -> None:
    with pytest.raises(NotText) as caught:
        decode(data)
    assert (caught.value.reason, caught.value.line) == (reason, line)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("a/" * 1500 + "x", "there is no such file", id="very deep"),
        pytest.param("a/" * 3000 + "x", "its path is too long", id="longer than any path"),
        pytest.param("\ud800", "there is no such file", id="half a surrogate pair"),
        pytest.param("link/\ud800", "there is no such file", id="half a surrogate pair behind a link"),
        pytest.param("file/x", "there is no such file", id="a file as a folder"),
    ],
)
def test_no_path_that_a_file_may_name_breaks_a_run(path: str, expected: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"file": "", "folder/file": ""})
    (tmp_path / "link").symlink_to("folder")
    files = Files(str(tmp_path))
    assert reason(files, path) == expected
    assert (files.is_file(path), files.is_directory(path), files.entries(path)) == (False, False, ())


@POSIX
def test_a_chain_of_links_without_an_end_in_sight_is_survived(tmp_path: Path) -> None:
    for number in range(1500):
        (tmp_path / f"l{number}").symlink_to(f"l{number + 1}")
    (tmp_path / "l1500").write_text("x")
    try:
        found: object = Files(str(tmp_path)).read("l0")
    except Unreadable as problem:
        found = problem.reason
    assert found in (b"x", "too many levels of symbolic links"), "Python 3.13 follows links to the end"


@POSIX
def test_a_socket_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket has to be short
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("socket")
        assert reason(Files(str(tmp_path)), "socket") == "it is no regular file"


@POSIX
def test_a_root_may_be_reached_by_a_link(tmp_path: Path) -> None:
    write_files(tmp_path, {"real/a": "a"})
    (tmp_path / "real/b").symlink_to("a")
    (tmp_path / "root").symlink_to("real")
    files = Files(str(tmp_path / "root"))
    assert (files.read("a"), files.read("b")) == (b"a", b"a")


@pytest.mark.parametrize("path", ["new/x", "./new/x", "new//x", "new/../new/x"])
def test_an_unsaved_text_is_found_however_its_path_is_written(path: str, tmp_path: Path) -> None:
    files = Files(str(tmp_path)).overlay("new/x", b"text")
    assert (files.is_file(path), files.read(path), files.is_directory("new/")) == (True, b"text", True)
    assert files.entries(".") == (("new", True, False),)


def test_places_that_are_found_again_stand_in_one_text(tmp_path: Path) -> None:
    """Whether the file is read in between or not: a report lays out what stands in the same text together."""
    texts = Texts(Files(str(write_files(tmp_path, {"a.yaml": "a: 1\n"}))), Reader())
    early = texts.later("a.yaml")
    texts.source("a.yaml")
    assert texts.later("a.yaml") is early
    assert early.text == "a: 1\n"


def test_what_its_folder_did_not_hold_is_missing_without_asking_again(tmp_path: Path) -> None:
    files = Files(str(write_files(tmp_path, {"a/Dockerfile": "", "b": ""})))
    assert files.entries("a") == (("Dockerfile", False, False),)
    write_files(tmp_path, {"a/new": ""})
    assert [files.is_file("a/new", as_listed=is_listed) for is_listed in (True, False)] == [False, True]
    assert files.is_file("a/Dockerfile", as_listed=True)
    assert files.is_file("b", as_listed=True), "its folder was not listed"
    assert not files.is_file("a/gone", as_listed=True)
    assert files.record.kinds[str(tmp_path / "a/gone")] == (0, "")
    assert files._is_missing(str(tmp_path / "a/gone"))
    assert not files._is_missing(str(tmp_path / "a/dockerfile")), "the same to some file systems"
    assert not files._is_missing(str(tmp_path / "a/Dockerfil\u00e9")), "which may write it in another form"


@POSIX
@pytest.mark.parametrize("is_kept", [True, False])
def test_folders_are_listed_whether_their_look_is_kept_or_not(is_kept: bool, tmp_path: Path) -> None:
    write_files(tmp_path, {"x/secret": "", "root/a/b/c": "", "root/d/e": ""})
    root = tmp_path / "root"
    (root / "out").symlink_to("../x")
    (root / "a/in").symlink_to("../d")
    files = Files(str(root))
    if not is_kept:
        files.record.refuse()
    assert [name for name, _, _ in files.entries("")] == ["a", "d", "out"]
    assert files.entries("a") == (("b", True, False), ("in", False, True))
    (root / "d/e").unlink()
    (root / "d").rmdir()
    assert files.entries("d") == (), "it vanished"
    (root / "d").mkdir()
    assert files.entries("a/b") == files.view().entries("a/b") == (("c", False, False),)
    assert files.entries("a/in") == (), "an empty folder"
    assert files.entries("out") == (), "it lies outside"
    assert files.entries("a/b/c") == files.entries("a/x") == ()
