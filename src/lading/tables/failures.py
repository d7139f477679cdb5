"""Error texts of registries, Docker, Compose and GitHub that have several causes, as people meet them in a log.

Texts with one cause stand on the card of the rule that finds it. `owner/repo#N` names a public issue in which
somebody met the text and found that cause; `owner/repo:path` the code that says it.
"""

from __future__ import annotations


class Cause:
    """One way to come to an error.

    - `words`: what is wrong, a sentence; `fix`: what to do, an instruction
    - `rules`: ids of the rules that find it in files; none where no file shows it
    """

    __slots__ = ("fix", "rules", "words")

    def __init__(self, words: str, fix: str, rules: tuple[str, ...] = ()) -> None:
        self.words = words
        self.fix = fix
        self.rules = rules


class Failure:
    """An error text.

    - `text`: as it is printed, `…` for what differs
    - `pattern`: a regular expression that finds it, white space as one blank, without regard to case
    - `source`: who met it, or prints it
    """

    __slots__ = ("causes", "pattern", "source", "text")

    def __init__(self, text: str, pattern: str, source: str, causes: tuple[Cause, ...]) -> None:
        self.text = text
        self.pattern = pattern
        self.source = source
        self.causes = causes


_NO_WRITE = Cause(
    "The token of the job that pushes may not write packages.",
    "Give the job `permissions: {contents: read, packages: write}`; a calling job needs it too.",
    ("publish/missing-packages-write", "workflow/callee-exceeds-caller"),
)
_FROM_PULL_REQUEST = Cause(
    "The push runs for a pull request of a fork or of Dependabot, whose token only reads.",
    "Push only where it may: `push: ${{ github.event_name != 'pull_request' }}`.",
    ("publish/push-on-pull-request",),
)
_NO_ACCESS = Cause(
    "The package exists, and this repository is not among those that may write it: it was first pushed by hand or by "
    "another repository.",
    "In the settings of the package, under Manage Actions access, add this repository with the role Write.",
)
_FOREIGN = Cause(
    "The image is pushed to the namespace of another account or repository.",
    "Push to `ghcr.io/${{ github.repository }}` in small letters, or be given access to that package.",
    ("publish/foreign-namespace", "publish/left-over-placeholder", "image/foreign-namespace"),
)
_NO_LOGIN = Cause(
    "No step logs in to the registry before the push, or the login goes to another registry.",
    "Log in before the push with docker/login-action and `registry: ghcr.io`, the host that the name of the image has.",
    ("publish/push-without-login", "publish/login-to-other-registry"),
)
_BAD_TOKEN = Cause(
    "The token or password has expired, was revoked, or lacks what it needs (`write:packages` of a classic token).",
    "On GitHub's registry log in with `${{ secrets.GITHUB_TOKEN }}`; elsewhere renew the secret.",
)
_PRIVATE = Cause(
    "The package is private, as every package is when it is first pushed, and whoever pulls is not logged in.",
    "Make the package public, or log in where it is pulled with a token that has `read:packages`.",
)
_EMPTY_SECRET = Cause(
    "A called workflow logs in with a secret that its caller does not pass.",
    "Pass it in the calling job with `secrets:`, or all of them with `secrets: inherit`.",
    ("publish/empty-login-password", "workflow/missing-call-argument"),
)
_OF_FORK = Cause(
    "The run belongs to a pull request of a fork or of Dependabot, which gets no secrets.",
    "Log in only where there are secrets: `if: github.event_name != 'pull_request'`.",
    ("publish/push-on-pull-request",),
)
_NO_SECRET = Cause(
    "There is no secret of that name in the repository, its organisation or the environment of the job.",
    "Compare the name with those in the settings, under Secrets and variables.",
)
_SLOW_START = Cause(
    "The service needs longer to start than its healthcheck waits (`start_period`, then `retries` times `interval`).",
    "Give the healthcheck a `start_period` that covers the slowest start.",
)

