"""What the workflows of a repository publish: each image with its login, its token's permissions and its events."""

from __future__ import annotations

from itertools import islice

from lading import regex as re
from lading.findings import KNOWN, assumed, unknown
from lading.models.candidates import logs_in
from lading.models.image import check_template, split_template
from lading.models.namespaces import has_registry, is_nearby, owned
from lading.models.permissions import effective
from lading.models.recognisers.gates import cannot_push
from lading.models.recognisers.logins import may_log_in
from lading.models.recognisers.push import DOCKER_HUB, GITHUB_TOKEN, UNKNOWN, Push
from lading.models.template import Hole, Template, join
from lading.tree import Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Reversible

    from lading.config import Config
    from lading.findings import Basis
    from lading.identity import Identity
    from lading.models.candidates import Candidates
    from lading.models.image import InvalidReference
    from lading.models.labels import SourceLabel
    from lading.models.namespaces import Namespace, Owned
    from lading.models.permissions import Call, CallGraph, Effective
    from lading.models.recognisers.push import Login
    from lading.models.steps import StepRun, Walker
    from lading.models.workflow import Job, Step, Workflow
    from lading.models.worlds import World
    from lading.source import Located
    from lading.tree import Node

_HUB_ITSELF = "registry-1.docker.io"
"""The server of Docker Hub, as which Helm names it: logins to either are kept under one address
(oras-project/oras-go:registry/remote/credentials, ServerAddressFromHostname)."""


class Reference:
    """One name with tag that is pushed, and its place."""

    __slots__ = ("_problem", "at", "template")

    def __init__(self, template: Template, at: Located) -> None:
        self.template = template
        self.at = at
        self._problem: tuple[InvalidReference | None] | None = None

    @property
    def problem(self) -> InvalidReference | None:
        """What is wrong with it whatever its unknown parts are."""
        if self._problem is None:
            self._problem = (check_template(self.template),)
        return self._problem[0]

    def __repr__(self) -> str:
        return f"<Reference {self.template.shown}>"


