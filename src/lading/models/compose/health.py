"""Will a container of a service report whether it is healthy?"""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.findings import KNOWN, assumed, unknown
from lading.models.compose.merge import PAIRS, normal
from lading.models.compose.project import truth
from lading.models.compose.values import RESET, List, Map, Text
from lading.models.dockerfile import INHERITED, SCRATCH, read_dockerfile
from lading.source import Source
from lading.tables.images import health_of_image, normalised

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.findings import Basis
    from lading.models.compose.project import Service
    from lading.models.template import Template
    from lading.source import Located

PRESENT = "present"
ABSENT = "absent"
UNKNOWN = "unknown"

_NONE = "NONE"
_BASES = frozenset(
    (
        *(
            "almalinux",
            "alpine",
            "amazoncorretto",
            "amazonlinux",
            "archlinux",
            "bash",
            "buildpack-deps",
            "busybox",
        ),
        *("composer", "debian", "eclipse-temurin", "elixir", "erlang", "fedora", "golang", "gradle", "maven"),
        *("openjdk", "perl", "php", "python", "rockylinux", "ruby", "rust", "swift", "tomcat", "ubuntu"),
    )
)
"""Images that others are built from and that run nothing; that each lacks a check is not verified."""
_REMOTE = re.compile(r"^(?:[a-z][a-z0-9+.-]*://|git@|github\.com/)|\.git(?:#|$)")


class Health:
    """`state` with the `reason` for it in words, the place that decides it, and how certain it is."""

    __slots__ = ("at", "basis", "reason", "state")

    def __init__(self, state: str, reason: str, at: Located, basis: Basis = KNOWN) -> None:
        self.state = state
        self.reason = reason
        self.at = at
        self.basis = basis

    def under(self, *conditions: str) -> Health:
        """The same as long as none of the conditions applies."""
        return Health(self.state, self.reason, self.at, self.basis & assumed(*conditions))

    def __repr__(self) -> str:
        return f"<Health {self.state}: {self.reason}>"


class Probe:
    """What a healthcheck runs: `form` is "CMD", "CMD-SHELL", "NONE", "" (an empty list) or another word.

    `items` are the texts behind it; of a plain string the one item is the shell line.
    """

    __slots__ = ("first", "form", "is_list", "items", "value")

    def __init__(self, value: Text | List, form: str, first: Text | None, items: tuple[Text, ...]) -> None:
        self.value = value
        self.form = form
        self.first = first
        self.items = items
        self.is_list = isinstance(value, List)


def probe_of(healthcheck: Map | None) -> Probe | None:
    """The test of a healthcheck, None where there is none or its form is not known."""
    value = healthcheck.get("test") if healthcheck is not None else None
    if isinstance(value, Text):
        return Probe(value, "CMD-SHELL", None, (value,))
    if not isinstance(value, List):
        return None
    items = tuple(item for item in value.items if isinstance(item, Text))
    if len(items) < len(value.items):
        return None
    if not items:
        return Probe(value, "", None, ())
    form = items[0].literal
    return Probe(value, form, items[0], items[1:]) if form is not None else None


def health_of(service: Service) -> Health:
    """Compose's own healthcheck first, then the image's."""
    definition, place = service.definition, service.name_node
    value = definition.get("healthcheck")
    if value is not None and not isinstance(value, Map):
        return Health(
            UNKNOWN, "its `healthcheck` is no mapping", value.node, unknown("its `healthcheck` is no mapping")
        )
    if value is not None:
        stated = _stated(value)
        if stated is not None:
            return stated
    elif definition.is_partial:
        reason = f"a part of `{service.name}` cannot be read"
        return Health(UNKNOWN, reason, place, unknown(reason))
    found = health_of_its_image(service)
    item = definition.entries.get("healthcheck")
    if found.state != PRESENT and item is not None and item.value.tag == RESET:
        basis = found.basis if found.state == ABSENT else assumed("unless its image carries a HEALTHCHECK")
        return Health(ABSENT, "its `healthcheck` is reset", item.key, basis)
    if found.state == ABSENT and value is not None:
        at = (
            value.entries["test"].key
            if "test" in value.entries
            else item.key
            if item is not None
            else value.node
        )
        return Health(ABSENT, f"its `healthcheck` runs no `test`, and {found.reason}", at, found.basis)
    return found


def _stated(healthcheck: Map) -> Health | None:
    """What the merged `healthcheck` decides; None where it leaves the test to the image."""
    switch = healthcheck.text("disable")
    if switch is not None:
        is_off = truth(switch)
        if is_off is None:
            return _unknown("`disable` is not known", switch)
        if is_off:
            return Health(
                ABSENT, "its healthcheck is disabled", switch.node, assumed(*switch.template.conditions)
            )
    value = healthcheck.get("test")
    if value is None:
        return None
    test = probe_of(healthcheck)
    if test is None:
        return _unknown("its `test` is not known", value)
    if test.form == "":
        return None
    if test.form == _NONE:
        return Health(ABSENT, 'its `test` is `["NONE"]`', value.node)
    return Health(PRESENT, "it has a `healthcheck`", value.node)


def _unknown(reason: str, value: Text | List | Map | object) -> Health:
    node = value.node  # type: ignore[union-attr]
    return Health(UNKNOWN, reason, node, unknown(reason))


def health_of_its_image(service: Service) -> Health:
    """Without what the service itself says."""
    if service.definition.get("build") is not None:
        return _of_build(service)
    image = service.image
    if image is None:
        reason = f"`{service.name}` has no image"
        return Health(UNKNOWN, reason, service.name_node, unknown(reason))
    return health_of_reference(image.template, service.name_node, service.project.healthy_images)


