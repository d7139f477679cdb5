"""What docker/metadata-action makes of its inputs: names in small letters, with the tags of its rules.

Source: docker/metadata-action:src/{image,tag,meta}.ts at dc80280.
"""

from __future__ import annotations

from lading import regex as re
from lading.memory import remembered
from lading.models.evaluation import as_value
from lading.models.recognisers.inputs import CUT, GIVEN, LABEL, tags_for
from lading.models.template import Hole, Template, among, join
from lading.models.values import PartlyKnown
from lading.plain import whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Mapping as Lookup
    from typing import Protocol

    from lading.models.worlds import World

    class Told(Protocol):
        """What is asked of a step: its inputs, and the run that it belongs to."""

        world: World

        @property
        def contexts(self) -> Lookup[str, object]: ...

        def text(self, name: str) -> Template | None: ...


_DEFAULT_RULES = ("type=schedule", "type=ref,event=branch", "type=ref,event=tag", "type=ref,event=pr")
_NOT_OF_A_TAG = re.compile(r"[^A-Za-z0-9._-]+")
_LINE = Template.of("\n")
_COLON = Template.of(":")
_COMMA = Template.of(",")
_OF_SHA = Template.of("sha-")
_OF_REQUEST = Template.of("pr-")
_CUT = Template.of(CUT)
_LABEL = Template.of(LABEL)


