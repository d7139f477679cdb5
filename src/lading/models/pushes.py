"""How a step pushes an image or logs in to a registry: by an action, or by a command of its script.

Sources: the command line references of docker, buildx, podman, buildah, skopeo, crane, ko, helm, oras; action.yml of
docker/build-push-action at cb941d0 and docker/bake-action at 4574eac.
"""

from __future__ import annotations

import re

from lading.models.evaluation import TOKEN, truth_of, value_of
from lading.models.expressions import Unknown
from lading.models.template import Hole, Template, join
from lading.tables.actions import HARMLESS, LOGINS, PUSHERS, TAGGERS, TOKEN_LOGINS
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.models.shell import Ran, Word
    from lading.models.steps import StepRun
    from lading.models.workflow import Step
    from lading.source import Located
    from lading.tables.actions import Pusher

DOCKER_HUB = "docker.io"
GITHUB_TOKEN = "GITHUB_TOKEN"
NONE = "none"
UNKNOWN = "unknown"
NEEDS_LOGIN = ("ghcr.io", DOCKER_HUB, "quay.io", "registry.gitlab.com", "gcr.io", "public.ecr.aws")
"""Registries that take no image from strangers."""


class Push:
    """One reference that a step pushes.

    - `reference`: name with tag; None where the step pushes without saying what
    - `at`: the place of the name
    - `is_certain`: does the step push whenever it runs?
    - `credential`: what the step logs in with itself, None where it relies on a login before it
    - `tool`: what pushes, in words ("docker push")
    """

    __slots__ = ("at", "credential", "is_certain", "reference", "tool")

    def __init__(
        self,
        reference: Template | None,
        at: Located,
        tool: str,
        *,
        is_certain: bool = True,
        credential: str | None = None,
    ) -> None:
        self.reference = reference
        self.at = at
        self.tool = tool
        self.is_certain = is_certain
        self.credential = credential

    def __repr__(self) -> str:
        return f"<Push {self.reference and self.reference.shown}>"


class Login:
    """A login: `registry` (None where it is not known), `credential`, its place, and whether it certainly happens.

    `empty` is the place of a password that is written and comes to nothing, None where there is none.
    """

    __slots__ = ("at", "credential", "empty", "is_certain", "registry")

    def __init__(
        self,
        registry: str | None,
        credential: str,
        at: Located,
        is_certain: bool,
        empty: Located | None = None,
    ) -> None:
        self.registry = registry
        self.credential = credential
        self.at = at
        self.is_certain = is_certain
        self.empty = empty

    def __repr__(self) -> str:
        return f"<Login {self.registry} {self.credential}>"


_SECRET = re.compile(r"secrets\s*(?:\.\s*|\[\s*')([A-Za-z_][A-Za-z0-9_-]*)")


def credential_of(password: Template | None) -> str:
    """`GITHUB_TOKEN`, `secret:NAME`, `none` or `unknown`."""
    if password is None or not password.parts:
        return NONE
    if any(isinstance(part, str) and TOKEN in part for part in password.parts):
        return GITHUB_TOKEN
    for hole in password.holes:
        secret = _SECRET.search(hole.text)
        if secret is not None:
            return f"secret:{secret[1]}"
    return UNKNOWN


def may_push(text: str) -> bool:
    """Is it worth following a script to see whether it pushes?"""
    if "push" in text:
        return _MAY_PUSH.search(text) is not None
    return any(word in text for word in _WITHOUT_PUSH)


_WITHOUT_PUSH = (
    "imagetools",
    "skopeo",
    "crane",
    "regctl",
    "type=registry",
    "ko build",
    "ko publish",
    "ko resolve",
    "ko apply",
)
_MAY_PUSH = re.compile(
    r"--push|(?:docker|podman|buildah|nerdctl|helm|oras|image|manifest|compose)\b.*\bpush\b|"
    + "|".join(_WITHOUT_PUSH)
)


