"""Files that the program writes for the user: whole or not at all."""

from __future__ import annotations

import os

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
