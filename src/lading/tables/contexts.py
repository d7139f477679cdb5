"""Which contexts and functions an expression can name, by the place where it stands.

Sources: actions/languageservices:workflow-parser/src/workflow-v1.0.json at 4043eda (2026-08-05), the `context` of its
definitions, of which a place has its own and those around it; docs.github.com "Contexts reference", the table "Context
availability"; for actions actions/runner:src/Runner.Worker/action_yaml.json.
"""

from __future__ import annotations


class Place:
    """A kind of place: in words, the contexts there, and the functions with the most arguments that they take there.

    Functions that are no matter of the place (`format`) are not named. Without contexts no expression can stand there.
    """

    __slots__ = ("contexts", "functions", "words")

    def __init__(self, words: str, contexts: str, functions: dict[str, int] | None = None) -> None:
        self.words = words
        self.contexts = frozenset(contexts.split())
        self.functions = functions or {}


FUNCTIONS = frozenset(("always", "cancelled", "failure", "success", "hashfiles"))
"""The functions that exist in some places only."""

_FILES = {"hashfiles": 255}
_STATUS = {"always": 0, "cancelled": 0, "failure": 255, "success": 255}
_STATUS_OF_STEP = {"always": 0, "cancelled": 0, "failure": 0, "success": 0}

_RUN = "github inputs vars"
_BEFORE = _RUN + " needs"
_JOB = _BEFORE + " strategy matrix"
_STEP = _JOB + " steps job runner env"
_ACTION = "github strategy matrix job runner"
_ACTION_STEP = _ACTION + " inputs steps env vars needs"

NAME = Place("the `name` of a workflow", "")
ON = Place("`on`", "")
CALL_DEFAULT = Place("the `default` of an input", _RUN)
CALL_OUTPUT = Place("the `value` of an output of a workflow", _RUN + " jobs")
RUN_NAME = Place("`run-name`", _RUN)
CONCURRENCY = Place("the `concurrency` of a workflow", _RUN)
ENV = Place("the `env` of a workflow", _RUN + " secrets")
DEFAULTS = Place("the `defaults` of a workflow", "")

JOB_IF = Place("the `if` of a job", _BEFORE, _STATUS)
STRATEGY = Place("the `strategy` of a job", _BEFORE)
JOB_USES = Place("the `uses` of a job", "")
JOB_NEEDS = Place("the `needs` of a job", "")
JOB_WITH = Place("the `with` of a job that calls a workflow", _JOB)
JOB_SECRETS = Place("the `secrets` of a job that calls a workflow", _JOB + " secrets")
JOB_ENV = Place("the `env` of a job", _JOB + " secrets")
JOB_DEFAULTS = Place("the `defaults` of a job", _JOB + " env")
JOB_OUTPUTS = Place("the `outputs` of a job", _STEP + " secrets")
ENVIRONMENT_URL = Place("the `url` of an environment", _STEP)
CREDENTIALS = Place("the `credentials` of a container", _JOB + " secrets env")
CONTAINER_ENV = Place("the `env` of a container", _STEP + " secrets")
CONTAINER = Place("a container", _JOB)
JOB_KEYS = {
    key: Place(f"the `{key}` of a job", _JOB)
    for key in (
        *("name", "runs-on", "timeout-minutes", "cancel-timeout-minutes", "continue-on-error"),
        *("concurrency", "environment"),
    )
}

STEP_IF = Place("the `if` of a step", _STEP, _STATUS_OF_STEP | _FILES)
STEP_FIXED = {key: Place(f"the `{key}` of a step", "") for key in ("uses", "id", "shell")}
STEP = Place("a step", _STEP + " secrets", _FILES)

ACTION_DEFAULT = Place("the `default` of an action's input", _ACTION + " vars", _FILES)
ACTION_OUTPUT = Place("the `value` of an action's output", _ACTION_STEP)
ACTION_IF = Place("the `if` of a step of an action", _ACTION_STEP, _STATUS_OF_STEP | _FILES)
ACTION_USES = Place("the `uses` of a step of an action", "")
ACTION_STEP = Place("a step of an action", _ACTION_STEP, _FILES)
CONTAINER_ACTION = Place("`args` and `env` of an action that is a container", "inputs")

CONTEXTS = frozenset((*_STEP.split(), "secrets", "jobs"))
"""Every context that exists somewhere."""
