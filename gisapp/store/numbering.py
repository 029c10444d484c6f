"""How far states of coverage tell the number of disputes in a county's first year of records.

There the number would come to what has left of the year so far, and could give some of it away.
Where nothing has left, it stays that of one quarter's end: of the last before the installation,
or of March. What leaves for the first time later leaves room for it where it can; where it
cannot, who has found all numbers by drafts before anybody looked at figures learns one of some
ten thousand. Where something left before, states count what is published.
"""

from collections.abc import Collection
from datetime import date
from typing import Final

from sqlalchemy import func, select

from gisapp.core import nest, windows
from gisapp.core.watched import ENDS
from gisapp.store import installation
from gisapp.store.days import four_quarters
from gisapp.store.models import Dispute, ReleasedYear
from gisapp.store.releases import COUNTY
from gisapp.store.session import Session, whole

ALL: Final = nest.MONTHS
"""Of a year that is no county's first: the number moves with every quarter's end."""


def began(session: Session) -> int:
    """Return the month from which somebody can have looked at states."""
    return windows.number(installation.the(session).created_at.date())


def end(session: Session, year: int) -> int:
    """Say after how many months of a year its number stays, while nothing of it has left."""
    over = began(session) - nest.MONTHS * year
    return min(max(over // nest.QUARTER * nest.QUARTER, ENDS[0]), ENDS[-1])


def limited(session: Session, counties: Collection[str]) -> dict[str, int]:
    """
    Find the counties of which states do not tell the number of the last four whole quarters.

    Returns
    -------
    limited
        By code, up to how many months of the year in which these quarters end: `end`, or 0.
    """
    year, month = divmod(windows.number(four_quarters(session.today)[1]) - 1, nest.MONTHS)
    with whole(session) as beyond:
        question = select(ReleasedYear.area_code, ReleasedYear.numbered).where(
            ReleasedYear.year == year, ReleasedYear.area_code.in_(counties)
        )
        told = {row.area_code: row.numbered for row in beyond.execute(question)}
        silent = sorted({*counties} - told.keys())
        if silent and (stays := end(session, year)) <= month:
            told |= dict.fromkeys({*silent} - _recorded(beyond, year - 1), stays)
    return {county: months for county, months in sorted(told.items()) if months <= month}


def stamp(session: Session) -> tuple[int, int]:
    """Name what `limited` and what it stands for depend on beside disputes and the day."""
    question = select(func.count(ReleasedYear.id), func.sum(ReleasedYear.months))
    with whole(session) as beyond:
        number, months = beyond.execute(question).one()
    return number, months or 0


def _recorded(session: Session, year: int) -> set[str]:
    """Return the counties with disputes in a year from February on, as `core.watched` has it."""
    county = func.substr(Dispute.area_code, 1, COUNTY)
    question = select(county).distinct()
    within = Dispute.reported_on >= date(year, 2, 1), Dispute.reported_on < date(year + 1, 1, 1)
    return set(session.scalars(question.where(*within, Dispute.grid_id.is_not(None))))
