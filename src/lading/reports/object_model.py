"""The object model of SARIF as `sarif_om` has it, without loading it and `attrs`: 20 ms (measured).

A report is put together from a few of its classes, and again and again. For those `scripts/generate.py` writes down
what a class says of itself: its attributes with their names in JSON, and their defaults. What is called here gives the
members of such an object at once, where `sarif_om` gives an object and has no way to write it. A class that is not in
the table comes from `sarif_om` itself. A test shows that both ways give the same report.
"""

from __future__ import annotations

from lading.tables.sarif import CLASSES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Row = tuple[dict[str, str], dict[str, Any]]

ALWAYS = frozenset(("level",))
"""Written even where it equals the default: a result without `level` takes the level of its rule."""


class ObjectModel:
    """Has the classes of `sarif_om` by their names.

    Their arguments are given in the order of the attributes, in which they are written; what is None or at its default
    is left out.
    """

    def __getattr__(self, name: str) -> Callable[..., Any]:
        row = CLASSES.get(name)
        if row is None:
            import sarif_om

            found: Callable[..., Any] = getattr(sarif_om, name)
        else:
            found = _class(row)
        setattr(self, name, found)
        return found


def _class(row: Row) -> Callable[..., dict[str, Any]]:
    names, defaults = row

    def members(**given: Any) -> dict[str, Any]:
        return {
            names[attribute]: value
            for attribute, value in given.items()
            if value is not None and (value != defaults.get(attribute) or attribute in ALWAYS)
        }

    return members


def members_of(thing: Any) -> dict[str, Any]:
    """The members of an object of `sarif_om`. Raises `TypeError` where it is something else."""
    row = row_of(type(thing))
    return _class(row)(**{attribute: getattr(thing, attribute) for attribute in row[0]})


def row_of(kind: type) -> Row:
    """Attributes of a class of `sarif_om` with their names in JSON, and those defaults that are not None."""
    if not hasattr(kind, "__attrs_attrs__"):
        raise TypeError(f"{kind.__name__} is not part of a report")
    names, defaults = {}, {}
    for attribute in kind.__attrs_attrs__:
        names[attribute.name] = attribute.metadata["schema_property_name"]
        factory = getattr(attribute.default, "factory", None)
        default = factory() if factory else attribute.default
        if isinstance(default, bool | int | float | str | list):
            defaults[attribute.name] = default
    return names, defaults
