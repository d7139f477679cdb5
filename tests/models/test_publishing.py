"""What workflows publish, over whole small repositories."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lading.models.publishing import Publication
from lading.session import Request, open_session
from tests.support import write_files

Load = Callable[..., tuple[Publication, ...]]

LOGIN = """\
      - uses: docker/login-action@v4
        with:
          registry: ghcr.io
          username: ${{ github.actor }}
          password: ${{ secrets.GITHUB_TOKEN }}
"""


def workflow(steps: str, *, on: str = "push", more: str = "") -> str:
    return f"on: {on}\n{more}jobs:\n  publish:\n    runs-on: ubuntu-24.04\n    steps:\n{LOGIN}{steps}"


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(files: dict[str, str], repository: str = "acme/shop") -> tuple[Publication, ...]:
        write_files(tmp_path, files)
        owner, _, name = repository.partition("/")
        session = open_session(Request(root=str(tmp_path), owner=owner, repo=name, environment={}))
        return session.repository.publications

    return load


def of_steps(load: Load, steps: str, **options: Any) -> list[tuple[str, list[str]]]:
    files = {".github/workflows/publish.yml": workflow(steps, **options)}
    return [(p.image.shown, [tag.shown for tag in p.tags]) for p in load(files)]


@pytest.mark.parametrize(
    ("run", "images"),
    [
        ("docker push ghcr.io/acme/shop:1", [("ghcr.io/acme/shop", ["1"])]),
        ("sudo docker image push ghcr.io/acme/shop", [("ghcr.io/acme/shop", [])]),
        ("docker push --all-tags ghcr.io/acme/shop", [("ghcr.io/acme/shop", [])]),
        ("docker build -t ghcr.io/acme/shop:1 --push .", [("ghcr.io/acme/shop", ["1"])]),
        ("docker build -t ghcr.io/acme/shop:1 .", []),
        ("docker buildx build --push -ta/b:1 --tag=a/b:2 .", [("a/b", ["1", "2"])]),
        ("docker buildx build -o type=registry,name=a/b:1 .", [("a/b", ["1"])]),
        ("docker buildx build -o type=registry,name=target -t a/b:1 .", [("a/b", ["1"])]),
        ("docker buildx imagetools create -t a/b:1 a/b:2", [("a/b", ["1"])]),
        ("docker buildx imagetools create --dry-run -t a/b:1 a/b:2", []),
        ("podman push shop docker://quay.io/acme/shop:1", [("quay.io/acme/shop", ["1"])]),
        ("skopeo copy docker://a/b:1 docker://quay.io/acme/shop:1", [("quay.io/acme/shop", ["1"])]),
        ("skopeo copy docker://a/b:1 dir:out", []),
        ("skopeo copy docker://a/b:1 oci-archive:///tmp/out.tar:1", []),
        ("buildah push a/b:1 containers-storage:shop:1", []),
        ("crane copy a/b:1 ghcr.io/acme/shop:1", [("ghcr.io/acme/shop", ["1"])]),
        ("crane tag ghcr.io/acme/shop:1 stable", [("ghcr.io/acme/shop", ["stable"])]),
        ("helm push shop-1.tgz oci://ghcr.io/acme/charts", [("ghcr.io/acme/charts/*", [])]),
        ("KO_DOCKER_REPO=ghcr.io/acme ko build --bare ./cmd/api", [("ghcr.io/acme", [])]),
        ("docker compose push", [("*", [])]),
        ("docker tag a b/c:1; docker push -a b/c", [("b/c", ["1"])]),
        (
            "docker run gcr.io/kaniko-project/executor:v1 -d a/b:1 --destination=a/c",
            [("a/b", ["1"]), ("a/c", [])],
        ),
        ("docker run gcr.io/kaniko-project/executor:v1 -d a/b:1 --no-push", []),
        ("/kaniko/executor --context . --destination ghcr.io/acme/shop:1", [("ghcr.io/acme/shop", ["1"])]),
        ("podman push a oci-archive:x.tar", []),
        ("podman manifest push --all shop docker://quay.io/acme/shop:1", [("quay.io/acme/shop", ["1"])]),
        ("buildah push --creds a:b shop docker://quay.io/acme/shop:1", [("quay.io/acme/shop", ["1"])]),
        ("buildah commit c docker://quay.io/acme/shop:1", [("quay.io/acme/shop", ["1"])]),
        ("buildah commit c shop", []),
        ("nerdctl push quay.io/acme/shop:1", [("quay.io/acme/shop", ["1"])]),
        ("skopeo sync --src docker --dest docker a.io/b/shop:1 quay.io/acme", [("quay.io/acme/shop", ["1"])]),
        ("skopeo sync --src yaml --dest docker list.yml quay.io/acme", [("quay.io/acme/*", [])]),
        ("skopeo sync --src docker --dest dir a.io/b/shop out", []),
        ("crane push image.tar ghcr.io/acme/shop:1", [("ghcr.io/acme/shop", ["1"])]),
        ("crane append -f l.tar -t ghcr.io/acme/shop:1", [("ghcr.io/acme/shop", ["1"])]),
        ("crane append -f l.tar -t ghcr.io/acme/shop:1 -o shop.tar", []),
        ("crane index append -m a/b -t ghcr.io/acme/shop:1", [("ghcr.io/acme/shop", ["1"])]),
        ("crane manifest ghcr.io/acme/shop:1", []),
        (
            "apko publish --arch x86_64 shop.yaml ghcr.io/acme/shop:1 a/b",
            [("ghcr.io/acme/shop", ["1"]), ("a/b", [])],
        ),
        ("apko publish --local shop.yaml shop:1", []),
        ("apko build shop.yaml shop:1 shop.tar", []),
        ("depot build --project x --push -t ghcr.io/acme/shop:1 .", [("ghcr.io/acme/shop", ["1"])]),
        ("depot build -t ghcr.io/acme/shop:1 .", []),
        ("depot bake --project x --push --set *.tags=a/b:1", [("a/b", ["1"])]),
        ("devcontainer build --push true --image-name a/b:1 --image-name a/b:2", [("a/b", ["1", "2"])]),
        ("devcontainer build --push false --image-name a/b:1", []),
        ("devcontainer build --image-name a/b:1", []),
        ("regctl image copy a/b ghcr.io/acme/shop:1", [("ghcr.io/acme/shop", ["1"])]),
        ("regctl image copy a/b ocidir://x", []),
        ("regctl image import ocidir://out/app:v1 app.tar", []),
        ("regctl image mod a/b --create ocidir://out/app:v1", []),
        ("regctl artifact put ocidir://out/app:v1", []),
        ("regctl image import ghcr.io/acme/shop:1 app.tar", [("ghcr.io/acme/shop", ["1"])]),
        ("regctl index create ghcr.io/acme/shop:1 --ref a/b", [("ghcr.io/acme/shop", ["1"])]),
        ("oras cp ghcr.io/acme/shop:1 --to-oci-layout-path out ghcr.io/acme/shop:1", []),
        ("oras push ghcr.io/acme/shop:1,2 file.txt", [("ghcr.io/acme/shop", ["1", "2"])]),
        ("oras push --oci-layout dir:1 file.txt", []),
        ("oras tag ghcr.io/acme/shop:1 a b", [("ghcr.io/acme/shop", ["a", "b"])]),
        ("oras cp a/b:1 ghcr.io/acme/shop:1", [("ghcr.io/acme/shop", ["1"])]),
        ("oras pull ghcr.io/acme/shop:1", []),
        ("helm push shop-1.4.0.tgz oci://ghcr.io/acme/charts/", [("ghcr.io/acme/charts/shop", [])]),
        ("mvn compile jib:build -Djib.to.image=ghcr.io/acme/shop:1", [("ghcr.io/acme/shop", ["1"])]),
        ("./gradlew jib --image=ghcr.io/acme/shop -Djib.to.tags=1,2", [("ghcr.io/acme/shop", ["1", "2"])]),
        ("mvn jib:dockerBuild -Djib.to.image=ghcr.io/acme/shop:1", []),
        (
            "mvn spring-boot:build-image -Dspring-boot.build-image.publish=true -Dspring-boot.build-image.imageName=a/b",
            [("a/b", [])],
        ),
        ("./gradlew bootBuildImage --imageName=a/b --publishImage", [("a/b", [])]),
        ("./gradlew bootBuildImage --imageName=a/b", []),
        (
            "mvn package -Dquarkus.container-image.push=true -Dquarkus.container-image.image=a/b:1",
            [("a/b", ["1"])],
        ),
        (
            "pack build ghcr.io/acme/shop:1 --builder x/y -t ghcr.io/acme/shop:2 --publish",
            [("ghcr.io/acme/shop", ["1", "2"])],
        ),
        ("pack build ghcr.io/acme/shop:1 --builder x/y", []),
        ("earthly --push +all", [("*", [])]),
        ("cosign copy a/b:1 ghcr.io/acme/shop:1", [("ghcr.io/acme/shop", ["1"])]),
        ("cosign sign --yes ghcr.io/acme/shop@sha256:1", []),
        (
            "KO_DOCKER_REPO=ghcr.io/acme ko build -B -t 1,2 example.com/shop/cmd/api",
            [("ghcr.io/acme/api", ["1", "2"])],
        ),
        ("KO_DOCKER_REPO=ko.local ko build ./cmd/api", []),
        (
            "KO_DOCKER_REPO=ghcr.io/acme ko build github.com/acme/shop",
            [("ghcr.io/acme/shop-e94e8e7327f2795fb69ebc9641812f8d", [])],
        ),
        ("ko build ./cmd/api", [("$KO_DOCKER_REPO", [])]),
        ("git push origin main", []),
    ],
)
def test_commands_push(load: Load, run: str, images: list[tuple[str, list[str]]]) -> None:
    assert of_steps(load, f"      - run: {run}\n") == images


@pytest.mark.parametrize(
    ("inputs", "images"),
    [
        ("{push: true, tags: 'a/b:1,a/c:2'}", [("a/b", ["1"]), ("a/c", ["2"])]),
        ("{push: false, tags: 'a/b:1'}", []),
        ("{tags: 'a/b:1'}", []),
        ("{push: '${{ github.event_name == ''push'' }}', tags: 'a/b:1'}", [("a/b", ["1"])]),
        ("{push: '${{ github.event_name != ''push'' }}', tags: 'a/b:1'}", []),
        ("{outputs: 'type=registry', tags: 'a/b:1'}", [("a/b", ["1"])]),
        ("{outputs: 'type=image,\"name=a/b,a/c\",push=true'}", [("a/b", []), ("a/c", [])]),
        ("{outputs: 'type=docker', tags: 'a/b:1'}", []),
        ("{outputs: '${{ vars.OUTPUT }}', tags: 'a/b:1'}", [("a/b", ["1"])]),
        ("{outputs: 'type=${{ vars.TYPE }},dest=x', tags: 'a/b:1'}", []),
        ("{outputs: '${{ vars.PUSH && ''type=image,name=a/b,push=true'' || '''' }}'}", [("a/b", [])]),
        ("{outputs: '${{ vars.TAR && ''type=tar'' || ''type=docker'' }}', tags: 'a/b:1'}", []),
        ("{push: true, outputs: 'type=image,name=target', tags: 'a/b:1'}", [("a/b", ["1"])]),
        ("{outputs: 'type=image,name=a/b,push=true,push-by-digest=true'}", [("a/b", [])]),
    ],
)
def test_build_push_action_pushes(load: Load, inputs: str, images: list[tuple[str, list[str]]]) -> None:
    assert of_steps(load, f"      - uses: docker/build-push-action@v7\n        with: {inputs}\n") == images


def test_metadata_gives_names_in_small_letters_and_a_tag_for_each_rule(load: Load) -> None:
    steps = """\
      - id: meta
        uses: docker/metadata-action@v6
        with:
          images: |
            ghcr.io/${{ github.repository }}
            acme/shop
          tags: |
            type=sha
            type=raw,value=latest
            type=raw,value=off,enable=false
      - uses: docker/build-push-action@v7
        with:
          push: true
          tags: ${{ steps.meta.outputs.tags }}
