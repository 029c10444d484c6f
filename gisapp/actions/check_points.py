"""Faults of enterprises and disputes: where they lie, whether they stand twice, impossible days."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import or_, select

from gisapp.actions.findings import Finding, found
from gisapp.core import coordinates, credit_code
from gisapp.core.join import NOWHERE
from gisapp.i18n import N_
from gisapp.store import places
from gisapp.store.days import valid_on
from gisapp.store.models import Dispute, DisputePlace, Enterprise, Grid
from gisapp.store.places import Ground
from gisapp.store.session import Session

SHIFT_GAIN: Final = 0.02
"""Share of points that must come to lie in a grid before a shifted datum is suspected."""

CROWD: Final = 20
"""So many on one point to the last digit: the middle of a street or town, not their places."""

ROUNDED: Final = 5
"""Counts of disputes leave rounded to this."""

Array = npt.NDArray[np.float64]
Group = dict[Any, list[Any]]


def enterprises(session: Session) -> Iterator[Finding]:
    """Look at the enterprises of today."""
    rows = session.execute(
        select(
            Enterprise.id,
            Enterprise.register_number,
            Enterprise.name,
            Enterprise.address,
            Enterprise.place,
            Enterprise.grid_id,
            Enterprise.credit_code,
        ).where(valid_on(Enterprise, session.today))
    ).all()
    land = places.ground(session)
    points: Any = np.array([row.place for row in rows], dtype=object)
    xy = np.column_stack([shapely.get_x(points), shapely.get_y(points)])
    there = ~np.isnan(xy[:, 0])
    home = land.hold(points)
    if shift := _shifted(land, xy[there], home[there]):
        message = N_(
            "Enterprises in a grid: {before} %; read as GCJ-02 it would be {after} %. "
            "Import them again with --crs gcj02."
        )
        before, after = shift
        fields = {"before": round(100 * before), "after": round(100 * after)}
        yield found("datum", "cause", "enterprises", message, fields)
    for row, (lon, lat), at in zip(rows, xy.tolist(), home.tolist(), strict=True):
        code = row.register_number
        if row.place is None:
            message = N_("Enterprise {code} has no place. Bring its coordinates.")
            yield found("no_place", "doubt", code, message, {"code": code})
        elif at == NOWHERE:
            message = N_("Enterprise {code} lies in no grid. Check its coordinates.")
            yield found("outside", "doubt", code, message, {"code": code}, (lon, lat))
        elif row.grid_id != land.grid_ids[at]:
            message = N_("Enterprise {code} is not counted in the grid it lies in. Join it anew.")
            yield found(
                "misplaced", "fault", code, message, {"code": code}, (lon, lat), repair=True
            )
        if row.credit_code is not None and not credit_code.fits(row.credit_code):
            message = N_("The credit code of enterprise {code} has a wrong check digit.")
            yield found("credit_code", "doubt", code, message, {"code": code})
    yield from _twice(rows)
    yield from _crowds(rows)


def _twice(rows: Any) -> Iterator[Finding]:
    """Find enterprises that stand more than once: alike in all, or in their credit code."""
    alike, coded = defaultdict(list), defaultdict(list)
    for row in rows:
        place = None if row.place is None else (row.place.x, row.place.y)
        if place is not None or row.address:
            alike[(row.name, row.address, row.credit_code, place)].append(row)
        if row.credit_code is not None:
            coded[row.credit_code].append(row)
    told: set[int] = set()
    for same in alike.values():
        first, *more = sorted(same, key=lambda row: row.register_number)
        for row in more:
            told.add(row.id)
            message = N_(
                "Enterprise {code} is {other} again: name, place, address and credit code are "
                "the same. End one of them."
            )
            fields = {"code": row.register_number, "other": first.register_number}
            at = None if row.place is None else (row.place.x, row.place.y)
            yield found("duplicate", "fault", row.register_number, message, fields, at, repair=True)
    for same in coded.values():
        first, *more = sorted(same, key=lambda row: row.register_number)
        for row in more:
            if row.id not in told:
                message = N_(
                    "Enterprise {code} has the credit code of {other}. Correct it, or end one "
                    "of them."
                )
                fields = {"code": row.register_number, "other": first.register_number}
                yield found("same_credit_code", "doubt", row.register_number, message, fields)


def _crowds(rows: Any) -> Iterator[Finding]:
    spots: Group = defaultdict(list)
    for row in rows:
        if row.place is not None:
            spots[(row.place.x, row.place.y)].append(row.register_number)
    for at, codes in spots.items():
        if len(codes) >= CROWD:
            message = N_(
                "{n} enterprises stand on one point, {code} among them: perhaps the middle of a "
                "street. Bring the coordinates of each."
            )
            yield found(
                "crowd", "doubt", min(codes), message, {"n": len(codes), "code": min(codes)}, at
            )


def disputes(session: Session) -> Iterator[Finding]:
    """Look at disputes; the exact place of one is nobody's business: its number is enough."""
    for code in session.scalars(select(Dispute.case_number).where(Dispute.grid_id.is_(None))):
        message = N_("Dispute {code} lies in no grid or has no place. Check its coordinates.")
        yield found("outside", "doubt", code, message, {"code": code})
    days = select(Dispute.case_number, Dispute.reported_on).where(
        or_(
            Dispute.resolved_on < Dispute.reported_on,
            Dispute.accepted_on < Dispute.reported_on,
            Dispute.resolved_on < Dispute.accepted_on,
            Dispute.reported_on > session.today,
            Dispute.resolved_on > session.today,
        )
    )
    for code, _ in session.execute(days):
        message = N_(
            "The days of dispute {code} cannot be: resolved or accepted before it was reported, "
            "or still to come. Correct them."
        )
        yield found("dates", "fault", code, message, {"code": code})
    yield from _kept_places(session)


