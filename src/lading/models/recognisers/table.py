"""Recognisers: who knows how a step publishes or logs in, by its action or by a command of its script."""

from __future__ import annotations

from lading import regex as re
from lading.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from lading.models.recognisers.push import Login, Push
    from lading.models.shell import Ran, Word
    from lading.models.steps import StepRun
    from lading.models.template import Template
    from lading.models.workflow import Step

    OfAction = Callable[[StepRun], Iterator[Push | Login]]
    OfCommand = Callable[["Command"], Iterator[Push | Login]]
    Work = Callable[..., Iterator[Push | Login]]


class Command:
    """A command of a script, as a recogniser sees it: its `program`, the `words` behind it, and where it is run."""

    __slots__ = ("program", "ran", "run", "words")

    def __init__(self, program: str, words: tuple[Word, ...], ran: Ran, run: StepRun) -> None:
        self.program = program
        self.words = words
        self.ran = ran
        self.run = run

    @property
    def is_certain(self) -> bool:
        return self.ran.is_certain

    @property
    def variables(self) -> Mapping[str, Template]:
        """What the environment holds, as far as known."""
        return self.ran.variables

    def at(self, first: Word, last: Word | None = None) -> Span:
        """The place of a word, or of all from the first to the last."""
        start, end = first.start, (last or first).end
        if self.ran.source is not None:
            return Span(self.ran.source, start, end)
        scalar = self.run.step.run
        assert scalar is not None
        return self.run.places.of(scalar, start, end)

    @property
    def place(self) -> Span:
        """Where the command stands."""
        return self.at(self.ran.words[0], self.ran.words[-1])

    def __repr__(self) -> str:
        return f"<Command {self.ran!r}>"


class Recogniser:
    """How one tool, or a family of them, publishes or logs in.

    - `actions`: the actions it knows, `owner/name` in lower case without ref; `*/name` is one of any owner
    - `of_action`: the function that says what a step with such an action pushes and logs in to, in order; or its
      place, `module:function`, from where it is loaded when it is needed
    - `may_push`: can such a step push, as far as its inputs are written? Always, where there is none
    - `programs`: the commands it knows, by the last part of their first word
    - `of_command`: likewise, of such a command
    - `hint`: a regular expression that a script fulfils where such a command of it may push; without one its scripts
      are not followed for it. `marks`: plain texts of which such a script holds one, asked first
    """

    __slots__ = ("_of_action", "_of_command", "actions", "hint", "marks", "may_push", "programs")

    def __init__(
        self,
        *,
        actions: Iterable[str] = (),
        of_action: OfAction | str | None = None,
        may_push: Callable[[Step], bool] | None = None,
        programs: Iterable[str] = (),
        of_command: OfCommand | str | None = None,
        hint: str | None = None,
        marks: Iterable[str] = (),
    ) -> None:
        self.actions = tuple(actions)
        self._of_action: Work | str | None = of_action
        self.may_push = may_push
        self.programs = tuple(programs)
        self._of_command: Work | str | None = of_command
        self.hint = hint
        self.marks = tuple(marks)

    def of_action(self, run: StepRun) -> Iterator[Push | Login]:
        """What a step with such an action pushes and logs in to."""
        self._of_action = _loaded(self._of_action)
        return self._of_action(run)

    def of_command(self, command: Command) -> Iterator[Push | Login]:
        """What such a command pushes and logs in to."""
        self._of_command = _loaded(self._of_command)
        return self._of_command(command)

    def __repr__(self) -> str:
        return f"<Recogniser {' '.join(self.actions + self.programs)}>"


def _loaded(work: Work | str | None) -> Work:
    """The function that is meant by `module:function`."""
    if work is None:
        return lambda subject: iter(())
    if not isinstance(work, str):
        return work
    module, _, name = work.partition(":")
    found: Work = getattr(__import__(module, fromlist=[name]), name)
    return found


_LEAST_HEAD = 3


def _heads(marks: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Marks by what several of them begin with: most texts hold none, and are asked for `ko ` instead of six."""
    found: dict[str, list[str]] = {}
    for mark in marks:
        found.setdefault(mark[:_LEAST_HEAD], []).append(mark)
    return tuple([(head if len(each) > 1 else each[0], tuple(each)) for head, each in found.items()])


class Recognisers:
    """All of them, found by action and by program; of two for the same name the later one counts.

    A script is worth following where it fulfils one of the patterns `hints`.
    """

    def __init__(self, recognisers: Iterable[Recogniser]) -> None:
        self._actions: dict[str, Recogniser] = {}
        self._programs: dict[str, Recogniser] = {}
        hints: dict[str, None] = {}
        marks: dict[str, None] = {}
        for each in recognisers:
            for action in each.actions:
                self._actions[action] = each
            for program in each.programs:
                self._programs[program] = each
            if each.hint is not None:
                hints[each.hint] = None
                marks |= dict.fromkeys(each.marks or each.programs)
        self.hints = tuple(hints)
        self._marks = tuple(marks)
        self._heads: tuple[tuple[str, tuple[str, ...]], ...] | None = None
        self._known: dict[str, bool] = {}
        self._asked: dict[str, Recogniser | None] = {}

    def for_action(self, action: str | None) -> Recogniser | None:
        """Who knows an action."""
        if action is None:
            return None
        if action not in self._asked:
            self._asked[action] = self._actions.get(action) or self._actions.get(
                "*/" + action.rpartition("/")[2]
            )
        return self._asked[action]

    def for_program(self, program: str) -> Recogniser | None:
        """Who knows a program."""
        return self._programs.get(program)

    def script_may_push(self, text: str) -> bool:
        """Is it worth following a script to see whether it pushes?"""
        known = self._known.get(text)
        if known is None:
            known = self.is_marked(text) and any(re.search(hint, text) is not None for hint in self.hints)
            self._known[text] = known
        return known

    def is_marked(self, text: str) -> bool:
        """Is there a word in a text without which no script pushes?"""
        if self._heads is None:
            self._heads = _heads(self._marks)
        for head, marks in self._heads:
            if head in text:
                for mark in marks:
                    if mark in text:
                        return True
        return False

    def file_may_push(self, text: str) -> bool:
        """Is there a line in a whole file that may push? Patterns over whole files take a millisecond each."""
        marks = [mark for mark in self._marks if mark in text]
        lines = text.splitlines() if marks else ()
        return any(any(mark in line for mark in marks) and self.script_may_push(line) for line in lines)

    def action_may_push(self, step: Step) -> bool:
        """Does a step use an action that pushes, and is it not told to let it be?"""
        known = self.for_action(step.action)
        return known is not None and (known.may_push is None or known.may_push(step))

    def of_step(self, run: StepRun) -> Iterator[Push | Login]:
        """What a step pushes and logs in to, in order."""
        known = self.for_action(run.step.action)
        if known is not None:
            yield from known.of_action(run)
        if run.step.run is not None and run.may_push and run.effects is not None:
            yield from self._of_commands(run.effects.commands, run)

    def _of_commands(self, commands: Iterable[Ran], run: StepRun) -> Iterator[Push | Login]:
        for ran in commands:
            known = self._programs.get(ran.program)
            if known is not None:
                yield from known.of_command(Command(ran.program, ran.command[1:], ran, run))
