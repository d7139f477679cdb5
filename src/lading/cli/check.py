"""`lading check`: what it says, made anew or kept from a run over the same files."""

from __future__ import annotations

from lading.cli.told import deliver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def run_check(
    *,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    repositories: str | None,
    no_cache: bool,
    **asked: Any,
) -> int:
    """Check, report, and say with the exit code whether anything at or above `fail_on` was found."""
    if fix or unsafe_fixes or diff or repositories is not None:
        from lading.cli.judge import run_apart

        return run_apart(
            fix=fix, unsafe_fixes=unsafe_fixes, diff=diff, repositories=repositories, asked=asked
        )
    if no_cache or is_of_the_moment(**asked):
        from lading.cli.judge import tell

        return deliver(tell(**asked))
    from lading.cli.remember import told

    found, keep = told(asked)
    code = deliver(found)
    keep()
    return code


def is_of_the_moment(
    *, paths: tuple[str, ...], since: str | None, policy: str | None, **others: object
) -> bool:
    """Does more count than the options and the files: standard input, or what git answers?"""
    return "-" in paths or since is not None or policy is not None or others["stdin_filename"] is not None
