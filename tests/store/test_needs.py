"""The need of a grid: its disputes of the last 12 whole months, its enterprises × rate."""

from datetime import date

from sqlalchemy import delete

from gisapp.auth import OPERATOR
from gisapp.runtime import Runtime
from gisapp.store import needs
from gisapp.store.models import Dispute, Enterprise, Grid, NeedRate
from tests import town


def need(runtime: Runtime, specialty: str) -> dict[str, float]:
    with runtime.sessions.read(town.PLANNER, town.NOW) as session:
        found = needs.by_grid(session, town.TODAY)
    column = found.cases[:, found.specialties.index(specialty)]
    return dict(zip(found.grid_codes, column.tolist(), strict=True))


def test_only_the_last_twelve_whole_months_count(runtime: Runtime) -> None:
    town.build(runtime)
    edges = [date(2025, 10, 31), date(2025, 11, 1), date(2026, 10, 31), date(2026, 11, 1)]
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        session.execute(delete(Enterprise))
        disputes = session.query(Dispute).where(Dispute.grid_id == 1).order_by(Dispute.id)
        for dispute, day in zip(disputes, edges, strict=True):
            dispute.reported_on = day

    assert need(runtime, "labour_law")[town.CODES[0]] == 2


def test_enterprises_add_their_rate_and_a_grids_own_number_goes_before_the_count(
    runtime: Runtime,
) -> None:
    town.build(runtime)
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        session.execute(delete(Dispute))
        session.execute(delete(NeedRate))
        for industry, cases in (("*", 0.5), ("C", 2.0)):
            session.add(
                NeedRate(industry=industry, specialty_code="labour_law", cases_a_year=cases)
            )
        session.query(Enterprise).where(Enterprise.grid_id == 4).one().industry = "C13"
        session.get_one(Grid, 4).enterprises = 3
        session.get_one(Grid, 5).enterprises = 4

    found = need(runtime, "labour_law")

    assert [found[code] for code in town.CODES[3:]] == [2.0 + 2 * 0.5, 4 * 0.5, 0.0]
