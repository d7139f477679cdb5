"""What the path of a Compose file says it is for."""

from __future__ import annotations

import pytest

from lading.models.compose.purpose import is_for_deployment, is_for_development


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
