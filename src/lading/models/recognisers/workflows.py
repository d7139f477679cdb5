"""Reusable workflows that lie elsewhere and publish: docker/github-builder.

Source: docker/github-builder:.github/workflows/build.yml at 00af29c.
"""

from __future__ import annotations

from lading import regex as re
from lading.models.evaluation import as_template, text_of
from lading.models.recognisers.inputs import truth
from lading.models.recognisers.push import UNKNOWN, Push, credential_of, host_of
from lading.models.template import Template
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.models.steps import StepRun
    from lading.models.worlds import World

_TOOL = "docker/github-builder"


class _Metadata:
    """The inputs `meta-images`, `meta-tags` and so on, as docker/metadata-action has them."""

    def __init__(self, run: StepRun) -> None:
        self._run = run
        self.contexts: Mapping[str, object] = run.contexts
        self.world: World = run.world

    def text(self, name: str) -> Template | None:
        return self._run.text(f"meta-{name}")


def github_builder(run: StepRun) -> Iterator[Push]:
    from lading.models.metadata import metadata_outputs

    push = truth(run.value("push"))
    output = run.text("output")
    if push is False or (output is not None and output.literal == "local"):
        return
    tags = metadata_outputs(_Metadata(run))["tags"]
    at = run.step.inputs.get("meta-images") or run.step.uses or run.step.entry
    credentials = dict(_credentials(run))
    for reference in as_template(tags, "*").split("\n"):
        if reference.parts:
            host = _host(reference)
            credential = credentials.get(host, UNKNOWN if not credentials or None in credentials else "none")
            yield Push(reference, at, _TOOL, is_certain=push is True, credential=credential)


def _host(reference: Template) -> str | None:
    from lading.models.image import split_template

    return split_template(split_template(reference).name).registry


def _credentials(run: StepRun) -> Iterator[tuple[str | None, str]]:
    """Registry and credential of the secret `registry-auths`, a YAML text."""
    node = run.step.node.get("secrets")
    secret = node.get("registry-auths") if node is not None and hasattr(node, "get") else None
    if not isinstance(secret, Scalar):
        return
    registry: Template | None = None
    for line in text_of(secret.text, run.contexts).split("\n"):
        match = re.match(r"[\s-]*(registry|password)\s*:\s*", line.prefix)
        if match is None:
            continue
        rest = Template((line.prefix[match.end() :], *line.parts[1:]), line.conditions).strip()
        if match[1] == "registry":
            registry = rest
        else:
            yield (host_of(registry) if registry is not None else "docker.io"), credential_of(rest)