"""
    files = {".github/workflows/publish.yml": workflow(steps)}
    found = [(p.image.shown, [tag.shown for tag in p.tags]) for p in load(files, "AcmeOrg/Shop")]
    assert found == [
        ("ghcr.io/acmeorg/shop", ["latest", "sha-{{sha}}"]),
        ("acme/shop", ["latest", "sha-{{sha}}"]),
    ]


def test_the_digests_of_a_matrix_are_tagged_with_jq(load: Load) -> None:
    steps = """\
      - id: meta
        uses: docker/metadata-action@v6
        with: {images: ghcr.io/acme/shop, tags: "type=raw,value=1.4"}
      - run: |
          docker buildx imagetools create $(jq -cr '.tags | map("-t " + .) | join(" ")' <<< "$DOCKER_METADATA_OUTPUT_JSON") \\
            $(printf 'ghcr.io/acme/shop@sha256:%s ' *)
"""
    assert of_steps(load, steps) == [("ghcr.io/acme/shop", ["1.4"])]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("run: cosign sign --yes ghcr.io/acme/shop@sha256:1", [("ghcr.io/acme/shop", "signature")]),
        ("run: cosign attest --predicate a.json ghcr.io/acme/shop:1", [("ghcr.io/acme/shop", "attestation")]),
        ("run: cosign attach sbom --sbom a.json ghcr.io/acme/shop:1", [("ghcr.io/acme/shop", "artifact")]),
        ("run: cosign sign-blob a.txt", []),
        ("run: cosign verify ghcr.io/acme/shop:1", []),
        (
            "uses: actions/attest@v4\n        with: {subject-name: ghcr.io/Acme/Shop, push-to-registry: true}",
            [("ghcr.io/acme/shop", "attestation")],
        ),
        ("uses: actions/attest@v4\n        with: {subject-name: ghcr.io/Acme/Shop}", []),
        (
            "uses: docker/build-push-action@v7\n        with: {cache-to: 'type=registry,ref=ghcr.io/acme/shop:cache'}",
            [("ghcr.io/acme/shop", "cache")],
        ),
        ("uses: docker/build-push-action@v7\n        with: {cache-to: 'type=gha'}", []),
        (
            "run: docker build --push -t a/b --cache-to type=registry,ref=a/b:cache .",
            [("a/b", "cache"), ("a/b", "image")],
        ),
    ],
)
def test_what_is_written_beside_images_is_no_publication(
    load: Load, tmp_path: Path, step: str, expected: list[tuple[str, str]]
) -> None:
    write_files(tmp_path, {".github/workflows/publish.yml": workflow(f"      - {step}\n")})
    session = open_session(Request(root=str(tmp_path), owner="acme", repo="shop", environment={}))
    writes = session.repository.writes
    assert [(each.image.shown, each.kind) for each in writes] == expected
    assert {each.kind for each in session.repository.publications} <= {"image", "artifact"}


COMPOSE = """\
services:
  api:
    build: {context: ., tags: ["ghcr.io/acme/api:extra"]}
    image: ghcr.io/acme/api:${TAG}
  web:
    build: .
    image: ghcr.io/acme/web:1
  debug:
    build: .
    image: ghcr.io/acme/debug:1
    profiles: [debug]
  db:
    image: postgres:17
  local:
    build: .
