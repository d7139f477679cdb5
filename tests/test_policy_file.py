"""`--policy FILE`: what it states holds, whatever the repository does to loosen it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lading.problems import Problem
from lading.session import Request, open_session
from tests.support import found, outcome_of, run_lading, write_files

CARD = """\
title: A job may run until the platform kills it
scope: workflow
level: error
why: A job that hangs keeps a runner busy for six hours, which the organisation pays.
fix: Give the job `timeout-minutes`.
check:
  given: jobs.*
  assert: {path: timeout-minutes, present: true}
  message: job `{key}` sets no `timeout-minutes`
options:
  unused: {description: Nothing., default: 1}
examples:
  bad:
    - name: none
      files: {".github/workflows/ci.yml": "on: push\\njobs: {a: {runs-on: ubuntu-24.04}}\\n"}
  good:
    - name: some
      files: {".github/workflows/ci.yml": "on: push\\njobs: {a: {runs-on: ubuntu-24.04, timeout-minutes: 5}}\\n"}
"""
POLICY = """\
cards: [cards]
namespaces: [ghcr.io/acme]
default-token: restricted
images:
  allow: [ghcr.io/acme, docker.io/library]
  tags: [{forbid: [latest]}]
rules:
  publish/missing-packages-write: error
  health/wait-without-healthcheck: error
"""
WORKFLOW = """\
on: {push: {branches: [main]}}
jobs:
  publish:
    runs-on: ubuntu-24.04
    steps:
      - uses: docker/login-action@v4
        with: {registry: ghcr.io, username: "${{ github.actor }}", password: "${{ secrets.GITHUB_TOKEN }}"}
      - uses: docker/build-push-action@v7
        with: {push: true, tags: "ghcr.io/alice/shop:1.4"}
"""
COMPOSE = """\
services:
  api:
    image: ${REGISTRY:-quay.io/alice}/shop:1.4
    depends_on: {db: {condition: service_healthy}}
  db:
    image: alice/db:latest
"""
TOLD = [
    ("house/endless-job", ".github/workflows/publish.yml", 3, "error"),
    ("publish/missing-packages-write", ".github/workflows/publish.yml", 3, "error"),
    ("publish/disallowed-name", ".github/workflows/publish.yml", 9, "error"),
    ("image/disallowed-name", "compose.yaml", 3, "warning"),
    ("health/wait-without-healthcheck", "compose.yaml", 4, "note"),
    ("image/disallowed-name", "compose.yaml", 6, "error"),
    ("image/disallowed-tag", "compose.yaml", 6, "error"),
]
BOUND = {rule for rule, *_ in TOLD}
WAYS = {
    "nothing": {},
    "a level": {
        "lading.yaml": "rules: {house/endless-job: note, image/disallowed-name: note, image/disallowed-tag: warning}\n"
    },
    "off": {"lading.yaml": "rules: {" + ", ".join(f"{rule}: off" for rule in sorted(BOUND)) + "}\n"},
    "paths of a rule": {"lading.yaml": "rules: {image/disallowed-name: {ignore: ['*']}}\n"},
    "options": {"lading.yaml": "rules: {house/endless-job: {options: {unused: 2}}}\n"},
    "exclude": {"lading.yaml": "exclude: [compose.yaml, .github/]\n"},
    "namespaces": {"lading.yaml": "namespaces: [ghcr.io/alice, docker.io/alice]\n"},
    "names that are allowed": {"lading.yaml": "images: {allow: ['**'], tags: [{forbid: [nothing]}]}\n"},
    "sisters and mirrors": {
        "lading.yaml": "images:\n  sisters: [ghcr.io/alice]\n  mirrors: {docker.io/alice: ghcr.io/acme, ghcr.io/alice: ghcr.io/acme, quay.io/alice: ghcr.io/acme}\n"
    },
    "variables": {"lading.yaml": "assume: {variables: {REGISTRY: ghcr.io/acme}}\n"},
    "images with a healthcheck": {"lading.yaml": "assume: {images-with-healthcheck: [alice/db]}\n"},
    "the default token": {"lading.yaml": "default-token: permissive\n"},
    "the name of the repository": {"lading.yaml": "repository: alice/shop\n"},
    "a file that it extends": {
        ".github/lading.yaml": "extends: ./more.yaml\n",
        ".github/more.yaml": "exclude: [compose.yaml]\nrules: {image/disallowed-name: off}\n",
    },
    "a project of other files": {
        "lading.yaml": "compose: {projects: [{files: [compose.yaml, other.yaml]}]}\n",
        "other.yaml": "services: {db: {image: 'ghcr.io/acme/db:1'}, api: {image: 'ghcr.io/acme/api:1'}}\n",
    },
    "an ignore file": {".gitignore": "compose.yaml\n.github/\n"},
    "a folder that looks like a virtual environment": {
        ".github/workflows/pyvenv.cfg": "",
        ".github/pyvenv.cfg": "",
    },
}


def repository(folder: Path, more: dict[str, str]) -> Path:
    write_files(
        folder,
        {
            "org/house.yaml": POLICY,
            "org/cards/house/endless-job.yaml": CARD,
            "shop/.github/workflows/publish.yml": WORKFLOW,
            "shop/compose.yaml": COMPOSE,
            **{f"shop/{path}": text for path, text in more.items()},
        },
    )
    shop = folder / "shop"
    subprocess.run(["git", "init", "-q", str(shop)], check=True)
    subprocess.run(["git", "-C", str(shop), "add", "-Af"], check=True)
    return shop


def told(shop: Path) -> list[tuple[str, str, int, str]]:
    outcome = outcome_of(shop, policy_path=str(shop.parent / "org/house.yaml"), strict=True)
    return [each for each in found(outcome) if each[0] in BOUND]


@pytest.mark.parametrize("way", WAYS)
def test_a_repository_cannot_loosen_a_policy_by(way: str, tmp_path: Path) -> None:
    assert told(repository(tmp_path, WAYS[way])) == TOLD


COMMENTED = """\
services:
  api:
    image: ${REGISTRY:-quay.io/alice}/shop:1.4  # lading: ignore[image]
    depends_on: {db: {condition: service_healthy}}  # lading: ignore[health/wait-without-healthcheck]
  db:
    image: alice/db:latest  # lading: ignore[image/disallowed-name, image/disallowed-tag]
