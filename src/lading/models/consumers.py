"""The images that the Compose projects of a repository name, each once."""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.findings import KNOWN, assumed
from lading.models.compose.interpolation import OF_THE_SHELL, references
from lading.models.image import (
    check_template,
    is_rendered_elsewhere,
    placeholder_in_template,
    split_template,
)
from lading.models.namespaces import Owned, has_registry, is_nearby, owned
from lading.models.telling import Telling
from lading.models.template import Hole, Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.config import Config
    from lading.findings import Basis
    from lading.identity import Identity
    from lading.models.compose.project import ImageUse, Project
    from lading.models.image import InvalidReference, NameParts
    from lading.models.image_policy import ImagePolicy
    from lading.models.namespaces import Namespace
    from lading.texts import Texts
    from lading.tree import Scalar

_OF_TEMPLATES = re.compile(r"(?:^|/)(?:\.?templates?|skeletons?)/", re.IGNORECASE)


class Consumer:
    """An image that a service names.

    - `template`: the whole reference; `parts`: taken apart; `node`: the place of the value
    - `kind`: "image", or "build.tags" for a further name of a built image
    - `is_built`: has the service a `build`, so that the image is this repository's own?
    - `is_judged`: false where another tool fills a part of the name in before Compose sees it
    - `placeholder`: where one was left over, as offsets of `template.shown`
    - `problem`: why no client takes the name, whatever its holes are
    - `is_sound`: may it be a name: is it judged, and nothing wrong with it so far as it is known?
    - `namespaces`: where own images go
    """

    __slots__ = (
        "_built",
        "_owned",
        "_parts",
        "_service",
        "_telling",
        "identity",
        "is_built",
        "is_judged",
        "is_sound",
        "kind",
        "node",
        "placeholder",
        "problem",
        "project",
        "service_name",
        "template",
    )

    def __init__(
        self,
        use: ImageUse,
        owned: Owned,
        identity: Identity | None,
        built: frozenset[str],
        telling: Telling,
    ) -> None:
        self.service_name = use.service.name
        self.project = use.project
        self.template: Template = use.template
        self.node: Scalar = use.node
        self.kind = use.kind
        self.is_built = use.is_built
        written, shown = use.node.text, use.template.shown
        self.is_judged = not is_rendered_elsewhere(written) and (
            shown == written or not is_rendered_elsewhere(shown)
        )
        self.identity = identity
        self._service = use.service
        self._owned = owned
        self._built = built
        self._telling = telling
        self._parts: NameParts | None = None
        self.placeholder: tuple[int, int] | None = None
        self.problem: InvalidReference | None = None
        if self.is_judged:
            self.placeholder, self.problem = (
                placeholder_in_template(use.template),
                check_template(use.template),
            )
        self.is_sound = self.is_judged and self.placeholder is None and self.problem is None

    @property
    def project_path(self) -> str:
        """The main file of the project."""
        return self.project.path

    @property
    def namespaces(self) -> tuple[Namespace, ...]:
        return self._owned.spaces

    @property
    def parts(self) -> NameParts:
        """Registry, owner, name, tag and digest as far as known."""
        if self._parts is None:
            self._parts = split_template(self.template)
        return self._parts

    @property
    def full_name(self) -> Template:
        """The name without tag, its registry written out, in small letters; of a mirror that of the original."""
        from lading.models.join import full_name

        return self._owned.original(full_name(self.parts.name))

    @property
    def name_basis(self) -> Basis:
        """What the name without tag depends on: nothing where it is written letter by letter."""
        name = self.parts.name.shown
        if self.node.text == name or self.node.text.startswith((f"{name}:", f"{name}@")):
            return KNOWN
        return assumed(*self.template.conditions)

    @property
    def owned(self) -> Owned:
        """The same, to ask whether a name lies there."""
        return self._owned

    @property
    def policy(self) -> ImagePolicy | None:
        """What is stated of the names and tags of images."""
        return self._owned.policy

    @property
    def is_pulled(self) -> bool:
        """Does it come from a registry? Not where a service here builds that name, or `pull_policy` says so."""
        if self.is_built or self.parts.name.shown in self._built:
            return False
        policy = self._service.definition.text("pull_policy")
        return policy is None or policy.literal not in ("never", "build")

    @property
    def may_be_local(self) -> bool:
        """Is its name one word that Docker Hub does not have, so that somebody has built it where it runs?

        So are those named that Compose has built for another project: `shop-api`.
        """
        name = self.parts.name.literal
        if name is None or "/" in name:
            return False
        from lading.tables.images import is_of_hub

        return not is_of_hub(name)

    @property
    def is_local(self) -> bool:
        """Is it certainly not pulled: does its own project build that name, or say that it is never pulled?"""
        if self.is_pulled:
            return False
        if self._service.definition.text("pull_policy") is not None or self.is_built:
            return True
        name = self.parts.name.shown
        return any(
            each.is_built and split_template(each.template).name.shown == name for each in self.project.images
        )

    @property
    def is_own(self) -> bool | None:
        """Does a built image lie where own images go? None where nothing is said of that, or a hole decides.

        Nothing is said of a name without a registry, which stays on the machine, nor of one for a registry
        nearby; of other registries only where the namespaces are stated.
        """
        parts, owned = self.parts, self._owned
        if not self.is_built or not owned.spaces or not has_registry(parts):
            return None
        if parts.registry not in owned.registries and (not owned.is_stated or is_nearby(parts.registry)):
            return None
        return owned.hold(parts.name)

    @property
    def may_be_foreign(self) -> bool:
        """Is it for a known registry of own images, and a hole decides whether it is one of them?"""
        return (
            self.is_built
            and self.parts.registry in self._owned.registries
            and has_registry(self.parts)
            and self._owned.hold(self.parts.name) is None
        )

    @property
    def unset(self) -> tuple[str, ...]:
        """Variables that stand in the name without a default and that no `.env` sets, each once.

        None in a folder of templates, whose variables somebody else fills in.
        """
        holes = self.template.holes
        if not holes or _OF_TEMPLATES.search(self.node.source.path):
            return ()
        names = (_unset_in(hole) for hole in holes)
        return tuple(dict.fromkeys(name for name in names if name is not None))

    @property
    def without_unset(self) -> Template:
        """The name as Compose makes it where the unset variables stay unset."""
        return Template(
            "" if isinstance(part, Hole) and _unset_in(part) is not None else part
            for part in self.template.parts
        )

    def is_told_of(self, name: str) -> bool:
        """Does another file tell of a variable: an example of `.env`, a script, a workflow, a README?

        Looked at are the folder of the project and the root, their folders of tools, and the workflows, for a name of
        several words all folders. A Compose file, this one too, tells of a variable where it is set in a comment or
        command (`TAG=1.4`).
        """
        near = (self.project.folder, posixpath.dirname(self.node.source.path), "")
        return self._telling.tells(name, near) or self._telling.sets(self.node.source, name)

    def __repr__(self) -> str:
        return f"<Consumer {self.service_name} {self.template.shown}>"


