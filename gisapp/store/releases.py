"""Months that have been seen: their counts are kept as they were, whatever comes later."""

from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any, Final

from sqlalchemy import delete, func, insert, inspect, or_, select
from sqlalchemy.exc import IntegrityError

from gisapp.core import nest, windows
from gisapp.errors import InvalidInput
from gisapp.i18n import N_
from gisapp.store import audit, disputes, installation
from gisapp.store.models import (
    Dispute,
    Grid,
    MonthRelease,
    ReleasedCount,
    ReleasedOpen,
    ReleasedYear,
)
from gisapp.store.session import Session, whole

COUNTY: Final = 6
"""Digits of the code of a county: the largest area whose months are released together."""

LONGEST: Final = 240
"""Months back from the last whole one that are released though nothing was recorded in them."""

_RELEASE: Final[Any] = inspect(MonthRelease).local_table
_COUNT: Final[Any] = inspect(ReleasedCount).local_table
_OPEN: Final[Any] = inspect(ReleasedOpen).local_table
_YEAR: Final[Any] = inspect(ReleasedYear).local_table
_GRID: Final[Any] = inspect(Grid).local_table
_DISPUTE: Final[Any] = inspect(Dispute).local_table
_MONTH: Final[Any] = disputes.month_of(_DISPUTE.c.reported_on)
_END: Final[Any] = _MONTH - _MONTH % nest.QUARTER + nest.QUARTER - 1
"""The last month of the quarter in which a dispute was reported."""


class NotReleased(InvalidInput):
    """A month is to be released again that nobody has seen."""

    code = "not_released"
    message = N_("{month} has not been released: nobody has seen its figures.")


def ensure(session: Session, asked: Iterable[int], *, recorded: bool = True) -> None:
    """
    Release the whole months that a question may show, and all before them with records.

    Parameters
    ----------
    asked
        Months that the question names; those that are not over yet are left out.
    recorded
        Whether months with records are looked for, too: that reads every dispute.
    """
    last = windows.number(session.today) - 1
    asked = {month for month in asked if month <= last}
    there = counties(session)
    since = _recorded(session, there, last) if recorded else {}
    for county in there:
        months = sorted((asked | since.get(county, set())) - _there(session, county))
        if months:
            _release(session, county, months)


def due(session: Session, month: int) -> bool:
    """Say whether some county's figures of a month are still open."""
    return any(month not in _there(session, county) for county in counties(session))


def first(session: Session, month: int) -> dict[str, int]:
    """Release one month where it is open; return its disputes by county."""
    still = [one for one in counties(session) if month not in _there(session, one)]
    return {county: _release(session, county, [month]) for county in still}


def again(session: Session, month: int) -> dict[str, int]:
    """Release a month once more with what is known now; return its disputes by county."""
    found: dict[str, int] = {}
    for county in counties(session):
        where = (_RELEASE.c.area_code == county) & (_RELEASE.c.month == month)
        row = session.connection().execute(select(_RELEASE.c.id).where(where)).first()
        if row is None:
            continue
        with session.writing(county) as writer:
            connection = writer.connection()
            end = month - month % nest.QUARTER + nest.QUARTER - 1
            for table, last in ((_COUNT, month), (_OPEN, end)):
                where_it_was = inside(table.c.area_code, county), table.c.month == last
                connection.execute(delete(table).where(*where_it_was))
            connection.execute(
                _RELEASE.update()
                .where(where)
                .values(version=_RELEASE.c.version + 1, released_at=session.now)
            )
            found[county] = _count(connection, county, [month])
            if end in _there(writer, county):
                _count_open(connection, county, [end])
            audit.note(
                writer,
                "month.released_again",
                windows.name(month),
                area_code=county,
                disputes=found[county],
            )
    if not found:
        raise NotReleased(month=windows.name(month))
    return found


def late(session: Session) -> int:
    """Count the disputes by which released months differ from what is known now."""
    # Bounds that leave nothing out only lead away from the right index.
    with whole(session) if installation.holds_all(session) else nullcontext(session) as everything:
        now = disputes.known(everything)
    question = select(ReleasedCount.month, func.sum(ReleasedCount.number))
    rows = session.execute(question.group_by(ReleasedCount.month))
    then = {row[0]: row[1] for row in rows}
    last = windows.number(session.today) - 1
    return sum(
        abs(now.get(month, 0) - then.get(month, 0)) for month in now.keys() | then if month <= last
    )


