"""devcontainers/ci and `devcontainer build`: images of dev containers.

Sources: devcontainers/ci:action.yml and github-action/src/main.ts (`runPost`) at aefa886; devcontainers/cli:
src/spec-node/devContainersSpecCLI.ts (`buildOptions`).
"""

from __future__ import annotations

from lading.models.recognisers.options import options_of
from lading.models.recognisers.push import Push
from lading.models.template import Template, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.recognisers.table import Command
    from lading.models.steps import StepRun

_COLON = Template.of(":")


def devcontainer_action(run: StepRun) -> Iterator[Push]:
    """It pushes when the job ends, `always` or where the event and the ref pass its filters."""
    name = run.text("imagename")
    if name is None or not name.strip().parts:
        return
    pushes = _pushes(run)
    if pushes is False:
        return
    tags = run.text("imagetag")
    given = tags if tags is not None and tags.parts else Template.of("latest")
    for tag in given.split(","):
        reference = join((name.strip(), _COLON, tag.strip()))
        at = run.step.inputs["imagename"]
        yield Push(reference, at, "devcontainers/ci", is_certain=pushes is True)


def _pushes(run: StepRun) -> bool | None:
    asked = run.text("push")
    kind = asked.literal if asked is not None else "filter"
    if kind in ("always", "never"):
        return kind == "always"
    if kind not in ("filter", ""):
        return None
    github = run.contexts["github"]
    ref = github.get("ref") if isinstance(github, dict) else None
    verdicts = (
        _passes(run.text("eventfilterforpush") or Template.of("push"), run.world.events),
        _passes(run.text("reffilterforpush") or Template(()), (ref,)),
    )
    return False if False in verdicts else None if None in verdicts else True


def _passes(given: Template, values: tuple[object, ...]) -> bool | None:
    """Are all values (False: is none) one of the lines? None where that is not known; no lines let all pass."""
    allowed = [line.literal for line in map(Template.strip, given.split("\n")) if line.parts]
    if not allowed:
        return True
    if None in allowed or not all(isinstance(value, str) for value in values):
        return None
    passing = [value in allowed for value in values]
    return True if all(passing) else None if any(passing) else False


_VALUES = frozenset(
    (
        *("--workspace-folder", "--config", "--image-name", "--cache-from", "--cache-to", "--platform"),
        *("--output", "--label", "--log-level", "--log-format", "--buildkit", "--additional-features"),
        *("--user-data-folder", "--docker-path", "--docker-compose-path"),
    )
)


def devcontainer(command: Command) -> Iterator[Push]:
    words = command.words
    if not words or words[0].literal != "build":
        return
    options = options_of(words[1:], _VALUES)
    if not options.has("--push") or any(word.literal == "false" for word in options.rest):
        return
    for reference, word in options.values("--image-name"):
        at = command.at(word)
        yield Push(reference, at, "devcontainer build --push", is_certain=command.is_certain)
