"""What is written beside an image that is published elsewhere: signatures and attestations.

Sources: `cosign sign --help` and its kin; action.yml of actions/attest at 1e69f48 (src/subject.ts:85: with
`push-to-registry` the name is turned into small letters).
"""

from __future__ import annotations

from lading.models.recognisers.inputs import truth
from lading.models.recognisers.logins import login_by
from lading.models.recognisers.options import options_of
from lading.models.recognisers.push import ARTIFACT, ATTESTATION, IMAGE, SIGNATURE, Push
from lading.models.template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.recognisers.push import Login
    from lading.models.recognisers.table import Command
    from lading.models.steps import StepRun

_VALUES = frozenset(
    (
        *(
            "-a",
            "--annotations",
            "--key",
            "--predicate",
            "--type",
            "--certificate",
            "--certificate-chain",
            "--cert",
        ),
        *("--cert-chain", "--attachment", "--fulcio-url", "--rekor-url", "--identity-token", "--oidc-issuer"),
        *("--oidc-client-id", "--oidc-provider", "--output-signature", "--output-certificate", "--payload"),
        *("--platform", "--sbom", "--slot", "--timeout", "--registry-username", "--registry-password"),
        *("--registry-token", "--signature", "--input-format", "-f", "--files", "--only", "--attestation"),
        *("--bundle", "--predicate-type", "--signing-config", "--registry-referrers-mode"),
    )
)
_KINDS = {"sign": SIGNATURE, "attest": ATTESTATION}


def cosign(command: Command) -> Iterator[Push | Login]:
    yield from login_by(command)
    words = command.words
    form = tuple(word.literal for word in words[:2])
    is_attach = form[:1] in (("attach",), ("upload",))
    options = options_of(words[2 if is_attach else 1 :], _VALUES)
    told = [value.literal for name, _, value in options.options if name == "--upload" and value is not None]
    if not options.rest or told == ["false"] or options.has("--no-upload"):
        return
    tool = f"cosign {form[0]}"
    elsewhere = command.variables.get("COSIGN_REPOSITORY")
    if form[:1] == ("copy",) and len(options.rest) == 2:
        yield _push(command, options.rest[1].template, tool, IMAGE)
    elif form[:1] in (("sign",), ("attest",)):
        for word in options.rest:
            yield _push(command, elsewhere or word.template, tool, _KINDS[form[0] or ""])
    elif is_attach:
        kind = {"signature": SIGNATURE, "attestation": ATTESTATION}.get(form[1] or "", ARTIFACT)
        yield _push(command, options.rest[-1].template, tool, kind)


def _push(command: Command, reference: Template, tool: str, kind: str) -> Push:
    return Push(reference, command.place, tool, is_certain=command.is_certain, kind=kind)


def attest(run: StepRun) -> Iterator[Push]:
    push = truth(run.value("push-to-registry"))
    name = run.text("subject-name")
    if push is False or name is None or not name.parts:
        return
    at = run.step.inputs["subject-name"]
    yield Push(name.map(str.lower), at, str(run.step.action), is_certain=push is True, kind=ATTESTATION)
