"""What well-known actions publish and where they log in, as data; every row names its source.

Names of actions are lower-cased and without ref, those of inputs lower-cased. `images`, `registry`, `tags` name the
inputs that hold them; `lowercases` says whether the action turns the name into small letters itself.
"""

from __future__ import annotations


class Pusher:
    """An action that pushes an image.

    - `image`, `tags`, `registry`: the inputs with the name, the tags, the host; `host` where none is given
    - `user`, `password`: the inputs that it logs in with itself, where it does
    - `separator`: what stands between several tags
    - `default_tag`: the tag where none is given, empty where the action makes one up; `more` are inputs that add others
    - `push`: the input that says whether it is pushed
    - `behind`: what stands before a name on GitHub's registry: a key of the context `github`, or with `$` in front an
      input, which does so on Docker Hub too, and only before a name without `/`; `other`: the input that replaces it
    - `variable`: what it logs in with where no password is given; `stays`: are later steps logged in as well?
    """

    __slots__ = (
        "behind",
        "default_tag",
        "host",
        "image",
        "lowercases",
        "more",
        "other",
        "password",
        "push",
        "registry",
        "separator",
        "source",
        "stays",
        "tags",
        "variable",
    )

    def __init__(
        self,
        *,
        source: str,
        image: str,
        tags: str,
        registry: str,
        host: str,
        lowercases: bool,
        separator: str = " ,\n",
        password: str | None = None,
        default_tag: str = "latest",
        more: tuple[str, ...] = (),
        push: str = "",
        behind: str = "",
        other: str = "",
        variable: str = "",
        stays: bool = False,
    ) -> None:
        self.stays = stays
        self.more = more
        self.push = push
        self.behind = behind
        self.other = other
        self.variable = variable
        self.source = source
        self.image = image
        self.tags = tags
        self.registry = registry
        self.host = host
        self.lowercases = lowercases
        self.separator = separator
        self.password = password
        self.default_tag = default_tag


PUSHERS = {
    "redhat-actions/push-to-registry": Pusher(
        source="redhat-actions/push-to-registry:action.yml, src/index.ts:77-92 at 72ae595",
        image="image",
        tags="tags",
        registry="registry",
        host="",
        lowercases=True,
        password="password",
    ),
    "macbre/push-to-ghcr": Pusher(
        source="macbre/push-to-ghcr:action.yml at 0a68448",
        image="image_name",
        tags="image_tag",
        registry="repository",
        host="ghcr.io",
        lowercases=True,
        password="github_token",
    ),
    "elgohr/publish-docker-github-action": Pusher(
        source="elgohr/Publish-Docker-Github-Action:entrypoint.sh:13-92 at 073ef32",
        image="name",
        tags="tags",
        registry="registry",
        host="",
        lowercases=True,
        password="password",
    ),
    "mr-smithers-excellent/docker-build-push": Pusher(
        source="mr-smithers-excellent/docker-build-push:action.yml, src/docker-build-push.js, src/docker.js at 30642ae",
        image="image",
        tags="tags",
        registry="registry",
        host="",
        lowercases=False,
        separator=",",
        password="password",
        default_tag="",
        more=("appendmode",),
        push="pushimage",
        behind="repository_owner",
        other="githuborg",
        stays=True,
    ),
    "aevea/action-kaniko": Pusher(
        source="aevea/action-kaniko:action.yml, entrypoint.sh at a198175",
        image="image",
        tags="tag",
        registry="registry",
        host="",
        lowercases=False,
        separator="\n",
        password="password",
        default_tag="",
        more=("tag_with_latest", "strip_tag_prefix"),
        behind="repository",
        variable="GITHUB_TOKEN",
    ),
    "whoan/docker-build-with-cache-action": Pusher(
        source="whoan/docker-build-with-cache-action:action.yml, docker-build.sh at 141d758",
        image="image_name",
        tags="image_tag",
        registry="registry",
        host="",
        lowercases=False,
        separator=",",
        password="password",
        more=("push_git_tag",),
        push="push_image_and_stages",
        behind="$username",
    ),
}

TAGGERS = {"int128/docker-manifest-create-action": "tags"}
"""Actions that push a list of images under the references of an input: int128/docker-manifest-create-action at 078bb05."""

LOGINS = {
    "docker/login-action": ("registry", "docker.io", "password"),
    "redhat-actions/podman-login": ("registry", "docker.io", "password"),
}
"""Actions that log in: the inputs with the registry (and its default) and the password.

Sources: docker/login-action:src/context.ts at 9f4a8ea (an empty registry is Docker Hub);
redhat-actions/podman-login:action.yml at 4934294.
"""

