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
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, kind: str, part: str) -> None:
    with pytest.raises(InvalidReference) as caught:
        parse_reference(text)
    assert (caught.value.kind, text[caught.value.start : caught.value.end]) == (kind, part)


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
