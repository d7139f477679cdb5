"""What scripts do, followed with partly known values."""

from __future__ import annotations

import pytest

from lading.models.shell import Effects, Scripts, masked
from lading.models.template import Hole, Template


def follow(script: str, **variables: str | Template) -> Effects:
    known = {n: Template.of(v) if isinstance(v, str) else v for n, v in variables.items()}
    return Scripts().follow(script, (), known)


def shown(effects: Effects) -> list[str]:
    """The commands of docker, as text."""
    commands = [" ".join(word.template.shown for word in ran.words) for ran in effects.commands]
    return [command for command in commands if command.startswith("docker")]


@pytest.mark.parametrize(
    ("script", "commands"),
    [
        ("docker push ghcr.io/$OWNER/shop", ["docker push ghcr.io/Acme/shop"]),
        ('docker push "ghcr.io/${OWNER,,}/shop:${TAG:-latest}"', ["docker push ghcr.io/acme/shop:latest"]),
        ("docker push 'ghcr.io/$OWNER'", ["docker push ghcr.io/$OWNER"]),
        ("for i in api web; do docker push acme/$i; done", ["docker push acme/api", "docker push acme/web"]),
        ('LIST=(a b); for i in "${LIST[@]}"; do docker push $i; done', ["docker push a", "docker push b"]),
        (
            "push() { docker push acme/$1; }\npush api\npush web",
            ["docker push acme/api", "docker push acme/web"],
        ),
        ("docker build \\\n  -t a \\\n  .", ["docker build -t a ."]),
        ('NAME=$(echo "$OWNER" | tr A-Z a-z); docker push $NAME/x', ["docker push acme/x"]),
        ("NAME=$(tr '[:upper:]' '[:lower:]' <<< \"$OWNER\"); docker push $NAME", ["docker push acme"]),
        ("echo a b | while read -r x; do :; done; docker push x", ["docker push x"]),
        ("N=$(echo a/b_c | tr / - | tr -d _); docker push $N", ["docker push a-bc"]),
        ('N=$(echo "a/$UNKNOWN" | tr / -); docker push $N', ["docker push a-$UNKNOWN"]),
        ("N=$(echo refs/heads/x/y | sed 's|refs/heads/||; s/\\//-/g'); docker push $N", ["docker push x-y"]),
        ("N=$(echo v1.2 | sed -e 's/^v//'); docker push $N", ["docker push 1.2"]),
        ("N=$(echo a.b | sed -E 's/[^a-z]/-/'); docker push $N", ["docker push a-b"]),
        ("N=$(echo ab | sed 's/(a)/\\1x/'); docker push $N", ["docker push $(sed s/(a)/\\1x/)"]),
        ("N=$((echo v1.2) | sed s/v//); docker push $N", ["docker push 1.2"]),
        ("N=$((echo v$((1 + 2)) || echo ')') | sed s/v//); docker push x", ["docker push x"]),
        ("N=$((1 + (2 * 3))); docker push x", ["docker push x"]),
        ("docker push ${OWNER#A}", ["docker push cme"]),
        ("REF=a/b/c; docker push ${REF##*/}", ["docker push c"]),
        ("docker push 😀/$OWNER", ["docker push 😀/Acme"]),
        ("LIST='a b'; docker push $LIST", ["docker push a b"]),
        ("LIST='a b'; docker push \"$LIST\"", ["docker push a b"]),
        ("PUSH='docker push'; $PUSH a", ["docker push a"]),
        ('PUSH=(docker push); "${PUSH[@]}" a', ["docker push a"]),
    ],
)
def test_words_are_expanded_as_the_shell_does(script: str, commands: list[str]) -> None:
    assert shown(follow(script, OWNER="Acme")) == commands


LISTS = "if $MAIN; then T=a:1,a:latest; else T=; fi\n"


@pytest.mark.parametrize(
    ("script", "commands"),
    [
        (
            "for i in $(echo $T | tr , ' '); do docker push $i; done",
            ["docker push a:1", "docker push a:latest"],
        ),
        ("for i in ${T//,/ }; do docker push $i; done", ["docker push ${T//,/ }"]),
        ('for i in "$T"; do docker push "$i"; done', ["docker push $T"]),
        ("for i in a:$V a:latest; do docker push $i; done", ["docker push a:$V", "docker push a:latest"]),
        ("for i in $V a:latest; do docker push $i; done", ["docker push $i"]),
        ("for i in {api,web}; do docker push a/$i; done", ["docker push a/api", "docker push a/web"]),
        ("for i in a/x-{1,2}; do docker push $i; done", ["docker push a/x-1", "docker push a/x-2"]),
        ("for i in images/*; do docker push a/${i##*/}; done", ["docker push a/${i##*/}"]),
        ('for i in "$V"/*.tar; do docker push a/$i; done', ['docker push a/"$V"/*.tar']),
    ],
)
def test_lists_are_gone_through_as_far_as_they_are_known(script: str, commands: list[str]) -> None:
    assert shown(follow(LISTS + script)) == commands


