"""Two plans side by side: who moves, which posts gain or lose, what it costs."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from gisapp.actions import inputs
from gisapp.actions.comparison import Change, Comparison, Move, Seats, Sent
from gisapp.actions.shared import Shared, nothing_kept
from gisapp.auth import EVERYWHERE, Scope
from gisapp.errors import InvalidInput
from gisapp.i18n import N_
from gisapp.store import floors, plans, staff, standing
from gisapp.store.matching import Fallen
from gisapp.store.models import Plan
from gisapp.store.session import Session

PARTS: Final = ("travel_min", "specialty", "load", "disturbance", "unfilled", "floors", "links")
"""What the cost of a plan is made of."""


class OtherPlanArea(InvalidInput):
    """The two plans are of different areas: hardly a post is in both."""

    code = "other_plan_area"
    message = N_("{before} and {after} are plans of different areas. Compare two plans of one.")


def compare_plans(session: Session, first: str, second: str) -> Comparison:
    """Say what changes when the ``second`` plan takes the place of the ``first``.

    Whether a placement could stand is a question of today, as in a match. Who sees part of the
    plans compares that part, and no cost: a total tells of all that is in it.
    """
    pair, shared = two_plans(session, first, second), Shared(session, nothing_kept)
    return compared(shared, pair, [shared.held(plan, session.today) for plan in pair])


def two_plans(session: Session, first: str, second: str) -> list[Plan]:
    """Find two plans of one area; raise `OtherPlanArea` otherwise."""
    session.actor.must(Scope.PLANS_READ)
    pair = [plans.by_code(session, first), plans.by_code(session, second)]
    before, after = (plans.code(plan) for plan in pair)
    if pair[0].area_code != pair[1].area_code:
        raise OtherPlanArea(before=before, after=after)
    return pair


def compared(shared: Shared, pair: list[Plan], held: list[Any]) -> Comparison:
    """Compare two plans whose placements (`plans.holdings`) are read already."""
    session = shared.session
    before, after = (plans.code(plan) for plan in pair)
    seats = _seats(*(_pairs(frame) for frame in held))
    moves, fallen = moved(shared, *held)
    scores = [plans.whole_score(session, plan) for plan in pair]
    spent = [score.get("parts", {}) for score in scores]
    home = session.actor.area_code
    return Comparison(
        before,
        after,
        home == EVERYWHERE or pair[0].area_code.startswith(home),
        moves,
        fallen,
        [post for post in seats if post.after > post.before],
        [post for post in seats if post.after < post.before],
        [post for post in seats if post.after == post.before],
        _grids(held, {post.code for post in seats}),
        inputs.unlike(*pair),
        Change(*(score.get("cost") for score in scores)),
        {part: Change(*(each.get(part) for each in spent)) for part in PARTS},
        departments(session, pair[0].area_code, (pair[0].mode, pair[1].mode), held),
    )


def _pairs(held: Any) -> set[tuple[str, str]]:
    # Through plain objects: one by one, the text of a frame is slow to get out.
    columns = (held[name].to_numpy(object).tolist() for name in ("staff_number", "post_code"))
    return set(zip(*columns, strict=True))


def _seats(before: set[tuple[str, str]], after: set[tuple[str, str]]) -> list[Seats]:
    """List the posts whose people are not the same, by code."""
    came, went = _by_post(after - before), _by_post(before - after)
    sat, sit = (Counter(post for _, post in held) for held in (before, after))
    return [
        Seats(code, sat[code], sit[code], came.get(code, []), went.get(code, []))
        for code in sorted(came.keys() | went.keys())
    ]


def _grids(held: list[Any], changed: set[str]) -> list[str]:
    """List the grids of posts whose people are not the same."""
    found: set[str] = set()
    for frame in held:
        of_grids = frame[frame["place_level"] == "grid"]
        found |= set(of_grids.loc[of_grids["post_code"].isin(changed), "place_code"])
    return sorted(found)


def _by_post(held: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for cadre, post in sorted(held):
        found.setdefault(post, []).append(cadre)
    return found


def moved(shared: Shared, before: Any, after: Any) -> tuple[list[Move], list[Fallen]]:
    """Part what only the first plan holds into moves and what could not stand anyway."""
    there, stay = _pairs(before), _pairs(after)
    new = _by_post((post, cadre) for cadre, post in stay - there)
    gone = before[before["post_code"].isin({post for _, post in there - stay})]
    rows = gone[["staff_number", "post_code"]].to_numpy(object).tolist()
    day = shared.session.today
    whys = standing.unfit(shared.session, gone, day, shared.rules(day))
    moves, fallen = [], []
    for (cadre, post), why in zip(rows, whys, strict=True):
        if (cadre, post) in stay:
            continue
        if why:
            fallen.append(Fallen(cadre, post, why))
        else:
            moves.append(Move(cadre, post, new.get(cadre, [])))
    return moves, fallen


def departments(
    session: Session, plan_area: str, modes: tuple[str, str], held: list[Any]
) -> list[Sent]:
    """Count the people of the area's own departments under both plans of ``modes``.

    Leaders count as the setting says.
    """
    settings, day = session.settings, session.today
    # The narrower of the two: what the plan is for, and what the actor sees.
    home = "" if session.actor.area_code == EVERYWHERE else session.actor.area_code
    area = max(plan_area, home, key=len)
    away = plans.held_outside(session, area, day)
    out = [set(frame["cadre_id"].tolist()) | set(away) for frame in held]
    crew = staff.staff(session, day, area, Counter(out[0] | out[1]), away)
    counted = {
        row.id: row.department_id
        for row in crew.rows
        if staff.available(row, day) and (row.rank != "leader" or settings.floor_leaders)
    }
    sent = [Counter(counted[cadre] for cadre in each if cadre in counted) for each in out]
    share = {"normal": settings.floor_normal, "surge": settings.floor_surge}
    bases, _ = staff.bases(session, crew, area)
    return [
        Sent(
            row.code,
            row.name,
            sent[0][row.id],
            sent[1][row.id],
            base,
            floors.floor(share[modes[1]], base),
            floors.floor(share[modes[0]], base),
        )
        for row, base in zip(crew.departments, bases, strict=True)
        if row.area_code.startswith(area)
    ]
