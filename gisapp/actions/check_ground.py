"""Faults of areas and grids: their codes, their outlines, and how these fit."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np
import shapely
from sqlalchemy import select

from gisapp import frames
from gisapp.actions.findings import Finding, found, m2
from gisapp.core import seams, shapes, validity
from gisapp.core.edges import Misfits, misfits
from gisapp.core.world import Shapes
from gisapp.i18n import N_, Sentence
from gisapp.store import installation, revisions
from gisapp.store.days import valid_on
from gisapp.store.models import Area, Grid
from gisapp.store.session import Session

LEVEL_DIGITS: Final = {"province": 2, "city": 4, "county": 6, "township": 9, "community": 12}
DEGREE_M: Final = 111_320.0
"""Metres in a degree of latitude; of longitude where they are longest."""

SNAP: Final = 0.001 / DEGREE_M
"""A millimetre: corners closer than this are one."""

NAMED: Final = 4
"""Codes that one sentence names; the map shows the rest."""

LEVEL_WORDS: Final = {
    "grid": N_("grid"),
    "community": N_("community"),
    "township": N_("township"),
}


def areas(session: Session) -> Iterator[Finding]:
    """Look at areas: codes, parents, and the outlines of communities."""
    rows = session.execute(
        select(Area.id, Area.code, Area.level, Area.parent_id).where(valid_on(Area, session.today))
    ).all()
    codes = {row.id: row.code for row in rows}
    there = set(codes.values())
    for row in rows:
        parent = codes.get(row.parent_id, "")
        if len(row.code) != LEVEL_DIGITS[row.level]:
            message = N_("The code of {code} has the wrong length for a {level}. Correct the code.")
            yield found("code", "fault", row.code, message, {"code": row.code, "level": row.level})
        elif not row.code.startswith(parent):
            above = next((row.code[:n] for n in (9, 6, 4, 2) if row.code[:n] in there), "")
            yield _not_within(row.code, parent, repair=bool(above) and above != row.code)
    yield from _ground(session, "community", "township")


def grids(session: Session) -> Iterator[Finding]:
    """Look at grids: codes, households, and their outlines."""
    settings = session.settings
    pattern = re.compile(settings.grid_code)
    rows = session.execute(
        select(Grid.code, Grid.households, Area.code.label("community"))
        .join(Grid.community)
        .where(valid_on(Grid, session.today))
    ).all()
    odd: list[tuple[str, int]] = []
    least, most = settings.households_least, settings.households_most
    for row in rows:
        if not row.code.startswith(row.community):
            yield _not_within(row.code, row.community)
        elif not pattern.fullmatch(row.code):
            message = N_("Grid code {code} does not fit the pattern of this installation.")
            yield found("code", "fault", row.code, message, {"code": row.code})
        if row.households is not None and not least <= row.households <= most:
            odd.append((row.code, row.households))
    places = _places(session, {code for code, _ in odd})
    for code, households in odd:
        message = N_("{code} has {n} households; {least} to {most} are usual. Check the number.")
        fields = {"code": code, "n": households, "least": least, "most": most}
        yield found("households", "notice", code, message, fields, places.get(code))
    yield from _ground(session, "grid", "community")


def _places(session: Session, wanted: set[str]) -> dict[str, tuple[float, float]]:
    """Return a point within each of these grids, as far as they are drawn."""
    revision = revisions.current(session)
    if revision is None or not wanted:
        return {}
    codes = revisions.ids(session, revision).codes["grid"]
    at = [place for place, code in enumerate(codes) if code in wanted]
    ground = revisions.shapes(session, revision, "grid")
    points = shapely.get_coordinates(shapely.point_on_surface(ground[at]))
    drawn = [codes[place] for place in at if ground[place] is not None]
    return {code: (float(x), float(y)) for code, (x, y) in zip(drawn, points, strict=True)}


def _ground(session: Session, level: str, above: str) -> Iterator[Finding]:
    revision = revisions.current(session)
    if revision is None:
        return
    ids = revisions.ids(session, revision)
    codes = ids.codes[level]
    if not codes:
        return
    ground = revisions.shapes(session, revision, level)
    metres = partial(frames.shapes_to_metres, srid=installation.srid(session))
    yield from _outlines(codes, ground, metres)
    # An outline that is no area cannot be compared: what is said of it is said above.
    ground[~shapely.is_valid(ground)] = None
    if bad := _misfits(ground, session.settings.check_sliver_m):
        yield from _overlaps(session, codes, ground, bad, metres)
        yield from _strips(session, codes, ground, bad, metres)
    if ids.codes[above]:
        land = revisions.shapes(session, revision, above)
        land[~shapely.is_valid(land)] = None
        yield from _against(
            session, level, ids.codes[above], codes, ids.parent[level], land, ground
        )


def _outlines(codes: list[str], ground: Shapes, metres: shapes.Measure) -> Iterator[Finding]:
    for fault in validity.faults(ground):
        message = N_("The outline of {code} is no area: {why}. Mend it at the place named.")
        why = Sentence(validity.REASONS.get(fault.reason, fault.reason))
        fields = {"code": codes[fault.which], "why": why}
        yield found("invalid", "fault", codes[fault.which], message, fields, fault.at, repair=True)
    for which in np.flatnonzero(shapely.get_num_geometries(ground) > 1).tolist():
        parts = shapely.get_parts(ground[which])
        areas = shapely.area(metres(parts))
        message = N_(
            "{code} lies in {n} parts, the smallest of {area} m². "
            "Join them, or give each a code of its own."
        )
        fields = {"code": codes[which], "n": len(parts), "area": m2(areas.min())}
        at = shapes.inside(parts[areas.argmin()])
        yield found("parts", "doubt", codes[which], message, fields, at)


def _misfits(ground: Shapes, width: float) -> Misfits | None:
    bad = misfits(ground, width / DEGREE_M, SNAP)
    return bad if len(bad.which) else None


def _overlaps(
    session: Session, codes: list[str], ground: Shapes, bad: Misfits, metres: shapes.Measure
) -> Iterator[Finding]:
    settings = session.settings
    for pair in seams.overlaps(ground, bad, metres, settings.check_least_m2, SNAP):
        code, other = codes[pair.first], codes[pair.second]
        fields: dict[str, Any] = {"code": code, "other": other, "area": m2(pair.area_m2)}
        if pair.same:
            message = N_("{code} and {other} have one outline ({area} m²). Take one of them out.")
            yield found("duplicate", "fault", code, message, fields, pair.at)
        elif pair.width_m < settings.check_sliver_m:
            message = N_(
                "{code} and {other} overlap by a strip of {area} m², {width} m wide. "
                "Draw their common border once."
            )
            fields["width"] = f"{pair.width_m:.1f}"
            yield found(
                "sliver", "doubt", code, message, fields, pair.at, repair=True, about=(code, other)
            )
        else:
            message = N_("{code} and {other} overlap by {area} m². Draw their common border once.")
            yield found("overlap", "fault", code, message, fields, pair.at)


def _strips(
    session: Session, codes: list[str], ground: Shapes, bad: Misfits, metres: shapes.Measure
) -> Iterator[Finding]:
    settings = session.settings
    for strip in seams.strips(
        ground, bad, metres, settings.check_least_m2, settings.check_sliver_m, scale(ground)
    ):
        about = tuple(codes[which] for which in strip.beside)
        message = N_(
            "A strip of {area} m², {width} m wide, lies between {codes} and in none of them. "
            "Close the border."
        )
        fields = {
            "area": m2(strip.area_m2),
            "width": f"{strip.width_m:.1f}",
            "codes": ", ".join(about[:NAMED]) + (" …" if len(about) > NAMED else ""),
        }
        first = about[0] if about else ""
        yield found(
            "sliver", "doubt", first, message, fields, strip.at, repair=bool(about), about=about
        )


def scale(ground: Shapes) -> tuple[float, float]:
    """Return about how many metres a degree of longitude and one of latitude have there."""
    _, south, _, north = shapely.total_bounds(ground)
    return DEGREE_M * float(np.cos(np.radians((south + north) / 2))), DEGREE_M


def _against(
    session: Session,
    level: str,
    parents: list[str],
    codes: list[str],
    which: revisions.Ints,
    land: Shapes,
    ground: Shapes,
) -> Iterator[Finding]:
    metres = partial(frames.shapes_to_metres, srid=installation.srid(session))
    least = session.settings.check_least_m2
    own = np.concatenate([land, np.array([None])])[which]  # nowhere is -1, the last one
    there = ~shapely.is_missing(ground)
    own[~there] = None
    for left in shapes.outside(ground, own, metres, least):
        message = N_(
            "{code} reaches {reach} m beyond {parent} ({area} m²). "
            "Correct the border, or the code it belongs to."
        )
        fields = {
            "code": codes[left.which],
            "parent": parents[which[left.which]],
            "reach": max(1, round(left.reach_m)),
            "area": m2(left.area_m2),
        }
        yield found("outside_parent", "fault", codes[left.which], message, fields, left.at)
    for left in shapes.uncovered(land, ground[there], metres, least):
        message = N_(
            "{area} m² of {code} lie in no {level}, in {pieces} {pieces:piece|pieces}. "
            "Draw what is missing."
        )
        fields = {
            "code": parents[left.which],
            "area": m2(left.area_m2),
            "pieces": left.pieces,
            "level": Sentence(LEVEL_WORDS[level]),
        }
        yield found("gap", "fault", parents[left.which], message, fields, left.at)


def _not_within(code: str, parent: str, *, repair: bool = False) -> Finding:
    message = N_("The code of {code} does not begin with that of its parent, {parent}.")
    fields = {"code": code, "parent": parent}
    kind = "parent" if repair else "code"
    return found(kind, "fault", code, message, fields, repair=repair)
