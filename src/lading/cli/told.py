"""What a run says and leaves behind, before anything is written."""

from __future__ import annotations

import sys

from lading.cli.writing import write_file, write_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lading.record import Record


class Told:
    """- `out`: the UTF-8 for standard output, None where nothing is written to it; `err`: the text for standard error
    - `files`: path and text of every report that goes to a file, seen from the working folder
    - `code`: the exit code; `record`: what was looked at, where the run has just been made
    """

    __slots__ = ("code", "err", "files", "out", "record")

    def __init__(self, code: int, record: Record | None = None) -> None:
        self.code = code
        self.record = record
        self.out: bytes | None = None
        self.err = ""
        self.files: list[tuple[str, str]] = []

    def say(self, line: str) -> None:
        """A line for standard error."""
        self.err += f"lading: {line}\n"

    @property
    def plain(self) -> Any:
        """Plain values for `read_told`."""
        return (self.code, self.out, self.err, tuple(self.files))


def read_told(plain: Any) -> Told:
    code, out, err, files = plain
    told = Told(code)
    told.out, told.err, told.files = out, err, list(files)
    return told


def deliver(told: Told) -> int:
    """Write everything; returns the exit code. Raises `Problem` where something cannot be written."""
    if told.err:
        sys.stderr.write(told.err)
    for path, text in told.files:
        write_file(path, text)
    if told.out is not None:
        write_text(told.out)
    return told.code