class Publication:
    """An image that a step of a job pushes, taken together over all the ways the job runs.

    - `job`, `step`: the job, and the step that pushes (of a composite action, where one does); `caller` is the
      job's own step
    - `node`: where the step begins; `place`: where it says what or that it pushes
    - `image`: the name without tag; `references`: each name with tag and its place; `tags`: the tags alone
    - `tool`: what pushes; `kind`: what it is ("image", "chart", …)
    - `registry`: the host ("docker.io" where none is written), None where it is not known
    - `login`: the login that counts for that host, None where none was found; `logins`: every login before the push
    - `credential`: `GITHUB_TOKEN`, `secret:NAME`, `none` or `unknown`
    - `permissions`: the token's, one for each chain of callers
    - `events`: the events that lead to it
    - `certain_events`: those of which each run pushes, as far as conditions decide
    - `basis`: how certain it is that the push happens at all, and that its name is this one
    - `lacks_tags`: it pushes without saying what
    """

    __slots__ = (
        "_owned",
        "_sightings",
        "_source_labels",
        "basis",
        "caller",
        "certain_events",
        "credential",
        "events",
        "identity",
        "image",
        "job",
        "kind",
        "lacks_tags",
        "login",
        "logins",
        "node",
        "permissions",
        "place",
        "references",
        "registry",
        "step",
        "tool",
    )

    def __init__(
        self,
        sightings: tuple[Sighting, ...],
        permissions: tuple[Effective, ...],
        identity: Identity | None,
        own: Owned,
    ) -> None:
        first = sightings[0]
        self.job: Job = first.world.job
        self.step: Step = first.run.step
        self.caller: Step = first.run.outer
        self.node: Located = first.run.step.entry
        self.place: Located = first.push.at
        self.image = min((sighting.name for sighting in sightings), key=lambda name: len(name.conditions))
        self.kind = first.push.kind
        self.lacks_tags = first.push.reference is None
        self.references = tuple(_distinct(sightings))
        self.tool = first.push.tool
        self.registry = _registry_of(first)
        found = [_login_for(self.registry, sighting) for sighting in sightings]
        self.login = found[0][0]
        self.credential = found[0][1] if all(each[1] == found[0][1] for each in found) else UNKNOWN
        self.logins = first.logins
        self._sightings = sightings
        self.permissions = permissions
        self.events = tuple(dict.fromkeys(event for sighting in sightings for event in sighting.world.events))
        self.certain_events = tuple(
            dict.fromkeys(event for each in sightings if each.is_certain for event in each.world.events)
        )
        self.basis = _basis(sightings) & assumed(*self.image.conditions)
        self.identity = identity
        self._owned = own
        self._source_labels: tuple[SourceLabel, ...] | None = None

    def basis_along(self, chain: tuple[Call, ...]) -> Basis:
        """How certain it is that the push happens when the job is reached by a chain of callers."""
        along = tuple(map(id, chain))
        basis = _basis(tuple(s for s in self._sightings if tuple(map(id, s.world.chain)) == along))
        return basis & assumed(*self.image.conditions)

    @property
    def unseen(self) -> str | None:
        """Why there may be a login that is not seen, None where there is none."""
        return self._sightings[0].unseen

    @property
    def source_labels(self) -> tuple[SourceLabel, ...]:
        """The labels that say from which repository it comes, over all the ways that lead to it, each once."""
        if self._source_labels is None:
            from lading.models.labels import source_labels

            self._source_labels = source_labels(self)
        return self._source_labels

    @property
    def login_of_a_neighbour(self) -> Located | None:
        """Where another job of the workflow, on a runner of the same name, logs in to this registry itself."""
        registry, runner = self.registry, self.job.runs_on
        if registry is None or not isinstance(runner, Scalar):
            return None
        for job in self.workflow.jobs.values():
            other = job.runs_on
            if job is self.job or not isinstance(other, Scalar) or other.text != runner.text:
                continue
            for step in job.steps:
                node = step.node
                if logs_in(step) and registry in node.source.text[node.start : node.end]:
                    return step.entry
        return None

    @property
    def namespaces(self) -> tuple[Namespace, ...]:
        """Where own images go."""
        return self._owned.spaces

    @property
    def owned(self) -> Owned:
        """The same, to ask whether a name lies there."""
        return self._owned

    @property
    def is_own(self) -> bool | None:
        """Does it lie where own images go? None where nothing is said of that, or a hole decides.

        Nothing is said of a registry nearby. Where the namespaces are not stated, only GITHUB_TOKEN binds an image
        to the owner's on ghcr.io; another secret may push anywhere.
        """
        own, registry = self._owned, self.registry
        if not own.spaces or registry is None or is_nearby(registry):
            return None
        if not own.is_stated and (self.credential != GITHUB_TOKEN or registry not in own.registries):
            return None
        name = self.image
        if registry == DOCKER_HUB and not has_registry(split_template(name)):
            name = join((Template.of(f"{DOCKER_HUB}/"), name))
        return own.hold(name.map(str.lower))

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """The push in each world in which it may happen."""
        return self._sightings

    @property
    def callers(self) -> tuple[Call, ...]:
        """The calls of its workflow through which it is reached, each once."""
        calls = (sighting.world.chain[-1] for sighting in self._sightings if sighting.world.chain)
        return tuple({id(call): call for call in calls}.values())

    @property
    def tags(self) -> tuple[Template, ...]:
        """The tags, each once."""
        tags = (split_template(reference.template).tag for reference in self.references)
        return tuple(dict.fromkeys(tag for tag in tags if tag is not None))

    @property
    def resolved(self) -> str:
        """Is the name known in `full`, in `partial`, or in `none`?"""
        if not self.image.holes:
            return "full"
        return (
            "partial"
            if any(isinstance(part, str) and part.strip("/:") for part in self.image.parts)
            else "none"
        )

    def start(self, event: str) -> Node | None:
        """The place where an event is named that leads to it."""
        for sighting in self._sightings:
            chain = sighting.world.chain
            root = chain[0].job.workflow if chain else self.workflow
            if event in sighting.world.events and event in root.events:
                return root.events[event].node
        return None

    @property
    def workflow(self) -> Workflow:
        return self.job.workflow

    @property
    def source(self) -> object:
        return self.node.source

    def __repr__(self) -> str:
        return f"<Publication {self.image.shown} {self.job!r}>"


