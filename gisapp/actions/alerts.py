"""Gatherings told early and quietly: a new one once, an old one when it grew or became rarer.

All there is, and each city and county of it, is looked at on its own, and whoever asks gets what
was told of her own area: what a county is told is what it would be told if it stood alone.
Townships are not looked at: a county's gatherings depend on its other townships.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator
from pydantic import Field as Limits

from gisapp.actions import scan
from gisapp.actions.scan import Found, ScanQuery
from gisapp.auth import EVERYWHERE, Scope
from gisapp.core import alerts, windows
from gisapp.core.alerts import NEW, QUIET, Known, Seen
from gisapp.core.publication import EVIDENCE
from gisapp.core.scan import calibration, telling
from gisapp.core.scan.calibration import Calibration
from gisapp.errors import InvalidInput
from gisapp.i18n import N_, Sentence, window_name
from gisapp.query import Query, month_name
from gisapp.store import alerts as table
from gisapp.store import audit, disputes, hotspots, installation, lineage, releases, revisions
from gisapp.store.installation import NoAreas, NoRootArea
from gisapp.store.models import Alert
from gisapp.store.models import Calibration as CalibrationRow
from gisapp.store.scan import Field
from gisapp.store.session import Session, whole

Array = npt.NDArray[np.float64]
Watch = Callable[[float], None]

LISTED: Final = 200
"""Alerts in one list."""

PARTS: Final = (4, 6)
"""Digits of the codes of cities and counties."""


class MonthAlreadyPast(InvalidInput):
    """Alerts of a month are to be told after those of a later one."""

    code = "month_already_past"
    message = N_("Alerts were told up to {told} already; {month} lies before. Tell later months.")


class TooFewYears(InvalidInput):
    """So few years are to be simulated that they cannot tell the rate that is wanted."""

    code = "too_few_years"
    message = N_(
        "{years} simulated years cannot tell whether there are at most {wanted} false alarms a "
        "year. Simulate at least {least}."
    )


class AlertsQuery(Query):
    """Which alerts: those not over, or those last told for a month; of the asker's own area."""

    month: Annotated[str, AfterValidator(month_name)] | None = None
    area: Annotated[str, Limits(pattern=r"[0-9]{2,12}")] | None = None


class WatchQuery(Query):
    """Which month and category to look at; the last month with records by default."""

    month: Annotated[str, AfterValidator(month_name)] | None = None
    category: Annotated[str, Limits(max_length=32, pattern=r"[a-z_]+")] | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """A month's scan, and the threshold that held when it was made."""

    found: Found
    area: str
    month: int
    threshold: float
    calibrated: bool

    def seen(self) -> list[Seen]:
        """List the gatherings that are rare enough and hold enough to be told."""
        published = self.found.published() if self.found.clusters else []
        codes = self.found.field.picture.codes
        return [
            Seen(
                frozenset(codes[grid] for grid in one.grids.tolist()),
                self.month + 1 - one.months,
                next((y for y in telling.YEARS if telling.recurrence(one.firm) >= y), 0),
                telling.least_of(one, published),
            )
            for one in self.found.clusters
            # As if it held one less: that it is told never says how many there are.
            if one.firm <= self.threshold and one.count > EVIDENCE
        ]


@dataclass(frozen=True, slots=True)
class Question:
    """What a month's scan of an area needs; it then does without a database."""

    area: str
    field: Field
    query: ScanQuery
    threshold: float
    """Up to this p a gathering is told."""
    calibrated: bool


def areas(session: Session) -> list[str]:
    """List what is looked at, each on its own: all there is first, then its cities and counties."""
    root = own(session)
    cut = {county[:digits] for county in releases.counties(session) for digits in PARTS}
    return [root, *sorted(code for code in cut if len(code) > len(root))]


def own(session: Session) -> str:
    """Return the area whose alerts the actor is told: her own, or all there is if hers holds it."""
    area = session.actor.area_code
    if area != EVERYWHERE and not installation.holds_all(session):
        return area
    with whole(session) as beyond:
        return installation.root_area(beyond)


def look_around(
    session: Session, query: WatchQuery, categories: Callable[[Session, str], Sequence[str | None]]
) -> list[Question]:
    """Read what a month's scans of all `areas` need, for some categories of each."""
    session.actor.must(Scope.HOTSPOTS_READ)
    found = []
    for area in areas(session):
        with session.within(area) as inside:
            found += [
                look(inside, query.model_copy(update={"category": category}))
                for category in categories(inside, area)
            ]
    return found


