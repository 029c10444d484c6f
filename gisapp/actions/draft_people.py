"""The people of a draft: who has time, who holds what, and one of them closely."""

from collections.abc import Collection
from typing import Any

import numpy as np

from gisapp.actions.asked import NoSuchCadre
from gisapp.actions.desk import Desk
from gisapp.actions.laid import Laid
from gisapp.core.coverage import NONE
from gisapp.core.reasons import whole
from gisapp.i18n import N_, Name, Sentence
from gisapp.store import ties
from gisapp.store.session import Session


def people(
    session: Session,
    desk: Desk,
    text: str,
    department: str,
    *,
    free: bool,
    first: Collection[str] = (),
) -> tuple[Laid, list[int]]:
    """Find people by a part of their name or staff number, of a department, with time left.

    Those whose staff numbers are ``first`` come before the others.
    """
    laid = desk.now(session)[1]
    cadres = desk.muster.problem.cadres
    chosen = np.ones(len(cadres.codes), np.bool_)
    if department:
        codes = desk.muster.problem.departments.codes
        chosen &= cadres.department == (codes.index(department) if department in codes else NONE)
    if free:
        chosen &= cadres.available & (room(desk, laid) > 0)
    found: list[int] = np.flatnonzero(chosen).tolist()
    if text:
        names, home = desk.town.roster.names, desk.table.roster.tolist()
        found = [at for at in found if cadres.codes[at].startswith(text) or text in names[home[at]]]
    return laid, sorted(found, key=lambda at: cadres.codes[at] not in first)


def room(desk: Desk, laid: Laid) -> Any:
    """Count the posts that everybody could take beside those they hold."""
    cadres = desk.muster.problem.cadres
    return np.maximum(cadres.capacity - cadres.held - laid.tally.number, 0)


def person(desk: Desk, laid: Laid, at: int) -> dict[str, Any]:
    """Tell who somebody is, and what they hold and could take."""
    problem, roster = desk.muster.problem, desk.town.roster
    cadres, home = problem.cadres, int(desk.table.roster[at])
    rows = laid.of_cadre(at)
    held = int(cadres.held[at]) + len(rows)
    lon, lat = roster.places[home].round(6).tolist()
    return {
        "staff_number": cadres.codes[at],
        "name": roster.names[home],
        "department": roster.departments[home],
        "department_code": roster.department_codes[home],
        "office": roster.offices[home],
        "lon": lon,
        "lat": lat,
        "rank": "leader" if cadres.leader[at] else "staff",
        "specialties": specialties(desk, home),
        "available": bool(cadres.available[at]),
        "capacity": int(cadres.capacity[at]),
        "held": held,
        "left": max(int(cadres.capacity[at]) - held, 0),
        "posts": [_post(desk, laid, row) for row in rows],
        "changed": _posts(laid, at) != _posts(desk.before, at),
    }


def specialties(desk: Desk, home: int) -> list[Name]:
    """Name what somebody in the roster knows."""
    return [
        desk.specialty_names[one] for one in np.flatnonzero(desk.town.roster.knows[home]).tolist()
    ]


def _posts(laid: Laid, at: int) -> set[int]:
    return {int(laid.post[row]) for row in laid.of_cadre(at)}


def _post(desk: Desk, laid: Laid, row: int) -> dict[str, Any]:
    post = int(laid.post[row])
    code = desk.muster.problem.posts.codes[post]
    place = ties.place(code)
    lon, lat = desk.spots[post].round(6).tolist()
    return {
        "post": code,
        "place": desk.places.get(place, place),
        "lon": lon,
        "lat": lat,
        "grid": place if desk.table.grid[post] != NONE else None,
        "locked": bool(laid.locked[row]),
    }


def closely(session: Session, desk: Desk, staff_number: str) -> dict[str, Any]:
    """Tell all of one person, and how far the posts are."""
    laid = desk.now(session)[1]
    at = position(desk, staff_number)
    told = person(desk, laid, at)
    for post, row in zip(told["posts"], laid.of_cadre(at), strict=True):
        post["minutes"] = whole(laid.tally.travel[row] / 100)
    return told | {"sentence": _sentence(told)}


def position(desk: Desk, staff_number: str) -> int:
    """Find somebody of the draft's problem; raise `NoSuchCadre` otherwise."""
    at = desk.cadre_at.get(staff_number)
    if at is None:
        raise NoSuchCadre(cadre=staff_number[:40])
    return at


def _sentence(told: dict[str, Any]) -> Sentence:
    fields = {"name": told["name"], "held": told["held"], "left": told["left"]}
    if not told["available"]:
        return Sentence(N_("{name} is not available today."), fields)
    if not told["left"]:
        message = N_("{name} holds {held} {held:post|posts} and has no time for more.")
        return Sentence(message, fields)
    if not told["held"]:
        return Sentence(N_("{name} holds no post and can take {left}."), fields)
    message = N_("{name} holds {held} {held:post|posts} and can take {left} more.")
    return Sentence(message, fields)