class KnownLater(PartlyKnown):
    """A text of which a part is known, put together when it is asked for: most of what is handed on nobody reads."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], Template]) -> None:
        self._make = make
        self._made: Template | None = None

    @property
    def template(self) -> Template:  # type: ignore[override]
        if self._made is None:
            self._made = self._make()
        return self._made


class _Tag:
    """A tag that a rule makes: its text, how early it stands, and does it make `latest` another tag?"""

    __slots__ = ("is_release", "priority", "text")

    def __init__(self, text: Template, priority: int, is_release: bool) -> None:
        self.text = text
        self.priority = priority
        self.is_release = is_release


def metadata_outputs(run: Told) -> dict[str, object]:
    """The outputs that can be told.

    `tags` (names with tag), `tag-names`, `version`, `labels`, `json`; the bake files are read by `recognisers.bake`.
    """
    names = list(_names(run.text("images")))
    tags = _tags(run)
    each_has = tags_for(names, tags)
    references = [join((name, _COLON, tag)) for name in names for tag in each_has] if names else tags
    separator = run.text("sep-tags") or _LINE
    version = tags[0] if tags else Template(())
    target = run.text("bake-target") or Template.of("docker-metadata-action")
    every = list(_labels(run, version))
    between = run.text("sep-labels") or _LINE
    head = (Template.of(GIVEN), target)
    return {
        "tags": as_value(_joined(references, separator)),
        "tag-names": _later(lambda: _joined(tags, separator), tags),
        "version": as_value(version),
        "labels": _later(lambda: _joined(every, between), every),
        "json": _later(lambda: _json(references, every), references),
        "bake-file": _later(
            lambda: join((*head, *_tagged(references), *_labelled(every))), references, every
        ),
        "bake-file-tags": _later(lambda: join((*head, *_tagged(references))), references),
        "bake-file-labels": _later(lambda: join((*head, *_labelled(every))), every),
        "bake-file-annotations": as_value(join(head)),
    }


def _later(make: Callable[[], Template], *of: list[Template]) -> object:
    """What is made of some texts: at once where all may be known, when it is asked for where one is not."""
    for texts in of:
        for text in texts:
            if not text.is_known:
                return KnownLater(make)
    return as_value(make())


def _tagged(references: list[Template]) -> Iterator[Template]:
    for each in references:
        yield from (_CUT, each)


def _labelled(labels: list[Template]) -> Iterator[Template]:
    for each in labels:
        yield from (_CUT, _LABEL, each)


def _joined(items: list[Template], separator: Template) -> Template:
    parts: list[Template] = []
    for index, item in enumerate(items):
        parts += (separator, item) if index else (item,)
    return join(parts)


def _json(references: list[Template], every: list[Template]) -> Template:
    labels = []
    for label in every:
        name, _, value = label.prefix.partition("=")
        rest = Template((value, *label.parts[1:]), label.conditions).map(_escaped)
        labels.append(join((Template.of(f'"{name}":"'), rest, Template.of('"'))))
    listed = _joined(references, Template.of('","'))
    tags = (Template.of('"'), listed, Template.of('"')) if references else ()
    return join(
        (
            Template.of('{"tags":['),
            *tags,
            Template.of('],"labels":{'),
            _joined(labels, _COMMA),
            Template.of("}}"),
        )
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _labels(run: Told, version: Template) -> Iterator[Template]:
    """The labels whose values can be told, and those that are given."""
    github = run.contexts["github"]
    known = github if isinstance(github, dict) else {}
    server, repository = known.get("server_url"), known.get("repository")
    if isinstance(repository, str):
        yield Template.of(f"org.opencontainers.image.title={repository.rpartition('/')[2]}")
        if isinstance(server, str):
            yield Template.of(f"org.opencontainers.image.url={server}/{repository}")
            yield Template.of(f"org.opencontainers.image.source={server}/{repository}")
    else:
        hole = Hole("${{ github.repository }}", "the repository is not known")
        yield Template(("org.opencontainers.image.source=", hole))
    yield join((Template.of("org.opencontainers.image.version="), version))
    yield from _rules(run.text("labels"))


def _names(images: Template | None) -> Iterator[Template]:
    """`name=…,enable=…` a line; one line alone may be names with commas between them (image.ts, "old format")."""
    rules = _rules(images)
    if len(rules) == 1 and not any(isinstance(part, str) and "=" in part for part in rules[0].parts):
        yield from (name.map(str.lower) for name in map(Template.strip, rules[0].split(",")) if name.parts)
        return
    for line in rules:
        fields = _fields(line, "name")
        name = fields.get("name")
        if name is not None and name.parts and _enabled(fields):
            yield name.map(str.lower)


@remembered(1024)
def _rules(text: Template | None) -> tuple[Template, ...]:
    """The lines that say something."""
    lines = [_said(line.strip()) for line in text.split("\n")] if text is not None else []
    return tuple(line for line in lines if line.parts and not line.prefix.startswith("#"))


def _said(line: Template) -> Template:
    """A line without the choices that leave it empty, under the condition that it says something."""
    if not line.holes:
        return line
    variants = line.variants
    said = [each for each in variants if each.literal is None or (each.literal or "").strip()]
    if not said or len(said) == len(variants):
        return line
    chosen = among(said, line.shown, line.reasons[0])
    return Template(chosen.parts, (*chosen.conditions, f"unless `{line.shown}` is empty"))


@remembered(1024)
def _fields(line: Template, bare: str) -> Lookup[str, Template]:
    """`key=value` by lower-cased key; a word alone is the value of `bare`, and the last counts (tag.ts, image.ts)."""
    found: dict[str, Template] = {}
    for field in line.split(","):
        field = field.strip()
        key, equals, value = field.prefix.partition("=")
        if equals and re.fullmatch(r"[A-Za-z-]+", key.strip()):
            rest = field.parts[1:]
            found[key.strip().lower()] = Template((value.strip(" \"'"), *rest), field.conditions)
        elif field.prefix or (field.parts and bare not in found):
            found[bare] = field
    return found


def _enabled(fields: Lookup[str, Template]) -> bool:
    enable = fields.get("enable")
    return enable is None or enable.literal != "false"


def _tags(run: Told) -> list[Template]:
    """The tags of a run, `latest` last; none where no rule gives one, whatever is said of `latest`."""
    rules = _rules(run.text("tags")) or tuple(map(Template.of, _DEFAULT_RULES))
    flavor = _flavor(run)
    found: list[_Tag] = []
    for rule in rules:
        fields = _fields(rule, "value")
        kind = (fields.get("type") or Template.of("raw")).literal or ""
        if not _enabled(fields):
            continue
        tag = _tag(kind, fields, run)
        if tag is not None:
            text, is_release = tag
            whole = _around(text, fields, flavor, kind)
            found.append(_Tag(whole, _priority(kind, fields), is_release))
    found.sort(key=lambda each: -each.priority)
    tags = list(dict.fromkeys(each.text for each in found))
    latest = flavor.get("latest", Template.of("auto")).literal
    if tags and (latest == "true" or (latest in ("auto", None) and any(each.is_release for each in found))):
        tags.append(_latest(flavor))
    return list(dict.fromkeys(tags))


def _flavor(run: Told) -> dict[str, Template]:
    """`latest`, `prefix` and `suffix`; `prefix-onlatest` where the prefix goes to `latest` as well."""
    flavor: dict[str, Template] = {}
    for line in _rules(run.text("flavor")):
        fields = _fields(line, "")
        flavor |= {name: value for name, value in fields.items() if name != "onlatest"}
        for name in ("prefix", "suffix"):
            if name in fields and (fields.get("onlatest") or Template(())).literal == "true":
                flavor[f"{name}-onlatest"] = fields[name]
    return flavor


def _latest(flavor: dict[str, Template]) -> Template:
    parts = (flavor.get("prefix-onlatest"), Template.of("latest"), flavor.get("suffix-onlatest"))
    return join(_clean(part) for part in parts if part is not None)


_PRIORITIES = {
    "schedule": 1000,
    "semver": 900,
    "pep440": 900,
    "match": 800,
    "edge": 700,
    "ref": 600,
    "raw": 200,
    "sha": 100,
}


def _priority(kind: str, fields: Lookup[str, Template]) -> int:
    text = (fields.get("priority") or Template(())).literal or ""
    return whole(text) if text.isdecimal() else _PRIORITIES.get(kind, 0)


def _event(fields: Lookup[str, Template]) -> str:
    return (fields.get("event") or Template(())).literal or ""


def _tag(kind: str, fields: Lookup[str, Template], run: Told) -> tuple[Template, bool] | None:
    """A rule's tag, and is it a release? None where no event of this run gives one."""
    events = run.world.events
    if kind == "raw":
        value = fields.get("value") or Template(())
        return (_clean(value), False) if value.parts else None
    if kind == "ref":
        return _of_ref(_event(fields), run)
    if kind == "schedule":
        pattern = fields.get("pattern") or Template.of("nightly")
        return (_clean(pattern), False) if "schedule" in events else None
    if kind == "edge":
        return _edge(fields, run)
    if kind in ("semver", "pep440", "match"):
        return _of_version(kind, fields, run)
    return _unknown(f"{{{{{kind}}}}}", f"a rule of type `{kind}` makes it"), False


