"""Files that wait: taken in whole or not at all, under names of ours, for a day."""

import errno
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gisapp.actions import spool
from gisapp.actions.once import IdUsed
from gisapp.intake.faults import FileEmpty, FileTooLarge, FileType, TypeMismatch
from gisapp.intake.limits import KEPT_FILES, LIMITS
from tests.factories import NOW

SMALL = replace(LIMITS, upload_bytes=10)


def take(
    folder: Path, pieces: Any = (b"a,b\n",), name: str = "a.csv", id_: UUID | None = None
) -> spool.Brought:
    return spool.receive(folder, id_ or uuid4(), name, pieces, SMALL, NOW, "planner")


def left(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []


@pytest.mark.parametrize(("size", "fits"), [(9, True), (10, True), (11, False)])
def test_t30_a_file_has_so_many_bytes_and_no_more(tmp_path: Path, size: int, *, fits: bool) -> None:
    pieces = [b"a"] * size

    if fits:
        assert take(tmp_path, pieces).size == size
        return
    with pytest.raises(FileTooLarge):
        take(tmp_path, pieces)
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "pieces", "wrong"),
    [
        ("a.exe", [b"MZ"], FileType),
        ("a.csv", [], FileEmpty),
        ("a.csv", [b"PK\3\4"], TypeMismatch),
        ("a.gpkg", [b"<OGRVRT>"], TypeMismatch),
    ],
)
def test_t30_what_cannot_be_of_ours_leaves_nothing(
    tmp_path: Path, name: str, pieces: list[bytes], wrong: type[Exception]
) -> None:
    with pytest.raises(wrong):
        take(tmp_path, pieces, name)

    assert left(tmp_path) == []


@pytest.mark.parametrize("wrong", [ConnectionError("cut"), OSError(errno.ENOSPC, "full")])
def test_t29_a_file_that_breaks_off_leaves_nothing(tmp_path: Path, wrong: Exception) -> None:
    def broken() -> Iterator[bytes]:
        yield b"a,b"
        raise wrong

    with pytest.raises((ConnectionError, spool.NoRoom)):
        take(tmp_path, broken())

    assert left(tmp_path) == []


def test_the_same_file_twice_under_one_id_is_one_and_another_is_refused(tmp_path: Path) -> None:
    first = take(tmp_path)

    assert take(tmp_path, id_=first.id) == first
    with pytest.raises(IdUsed):
        take(tmp_path, [b"c,d\n"], id_=first.id)
    assert left(tmp_path) == [str(first.id)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.text(max_size=300))
def test_t27_a_name_is_never_part_of_a_path(tmp_path: Path, name: str) -> None:
    folder = tmp_path / uuid4().hex

    found = take(folder, name=f"{name}a.csv")

    assert left(folder) == [str(found.id)]
    assert found.name.endswith(".csv")
    assert len(found.name) <= 120
    assert found.name.isprintable()


def test_t29_so_many_wait_and_after_a_day_none_does(tmp_path: Path) -> None:
    ids = [take(tmp_path).id for _ in range(KEPT_FILES)]
    with pytest.raises(spool.TooManyFiles):
        take(tmp_path)
    spool.drop(tmp_path, ids[0])
    take(tmp_path)

    spool.clear(tmp_path, NOW + timedelta(hours=25))

    assert spool.waiting(tmp_path) == []
    with pytest.raises(spool.NoSuchFile):
        spool.find(tmp_path, ids[1])


def test_what_somebody_else_put_into_the_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "about.json").write_text("x")

    take(tmp_path)
    spool.clear(tmp_path, NOW + timedelta(hours=25))

    assert left(tmp_path) == ["notes"]