def _unset_in(hole: Hole) -> str | None:
    """The variable that a hole stands for, where it has no operator and only the user's shell could set it."""
    found = next(references(hole.text), None)
    if found is None or found.text != hole.text or found.operator is not None:
        return None
    return found.name if found.name not in OF_THE_SHELL else None


def built_in(projects: Iterable[Project]) -> frozenset[str]:
    """The names, without tag, of the images that services build."""
    uses = (use for project in projects for use in project.images if use.is_built)
    return frozenset(split_template(use.template).name.shown for use in uses)


def consumers(
    projects: Iterable[Project],
    texts: Texts,
    identity: Identity | None,
    config: Config,
    built: frozenset[str],
) -> tuple[Consumer, ...]:
    """One consumer for each place and value; of several projects, the one that Compose finds by itself counts.

    Where several services of a project share a place, one that builds the image counts. `built` are the names that
    services of the repository build.
    """
    own = owned(identity, config)
    found: dict[tuple[str, int, tuple[str | Hole, ...]], ImageUse] = {}
    for use in _uses(projects):
        key = (use.node.source.path, use.node.start, use.template.parts)
        other = found.setdefault(key, use)
        if other.project is use.project and use.is_built and not other.is_built:
            found[key] = use
    chosen = sorted(found.values(), key=lambda use: (use.node.source.path, use.node.start))
    telling = Telling(texts)
    return tuple(Consumer(use, own, identity, built, telling) for use in chosen)


def _uses(projects: Iterable[Project]) -> Iterator[ImageUse]:
    for project in sorted(projects, key=lambda each: each.standing != "default"):
        yield from project.images