def is_read(action: str | None) -> bool:
    """Is an action known to push, to log in, or to hand something to later steps that can be told?"""
    return action is not None and (
        action.endswith(("/build-push-action", "/bake-action", "/metadata-action"))
        or action in PUSHERS
        or action in TAGGERS
        or action in LOGINS
        or action in TOKEN_LOGINS
        or action == "aszc/change-string-case-action"
    )


def may_push_by_action(step: Step) -> bool:
    """Does a step use an action that pushes, and is it not told to let it be?"""
    action = step.action
    if action is None:
        return False
    if not action.endswith(("/build-push-action", "/bake-action")):
        return action in PUSHERS or action in TAGGERS
    inputs = step.inputs
    push = inputs.get("push")
    told = isinstance(push, Scalar) and push.text.strip() not in ("", "false")
    return told or "outputs" in inputs or "set" in inputs


def cannot_push(step: Step, contexts: Mapping[str, object]) -> bool:
    """Is it certain, before any step has run, that a step does not push: by its condition, or its input `push`?"""
    if truth_of(step.condition, contexts) is False:
        return True
    action = step.action
    if action is None or not action.endswith("/build-push-action") or "outputs" in step.inputs:
        return False
    return _truth(value_of(step.inputs.get("push"), contexts)) is False


# --- logins ---


def logins_of(run: StepRun) -> Iterator[Login]:
    """The logins of a step."""
    action = run.step.action
    if action is not None:
        yield from _login_by_action(action, run)
    script = run.step.run
    if script is not None and "login" in script.text and run.effects is not None:
        for ran in run.effects.commands:
            login = _login_by_command(ran, run)
            if login is not None:
                yield login


def _login_by_action(action: str, run: StepRun) -> Iterator[Login]:
    at = run.step.uses or run.step.entry
    host = TOKEN_LOGINS.get(action)
    if host is not None:
        yield Login(host, GITHUB_TOKEN, at, run.is_certain)
    known = LOGINS.get(action)
    if known is None:
        return
    registry_input, default, password_input = known
    registry = run.text(registry_input)
    if "registry-auth" in run.step.inputs:
        yield Login(None, UNKNOWN, at, run.is_certain)
        return
    place: Located = run.step.inputs.get(registry_input) or at
    host = default if registry is None or not registry.parts else _host(registry)
    password = run.text(password_input)
    is_empty = password is not None and not password.strip().parts
    empty = run.step.inputs.get(password_input) if is_empty else None
    yield Login(host, credential_of(password), place, run.is_certain, empty)


def _host(registry: Template) -> str | None:
    text = registry.literal
    if text is None or registry.conditions:
        return None
    host = text.strip().removeprefix("https://").removeprefix("http://").partition("/")[0].lower()
    return DOCKER_HUB if host in ("", "index.docker.io", "registry-1.docker.io", "docker.com") else host


_LOGIN_PROGRAMS = {
    "docker": ("login",),
    "podman": ("login",),
    "buildah": ("login",),
    "nerdctl": ("login",),
    "skopeo": ("login",),
    "oras": ("login",),
    "ko": ("login",),
    "cosign": ("login",),
    "helm": ("registry", "login"),
    "crane": ("auth", "login"),
    "regctl": ("registry", "login"),
}
_LOGIN_VALUES = frozenset(
    ("-u", "--username", "-p", "--password", "--ca-file", "--config", "--authfile", "--cert-dir")
)


class LoginCommand:
    """A command that logs in: its words, the host (None: not known), the passwords among its words, and what it reads.

    `given` is what it gets on standard input where it asks for the password there.
    """

    __slots__ = ("given", "host", "passwords", "words")

    def __init__(
        self, words: tuple[Word, ...], host: str | None, passwords: list[Word], given: Template | None
    ) -> None:
        self.words = words
        self.host = host
        self.passwords = passwords
        self.given = given


