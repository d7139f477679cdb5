"""How workflows log in: passwords that others can read, and secrets where the job's own token does."""

from __future__ import annotations

from lading import regex as re
from lading.config import GITHUB_REGISTRY
from lading.findings import Edit, Fix, Hit, assumed, once
from lading.models.commands import steps_that_say
from lading.models.namespaces import is_nearby
from lading.models.recognisers.logins import login_command, written_host
from lading.source import Span
from lading.tables.actions import LOGINS
from lading.tree import Mapping as MappingNode
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.models.publishing import Publication
    from lading.models.recognisers.logins import LoginCommand
    from lading.models.repository import Repository
    from lading.models.workflow import Step
    from lading.tree import Node


def password_on_command_line(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A login whose password is a word of the command."""
    for step, login in _logins(repository, "login", "-p"):
        for word in login.passwords:
            if step.run is not None and word.literal is None and not is_nearby(login.host):
                yield Hit(
                    step.run.inner_span(word.start, word.end),
                    f"`{login.words[0].literal} login` gets the password as a word of the command, which every "
                    "process of the machine can read",
                )


def _logins(repository: Repository, *words: str) -> Iterator[tuple[Step, LoginCommand]]:
    for step in steps_that_say(repository, *words):
        for ran in repository.commands.of(step):
            login = login_command(ran)
            if login is not None:
                yield step, login


def literal_password(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A password that is written in the file."""
    yield from once(
        (*_of_actions(repository), *_of_containers(repository), *_of_scripts(repository)),
    )


def _of_actions(repository: Repository) -> Iterator[Hit]:
    for step in steps_that_say(repository, "password"):
        known = LOGINS.get(step.action or "")
        if known is not None:
            registry = step.inputs.get(known[0])
            if not isinstance(registry, Scalar) or not is_nearby(written_host(registry.text)):
                yield from _written(step.inputs.get(known[2]), "the login")


def _of_containers(repository: Repository) -> Iterator[Hit]:
    for workflow in repository.workflows.values():
        for job in workflow.jobs.values() if "credentials" in workflow.tree.keys else ():
            for container in (job.container, *job.services.values()):
                credentials = container.get("credentials") if isinstance(container, MappingNode) else None
                if isinstance(credentials, MappingNode):
                    yield from _written(credentials.get("password"), f"a container of job `{job.id}`")


def _of_scripts(repository: Repository) -> Iterator[Hit]:
    for step, login in _logins(repository, "login"):
        given = login.given.literal if login.given is not None else None
        written = next((word for word in login.passwords if word.literal), None)
        if step.run is None or is_nearby(login.host):
            continue
        if written is not None:
            yield Hit(
                step.run.inner_span(written.start, written.end), f"the password of the login {_IN_CLEAR}"
            )
        elif given and given.strip():
            at = step.run.inner_span(login.words[0].start, login.words[-1].end)
            yield Hit(at, f"the password of the login {_IN_CLEAR}")


_IN_CLEAR = "stands in the file, for everybody who can read the repository and its history"
_FORGOTTEN = r"(?:secrets|github|env|vars|inputs|steps)\.[\w.-]+"


def _written(node: Node | None, whose: str) -> Iterator[Hit]:
    """A password without an expression in it; the value is never shown."""
    if not isinstance(node, Scalar) or not node.text.strip() or "${{" in node.text:
        return
    text = node.text.strip()
    if re.fullmatch(_FORGOTTEN, text):
        yield Hit(
            node,
            f"the password of {whose} is the text `{text}` itself, because `${{{{ }}}}` is missing around it",
            help=f"Write `${{{{ {text} }}}}`.",
            fix=_as_expression(node, text),
        )
    else:
        yield Hit(node, f"the password of {whose} {_IN_CLEAR}")


def _as_expression(node: Scalar, text: str) -> Fix | None:
    if node.span.text.strip("'\"") != text:
        return None
    start = node.start + node.span.text.index(text)
    edit = Edit(Span(node.source, start, start + len(text)), f"${{{{ {text} }}}}")
    return Fix(f"write `${{{{ {text} }}}}`", [edit], is_safe=True)


def secret_for_own_package(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A secret pushes to the repository's own package."""
    login, identity = publication.login, publication.identity
    if login is None or not publication.credential.startswith("secret:") or identity is None:
        return
    if publication.registry != GITHUB_REGISTRY or identity.owner is None or identity.name is None:
        return
    name = publication.image.literal
    own = f"{GITHUB_REGISTRY}/{identity.owner}/{identity.name}".lower()
    if name is None or publication.image.conditions or not re.match(re.escape(own) + r"(?![^/-])", name):
        return
    secret = publication.credential.removeprefix("secret:")
    yield Hit(
        login.at,
        f"the secret `{secret}` pushes packages of this repository, which the token of job `{publication.job.id}` can "
        "push with `packages: write`",
        related=[(publication.place, "pushed here")],
        basis=publication.basis & assumed("unless another repository has made the package"),
    )
