"""The hotspot map: what is published of a known town, and nothing more."""

import io
from contextlib import suppress
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from sqlalchemy import delete, insert, select, update

from gisapp.actions.releases import ReleasedAlready, release
from gisapp.actions.visits import VisitsQuery, suggest
from gisapp.auth import OPERATOR, Actor, Role, ScopeMissing
from gisapp.core.publication import rounded
from gisapp.core.sayings_method import OUTLIERS
from gisapp.core.windows import WindowNotOver
from gisapp.i18n import Sentence, say
from gisapp.layer import Values
from gisapp.query import HotspotQuery, InvalidParameter, SeveralWindows, UnknownParameter
from gisapp.runtime import Runtime
from gisapp.store import audit, hot_ground, hotspots
from gisapp.store.disputes import UnknownCategory
from gisapp.store.models import Dispute, Grid, ReleasedYear
from gisapp.store.releases import NotReleased
from tests import hot_town as town

MIDDLE = town.CODES[3 * town.SIDE + 3]


def english(sentence: Sentence) -> str:
    return say(sentence, lambda message: message, "en")


def read(runtime: Runtime, actor: Actor = town.LEADER, **args: str) -> Values:
    with runtime.sessions.read(actor, town.NOW) as session:
        found = runtime.layers["hotspots"].read(session, session.actor, args)
    assert isinstance(found, Values)
    return found


def tell(runtime: Runtime, code: str, **args: str) -> dict[str, Any]:
    with runtime.sessions.read(town.LEADER, town.NOW) as session:
        return dict(runtime.layers["hotspots"].tell(session, session.actor, args, code))


def said(found: Values, position: int) -> str:
    assert found.sentence is not None
    return english(found.sentence(position))


def test_a_lasting_gathering_is_hot_and_persistent_and_comes_first(runtime: Runtime) -> None:
    town.seen(runtime)

    found = read(runtime)

    hot = [grid for grid, level in enumerate(found.columns["bin"]) if level in {2, 3}]
    assert found.order is not None
    assert set(town.PLANT) & set(hot) >= set(town.PLANT) - {2 * 8 + 2, 2 * 8 + 4, 34, 36}
    assert set(found.order[: len(hot)].tolist()) == set(hot)
    assert found.columns["trend"][3 * 8 + 3] == "persistent_hot"
    assert said(found, 3 * 8 + 3) == "High in 12 of 12 months, neither rising nor easing."


def test_the_last_whole_quarter_is_shown_unless_another_window_is_asked_for(
    runtime: Runtime,
) -> None:
    town.seen(runtime)

    windows = [
        read(runtime, **args).about["window"]
        for args in ({}, {"month": "2026-10"}, {"quarter": "2026-Q1"}, {"year": "2025"})
    ]

    assert windows == ["2026-Q3", "2026-10", "2026-Q1", "2025"]


@pytest.mark.parametrize("args", [{"year": "0001"}, {"month": "0000-01"}, {"quarter": "0002-Q1"}])
def test_a_year_that_no_record_can_have_is_refused(runtime: Runtime, args: dict[str, str]) -> None:
    town.seen(runtime)

    with pytest.raises(InvalidParameter):
        read(runtime, **args)


def test_a_window_of_long_ago_reads_no_more_months_than_any_other(runtime: Runtime) -> None:
    town.seen(runtime)

    with runtime.sessions.read(town.LEADER, town.NOW) as session:
        picture = hotspots.picture(session, HotspotQuery(year="1001"))
    found = read(runtime, year="1001")

    assert picture.counts.shape == (24, 64)
    assert set(found.columns["count"]) == {"<5"}
    assert [month["month"] for month in found.about["months"]][::23] == ["2024-11", "2026-10"]


def test_counts_and_totals_leave_rounded(runtime: Runtime) -> None:
    counts = town.usual()
    town.seen(runtime)

    found = read(runtime, month="2026-10")

    assert found.columns["count"] == [
        "<5" if count < 5 else 5 * round(count / 5) for count in counts[-1].tolist()
    ]
    months = found.about["months"]
    assert [month["month"] for month in months][::23] == ["2024-11", "2026-10"]
    assert months[-1]["count"] == rounded(int(counts[-1].sum()))
    assert found.about["categories"][0]["count"] == months[-1]["count"]
    labour = next(one for one in found.about["categories"] if one["code"] == "labour")
    assert labour["count"] == months[-1]["count"]


