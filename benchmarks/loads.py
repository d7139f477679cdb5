"""Does lading read Compose files as compose-go does? Recorded loads, replayed: verdict and canonical model.

    python benchmarks/loads.py LOADS.jsonl TREE

Each line of LOADS.jsonl is one load: `files` (name, content), `env`, `working_dir`, `cwd`, `options`, `valid`, and `model` or
`error`; `@TREE@` in it stands for the folder TREE. A valid load must give no error and the same canonical model, an invalid
one an error. What a load skips (validation, consistency) is skipped here too. Each disagreement is printed with its reason.
"""

from __future__ import annotations

import json
import posixpath
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from lading.builtin import provider
from lading.catalogue import Rule
from lading.config import Config
from lading.config_parts import ComposeProject
from lading.discover import discover
from lading.files import Files
from lading.models.compose.canonical import Canonical, Undecodable
from lading.models.compose.interpolation import Environment
from lading.models.compose.load import Loader
from lading.models.compose.project import Project
from lading.models.compose.projects import projects
from lading.models.compose.values import Origin
from lading.models.template import Template
from lading.parse import Reader
from lading.texts import Texts

ROOT = "/tree"
SHAPE = ("compose/unknown-key", "compose/wrong-type", "compose/invalid-value", "compose/missing-key")
LOADING = (
    *(
        "compose/invalid-interpolation",
        "compose/key-that-is-no-text",
        "compose/merge-of-no-mapping",
        "compose/no-mapping",
    ),
    *(
        "compose/alias-without-end",
        "compose/unknown-extends",
        "compose/extends-cycle",
        "compose/include-cycle",
    ),
    *("compose/conflicting-override", "compose/missing-included-file", "compose/space-after-variable-name"),
    *(
        "compose/external-volume-with-settings",
        "compose/conflicting-external-name",
        "compose/device-count-and-ids",
    ),
    *("compose/incomplete-entry", "compose/empty-project", "compose/invalid-host-ip"),
)
"""Rules about what Compose refuses even where it is told to skip consistency."""


