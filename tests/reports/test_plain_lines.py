"""Lines of plain letters are laid out without looking at each of them: as every letter taken for itself would be."""

import pytest

from lading.reports import excerpt
from lading.reports.display import _plain_cells, cells, is_plain, on_one_line

LINES = (
    "",
    "image: ghcr.io/acme/shop:latest",
    "      - run: docker push ghcr.io/acme/shop:1.4 && docker push ghcr.io/acme/shop:latest  # both of them "
    * 3,
    "name: größe",
    "run: echo '##[error]'",
    "\tkey: \x1b[31mred",
    "name: \u65e5\u672c\u8a9e",
    "name: a\u0301b\u200bc\u2028d",
)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize(("start", "end"), [(0, 1), (7, 20), (60, 90), (150, 400)])
@pytest.mark.parametrize("room", [-3, 0, 20, 77])
def test_a_plain_line_is_cut_and_measured_as_its_letters_are(
    line: str, start: int, end: int, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def laid_out() -> tuple[object, ...]:
        window = excerpt._Window(line, start, end, max(room, 20))
        return window.text, window.columns(start, end), excerpt._fitting(line, room)

    quick = laid_out()
    monkeypatch.setattr(excerpt, "is_plain", lambda text: False)
    assert laid_out() == quick


@pytest.mark.parametrize("line", LINES)
def test_what_is_plain_takes_a_column_for_each_letter(line: str) -> None:
    assert not is_plain(line) or cells(line) == [(letter, 1) for letter in line]


@pytest.mark.parametrize("line", LINES)
def test_what_is_printable_is_shown_as_it_is(line: str) -> None:
    flat = line.replace("\t", " ")
    assert on_one_line(line) == "".join(shown for shown, _ in _plain_cells(flat))
