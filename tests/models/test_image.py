"""The grammar of image references, and what can be said of partly known ones."""

from __future__ import annotations

import pytest

from lading.models.image import (
    InvalidReference,
    check_template,
    is_rendered_elsewhere,
    parse_reference,
    placeholder_in,
    split_template,
)
from lading.models.template import Hole, Template

HEX = "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
X = Hole("${X}", "it is not set")


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("postgres", "docker.io/library/postgres"),
        ("acme/app:1", "docker.io/acme/app:1"),
        ("index.docker.io/app", "docker.io/library/app"),
        ("ghcr.io/acme/shop/api:1.4", "ghcr.io/acme/shop/api:1.4"),
        ("localhost/app", "localhost/app"),
        ("localhost:5000/app:RC1", "localhost:5000/app:RC1"),
        ("[::1]:5000/app", "[::1]:5000/app"),
        ("AcmeOrg/app", "AcmeOrg/app"),
        ("a/my__app--x.y", "docker.io/a/my__app--x.y"),
        (f"a/b:1@sha256:{HEX}", f"docker.io/a/b:1@sha256:{HEX}"),
        ("a:" + "x" * 128, "docker.io/library/a:" + "x" * 128),
        ("host:5000", "docker.io/library/host:5000"),
        ("ghcr.io", "docker.io/library/ghcr.io"),
        ("docker.io/app", "docker.io/library/app"),
        ("Registry:5000/app", "Registry:5000/app"),
        ("a---b/c:_x", "docker.io/a---b/c:_x"),
        ("a/" + "x" * 253, "docker.io/a/" + "x" * 253),
        (f"a@sha512:{HEX}{HEX}", f"docker.io/library/a@sha512:{HEX}{HEX}"),
        (HEX[:63], f"docker.io/library/{HEX[:63]}"),
        ("a_b.c/d", "a_b.c/d"),
    ],
)
def test_a_reference_is_read_as_go_clients_do(text: str, normal: str) -> None:
    assert parse_reference(text).text == normal


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("", "empty", ""),
        ("https://ghcr.io/a/b", "scheme", "https://"),
        ("ghcr.io/AcmeOrg/app", "uppercase", "AcmeOrg"),
        ("ghcr.io/acme/App:1", "uppercase", "App"),
        ("ghcr.io/acme/app:", "empty-tag", ":"),
        ("ghcr.io/acme/app:a/b", "tag", "a/b"),
        ("ghcr.io/acme/app:-x", "tag", "-x"),
        ("ghcr.io/acme/app:1+b", "tag", "1+b"),
        ("a:" + "x" * 129, "tag", "x" * 129),
        ("ghcr.io/acme/my___app", "separator", "my___app"),
        ("ghcr.io/acme/-b", "separator", "-b"),
        ("ghcr.io/acme/a.-b", "separator", "a.-b"),
        ("ghcr.io//b", "separator", "//"),
        ("a/b@sha256:" + HEX[:32], "digest", HEX[:32]),
        ("a/b@md5:" + HEX[:32], "digest", "md5"),
        (HEX, "identifier", HEX),
        ("a b", "characters", " "),
        ("<org>/x", "characters", "<"),
        ("a/" + "x" * 256, "length", "a/" + "x" * 256),
        ("App", "uppercase", "App"),
        ("ghcr.io/Acme/App:feature/X", "uppercase", "Acme/App"),
        ("docker://acme/app", "scheme", "docker://"),
        ("ghcr.io/acme/app:1:2", "tag", "1:2"),
        ("ghcr.io/acme/app:.x", "tag", ".x"),
        (":5000/app", "registry", ":5000"),
        ("ghcr.io:/app", "registry", "ghcr.io:"),
        ("-host.io/app", "registry", "-host.io"),
        ("[::1/app", "registry", "[::1"),
        ("/app", "separator", "/"),
        ("ghcr.io/", "separator", "/"),
        ("acme/a..b", "separator", "a..b"),
        ("acme/_app", "separator", "_app"),
        ("a/b@", "digest", "@"),
        ("a/b@sha256", "digest", "sha256"),
        ("a/b@sha256:" + HEX.upper(), "digest", HEX.upper()),
        (f"a/b@sha256:{HEX}:1", "digest", f"{HEX}:1"),
        ("ghcr.io/acme/größe", "characters", "öß"),
        ("ghcr.io/acme/app:1 ", "characters", " "),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, kind: str, part: str) -> None:
    with pytest.raises(InvalidReference) as caught:
        parse_reference(text)
    assert (caught.value.kind, text[caught.value.start : caught.value.end]) == (kind, part)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "ghcr.io/AcmeOrg/app",
            "invalid reference format: repository name (AcmeOrg/app) must be lowercase",
        ),
        ("App:1", "invalid reference format: repository name (library/App) must be lowercase"),
        ("https://ghcr.io/a", "invalid reference format"),
        ("a/" + "x" * 254, "repository name must not be more than 255 characters"),
        (HEX, f"invalid repository name ({HEX}), cannot specify 64-byte hexadecimal strings"),
        ("a/b@sha256:" + HEX[:32], "invalid checksum digest length"),
        ("a/b@md5:" + HEX[:32], "unsupported digest algorithm"),
        ("a/b@sha256:" + HEX.upper(), "invalid checksum digest format"),
    ],
)
def test_the_complaint_is_that_of_the_go_client(text: str, message: str) -> None:
    with pytest.raises(InvalidReference) as caught:
        parse_reference(text)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("https://ghcr.io/acme/app:1", "ghcr.io/acme/app:1"),
        ("ghcr.io/AcmeOrg/App:RC1", "ghcr.io/acmeorg/app:RC1"),
        ("ghcr.io/acme/app ", "ghcr.io/acme/app"),
        ("ghcr.io/Acme/app:feature/x", None),
        ("ghcr.io/acme/app:", None),
    ],
)
def test_a_suggestion_is_a_reference_itself_or_none(text: str, suggestion: str | None) -> None:
    with pytest.raises(InvalidReference) as caught:
        parse_reference(text)
    assert caught.value.suggestion == suggestion