def health_of_reference(template: Template, at: Located, healthy: tuple[str, ...]) -> Health:
    """Whether a ready-made image has a HEALTHCHECK: the table knows some, and the configuration (globs: `healthy`)."""
    name = image_name(template)
    if name is None:
        reason = f"the image `{template.shown}` is not known"
        return Health(UNKNOWN, reason, at, unknown(reason))
    if is_stated_healthy(name, healthy):
        return Health(PRESENT, f"`{name}` is configured to carry a HEALTHCHECK", at)
    row = health_of_image(name)
    if row is None and name in _BASES:
        row = (False, "K")
    if row is None:
        reason = f"whether `{name}` carries a HEALTHCHECK is not known"
        return Health(UNKNOWN, reason, at, unknown(reason))
    has_one, evidence = row
    basis = assumed(*template.conditions)
    if evidence != "S":
        basis &= assumed(f"unless `{name}` carries a HEALTHCHECK")
    if has_one:
        return Health(PRESENT, f"`{name}` carries a HEALTHCHECK", at, basis)
    return Health(ABSENT, f"the image `{name}` brings no healthcheck", at, basis)


def image_name(template: Template) -> str | None:
    """A reference without tag, digest, `docker.io/` and `library/`, in lower case; None if unknown."""
    text = template.literal
    if text is None:
        text = template.prefix
        if ":" not in text.rpartition("/")[2] and "@" not in text:
            return None
    text = text.partition("@")[0]
    folder, slash, last = text.rpartition("/")
    return normalised(folder + slash + last.partition(":")[0]) or None


def is_stated_healthy(name: str, globs: tuple[str, ...]) -> bool:
    if not globs:
        return False
    from fnmatch import fnmatchcase

    return any(fnmatchcase(name, glob.lower()) for glob in globs)


def is_from_scratch(service: Service) -> bool:
    """Is the image built here, from nothing but what the Dockerfile copies into it?"""
    build = service.build
    source = dockerfile_of(build, service) if build is not None else ""
    if build is None or isinstance(source, str):
        return False
    target = build.text("target")
    if target is not None and target.literal is None:
        return False
    stage = read_dockerfile(source, build_arguments(build)).stage(
        target.literal if target is not None else None
    )
    while stage is not None and stage.base is not None:
        stage = stage.base
    return stage is not None and stage.image is not None and stage.image.literal == SCRATCH


def _of_build(service: Service) -> Health:
    """What the Dockerfile says of the stage that is built."""
    build = service.build
    place = service.name_node
    if build is None:
        return _not_read("its `build` has no known form", place)
    target = build.text("target")
    if target is not None and target.literal is None:
        return _not_read(f"the build target `{target.template.shown}` is not known", target.node)
    source = dockerfile_of(build, service)
    if isinstance(source, str):
        return _not_read(source, place)
    dockerfile = read_dockerfile(source, build_arguments(build))
    verdict = dockerfile.health(target.literal if target is not None else None)
    inline = build.text("dockerfile_inline")
    at = inline.node if inline is not None else dockerfile.line_span(verdict.line)
    conditions = target.template.conditions if target is not None else ()
    where = "its Dockerfile" if inline is not None else f"`{source.path}`"
    if verdict.state != INHERITED:
        state = verdict.state
        basis = assumed(*conditions) if state != UNKNOWN else unknown(f"{where}: {verdict.reason}")
        return Health(state, f"{where} has {verdict.reason}", at, basis)
    assert verdict.image is not None
    name = image_name(verdict.image)
    if name is not None and _is_other_context(name, build):
        return _not_read(f"`{name}` is another build context", at)
    base = health_of_reference(verdict.image, at, service.project.healthy_images)
    reason = f"{where} has no HEALTHCHECK, and {base.reason}" if base.state == ABSENT else base.reason
    return Health(base.state, reason, at, base.basis & assumed(*conditions))


def _not_read(reason: str, at: Located) -> Health:
    return Health(UNKNOWN, reason, at, unknown(reason))


def dockerfile_of(build: Map, service: Service) -> Source | str:
    """The Dockerfile's text, or why it cannot be had."""
    texts = service.project.texts
    inline = build.text("dockerfile_inline")
    if inline is not None:
        literal = inline.literal
        return (
            Source(inline.node.source.path, literal) if literal is not None else "its Dockerfile is not known"
        )
    context, named = build.text("context"), build.text("dockerfile")
    folder = context.literal if context is not None else "."
    name = named.literal if named is not None else "Dockerfile"
    if folder is None or name is None:
        return "the place of its Dockerfile is not known"
    if _REMOTE.search(folder) or folder.startswith(("/", "~")) or name.startswith(("/", "~")):
        return f"the build context `{folder}` is not in the repository"
    base = (context or build).origin.folder
    path = posixpath.normpath(posixpath.join(base, folder, name))
    if path.startswith("../"):
        return f"`{path}` is not in the repository"
    source = texts.source(path) if texts.exists(path) else None
    return source if source is not None else f"`{path}` is not in the repository"


def build_arguments(build: Map) -> Mapping[str, Template]:
    value = build.get("args")
    long = normal(value, PAIRS) if value is not None else None
    if not isinstance(long, Map):
        return {}
    return {
        name: item.value.template
        for name, item in long.entries.items()
        if isinstance(item.value, Text) and not item.value.is_null
    }


def _is_other_context(name: str, build: Map) -> bool:
    value = build.get("additional_contexts")
    long = normal(value, PAIRS) if value is not None else None
    return isinstance(long, Map) and any(key.lower() == name for key in long.entries)
