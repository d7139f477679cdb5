"""What GitHub takes as an id, a schedule, a reference to an action or workflow, a group of runners.

Sources: actions/runner:src/Sdk/WorkflowParser/Conversion/{WorkflowTemplateConverter, IdBuilder}.cs at 258d6c8 and
docs.github.com "Events that trigger workflows" (schedule) and "Metadata syntax" (using).
"""

from __future__ import annotations

from lading import regex as re
from lading.models.workflow import scalar_value
from lading.plain import whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.tree import Scalar


def _expression(node: Scalar) -> str | None:
    return None if "${{" in node.text else "is neither a mapping nor a list nor an expression"


def _boolean(node: Scalar) -> str | None:
    if "${{" in node.text or isinstance(scalar_value(node), bool):
        return None
    if node.text in ("true", "false"):
        return "is a text because of its quotes; without them it is a boolean"
    return "is neither `true` nor `false` nor an expression"


def _number(node: Scalar) -> str | None:
    if "${{" in node.text or isinstance(scalar_value(node), float):
        return None
    if node.text.isdigit():
        return "is a text because of its quotes; without them it is a number"
    return "is neither a number nor an expression"


def _id(node: Scalar) -> str | None:
    text = node.text
    if not (_is_word(text) and text[0] not in "-0123456789" and len(text) < _ID_LENGTH):
        return (
            "is no id: ids are made of letters, digits, `_` and `-`, begin with a letter or `_`, and have less than "
            "100 characters"
        )
    return "is no id: those that begin with `__` are reserved" if text.startswith("__") else None


_ID_LENGTH = 100
"""Code points that an id stays below."""


def _is_word(text: str) -> bool:
    """Is it made of letters, digits, `_` and `-`?"""
    return text.isascii() and text.replace("_", "a").replace("-", "a").isalnum()


def _action(node: Scalar) -> str | None:
    """owner/name[/path]@ref, an image, or a folder of this repository."""
    text = node.text
    if text.startswith(("docker://", "./", ".\\", "$/")):
        return None
    name, _, ref = text.partition("@")
    parts = [part for part in name.replace("\\", "/").split("/") if part]
    if len(parts) >= 2 and ref and "@" not in ref:
        return None
    return "names no action: `owner/name[/path]@ref`, `./path` and `docker://image` do"


_CALLED = r"[^/@]+/[^/@]+/\.github/workflows/[^/@]+\.ya?ml@.+"
_LOCAL = r"\.github/workflows/[^/]+\.ya?ml(?:@.*)?"
"""Patterns are compiled when a file needs them, which few do."""


def _workflow(node: Scalar) -> str | None:
    """`./.github/workflows/name.yml`, or owner/name/.github/workflows/name.yml@ref."""
    text = node.text
    if text.startswith(("./", "$/")):
        if re.fullmatch(_LOCAL, text[2:]) is not None:
            return None
        return "names no workflow: those of this repository lie right in `.github/workflows`"
    if re.fullmatch(_CALLED, text) is not None:
        return None
    return (
        "names no workflow: `./.github/workflows/name.yml` and `owner/name/.github/workflows/name.yml@ref` do"
    )


_MOST_OF_GROUP = 400


def _group_name(node: Scalar) -> str | None:
    return "has more than 400 characters" if len(node.text) > _MOST_OF_GROUP else None


def _image(node: Scalar) -> str | None:
    return "names no image" if node.text == "docker://" else None


def _snapshot(node: Scalar) -> str | None:
    major, dot, rest = node.text.partition(".")
    is_sound = major.isascii() and major.isdigit() and dot and rest == "*"
    return None if is_sound else "is no version of an image: a number and `.*` are, such as `2.*`"


_PREFIXES = ("org", "organization", "ent", "enterprise")


def _group(node: Scalar) -> str | None:
    """A name, or a name behind `org/` or `ent/`."""
    parts = node.text.split("/")
    if len(parts) == 1 or (len(parts) == 2 and parts[0] in _PREFIXES and parts[1]):
        return None
    return "is no group of runners: only `org/`, `organization/`, `ent/` or `enterprise/` may stand before its name"


_NAMES = {
    3: ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
    4: ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"),
}
_FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("day of the week", 0, 7),
)
"""Sunday as 7 is no documented value, but nothing is known to refuse it."""


def _cron(node: Scalar) -> str | None:
    fields = node.text.split()
    if len(fields) != len(_FIELDS):
        count = f"{len(fields)} field{'s' if len(fields) != 1 else ''}"
        return f"has {count}; minute, hour, day of the month, month and day of the week are expected"
    for index, field in enumerate(fields):
        if not all(_is_cron_part(part, index) for part in field.split(",")):
            return f"has `{field}` for the {_FIELDS[index][0]}, which is no value, range or step of it"
    return None


def _is_cron_part(part: str, index: int) -> bool:
    """`*`, a value or a range, each with a step or without. Months and days are not required to rise: `FRI-MON`."""
    values, slash, step = part.partition("/")
    if slash and (not step.isascii() or not step.isdigit() or whole(step) == 0):
        return False
    if values == "*":
        return True
    ends = [_cron_value(end, index) for end in values.split("-")]
    _, least, most = _FIELDS[index]
    is_sound = len(ends) <= 2 and all(least <= end <= most for end in ends)
    return is_sound and (index in _NAMES or ends == sorted(ends))


def _cron_value(text: str, index: int) -> int:
    """The number, -1 for what is none."""
    if text.isascii() and text.isdigit():
        return whole(text)
    names = _NAMES.get(index, ())
    return names.index(text.upper()) + (index == 3) if text.upper() in names else -1


_USING = ("composite", "docker", "node12", "node16", "node20", "node24")


def _using(node: Scalar) -> str | None:
    if node.text.lower() in _USING:
        return None
    return "is no way to run that GitHub knows: `composite`, `docker`, `node20` and `node24` are"


FORMS: dict[str, Callable[[Scalar], str | None]] = {
    "action": _action,
    "boolean": _boolean,
    "cron": _cron,
    "expression": _expression,
    "group": _group,
    "group-name": _group_name,
    "id": _id,
    "image": _image,
    "number": _number,
    "snapshot": _snapshot,
    "using": _using,
    "workflow": _workflow,
}
"""What is wrong with a scalar as an instance of an `x-form`, None for nothing."""
