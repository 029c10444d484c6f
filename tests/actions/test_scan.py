import json
from typing import Any

import numpy as np
import pytest

from gisapp.actions.scan import ScanQuery, disclose, find, read
from gisapp.auth import ScopeMissing
from gisapp.runtime import Runtime
from tests import hot_town as town

DRAWS = 99


def scan(runtime: Runtime, **asked: Any) -> dict[str, Any]:
    query = ScanQuery(**asked)
    with runtime.sessions.read(town.LEADER, town.NOW) as session:
        field = read(session, query)
    return find(field, query, lambda done: None, DRAWS).document()


def risen() -> Any:
    """Two years of which the last three months are hot in the planted grids."""
    counts = town.usual(risk=1.0)
    counts[-3:, town.PLANT] += 12
    return counts


@pytest.mark.parametrize("kind", ["space", "flexible", "prospective"])
def test_what_was_planted_is_told_with_its_grids_and_months(runtime: Runtime, kind: str) -> None:
    town.build(runtime, risen())

    found = scan(runtime, kind=kind)

    first, plant = found["clusters"][0], {town.CODES[grid] for grid in town.PLANT}
    if kind == "prospective":
        # Circles up to a tenth of the base hold six of these grids.
        assert set(first["grids"]) < plant
        assert (found["window"], first["from"], first["to"]) == ("2026-10", "2026-08", "2026-10")
        assert (first["recurrence"], first["odds"]) == (5, None)
    else:
        assert set(first["grids"]) == plant
        assert (found["window"], first["from"], first["to"]) == ("2026-Q3", "2026-07", "2026-09")
        assert (first["recurrence"], first["odds"]) == (None, 100)


def test_no_figure_at_full_precision_is_told(runtime: Runtime) -> None:
    town.build(runtime, risen())

    found = scan(runtime, kind="prospective")

    assert found["clusters"]
    for one in found["clusters"]:
        assert set(one) == {
            *("rank", "bounds", "grids", "from", "to", "count", "recurrence", "odds", "sentence")
        }
        assert one["count"].startswith("≥")
        assert int(one["count"][1:]) % 5 == 0
    figures = [one for cluster in found["clusters"] for one in cluster["sentence"].fields.values()]
    assert not any(isinstance(one, float) for one in figures)


def test_a_town_without_grids_or_disputes_is_told(runtime: Runtime) -> None:
    assert str(scan(runtime)["sentence"].message).startswith("No grids yet.")

    town.build(runtime, np.zeros((1, len(town.CODES)), np.int64))

    for kind in ("space", "flexible", "prospective"):
        found = scan(runtime, kind=kind)
        assert found["clusters"] == []
        assert found["sentence"].message == "No disputes are recorded in these months."


def test_missing_households_leave_counts_to_compare(runtime: Runtime) -> None:
    town.build(runtime, risen(), households=[None] * len(town.CODES))

    found = scan(runtime)

    assert found["value"] == "count"
    assert set(found["clusters"][0]["grids"]) == {town.CODES[grid] for grid in town.PLANT}


def test_exact_figures_are_for_who_may_see_them(runtime: Runtime) -> None:
    town.build(runtime, risen())
    with runtime.sessions.read(town.LEADER, town.NOW) as session:
        query = ScanQuery()
        found = find(read(session, query), query, lambda done: None, DRAWS)

    with runtime.sessions.write(town.LEADER, town.NOW) as session, pytest.raises(ScopeMissing):
        disclose(session, found)

    assert "llr" not in json.dumps(found.document(), default=str)
