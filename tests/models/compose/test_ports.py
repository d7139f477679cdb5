"""Which ports of the host a service takes."""

from __future__ import annotations

import pytest

from lading.models.compose.ports import container_ports, published_ports
from tests.models.compose.conftest import Load


def taken(load: Load, ports: str) -> list[str]:
    [project] = load({"compose.yaml": f"services:\n  api:\n    image: a:1\n    ports: {ports}\n"})
    found = published_ports(project.services["api"])
    return [f"{port.ip}|{port.number}|{port.target}|{port.protocol}" for port in found]


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ("['80']", []),
        ("[80]", []),
        ("['8080:80']", ["|8080|80|tcp"]),
        ("[8080:80]", ["|8080|80|tcp"]),
        ("['8080:80/udp']", ["|8080|80|udp"]),
        ("['127.0.0.1:8080:80']", ["127.0.0.1|8080|80|tcp"]),
        ("['127.0.0.1::80']", []),
        ("['[::1]:8080:80']", ["::1|8080|80|tcp"]),
        ("['81-82:91-92']", ["|81|91|tcp", "|82|92|tcp"]),
        ("['81-82:91']", []),
        ("['${PORT}:80']", []),
        ("['${PORT:-81}:80']", ["|81|80|tcp"]),
        ("['81:80', '81:80']", ["|81|80|tcp"]),
        ("[{target: 80, published: 8080, host_ip: 127.0.0.1}]", ["127.0.0.1|8080|80|tcp"]),
        ("[{target: 80, published: '8080-8090'}]", []),
        ("[{target: 80}]", []),
        ("[{target: 80, published: '${PORT}'}]", []),
        ("[[80]]", []),
        ("{}", []),
    ],
)
def test_a_port_is_taken_where_its_number_is_fixed(load: Load, ports: str, expected: list[str]) -> None:
    assert taken(load, ports) == expected


def test_a_container_listens_on_what_ports_and_expose_name(load: Load) -> None:
    text = (
        "services: {api: {image: a, ports: ['81:80', '90-91', {target: 70}, '$X'], expose: [60, '50/udp']}}"
    )
    [project] = load({"compose.yaml": text})
    assert container_ports(project.services["api"]) == {80, 90, 91, 70, 60, 50}
