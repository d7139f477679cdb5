"""What GitHub makes of an expression, told with our own examples."""

from __future__ import annotations

import math

import pytest

from lading.models.expressions import (
    FUNCTIONS,
    ExpressionError,
    Partial,
    Piece,
    Unknown,
    evaluate,
    parse,
    pieces,
    roots,
    to_text,
    truthy,
)
from lading.models.functions import EVALUATED
from lading.models.template import Hole, Template
from lading.models.values import Falsy, OneOf, PartlyKnown, truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = Unknown("`secrets.TOKEN` is set in the repository's settings")
VARIABLE = Unknown("`vars.REGISTRY` is set in the repository's settings")
PAYLOAD = "the event's payload is known only when it runs"

CONTEXTS: dict[str, object] = {
    "github": Partial(
        {
            "ref": "refs/heads/main",
            "Event_Name": "push",
            "run_attempt": 1,
            "event": Partial({"action": "opened"}, PAYLOAD),
        },
        "the `github` context is filled when it runs",
    ),
    "matrix": {"os": "ubuntu", "node": 20, "ports": [80, 443, 8080], "empty": {}, "none": None},
    "needs": {
        "build": {"result": "success", "outputs": {"tag": "v1"}},
        "test": {"result": "failure"},
        "lint": {"result": "success", "outputs": {"tag": "v2"}},
    },
    "steps": {"meta": {"outputs": {"tags": SECRET}}, "login": {"outputs": {"tags": "a"}}},
    "env": {"true": "yes", "a-b": "dash", "1": "one"},
    "secrets": SECRET,
    "vars": {"REGISTRY": VARIABLE, "OWNER": "acme"},
}


def value_of(text: str) -> object:
    return evaluate(parse(text), CONTEXTS)


def cases(*rows: tuple[str, str, object]) -> pytest.MarkDecorator:
    """Rows of a sentence, an expression and what it gives."""
    return pytest.mark.parametrize(
        ("text", "expected"), [pytest.param(text, expected, id=says) for says, text, expected in rows]
    )


@cases(
    ("nothing is null", "", None),
    ("white space is null", " \n\t", None),
    ("null", "null", None),
    ("true", "true", True),
    ("false", "false", False),
    ("an integer is a float", "42", 42.0),
    ("a sign may stand before a number", "-3.5", -3.5),
    ("a plus may stand before a number", "+3", 3.0),
    ("a number may begin with a dot", ".25", 0.25),
    ("a number may begin with a dot after an operator", "1 > .5", True),
    ("a number may end with a dot", "5.", 5.0),
    ("a number may have an exponent", "12e-1", 1.2),
    ("a number may be hexadecimal", "0xfF", 255.0),
    ("a number may be octal", "0o17", 15.0),
    ("a hexadecimal number wraps at 31 bits", "0xffffffff", -1.0),
    ("Infinity is a number", "-Infinity", -math.inf),
    ("a string is quoted singly", "'it is'", "it is"),
    ("two quotes in a string are one", "'it''s ''so'''", "it's 'so'"),
    ("a string may hold braces", "'}}'", "}}"),
    ("a string may hold line breaks", "'a\nb'", "a\nb"),
)
def test_literals(text: str, expected: object) -> None:
    value = value_of(text)
    assert (type(expected), expected) == (type(value), value)


def test_nan_is_a_number_that_equals_nothing() -> None:
    value = value_of("NaN")
    assert isinstance(value, float)
    assert math.isnan(value)


@cases(
    ("a name and a key", "matrix.os", "ubuntu"),
    ("names in other letters", "MATRIX.Os", "ubuntu"),
    ("keys in other letters", "github.event_name", "push"),
    ("a key in brackets", "matrix['os']", "ubuntu"),
    ("a keyword as a key", "env.true", "yes"),
    ("a dash in a key", "env.a-b", "dash"),
    ("white space around a dot", "matrix . os", "ubuntu"),
    ("a number is a key of an object", "env[1]", "one"),
    ("a missing key is null", "matrix.nothing", None),
    ("a key of null is null", "matrix.none.deeper.still", None),
    ("a key of a text is null", "matrix.os.length", None),
    ("an item by number", "matrix.ports[1]", 443),
    ("an item by a text that is a number", "matrix.ports[' 0x2 ']", 8080),
    ("an item by a fraction is rounded down", "matrix.ports[1.9]", 443),
    ("null is the first item", "matrix.ports[null]", 80),
    ("an item past the end is null", "matrix.ports[3]", None),
    ("an item before the beginning is null", "matrix.ports[-1]", None),
    ("an item by a text that is no number is null", "matrix.ports['a']", None),
    ("an item by an object is null", "matrix.ports[matrix.empty]", None),
    ("a key by an expression", "env[format('{0}-b', 'a')]", "dash"),
    ("a key of what stands in parentheses", "(matrix).os", "ubuntu"),
    ("a key of what a function returns", """fromJSON('{"a": 1}').a""", 1.0),
)
def test_accesses(text: str, expected: object) -> None:
    assert expected == value_of(text)


