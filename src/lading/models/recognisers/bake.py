"""docker/bake-action with its forks, and `docker buildx bake`.

Source: action.yml of docker/bake-action at 4574eac.
"""

from __future__ import annotations

from lading.models.recognisers.build import is_told_to_push
from lading.models.recognisers.inputs import csv, lines, names, truth
from lading.models.recognisers.push import Push
from lading.models.recognisers.table import Recogniser
from lading.models.template import Hole, Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.steps import StepRun
    from lading.source import Located


def _bake(run: StepRun) -> Iterator[Push]:
    push = truth(run.value("push"))
    named: list[tuple[Template, Located]] = []
    for line, at in lines(run, "set", "\n"):
        key, equals, value = line.prefix.partition("=")
        field = key.strip().rpartition(".")[2].rstrip("+")
        rest = Template((value, *line.parts[1:]), line.conditions) if equals else line
        if field in ("tags", "tag"):
            named.append((rest, at))
        elif field == "output":
            fields = csv(rest)
            if (fields.get("type") or Template(())).literal == "registry" or "push" in fields:
                push = True
            named += [(name, at) for name in names(fields.get("name"))]
    if push is False:
        return
    place = run.step.uses or run.step.entry
    if not named:
        named = [(Template((Hole("*", "a bake file names it"),)), place)]
    for reference, at in named:
        yield Push(reference, at, "docker/bake-action", is_certain=push is True)


RECOGNISERS = (Recogniser(actions=("*/bake-action",), of_action=_bake, may_push=is_told_to_push),)
