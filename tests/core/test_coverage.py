"""One grid of each state by hand, and what must hold for every town."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core import coverage
from gisapp.core.coverage import NONE, STATES, Limits, Serving
from gisapp.core.publication import rounded

LIMITS = Limits(need=1.0, far_min=30.0, stretch=1.5, cases=12.0)
LAW, LAND = 0, 1


def states(need: list[list[float]], serving: Serving, knows: list[list[bool]]) -> list[str]:
    found = coverage.cover(np.array(need, float), serving, np.array(knows, bool), LIMITS)
    return [STATES[state] for state in found.state]


def serving(*rows: tuple[int, int, float]) -> Serving:
    grid, cadre, minutes = (
        np.array([row[i] for row in rows], float if i == 2 else np.int64) for i in range(3)
    )
    return Serving(grid, cadre, minutes)


def test_one_grid_of_each_state() -> None:
    need = [[4, 0], [1.0, 0.4], [4, 0], [10, 0], [9, 0.9]]
    who = serving((1, 0, 5), (2, 1, 30.5), (3, 2, 5), (3, 3, 5), (4, 4, 30))
    knows = [[False, True], [True, False], [True, False], [False, False], [True, False]]
    half_of_another = serving((5, 2, 5))
    need.append([0, 0])
    who = Serving(
        np.append(who.grid, half_of_another.grid),
        np.append(who.cadre, half_of_another.cadre),
        np.append(who.minutes, half_of_another.minutes),
    )

    found = states(need, who, knows)

    assert found == ["unserved", "specialty_missing", "far", "stretched", "served", "served"]


def test_a_limit_itself_is_far_and_stretched_nowhere_but_missing_already() -> None:
    on_it = states([[18, 0]], serving((0, 0, 30.0)), [[True, False]])
    missing = states([[0, 1.0]], serving((0, 0, 30.0)), [[True, False]])
    below = states([[0, 0.999]], serving((0, 0, 30.0)), [[True, False]])

    assert (on_it, missing, below) == (["served"], ["specialty_missing"], ["served"])


def test_the_nearest_of_them_counts_not_the_first() -> None:
    found = states([[0, 0]], serving((0, 0, 90.0), (0, 1, 29.0)), [[True, True], [False, False]])

    assert found == ["served"]


def test_the_reason_names_the_specialty_of_greatest_need() -> None:
    need = np.array([[2.0, 3.0], [2.0, 3.0], [40.0, 90.0]])
    who = serving((1, 0, 5), (2, 1, 5))
    knows = np.array([[False, False], [True, True]])

    found = coverage.cover(need, who, knows, LIMITS)

    assert found.lacking.tolist() == [LAND, LAND, NONE]
    assert found.strained.tolist() == [NONE, NONE, LAND]
    assert coverage.wanted(found).tolist() == [LAND, LAND, LAND]


def test_a_post_of_a_community_serves_all_its_grids_once() -> None:
    community_of = np.array([1, 0, 1, NONE])
    cadre = np.array([7, 7, 8])
    grid = np.array([NONE, 2, 3])
    community = np.array([1, NONE, NONE])

    found = coverage.pairs(cadre, grid, community, community_of)

    assert list(zip(*found, strict=True)) == [(0, 7), (2, 7), (3, 8)]


def test_ten_kilometres_take_their_detour() -> None:
    minutes = coverage.travel_min(
        np.array([0.0, 0.0]), np.array([[6000.0, 8000.0]]), detour=1.2, speed_kmh=20
    )

    assert minutes == pytest.approx([36])


def test_the_nearest_free_cadre_knows_what_is_wanted_and_is_not_barred() -> None:
    places = np.zeros((4, 2))
    offices = np.array([[1.0, 0], [2.0, 0], [3.0, 0], [3.0, 0]])
    knows = np.array([[False, False], [True, False], [True, False], [True, False]])
    barred = (np.array([2, 2]), np.array([1, 2]))

    who, metres = coverage.nearest_free(
        places, np.array([NONE, LAW, LAW, LAND]), offices, knows, barred
    )

    assert who.tolist() == [0, 1, 3, NONE]
    assert metres.tolist() == [1, 2, 3, np.inf]


def test_everybody_may_be_barred() -> None:
    who, _ = coverage.nearest_free(
        np.zeros((1, 2)),
        np.array([NONE]),
        np.zeros((2, 2)),
        np.ones((2, 1), bool),
        (np.array([0, 0]), np.array([0, 1])),
    )

    assert who.tolist() == [NONE]


@given(seed=st.integers(0, 2**32 - 1))
def test_nobody_who_may_serve_is_nearer_than_the_nearest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m, f = rng.integers(1, 9, 2)
    places = rng.integers(0, 4, (m, 2)).astype(float)
    offices = rng.integers(0, 4, (f, 2)).astype(float)
    knows, wanted = rng.random((f, 2)) < 0.6, rng.integers(NONE, 2, m)
    barred = np.nonzero(rng.random((m, f)) < 0.4)

    who, metres = coverage.nearest_free(places, wanted, offices, knows, barred)

    may = np.where(wanted[:, np.newaxis] == NONE, True, knows.T[wanted])
    may[barred] = False
    away = np.where(may, np.hypot(*np.moveaxis(places[:, np.newaxis] - offices, -1, 0)), np.inf)
    assert metres == pytest.approx(away.min(axis=1))
    for grid, cadre in enumerate(who.tolist()):
        assert metres[grid] == (np.inf if cadre == NONE else pytest.approx(away[grid, cadre]))
        alike = away[grid] == away[grid, cadre]
        together = alike & (offices == offices[cadre]).all(axis=1)
        assert cadre == NONE or cadre == np.flatnonzero(together)[0]


@st.composite
def towns(draw: st.DrawFn) -> tuple[np.ndarray, Serving, np.ndarray]:
    m, c, s = draw(st.integers(1, 5)), draw(st.integers(1, 5)), draw(st.integers(1, 3))
    # A need below the limit is left out where nobody holds it and counts where somebody does.
    cases = st.sampled_from([0.0, 1.0, 2.0, 5.0, 9.0, 20.0, 50.0])
    need = np.array(draw(st.lists(cases, min_size=m * s, max_size=m * s))).reshape(m, s)
    both = draw(st.sets(st.tuples(st.integers(0, m - 1), st.integers(0, c - 1))))
    pairs = np.array(sorted(both), np.int64).reshape(-1, 2)
    minutes = np.array([draw(st.integers(0, 60)) for _ in both], float)
    knows = draw(st.lists(st.booleans(), min_size=c * s, max_size=c * s))
    return need, Serving(pairs[:, 0], pairs[:, 1], minutes), np.array(knows).reshape(c, s)


@given(towns(), st.data())
def test_a_further_member_worsens_no_grid(
    town: tuple[np.ndarray, Serving, np.ndarray], data: st.DataObject
) -> None:
    need, who, knows = town
    grids = sorted(data.draw(st.sets(st.integers(0, len(need) - 1), min_size=1)))
    minutes = [float(data.draw(st.integers(0, 60))) for _ in grids]
    new = np.array(
        [data.draw(st.lists(st.booleans(), min_size=need.shape[1], max_size=need.shape[1]))]
    )

    before = coverage.cover(need, who, knows, LIMITS)
    more = Serving(
        np.append(who.grid, grids),
        np.append(who.cadre, np.full(len(grids), len(knows))),
        np.append(who.minutes, minutes),
    )
    after = coverage.cover(need, more, np.vstack([knows, new]), LIMITS)

    assert (after.state >= before.state).all()


@given(towns(), st.data())
def test_who_serves_other_grids_changes_what_is_found_anew_and_nothing_else(
    town: tuple[np.ndarray, Serving, np.ndarray], data: st.DataObject
) -> None:
    need, who, knows = town
    cadres = sorted(data.draw(st.sets(st.integers(0, len(knows) - 1))))
    each = st.tuples(st.integers(0, len(need) - 1), st.sampled_from(cadres or [0]))
    new = sorted(data.draw(st.sets(each))) if cadres else []
    pairs = np.array(new, np.int64).reshape(-1, 2)
    other = Serving(pairs[:, 0], pairs[:, 1], np.array([float(g + c) for g, c in new]))

    before = coverage.cover(need, who, knows, LIMITS)
    served, touched = coverage.exchanged(who, other, np.array(cadres, np.int64))
    found = coverage.cover_anew(before, touched, need, served, knows, LIMITS)

    stay = ~np.isin(who.cadre, cadres)
    rows = [*zip(who.grid[stay], who.cadre[stay], who.minutes[stay], strict=True)]
    rows += [*zip(other.grid, other.cadre, other.minutes, strict=True)]
    assert [*zip(served.grid, served.cadre, served.minutes, strict=True)] == sorted(rows)
    whole = coverage.cover(need, served, knows, LIMITS)
    for name in ("state", "members", "minutes", "lacking", "strained", "supply"):
        assert getattr(found, name).tolist() == getattr(whole, name).tolist(), name


@given(towns(), st.randoms(use_true_random=False))
def test_the_order_of_people_and_pairs_does_not_matter(
    town: tuple[np.ndarray, Serving, np.ndarray], dice: object
) -> None:
    need, who, knows = town
    cadres, rows = np.arange(len(knows)), np.arange(len(who.grid))
    dice.shuffle(cadres)  # type: ignore[attr-defined]
    dice.shuffle(rows)  # type: ignore[attr-defined]
    place = np.argsort(cadres)

    before = coverage.cover(need, who, knows, LIMITS)
    after = coverage.cover(
        need,
        Serving(who.grid[rows], place[who.cadre[rows]], who.minutes[rows]),
        knows[cadres],
        LIMITS,
    )

    assert after.state.tolist() == before.state.tolist()
    assert after.supply == pytest.approx(before.supply)


@given(there=st.integers(0, 40), many=st.integers(0, 40), few=st.sampled_from([1, 2]))
def test_cases_say_exactly_whether_there_are_any_and_no_more_than_figures_say(
    there: int, many: int, few: int
) -> None:
    said = float(coverage.cases(np.array([there]), np.array([many]), few)[0])

    figure = rounded(many)
    assert said == ((few if figure == "<5" else figure) if there else 0)