@cases(
    ("all values of an object", "needs.*.result", ["success", "failure", "success"]),
    ("a star in brackets", "needs[*]['result']", ["success", "failure", "success"]),
    ("items without the key are dropped", "needs.*.outputs.tag", ["v1", "v2"]),
    ("all items of an array", "matrix.ports.*", [80, 443, 8080]),
    ("an index goes to each item", "fromJSON('[[1,2],[3],[4,5]]').*[1]", [2.0, 5.0]),
    ("a second star looks one level deeper", "fromJSON('[[1],{\"a\":2},3]').*.*", [1.0, 2.0]),
    ("of a text it is nothing", "matrix.os.*", []),
    ("of null it is nothing", "matrix.none.*", []),
)
def test_filters(text: str, expected: object) -> None:
    assert expected == value_of(text)


@cases(
    ("not", "!matrix.os", False),
    ("not binds more strongly than a comparison", "!1 == false", True),
    ("not not", "!!'a'", True),
    ("not of an access", "!matrix.none.x", True),
    ("and gives the first falsy operand", "1 && '' && 2", ""),
    ("and gives the last operand where all are truthy", "1 && 'a' && 2", 2.0),
    ("or gives the first truthy operand", "0 || 'a' || 'b'", "a"),
    ("or gives the last operand where all are falsy", "0 || null || ''", ""),
    ("and binds more strongly than or", "true || false && false", True),
    ("parentheses bind most strongly", "(true || false) && false", False),
    ("comparisons bind more strongly than equality", "1 < 2 == true", True),
    ("comparisons go from left to right", "3 > 2 > 1", False),
    ("equality goes from left to right", "2 == 2 == true", True),
    ("a choice", "github.event_name == 'push' && 'yes' || 'no'", "yes"),
)
def test_operators(text: str, expected: object) -> None:
    assert expected == value_of(text)


@cases(
    ("texts are equal in other letters", "'ÄBC' == 'äbc'", True),
    ("letters without a single capital equal themselves only", "'ß' == 'SS'", False),
    ("a dotless i is no I", "'\u0131' == 'I'", False),
    ("a final sigma is a sigma", "'ς' == 'Σ'", True),
    ("texts are ordered in other letters", "'a' < 'B'", True),
    ("the order is the capitals'", "'_' > 'a'", True),
    ("a number and a text compare as numbers", "10 > ' 9 '", True),
    ("a text that is no number is not equal", "0 == 'a'", False),
    ("an empty text is zero", "0 == ''", True),
    ("true is one", "true == '1'", True),
    ("true is not the text", "true == 'true'", False),
    ("null is zero", "null == 0", True),
    ("null is an empty text", "null == ''", True),
    ("null is at most null", "null <= null", True),
    ("NaN is not NaN", "NaN == NaN", False),
    ("NaN differs from NaN", "NaN != NaN", True),
    ("NaN is in no order", "NaN >= NaN", False),
    ("an object is itself", "matrix.empty == matrix.empty", True),
    ("an object is at most itself", "matrix.empty <= matrix.empty", True),
    ("an object is no other object", "fromJSON('{}') == fromJSON('{}')", False),
    ("an object is no text", "'Object' == matrix.empty", False),
    ("an object is in no order", "matrix.empty > 0", False),
)
def test_comparisons(text: str, expected: object) -> None:
    assert expected is value_of(text)


@cases(
    ("an exponent in a text", "'2.5e2' == 250", True),
    ("a plus in a text", "'+7' == 7", True),
    ("a dot at either end of a text", "'7.' == '7' || ' .5 ' == 0.5", True),
    ("a hexadecimal number in a text", "'0x1F' == 31", True),
    ("an octal number in a text", "'0o17' == 15", True),
    ("a sign before a hexadecimal number is none", "'-0x1' == -1", False),
    ("an underscore in a number is none", "'1_0' == 10", False),
    ("an exponent without digits is none", "'1e' == 1", False),
    ("a dot alone is no number", "'.' == 0", False),
    ("Infinity in a text", "'Infinity' == Infinity", True),
    ("minus zero is zero", "-0 == 0", True),
    ("at least, of texts", "'b' >= 'A'", True),
    ("at most, of a text and a number", "'10' <= 9", False),
    ("more than, of true and false", "true > false", True),
    ("less than, of null and a number", "null < 1", True),
    ("null is not less than null", "null < null", False),
    ("an array is at least itself", "matrix.ports >= matrix.ports", True),
    ("an array is not null", "matrix.ports == null", False),
)
def test_numbers_of_texts_and_orders(text: str, expected: object) -> None:
    assert expected is value_of(text)


