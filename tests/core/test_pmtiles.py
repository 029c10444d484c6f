"""The layout of files of tiles."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core import pmtiles
from gisapp.core.pmtiles import Directory, Header, NoTileFile, ids


def number(z: int, x: int, y: int) -> int:
    return int(ids(z, np.array([x]), np.array([y]))[0])


def test_tiles_are_numbered_as_the_format_says() -> None:
    known = {(0, 0, 0): 0, (1, 0, 0): 1, (1, 0, 1): 2, (1, 1, 1): 3, (1, 1, 0): 4, (2, 0, 0): 5}
    known[12, 3423, 1763] = 19_078_479

    assert {place: number(*place) for place in known} == known


@pytest.mark.parametrize("z", [3, 5])
def test_a_zoom_has_each_number_once_and_neighbours_follow_one_another(z: int) -> None:
    side = 1 << z
    x, y = (each.ravel() for each in np.meshgrid(np.arange(side), np.arange(side)))

    found = ids(z, x, y)

    order = np.argsort(found)
    assert np.diff(found[order]).tolist() == [1] * (side * side - 1)
    assert (np.abs(np.diff(x[order])) + np.abs(np.diff(y[order])) == 1).all()


STEPS = st.lists(st.tuples(st.integers(1, 10**7), st.integers(0, 300), st.integers(0, 10**6)))


@given(STEPS.filter(len))
def test_a_directory_comes_back(steps: list[Any]) -> None:
    step, gap, length = np.array(steps, np.int64).T
    ends = np.cumsum(length + gap)
    one = Directory(np.cumsum(step), ends - length, length)

    again, run = Directory.unpacked(one.packed())

    assert (again.id == one.id).all()
    assert (again.offset == one.offset).all()
    assert (again.length == one.length).all()
    assert set(run.tolist()) == {1}


def test_a_large_directory_has_leaves_and_a_small_root() -> None:
    many = 100_000
    one = Directory(np.arange(many) * 3, np.arange(many) * 900, np.full(many, 900))

    root, leaves = pmtiles.directories(one)

    found, run = Directory.unpacked(root)
    last = int(found.offset[-1]), int(found.offset[-1] + found.length[-1])
    assert set(run.tolist()) == {0}
    assert len(root) < pmtiles.ROOM - 127
    assert last[1] == len(leaves)
    assert Directory.unpacked(leaves[last[0] :])[0].id[-1] == 3 * (many - 1)


def test_a_header_comes_back_and_nothing_else_is_one() -> None:
    head = Header((127, 9), (500, 4), (0, 0), (16_384, 70), 3, (4, 16), (117.0, 30.5, 117.5, 31.0))

    assert len(head.packed()) == 127
    assert Header.unpacked(head.packed()) == head
    for body in (b"", b"PMTiles", head.packed().replace(b"PMTiles\x03", b"PMTiles\x02")):
        with pytest.raises(NoTileFile):
            Header.unpacked(body)