def _of_ref(event: str, run: Told) -> tuple[Template, bool] | None:
    names = run.world.events
    if event == "pr":
        asked = any(name.startswith("pull_request") for name in names)
        return (_unknown("{{pr}}", "the number of the pull request"), False) if asked else None
    other = "tag" if event == "branch" else "branch"
    is_request = all(name.startswith("pull_request") for name in names)
    if is_request or _github(run, "ref_type") == other:
        return None
    name = _github(run, "ref_name")
    if event == "branch" and isinstance(name, str):
        return _clean(Template.of(name)), False
    return _unknown(f"{{{{{event or 'ref'}}}}}", f"the name of the {event or 'ref'}"), event == "tag"


def _edge(fields: Lookup[str, Template], run: Told) -> tuple[Template, bool] | None:
    """`edge` for one branch: that of `branch=`, or the default branch."""
    is_request = all(name.startswith("pull_request") for name in run.world.events)
    branch, current = fields.get("branch"), _github(run, "ref_name")
    other = isinstance(current, str) and branch is not None and branch.literal not in (None, "", current)
    if is_request or other or _github(run, "ref_type") == "tag":
        return None
    return Template.of("edge"), False


_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")


def _of_version(kind: str, fields: Lookup[str, Template], run: Told) -> tuple[Template, bool] | None:
    """A rule over the version that the git tag, or `value=`, has."""
    value = fields.get("value")
    if (value is None or not value.parts) and _github(run, "ref_type") == "branch":
        return None
    text = value.literal if value is not None and not value.conditions and value.parts else None
    if text is not None and "{{" in text:  # `{{sha}}` and the like are filled in first
        text = None
    version = _VERSION.fullmatch(text) if text is not None and kind == "semver" else None
    pattern = (fields.get("pattern") or Template(())).literal
    if text is not None and kind == "semver" and version is None:
        return None
    if version is not None and text is not None and pattern is not None:
        made = _from_pattern(pattern, text, version)
        if made is not None:
            return _clean(Template.of(made)), version[4] is None
    return _unknown(f"{{{{{kind}}}}}", f"a rule of type `{kind}` makes it"), True


def _from_pattern(pattern: str, text: str, version: re.Match[str]) -> str | None:
    """`{{version}}`, `{{major}}.{{minor}}` and the like; a pre-release gives its whole version, whatever is asked."""
    whole = text.removeprefix("v").partition("+")[0]
    if version[4] is not None and "{{raw}}" not in pattern:
        return whole
    known = {"version": whole, "major": version[1], "minor": version[2], "patch": version[3], "raw": text}
    made = re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda match: known.get(match[1], match[0]), pattern)
    return None if "{{" in made else made


def _github(run: Told, name: str) -> object:
    github = run.contexts["github"]
    return github.get(name) if isinstance(github, dict) else None


def _unknown(text: str, reason: str) -> Template:
    return Template((Hole(text, reason),))


def _clean(value: Template) -> Template:
    """Characters that a tag cannot have become `-`; `{{…}}` is filled in by the action."""
    parts: list[str | Hole] = []
    for part in value.parts:
        if isinstance(part, Hole):
            parts.append(part)
            continue
        if "{{" not in part:
            parts.append(_NOT_OF_A_TAG.sub("-", part))
            continue
        at = 0
        for match in re.finditer(r"\{\{.*?\}\}", part):
            parts += [
                _NOT_OF_A_TAG.sub("-", part[at : match.start()]),
                Hole(match[0], "the action fills it in"),
            ]
            at = match.end()
        parts.append(_NOT_OF_A_TAG.sub("-", part[at:]))
    return Template(parts, value.conditions)


def _around(tag: Template, fields: Lookup[str, Template], flavor: dict[str, Template], kind: str) -> Template:
    default = None
    if kind == "sha":
        default = _OF_SHA
    elif kind == "ref" and _event(fields) == "pr":
        default = _OF_REQUEST
    prefix = fields.get("prefix") or flavor.get("prefix") or default
    suffix = fields.get("suffix") or flavor.get("suffix")
    parts = [part for part in (prefix, tag, suffix) if part is not None]
    return join(_clean(part) for part in parts)
