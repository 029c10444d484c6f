"""Boundaries drawn anew: what happens to grids, and with what share each goes on."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.core.lineage import Change, alike, apportion, changes, overlaps, shares

SIDE = 4
LAND = st.lists(st.integers(0, 5), min_size=SIDE * SIDE, max_size=SIDE * SIDE)
"""A town of sixteen squares; each belongs to the grid with its number, or to none (0)."""

SWAPPED = {"added": "removed", "removed": "added", "split": "merged", "merged": "split"}


def drawn(land: list[int]) -> tuple[list[int], Any]:
    """Codes and outlines of the grids of a town."""
    codes = sorted(set(land) - {0})
    shapes = [
        shapely.union_all(
            [
                shapely.box(at % SIDE, at // SIDE, at % SIDE + 1, at // SIDE + 1)
                for at, one in enumerate(land)
                if one == code
            ]
        )
        for code in codes
    ]
    return codes, np.array(shapes, dtype=object)


def told(old: list[int], new: list[int], *, rename: bool = False) -> Any:
    """What becomes of one town as another; with other codes throughout where renamed."""
    codes, shapes = drawn(old)
    others, outlines = drawn(new)
    goes_on = {} if rename else {codes.index(c): others.index(c) for c in codes if c in others}
    of_old, of_new = overlaps(shapes, outlines)
    found = changes(len(codes), len(others), goes_on, of_old, of_new)
    return codes, others, found, of_old


@settings(max_examples=40)
@given(LAND)
def test_a_town_drawn_the_same_has_every_outline_alike(land: list[int]) -> None:
    _, shapes = drawn(land)

    turned = shapely.reverse(shapes)

    assert alike(shapes, turned).all()
    assert all(one.kind == "changed" for one in told(land, land)[2])
    assert all(one.kind == "recoded" for one in told(land, land, rename=True)[2])


def test_an_outline_that_went_through_a_file_is_the_same_and_a_metre_is_not() -> None:
    turns = np.linspace(0, 2 * np.pi, 60, endpoint=False) + 0.1
    ring = np.column_stack([120 + np.cos(turns) / 300, 30 + np.sin(turns) / 300])
    land = np.array([shapely.Polygon(ring)] * 3, dtype=object)
    wider = ring + np.where(np.arange(60)[:, None] == 7, 1e-5, 0)

    others = [np.round(ring, 7), np.round(np.roll(ring, 9, axis=0), 7)[::-1], wider]

    assert alike(land, np.array([shapely.Polygon(one) for one in others])).tolist() == [
        *(True, True, False)
    ]


@settings(max_examples=40)
@given(old=LAND, new=LAND, rename=st.booleans())
def test_every_grid_is_in_one_change_and_shares_of_one_add_up_to_one_at_most(
    old: list[int], new: list[int], *, rename: bool
) -> None:
    codes, others, found, of_old = told(old, new, rename=rename)

    assert sorted(at for one in found for at in one.old) == list(range(len(codes)))
    assert sorted(at for one in found for at in one.new) == list(range(len(others)))
    kept = shares(found, of_old)
    for at in range(len(codes)):
        assert sum(share for (one, _), share in kept.items() if one == at) <= 1 + 1e-9
    assert all(share > 0 for share in kept.values())


@settings(max_examples=40)
@given(old=LAND, new=LAND, rename=st.booleans())
def test_back_again_a_split_is_a_merger_and_what_came_goes(
    old: list[int], new: list[int], *, rename: bool
) -> None:
    there, back = told(old, new, rename=rename)[2], told(new, old, rename=rename)[2]

    turned = {(SWAPPED.get(one.kind, one.kind), one.new, one.old) for one in there}
    assert {(one.kind, one.old, one.new) for one in back} == turned


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([1, 1, 1, 1], [2, 2, 3, 3], Change("split", (0,), (0, 1))),
        ([1, 1, 1, 1], [1, 1, 1, 3], Change("split", (0,), (0, 1))),
        ([1, 1, 2, 2], [2, 2, 2, 2], Change("merged", (0, 1), (0,))),
        ([1, 1, 2, 2], [3, 3, 3, 3], Change("merged", (0, 1), (0,))),
        ([1, 1, 2, 2], [3, 4, 4, 3], Change("redrawn", (0, 1), (0, 1))),
        ([1, 1, 0, 0], [0, 5, 5, 0], Change("recoded", (0,), (0,))),
        ([1, 1, 1, 0], [0, 0, 0, 1], Change("changed", (0,), (0,))),
    ],
)
def test_the_kinds_are_as_people_call_them(
    old: list[int], new: list[int], expected: Change
) -> None:
    rest = [0] * (SIDE * SIDE - 4)

    assert told(old + rest, new + rest)[2] == [expected]


def test_a_border_that_moves_between_two_grids_that_stay_changes_both() -> None:
    rest = [0] * (SIDE * SIDE - 4)
    _, _, found, of_old = told([1, 1, 2, 2, *rest], [1, 2, 2, 2, *rest])

    assert [one.kind for one in found] == ["changed", "changed"]
    assert shares(found, of_old) == {}


def test_other_ground_under_another_code_is_another_grid() -> None:
    rest = [0] * (SIDE * SIDE - 4)

    found = told([1, 1, 1, 0, *rest], [0, 0, 2, 2, *rest])[2]

    assert [one.kind for one in found] == ["removed", "added"]


@given(st.integers(0, 1000), st.lists(st.floats(0.001, 1), min_size=1, max_size=6))
def test_nothing_is_lost_when_things_are_divided(number: int, parts: list[float]) -> None:
    numbers = apportion(number, parts)

    assert sum(numbers) == number
    for found, part in zip(numbers, parts, strict=True):
        assert abs(found - number * part / sum(parts)) < 1 + 1e-6
