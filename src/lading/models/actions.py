"""What third-party actions hand to later steps, where it can be told from their inputs."""

from __future__ import annotations

from lading.models.evaluation import as_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.models.steps import StepRun


def is_metadata(action: str | None) -> bool:
    """docker/metadata-action or a fork of it."""
    return action is not None and action.endswith("/metadata-action")


_CASE = "aszc/change-string-case-action"


def has_outputs(action: str | None) -> bool:
    """Does an action hand something to later steps that can be told?"""
    return is_metadata(action) or action == _CASE


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
    return {}
