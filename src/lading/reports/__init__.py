"""A run's outcome as text, in the format that was asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lading.findings import Outcome
    from lading.laid_out import LaidOut

FORMATS: Mapping[str, str] = {
    "text": "findings with the lines they are about, and a summary; for people",
    "concise": "one line for each finding; for editors, grep and logs",
    "json": "everything that is known of each finding; for programs",
    "json-lines": "the same, an object on a line for each finding",
    "sarif": "SARIF 2.1.0; for GitHub code scanning and SARIF viewers",
    "github": "annotations of a GitHub Actions run",
    "summary": "Markdown for the summary page of a GitHub Actions job",
    "gitlab": "a Code Quality report of GitLab",
    "junit": "JUnit XML, a failed test for each finding",
    "checkstyle": "Checkstyle XML",
    "rdjson": "the diagnostic format of reviewdog, with suggested changes",
    "sonar": "generic issues of SonarQube 10.3 and later",
}
"""What each format is for."""
FOR_PEOPLE = ("text", "concise")
"""Formats that show paths from the working folder and know of nothing outside of the outcome."""


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`, `0 repositories`."""
    if number != 1:
        noun = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun}"


class Look:
    """How a report for people looks.

    `prefix` leads from the working folder to the repository root, posix, with a slash at its end or empty; `here` is
    the working folder from the root where it lies below it, else empty; `width` is the room for a line, in columns of
    the terminal; `page_of` gives the address of a rule's page, and is None where links are not shown; `laid_out` are
    the findings as they were laid out where they were found, or by an earlier report, None where they were not.
    """

    __slots__ = ("colour", "here", "laid_out", "page_of", "prefix", "width")

    def __init__(
        self,
        *,
        colour: bool,
        prefix: str,
        width: int,
        here: str = "",
        page_of: Callable[[str], str | None] | None = None,
        laid_out: LaidOut | None = None,
    ) -> None:
        self.colour = colour
        self.here = here
        self.laid_out = laid_out
        self.prefix = prefix
        self.width = width
        self.page_of = page_of


class RuleText:
    """A rule's prose. `why`, `fix` and `limits` are Markdown; `url` is empty where there is no page to read.

    `security` is the severity of what an attacker gains, from 0.1 to 10.0, None where a rule is about something else.
    `descriptor` is how SARIF describes the rule, as JSON, where that was written beforehand; else it is empty.
    """

    __slots__ = (
        "descriptor",
        "fix",
        "id",
        "level",
        "limits",
        "references",
        "scope",
        "security",
        "tags",
        "title",
        "url",
        "why",
    )

    def __init__(
        self,
        *,
        id: str,
        title: str,
        why: str,
        fix: str,
        level: str,
        tags: tuple[str, ...],
        url: str,
        scope: str,
        limits: tuple[str, ...] = (),
        references: tuple[str, ...] = (),
        security: float | None = None,
        descriptor: str = "",
    ) -> None:
        self.descriptor = descriptor
        self.id = id
        self.title = title
        self.why = why
        self.fix = fix
        self.level = level
        self.tags = tags
        self.url = url
        self.scope = scope
        self.limits = limits
        self.references = references
        self.security = security


class Artifact:
    """A file as it lies in the repository: its posix path with links followed, and its bytes if it can be read.

    `is_stand_in`: it is another file than was asked for, which is not there.
    """

    __slots__ = ("data", "is_stand_in", "path")

    def __init__(self, path: str, data: bytes | None = None, *, is_stand_in: bool = False) -> None:
        self.path = path
        self.data = data
        self.is_stand_in = is_stand_in


class Origin:
    """Where the files come from: the repository's address, and commit and branch, empty where they are not known."""

    __slots__ = ("branch", "revision", "uri")

    def __init__(self, uri: str, revision: str = "", branch: str = "") -> None:
        self.uri = uri
        self.revision = revision
        self.branch = branch


class Scene:
    """What is around a run: where its files lie and come from.

    `artifact` finds the file of a finding. `category` tells several runs over one repository apart.
    """

    __slots__ = ("artifact", "category", "origin")

    def __init__(
        self,
        artifact: Callable[[str], Artifact],
        *,
        category: str = "lading",
        origin: Origin | None = None,
    ) -> None:
        self.artifact = artifact
        self.category = category
        self.origin = origin


class Report:
    """A report, whole, in pieces, and what has to be said aloud of it: what it leaves out and why."""

    __slots__ = ("notices", "pieces")

    def __init__(self, *pieces: str, notices: tuple[str, ...] = ()) -> None:
        self.pieces = pieces
        self.notices = notices

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def data(self) -> bytes:
        """The text in UTF-8, made without the text itself: one odd letter would double what that takes."""
        return b"".join([piece.encode("utf-8", "replace") for piece in self.pieces])


UNSEEN = Scene(Artifact)
"""Of the files nothing is known but their paths."""


def render(
    format: str,
    outcome: Outcome,
    look: Look,
    rules: Callable[[], Mapping[str, RuleText]],
    scene: Scene = UNSEEN,
) -> str:
    """The text of a report."""
    return report(format, outcome, look, rules, scene).text


def report(
    format: str,
    outcome: Outcome,
    look: Look,
    rules: Callable[[], Mapping[str, RuleText]],
    scene: Scene = UNSEEN,
) -> Report:
    """The report, whole. `rules` is called only by formats that tell of the rules as well.

    Raises `ValueError` for a format that is none of `FORMATS`.
    """
    if format == "text":
        from lading.reports.text import pieces_of

        return Report(*pieces_of(outcome, look))
    if format == "concise":
        from lading.reports.concise import as_lines

        return Report(as_lines(outcome, look))
    if format == "sarif":
        from lading.reports.sarif import as_sarif

        return as_sarif(outcome, rules(), scene, look.laid_out)
    return Report(_for_programs(format, outcome, rules, scene))


def _for_programs(
    format: str, outcome: Outcome, rules: Callable[[], Mapping[str, RuleText]], scene: Scene
) -> str:
    if format == "json":
        from lading.reports.json_report import as_json

        return as_json(outcome)
    if format == "json-lines":
        from lading.reports.json_lines import as_json_lines

        return as_json_lines(outcome)
    if format == "github":
        from lading.reports.github import as_commands

        return as_commands(outcome)
    if format == "summary":
        from lading.reports.markdown import as_markdown

        return as_markdown(outcome, scene.origin)
    if format == "gitlab":
        from lading.reports.gitlab import as_code_quality

        return as_code_quality(outcome)
    if format == "junit":
        from lading.reports.junit import as_junit

        return as_junit(outcome)
    if format == "checkstyle":
        from lading.reports.checkstyle import as_checkstyle

        return as_checkstyle(outcome)
    if format == "rdjson":
        from lading.reports.rdjson import as_rdjson

        return as_rdjson(outcome, rules())
    if format == "sonar":
        from lading.reports.sonar import as_sonar

        return as_sonar(outcome, rules())
    raise ValueError(f"no report format is named {format}")
