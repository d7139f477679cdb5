"""Which files form a project."""

from __future__ import annotations

import pytest

from lading.config import Config
from lading.config_parts import ComposeProject
from lading.findings import KNOWN
from lading.models.compose.project import Project
from lading.problems import Problem

from .conftest import Load

BASE = "services: {db: {image: 'db:1'}}\n"
WAIT = (
    "services: {api: {image: a, depends_on: {db: {condition: service_healthy}}}, db: {image: 'postgres:17'}}"
)
CHECK = "services: {db: {healthcheck: {test: [CMD, true]}}}"


def formed(found: tuple[Project, ...]) -> list[tuple[str, str]]:
    """The files of each project, and its standing."""
    return [(" ".join(project.sources), project.standing) for project in found]


def images(project: Project) -> dict[str, str]:
    return {name: s.image.template.pattern for name, s in project.services.items() if s.image is not None}


def test_compose_finds_one_file_and_one_override_in_a_folder(load: Load) -> None:
    found = load(
        {
            "compose.yaml": BASE,
            "docker-compose.override.yml": BASE,
            "docker-compose.yml": BASE,
            "compose.prod.yaml": BASE,
        }
    )
    assert [(project.sources, project.standing) for project in found] == [
        (("compose.yaml", "docker-compose.override.yml"), "default"),
        (("compose.prod.yaml",), "alone"),
        (("docker-compose.yml",), "alone"),
    ]


def test_dotenv_may_name_the_files(load: Load) -> None:
    found = load(
        {".env": "COMPOSE_FILE=compose.a.yaml:compose.b.yaml", "compose.a.yaml": BASE, "compose.b.yaml": BASE}
    )
    assert [project.sources for project in found] == [("compose.a.yaml", "compose.b.yaml")]


@pytest.mark.parametrize(
    "overlay",
    [
        "services: {db: {restart: always}}",
        "services: {web: {image: web, ports: !reset []}}",
        "services: {db: {image: 'db:2'}}",
    ],
    ids=["a service without an image", "a mark", "only services of the base"],
)
def test_a_file_that_lies_on_top_of_another_is_an_overlay(load: Load, overlay: str) -> None:
    _, project = load({"compose.yaml": BASE, "deploy/compose.prod.yaml": overlay})
    assert project.is_overlay


def test_a_file_with_a_service_of_its_own_is_no_overlay(load: Load) -> None:
    _, project = load({"compose.yaml": BASE, "deploy/compose.prod.yaml": "services: {web: {image: web}}"})
    assert not project.is_overlay


@pytest.mark.parametrize(
    "path", ["tests/fixtures/a/compose.yaml", "testdata/compose.yaml", "src/__fixtures__/compose.yaml"]
)
def test_samples_of_tests_are_left_out(load: Load, path: str) -> None:
    assert load({path: BASE}) == ()


def test_a_template_is_left_out_and_a_plain_file_among_templates_is_not(load: Load) -> None:
    found = load(
        {
            "templates/a/compose.yaml": "services: {s: {image: '{{ image }}'}}",
            "templates/b/compose.yaml": BASE,
        },
    )
    assert [project.path for project in found] == ["templates/b/compose.yaml"]


@pytest.mark.parametrize(
    ("dotenv", "files"),
    [
        (
            "COMPOSE_FILE=compose.a.yaml,d/compose.b.yaml\nCOMPOSE_PATH_SEPARATOR=,",
            "compose.a.yaml d/compose.b.yaml",
        ),
        ("COMPOSE_FILE=compose.a.yaml;d/compose.b.yaml", "compose.a.yaml d/compose.b.yaml"),
        ("COMPOSE_FILE=d/compose.b.yaml:compose.a.yaml", "d/compose.b.yaml compose.a.yaml"),
    ],
)
def test_dotenv_may_say_how_its_list_is_cut(load: Load, dotenv: str, files: str) -> None:
    found = load({".env": dotenv, "compose.a.yaml": BASE, "d/compose.b.yaml": BASE})
    assert (files, "default") in formed(found)


def test_the_dotenv_that_names_the_files_wins_over_the_one_beside_them(load: Load) -> None:
    (project,) = load(
        {
            ".env": "COMPOSE_FILE=d/compose.a.yaml\nT=root",
            "d/.env": "T=d\nU=d",
            "d/compose.a.yaml": "services: {s: {image: 's:${T}-${U}'}}",
        }
    )
    assert (project.folder, images(project)) == ("d", {"s": "s:root-d"})


def test_dotenv_may_name_profiles(load: Load) -> None:
    (project,) = load({".env": "COMPOSE_PROFILES=a,b", "compose.yaml": BASE})
    assert project.profiles == ("a", "b")


