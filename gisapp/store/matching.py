"""Everything a match is decided from, read together and put in order of code."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import select

from gisapp import frames
from gisapp.core.matching.cost import dearest
from gisapp.core.matching.problem import (
    Cadres,
    Departments,
    Floats,
    Ints,
    Posts,
    Problem,
    Weights,
)
from gisapp.store import (
    floors,
    installation,
    needs,
    plans,
    revisions,
    seats,
    staff,
    standing,
    ties,
    urgency,
)
from gisapp.store.days import valid_on
from gisapp.store.models import Post
from gisapp.store.needs import Needs
from gisapp.store.posts import CHIEF
from gisapp.store.session import Session

FLOOR_PRICE = 4
"""Times the dearest placement: what one person short of a floor costs."""


@dataclass(frozen=True, slots=True)
class Fallen:
    """A placement that cannot stand; ``why`` is a key of `standing.WHYS`."""

    cadre: str
    post: str
    why: str


@dataclass(frozen=True, slots=True)
class Muster:
    """A problem, and what its positions are called in the store."""

    problem: Problem
    post_ids: list[int]
    post_areas: list[str]
    slot_ids: list[int]
    cadre_ids: list[int]
    names: list[str]
    """Of the departments."""
    offices: list[str]
    """Their names."""
    bases: list[int]
    """Of whom each department's floor is a share."""
    eligible: list[int]
    """Who of each department could serve."""
    own: list[bool]
    """Whether each department belongs to the area; the others lend people to it."""
    placeless: int
    """Posts left out: their place has no shape."""
    locked: frozenset[tuple[int, int]]
    """Cadre, slot: what a planner locked; a surge locks more."""
    fallen: list[Fallen]
    """Placements of the base plan that do not stand today."""
    standing: int
    """Those that do."""
    before: list[int]
    """People of each department who are out today."""
    floors: tuple[list[int], list[int]]
    """Of each department, in normal times and in a surge."""
    digest: str
    """Of all that goes in."""


@dataclass(frozen=True, slots=True)
class _Places:
    """Where places lie, by code: grids and areas, codes sorted."""

    codes: list[str]
    metres: Floats


def muster(
    session: Session,
    area: str,
    share: float,
    base: pd.DataFrame,
    need: Needs | None = None,
    *,
    surge: bool = False,
) -> Muster:
    """Read posts, people and rules of ``area`` today; floors are ``share`` of each department.

    ``base`` is the plan to start from, as `plans.holdings` gives it: its locked placements stay.
    ``need`` is today's, where it was read before.
    In a ``surge`` all of them stay that stand (`standing.whys`), and open seats cost what
    `urgency.priced` says.
    Posts that people hold outside the area today use up their capacity. People whose department
    belongs elsewhere are lent: they take as many posts of the area as they hold there.
    """
    day, settings = session.today, session.settings
    places = _places(session)
    posts, placeless = _posts(session, day, area, places)
    post_at = {row.code: position for position, row in enumerate(posts)}
    metres = places.metres[_positions([ties.place(row.code) for row in posts], places.codes)]
    here = base["post_code"].isin(set(post_at)).to_numpy(bool)
    held_here, away = base[here], plans.held_outside(session, area, day)
    crew = staff.staff(session, day, area, Counter(held_here["cadre_id"].tolist()), away)
    cadre_at = {row.id: position for position, row in enumerate(crew.rows)}
    offices = {row.id: position for position, row in enumerate(crew.offices)}
    spots = _metres(session, [row.place for row in crew.offices])
    codes = [row.code for row in posts]
    ways, ways_min = ties.ways(session, offices, codes)
    weights = Weights(
        detour=settings.travel_detour,
        speed_kmh=settings.travel_speed_kmh,
        specialty_min=settings.match_specialty_min,
        wish_min=settings.match_wish_min,
        move_min=settings.match_move_min,
        leaders_as_members=settings.match_leaders_as_members,
    )
    unit = dearest(spots, metres, ways_min, weights)
    need = need or needs.by_grid(session, day)
    slots, slot_ids = seats.slots(session, posts, need, unit)
    slot_at = {
        (int(post), int(number)): position
        for position, (post, number) in enumerate(zip(slots.post, slots.number, strict=True))
    }
    links, links_min = ties.links(session, day, crew.departments, codes)
    columns = ["cadre_id", "post_code", "slot_number", "locked"]
    placed = [
        (cadre_at[cadre], post_at[post], number, locked)
        for cadre, post, number, locked in held_here[columns].to_numpy(object).tolist()
        if cadre in cadre_at
    ]
    locked = {
        (cadre, slot_at[post, number])
        for cadre, post, number, locked in placed
        if locked and (post, number) in slot_at
    }
    kept, fallen = _standing(session, base, area, away, set(post_at))
    stay = [(cadre_at[cadre], post_at[post], number) for cadre, post, number in kept]
    arrays = crew.arrays(session, need.specialties, offices, day)
    if surge:
        served = np.isin(np.arange(len(codes)), [post for _, post, _ in stay])
        slots = urgency.priced(session, day, [*map(ties.place, codes)], slots, unit, served)
    bases, eligible = staff.bases(session, crew, area)
    problem = Problem(
        posts=Posts(
            codes=codes,
            metres=metres,
            chief=np.array([row.role == CHIEF for row in posts], np.bool_),
            wish=seats.wishes(session, need, codes),
        ),
        slots=slots,
        cadres=arrays,
        departments=Departments(
            codes=[row.code for row in crew.departments],
            floor=np.array(_floors(share, bases), np.int64),
        ),
        offices=spots,
        weights=_priced(weights, unit),
        ways=ways,
        ways_min=ways_min,
        links=links,
        links_min=links_min,
        recused=ties.recusals(session, day, cadre_at, codes),
        locks=ties.pairs(
            locked | {(cadre, slot_at[post, number]) for cadre, post, number in stay if surge}
        ),
        base=ties.pairs({(cadre, post) for cadre, post, _, _ in placed}),
    )
    return Muster(
        problem,
        [row.id for row in posts],
        [row.area_code for row in posts],
        slot_ids,
        [row.id for row in crew.rows],
        [row.name for row in crew.departments],
        [row.name for row in crew.offices],
        bases,
        eligible,
        [row.area_code.startswith(area) for row in crew.departments],
        placeless,
        frozenset(locked),
        fallen,
        len(stay),
        _out(arrays, {cadre for cadre, _, _ in stay}, len(bases)),
        (_floors(settings.floor_normal, bases), _floors(settings.floor_surge, bases)),
        _digest(problem),
    )


