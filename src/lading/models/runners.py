"""What the label of a runner tells of the machine: the context `runner`.

Source: docs.github.com "GitHub-hosted runners reference" (the labels of standard runners and their architectures).
"""

from __future__ import annotations

import re

from lading.models.values import Partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_HOSTED = re.compile(r"(ubuntu|windows|macos)-(latest|[0-9]+(?:\.[0-9]+)?)(-arm)?(-intel|-large|-xlarge)?")
_SYSTEMS = {"ubuntu": "Linux", "windows": "Windows", "macos": "macOS"}
_FIRST_ARM_MAC = 14


def runner(labels: Iterable[object]) -> Partial:
    """The context, as far as the labels of `runs-on` tell it."""
    known: dict[str, object] = {}
    for label in labels:
        hosted = _HOSTED.fullmatch(label.lower()) if isinstance(label, str) else None
        if hosted is not None:
            known = {"os": _SYSTEMS[hosted[1]], "environment": "github-hosted"}
            architecture = _architecture(*hosted.groups())
            if architecture is not None:
                known["arch"] = architecture
    return Partial(known, "it depends on the runner")


def _architecture(system: str, version: str, arm: str | None, size: str | None) -> str | None:
    if system != "macos":
        return "ARM64" if arm else "X64" if size is None else None
    if size in ("-intel", "-large"):
        return "X64"
    if version == "latest" or size == "-xlarge":
        return "ARM64"
    return "ARM64" if float(version) >= _FIRST_ARM_MAC else "X64"
