"""What is known of a Compose file by its text alone is what its tree says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lading.files import Files
from lading.models.compose.glance import begins_with_services, may_draw
from lading.parse import Reader
from lading.source import Source
from lading.texts import Texts
from lading.tree import Mapping

PIECES = (
    "services:", "services: {}", "services", "'services':", " services:", "version: '3'", "version: 3.8", 'name: "x',
    "name: |", "name: >-", "---", "# services:", "", " ", "x: 1", "- services:", "{", "\t", 'name: "x"', "name:", "..."
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=6), st.sampled_from(("\n", "\r\n")))
def test_a_file_that_begins_with_its_services_is_known_without_its_tree(lines: list[str], end: str) -> None:
    text = end.join(lines)
    if begins_with_services(text):
        tree = Reader().read(Source("web.yml", text))
        found = [each for each in tree.documents if isinstance(each, Mapping) and each.entry("services")]
        assert bool(found) or not tree.documents


@given(
    st.sampled_from(
        ("include", "extends", '"incl\\x75de"', '? "ext\\\n  ends"\n', "&a include", "'include'")
    ),
    st.sampled_from((": [x.yaml]", ": {file: x.yaml}", ":\n  file: x.yaml", " : x")),
)
def test_a_file_that_may_draw_others_in_is_known_by_its_text(key: str, value: str) -> None:
    texts = Texts(Files("/nowhere", {"web.yml": f"services: {{}}\n{key}{value}\n".encode()}), Reader())
    roots = [root for root in texts.tree("web.yml").documents if isinstance(root, Mapping)]
    names = {entry.name for root in roots for entry in root}
    if "include" in names or ("extends" in names and "file" in value):
        assert may_draw(texts.tree("web.yml").source.text)
