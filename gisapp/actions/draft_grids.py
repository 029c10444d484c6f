"""The grids of a draft: where it leaves gaps, and one grid closely."""

from collections.abc import Collection
from typing import Any, Final

import numpy as np

from gisapp.actions import comments
from gisapp.actions.desk import Desk
from gisapp.actions.draft_people import room, specialties
from gisapp.actions.laid import Laid
from gisapp.core import coverage
from gisapp.core.coverage import NONE, SERVED, STATES
from gisapp.core.reasons import chosen, reason, whole
from gisapp.i18n import Sentence
from gisapp.store import comments as remarks
from gisapp.store import gaps, plans, serving, ties, versions
from gisapp.store.gaps import Helpers
from gisapp.store.grids import UnknownGrid
from gisapp.store.session import Session

CANDIDATES: Final = 6
"""How many free people are named for a grid."""


def found(
    session: Session, desk: Desk, text: str, states: Collection[str], *, served: bool
) -> tuple[Laid, list[int]]:
    """Find grids by a part of their name or code and by state, the most urgent first.

    Served ones only where they are asked for.
    """
    laid = desk.now(session)[1]
    wanted = [STATES.index(state) for state in states]
    if not wanted:
        wanted = list(range(len(STATES) if served else SERVED))
    right = np.isin(laid.state, wanted) & desk.table.inside
    order: list[int] = laid.urgent_first[right[laid.urgent_first]].tolist()
    if text:
        codes, names = desk.town.ground.codes, desk.town.ground.names
        order = [at for at in order if codes[at].startswith(text) or text in names[at]]
    return laid, order


def rows(session: Session, desk: Desk, laid: Laid, grids: list[int]) -> list[dict[str, Any]]:
    """Tell some grids in one line each."""
    changed, locked = laid.changed_grids(desk.before), laid.locked_grids
    said = versions.remarks(session, desk.plan_id)
    # Of these alone: to look for who could help thousands takes longer than all else.
    helpers = gaps.helpers(laid.town, grids)
    return [
        _line(desk, laid, at, helpers)
        | {
            "minutes": whole(laid.town.coverage.minutes[at]),
            "helper_minutes": whole(helpers.get(at, gaps.NOBODY)[1]),
            "changed": bool(changed[at]),
            "locked": bool(locked[at]),
            "comments": said.get(desk.town.ground.codes[at], 0),
        }
        for at in grids
    ]


def _line(desk: Desk, laid: Laid, at: int, helpers: Helpers) -> dict[str, Any]:
    ground = desk.town.ground
    lon, lat = ground.places[at].round(6).tolist()
    return {
        "code": ground.codes[at],
        "name": ground.names[at],
        "lon": lon,
        "lat": lat,
        "state": STATES[int(laid.state[at])],
        "before": STATES[int(desk.before.state[at])],
        "sentence": _why(desk, laid, at, helpers),
    }


def _why(desk: Desk, laid: Laid, at: int, helpers: Helpers) -> Sentence:
    facts = gaps.facts(laid.town, at, helpers, desk.specialties)
    return reason(facts, desk.town.limits)


def closely(session: Session, desk: Desk, code: str) -> dict[str, Any]:
    """Tell all of one grid: its posts and who holds them, who could, what was said about it."""
    at = desk.grid_at.get(code)
    if at is None:
        raise UnknownGrid(grid=code[:40])
    laid = desk.now(session)[1]
    stored = plans.by_code(session, desk.code)
    ground = desk.town.ground
    home = int(ground.community[at])
    community = "" if home == NONE else ground.community_codes[home]
    places = [code, *([community, community[:9]] if community else [])]
    return _line(desk, laid, at, gaps.helpers(laid.town, [at])) | {
        "community": ground.community_names[home] if community else "",
        "households": ground.households[at],
        "enterprises": int(desk.town.enterprises[at]),
        "changed": bool(laid.changed_grids(desk.before)[at]),
        "posts": [
            _post(desk, laid, at, post) for place in places for post in desk.posts_at.get(place, ())
        ],
        "candidates": _candidates(desk, laid, at),
        "comments": [comments.told(session, row) for row in remarks.of_plan(session, stored, code)],
    }