def counties(session: Session) -> list[str]:
    """List the counties whose grids the actor sees, in order."""
    part = func.substr(Grid.area_code, 1, COUNTY)
    return sorted(session.scalars(select(part).distinct()))


def _there(session: Session, county: str) -> set[int]:
    """Read which months of a county are released; the county may lie above the actor's area."""
    question = select(_RELEASE.c.month).where(_RELEASE.c.area_code == county)
    return set(session.connection().scalars(question))


def _recorded(session: Session, those: list[str], last: int) -> dict[str, set[int]]:
    """List by county the months from the first record on, and those before `LONGEST` with one."""
    if not those:
        return {}
    connection = session.connection()
    county = func.substr(_DISPUTE.c.area_code, 1, COUNTY)
    within = [_DISPUTE.c.reported_on < windows.first_day(last + 1)]
    if len(those) == 1:
        # To look up several, one after another, takes longer than to read them all.
        within.append(inside(_DISPUTE.c.area_code, those[0]))
    first = select(county, func.min(_DISPUTE.c.reported_on)).where(*within).group_by(county)
    found = {
        code: set(range(max(windows.number(day), last - LONGEST), last + 1))
        for code, day in connection.execute(first)
        if code in those
    }
    old = _DISPUTE.c.reported_on < windows.first_day(last - LONGEST)
    for code, month in connection.execute(select(county, _MONTH).where(*within, old).distinct()):
        if code in those:
            found[code].add(month)
    return found


def _release(session: Session, county: str, months: list[int]) -> int:
    number = 0
    try:
        with session.writing(county) as writer:
            connection = writer.connection()
            rows = [
                {"area_code": county, "month": month, "released_at": session.now, "version": 1}
                for month in months
            ]
            connection.execute(insert(_RELEASE), rows)
            number = _count(connection, county, months)
            _count_open(connection, county, [one for one in months if _ends_a_quarter(one)])
            audit.note(
                writer,
                "months.released",
                f"{windows.name(months[0])}–{windows.name(months[-1])}",
                area_code=county,
                months=len(months),
                disputes=number,
            )
    except IntegrityError:
        # Somebody else looked at the same moment: what they released holds for all.
        session.expire_all()
    return number


def _count(connection: Any, county: str, months: list[int]) -> int:
    """Keep the counts of some months of a county as they are now; return their sum."""
    number = func.count()
    question = (
        select(
            _GRID.c.area_code,
            _DISPUTE.c.grid_id,
            _MONTH,
            _DISPUTE.c.category_code,
            number,
        )
        .join(_GRID, _GRID.c.id == _DISPUTE.c.grid_id)
        .where(inside(_GRID.c.area_code, county), _MONTH.in_(months))
        .group_by(_GRID.c.area_code, _DISPUTE.c.grid_id, _MONTH, _DISPUTE.c.category_code)
    )
    columns = ["area_code", "grid_id", "month", "category_code", "number"]
    connection.execute(_COUNT.insert().from_select(columns, question))
    where = inside(_COUNT.c.area_code, county) & _COUNT.c.month.in_(months)
    return int(connection.scalar(select(func.sum(_COUNT.c.number)).where(where)) or 0)


def _count_open(connection: Any, county: str, ends: list[int]) -> None:
    """Keep how many disputes of the quarters that end with some months were open then."""
    resolved = _DISPUTE.c.resolved_on
    question = (
        select(_GRID.c.area_code, _DISPUTE.c.grid_id, _END, func.count())
        .join(_GRID, _GRID.c.id == _DISPUTE.c.grid_id)
        .where(inside(_GRID.c.area_code, county), _END.in_(ends))
        .where(or_(resolved.is_(None), disputes.month_of(resolved) > _END))
        .group_by(_GRID.c.area_code, _DISPUTE.c.grid_id, _END)
    )
    columns = ["area_code", "grid_id", "month", "number"]
    connection.execute(_OPEN.insert().from_select(columns, question))


def _ends_a_quarter(month: int) -> bool:
    return month % nest.QUARTER == nest.QUARTER - 1


def inside(column: Any, county: str) -> Any:
    """Keep the codes of a county and of what lies in it."""
    return (column >= county) & (column < f"{county}:")
