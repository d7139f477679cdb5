"""The label that says from which repository an image comes: `org.opencontainers.image.source`.

GitHub connects a package on ghcr.io to the repository that it names (github/docs, "Connecting a repository to a
package").
A label that is given to the build counts before that of the Dockerfile; what the base image carries is not known.
The documentation speaks of the label alone, and takes the description of an image for several platforms from the
annotations of its index (github/docs, "Working with the Container registry"): whether an annotation of the same name
connects the package is not known.
"""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.models.calls import resolved
from lading.models.template import Template, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from lading.models.compose.project import Service
    from lading.models.publishing import Publication, Sighting
    from lading.models.recognisers.bake import Baked
    from lading.models.recognisers.docker import Built
    from lading.models.recognisers.goreleaser import Entry
    from lading.models.steps import StepRun
    from lading.source import Located
    from lading.texts import Texts

    Items = Iterable[tuple[Template, Located]]
    Arguments = Callable[[], Mapping[str, Template]]
    """Build arguments, worked out where a Dockerfile speaks of the label."""

SOURCE = "org.opencontainers.image.source"
_URL = re.compile(
    r"(?:git\+)?(?:https?|git|ssh)://(?:[^/@]*@)?(?:www\.)?github\.com/([A-Za-z0-9-]+)/([A-Za-z0-9._-]+?)(?:\.git)?(?:[/#?].*)?",
    re.IGNORECASE,
)


class SourceLabel:
    """The label of an image: `value` and its place `at`; without it `reason` says why it is not known.

    All three are None where neither the build nor its Dockerfile gives one.
    """

    __slots__ = ("at", "reason", "value")

    def __init__(
        self, value: Template | None = None, at: Located | None = None, reason: str | None = None
    ) -> None:
        self.value = value
        self.at = at
        self.reason = reason

    @property
    def repository(self) -> tuple[str, str] | None:
        """Owner and name of the repository on github.com that it names for certain."""
        text = self.value.literal if self.value is not None else None
        match = _URL.fullmatch(text.strip()) if text is not None else None
        return (match[1], match[2]) if match is not None else None

    def __repr__(self) -> str:
        return f"<SourceLabel {self.value.shown if self.value is not None else self.reason}>"


ABSENT = SourceLabel()


def source_labels(publication: Publication) -> tuple[SourceLabel, ...]:
    """The labels with which an image is pushed, over all the ways that lead to it, each once."""
    found = {}
    for sighting in publication.sightings:
        label = _of_sighting(sighting)
        found[(label.value, label.at.start if label.at is not None else None, label.reason)] = label
    return tuple(found.values())


def _of_sighting(sighting: Sighting) -> SourceLabel:
    label = _label_of(sighting)
    return _unknown("an annotation may name it") if label is ABSENT and _is_annotated(sighting) else label


def _is_annotated(sighting: Sighting) -> bool:
    """May the manifests or the index be given an annotation of the same name?"""
    made, run = sighting.push.made_from, sighting.run
    if made is not None:
        return _is_made_with_annotation(made)
    if sighting.push.tool.endswith(" push"):
        built = _built_before(sighting)
        return built is not None and _is_made_with_annotation(built)
    from lading.models.recognisers.inputs import lines

    given = (text for name in ("annotations", "outputs") for text, _ in lines(run, name, "\n"))
    return any(map(_may_annotate, given))


def _may_annotate(text: Template) -> bool:
    """`[level:]name=value`, `annotation[-level].name=value` among the fields of an output, or what may hold one."""
    return SOURCE in text.pattern or (bool(text.holes) and "=" not in text.prefix)


def _is_made_with_annotation(made: object) -> bool:
    """The same, of what a push is made from; the modules of the others are loaded for few pushes."""
    from lading.models.recognisers.docker import Built

    if isinstance(made, Built):
        given = made.options.values("--annotation", "-o", "--output")
        return any([_may_annotate(value) for value, _ in given])
    from lading.models.recognisers.bake import Baked
    from lading.models.recognisers.goreleaser import Entry

    if isinstance(made, Entry):
        return any(map(_may_annotate, made.annotations))
    if not isinstance(made, Baked):
        return False
    target = made.target
    keys = {each.key: each.value for each in made.set if each.touches(target.name) is not False}
    outputs = [*(target.outputs or ()), *[value for key, value in keys.items() if key == "output"]]
    return target.is_annotated or "annotations" in keys or any(map(_may_annotate, outputs))