"""


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("docker compose push", ["ghcr.io/acme/api:2", "ghcr.io/acme/api:extra", "ghcr.io/acme/web:1"]),
        ("docker compose push web", ["ghcr.io/acme/web:1"]),
        ("docker compose --profile debug push debug", ["ghcr.io/acme/debug:1"]),
        ("docker compose -f compose.yaml build --push web", ["ghcr.io/acme/web:1"]),
        ("docker-compose push web", ["ghcr.io/acme/web:1"]),
        ("docker compose build web", []),
        ("docker compose -f gone.yaml push web", ["*"]),
    ],
)
def test_compose_pushes_what_its_services_are_built_as(load: Load, run: str, expected: list[str]) -> None:
    steps = f"      - {{run: '{run}', env: {{TAG: '2'}}}}\n"
    found = load({".github/workflows/publish.yml": workflow(steps), "compose.yaml": COMPOSE})
    assert [r.template.shown for each in found for r in each.references] == expected


def test_a_build_file_of_java_names_the_image(load: Load) -> None:
    pom = "<project><properties><registry>ghcr.io/acme</registry></properties><to><image>${registry}/shop:${v}</image></to></project>"
    found = load(
        {".github/workflows/p.yml": workflow("      - run: mvn compile jib:build\n"), "pom.xml": pom}
    )
    assert [r.template.shown for each in found for r in each.references] == ["ghcr.io/acme/shop:${v}"]


def test_names_of_one_leg_belong_together(load: Load) -> None:
    text = """\