@pytest.mark.parametrize(
    ("template", "kind"),
    [
        (Template(("ghcr.io/acme/app:", X)), None),
        (Template((X, "/App:1")), "uppercase"),
        (Template(("ghcr.io/", X, "/app")), None),
        (Template((X,)), None),
        (Template(("ghcr.io/Acme/", X)), "uppercase"),
        (Template((X, "Org/app")), None),
        (Template(("ghcr.io//", X)), "format"),
        (Template(("ghcr.io/a b/", X)), "characters"),
        (Template(("a/b:1/", X)), "format"),
        (Template((X, ":")), "empty-tag"),
        (Template(("https://", X)), "scheme"),
        (Template((X, "ghcr.io/acme/app:1")), None),
        (Template(("acme/app", X, "1")), None),
        (Template(("acme/app@", X)), None),
        (Template(("acme/app@sha256:xyz", X)), "format"),
        (Template((X, "/a", X, "/B")), "uppercase"),
        (Template((X, ":a b")), "characters"),
    ],
)
def test_a_partly_known_reference_is_wrong_only_where_no_value_helps(
    template: Template, kind: str | None
) -> None:
    found = check_template(template)
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize(
    ("template", "parts"),
    [
        (Template.of("ghcr.io/acme/shop:1"), ("ghcr.io", "acme", "ghcr.io/acme/shop", "1", True)),
        (Template.of("postgres"), ("docker.io", None, "postgres", None, False)),
        (Template.of("localhost:5000/x"), ("localhost:5000", None, "localhost:5000/x", None, False)),
        (Template(("ghcr.io/", X, "/shop:1")), ("ghcr.io", "${X}", "ghcr.io/${X}/shop", "1", True)),
        (Template((X, "/shop")), (None, None, "${X}/shop", None, False)),
        (Template(("a/b", X)), ("docker.io", "a", "a/b${X}", None, None)),
    ],
)
def test_a_reference_is_taken_apart_as_far_as_it_is_known(
    template: Template, parts: tuple[object, ...]
) -> None:
    found = split_template(template)
    owner = found.owner.shown if found.owner is not None else None
    tag = found.tag.shown if found.tag is not None else None
    assert (found.registry, owner, found.name.shown, tag, found.has_version) == parts


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("ghcr.io/<org-name>/<repo>:latest", "<org-name>"),
        ("ghcr.io/YOUR_USERNAME/app", "YOUR_USERNAME"),
        ("ghcr.io/your-org/app", "your-org"),
        ("ghcr.io/OWNER/app:1", "OWNER"),
        ("ghcr.io/acme/changeme", "changeme"),
        ("ghcr.io/acme/app:OWNER", None),
        ("ghcr.io/acme/your-organizer", None),
        ("ghcr.io/example/app", None),
        ("ghcr.io/acme/owner", None),
        ("<registry>/app", "<registry>"),
        ("[your-registry]/app", "[your-registry]"),
        ("[::1]:5000/app", None),
        ("YOUR-GITHUB-USERNAME/app", "YOUR-GITHUB-USERNAME"),
        ("your_dockerhub_username/app", "your_dockerhub_username"),
        ("my-org/app", "my-org"),
        ("my-organics/app", None),
        ("ghcr.io/org-name/repo-name", "org-name"),
        ("ghcr.io/acme/NAMESPACE", "NAMESPACE"),
        ("acme/change-me:1", "change-me"),
    ],
)
def test_placeholders_are_whole_words_of_a_name(text: str, word: str | None) -> None:
    found = placeholder_in(text)
    assert (text[found[0] : found[1]] if found else None) == word


@pytest.mark.parametrize(
    ("text", "is_rendered"),
    [
        ("{{ image }}", True),
        ("%IMAGE%", True),
        ("@IMAGE@", True),
        ("a/b:${TAG}", False),
        ("a/b@sha256:0", False),
    ],
)
def test_marks_of_other_tools_are_known(text: str, is_rendered: bool) -> None:
    assert is_rendered_elsewhere(text) is is_rendered
