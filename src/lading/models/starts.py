"""What an event tells of the run that it starts: the ref, the payload, the inputs of a start by hand.

Sources: docs.github.com "Events that trigger workflows" (the column GITHUB_REF), "Workflow syntax" (`on.push`) and
"Contexts" (`github`).
"""

from __future__ import annotations

from lading import regex as re
from lading.memory import remembered
from lading.models.calls import WORKSPACE
from lading.models.template import Hole, Template
from lading.models.values import TOKEN, OneOf, Partial, Unknown, as_text, as_value, one_of, undecided
from lading.tree import Mapping, Scalar, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.identity import Identity
    from lading.models.workflow import Event, Workflow

    Facts = dict[str, object]

_MAX_REFS = 8
"""Patterns of branches and tags that are told apart; where there are more, only branches and tags are."""
_ON_DEFAULT_BRANCH = ("schedule", "workflow_run", "repository_dispatch", "issue_comment", "issues")
_SIGNS = r"[*?+\[\]!\\]"
"""What makes a filter a pattern (docs: "Filter pattern cheat sheet")."""


def refs(event: Event) -> tuple[Facts, ...]:
    """What the `github` context holds of the ref, for each branch or tag that the event's filters name.

    One empty dict where the event may run for any ref.
    """
    if event.name == "push":
        return _pushed(event)
    if event.name == "release":
        return (_ref("tag", _some("tag")),)
    if event.name in _ON_DEFAULT_BRANCH or event.name == "pull_request_target":
        return (_ref("branch", _some("branch")),)
    if event.name == "merge_group":
        return (_ref("branch", Template(("gh-readonly-queue/", *_some("branch").parts))),)
    if event.name == "pull_request" and "closed" not in event.strings("types"):
        return (_of_request(event),)
    return ({},)


def on_default_branch(event: str) -> bool:
    """Does the event run for a branch that no file of the workflow names: the default one, or a target's?"""
    return event in _ON_DEFAULT_BRANCH or event == "pull_request_target"


def _pushed(event: Event) -> tuple[Facts, ...]:
    """Filters of branches alone leave out tags, those of tags alone leave out branches."""
    keys = {entry.name for entry in event.config} if event.config is not None else set()
    branches, tags = (bool(keys & {name, f"{name}-ignore"}) for name in ("branches", "tags"))
    found = [_ref("branch", name) for name in _named(event, "branches")] if branches or not tags else []
    found += [_ref("tag", name) for name in _named(event, "tags")] if tags or not branches else []
    if len(found) <= _MAX_REFS:
        return tuple(found)
    return tuple(_ref(kind, _some(kind)) for kind in dict.fromkeys(str(each["ref_type"]) for each in found))


def _named(event: Event, key: str) -> list[Template]:
    """The names under a filter; any name where it names none."""
    kind = "branch" if key == "branches" else "tag"
    names = [name for name in event.strings(key) if not name.startswith("!")]
    return list(dict.fromkeys(_of_pattern(name, kind) for name in names)) or [_some(kind)]


def _of_pattern(pattern: str, kind: str) -> Template:
    """What is known of the names that a pattern takes: their beginning and end."""
    signs = list(re.finditer(_SIGNS, pattern))
    if not signs:
        return Template.of(pattern)
    first, last = signs[0], signs[-1]
    begin = first.start() - (first[0] in "?+")
    return Template((pattern[: max(begin, 0)], *_some(kind).parts, pattern[last.end() :]))


def _some(kind: str) -> Template:
    return Template((Hole("${{ github.ref_name }}", f"the name of the {kind} is known when it runs"),))


_FOLDERS = {"branch": "refs/heads/", "tag": "refs/tags/"}


def _ref(kind: str, name: Template) -> Facts:
    ref = Template((_FOLDERS[kind], *name.parts))
    return {"ref_type": kind, "ref_name": as_value(name), "ref": as_value(ref)}


def _of_request(event: Event) -> Facts:
    number = Hole("${{ github.event.number }}", "the number of the pull request is known when it runs")
    known: Facts = {
        "ref_type": "branch",
        "ref_name": as_value(Template((number, "/merge"))),
        "ref": as_value(Template(("refs/pull/", number, "/merge"))),
    }
    targets = _named(event, "branches") if event.strings("branches") else []
    if len(targets) == 1:
        known["base_ref"] = as_value(targets[0])
    return known


# --- the context `github` ---

