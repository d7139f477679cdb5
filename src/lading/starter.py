"""What a repository needs to use lading, as texts: a commented configuration, a hook, a workflow."""

from __future__ import annotations

import os
import re

from lading.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.parse import Reader

CONFIG = "lading.yaml"
SCHEMA = ".github/lading.schema.json"
HOOKS = ".pre-commit-config.yaml"
WORKFLOW = ".github/workflows/lading.yml"
EDITION = ".".join(__version__.split(".")[:2])
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
SETUP_PYTHON = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0"
"""As in the workflow of this repository; a test holds the two equal."""


def config_text(
    repository: str | None, because: str, namespaces: tuple[str, ...], baseline: str | None
) -> str:
    """A `lading.yaml` that changes nothing yet: what could be said stands there as comments.

    `repository` ("acme/shop") and `namespaces` are what is known without it, `baseline` is a file that is there.
    """
    found = f"Found: {repository} ({because})." if repository is not None else "Nothing tells it here."
    own = ", ".join(namespaces)
    return f"""\
# yaml-language-server: $schema={SCHEMA}
# What lading is to know of this repository. Every key is optional; `lading config show` tells which values count, and
# `lading config schema` what else can be said.

# The version of lading that this was written with: rules that are newer stay notes until it is raised.
edition: "{EDITION}"

# Whose repository it is, where neither git nor CI tells. {found}
# repository: {repository or "acme/shop"}

# Where own images go. Without it: {own or "the owner's namespace on ghcr.io"}.
# namespaces: [{own or "ghcr.io/acme"}]

# What GITHUB_TOKEN may do where a workflow declares nothing (Settings, Actions, General, Workflow permissions):
# restricted or permissive. Stated here, it makes errors of what is a warning without it.
# default-token: restricted

# Paths that are not looked at, in .gitignore form.
# exclude: [/examples/]

# What was there before and is not told again; `lading baseline` writes it.
{_baseline(baseline)}
# Levels (error, warning, note, off), options and exceptions of rules; `lading rules` lists them.
# rules:
#   health/started-but-not-healthy: off
#   image/untagged:
#     ignore: [{{service: db, reason: "the newest is meant"}}]

# Every ignore says why, here and in comments (`# lading: ignore[rule-id] reason`).
# ignores: {{require-reason: true}}

# Facts that no file shows. What is stated here counts as known.
# assume:
#   variables: {{REGISTRY: ghcr.io}}
#   images-with-healthcheck: [{namespaces[0] if namespaces else "ghcr.io/acme"}/base-*]
"""


def _baseline(path: str | None) -> str:
    return f"baseline: {path}\n" if path is not None else "# baseline: lading-baseline.json\n"


def installed_from() -> str | None:
    """The requirement by which others get this very lading (PEP 610); None where it comes from a folder of ours."""
    import json
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        written = distribution("lading").read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    if written is None:
        return f"lading=={__version__}"
    origin = json.loads(written)
    source = origin.get("vcs_info")
    if not isinstance(source, dict):
        return None
    return f"lading @ {source.get('vcs')}+{origin.get('url')}@{source.get('commit_id')}"


def workflow_text(branch: str, package: str) -> str:
    """A workflow that checks every pull request, and every push to the default branch; `package` is a requirement."""
    shown = (
        branch if re.fullmatch(r"[A-Za-z][A-Za-z0-9._/-]*", branch) else "'" + branch.replace("'", "''") + "'"
    )
    return f"""\
name: lading
on:
  push:
    branches: [{shown}]
  pull_request:

permissions:
  contents: read

jobs:
  lading:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - uses: {CHECKOUT}
        with:
          persist-credentials: false
      - uses: {SETUP_PYTHON}
        with:
          python-version: "3.13"
      - run: pip install {f"'{package}'" if " " in package else package}
      - run: lading check
"""


def hook_text(package: str) -> str:
    """The hook; it also runs when a file is deleted, for which pre-commit starts no hook that waits for files."""
    return f"""\
- repo: local
  hooks:
    - id: lading
      name: lading
      entry: lading check
      language: python
      additional_dependencies: ["{package}"]
      pass_filenames: false
      always_run: true
"""


def hooks_text(package: str) -> str:
    """A `.pre-commit-config.yaml` with the hook and nothing else."""
    return "repos:\n" + _indented(hook_text(package), 2)


def _indented(text: str, columns: int) -> str:
    return "".join(" " * columns + line for line in text.splitlines(keepends=True))


def with_hook(text: str, package: str, reader: Reader) -> str | None:
    """A `.pre-commit-config.yaml` with the hook added behind the others, and not a letter of it changed.

    The same text where the hook is there already; None where it cannot be added without a rewrite.
    """
    from lading.plain import plain
    from lading.source import Source
    from lading.tree import Mapping, Sequence, resolve

    source = Source(HOOKS, text)
    root = reader.read(source).root
    repos = root.get("repos") if isinstance(root, Mapping) else None
    if not isinstance(repos, Sequence) or repos.flow or not repos.items:
        return None
    before = plain(root)
    if _has_hook(before):
        return text
    dash = text.rfind("-", 0, resolve(repos.items[-1]).start)
    _, column = source.place(dash)
    last = source.place(len(text[: repos.end].rstrip()) - 1)[0]
    while _is_inner_comment(source.line(last + 1), column - 1):
        last += 1
    at = source.offset(last) + len(source.line(last))
    end = "\r\n" if "\r\n" in text else "\n"
    block = _indented(hook_text(package), column - 1).rstrip().replace("\n", end)
    rest = text[at:]
    new = text[:at] + end + block + (rest or end)
    after = plain(reader.read(Source(HOOKS, new)).root)
    hook = plain(reader.read(Source(HOOKS, hook_text(package))).root)
    expected = {**before, "repos": [*before["repos"], *hook]}
    return new if after == expected else None


def _is_inner_comment(line: str, column: int) -> bool:
    """A comment that belongs to the last item, being indented more than its dash."""
    return line.lstrip().startswith("#") and len(line) - len(line.lstrip()) > column


def _has_hook(config: dict[str, object]) -> bool:
    repos = config.get("repos")
    hooks = [
        hook
        for repo in (repos if isinstance(repos, list) else [])
        if isinstance(repo, dict)
        for hook in repo.get("hooks") or ()
        if isinstance(hook, dict)
    ]
    return any(str(hook.get("id")).startswith("lading") for hook in hooks)


def default_branch(root: str) -> str:
    """What the remote calls its default branch, else `main` or `master` if there is one, else the present branch."""
    from lading.identity import git_folder

    folder = git_folder(root)
    if folder is None:
        return "main"
    head = _target(os.path.join(folder, "refs", "remotes", "origin", "HEAD"), "refs/remotes/origin/")
    if head is not None:
        return head
    packed = _text(os.path.join(folder, "packed-refs"))
    for name in ("main", "master"):
        is_loose = os.path.exists(os.path.join(folder, "refs", "heads", name))
        if is_loose or re.search(rf"(?m)^\S+ refs/heads/{name}$", packed):
            return name
    return _target(os.path.join(folder, "HEAD"), "refs/heads/") or "main"


def _target(path: str, prefix: str) -> str | None:
    """What a symbolic ref points to, without its prefix."""
    text = _text(path).strip()
    return text.removeprefix(f"ref: {prefix}") if text.startswith(f"ref: {prefix}") else None


def _text(path: str) -> str:
    """A small file; empty where it cannot be read, or is a pipe that may never be written to."""
    if not os.path.isfile(path):
        return ""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(1_000_000)
    except OSError:
        return ""