on: push
jobs:
  publish:
    runs-on: ubuntu-24.04
    strategy:
      matrix:
        include:
          - {name: api, tag: "1"}
          - {name: web, tag: "2"}
    steps:
      - run: docker push acme/${{ matrix.name }}:${{ matrix.tag }}
"""
    found = [
        (p.image.shown, [t.shown for t in p.tags]) for p in load({".github/workflows/publish.yml": text})
    ]
    assert found == [("acme/api", ["1"]), ("acme/web", ["2"])]


def test_outputs_of_jobs_and_steps_and_the_environment_are_followed(load: Load) -> None:
    text = """\
on: push
env:
  REGISTRY: ghcr.io
jobs:
  name:
    runs-on: ubuntu-24.04
    outputs:
      image: ${{ steps.lower.outputs.image }}
    steps:
      - id: lower
        run: echo "image=${GITHUB_REPOSITORY,,}" >> "$GITHUB_OUTPUT"
  publish:
    needs: name
    runs-on: ubuntu-24.04
    steps:
      - run: echo "TAG=1.4" >> "$GITHUB_ENV"
      - uses: docker/build-push-action@v7
        with:
          push: true
          tags: ${{ env.REGISTRY }}/${{ needs.name.outputs.image }}:${{ env.TAG }}
"""
    (publication,) = load({".github/workflows/publish.yml": text}, "AcmeOrg/Shop")
    assert publication.references[0].template.shown == "ghcr.io/acmeorg/shop:1.4"


CALLED = """\
on:
  workflow_call:
    inputs:
      name: {type: string, required: true}
    secrets:
      token: {required: true}
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: docker/login-action@v4
        with: {registry: ghcr.io, username: acme, password: "${{ secrets.token }}"}
      - run: docker push ghcr.io/acme/${{ inputs.name }}:1
"""


def test_a_called_workflow_has_the_inputs_secrets_and_permissions_of_its_callers(load: Load) -> None:
    caller = """\
on: {on}
jobs:
  call:
    permissions: {{contents: read, packages: {level}}}
    uses: ./.github/workflows/image.yml
    with: {{name: {name}}}
    secrets: {{token: "${{{{ secrets.{secret} }}}}"}}
"""
    files = {
        ".github/workflows/image.yml": CALLED,
        ".github/workflows/a.yml": caller.format(on="push", level="write", name="api", secret="GITHUB_TOKEN"),
        ".github/workflows/b.yml": caller.format(on="release", level="read", name="web", secret="PAT"),
    }
    found = [
        (p.image.shown, p.credential, p.events, [token.level("packages") for token in p.permissions])
        for p in load(files)
    ]
    assert found == [
        ("ghcr.io/acme/api", "GITHUB_TOKEN", ("push",), ["write"]),
        ("ghcr.io/acme/web", "secret:PAT", ("release",), ["read"]),
    ]


def test_a_composite_action_of_the_repository_is_looked_into(load: Load) -> None:
    action = """\
name: build
inputs:
  image: {required: true}
  tag: {default: latest}
runs:
  using: composite
  steps:
    - run: docker push ${{ inputs.image }}:${{ inputs.tag }}
      shell: bash