def test_folders_are_projects_of_their_own(load: Load) -> None:
    found = load({"compose.yaml": BASE, "a/compose.yaml": BASE, "a/b/docker-compose.yml": BASE})
    assert sorted(formed(found)) == [
        ("a/b/docker-compose.yml", "default"),
        ("a/compose.yaml", "default"),
        ("compose.yaml", "default"),
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("compose.tmpl.yaml", "services: {s: {image: '{{ .Image }}'}}"),
        ("compose.yaml", "services:\n{% if db %}\n  db: {image: d}\n{% endif %}\n"),
        ("compose.yaml", "services: {s: {image: 'acme/{{ cookiecutter.name }}'}}"),
    ],
)
def test_a_template_is_known_by_its_name_or_its_lines(load: Load, path: str, text: str) -> None:
    assert load({path: text}) == ()


@pytest.mark.parametrize("path", ["examples/compose.yaml", "compose.tmpl.yaml"])
def test_examples_and_what_only_has_the_name_of_a_template_are_real(load: Load, path: str) -> None:
    assert [project.path for project in load({path: BASE})] == [path]


@pytest.mark.parametrize(
    ("path", "text", "is_read"),
    [
        ("docs/docker_compose.yaml", "{command: up, options: []}", False),
        ("docs/compose.yaml", "{command: up, options: []}", True),
        ("compose.old.yaml", "web: {image: web}", True),
        ("compose.prod.yaml", "servcies: {}\nvolumes: {}", True),
        ("compose.prod.yaml", "x-base: {}", True),
    ],
)
def test_what_only_has_its_name_from_compose_is_not_read(
    load: Load, path: str, text: str, is_read: bool
) -> None:
    assert [project.path for project in load({path: text})] == ([path] if is_read else [])


def test_a_go_template_in_a_value_makes_no_template_of_the_file(load: Load) -> None:
    (project,) = load({"compose.yaml": "services: {s: {image: a, hostname: '{{.Node.Hostname}}'}}"})
    assert project.standing == "default"


def test_a_stated_combination_is_a_project_and_its_overlay_none_by_itself(load: Load) -> None:
    found = load(
        {
            "Makefile": "up:\n\tdocker compose -f compose.yaml -f compose.prod.yaml up -d\n",
            "compose.yaml": BASE,
            "compose.prod.yaml": CHECK,
            "compose.other.yaml": BASE,
        }
    )
    assert formed(found) == [
        ("compose.yaml", "default"),
        ("compose.other.yaml", "alone"),
        ("compose.yaml compose.prod.yaml", "stated"),
    ]


def test_what_compose_finds_by_itself_is_not_stated_once_more(load: Load) -> None:
    found = load(
        {
            "Makefile": "up:\n\tdocker compose -f compose.yaml up\nci:\n\tdocker compose -f compose.ci.yaml up\n",
            "compose.yaml": BASE,
            "compose.ci.yaml": BASE,
        }
    )
    assert formed(found) == [("compose.yaml", "default"), ("compose.ci.yaml", "stated")]


def test_a_file_of_default_name_that_lies_on_top_is_no_project(load: Load) -> None:
    found = load(
        {
            ".devcontainer/devcontainer.json": '{"dockerComposeFile": ["../compose.yaml", "docker-compose.yml"]}',
            ".devcontainer/docker-compose.yml": "services: {db: {command: sleep infinity}}",
            "compose.yaml": BASE,
        }
    )
    assert formed(found) == [
        ("compose.yaml", "default"),
        ("compose.yaml .devcontainer/docker-compose.yml", "stated"),
    ]


def test_folder_variables_and_profiles_of_a_statement_count(load: Load) -> None:
    command = "docker compose --project-directory d --env-file a.env --env-file b.env --profile p -p web"
    *_, project = load(
        {
            "Makefile": f"up:\n\t{command} -f compose.prod.yaml up",
            "compose.prod.yaml": "services: {s: {image: '${COMPOSE_PROJECT_NAME}:${A}-${B}-${C:-c}', env_file: e}}",
            "a.env": "A=a\nB=a",
            "b.env": "B=b",
            "d/.env": "C=no",
        }
    )
    assert (project.folder, project.profiles, images(project)) == ("d", ("p",), {"s": "web:a-b-c"})


