"""The plan: who serves which grid, how far they come, and which seats are open."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from gisapp.auth import EVERYWHERE, Actor, Scope
from gisapp.core.coverage import NONE
from gisapp.core.reasons import chosen, served_by, whole
from gisapp.i18n import N_, Name, Sentence
from gisapp.layer import Column, Layer, Share, Values
from gisapp.palette import SHARES, Paint, Style
from gisapp.query import PlanQuery
from gisapp.store import cadres, floors, grids, plans, serving
from gisapp.store.grids import Seats
from gisapp.store.models import Plan
from gisapp.store.serving import Situation
from gisapp.store.session import Session

BREAKS: Final = (10, 20, 30, 40)
"""Minutes at which the nearest member's way changes colour."""

BANDS: Final = ("to_10", "to_20", "to_30", "to_40", "over_40")

PAINTS: Final[Mapping[str | int, Paint]] = {
    "open": Paint(
        N_("Seat open"), "空", "N", "#7E1710", "rising", "#FFFFFF", "#FFFFFF", stamped=True
    ),
    "over_40": Paint(N_("More than 40 min"), "40+", "40+", SHARES[5], text_colour="#FFFFFF"),
    "to_40": Paint(N_("30 to 40 min"), "40", "40", SHARES[4], text_colour="#FFFFFF"),
    "to_30": Paint(N_("20 to 30 min"), "30", "30", SHARES[3]),
    "to_20": Paint(N_("10 to 20 min"), "20", "20", SHARES[2]),
    "to_10": Paint(N_("Up to 10 min"), "10", "10", SHARES[1]),
}
"""Pale is near, dark is far: what is wrong is dark."""


def values(session: Session, actor: Actor, query: PlanQuery) -> Values:
    """Who serves each grid, from how far, and how many of its own seats are open."""
    town = serving.situation(session, query.plan, query.day)
    wanted, filled = _seats(session, town)
    open_seats = np.maximum(wanted - filled, 0)
    minutes = [whole(one) for one in town.coverage.minutes]
    band = [
        "open" if empty or way is None else BANDS[int(np.searchsorted(BREAKS, way))]
        for way, empty in zip(minutes, (open_seats > 0).tolist(), strict=True)
    ]
    far = np.where(np.isfinite(town.coverage.minutes), town.coverage.minutes, 0)
    return Values(
        town.ground.revision,
        town.ground.codes,
        {
            "band": band,
            "minutes": minutes,
            "members": town.coverage.members,
            "open_seats": open_seats,
        },
        sentence=lambda grid: served_by(
            [
                (town.roster.names[cadre], town.roster.departments[cadre], away)
                for cadre, away in town.members(grid)
            ],
            int(open_seats[grid]),
            int(wanted[grid]),
        ),
        about=_about(session, town, band, int(wanted.sum()), int(open_seats.sum())),
        order=np.lexsort((-far, -open_seats)),
    )


def _seats(session: Session, town: Situation) -> tuple[np.ndarray, np.ndarray]:
    """Count for each grid the seats its own posts want and those that are taken."""
    row = {code: position for position, code in enumerate(town.ground.codes)}
    wanted = np.zeros(len(row), np.int64)
    filled = np.zeros(len(row), np.int64)
    for slot in grids.seats(session, town.day):
        if slot.place_code in row:
            wanted[row[slot.place_code]] += slot.wanted
    for place in town.holdings["place_code"].tolist():
        if place in row:
            filled[row[place]] += 1
    return wanted, filled


def _about(
    session: Session, town: Situation, band: Sequence[str], wanted: int, empty: int
) -> dict[str, Any]:
    """Say which plan it is, what is proven of it, and where each department stands."""
    shown = [plans.by_code(session, code) for code in town.plans]
    return {
        "sentence": _headline(town, wanted, empty),
        "bands": {name: band.count(str(name)) for name in PAINTS},
        "base": len(band),
        "day": town.day.isoformat(),
        "plans": [
            {
                "code": code,
                "mode": plan.mode,
                "state": plan.state,
                "gap": plan.gap,
                "proof": _proof(plan.gap),
                "parts": _parts(session, plan),
            }
            for code, plan in zip(town.plans, shown, strict=True)
        ],
        "seats": wanted,
        "open_seats": empty,
        "departments": [
            {
                "code": row.code,
                "name": row.name,
                "base": row.base,
                "deployed": row.deployed,
                "floor": row.floor,
                "sentence": _floor(row),
            }
            for row in floors.by_department(
                session, town, surge=any(plan.mode == "surge" for plan in shown)
            )
        ],
    }


def _parts(session: Session, plan: Plan) -> dict[str, Any]:
    """Say what a plan costs, to those who see all of it: a total tells of all that is in it."""
    area = session.actor.area_code
    if area != EVERYWHERE and not plan.area_code.startswith(area):
        return {}
    parts: dict[str, Any] = plan.score.get("parts", {})
    return parts


