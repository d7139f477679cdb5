"""What the fuzzer changes in a text: half of it letters, as libFuzzer does; half what texts of these formats are made of."""

from __future__ import annotations

import random
from collections.abc import Callable

WORDS = (
    "services:", "image:", "depends_on:", "condition: service_healthy", "healthcheck:", "extends:", "include:", "env_file:", "build:",
    "!!binary ", "!!binary aGVsbG8=", "!!int ", "!!str ", "!x ", "!!merge <<: ", "<<: *a", "&a ", "*a", "!reset ", "!override ", "- ", ": ", "? ", "|\n", ">-\n", "---\n", "...\n", "%YAML 1.2\n", "{", "}", "[", "]",
    "on: push\n", "jobs:", "runs-on: ubuntu-24.04", "steps:", "uses: docker/build-push-action@v6", "uses: docker/metadata-action@v5",
    "uses: docker/bake-action@v6", "uses: goreleaser/goreleaser-action@v6", "with: {push: true, tags: a/b}", "permissions: {packages: write}", "matrix:", "needs:",
    "strategy:", "run: docker push ", "${{ ", " }}", "${{ matrix.a }}", "${{ steps.a.outputs.b }}", "${{ fromJSON('[1]') }}", "toJSON(github)",
    "format('{0}', 1)", "github.ref", "secrets.X", "&&", "||", "!", "==", "contains(", "${A}", "${A:-", "${U:?", "$$", "$(", "`", "<<EOF\n", "EOF\n", "for i in ",
    "do ", "done\n", "case ", "esac\n", "docker push ", "docker login ghcr.io", "while read -r A; do ", 'target "default" {', 'variable "V" {', "function ", "tags = [", "for n in range(",
    "FROM a AS build\n", "HEALTHCHECK CMD x\n", "ARG V=1\n", "ONBUILD ", "{{ .Tag }}", "{{ if ", "{{ end }}", "{{ range ", "$(call ", "$(shell ", "define ", "endef\n", "include ",
    "rules:", "=== compose.yaml\n", "=== .github/workflows/ci.yml\n", "=== Dockerfile\n", "=== .env\n", "=== docker-bake.hcl\n", "=== .goreleaser.yaml\n",
    "=== Makefile\n", "=== action.yml\n", "=== compose.override.yaml\n", "8080:80", "1-65535:1-65535", "0x", "1e999", "-0", "9" * 400, ".inf", "1:30", "0o17",
    "https://", "docker://", "@sha256:", "ghcr.io/acme/shop:1",
)  # fmt: skip
ODD = ("\x00", "\x85", "\u2028", "\u2029", "\ufeff", "\r", "\r\n", "\t", "\x1b]0;x\x07", "\u202e", "\ud800", "😀", "é", "e\u0301", "İ", "ß", "²", "\u200b", "\x7f", "\u00a0")  # fmt: skip
NESTED = (
    "[",
    "{a: ",
    "- ",
    "{{ if ",
    "(",
    "${U:-",
    "$(",
    "${{ fromJSON(",
    "!",
    "a[",
    "&a [",
    "$(call a,",
    '"${',
    "\n ",
)

Change = Callable[[str, random.Random, list[str]], str]


def mutator(seeds: list[str], plainly: Callable[[bytes, int], bytes]) -> Callable[[bytes, int, int], bytes]:
    """A change for libFuzzer: of the bytes, by `plainly`, or of the text, with pieces of `seeds`."""

    def mutated(data: bytes, longest: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.4:
            return plainly(data, longest)
        text = text_of(data)
        for _ in range(chance.choice((1, 1, 2, 4))):
            text = chance.choice(CHANGES)(text, chance, seeds)
        return text.encode("utf-8", "surrogatepass")[:longest]

    return mutated


def text_of(data: bytes) -> str:
    """Any bytes as a text: UTF-8 with halves of surrogate pairs, or a letter for each byte."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _place(text: str, chance: random.Random) -> int:
    return chance.randint(0, len(text))


def _with_word(text: str, chance: random.Random, seeds: list[str]) -> str:
    at = _place(text, chance)
    return text[:at] + chance.choice(WORDS) + text[at:]


def _with_odd(text: str, chance: random.Random, seeds: list[str]) -> str:
    at = _place(text, chance)
    return text[:at] + chance.choice(ODD) * chance.choice((1, 1, 1, 50)) + text[at + chance.choice((0, 1)) :]


def _nested(text: str, chance: random.Random, seeds: list[str]) -> str:
    at, depth = _place(text, chance), chance.choice((2, 10, 40, 99, 101, 1_000))
    return text[:at] + chance.choice(NESTED) * depth + text[at:]


def _repeated(text: str, chance: random.Random, seeds: list[str]) -> str:
    begin = _place(text, chance)
    end = min(begin + chance.choice((1, 5, 30, 200)), len(text))
    return text[:end] + text[begin:end] * chance.choice((1, 2, 20, 300)) + text[end:]


def _lines_changed(text: str, chance: random.Random, seeds: list[str]) -> str:
    lines = text.split("\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    work = chance.randrange(4)
    if work == 0:
        lines[one], lines[other] = lines[other], lines[one]
    elif work == 1:
        lines.insert(one, lines[other])
    elif work == 2:
        lines[one] = " " * chance.choice((1, 2, 4)) + lines[one]
    else:
        del lines[one]
    return "\n".join(lines)


def _spliced(text: str, chance: random.Random, seeds: list[str]) -> str:
    """With lines of another seed."""
    if not seeds:
        return text
    others = chance.choice(seeds).split("\n")
    begin = chance.randrange(len(others))
    lines = text.split("\n")
    at = chance.randint(0, len(lines))
    return "\n".join([*lines[:at], *others[begin : begin + chance.choice((1, 3, 20))], *lines[at:]])


CHANGES: tuple[Change, ...] = (
    _with_word,
    _with_word,
    _with_odd,
    _nested,
    _repeated,
    _lines_changed,
    _lines_changed,
    _spliced,
)
