"""git, asked so that nothing which the repository or its configuration names is run: no hook, monitor or transport.

Sources: git's documentation of git (environment variables, `--no-optional-locks`) and git-config.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from subprocess import CompletedProcess

_SAFE = (
    "--no-pager",
    "--no-optional-locks",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.untrackedCache=false"),
)
SECONDS = 3
"""git answers in some milliseconds, unless its configuration leads it to a pipe that nobody writes to."""


def run_git(
    top: str, environment: Mapping[str, str], *arguments: str, data: bytes = b"", seconds: float = SECONDS
) -> CompletedProcess[bytes]:
    """What git answers at a folder; `data` is its standard input.

    Raises `OSError` where it cannot be started, `subprocess.TimeoutExpired` where it takes longer than `seconds`.
    """
    import subprocess
    from shutil import which

    # No folder that is relative to where we are, which may be in the repository.
    folders = [path for path in environment.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(path)]
    program = which("git", path=os.pathsep.join(folders))
    if program is None or not os.path.isabs(program):
        raise FileNotFoundError(2, "there is no git on the PATH")
    clean = {key: value for key, value in environment.items() if not key.startswith("GIT_")}
    clean |= {
        "PATH": os.pathsep.join(folders),
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    return subprocess.run(
        [program, *_SAFE, "-C", top, *arguments],
        env=clean,
        input=data,
        capture_output=True,
        timeout=seconds,
        check=False,
    )
