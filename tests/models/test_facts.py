"""The facts that policies read: values, and the ground on which they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lading.findings import Hit
from lading.models.facts import Fact, shown
from lading.models.joined import joined
from lading.policy import compile_policy
from lading.session import Request, open_session
from tests.support import write_files

WORKFLOW = """\
name: Publish
on:
  push: {branches: [main, 'release/*']}
  pull_request:
jobs:
  test:
    runs-on: [self-hosted, linux]
    steps: [{uses: actions/checkout@v6}, {run: make}]
  publish:
    needs: test
    if: github.event_name == 'push'
    runs-on: ${{ matrix.os }}
    strategy: {matrix: {os: [ubuntu-24.04, ubuntu-24.04-arm]}}
    timeout-minutes: 20
    environment: {name: release, url: "https://acme.example"}
    permissions: {contents: read, packages: write}
    steps:
      - uses: docker/login-action@v4
        with: {registry: ghcr.io, username: "${{ github.actor }}", password: "${{ secrets.GITHUB_TOKEN }}"}
      - uses: docker/build-push-action@v7
        if: vars.PUSH != 'no'
        with: {push: true, tags: "ghcr.io/acme/shop:1.4.2,ghcr.io/acme/shop:${{ github.sha }}"}
  call:
    uses: acme/shared/.github/workflows/deploy.yml@v1
"""
COMPOSE = """\
services:
  api:
    image: ghcr.io/acme/shop:${TAG:-latest}
    restart: always
    privileged: ${PRIVILEGED:?}
    read_only: true
    user: "1000"
    cap_add: [NET_ADMIN]
    depends_on: {db: {condition: service_healthy}}
    ports: ["8080:80", "127.0.0.1:${PORT:-9000}:9000/udp", "${BIND:?}:1:1", {target: 443, host_ip: "::1", published: "8443"}]
    volumes: ["./data:/data:ro", "cache:/cache", {type: bind, source: /var/run/docker.sock, target: /sock}]
  db:
    image: postgres@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    profiles: [data]