def test_nothing_that_tells_counts_below_five_apart_leaves(runtime: Runtime) -> None:
    town.build(runtime, np.ones((3, 64), np.int64))
    before = read(runtime, month="2026-10")

    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        # One of 64 changes no total, either.
        session.execute(delete(Dispute).where(Dispute.grid_id % 64 == 1))
        audit.note(session, "import.undone", "batch 1", area_code=town.COMMUNITY)
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        for month in ("2026-08", "2026-09", "2026-10"):
            release(session, month, again=True)
    after = read(runtime, month="2026-10")

    assert set(before.columns["count"]) == {"<5"}
    assert set(before.columns["bin"]) == {"not_enough_evidence"}
    assert said(before, 0) == "Not enough evidence: fewer than 10 disputes here and around."
    assert after.columns == before.columns
    assert after.about == before.about
    assert [said(after, grid) for grid in range(64)] == [said(before, grid) for grid in range(64)]


def test_a_grid_whose_households_are_unknown_shows_its_bin_only(runtime: Runtime) -> None:
    households: list[int | None] = [300] * 64
    households[town.PLANT[4]] = None
    town.build(runtime, town.usual(), households=households)

    found = read(runtime)

    assert found.columns["count"][town.PLANT[4]] == "—"
    assert found.columns["bin"][town.PLANT[4]] == 3
    assert found.about["base_missing"] == 1


def test_plain_counts_are_compared_and_named_where_households_are_unknown(
    runtime: Runtime,
) -> None:
    town.build(runtime, town.usual(), households=[None] * 64)

    found = read(runtime)

    assert found.about["value"] == "count"
    assert "plain counts" in english(found.about["method"])
    assert set(found.columns["count"]) == {"—"}
    assert found.columns["bin"][town.PLANT[4]] == 3


def test_many_disputes_where_many_live_are_no_hotspot(runtime: Runtime) -> None:
    crowded = [1200 if grid in town.PLANT else 300 for grid in range(64)]
    town.build(runtime, town.usual(), households=crowded)

    found = read(runtime)

    assert [level for level in found.columns["bin"] if level in {2, 3}] == []


def test_a_category_is_counted_alone(runtime: Runtime) -> None:
    town.build(runtime, town.usual(months=13), category="consumer")

    other, asked = read(runtime, category="labour"), read(runtime, category="consumer")

    assert set(other.columns["count"]) == {"<5"}
    assert asked.columns["bin"][town.PLANT[4]] == 3
    assert asked.about["category_name"].en == "Consumer"


def test_a_gathering_that_began_last_month_is_new(runtime: Runtime) -> None:
    counts = town.usual(risk=1.0)
    counts[-1, town.PLANT] += 20
    town.build(runtime, counts)

    found = read(runtime, month="2026-10")

    assert found.columns["trend"][town.PLANT[4]] == "new_hot"
    assert said(found, town.PLANT[4]) == (
        "High in the last month, for the first time in 12 months."
    )


def test_what_is_to_deal_with_now_is_listed_before_what_is_hot_and_for_a_visit(
    runtime: Runtime,
) -> None:
    counts = town.usual()
    counts[-2, town.CORNER] += 12
    town.build(runtime, counts)

    found = read(runtime)
    with runtime.sessions.read(town.LEADER, town.NOW) as session:
        visits = suggest(session, VisitsQuery())

    bins, trends = found.columns["bin"], found.columns["trend"]
    assert found.order is not None
    now = [grid for grid, name in enumerate(trends) if name == "new_hot"]
    assert [grid for grid in now if bins[grid] not in {2, 3}]
    assert sorted(found.order[: len(now)].tolist()) == now
    assert {town.CODES[grid] for grid in now} <= {row["code"] for row in visits["grids"]}


def test_a_grid_is_told_by_month_and_with_its_neighbours(runtime: Runtime) -> None:
    counts = town.usual()
    town.seen(runtime)

    told = tell(runtime, MIDDLE, month="2026-10")

    here = counts[:, 3 * town.SIDE + 3].tolist()
    assert [month["count"] for month in told["series"]] == [
        "<5" if count < 5 else 5 * round(count / 5) for count in here
    ]
    assert told["series"][-1] == {"month": "2026-10", "count": told["count"], "bin": told["bin"]}
    assert len(told["neighbours"]) == 9
    assert told["neighbours"][0]["code"] == MIDDLE


def test_a_town_without_disputes_or_grids_says_so(runtime: Runtime) -> None:
    bare = read(runtime)
    town.build(runtime, np.zeros((1, 64), np.int64))
    quiet = read(runtime)

    assert english(bare.about["sentence"]).startswith("No grids yet")
    assert english(quiet.about["sentence"]).startswith("Not enough evidence")
    assert set(quiet.columns["trend"]) == {"not_enough_evidence"}


