"""What is told of a year's disputes is made of published figures, and says how many at least."""

import numpy as np

from gisapp.core.publication import FEW
from gisapp.query import HotspotQuery
from gisapp.runtime import Runtime
from gisapp.store import disputes, hotspots, told
from tests import hot_town

LABOUR = ["labour"]


def test_nothing_is_told_of_a_year_before_somebody_looked(runtime: Runtime) -> None:
    hot_town.build(runtime, hot_town.usual())

    with runtime.sessions.read(hot_town.LEADER, hot_town.NOW) as session:
        assert not told.year(session, hot_town.CODES, LABOUR).any


def test_a_year_is_what_was_published_of_it_or_of_the_last_four_quarters(runtime: Runtime) -> None:
    counts = hot_town.usual(mean=0.25)
    hot_town.build(runtime, counts)

    with runtime.sessions.read(hot_town.LEADER, hot_town.NOW) as session:
        query = HotspotQuery.model_validate({"category": "labour"})
        seen = hotspots.picture(session, query)
        found = told.year(session, hot_town.CODES, LABOUR)
    first, end = 12 * 2025, hot_town.LAST // 3 * 3
    year = seen.told(range(first, first + 12), "labour").counts
    quarters = [
        seen.told(range(start, start + 3), "labour").counts for start in range(end - 12, end, 3)
    ]

    def number(figure: int | str) -> int:
        return figure if isinstance(figure, int) else 0

    of_quarters = [sum(map(number, figures)) for figures in zip(*quarters, strict=True)]
    least = [max(number(one), other) for one, other in zip(year, of_quarters, strict=True)]
    assert found.least[:, 0].tolist() == least
    assert found.few[:, 0].tolist() == [one == "<5" for one in year]
    assert any(found.least)
    assert any(found.few)
    true = counts[-22:-10].sum(axis=0), counts[-13:-1].sum(axis=0)
    assert (found.least[:, 0] <= np.maximum(*true) + 4 * (FEW // 2)).all()


def test_grids_that_are_counted_together_have_no_figures_of_their_own(runtime: Runtime) -> None:
    people = [300] * len(hot_town.CODES)
    people[10] = 3
    hot_town.build(runtime, hot_town.usual(), households=people)

    with runtime.sessions.read(hot_town.LEADER, hot_town.NOW) as session:
        runtime.layers["hotspots"].read(session, session.actor, {})
        found = told.year(session, hot_town.CODES, LABOUR)

    silent = np.flatnonzero((found.least == 0) & ~found.few)
    assert 10 in silent
    assert len(silent) == 2


def test_what_nobody_knows_is_not_told(runtime: Runtime) -> None:
    hot_town.seen(runtime)
    unknown = [*hot_town.CODES[:2], "990101001001999"], ["labour", "rent"]

    with runtime.sessions.read(hot_town.LEADER, hot_town.NOW) as session:
        found = told.year(session, *unknown)

    assert found.least[:, 0].astype(bool).tolist() == [True, True, False]
    assert not found.least[:, 1].any()
    assert not found.few[:, 1].any()
    assert found.size > 0


def test_large_counts_are_the_same_whether_all_grids_go_on_or_not(runtime: Runtime) -> None:
    hot_town.seen(runtime)
    months = range(12 * 2025, 12 * 2026)

    def many(codes: list[str]) -> set[tuple[str, str, int, int]]:
        with runtime.sessions.read(hot_town.LEADER, hot_town.NOW) as session:
            rows = disputes.many(session, codes, ["990101"], months, 3)
        return {(codes[grid], *rest) for grid, *rest in rows}

    whole = many(hot_town.CODES)

    assert many(hot_town.CODES[1:]) == {row for row in whole if row[0] != hot_town.CODES[0]}
    assert {window for _, _, window, _ in whole} == {0, 1, 2, 3}


def test_grids_that_only_have_another_code_keep_what_was_published_of_them(
    runtime: Runtime,
) -> None:
    hot_town.seen(runtime)
    quarter = range(hot_town.LAST - 3, hot_town.LAST)

    def look(codes: list[str]) -> list[object]:
        with runtime.sessions.read(hot_town.LEADER, hot_town.NOW) as session:
            cases = told.year(session, codes, LABOUR)
            own = told.quarter(session, codes[:2], quarter)
            seen = hotspots.picture(session, HotspotQuery.model_validate({})).published()
        totals = {code: total for code, total in seen.totals.items() if len(code) < 15}
        return [cases.least.tolist(), cases.few.tolist(), own, seen.counts, seen.bins, totals]

    before = look(hot_town.CODES)
    names = hot_town.recode(runtime)

    assert look([names[code] for code in hot_town.CODES]) == before
    assert any(isinstance(one, int) for one in before[3])
    with runtime.sessions.read(hot_town.LEADER, hot_town.NOW) as session:
        assert not told.year(session, hot_town.CODES, LABOUR).any
