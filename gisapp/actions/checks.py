"""Look for faults in what is stored: the fix list of a data admin, each with its place."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree
from sqlalchemy import select

from gisapp import frames
from gisapp.auth import Scope
from gisapp.core import coordinates, credit_code, shapes
from gisapp.i18n import N_, Sentence
from gisapp.store import installation, revisions
from gisapp.store.models import Area, Dispute, Enterprise, Grid
from gisapp.store.needs import valid_on
from gisapp.store.session import Session

Severity = Literal["cause", "fault", "doubt", "notice"]
ORDER: Final[tuple[Severity, ...]] = ("cause", "fault", "doubt", "notice")
"""What explains other findings comes first, then what is wrong, then doubt, then notice."""

LAYERS: Final = ("areas", "grids", "enterprises", "disputes")
LEVEL_DIGITS: Final = {"province": 2, "city": 4, "county": 6, "township": 9, "community": 12}
DEGREE_M: Final = 111_320.0
"""Metres in a degree, for the width of slivers: near enough."""

SHIFT_GAIN: Final = 0.02
"""Share of points that must come to lie in a grid before a shifted datum is suspected."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or doubt, with the place where it shows."""

    kind: str
    severity: Severity
    code: str
    sentence: Sentence
    lon: float | None = None
    lat: float | None = None


def check(session: Session, layer: str | None = None) -> list[Finding]:
    """Look through one layer or all; what explains others comes first."""
    session.actor.must(Scope.GRIDS_READ)
    wanted = LAYERS if layer is None else (layer,)
    found = [finding for name in wanted for finding in _LOOK[name](session)]
    return sorted(found, key=lambda one: (ORDER.index(one.severity), one.kind, one.code))


def _areas(session: Session) -> Iterator[Finding]:
    rows = session.execute(
        select(Area.id, Area.code, Area.level, Area.parent_id).where(valid_on(Area, session.today))
    ).all()
    codes = {row.id: row.code for row in rows}
    for row in rows:
        parent = codes.get(row.parent_id, "")
        if len(row.code) != LEVEL_DIGITS[row.level]:
            message = N_("The code of {code} has the wrong length for a {level}. Correct the code.")
            yield Finding(
                "code", "fault", row.code, Sentence(message, {"code": row.code, "level": row.level})
            )
        elif not row.code.startswith(parent):
            yield Finding("code", "fault", row.code, _not_within(row.code, parent))
    yield from _ground(session, "community", "township")


def _grids(session: Session) -> Iterator[Finding]:
    settings = session.settings
    rows = session.execute(
        select(Grid.code, Grid.households, Area.code.label("community"))
        .join(Grid.community)
        .where(valid_on(Grid, session.today))
    ).all()
    for row in rows:
        if not row.code.startswith(row.community):
            yield Finding("code", "fault", row.code, _not_within(row.code, row.community))
        elif not re.fullmatch(settings.grid_code, row.code):
            message = N_("Grid code {code} does not fit the pattern of this installation.")
            yield Finding("code", "fault", row.code, Sentence(message, {"code": row.code}))
        least, most = settings.households_least, settings.households_most
        if row.households is not None and not least <= row.households <= most:
            message = N_(
                "{code} has {n} households; {least} to {most} are usual. Check the number."
            )
            fields = {"code": row.code, "n": row.households, "least": least, "most": most}
            yield Finding("households", "notice", row.code, Sentence(message, fields))
    yield from _ground(session, "grid", "community")


def _ground(session: Session, level: str, above: str) -> Iterator[Finding]:
    revision = revisions.current(session)
    if revision is None:
        return
    srid = installation.srid(session)
    ids = revisions.ids(session, revision)
    codes = ids.codes[level]
    if not codes:
        return
    ground = revisions.shapes(session, revision, level)
    metres = partial(frames.shapes_to_metres, srid=srid)
    pairs = shapes.overlaps(ground, metres)
    for pair in pairs:
        message = N_("{code} and {other} overlap by {area} m². Draw their common border once.")
        fields = {"code": codes[pair.first], "other": codes[pair.second], "area": _m2(pair.area_m2)}
        yield _at("overlap", "fault", codes[pair.first], message, fields, pair.at)
    overlapping = {pair.first for pair in pairs} | {pair.second for pair in pairs}
    for position in shapes.slivers(ground, DEGREE_M):
        if int(position) not in overlapping:
            message = N_("{code} leaves a gap under {width} m to a neighbour. Close the border.")
            gap = {"code": codes[position], "width": int(shapes.SLIVER_M)}
            at = shapely.point_on_surface(ground[position])
            yield _at("sliver", "doubt", codes[position], message, gap, (at.x, at.y))
    if ids.codes[above]:
        yield from _against(session, revision, level, above, ids, ground, metres)