def login_command(ran: Ran) -> LoginCommand | None:
    """The login that a command is; None for any other command."""
    words = _unwrapped(ran.words)
    form = _LOGIN_PROGRAMS.get(_program(words))
    if form is None or tuple(word.literal for word in words[1 : 1 + len(form)]) != form:
        return None
    options = _options(words[1 + len(form) :], _LOGIN_VALUES)
    host = _host(options.rest[0].template) if options.rest else DOCKER_HUB
    passwords = [word for _, word in options.values("-p", "--password")]
    return LoginCommand(words, host, passwords, ran.standard_input)


def host_of(registry: str) -> str | None:
    """The host of a `registry` input as it is written; None where an expression decides."""
    return None if "${{" in registry else _host(Template.of(registry))


def _login_by_command(ran: Ran, run: StepRun) -> Login | None:
    login = login_command(ran)
    if login is None:
        return None
    password = login.passwords[-1].template if login.passwords else login.given
    scalar = run.step.run
    assert scalar is not None
    at = scalar.inner_span(login.words[0].start, login.words[-1].end)
    return Login(login.host, credential_of(password), at, run.is_certain and ran.is_certain)


def may_log_in(run: StepRun) -> str | None:
    """Could the step log in without our seeing it? The words that say why, or None."""
    action = run.step.action
    if action is not None:
        is_script = action == "actions/github-script"
        known = (
            (action.startswith(HARMLESS) and not is_script)
            or action in LOGINS
            or action in TOKEN_LOGINS
            or action in PUSHERS
        )
        return None if known or action.endswith("/build-push-action") else f"`{action}` logs in"
    if run.step.run is None:
        return None
    if run.effects is None or (not run.effects.commands and run.effects.unclear):
        return "a script logs in"
    for ran in run.effects.commands:
        program = _program(_unwrapped(ran.words))
        if program not in _KNOWN_PROGRAMS:
            return f"`{program or 'a script'}` logs in"
    return None


_KNOWN_PROGRAMS = frozenset(
    (
        *_LOGIN_PROGRAMS,
        *(
            "echo",
            "printf",
            "cd",
            "set",
            "export",
            "test",
            "[",
            "[[",
            "cat",
            "ls",
            "mkdir",
            "rm",
            "cp",
            "mv",
            "tr",
            "sed",
        ),
        *(
            "awk",
            "grep",
            "cut",
            "head",
            "tail",
            "sort",
            "git",
            "date",
            "basename",
            "dirname",
            "jq",
            "tee",
            "sleep",
        ),
        *("exit", "true", "false", ":", "read", "unset", "curl", "df", "pwd", "wc", "chmod", "tar", "xargs"),
    )
)


# --- pushes ---


def pushes_of(run: StepRun) -> Iterator[Push]:
    """What a step pushes."""
    action = run.step.action
    if action is not None:
        if action.endswith("/build-push-action"):
            yield from _build_push(run)
        elif action.endswith("/bake-action"):
            yield from _bake(run)
        elif action in PUSHERS:
            yield from _by_table(run, PUSHERS[action])
        elif action in TAGGERS:
            for reference, at in _lines(run, TAGGERS[action], "\n,"):
                yield Push(reference, at, action)
    script = run.step.run
    if script is not None and may_push(script.text) and run.effects is not None:
        for ran in run.effects.commands:
            yield from _by_command(ran, run)


def _truth(value: object) -> bool | None:
    """A boolean input; None where it is not known."""
    if isinstance(value, Unknown):
        return None
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def _build_push(run: StepRun) -> Iterator[Push]:
    push = _truth(run.value("push"))
    named: list[tuple[Template, Located]] = []
    for line, at in _lines(run, "outputs", "\n"):
        fields = _csv(line)
        asked = fields.get("push")
        if (fields.get("type") or Template(())).literal == "registry":
            push = True
        elif asked is not None and push is False:
            push = _truth(asked.literal) if asked.literal is not None else None
        named += [(name, at) for name in _names(fields.get("name"))]
    if push is False:
        return
    tags = list(_lines(run, "tags", "\n,")) + named
    tool = "docker/build-push-action"
    for reference, at in tags:
        yield Push(reference, at, tool, is_certain=push is True)
    if not tags and _is_empty(run, "tags"):
        place = run.step.inputs.get("push") or run.step.uses or run.step.entry
        yield Push(None, place, tool, is_certain=push is True)