class Course:
    """The steps of a world up to one that pushes, it among them, and the logins so far.

    Those of all pushes of a world share one list: `building` are the steps whose script speaks of a build.
    """

    __slots__ = ("_building", "_runs", "logins")

    def __init__(self, runs: _First, building: _First, logins: tuple[Login, ...]) -> None:
        self._runs = runs
        self._building = building
        self.logins = logins

    def __iter__(self) -> Iterator[StepRun]:
        return iter(self._runs)

    @property
    def building(self) -> Reversible[StepRun]:
        return self._building


class _First:
    """The first so many of a list that grows."""

    __slots__ = ("_count", "_runs")

    def __init__(self, runs: list[StepRun]) -> None:
        self._runs = runs
        self._count = len(runs)

    def __iter__(self) -> Iterator[StepRun]:
        return islice(self._runs, self._count)

    def __reversed__(self) -> Iterator[StepRun]:
        return (self._runs[number] for number in range(self._count - 1, -1, -1))


class _Steps:
    """The steps that have run so far in a world, and the logins among them."""

    __slots__ = ("_building", "_logins", "_runs")

    def __init__(self) -> None:
        self._runs: list[StepRun] = []
        self._building: list[StepRun] = []
        self._logins: tuple[Login, ...] = ()

    def add(self, run: StepRun) -> None:
        self._runs.append(run)
        script = run.step.run
        if script is not None and "build" in script.text:
            self._building.append(run)

    def log_in(self, logins: Iterable[Login]) -> None:
        more = tuple(logins)
        if more:
            self._logins += more

    @property
    def has_logins(self) -> bool:
        return bool(self._logins)

    @property
    def now(self) -> Course:
        return Course(_First(self._runs), _First(self._building), self._logins)


class Sighting:
    """A push in one world: the step that runs, those before it with the logins so far, and the name without tag."""

    __slots__ = ("before", "name", "push", "run", "world")

    def __init__(self, world: World, run: StepRun, push: Push, before: Course) -> None:
        self.world = world
        self.run = run
        self.push = push
        self.before = before
        reference = push.reference
        self.name = split_template(reference).name if reference is not None else _NOTHING

    @property
    def logins(self) -> tuple[Login, ...]:
        return self.before.logins

    @property
    def unseen(self) -> str | None:
        """Why a login may have happened that is not seen."""
        return _unseen_on(self.world.job) or next(filter(None, map(may_log_in, self.before)), None)

    @property
    def is_certain(self) -> bool:
        certain = self.push.is_certain and self.push.doubt is None
        return certain and self.world.is_certain and self.run.is_certain


MOST_SIGHTINGS = 4_000
"""Of one job: what its steps push in all worlds. The most that is known is 39."""

_CREDENTIALS = re.compile(
    r"DOCKER_CONFIG|DOCKER_AUTH|REGISTRY_AUTH|\.docker\b|auth\.json|credHelpers|credential-helper"
)
"""Other ways to log in than a login: a file with credentials, a helper."""
_NOTHING = Template((Hole("*", "no tag is given"),))


