"""The images that the Compose projects of a repository name, each once."""

from __future__ import annotations

import re

from lading.models.image import is_rendered_elsewhere, split_template
from lading.models.namespaces import namespaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from lading.config import Config
    from lading.identity import Identity
    from lading.models.compose.project import ImageUse, Project
    from lading.models.image import NameParts
    from lading.models.namespaces import Namespace
    from lading.models.template import Template
    from lading.tree import Scalar


_TELLS = re.compile(
    r"env|\.(?:sh|ps1|bat|md|rst|txt|ya?ml|toml|mk|py|js|ts|just)$|^(?:makefile|justfile|readme)",
    re.IGNORECASE,
)


class Consumer:
    """An image that a service names.

    - `template`: the whole reference; `parts`: taken apart; `node`: the place of the value
    - `kind`: "image", or "build.tags" for a further name of a built image
    - `is_built`: has the service a `build`, so that the image is this repository's own?
    - `is_judged`: false where another tool fills a part of the name in before Compose sees it
    - `namespaces`: where own images go
    """

    __slots__ = (
        "_parts",
        "identity",
        "is_built",
        "is_judged",
        "kind",
        "namespaces",
        "node",
        "project",
        "service_name",
        "template",
    )

    def __init__(self, use: ImageUse, own: tuple[Namespace, ...], identity: Identity | None) -> None:
        self.service_name = use.service.name
        self.project = use.project
        self.template: Template = use.template
        self.node: Scalar = use.node
        self.kind = use.kind
        self.is_built = use.is_built
        self.is_judged = not is_rendered_elsewhere(use.node.text)
        self.namespaces = own
        self.identity = identity
        self._parts: NameParts | None = None

    @property
    def parts(self) -> NameParts:
        """Registry, owner, name, tag and digest as far as known."""
        if self._parts is None:
            self._parts = split_template(self.template)
        return self._parts

    def is_told_of(self, name: str) -> bool:
        """Does another file tell of a variable: an example of `.env`, a script, a workflow, a README?

        Looked at are the folder of the project, the root, and the workflows.
        """
        texts = self.project.texts
        for folder in dict.fromkeys((self.project.folder, "", ".github/workflows")):
            for entry, is_folder, _ in texts.files.entries(folder):
                if is_folder or not _TELLS.search(entry):
                    continue
                path = f"{folder}/{entry}" if folder else entry
                source = texts.source(path) if path != self.node.source.path else None
                if source is not None and name in source.text:
                    return True
        return False

    @property
    def project_path(self) -> str:
        """The main file of the project."""
        return self.project.path

    def __repr__(self) -> str:
        return f"<Consumer {self.service_name} {self.template.shown}>"


def consumers(projects: Iterable[Project], identity: Identity | None, config: Config) -> tuple[Consumer, ...]:
    """One consumer for each place and value; of several projects, the one that Compose finds by itself counts."""
    own = namespaces(identity, config)
    found: dict[tuple[str, int, Template], Consumer] = {}
    for project in sorted(projects, key=lambda each: each.standing != "default"):
        for use in project.images:
            key = (use.node.source.path, use.node.start, use.template)
            if key not in found:
                found[key] = Consumer(use, own, identity)
    return tuple(sorted(found.values(), key=lambda each: (each.node.source.path, each.node.start)))