def test_what_only_one_of_several_lists_has_is_there_under_a_condition() -> None:
    effects = follow(LISTS + "for i in $(echo $T | tr , ' '); do docker push $i; done")
    pushed = [ran.words[2].template for ran in effects.commands if ran.program == "docker"]
    assert pushed == [Template((tag,), ("unless `$T` is without it",)) for tag in ("a:1", "a:latest")]


def test_what_no_file_sets_is_a_hole() -> None:
    (ran,) = follow("docker push ghcr.io/$OWNER/shop").commands
    hole = Hole("$OWNER", "`OWNER` is not set in the files")
    assert ran.words[2].template == Template(("ghcr.io/", hole, "/shop"))


def test_a_default_holds_unless_the_variable_is_set_elsewhere() -> None:
    (ran,) = follow("docker push acme/shop:${TAG:-latest}").commands
    assert ran.words[2].template == Template(("acme/shop:latest",), ("unless `TAG` is set",))


def test_a_variable_that_both_branches_set_alike_is_known_after_them() -> None:
    script = "if a; then X=1; Y=1; else X=1; Y=2; fi; docker push $X-$Y"
    hole = Hole("$Y", "`Y` depends on a condition", (Template.of("1"), Template.of("2")))
    assert follow(script).commands[-1].words[2].template == Template(("1-", hole))


def test_a_variable_that_is_set_behind_a_test_is_known_only_where_nothing_changes() -> None:
    script = "X=1; Y=1; [ $A = b ] && X=2; test -n $A && Y=1; cd x && Z=3; docker push $X-$Y-$Z"
    hole = Hole("$X", "`X` depends on a condition", (Template.of("1"), Template.of("2")))
    assert follow(script).commands[-1].words[2].template == Template((hole, "-1-3"))


def test_commands_in_conditions_are_not_certain() -> None:
    script = "docker a && docker b || docker c\nif x; then docker d; fi\ndocker e"
    ran = {each.words[1].literal: each.is_certain for each in follow(script).commands if len(each.words) > 1}
    assert ran == {"a": True, "b": True, "c": False, "d": False, "e": True}


@pytest.mark.parametrize(
    ("script", "outputs"),
    [
        ('echo "image=ghcr.io/${OWNER,,}" >> "$GITHUB_OUTPUT"', {"image": "ghcr.io/acme"}),
        ("echo image=a >> $GITHUB_OUTPUT\necho tag=b >> $GITHUB_OUTPUT", {"image": "a", "tag": "b"}),
        ('{ echo "a=1"; echo "b=2"; } >> "$GITHUB_OUTPUT"', {"a": "1", "b": "2"}),
        ('cat <<EOF >> "$GITHUB_OUTPUT"\na=$OWNER\nEOF', {"a": "Acme"}),
        ("cat <<'EOF' >> \"$GITHUB_OUTPUT\"\na=$OWNER\nEOF", {"a": "$OWNER"}),
        ("{ echo 'list<<E'; echo 1; echo 2; echo E; } >> $GITHUB_OUTPUT", {"list": "1\n2"}),
        ('printf "a=%s\\n" "$OWNER" >> $GITHUB_OUTPUT', {"a": "Acme"}),
        ('echo "a=1" | tee -a "$GITHUB_OUTPUT"', {"a": "1"}),
    ],
)
def test_outputs_are_what_is_written_for_later_steps(script: str, outputs: dict[str, str]) -> None:
    effects = follow(script, OWNER="Acme")
    assert {name: value.literal for name, value in effects.outputs.items()} == outputs
    assert effects.unclear == set()


def test_what_cannot_be_told_of_the_outputs_is_said() -> None:
    assert follow('./version.sh >> "$GITHUB_OUTPUT"').unclear == {"GITHUB_OUTPUT"}


def test_the_environment_of_later_steps_is_kept_apart() -> None:
    effects = follow('echo "NAME=${OWNER,,}" >> $GITHUB_ENV', OWNER="Acme")
    assert (effects.environment, effects.outputs) == ({"NAME": Template.of("acme")}, {})


def test_nothing_is_known_after_a_sourced_file() -> None:
    (*_, ran) = follow("X=1; source .env; docker push $X").commands
    assert ran.words[2].template == Template((Hole("$X", "`source` may set it"),))


def test_what_is_piped_in_is_standard_input() -> None:
    (*_, ran) = follow("echo $TOKEN | docker login -u a --password-stdin", TOKEN="t").commands
    assert ran.standard_input == Template.of("t\n")