def _kept_places(session: Session) -> Iterator[Finding]:
    rows = session.execute(
        select(
            Dispute.case_number,
            Dispute.category_code,
            Dispute.reported_on,
            Dispute.grid_id,
            Grid.code.label("grid"),
            DisputePlace.place,
        )
        .join(DisputePlace, DisputePlace.dispute_id == Dispute.id)
        .outerjoin(Grid, Grid.id == Dispute.grid_id)
    ).all()
    land = places.ground(session)
    home = land.hold([row.place for row in rows])
    spots, same = defaultdict(list), defaultdict(list)
    for row, at in zip(rows, home.tolist(), strict=True):
        place = (row.place.x, row.place.y)
        spots[(row.grid, place)].append(row)
        same[(row.category_code, row.reported_on, place)].append(row.case_number)
        if at != NOWHERE and row.grid_id != land.grid_ids[at]:
            message = N_("Dispute {code} is not counted in the grid it lies in. Join it anew.")
            code = row.case_number
            yield found("misplaced", "fault", code, message, {"code": code}, repair=True)
    for (grid, _), some in spots.items():
        if grid is not None and len(some) >= CROWD:
            message = N_(
                "About {n} disputes of grid {code} stand on one point: perhaps the middle of a "
                "street. Bring the coordinates of each."
            )
            fields = {"n": ROUNDED * round(len(some) / ROUNDED), "code": grid}
            yield found("crowd", "doubt", grid, message, fields)
    for cases in same.values():
        first, *more = sorted(cases)
        for code in more:
            message = N_(
                "Dispute {code} has day, category and place of {other}. Take one out if they "
                "are one."
            )
            yield found("same_dispute", "doubt", code, message, {"code": code, "other": first})


def _shifted(land: Ground, xy: Array, home: npt.NDArray[np.int64]) -> tuple[float, float] | None:
    """Return the share of points in a grid as they are and read as GCJ-02, when that is better."""
    if not len(land.grid_ids) or not xy.size or not coordinates.in_china(*xy.T).all():
        return None
    before = float((home != NOWHERE).mean())
    after = float((land.land.hold(*coordinates.gcj_to_wgs(*xy.T)) != NOWHERE).mean())
    return (before, after) if after - before >= SHIFT_GAIN else None