_PAYLOADS = {
    "pull_request": (
        "pull_request",
        "pull_request_target",
        "pull_request_review",
        "pull_request_review_comment",
    ),
    "release": ("release",),
    "workflow_run": ("workflow_run",),
    "issue": ("issues", "issue_comment"),
    "comment": ("issue_comment", "commit_comment", "discussion_comment", "pull_request_review_comment"),
    "head_commit": ("push",),
    "commits": ("push",),
    "client_payload": ("repository_dispatch",),
    "inputs": ("workflow_dispatch",),
    "schedule": ("schedule",),
    "merge_group": ("merge_group",),
}
"""The objects of payloads by the events that have them."""
_KNOWN_PAYLOADS = frozenset(
    (
        *("push", "pull_request", "pull_request_target", "workflow_dispatch", "schedule"),
        *("release", "merge_group", "repository_dispatch"),
    )
)
"""Events of which it is certain that their payload has no other of these objects."""


def github(root: Workflow, event: str | None, ref: Facts, identity: Identity | None) -> Partial:
    """The context `github` of a run; `event` is None where several may start it."""
    known: Facts = {"token": TOKEN, "workflow": root.name or root.path, "workspace": WORKSPACE}
    payload: Facts = {}
    if identity is not None and identity.owner is not None:
        known |= _of_repository(identity)
        payload["repository"] = _repository(identity)
    if event is not None:
        known["event_name"] = event
        known |= ref
        if not event.startswith("pull_request"):
            known["head_ref"] = known["base_ref"] = ""
        if event in _KNOWN_PAYLOADS:
            payload |= _absent(event)
        else:
            payload |= _lacking(event)
        if event == "workflow_dispatch":
            inputs = {name: as_text(value) for name, value in dispatched(root).items()}
            payload["inputs"] = inputs
    known["event"] = Partial(payload, "it is known when the event happens")
    return Partial(known, "it is known when the workflow runs")


@remembered(32)
def _absent(event: str) -> Facts:
    """The objects that its payload does not have, each null; nobody changes it."""
    return dict.fromkeys(name for name, events in _PAYLOADS.items() if event not in events)


def _lacking(event: str) -> Facts:
    names = ("pull_request", "release")
    return dict.fromkeys(name for name in names if not event.startswith(name))


def _of_repository(identity: Identity) -> Facts:
    known: Facts = {"repository_owner": identity.owner, "server_url": f"https://{identity.host}"}
    if identity.host == "github.com":
        known |= {"api_url": "https://api.github.com", "graphql_url": "https://api.github.com/graphql"}
    if identity.name is not None:
        known["repository"] = f"{identity.owner}/{identity.name}"
        known["repositoryUrl"] = f"git://{identity.host}/{identity.owner}/{identity.name}.git"
    return known


def _repository(identity: Identity) -> Partial:
    owner = {"login": identity.owner, "name": identity.owner}
    known: Facts = {"owner": Partial(owner, "it is not known")}
    if identity.name is not None:
        url = f"https://{identity.host}/{identity.owner}/{identity.name}"
        known |= {"name": identity.name, "full_name": f"{identity.owner}/{identity.name}", "html_url": url}
    return Partial(known, "it is not known")


def contexts(root: Workflow, event: str | None, ref: Facts, identity: Identity | None) -> Facts:
    """The contexts of a run that an event starts: `github`, `inputs` and `secrets`."""
    return {
        "github": github(root, event, ref, identity),
        "inputs": _inputs(root, event),
        "secrets": Partial({"github_token": TOKEN}, "secrets are not known from here"),
    }


# --- the inputs of a start by hand ---


def _inputs(root: Workflow, event: str | None) -> object:
    """The `inputs` of a start by hand; nothing for any other event."""
    if event == "workflow_dispatch":
        return dispatched(root)
    if event is None and root.dispatch_inputs:
        return Partial({}, "it depends on the event")
    return {}


def dispatched(root: Workflow) -> Facts:
    """The `inputs` of a start by hand: what each can be."""
    return {name: _input(declared) for name, declared in root.dispatch_inputs.items()}


def _input(declared: Mapping | None) -> object:
    unknown = Unknown("whoever starts the workflow gives it")
    kind = declared.get("type") if declared is not None else None
    if declared is None or not isinstance(kind, Scalar):
        return unknown
    if kind.text == "boolean":
        return undecided(unknown.reason)
    options = declared.get("options")
    if kind.text != "choice" or not isinstance(options, Sequence):
        return unknown
    items = [resolve(item) for item in options]
    texts = [item.text for item in items if isinstance(item, Scalar)]
    if not texts or len(texts) != len(items):
        return unknown
    found = one_of(texts, unknown.reason)
    return found if isinstance(found, OneOf) else unknown