def _is_empty(run: StepRun, name: str) -> bool:
    text = run.text(name)
    return name not in run.step.inputs or (text is not None and not text.strip().parts)


def _names(value: Template | None) -> tuple[Template, ...]:
    return () if value is None else tuple(piece for piece in value.split(",") if piece.parts)


def _csv(line: Template) -> dict[str, Template]:
    """The fields of one `outputs` line; `"name=a,b"` in quotes is one field."""
    fields: list[list[str | Hole]] = [[]]
    is_quoted = False
    for part in line.parts:
        if isinstance(part, Hole):
            fields[-1].append(part)
            continue
        for character in part:
            if character == '"':
                is_quoted = not is_quoted
            elif character == "," and not is_quoted:
                fields.append([])
            else:
                fields[-1].append(character)
    found: dict[str, Template] = {}
    for field in fields:
        template = Template(field, line.conditions).strip()
        key, equals, value = template.prefix.partition("=")
        if equals:
            found[key.strip()] = Template((value, *template.parts[1:]), line.conditions)
    return found


def _lines(run: StepRun, name: str, separators: str) -> Iterator[tuple[Template, Located]]:
    """The items of a list input, each with the place where it is written."""
    node = run.step.inputs.get(name)
    if not isinstance(node, Scalar):
        return
    whole = run.text(name)
    if whole is None:
        return
    written = _written_items(node, separators)
    items = [item for item in (piece.strip() for piece in whole.split(separators)) if item.parts]
    for number, item in enumerate(items):
        yield item, written[number] if len(written) == len(items) else node


def _written_items(node: Scalar, separators: str) -> list[Located]:
    """The places of the items of a list as they are written, expressions counting as one item."""
    found: list[Located] = []
    for match in re.finditer(rf"(?:\$\{{\{{.*?\}}\}}|[^{separators}])+", node.text, re.DOTALL):
        text = match[0]
        if text.strip():
            start = match.start() + len(text) - len(text.lstrip())
            found.append(node.inner_span(start, start + len(text.strip())))
    return found


def _bake(run: StepRun) -> Iterator[Push]:
    push = _truth(run.value("push"))
    named: list[tuple[Template, Located]] = []
    for line, at in _lines(run, "set", "\n"):
        key, equals, value = line.prefix.partition("=")
        field = key.strip().rpartition(".")[2].rstrip("+")
        rest = Template((value, *line.parts[1:]), line.conditions) if equals else line
        if field in ("tags", "tag"):
            named.append((rest, at))
        elif field == "output":
            fields = _csv(rest)
            if (fields.get("type") or Template(())).literal == "registry" or "push" in fields:
                push = True
            named += [(name, at) for name in _names(fields.get("name"))]
    if push is False:
        return
    place = run.step.uses or run.step.entry
    if not named:
        named = [(Template((Hole("*", "a bake file names it"),)), place)]
    for reference, at in named:
        yield Push(reference, at, "docker/bake-action", is_certain=push is True)


def _by_table(run: StepRun, row: Pusher) -> Iterator[Push]:
    name = run.text(row.image)
    if name is None or not name.parts:
        return
    node = run.step.inputs[row.image]
    registry = run.text(row.registry) if row.registry in run.step.inputs else Template.of(row.host)
    host = registry.strip() if registry is not None else Template(())
    if host.parts and not (host.literal or "").rstrip("/").endswith(name.prefix or "\0"):
        literal = host.literal
        host = Template.of(literal.rstrip("/")) if literal is not None else host
        name = join((host, Template.of("/"), name))
    if row.lowercases:
        name = name.map(str.lower)
    tags = run.text(row.tags) or Template.of(row.default_tag)
    credential = credential_of(run.text(row.password)) if row.password in run.step.inputs else None
    for tag in tags.split(row.separator):
        if tag.parts:
            reference = join((name, Template.of(":"), tag.strip()))
            yield Push(reference, node, str(run.step.action), credential=credential)