def _post(desk: Desk, laid: Laid, grid: int, post: int) -> dict[str, Any]:
    problem = desk.muster.problem
    code, slots = problem.posts.codes[post], problem.slots
    place = ties.place(code)
    names = desk.specialty_names
    there = {int(laid.cadre[row]) for row in laid.of_post(post)}
    was = {int(desk.before.cadre[row]) for row in desk.before.of_post(post)}
    return {
        "post": code,
        "role": code.rpartition(":")[2],
        "place": desk.places.get(place, place),
        "place_code": place,
        "slots": [
            {
                "slot": int(slots.number[slot]),
                "specialty": None
                if slots.specialty[slot] == NONE
                else names[slots.specialty[slot]],
                "wanted": int(slots.wanted[slot]),
                "filled": int(laid.tally.seats[slot]),
            }
            for slot in range(*np.searchsorted(slots.post, [post, post + 1]).tolist())
        ],
        "holders": [_holder(desk, laid, grid, row, was) for row in laid.of_post(post)],
        "gone": [problem.cadres.codes[cadre] for cadre in sorted(was - there)],
    }


def _holder(desk: Desk, laid: Laid, grid: int, row: int, was: set[int]) -> dict[str, Any]:
    cadre, slot, tally = int(laid.cadre[row]), int(laid.slot[row]), laid.tally
    problem, roster = desk.muster.problem, desk.town.roster
    home = int(desk.table.roster[cadre])
    minutes = serving.way(desk.town, home, grid)
    left = int(room(desk, laid)[cadre])
    asked = int(problem.slots.specialty[slot])
    seat = None if asked == NONE else desk.specialty_names[asked]
    lon, lat = roster.places[home].round(6).tolist()
    parts = {
        "travel_min": int(tally.travel[row]),
        "specialty": int(tally.specialty[row]),
        "load": int(tally.load[row]),
        "disturbance": 0,
        "link": -int(tally.link[row]),
    }
    locked = bool(laid.locked[row])
    return {
        "staff_number": problem.cadres.codes[cadre],
        "name": roster.names[home],
        "department": roster.departments[home],
        "office": roster.offices[home],
        "lon": lon,
        "lat": lat,
        "minutes": whole(minutes),
        "specialties": specialties(desk, home),
        "rank": "leader" if problem.cadres.leader[cadre] else "staff",
        "held": int(problem.cadres.held[cadre] + tally.number[cadre]),
        "left": left,
        "locked": locked,
        "changed": cadre not in was,
        "slot": int(problem.slots.number[slot]),
        "parts": {name: part / 100 for name, part in parts.items()},
        "total": sum(parts.values()) / 100,
        "sentence": chosen(minutes, seat, left, locked=locked),
    }


def _candidates(desk: Desk, laid: Laid, grid: int) -> list[dict[str, Any]]:
    """Name the nearest people with time left who know what the grid wants, if it wants any."""
    roster = desk.town.roster
    wanted = int(coverage.wanted(laid.town.coverage)[grid])
    left = room(desk, laid)
    told: list[dict[str, Any]] = []
    for home, minutes in serving.choices(laid.town, grid, wanted):
        cadre = desk.cadre_at.get(roster.staff_numbers[home])
        if cadre is None or not left[cadre]:
            continue
        lon, lat = roster.places[home].round(6).tolist()
        told.append(
            {
                "staff_number": roster.staff_numbers[home],
                "name": roster.names[home],
                "department": roster.departments[home],
                "office": roster.offices[home],
                "lon": lon,
                "lat": lat,
                "minutes": whole(minutes),
                "specialties": specialties(desk, home),
                "left": int(left[cadre]),
            }
        )
        if len(told) == CANDIDATES:
            break
    return told
