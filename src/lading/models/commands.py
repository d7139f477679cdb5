"""What the scripts of steps run, read by themselves: no run is followed, and every expression is a hole."""

from __future__ import annotations

from lading.models.template import Hole, Template
from lading.models.workflow import Job
from lading.tree import Ahead

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lading.models.repository import Repository
    from lading.models.shell import Ran
    from lading.models.workflow import Step
    from lading.tree import Node

_LATER = "it is known when the step runs"


class Commands:
    """Reads scripts; each distinct text is parsed once, and each step followed once."""

    __slots__ = ("_known", "_scripts")

    def __init__(self) -> None:
        from lading.models.shell import Scripts

        self._scripts = Scripts()
        self._known: dict[Step, tuple[Ran, ...]] = {}

    def of(self, step: Step) -> tuple[Ran, ...]:
        """The commands of a step; none of an action, of another shell, and of what cannot be read."""
        known = self._known.get(step)
        if known is None:
            known = self._known[step] = self._followed(step)
        return known

    def _followed(self, step: Step) -> tuple[Ran, ...]:
        from lading.models.expressions import ExpressionError, pieces
        from lading.models.shell import masked
        from lading.models.steps import is_other_shell

        scalar = step.run
        if scalar is None or is_other_shell(step):
            return ()
        text = scalar.text
        try:
            cut = pieces(text)
        except ExpressionError:
            return ()
        values = [
            (piece.start, piece.end, _hole(text[piece.start : piece.end]))
            for piece in cut
            if piece.literal is None
        ]
        script, found = masked(text, values)
        return tuple(self._scripts.follow(script, found, _environment(step)).commands)


def _hole(text: str) -> Template:
    return Template((Hole(text, _LATER),))


def _environment(step: Step) -> dict[str, Template]:
    """The variables that files set, the nearest winning."""
    owner = step.owner
    outer = (owner.workflow.env, owner.env) if isinstance(owner, Job) else ()
    return {
        name: _hole(scalar.text) if "${{" in scalar.text else Template.of(scalar.text)
        for texts in (*outer, step.env)
        for name, scalar in texts.items()
    }


def steps_that_say(repository: Repository, *words: str) -> Iterator[Step]:
    """The steps of workflows and composite actions whose text holds all of some words."""
    for workflow in repository.workflows.values():
        text = workflow.tree.source.text
        if _says(text, words):
            for job in workflow.jobs.values():
                if _may_say(job.node, text, words[0]):
                    yield from _saying(job.steps, words)
    for action in repository.actions.values():
        yield from _saying(action.steps, words)


def _may_say(node: Node, text: str, word: str) -> bool:
    """May a node of a text hold a word, in what an alias brings too?"""
    start, end = node.start, node.end
    return text.find(word, start, end) >= 0 or text.find("*", start, end) >= 0


def _saying(steps: tuple[Step, ...], words: tuple[str, ...]) -> Iterator[Step]:
    first, *others = words
    text = steps[0].node.source.text if steps else ""
    ahead = Ahead(text, first)
    for step in steps:
        node = step.node
        if ahead.lies_in(node) and _says(text, others, node.start, node.end):
            yield step


def _says(text: str, words: Sequence[str], start: int = 0, end: int | None = None) -> bool:
    for word in words:  # noqa: SIM110 -- half the time of a generator
        if text.find(word, start, end) < 0:
            return False
    return True
