"""Images that a configuration of goreleaser names, and templates of Go."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.models.gotemplate import rendered
from lading.models.template import Template
from tests.support import published

FIELDS: dict[str, object] = {
    "ProjectName": Template.of("shop"),
    "Env": {"OWNER": Template.of("Acme"), "EMPTY": Template(())},
}


@pytest.mark.parametrize(
    ("text", "shown", "is_certain"),
    [
        ("acme/shop", "acme/shop", True),
        ("acme/{{ .ProjectName }}:1", "acme/shop:1", True),
        ("acme/{{.ProjectName}}:{{ .Version }}", "acme/shop:{{ .Version }}", True),
        ("{{ .Env.OWNER }}/{{ tolower .Env.OWNER }}", "Acme/acme", True),
        ("{{ .Env.OWNER | tolower }}/x", "acme/x", True),
        ('{{ trimprefix "v1.2" "v" }}', "1.2", True),
        ("a {{- if .Env.OWNER }} b {{- end }}", "a b", True),
        ("{{ if .Env.EMPTY }}a{{ else }}b{{ end }}", "b", True),
        ('{{ if eq .Env.OWNER "Other" }}a{{ else if eq .Env.OWNER "Acme" }}b{{ else }}c{{ end }}', "b", True),
        ("{{ if not .Prerelease }}acme/shop:latest{{ end }}", "acme/shop:latest", False),
        ('{{ envOrDefault "OTHER" "x" }}', "x", True),
        ('{{ if index .Env "OTHER" }}a{{ else }}b{{ end }}', "b", True),
        ('{{ if not (index .Env "OTHER") }}a{{ end }}', "a", True),
        ('{{ if isEnvSet "OWNER" }}a{{ end }}', "a", True),
        ('{{ if and .Env.OWNER (isEnvSet "EMPTY") }}a{{ else }}b{{ end }}', "b", True),
        ("{{ range .Things }}a{{ end }}", "a", False),
        ("{{/* a word */}}a", "a", True),
        ("{{ if", "{{ if", True),
    ],
)
def test_templates(text: str, shown: str, is_certain: bool) -> None:
    found = rendered(text, FIELDS)
    assert (found.text.shown, found.is_certain) == (shown, is_certain)


CONFIG = """\
project_name: shop
env: [REGISTRY=ghcr.io]
dockers:
  - image_templates:
      - "{{ .Env.REGISTRY }}/acme/{{ .ProjectName }}:{{ .Tag }}-amd64"
      - "{{ if not .Prerelease }}{{ .Env.REGISTRY }}/acme/{{ .ProjectName }}:latest{{ end }}"
  - image_templates: ["acme/off:1"]
    skip_push: true
docker_manifests:
  - name_template: "ghcr.io/{{ .Env.GITHUB_REPOSITORY_OWNER }}/shop:2"
dockers_v2:
  - images: ["acme/web", "ghcr.io/acme/web"]
    tags: ["next", "{{ if .IsNightly }}nightly{{ end }}"]
    disable: '{{ if not (index .Env "NEXT") }}true{{ end }}'
builds:
  - id: api
    main: ./cmd/api
kos:
  - repositories: [ghcr.io/acme]
    base_import_paths: true
"""
FIRST = [
    "ghcr.io/acme/shop:{{ .Tag }}-amd64",
    "ghcr.io/acme/shop:latest",
    "ghcr.io/acme/shop:2",
]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (
            "uses: goreleaser/goreleaser-action@v6\n        with: {args: release --clean}",
            [*FIRST, "ghcr.io/acme/api:latest"],
        ),
        ("uses: goreleaser/goreleaser-action@v6\n        with: {args: release --snapshot}", []),
        (
            "uses: goreleaser/goreleaser-action@v6\n        with: {args: 'release --skip=announce,publish'}",
            [],
        ),
        ("uses: goreleaser/goreleaser-action@v6\n        with: {args: 'release --skip=ko'}", FIRST),
        ("uses: goreleaser/goreleaser-action@v6\n        with: {args: build}", []),
        ("uses: goreleaser/goreleaser-action@v6\n        with: {args: 'release -f gone.yaml'}", ["*"]),
        ("uses: goreleaser/goreleaser-action@v6", []),
        ("run: goreleaser release --clean --skip docker", ["ghcr.io/acme/api:latest"]),
        (
            "run: NEXT=1 goreleaser release --skip ko",
            [
                *FIRST,
                *("acme/web:next", "acme/web:nightly", "ghcr.io/acme/web:next", "ghcr.io/acme/web:nightly"),
            ],
        ),
        ("run: goreleaser check", []),
    ],
)
def test_what_a_release_pushes(step: str, expected: list[str], tmp_path: Path) -> None:
    text = f"on: push\njobs:\n  publish:\n    runs-on: ubuntu-24.04\n    steps:\n      - {step}\n"
    files = {
        ".github/workflows/publish.yml": text,
        ".goreleaser.yaml": CONFIG,
        "go.mod": "module github.com/acme/shop\n",
    }
    found = published(tmp_path, files)
    assert sorted(r.template.shown for each in found for r in each.references) == sorted(expected)


def test_what_depends_on_the_release_is_not_certain(tmp_path: Path) -> None:
    text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{run: goreleaser release}]\n"
    config = "dockers: [{image_templates: ['{{ if not .Prerelease }}acme/{{ .ProjectName }}{{ end }}', 'acme/web']}]\n"
    found = published(tmp_path, {".github/workflows/a.yml": text, ".goreleaser.yml": config})
    assert [(each.image.shown, each.basis.kind) for each in found] == [
        ("acme/shop", "assumed"),
        ("acme/web", "known"),
    ]


def test_without_its_configuration_nothing_is_sure(tmp_path: Path) -> None:
    text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{run: goreleaser release}]\n"
    (publication,) = published(tmp_path, {".github/workflows/a.yml": text})
    assert (publication.image.pattern, publication.basis.kind) == ("*", "unknown")
