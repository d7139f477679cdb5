"""The images that Compose projects name."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.models.consumers import Consumer
from lading.session import Request, open_session
from tests.support import write_files


def consumers(folder: Path, files: dict[str, str]) -> tuple[Consumer, ...]:
    write_files(folder, files)
    request = Request(root=str(folder), owner="acme", repo="shop", environment={})
    return open_session(request).repository.consumers


def test_every_image_and_further_tag_of_a_build_is_a_consumer(tmp_path: Path) -> None:
    text = """\
services:
  api:
    image: ghcr.io/acme/api:1
    build: {context: api, tags: [ghcr.io/acme/api:latest]}
  db: {image: postgres}
"""
    found = [
        (c.service_name, c.template.shown, c.kind, c.is_built)
        for c in consumers(tmp_path, {"compose.yaml": text})
    ]
    assert found == [
        ("api", "ghcr.io/acme/api:1", "image", True),
        ("api", "ghcr.io/acme/api:latest", "build.tags", True),
        ("db", "postgres", "image", False),
    ]


def test_a_place_that_several_projects_read_is_one_consumer(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "x-base: &base {image: 'acme/api:1'}\nservices: {a: *base, b: *base}\n",
        "prod/compose.yaml": "include: [../compose.yaml]\nservices: {c: {image: x}}\n",
    }
    found = [(c.node.source.path, c.template.shown) for c in consumers(tmp_path, files)]
    assert found == [("compose.yaml", "acme/api:1"), ("prod/compose.yaml", "x")]


def one(folder: Path, service: str, files: dict[str, str] | None = None) -> Consumer:
    """The only consumer of a service `api`, given as a flow mapping's inside."""
    (found,) = consumers(folder, {"compose.yaml": f"services: {{api: {{{service}}}}}\n", **(files or {})})
    return found


def test_a_place_that_a_base_file_and_its_overlay_share_counts_for_the_default_project(
    tmp_path: Path,
) -> None:
    files = {
        "compose.yaml": "services: {api: {image: 'acme/api:${TAG:-1}'}}\n",
        "dev/compose.yaml": "include: [../compose.yaml]\n",
        "dev/.env": "TAG=1\n",
    }
    found = [(c.project_path, c.template.shown, c.template.conditions) for c in consumers(tmp_path, files)]
    assert found == [("compose.yaml", "acme/api:1", ("unless `TAG` is set",))]


def test_values_that_differ_between_projects_are_both_kept(tmp_path: Path) -> None:
    files = {
        "common.yaml": "services: {api: {image: 'acme/api:${TAG}'}}\n",
        "a/compose.yaml": "services: {api: {extends: {file: ../common.yaml, service: api}}}\n",
        "a/.env": "TAG=1\n",
        "b/compose.yaml": "services: {api: {extends: {file: ../common.yaml, service: api}}}\n",
        "b/.env": "TAG=2\n",
    }
    shown = {c.template.shown for c in consumers(tmp_path, files)}
    assert {"acme/api:1", "acme/api:2"} <= shown


def test_of_services_that_share_a_place_the_one_that_builds_counts(tmp_path: Path) -> None:
    text = """\
x-image: &image acme/api:1
services:
  worker: {image: *image}
  api: {image: *image, build: api}
"""
    found = [(c.service_name, c.is_built) for c in consumers(tmp_path, {"compose.yaml": text})]
    assert found == [("api", True)]


@pytest.mark.parametrize(
    ("service", "is_own"),
    [
        ("build: api, image: ghcr.io/acme/shop", True),
        ("build: api, image: ghcr.io/acme/shop/api", True),
        ("build: api, image: 'ghcr.io/acme/${NAME}'", True),
        ("build: api, image: ghcr.io/acme-evil/shop", False),
        ("build: api, image: 'ghcr.io/alice${SUFFIX}/shop'", False),
        ("build: api, image: 'ghcr.io/ac${SUFFIX}/shop'", None),
        ("build: api, image: 'ghcr.io/${OWNER}/shop'", None),
        ("build: api, image: '${REGISTRY}/alice/shop'", None),
        ("build: api, image: quay.io/alice/shop", None),
        ("build: api, image: alice/shop", None),
        ("build: api, image: shop", None),
        ("image: ghcr.io/alice/shop", None),
    ],
)
def test_a_built_image_is_own_where_its_known_part_says_so(
    tmp_path: Path, service: str, is_own: bool | None
) -> None:
    assert one(tmp_path, service).is_own is is_own


@pytest.mark.parametrize(
    ("namespace", "image", "is_own"),
    [
        ("docker.io/acme", "docker.io/acme/shop", True),
        ("docker.io/acme", "docker.io/alice/shop", False),
        ("docker.io/acme", "alice/shop", None),
        ("acme", "docker.io/acme/shop", True),
        ("ghcr.io/Acme", "ghcr.io/acme/shop", True),
        ("ghcr.io/acme/shop", "ghcr.io/acme/shop", True),
        ("ghcr.io/acme/shop", "ghcr.io/acme/other", False),
        ("ghcr.io/acme/shop", "ghcr.io/acme/${NAME}", None),
        ("registry.acme.example", "registry.acme.example/a/b", True),
        ("registry.acme.example", "quay.io/a/b", False),
        ("registry.acme.example", "localhost:5000/a", None),
        ("registry.acme.example", "registry:5000/a", None),
        ("registry.acme.example", "127.0.0.1:5000/a", None),
        ("localhost:5000/acme", "localhost:5000/alice", False),
    ],
)
def test_stated_namespaces_judge_every_registry_that_is_not_nearby(
    tmp_path: Path, namespace: str, image: str, is_own: bool | None
) -> None:
    stated = {"lading.yaml": f"namespaces: ['{namespace}']\n"}
    assert one(tmp_path, f"build: api, image: '{image}'", stated).is_own is is_own


