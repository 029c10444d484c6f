"""No character is lost or changed, and nobody has to name an encoding."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.intake import encodings, table
from gisapp.intake.limits import LIMITS

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
EXTENSION = st.characters(min_codepoint=0x20000, max_codepoint=0x2A6DF)
PRINTED = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
WORDS = st.text(st.one_of(HAN, HAN, EXTENSION, PRINTED), min_size=1, max_size=12)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "gb18030"]


def written(rows: list[list[str]], encoding: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def read(path: Path) -> tuple[list[str], list[list[str | None]]]:
    names, rows = table.read(path, table.encoding_of(path, None), LIMITS)
    return names, [list(row.cells) for row in rows]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("encodings") / "a.csv"


@pytest.mark.parametrize("encoding", [*ENCODINGS, "gbk"])
def test_all_20902_characters_come_back_as_they_were(path: Path, encoding: str) -> None:
    every = [chr(code) for code in range(0x4E00, 0x9FA6)]
    rows = [["代码", *every[at : at + 50]] for at in range(0, len(every), 50)]
    rows[-1] += [""] * (51 - len(rows[-1]))
    path.write_bytes(written([[f"列{n}" for n in range(51)], *rows], encoding))

    assert len(every) == 20_902
    assert read(path)[1] == rows


@given(words=st.lists(WORDS, min_size=1, max_size=8), encoding=st.sampled_from(ENCODINGS))
def test_text_of_any_plane_comes_back_as_it_was(
    path: Path, words: list[str], encoding: str
) -> None:
    path.write_bytes(written([["名称", "x"], *([word, "1"] for word in words)], encoding))

    assert read(path) == (["名称", "x"], [[word, "1"] for word in words])


@given(words=st.lists(st.text(HAN, min_size=1, max_size=6), min_size=1, max_size=4))
def test_utf_16_without_its_mark_is_known_by_its_zeros(path: Path, words: list[str]) -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        path.write_bytes(written([["code", "name"], *(["0012", word] for word in words)], encoding))

        assert read(path)[1] == [["0012", word] for word in words]


@pytest.mark.parametrize("word", ["模", "联通", "拿模"])
def test_gbk_that_could_be_utf_8_is_read_as_chinese(path: Path, word: str) -> None:
    path.write_bytes(f"code,name\n1,{word}\n".encode("gbk"))

    assert read(path)[1] == [["1", word]]


@pytest.mark.parametrize("word", ["José", "Ångström", "Müller", "Улица"])
def test_utf_8_that_could_be_gbk_is_read_as_it_is(path: Path, word: str) -> None:
    path.write_bytes(f"code,name\n1,{word}\n".encode())

    assert read(path)[1] == [["1", word]]


def test_half_a_character_spoils_the_file_and_not_a_cell() -> None:
    cut = encodings.Text(lambda: ["名称".encode()[:-1]])

    assert encodings.found(cut) is None
    assert encodings.found(encodings.Text(cut.pieces, apart=True)) == "utf-8"


@pytest.mark.parametrize("name", ["base64", "rot13", "no-such"])
def test_what_is_no_encoding_of_text_is_refused(name: str) -> None:
    with pytest.raises(LookupError):
        encodings.strict(name)
