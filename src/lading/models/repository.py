"""The join: every model of one repository, and the two lists that most rules read."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any, TypeVar

    from lading.config import Config
    from lading.discover import Inventory
    from lading.identity import Identity
    from lading.models.candidates import Candidates
    from lading.models.commands import Commands
    from lading.models.compose.project import Project
    from lading.models.compose.projects import Plan
    from lading.models.consumers import Consumer
    from lading.models.join import Names, Published
    from lading.models.namespaces import Namespace, Owned
    from lading.models.permissions import CallGraph
    from lading.models.publishing import Publication
    from lading.models.recognisers.table import Recogniser, Recognisers
    from lading.models.releases import Maker, Wait
    from lading.models.steps import Walker
    from lading.models.workflow import Action, Job, Workflow
    from lading.models.worlds import World
    from lading.source import Source, Span
    from lading.suppress import Ignores
    from lading.texts import Texts
    from lading.tree import Tree

    _Placed = TypeVar("_Placed", Published, Wait, Maker)

_PUBLISHED = ("image", "chart", "artifact")
_FEW = 50
"""Workflows and actions that are searched for words; among more something says each of them anyway."""


class Repository:
    """Owner and name, all files as models, publications and consumers; each is worked out when first asked for.

    `recognisers` are those of plugins. A part of a `whole` repository is given its `plan`, shares what it knows of
    scripts, and learns what other parts build before it is asked for consumers.
    """

    def __init__(
        self,
        texts: Texts,
        inventory: Inventory,
        identity: Identity | None,
        config: Config,
        recognisers: Iterable[Recogniser] = (),
        plan: Plan | None = None,
        whole: Repository | None = None,
    ) -> None:
        self.texts = texts
        self.inventory = inventory
        self.identity = identity
        self.config = config
        self.recognisers = tuple(recognisers)
        self._whole = whole
        self._known_recognisers: Recognisers | None = None
        self._trees: tuple[Tree, ...] | None = None
        self._workflows: dict[str, Workflow] | None = None
        self._actions: dict[str, Action] | None = None
        self._call_graph: CallGraph | None = None
        self._plan = plan
        self._projects: tuple[Project, ...] | None = None
        self._said: frozenset[str] | None = None
        self._has_statements: bool | None = None
        self._built: frozenset[str] | None = None
        self._publications: tuple[Publication, ...] | None = None
        self._writes: tuple[Publication, ...] | None = None
        self._walker: Walker | None = None
        self._worlds: dict[Job, tuple[World, ...]] = {}
        self._candidates: Candidates | None = None
        self._consumers: tuple[Consumer, ...] | None = None
        self._published: tuple[Published, ...] | None = None
        self._waits: tuple[Wait, ...] | None = None
        self._makers: tuple[Maker, ...] | None = None
        self._names: Names | None = None
        self._commands: Commands | None = None
        self._unseen: tuple[str, ...] | None = None
        self._unseen_in_workflows: tuple[tuple[str, str], ...] | None = None
        self._ignores: Ignores | None = None
        self._is_joined = False
        self._held: dict[str | tuple[str, ...], bool] = {}
        self._odd: set[Workflow | Action] | None = None

    @property
    def file_count(self) -> int:
        """Files of the kinds that are read: workflows, actions, Compose files."""
        return len(self._paths)

    @property
    def _paths(self) -> tuple[str, ...]:
        inventory = self.inventory
        return (*inventory.workflows, *inventory.actions, *inventory.compose)

    @property
    def trees(self) -> tuple[Tree, ...]:
        """Every YAML file of a known kind, what projects have besides, and what has a known name but cannot be read."""
        if self._trees is None:
            paths = (*self._paths, *self.inventory.odd, *self._of_other_names)
            self._trees = tuple(self.texts.tree(path) for path in paths)
        return self._trees

    @property
    def _of_other_names(self) -> Iterable[str]:
        """The files of projects that are no Compose files by their name: others extend, include or state them."""
        known = {*self.inventory.every_compose, *self.inventory.odd}
        others = dict.fromkeys(
            path for project in self.projects for path in project.files if path not in known
        )
        return [path for path in others if self.texts.exists(path)]

    @property
    def ignoring(self) -> Iterator[Source]:
        """The text of every file in which an ignore may stand."""
        from lading.globs import may_ignore

        inventory, texts = self.inventory, self.texts
        others = (*inventory.dockerfiles, *inventory.bake, *inventory.dotenv)
        for path in texts.those((*self._paths, *others), may_ignore):
            source = texts.source(path)
            if source is not None:
                yield source

    @property
    def workflows(self) -> Mapping[str, Workflow]:
        """Workflows by path: what lies there and is a mapping."""
        if self._workflows is None:
            self._workflows = {}
            if self.inventory.workflows:
                from lading.models.fits import fits_of
                from lading.models.workflow import load_workflow

                fits = fits_of("workflow")
                for path in self.inventory.workflows:
                    workflow = load_workflow(self.texts.tree(path), fits)
                    if workflow is not None:
                        self._workflows[path] = workflow
        return self._workflows

    @property
    def actions(self) -> Mapping[str, Action]:
        """Actions by path."""
        if self._actions is None:
            self._actions = {}
            if self.inventory.actions:
                from lading.models.fits import fits_of
                from lading.models.workflow import load_action

                fits = fits_of("action")
                for path in self.inventory.actions:
                    action = load_action(self.texts.tree(path), fits)
                    if action is not None:
                        self._actions[path] = action
        return self._actions

    @property
    def call_graph(self) -> CallGraph:
        """Who calls which reusable workflow."""
        if self._call_graph is None:
            from lading.models.permissions import call_graph

            self._call_graph = call_graph(self.workflows, self.identity)
        return self._call_graph

    @property
    def projects(self) -> tuple[Project, ...]:
        """The Compose projects."""
        if self._projects is None:
            self._projects = ()
            inventory = self.inventory
            if inventory.compose or (inventory.is_first and inventory.every_compose):
                self._projects = self.plan.projects(self.inventory, self.texts)
        return self._projects

    @property
    def said(self) -> frozenset[str]:
        """All words that the projects say (`Project.said`)."""
        if self._said is None:
            self._said = frozenset().union(*[project.said for project in self.projects])
        return self._said

    def saying(self, words: Iterable[str]) -> list[Project]:
        """The projects that say one of some words."""
        if self.said.isdisjoint(words):
            return []
        return [project for project in self.projects if not project.said.isdisjoint(words)]

    @property
    def has_statements(self) -> bool:
        """Is a project among them that is stated somewhere?"""
        if self._has_statements is None:
            self._has_statements = any(project.statement for project in self.projects)
        return self._has_statements

    @property
    def plan(self) -> Plan:
        """Which Compose files form projects."""
        return self.planned(None)

    def planned(self, layout: Any) -> Plan:
        """The plan; where it is not known yet, it is made from its values (`Plan.plain`)."""
        if self._plan is None and self._whole is not None:
            self._plan = self._whole._plan  # which knows more than its values: what it has read
        if self._plan is None:
            from lading.models.compose.projects import Plan

            self._plan = Plan(self.inventory, self.texts, self.config, layout)
        return self._plan

    @property
    def built(self) -> frozenset[str]:
        """The names of the images that services build: those of the whole repository, where they were learnt."""
        if self._built is None:
            self._built = frozenset()
            if self.projects:
                from lading.models.consumers import built_in

                self._built = built_in(self.projects)
        return self._built

    def learn(self, built: Iterable[str]) -> None:
        """Take over what all parts of the repository build."""
        self._built = frozenset(built)

    @property
    def publications(self) -> tuple[Publication, ...]:
        """What the workflows publish: images, charts and the like."""
        if self._publications is None:
            self._publications = tuple(each for each in self.writes if each.kind in _PUBLISHED)
        return self._publications

    @property
    def writes(self) -> tuple[Publication, ...]:
        """All that the workflows push to registries, signatures and attestations among it."""
        if self._writes is None:
            self._writes = ()
            jobs = (job for workflow in self.workflows.values() for job in workflow.jobs.values())
            if any(map(self.candidates.may_publish, jobs)) if self.workflows else False:
                from lading.models.publishing import publications

                self._writes = publications(
                    self.call_graph,
                    self.identity,
                    self.config,
                    self.walker,
                    self.worlds,
                    self.candidates,
                )
        return self._writes

    def worlds(self, job: Job) -> tuple[World, ...]:
        """Every way a job runs, what the jobs before it leave being followed."""
        found = self._worlds.get(job)
        if found is None:
            from lading.models.worlds import worlds

            variables, walker = self.config.variables, self.walker
            found = worlds(job, self.call_graph, self.identity, variables, walker.needs)
            self._worlds[job] = found
        return found

    def known_worlds(self, job: Job) -> tuple[World, ...]:
        """Every way a job runs, where somebody has asked for them; else none."""
        return self._worlds.get(job, ())

    @property
    def walker(self) -> Walker:
        """What follows the steps of its jobs."""
        if self._walker is None:
            from lading.models.steps import Walker

            self._walker = Walker(self.candidates, self.call_graph)
        return self._walker

    @property
    def candidates(self) -> Candidates:
        """What tells which steps may publish."""
        if self._candidates is None:
            from lading.models.candidates import Candidates

            self._candidates = Candidates(self.actions, self.known_recognisers, self.texts)
        return self._candidates

    @property
    def known_recognisers(self) -> Recognisers:
        """Those of ours and of plugins; parts of a repository share them, and so what they know of scripts."""
        if self._known_recognisers is None:
            if self._whole is not None:
                return self._whole.known_recognisers
            from lading.models.recognisers.builtin import RECOGNISERS
            from lading.models.recognisers.table import Recognisers

            self._known_recognisers = Recognisers((*RECOGNISERS, *self.recognisers))
        return self._known_recognisers

    @property
    def commands(self) -> Commands:
        """What reads the scripts of steps by themselves."""
        if self._commands is None:
            from lading.models.commands import Commands

            self._commands = Commands()
        return self._commands

    @property
    def consumers(self) -> tuple[Consumer, ...]:
        """What the Compose projects run."""
        if self._consumers is None:
            self._consumers = ()
            if self.projects:
                from lading.models.consumers import consumers

                self._consumers = consumers(self.projects, self.texts, self.identity, self.config, self.built)
        return self._consumers

    @property
    def published(self) -> tuple[Published, ...]:
        """The names and tags of its publications that are images."""
        if self._published is None:
            from lading.models.join import published

            images = (published(each) for each in self.publications if each.kind == "image")
            self._published = _by_place(images)
        return self._published

    @property
    def waits(self) -> tuple[Wait, ...]:
        """The workflows that releases and tags start, by place."""
        if self._waits is None:
            self._waits = ()
            if self.workflows:
                from lading.models.releases import waits

                self._waits = _by_place(waits(self))
        return self._waits

    @property
    def makers(self) -> tuple[Maker, ...]:
        """The steps that make releases and tags, by place."""
        if self._makers is None:
            self._makers = ()
            if self.workflows:
                from lading.models.releases import makers

                self._makers = _by_place(makers(self))
        return self._makers

    def let_go(self) -> None:
        """Cut what holds its workflows in circles, so that they and their trees are given back at once."""
        self._trees = None
        for path, workflow in (self._workflows or {}).items():
            workflow.let_go()
            self.texts.let_go(path)

    def through(self, texts: Texts) -> Repository:
        """The same repository, its files read through another view."""
        return self._part(texts, self.inventory, self._plan)

    def part(self, inventory: Inventory, plan: Plan | None) -> Repository:
        """Some of its files, read through a view of their own."""
        return self._part(self.texts.view(), inventory, plan)

    def _part(self, texts: Texts, inventory: Inventory, plan: Plan | None) -> Repository:
        return Repository(texts, inventory, self.identity, self.config, self.recognisers, plan, self)

    def joined(
        self,
        published: Sequence[tuple[Any, ...]],
        waits: Sequence[tuple[Any, ...]] = (),
        makers: Sequence[tuple[Any, ...]] = (),
        unseen: Iterable[tuple[str, str]] = (),
    ) -> Repository:
        """The same repository, with what was worked out before in parts of it: their `plain` values."""
        whole = self.through(self.texts)
        whole._consumers = whole._published = whole._waits = whole._makers = ()
        if published:
            from lading.models.join import Published

            whole._published = _by_place(Published(*each) for each in published)
        if waits or makers:
            from lading.models.releases import Maker, Wait

            whole._waits = _by_place(Wait(*each) for each in waits)
            whole._makers = _by_place(Maker(*each) for each in makers)
        whole._is_joined = True
        whole._unseen_in_workflows = tuple(sorted(unseen, key=lambda each: each[0]))
        return whole

    def seen_from(self, part: Repository) -> Repository:
        """What was joined, with the consumers of a part and through its view; the first part has waits and makers."""
        other = self.through(part.texts)
        other._consumers = part.consumers
        other._published = self._published
        other._names = self.names if part.consumers else None
        is_first = part.inventory.is_first
        other._waits, other._makers = (self._waits, self._makers) if is_first else ((), ())
        other._is_joined = True
        other._unseen_in_workflows = self._unseen_in_workflows
        return other

    def span(self, place: tuple[str, int, int]) -> Span:
        """A place that was handed over as path, start and end."""
        from lading.source import Span

        path, start, end = place
        source = self.texts.source(path)
        return Span(source if source is not None else self.texts.tree(path).source, start, end)

    def mention(self, place: tuple[str, int, int]) -> Span:
        """Likewise for what is only pointed at: whoever does so does not depend on the text that is there."""
        from lading.source import Span

        path, start, end = place
        return Span(self.texts.later(path), start, end)

    @property
    def names(self) -> Names:
        """All names that it publishes, to look others up among them."""
        if self._names is None:
            from lading.models.join import Names

            self._names = Names(self.published, self.owned, self.identity)
        return self._names

    @property
    def unseen_in_workflows(self) -> tuple[tuple[str, str], ...]:
        """What may publish images beside `publications` in its workflows: the path, and in words."""
        if self._unseen_in_workflows is None:
            from lading.models.unseen import in_workflows

            self._unseen_in_workflows = tuple(in_workflows(self))
        return self._unseen_in_workflows

    @property
    def unseen_publishers(self) -> tuple[str, ...]:
        """What may publish images beside `publications`, in words."""
        if self._unseen is None:
            from lading.models.unseen import unseen_publishers

            self._unseen = tuple(unseen_publishers(self))
        return self._unseen

    def holds(self, what: str | tuple[str, ...]) -> bool:
        """Is there what a rule needs to find anything (`only-with` of its card)?

        Loading the modules of rules that find nothing takes a fifth of a small run (measured). What was joined from
        parts is not asked again. Words are those of workflows and actions; each project has its own (`Project.said`).
        """
        if self._is_joined:
            return True
        known = self._held.get(what)
        if known is None:
            known = self._held[what] = _HOLDS[what](self) if isinstance(what, str) else self._says(what)
        return known

    def _says(self, words: tuple[str, ...]) -> bool:
        """Does a workflow or action say one of them?"""
        inventory = self.inventory
        if len(inventory.every_workflow) + len(inventory.every_compose) > _FEW:
            return True
        return any(each.tree.may_say(words) for each in self._subjects)

    def holding(
        self, what: str | tuple[str, ...], subjects: Iterable[Workflow | Action]
    ) -> Iterable[Workflow | Action]:
        """Those of its workflows and actions in which a rule about one of them can find anything, by `only-with`."""
        if what == "misfits":
            return [each for each in subjects if each in self._misshapen]
        if isinstance(what, str):
            return subjects
        keys = {word[:-1] for word in what if word[-1] == ":"}
        if len(keys) == len(what):  # as of most rules: no text is looked through
            return [each for each in subjects if not keys.isdisjoint(each.tree.keys)]
        return [each for each in subjects if each.tree.may_say(what)]

    @property
    def _misshapen(self) -> set[Workflow | Action]:
        """The workflows and actions that do not have the form of one, and workflows without a job."""
        if self._odd is None:
            jobless = (workflow for workflow in self.workflows.values() if not workflow.jobs)
            self._odd = {*jobless, *(each for each in self._subjects if each.misfits)}
        return self._odd

    @property
    def _subjects(self) -> tuple[Workflow | Action, ...]:
        return (*self.workflows.values(), *self.actions.values())

    @property
    def owned(self) -> Owned:
        """Where own images go, to ask whether a name lies there."""
        from lading.models.namespaces import owned

        return owned(self.identity, self.config)

    @property
    def namespaces(self) -> tuple[Namespace, ...]:
        """Where own images go, and why we think so."""
        from lading.models.namespaces import namespaces

        return namespaces(self.identity, self.config)

    @property
    def ignores(self) -> Ignores:
        """The comments in which its authors ask not to see a finding."""
        if self._ignores is None:
            from lading.suppress import Ignores

            self._ignores = Ignores(self.texts)
        return self._ignores

    def __repr__(self) -> str:
        return f"<Repository {self.texts.files.root}>"


def _by_place(found: Iterable[_Placed]) -> tuple[_Placed, ...]:
    return tuple(sorted(found, key=lambda each: each.place))


_ESCAPES = (r"\x", r"\u", r"\U", "\\\n")
"""In a text in quotes they may stand for parts of a word."""
_HOLDS: Mapping[str, Callable[[Repository], bool]] = {
    "publications": lambda repository: bool(repository.publications),
    "calls": lambda repository: repository.call_graph.has_calls,
    "actions": lambda repository: bool(repository.actions),
    "images": lambda repository: not repository.config.images.is_default,
    "misfits": lambda repository: bool(repository._misshapen),
}
