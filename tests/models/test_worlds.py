"""What a step can know before anything runs: each way its job runs, and the contexts there."""

from __future__ import annotations

import pytest

from lading.files import Files
from lading.identity import Identity
from lading.models.candidates import Candidates
from lading.models.evaluation import text_of
from lading.models.permissions import call_graph
from lading.models.recognisers.builtin import RECOGNISERS
from lading.models.recognisers.table import Recognisers
from lading.models.steps import Walker
from lading.models.workflow import Action, Workflow, load_action, load_workflow
from lading.models.worlds import worlds
from lading.parse import Reader
from lading.source import Source
from lading.texts import Texts

IDENTITY = Identity("github.com", "Acme", "Shop", "option --owner")
FOLDER = ".github/workflows/"
MAIN = FOLDER + "main.yml"


def read(files: dict[str, str]) -> tuple[dict[str, Workflow], dict[str, Action]]:
    trees = {path: Reader().read(Source(path, text)) for path, text in files.items()}
    workflows = {path: load_workflow(tree) for path, tree in trees.items() if path.startswith(FOLDER)}
    actions = {path: load_action(tree) for path, tree in trees.items() if not path.startswith(FOLDER)}
    return (
        {path: workflow for path, workflow in workflows.items() if workflow is not None},
        {path: action for path, action in actions.items() if action is not None},
    )


def told(
    files: dict[str, str] | str, path: str = MAIN, job: str = "a", variables: dict[str, str] | None = None
) -> list[str]:
    """The names of the last steps of a job as they are worked out, one for each way it runs; `*` is not known."""
    workflows, actions = read({MAIN: files} if isinstance(files, str) else files)
    graph = call_graph(workflows, IDENTITY)
    candidates = Candidates(actions, Recognisers(RECOGNISERS), Texts(Files("/nowhere"), Reader()))
    walker = Walker(candidates, graph)
    found = []
    for world in worlds(workflows[path].jobs[job], graph, IDENTITY, variables, walker.needs):
        *_, last = walker.walk(world)
        name = last.step.name
        assert name is not None
        text = text_of(name.text, last.contexts)
        found.append("; ".join((text.pattern, *text.conditions)))
    return found


def named(text: str, *, on: str = "push", job: str = "") -> str:
    """A workflow whose only step has a name."""
    more = "".join(f"    {line}\n" for line in job.splitlines())
    return f"on: {on}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n{more}    steps:\n      - name: {text}\n        run: make\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("github.repository", "Acme/Shop"),
        ("github.repository_owner", "Acme"),
        ("github.event.repository.name", "Shop"),
        ("github.event.repository.full_name", "Acme/Shop"),
        ("github.event.repository.owner.login", "Acme"),
        ("github.event.repository.html_url", "https://github.com/Acme/Shop"),
        ("github.server_url", "https://github.com"),
        ("github.api_url", "https://api.github.com"),
        ("github.repositoryUrl", "git://github.com/Acme/Shop.git"),
        ("github.workflow", MAIN),
        ("github.sha", "*"),
        ("github.event_name", "push"),
        ("format('{0}:{1}', github.repository, github.sha)", "Acme/Shop:*"),
    ],
)
def test_what_the_repository_tells(text: str, expected: str) -> None:
    assert [expected] == told(named(f"${{{{ {text} }}}}", on="{push: {branches: [main]}}"))