def _label_of(sighting: Sighting) -> SourceLabel:
    run = sighting.run
    made = _of_made(sighting.push.made_from, run.texts) if sighting.push.made_from is not None else None
    if made is not None:
        return made
    if (run.step.action or "").endswith("/build-push-action"):
        return _of_action(run)
    built = _built_before(sighting) if sighting.push.tool.endswith(" push") else None
    return (
        _of_command(built)
        if built is not None
        else _unknown(f"what {sighting.push.tool} pushes was built elsewhere")
    )


def _of_made(made: object, texts: Texts) -> SourceLabel | None:
    """The label of what a recogniser says a push is made from; the modules of the others are loaded for few pushes."""
    from lading.models.recognisers.docker import Built

    if isinstance(made, Built):
        return _of_command(made)
    from lading.models.compose.project import Service
    from lading.models.recognisers.bake import Baked
    from lading.models.recognisers.goreleaser import Entry

    if isinstance(made, Baked):
        service = made.target.service
        return _of_service(service) if service is not None else _of_target(made, texts)
    if isinstance(made, Service):
        return _of_service(made)
    return _of_entry(made, texts) if isinstance(made, Entry) else None


def _unknown(reason: str) -> SourceLabel:
    return SourceLabel(reason=reason)


def _given(items: Items) -> SourceLabel | None:
    """The last of `name=value` that is the label; an item whose name is not known may be it."""
    found = None
    for item, at in items:
        if item.prefix.startswith(SOURCE + "="):
            rest = (item.prefix[len(SOURCE) + 1 :], *item.parts[1:])
            found = SourceLabel(Template(rest, item.conditions), at)
        elif item.holes and "=" not in item.prefix:
            found = _unknown(item.reasons[0])
    return found


def _of_action(run: StepRun) -> SourceLabel:
    from lading.models.recognisers.inputs import lines

    given = _given(lines(run, "labels", "\n"))
    if given is not None:
        return given
    context, file = run.text("context"), run.text("file")
    return _of_dockerfile(
        run.texts,
        run.top,
        context,
        file,
        run.text("target"),
        lambda: dict(_pairs(item for item, _ in lines(run, "build-args", "\n"))),
    )


def _pairs(items: Iterable[Template]) -> Iterator[tuple[str, Template]]:
    for item in items:
        name, equals, value = item.prefix.partition("=")
        if equals:
            yield name.strip(), Template((value, *item.parts[1:]), item.conditions)


def _of_command(built: Built) -> SourceLabel:
    options, command = built.options, built.command
    given = _given((value, command.at(word)) for value, word in options.values("--label"))
    if given is not None:
        return given
    context = options.rest[-1].template if options.rest else None
    if context is None:
        return _unknown("what is built is not known")

    def arguments() -> Mapping[str, Template]:
        return dict(_pairs(value for value, _ in options.values("--build-arg")))

    file = options.last("-f", "--file")
    target = options.last("--target")
    folder = command.ran.folder
    if file is not None:  # a file is named from the working folder, one that is found lies in the context
        return _of_dockerfile(command.run.texts, folder, None, file, target, arguments)
    return _of_dockerfile(command.run.texts, folder, context, None, target, arguments)


def _built_before(sighting: Sighting) -> Built | None:
    """The last `docker build -t NAME` before a push of that name."""
    from lading.models.recognisers.docker import built_by
    from lading.models.recognisers.table import Command

    for run in reversed(sighting.before.building):
        effects = run.effects
        for ran in reversed(effects.commands) if effects is not None else ():
            if ran.program in _BUILDERS:
                built = built_by(Command(ran.program, ran.command[1:], ran, run))
                names = built.options.values("-t", "--tag") if built is not None else ()
                if any(name == sighting.push.reference for name, _ in names):
                    return built
    return None


_BUILDERS = ("docker", "podman", "buildah", "nerdctl")