FAILURES: tuple[Failure, ...] = (
    Failure(
        "denied: installation not allowed to Create organization package",
        r"installation not allowed to create organi[sz]ation package",
        "pinchbench/skill#17, actions/runner#1039, atlanhq/application-sdk#2680, docker/build-push-action#606",
        (
            _NO_WRITE,
            _FROM_PULL_REQUEST,
            Cause(
                "The organisation does not let workflows create packages.",
                "Let an owner allow it in the settings of the organisation under Packages, or push the image once.",
            ),
        ),
    ),
    Failure(
        "denied: installation not allowed to Write organization package",
        r"installation not allowed to write organi[sz]ation package",
        "hyperledger-firefly/signer#74, jidicula/clang-format-action#190, xrelkd/clipcat#1050, airbus/sen#173",
        (
            _NO_WRITE,
            _FROM_PULL_REQUEST,
            Cause(
                "The organisation or the package does not let this repository write.",
                "Ask an owner for the settings of the organisation under Packages and those of the package.",
            ),
        ),
    ),
    Failure(
        "denied: permission_denied: write_package",
        r"permission_denied: ?write_package",
        "tuna-os/tunaOS#642, tridz-dev/huf#349, kata-containers/kata-containers#12518",
        (_FOREIGN, _NO_ACCESS),
    ),
    Failure(
        "unexpected status from HEAD request to https://ghcr.io/v2/…/blobs/…: 403 Forbidden",
        r"unexpected status (?:from|code).{0,200}?/v2/\S+: ?403 forbidden",
        "dealii/docker-files#62, docker/build-push-action#981, docker/build-push-action#463",
        (_NO_WRITE, _FOREIGN, _NO_ACCESS),
    ),
    Failure(
        "unauthorized: unauthenticated: User cannot be authenticated with the token provided.",
        r"user cannot be authenticated with the token provided",
        "apache/arrow-nanoarrow#225",
        (_NO_LOGIN, _BAD_TOKEN),
    ),
    Failure(
        'Get "https://ghcr.io/v2/": denied: denied',
        r"denied: ?denied",
        "dataforgoodfr/12_bloom#109, seanmorley15/AdventureLog#405",
        (
            Cause(
                "The login uses a token that is not valid, or that is not authorised for the single sign-on of the "
                "organisation.",
                "In a workflow log in with `${{ secrets.GITHUB_TOKEN }}`; authorise a personal token for SSO.",
            ),
            Cause(
                "Old credentials for the registry are stored where a public image is pulled.",
                "Run `docker logout ghcr.io` there.",
            ),
        ),
    ),
    Failure(
        "Error: Username and password required",
        r"(?:username and )?password required",
        "docker/login-action#65, docker/login-action#390, docker/login-action#824, learningequality/kolibri#14767",
        (_EMPTY_SECRET, _OF_FORK, _NO_SECRET),
    ),
    Failure(
        "push access denied, repository does not exist or may require authorization: server message: "
        "insufficient_scope: authorization failed",
        r"push access denied|(?<!docker login': denied: )requested access to the resource is denied"
        r"|(?<!may require authorization: server message: )insufficient_scope",
        "docker/build-push-action#363, docker/build-push-action#160, docker/build-push-action#190",
        (
            Cause(
                "The name of the image has no registry, so that it goes to Docker Hub, or the login goes elsewhere.",
                "Write the registry in front of the name, and log in to the same host.",
                ("publish/login-to-other-registry", "publish/push-without-login"),
            ),
            Cause(
                "The namespace is mistyped or belongs to somebody else.",
                "Write the name of the account that owns the image.",
                ("publish/foreign-namespace", "publish/left-over-placeholder", "image/left-over-placeholder"),
            ),
            Cause(
                "There is no such repository on the registry, or the account may not write it.",
                "Look it up on the registry with the account that the workflow logs in with.",
            ),
        ),
    ),
    Failure(
        "pull access denied for shop, repository does not exist or may require 'docker login': denied: requested access "
        "to the resource is denied",
        r"pull access denied",
        "dunglas/symfony-docker#788, sameerdhoot/wolweb#3",
        (
            Cause(
                "The name holds a placeholder or an unset variable, or it is not the one that is published.",
                "Write the name under which the image is published, with its registry in front.",
                ("image/left-over-placeholder", "image/unset-variable", "publish/left-over-placeholder"),
            ),
            Cause(
                "The image is only built, never pushed, and nobody has built it on this machine.",
                "Run `docker compose build` before; `docker compose up --build` does both.",
            ),
            _PRIVATE,
        ),
    ),
    Failure(
        "denied: permission_denied: The token provided does not match expected scopes.",
        r"token provided does not match expected scopes",
        "daltoniam/switchboard#139",
        (
            Cause(
                "The job logs in with a personal token that lacks the scope `write:packages`.",
                "Log in with `${{ secrets.GITHUB_TOKEN }}` and `permissions: {packages: write}`, or give that token the scope.",
                ("publish/secret-for-own-package",),
            ),
            Cause(
                "The token is a fine-grained one, which the registry does not take.",
                "Use a classic token, or GITHUB_TOKEN.",
            ),
        ),
    ),
    Failure(
        "toomanyrequests: You have reached your pull rate limit.",
        r"toomanyrequests|reached your (?:unauthenticated )?pull rate limit",
        "docker/setup-buildx-action#395, docker/login-action#862",
        (
            Cause(
                "The runner shares its address with many who pull from Docker Hub without a login.",
                "Log in to Docker Hub before the first pull, or pull from another registry.",
            ),
        ),
    ),
    Failure(
        "failed to fetch anonymous token: unexpected status: 403 Forbidden",
        r"failed to fetch (?:anonymous|oauth) token",
        "docker/build-push-action#200",
        (_NO_LOGIN, _PRIVATE),
    ),
    Failure(
        'Head "https://ghcr.io/v2/…/manifests/latest": unauthorized',
        r"/manifests/\S+: ?(?:unauthorized|denied)",
        "covalenthq/bsp-agent#43",
        (_PRIVATE, _BAD_TOKEN),
    ),
    Failure(
        "manifest unknown",
        r"manifest[ _]unknown|manifest for \S+ not found",
        "basecamp/once-campfire#14, mgechev/revive#786, actions/delete-package-versions#162",
        (
            Cause(
                "The name still holds a placeholder, an unset variable, or another account.",
                "Write the name under which the image is published.",
                ("image/left-over-placeholder", "image/unset-variable", "image/foreign-namespace"),
            ),
            Cause(
                "The tag was never published: docker/metadata-action makes `latest` of releases only, if not told "
                "otherwise.",
                "Compare the tags in `lading manifest`; publish the tag that is pulled, or pull one that is published.",
                ("image/tag-never-published", "image/published-under-another-name"),
            ),
            Cause(
                "A clean-up deleted the untagged parts of an image for several platforms.",
                "Clean up with an action that knows manifests of several platforms, and publish the image anew.",
            ),
        ),
    ),
    Failure(
        "no matching manifest for linux/arm64/v8 in the manifest list entries",
        r"no matching manifest for",
        "moby/moby:distribution/pull_v2.go",
        (
            Cause(
                "The legs of a matrix push the same tag, so that the last platform is all that is left.",
                "Push by digest in each leg, and join them with `docker buildx imagetools create`.",
                ("publish/tag-shared-by-matrix",),
            ),
            Cause(
                "The image is not built for this platform.",
                "Give the build `platforms: linux/amd64,linux/arm64` and docker/setup-qemu-action before it.",
            ),
        ),
    ),
    Failure(
        "invalid reference format: repository name (Acme/shop) must be lowercase",
        r"repository name (?:\S+ )?must be lowercase|repository can only contain the characters abcdef",
        "distribution/reference:normalize.go, Azure/kubelogin#681, HeyWillow/willow#421",
        (
            Cause(
                "A name has capitals; `${{ github.repository }}` keeps those of the account and repository.",
                "Write it in small letters; docker/metadata-action makes them by itself.",
                ("publish/uppercase-name", "image/uppercase-name"),
            ),
        ),
    ),
    Failure(
        'invalid tag "ghcr.io/acme/shop:fix/typo": invalid reference format',
        r"invalid reference format(?!: repository name)",
        "distribution/reference:regexp.go, ros-controls/mujoco_ros2_control#50, VaultVulp/gp-docker-action#23",
        (
            Cause(
                "The name of a branch or pull request is the tag, and it has a `/`.",
                "Let docker/metadata-action make the tag, or take `${{ github.sha }}`.",
                ("publish/branch-name-as-tag",),
            ),
            Cause(
                "A part of the name is empty, because a variable has no value.",
                "Set the variable, or give it a default: `${TAG:-latest}`.",
                ("image/unset-variable",),
            ),
            Cause(
                "The name has what no name may have, or a placeholder of a template.",
                "Write a name in small letters, with one tag behind it.",
                (
                    *(
                        "publish/invalid-image-name",
                        "publish/left-over-placeholder",
                        "publish/uppercase-name",
                    ),
                    *("image/invalid-reference", "image/left-over-placeholder", "image/uppercase-name"),
                ),
            ),
        ),
    ),
    Failure(
        "The nested job 'build' is requesting 'packages: write', but is only allowed 'packages: read'.",
        r"is requesting .{1,300}?, but is only allowed",
        "actions/runner:src/Sdk/WorkflowParser/Conversion/PermissionsHelper.cs",
        (
            Cause(
                "A called workflow asks for more permissions than the calling job has.",
                "Give the calling job what the called workflow asks for.",
                ("workflow/callee-exceeds-caller",),
            ),
            Cause(
                "The calling job declares nothing, and the default token of the repository is read-only.",
                "Declare `permissions` on the calling job.",
            ),
        ),
    ),
    Failure(
        "Resource not accessible by integration",
        r"resource not accessible by integration",
        "github/codeql-action:README.md, github/docs#32926",
        (
            Cause(
                "The token of the job lacks a scope that a step needs.",
                "Add the scope to the `permissions` of the job.",
                ("workflow/missing-action-permission", "workflow/callee-exceeds-caller"),
            ),
            Cause(
                "The run belongs to a pull request of a fork or of Dependabot, whose token only reads.",
                "Skip the step there, or do it in a workflow of its own on `workflow_run`.",
            ),
        ),
    ),
    Failure(
        "Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable",
        r"ACTIONS_ID_TOKEN_REQUEST_(?:URL|TOKEN)",
        "caddyserver/caddy#5016, sigstore/sigstore-python#170",
        (
            Cause(
                "The token of the job lacks `id-token: write`.",
                "Add `id-token: write` to the `permissions` of the job, and of the job that calls it.",
                ("workflow/missing-action-permission", "workflow/callee-exceeds-caller"),
            ),
            Cause(
                "The run belongs to a pull request of a fork, which gets no identity.",
                "Sign only where the image is pushed.",
                ("publish/push-on-pull-request",),
            ),
        ),
    ),
    Failure(
        "remote: Repository not found.",
        r"remote: repository not found|fatal: repository .{1,300}? not found",
        "actions/checkout#445, actions/checkout#254",
        (
            Cause(
                "A `permissions` block without `contents: read` takes from the checkout what it needs.",
                "Add `contents: read` to the block.",
                ("workflow/dropped-contents-read",),
            ),
            Cause(
                "The step checks out another private repository, for which GITHUB_TOKEN does not count.",
                "Give the checkout a token that may read that repository.",
            ),
        ),
    ),
    Failure(
        "tag is needed when pushing to registry",
        r"tag is needed when pushing to registry",
        "docker/metadata-action#375",
        (
            Cause(
                "The build pushes and is given no tags.",
                "Give it `tags: ${{ steps.meta.outputs.tags }}`.",
                ("publish/no-tags",),
            ),
            Cause(
                "docker/metadata-action made no tag for the event that started the run.",
                "Add a tag that every event makes, such as `type=sha`.",
            ),
        ),
    ),
    Failure(
        "dependency failed to start: container shop-db-1 has no healthcheck configured",
        r"has no healthcheck configured",
        "docker/compose:pkg/compose/convergence.go",
        (
            Cause(
                "A service waits for the health of one that has no healthcheck.",
                "Give the dependency a `healthcheck`, or wait for `service_started`.",
                ("health/wait-without-healthcheck", "health/test-without-command"),
            ),
        ),
    ),
    Failure(
        "dependency failed to start: container shop-db-1 is unhealthy",
        r"dependency failed to start: container \S+ is unhealthy|container \S+ is unhealthy",
        "docker/compose:pkg/compose/convergence.go, WordPress/wordpress-develop#12753",
        (
            Cause(
                "The healthcheck cannot succeed as it is written.",
                "Mend the `test`; `docker inspect` shows what it printed.",
                (
                    *(
                        "health/tool-not-in-image",
                        "health/localhost-of-ipv4-server",
                        "health/command-in-one-word",
                    ),
                    *(
                        "health/split-shell-command",
                        "health/shell-test-without-shell",
                        "health/unescaped-dollar",
                    ),
                    *(
                        "health/test-keyword-in-text",
                        "health/test-without-prefix",
                        "health/fractional-retries",
                    ),
                ),
            ),
            _SLOW_START,
            Cause(
                "The service itself does not come up.",
                "Read what it says: `docker compose logs SERVICE`.",
            ),
        ),
    ),
    Failure(
        'exec: "curl": executable file not found in $PATH',
        r"executable file not found in \$PATH|(?:curl|wget|pg_isready|mysqladmin|redis-cli): (?:command )?not found",
        "golang/go:src/os/exec/lp_unix.go",
        (
            Cause(
                "The healthcheck calls a program that the image does not have.",
                "Use a program that the image has, or install it.",
                ("health/tool-not-in-image", "health/shell-test-without-shell"),
            ),
            Cause(
                "A whole command line stands where the name of a program is expected.",
                'Write each word as an item of its own: `["CMD", "pg_isready", "-U", "shop"]`.',
                ("health/command-in-one-word",),
            ),
            Cause(
                "The `command` or `entrypoint` names a program that the image does not have.",
                "Look into the image: `docker run --rm -it --entrypoint sh IMAGE`.",
            ),
        ),
    ),
    Failure(
        "connect ECONNREFUSED 127.0.0.1:5432",
        r"ECONNREFUSED|connection refused",
        "docs.docker.com: Control startup and shutdown order in Compose",
        (
            Cause(
                "Inside a container `localhost` is the container itself, not the service that is meant.",
                "Write the name of the service as the host.",
                ("delivery/localhost-of-another-service",),
            ),
            Cause(
                "The service starts before what it connects to is ready.",
                "Wait for it with `condition: service_healthy` and a healthcheck.",
                ("health/started-but-not-healthy", "health/datastore-not-awaited"),
            ),
            Cause(
                "A healthcheck asks `localhost`, which is `::1` there, and the server listens on IPv4 only.",
                "Write `127.0.0.1` in place of `localhost`.",
                ("health/localhost-of-ipv4-server",),
            ),
            Cause(
                "The server is down, or listens on another port.",
                "Read what it says: `docker compose logs SERVICE`.",
            ),
        ),
    ),
    Failure(
        'FATAL: role "root" does not exist',
        r'role "[^"]*" does not exist',
        "docker-library/postgres#838",
        (
            Cause(
                "`pg_isready` or `psql` without `-U` asks for a user with the name of the system's user.",
                "Say who asks: `pg_isready -U $$POSTGRES_USER -d $$POSTGRES_DB`.",
            ),
            Cause(
                "The volume of the database was made when `POSTGRES_USER` was another one.",
                "Create the role, or remove the volume if nothing in it is needed.",
            ),
        ),
    ),
    Failure(
        "Cache export is not supported for the docker driver.",
        r"(?:cache export|multi-platform build|multiple platforms feature) is (?:currently )?not supported for (?:the )?docker driver",
        "danny-avila/LibreChat#12619",
        (
            Cause(
                "The build runs in the engine of Docker itself.",
                "Put docker/setup-buildx-action before the build, in the same job.",
                ("publish/missing-builder",),
            ),
        ),
    ),
    Failure(
        'The "TAG" variable is not set. Defaulting to a blank string.',
        r'the "?\w+"? variable is not set',
        "compose-spec/compose-go:template/template.go",
        (
            Cause(
                "A variable has no value where the Compose file is read.",
                "Set it in `.env`, or give it a default: `${TAG:-latest}`.",
                ("image/unset-variable",),
            ),
            Cause(
                "A `$` is meant as such, and Compose takes it for a variable.",
                "Write `$$`.",
                (
                    "health/unescaped-dollar",
                    "compose/unescaped-dollar",
                    "delivery/hash-read-as-variable",
                    "compose/lost-dollar",
                ),
            ),
        ),
    ),
)
