"""The recognisers that lading brings itself. Their modules are loaded when one of them is asked.

All at once they cost 20 ms to load, four times what the rest of following a workflow does (measured).
"""

from __future__ import annotations

from lading.memory import remembered
from lading.models.recognisers.gates import names_image, pushes_to_registry, told_to_push
from lading.models.recognisers.table import Recogniser, Recognisers
from lading.tables.actions import ECR_LOGIN, LOGINS, PUSHERS, TAGGERS, TOKEN_LOGINS

_HERE = "lading.models.recognisers."
_DOCKER = (
    r"--push|(?:docker|nerdctl|podman|buildah|image|manifest|compose)\b.{0,2000}\bpush\b|imagetools|type=registry"
    r"|\bbuildx\s+bake\b|\bcommit\b.{0,2000}docker://|kaniko-project/|--cache-to"
)
_DOCKER_MARKS = ("push", "imagetools", "type=registry", "bake", "docker://", "kaniko", "--cache-to")
_JAVA_MARKS = ("jib", "build-image", "bootBuildImage", "quarkus.container-image.push")

RECOGNISERS: tuple[Recogniser, ...] = (
    Recogniser(actions=LOGINS, of_action=_HERE + "logins:login_action", may_push=lambda step: False),
    Recogniser(actions=TOKEN_LOGINS, of_action=_HERE + "logins:token_login", may_push=lambda step: False),
    Recogniser(actions=(ECR_LOGIN,), of_action=_HERE + "logins:ecr_login", may_push=lambda step: False),
    Recogniser(actions=("*/build-push-action",), of_action=_HERE + "build:build_push", may_push=told_to_push),
    Recogniser(actions=PUSHERS, of_action=_HERE + "build:push_by_table"),
    Recogniser(actions=TAGGERS, of_action=_HERE + "build:tag_many"),
    Recogniser(actions=("*/bake-action",), of_action=_HERE + "bake:bake_action"),
    Recogniser(
        programs=("docker", "nerdctl"), of_command=_HERE + "docker:docker", hint=_DOCKER, marks=_DOCKER_MARKS
    ),
    Recogniser(
        programs=("podman", "buildah"), of_command=_HERE + "docker:podman", hint=_DOCKER, marks=_DOCKER_MARKS
    ),
    Recogniser(
        programs=("docker-compose", "podman-compose"),
        of_command=_HERE + "compose:compose_alone",
        hint=r"-compose\b.*\bpush\b",
        marks=("push",),
    ),
    Recogniser(programs=("skopeo",), of_command=_HERE + "copies:skopeo", hint=r"\bskopeo\b"),
    Recogniser(
        programs=("crane", "gcrane"), of_command=_HERE + "copies:crane", hint=r"\bg?crane\b", marks=("crane",)
    ),
    Recogniser(programs=("regctl",), of_command=_HERE + "copies:regctl", hint=r"\bregctl\b"),
    Recogniser(
        programs=("helm",), of_command=_HERE + "copies:helm", hint=r"\bhelm\b.*\bpush\b", marks=("push",)
    ),
    Recogniser(
        programs=("oras",),
        of_command=_HERE + "copies:oras",
        hint=r"\boras\b.*\b(?:push|copy|cp|tag|attach|create)\b",
        marks=("oras ",),
    ),
    Recogniser(
        programs=("ko",),
        of_command=_HERE + "ko:ko",
        hint=r"\bko\b.*\b(?:build|publish|resolve|apply|create|run)\b",
        marks=("ko build", "ko publish", "ko resolve", "ko apply", "ko create", "ko run"),
    ),
    Recogniser(
        programs=("apko",),
        of_command=_HERE + "ko:apko",
        hint=r"\bapko\s.*\bpublish\b",
        marks=("apko ",),
    ),
    Recogniser(
        programs=("depot",),
        of_command=_HERE + "docker:depot",
        hint=r"\bdepot\s+(?:build|bake)\b",
        marks=("depot ",),
    ),
    Recogniser(
        actions=("devcontainers/ci",),
        of_action=_HERE + "devcontainers:devcontainer_action",
        may_push=names_image,
    ),
    Recogniser(
        programs=("devcontainer",),
        of_command=_HERE + "devcontainers:devcontainer",
        hint=r"\bdevcontainer\s+build\b",
        marks=("devcontainer ",),
    ),
    Recogniser(actions=("goreleaser/goreleaser-action",), of_action=_HERE + "goreleaser:release_action"),
    Recogniser(
        programs=("goreleaser",),
        of_command=_HERE + "goreleaser:release_command",
        hint=r"\bgoreleaser\b.*\b(?:release|publish|continue)\b",
    ),
    Recogniser(
        programs=("mvn", "mvnw", "gradle", "gradlew", "mvnd"),
        of_command=_HERE + "builders:java",
        hint=r"\bjib\b|build-image|bootBuildImage|quarkus\.container-image\.push",
        marks=_JAVA_MARKS,
    ),
    Recogniser(
        programs=("executor",),
        of_command=_HERE + "builders:kaniko_executor",
        hint=r"\bexecutor\b.*--destination|kaniko",
        marks=("--destination",),
    ),
    Recogniser(
        programs=("pack",), of_command=_HERE + "builders:pack", hint=r"\bpack\s+build\b", marks=("pack ",)
    ),
    Recogniser(programs=("earthly",), of_command=_HERE + "builders:earthly", hint=r"\bearthly\b.*--push"),
    Recogniser(
        programs=("cosign",),
        of_command=_HERE + "signatures:cosign",
        hint=r"\bcosign\s.*\b(?:sign|attest|attach|copy|upload)\b",
    ),
    Recogniser(
        actions=("actions/attest", "actions/attest-build-provenance", "actions/attest-sbom"),
        of_action=_HERE + "signatures:attest",
        may_push=pushes_to_registry,
    ),
    Recogniser(
        actions=(
            "docker/github-builder/.github/workflows/build.yml",
            "docker/github-builder/.github/workflows/bake.yml",
        ),
        of_action=_HERE + "workflows:github_builder",
        may_push=lambda step: "push" in step.inputs,
    ),
)


@remembered(1)
def known() -> Recognisers:
    """Those that are built in, without what plugins bring."""
    return Recognisers(RECOGNISERS)
