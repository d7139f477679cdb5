"""What workflows push: with which permissions, after which login, under which name."""

from __future__ import annotations

from lading.checks.allowed import admits_publication
from lading.checks.names import moved, placeholder_words
from lading.config import GITHUB_REGISTRY
from lading.findings import Edit, Fix, Hit, assumed
from lading.models.image import placeholder_in_template
from lading.models.recognisers.push import DOCKER_HUB, GITHUB_TOKEN, NEEDS_LOGIN
from lading.source import Span
from lading.tree import Mapping as MappingNode
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.models.permissions import Effective
    from lading.models.publishing import Publication, Reference
    from lading.models.recognisers.push import Login
    from lading.models.workflow import Job
    from lading.source import Located

RETIRED = "docker.pkg.github.com"


def missing_packages_write(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The token lacks `packages: write`, by whichever chain of callers the job is reached."""
    if publication.registry != GITHUB_REGISTRY or publication.credential != GITHUB_TOKEN:
        return
    for token in publication.permissions:
        level = token.level("packages")
        if level != "write":
            yield _without_write(publication, token, level)


def _without_write(publication: Publication, token: Effective, level: str) -> Hit:
    job = publication.job
    granted, words = token.provenance[0]
    decides = _deciding_job(job, token)
    at: Located = decides.permissions.key if decides.permissions is not None else decides.key
    related: list[tuple[Located, str]] = [(publication.place, "pushed here")]
    if granted is not at:
        related.append((granted, f"`packages` is `{level}`: {words}"))
    related += [place for place in token.provenance[1:] if place[0] is not at]
    lack = f", whose `packages` is `{level}`"
    if token.basis.kind != "known":
        lack = " and without `packages: write`"
    return Hit(
        at,
        f"job `{job.id}` pushes to {GITHUB_REGISTRY} with GITHUB_TOKEN{lack}",
        related=related,
        help=_help(job, decides, token),
        basis=token.basis & publication.basis_along(token.chain),
        fix=_with_write(publication, token, decides),
    )


_STATED = (
    "; if the default token may write, state `default-token: permissive` in lading.yaml (or --default-token)"
)


def _help(job: Job, decides: Job, token: Effective) -> str | None:
    """What to write; where all hangs on the default token, how to say what that may do."""
    stated = _STATED if token.basis.kind == "assumed" else ""
    if decides is not job:
        return f"Give the calling job `{decides.id}` {_NEEDED}{stated}."
    return f"Give the job {_NEEDED}{stated}." if stated else None


def _with_write(publication: Publication, token: Effective, decides: Job) -> Fix | None:
    """The scope where the permissions are written that count."""
    if len(token.chain) > 1:
        return None
    from lading.checks.grants import grant

    is_of_caller = decides is not publication.job
    return grant(
        decides,
        {"packages": "write"},
        token.basis & publication.basis_along(token.chain),
        callers=() if is_of_caller else publication.callers,
        called=token.chain[-1].workflow if is_of_caller else None,
    )


_NEEDED = "`permissions: {contents: read, packages: write}`"


def _deciding_job(job: Job, token: Effective) -> Job:
    """The job whose block decides, or would: a called workflow without a block has what its caller has."""
    own = job.permissions is not None or job.workflow.permissions is not None
    return job if own or not token.chain else token.chain[-1].job


def login_to_other_registry(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Every login of the job goes elsewhere than the image."""
    registry = publication.registry
    if publication.credential != "none" or publication.login is not None:
        return
    if registry not in NEEDS_LOGIN or not publication.logins:
        return
    login = publication.logins[-1]
    name = publication.image.shown
    reference = publication.references[0].at if publication.references else publication.node
    is_hub = login.registry == DOCKER_HUB
    where = "Docker Hub, because no `registry` is given" if is_hub else f"`{login.registry}`"
    is_implied = registry == DOCKER_HUB and not name.startswith((DOCKER_HUB, "index." + DOCKER_HUB))
    target = "Docker Hub, because no registry is written in the name" if is_implied else f"`{registry}`"
    basis = publication.basis
    if publication.unseen is not None:
        basis &= assumed(f"unless {publication.unseen}")
    if login.credential == GITHUB_TOKEN and login.registry != GITHUB_REGISTRY:
        yield Hit(
            login.at,
            f"the login goes to {where}, and the push of `{name}` to {target}",
            related=[(reference, "pushed here")],
            basis=basis,
            fix=_with_registry(publication, login),
        )
        return
    yield Hit(
        reference,
        f"`{name}` is pushed to {target}, and the job logs in to {where}",
        related=[(login.at, "the login")],
        basis=basis,
    )


def _with_registry(publication: Publication, login: Login) -> Fix | None:
    """GITHUB_TOKEN opens no other registry than GitHub's; the login is that of a step of the job itself."""
    if publication.registry != GITHUB_REGISTRY:
        return None
    from lading.checks.mends import fix_of, reword
    from lading.edits import insert_entry

    for step in publication.job.steps:
        given = step.inputs.get("registry")
        inputs = step.node.entry("with")
        if given is login.at and isinstance(given, Scalar):
            return reword(given, GITHUB_REGISTRY, is_safe=True)
        if given is None and login.at is step.uses and inputs is not None:
            if isinstance(inputs.value, MappingNode) and inputs.value.entries:
                first = inputs.value.entries[0]
                edit = insert_entry(inputs.value, "registry", GITHUB_REGISTRY, before=first)
                return fix_of(f"add `registry: {GITHUB_REGISTRY}`", [edit], is_safe=True)
    return None


def push_without_login(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Nothing in the job logs in anywhere."""
    if publication.credential != "none" or publication.registry not in NEEDS_LOGIN or publication.logins:
        return
    neighbour = publication.login_of_a_neighbour if publication.unseen is not None else None
    if not publication.references or (publication.unseen is not None and neighbour is None):
        return
    doubt = (f"unless {publication.unseen}",) if publication.unseen is not None else ()
    named = publication.references[0].at
    related: list[tuple[Located, str]] = []
    if neighbour is not None:
        related.append((neighbour, "another job on such a runner logs in"))
    if named.source is not publication.node.source:
        related.append((named, "the name that is pushed"))
    yield Hit(
        named if named.source is publication.node.source else publication.node,
        f"job `{publication.job.id}` pushes to `{publication.registry}` and no step of it logs in there",
        related=related,
        basis=publication.basis & assumed(*doubt),
        fix=_with_login(publication),
    )


def _with_login(publication: Publication) -> Fix | None:
    """The token opens GitHub's registry, where it may write packages."""
    tokens = publication.permissions
    if publication.registry != GITHUB_REGISTRY or not all(t.level("packages") == "write" for t in tokens):
        return None
    from lading.checks.additions import login_before

    return login_before(publication.job, publication.step)


def foreign_namespace(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The name lies outside of where own images go."""
    if publication.is_own is not False or admits_publication(publication) is False:
        return
    own = publication.namespaces
    expected = " or ".join(f"`{space.name}/…`" for space in own)
    basis = publication.basis & assumed(*publication.image.conditions)
    if own[0].because.startswith("git remote"):
        # A clone keeps its remote when the repository moves to another account or is forked.
        basis &= assumed("unless the repository has moved to that account")
    for reference in _placed(publication):
        yield Hit(
            reference.at,
            f"`{publication.image.shown}` lies outside of {expected} (from {own[0].because})",
            basis=basis,
            fix=_in_own_namespace(publication, reference),
        )


def _in_own_namespace(publication: Publication, reference: Reference) -> Fix | None:
    """The same name under the one account of one's own, where it is written letter by letter."""
    name, own = publication.image.literal, publication.namespaces
    if name is None or len(own) != 1 or not _written(reference).startswith(name):
        return None
    new = moved(name, own[0])
    if new is None:
        return None
    edit = Edit(Span(reference.at.source, reference.at.start, reference.at.start + len(name)), new)
    return Fix(f"write `{new}`", [edit], is_safe=False)


def _placed(publication: Publication) -> Iterator[Reference]:
    """The first reference of each place: several tags of one expression are one place."""
    seen = set()
    for reference in publication.references:
        if reference.at.start not in seen:
            seen.add(reference.at.start)
            yield reference


def uppercase_name(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Capitals in a name that nothing turns into small letters."""
    for reference in _placed(publication):
        problem = reference.problem
        if problem is None or problem.kind != "uppercase":
            continue
        if placeholder_in_template(reference.template) is not None:
            continue
        help = (
            f"Write `{problem.suggestion}`." if problem.suggestion and not reference.template.holes else None
        )
        yield Hit(
            reference.at,
            f"`{reference.template.shown}` is pushed by {publication.tool}, which takes names in small letters "
            f"only: {problem.detail}",
            basis=publication.basis & assumed(*reference.template.conditions),
            help=help if "${{" not in _written(reference) else None,
            fix=_in_small_letters(reference, problem.suggestion),
        )


def _in_small_letters(reference: Reference, suggestion: str | None) -> Fix | None:
    at = reference.at
    if suggestion is None or _written(reference) != reference.template.literal:
        return None
    edit = Edit(Span(at.source, at.start, at.end), suggestion)
    return Fix(f"write `{suggestion}`", [edit], is_safe=True)


def _written(reference: Reference) -> str:
    return reference.at.source.text[reference.at.start : reference.at.end]


def invalid_image_name(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The name is no image reference whatever its unknown parts are."""
    for reference in _placed(publication):
        problem = reference.problem
        if problem is None or problem.kind == "uppercase":
            continue
        if placeholder_in_template(reference.template) is not None:
            continue
        yield Hit(
            reference.at,
            f"`{reference.template.shown}` is no image reference: {problem.detail}",
            basis=publication.basis & assumed(*reference.template.conditions),
        )


def left_over_placeholder(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A placeholder of an example or template was never filled in."""
    for reference in _placed(publication):
        found = placeholder_in_template(reference.template)
        if found is None:
            continue
        message, ground = placeholder_words(
            reference.template, found, reference.problem, publication.namespaces
        )
        basis = publication.basis & assumed(*reference.template.conditions) & ground
        yield Hit(reference.at, message, basis=basis)


def retired_registry(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """GitHub has closed its first Docker registry, but sends some names on."""
    if publication.registry != RETIRED:
        return
    for reference in _placed(publication):
        yield Hit(
            reference.at,
            f"`{publication.image.shown}` goes to `{RETIRED}`, which GitHub has closed for `{GITHUB_REGISTRY}`",
            basis=publication.basis & assumed(f"unless GitHub sends it on to `{GITHUB_REGISTRY}`"),
        )


def no_tags(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A push that names nothing to push."""
    if publication.lacks_tags:
        yield Hit(
            publication.place,
            f"{publication.tool} pushes, and no tag says what",
            basis=publication.basis,
        )


def empty_login_password(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A called workflow logs in with a secret that its caller does not pass."""
    if publication.job.environment is not None:
        return
    for login in publication.logins:
        if (
            login.empty is None
            or "secrets" not in login.empty.source.text[login.empty.start : login.empty.end]
        ):
            continue
        basis = publication.basis if login.is_certain else assumed("unless the login is skipped")
        for call in publication.callers:
            yield Hit(
                login.empty,
                f"the password is empty: job `{call.job.id}`, which calls this workflow, does not pass the secret",
                related=[(call.job.key, "the call, without this secret")],
                basis=basis,
                help="Pass it with `secrets:`, or all of them with `secrets: inherit`.",
            )