@pytest.mark.parametrize(
    ("on", "text", "expected"),
    [
        pytest.param("{push: {branches: [main]}}", "github.ref", ["refs/heads/main"], id="one branch"),
        pytest.param(
            "{push: {branches: [main, dev]}}", "github.ref_name", ["main", "dev"], id="two branches"
        ),
        pytest.param(
            "{push: {branches: [main], tags: ['v*']}}",
            "github.ref",
            ["refs/heads/main", "refs/tags/v*"],
            id="a branch and tags",
        ),
        pytest.param("push", "github.ref", ["refs/heads/*", "refs/tags/*"], id="no filter"),
        pytest.param(
            "{push: {paths: [src/**]}}", "github.ref_type", ["branch", "tag"], id="a filter of paths"
        ),
        pytest.param("{push: {branches-ignore: [dev]}}", "github.ref", ["refs/heads/*"], id="but one branch"),
        pytest.param("{push: {branches: [main, '!dev']}}", "github.ref_name", ["main"], id="a negation"),
        pytest.param("{push: {tags: ['**-rc']}}", "github.ref_name", ["*-rc"], id="the end of a pattern"),
        pytest.param("{push: {tags: ['v1?']}}", "github.ref_name", ["v*"], id="a sign behind a letter"),
        pytest.param(
            "{push: {branches: ['release/**']}}", "github.ref", ["refs/heads/release/*"], id="a folder"
        ),
        pytest.param(
            "{push: {branches: [a, b, c, d, e, f, g, h, i]}}",
            "github.ref",
            ["refs/heads/*"],
            id="many branches",
        ),
        pytest.param("pull_request", "github.ref", ["refs/pull/*/merge"], id="a pull request"),
        pytest.param("{pull_request: {types: [closed]}}", "github.ref", ["*"], id="a closed pull request"),
        pytest.param("{pull_request: {branches: [main]}}", "github.base_ref", ["main"], id="the target"),
        pytest.param("release", "github.ref", ["refs/tags/*"], id="a release"),
        pytest.param("{schedule: [{cron: '0 0 * * *'}]}", "github.ref", ["refs/heads/*"], id="a schedule"),
        pytest.param("workflow_dispatch", "github.ref", ["*"], id="a start by hand"),
        pytest.param("push", "github.head_ref", [""], id="no head of a request"),
        pytest.param(
            "[push, pull_request]",
            "github.event_name == 'push' && 'a' || 'b'",
            ["a", "b"],
            id="one event after the other",
        ),
        pytest.param("push", "github.event.pull_request.number", [""], id="no pull request"),
        pytest.param("pull_request", "github.event.pull_request.number", ["*"], id="a number"),
        pytest.param("push", "github.event.inputs.tag", [""], id="no inputs"),
        pytest.param("release", "github.event.release.tag_name", ["*"], id="the tag of a release"),
        pytest.param(
            "{push: {branches: [main, dev]}}",
            "github.ref_name == 'main' && format('latest-{0}', github.sha) || 'edge'",
            ["latest-*", "edge"],
            id="a choice by branch",
        ),
        pytest.param(
            "{push: {tags: ['v*']}}", "startsWith(github.ref, 'refs/tags/v') && 'a' || 'b'", ["a"], id="tags"
        ),
    ],
)
def test_what_the_event_tells(on: str, text: str, expected: list[str]) -> None:
    assert expected == told(named(f"${{{{ {text} }}}}", on=on))


def test_refs_are_told_apart_only_where_they_matter() -> None:
    assert told(named("${{ github.event_name }}", on="{push: {branches: [main, dev]}}")) == ["push"]


INPUTS = (
    "{workflow_dispatch: {inputs: {tag: {type: string}, push: {type: boolean}, "
    "stage: {type: choice, options: [dev, prod]}}}}"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("inputs.tag", "*"),
        ("inputs.nothing", ""),
        ("inputs.tag || 'latest'", "latest; unless `inputs.tag` is set"),
        ("github.event.inputs.tag || 'latest'", "latest; unless `github.event.inputs.tag` is set"),
        ("inputs.stage == 'test'", "false"),
        ("inputs.stage == 'dev' && 'a:edge' || 'a:latest'", "a:*"),
        ("inputs.push && true", "*"),
        ("inputs.push == 'yes'", "false"),
    ],
)
def test_what_a_start_by_hand_tells(text: str, expected: str) -> None:
    assert [expected] == told(named(f"${{{{ {text} }}}}", on=INPUTS))


def test_a_start_by_hand_gives_nothing_to_other_events() -> None:
    on = "{push: {branches: [main]}, workflow_dispatch: {inputs: {tag: {type: string}}}}"
    assert told(named("${{ inputs.tag || github.ref_name }}", on=on)) == ["main", "*"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vars.REGISTRY", "ghcr.io"),
        ("vars.registry", "ghcr.io"),
        ("vars.OWNER", "*"),
        ("vars.OWNER || 'acme'", "acme; unless `vars.OWNER` is set"),
        ("vars.REGISTRY || 'docker.io'", "ghcr.io"),
    ],
)
def test_variables_of_the_configuration(text: str, expected: str) -> None:
    found = told(named(f"${{{{ {text} }}}}"), variables={"REGISTRY": "ghcr.io"})
    assert [expected] == found


