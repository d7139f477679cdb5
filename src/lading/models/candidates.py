"""Which steps may publish, as far as they are written: asked of every step before any is followed.

A workflow that can push nothing loads no more than this: following one step loads eight modules (measured: a tenth of a
small run).
"""

from __future__ import annotations

from lading import regex as re
from lading.models.workflow import Action, Job, Step, is_local, local_path
from lading.tables.actions import LOGINS
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.models.recognisers.table import Recognisers
    from lading.models.workflow import Workflow
    from lading.texts import Texts

MAX_ACTIONS = 6
"""Levels of composite actions in each other (docs: 10; each level costs)."""
_OF_CALLS = ("/", "npm", "make", "yarn", "bun", ".sh", ".bash")
"""Every script that runs another holds one of these (see `calls.may_call`); four in ten hold none."""
_VARIABLE = r"\$\{?([A-Za-z_][A-Za-z0-9_]*)"
_MAX_FILLED = 100_000
"""Code points of values that are put into a script to see whether it may push."""
_NO_FLAGS: dict[str, str] = {}
_LOGIN = r"\b(?:docker|podman|buildah|skopeo)\s+login\b"


class Candidates:
    """Finds steps that may publish; `actions` are the composite actions of the repository by path."""

    def __init__(self, actions: Mapping[str, Action], recognisers: Recognisers, texts: Texts) -> None:
        self._actions = actions
        self.recognisers = recognisers
        self.texts = texts
        self._of: dict[Job, tuple[Step, ...]] = {}
        self._tops: dict[Job, str | None] = {}
        self._folders: dict[Job | Action, Scalar | None] = {}
        self._harmless: set[str | None] = set()
        """Actions that nobody knows and that lie elsewhere: most of all there are."""
        self._scripts: dict[Step, bool] = {}
        self._pushing: dict[tuple[str, str, tuple[tuple[str, str], ...]], bool] = {}
        self._flags: dict[Job | Action | Workflow, dict[str, str]] = {}
        self._values: dict[str, bool] = {}
        """Is a value marked? Most are names of secrets, which come again."""

    def may_publish(self, job: Job) -> bool:
        """Has a job a step that may push, or one that probably does behind a login?"""
        return bool(self.of(job)) or self.is_guess(job)

    def of(self, job: Job) -> tuple[Step, ...]:
        """The steps of a job that may push; a call of a workflow elsewhere is one step."""
        found = self._of.get(job)
        if found is None:
            called = self.called(job)
            steps = (called,) if called is not None else job.steps
            harmless = self._harmless
            found = self._of[job] = tuple(
                [
                    step
                    for step in steps
                    if (step.run is not None or step.action not in harmless) and self._step_may_publish(step)
                ]
            )
        return found

    def is_guess(self, job: Job) -> bool:
        """Does a job log in, and speak of pushing?"""
        return any(map(logs_in, job.steps)) and any(map(_speaks_of_pushing, job.steps))

    def called(self, job: Job) -> Step | None:
        """A call of a workflow that lies elsewhere, as the step that it looks like; None for any other job."""
        if job.uses is None or job.uses.text.startswith("./"):
            return None
        return Step(job, 0, job.node)

    def action(self, step: Step) -> Action | None:
        """The composite action of this repository that a step uses."""
        uses = step.uses
        if uses is None or not self._actions:
            return None
        folder = local_path(uses.text.strip())
        if folder is None:
            return None
        prefix = "" if folder == "." else folder + "/"
        for name in ("action.yml", "action.yaml"):
            action = self._actions.get(prefix + name)
            if action is not None and action.is_composite:
                return action
        return None

    def script_may_push(self, step: Step) -> bool:
        """Is it worth following the script of a step, for what it says or for what it calls? Worked out once."""
        found = self._scripts.get(step)
        if found is None:
            text = step.run.text if step.run is not None else ""
            found = self.recognisers.script_may_push(text) or self._pushes_otherwise(step, text)
            self._scripts[step] = found
        return found

    def _pushes_otherwise(self, step: Step, text: str) -> bool:
        """By what its environment holds, or by what it calls?"""
        calls = _calls(text)
        if not calls and "$" not in text:
            return False
        flags = self._flags.get(step.owner)
        if flags is None:
            flags = self._flags_of(step.owner)
        if "env" in (step.node.names or step.node.named):
            flags = self._marked(step.env, flags)
        if flags and self.recognisers.script_may_push(_filled(text, flags)):
            return True
        return calls and self._calls_what_may_push(step, text, flags)

    def _flags_of(self, owner: Job | Action | Workflow) -> dict[str, str]:
        """What the environment of scripts holds that a command which pushes could be told by: `ARGS: --push`."""
        found = self._flags.get(owner)
        if found is None:
            above = self._flags_of(owner.workflow) if isinstance(owner, Job) else _NO_FLAGS
            found = self._marked(owner.env, above) if not isinstance(owner, Action) else above
            self._flags[owner] = found
        return found

    def _marked(self, env: Mapping[str, Scalar], above: dict[str, str]) -> dict[str, str]:
        for name, value in env.items():
            text = value.text
            is_marked = self._values.get(text)
            if is_marked is None:
                is_marked = self._values[text] = self.recognisers.is_marked(text)
            if is_marked:
                above = {**above, name: text}
        return above

    def _calls_what_may_push(self, step: Step, text: str, flags: dict[str, str]) -> bool:
        from lading.models.calls import may_call, resolved, texts_called

        if not may_call(text):
            return False
        job = step.owner
        named = self.folder(step)
        top = self.top(job) if isinstance(job, Job) else ""
        folder = resolved(top, named.text) if named is not None else top
        if folder is None:
            return False
        key = (text, folder, tuple(flags.items()))
        if key not in self._pushing:
            may_push = self.recognisers.script_may_push
            self._pushing[key] = any(
                may_push(called) or (bool(flags) and may_push(_filled(called, flags)))
                for called in texts_called(text, folder, self.texts.source)
            )
        return self._pushing[key]

    def top(self, job: Job) -> str | None:
        """The folder of the repository in which a job starts: its root, unless it is checked out elsewhere."""
        if job not in self._tops:
            self._tops[job] = _top(job)
        return self._tops[job]

    def folder(self, step: Step) -> Scalar | None:
        """The working directory that is named for a step: by itself, its job or its workflow."""
        own = step.node.scalar("working-directory") if "working-directory" in step.node.named else None
        if own is not None:
            return own
        owner = step.owner
        if owner not in self._folders:
            self._folders[owner] = _default_folder(owner)
        return self._folders[owner]

    def _step_may_publish(self, step: Step, depth: int = 0) -> bool:
        if step.run is not None:
            return self.script_may_push(step)
        if self.recognisers.action_may_push(step):
            return True
        action = self.action(step)
        if action is None:
            name = step.action
            if name is not None and not is_local(name) and self.recognisers.for_action(name) is None:
                self._harmless.add(name)
            return False
        return depth < MAX_ACTIONS and any(self._step_may_publish(inner, depth + 1) for inner in action.steps)