"""
    steps = "      - uses: ./.github/actions/build\n        with: {image: ghcr.io/acme/shop}\n"
    files = {".github/actions/build/action.yml": action, ".github/workflows/publish.yml": workflow(steps)}
    (publication,) = load(files)
    assert (
        publication.references[0].template.shown,
        publication.node.source.path,
        publication.credential,
    ) == (
        "ghcr.io/acme/shop:latest",
        ".github/actions/build/action.yml",
        "GITHUB_TOKEN",
    )


@pytest.mark.parametrize(
    ("condition", "events", "kind"),
    [
        ("github.event_name == 'push'", ("push",), "known"),
        ("github.event_name != 'pull_request'", ("push", "release"), "known"),
        ("github.repository == 'acme/shop'", ("push", "pull_request", "release"), "known"),
        ("github.actor == 'octocat'", ("push", "pull_request", "release"), "assumed"),
    ],
)
def test_conditions_decide_which_events_push(
    load: Load, condition: str, events: tuple[str, ...], kind: str
) -> None:
    steps = f"      - if: {condition}\n        run: docker push ghcr.io/acme/shop:1\n"
    files = {".github/workflows/publish.yml": workflow(steps, on="[push, pull_request, release]")}
    (publication,) = load(files)
    assert (publication.events, publication.basis.kind) == (events, kind)


SMITHERS = "mr-smithers-excellent/docker-build-push@v6"
KANIKO = "aevea/action-kaniko@v0.14"
WHOAN = "whoan/docker-build-with-cache-action@v8"


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (
            f"{SMITHERS}\n        with: {{image: web, registry: ghcr.io, tags: '1, 2'}}",
            ["ghcr.io/acme/web:1", "ghcr.io/acme/web:2"],
        ),
        (
            f"{SMITHERS}\n        with: {{image: web, registry: ghcr.io, githubOrg: Other}}",
            ["ghcr.io/other/web:*"],
        ),
        (f"{SMITHERS}\n        with: {{image: a/web, registry: docker.io, tags: 1, pushImage: false}}", []),
        (f"{KANIKO}\n        with: {{image: web, registry: ghcr.io, tag: 1}}", ["ghcr.io/acme/shop/web:1"]),
        (f"{KANIKO}\n        with: {{image: acme/web}}", ["acme/web:*"]),
        (
            f"{WHOAN}\n        with: {{image_name: web, username: Me, registry: ghcr.io}}",
            ["ghcr.io/me/web:latest"],
        ),
        (
            f"{WHOAN}\n        with: {{image_name: acme/web, username: me, image_tag: 'a,b'}}",
            ["acme/web:a", "acme/web:b"],
        ),
        (f"{WHOAN}\n        with: {{image_name: acme/web, push_image_and_stages: false}}", []),
        (
            "devcontainers/ci@v0.3\n        with: {imageName: ghcr.io/acme/dev, imageTag: 'a, b'}",
            ["ghcr.io/acme/dev:a", "ghcr.io/acme/dev:b"],
        ),
        (
            "devcontainers/ci@v0.3\n        with: {imageName: ghcr.io/acme/dev, push: always}",
            ["ghcr.io/acme/dev:latest"],
        ),
        ("devcontainers/ci@v0.3\n        with: {imageName: ghcr.io/acme/dev, push: never}", []),
        (
            "devcontainers/ci@v0.3\n        with: {imageName: ghcr.io/acme/dev, eventFilterForPush: release}",
            [],
        ),
        (
            "devcontainers/ci@v0.3\n        with: {imageName: ghcr.io/acme/dev, refFilterForPush: refs/heads/next}",
            [],
        ),
        ("devcontainers/ci@v0.3\n        with: {push: always}", []),
    ],
)
def test_actions_push_what_their_inputs_say(load: Load, step: str, expected: list[str]) -> None:
    text = (
        "on:\n  push:\n    branches: [main]\njobs:\n  publish:\n    runs-on: ubuntu-24.04\n"
        f"    steps:\n      - uses: {step}\n"
    )
    found = load({".github/workflows/publish.yml": text})
    assert [r.template.pattern for p in found for r in p.references] == expected


@pytest.mark.parametrize(
    ("before", "script", "credential"),
    [
        ("", "ko build --bare .", "GITHUB_TOKEN"),
        ("", "apko publish shop.yaml ghcr.io/acme/shop:1", "GITHUB_TOKEN"),
        ("", "apko publish shop.yaml quay.io/acme/shop:1", "none"),
        ("docker login ghcr.io -u a -p ${{ secrets.PAT }} && ", "ko build --bare .", "secret:PAT"),
    ],
)
def test_ko_and_apko_try_the_token_of_the_environment(
    load: Load, before: str, script: str, credential: str
) -> None:
    text = (
        "on: push\njobs:\n  publish:\n    runs-on: ubuntu-24.04\n"
        "    env: {GITHUB_TOKEN: '${{ secrets.GITHUB_TOKEN }}', KO_DOCKER_REPO: ghcr.io/acme/shop}\n"
        f"    steps:\n      - run: {before}{script}\n"
    )
    (publication,) = load({".github/workflows/publish.yml": text})
    assert publication.credential == credential


EARTHFILE = """\
VERSION 0.8
FROM alpine:3.22
docs:  # no image
    RUN --push echo docs
image:
    ARG TAG=1
    FROM +base-image
    SAVE IMAGE --push --cache-from=ghcr.io/acme/shop:main ghcr.io/acme/shop:$TAG \\
        ghcr.io/acme/shop:latest
base-image:
    SAVE IMAGE --push ghcr.io/acme/base:1
local:
    SAVE IMAGE shop:1
all:
    BUILD +docs
    BUILD --platform=linux/arm64 +image --TAG=2
    DO +SIGN
SIGN:
    FUNCTION
    RUN cosign
elsewhere:
    BUILD ./other+image