ENVIRONMENTS = """\
on: push
env: {A: workflow, B: workflow, C: workflow, D: 1.0}
jobs:
  a:
    runs-on: ubuntu-24.04
    env: {B: job, C: job, E: "${{ github.repository_owner }}/x"}
    steps:
      - name: TEXT
        env: {C: step}
        run: docker push acme/shop
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [("A", "workflow"), ("B", "job"), ("C", "step"), ("D", "1"), ("E", "Acme/x"), ("F", "*")],
)
def test_the_environment_at_every_level(text: str, expected: str) -> None:
    assert [expected] == told(ENVIRONMENTS.replace("TEXT", f"${{{{ env.{text} }}}}"))


@pytest.mark.parametrize(
    ("runs_on", "text", "expected"),
    [
        ("ubuntu-latest", "runner.os", "Linux"),
        ("ubuntu-24.04-arm", "runner.arch", "ARM64"),
        ("ubuntu-24.04", "runner.arch", "X64"),
        ("macos-14", "runner.os", "macOS"),
        ("macos-13", "runner.arch", "X64"),
        ("macos-15-intel", "runner.arch", "X64"),
        ("windows-2025", "runner.os", "Windows"),
        ("ubuntu-24.04", "runner.environment", "github-hosted"),
        ("ubuntu-24.04", "runner.name", "*"),
        ("[self-hosted, linux]", "runner.os", "*"),
        ("${{ vars.RUNNER }}", "runner.os", "*"),
    ],
)
def test_what_the_label_of_the_runner_tells(runs_on: str, text: str, expected: str) -> None:
    workflow = named(f"${{{{ {text} }}}}").replace("runs-on: ubuntu-24.04", f"runs-on: {runs_on}")
    assert [expected] == told(workflow)


@pytest.mark.parametrize(
    ("matrix", "text", "expected"),
    [
        pytest.param("{x: [a, b]}", "matrix.x", ["a", "b"], id="a vector"),
        pytest.param(
            "{x: [a, b]}", "strategy.job-index", ["0", "1"], id="the number of the leg"
        ),
        pytest.param("{x: [a, b]}", "strategy.job-total", ["2", "2"], id="the number of legs"),
        pytest.param("{x: [a]}", "strategy.fail-fast", ["true"], id="the default of fail-fast"),
        pytest.param("{x: [a]}", "matrix.y", [""], id="a name that no leg has"),
        pytest.param(
            "{x: [a], y: '${{ fromJSON(vars.Y) }}'}", "matrix.x", ["a"], id="a vector that is not known"
        ),
        pytest.param(
            "{x: '${{ fromJSON(github.event_name == ''push'' && ''[1, 2]'' || ''[3]'') }}'}",
            "matrix.x",
            ["1", "2"],
            id="a vector that the event chooses",
        ),
        pytest.param(
            "{x: [a, b], include: [{x: a, y: 1}, {z: 2}, {x: c}]}",
            "format('{0}{1}{2}', matrix.x, matrix.y, matrix.z)",
            ["a12", "b2", "c"],
            id="what include adds",
        ),
    ],
)  # fmt: skip
def test_what_the_matrix_tells(matrix: str, text: str, expected: list[str]) -> None:
    assert expected == told(named(f"${{{{ {text} }}}}", job=f"strategy: {{matrix: {matrix}}}"))


NEEDS = """\
on: push
jobs:
  a:
    needs: [tag, image]
    runs-on: ubuntu-24.04
    IF
    steps:
      - name: TEXT
        run: make
  tag:
    runs-on: ubuntu-24.04
    outputs: {tag: "${{ steps.tag.outputs.tag }}", sha: "${{ github.sha }}"}
    steps:
      - id: tag
        run: echo "tag=v1" >> $GITHUB_OUTPUT
  image:
    strategy: {matrix: {x: [a, b]}}
    runs-on: ubuntu-24.04
    outputs: {name: "ghcr.io/acme/${{ matrix.x }}", host: ghcr.io}
    steps:
      - run: make
"""


@pytest.mark.parametrize(
    ("text", "condition", "expected"),
    [
        ("needs.tag.outputs.tag", "", "v1"),
        ("needs.TAG.outputs.Tag", "", "v1"),
        ("needs.tag.outputs.sha", "", "*"),
        ("needs.tag.outputs.nothing", "", ""),
        ("needs.image.outputs.host", "", "ghcr.io"),
        ("needs.image.outputs.name", "", "ghcr.io/acme/*"),
        ("needs.other.outputs.x", "", ""),
        ("needs.tag.result", "", "success"),
        ("needs.tag.result", "if: always()", "*"),
        ("contains(needs.*.result, 'failure')", "", "false"),
        ("needs.tag.outputs.tag", "if: needs.tag.outputs.tag == 'v1'", "v1"),
    ],
)
def test_what_the_jobs_before_leave(text: str, condition: str, expected: str) -> None:
    workflow = NEEDS.replace("TEXT", f"${{{{ {text} }}}}").replace(
        "    IF\n", f"    {condition}\n" * bool(condition)
    )
    assert [expected] == told(workflow)


def test_a_job_whose_condition_asks_for_another_output_never_runs() -> None:
    assert told(NEEDS.replace("TEXT", "x").replace("IF", "if: needs.tag.outputs.tag == 'v2'")) == []


def test_a_matrix_made_by_a_job_before() -> None:
    workflow = """\
