"""What the label of a runner tells of the machine: the context `runner`.

Source: docs.github.com "GitHub-hosted runners reference" (the labels of standard runners and their architectures).
"""

from __future__ import annotations

from lading.memory import remembered
from lading.models.values import Partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_SYSTEMS = {"ubuntu": "Linux", "windows": "Windows", "macos": "macOS"}
_SIZES = ("arm", "intel", "large", "xlarge")
_FIRST_ARM_MAC = 14


def runner(labels: Iterable[object]) -> Partial:
    """The context, as far as the labels of `runs-on` tell it."""
    known: dict[str, object] = {}
    for label in labels:
        known = (_machine(label) if isinstance(label, str) else None) or known
    return Partial(known, "it depends on the runner")


@remembered(256)
def _machine(label: str) -> dict[str, object] | None:
    """What a label tells of the machine; None for one that is not GitHub's."""
    hosted = _hosted(label)
    if hosted is None:
        return None
    system, version, size = hosted
    known: dict[str, object] = {"os": _SYSTEMS[system], "environment": "github-hosted"}
    architecture = _architecture(system, version, size)
    if architecture is not None:
        known["arch"] = architecture
    return known


def _hosted(label: str) -> tuple[str, str, str] | None:
    """System, version and size of a label such as `macos-15-intel`; None for another label."""
    system, _, rest = label.lower().partition("-")
    version, dash, size = rest.partition("-")
    is_version = version == "latest" or version.replace(".", "", 1).isdigit()
    is_hosted = system in _SYSTEMS and is_version and (size in _SIZES or not dash)
    return (system, version, size) if is_hosted else None


def _architecture(system: str, version: str, size: str) -> str | None:
    if system != "macos":
        return {"arm": "ARM64", "": "X64"}.get(size)
    if size in ("intel", "large"):
        return "X64"
    if version == "latest" or size == "xlarge":
        return "ARM64"
    return "ARM64" if float(version) >= _FIRST_ARM_MAC else "X64"