"""


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("earthly --push --ci +docs", []),
        ("earthly --push +local", []),
        ("earthly --push +image --TAG=3", ["ghcr.io/acme/shop:$TAG", "ghcr.io/acme/shop:latest"]),
        ("earthly --push +all", ["ghcr.io/acme/shop:$TAG", "ghcr.io/acme/shop:latest"]),
        ("earthly --push ./sub/..+base-image", ["ghcr.io/acme/base:1"]),
        ("earthly --push +elsewhere", ["*"]),
        ("earthly --push +gone", ["*"]),
        ("earthly --push github.com/acme/other+image", ["*"]),
        ("earthly --push +$TARGET", ["*"]),
        ("earthly +image", []),
    ],
)
def test_earthly_pushes_what_the_target_that_is_asked_for_builds(
    load: Load, command: str, expected: list[str]
) -> None:
    files = {".github/workflows/p.yml": workflow(f"      - run: {command}\n"), "Earthfile": EARTHFILE}
    assert [r.template.shown for p in load(files) for r in p.references] == expected


@pytest.mark.parametrize(
    ("username", "credential"), [(" -Djib.to.auth.username=a", "secret:PAT"), ("", "GITHUB_TOKEN")]
)
def test_jib_logs_in_with_its_properties(load: Load, username: str, credential: str) -> None:
    """A password alone counts for nothing; then the login before it does."""
    script = (
        f"mvn jib:build -Dimage=ghcr.io/acme/shop:1{username} -Djib.to.auth.password=${{{{ secrets.PAT }}}}"
    )
    (publication,) = load({".github/workflows/p.yml": workflow(f"      - run: {script}\n")})
    assert publication.credential == credential


@pytest.mark.parametrize(
    ("steps", "credential"),
    [
        ("", "none"),
        (
            "      - run: echo ${{ github.token }} | docker login ghcr.io -u a --password-stdin\n",
            "GITHUB_TOKEN",
        ),
        ("      - run: docker login -u a -p '${{ secrets.PAT }}' ghcr.io\n", "secret:PAT"),
        ("      - run: docker login -u a -p '${{ secrets.PAT }}'\n", "none"),
        (
            "      - env: {T: '${{ secrets.GITHUB_TOKEN }}'}\n        run: docker login ghcr.io -u a -p $T\n",
            "GITHUB_TOKEN",
        ),
        (
            "      - uses: docker/login-action@v4\n        with: {registry: '${{ vars.R }}', password: x}\n",
            "unknown",
        ),
    ],
)
def test_the_credential_is_that_of_the_login_to_the_same_host(
    load: Load, steps: str, credential: str
) -> None:
    text = (
        "on: push\njobs:\n  publish:\n    runs-on: ubuntu-24.04\n    steps:\n"
        f"{steps}      - run: docker push ghcr.io/acme/shop:1\n"
    )
    (publication,) = load({".github/workflows/publish.yml": text})
    assert publication.credential == credential


_BY_TOKEN = "login ghcr.io -u a -p ${{ secrets.GITHUB_TOKEN }}"
_BY_SECRET = "login ghcr.io -u a -p ${{ secrets.PAT }}"


@pytest.mark.parametrize(
    ("lines", "credential"),
    [
        ([f"podman {_BY_SECRET}", f"docker {_BY_TOKEN}", "podman push ghcr.io/acme/shop:1"], "secret:PAT"),
        ([f"docker {_BY_TOKEN}", f"podman {_BY_SECRET}", "docker push ghcr.io/acme/shop:1"], "GITHUB_TOKEN"),
        ([f"docker {_BY_TOKEN}", "podman push ghcr.io/acme/shop:1"], "GITHUB_TOKEN"),
        ([f"podman {_BY_TOKEN}", f"buildah {_BY_SECRET}", "podman push ghcr.io/acme/shop:1"], "secret:PAT"),
        ([f"skopeo {_BY_SECRET}", f"crane auth {_BY_TOKEN}", "skopeo copy docker://a docker://ghcr.io/acme/a"], "secret:PAT"),
        ([f"helm registry {_BY_SECRET}", f"docker {_BY_TOKEN}", "helm push a-1.0.0.tgz oci://ghcr.io/acme"], "secret:PAT"),
        ([f"helm registry {_BY_SECRET}", f"docker {_BY_TOKEN}", "docker push ghcr.io/acme/shop:1"], "GITHUB_TOKEN"),
        ([f"docker {_BY_TOKEN}", f"regctl registry {_BY_SECRET}", "regctl image copy a ghcr.io/acme/a"], "secret:PAT"),
        ([f"docker {_BY_TOKEN}", f"podman {_BY_SECRET} --authfile a", "podman push --authfile a ghcr.io/acme/a"], "unknown"),
        ([f"podman {_BY_SECRET} --authfile a", f"podman {_BY_TOKEN}", "podman push ghcr.io/acme/a"], "GITHUB_TOKEN"),
        ([f"podman {_BY_TOKEN}", f"podman {_BY_SECRET} --compat-auth-file a", "docker push ghcr.io/acme/a"], "secret:PAT"),
        ([f"docker {_BY_TOKEN}", f"podman {_BY_SECRET} --compat-auth-file a", "docker push ghcr.io/acme/a"], "unknown"),
    ],
)  # fmt: skip
def test_a_tool_knows_the_logins_in_the_files_that_it_reads(
    load: Load, lines: list[str], credential: str
) -> None:
    script = "".join(f"          {line}\n" for line in lines)
    text = f"on: push\njobs:\n  publish:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: |\n{script}"
    (publication,) = load({".github/workflows/publish.yml": text})
    assert publication.credential == credential


def test_podman_login_is_known_to_docker_too(load: Load) -> None:
    text = (
        "on: push\njobs:\n  publish:\n    runs-on: ubuntu-24.04\n    steps:\n"
        f"      - run: docker {_BY_TOKEN}\n"
        "      - uses: redhat-actions/podman-login@v1\n"
        "        with: {registry: ghcr.io, username: a, password: '${{ secrets.PAT }}'}\n"
        "      - run: docker push ghcr.io/acme/shop:1\n"
    )
    (publication,) = load({".github/workflows/publish.yml": text})
    assert publication.credential == "secret:PAT"


@pytest.mark.parametrize("login", ["registry-1.docker.io", "docker.io"])
@pytest.mark.parametrize("host", ["registry-1.docker.io", "docker.io"])
def test_the_server_of_docker_hub_is_docker_hub(load: Load, login: str, host: str) -> None:
    steps = (
        f"      - run: helm registry login {login} -u a -p '${{{{ secrets.PAT }}}}'\n"
        f"      - run: helm push shop-1.tgz oci://{host}/acme\n"
    )
    (publication,) = load({".github/workflows/publish.yml": workflow(steps)})
    assert (publication.registry, publication.credential) == ("docker.io", "secret:PAT")


_HUB_USER = "${{ secrets.HUB_USER }}"
_AT_HUB = (
    "      - uses: docker/login-action@v4\n        with: {username: '%s', password: '${{ secrets.HUB }}'}\n"
)
_ON_HUB = ("docker.io", "secret:HUB")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (_AT_HUB % _HUB_USER + f"      - run: docker push {_HUB_USER}/shop:1\n", _ON_HUB),
        (
            f"      - run: docker login -u {_HUB_USER} -p ${{{{ secrets.HUB }}}}\n"
            f"      - run: docker push {_HUB_USER}/shop\n",
            _ON_HUB,
        ),
        (
            f"      - env: {{U: '{_HUB_USER}', P: '${{{{ secrets.HUB }}}}'}}\n        run: |\n"
            '          echo "$P" | docker login --username "$U" --password-stdin\n'
            '          docker push "$U/shop:1"\n',
            _ON_HUB,
        ),
        (_AT_HUB % _HUB_USER + "      - run: docker push ${{ secrets.OTHER }}/shop:1\n", (None, "unknown")),
        (_AT_HUB % _HUB_USER + f"      - run: docker push {_HUB_USER}.example.com/shop\n", (None, "unknown")),
        (_AT_HUB % _HUB_USER + f"      - run: docker push x-{_HUB_USER}/shop\n", (None, "unknown")),
        (_AT_HUB % _HUB_USER + f"      - run: docker push {_HUB_USER}\n", (None, "unknown")),
        (
            f"      - run: docker login quay.io -u {_HUB_USER} -p ${{{{ secrets.HUB }}}}\n"
            f"      - run: docker push {_HUB_USER}/shop\n",
            (None, "unknown"),
        ),
    ],
)
def test_the_name_that_logs_in_to_docker_hub_is_no_host(
    load: Load, steps: str, expected: tuple[str | None, str]
) -> None:
    text = f"on: push\njobs:\n  publish:\n    runs-on: ubuntu-24.04\n    steps:\n{steps}"
    (publication,) = load({".github/workflows/publish.yml": text})
    assert (publication.registry, publication.credential) == expected


def test_a_condition_on_an_unread_step_is_open(load: Load) -> None:
    steps = """\
      - id: changes
        uses: dorny/paths-filter@v3
      - if: steps.changes.outputs.api == 'true'
        run: docker push ghcr.io/acme/shop:1