def _calls(text: str) -> bool:
    return any(map(text.__contains__, _OF_CALLS))


def _filled(text: str, flags: Mapping[str, str]) -> str:
    """A script with such variables replaced by their values as they are written; as far as there is room for them."""
    if "$" not in text:
        return text
    parts: list[str] = []
    at = 0
    left = _MAX_FILLED
    for match in re.finditer(_VARIABLE, text):
        value = flags.get(match[1])
        if value is not None:
            left -= len(value)
            if left < 0:
                break
            parts += (text[at : match.start()], value)
            at = match.end()
    return "".join((*parts, text[at:])) if parts else text


def logs_in(step: Step) -> bool:
    """Does a step look like a login to a registry?"""
    run = step.run
    if run is None:
        return step.action in LOGINS
    return "login" in run.text and re.search(_LOGIN, run.text) is not None


def _speaks_of_pushing(step: Step) -> bool:
    from lading.models.likely import commands

    return step.run is not None and any(True for _ in commands(step.run.text))


def _top(job: Job) -> str | None:
    """Where `actions/checkout` puts this repository; None where that is a folder below, or another repository."""
    own = other = False
    for step in job.steps:
        if step.action != "actions/checkout":
            continue
        repository, path = step.inputs.get("repository"), step.inputs.get("path")
        if isinstance(repository, Scalar) and "github.repository" not in repository.text and repository.text:
            other = other or path is None
        elif path is None or (isinstance(path, Scalar) and path.text in ("", ".")):
            own = True
        else:
            other = True
    return "" if own or not other else None


def _default_folder(job: Job | Action) -> Scalar | None:
    """`defaults.run.working-directory` of the job or workflow."""
    if isinstance(job, Job):
        for defaults in (job.defaults, job.workflow.defaults):
            named = defaults.get("working-directory") if defaults is not None else None
            if isinstance(named, Scalar):
                return named
    return None
