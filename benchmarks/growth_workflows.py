"""How does the time of a check grow with its workflows? Generated ones of doubling size, and the slope in log-log.

    python benchmarks/growth_workflows.py [--runs 3]

Cases: one workflow from 100 to 20,000 lines (in steps, in jobs, in pushes of one job), and 100 to 2,000 workflows. As
`growth.py`, whose measure this is; at most 1.1 is linear. From 100 workflows on the check runs in several processes, of
which only this one's time counts: the last case measures wall time.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from growth import slope

from lading.session import Request, open_session

HEAD = "on: push\npermissions: {contents: read, packages: write}\njobs:\n"
JOB = "  job{n}:\n    runs-on: ubuntu-latest\n    steps:\n"
LOGIN = """\
      - uses: docker/login-action@v3
        with: {registry: ghcr.io, username: "${{ github.actor }}", password: "${{ secrets.GITHUB_TOKEN }}"}
"""
STEP = """\
      - name: Test {n}
        if: github.ref != 'refs/heads/{n}'
        run: npm run test{n}
        env:
          NUMBER: "{n}"
"""
PUSH = "      - run: docker push ghcr.io/acme/shop{n}:${{{{ github.sha }}}}\n"


def steps(size: int) -> list[str]:
    return [HEAD + JOB.format(n=0) + "".join(STEP.format(n=n) for n in range(size // 5))]


def jobs(size: int) -> list[str]:
    rows = (JOB.format(n=n) + LOGIN + STEP.format(n=n) + PUSH.format(n=n) for n in range(size // 11))
    return [HEAD + "".join(rows)]


def pushes(size: int) -> list[str]:
    return [HEAD + JOB.format(n=0) + LOGIN + "".join(PUSH.format(n=n) for n in range(size))]


def workflows(size: int) -> list[str]:
    return [HEAD + JOB.format(n=n) + LOGIN + STEP.format(n=n) * 5 + PUSH.format(n=n) for n in range(size)]


CASES: dict[str, tuple[Callable[[int], list[str]], tuple[int, ...], Callable[[], float]]] = {
    "steps of one job (lines)": (steps, (100, 1_250, 2_500, 5_000, 10_000, 20_000), time.process_time),
    "jobs that push (lines)": (jobs, (100, 1_250, 2_500, 5_000, 10_000, 20_000), time.process_time),
    "pushes of one job": (pushes, (50, 250, 500, 1_000, 2_000, 4_000), time.process_time),
    "workflows": (workflows, (50, 125, 250, 500, 1_000, 2_000), time.perf_counter),
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    check(steps(100), time.process_time)
    for name, (make, sizes, clock) in CASES.items():
        fastest = [min(check(make(size), clock) for _ in range(options.runs)) for size in sizes]
        shown = "  ".join(f"{size}: {1000 * each:.0f} ms" for size, each in zip(sizes, fastest, strict=True))
        print(f"{name}: slope {slope(sizes[1:], fastest[1:]):.2f}   {shown}", flush=True)
    return 0


def check(texts: list[str], clock: Callable[[], float]) -> float:
    """Seconds that a check of a repository with these workflows takes."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / ".github" / "workflows"
        place.mkdir(parents=True)
        for number, text in enumerate(texts):
            (place / f"w{number}.yaml").write_text(text, encoding="utf-8")
        gc.collect()
        gc.disable()  # as the program does
        start = clock()
        open_session(Request(root=folder, owner="acme", repo="shop", environment={})).check()
        took = clock() - start
        gc.enable()
        return took


if __name__ == "__main__":
    sys.exit(main())
