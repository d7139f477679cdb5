"""What the path of a Compose file says it is for, and a service by what it runs."""

from __future__ import annotations

import pytest

from lading.models.compose.purpose import is_for_deployment, is_for_development, is_for_setup
from tests.models.compose.conftest import Load


@pytest.mark.parametrize(
    ("path", "deployment", "development"),
    [
        ("compose.yaml", False, False),
        ("compose.prod.yaml", True, False),
        ("docker-compose-production.yml", True, False),
        ("deploy/compose.yaml", True, False),
        ("docker-compose.dev.yml", False, True),
        ("tests/docker-compose.prod.yml", False, True),
        ("product/compose.yaml", False, False),
        ("devices/compose.yaml", False, False),
    ],
)
def test_whole_words_of_the_path_count_and_a_test_is_never_a_deployment(
    path: str, deployment: bool, development: bool
) -> None:
    assert (is_for_deployment(path), is_for_development(path)) == (deployment, development)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("{}", False),
        ("{entrypoint: [bash, /scripts/setup.sh]}", True),
        ("{entrypoint: [sh, -c], command: ['mongosh --host db /init.js']}", True),
        ("{command: psql -h db postgres}", True),
        ("{command: /init/run.sh}", True),
        ("{command: [--replSet, rs0]}", False),
        ("{command: postgres -c max_connections=200}", False),
        ("{command: docker-entrypoint.sh mongod}", False),
        ("{command: bash -c 'mongod --replSet rs0 & sleep 5; mongosh'}", False),
        ("{command: sh -ec 'sysctl -p; exec redis-server'}", False),
    ],
)
def test_a_script_or_client_sets_up_unless_it_starts_the_server(
    load: Load, said: str, expected: bool
) -> None:
    [project] = load({"compose.yaml": f"services:\n  db:\n    image: a:1\n    <<: {said}\n"})
    assert is_for_setup(project.services["db"]) == expected
