"""`docker compose push` and `docker compose build --push`: the images that the services of a project name.

Source: docker/compose:pkg/compose/push.go: pushed are the services that are built and have an `image`, with their
`build.tags`; every other one is left out without an error.
"""

from __future__ import annotations

import posixpath

from lading.models.calls import resolved
from lading.models.recognisers.options import options_of
from lading.models.recognisers.push import Push
from lading.models.template import Hole, Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.compose.project import Project
    from lading.models.recognisers.options import Options
    from lading.models.recognisers.table import Command
    from lading.models.shell import Word
    from lading.source import Located

_VALUES = frozenset(
    (
        *("-f", "--file", "-p", "--project-name", "--profile", "--env-file", "--ansi", "--project-directory"),
        *("--parallel", "--progress", "--build-arg", "--builder", "-m", "--memory", "--ssh"),
    )
)


def composed(command: Command, words: tuple[Word, ...]) -> Iterator[Push]:
    """What a command of Compose pushes; `words` are those behind `compose`."""
    options = options_of(words, _VALUES)
    verb, *rest = options.rest or (None,)
    name = verb.literal if verb is not None else None
    if (
        verb is None
        or options.has("--dry-run")
        or not (name == "push" or (name == "build" and options.has("--push")))
    ):
        return
    project = _project(command, options)
    asked = [word.literal for word in rest if word is not None]
    if project is None or None in asked:
        unnamed = Template((Hole("*", "the Compose project names it"),))
        yield Push(unnamed, command.at(verb), "docker compose push", is_certain=command.is_certain)
        return
    left_out = () if asked else tuple(_left_out(project))
    for use in project.images:
        if (
            use.is_built
            and (not asked or use.service.name in asked)
            and _is_active(use.service.profiles, options)
        ):
            yield Push(
                use.template,
                use.node,
                "docker compose push",
                is_certain=command.is_certain,
                left_out=left_out,
                made_from=use.service,
            )


def _left_out(project: Project) -> Iterator[tuple[str, Located]]:
    """The services that are built and have no name."""
    for service in project.services.values():
        is_nameless = service.definition.get("image") is None and not service.definition.is_partial
        if service.definition.get("build") is not None and is_nameless and service.profiles == ():
            yield service.name, service.name_node


def _is_active(profiles: tuple[str, ...] | None, options: Options) -> bool:
    """Is a service with these profiles taken part?"""
    active = {value.literal for value, _ in options.values("--profile")}
    return not profiles or not active.isdisjoint(profiles) or "*" in active


def _project(command: Command, options: Options) -> Project | None:
    """The project of the command; None where a file of it is not known."""
    from lading.models.compose.neighbours import DEFAULT_NAMES
    from lading.models.compose.projects import OVERRIDE_NAMES, project_of

    texts, folder = command.run.texts, command.ran.folder
    named = [value.literal for value, _ in options.values("-f", "--file")]
    directory = options.last("--project-directory")
    if not named and "COMPOSE_FILE" in command.variables:
        given = command.variables["COMPOSE_FILE"].literal
        named = list(given.split(":")) if given else [None]
    if None in named or folder is None:
        return None
    paths = [resolved(folder, name) for name in named if name is not None]
    if not paths:
        found = [
            next((p for n in names if texts.exists(p := posixpath.join(folder, n))), None)
            for names in (DEFAULT_NAMES, OVERRIDE_NAMES)
        ]
        paths = [path for path in found if path is not None] if found[0] is not None else []
    if not paths or not all(path and texts.exists(path) for path in paths):
        return None
    env_files = [resolved(folder, value.literal or "\0") for value, _ in options.values("--env-file")]
    return project_of(
        tuple(path for path in paths if path),
        texts,
        command.variables,
        folder=resolved(folder, directory.literal) if directory is not None and directory.literal else None,
        env_files=tuple(path for path in env_files if path) or None,
    )


def compose_alone(command: Command) -> Iterator[Push]:
    yield from composed(command, command.words)
