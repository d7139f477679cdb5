"""What became of ignores: those that leave nothing out, name no rule, or do not say why."""

from __future__ import annotations

from lading.findings import KNOWN, Edit, Fix, Hit, unknown
from lading.source import Span
from lading.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.suppress import Ignore, Record

_FAMILY = "ignore/"


def unused(record: Record, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Comments and entries of the configuration that leave nothing out, though all that they name was looked for."""
    for ignore in record.comments:
        for name, at in ignore.names:
            if not ignore.is_doubtful and _is_unused(record, name, (at.source.path, at.start)):
                fix = _without(ignore) if len(ignore.names) == 1 else None
                yield Hit(at, f"there is no finding of `{name}` here for this comment to leave out", fix=fix)
    for id, entry in record.entries:
        if entry.at is not None and _is_unused(record, id, (entry.at.source.path, entry.at.start)):
            yield Hit(entry.at, f"there is no finding of `{id}` that this entry leaves out")


def _is_unused(record: Record, name: str, key: tuple[str, int]) -> bool:
    meant = record.meant(name)
    if not meant or key in record.used:
        return False
    return all(id in record.ran and not id.startswith(_FAMILY) for id in meant)


def without_reason(record: Record, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Where the configuration asks for reasons."""
    if not record.requires_reason:
        return
    for ignore in record.comments:
        if ignore.names and not ignore.reason and not ignore.is_doubtful:
            yield Hit(ignore.span, "this ignore does not say why, as `ignores: require-reason` asks")
    for id, entry in record.entries:
        if entry.at is not None and entry.reason is None:
            yield Hit(
                entry.at, f"this ignore of `{id}` has no `reason`, as `ignores: require-reason` asks for"
            )


def unknown_rule(record: Record, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A name of no rule, or of one that is gone."""
    families = record.families
    near: dict[str, str | None] = {}
    for ignore in record.comments:
        for name, at in ignore.names:
            if ignore.is_doubtful:
                continue
            if name in record.removed:
                instead = f"; `{record.removed[name]}` takes its place" if record.removed[name] else ""
                yield Hit(at, f"rule `{name}` is gone, so there is nothing to leave out{instead}")
            elif not record.meant(name):
                if name not in near:
                    near[name] = nearest(name, record.ids, 0.6) or nearest(name, families)
                yield _of_no_rule(name, at, near[name], families)


def _of_no_rule(name: str, at: Span, near: str | None, families: frozenset[str]) -> Hit:
    """The family of a plugin that is not installed looks like a mistake too."""
    is_ours = near is not None or name.partition("/")[0] in families
    hint = f"; did you mean `{near}`?" if near is not None else ""
    return Hit(
        at,
        f"no rule is named `{name}`, so this leaves nothing out{hint}",
        basis=KNOWN if is_ours else unknown("a plugin that is not installed here may bring it"),
    )


def without_rule(record: Record, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A comment that names nothing in brackets."""
    for ignore in record.comments:
        if not ignore.names and not ignore.is_doubtful:
            yield Hit(ignore.span, "this comment names no rule in brackets, so it leaves nothing out")


def former_rule_name(record: Record, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A rule by an earlier id, which still counts."""
    for ignore in record.comments:
        for name, at in ignore.names:
            now = record.former.get(name)
            if now is not None and not ignore.is_doubtful:
                fix = Fix(f"write `{now}`", [Edit(at, now)], is_safe=True)
                yield Hit(at, f"rule `{name}` is called `{now}` now", fix=fix)


def _without(ignore: Ignore) -> Fix:
    """Takes the comment away: with its line where it has one to itself, else with the blanks before it.

    Not safe, since another owner or another default token may have use for it.
    """
    source, start, end = ignore.span.source, ignore.span.start, ignore.span.end
    line = source.place(start)[0]
    if ignore.is_alone:
        start, end = source.offset(line), source.offset(line + 1)
    else:
        start = source.offset(line) + len(source.text[source.offset(line) : start].rstrip())
        end = source.offset(line) + len(source.line(line))
    return Fix("remove the comment", [Edit(Span(source, start, end), "")], is_safe=False)