class _Options:
    """The options of a command with their values, and the other words."""

    def __init__(self, options: list[tuple[str, Word | None, Template | None]], rest: list[Word]) -> None:
        self.options = options
        self.rest = rest

    def has(self, *names: str) -> bool:
        return any(
            name in names and (value is None or value.literal != "false") for name, _, value in self.options
        )

    def values(self, *names: str) -> list[tuple[Template, Word]]:
        found = []
        for name, word, value in self.options:
            if name in names and value is not None and word is not None:
                found.append((value, word))
        return found

    def last(self, *names: str) -> Template | None:
        values = self.values(*names)
        return values[-1][0] if values else None


def _options(words: tuple[Word, ...], with_value: frozenset[str]) -> _Options:
    options: list[tuple[str, Word | None, Template | None]] = []
    rest: list[Word] = []
    waiting: str | None = None
    only_words = False
    for word in words:
        text = word.template.prefix
        if waiting is not None:
            options.append((waiting, word, word.template))
            waiting = None
        elif only_words or not text.startswith("-") or text == "-":
            rest.append(word)
        elif text == "--" and word.literal == "--":
            only_words = True
        else:
            waiting = _option(word, text, with_value, options)
    return _Options(options, rest)


def _option(
    word: Word, text: str, with_value: frozenset[str], options: list[tuple[str, Word | None, Template | None]]
) -> str | None:
    """Note an option; returns its name where the next word is its value."""
    name, equals, value = text.partition("=")
    if text.startswith("--") and equals:
        options.append((name, word, Template((value, *word.template.parts[1:]), word.template.conditions)))
    elif text in with_value and word.literal is not None:
        return text
    elif not text.startswith("--") and text[:2] in with_value and len(text) > 2:
        rest = Template((text[2:].removeprefix("="), *word.template.parts[1:]), word.template.conditions)
        options.append((text[:2], word, rest))
    else:
        options.append((text, word, None))
    return None


_WRAPPERS = frozenset(("sudo", "time", "exec", "command", "nohup", "builtin", "retry"))