def publications(
    graph: CallGraph,
    identity: Identity | None,
    config: Config,
    walker: Walker,
    worlds: Callable[[Job], tuple[World, ...]],
    candidates: Candidates,
) -> tuple[Publication, ...]:
    """Every image that a job pushes, in the order of files and steps; `worlds` knows the ways a job runs."""
    own = owned(identity, config)
    found: list[Publication] = []
    for workflow in graph.workflows.values():
        for job in workflow.jobs.values():
            steps = candidates.of(job)
            pushed = (
                list(_of_job(job, worlds(job), steps, walker, graph, identity, config, own)) if steps else []
            )
            if not pushed and candidates.is_guess(job):
                pushed = list(_of_job(job, worlds(job), None, walker, graph, identity, config, own))
            found += pushed
    return tuple(found)


def _of_job(
    job: Job,
    ways: tuple[World, ...],
    candidates: tuple[Step, ...] | None,
    walker: Walker,
    graph: CallGraph,
    identity: Identity | None,
    config: Config,
    own: Owned,
) -> Iterator[Publication]:
    """What the candidates push; without them, what steps probably push behind a login."""
    groups: dict[tuple[object, ...], list[Sighting]] = {}
    if candidates is None:  # one leg of a matrix is as good as another where nothing is known
        ways = tuple({(tuple(map(id, way.chain)), way.events): way for way in ways}.values())
    left = MOST_SIGHTINGS
    for world in ways:
        found = _sightings(world, candidates, walker) if candidates is not None else _guesses(world, walker)
        for sighting in _followed(found, left):
            left -= 1
            node = sighting.run.step.node
            key = (
                node.source.path,
                node.start,
                sighting.name.parts,
                sighting.push.kind,
                sighting.push.reference is None,
            )
            groups.setdefault(key, []).append(sighting)
    if not groups:
        return
    tokens = effective(job, config, graph)
    for group in groups.values():
        chains = {tuple(map(id, sighting.world.chain)) for sighting in group}
        reached = tuple(token for token in tokens if tuple(map(id, token.chain)) in chains)
        yield Publication(tuple(group), reached, identity, own)


def _followed(sightings: Iterator[Sighting], left: int) -> Iterator[Sighting]:
    """So many of a world; the last one stands for those beyond, of which nothing is known."""
    for sighting in sightings:
        if left <= 0:
            hole = Template((Hole("*", "the job pushes more than is followed"),))
            push = Push(
                hole,
                sighting.push.at,
                sighting.push.tool,
                is_certain=False,
                doubt="what is pushed is not known",
            )
            yield Sighting(sighting.world, sighting.run, push, sighting.before)
            return
        yield sighting
        left -= 1


def _sightings(world: World, candidates: tuple[Step, ...], walker: Walker) -> Iterator[Sighting]:
    contexts = world.before_steps
    for step in reversed(candidates):
        if not cannot_push(step, contexts):
            last = step.index
            break
    else:
        return
    steps = _Steps()
    for run in walker.walk(world):
        if run.outer.index > last:
            return
        steps.add(run)
        if not walker.matters(run.step):
            continue
        pushes: list[Push] = []
        logins: list[Login] = []
        for found in walker.recognisers.of_step(run):
            if isinstance(found, Push):
                pushes.append(found)
            else:
                logins.append(found)
        steps.log_in(logins)
        for push in pushes:
            for each in _told_apart(push):
                yield Sighting(world, run, each, steps.now)


def _told_apart(push: Push) -> Iterator[Push]:
    """A push for each name that a choice allows (`condition && 'a' || 'b'`), each uncertain; of tags it is one push."""
    reference = push.reference
    if reference is None or not _chooses(reference) or not _chooses(split_template(reference).name):
        yield push
        return
    lines = [line.strip() for each in reference.variants for line in each.split("\n,")]
    for line in dict.fromkeys(line for line in lines if line.parts):
        yield Push(
            line,
            push.at,
            push.tool,
            is_certain=False,
            credential=push.credential,
            kind=push.kind,
            doubt=push.doubt,
            made_from=push.made_from,
            otherwise=push.otherwise,
            reads=push.reads,
        )


def _chooses(template: Template) -> bool:
    return any(hole.choices for hole in template.holes)