def test_expressions_are_masked_at_their_length_so_that_places_hold() -> None:
    text = "docker push ghcr.io/${{ github.repository }}:1"
    script, values = masked(text, [(text.index("$"), text.index("}") + 2, Template.of("acme/shop"))])
    (ran,) = Scripts().follow(script, values, {}).commands
    word = ran.words[2]
    assert (len(script), word.template, text[word.start : word.end]) == (
        len(text),
        Template.of("ghcr.io/acme/shop:1"),
        "ghcr.io/${{ github.repository }}:1",
    )


@pytest.mark.parametrize(
    "script",
    [
        "",
        "(((",
        "$(" * 300,
        "f() { f; }\nf",
        "while true; do docker push x; done",
        "for i in " + "a " * 5000 + "; do docker push $i; done",
        "X=a; " + "X=$X$X; " * 60,
        "\x00\x01",
        "echo ${",
        "cat <<EOF",
        "${X[@]:1:2}",
        "case x in",
    ],
    ids=lambda text: text[:20].encode("unicode_escape").decode(),
)
def test_any_text_is_survived(script: str) -> None:
    assert isinstance(follow(script), Effects)


@pytest.mark.parametrize(
    "word", ["$A-$B-$C", "$A-$B-$C-$A", "x$A-$B.$C", "$A/$B/$C:$A", "${A}-$B-$C", "$A-${B}-$C"]
)
def test_variables_in_a_row_are_all_filled_in(word: str) -> None:
    expected = (
        word.replace("${", "$").replace("}", "").replace("$A", "1").replace("$B", "2").replace("$C", "3")
    )
    assert shown(follow(f"docker push {word}", A="1", B="2", C="3")) == [f"docker push {expected}"]
    assert shown(follow(f'docker push "{word}"', A="1", B="2", C="3")) == [f"docker push {expected}"]
    assert follow(f"T={word}; docker push $T", A="1", B="2", C="3").commands[0].words[2].literal == expected


@pytest.mark.parametrize(
    ("condition", "taken"),
    [
        ('[ "$E" = release ]', "2"),
        ('[ "$E" != release ]', "1"),
        ('[[ "$E" == push ]]', "1"),
        ('[[ "$R" == refs/tags/* ]]', "2"),
        ('[[ "$R" != refs/tags/* ]]', "1"),
        ('[[ "$R" == refs/heads/main ]]', "1"),
        ('[ "$R" = "refs/tags/*" ]', "?"),
        ('[[ "$R" == refs/tags/v1 ]]', "?"),
        ('[ -n "$R" ]', "2"),
        ('[ -z "$E" ]', "1"),
        ('[ -n "$UNKNOWN" ]', "?"),
        ('[ "$E" = release ] && [ "$UNKNOWN" = 1 ]', "?"),
        ('[ "$E" = push ] && [ "$UNKNOWN" = 1 ]', "1"),
        ('[[ "$E" == release || -n "$UNKNOWN" ]]', "2"),
        ('! [ "$E" = release ]', "1"),
        ('[[ "$E" =~ ^rel ]]', "2"),
        ('[[ "$E" =~ ^release$ ]]', "2"),
        ('[[ "$E" =~ ^rel$ ]]', "1"),
        ('[[ "$E" =~ ^v[0-9]+ ]]', "1"),
        ('[[ "$E" =~ ^v?[a-z]+ ]]', "?"),
        ('[[ "$E" =~ ^release[0-9]* ]]', "?"),
        ('[[ "$E" =~ ^v|^r ]]', "?"),
        ('[[ "$E" =~ $UNKNOWN ]]', "?"),
        ('[[ "$R" =~ ^refs/tags/ ]]', "2"),
        ('[[ "$R" =~ ^refs/heads/ ]]', "1"),
        ('[[ "$R" =~ ^refs/tags/v[0-9] ]]', "?"),
        ("[ -f Dockerfile ]", "?"),
        ("true", "2"),
        ("make test", "?"),
    ],
)
def test_a_known_test_decides_which_way_is_taken(condition: str, taken: str) -> None:
    ref = Template(("refs/tags/", Hole("{{tag}}", "the tag")))
    for script in (
        f"X=1; if {condition}; then X=2; fi; docker push $X",
        f"if {condition}; then X=2; else X=1; fi; docker push $X",
        f'if [ "$E" = push ]; then X=0; elif {condition}; then X=2; else X=1; fi; docker push $X',
    ):
        assert (follow(script, E="release", R=ref).commands[-1].words[2].template.literal or "?") == taken


@pytest.mark.parametrize(
    ("value", "taken"), [("refs/heads/main", "1"), ("refs/tags/v1", "2"), ("refs/pull/3/merge", "3")]
)
def test_a_known_value_decides_which_case_is_taken(value: str, taken: str) -> None:
    script = 'case "$R" in refs/heads/*) X=1;; refs/tags/v*|latest) X=2;; *) X=3;; esac; docker push $X'
    assert follow(script, R=value).commands[-1].words[2].template.literal == taken