def test_what_a_stated_combination_lacks_it_lacks_for_certain(load: Load) -> None:
    base, dev, prod = load(
        {
            "Makefile": "a:\n\tdocker compose -f compose.yaml -f compose.dev.yaml up\n"
            "b:\n\tdocker compose -f compose.yaml -f compose.prod.yaml up\n",
            "compose.yaml": WAIT,
            "compose.dev.yaml": BASE,
            "compose.prod.yaml": CHECK,
        }
    )
    assert base.lack(base.services["db"], "healthcheck").kind == "assumed"
    assert dev.lack(dev.services["db"], "healthcheck") == KNOWN
    assert (dev.absence("services", "cache"), dev.is_overlay) == (KNOWN, False)
    assert prod.services["db"].healthcheck is not None


def test_what_every_stated_combination_brings_is_not_lacking_for_certain(load: Load) -> None:
    base, _ = load(
        {
            "Makefile": "up:\n\tdocker compose -f compose.yaml -f deploy/compose.prod.yaml up\n",
            "compose.yaml": WAIT,
            "deploy/compose.prod.yaml": CHECK,
        }
    )
    assert base.lack(base.services["db"], "healthcheck").kind == "unknown"


def test_a_combination_that_is_only_built_lacks_nothing_for_certain(load: Load) -> None:
    *_, project = load(
        {
            "Makefile": "up:\n\tdocker compose -f compose.yaml -f compose.build.yaml build\n",
            "compose.yaml": WAIT,
            "compose.build.yaml": BASE,
        }
    )
    assert project.lack(project.services["db"], "healthcheck").kind == "unknown"


def test_the_configuration_says_which_files_form_a_project(load: Load) -> None:
    stated = ComposeProject(
        ("compose.yaml", "deploy/stack.yml"),
        directory="deploy",
        env_files=("x.env",),
        profiles=("p",),
        name="shop",
    )
    found = load(
        {
            "Makefile": "up:\n\tdocker compose -f compose.yaml -f compose.dev.yaml up\n",
            "compose.yaml": "services: {db: {image: '${COMPOSE_PROJECT_NAME}:${T}'}}",
            "compose.dev.yaml": BASE,
            "deploy/stack.yml": CHECK,
            "x.env": "T=x",
        },
        Config(compose_projects=(stated,)),
    )
    assert formed(found) == [("compose.dev.yaml", "alone"), ("compose.yaml deploy/stack.yml", "stated")]
    assert (found[1].folder, found[1].profiles, images(found[1])) == ("deploy", ("p",), {"db": "shop:x"})


@pytest.mark.parametrize(
    "stated",
    [
        ComposeProject(("compose.prod.yaml",)),
        ComposeProject(("compose.yaml",), env_files=("x.env",)),
        ComposeProject(("compose.yaml",), directory=".."),
    ],
)
def test_the_configuration_names_only_what_is_there(load: Load, stated: ComposeProject) -> None:
    with pytest.raises(Problem, match=r"compose\.projects: "):
        load({"compose.yaml": BASE}, Config(compose_projects=(stated,)))


def test_files_of_default_name_are_combined_by_a_script_too(load: Load) -> None:
    found = load(
        {
            "test.sh": "docker compose -f compose.yaml -f ci/compose.yaml up -d\n",
            "ci/compose.yaml": CHECK,
            "compose.yaml": BASE,
        }
    )
    assert formed(found) == [("compose.yaml", "default"), ("compose.yaml ci/compose.yaml", "stated")]


def test_a_file_of_default_name_that_another_one_includes_is_a_part_of_it(load: Load) -> None:
    found = load({"a/compose.yaml": BASE, "compose.yaml": "include: [a/compose.yaml]"})
    assert formed(found) == [("compose.yaml", "default"), ("a/compose.yaml", "included")]
    found = load({"a/compose.yaml": "include: [../compose.yaml]", "compose.yaml": BASE})
    assert formed(found) == [("compose.yaml", "default"), ("a/compose.yaml", "default")]


def test_an_override_file_without_a_base_lies_on_one_that_is_made(load: Load) -> None:
    (alone,) = load({"compose.override.yaml": WAIT})
    assert (alone.standing, alone.is_overlay) == ("alone", True)
    assert alone.absence("networks", "n").kind == "unknown"


def test_a_sample_of_the_override_file_may_bring_what_is_missing(load: Load) -> None:
    sample = "secrets: {token: {environment: TOKEN}}"
    (project,) = load({"compose.yaml": BASE, "compose.override.yaml.example": sample})
    assert project.absence("secrets", "token").kind == "unknown"
    assert project.absence("secrets", "key") == KNOWN


def test_a_workflow_that_is_set_aside_is_no_compose_file(load: Load) -> None:
    workflow = "name: gate\non: [push]\njobs: {a: {runs-on: x, steps: [run: make]}}\n"
    assert load({".github/set-aside/compose-gate.yml": workflow}) == ()
    assert len(load({"compose-gate.yml": "name: gate\nservices: {a: {image: b}}\n"})) == 1
