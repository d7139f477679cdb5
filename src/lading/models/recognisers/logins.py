"""Logins: by an action that does nothing else, and `… login` of the tools that push.

Sources: the command line references of docker, podman, buildah, skopeo, oras, ko, cosign, helm, crane and regctl.
"""

from __future__ import annotations

from lading.models.recognisers.options import options_of, program_of, unwrapped
from lading.models.recognisers.push import DOCKER_HUB, GITHUB_TOKEN, UNKNOWN, Login, credential_of, host_of
from lading.tables.actions import HARMLESS, LOGINS, PUSHERS, TOKEN_LOGINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.recognisers.table import Command
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
    yield Login(host, credential_of(password), place, run.is_certain, empty)


def token_login(run: StepRun) -> Iterator[Login]:
    at = run.step.uses or run.step.entry
    yield Login(TOKEN_LOGINS[run.step.action or ""], GITHUB_TOKEN, at, run.is_certain)


_FORMS = {"helm": ("registry", "login"), "crane": ("auth", "login"), "regctl": ("registry", "login")}
PROGRAMS = ("docker", "podman", "buildah", "nerdctl", "skopeo", "oras", "ko", "cosign", *_FORMS)
"""The programs that log in."""
_WITH_VALUE = frozenset(
    ("-u", "--username", "-p", "--password", "--ca-file", "--config", "--authfile", "--cert-dir")
)


def login_by(command: Command) -> Iterator[Login]:
    """The login that a command is, if it is one."""
    form = _FORMS.get(command.program, ("login",))
    words = command.words
    if tuple(word.literal for word in words[: len(form)]) != form:
        return
    options = options_of(words[len(form) :], _WITH_VALUE)
    password = options.last("-p", "--password") or command.ran.standard_input
    host = host_of(options.rest[0].template) if options.rest else DOCKER_HUB
    yield Login(host, credential_of(password), command.place, command.run.is_certain and command.is_certain)


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
        program = program_of(unwrapped(ran.words))
        if program not in _HARMLESS:
            return f"`{program or 'a script'}` logs in"
    return None


_HARMLESS = frozenset(
    (
        *PROGRAMS,
        *("echo", "printf", "cd", "set", "export", "test", "[", "[[", "cat", "ls", "mkdir", "rm", "cp", "mv"),
        *("tr", "sed", "awk", "grep", "cut", "head", "tail", "sort", "git", "date", "basename", "dirname"),
        *("jq", "tee", "sleep", "exit", "true", "false", ":", "read", "unset", "curl", "df", "pwd", "wc"),
        *("chmod", "tar", "xargs"),
    )
)
