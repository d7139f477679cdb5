"""Logins: by an action that does nothing else, and `… login` of the tools that push.

Sources: the command line references of docker, podman, buildah, skopeo, oras, ko, cosign, helm, crane and regctl.
"""

from __future__ import annotations

from lading.models.recognisers.options import options_of
from lading.models.recognisers.push import (
    CONTAINERS,
    DOCKER,
    DOCKER_HUB,
    GITHUB_TOKEN,
    HELM,
    REGCTL,
    UNKNOWN,
    Login,
    credential_of,
    files_of,
    host_of,
)
from lading.models.template import Template
from lading.tables.actions import (
    ECR_LOGIN,
    ECR_PUBLIC,
    HARMLESS,
    LOGINS,
    LOGINS_OF_PODMAN,
    PUSHERS,
    TAGGERS,
    TOKEN_LOGINS,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.recognisers.table import Command
    from lading.models.shell import Ran, Word
    from lading.models.steps import StepRun
    from lading.source import Located


def login_action(run: StepRun) -> Iterator[Login]:
    registry_input, default, password_input = LOGINS[run.step.action or ""]
    at = run.step.uses or run.step.entry
    registry = run.text(registry_input)
    if "registry-auth" in run.step.inputs:
        yield Login(None, UNKNOWN, at, run.is_certain)
        return
    place: Located = run.step.inputs.get(registry_input) or at
    host = default if registry is None or not registry.parts else host_of(registry)
    password = run.text(password_input)
    is_empty = password is not None and not password.strip().parts
    empty = run.step.inputs.get(password_input) if is_empty else None
    files = (CONTAINERS, DOCKER) if run.step.action in LOGINS_OF_PODMAN else (DOCKER,)
    yield Login(host, credential_of(password), place, run.is_certain, empty, files, run.text("username"))


def token_login(run: StepRun) -> Iterator[Login]:
    at = run.step.uses or run.step.entry
    yield Login(TOKEN_LOGINS[run.step.action or ""], GITHUB_TOKEN, at, run.is_certain)


def ecr_login(run: StepRun) -> Iterator[Login]:
    """AWS gives the password; a private registry is one of many, none of which takes a name that is written here."""
    kind = run.text("registry-type")
    literal = kind.strip().literal if kind is not None and not kind.conditions else ""
    if kind is None or literal in ("", "private"):
        return
    at = run.step.inputs["registry-type"]
    yield Login(ECR_PUBLIC if literal == "public" else None, UNKNOWN, at, run.is_certain)


_FORMS = {"helm": ("registry", "login"), "crane": ("auth", "login"), "regctl": ("registry", "login")}
_LOGIN = ("login",)
PROGRAMS = ("docker", "podman", "buildah", "nerdctl", "skopeo", "oras", "ko", "cosign", *_FORMS)
"""The programs that log in."""
_WITH_VALUE = frozenset(
    (
        *("-u", "--username", "-p", "--password", "--ca-file", "--config", "--authfile", "--cert-dir"),
        *("--compat-auth-file", "--registry-config", "--secret"),
    )
)
_NAMES_FILE = ("--authfile", "--compat-auth-file", "--registry-config", "--config")
_ANY = (CONTAINERS, DOCKER, HELM, REGCTL)


class LoginCommand:
    """A command that logs in: its words, the host (None: not known), the passwords among its words, and what it reads.

    `user` is the name that it logs in with, None where none is written. `given` is what it gets on standard input where
    it asks for the password there. `names_file`: does it name the file that keeps the login?
    """

    __slots__ = ("given", "host", "names_file", "passwords", "user", "words")

    def __init__(
        self,
        words: tuple[Word, ...],
        host: str | None,
        passwords: list[Word],
        given: Template | None,
        names_file: bool,
        user: Template | None,
    ) -> None:
        self.names_file = names_file
        self.user = user
        self.words = words
        self.host = host
        self.passwords = passwords
        self.given = given

    @property
    def credential(self) -> str:
        return credential_of(self.passwords[-1].template if self.passwords else self.given)


def login_command(ran: Ran) -> LoginCommand | None:
    """The login that a command is; None for any other command."""
    words, program = ran.command, ran.program
    if program not in PROGRAMS or len(words) < 2:
        return None
    form = _FORMS.get(program, _LOGIN)
    if words[1].literal != form[0] or tuple([word.literal for word in words[1 : 1 + len(form)]]) != form:
        return None
    options = options_of(words[1 + len(form) :], _WITH_VALUE)
    host = host_of(options.rest[0].template) if options.rest else DOCKER_HUB
    passwords = [word for _, word in options.values("-p", "--password")]
    users = [word.template for _, word in options.values("-u", "--username")]
    user = users[-1] if users else None
    return LoginCommand(words, host, passwords, ran.standard_input, options.has(*_NAMES_FILE), user)


def login_by(command: Command) -> Iterator[Login]:
    """The login that a command is, if it is one."""
    for word in command.words[:2]:  # where every form of it says so
        if word.literal == "login":
            break
    else:
        return
    login = login_command(command.ran)
    if login is not None:
        is_certain = command.run.is_certain and command.is_certain and not login.names_file
        files = _ANY if login.names_file else files_of(command.program)[:1]
        yield Login(login.host, login.credential, command.place, is_certain, files=files, user=login.user)


def written_host(registry: str) -> str | None:
    """The host of a `registry` input as it is written; None where an expression decides."""
    return None if "${{" in registry else host_of(Template.of(registry))


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
            or action in TAGGERS
            or action == ECR_LOGIN
        )
        return None if known or action.endswith("/build-push-action") else f"`{action}` logs in"
    if run.step.run is None:
        return None
    if run.effects is None or (not run.effects.commands and run.effects.unclear):
        return "a script logs in"
    for ran in run.effects.commands:
        program = ran.program
        if program not in _HARMLESS:
            return f"`{program or 'a script'}` logs in"
    return None


_HARMLESS = frozenset(
    (
        *PROGRAMS,
        *("echo", "printf", "cd", "set", "export", "test", "[", "[[", "cat", "ls", "mkdir", "rm", "cp", "mv"),
        *("tr", "sed", "awk", "grep", "cut", "head", "tail", "sort", "git", "date", "basename", "dirname"),
        *("jq", "tee", "sleep", "exit", "true", "false", ":", "read", "unset", "curl", "df", "pwd", "wc"),
        *(
            "chmod",
            "tar",
            "xargs",
            "sha256sum",
            "sha1sum",
            "md5sum",
            "uniq",
            "seq",
            "touch",
            "mktemp",
            "uname",
        ),
    )
)
