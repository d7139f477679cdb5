"""docker/build-push-action with its forks, and actions that push one image by inputs of their own.

Source: action.yml of docker/build-push-action at cb941d0; the rows of `lading.tables.actions` name theirs.
"""

from __future__ import annotations

from lading.models.evaluation import truth_of, value_of
from lading.models.recognisers.inputs import cache_in_registry, csv, is_empty, lines, names, truth
from lading.models.recognisers.push import CACHE, Push, credential_of
from lading.models.recognisers.table import Recogniser
from lading.models.template import Template, join
from lading.tables.actions import PUSHERS, TAGGERS
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.models.steps import StepRun
    from lading.models.workflow import Step
    from lading.source import Located

_TOOL = "docker/build-push-action"


def is_told_to_push(step: Step) -> bool:
    """Do the inputs of a building action say anything of pushing, other than that it is not done?"""
    push = step.inputs.get("push")
    told = isinstance(push, Scalar) and push.text.strip() not in ("", "false")
    return told or "outputs" in step.inputs or "set" in step.inputs or _writes_cache(step)


def _writes_cache(step: Step) -> bool:
    cache = step.inputs.get("cache-to")
    return isinstance(cache, Scalar) and ("type=registry" in cache.text or "type=" not in cache.text)


def cannot_push(step: Step, contexts: Mapping[str, object]) -> bool:
    """Is it certain, before any step has run, that a step does not push: by its condition, or its input `push`?"""
    if truth_of(step.condition, contexts) is False:
        return True
    action = step.action
    if action is None or not action.endswith("/build-push-action") or "outputs" in step.inputs:
        return False
    return not _writes_cache(step) and truth(value_of(step.inputs.get("push"), contexts)) is False


def _build_push(run: StepRun) -> Iterator[Push]:
    for line, at in lines(run, "cache-to", "\n"):
        ref = cache_in_registry(line)
        if ref is not None:
            yield Push(ref, at, "`cache-to`", kind=CACHE)
    push = truth(run.value("push"))
    named: list[tuple[Template, Located]] = []
    for line, at in lines(run, "outputs", "\n"):
        fields = csv(line)
        asked = fields.get("push")
        if (fields.get("type") or Template(())).literal == "registry":
            push = True
        elif asked is not None and push is False:
            push = truth(asked.literal) if asked.literal is not None else None
        named += [(name, at) for name in names(fields.get("name"))]
    if push is False:
        return
    tags = list(lines(run, "tags", "\n,")) + named
    for reference, at in tags:
        yield Push(reference, at, _TOOL, is_certain=push is True)
    if not tags and is_empty(run, "tags"):
        place = run.step.inputs.get("push") or run.step.uses or run.step.entry
        yield Push(None, place, _TOOL, is_certain=push is True)


def _by_table(run: StepRun) -> Iterator[Push]:
    row = PUSHERS[run.step.action or ""]
    name = run.text(row.image)
    if name is None or not name.parts:
        return
    node = run.step.inputs[row.image]
    registry = run.text(row.registry) if row.registry in run.step.inputs else Template.of(row.host)
    host = registry.strip() if registry is not None else Template(())
    if host.parts and not (host.literal or "").rstrip("/").endswith(name.prefix or "\0"):
        literal = host.literal
        host = Template.of(literal.rstrip("/")) if literal is not None else host
        name = join((host, Template.of("/"), name))
    if row.lowercases:
        name = name.map(str.lower)
    tags = run.text(row.tags) or Template.of(row.default_tag)
    credential = credential_of(run.text(row.password)) if row.password in run.step.inputs else None
    for tag in tags.split(row.separator):
        if tag.parts:
            reference = join((name, Template.of(":"), tag.strip()))
            yield Push(reference, node, str(run.step.action), credential=credential)


def _tagged(run: StepRun) -> Iterator[Push]:
    for reference, at in lines(run, TAGGERS[run.step.action or ""], "\n,"):
        yield Push(reference, at, str(run.step.action))


RECOGNISERS = (
    Recogniser(actions=("*/build-push-action",), of_action=_build_push, may_push=is_told_to_push),
    Recogniser(actions=PUSHERS, of_action=_by_table),
    Recogniser(actions=TAGGERS, of_action=_tagged),
)