volumes: {cache: {}}
"""


def facts(folder: Path, given: str, more: dict[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """The facts of a list, by their key."""
    write_files(folder, {".github/workflows/a.yml": WORKFLOW, "compose.yaml": COMPOSE, **(more or {})})
    repository = open_session(Request(root=str(folder), owner="acme", repo="shop", environment={})).repository
    return {facts["key"]: facts for _, facts, *_ in joined(repository, "repository", given)}


def some(facts: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: shown(facts[name]) for name in names}


def test_a_job(tmp_path: Path) -> None:
    jobs = facts(tmp_path, "jobs")
    names = ("runs_on", "timeout", "environment", "events", "refs", "condition", "needs", "uses", "publishes")
    assert some(jobs["publish"], *names) == {
        "runs_on": ["ubuntu-24.04", "ubuntu-24.04-arm"],
        "timeout": 20,
        "environment": "release",
        "events": ["push"],
        "refs": ["refs/heads/main", "refs/heads/release/*"],
        "condition": "github.event_name == 'push'",
        "needs": ["test"],
        "uses": ["docker/login-action@v4", "docker/build-push-action@v7"],
        "publishes": ["ghcr.io/acme/shop"],
    }
    assert some(jobs["test"], "runs_on", "timeout", "environment", "condition", "publishes") == {
        "runs_on": ["self-hosted", "linux"],
        "timeout": None,
        "environment": None,
        "condition": None,
        "publishes": [],
    }
    assert jobs["call"]["calls"] == "acme/shared/.github/workflows/deploy.yml@v1"
    assert jobs["publish"]["permissions"]["packages"] == "write"
    assert [(e.value if isinstance(e, Fact) else e) for e in jobs["test"]["events"]] == [
        "push",
        "pull_request",
    ]


def test_what_the_default_token_decides_is_assumed(tmp_path: Path) -> None:
    permissions = facts(tmp_path, "jobs")["test"]["permissions"]
    assert permissions.basis.kind == "assumed"
    assert permissions.value["contents"] == "read"


def test_a_publication(tmp_path: Path) -> None:
    publication = facts(tmp_path, "publications")["publish"]
    names = (
        "image",
        "tags",
        "registry",
        "own",
        "login",
        "credential",
        "guards",
        "environment",
        "timeout",
        "certainty",
    )
    assert some(publication, *names) == {
        "image": "ghcr.io/acme/shop",
        "tags": ["1.4.2", "*"],
        "registry": "ghcr.io",
        "own": True,
        "login": "ghcr.io",
        "credential": "GITHUB_TOKEN",
        "guards": ["github.event_name == 'push'", "vars.PUSH != 'no'"],
        "environment": "release",
        "timeout": 20,
        "certainty": "assumed",
    }  # fmt: skip
    (event,) = publication["events"]
    assert (event.value, event.basis.kind) == ("push", "assumed")
    assert shown(publication["refs"]) == ["refs/heads/main", "refs/heads/release/*"]
    assert [isinstance(ref, Fact) for ref in publication["refs"]] == [False, True]


def test_a_service(tmp_path: Path) -> None:
    services = facts(tmp_path, "services")
    names = (
        "image",
        "tag",
        "digest",
        "restart",
        "privileged",
        "read_only",
        "user",
        "cap_add",
        "mounts",
        "waits_for",
    )
    assert some(services["api"], *names) == {
        "image": "ghcr.io/acme/shop",
        "tag": "latest",
        "digest": None,
        "restart": "always",
        "privileged": "*",
        "read_only": True,
        "user": "1000",
        "cap_add": ["NET_ADMIN"],
        "mounts": [
            {"kind": "bind", "source": "./data", "target": "/data"},
            {"kind": "volume", "source": "cache", "target": "/cache"},
            {"kind": "bind", "source": "/var/run/docker.sock", "target": "/sock"},
        ],
        "waits_for": [{"name": "db", "way": "depends_on", "condition": "service_healthy", "required": True}],
    }  # fmt: skip
    assert services["api"]["tag"].basis.conditions == ("unless `TAG` is set",)
    assert services["db"]["tag"] is None
    assert str(services["db"]["digest"]).startswith("sha256:")
    assert shown(services["db"]["health"])["state"] == "absent"


def test_ports_know_the_address_they_are_bound_to(tmp_path: Path) -> None:
    ports = facts(tmp_path, "services")["api"]["ports"]
    assert shown(ports) == [
        {"host_ip": None, "published": "8080", "target": "80", "protocol": None},
        {"host_ip": "127.0.0.1", "published": "9000", "target": "9000", "protocol": "udp"},
        {"host_ip": "*", "published": "*", "target": "*", "protocol": "*"},
        {"host_ip": "::1", "published": "8443", "target": "443", "protocol": None},
    ]
    assert ports[1]["published"].basis.conditions == ("unless `PORT` is set",)


def test_what_a_file_beside_may_give_is_not_simply_absent(tmp_path: Path) -> None:
    write_files(
        tmp_path, {"compose.yaml": COMPOSE, "compose.prod.yaml": "services: {db: {restart: always}}\n"}
    )
    repository = open_session(
        Request(root=str(tmp_path), owner="acme", repo="shop", environment={})
    ).repository
    found = [
        each for _, each, *_ in joined(repository, "repository", "services") if each["path"] == "compose.yaml"
    ]
    restart = {each["key"]: each["restart"] for each in found}["db"]
    assert (restart.value, restart.basis.conditions) == (
        None,
        ("unless it is always run together with `compose.prod.yaml`",),
    )


def hits(folder: Path, given: str, must: dict[str, Any], when: dict[str, Any] | None = None) -> list[Hit]:
    write_files(folder, {".github/workflows/a.yml": WORKFLOW, "compose.yaml": COMPOSE})
    repository = open_session(Request(root=str(folder), owner="acme", repo="shop", environment={})).repository
    policy = {"given": given, "assert": must, "message": "{key}", **({"when": when} if when else {})}
    return list(compile_policy("repository", policy, "test")(repository, {}))


@pytest.mark.parametrize(
    ("given", "must", "expected"),
    [
        pytest.param("services", {"path": "tag", "not": {"equals": "latest"}}, [("api", "assumed")], id="a default"),
        pytest.param("services", {"path": "privileged", "equals": False}, [("api", "unknown")], id="a variable"),
        pytest.param("services", {"path": "cap_add.*", "not": {"equals": "NET_ADMIN"}}, [("api", "known")], id="all of nothing hold"),
        pytest.param("services", {"path": "cap_add.*", "present": True}, [("db", "known")], id="nothing is not present"),
        pytest.param("services", {"path": "digest", "present": True}, [("api", "assumed")], id="absent as the default is"),
        pytest.param("services", {"path": "digest", "present": False}, [("db", "known")], id="present"),
        pytest.param("services", {"path": "ports.*.host_ip", "one-of": ["127.0.0.1", "::1"]}, [("api", "known")], id="the surest failure decides"),
        pytest.param("services", {"path": "health.state", "equals": "present"}, [("api", "unknown"), ("db", "known")], id="health"),
        pytest.param("jobs", {"path": "timeout", "schema": {"type": "integer", "maximum": 10}}, [("test", "known"), ("publish", "known"), ("call", "known")], id="a schema"),
        pytest.param("jobs", {"path": "permissions.contents", "one-of": ["none"]}, [("test", "assumed"), ("publish", "known"), ("call", "assumed")], id="a part"),
        pytest.param("publications", {"path": "environment", "equals": "prod"}, [("publish", "assumed")], id="the push itself is not certain"),
        pytest.param("publications", {"path": "tags.*", "matches": "[0-9.]+"}, [("publish", "unknown")], id="a tag with a hole"),
    ],
)  # fmt: skip
def test_a_policy_stands_on_the_ground_of_its_facts(
    given: str, must: dict[str, Any], expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    assert [(hit.message, hit.basis.kind) for hit in hits(tmp_path, given, must)] == expected


def test_when_a_condition_is_assumed_the_finding_is(tmp_path: Path) -> None:
    when = {"path": "tag", "equals": "latest"}
    (hit,) = hits(tmp_path, "services", {"path": "restart", "equals": "no"}, when)
    assert hit.basis.conditions == ("unless `TAG` is set",)
    assert hits(tmp_path, "services", {"path": "user", "equals": "1000"}, when) == []