on: push
jobs:
  a:
    needs: plan
    strategy: {matrix: {x: "${{ fromJSON(needs.plan.outputs.apps) }}"}}
    runs-on: ubuntu-24.04
    steps:
      - name: ${{ matrix.x }}
        run: make
  plan:
    runs-on: ubuntu-24.04
    outputs: {apps: "${{ steps.x.outputs.apps }}"}
    steps:
      - id: x
        run: echo 'apps=["api", "web"]' >> $GITHUB_OUTPUT
"""
    assert told(workflow) == ["api", "web"]


CALLER = """\
on: push
jobs:
  tag:
    runs-on: ubuntu-24.04
    outputs: {tag: v1}
    steps: [{run: make}]
  call:
    needs: tag
    uses: ./.github/workflows/called.yml
    with: {name: "${{ github.repository_owner }}/x", tag: "${{ needs.tag.outputs.tag }}", number: 1.0, flag: true}
"""
CALLED = """\
on:
  workflow_call:
    inputs:
      name: {type: string}
      tag: {type: string}
      text: {type: string}
      flag: {type: boolean}
      off: {type: boolean}
      number: {type: string}
      count: {type: number}
      chosen: {type: string, default: latest}
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - name: TEXT
        run: make
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("inputs.name", "Acme/x"),
        ("inputs.Name", "Acme/x"),
        ("inputs.tag", "v1"),
        ("inputs.text", ""),
        ("inputs.flag && 'yes'", "yes"),
        ("inputs.off == false", "true"),
        ("inputs.number", "1"),
        ("inputs.count", "0"),
        ("inputs.chosen", "latest"),
        ("inputs.tag || 'none'", "v1"),
        ("inputs.unknown", ""),
        ("github.event_name", "push"),
    ],
)
def test_the_inputs_of_a_called_workflow(text: str, expected: str) -> None:
    path = FOLDER + "called.yml"
    files = {MAIN: CALLER, path: CALLED.replace("TEXT", f"${{{{ {text} }}}}")}
    assert [expected] == told(files, path)


def test_a_workflow_that_only_others_call_knows_no_inputs() -> None:
    path = FOLDER + "called.yml"
    assert told({path: CALLED.replace("TEXT", "${{ inputs.text || 'latest' }}")}, path) == [
        "latest; unless `inputs.text` is set"
    ]


def test_the_outputs_of_a_called_workflow() -> None:
    called = """\
on: {workflow_call: {inputs: {name: {type: string}}, outputs: {image: {value: "${{ jobs.x.outputs.image }}"}}}}
jobs:
  x:
    runs-on: ubuntu-24.04
    outputs: {image: "ghcr.io/${{ inputs.name }}"}
    steps: [{run: make}]
"""
    main = """\
on: push
jobs:
  x: {uses: ./.github/workflows/called.yml, with: {name: acme/shop}}
  a:
    needs: x
    runs-on: ubuntu-24.04
    steps:
      - name: ${{ needs.x.outputs.image }}
        run: make
"""
    assert told({MAIN: main, FOLDER + "called.yml": called}) == ["ghcr.io/acme/shop"]


def test_a_composite_action_sees_texts() -> None:
    action = """\
inputs: {push: {default: "false"}, name: {}}
runs:
  using: composite
  steps:
    - name: ${{ inputs.push == 'true' && inputs.name || 'none' }}
      run: make
      shell: bash
"""
    main = named("x").replace("run: make", "uses: ./image\n        with: {push: true, name: 1.50}")
    assert told({MAIN: main, "image/action.yml": action}) == ["1.5"]


def test_the_outputs_of_an_action_that_runs_last() -> None:
    action = """\
outputs: {is-new: {value: "${{ steps.look.outputs.is_new }}"}}
runs:
  using: composite
  steps:
    - id: look
      run: echo "is_new=true" >> $GITHUB_OUTPUT
      shell: bash
"""
    main = """\
on: push
jobs:
  a:
    needs: look
    runs-on: ubuntu-24.04
    steps:
      - name: ${{ needs.look.outputs.is-new }}
        run: make
  look:
    runs-on: ubuntu-24.04
    outputs: {is-new: "${{ steps.look.outputs.is-new }}"}
    steps:
      - {id: look, uses: ./look}
"""
    assert told({MAIN: main, "look/action.yml": action}) == ["true"]
