"""Which files are looked at."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lading.discover import Inventory, discover, kind_of
from lading.files import Files
from lading.problems import Problem
from tests.support import write_files


def inventory(folder: Path, *exclude: str) -> Inventory:
    return discover(Files(str(folder)), exclude)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("compose.yaml", "compose"),
        ("docker-compose.yml", "compose"),
        ("deploy/docker-compose.prod.yml", "compose"),
        ("compose.override.yaml", "compose"),
        ("docker-compose-ci.yml", "compose"),
        ("docker-compose_ci.yml", "compose"),
        ("dev.compose.yaml", "compose"),
        ("prod-compose.yml", "compose"),
        ("Docker-Compose.YML", "compose"),
        ("composer.yaml", None),
        ("rancher-compose.yml", None),
        ("deploy/Rancher-Compose.yaml", None),
        ("rancher.compose.yml", "compose"),
        ("decompose.yaml", None),
        ("compose.yaml.j2", None),
        ("compose.json", None),
        ("docker-compose.{{ name }}.yml", None),
        ("{{cookiecutter.name}}/compose.yaml", None),
        (".github/workflows/ci.yml", "workflow"),
        (".github/workflows/compose.yaml", "workflow"),
        (".github/workflows/sub/ci.yml", None),
        ("sub/.github/workflows/ci.yml", None),
        ("action.yml", "action"),
        (".github/actions/build/action.yaml", "action"),
        ("Dockerfile", "dockerfile"),
        ("docker/Dockerfile.alpine", "dockerfile"),
        ("api.Dockerfile", "dockerfile"),
        ("Containerfile", "dockerfile"),
        ("Dockerfile.dockerignore", None),
        ("docker-bake.hcl", "bake"),
        ("docker-bake.override.json", "bake"),
        (".env", "dotenv"),
        (".env.example", None),
        ("README.md", None),
    ],
)
def test_the_name_says_what_a_file_is(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind


def test_vendored_and_foreign_trees_are_left_out(tmp_path: Path) -> None:
    text = "services: {}\n"
    write_files(
        tmp_path,
        {
            "compose.yaml": text,
            "node_modules/x/compose.yaml": text,
            "vendor/x/docker-compose.yml": text,
            ".venv/lib/compose.yaml": text,
            "module/.git": "gitdir: ../.git/modules/module\n",
            "module/compose.yaml": text,
            "deploy/compose.yaml": text,
        },
    )
    assert inventory(tmp_path).compose == ("compose.yaml", "deploy/compose.yaml")


def test_what_git_ignores_is_left_out_as_git_does_it(tmp_path: Path) -> None:
    paths = [
        "compose.yaml",
        "a/compose.yaml",
        "a/b/compose.yaml",
        "build/compose.yaml",
        "x/build/compose.yaml",
        "logs/compose.yaml",
        "x/logs/compose.yaml",
        "keep/compose.prod.yaml",
        "keep/compose.dev.yaml",
        "local/compose.yaml",
        "tmp-1/compose.yaml",
        "docs/compose.yaml",
    ]
    files = dict.fromkeys(paths, "services: {}\n")
    files |= {
        ".gitignore": "build/\n/logs\na/**/compose.yaml\n*.dev.yaml\ntmp-*\n# docs\n",
        "keep/.gitignore": "*.yaml\n!compose.prod.yaml\n",
        ".git/info/exclude": "local\n",
    }
    write_files(tmp_path, files)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".git/info/exclude").write_text("local\n")
    command = ["git", "-C", str(tmp_path), "ls-files", "-o", "--exclude-standard", "*.yaml"]
    expected = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert inventory(tmp_path).compose == tuple(sorted(expected))


def test_paths_of_the_configuration_are_left_out(tmp_path: Path) -> None:
    write_files(
        tmp_path, dict.fromkeys(("compose.yaml", "examples/a/compose.yaml", "tests/compose.yaml"), "")
    )
    assert inventory(tmp_path, "/examples/", "tests").compose == ("compose.yaml",)


def test_a_folder_with_the_name_of_a_file_is_odd_and_looked_into(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml/docker-compose.yml": "", ".github/workflows/ci.yml/x": ""})
    found = inventory(tmp_path)
    assert (found.odd, found.compose) == (
        (".github/workflows/ci.yml", "compose.yaml"),
        ("compose.yaml/docker-compose.yml",),
    )


def test_links_to_folders_are_not_entered_and_broken_links_are_odd(tmp_path: Path) -> None:
    write_files(tmp_path, {"a/compose.yaml": ""})
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "docker-compose.yml").symlink_to("nothing")
    (tmp_path / "compose.yml").symlink_to("a/compose.yaml")
    found = inventory(tmp_path)
    assert (found.compose, found.odd) == (("a/compose.yaml", "compose.yml"), ("docker-compose.yml",))


def test_links_with_names_of_other_kinds_are_no_odd_files(tmp_path: Path) -> None:
    for name in (".env", "Dockerfile", "action.yml", "docker-bake.hcl"):
        (tmp_path / name).symlink_to("/nowhere")
    found = inventory(tmp_path)
    assert (found.odd, found.dotenv, found.dockerfiles, found.actions, found.bake) == ((), (), (), (), ())


def test_a_virtual_environment_is_left_out_whatever_its_name(tmp_path: Path) -> None:
    write_files(tmp_path, dict.fromkeys(("mine/pyvenv.cfg", "mine/lib/compose.yaml", "compose.yaml"), ""))
    assert inventory(tmp_path).compose == ("compose.yaml",)


def test_the_configuration_leaves_out_what_an_ignore_file_takes_back(tmp_path: Path) -> None:
    write_files(tmp_path, {"examples/compose.yaml": "", ".gitignore": "!examples\n"})
    assert inventory(tmp_path, "examples/").compose == ()


@pytest.mark.parametrize("pattern", ["foo\\", "[z-a]", "!"])
def test_a_wrong_pattern_of_the_configuration_stops_the_run(pattern: str, tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        inventory(tmp_path, "tests", pattern)
    assert str(caught.value) == f"exclude: `{pattern}` is not a pattern as .gitignore has them"


GIT_PATHS = [
    "compose.yaml",
    "docker-compose.dev.yaml",
    *(f"{folder}/compose.yaml" for folder in ("a", "a/b", "lib", "library", "x/lib", "build", "a b", "ab")),
    *(f"{folder}/compose.dev.yaml" for folder in ("a", "a/b", "lib", "[a]", "keep", "keep/build")),
]


@pytest.mark.parametrize(
    "ignored",
    [
        pytest.param("lib\n", id="a name"),
        pytest.param("/lib/\n", id="a folder at the top"),
        pytest.param("compose.yaml/\n", id="a folder that is a file"),
        pytest.param("*.dev.yaml\n!keep/*.dev.yaml\n", id="taken back"),
        pytest.param("/*\n!/keep\n", id="all but one"),
        pytest.param("a/b\n", id="a path"),
        pytest.param("**/build\n", id="two stars"),
        pytest.param("[ab]\n", id="a set"),
        pytest.param("[]a]b\n", id="a set with its own end"),
        pytest.param("\\[a]\n", id="a bracket that is none"),
        pytest.param("a\\ b\nlib   \n", id="spaces"),
        pytest.param("lib\r\nbuild\r\n", id="lines of Windows"),
        pytest.param("\ufefflib\nbuild\n", id="a byte order mark"),
        pytest.param("foo\\\n!\n[z-a]\n/\nlib\n", id="patterns that git passes over"),
        pytest.param("build\u2028x\nlib\n", id="no line of git's"),
        pytest.param("lib\n!lib\nbuild\n!/build\n", id="names taken back"),
    ],
)
def test_patterns_mean_what_they_mean_to_git(ignored: str, tmp_path: Path) -> None:
    write_files(tmp_path, {**dict.fromkeys(GIT_PATHS, ""), ".gitignore": ignored})
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ["git", "-C", str(tmp_path), "-c", f"core.excludesFile={os.devnull}"]
    subprocess.run([*command, "init", "-q"], env=environment, check=True)
    listing = subprocess.run(
        [*command, "ls-files", "-oz", "--exclude-standard"], env=environment, capture_output=True, check=True
    )
    expected = sorted(path for path in listing.stdout.decode().split("\0") if path.endswith(".yaml"))
    assert list(inventory(tmp_path).compose) == expected


def test_plain_and_unrelated_patterns_cost_no_library(tmp_path: Path) -> None:
    lines = ["build/", "/dist", ".env", "*.py[cod]", "*.log", "!.env.example", "lib/", "docs/_build/"]
    paths = ("compose.yaml", "build/compose.yaml", "library/compose.yaml", "src/x/compose.yaml", ".env")
    write_files(tmp_path, {**dict.fromkeys(paths, ""), ".gitignore": "\n".join(lines)})
    code = (
        "import sys; from lading.discover import discover; from lading.files import Files; "
        "print(discover(Files(sys.argv[1])).compose, 'pathspec' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=True)
    expected = "('compose.yaml', 'library/compose.yaml', 'src/x/compose.yaml') False"
    assert result.stdout.decode().strip() == expected


def test_scripts_are_known_by_name_and_folder(tmp_path: Path) -> None:
    yes = (
        "Makefile",
        "README.md",
        "a/b/justfile",
        "app/package.json",
        "ci/x.sh",
        "mk/x.mk",
        "scripts/a/x.sh",
        "x.sh",
    )
    no = (
        "a/b/c/d/e/Makefile",
        "src/x.sh",
        "node_modules/a/package.json",
        "docs/other.md",
        "gone/Makefile",
        "no.sh",
    )
    files = dict.fromkeys((*yes, *no), "") | {".gitignore": "gone/\nn?.sh\n"}
    inventory = discover(Files(str(write_files(tmp_path, files))))
    assert (inventory.scripts, inventory.compose) == (tuple(sorted(yes)), ())


def test_a_file_that_the_configuration_names_is_a_compose_file(tmp_path: Path) -> None:
    files = Files(str(write_files(tmp_path, {"compose.yaml": "", "deploy/stack.yml": ""})))
    assert discover(files, ("/deploy/",), ("./deploy/stack.yml", "compose.yaml")).compose == (
        "compose.yaml",
        "deploy/stack.yml",
    )


def test_a_file_that_the_configuration_names_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"there is no file `stack\.yml`"):
        discover(Files(str(tmp_path)), (), ("stack.yml",))
