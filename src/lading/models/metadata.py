"""What docker/metadata-action makes of its inputs: names in small letters, with the tags of its rules.

Source: docker/metadata-action:src/{image,tag,meta}.ts at dc80280.
"""

from __future__ import annotations

import re

from lading.models.evaluation import as_value
from lading.models.template import Hole, Template, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.steps import StepRun

_DEFAULT_RULES = ("type=schedule", "type=ref,event=branch", "type=ref,event=tag", "type=ref,event=pr")
_NOT_OF_A_TAG = re.compile(r"[^A-Za-z0-9._-]+")
_LINE = Template.of("\n")


def metadata_outputs(run: StepRun) -> dict[str, object]:
    """The outputs `tags` (a name with tag per line) and `json`."""
    names = list(_names(run.text("images")))
    tags = list(_tags(run))
    references = [join((name, Template.of(":"), tag)) for name in names for tag in tags] if names else tags
    return {"tags": as_value(_joined(references, _LINE)), "json": as_value(_json(references))}


def _joined(items: list[Template], separator: Template) -> Template:
    parts: list[Template] = []
    for index, item in enumerate(items):
        parts += (separator, item) if index else (item,)
    return join(parts)


def _json(references: list[Template]) -> Template:
    return join((Template.of('{"tags":["'), _joined(references, Template.of('","')), Template.of('"]}')))


def _names(images: Template | None) -> Iterator[Template]:
    for line in _rules(images):
        fields = _fields(line)
        name = fields.get("name") or fields.get("")
        if name is not None and name.parts and _enabled(fields):
            yield name.map(str.lower)


def _rules(text: Template | None) -> Iterator[Template]:
    """The lines that say something."""
    for line in text.split("\n") if text is not None else ():
        line = line.strip()
        if line.parts and not line.prefix.startswith("#"):
            yield line


def _fields(line: Template) -> dict[str, Template]:
    """`key=value` by lower-cased key; what has no key under ""."""
    found: dict[str, Template] = {}
    for field in line.split(","):
        field = field.strip()
        key, equals, value = field.prefix.partition("=")
        if equals and re.fullmatch(r"[A-Za-z-]+", key.strip()):
            rest = field.parts[1:]
            found[key.strip().lower()] = Template((value.strip(" \"'"), *rest), field.conditions)
        elif field.parts:
            found.setdefault("", field)
    return found


def _enabled(fields: dict[str, Template]) -> bool:
    enable = fields.get("enable")
    return enable is None or enable.literal != "false"


def _tags(run: StepRun) -> Iterator[Template]:
    rules = list(_rules(run.text("tags"))) or [Template.of(rule) for rule in _DEFAULT_RULES]
    flavor = {k: v for line in _rules(run.text("flavor")) for k, v in _fields(line).items()}
    may_be_latest = False
    for rule in rules:
        fields = _fields(rule)
        kind = (fields.get("type") or Template.of("raw")).literal or ""
        if not _enabled(fields):
            continue
        tag = _tag(kind, fields, run)
        if tag is not None:
            may_be_latest |= kind in ("semver", "pep440", "match") or (kind, _event(fields)) == ("ref", "tag")
            yield _around(tag, fields, flavor, kind)
    latest = flavor.get("latest", Template.of("auto")).literal
    if latest == "true" or (latest in ("auto", None) and may_be_latest):
        yield Template.of("latest")


def _event(fields: dict[str, Template]) -> str:
    return (fields.get("event") or Template(())).literal or ""


def _tag(kind: str, fields: dict[str, Template], run: StepRun) -> Template | None:
    """A rule's tag; None where no event of this run gives one."""
    events = run.world.events
    if kind == "raw":
        value = fields.get("value") or fields.get("") or Template(())
        return _clean(value) if value.parts else None
    if kind == "ref":
        event = _event(fields)
        is_request = all(name.startswith("pull_request") for name in events)
        if event == "pr":
            asked = any(name.startswith("pull_request") for name in events)
            return _unknown("{{pr}}", "the number of the pull request") if asked else None
        github = run.contexts["github"]
        known = github if isinstance(github, dict) else {}
        other = "tag" if event == "branch" else "branch"
        if is_request or known.get("ref_type") == other:
            return None
        name = known.get("ref_name")
        if event == "branch" and isinstance(name, str):
            return _clean(Template.of(name))
        return _unknown(f"{{{{{event or 'ref'}}}}}", f"the name of the {event or 'ref'}")
    if kind == "schedule":
        pattern = fields.get("pattern") or Template.of("nightly")
        return _clean(pattern) if "schedule" in events else None
    if kind == "edge":
        return Template.of("edge")
    if kind in ("semver", "pep440", "match") and "value" not in fields and _ref_type(run) == "branch":
        return None
    return _unknown(f"{{{{{kind}}}}}", f"a rule of type `{kind}` makes it")


def _ref_type(run: StepRun) -> object:
    github = run.contexts["github"]
    return github.get("ref_type") if isinstance(github, dict) else None


def _unknown(text: str, reason: str) -> Template:
    return Template((Hole(text, reason),))


def _clean(value: Template) -> Template:
    """Characters that a tag cannot have become `-`; `{{…}}` is filled in by the action."""
    parts: list[str | Hole] = []
    for part in value.parts:
        if isinstance(part, Hole):
            parts.append(part)
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


def _around(tag: Template, fields: dict[str, Template], flavor: dict[str, Template], kind: str) -> Template:
    default = {"sha": Template.of("sha-"), "ref": Template.of("pr-") if _event(fields) == "pr" else None}.get(
        kind
    )
    prefix = fields.get("prefix") or flavor.get("prefix") or default
    suffix = fields.get("suffix") or flavor.get("suffix")
    parts = [part for part in (prefix, tag, suffix) if part is not None]
    return join(_clean(part) for part in parts)