@cases(
    ("join of mixed items", "join(fromJSON('[true, null, 1.50, \"a\"]'), '-')", "true--1.5-a"),
    ("join of objects and arrays", "join(fromJSON('[{}, [1], 2]'))", "Object,Array,2"),
    ("join with a number between", "join(matrix.ports, 0)", "80044308080"),
    ("join with nothing between", "join(matrix.ports, '')", "804438080"),
    ("join with null between", "join(matrix.ports, null)", "804438080"),
    ("join with an array between takes a comma", "join(matrix.ports, matrix.ports)", "80,443,8080"),
    ("join of true", "join(true)", "true"),
    ("startsWith of numbers", "startsWith(12345, 12)", True),
    ("startsWith nothing", "startsWith('', null)", True),
    ("endsWith of true", "endsWith(true, 'RUE')", True),
    ("endsWith more than there is", "endsWith('b', 'ab')", False),
    ("contains null in an empty text", "contains('', null)", True),
    ("contains finds numbers of texts in an array", "contains(matrix.ports, ' 0x1BB ')", True),
    ("contains finds no object by what it holds", "contains(fromJSON('[{}]'), fromJSON('{}'))", False),
    ("format of an array and an object", "format('{0} {1}', matrix.ports, matrix.empty)", "Array Object"),
    ("format of small and large numbers", "format('{0} {1}', 0.00002, 1234567890123456)", "2E-05 1.23456789012346E+15"),
    ("format of true and NaN", "format('{0}{1}', true, NaN)", "trueNaN"),
    ("format with a leading zero", "format('{00}', 'a')", "a"),
    ("format without arguments", "format('a}}{{b')", "a}{b"),
    ("toJSON of null, true and a fraction", "format('{0}{1}{2}', toJSON(null), toJSON(true), toJSON(.50))", "nulltrue0.5"),
    ("toJSON of what fromJSON read", "toJSON(fromJSON('[\"\\u00e9\\n\"]'))", '[\n  "é\\n"\n]'),
    ("fromJSON of an exponent", "fromJSON('-1.5E2')", -150.0),
    ("fromJSON of white space around", "fromJSON(' \t\n 1 ')", 1.0),
    ("functions in any letters", "FORMAT('{0}', tojson(FromJson('1')))", "1"),
    ("a filter of an index of a filter", "fromJSON('[{\"a\": [1, 2]}, {\"a\": [3]}]').*.a[0]", [1.0, 3.0]),
    ("a filter of a filter", "fromJSON('{\"a\": [1, 2], \"b\": {\"c\": 3}}').*.*", [1.0, 2.0, 3.0]),
    ("an index of what is filtered", "fromJSON('[[1], [2]]')[*][0]", [1.0, 2.0]),
    ("a key that is true", "fromJSON('{\"true\": 1}')[true]", 1.0),
    ("a key that is null is empty", "fromJSON('{\"\": 1}')[null]", 1.0),
)  # fmt: skip
def test_functions_and_filters_over_any_values(text: str, expected: object) -> None:
    value = value_of(text)
    assert (type(expected), expected) == (type(value) if not isinstance(expected, list) else list, value)


@cases(
    ("contains looks into a text", "contains('Refs/Heads', 'refs/')", True),
    ("contains makes texts of its arguments", "contains(123, 2)", True),
    ("contains looks at the items of an array", "contains(matrix.ports, '443')", True),
    ("contains wants an equal item, not a part", "contains(matrix.ports, 44)", False),
    ("contains finds nothing in an object", "contains(matrix, 'os')", False),
    ("contains finds no array in a text", "contains('Array', matrix.ports)", False),
    ("startsWith knows no case", "STARTSWITH(github.ref, 'REFS/')", True),
    ("startsWith of an object is false", "startsWith(matrix, '')", False),
    ("endsWith", "endsWith('app.tar.gz', '.GZ')", True),
    ("format fills in", "format('{1}-{0}-{1}', 'a', 1.50)", "1.5-a-1.5"),
    ("format knows doubled braces", "format('{{{0}}}', 'a')", "{a}"),
    ("format leaves out null", "format('[{0}]', null)", "[]"),
    ("format evaluates what it uses only", "format('{1}', fromJSON('?'), 'a')", "a"),
    ("format allows an empty specifier", "format('{0:}', 1)", "1"),
    ("join takes a comma", "join(matrix.ports)", "80,443,8080"),
    ("join takes a separator", "join(needs.*.result, ' | ')", "success | failure | success"),
    ("join of a text is the text", "join('a', '-')", "a"),
    ("join of an object is empty", "join(matrix.empty)", ""),
    ("join of nothing is empty", "join(fromJSON('[]'))", ""),
    ("toJSON of a text", "toJSON('a\"ü\n')", '"a\\"ü\\n"'),
    ("toJSON of a number", "toJSON(1.0)", "1"),
    ("toJSON of an object", "toJSON(needs.test)", '{\n  "result": "failure"\n}'),
    (
        "toJSON indents by two",
        'toJSON(fromJSON(\'{"a": [1, null, {}], "b": []}\'))',
        '{\n  "a": [\n    1,\n    null,\n    {}\n  ],\n  "b": []\n}',
    ),
    ("fromJSON", "fromJSON('[1, \"a\", true, null]')", [1.0, "a", True, None]),
    ("fromJSON keeps the first of equal keys", """fromJSON('{"a": 1, "A": 2}')""", {"a": 1.0}),
    ("case takes the first true branch", "case(false, 'a', true, 'b', 'c')", "b"),
    ("case takes the default", "case(false, 'a', 'c')", "c"),
    ("case evaluates what it takes only", "case(true, 'a', fromJSON('?'))", "a"),
    ("always", "always()", True),
    ("white space before the parenthesis", "always ()", True),
)
def test_functions(text: str, expected: object) -> None:
    assert expected == value_of(text)