def _guesses(world: World, walker: Walker) -> Iterator[Sighting]:
    """Pushes that a step probably does, since the job has logged in and the step speaks of it."""
    from lading.models.likely import likely_push

    steps = _Steps()
    for run in walker.walk(world):
        steps.add(run)
        steps.log_in(each for each in walker.recognisers.of_step(run) if not isinstance(each, Push))
        script = run.step.run
        place = (
            likely_push(script.text, run.folder, walker.texts.source)
            if script is not None and steps.has_logins
            else None
        )
        if script is not None and place is not None:
            hole = Template((Hole("*", "what the command pushes is not known"),))
            at = script.inner_span(*place)
            doubt = "the command cannot be looked into"
            push = Push(hole, at, "a command", is_certain=False, doubt=doubt, reads=())
            yield Sighting(world, run, push, steps.now)


def _unseen_on(job: Job) -> str | None:
    """A runner of one's own may be logged in from before."""
    runner = job.runs_on
    if job.container is not None:
        return "its container is logged in"
    text = job.workflow.tree.source.text
    if _CREDENTIALS.search(text):
        return "the credentials are put in a file"
    texts = runner.items if isinstance(runner, Sequence) else [runner]
    hosted = ("ubuntu-", "windows-", "macos-")
    if all(isinstance(text, Scalar) and text.text.startswith(hosted) for text in texts):
        return None
    return "the runner is logged in"


def _distinct(sightings: tuple[Sighting, ...]) -> Iterator[Reference]:
    seen = set()
    for sighting in sightings:
        template = sighting.push.reference
        key = (template, sighting.push.at.start)
        if template is not None and key not in seen:
            seen.add(key)
            yield Reference(template, sighting.push.at)


def _registry_of(sighting: Sighting) -> str | None:
    """The host that a push goes to, None where it is not known.

    `${{ secrets.USER }}/app` goes to Docker Hub where the same name logs in there before: no such name looks like a
    host (docs.docker.com, "Create a Docker account": digits and lowercase letters alone).
    """
    parts = sighting.name.parts
    if not parts:
        return None
    registry = split_template(sighting.name).registry
    if registry is not None or len(parts) < 2 or isinstance(parts[0], str):
        return DOCKER_HUB if registry == _HUB_ITSELF else registry
    is_whole = isinstance(parts[1], str) and parts[1].startswith("/")
    users = [
        login.user.parts
        for login in sighting.logins
        if login.registry == DOCKER_HUB and login.user is not None
    ]
    return DOCKER_HUB if is_whole and parts[:1] in users else None


def _login_for(registry: str | None, sighting: Sighting) -> tuple[Login | None, str]:
    """The login that counts for a host, and what it logs in with.

    The last one in the first file that the tool reads; of files that are not known it is any.
    """
    if sighting.push.credential is not None:
        return None, sighting.push.credential
    if registry is None:
        return None, UNKNOWN
    there = [login for login in sighting.logins if login.registry in (registry, None)]
    read = [login for file in reversed(sighting.push.reads) for login in there if file in login.files]
    matching = [login for login in read or there if login.registry is not None]
    if matching:
        last = matching[-1]
        if all(login.credential == last.credential for login in read or there):
            return last, last.credential
        is_settled = last.is_certain and len(matching) == len(read)
        return last, last.credential if is_settled else UNKNOWN
    return None, UNKNOWN if there else sighting.push.otherwise


def _basis(sightings: tuple[Sighting, ...]) -> Basis:
    """Known where one of the ways certainly pushes."""
    if any(sighting.is_certain for sighting in sightings):
        return KNOWN
    doubts = tuple(dict.fromkeys(each.push.doubt for each in sightings if each.push.doubt is not None))
    if len(doubts) and all(each.push.doubt is not None for each in sightings):
        return unknown(*doubts)
    if all(
        sighting.world.events == ("workflow_call",) and not sighting.world.chain for sighting in sightings
    ):
        return unknown("only workflows elsewhere call it")
    return assumed("unless the condition of the push never holds")
