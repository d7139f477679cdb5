"""Does lading load small projects as Docker Compose does? Recorded outcomes of probes, replayed: verdict and model.

    python benchmarks/probes.py PROBES.jsonl [INTERPOLATION.jsonl] [--of compose-2.40.3]

Each line of PROBES.jsonl has `files`, `args` (`-f`, `--profile`), `env`, and per release of Compose an outcome: `accepted`, and
`text` or `model` (the folder of the project is `.`, the home folder `/home/user`). Each line of INTERPOLATION.jsonl has a template
(`in`), `env`, and per release `accepted` and `value`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from loads import difference

from lading.files import Files
from lading.models.compose.canonical import Canonical, Undecodable
from lading.models.compose.interpolation import Environment, InvalidFormat, interpolate, parse
from lading.models.compose.load import Loader, variables_of
from lading.models.compose.projects import DEFAULT_NAMES, OVERRIDE_NAMES
from lading.models.compose.values import Origin
from lading.models.template import Template
from lading.parse import Reader
from lading.session import Request, open_session
from lading.texts import Texts

ROOT = "/project"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("probes", type=Path)
    parser.add_argument("interpolation", type=Path, nargs="?")
    parser.add_argument("--of", default="compose-2.40.3")
    options = parser.parse_args()
    report("probes", options.probes, options.of, probe)
    if options.interpolation is not None:
        report("templates", options.interpolation, options.of, template)


def report(what: str, path: Path, release: str, ask: Any) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    wrong = 0
    for row in rows:
        problem = ask(row, row[release]) if release in row else None
        wrong += problem is not None
        if problem is not None:
            print(f"{row.get('probe', row.get('in'))}: {problem}")
    print(f"{what}: {len(rows) - wrong} of {len(rows)} alike")


def probe(row: dict[str, Any], recorded: dict[str, Any]) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / row["probe"]
        for path, text in row["files"].items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8", newline="")
        files = files_of(row, root)
        errors = errors_in(root, row, files)
        if not recorded["accepted"]:
            text = recorded.get("text", "")
            return None if errors or "required variable" in text else f"not refused: {text[:200]!r}"
        return f"refused: {errors}" if errors else differs(row, recorded, root, files)


def files_of(row: dict[str, Any], root: Path) -> tuple[str, ...]:
    named = [value for flag, value in zip(row["args"], row["args"][1:], strict=False) if flag == "-f"]
    stated = variables(row, root).get("COMPOSE_FILE")
    if named or stated:
        return tuple(named or (stated or "").split(":"))
    main = next((n for n in DEFAULT_NAMES if (root / n).exists()), None)
    override = next((n for n in OVERRIDE_NAMES if (root / n).exists()), None)
    return tuple(name for name in (main, override) if name is not None)


def profiles_of(row: dict[str, Any], root: Path) -> tuple[str, ...]:
    given = [value for flag, value in zip(row["args"], row["args"][1:], strict=False) if flag == "--profile"]
    return tuple(given) or tuple(filter(None, variables(row, root).get("COMPOSE_PROFILES", "").split(",")))


def variables(row: dict[str, Any], root: Path) -> dict[str, str]:
    """What the environment sets, and `.env` beneath it."""
    given = Environment({n: Template.of(v) for n, v in row["env"].items()}, is_complete=True)
    beneath = variables_of(".env", Texts(Files(str(root)), Reader()), given)
    return {name: template.literal or "" for name, template in given.beneath(beneath).values.items()}


def errors_in(root: Path, row: dict[str, Any], files: tuple[str, ...]) -> list[str]:
    """What lading has against it, the files, profiles and variables stated as they are given to Compose."""
    stated = {
        "files": list(files),
        **({"profiles": list(profiles_of(row, root))} if profiles_of(row, root) else {}),
    }
    config = {
        "assume": {"variables": row["env"]},
        **({"compose": {"projects": [stated]}} if row["args"] else {}),
    }
    (root / "lading.yaml").write_text(json.dumps(config), encoding="utf-8")
    findings = (
        open_session(Request(root=str(root), owner="acme", repo="shop", environment={})).check().findings
    )
    return [
        f"{f.rule} {f.path}:{f.line} {f.message}"
        for f in findings
        if f.level == "error" and f.rule.startswith(("compose/", "yaml/", "health/test-without-prefix"))
    ]


def differs(row: dict[str, Any], recorded: dict[str, Any], root: Path, files: tuple[str, ...]) -> str | None:
    texts = Texts(Files(str(root)), Reader())
    given = {n: Template.of(v) for n, v in variables(row, root).items()}
    environment = Environment(given, is_complete=True)
    name = recorded["model"]["name"]
    environment = environment.beneath({"COMPOSE_PROJECT_NAME": Template.of(name)})
    loader = Loader(texts, with_extensions=True)
    loader.load(files, Origin(environment, ""), ())
    canonical = Canonical(
        name=name,
        root=ROOT,
        home="/home/user",
        read=lambda path: (source := texts.source(path)) and source.text,
        variables={n: t.literal or "" for n, t in environment.values.items()},
        profiles=profiles_of(row, root),
    )
    try:
        ours = below(json.loads(json.dumps(canonical.of(loader.model), default=str)))
    except Undecodable as problem:
        return f"cannot be decoded: {problem}"
    theirs = recorded["model"]
    for service, expected in zip(ours["services"].values(), theirs["services"].values(), strict=False):
        if "env_file" not in expected:  # `config` has put its variables into `environment`
            service.pop("env_file", None)
    for section in ("networks", "volumes", "secrets", "configs"):
        unused = {*ours.get(section, {})} - {
            *theirs.get(section, {})
        }  # `config` leaves out what no service uses
        kept = {name: each for name, each in ours.get(section, {}).items() if name not in unused}
        ours = (
            {**ours, section: kept}
            if kept
            else {name: each for name, each in ours.items() if name != section}
        )
    return difference(without_default(theirs), without_default(ours), "")


def without_default(value: Any) -> Any:
    """`create_host_path`, which releases print or leave out where it is true."""
    if isinstance(value, dict):
        kept = {n: v for n, v in value.items() if (n, v) != ("create_host_path", True)}
        return {name: without_default(each) for name, each in kept.items()}
    return [without_default(each) for each in value] if isinstance(value, list) else value


def below(value: Any) -> Any:
    """Paths as the recording has them."""
    if isinstance(value, dict):
        return {name: below(each) for name, each in value.items()}
    if isinstance(value, list):
        return [below(each) for each in value]
    if isinstance(value, str) and (value == ROOT or value.startswith(ROOT + "/")):
        return "." + value.removeprefix(ROOT)
    return value


def template(row: dict[str, Any], recorded: dict[str, Any]) -> str | None:
    environment = Environment({n: Template.of(v) for n, v in row["env"].items()}, is_complete=True)
    try:
        parse(row["in"])
    except InvalidFormat:
        return "refused" if recorded["accepted"] else None
    value = interpolate(row["in"], environment).literal
    if not recorded["accepted"]:
        return None if value is None else f"{value!r}, but Compose refuses it"
    return None if value == recorded["value"] else f"{value!r}, but Compose says {recorded['value']!r}"


if __name__ == "__main__":
    main()