"""


def test_a_comment_does_not_loosen_a_policy_and_is_said_not_to(tmp_path: Path) -> None:
    shop = repository(tmp_path, {"compose.yaml": COMMENTED})
    assert told(shop) == TOLD
    policy = str(tmp_path / "org/house.yaml")
    messages = [f.message for f in outcome_of(shop, policy_path=policy).findings if f.line == 6]
    assert messages == [
        f"`db` runs `alice/db`, which is not among the names that `images.allow` admits ({policy}:5); the "
        f"`lading: ignore` here does not count under the policy {policy}",
        f"`db` runs `alice/db:latest`, and `images.tags` forbids `latest` ({policy}:6); the `lading: ignore` here does "
        f"not count under the policy {policy}",
    ]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("rules: {image/disallowed-tag: off}\n", "what `rules` in lading.yaml says of it does not count"),
        ("exclude: [compose.yaml]\n", "`exclude` in lading.yaml does not count"),
    ],
)
def test_a_configuration_that_does_not_count_is_said_not_to(config: str, words: str, tmp_path: Path) -> None:
    shop = repository(tmp_path, {"lading.yaml": config})
    outcome = outcome_of(shop, policy_path=str(tmp_path / "org/house.yaml"))
    assert [words in f.message for f in outcome.findings if f.rule == "image/disallowed-tag"] == [True]


@pytest.mark.parametrize("kind", ["no git", "a broken index"])
def test_where_git_cannot_tell_what_it_tracks_no_ignore_file_counts(kind: str, tmp_path: Path) -> None:
    shop = repository(tmp_path, {".gitignore": "*\n"})
    if kind == "no git":
        shutil.rmtree(shop / ".git")
    else:
        (shop / ".git/index").write_bytes(b"broken" * 20)
    assert told(shop) == TOLD


def test_a_workflow_that_is_named_like_a_template_is_one(tmp_path: Path) -> None:
    path = ".github/workflows/{{ a }}.yml"
    assert ("house/endless-job", path, 3, "error") in told(repository(tmp_path, {path: WORKFLOW}))


def test_what_a_policy_found_before_is_not_told_as_new(tmp_path: Path) -> None:
    shop = repository(tmp_path, {"compose.yaml": COMMENTED})
    name = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgSign=false")
    subprocess.run(["git", "-C", str(shop), *name, "commit", "-qm", "before"], check=True)
    write_files(shop, {"new/compose.yaml": "services: {db: {image: 'alice/db:1'}}\n"})
    request = Request(
        root=str(shop),
        policy_path=str(tmp_path / "org/house.yaml"),
        since="HEAD",
        environment={"PATH": os.environ["PATH"]},
    )
    found = [(f.rule, f.path) for f in open_session(request).check().findings if f.rule in BOUND]
    assert found == [("image/disallowed-name", "new/compose.yaml")]


def test_a_compose_file_of_which_the_repository_speaks_is_seen(tmp_path: Path) -> None:
    more = {
        "lading.yaml": "compose: {projects: [{files: [stack.yml]}]}\n",
        "stack.yml": "services: {db: {image: 'alice/db:1'}}\n",
    }
    shop = repository(tmp_path, more)
    assert told(shop) == [*TOLD, ("image/disallowed-name", "stack.yml", 1, "error")]
    name = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgSign=false")
    subprocess.run(["git", "-C", str(shop), *name, "commit", "-qm", "before"], check=True)
    write_files(shop, {"README.md": "Hello.\n"})
    outcome = outcome_of(shop, policy_path=str(tmp_path / "org/house.yaml"), since="HEAD")
    assert [each for each in found(outcome) if each[1] == "stack.yml"] == []


def test_a_repository_cannot_hide_that_a_file_could_not_be_looked_through(tmp_path: Path) -> None:
    deep = f"{COMPOSE}x-deep: {'[' * 101}{']' * 101}\n"
    off = "rules: {yaml/too-deep-or-large: off}\nexclude: [compose.yaml]\n"
    shop = repository(tmp_path, {"compose.yaml": deep, "lading.yaml": off})
    outcome = outcome_of(shop, policy_path=str(tmp_path / "org/house.yaml"))
    assert [each[:2] for each in found(outcome) if each[1] == "compose.yaml"] == [
        ("yaml/too-deep-or-large", "compose.yaml")
    ]


IGNORING = """\
services:
  api:
    image: alice/db:1  # lading: ignore[image/disallowed-name]
  db:
    image: ghcr.io/acme/db  # lading: ignore[image/untagged]
  web:
    image: ghcr.io/acme/web:1  # lading: ignore[image/disallowed-name] once
  job:
    image: ghcr.io/acme/job:1  # lading: ignore[image/untagged] once