def either(unknown: Unknown) -> OneOf:
    """True or false."""
    return OneOf((True, False), unknown.reason)


def partly(*parts: str | Hole, unless: str | None = None) -> PartlyKnown:
    return PartlyKnown(Template(parts, (f"unless {unless}",) if unless else ()))


REGISTRY = Hole("${{ vars.REGISTRY }}", VARIABLE.reason)
AT_RUN = "`{}()` is known only when the job runs"


@cases(
    ("a context that is not given", "inputs.tag", Unknown("the `inputs` context is not known here")),
    ("a context that is unknown", "secrets.TOKEN", SECRET),
    ("a value that is unknown", "vars.registry", VARIABLE),
    ("a key that a partial object lacks", "github.event.number", Unknown(PAYLOAD)),
    ("a key that a partial object has", "github.event.action", "opened"),
    ("all values of a partial object", "github.event.*", Unknown(PAYLOAD)),
    ("a key that is unknown", "matrix[vars.REGISTRY]", VARIABLE),
    (
        "a key that is unknown in a table of texts",
        """fromJSON('{"main": "latest", "dev": "edge"}')[vars.REGISTRY]""",
        OneOf(("latest", "edge", None), VARIABLE.reason),
    ),
    ("false and unknown", "false && vars.REGISTRY", False),
    ("true and unknown", "true && vars.REGISTRY", VARIABLE),
    ("unknown and false", "vars.REGISTRY && false", OneOf((Falsy(VARIABLE.reason), False), VARIABLE.reason)),
    ("true or unknown", "'a' || vars.REGISTRY", "a"),
    (
        "unknown or a default",
        "vars.REGISTRY || 'ghcr.io'",
        partly("ghcr.io", unless="`vars.REGISTRY` is set"),
    ),
    (
        "two unknowns or a default",
        "secrets.TOKEN || vars.REGISTRY || 'a'",
        PartlyKnown(Template(("a",), ("unless `secrets.TOKEN` is set", "unless `vars.REGISTRY` is set"))),
    ),
    (
        "what is worked out or a default",
        "steps.meta.outputs.tags || 'a'",
        OneOf((partly(Hole("${{ steps.meta.outputs.tags }}", SECRET.reason)), "a"), SECRET.reason),
    ),
    ("not unknown", "!vars.REGISTRY", either(VARIABLE)),
    ("a comparison with unknown", "vars.REGISTRY == 'ghcr.io'", either(VARIABLE)),
    ("a comparison of unknown", "'ghcr.io' < vars.REGISTRY", either(VARIABLE)),
    ("a choice on unknown", "vars.REGISTRY == 'a' && 'yes' || 'no'", OneOf(("yes", "no"), VARIABLE.reason)),
    ("a choice of equal things", "vars.REGISTRY == 'a' && 'yes' || 'yes'", "yes"),
    (
        "a choice between known and unknown",
        "failure() && vars.REGISTRY || 'no'",
        OneOf((partly(REGISTRY), "no"), AT_RUN.format("failure")),
    ),
    ("a choice that decides a comparison", "(failure() && 'a' || 'b') != 'c'", True),
    (
        "a choice that leaves a comparison open",
        "(failure() && 'a' || 'b') == 'a'",
        OneOf((True, False), AT_RUN.format("failure")),
    ),
    ("a choice of which both are true", "!(failure() && 'a' || 'b')", False),
    ("what can only be false", "failure() && ''", OneOf((False, ""), AT_RUN.format("failure"))),
    ("what can only be false or a text", "failure() && '' || 'a'", "a"),
    (
        "a key of one of two objects",
        """fromJSON(failure() && '{"a": "x"}' || '{"a": "y"}').a""",
        OneOf(("x", "y"), AT_RUN.format("failure")),
    ),
    ("a text that contains unknown", "contains('abc', vars.REGISTRY)", either(VARIABLE)),
    ("items of which some are unknown", "steps.*.outputs.tags", [SECRET, "a"]),
    ("an array that holds the text beside an unknown", "contains(steps.login.outputs.*, 'A')", True),
    ("an array that might hold the text", "contains(vars.*, 'ghcr.io')", either(VARIABLE)),
    ("an array that surely holds the text", "contains(vars.*, 'ACME')", True),
    ("format with unknown", "format('{0}/{1}', 'a', vars.REGISTRY)", partly("a/", REGISTRY)),
    ("format with an unknown that it does not use", "format('{0}', 'a', vars.REGISTRY)", "a"),
    ("format of unknown", "format(vars.REGISTRY, 'a')", VARIABLE),
    (
        "format with a choice",
        "format('a:{0}', failure() && 'x' || 'y')",
        OneOf(("a:x", "a:y"), "it is one of several"),
    ),
    ("join with unknown", "join(vars.*)", partly(Hole("${{ vars.* }}", VARIABLE.reason), ",acme")),
    ("toJSON of an object that holds unknown", "toJSON(vars)", VARIABLE),
    ("toJSON of a partial object", "toJSON(github.event)", Unknown(PAYLOAD)),
    ("fromJSON of unknown", "fromJSON(vars.REGISTRY)[0]", VARIABLE),
    (
        "fromJSON of a text with unknown strings",
        """fromJSON(format('["{0}/a", "b"]', vars.REGISTRY))[0]""",
        partly(REGISTRY, "/a"),
    ),
    ("fromJSON of a text with unknown items", "fromJSON(format('[{0}]', vars.REGISTRY))", VARIABLE),
    ("case with an unknown branch", "case(failure(), 'a', 'b')", OneOf(("a", "b"), AT_RUN.format("failure"))),
    ("success", "success()", OneOf((True, False), AT_RUN.format("success"))),
    ("failure of a job", "failure('build')", OneOf((True, False), AT_RUN.format("failure"))),
    ("cancelled", "!cancelled()", OneOf((True, False), AT_RUN.format("cancelled"))),
    ("hashFiles", "hashFiles('a', 'b')", Unknown("`hashFiles()` is known only on the runner")),
)
def test_unknown_values(text: str, expected: object) -> None:
    assert expected == value_of(text)


