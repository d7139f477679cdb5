"""Whose repository it is."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from lading.identity import Identity, identify, repository_root

CLEAN = {key: value for key, value in os.environ.items() if not key.startswith("GIT")}


def git(folder: Path, *arguments: str) -> None:
    options = ["-c", "user.name=a", "-c", "user.email=a@example.invalid", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", *options, *arguments], cwd=folder, env=CLEAN, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    git(folder, "init", "-q")
    return folder


def of(folder: Path, **environment: str) -> Identity | None:
    return identify(str(folder), environment={**CLEAN, **environment})


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://github.com/acme/shop.git", ("github.com", "acme", "shop")),
        ("https://github.com/acme/shop", ("github.com", "acme", "shop")),
        ("https://github.com/AcmeOrg/Shop.js/", ("github.com", "AcmeOrg", "Shop.js")),
        ("https://me:token@github.com/acme/shop.git", ("github.com", "acme", "shop")),
        ("git@github.com:acme/shop.git", ("github.com", "acme", "shop")),
        ("github.com:acme/shop.git", ("github.com", "acme", "shop")),
        ("git@github.com-work:acme/shop.git", ("github.com", "acme", "shop")),
        ("ssh://git@ssh.github.com:443/acme/shop.git", ("github.com", "acme", "shop")),
        ("git://github.com/acme/shop", ("github.com", "acme", "shop")),
        ("https://git.acme.example/acme/shop.git", ("git.acme.example", "acme", "shop")),
        ("git@git.acme.example:acme/.github.git", ("git.acme.example", "acme", ".github")),
        ("git@github.com:/acme/shop.git", ("github.com", "acme", "shop")),
        ("https://me:to@ken@github.com/acme/shop", ("github.com", "acme", "shop")),
        ("git@github-enterprise.acme.example:acme/shop", ("github-enterprise.acme.example", "acme", "shop")),
        ("git@git.acme.example:/srv/shop.git", None),
        ("https://github.com/acme/..", None),
        ("https://gitlab.com/group/sub/shop.git", None),
        ("../shop", None),
        ("/srv/git/acme/shop.git", None),
        ("file:///srv/acme/shop", None),
        ("C:/git/acme/shop", None),
    ],
)
def test_the_remote_tells_in_every_form(
    url: str, place: tuple[str, str, str] | None, repository: Path
) -> None:
    git(repository, "remote", "add", "origin", url)
    assert of(repository) == (Identity(*place, "git remote `origin`") if place else None)


def test_upstream_comes_before_origin_and_another_name_counts_alone(repository: Path) -> None:
    git(repository, "remote", "add", "mine", "https://github.com/me/shop")
    assert of(repository) == Identity("github.com", "me", "shop", "git remote `mine`")
    git(repository, "remote", "add", "other", "https://github.com/you/shop")
    assert of(repository) is None
    git(repository, "remote", "add", "origin", "https://github.com/me/shop")
    git(repository, "remote", "add", "upstream", "https://github.com/acme/shop")
    assert of(repository) == Identity("github.com", "acme", "shop", "git remote `upstream`")


def test_options_then_actions_then_configuration_then_git(repository: Path) -> None:
    git(repository, "remote", "add", "origin", "https://github.com/acme/shop")
    ci = {**CLEAN, "GITHUB_REPOSITORY": "ci/name", "GITHUB_SERVER_URL": "https://git.acme.example"}
    root = str(repository)
    assert identify(root, owner="o", name="n", configured="c/d", environment=ci) == Identity(
        "github.com", "o", "n", "option --owner"
    )
    assert identify(root, owner="o", configured="c/d", environment=ci) == Identity(
        "git.acme.example", "o", "name", "option --owner"
    )
    assert identify(root, configured="c/d", environment=ci) == Identity(
        "git.acme.example", "ci", "name", "GITHUB_REPOSITORY"
    )
    assert identify(root, configured="git.acme.example/c/d", environment=CLEAN) == Identity(
        "git.acme.example", "c", "d", "`repository` in the configuration"
    )
    assert of(repository, GITHUB_REPOSITORY="not a name") == Identity(
        "github.com", "acme", "shop", "git remote `origin`"
    )


def test_the_environment_of_a_hook_does_not_mislead(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    git(other, "remote", "add", "origin", "https://github.com/other/other")
    git(repository, "remote", "add", "origin", "gh:acme/shop")
    git(repository, "config", "url.https://github.com/.insteadOf", "gh:")
    found = of(repository, GIT_DIR=str(other / ".git"), GIT_WORK_TREE=str(other))
    assert found == Identity("github.com", "acme", "shop", "git remote `origin`")


def test_a_linked_work_tree_has_the_remote_of_the_first_one(repository: Path, tmp_path: Path) -> None:
    git(repository, "remote", "add", "origin", "https://github.com/acme/shop")
    git(repository, "commit", "-q", "--allow-empty", "-m", "a")
    git(repository, "worktree", "add", "-q", str(tmp_path / "tree"))
    assert of(tmp_path / "tree") == Identity("github.com", "acme", "shop", "git remote `origin`")


def test_a_submodule_has_a_remote_of_its_own(repository: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    git(inner, "commit", "-q", "--allow-empty", "-m", "a")
    git(repository, "remote", "add", "origin", "https://github.com/acme/shop")
    git(repository, "submodule", "add", "-q", str(inner), "lib")
    git(repository / "lib", "remote", "set-url", "origin", "https://github.com/acme/lib")
    assert of(repository / "lib") == Identity("github.com", "acme", "lib", "git remote `origin`")
    assert repository_root(str(repository / "lib")) == os.path.realpath(repository / "lib")


def test_included_configuration_is_left_to_git(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "more").write_text('[remote "origin"]\n\turl = https://github.com/acme/shop\n')
    git(repository, "config", "include.path", str(tmp_path / "more"))
    assert of(repository) == Identity("github.com", "acme", "shop", "git remote `origin`")


def test_quotes_comments_and_continued_lines_are_read(repository: Path) -> None:
    with open(repository / ".git/config", "a") as file:
        file.write('[Remote "origin"] ; here\n\tURL = "https://github.com/acme/\\\nshop.git" # there\n')
    assert of(repository) == Identity("github.com", "acme", "shop", "git remote `origin`")


def test_a_folder_below_belongs_to_the_repository_around_it(repository: Path) -> None:
    git(repository, "remote", "add", "origin", "https://github.com/acme/shop")
    (repository / "a/b").mkdir(parents=True)
    assert of(repository / "a/b") == Identity("github.com", "acme", "shop", "git remote `origin`")


def test_without_a_repository_or_remote_nobody_knows(repository: Path, tmp_path: Path) -> None:
    assert (of(repository), of(tmp_path), repository_root(str(tmp_path))) == (None, None, None)


@pytest.mark.parametrize("pointer", ["gitdir: .git\n", "gitdir: nowhere\n", "nonsense", ""])
def test_a_git_file_that_points_nowhere_is_survived(pointer: str, tmp_path: Path) -> None:
    (tmp_path / ".git").write_text(pointer)
    assert of(tmp_path) is None


@pytest.mark.parametrize(
    ("server", "host"),
    [
        ("https://github.com", "github.com"),
        ("https://git.acme.example:8443/", "git.acme.example"),
        ("https://me:token@git.acme.example", "git.acme.example"),
        ("nonsense", "github.com"),
        ("", "github.com"),
    ],
)
def test_the_server_of_a_run_is_a_host_and_nothing_more(server: str, host: str, tmp_path: Path) -> None:
    environment = {"GITHUB_REPOSITORY": "acme/shop", "GITHUB_SERVER_URL": server}
    found = identify(str(tmp_path), environment=environment)
    assert found == Identity(host, "acme", "shop", "GITHUB_REPOSITORY")


@pytest.mark.parametrize(
    "setting",
    [
        "url = https://github.com/acme/shop#comment",
        'url = "https://"github.com/"acme"/shop ; comment',
        "url=https://github.com/acme/shop\t",
        "# comment \\\n\turl = https://github.com/acme/shop",
        "pushurl = https://github.com/x/y\n\turl = https://github.com/acme/shop",
        "url = https://github.com/acme/shop\n\turl = https://github.com/x/y",
        "url = https://github.com/acme/shop\r",
    ],
)
@pytest.mark.parametrize("section", ['[remote "origin"]', "[remote.origin]", '[REMOTE "ori\\gin"] ; x'])
def test_the_configuration_is_read_as_git_reads_it(section: str, setting: str, repository: Path) -> None:
    with open(repository / ".git/config", "a", newline="") as file:
        file.write(f"{section}\n\t{setting}\n")
    command = ["git", "-C", str(repository), "config", "--get-all", "remote.origin.url"]
    told = subprocess.run(command, env=CLEAN, capture_output=True, text=True, check=True).stdout.split()[0]
    assert told == "https://github.com/acme/shop"
    assert of(repository) == Identity("github.com", "acme", "shop", "git remote `origin`")


def test_a_linked_work_tree_may_have_a_configuration_of_its_own(repository: Path, tmp_path: Path) -> None:
    git(repository, "commit", "-q", "--allow-empty", "-m", "a")
    git(repository, "worktree", "add", "-q", str(tmp_path / "tree"))
    git(repository, "config", "extensions.worktreeConfig", "true")
    git(tmp_path / "tree", "config", "--worktree", "remote.origin.url", "https://github.com/acme/tree")
    assert (of(tmp_path / "tree"), of(repository)) == (
        Identity("github.com", "acme", "tree", "git remote `origin`"),
        None,
    )


def test_without_git_the_plain_part_of_the_configuration_counts(repository: Path, tmp_path: Path) -> None:
    git(repository, "remote", "add", "origin", "https://github.com/acme/shop")
    git(repository, "config", "include.path", "nowhere")
    found = identify(str(repository), environment={"PATH": str(tmp_path)})
    assert found == Identity("github.com", "acme", "shop", "git remote `origin`")


def test_configuration_that_includes_itself_ends(repository: Path) -> None:
    git(repository, "remote", "add", "origin", "https://github.com/acme/shop")
    with open(repository / ".git/config", "a") as file:
        file.write("[include]\n\tpath = config\n")
    assert of(repository) == Identity("github.com", "acme", "shop", "git remote `origin`")