def _headline(town: Situation, wanted: int, empty: int) -> Sentence:
    if not town.ground.codes:
        return Sentence(N_("No grids yet. Import them, or look at the invented town."))
    if not town.plans:
        return Sentence(N_("No plan is in force. Match cadres to grids, then publish the plan."))
    fields = {"wanted": wanted, "open": empty}
    if empty:
        return Sentence(N_("{open} of {wanted} seats in grids are open."), fields)
    return Sentence(N_("All {wanted} seats in grids are filled."), fields)


def _proof(gap: float | None) -> Sentence:
    if gap is None:
        return Sentence(N_("Nothing is proven: a cheaper plan may exist."))
    if gap == 0:
        return Sentence(N_("Optimal and proven: no plan costs less."))
    return Sentence(N_("Proven: at most {gap} % above the best."), {"gap": f"{gap * 100:.2g}"})


def _floor(row: floors.Standing) -> Sentence:
    fields = {
        "department": row.name,
        "deployed": row.deployed,
        "base": row.base,
        "floor": row.floor,
        "short": row.floor - row.deployed,
    }
    if row.deployed < row.floor:
        return Sentence(
            N_("{department} is {short} short of its floor ({floor} of {base})."), fields
        )
    return Sentence(N_("{department}: {deployed} of {base} deployed, floor {floor}."), fields)


def detail(session: Session, actor: Actor, query: PlanQuery, code: str) -> Mapping[str, Any]:
    """Tell who holds which seat of a grid, of its community and of its township, and why."""
    town = serving.situation(session, query.plan, query.day)
    grid = town.ground.position(code)
    home = int(town.ground.community[grid])
    community = "" if home == NONE else town.ground.community_codes[home]
    places = [code, community, community[:9]]
    named = grids.area_names(session, town.day) | {code: town.ground.names[grid]}
    slots = grids.seats(session, town.day, places)
    words = cadres.specialty_names(session)
    return {
        "place": town.ground.places[grid].tolist(),
        "posts": [
            _post(
                session,
                town,
                grid,
                post,
                [slot for slot in slots if slot.post_code == post],
                named,
                words,
            )
            for post in sorted(
                {slot.post_code for slot in slots},
                key=lambda one: (-len(one.partition(":")[0]), one),
            )
        ],
    }


def _post(
    session: Session,
    town: Situation,
    grid: int,
    post: str,
    slots: Sequence[Seats],
    named: Mapping[str, str],
    words: Mapping[str, Name],
) -> dict[str, Any]:
    held = town.holdings[town.holdings["post_code"] == post]
    taken = held["slot_number"].value_counts()
    return {
        "code": post,
        "role": slots[0].role,
        "place_code": slots[0].place_code,
        "place": named.get(slots[0].place_code, slots[0].place_code),
        "slots": [
            {
                "number": slot.number,
                "specialty": words.get(slot.specialty or ""),
                "wanted": slot.wanted,
                "filled": int(taken.get(slot.number, 0)),
            }
            for slot in slots
        ],
        "holders": [
            _holder(
                town,
                int(row.cadre),
                serving.way(session, town, int(row.cadre), grid),
                words.get(str(row.slot_specialty)),
                words,
                locked=bool(row.locked),
            )
            for row in held.itertuples()
        ],
    }


def _holder(
    town: Situation,
    cadre: int,
    minutes: float,
    seat: Name | None,
    words: Mapping[str, Name],
    *,
    locked: bool,
) -> dict[str, Any]:
    roster = town.roster
    room = int(roster.capacity[cadre] - (town.holdings["cadre"] == cadre).sum())
    return {
        "staff_number": roster.staff_numbers[cadre],
        "name": roster.names[cadre],
        "department": roster.departments[cadre],
        "office": roster.offices[cadre],
        "lon": float(roster.places[cadre, 0]),
        "lat": float(roster.places[cadre, 1]),
        "minutes": whole(minutes),
        "locked": locked,
        "specialties": [
            words[town.specialties[one]] for one in np.flatnonzero(roster.knows[cadre])
        ],
        "sentence": chosen(minutes, seat, room, locked=locked),
    }


LAYER = Layer(
    name="plan",
    title=N_("Plan"),
    scope=Scope.PLANS_READ,
    query=PlanQuery,
    of="grid",
    columns=(
        Column("band", N_("Nearest member")),
        Column("minutes", N_("Nearest member, minutes")),
        Column("members", N_("Members")),
        Column("open_seats", N_("Open seats")),
    ),
    style=Style("band", PAINTS),
    share=Share("band", ("open",), N_("Share of grids with an open seat")),
    values=values,
    detail=detail,
)