PARTLY: dict[str, object] = {
    "ref": partly("refs/tags/", Hole("${{ github.ref_name }}", "the name of the tag")),
    "image": partly("ghcr.io/acme/", Hole("$NAME", "it is not set"), ":1"),
    "assumed": partly("main", unless="`BRANCH` is set"),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("startsWith(x.ref, 'refs/tags/')", True, id="it begins so"),
        pytest.param("startsWith(x.ref, 'REFS/')", True, id="it begins so in other letters"),
        pytest.param("startsWith(x.ref, 'refs/heads/')", False, id="it begins otherwise"),
        pytest.param("startsWith(x.ref, 'refs/tags/v')", None, id="the unknown part decides"),
        pytest.param("startsWith('refs/tags/v1', x.ref)", None, id="what is looked for is unknown"),
        pytest.param("endsWith(x.image, 'a:1')", None, id="the unknown part decides the end"),
        pytest.param("endsWith(x.image, ':1')", True, id="it ends so"),
        pytest.param("endsWith(x.image, ':2')", False, id="it ends otherwise"),
        pytest.param("contains(x.image, 'acme')", True, id="it holds it"),
        pytest.param("contains(x.image, 'other')", None, id="the unknown part might hold it"),
        pytest.param("x.ref == 'refs/heads/main'", False, id="it cannot be equal"),
        pytest.param("x.ref != 'refs/heads/main'", True, id="it must differ"),
        pytest.param("x.ref == 'refs/tags/v1'", None, id="it might be equal"),
        pytest.param("x.ref == 'refs/tags/'", None, id="the unknown part might be empty"),
        pytest.param("x.ref == 'refs/tag'", False, id="it is longer"),
        pytest.param("x.ref == x.image", False, id="two that begin otherwise"),
        pytest.param("x.image && true", True, id="a text that is not empty is true"),
        pytest.param("x.assumed == 'other'", None, id="what is assumed decides nothing"),
        pytest.param("x.assumed && true", None, id="nor is it true"),
    ],
)
def test_texts_of_which_a_part_is_known(text: str, expected: bool | None) -> None:
    assert expected is truth(evaluate(parse(text), {"x": PARTLY}))


