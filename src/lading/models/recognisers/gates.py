"""What is asked of a step before anything is followed: can it push at all, as far as it is written?"""

from __future__ import annotations

from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.models.workflow import Step


def truth(value: object) -> bool | None:
    """A boolean input; None where it is not known."""
    from lading.models.expressions import Unknown

    if isinstance(value, Unknown):
        return None
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def told_to_push(step: Step) -> bool:
    """Do the inputs of a building action say anything of pushing, other than that it is not done?"""
    push = step.inputs.get("push")
    told = isinstance(push, Scalar) and push.text.strip() not in ("", "false")
    return told or "outputs" in step.inputs or "set" in step.inputs or _writes_cache(step)


def _writes_cache(step: Step) -> bool:
    cache = step.inputs.get("cache-to")
    return isinstance(cache, Scalar) and ("type=registry" in cache.text or "type=" not in cache.text)


def cannot_push(step: Step, contexts: Mapping[str, object]) -> bool:
    """Is it certain, before any step has run, that a step does not push: by its condition, or its input `push`?"""
    from lading.models.evaluation import truth_of, value_of

    if truth_of(step.condition, contexts) is False:
        return True
    action = step.action
    if action is None or not action.endswith("/build-push-action") or "outputs" in step.inputs:
        return False
    return not _writes_cache(step) and truth(value_of(step.inputs.get("push"), contexts)) is False


def pushes_to_registry(step: Step) -> bool:
    """Is an attestation asked to be pushed?"""
    return "push-to-registry" in step.inputs


def names_image(step: Step) -> bool:
    """Is a dev container given a name under which it could be pushed?"""
    return "imagename" in step.inputs