"""
    (publication,) = load({".github/workflows/publish.yml": workflow(steps)})
    assert publication.basis.kind == "assumed"


def test_ko_reads_its_repository_from_the_environment(load: Load) -> None:
    steps = "      - env: {KO_DOCKER_REPO: ghcr.io/acme/shop}\n        run: ko build --bare ./cmd/api\n"
    assert of_steps(load, steps) == [("ghcr.io/acme/shop", [])]


def test_a_job_is_skipped_with_the_jobs_it_needs(load: Load) -> None:
    text = """\
on: [push, pull_request]
jobs:
  build:
    if: github.event_name == 'push'
    runs-on: ubuntu-24.04
    steps: [{run: make}]
  sign:
    needs: build
    runs-on: ubuntu-24.04
    steps: [{run: make sign}]
  publish:
    needs: [sign]
    runs-on: ubuntu-24.04
    steps: [{run: docker push ghcr.io/acme/shop:1}]
  report:
    needs: [publish]
    if: always()
    runs-on: ubuntu-24.04
    steps: [{run: docker push ghcr.io/acme/report:1}]
"""
    found = [(p.job.id, p.events) for p in load({".github/workflows/publish.yml": text})]
    assert found == [("publish", ("push",)), ("report", ("push", "pull_request"))]


def test_many_jobs_that_need_each_other_take_no_time(load: Load) -> None:
    jobs = "".join(
        f"""\
  j{number}:
    needs: [{", ".join(f"j{n}" for n in range(max(0, number - 3), number))}]
    runs-on: ubuntu-24.04
    outputs: {{name: "${{{{ needs.j{number - 1}.outputs.name }}}}x"}}
    steps: [{{run: "docker push ghcr.io/acme/a${{{{ needs.j{number - 1}.outputs.name }}}}:1"}}]