def look(session: Session, query: WatchQuery) -> Question:
    """Read what a month's scan of the actor's area needs."""
    session.actor.must(Scope.HOTSPOTS_READ)
    area = own(session)
    asked = ScanQuery(kind="prospective", month=query.month, category=query.category)
    stored = table.calibration(session, area, query.category)
    wanted = session.settings.false_alarms_per_year
    threshold = calibration.uncalibrated(wanted)
    if stored is not None:
        threshold = _of(stored).threshold(wanted)
    return Question(area, scan.read(session, asked), asked, threshold, stored is not None)


def scanned(question: Question, watch: Watch) -> Looked:
    """Scan the month."""
    found = scan.find(question.field, question.query, watch)
    month = found.months[-1]
    return Looked(found, question.area, month, question.threshold, question.calibrated)


def tell_around(session: Session, those: Sequence[Looked]) -> list[list[dict[str, Any]]]:
    """Tell what is due of each look; say what may leave of it."""
    session.actor.must(Scope.DATA_WRITE)
    told = []
    for looked in those:
        with session.writing(looked.area) as inside:
            told.append(documents(inside, tell(inside, looked)))
    return told


def tell(session: Session, looked: Looked) -> list[Alert]:
    """Tell what is new, grew or became rarer in a month; close quietly what is over.

    The same month told again tells nothing more.
    """
    session.actor.must(Scope.DATA_WRITE)
    area, category = looked.area, looked.found.query.category
    rows = {row.id: row for row in table.open_ones(session, area, category)}
    last = max((row.last_month for row in rows.values()), default=looked.month)
    if last > looked.month:
        raise MonthAlreadyPast(told=windows.name(last), month=windows.name(looked.month))
    now = _now(session, rows.values())
    known = [
        Known(
            *(row.id, now[row.id], row.strength, row.least),
            alerts.lasts(row.first_month, row.told_month),
            row.last_month,
        )
        for row in rows.values()
    ]
    verdicts, over = alerts.judge(looked.month, looked.seen(), known)
    told = []
    for verdict in verdicts:
        if verdict.why == NEW:
            row = Alert(
                area_code=area, category_code=category, first_month=verdict.seen.first, over=False
            )
            session.add(row)
        elif verdict.known is None:
            continue
        else:
            row = rows[verdict.known]
        row.grids, row.last_month = sorted(verdict.seen.grids), looked.month
        if verdict.why != QUIET:
            _say(row, verdict.why, verdict.seen, looked.month)
            row.told_on = session.today
            told.append(row)
    for key in over:
        rows[key].over = True
    session.flush()
    audit.note(
        session,
        "alerts.told",
        f"month {windows.name(looked.month)}",
        area_code=area,
        category=category,
        told=len(told),
        over=len(over),
    )
    return told


def _say(row: Alert, why: str, seen: Seen, month: int) -> None:
    row.why, row.told_month = why, month
    row.strength, row.least = seen.strength, seen.least


def listed(session: Session, query: AlertsQuery) -> list[dict[str, Any]]:
    """List what was told, what was told last first."""
    session.actor.must(Scope.HOTSPOTS_READ)
    month = None if query.month is None else windows.months(query.month)[0]
    area = _own_or(session, query.area)
    return documents(session, table.newest(session, area, month, LISTED))


def mapped(session: Session, query: AlertsQuery) -> list[dict[str, Any]]:
    """List what was told, with west, south, east and north of the middles of its grids."""
    rows = listed(session, query)
    revision = revisions.current(session)
    if not rows or revision is None:
        return [row | {"bounds": None} for row in rows]
    at = {code: place for place, code in enumerate(revisions.ids(session, revision).codes["grid"])}
    middles = revisions.middles(session, revision, "grid")
    return [row | {"bounds": _bounds(middles[[at[code] for code in row["grids"]]])} for row in rows]


def _bounds(places: Array) -> list[float] | None:
    there = places[np.isfinite(places).all(axis=1)]
    if not there.size:
        return None
    bounds: list[float] = np.concatenate([there.min(axis=0), there.max(axis=0)]).round(6).tolist()
    return bounds


def watched(session: Session) -> bool:
    """Say whether gatherings are looked for in the actor's area on its own."""
    return installation.holds_all(session) or len(own(session)) <= max(PARTS)


def _own_or(session: Session, area: str | None) -> str:
    if area is not None:
        return area
    try:
        return own(session)
    except (NoAreas, NoRootArea):
        return EVERYWHERE  # no row lies there


@dataclass(frozen=True, slots=True)
class Look:
    """When gatherings were last looked for."""

    month: str
    day: date


def last_look(session: Session) -> Look | None:
    """Say which month was looked at last, and when; None while none was."""
    session.actor.must(Scope.HOTSPOTS_READ)
    # Told for the whole installation, and nothing of it but that somebody looked leaves.
    with whole(session) as beyond:
        last = audit.newest(beyond, "alerts.told")
    if last is None:
        return None
    return Look(last.subject.removeprefix("month "), session.day_of(last.at))


