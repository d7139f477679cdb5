"""How does the time of a check grow with its input? Generated Compose projects of doubling size, and the slope in log-log.

    python benchmarks/growth.py [--runs 3]

Cases: one file from 500 to 32,000 lines, an include tree of 4 to 128 files, override files on top of each other, a chain of
`extends`, aliases in one service after another, and bombs of aliases (deeper each time, so that what they stand for grows by
powers). Each check runs in this process, rules loaded; the slope is that of the least squares line through the fastest runs, without
the smallest size, whose time is mostly fixed. At most 1.1 is linear.
"""

from __future__ import annotations

import argparse
import gc
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lading.session import Request, open_session

Files = dict[str, str]

SERVICE = """\
  {name}:
    image: ghcr.io/acme/{name}:1.4
    restart: unless-stopped
    ports:
      - "{port}:8080"
    environment:
      - MODE=${{MODE:-fast}}
      - DATABASE_URL=postgres://shop:secret@db{number}:5432/shop
    depends_on:
      db{number}:
        condition: service_healthy
  db{number}:
    image: postgres:17
    volumes:
      - data{number}:/var/lib/postgresql/data
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -U shop"]
      interval: 10s
      retries: 5
"""


def services(count: int, start: int = 0) -> str:
    rows = [SERVICE.format(name=f"api{n}", number=n, port=10_000 + n) for n in range(start, start + count)]
    volumes = [f"  data{n}:\n" for n in range(start, start + count)]
    return "services:\n" + "".join(rows) + "volumes:\n" + "".join(volumes)


def lines(size: int) -> Files:
    return {"compose.yaml": services(size // 20)}


def includes(size: int) -> Files:
    """A binary tree of files that include each other."""
    files: Files = {}
    for number in range(1, size + 1):
        below = [f"  - part{each}.yaml\n" for each in (2 * number, 2 * number + 1) if each <= size]
        head = "include:\n" + "".join(below) if below else ""
        files["compose.yaml" if number == 1 else f"part{number}.yaml"] = head + services(5, number * 5)
    return files


def overrides(size: int) -> Files:
    """Documents on top of each other, each over the same services."""
    layer = "services:\n" + "".join(f"  api{n}:\n    environment:\n      - LAYER{{0}}=on\n" for n in range(5))
    return {
        "compose.yaml": services(5) + "".join("---\n" + layer.replace("{0}", str(n)) for n in range(size))
    }


def extends(size: int) -> Files:
    rows = [f"  s{n}:\n    extends: s{n - 1}\n    labels:\n      l{n}: x\n" for n in range(1, size)]
    return {"compose.yaml": "services:\n  s0:\n    image: ghcr.io/acme/s:1.4\n" + "".join(rows)}


def aliases(size: int) -> Files:
    head = "x-common: &common\n" + "".join("  labels:\n" if n == 0 else f"    l{n}: x\n" for n in range(20))
    rows = [f"  s{n}:\n    <<: *common\n    image: ghcr.io/acme/s{n}:1.4\n" for n in range(size)]
    return {"compose.yaml": head + "services:\n" + "".join(rows)}


def bomb(size: int) -> Files:
    """`size` levels, each nine times what is below it."""
    rows = ["x-0: &l0 [x, x, x, x, x, x, x, x, x]\n"]
    rows += [f"x-{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, size)]
    return {
        "compose.yaml": "".join(rows)
        + "services:\n  a:\n    image: ghcr.io/acme/a:1.4\n    command: *l"
        + f"{size - 1}\n"
    }


CASES: dict[str, tuple[Callable[[int], Files], tuple[int, ...]]] = {
    "one file (lines)": (lines, (500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000)),
    "include tree (files)": (includes, (4, 8, 16, 32, 64, 128)),
    "documents over each other": (overrides, (4, 8, 16, 32, 64, 128)),
    "chain of extends (services)": (extends, (6, 12, 24, 48)),
    "one fragment in many services": (aliases, (50, 100, 200, 400, 800, 1_600)),
    "bomb of aliases (levels)": (bomb, (4, 8, 16, 32, 64, 128)),
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    check({"compose.yaml": services(5)})
    for name, (make, sizes) in CASES.items():
        fastest = [min(check(make(size)) for _ in range(options.runs)) for size in sizes]
        shown = "  ".join(f"{size}: {1000 * each:.0f} ms" for size, each in zip(sizes, fastest, strict=True))
        print(f"{name}: slope {slope(sizes[1:], fastest[1:]):.2f}   {shown}", flush=True)
    return 0


def check(files: Files) -> float:
    """Seconds of processor time that a check of a repository with these files takes."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            (Path(folder) / path).write_text(text, encoding="utf-8")
        gc.collect()
        gc.disable()  # as the command does while it runs
        start = time.process_time()
        open_session(Request(root=folder, owner="acme", repo="shop", environment={})).check()
        return time.process_time() - start


def slope(sizes: tuple[int, ...], seconds: list[float]) -> float:
    points = [(math.log(size), math.log(each)) for size, each in zip(sizes, seconds, strict=True)]
    x, y = (statistics.mean(each) for each in zip(*points, strict=True))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


if __name__ == "__main__":
    sys.exit(main())