def _unwrapped(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The command behind `sudo`, `env A=b`, `timeout 60` and the like."""
    while words:
        name = words[0].literal
        if name in _WRAPPERS:
            words = words[1:]
            while words and (words[0].literal or "").startswith("-"):
                words = words[1:]
        elif name == "env":
            words = words[1:]
            while words and ("=" in words[0].template.prefix or words[0].template.prefix.startswith("-")):
                words = words[1:]
        elif name == "timeout" and len(words) > 1:
            words = words[2:]
        else:
            break
    return words


def _program(words: tuple[Word, ...]) -> str:
    return (
        (words[0].literal or "").rpartition("/")[2] if words and "./" not in (words[0].literal or "") else ""
    )


_DOCKER_VALUES = frozenset(("--config", "-H", "--host", "-c", "--context", "-l", "--log-level"))
_BUILD_VALUES = frozenset(
    (
        *(
            "-t",
            "--tag",
            "-f",
            "--file",
            "-o",
            "--output",
            "--platform",
            "--build-arg",
            "--label",
            "--target",
        ),
        *("--cache-from", "--cache-to", "--secret", "--ssh", "--builder", "--progress", "--build-context"),
        *("--iidfile", "--metadata-file", "--network", "--add-host", "--annotation", "--attest", "--sbom"),
        *("--provenance", "--allow", "--shm-size", "--ulimit", "--no-cache-filter", "-m", "--memory"),
    )
)
_PUSH_VALUES = frozenset(
    (
        "--platform",
        "--creds",
        "--authfile",
        "--cert-dir",
        "--format",
        "--digestfile",
        "--compression-format",
        "-f",
    )
)
_COPY_VALUES = frozenset(
    (
        *(
            "--src-creds",
            "--dest-creds",
            "--authfile",
            "--format",
            "--multi-arch",
            "--platform",
            "--src-authfile",
        ),
        *("--dest-authfile", "--retry-times", "--digestfile", "--sign-by"),
    )
)
_TOOLS_VALUES = frozenset(
    ("-t", "--tag", "-f", "--file", "--annotation", "--builder", "--progress", "-p", "--platform")
)


def _by_command(ran: Ran, run: StepRun) -> Iterator[Push]:
    words = _unwrapped(ran.words)
    program = _program(words)
    read = _READERS.get(program)
    if read is None or run.step.run is None:
        return
    for reference, word, tool in read(words[1:], ran):
        at = run.step.run.inner_span(word.start, word.end)
        yield Push(reference, at, tool, is_certain=ran.is_certain)


_Found = tuple["Template | None", "Word", str]


def _docker(words: tuple[Word, ...], ran: Ran) -> Iterator[_Found]:
    words = _without_options(words, _DOCKER_VALUES)
    form = tuple(word.literal for word in words[:3])
    if form[:1] == ("push",):
        yield from _pushed(words[1:], "docker push")
    elif form[:2] in (("image", "push"), ("manifest", "push")):
        yield from _pushed(words[2:], f"docker {form[0]} push")
    elif form[:1] == ("build",):
        yield from _built(words, words[1:], "docker build --push")
    elif form[:2] in (("buildx", "build"), ("buildx", "b"), ("image", "build"), ("builder", "build")):
        yield from _built(words, words[2:], f"docker {form[0]} build --push")
    elif form == ("buildx", "imagetools", "create"):
        yield from _retagged(words[3:])
    elif form[:2] == ("buildx", "bake") and _options(words[2:], _BUILD_VALUES).has("--push"):
        yield Template((Hole("*", "a bake file names it"),)), words[1], "docker buildx bake --push"
    elif form[:1] == ("compose",):
        yield from _composed(words[1:])


def _without_options(words: tuple[Word, ...], with_value: frozenset[str]) -> tuple[Word, ...]:
    """Behind the options in front of a subcommand."""
    while words and (words[0].literal or "").startswith("-"):
        takes = words[0].literal in with_value
        words = words[2 if takes else 1 :]
    return words


def _pushed(words: tuple[Word, ...], tool: str) -> Iterator[_Found]:
    """The last word counts: `podman push image destination`."""
    rest = _options(words, _PUSH_VALUES).rest
    if rest:
        yield _without_transport(rest[-1].template), rest[-1], tool


def _without_transport(reference: Template) -> Template:
    prefix = reference.prefix
    for transport in ("docker://", "oci://"):
        if prefix.startswith(transport):
            return Template((prefix.removeprefix(transport), *reference.parts[1:]), reference.conditions)
    return reference


def _built(whole: tuple[Word, ...], words: tuple[Word, ...], tool: str) -> Iterator[_Found]:
    options = _options(words, _BUILD_VALUES)
    outputs = [(_csv(value), word) for value, word in options.values("-o", "--output")]
    pushes = options.has("--push") or any(
        (fields.get("type") or Template(())).literal == "registry"
        or (fields.get("push") or Template(())).literal == "true"
        for fields, _ in outputs
    )
    if not pushes:
        return
    found = list(options.values("-t", "--tag"))
    found += [(name, word) for fields, word in outputs for name in _names(fields.get("name"))]
    for reference, word in found:
        yield reference, word, tool
    if not found and not any(word.template.holes for word in words):
        yield None, whole[0], tool


def _retagged(words: tuple[Word, ...]) -> Iterator[_Found]:
    options = _options(words, _TOOLS_VALUES)
    if options.has("--dry-run"):
        return
    tags = options.values("-t", "--tag")
    tool = "docker buildx imagetools create"
    for reference, word in tags:
        yield reference, word, tool
    if not tags and words:
        yield Template((Hole(words[0].template.shown, "the tags are not known"),)), words[0], tool


def _composed(words: tuple[Word, ...]) -> Iterator[_Found]:
    options = _options(
        words, frozenset(("-f", "--file", "-p", "--project-name", "--profile", "--env-file", "--ansi"))
    )
    names = [word.literal for word in options.rest]
    if names[:1] == ["push"] or (names[:1] == ["build"] and options.has("--push")):
        yield Template((Hole("*", "the Compose project names it"),)), options.rest[0], "docker compose push"


def _copied(words: tuple[Word, ...], ran: Ran) -> Iterator[_Found]:
    """`skopeo copy docker://a docker://b`, `crane copy a b`, `crane push file name`, `crane tag name tag`."""
    words = _without_options(words, _COPY_VALUES)
    verb = words[0].literal if words else None
    if verb not in ("copy", "cp", "push", "tag", "sync", "append", "mutate", "index"):
        return
    options = _options(words[1:], _COPY_VALUES | {"-t", "--tag", "--new_tag"})
    tagged = options.values("-t", "--tag", "--new_tag")
    rest = options.rest
    if verb in ("append", "mutate", "index"):
        for reference, word in tagged:
            yield reference, word, str(verb)
    elif verb == "tag" and len(rest) == 2:
        name = _without_version(rest[0].template)
        yield join((name, Template.of(":"), rest[1].template)), rest[0], "crane tag"
    elif verb in ("copy", "cp", "push") and len(rest) >= 2:
        target = rest[-1].template
        is_image = not re.match(r"(?:dir|oci|oci-archive|docker-archive|docker-daemon):(?!//)", target.prefix)
        if is_image:
            yield _without_transport(target), rest[-1], f"{verb}"


def _without_version(reference: Template) -> Template:
    from lading.models.image import split_template

    return split_template(reference).name


def _podman(words: tuple[Word, ...], ran: Ran) -> Iterator[_Found]:
    words = _without_options(words, _DOCKER_VALUES)
    form = tuple(word.literal for word in words[:2])
    if form[:1] == ("push",):
        yield from _pushed(words[1:], "push")
    elif form in (("image", "push"), ("manifest", "push")):
        yield from _pushed(words[2:], "push")


def _helm(words: tuple[Word, ...], ran: Ran) -> Iterator[_Found]:
    if not words or words[0].literal != "push":
        return
    rest = _options(words[1:], frozenset(("--version", "--ca-file", "--username", "--password"))).rest
    if len(rest) == 2 and rest[1].template.prefix.startswith("oci://"):
        folder = _without_transport(rest[1].template)
        chart = Hole("*", "the chart names it")
        yield join((folder, Template.of("/"), Template((chart,)))), rest[1], "helm push"


def _oras(words: tuple[Word, ...], ran: Ran) -> Iterator[_Found]:
    if words and words[0].literal == "push":
        rest = _options(
            words[1:], frozenset(("--artifact-type", "--config", "--annotation", "-u", "-p"))
        ).rest
        if rest:
            yield rest[0].template, rest[0], "oras push"


def _ko(words: tuple[Word, ...], ran: Ran) -> Iterator[_Found]:
    verb = words[0].literal if words else None
    if verb not in ("build", "publish", "resolve", "apply", "create"):
        return
    options = _options(words[1:], frozenset(("--platform", "-t", "--tags", "--sbom", "-f", "--image-label")))
    repository = ran.variables.get("KO_DOCKER_REPO")
    if options.has("--local", "-L", "--push") and not options.has("--push"):
        return
    if repository is None or (repository.literal or "").startswith("ko.local"):
        return
    whole = repository
    if not options.has("--bare"):
        whole = join((repository, Template.of("/"), Template((Hole("*", "ko names it"),))))
    yield whole, words[0], f"ko {verb}"


_READERS = {
    "docker": _docker,
    "nerdctl": _docker,
    "podman": _podman,
    "buildah": _podman,
    "skopeo": _copied,
    "crane": _copied,
    "regctl": lambda words, ran: (
        _copied(words[1:], ran) if words and words[0].literal == "image" else iter(())
    ),
    "helm": _helm,
    "oras": _oras,
    "ko": _ko,
}
