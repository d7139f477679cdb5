"""What steps need of the job's token, as data; every row names its source.

`needs` are the scopes without which the step fails; `may` those that it uses where its inputs or the event ask for
it, or where the repository is private. Rows whose `is_verified` is false rest on general knowledge of the interface;
nobody has read them up, so that they never make an error.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Scopes = Mapping[str, str]

PRESENT = "present"
ABSENT = "absent"


class Row:
    """What an action needs.

    - `only`: what its inputs have to be for `needs` to count: `PRESENT`, `ABSENT` (whatever would be given may change
      it), or the text itself
    - `token`: the inputs, and with `$` in front the variables, that give it another token than the job's
    - `by_checkout`: does it push with what actions/checkout has left?
    - `is_seldom`: does it write only when there is something to write?
    """

    __slots__ = ("by_checkout", "is_seldom", "is_verified", "may", "needs", "only", "source", "token")

    def __init__(
        self,
        source: str,
        needs: Scopes,
        *,
        may: Scopes | None = None,
        only: Mapping[str, str] | None = None,
        token: tuple[str, ...] = (),
        is_verified: bool = True,
        by_checkout: bool = False,
        is_seldom: bool = False,
    ) -> None:
        self.source = source
        self.needs = needs
        self.may = may or {}
        self.only = only or {}
        self.token = token
        self.is_verified = is_verified
        self.by_checkout = by_checkout
        self.is_seldom = is_seldom


_ATTEST = {"id-token": "write", "attestations": "write"}
_ATTEST_MAY = {"packages": "write", "artifact-metadata": "write"}
_CONTENTS = {"contents": "write"}
_READ = {"contents": "read"}
_PACKAGES = {"packages": "write"}
_PULLS = {"pull-requests": "write"}
_BOTH = {"contents": "write", "pull-requests": "write"}
_IDENTITY = {"id-token": "write"}
_SARIF = {"security-events": "write"}
_PRIVATE = {"contents": "read", "actions": "read"}
_CHECKS = {"checks": "write"}
_COMMENTS = {"issues": "write", "pull-requests": "write"}
_KNOWLEDGE = "general knowledge of the interface"

ACTIONS: dict[str, Row] = {
    # identity and attestations
    "actions/attest": Row(
        "actions/attest README.md:67,400 at 1e69f48", _ATTEST, may=_ATTEST_MAY, token=("github-token",)
    ),
    "actions/attest-build-provenance": Row(
        "actions/attest-build-provenance README.md at 10334b5",
        _ATTEST,
        may=_ATTEST_MAY,
        token=("github-token",),
    ),
    "actions/attest-sbom": Row(
        "actions/attest-sbom README.md at 5729fe4", _ATTEST, may=_ATTEST_MAY, token=("github-token",)
    ),
    "actions/publish-immutable-action": Row(
        "actions/publish-immutable-action README.md at 4bc8754",
        {"id-token": "write", "packages": "write"},
        may=_READ,
        token=("github-token",),
    ),
    "sigstore/gh-action-sigstore-python": Row(
        "sigstore/gh-action-sigstore-python README.md at 0f4cc42",
        _IDENTITY,
        may=_CONTENTS,
        only={"identity-token": ABSENT},
    ),
    "google-github-actions/auth": Row(
        "google-github-actions/auth README.md:55 at fc21748",
        _IDENTITY,
        may=_READ,
        only={"workload_identity_provider": PRESENT},
    ),
    "azure/login": Row(
        "Azure/login README.md at 833e823",
        _IDENTITY,
        may=_READ,
        only={"client-id": PRESENT, "creds": ABSENT, "auth-type": ABSENT},
    ),
    "aws-actions/configure-aws-credentials": Row(
        "aws-actions/configure-aws-credentials README.md at bcd4089",
        {},
        may={"id-token": "write", "contents": "read"},
    ),
    "hashicorp/vault-action": Row(
        "hashicorp/vault-action README.md at 4c06c5c",
        _IDENTITY,
        only={"method": "jwt", "jwtprivatekey": ABSENT},
    ),
    "pypa/gh-action-pypi-publish": Row(
        "pypa/gh-action-pypi-publish README.md:63 at 81e9d93", _IDENTITY, only={"password": ABSENT}
    ),
    "js-devtools/npm-publish": Row(
        "JS-DevTools/npm-publish README.md at 455a53e", {}, may={"id-token": "write", "packages": "write"}
    ),
    "depot/build-push-action": Row(
        "depot/build-push-action README.md at 9785b13",
        {},
        may={"id-token": "write", "packages": "write", "contents": "read"},
    ),
    "depot/bake-action": Row(
        _KNOWLEDGE,
        {},
        may={"id-token": "write", "packages": "write", "contents": "read"},
        is_verified=False,
    ),
    # reports for code scanning
    "github/codeql-action/upload-sarif": Row(
        "github/codeql-action README.md:41 at f3f1edb", _SARIF, may=_PRIVATE, token=("token",)
    ),
    "github/codeql-action/analyze": Row(
        "github/codeql-action README.md:41 at f3f1edb",
        _SARIF,
        may={**_PRIVATE, "packages": "read"},
        only={"upload": ABSENT},
        token=("token",),
    ),
    "github/codeql-action/init": Row(
        "github/codeql-action README.md:41 at f3f1edb", {}, may={**_SARIF, **_PRIVATE, "packages": "read"}
    ),
    "github/codeql-action/autobuild": Row("github/codeql-action README.md at f3f1edb", {}, may=_PRIVATE),
    "zizmorcore/zizmor-action": Row(
        "zizmorcore/zizmor-action README.md at 77053b0",
        _SARIF,
        may=_PRIVATE,
        only={"advanced-security": ABSENT},
        token=("token",),
    ),
    "ossf/scorecard-action": Row(
        "ossf/scorecard-action README.md:100 at e8e61e8",
        {},
        may={
            **_IDENTITY,
            **_SARIF,
            **_PRIVATE,
            "issues": "read",
            "pull-requests": "read",
            "checks": "read",
        },
    ),
    "crazy-max/ghaction-container-scan": Row(
        "crazy-max/ghaction-container-scan README.md at ffcba8d", {}, may=_PRIVATE
    ),
    "aquasecurity/trivy-action": Row(
        "aquasecurity/trivy-action README.md:247,398 at df678db", {}, may={"contents": "write"}
    ),
    "anchore/scan-action": Row("anchore/scan-action README.md at b905e0e", {}),
    "anchore/sbom-action": Row(
        "anchore/sbom-action README.md:25 at 6b92ff5", {}, may={"contents": "write", "actions": "read"}
    ),
    "snyk/actions/docker": Row("snyk/actions README.md at 10a13eb", {}),
    "docker/scout-action": Row(
        "docker/scout-action README.md:117,249 at 7520205",
        {},
        may={"contents": "read", "packages": "read", "pull-requests": "write"},
    ),
    "actions/dependency-review-action": Row(
        "actions/dependency-review-action README.md:63 at f5b9717", {}, may={**_READ, **_PULLS}
    ),
    # pages and deployments
    "actions/deploy-pages": Row(
        "actions/deploy-pages README.md:30,76 at cd2ce8f",
        {"pages": "write", "id-token": "write"},
        token=("token",),
    ),
    "actions/configure-pages": Row(_KNOWLEDGE, {}, may={"pages": "write"}, is_verified=False),
    "actions/upload-pages-artifact": Row(_KNOWLEDGE, {}, is_verified=False),
    "chrnorm/deployment-action": Row(
        "chrnorm/deployment-action README.md at 51e9398", {"deployments": "write"}, token=("token",)
    ),
    "bobheadxi/deployments": Row(
        "bobheadxi/deployments README.md at 648679e", {"deployments": "write"}, token=("token",)
    ),
    "cloudflare/wrangler-action": Row(
        "cloudflare/wrangler-action README.md at a61fbea", {}, may={**_READ, "deployments": "write"}
    ),
    "jamesives/github-pages-deploy-action": Row(
        "JamesIves/github-pages-deploy-action README.md at 42468f8",
        _CONTENTS,
        only={"ssh-key": ABSENT, "repository-name": ABSENT, "dry-run": ABSENT},
        token=("token",),
    ),
    "peaceiris/actions-gh-pages": Row(
        "peaceiris/actions-gh-pages README.md at 09d8f31",
        _CONTENTS,
        only={"github_token": PRESENT, "external_repository": ABSENT},
        token=("github_token",),
    ),
    "stefanprodan/helm-gh-pages": Row(_KNOWLEDGE, {}, may=_CONTENTS, is_verified=False),
    # releases and tags
    "softprops/action-gh-release": Row(
        "softprops/action-gh-release README.md:289 at 2bc819c",
        _CONTENTS,
        may={"discussions": "write"},
        only={"repository": ABSENT},
        token=("token", "$GITHUB_TOKEN"),
    ),
    "ncipollo/release-action": Row(
        "ncipollo/release-action README.md at 389305c",
        _CONTENTS,
        may={"discussions": "write"},
        only={"repo": ABSENT, "owner": ABSENT},
        token=("token", "$GITHUB_TOKEN"),
    ),
    "svenstaro/upload-release-action": Row(
        "svenstaro/upload-release-action README.md at 29e53e9",
        _CONTENTS,
        only={"repo_name": ABSENT},
        token=("repo_token",),
    ),
    "googleapis/release-please-action": Row(
        "googleapis/release-please-action README.md:114 at 5792afc",
        _BOTH,
        may={"issues": "write"},
        only={"repo-url": ABSENT, "skip-github-pull-request": ABSENT, "skip-github-release": ABSENT},
        token=("token",),
        is_seldom=True,
    ),
    "release-drafter/release-drafter": Row(
        "release-drafter/release-drafter README.md at c03148e",
        {},
        may=_BOTH,
    ),
    "changesets/action": Row(
        "changesets/action README.md:25-27 at 36f529f",
        _BOTH,
        may={"id-token": "write"},
        token=("github-token", "$GITHUB_TOKEN"),
        is_seldom=True,
    ),
    "goreleaser/goreleaser-action": Row(
        "goreleaser/goreleaser-action README.md:49 at 57e184b",
        {},
        may={"contents": "write", "packages": "write", "id-token": "write", "issues": "write"},
    ),
    "actions/create-release": Row(_KNOWLEDGE, _CONTENTS, token=("$GITHUB_TOKEN",), is_verified=False),
    "actions/upload-release-asset": Row(_KNOWLEDGE, _CONTENTS, token=("$GITHUB_TOKEN",), is_verified=False),
    "cycjimmy/semantic-release-action": Row(
        "semantic-release/github README.md",
        {},
        may={**_COMMENTS, "contents": "write", "id-token": "write", "packages": "write"},
        is_verified=False,
    ),
    "mathieudutour/github-tag-action": Row(
        _KNOWLEDGE, _CONTENTS, only={"dry_run": ABSENT}, token=("github_token",), is_verified=False
    ),
    "anothrnick/github-tag-action": Row(
        "anothrNick/github-tag-action README.md at 4ed4496", {}, may=_CONTENTS
    ),
    "helm/chart-releaser-action": Row(
        "helm/chart-releaser-action README.md:55 at 3e001cb", {}, may={**_CONTENTS, **_PACKAGES}
    ),
    # commits and pull requests
    "peter-evans/create-pull-request": Row(
        "peter-evans/create-pull-request README.md:86 at 653ba8b",
        _BOTH,
        only={"push-to-fork": ABSENT, "branch-token": ABSENT, "path": ABSENT},
        token=("token",),
        is_seldom=True,
    ),
    "stefanzweifel/git-auto-commit-action": Row(
        "stefanzweifel/git-auto-commit-action README.md at 53ee9ba",
        _CONTENTS,
        only={"repository": ABSENT, "skip_push": ABSENT},
        by_checkout=True,
        is_seldom=True,
    ),
    "ad-m/github-push-action": Row(
        "ad-m/github-push-action README.md at 881a632",
        _CONTENTS,
        only={"repository": ABSENT, "ssh": ABSENT},
        token=("github_token",),
        is_seldom=True,
    ),
    "pascalgn/automerge-action": Row("pascalgn/automerge-action README.md at 7961b8b", {}, may=_BOTH),
    "hmarr/auto-approve-action": Row(
        "hmarr/auto-approve-action README.md at 8f92909", _PULLS, token=("github-token",)
    ),
    "dependabot/fetch-metadata": Row(
        "dependabot/fetch-metadata README.md at 7a4b92f", {}, may={**_READ, "pull-requests": "read"}
    ),
    "actions/labeler": Row(
        "actions/labeler README.md at bf12e9b",
        _PULLS,
        may={"contents": "read", "issues": "write"},
        token=("repo-token",),
        is_seldom=True,
    ),
    "actions/stale": Row(
        "actions/stale README.md at 9461cb1",
        {},
        may={**_COMMENTS, "actions": "write", "contents": "write"},
    ),
    "actions/first-interaction": Row("actions/first-interaction README.md at a1db772", {}, may=_COMMENTS),
    "marocchino/sticky-pull-request-comment": Row(
        "marocchino/sticky-pull-request-comment README.md:13 at 3d7b854", {}, may=_COMMENTS
    ),
    "thollander/actions-comment-pull-request": Row(
        "thollander/actions-comment-pull-request README.md at e4a76dd", {}, may=_COMMENTS
    ),
    "peter-evans/create-or-update-comment": Row(_KNOWLEDGE, {}, may=_COMMENTS, is_verified=False),
    "peter-evans/find-comment": Row(_KNOWLEDGE, {}, may=_COMMENTS, is_verified=False),
    "peter-evans/repository-dispatch": Row(
        "peter-evans/repository-dispatch README.md at 73ca9d9",
        _CONTENTS,
        only={"repository": ABSENT},
        token=("token",),
    ),
    "amannn/action-semantic-pull-request": Row(
        "amannn/action-semantic-pull-request README.md at b439535", {}, may={**_PULLS, "statuses": "write"}
    ),
    "crazy-max/ghaction-github-labeler": Row(
        "crazy-max/ghaction-github-labeler README.md at 573dd2f",
        {"issues": "write"},
        may=_READ,
        only={"dry-run": ABSENT},
        token=("github-token",),
        is_seldom=True,
    ),
    # reports of tests
    "dorny/test-reporter": Row(
        "dorny/test-reporter README.md at 29672c5",
        {},
        may={**_CHECKS, **_PRIVATE, **_PULLS},
    ),
    "mikepenz/action-junit-report": Row(
        "mikepenz/action-junit-report README.md at 305cd1f", {}, may={**_CHECKS, **_PULLS}
    ),
    "enricomi/publish-unit-test-result-action": Row(
        "EnricoMi/publish-unit-test-result-action README.md at c9bbcab",
        {},
        may={**_CHECKS, **_COMMENTS, "contents": "read"},
    ),
    "dorny/paths-filter": Row(
        "dorny/paths-filter README.md at b41dfa9", {}, may={"pull-requests": "read", "contents": "read"}
    ),
    "codecov/codecov-action": Row("codecov/codecov-action README.md at 671740a", {}, may=_IDENTITY),
    "coverallsapp/github-action": Row(_KNOWLEDGE, {}, may=_READ, is_verified=False),
    "super-linter/super-linter": Row(
        _KNOWLEDGE,
        {},
        may={**_COMMENTS, "statuses": "write", "packages": "read", "contents": "read"},
        is_verified=False,
    ),
    "golangci/golangci-lint-action": Row(
        "golangci/golangci-lint-action README.md at 3de4be9",
        {},
        may={"pull-requests": "read", **_READ, **_CHECKS},
    ),
    "hadolint/hadolint-action": Row("hadolint/hadolint-action README.md at 2332a7b", {}),
    "step-security/harden-runner": Row("step-security/harden-runner README.md at b09bb98", {}, may=_READ),
    "reviewdog/action-hadolint": Row(
        _KNOWLEDGE, {}, may={**_CHECKS, **_PULLS, "contents": "read"}, is_verified=False
    ),
    "reviewdog/action-actionlint": Row(
        _KNOWLEDGE, {}, may={**_CHECKS, **_PULLS, "contents": "read"}, is_verified=False
    ),
    "gradle/actions/dependency-submission": Row(
        "gradle/actions README.md:65 at 889dc53", _CONTENTS, only={"dependency-graph": ABSENT}
    ),
    "actions/ai-inference": Row(
        "docs.github.com, permissions: models",
        {"models": "read"},
        only={"endpoint": ABSENT},
        token=("token",),
    ),
    # packages
    "actions/delete-package-versions": Row(
        "actions/delete-package-versions README.md:93 at 4dbb860", _PACKAGES, token=("token",), is_seldom=True
    ),
    "dataaxiom/ghcr-cleanup-action": Row(
        "dataaxiom/ghcr-cleanup-action README.md:31 at f092b48", _PACKAGES, token=("token",), is_seldom=True
    ),
    "snok/container-retention-policy": Row("snok/container-retention-policy#97", {}, may=_PACKAGES),
    "chizkiyahu/delete-untagged-ghcr-action": Row(
        "Chizkiyahu/delete-untagged-ghcr-action README.md:18 at cbb5ffe", {}, may=_PACKAGES
    ),
    "vlaurin/action-ghcr-prune": Row("vlaurin/action-ghcr-prune README.md at 45006c4", {}, may=_PACKAGES),
    "docker/build-push-action": Row(
        "docker/build-push-action action.yml at cb941d0", {}, may={**_PACKAGES, **_READ}
    ),
    "docker/bake-action": Row("docker/bake-action action.yml at 4574eac", {}, may={**_PACKAGES, **_READ}),
    "useblacksmith/build-push-action": Row(
        "useblacksmith/build-push-action README.md at fb9e3e6", {}, may={**_PACKAGES, **_READ}
    ),
    "redhat-actions/push-to-registry": Row(
        "redhat-actions/push-to-registry README.md:106 at 72ae595", {}, may={**_PACKAGES, **_READ}
    ),
    "redhat-actions/buildah-build": Row("redhat-actions/buildah-build README.md at f34ebba", {}),
    "redhat-actions/podman-login": Row("redhat-actions/podman-login README.md at 4934294", {}),
    "macbre/push-to-ghcr": Row("macbre/push-to-ghcr action.yml at 0a68448", {}, may={**_PACKAGES, **_READ}),
    "elgohr/publish-docker-github-action": Row(
        "elgohr/Publish-Docker-Github-Action entrypoint.sh at 073ef32", {}, may=_PACKAGES
    ),
    "mr-smithers-excellent/docker-build-push": Row(
        "mr-smithers-excellent/docker-build-push action.yml at 30642ae", {}, may=_PACKAGES
    ),
    "aevea/action-kaniko": Row("aevea/action-kaniko action.yml, entrypoint.sh at a198175", {}, may=_PACKAGES),
    "whoan/docker-build-with-cache-action": Row(
        "whoan/docker-build-with-cache-action action.yml, docker-build.sh at 141d758", {}, may=_PACKAGES
    ),
    "int128/docker-manifest-create-action": Row(
        "int128/docker-manifest-create-action README.md at 078bb05", {}, may=_PACKAGES
    ),
    "noelware/docker-manifest-action": Row(_KNOWLEDGE, {}, may=_PACKAGES, is_verified=False),
    "devcontainers/ci": Row(
        "devcontainers/ci .github/workflows/ci_main.yml:12 at aefa886", {}, may={**_PACKAGES, **_READ}
    ),
    "devcontainers/action": Row(
        "devcontainers/action README.md at c40c27d", {}, may={**_BOTH, "packages": "write"}
    ),
    "appany/helm-oci-chart-releaser": Row(_KNOWLEDGE, {}, may=_PACKAGES, is_verified=False),
    "uraimo/run-on-arch-action": Row("uraimo/run-on-arch-action#51", {}, may=_PACKAGES),
    # nothing but reading
    "docker/login-action": Row("docker/login-action README.md at 9f4a8ea", {}),
    "docker/metadata-action": Row("docker/metadata-action README.md at dc80280", {}, may=_READ),
    "docker/setup-buildx-action": Row("docker/setup-buildx-action README.md at 37fe631", {}),
    "docker/setup-qemu-action": Row("docker/setup-qemu-action README.md", {}),
    "sigstore/cosign-installer": Row("sigstore/cosign-installer README.md:26,96 at 3094a48", {}),
    "oras-project/setup-oras": Row(_KNOWLEDGE, {}, is_verified=False),
    "aws-actions/amazon-ecr-login": Row("aws-actions/amazon-ecr-login README.md at 03f1aad", {}),
    "appleboy/ssh-action": Row("appleboy/ssh-action README.md at 1530429", {}),
    "actions/checkout": Row("actions/checkout README.md at f548e57", {}, may=_READ),
    "actions/cache": Row("actions/cache README.md at 27d5ce7", {}),
    "actions/cache/restore": Row("actions/cache README.md at 27d5ce7", {}),
    "actions/cache/save": Row("actions/cache README.md at 27d5ce7", {}),
    "actions/upload-artifact": Row("actions/upload-artifact README.md at bbbca2d", {}),
    "actions/download-artifact": Row(
        "actions/download-artifact README.md at 484a0b5", {}, may={"actions": "read"}
    ),
    "dawidd6/action-download-artifact": Row(_KNOWLEDGE, {}, may={"actions": "read"}, is_verified=False),
    "actions/create-github-app-token": Row("actions/create-github-app-token README.md at 7989d20", {}),
    "actions/setup-node": Row(_KNOWLEDGE, {}, may=_READ, is_verified=False),
    "actions/setup-python": Row(_KNOWLEDGE, {}, may=_READ, is_verified=False),
    "actions/setup-go": Row(_KNOWLEDGE, {}, may=_READ, is_verified=False),
    "actions/setup-java": Row(_KNOWLEDGE, {}, may=_READ, is_verified=False),
    "actions/setup-dotnet": Row(_KNOWLEDGE, {}, may=_READ, is_verified=False),
    "pnpm/action-setup": Row(_KNOWLEDGE, {}, may=_READ, is_verified=False),
    "astral-sh/setup-uv": Row(_KNOWLEDGE, {}, may=_READ, is_verified=False),
    "oven-sh/setup-bun": Row(_KNOWLEDGE, {}, may=_READ, is_verified=False),
    "dtolnay/rust-toolchain": Row(_KNOWLEDGE, {}, is_verified=False),
    "swatinem/rust-cache": Row(_KNOWLEDGE, {}, is_verified=False),
}
"""By the name of the action in small letters, without its version."""

BY_LOGIN = ("docker/build-push-action", "docker/bake-action")
"""Of these, the ones that push with a login before them alone: README.md at cb941d0 and at 4574eac."""

WORKFLOWS: dict[str, Row] = {
    "docker/github-builder/.github/workflows/build.yml": Row(
        "docker/github-builder README.md at 58cb9f5", {}, may={**_IDENTITY, **_READ, **_PACKAGES}
    ),
    "docker/github-builder/.github/workflows/bake.yml": Row(
        "docker/github-builder README.md at 58cb9f5", {}, may={**_IDENTITY, **_READ, **_PACKAGES}
    ),
    "slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml": Row(
        "slsa-framework/slsa-github-generator internal/builders/container/README.md:72-74 at 4d014fa",
        {"actions": "read", "id-token": "write", "packages": "write"},
    ),
}
"""Reusable workflows, by what a job `uses` without the version: what the calling job has to hand on."""

COMMANDS: tuple[tuple[str, Scopes, str], ...] = (
    ("release (?:create|upload|edit|delete)", _CONTENTS, _KNOWLEDGE),
    ("pr (?:create|merge)", _BOTH, _KNOWLEDGE),
    ("pr (?:review|ready)", _PULLS, _KNOWLEDGE),
    ("pr (?:comment|edit|close|reopen)", _COMMENTS, _KNOWLEDGE),
    ("issue (?:create|comment|edit|close|reopen)", _COMMENTS, _KNOWLEDGE),
    ("label (?:create|edit|delete)", {"issues": "write"}, _KNOWLEDGE),
    ("(?:workflow run|run (?:cancel|rerun|delete)|cache delete)", {"actions": "write"}, _KNOWLEDGE),
    ("(?:run|workflow|cache) (?:list|view|download|watch)", {"actions": "read"}, _KNOWLEDGE),
    ("attestation verify", {"attestations": "read"}, _KNOWLEDGE),
    (
        "(?:release|pr|issue|repo|label) (?:list|view|download|diff|checkout|checks|status|clone)",
        _READ,
        _KNOWLEDGE,
    ),
    ("(?:auth|version|config|alias)", {}, _KNOWLEDGE),
)
"""Commands of `gh`, by what follows the name, with what they use at most. The first that fits counts."""