def test_a_town_where_every_grid_has_as_many_has_no_hotspot_and_no_trend(
    runtime: Runtime,
) -> None:
    town.build(runtime, np.full((24, 64), 3, np.int64))

    found = read(runtime)

    assert set(found.columns["bin"]) == {0}
    assert set(found.columns["trend"]) == {"no_pattern"}
    assert set(found.columns["outlier"]) == {"like_any"}
    assert english(found.about["sentence"]) == "None of 64 grids stands out."


def test_disputes_outside_every_grid_and_records_that_begin_late_are_told(
    runtime: Runtime,
) -> None:
    town.build(runtime, town.usual(months=5))
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        lost = select(Dispute.id).order_by(Dispute.id.desc()).limit(40)
        session.execute(update(Dispute).where(Dispute.id.in_(lost)).values(grid_id=None))

    found = read(runtime, month="2026-10")

    assert found.about["disputes_outside"] == 40
    assert [english(said) for said in found.about["notices"]] == [
        "Records of 5 months only: a trend needs 10."
    ]
    assert set(found.columns["trend"]) == {"not_enough_evidence"}


def test_a_window_that_is_not_over_is_refused(runtime: Runtime) -> None:
    town.build(runtime, town.usual(months=1))

    for args in ({"month": "2026-11"}, {"quarter": "2026-Q4"}, {"year": "2026"}):
        with pytest.raises(WindowNotOver):
            read(runtime, **args)


def test_questions_that_cannot_be_asked_are_refused(runtime: Runtime) -> None:
    town.build(runtime, town.usual(months=1))

    for kind, args in (
        (InvalidParameter, {"month": "2026-1"}),
        (SeveralWindows, {"month": "2026-10", "year": "2025"}),
        (UnknownParameter, {"day": "2026-10-01"}),
    ):
        with pytest.raises(kind):
            read(runtime, **args)
    with pytest.raises(UnknownCategory):
        read(runtime, category="weather")


def test_a_cadre_may_not_read_hotspots(runtime: Runtime) -> None:
    with pytest.raises(ScopeMissing):
        read(runtime, Actor("cadre", Role.CADRE, town.COMMUNITY, cadre_id=1))


def test_another_county_changes_nothing(runtime: Runtime) -> None:
    town.seen(runtime)
    alone = read(runtime)

    with runtime.sessions.write(town.OPERATOR, town.NOW) as session:
        there = {"area_code": "990102001001", "valid_from": town.date(2020, 1, 1)}
        session.add(town.Area(id=9, code="990102001001", name="邻", level="community", **there))
        session.flush()
        session.add(Grid(id=900, code="990102001001001", name="1", community_id=9, **there))
        session.flush()
        rows = [
            row | {"grid_id": 900, "area_code": "990102001001", "case_number": f"B{number}"}
            for number, row in enumerate(town.disputes(np.full((30, 1), 9), "labour"))
        ]
        session.connection().execute(insert(town.Dispute), rows)
    both = read(runtime)

    assert both.about == alone.about
    assert both.columns == alone.columns