LOGINS_OF_PODMAN = ("redhat-actions/podman-login",)
"""Those that write podman's file of credentials, and copy what they wrote to Docker's: its src/index.ts at 4934294."""

ECR_LOGIN = "aws-actions/amazon-ecr-login"
ECR_PUBLIC = "public.ecr.aws"
"""Logs in to private registries of AWS, or to the public one: its action.yml (`registry-type`) and README.md at 062b18b."""

TOKEN_LOGINS = {
    "imjasonh/setup-ko": "ghcr.io",
    "ko-build/setup-ko": "ghcr.io",
    "imjasonh/setup-crane": "ghcr.io",
}
"""Actions that log in to a host with the job's own token: setup-ko at 78eea08, setup-crane at 6da1ae0 (READMEs)."""

SETS_KO = ("imjasonh/setup-ko", "ko-build/setup-ko")
"""Actions that set KO_DOCKER_REPO to `ghcr.io/owner/name` where it is not set: ko-build/setup-ko:action.yml at 1077500."""

HARMLESS = (
    "actions/",
    "docker/setup-",
    "docker/metadata-action",
    "docker/build-push-action",
    "docker/bake-action",
    *("aquasecurity/setup-trivy", "astral-sh/setup-uv", "aszc/change-string-case-action", "azure/setup-"),
    "aws-actions/configure-aws-credentials",
    *("depot/setup-action", "devcontainers/ci"),
    *("codecov/codecov-action", "dorny/paths-filter", "dtolnay/rust-toolchain", "extractions/setup-just"),
    *("github/codeql-action/", "gittools/actions/", "gradle/actions/", "jlumbroso/free-disk-space"),
    *("oven-sh/setup-bun", "pnpm/action-setup", "ruby/setup-ruby", "shivammathur/setup-php"),
    *("sigstore/cosign-installer", "softprops/action-gh-release", "step-security/harden-runner"),
    *("swatinem/rust-cache", "tj-actions/changed-files"),
)
"""Actions that log in nowhere, by the beginning of their names."""

RELEASERS: dict[str, tuple[tuple[str, ...], str, str, str]] = {
    "softprops/action-gh-release": (
        ("release", "tag"),
        "token",
        "GITHUB_TOKEN",
        "softprops/action-gh-release README.md at 2bc819c",
    ),
    "ncipollo/release-action": (
        ("release", "tag"),
        "token",
        "GITHUB_TOKEN",
        "ncipollo/release-action README.md at 389305c",
    ),
    "googleapis/release-please-action": (
        ("release", "tag"),
        "token",
        "",
        "googleapis/release-please-action README.md:17,114 at 5792afc",
    ),
    "google-github-actions/release-please-action": (
        ("release", "tag"),
        "token",
        "",
        "the former name of googleapis/release-please-action",
    ),
    "actions/create-release": (("release", "tag"), "", "GITHUB_TOKEN", "actions/create-release at 4c11c9f"),
    "release-drafter/release-drafter": (
        ("release", "tag"),
        "token",
        "GITHUB_TOKEN",
        "release-drafter/release-drafter README.md at c03148e",
    ),
    "cycjimmy/semantic-release-action": (
        ("release", "tag"),
        "",
        "GITHUB_TOKEN",
        "semantic-release/github README.md: GITHUB_TOKEN, GH_TOKEN",
    ),
    "changesets/action": (
        ("release", "tag"),
        "github-token",
        "GITHUB_TOKEN",
        "changesets/action README.md at 36f529f",
    ),
    "mathieudutour/github-tag-action": (
        ("tag",),
        "github_token",
        "",
        "mathieudutour/github-tag-action README.md at 9d35d64",
    ),
    "anothrnick/github-tag-action": (
        ("tag",),
        "",
        "GITHUB_TOKEN",
        "anothrNick/github-tag-action README.md at 4ed4496",
    ),
}
"""Actions that make a release, a tag or both: what, the input and the variable with the token, the source.

An empty input means that the action takes its token from the variable alone.
"""

DEPLOYERS: dict[str, str] = {
    "akhileshns/heroku-deploy": "",
    "appleboy/ssh-action": "script",
    "aws-actions/amazon-ecs-deploy-task-definition": "",
    "azure/aci-deploy": "",
    "azure/container-apps-deploy-action": "",
    "azure/functions-action": "",
    "azure/k8s-deploy": "",
    "azure/webapps-deploy": "",
    "digitalocean/app_action/deploy": "",
    "google-github-actions/deploy-appengine": "",
    "google-github-actions/deploy-cloudrun": "",
}
"""Actions that deploy, with the input that holds a script where it decides: the README of each."""
