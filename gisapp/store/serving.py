"""Who serves which grid under a plan: everything coverage is decided from, read together."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gisapp.auth import EVERYWHERE
from gisapp.core import coverage, publication
from gisapp.core.coverage import NONE, Coverage, Limits, Serving
from gisapp.settings import Settings
from gisapp.store import cadres, grids, needs, numbering, plans, state, told
from gisapp.store.cadres import Roster
from gisapp.store.grids import Ground
from gisapp.store.needs import Needs
from gisapp.store.session import Session

Ints = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

A_ROW: Final = 700
"""About how many bytes a grid or person takes."""


@dataclass(frozen=True)
class Situation:
    """The town on one day under one plan; grids in the order of ``ground``."""

    day: date
    plans: list[str]
    """Codes of the plans the placements come from; none when nothing is published."""
    ground: Ground
    specialties: list[str]
    need: Array
    """Shape (m, s). Cases a year."""
    enterprises: Ints
    """Shape (m,)."""
    published: Array
    """Shape (m, s). The need as far as published counts tell it, at least; nan where they do not.
    Nothing else of it may leave."""
    told: bool
    """Whether anything is published of the disputes of a year."""
    first_year: bool
    """As of `needs.Needs`."""
    roster: Roster
    holdings: Any
    """`plans.holdings`, those of cadres on the staff, with ``cadre``: a position in ``roster``."""
    serving: Serving
    limits: Limits
    coverage: Coverage
    ways: dict[tuple[int, str], float]
    """Minutes that were measured, by office id and place code."""
    recused: tuple[Ints, Ints]
    """Pairs of a grid and a cadre who must not serve it."""
    away: Ints
    """Shape (c,). Posts that each of the roster holds beyond what the actor sees."""
    settings: Settings

    def members(self, grid: int) -> list[tuple[int, float]]:
        """List who serves ``grid`` as (position in the roster, minutes), the nearest first."""
        first, last = np.searchsorted(self.serving.grid, [grid, grid + 1])
        here = range(first, last)
        rows = sorted((self.serving.minutes[k], int(self.serving.cadre[k])) for k in here)
        return [(cadre, float(minutes)) for minutes, cadre in rows]

    @cached_property
    def free(self) -> Ints:
        """The staff who can take a further post now, as positions in the roster."""
        held = self.away.copy()
        counts = self.holdings.groupby("cadre")["post_code"].nunique()
        held[counts.index.to_numpy(np.int64)] += counts.to_numpy(np.int64)
        can = self.roster.staff & self.roster.available & (held < self.roster.capacity)
        return np.flatnonzero(can)


@dataclass(frozen=True, slots=True)
class Town:
    """What is the same whoever serves: grids and their need, people and their ways."""

    ground: Ground
    need: Needs
    roster: Roster
    ways: dict[tuple[int, str], float]
    recused: tuple[Ints, Ints]
    away: Ints

    @property
    def size(self) -> int:
        """About how many bytes this keeps."""
        rows = len(self.ground.codes) + len(self.roster.ids) + len(self.ways)
        return A_ROW * (100 + rows) + 2 * self.need.cases.nbytes + 16 * len(self.recused[0])


def town(session: Session, day: date) -> Town:
    """Read the town on a day; units of work that only read share it until its data change."""
    if not session.keeps:
        return _town(session, day)
    kept = ("town", day, state.of_data(session), *numbering.stamp(session))
    return session.kept(kept, lambda: _town(session, day), lambda found: found.size)


def _town(session: Session, day: date) -> Town:
    ground, need = grids.ground(session, day), needs.by_grid(session, day)
    roster = cadres.roster(session, day, need.specialties)
    return Town(
        ground,
        need,
        roster,
        cadres.measured_ways(session),
        cadres.recusals(session, day, roster.ids, ground.codes),
        _away(session, roster, day),
    )


def limits(settings: Settings) -> Limits:
    """Take the four numbers that part the states from the settings."""
    return Limits(
        settings.coverage_need,
        settings.coverage_far_min,
        settings.coverage_stretch,
        settings.coverage_cases,
    )


def situation(session: Session, plan: str | None, day: date | None, held: Any = None) -> Situation:
    """Read the town on ``day`` (today) under ``plan`` (what is in force on that day).

    ``held`` are its `plans.holdings`, where they were read before.
    """
    day = day or session.today
    read = town(session, day)
    ground, need, roster = read.ground, read.need, read.roster
    found = _rows(need.grid_codes, ground.codes)
    cases = np.vstack([need.cases, np.zeros((1, len(need.specialties)))])[found]
    enterprises = np.append(need.enterprises, 0)[found]
    if held is None:
        held = plans.holdings(session, plan, day)
    held = held.assign(cadre=_rows(roster.ids.tolist(), held["cadre_id"].tolist()))
    held = held[held["cadre"] != NONE].reset_index(drop=True)
    bounds = limits(session.settings)
    serving = _serving(session, ground, roster, held, read.ways)
    return Situation(
        day,
        _plans(session, plan, day, held),
        ground,
        need.specialties,
        cases,
        enterprises,
        *_published(session, ground, need, found),
        need.first_year,
        roster,
        held,
        serving,
        bounds,
        coverage.cover(cases, serving, roster.knows, bounds),
        read.ways,
        read.recused,
        read.away,
        session.settings,
    )


def _published(session: Session, ground: Ground, need: Needs, rows: Ints) -> tuple[Array, bool]:
    """Work out the need from what is published: `told.year`, and enterprises × rate."""
    codes, categories = ground.codes, need.categories
    kept = ("cases told", ground.revision, tuple(categories), *told.stamp(session, codes))
    said = session.kept(kept, lambda: told.year(session, codes, categories), lambda one: one.size)
    firms = np.vstack([need.of_enterprises, np.zeros((1, len(need.specialties)))])[rows]
    return publication.cases(said.least, said.few, need.calls, firms), said.any


def seated(town: Situation, holdings: Any, members: tuple[Ints, Ints, Ints]) -> Situation:
    """Put other people into the posts of a town; nothing is read.

    ``members`` are those of ``holdings`` in posts of members: positions of the cadre in the
    roster, of the grid, and of the community; one of the last two is `NONE`.
    """
    serving = _reach(town.settings, town.ground, town.roster, town.ways, members)
    states = coverage.cover(town.need, serving, town.roster.knows, town.limits)
    return replace(town, holdings=holdings, serving=serving, coverage=states)


def reseated(
    town: Situation, holdings: Any, cadres: Ints, members: tuple[Ints, Ints, Ints]
) -> Situation:
    """Put some ``cadres`` into other posts of a seated town, as `seated` does, sooner.

    ``members`` are those of all their posts from now on, as there.
    """
    theirs = _reach(town.settings, town.ground, town.roster, town.ways, members)
    serving, touched = coverage.exchanged(town.serving, theirs, cadres)
    states = coverage.cover_anew(
        town.coverage, touched, town.need, serving, town.roster.knows, town.limits
    )
    return replace(town, holdings=holdings, serving=serving, coverage=states)


def _away(session: Session, roster: Roster, day: date) -> Ints:
    home = session.actor.area_code
    many: Counter[int] = Counter()
    if home != EVERYWHERE:
        many = plans.held_outside(session, home, day)
    return np.array([many[cadre] for cadre in roster.ids.tolist()], np.int64)


def candidates(town: Situation, asking: Ints) -> tuple[Ints, Array]:
    """Find for some grids the nearest free cadre who knows what each wants, and the minutes.

    Nobody who serves the grid already, nobody who is recused from it. Positions in the roster,
    `NONE` where there is nobody. Nearest is a straight line; the minutes are those of `way`.
    """
    free = town.free
    place = np.full(len(town.roster.ids), NONE, np.int64)
    place[free] = np.arange(len(free))
    row = np.full(len(town.ground.codes), NONE, np.int64)
    row[asking] = np.arange(len(asking))
    grid = row[np.concatenate([town.serving.grid, town.recused[0]])]
    cadre = place[np.concatenate([town.serving.cadre, town.recused[1]])]
    both = (grid != NONE) & (cadre != NONE)
    found, metres = coverage.nearest_free(
        town.ground.metres[asking],
        coverage.wanted(town.coverage)[asking],
        town.roster.metres[free],
        town.roster.knows[free],
        (grid[both], cadre[both]),
    )
    away = np.column_stack([metres, np.zeros(len(metres))])
    minutes = _minutes(town.settings, away, np.zeros(2))
    who = np.append(free, NONE)[found]
    if town.ways:
        for one in np.flatnonzero(who != NONE).tolist():
            minutes[one] = way(town, int(who[one]), int(asking[one]))
    return who, minutes


def choices(town: Situation, grid: int, wanted: int) -> list[tuple[int, float]]:
    """List who is free to serve a grid as (position in the roster, minutes), the nearest first.

    Only those who know ``wanted``, a position in ``town.specialties``, unless it is `NONE`.
    """
    free, roster = town.free, town.roster
    barred = [cadre for cadre, _ in town.members(grid)]
    barred += town.recused[1][town.recused[0] == grid].tolist()
    able = free[~np.isin(free, barred)]
    if wanted != NONE:
        able = able[roster.knows[able, wanted]]
    minutes = _minutes(town.settings, roster.metres[able], town.ground.metres[grid])
    if town.ways:
        minutes = np.array([way(town, cadre, grid) for cadre in able.tolist()])
    order = np.lexsort((able, minutes))
    return list(zip(able[order].tolist(), minutes[order].tolist(), strict=True))


def way(town: Situation, cadre: int, grid: int) -> float:
    """Say how many minutes it is from a cadre's office to a grid."""
    asked = (int(town.roster.office_ids[cadre]), town.ground.codes[grid])
    if asked in town.ways:
        return town.ways[asked]
    return float(_minutes(town.settings, town.roster.metres[cadre], town.ground.metres[grid]))


