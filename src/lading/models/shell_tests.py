"""Whether the tests of a script hold, where what they compare is known: `[ … ]`, `[[ … ]]`, `!`, `&&`, `||`, `case`."""

from __future__ import annotations

from lading import regex as re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Protocol

    from lading.models.template import Template

    class Shell(Protocol):
        """What a test is asked of: the text of a node, and its value here."""

        def source(self, node: Any) -> str: ...
        def value(self, node: Any) -> Template: ...


_EQUAL = ("=", "==")
_GLOB = re.compile(r"[*?\[]")
_ANCHORED = re.compile(r"\^([\w/-]*)(.*)")
_PLAIN_PATTERN = re.compile(r"[\w./:@+,*?\[\]!^-]*")


def truth(node: Any, shell: Shell) -> bool | None:
    """True or False where the test is decided by what is known, else None. Nothing is run for it."""
    kind = node.type
    if kind == "test_command":
        inner = node.named_children
        return truth(inner[0], shell) if len(inner) == 1 else None
    if kind == "parenthesized_expression":
        inner = node.named_children
        return truth(inner[0], shell) if len(inner) == 1 else None
    if kind == "negated_command":
        return _not(truth(node.named_children[-1], shell))
    if kind == "list":
        return _of_list(node, shell)
    if kind == "unary_expression":
        return _of_one(node, shell)
    if kind == "binary_expression":
        return _of_two(node, shell)
    if kind == "command":
        return {"true": True, "false": False, ":": True}.get(_only_word(node, shell) or "")
    return None


def chosen(value: Template, item: Any, shell: Shell) -> bool | None:
    """Does the value of a `case` match one of the patterns of an item?"""
    verdicts = [_matches(value, shell.source(pattern)) for pattern in item.children_by_field_name("value")]
    return True if True in verdicts else None if None in verdicts else False


def _only_word(node: Any, shell: Shell) -> str | None:
    return _known(shell.value(node.named_children[0])) if len(node.named_children) == 1 else None


def _of_list(node: Any, shell: Shell) -> bool | None:
    found: bool | None = None
    operator = ""
    for child in node.children:
        if not child.is_named:
            operator = child.type
        elif not operator:
            found = truth(child, shell)
        elif operator == "&&":
            found = _and(found, truth(child, shell))
        elif operator == "||":
            found = _not(_and(_not(found), _not(truth(child, shell))))
        else:
            return None
    return found


def _of_one(node: Any, shell: Shell) -> bool | None:
    operator, *operands = node.children
    if len(operands) != 1:
        return None
    if operator.type == "!":
        return _not(truth(operands[0], shell))
    asked = shell.source(operator)
    if asked not in ("-z", "-n"):
        return None
    value = shell.value(operands[0])
    known = _known(value)
    is_filled = (
        bool(known) if known is not None else (True if not value.conditions and _has_text(value) else None)
    )
    return _not(is_filled) if asked == "-z" else is_filled


def _of_two(node: Any, shell: Shell) -> bool | None:
    if len(node.children) != 3:
        return None
    left, operator, right = node.children
    if operator.type == "&&":
        return _and(truth(left, shell), truth(right, shell))
    if operator.type == "||":
        return _not(_and(_not(truth(left, shell)), _not(truth(right, shell))))
    if operator.type == "=~" and right.type == "regex":
        return _begins(shell.value(left), shell.source(right))
    if operator.type not in (*_EQUAL, "!="):
        return None
    is_double = node.parent is not None and _is_double(node)
    value = shell.value(left)
    if right.type == "extglob_pattern" and is_double and _GLOB.search(shell.source(right)):
        equal = _matches(value, shell.source(right))
    else:
        equal = _equal(value, shell.value(right))
    return _not(equal) if operator.type == "!=" else equal


def _is_double(node: Any) -> bool:
    """Does it stand in `[[ … ]]`, where the right side is a pattern?"""
    while node is not None and node.type != "test_command":
        node = node.parent
    return node is not None and bool(node.children) and node.children[0].type == "[["


def _matches(value: Template, pattern: str) -> bool | None:
    if not _PLAIN_PATTERN.fullmatch(pattern):
        return None
    text = _known(value)
    if text is not None:
        from fnmatch import fnmatchcase

        return fnmatchcase(text, pattern)
    if pattern == "*":
        return True
    begin = re.split(r"[*?\[]", pattern, maxsplit=1)[0]
    if value.conditions or not value.prefix:
        return None
    if not _may_begin(value.prefix, begin):
        return False
    return True if pattern == begin + "*" and value.prefix.startswith(begin) else None


def _begins(value: Template, pattern: str) -> bool | None:
    """Does a value match a regular expression, as far as the letters at its beginning tell?"""
    match = _ANCHORED.fullmatch(pattern)
    if match is None or "|" in pattern:
        return None
    begin, rest = match[1], match[2]
    if rest[:1] in ("?", "*", "{"):
        begin = begin[:-1]
    text = _known(value)
    if text is None:
        if value.conditions or not value.prefix:
            return None
        is_told = not rest and value.prefix.startswith(begin)
        return True if is_told else None if _may_begin(value.prefix, begin) else False
    if rest in ("", "$"):
        return text == begin if rest else text.startswith(begin)
    return None if text.startswith(begin) else False


def _equal(left: Template, right: Template) -> bool | None:
    one, other = _known(left), _known(right)
    if one is not None and other is not None:
        return one == other
    if left.conditions or right.conditions:
        return None
    for known, partly in ((one, right), (other, left)):
        if known is not None and partly.prefix and not known.startswith(partly.prefix):
            return False
        if known == "" and _has_text(partly):
            return False
    return None


def _may_begin(prefix: str, begin: str) -> bool:
    length = min(len(prefix), len(begin))
    return prefix[:length] == begin[:length]


def _has_text(value: Template) -> bool:
    return any(isinstance(part, str) and part for part in value.parts)


def _known(value: Template) -> str | None:
    return value.literal if not value.conditions else None


def _and(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _not(verdict: bool | None) -> bool | None:
    return None if verdict is None else not verdict


def ways_of_if(node: Any) -> Iterator[tuple[list[Any], list[Any]]]:
    """The ways of an `if`: the nodes of the condition (none for `else`) and those of the body."""
    condition: list[Any] = []
    body: list[Any] = []
    is_body = False
    others = []
    for child in node.children:
        if child.type == "then":
            is_body = True
        elif child.type in ("elif_clause", "else_clause"):
            others.append(child)
        elif child.is_named:
            (body if is_body else condition).append(child)
    yield condition, body
    for other in others:
        if other.type == "else_clause":
            yield [], [child for child in other.children if child.is_named]
        else:
            yield next(ways_of_if(other))