def test_sets_that_grow_too_large_are_unknown() -> None:
    sets = ", ".join(f"failure() && '{number}a' || '{number}b'" for number in range(5))
    expected = PartlyKnown
    assert expected is type(evaluate(parse(f"format('{{0}}{{1}}{{2}}{{3}}{{4}}', {sets})"), {}))


@pytest.mark.parametrize(
    "text",
    [
        "github.ref == 'refs/heads/main' && !contains(matrix.os, 'it''s') || null",
        "format('{0}-{1}', fromJSON(vars.A)[0].b, needs.*.result)",
        "!(true || false) && 1 < 2 == true",
        "1 < (2 == true) && (true || false)",
        "env['a b'].c[env.D]",
    ],
)
def test_an_expression_is_written_as_it_was_read(text: str) -> None:
    assert text == str(parse(text))


def test_a_given_function_answers() -> None:
    expression = parse("success() && hashFiles('a', vars.X)")
    functions: dict[str, Callable[..., object]] = {"success": lambda: True, "hashfiles": lambda *given: given}
    expected = ("a", VARIABLE)
    assert expected == evaluate(expression, {"vars": {"X": VARIABLE}}, functions)


@pytest.mark.parametrize(
    ("text", "symbol", "offset"),
    [
        pytest.param("1 &&", "Unexpected end of expression: '&&'", 2, id="an operand is missing"),
        pytest.param("(matrix.os", "Unexpected end of expression: 'os'", 8, id="a parenthesis is open"),
        pytest.param(
            "(needs.*", "Unexpected end of expression: '*'", 7, id="a parenthesis is open after a star"
        ),
        pytest.param("github.", "Unexpected end of expression: '.'", 6, id="a key is missing"),
        pytest.param("always(", "Unexpected end of expression: '('", 6, id="a call is open"),
        pytest.param("|| 1", "Unexpected symbol: '||'", 0, id="an operator comes first"),
        pytest.param("1 + 2", "Unexpected symbol: '+'", 2, id="there is no addition"),
        pytest.param("a 'b'", "Unexpected symbol: ''b''", 2, id="two operands side by side"),
        pytest.param("a = b", "Unexpected symbol: '='", 2, id="a single equals sign"),
        pytest.param("a =b", "Unexpected symbol: '=b'", 2, id="a single equals sign before a name"),
        pytest.param("a & b", "Unexpected symbol: '&'", 2, id="a single ampersand"),
        pytest.param("(1, 2)", "Unexpected symbol: ','", 2, id="a list in parentheses"),
        pytest.param("join(1,)", "Unexpected symbol: ')'", 7, id="an argument is missing"),
        pytest.param("a..b", "Unexpected symbol: '.'", 2, id="two dots"),
        pytest.param("a. 7", "Unexpected symbol: '7'", 3, id="a number as a key after white space"),
        pytest.param("a.7b", "Unexpected symbol: '7b'", 2, id="a number as a key"),
        pytest.param("a.b$c", "Unexpected symbol: 'b$c'", 2, id="a sign in a key"),
        pytest.param("a.*b", "Unexpected symbol: 'b'", 3, id="a name after a star"),
        pytest.param("a[*", "Unexpected end of expression: '*'", 2, id="a bracket is open"),
        pytest.param("a[* == 1]", "Unexpected symbol: '=='", 4, id="a star in a comparison"),
        pytest.param("*", "Unexpected symbol: '*'", 0, id="a star alone"),
        pytest.param("'a'.b", "Unexpected symbol: '.'", 3, id="a key of a literal"),
        pytest.param("true[0]", "Unexpected symbol: '['", 4, id="an index of a literal"),
        pytest.param("./a.sh", "Unexpected symbol: './a.sh'", 0, id="a path"),
        pytest.param(".a.sh", "Unexpected symbol: '.a.sh'", 0, id="a hidden file"),
        pytest.param('"main"', "Unexpected symbol: '\"main\"'", 0, id="double quotes"),
        pytest.param("a == 'it", "Unexpected symbol: ''it'", 5, id="a string is not closed"),
        pytest.param("'it''", "Unexpected symbol: ''it'''", 0, id="a string ends with a doubled quote"),
        pytest.param("1-2", "Unexpected symbol: '1-2'", 0, id="a subtraction"),
        pytest.param("0x", "Unexpected symbol: '0x'", 0, id="no hexadecimal digits"),
        pytest.param("0o400000000000", "Unexpected symbol: '0o400000000000'", 0, id="more than 32 bits"),
        pytest.param("😀 a", "Unexpected symbol: '😀'", 0, id="a symbol that nobody knows"),
        pytest.param("a && nope(1)", "Unrecognized function: 'nope'", 5, id="an unknown function"),
        pytest.param("contains('a')", "Too few parameters supplied: 'contains'", 0, id="too few arguments"),
        pytest.param("!always(1)", "Too many parameters supplied: 'always'", 1, id="too many arguments"),
        pytest.param(
            "case(true, 1, false, 2)",
            "Even number of parameters supplied, requires an odd number of parameters: 'case'",
            0,
            id="a case without a default",
        ),
    ],
)
def test_syntax_errors(text: str, symbol: str, offset: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    expected = f"{symbol}. Located at position {offset + 1} within expression: {text}"
    assert (expected, offset) == (caught.value.message, caught.value.offset)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("a" * 21_001, "Exceeded max expression length 21000", id="too long"),
        pytest.param("(" * 20_000, "Exceeded max expression depth 50", id="parentheses"),
        pytest.param("!" * 20_000 + "a", "Exceeded max expression depth 50", id="negations"),
        pytest.param("a[" * 10_000, "Exceeded max expression depth 50", id="brackets"),
        pytest.param("join(" * 4_000, "Exceeded max expression depth 50", id="calls"),
        pytest.param("a" + ".b" * 10_000, "Exceeded max expression depth 50", id="a chain of keys"),
        pytest.param("1" + "<1" * 10_000, "Exceeded max expression depth 50", id="a chain of comparisons"),
    ],
)
def test_an_expression_is_bounded(text: str, fault: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert fault == caught.value.message


@cases(
    ("49 keys", "matrix" + ".a" * 49, None),
    ("48 parentheses", "(" * 48 + "1" + ")" * 48, 1.0),
    ("a long row of operands", " && ".join(["1"] * 4_000), 1.0),
    ("the longest number", "1" * 21_000, math.inf),
)
def test_what_stays_within_the_bounds(text: str, expected: object) -> None:
    assert expected == value_of(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            "format('{0', 1)", "The following format string is invalid: {0", id="a brace is not closed"
        ),
        pytest.param(
            "format('a}', 1)", "The following format string is invalid: a}", id="a brace is not open"
        ),
        pytest.param(
            "format('{a}', 1)", "The following format string is invalid: {a}", id="no number in braces"
        ),
        pytest.param(
            "format('{256}')", "The following format string is invalid: {256}", id="a number above a byte"
        ),
        pytest.param(
            "format('{0} {1}', 1)",
            "The following format string references more arguments than were supplied: {0} {1}",
            id="an argument is missing",
        ),
        pytest.param(
            "format('{0:n}', 1)", "The format specifiers 'n' are not valid: {0:n}", id="a specifier"
        ),
        pytest.param(
            "fromJSON('')", "Error parsing fromJson: Expecting value: line 1 column 1 (char 0)", id="no JSON"
        ),
        pytest.param("fromJSON('NaN')", "Error parsing fromJson: NaN is no JSON", id="NaN in JSON"),
        pytest.param(
            f"fromJSON('{'[' * 10_000}')", "Error parsing fromJson: more than 100 levels", id="deep JSON"
        ),
        pytest.param("case(1, 'a', 'b')", "case predicate must evaluate to a boolean value", id="no boolean"),
        pytest.param(
            "format('{0}{0}', format('{0}{0}', format('{0}{0}', join(fromJSON('["
            + ",".join(["0"] * 9_000)
            + "]'), '12345678'))))",
            "The maximum allowed memory size was exceeded",
            id="a text that grows",
        ),
    ],
)
def test_errors_of_evaluation(text: str, fault: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        value_of(text)
    assert (fault, 0) == (caught.value.message, caught.value.offset)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("a @ b", "lexing", id="a symbol that does not exist"),
        pytest.param("a == 'b", "lexing", id="an open string"),
        pytest.param("1x", "lexing", id="no number"),
        pytest.param("a.1x", "lexing", id="no number behind a dot"),
        pytest.param("a.1", "parsing", id="a number behind a dot"),
        pytest.param("a b", "parsing", id="a name in the wrong place"),
        pytest.param("a ==", "parsing", id="an operand is missing"),
        pytest.param("nope(1)", "parsing", id="an unknown function"),
        pytest.param("(" * 60, "parsing", id="too deep"),
        pytest.param("format('{')", "evaluation", id="a wrong format string"),
    ],
)
def test_the_kind_of_an_error(text: str, kind: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        value_of(text)
    assert kind == caught.value.kind


def test_only_the_allowed_names_are_recognized() -> None:
    text = "GitHub.ref == Secrets.x"
    with pytest.raises(ExpressionError) as caught:
        parse(text, {"github", "needs"})
    expected = f"Unrecognized named-value: 'Secrets'. Located at position 15 within expression: {text}"
    assert (expected, 14) == (caught.value.message, caught.value.offset)


@cases(
    ("a literal reads nothing", "'github.ref'", ()),
    ("a context alone", "toJSON(Secrets)", ("secrets",)),
    ("in order and once", "github.ref || env.X && github.ref", ("github.ref", "env.X")),
    ("the key keeps its letters", "SECRETS.Token", ("secrets.Token",)),
    ("a quoted key is a key", "github['event'].number", ("github.event.number",)),
    ("a key that is computed is a cut", "secrets[matrix.key].x", ("secrets", "matrix.key")),
    ("a star is a cut", "needs.*.result", ("needs",)),
    ("an item is a cut", "github.event.commits[0].id", ("github.event.commits",)),
    ("arguments are looked through", "fromJSON(vars.A).b[!inputs.c]", ("vars.A", "inputs.c")),
)
def test_roots(text: str, expected: tuple[str, ...]) -> None:
    assert expected == roots(parse(text))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, "", id="null"),
        pytest.param(True, "true", id="true"),
        pytest.param(False, "false", id="false"),
        pytest.param("a", "a", id="text"),
        pytest.param(3, "3", id="integer"),
        pytest.param(3.0, "3", id="float without fraction"),
        pytest.param(-0.0, "0", id="minus zero"),
        pytest.param(0.1 + 0.2, "0.3", id="fifteen digits"),
        pytest.param(1e15, "1E+15", id="large"),
        pytest.param(123456789012345, "123456789012345", id="fifteen digits before the point"),
        pytest.param(0.00001, "1E-05", id="small"),
        pytest.param(10**400, "Infinity", id="too large"),
        pytest.param(-math.inf, "-Infinity", id="minus infinity"),
        pytest.param(math.nan, "NaN", id="NaN"),
        pytest.param([1], "Array", id="array"),
        pytest.param({}, "Object", id="object"),
    ],
)
def test_the_text_of_a_value(value: object, expected: str) -> None:
    assert expected == to_text(value)