"""


def test_a_policy_about_ignores_holds_and_knows_which_are_of_use(tmp_path: Path) -> None:
    off = "rules: {ignore/without-reason: off, ignore/unused: off, ignore/unknown-rule: off}\n"
    shop = repository(tmp_path, {"lading.yaml": off, "compose.yaml": IGNORING})
    policy = "ignores: {require-reason: true}\nimages: {allow: [ghcr.io/acme]}\n"
    rules = "rules: {ignore/unused: error, ignore/unknown-rule: error}\n"
    (tmp_path / "org/house.yaml").write_text(policy + rules)
    outcome = outcome_of(shop, policy_path=str(tmp_path / "org/house.yaml"))
    assert [each for each in found(outcome) if each[0].startswith("ignore/")] == [
        ("ignore/without-reason", "compose.yaml", 3, "warning"),
        ("ignore/without-reason", "compose.yaml", 5, "warning"),
        ("ignore/unused", "compose.yaml", 7, "error"),
        ("ignore/unused", "compose.yaml", 9, "error"),
    ]


def test_a_repository_may_be_stricter(tmp_path: Path) -> None:
    shop = repository(tmp_path, {"lading.yaml": "rules: {house/endless-job: error}\n"})
    (tmp_path / "org/house.yaml").write_text("cards: [cards]\nrules: {house/endless-job: note}\n")
    outcome = outcome_of(shop, policy_path=str(tmp_path / "org/house.yaml"))
    assert [(f.level, f.message) for f in outcome.findings if f.rule == "house/endless-job"] == [
        ("error", "job `publish` sets no `timeout-minutes`")
    ]


def test_what_lies_beside_a_file_does_not_hide_it_from_a_policy(tmp_path: Path) -> None:
    more = {"deploy/compose.yaml": "services: {db: {image: 'alice/db:1'}}\n", "deploy/pyvenv.cfg": ""}
    assert ("image/disallowed-name", "deploy/compose.yaml", 1, "error") in told(repository(tmp_path, more))


def test_a_card_of_the_repository_cannot_take_the_place_of_one_of_the_policy(tmp_path: Path) -> None:
    more = {"lading.yaml": "cards: [cards]\n", "cards/house/endless-job.yaml": CARD.replace("error", "note")}
    with pytest.raises(Problem, match=r"brings a rule house/endless-job, which .* has already"):
        told(repository(tmp_path, more))


def test_rules_that_the_policy_does_not_state_are_the_repositorys(tmp_path: Path) -> None:
    shop = repository(tmp_path, {"lading.yaml": "rules: {image/untagged: off}\n", "compose.yaml": COMPOSE})
    (tmp_path / "org/house.yaml").write_text("rules: {compose/obsolete-version: off}\n")
    (shop / "compose.yaml").write_text("version: '3'\nservices: {db: {image: postgres}}\n")
    outcome = outcome_of(shop, policy_path=str(tmp_path / "org/house.yaml"))
    assert [each[0] for each in found(outcome) if each[1] == "compose.yaml"] == []


def test_findings_of_a_policy_carry_its_name(tmp_path: Path) -> None:
    policy = str(tmp_path / "org/house.yaml")
    outcome = outcome_of(repository(tmp_path, {}), policy_path=policy)
    assert {f.rule: f.policy for f in outcome.findings if f.rule in BOUND} == dict.fromkeys(
        BOUND - {"health/wait-without-healthcheck"}, policy
    )


def test_whoever_sits_at_the_command_line_may_choose(tmp_path: Path) -> None:
    shop = repository(tmp_path, {})
    done = run_lading(
        "check", "--policy", "../org/house.yaml", "--select", "house", "--format", "concise", folder=shop
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout.decode().splitlines()[0] == (
        ".github/workflows/publish.yml:3:3: error[house/endless-job] job `publish` sets no `timeout-minutes`"
    )


def test_a_policy_counts_for_the_bill_and_for_explanations_too(tmp_path: Path) -> None:
    shop = repository(tmp_path, {})
    assert run_lading("explain", "house/endless-job", folder=shop).returncode == 2
    policy = ("--policy", "../org/house.yaml")
    assert b"sets no" not in run_lading("explain", "house/endless-job", *policy, folder=shop).stderr
    assert run_lading("explain", "house/endless-job", *policy, folder=shop).returncode == 0
    assert run_lading("manifest", *policy, folder=shop).returncode == 0


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("rulez: {}\n", "house.yaml:1:1: Additional properties are not allowed ('rulez' was unexpected); did you mean `rules`?"),
        ("images: {alow: []}\n", "house.yaml:1:10: `images`: .*did you mean `allow`"),
        ("rules: {image/untaged: error}\n", "no rule is named image/untaged; did you mean image/untagged"),
        ("images: {allow: ['ghcr.io/acme/shop:1.4']}\n", "house.yaml:1:18: `images.allow.0`: `ghcr.io/acme/shop:1.4`: a name has no tag here"),
        ("images: {mirrors: {mirror: ghcr.io/acme}}\n", "house.yaml:1:20: `images.mirrors.mirror`: `mirror`: a registry or a namespace is expected, with its host"),
        ("images: {published-tags: [{require: [digest]}]}\n", "house.yaml:1:27: `images.published-tags.0`: a push names a tag, never a digest"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_policy_is_one_line(policy: str, words: str, tmp_path: Path) -> None:
    shop = repository(tmp_path, {})
    (tmp_path / "org/house.yaml").write_text(policy)
    request = Request(
        root=str(shop), policy_path="../org/house.yaml", working_folder=str(shop), environment={}
    )
    with pytest.raises(Problem, match=words.replace("(", r"\(").replace(")", r"\)").replace("?", r"\?")):
        open_session(request)


def test_a_policy_may_build_on_another(tmp_path: Path) -> None:
    shop = repository(tmp_path, {"lading.yaml": "rules: {image/disallowed-tag: off}\n"})
    (tmp_path / "top.yaml").write_text("extends: org/house.yaml\nimages: {allow: ['**']}\n")
    outcome = outcome_of(shop, policy_path=str(tmp_path / "top.yaml"))
    assert [each[0] for each in found(outcome) if each[0] in BOUND] == [
        "house/endless-job",
        "publish/missing-packages-write",
        "image/disallowed-tag",
    ]


def test_a_package_that_the_repository_extends_too_counts_once(tmp_path: Path) -> None:
    shop = repository(tmp_path, {"own.yaml": "extends: ../org/house.yaml\n"})
    policy, own = str(tmp_path / "org/house.yaml"), str(shop / "own.yaml")
    outcome = outcome_of(shop, policy_path=policy, config_path=own, strict=True)
    assert [each for each in found(outcome) if each[0] in BOUND] == TOLD


def test_a_policy_holds_where_several_processes_check(tmp_path: Path) -> None:
    shop = repository(tmp_path, {"lading.yaml": "rules: {house/endless-job: off}\n"})
    bare = "on: push\njobs: {a: {runs-on: ubuntu-24.04, steps: [{run: make}]}}\n"
    write_files(shop, {f".github/workflows/w{number}.yml": bare for number in range(120)})
    outcome = outcome_of(shop, policy_path=str(tmp_path / "org/house.yaml"), select=("house",))
    assert len(outcome.findings) == 121
    assert {(f.rule, f.policy is None) for f in outcome.findings} == {("house/endless-job", False)}
    assert len({f.fingerprint for f in outcome.findings}) == 121