def _against(
    session: Session,
    revision: int,
    level: str,
    above: str,
    ids: revisions.Ids,
    ground: npt.NDArray[np.object_],
    metres: shapes.Measure,
) -> Iterator[Finding]:
    codes, parents = ids.codes[level], ids.codes[above]
    land = revisions.shapes(session, revision, above)
    which = np.asarray(ids.parent[level])
    own = np.array([land[p] if p >= 0 else None for p in which], dtype=object)
    for left in shapes.outside(ground, own, metres):
        message = N_(
            "{code} reaches {reach} m beyond {parent} ({area} m²). "
            "Correct the border, or the code it belongs to."
        )
        fields = {
            "code": codes[left.which],
            "parent": parents[which[left.which]],
            "reach": max(1, round(left.reach_m)),
            "area": _m2(left.area_m2),
        }
        yield _at("outside_parent", "fault", codes[left.which], message, fields, left.at)
    for left in shapes.uncovered(land, ground, metres):
        message = N_(
            "{area} m² of {code} lie in no {level}, in {pieces} pieces. Draw what is missing."
        )
        fields = {
            "code": parents[left.which],
            "area": _m2(left.area_m2),
            "pieces": left.pieces,
            "level": Sentence(LEVEL_WORDS[level]),
        }
        yield _at("gap", "fault", parents[left.which], message, fields, left.at)


def _enterprises(session: Session) -> Iterator[Finding]:
    rows = session.execute(
        select(
            Enterprise.register_number,
            Enterprise.place,
            Enterprise.grid_id,
            Enterprise.credit_code,
        ).where(valid_on(Enterprise, session.today))
    ).all()
    placed = [row for row in rows if row.place is not None]
    xy = np.array([(row.place.x, row.place.y) for row in placed], np.float64).reshape(-1, 2)
    if (shift := _shifted(session, xy)) is not None:
        before, after = shift
        message = N_(
            "Enterprises in a grid: {before} %; read as GCJ-02 it would be {after} %. "
            "Import them again with --crs gcj02."
        )
        fields = {"before": round(100 * before), "after": round(100 * after)}
        yield Finding("datum", "cause", "enterprises", Sentence(message, fields))
    for row in rows:
        code = row.register_number
        if row.place is None:
            message = N_("Enterprise {code} has no place. Bring its coordinates.")
            yield Finding("no_place", "doubt", code, Sentence(message, {"code": code}))
        elif row.grid_id is None:
            message = N_("Enterprise {code} lies in no grid. Check its coordinates.")
            fields = {"code": code}
            yield Finding(
                "outside", "doubt", code, Sentence(message, fields), row.place.x, row.place.y
            )
        if row.credit_code is not None and not credit_code.fits(row.credit_code):
            message = N_("The credit code of enterprise {code} has a wrong check digit.")
            yield Finding("credit_code", "doubt", code, Sentence(message, {"code": code}))


def _disputes(session: Session) -> Iterator[Finding]:
    # The exact place of a dispute is nobody's business here: its case number is enough.
    for code in session.scalars(select(Dispute.case_number).where(Dispute.grid_id.is_(None))):
        message = N_("Dispute {code} lies in no grid or has no place. Check its coordinates.")
        yield Finding("outside", "doubt", code, Sentence(message, {"code": code}))


def _shifted(session: Session, xy: Array) -> tuple[float, float] | None:
    """Return the share of points in a grid as they are and read as GCJ-02, when that is better."""
    revision = revisions.current(session)
    if revision is None or not xy.size or not coordinates.in_china(xy[:, 0], xy[:, 1]).all():
        return None
    tree = STRtree(revisions.shapes(session, revision, "grid"))

    def share(points: Array) -> float:
        inside = tree.query(shapely.points(points), predicate="intersects")[0]
        return np.unique(inside).size / len(points)

    before = share(xy)
    after = share(np.column_stack(coordinates.gcj_to_wgs(xy[:, 0], xy[:, 1])))
    return (before, after) if after - before >= SHIFT_GAIN else None


LEVEL_WORDS: Final = {
    "grid": N_("grid"),
    "community": N_("community"),
    "township": N_("township"),
}

_LOOK: Final[dict[str, Callable[[Session], Iterator[Finding]]]] = {
    "areas": _areas,
    "grids": _grids,
    "enterprises": _enterprises,
    "disputes": _disputes,
}


def _at(
    kind: str,
    severity: Severity,
    code: str,
    message: str,
    fields: Mapping[str, object],
    at: tuple[float, float],
) -> Finding:
    lon, lat = at
    return Finding(kind, severity, code, Sentence(message, fields), round(lon, 6), round(lat, 6))


def _m2(area: float) -> str:
    return f"{area:,.0f}".replace(",", "\u2009")


def _not_within(code: str, parent: str) -> Sentence:
    message = N_("The code of {code} does not begin with that of its parent, {parent}.")
    return Sentence(message, {"code": code, "parent": parent})