def _minutes(settings: Settings, start: Array, end: Array) -> Array:
    return coverage.travel_min(
        start,
        end,
        detour=settings.travel_detour,
        speed_kmh=settings.travel_speed_kmh,
    )


def _plans(session: Session, plan: str | None, day: date, held: Any) -> list[str]:
    """Name the plans the placements come from; those in force where nobody is placed."""
    if plan is not None:
        return [plans.code(plans.by_code(session, plan))]
    codes = [plans.code(each.plan) for each in plans.in_force(session, day)]
    used = set(held["plan"])
    return [code for code in codes if code in used] or codes


def _rows(known: list[Any], asked: list[Any]) -> Ints:
    """Find each of ``asked`` among ``known``; `NONE` where it is not there."""
    place = {code: position for position, code in enumerate(known)}
    return np.array([place.get(code, NONE) for code in asked], np.int64)


def _serving(
    session: Session,
    ground: Ground,
    roster: Roster,
    held: Any,
    ways: dict[tuple[int, str], float],
) -> Serving:
    places = held["place_code"].tolist()
    members = (held["role"] == "member").to_numpy(bool)
    cadre = held["cadre"].to_numpy(np.int64)[members]
    grid = _rows(ground.codes, places)[members]
    community = _rows(ground.community_codes, places)[members]
    return _reach(session.settings, ground, roster, ways, (cadre, grid, community))


