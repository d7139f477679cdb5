"""ko: images of Go programs, named after KO_DOCKER_REPO.

Source: ko's command line reference.
"""

from __future__ import annotations

from lading.models.recognisers.logins import login_by
from lading.models.recognisers.options import options_of
from lading.models.recognisers.push import Push
from lading.models.recognisers.table import Recogniser
from lading.models.template import Hole, Template, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.recognisers.push import Login
    from lading.models.recognisers.table import Command


def _ko(command: Command) -> Iterator[Push | Login]:
    yield from login_by(command)
    words = command.words
    verb = words[0].literal if words else None
    if verb not in ("build", "publish", "resolve", "apply", "create"):
        return
    options = options_of(
        words[1:], frozenset(("--platform", "-t", "--tags", "--sbom", "-f", "--image-label"))
    )
    repository = command.variables.get("KO_DOCKER_REPO")
    if options.has("--local", "-L", "--push") and not options.has("--push"):
        return
    if repository is None or (repository.literal or "").startswith("ko.local"):
        return
    whole = repository
    if not options.has("--bare"):
        whole = join((repository, Template.of("/"), Template((Hole("*", "ko names it"),))))
    yield Push(whole, command.at(words[0]), f"ko {verb}", is_certain=command.is_certain)


RECOGNISERS = (
    Recogniser(
        programs=("ko",),
        of_command=_ko,
        hint=r"\bko\b.*\b(?:build|publish|resolve|apply|create)\b",
        marks=("ko build", "ko publish", "ko resolve", "ko apply", "ko create"),
    ),
)
