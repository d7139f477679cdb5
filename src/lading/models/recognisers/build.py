"""docker/build-push-action with its forks, and actions that push one image by inputs of their own.

Source: action.yml of docker/build-push-action at cb941d0; the rows of `lading.tables.actions` name theirs.
"""

from __future__ import annotations

from lading.models.recognisers.inputs import cache_in_registry, csv, is_empty, lines, names, truth
from lading.models.recognisers.push import CACHE, Push, credential_of
from lading.models.template import Template, join
from lading.tables.actions import PUSHERS, TAGGERS
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.steps import StepRun
    from lading.source import Located
    from lading.tree import Node

_TOOL = "docker/build-push-action"


def build_push(run: StepRun) -> Iterator[Push]:
    """Tags take the place of every `name=` in `outputs` (docker/buildx, build/opt.go)."""
    inputs = run.step.inputs
    for line, at in lines(run, "cache-to", "\n") if _may_cache(inputs.get("cache-to")) else ():
        ref = cache_in_registry(line)
        if ref is not None:
            yield Push(ref, at, "`cache-to`", kind=CACHE)
    push = truth(run.value("push"))
    named: list[tuple[Template, Located]] = []
    for line, at in lines(run, "outputs", "\n") if "outputs" in inputs else ():
        fields = csv(line)
        asked = fields.get("push")
        if (fields.get("type") or Template(())).literal == "registry":
            push = True
        elif asked is not None and push is False:
            push = truth(asked.literal) if asked.literal is not None else None
        elif push is False and not line.prefix:
            push = None  # nothing is known of the output: it may push
        named += [(name, at) for name in names(fields.get("name"))]
    if push is False:
        return
    has_tags = not is_empty(run, "tags")
    references = list(lines(run, "tags", "\n,")) if has_tags else named
    for reference, at in references:
        yield Push(reference, at, _TOOL, is_certain=push is True)
    if not references and not has_tags:
        place = run.step.inputs.get("push") or run.step.uses or run.step.entry
        yield Push(None, place, _TOOL, is_certain=push is True)


def _may_cache(node: Node | None) -> bool:
    """May an input name a cache in a registry? Told as it is written: most name `type=gha` alone."""
    if not isinstance(node, Scalar):
        return False
    text = node.text
    return "=" not in text or any(sign in text for sign in ("registry", "${{", "\n", '"'))


def push_by_table(run: StepRun) -> Iterator[Push]:
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


def tag_many(run: StepRun) -> Iterator[Push]:
    for reference, at in lines(run, TAGGERS[run.step.action or ""], "\n,"):
        yield Push(reference, at, str(run.step.action))
