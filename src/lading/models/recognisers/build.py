"""docker/build-push-action with its forks, and actions that push one image by inputs of their own.

Source: action.yml of docker/build-push-action at cb941d0; the rows of `lading.tables.actions` name theirs.
"""

from __future__ import annotations

from lading.models.evaluation import text_of
from lading.models.recognisers.inputs import cache_in_registry, csv, is_empty, lines, names, truth
from lading.models.recognisers.push import CACHE, Login, Push, credential_of, host_of
from lading.models.template import Hole, Template, join
from lading.tables.actions import PUSHERS, TAGGERS
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.steps import StepRun
    from lading.source import Located
    from lading.tables.actions import Pusher
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
    is_open = False
    for line, at in lines(run, "outputs", "\n") if "outputs" in inputs else ():
        ways = [each for each in line.variants if each.parts] if not line.prefix else [line]
        for way in ways:
            fields = csv(way)
            asked = fields.get("push")
            if (fields.get("type") or Template(())).literal == "registry":
                push = True if way is line else push or None
            elif asked is not None and push is False:
                push = truth(asked.literal) if asked.literal is not None and way is line else None
            elif not way.prefix:  # nothing is known of the output: it may push, and name what
                push = push or None
                is_open = True
            named += [(name, at) for name in names(fields.get("name"))]
    if push is False:
        return
    has_tags = not is_empty(run, "tags")
    references = list(lines(run, "tags", "\n,")) if has_tags else named
    for reference, at in references:
        yield Push(reference, at, _TOOL, is_certain=push is True)
    if not references and not has_tags:
        place = run.step.inputs.get("push") or run.step.uses or run.step.entry
        unseen = Template((Hole("*", "the output is not known"),)) if is_open else None
        yield Push(unseen, place, _TOOL, is_certain=push is True and not is_open)


def _may_cache(node: Node | None) -> bool:
    """May an input name a cache in a registry? Told as it is written: most name `type=gha` alone."""
    if not isinstance(node, Scalar):
        return False
    text = node.text
    return "=" not in text or any(sign in text for sign in ("registry", "${{", "\n", '"'))


def push_by_table(run: StepRun) -> Iterator[Push | Login]:
    row = PUSHERS[run.step.action or ""]
    name = run.text(row.image)
    asked = run.text(row.push)
    if name is None or not name.parts or (asked is not None and asked.literal == "false"):
        return
    node = run.step.inputs[row.image]
    registry = run.text(row.registry) if row.registry in run.step.inputs else Template.of(row.host)
    host = registry.strip() if registry is not None else Template(())
    name = _within(row, name, host, run)
    if host.parts and not (host.literal or "").rstrip("/").endswith(name.prefix or "\0"):
        literal = host.literal
        host = Template.of(literal.rstrip("/")) if literal is not None else host
        name = join((host, Template.of("/"), name))
    if row.lowercases:
        name = name.map(str.lower)
    is_certain = asked is None or asked.literal in ("", "true")
    credential, tool = _credential(row, run), str(run.step.action)
    if row.stays and credential is not None:
        yield Login(host_of(registry) if registry is not None else None, credential, node, run.is_certain)
    for tag in _tags(row, run):
        reference = join((name, Template.of(":"), tag))
        yield Push(reference, node, tool, is_certain=is_certain, credential=credential)


def _within(row: Pusher, name: Template, host: Template, run: StepRun) -> Template:
    """The name with what the action puts before it."""
    front: Template | None = None
    if row.behind.startswith("$"):
        if host.literal in ("", "ghcr.io", "docker.io") and "/" not in name.pattern:
            front = run.text(row.behind[1:])
    elif row.behind and host.literal == "ghcr.io":
        front = run.text(row.other) or text_of(f"${{{{ github.{row.behind} }}}}", run.contexts)
    return join((front.map(str.lower), Template.of("/"), name)) if front is not None and front.parts else name


def _tags(row: Pusher, run: StepRun) -> Iterator[Template]:
    given = run.text(row.tags)
    tags = given if given is not None and given.parts else Template.of(row.default_tag)
    yield from (tag.strip() for tag in tags.split(row.separator) if tag.strip().parts)
    if not tags.parts or any(name in run.step.inputs for name in row.more):
        yield Template((Hole("*", "the action makes the tag"),))


def _credential(row: Pusher, run: StepRun) -> str | None:
    if row.password in run.step.inputs:
        return credential_of(run.text(row.password or ""))
    return credential_of(run.variables.get(row.variable)) if row.variable else None


def tag_many(run: StepRun) -> Iterator[Push]:
    for reference, at in lines(run, TAGGERS[run.step.action or ""], "\n,"):
        yield Push(reference, at, str(run.step.action))
