"""What third-party actions hand to later steps, where it can be told from their inputs."""

from __future__ import annotations

from lading.models.evaluation import as_value
from lading.tables.actions import ECR_LOGIN, ECR_PUBLIC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.models.steps import StepRun


def is_metadata(action: str | None) -> bool:
    """docker/metadata-action or a fork of it."""
    return action is not None and action.endswith("/metadata-action")


_CASE = "aszc/change-string-case-action"


def has_outputs(action: str | None) -> bool:
    """Does an action hand something to later steps that can be told?"""
    return is_metadata(action) or action in (_CASE, ECR_LOGIN)


def outputs_of(run: StepRun) -> dict[str, object]:
    """The outputs that are known, by name."""
    action = run.step.action
    if is_metadata(action):
        from lading.models.metadata import metadata_outputs

        return metadata_outputs(run)
    if action == _CASE:
        text = run.text("string")
        if text is not None:
            return {"lowercase": as_value(text.map(str.lower)), "uppercase": as_value(text.map(str.upper))}
    if action == ECR_LOGIN:
        kind = run.text("registry-type")
        if kind is not None and kind.is_known and kind.strip().literal == "public":
            return {"registry": ECR_PUBLIC}
    return {}
