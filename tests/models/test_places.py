"""Expressions that GitHub does not take, each with its place; the cards show the rest."""

from __future__ import annotations

import pytest

from lading.models.workflow import load_action, load_workflow
from lading.parse import Reader
from lading.source import Source

START = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n"


def faults(text: str) -> list[tuple[int, str, str]]:
    """Line, the text that is marked, and the message."""
    tree = Reader().read(Source(".github/workflows/a.yml", text))
    workflow = load_workflow(tree)
    assert workflow is not None
    return [
        (fault.at.source.place(fault.at.start)[0], fault.at.text, fault.message) for fault in workflow.faults
    ]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        pytest.param(
            "run: |\n          make\n          echo ${{ github.sha }} ${{ a.b }} ${{ 1 + 2 }}\n",
            [
                (8, "a", "GitHub knows no context `a`; in a step there are "),
                (8, "+", "Unexpected symbol: '+'. Located at position 3"),
            ],
            id="the second and third expression in a block",
        ),
        pytest.param(
            "run: >\n          make\n          ${{ github.sha ||\n          jobs.x }}\n",
            [(9, "jobs", "`jobs` does not exist in a step, where there are ")],
            id="the second line of an expression that is folded",
        ),
        pytest.param(
            'run: "echo \\"${{ nope() }}\\""\n',
            [(6, "nope", "Unrecognized function: 'nope'. Located at position 1")],
            id="a function in double quotes",
        ),
        pytest.param(
            "run: 'echo ''${{ always() }}'''\n",
            [(6, "always", "`always()` does not exist in a step, only in an `if`")],
            id="a function of a condition in single quotes",
        ),
        pytest.param(
            "run: echo ${{ github.sha\n",
            [(6, "${{", "The expression is not closed. ")],
            id="an expression that is not closed",
        ),
        pytest.param(
            "{run: make, shell: '${{ matrix.shell }}'}\n",
            [(6, "matrix", "no expression can stand in the `shell` of a step")],
            id="a context where there is none",
        ),
        pytest.param(
            "{run: make, if: \"failure('b')\"}\n",
            [(6, "failure", "Too many parameters supplied: 'failure'. Located at position 1")],
            id="a function with arguments that it takes for jobs only",
        ),
    ],
)
def test_a_fault_stands_at_its_word(step: str, expected: list[tuple[int, str, str]]) -> None:
    found = faults(f"{START}    steps:\n      - {step}")
    assert len(found) == len(expected)
    for (line, marked, message), (expected_line, expected_marked, start) in zip(found, expected, strict=True):
        assert (line, marked, message[: len(start)]) == (expected_line, expected_marked, start)


def script(length: int) -> str:
    """A workflow with a script of so many letters behind an expression."""
    return f"{START}    steps:\n      - run: |\n          ${{{{ github.sha }}}}\n          {'x' * length}\n"


LIMIT = 21_000 - len("format('{0}\n\n', github.sha)")


def test_a_script_with_an_expression_is_one_expression() -> None:
    assert faults(script(LIMIT)) == []
    ((line, _, message),) = faults(script(LIMIT + 1))
    assert (line, message) == (
        6,
        "Exceeded max expression length 21000: GitHub makes one expression of the whole text, which has "
        "21001 characters",
    )


def test_quotes_and_braces_count_twice() -> None:
    assert len(faults(script(LIMIT - 1).replace("xx", "x'", 1))) == 0
    assert len(faults(script(LIMIT - 1).replace("xxx", "{'}", 1))) == 1


def test_a_long_script_without_an_expression_is_a_text() -> None:
    assert faults(script(30_000).replace("${{ github.sha }}", "make")) == []


def test_a_text_holds_so_many_expressions() -> None:
    def step(count: int) -> str:
        return f"{START}    steps:\n      - run: echo {'${{ github.sha }}' * count}\n"

    assert faults(step(254)) == []
    ((_, _, message),) = faults(step(255))
    assert message == "Too many expressions in one text: 255, and GitHub takes 254"


def test_an_action_has_no_secrets() -> None:
    text = (
        "runs:\n  using: composite\n  steps:\n    - run: make\n      shell: bash\n"
        "      env: {TOKEN: '${{ secrets.TOKEN }}'}\n"
    )
    action = load_action(Reader().read(Source("image/action.yml", text)))
    assert action is not None
    assert [fault.at.text for fault in action.faults] == ["secrets"]
