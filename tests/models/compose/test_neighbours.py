"""What an index finds is what looking through every file finds."""

from __future__ import annotations

import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.files import Files
from lading.models.compose import neighbours
from lading.models.compose.neighbours import DEFAULT_NAMES, Neighbours, named_in
from lading.models.compose.project import ALONE, DEFAULT
from lading.models.compose.projects import project_of
from lading.models.compose.statement import Statement
from lading.parse import Reader
from lading.texts import Texts

NAMES = ("db", "d.b-2", "dé", "a b", "")
PATHS = [
    posixpath.join(folder, name)
    for folder in ("", "a", "a/b", "a0", "b")
    for name in ("compose.yaml", "compose.prod.yaml", "docker-compose.yml")
]
TEXTS = (
    "services: {db: {image: postgres, healthcheck: {test: x}}}\n",
    'services: {"d\\x62": {image: postgres}, web: {extends: db}}\n',
    "services:\n  'd.b-2':\n    <<: *x\n  dé: {}\n",
    "x-a: &name db\nservices: {? *name : {image: x}, a b: {healthcheck: {}}}\nnetworks: {db: }\n",
    "# db\nnetworks:\n  db:\n  d.b-2: {}\n",
    "[",
)


def texts_of(files: dict[str, str]) -> Texts:
    return Texts(Files("/nowhere", {path: text.encode() for path, text in files.items()}), Reader())


@given(
    files=st.dictionaries(st.sampled_from(PATHS), st.sampled_from(TEXTS), min_size=1),
    stated=st.lists(st.lists(st.sampled_from(PATHS), min_size=1, max_size=3, unique=True), max_size=2),
    name=st.sampled_from(NAMES),
    standing=st.sampled_from((ALONE, DEFAULT)),
    numbers=st.lists(st.integers(0, 20), min_size=1, max_size=3),
    few=st.sampled_from((0, 1, 30)),
)
def test_the_index_finds_what_a_search_finds(
    files: dict[str, str], stated: list[list[str]], name: str, standing: str, numbers: list[int], few: int
) -> None:
    """Whoever has asked before, and however few names the index looks for in texts."""
    texts = texts_of(files)
    statements = tuple(Statement(tuple(each), origin="x") for each in stated)
    paths = sorted({*files, *(path for each in stated for path in each)})
    found = Neighbours(paths, texts, statements)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "_FEW", few)
        for number in numbers:
            compare(found, texts, paths, stated, name, standing, paths[number % len(paths)])


def compare(
    found: Neighbours,
    texts: Texts,
    paths: list[str],
    stated: list[list[str]],
    name: str,
    standing: str,
    path: str,
) -> None:
    project = project_of((path,), texts, {})
    project.standing = standing
    joined = {path for each in stated if project.path in each for path in each}

    def has(path: str, section: str) -> bool:
        return name in named_in(texts.tree(path))[section]

    def is_above(folder: str, other: str) -> bool:
        return folder == "" or other.startswith(folder + "/")

    def is_apart(path: str) -> bool:
        return posixpath.basename(path) in DEFAULT_NAMES and posixpath.dirname(path) != project.folder

    def is_near(path: str) -> bool:
        folder = posixpath.dirname(path)
        is_far = standing == DEFAULT or not (
            is_above(folder, project.folder) or is_above(project.folder, folder)
        )
        return path in joined or folder == project.folder or not is_far

    others = [path for path in paths if path not in project.files]
    for section in ("services", "networks"):
        may = [path for path in others if not (standing == DEFAULT and path not in joined and is_apart(path))]
        expected = next((path for path in may if has(path, section)), None)
        assert found.defining(section, name, project) == expected
        apart = [path for path in paths if is_apart(path) and has(path, section)]
        above = [path for path in apart if is_above(posixpath.dirname(path), project.folder)]
        below = [path for path in apart if is_above(project.folder, posixpath.dirname(path))]
        beside = [path for path in apart if path not in above and path not in below]
        assert found.defining_apart(section, name, project) == (
            next(iter(above), None),
            next(iter(beside), None),
        )
    giving = [path for path in others if is_near(path) and found._gives(path, name, "healthcheck")]
    assert found.giving(name, "healthcheck", project) == tuple(giving)
    sources = {path: texts.source(path) for path in others if not is_apart(path)}
    assert found.is_mentioned(name, project) is any(
        s is not None and name in s.text for s in sources.values()
    )
    beneath = [
        path
        for path in others
        if posixpath.basename(path) in DEFAULT_NAMES
        and (posixpath.dirname(path) == project.folder or is_above(posixpath.dirname(path), project.folder))
        and has(path, "services")
    ]
    assert found.beneath(project.path, (name,), texts) == tuple(beneath)


def test_no_file_is_parsed_behind_the_first_that_has_the_name() -> None:
    texts = texts_of({f"{n}/compose.prod.yaml": "services: {db: {image: postgres}}\n" for n in range(9)})
    project = project_of(("8/compose.prod.yaml",), texts, {})
    view = texts.view()
    found = Neighbours((f"{n}/compose.prod.yaml" for n in range(9)), view)
    assert found.defining("services", "db", project) == "0/compose.prod.yaml"
    assert [n for n in range(9) if view.was_asked(f"{n}/compose.prod.yaml", named_in)] == [0]