def test_the_namespaces_say_why_they_are_expected(tmp_path: Path) -> None:
    found = one(tmp_path, "image: x", {"lading.yaml": "namespaces: [ghcr.io/acme, quay.io/acme]\n"})
    assert [(space.name, space.because) for space in found.namespaces] == [
        ("ghcr.io/acme", "`namespaces` in lading.yaml"),
        ("quay.io/acme", "`namespaces` in lading.yaml"),
    ]


@pytest.mark.parametrize(
    ("service", "is_pulled"),
    [
        ("image: acme/api", True),
        ("image: acme/api, build: api", False),
        ("image: acme/api, pull_policy: never", False),
        ("image: acme/api, pull_policy: build", False),
        ("image: acme/api, pull_policy: always", True),
    ],
)
def test_an_image_is_pulled_unless_the_service_says_otherwise(
    tmp_path: Path, service: str, is_pulled: bool
) -> None:
    assert one(tmp_path, service).is_pulled is is_pulled


def test_an_image_that_another_service_builds_is_not_pulled(tmp_path: Path) -> None:
    text = "services: {api: {image: 'acme/api:1', build: api}, worker: {image: acme/api}}\n"
    found = [(c.service_name, c.is_pulled) for c in consumers(tmp_path, {"compose.yaml": text})]
    assert found == [("api", False), ("worker", False)]


@pytest.mark.parametrize(
    ("image", "judged"),
    [
        ("ghcr.io/acme/api", (True, None, None)),
        ("ghcr.io/Acme/api", (True, None, "uppercase")),
        ("ghcr.io/your-org/api", (True, "your-org", None)),
        ("ghcr.io/<org>/api", (True, "<org>", "characters")),
        ("%IMAGE%", (False, None, None)),
        ("{{ registry }}/<org>/API", (False, None, None)),
    ],
)
def test_a_name_is_judged_unless_another_tool_fills_it_in(
    tmp_path: Path, image: str, judged: tuple[object, ...]
) -> None:
    found = one(tmp_path, f"image: '{image}'")
    place, problem = found.placeholder, found.problem
    text = found.template.shown[place[0] : place[1]] if place else None
    assert (found.is_judged, text, problem.kind if problem else None) == judged


@pytest.mark.parametrize(
    ("image", "unset", "without"),
    [
        ("acme/api:${TAG}", ("TAG",), "acme/api:"),
        ("$IMAGE", ("IMAGE",), ""),
        ("${OWNER}/${NAME}:${OWNER}", ("OWNER", "NAME"), "/:"),
        ("${IMAGE:-acme/api:$TAG}", ("TAG",), "acme/api:"),
        ("${REGISTRY:?}/api:${TAG}", ("TAG",), "${REGISTRY:?}/api:"),
        ("acme/api:${TAG:-1}", (), "acme/api:1"),
        ("acme/${USER}", (), "acme/${USER}"),
        ("acme/api:${", (), "acme/api:${"),
    ],
)
def test_unset_variables_are_those_that_only_the_shell_can_set(
    tmp_path: Path, image: str, unset: tuple[str, ...], without: str
) -> None:
    found = one(tmp_path, f"image: '{image}'")
    assert (found.unset, found.without_unset.shown) == (unset, without)


def test_nothing_is_unset_in_a_folder_of_templates(tmp_path: Path) -> None:
    text = "services: {api: {image: 'acme/api:${TAG}'}}\n"
    files = {"deploy/templates/compose.yaml": text, "deploy/prod/compose.yaml": text}
    found = [(c.project_path, c.unset) for c in consumers(tmp_path, files)]
    assert found == [("deploy/prod/compose.yaml", ("TAG",)), ("deploy/templates/compose.yaml", ())]


@pytest.mark.parametrize(
    ("path", "text", "is_told"),
    [
        (".env.example", "TAG=\n", True),
        ("README.md", "Set `TAG` first.\n", True),
        ("README.md", "Set `STAGING_TAG` first.\n", False),
        ("Makefile", "up:\n\tTAG=1 docker compose up\n", True),
        ("scripts/deploy", "export TAG\n", True),
        (".github/workflows/deploy.yml", "env: {TAG: 1}\n", True),
        ("other/README.md", "TAG\n", False),
        ("compose.prod.yaml", "services: {b: {image: 'acme/b:${TAG}'}}\n", False),
        ("compose.prod.yaml", "# TAG=1 docker compose up\nservices: {}\n", True),
    ],
)
def test_a_variable_is_told_of_in_files_that_people_read_and_run(
    tmp_path: Path, path: str, text: str, is_told: bool
) -> None:
    files = {"compose.yaml": "services: {api: {image: 'acme/api:${TAG}'}}\n", path: text}
    (found,) = [c for c in consumers(tmp_path, files) if c.service_name == "api"]
    assert found.is_told_of("TAG") is is_told


def test_thousands_of_services_of_one_anchor_are_one_consumer(tmp_path: Path) -> None:
    services = "\n".join(f"  s{number}: *base" for number in range(5_000))
    text = f"x-base: &base {{image: 'acme/api:1'}}\nservices:\n{services}\n"
    assert len(consumers(tmp_path, {"compose.yaml": text})) == 1
