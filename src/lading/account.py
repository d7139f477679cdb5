"""What became of every ignore in a run, for the rules that judge them."""

from __future__ import annotations

from lading.lifecycle import former_ids, removed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lading.catalogue import Rule
    from lading.models.repository import Repository
    from lading.suppress import Key, Record


def record_of(
    repository: Repository,
    rules: Mapping[str, Rule],
    used: frozenset[Key],
    decides: Callable[[Rule], bool],
) -> Record | None:
    """The comments and entries of a repository, of which some were `used`; None where there are none.

    `decides` tells of a rule whether it had everything it needs to say all it could.
    """
    files = repository.texts.files
    entries = tuple(
        (id, entry)
        for id, chosen in repository.config.rules.items()
        for entry in chosen.ignore
        if entry.at is not None and files.is_file(entry.at.source.path)
    )
    sources = list(repository.ignoring)
    comments = tuple(each for source in sources for each in repository.ignores.of(source))
    if not comments and not entries:
        return None
    from lading.suppress import Record

    return Record(
        comments,
        entries,
        used=used,
        ids=tuple(rules),
        ran=frozenset(rule.id for rule in rules.values() if decides(rule)),
        former=former_ids(rules),
        removed=removed(rules),
        requires_reason=repository.config.requires_reason,
    )