def documents(session: Session, rows: list[Alert]) -> list[dict[str, Any]]:
    """Say of each alert what may leave; its grids are those of now."""
    names = disputes.categories(session)
    now = _now(session, rows)
    return [
        {
            "category": row.category_code,
            "category_name": scan.ALL if row.category_code is None else names[row.category_code],
            "grids": sorted(now[row.id]),
            "from": windows.name(row.first_month),
            "to": windows.name(row.last_month),
            "told": windows.name(row.told_month),
            "told_on": row.told_on.isoformat(),
            "why": row.why,
            "recurrence": row.strength or None,
            "count": f"≥{row.least}",
            "over": row.over,
            "sentence": alerts.sentence(
                row.why, len(now[row.id]), windows.name(row.first_month), row.least, row.strength
            ),
        }
        for row in rows
    ]


def _now(session: Session, rows: Iterable[Alert]) -> dict[int, frozenset[str]]:
    """Return by id the grids of now that go on with those of each alert."""
    were = {row.id: row.grids for row in rows}
    revision = revisions.current(session)
    codes = [] if revision is None else revisions.ids(session, revision).codes["grid"]
    after = lineage.renamed(session, codes, {code for grids in were.values() for code in grids})
    return {
        key: frozenset(new for code in old for new in after.get(code, ()))
        for key, old in were.items()
    }


def check_years(session: Session, years: int) -> None:
    """Raise `TooFewYears` unless so many simulated years can tell the rate that is wanted."""
    wanted = session.settings.false_alarms_per_year
    if years < (least := calibration.least_years(wanted)):
        raise TooFewYears(years=years, wanted=wanted, least=least)


def calibrate(question: Question, years: int, watch: Watch) -> tuple[range, Calibration]:
    """Simulate years without gatherings on the city's own months."""
    field = question.field
    months = field.picture.until_window(hotspots.SERIES)
    there, base, counts = scan.scannable(field, months)
    totals, points = counts.sum(axis=1).tolist(), field.points[there]
    made = calibration.calibrate(points, base, totals, hotspots.dice(), years=years, watch=watch)
    return months, made


def keep(session: Session, question: Question, months: range, made: Calibration) -> None:
    """Store a calibration; it holds from now on."""
    category, area = question.query.category, question.area
    session.actor.must(Scope.DATA_WRITE)
    session.add(
        CalibrationRow(
            area_code=area,
            category_code=category,
            made_on=session.today,
            years=made.years,
            first_month=months[0],
            last_month=months[-1],
            grids=len(question.field.points),
            thresholds=[list(pair) for pair in made.table],
        )
    )
    threshold = made.threshold(session.settings.false_alarms_per_year)
    audit.note(
        session,
        "alerts.calibrated",
        f"category {category or 'all'}",
        area_code=area,
        years=made.years,
        threshold=threshold,
    )


def shown(session: Session, category: str | None, area: str | None = None) -> dict[str, Any] | None:
    """Say how alerts of an area are calibrated, usually the actor's; None while they are not."""
    session.actor.must(Scope.HOTSPOTS_READ)
    row = table.calibration(session, _own_or(session, area), category)
    if row is None:
        return None
    wanted = session.settings.false_alarms_per_year
    made = _of(row)
    threshold = made.threshold(wanted)
    alarms = dict(made.table)[threshold]
    between = {p: _rounded(made.doubt(rate)) for p, rate in made.table}
    low, high = between[threshold]
    fields: dict[str, object] = {
        "threshold": threshold,
        "alarms": alarms,
        "low": low,
        "high": high,
        "wanted": wanted,
        "years": row.years,
        "first": window_name(windows.name(row.first_month)),
        "last": window_name(windows.name(row.last_month)),
    }
    return {
        "category": category,
        "made_on": row.made_on.isoformat(),
        "years": row.years,
        "from": windows.name(row.first_month),
        "to": windows.name(row.last_month),
        "grids": row.grids,
        "wanted": wanted,
        "threshold": threshold,
        "thresholds": [
            {"p": p, "false_alarms": alarms, "between": between[p]} for p, alarms in made.table
        ],
        "sentence": Sentence(
            N_(
                "Told up to p {threshold}: {alarms} false alarms a year in {years} simulated years "
                "(between {low} and {high} in 95 of 100 cases; wanted: at most {wanted}), from "
                "the months {first} to {last}."
            ),
            fields,
        ),
    }


def _rounded(between: tuple[float, float]) -> list[float]:
    return [round(rate, 2) for rate in between]


def _of(row: CalibrationRow) -> Calibration:
    return Calibration([(float(p), float(alarms)) for p, alarms in row.thresholds], row.years)