"""
        for number in range(150)
    )
    found = load({".github/workflows/publish.yml": f"on: push\njobs:\n{jobs}"})
    assert len(found) == 150


UNTOLD = "github.actor == 'acme-bot'"


@pytest.mark.parametrize(
    ("tags", "images"),
    [
        (f"{UNTOLD} && 'ghcr.io/acme/a:1' || 'ghcr.io/acme/b:1'", [("ghcr.io/acme/a", ["1"]), ("ghcr.io/acme/b", ["1"])]),
        (f"{UNTOLD} && 'ghcr.io/acme/a:1' || ''", [("ghcr.io/acme/a", ["1"])]),
        (f"{UNTOLD} && 'ghcr.io/acme/a:1,ghcr.io/acme/b:1' || ''", [("ghcr.io/acme/a", ["1"]), ("ghcr.io/acme/b", ["1"])]),
        (f"{UNTOLD} && format('ghcr.io/acme/a:{{0}}', github.sha) || ''", [("ghcr.io/acme/a", ["*"])]),
        ("format('{0}/shop:{1}', vars.REGISTRY || 'ghcr.io/acme', github.sha)", [("ghcr.io/acme/shop", ["*"])]),
    ],
)  # fmt: skip
def test_names_that_a_condition_chooses(load: Load, tags: str, images: list[tuple[str, list[str]]]) -> None:
    steps = f'      - uses: docker/build-push-action@v6\n        with: {{push: true, tags: "${{{{ {tags} }}}}"}}\n'
    found = load({".github/workflows/publish.yml": workflow(steps)})
    assert images == [(p.image.pattern, [tag.pattern for tag in p.tags]) for p in found]


def test_a_choice_of_tags_is_one_certain_push(load: Load) -> None:
    tags = f"ghcr.io/acme/shop:${{{{ {UNTOLD} && 'latest' || 'edge' }}}}"
    steps = f'      - uses: docker/build-push-action@v6\n        with: {{push: true, tags: "{tags}"}}\n'
    (publication,) = load({".github/workflows/publish.yml": workflow(steps)})
    assert (publication.image.literal, publication.basis.kind) == ("ghcr.io/acme/shop", "known")


def test_a_name_with_an_assumed_part_is_assumed(load: Load) -> None:
    tags = "${{ vars.REGISTRY || 'ghcr.io' }}/acme/shop:1"
    steps = f'      - uses: docker/build-push-action@v6\n        with: {{push: true, tags: "{tags}"}}\n'
    (publication,) = load({".github/workflows/publish.yml": workflow(steps)})
    expected = ("ghcr.io/acme/shop", "assumed", ("unless `vars.REGISTRY` is set",))
    basis = publication.basis
    assert expected == (publication.image.literal, basis.kind, basis.conditions)


def test_a_workflow_of_docker_builds_and_pushes(load: Load) -> None:
    text = """\
on: {push: {branches: [main]}}
jobs:
  build:
    permissions: {contents: read, packages: write, id-token: write}
    uses: docker/github-builder/.github/workflows/build.yml@v1
    with:
      output: image
      push: ${{ github.event_name != 'pull_request' }}
      meta-images: |
        ghcr.io/${{ github.repository }}
        quay.io/acme/shop
      meta-tags: type=ref,event=branch
    secrets:
      registry-auths: |
        - registry: ghcr.io
          username: ${{ github.actor }}
          password: ${{ secrets.GITHUB_TOKEN }}
        - registry: quay.io
          username: acme
          password: ${{ secrets.QUAY }}
  local:
    uses: docker/github-builder/.github/workflows/build.yml@v1
    with: {output: local, push: true, meta-images: acme/shop}
"""
    found = [
        (each.references[0].template.shown, each.credential, each.basis.kind, each.job.id)
        for each in load({".github/workflows/p.yml": text})
    ]
    assert found == [
        ("ghcr.io/acme/shop:main", "GITHUB_TOKEN", "known", "build"),
        ("quay.io/acme/shop:main", "secret:QUAY", "known", "build"),
    ]


@pytest.mark.parametrize(
    ("run", "files", "expected"),
    [
        pytest.param("make push", {}, ["make push"], id="a target of a Makefile that is not there"),
        pytest.param(
            "python tools/release.py --all", {}, ["python tools/release.py --all"], id="another language"
        ),
        pytest.param(
            "./release.sh", {"release.sh": "./gone.sh publish\n"}, ["./release.sh"], id="behind a script"
        ),
        pytest.param(
            "node tools/release/images.mjs",
            {},
            ["node tools/release/images.mjs"],
            id="in a folder of that name",
        ),
        pytest.param("tools/release/watch.sh", {}, [], id="another script of such a folder"),
        pytest.param("./release.sh", {"release.sh": "git tag v1\n"}, [], id="a script that does not push"),
        pytest.param("make push", {"Makefile": "push:\n\ttrue\n"}, [], id="a recipe that does not push"),
        pytest.param("npm publish", {}, [], id="a package of npm"),
        pytest.param("cargo build --release", {}, [], id="another sense of the word"),
        pytest.param("make test", {}, [], id="nothing of the kind"),
        pytest.param("git push", {}, [], id="a push of git"),
    ],
)
def test_behind_a_login_a_push_that_cannot_be_read_is_likely(
    load: Load, run: str, files: dict[str, str], expected: list[str]
) -> None:
    found = load({".github/workflows/publish.yml": workflow(f"      - run: {run}\n"), **files})
    places = [each.place.source.text[each.place.start : each.place.end] for each in found]
    assert places == expected
    assert all((each.basis.kind, each.resolved, each.registry) == ("unknown", "none", None) for each in found)


def test_without_a_login_nothing_is_likely(load: Load) -> None:
    text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{run: make push}]\n"
    assert load({".github/workflows/publish.yml": text}) == ()


def test_setup_ko_hands_on_what_it_is_given(load: Load) -> None:
    given = "      - {uses: ko-build/setup-ko@v0.9, env: {KO_DOCKER_REPO: %s}}\n      - run: ko build --bare ./cmd/api\n"
    for repository, images in (("ko.local", []), ("quay.io/acme/api", ["quay.io/acme/api"])):
        found = load({".github/workflows/publish.yml": workflow(given % repository)}, "acme/shop")
        assert [each.image.shown for each in found] == images


def test_setup_ko_names_the_images_after_the_repository(load: Load) -> None:
    steps = "      - uses: ko-build/setup-ko@v0.9\n      - run: ko build --bare ./cmd/api\n"
    found = load({".github/workflows/publish.yml": workflow(steps)}, "AcmeOrg/Shop")
    assert [(each.image.shown, each.credential) for each in found] == [
        ("ghcr.io/acmeorg/shop", "GITHUB_TOKEN")
    ]
