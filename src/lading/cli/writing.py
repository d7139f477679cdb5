"""What the program writes for the user: standard output, and files whole or not at all."""

from __future__ import annotations

import os
import sys

from lading.problems import Problem


def write_whole(path: str, text: str, shown: str) -> None:
    """Put a text in its place; the old file stays until the new one is complete, and a link keeps pointing there.

    Raises `Problem`, in which the file is called `shown`.
    """
    target = os.path.realpath(path)
    draft = f"{target}.{os.getpid()}.tmp"
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(draft, "xb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
            if os.path.exists(target):
                os.chmod(draft, os.stat(target).st_mode & 0o7777)
        os.replace(draft, target)
    except OSError as error:
        if os.path.exists(draft):
            os.unlink(draft)
        raise Problem(f"{shown}: {error.strerror}") from error


def write(text: str) -> None:
    """Data to standard output in UTF-8, whatever the locale says. Raises `Problem`."""
    write_text(text.encode("utf-8", "replace"))


def write_text(data: bytes) -> None:
    """Likewise a text that is in UTF-8 already."""
    if hasattr(sys.stdout, "buffer"):
        write_bytes(data)
    else:
        sys.stdout.write(data.decode())


def write_bytes(data: bytes) -> None:
    """Data to standard output as it is. Raises `Problem`."""
    buffer = sys.stdout.buffer
    try:
        sys.stdout.flush()
        rest = memoryview(data)
        while rest:  # without a buffer (PYTHONUNBUFFERED) a part may be taken, and only the next one refused
            rest = rest[buffer.write(rest) or 0 :]
        buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Problem(f"the output cannot be written: {error.strerror}") from error


def write_file(path: str, text: str) -> None:
    """Put a report in its place whole or not at all: the old file stays until the new one is complete.

    What is no regular file (`/dev/stdout`, a pipe) is written to as it is.
    """
    draft = f"{path}.{os.getpid()}.tmp"
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as file:
                file.write(text.encode("utf-8", "replace"))
            return
        with open(draft, "xb") as file:
            file.write(text.encode("utf-8", "replace"))
        os.replace(draft, path)
    except OSError as error:
        if os.path.exists(draft):
            os.unlink(draft)
        raise Problem(f"--output {path}: {error.strerror}") from error
