"""Files that were built to break the reader find every door shut."""

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from gisapp.intake.cells import Wrong, value
from gisapp.intake.faults import FileFault
from gisapp.intake.flow import harmless
from gisapp.intake.kinds import Field
from tests.intake.built import Read, read, read_here, xlsx
from tests.intake.hostile_files import MARKER, Hostile, cheap

EVERY = 14
"""`make fuzz` brings all of them, the suite a sample."""
SAMPLE = [each for n, each in enumerate(cheap(Path("/canary.csv"), 9, 9)) if n % EVERY == 0]


def outcome(reader: Callable[[Path], Read], path: Path) -> tuple[str, str]:
    """The code of the fault, or none; and all that was said or read."""
    try:
        return "", repr(reader(path))
    except FileFault as wrong:
        return wrong.code, repr(wrong.fields)


@pytest.mark.parametrize("file", SAMPLE, ids=lambda file: f"{file.case}-{file.name}")
def test_a_file_built_to_break_the_reader_is_refused_by_a_fault_of_its_own(
    tmp_path: Path, file: Hostile
) -> None:
    path = tmp_path / file.name
    path.write_bytes(file.data)

    code, said = outcome(read, path)

    assert code != "reader_failed"
    assert code or file.enters
    assert MARKER not in said


def test_t13_to_t15_what_a_file_names_is_neither_read_nor_called(tmp_path: Path) -> None:
    canary = tmp_path / "canary.csv"
    canary.write_text(f"a\n{MARKER}\n")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        for file in cheap(canary, port, port):
            if file.case in {"T13", "T14", "T15"} and file.name.endswith((".csv", ".kml")):
                path = tmp_path / file.name
                path.write_bytes(file.data)
                assert MARKER not in outcome(read_here, path)[1]

        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("sign", ["\x1b", "\0", "\u202e", "\ud800", "\x85", "\x7f"])
def test_t27_t28_a_sign_that_harms_a_terminal_or_a_database_is_never_shown(sign: str) -> None:
    assert harmless(f"a{sign}b") == "a\N{REPLACEMENT CHARACTER}b"

    for kind in ("date", "yes", "whole", "number", "text", "code"):
        with pytest.raises(Wrong) as wrong:
            value(Field("x", "x", kind), f"1{sign}2")

        assert wrong.value.code == "bad_text"


def test_t28_names_keep_their_line_breaks_and_wide_spaces() -> None:
    assert harmless("网格\n编码\u3000甲 𠮷") == "网格\n编码\u3000甲 𠮷"


def test_t28_columns_with_harmful_signs_come_in_by_harmless_names(tmp_path: Path) -> None:
    found = read(xlsx(tmp_path / "a.xlsx", {"s": [["_x001B_[2J", "_xD800_b"], ["1", "2"]]}))

    assert found.columns == ["\N{REPLACEMENT CHARACTER}[2J", "\N{REPLACEMENT CHARACTER}b"]
    assert json.dumps(found.columns).isascii()