def test_a_loop_of_unknown_rounds_leaves_no_choices() -> None:
    script = 'T=a; for x in $(ls); do T="$T,$x"; if make; then T=b; fi; done; docker push $T'
    (hole,) = follow(script).commands[-1].words[2].template.holes
    assert hole.choices == ()


@pytest.mark.parametrize("given", ["$ARGS", "${ARGS}", "--platform linux/amd64 ${ARGS}"])
def test_choices_of_several_words_are_no_argument(given: str) -> None:
    script = (
        f'if make; then ARGS="--tag a:1 --tag a:latest"; else ARGS="--tag b:1"; fi; docker build {given} .'
    )
    ran = follow(script).commands[-1]
    assert [hole.choices for word in ran.words for hole in word.template.holes] == [()]
    assert ran.words[-1].literal == "."


def test_choices_of_one_word_are_an_argument() -> None:
    script = 'if make; then TAG=1; else TAG=2; fi; docker build --tag "a:$TAG" .'
    (hole,) = follow(script).commands[-1].words[3].template.holes
    assert [choice.literal for choice in hole.choices] == ["1", "2"]


def test_lists_of_which_one_is_taken_are_gone_through() -> None:
    script = 'if make; then ALL="a b"; else ALL=c; fi; for x in $ALL; do docker push $x; done'
    assert shown(follow(script))[-3:] == ["docker push a", "docker push b", "docker push c"]


def test_a_list_with_a_command_that_says_nothing_is_followed() -> None:
    """The grammar makes such a command of an `&&` beside a bracket that nobody closes."""
    follow("if{{if{{if{{if{{if{{f{\n&& \n" + "\n " * 90 + "\n&")


@pytest.mark.parametrize(
    "odd",
    [
        "[ ! exists x ]",
        "[ exists x ]",
        "[ a b c d ]",
        '[ ! exists "$1" ] && echo "x"',
        "[ ! exists $1 ] || true",
    ],
)
def test_a_test_that_asks_nothing_known_is_run_like_any_command(odd: str) -> None:
    effects = follow(f"docker push a\n{odd}\ndocker push b\n")
    assert shown(effects) == ["docker push a", "docker push b"]
    pushes = [ran for ran in effects.commands if ran.program == "docker"]
    assert all(ran.is_certain for ran in pushes)


def test_nothing_is_known_of_what_stands_behind_an_odd_test() -> None:
    effects = follow('if [ ! exists "$1" ]; then docker push a; else docker push b; fi\ndocker push c')
    pushes = [(ran.words[2].literal, ran.is_certain) for ran in effects.commands if ran.program == "docker"]
    assert pushes == [("a", False), ("b", False), ("c", True)]
    assert shown(follow('[ ! exists x ] && docker push a\n[ "$N" = y ] && docker push b', N="x")) == [
        "docker push a"
    ]


def test_what_stands_before_a_place_that_cannot_be_parsed_is_run_and_what_stands_behind_it_perhaps() -> None:
    effects = follow("docker push a\nif x; { docker push b; echo x=1 >> $GITHUB_OUTPUT; }\n")
    pushes = [(ran.words[2].literal, ran.is_certain) for ran in effects.commands if ran.program == "docker"]
    assert pushes == [("a", True), ("b", False)]
    assert effects.unclear == {"GITHUB_OUTPUT"}


def test_what_every_branch_writes_is_never_empty() -> None:
    script = (
        'if [ -n "$N" ]; then\n  echo "a=$N" >> "$GITHUB_OUTPUT"\nelse\n  echo a=x >> "$GITHUB_OUTPUT"\nfi\n'
    )
    given = Template((Hole("inputs.n", "a caller gives it"),))
    (hole,) = follow(script, N=given).outputs["a"].holes
    assert hole.choices == (given, Template.of("x"))
    assert follow(script, N="").outputs == {"a": Template.of("x")}


def test_what_one_branch_writes_is_empty_behind_the_others() -> None:
    (hole,) = (
        follow("if $N; then echo a=1 >> $GITHUB_ENV; echo a=2 >> $GITHUB_ENV; fi").environment["a"].holes
    )
    assert [choice.literal for choice in hole.choices] == ["", "2"]
    (hole,) = follow("if echo a=1 >> $GITHUB_OUTPUT; then :; fi").outputs["a"].holes
    assert [choice.literal for choice in hole.choices] == ["", "1"]


def test_the_characters_that_stand_for_expressions_may_stand_in_a_script() -> None:
    assert (
        shown(follow("docker push a\ue0000\ndocker push \ue000" + "9" * 5_000))[0] == "docker push a\ue0000"
    )
