"""Steps that build images with docker/build-push-action, followed in every way their job runs."""

from __future__ import annotations

from lading import regex as re
from lading.models.candidates import MAX_ACTIONS
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lading.models.candidates import Candidates
    from lading.models.repository import Repository
    from lading.models.steps import StepRun, Walker
    from lading.models.workflow import Job, Step
    from lading.models.worlds import World

BUILD = "docker/build-push-action"


class Build:
    """A build as it runs in a world, with the steps before it."""

    __slots__ = ("before", "run", "world")

    def __init__(self, run: StepRun, world: World, before: tuple[StepRun, ...]) -> None:
        self.run = run
        self.world = world
        self.before = before

    @property
    def platforms(self) -> tuple[str, ...] | None:
        """The platforms that are asked for, without their variant's default; None where they are not known."""
        text = self.run.text("platforms")
        if text is None:
            return ()
        if text.literal is None or text.conditions:
            return None
        return tuple(dict.fromkeys(each for each in re.split(r"[\s,]+", text.literal) if each))

    @property
    def architecture(self) -> str | None:
        """That of the runner: `amd64` or `arm64` of a Linux runner of GitHub's, None where it is not known."""
        from lading.models.evaluation import value_of

        runner = value_of(self.world.job.runs_on, self.world.contexts)
        if not isinstance(runner, str) or not runner.startswith("ubuntu-") or self.world.job.container:
            return None
        return "arm64" if runner.endswith("-arm") else "amd64" if _HOSTED.fullmatch(runner) else None

    @property
    def is_certain(self) -> bool:
        return self.world.is_certain and self.run.is_certain

    def may_have_set_up(self, signs: tuple[str, ...]) -> bool:
        """May a step before it have set up what some words (in small letters) stand for, seen or unseen?"""
        return any(_may_set_up(run.step, signs) for run in self.before)


_HOSTED = re.compile(r"ubuntu-(?:latest|\d\d\.\d\d)")


def builds(
    repository: Repository, is_wanted: Callable[[Step], bool], unless: tuple[str, ...] = ()
) -> Iterator[Build]:
    """Every build by a step that is wanted, in each world; none of jobs that say a word of `unless` (small letters)."""
    candidates = repository.candidates
    own = any(BUILD in action.tree.source.text for action in repository.actions.values())
    for workflow in repository.workflows.values():
        text = workflow.tree.source.text
        if not workflow.may_say(BUILD) and not (own and ("uses: ./" in text or "uses: $/" in text)):
            continue
        for job in workflow.jobs.values():
            if not (_builds(job, is_wanted) or (own and _leads_there(job, candidates, is_wanted))):
                continue
            written = text[job.node.start : job.node.end].lower() if unless else ""
            if not any(word in written for word in unless):
                walker = repository.walker
                for world in repository.worlds(job):
                    yield from _of_world(world, walker, is_wanted)


def _of_world(world: World, walker: Walker, is_wanted: Callable[[Step], bool]) -> Iterator[Build]:
    before: list[StepRun] = []
    for run in walker.walk(world):
        if run.step.action == BUILD and is_wanted(run.step):
            yield Build(run, world, tuple(before))
        before.append(run)


def _builds(job: Job, is_wanted: Callable[[Step], bool]) -> bool:
    """Has a job such a step itself?"""
    for step in job.steps:  # noqa: SIM110 -- half the time of a generator
        if step.action == BUILD and is_wanted(step):
            return True
    return False


def _leads_there(job: Job, candidates: Candidates, is_wanted: Callable[[Step], bool]) -> bool:
    return any(_leads_to(step, candidates, is_wanted) for step in job.steps)


def _leads_to(step: Step, candidates: Candidates, is_wanted: Callable[[Step], bool], depth: int = 0) -> bool:
    if step.action == BUILD:
        return is_wanted(step)
    action = candidates.action(step) if depth < MAX_ACTIONS else None
    return action is not None and any(
        _leads_to(inner, candidates, is_wanted, depth + 1) for inner in action.steps
    )


_PLAIN_ACTIONS = (
    "actions/cache",
    "actions/checkout",
    "actions/download-artifact",
    "actions/setup-",
    "actions/upload-artifact",
    "docker/build-push-action",
    "docker/login-action",
    "docker/metadata-action",
    "docker/setup-buildx-action",
    "docker/setup-qemu-action",
    "aws-actions/amazon-ecr-login",
    "aws-actions/configure-aws-credentials",
    "azure/docker-login",
    "azure/login",
    "google-github-actions/auth",
    "sigstore/cosign-installer",
)
"""Actions that set up nothing but what their names say."""
_UNSEEN = re.compile(r"(?m)(?:^|[\s;&|(])(?:\./|bash |sh |source |\. |make\b|just\b|task\b|npm run|sudo apt)")
"""What a script may leave to files that nobody reads here."""


def _may_set_up(step: Step, signs: tuple[str, ...]) -> bool:
    text = step.run.text if step.run is not None else step.action or "docker://"
    written = text.lower()
    if any(sign in written for sign in signs):
        return True
    return _UNSEEN.search(text) is not None if step.run is not None else not text.startswith(_PLAIN_ACTIONS)


def is_true(run: StepRun, name: str) -> bool:
    """Is a boolean input certainly true?"""
    value = run.value(name)
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def written(step: Step, name: str) -> str:
    """An input as it is written; an empty text where it is not given."""
    node = step.inputs.get(name)
    return node.text if isinstance(node, Scalar) else ""
