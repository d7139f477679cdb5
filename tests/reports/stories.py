"""Small outcomes that the reports are shown."""

from __future__ import annotations

from lading.findings import ERROR, NOTE, WARNING, Finding, Outcome, Related
from lading.reports import Look, RuleText
from lading.source import Source, Span

PLAIN = Look(colour=False, prefix="", width=80)

WORKFLOW = Source(
    ".github/workflows/publish.yml",
    "on: push\n"
    "permissions:\n"
    "  contents: read\n"
    "jobs:\n"
    "  image:\n"
    "    runs-on: ubuntu-24.04\n"
    "    steps:\n"
    "      - uses: actions/checkout@v6\n"
    "      - uses: docker/login-action@v4\n"
    "      - run: docker push ghcr.io/acme/shop\n",
)
COMPOSE = Source(
    "deploy/compose.yaml",
    "services:\n"
    "  api:\n"
    "    depends_on:\n"
    "      db: {condition: service_healthy}\n"
    "  db:\n"
    "    image: postgres:17\n",
)


def span(source: Source, text: str) -> Span:
    """The first place of a text in a source."""
    start = source.text.index(text)
    return Span(source, start, start + len(text))


def finding(
    place: Span,
    message: str = "this is wrong",
    *,
    rule: str = "compose/undefined-volume",
    level: str = ERROR,
    related: tuple[Related, ...] = (),
    help: str = "",
) -> Finding:
    return Finding(rule, level, message, place, related, "f1f2f3", help)


def outcome(
    *findings: Finding,
    files: int = 14,
    workflows: int = 3,
    projects: int = 2,
    publications: int = 6,
    undecided: int = 0,
    suppressed: int = 0,
) -> Outcome:
    return Outcome(
        findings,
        files=files,
        workflows=workflows,
        projects=projects,
        publications=publications,
        undecided=undecided,
        suppressed=suppressed,
    )


def shop() -> Outcome:
    """An error with a place far above, a warning with a place in the next line, a note without help."""
    push = finding(
        span(WORKFLOW, "docker push ghcr.io/acme/shop"),
        "job `image` pushes `ghcr.io/acme/shop` without `packages: write`",
        rule="publish/missing-packages-write",
        related=(Related(span(WORKFLOW, "permissions:"), "the token's permissions"),),
        help="Add `packages: write` to the permissions of the job, next to those that the checkout needs.",
    )
    wait = finding(
        span(COMPOSE, "service_healthy"),
        "`api` waits for `db`, which has no healthcheck",
        rule="health/wait-without-healthcheck",
        level=WARNING,
        related=(Related(Span(COMPOSE, COMPOSE.offset(5, 3), COMPOSE.offset(5, 5)), "declared here"),),
        help="Give `db` a healthcheck.",
    )
    tag = finding(span(COMPOSE, "postgres:17"), "the tag moves", rule="image/moving-tag", level=NOTE)
    return outcome(push, wait, tag, undecided=3, suppressed=1)


RULES = {
    id: RuleText(
        id=id,
        title=f"Title of {id}",
        why="It fails with `denied: permission_denied: write_package`.",
        fix="Write it.",
        level=level,
        tags=(id.partition("/")[0],),
        url=url,
        scope="workflow",
    )
    for id, level, url in (
        ("health/wait-without-healthcheck", ERROR, "https://docs.docker.com/reference/compose-file/"),
        ("image/moving-tag", NOTE, ""),
        ("publish/missing-packages-write", ERROR, ""),
    )
}
