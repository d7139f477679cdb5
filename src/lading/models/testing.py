"""Which jobs run the tests of a repository, as far as their names and commands tell."""

from __future__ import annotations

from lading import regex as re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.models.workflow import Job, Step

_COMMAND = (
    r"(?m)(?:^|[;&|(]|\s)(?:"
    r"(?:npm|pnpm|yarn|bun|deno|composer|rake|mix|flutter|dart|swift|sbt|zig|lein|stack|cabal|meson|bazel|bazelisk"
    r"|just|task|make|nx|turbo|dotnet|go|cargo|poetry|uv|hatch|pdm|invoke)\b[^\n;&|]*?\s(?:run\s+)?-?-?"
    r"(?:test|tests|check|nextest|unit|e2e|t)\b"
    r"|(?:pytest|tox|nox|jest|vitest|mocha|ava|karma|phpunit|pest|rspec|ctest|gotestsum|bats|ginkgo)\b"
    r"|python3?\s+-m\s+(?:pytest|unittest)\b|playwright\s+test\b|cypress\s+run\b|manage\.py\s+test\b"
    r"|(?:\./)?(?:mvnw?|mvnd)\b[^\n;&|]*\s(?:test|verify|package|install|deploy)\b"
    r"|(?:\./)?gradlew?\b[^\n;&|]*\s:?[\w:]*(?:test|check|build)\b"
    r")"
)
_NAME = r"(?i)(?:^|[^a-z])(?:tests?|testing|unit|e2e|pytest|specs?)(?:$|[^a-z])"
_LIKE_A_TEST = r"(?i)test|check(?!out)|verif|valid|quality|lint|audit|e2e|smoke|spec|^ci$|^ci[-_]|[-_]ci$"


_OF_NO_PART = frozenset(
    (
        *("all", "and", "app", "ci", "check", "checks", "code", "coverage", "dotnet", "e2e"),
        *("go", "gradle", "integration", "java", "jest", "job", "jobs", "js", "lint", "main"),
        *("maven", "node", "npm", "pnpm", "project", "pytest", "python", "quick", "repo", "run"),
        *("rust", "smoke", "spec", "specs", "suite", "system", "test", "testing", "tests", "the"),
        *("ts", "typescript", "unit", "vitest", "with", "yarn"),
    )
)
"""Words in the name of a job for tests that tell of no part of the repository."""


def parts_named(name: str) -> frozenset[str]:
    """The words of a name that can stand for a part of the repository: `genai` of `genai-python-tests`."""
    return frozenset(re.findall(r"[a-z0-9]+", name.lower())) - _OF_NO_PART


def tests_by_command(step: Step) -> bool:
    """Does its script run tests?"""
    return step.run is not None and re.search(_COMMAND, step.run.text) is not None


def is_test(job: Job) -> bool:
    """Is it a job for tests: called so, and running some?"""
    return re.search(_NAME, job.id) is not None and any(map(tests_by_command, job.steps))


def may_test(job: Job) -> bool:
    """Could it check anything: by its name, its commands, or by a workflow or action that nobody sees into?"""
    name = getattr(job.node.get("name"), "text", "")
    if re.search(_LIKE_A_TEST, job.id) or re.search(_LIKE_A_TEST, name) or job.uses is not None:
        return True
    return any(_may_be_test(step) for step in job.steps)


def _may_be_test(step: Step) -> bool:
    texts = (step.run, step.name, step.uses)
    return tests_by_command(step) or any(
        text is not None and re.search(_LIKE_A_TEST, text.text) is not None for text in texts
    )