class Load:
    """One row, with its paths below a root."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.row = json.loads(json.dumps(row).replace("@TREE@", ROOT))
        self.options = self.row["options"]
        self.folder = self.inside(self.row["working_dir"] or self.row["cwd"])

    def inside(self, path: str) -> str:
        whole = posixpath.normpath(posixpath.join(self.row["cwd"], path))
        return whole.removeprefix(ROOT).lstrip("/")

    @property
    def files(self) -> dict[str, str]:
        here = self.row["working_dir"] or self.row["cwd"]
        return {
            self.inside(posixpath.join(here, f["name"] or "nameless.yml")): f["content"]
            for f in self.row["files"]
        }


def main(arguments: list[str]) -> int:
    rows = [json.loads(line) for line in Path(arguments[0]).read_text(encoding="utf-8").splitlines()]
    rules = {rule.id: rule for rule in provider().rules}
    valid = invalid = false = missed = same = compared = 0
    for row in rows:
        with tempfile.TemporaryDirectory() as scratch:
            load = Load(row)
            lay_out(load, Path(scratch), Path(arguments[1]))
            errors = refused(load, scratch, rules)
            if row["valid"]:
                valid += 1
                false += bool(errors)
                if errors:
                    print(f"{row['id']} {row['test']}: valid, but {errors}")
                if row["model"] is None:
                    continue
                problem = differs(load, scratch)
                compared += 1
                same += problem is None
                if problem is not None:
                    print(
                        f"{row['id']} {row['test']}: model: {problem}{' (unstable)' if 'unstable' in row else ''}"
                    )
            else:
                invalid += 1
                missed += not errors
                print(
                    f"{row['id']} {row['test']}: {'refused' if errors else 'NOT REFUSED'}: {row['error'][:120]!r}: {errors[:2]}"
                )
    print(
        f"{valid} valid, {false} of them refused; {invalid} invalid, {missed} of them taken; "
        f"the model is the same in {same} of {compared}"
    )
    return 0


def lay_out(load: Load, root: Path, tree: Path) -> None:
    shutil.copytree(tree, root, dirs_exist_ok=True)
    for path, content in load.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content, encoding="utf-8", newline="")


def project_of(load: Load, scratch: str) -> Project:
    stated = ComposeProject(
        tuple(load.files), directory=load.folder, env_files=(),
        profiles=tuple(load.options.get("Profiles") or ()), name=load.options["ProjectName"] or None,
    )  # fmt: skip
    config = Config(compose_projects=(stated,), variables=load.row["env"])
    files = Files(scratch)
    found = projects(discover(files, ("*",), list(load.files)), Texts(files, Reader()), config)
    return next(p for p in found if p.sources == tuple(load.files))


def refused(load: Load, scratch: str, rules: dict[str, Rule]) -> list[str]:
    project = project_of(load, scratch)
    found = []
    for path in project.files:
        found += [f"yaml/{trouble.kind}" for trouble in project.texts.tree(path).troubles]
    for rule in rules.values():
        if rule.level != "error" or not rule.id.startswith("compose/") or skips(load, rule.id):
            continue
        if rule.scope == "compose-project":
            found += [
                f"{rule.id}: {hit.message}"
                for hit in rule.check(project, rule.options)
                if hit.basis.kind == "known"
            ]
        elif rule.scope == "source":
            for path in project.files:
                found += [
                    f"{rule.id}: {hit.message}" for hit in rule.check(project.texts.tree(path), rule.options)
                ]
    return found


def skips(load: Load, rule: str) -> bool:
    if rule in SHAPE:
        return bool(load.options.get("SkipValidation"))
    return rule not in LOADING and bool(load.options.get("SkipConsistencyCheck"))


def differs(load: Load, scratch: str) -> str | None:
    texts = Texts(Files(scratch), Reader())
    variables = load.row["env"]
    environment = Environment({n: Template.of(v) for n, v in variables.items()}, is_complete=True)
    name = load.options["ProjectName"] or load.row["model"].get("name", "")
    environment = environment.beneath({"COMPOSE_PROJECT_NAME": Template.of(name)})
    loader = Loader(texts, with_extensions=True)
    loader.load(tuple(load.files), Origin(environment, load.folder), ())

    def read(path: str) -> str | None:
        source = texts.source(path)
        return source.text if source is not None else None

    canonical = Canonical(
        name=load.row["model"].get("name", name), root=ROOT, folder=load.folder, home=variables.get("HOME", "/root"), read=read,
        variables=variables, profiles=tuple(load.options.get("Profiles") or ()),
        is_normalized=not load.options.get("SkipNormalization"), resolves_paths=bool(load.options.get("ResolvePaths")),
    )  # fmt: skip
    try:
        ours = relative(json.loads(json.dumps(canonical.of(loader.model), default=str)), load)
    except Undecodable as problem:
        return f"cannot be decoded: {problem}"
    return difference(load.row["model"], ours, "")


def relative(value: Any, load: Load) -> Any:
    """Without a working directory, or with a relative one, compose-go leaves paths relative."""
    if load.row["working_dir"].startswith("/"):
        return value
    if isinstance(value, dict):
        return {name: relative(each, load) for name, each in value.items()}
    if isinstance(value, list):
        return [relative(each, load) for each in value]
    cwd = load.row["cwd"]
    if isinstance(value, str) and (value == cwd or value.startswith(cwd + "/")):
        return value[len(cwd) + 1 :] or "."
    return value


def difference(theirs: Any, ours: Any, path: str) -> str | None:
    """The first place where the two are not alike."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in sorted({*theirs, *ours}):
            if name not in ours or name not in theirs:
                have = ours.get(name, theirs.get(name))
                return f"{path}.{name} is {'missing' if name not in ours else 'too many'}: {json.dumps(have)[:150]}"
            found = difference(theirs[name], ours[name], f"{path}.{name}")
            if found:
                return found
        return None
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        return next(
            (
                f
                for n, (a, b) in enumerate(zip(theirs, ours, strict=True))
                if (f := difference(a, b, f"{path}[{n}]"))
            ),
            None,
        )
    return None if theirs == ours else f"{path}: {json.dumps(theirs)[:150]} here {json.dumps(ours)[:150]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
