"""Jobs that bring something onto servers."""

from __future__ import annotations

from lading import regex as re
from lading.findings import Hit
from lading.tables.actions import DEPLOYERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.models.workflow import Job, Step, Workflow

_NAMED = r"(?i)deploy|rollout|production|(?:^|[^a-z])(?:prod|staging|live)(?:$|[^a-z])"
_DEPLOYS = (
    r"(?m)\b(?:docker[ -]compose\b.{0,2000}\b(?:up|pull)\b|docker stack deploy|docker service update"
    r"|kubectl\b.{0,2000}\b(?:apply|set image|rollout|replace)\b|helm\b.{0,2000}\b(?:upgrade|install)\b"
    r"|kustomize\b.{0,2000}\|\s*kubectl"
    r"|fly(?:ctl)? deploy|gcloud run deploy|gcloud app deploy|aws ecs update-service|az (?:webapp|containerapp)\b"
    r"|heroku container:release|ansible-playbook|nomad job run|cf push|pulumi up|terraform apply|systemctl restart)\b"
)
_REMOTE = r"\bssh\b(?!-(?:keygen|keyscan|add|agent))|\bscp\b|rsync\b.{0,2000}:"
_LOCAL = r"(?i)\b(?:kind|minikube|k3d|k3s|microk8s|ct install|chart-testing)\b"
_REQUESTS = {"pull_request", "pull_request_target", "merge_group"}


def without_environment(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A job for a server has no environment, so no rule and no reviewer stands before it."""
    text = workflow.tree.source.text
    if "secrets" not in text or set(workflow.events) <= _REQUESTS:
        return
    jobs = [job for job in workflow.jobs.values() if job.environment is None and job.uses is None]
    if not _is_named(workflow, *jobs):
        return
    for job in jobs:
        if len(jobs) > 1 and not _is_named(workflow, job):
            continue
        written = text[job.node.start : job.node.end]
        step = next((each for each in job.steps if _deploys(each)), None) if "secrets." in written else None
        if step is not None and not re.search(_LOCAL, written):
            yield Hit(
                job.key,
                f"job `{job.id}` deploys and names no `environment`, so no reviewer and no rule for branches can stand "
                "before it",
                related=[(step.uses or step.run or step.entry, "deploys here")],
            )


def _is_named(workflow: Workflow, *jobs: Job) -> bool:
    """Is one of some jobs named for a deployment, or their workflow?"""
    names = [workflow.name or ""]
    for job in jobs:
        names += (job.id, getattr(job.node.get("name"), "text", ""))
    return re.search(_NAMED, "\n".join(names)) is not None


def _deploys(step: Step) -> bool:
    """Does it bring something onto a server: by an action, or a command, on another machine where it is Compose?"""
    action = step.action
    if action is not None:
        inputs = DEPLOYERS.get(action)
        if inputs is None:
            return False
        script = getattr(step.inputs.get(inputs), "text", "") if inputs else None
        return script is None or re.search(_DEPLOYS, script) is not None
    text = step.run.text if step.run is not None else ""
    found = re.search(_DEPLOYS, text)
    is_local = (
        found is not None and found[0].startswith(("docker", "systemctl")) and not re.search(_REMOTE, text)
    )
    return found is not None and not is_local and "--dry-run" not in text