def _standing(
    session: Session, base: pd.DataFrame, area: str, away: Counter[int], posts: set[str]
) -> tuple[list[tuple[int, str, int]], list[Fallen]]:
    """Part the placements of ``base`` in ``area`` into those that stand today and the others."""
    inside = base[base["post_code"].str.startswith(area)]
    whys = standing.whys(session, inside, session.today, away)
    kept, fallen = [], []
    columns = ["cadre_id", "post_code", "slot_number", "staff_number"]
    rows = inside[columns].to_numpy(object).tolist()
    for (cadre, post, number, staff_number), wrong in zip(rows, whys, strict=True):
        why = wrong or ("" if post in posts else "no_place")
        if why:
            fallen.append(Fallen(staff_number, post, why))
        else:
            kept.append((cadre, post, number))
    return kept, fallen


def _floors(share: float, bases: list[int]) -> list[int]:
    return [floors.floor(share, number) for number in bases]


def _out(cadres: Cadres, serving: set[int], departments: int) -> list[int]:
    """Count for each department the people who serve, here or elsewhere."""
    out = cadres.counts & (cadres.held > 0)
    out[sorted(serving)] = cadres.counts[sorted(serving)]
    many = np.bincount(cadres.department[out], minlength=departments)
    return [int(number) for number in many]


def _places(session: Session) -> _Places:
    revision = revisions.current(session)
    if revision is None:
        raise installation.NoAreas
    ids = revisions.ids(session, revision)
    levels = ("grid", "community", "township")
    codes = [code for level in levels for code in ids.codes[level]]
    degrees = np.concatenate([revisions.middles(session, revision, level) for level in levels])
    order = sorted(range(len(codes)), key=codes.__getitem__)
    metres = frames.to_metres(degrees[order], installation.srid(session))
    return _Places([codes[n] for n in order], metres)


def _metres(session: Session, points: list[Any]) -> Floats:
    array = np.array(points, dtype=object)
    degrees = np.column_stack([shapely.get_x(array), shapely.get_y(array)]).reshape(-1, 2)
    return frames.to_metres(degrees, installation.srid(session)) if points else np.zeros((0, 2))


def _posts(session: Session, day: date, area: str, places: _Places) -> tuple[Sequence[Any], int]:
    rows = session.execute(
        select(Post.id, Post.code, Post.role, Post.area_code)
        .where(valid_on(Post, day))
        .where(Post.area_code >= area, Post.area_code < f"{area}:")
        .order_by(Post.code)
    ).all()
    known = set(places.codes)
    there = [row for row in rows if ties.place(row.code) in known]
    return there, len(rows) - len(there)


def _positions(codes: list[str], known: list[str]) -> Ints:
    at = {code: position for position, code in enumerate(known)}
    return np.array([at[code] for code in codes], np.int64)


def _priced(weights: Weights, unit: int) -> Weights:
    known = {field.name: getattr(weights, field.name) for field in fields(weights)}
    return Weights(**known | {"price_floor": FLOOR_PRICE * unit})


def _digest(problem: Problem) -> str:
    whole = hashlib.sha256()

    def add(value: object) -> None:
        if is_dataclass(value):
            for field in fields(value):
                add(getattr(value, field.name))
        elif isinstance(value, np.ndarray):
            whole.update(repr(value.shape).encode() + np.ascontiguousarray(value).tobytes())
        else:
            whole.update(repr(value).encode())

    add(problem)
    return whole.hexdigest()