def _of_target(made: Baked, texts: Texts) -> SourceLabel:
    from lading.models.hcl import as_text

    target, values = made.target, made.target.values
    changed = {"dockerfile", "context", "target", "args"}
    is_changed = "dockerfile-inline" in values
    for each in reversed(made.set):
        touches = each.touches(target.name)
        if touches is not False and each.key == f"labels.{SOURCE}":
            return SourceLabel(each.value, each.at) if touches else _unknown("what is set is not known")
        is_changed = is_changed or each.key.partition(".")[0] in changed
    given = (
        _given(target.labels) if target.labels is not None else _unknown("the bake file works the labels out")
    )
    if given is not None:
        return given
    if is_changed:
        return _unknown("its Dockerfile is not known")
    texts_of = {
        key: as_text(values[key], "*") for key in ("context", "dockerfile", "target") if key in values
    }
    args = values.get("args")
    arguments = (
        {key: each for key, each in args.items() if isinstance(each, Template)}
        if isinstance(args, dict)
        else {}
    )
    context, file = texts_of.get("context"), texts_of.get("dockerfile")
    whole = join((context, Template.of("/"), file)) if context is not None and file is not None else file
    return _of_dockerfile(texts, made.folder, context, whole, texts_of.get("target"), lambda: arguments)


def _of_service(service: Service) -> SourceLabel:
    from lading.models.compose.health import build_arguments, dockerfile_of
    from lading.models.compose.merge import PAIRS, normal
    from lading.models.compose.values import Map, Text

    build = service.build
    if build is None:
        return _unknown("its `build` has no known form")
    value = build.get("labels")
    labels = normal(value, PAIRS) if value is not None else None
    text = labels.get(SOURCE) if isinstance(labels, Map) else None
    if isinstance(text, Text):
        return SourceLabel(text.template, text.node)
    source = dockerfile_of(build, service)
    target = build.text("target")
    if isinstance(source, str) or (target is not None and target.literal is None):
        return _unknown(source if isinstance(source, str) else "the build target is not known")
    if build.text("dockerfile_inline") is not None:
        return _unknown("its Dockerfile stands in the Compose file")
    wanted = target.literal if target is not None else None
    return _in(service.project.texts, source.path, wanted, lambda: build_arguments(build))


def _of_entry(entry: Entry, texts: Texts) -> SourceLabel:
    given = _given(entry.labels)
    if given is not None:
        return given
    if entry.is_list_of_images:
        return _unknown("other entries of goreleaser build it")
    folder = posixpath.dirname(entry.node.source.path.removeprefix(".config/"))
    return _of_dockerfile(texts, folder, None, Template.of(entry.dockerfile), None, dict)


def _of_dockerfile(
    texts: Texts,
    folder: str | None,
    context: Template | None,
    file: Template | None,
    target: Template | None,
    arguments: Arguments,
) -> SourceLabel:
    """The label in a Dockerfile, which lies in the context where no file is named; both are seen from the folder."""
    for text in (context, file, target):
        if text is not None and (text.literal is None or "://" in text.prefix):
            return _unknown(f"`{text.shown}` is not known")
    place = (context.literal if context is not None else None) or "."
    path = (file.literal if file is not None else None) or posixpath.join(place, "Dockerfile")
    whole = resolved(folder, path.replace("{{defaultContext}}:", "")) if folder is not None else None
    if not whole or not texts.exists(whole):
        return _unknown(f"`{path}` is not in the repository")
    return _in(texts, whole, (target.literal if target is not None else None) or None, arguments)


def _in(texts: Texts, path: str, target: str | None, arguments: Arguments) -> SourceLabel:
    from lading.models.dockerfile import read_dockerfile

    source = texts.source(path)
    if source is None:
        return _unknown(f"`{path}` is not in the repository")
    if SOURCE not in source.text:  # a Dockerfile takes a millisecond to parse
        return ABSENT
    dockerfile = read_dockerfile(source, arguments())
    stage = dockerfile.stage(target)
    if stage is None:
        return _unknown(f"`{path}` has no such stage")
    if SOURCE not in stage.labels:
        return ABSENT
    value, line = stage.labels[SOURCE]
    return SourceLabel(value, dockerfile.line_span(line))