def test_what_a_map_stands_on_is_read_once_until_a_deed_changes_it(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.seen(runtime)
    looked: list[int] = []
    usual = hot_ground.queen

    def queen(shapes: Any, gap: float) -> Any:
        looked.append(len(shapes))
        return usual(shapes, gap)

    monkeypatch.setattr(hot_ground, "queen", queen)
    for args in ({"month": "2026-10"}, {"month": "2026-09"}, {"category": "labour"}):
        read(runtime, **args)
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        session.execute(delete(Dispute))
        audit.note(session, "import.undone", "batch 1", area_code=town.COMMUNITY)
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        release(session, "2026-10", again=True)

    assert set(read(runtime, month="2026-10").columns["count"]) == {"<5"}
    assert looked == [64]


def test_what_was_read_and_then_taken_back_is_never_shown(runtime: Runtime) -> None:
    town.build(runtime, town.usual())

    class TakenBackError(Exception):
        """Ends a unit of work."""

    with (
        suppress(TakenBackError),
        runtime.sessions.write(town.LEADER, town.NOW) as session,
    ):
        session.execute(delete(Dispute))
        audit.note(session, "import.undone", "batch 1", area_code=town.COMMUNITY)
        assert not hotspots.picture(session, HotspotQuery()).counts.any()
        raise TakenBackError
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        audit.note(session, "import.stored", "batch 2", area_code=town.COMMUNITY)

    with runtime.sessions.read(town.LEADER, town.NOW) as session:
        assert hotspots.picture(session, HotspotQuery()).counts.any()


def test_each_area_keeps_its_own_ground(runtime: Runtime) -> None:
    town.seen(runtime)
    read(runtime)

    elsewhere = read(runtime, Actor("leader", Role.LEADER, "990102"))

    assert list(elsewhere.codes) == []


def late_cases(runtime: Runtime, number: int) -> None:
    """Store disputes of the last month in the middle of the town, after all others."""
    counts = np.zeros((1, 64), np.int64)
    counts[0, 27] = number
    rows = [
        row | {"case_number": f"late {row['case_number']}"}
        for row in town.disputes(counts, "labour")
    ]
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        session.connection().execute(insert(Dispute), rows)
        audit.note(session, "import.stored", "batch 9", area_code=town.COMMUNITY)


def test_t46_a_month_that_was_seen_stays_as_it_was(runtime: Runtime) -> None:
    town.seen(runtime)
    before = [read(runtime, **args) for args in ({"month": "2026-10"}, {"quarter": "2026-Q3"})]

    late_cases(runtime, 30)
    after = [read(runtime, **args) for args in ({"month": "2026-10"}, {"quarter": "2026-Q3"})]

    assert [found.columns for found in after] == [found.columns for found in before]
    notices = [english(one) for one in after[0].about["notices"]]
    assert notices[-1].startswith("30 cases that came late or were corrected are not in")


def test_t46_a_month_is_released_again_by_who_says_so(runtime: Runtime) -> None:
    town.seen(runtime)
    before = read(runtime, month="2026-10").columns["count"]
    late_cases(runtime, 30)

    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        done = release(session, "2026-10", again=True)
    after = read(runtime, month="2026-10")

    assert done.counties == {"990101": int(town.usual()[-1].sum()) + 30}
    assert after.columns["count"][27] != before[27]
    assert after.about["notices"] == []
    with runtime.sessions.read(OPERATOR, town.NOW) as session:
        assert audit.subjects(session, "month.released_again", "990101") == ["2026-10"]


def test_a_month_that_was_seen_is_not_released_again_by_mistake(runtime: Runtime) -> None:
    town.build(runtime, town.usual(months=1))
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        first = release(session, "2026-10", again=False)

    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        for kind, month, again in (
            (ReleasedAlready, "2026-10", False),
            (NotReleased, "2020-10", True),
            (WindowNotOver, "2026-11", True),
        ):
            with pytest.raises(kind):
                release(session, month, again=again)
    assert first.counties == {"990101": int(town.usual(months=1).sum())}


def test_what_was_said_of_a_year_is_kept(runtime: Runtime) -> None:
    town.build(runtime, town.usual())
    before = read(runtime)

    again = Runtime.open(runtime.settings)
    with patch("gisapp.core.release.month", side_effect=AssertionError):
        after = read(again)
    again.close()

    assert after.columns == before.columns


def test_a_place_is_told_with_the_same_window_a_year_before(runtime: Runtime) -> None:
    town.seen(runtime)
    grid = town.CODES.index(MIDDLE)

    month, quarter = (
        tell(runtime, MIDDLE, **args) for args in ({"month": "2026-10"}, {"quarter": "2026-Q1"})
    )
    before = read(runtime, month="2025-10").columns["count"][grid]

    assert month["year_ago"] == {"window": "2025-10", "count": before}
    assert month["series"][-13] == {**month["series"][-13], "month": "2025-10", "count": before}
    assert quarter["year_ago"]["window"] == "2025-Q1"
    assert tell(runtime, MIDDLE, quarter="2025-Q1")["year_ago"] is None


def test_each_view_paints_every_value_its_column_can_have(runtime: Runtime) -> None:
    layer = runtime.layers["hotspots"]

    assert set(layer.seen({"view": "outliers"}).paints) == set(OUTLIERS)
    assert layer.seen({}).column == "bin"


def test_a_year_released_before_totals_says_why_it_has_none(runtime: Runtime) -> None:
    town.seen(runtime)
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        for row in session.scalars(select(ReleasedYear)):
            with np.load(io.BytesIO(row.content)) as kept:
                old = {name: kept[name] for name in kept.files if name not in {"areas", "totals"}}
            file = io.BytesIO()
            np.savez_compressed(file, **old)
            row.content = file.getvalue()

    later = Runtime.open(runtime.settings)
    found = read(later, month="2026-10")
    later.close()

    (why,) = [one for one in map(english, found.about["notices"]) if "otals" in one]
    assert why.startswith("No totals are told of 2026: its figures were released before totals")
    assert {row["count"] for row in found.about["months"]} == {"—"}