def _reach(
    settings: Settings,
    ground: Ground,
    roster: Roster,
    ways: dict[tuple[int, str], float],
    members: tuple[Ints, Ints, Ints],
) -> Serving:
    """Spread members (cadre, grid or `NONE`, community or `NONE`) over the grids they serve."""
    cadre, grid, community = members
    grid, cadre = coverage.pairs(cadre, grid, community, ground.community)
    minutes = _minutes(settings, roster.metres[cadre], ground.metres[grid])
    if ways:
        offices = roster.office_ids[cadre].tolist()
        codes = [ground.codes[position] for position in grid]
        asked = zip(offices, codes, minutes.tolist(), strict=True)
        minutes = np.array([ways.get((office, code), guess) for office, code, guess in asked])
    return Serving(grid, cadre, minutes)


def under(session: Session, town: Situation, plan: str, held: Any) -> Situation:
    """Return the same town under another plan, which is ``held`` (`plans.holdings`)."""
    held = held.assign(cadre=_rows(town.roster.ids.tolist(), held["cadre_id"].tolist()))
    held = held[held["cadre"] != NONE].reset_index(drop=True)
    serving = _serving(session, town.ground, town.roster, held, town.ways)
    return replace(
        town,
        plans=[plan],
        holdings=held,
        serving=serving,
        coverage=coverage.cover(town.need, serving, town.roster.knows, town.limits),
    )