@pytest.mark.parametrize("value", [None, False, 0, 0.0, -0.0, math.nan, ""], ids=repr)
def test_falsy_values(value: object) -> None:
    assert not truthy(value)


@pytest.mark.parametrize("value", [True, 1, -0.5, math.inf, "false", "0", " ", [], {}], ids=repr)
def test_truthy_values(value: object) -> None:
    assert truthy(value)


@pytest.mark.parametrize("question", [to_text, truthy])
def test_an_unknown_value_has_no_text_and_no_truth(question: object) -> None:
    assert callable(question)
    with pytest.raises(TypeError, match="TOKEN"):
        question(SECRET)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param("a }} b", (Piece(0, 6, "a }} b"),), id="no expression"),
        pytest.param("${{ a }}", (Piece(0, 8, None, "a", 4),), id="one expression"),
        pytest.param(
            "x${{a}}y",
            (Piece(0, 1, "x"), Piece(1, 7, None, "a", 4), Piece(7, 8, "y")),
            id="an expression between literals",
        ),
        pytest.param(
            "${{ a }}${{\n b }}",
            (Piece(0, 8, None, "a", 4), Piece(8, 17, None, "b", 13)),
            id="expressions side by side",
        ),
        pytest.param("${{ '}}' }}", (Piece(0, 11, None, "'}}'", 4),), id="braces in a string"),
        pytest.param(
            "${{ 'a''}}' }}", (Piece(0, 14, None, "'a''}}'", 4),), id="braces after a doubled quote"
        ),
        pytest.param("${{ '${{' }}", (Piece(0, 12, None, "'${{'", 4),), id="an opening in a string"),
        pytest.param("${{ a }}}", (Piece(0, 8, None, "a", 4), Piece(8, 9, "}")), id="a third brace"),
        pytest.param("${{ }}", (Piece(0, 6, None, "", 4),), id="an empty expression"),
        pytest.param("é${{ 'é' }}", (Piece(0, 1, "é"), Piece(1, 11, None, "'é'", 5)), id="code points"),
    ],
)
def test_pieces(text: str, expected: tuple[Piece, ...]) -> None:
    assert expected == pieces(text)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        pytest.param("a ${{ b", 2, id="no braces"),
        pytest.param("a ${{ b }", 2, id="one brace"),
        pytest.param("${{ a }} ${{ 'b }}", 9, id="a string that is not closed"),
        pytest.param("${{ 'b }} ' }", 0, id="braces in a string only"),
    ],
)
def test_an_expression_that_is_not_closed(text: str, offset: int) -> None:
    with pytest.raises(ExpressionError, match=r"^The expression is not closed\.") as caught:
        pieces(text)
    assert offset == caught.value.offset


def test_every_function_that_can_be_read_can_be_evaluated() -> None:
    assert FUNCTIONS.keys() == EVALUATED.keys()
