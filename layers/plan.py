"""The plan: who serves which grid, how far they come, and which seats are open."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gisapp.auth import Actor, Scope
from gisapp.core.coverage import NONE
from gisapp.core.matching.words import proof
from gisapp.core.reasons import chosen, served_by, whole
from gisapp.i18n import N_, Name, Sentence
from gisapp.layer import Column, Layer, Share, Values
from gisapp.palette import SHARES, Paint, Style
from gisapp.query import PlanQuery
from gisapp.store import cadres, floors, grids, plans, serving
from gisapp.store.grids import Seats
from gisapp.store.serving import Situation
from gisapp.store.session import Session

Ints = npt.NDArray[np.int64]

BREAKS: Final = (10, 20, 30, 40)
"""Minutes at which the nearest member's way changes colour."""

BANDS: Final = ("to_10", "to_20", "to_30", "to_40", "over_40")

AREAS: Final = {"community": 12, "township": 9}
"""Levels above the grid that have posts, with the length of their codes."""

OPEN_IN: Final = {
    "grid": N_("{open} of {wanted} in grids"),
    "community": N_("{open} of {wanted} in communities"),
    "township": N_("{open} of {wanted} in townships"),
}

MOST_ABOVE: Final = 40
"""Communities and townships with open seats that are named, those with most open first."""

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
    told = _read(session, town)
    wanted, filled = _seats(told)
    open_seats = np.maximum(wanted - filled, 0)
    minutes = [whole(one) for one in town.coverage.minutes]
    band = [
        "open" if empty or way is None else BANDS[int(np.searchsorted(BREAKS, way))]
        for way, empty in zip(minutes, (open_seats > 0).tolist(), strict=True)
    ]
    about = _about(session, told, band, _levels(told, wanted, open_seats))
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
        about=about,
        order=np.lexsort((-far, -open_seats)),
        detail=told.of,
    )


def _seats(told: "_Posts") -> tuple[Ints, Ints]:
    """Count for each grid the seats its own posts want and those that are taken."""
    town = told.town
    wanted = [sum(slot.wanted for slot in told.slots.get(code, ())) for code in town.ground.codes]
    taken = Counter(town.holdings["place_code"].tolist())
    filled = [taken[code] for code in town.ground.codes]
    return np.array(wanted, np.int64), np.array(filled, np.int64)


def _levels(told: "_Posts", wanted: Ints, empty: Ints) -> dict[str, list["_Seated"]]:
    """List the seats of the posts of each level: of all grids in one, of each area alone."""
    taken = Counter(told.town.holdings["place_code"].tolist())
    found = {"grid": [_Seated("", "", int(wanted.sum()), int(empty.sum()))]}
    for level, size in AREAS.items():
        found[level] = []
        for code in sorted(code for code in told.slots if len(code) == size):
            seats = sum(slot.wanted for slot in told.slots[code])
            name = told.named.get(code, code)
            found[level].append(_Seated(code, name, seats, max(0, seats - taken[code])))
    return found


def _about(
    session: Session,
    told: "_Posts",
    band: Sequence[str],
    levels: Mapping[str, Sequence["_Seated"]],
) -> dict[str, Any]:
    """Say which plan it is, what is proven of it, and where each department stands."""
    town = told.town
    (grids_seats,) = levels["grid"]
    above = [one for level in AREAS for one in levels[level] if one.empty]
    above.sort(key=lambda one: -one.empty)
    shown = [plans.by_code(session, code) for code in town.plans]
    return {
        "sentence": _headline(town, levels),
        "bands": {name: band.count(str(name)) for name in PAINTS},
        "base": len(band),
        "day": town.day.isoformat(),
        "plans": [
            {
                "code": code,
                "mode": plan.mode,
                "state": plan.state,
                "gap": plan.gap,
                "proof": proof(plan.gap),
                "parts": plans.whole_score(session, plan).get("parts", {}),
            }
            for code, plan in zip(town.plans, shown, strict=True)
        ],
        "seats": grids_seats.wanted,
        "open_seats": grids_seats.empty,
        "open_above": [
            {"code": one.code, "name": one.name, "seats": one.wanted, "open_seats": one.empty}
            for one in above[:MOST_ABOVE]
        ],
        "open_above_total": len(above),
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
                session, town, [plan.area_code for plan in shown if plan.mode == "surge"]
            )
        ],
    }


def _headline(town: Situation, levels: Mapping[str, Sequence["_Seated"]]) -> Sentence:
    if not town.ground.codes:
        return Sentence(N_("No grids yet. Import them, or look at the invented town."))
    if not town.plans:
        return Sentence(N_("No plan is in force. Match cadres to grids, then publish the plan."))
    sums = {
        level: {"wanted": sum(one.wanted for one in those), "open": sum(one.empty for one in those)}
        for level, those in levels.items()
    }
    whole_town = {name: sum(each[name] for each in sums.values()) for name in ("wanted", "open")}
    if whole_town["wanted"] == sums["grid"]["wanted"]:
        if whole_town["open"]:
            return Sentence(N_("{open} of {wanted} seats in grids are open."), whole_town)
        return Sentence(N_("All {wanted} seats in grids are filled."), whole_town)
    if not whole_town["open"]:
        return Sentence(N_("All {all} seats are filled."), {"all": whole_town["wanted"]})
    parts = [Sentence(OPEN_IN[level], each) for level, each in sums.items() if each["open"]]
    return Sentence(
        N_("{open} of {wanted} seats are open: {parts}."), whole_town | {"parts": parts}
    )


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
    return _read(session, town).of(town.ground.position(code))


def _read(session: Session, town: Situation) -> "_Posts":
    slots: dict[str, list[Seats]] = {}
    for slot in grids.seats(session, town.day):
        slots.setdefault(slot.place_code, []).append(slot)
    named = grids.area_names(session, town.day)
    return _Posts(town, slots, named, cadres.specialty_names(session))


@dataclass(frozen=True, slots=True)
class _Seated:
    """The seats of the posts of one place, or of all grids."""

    code: str
    name: str
    wanted: int
    empty: int


@dataclass(frozen=True, slots=True)
class _Posts:
    """The posts of all places, ready to be told grid by grid."""

    town: Situation
    slots: Mapping[str, Sequence[Seats]]
    """By place code."""
    named: Mapping[str, str]
    """Areas by code."""
    words: Mapping[str, Name]
    """Specialties by code."""

    def of(self, grid: int) -> dict[str, Any]:
        """Tell the posts that serve a grid: its own, its community's, its township's."""
        ground = self.town.ground
        home = int(ground.community[grid])
        community = "" if home == NONE else ground.community_codes[home]
        posts: dict[str, list[Seats]] = {}
        for place in (ground.codes[grid], community, community[:9]):
            for slot in self.slots.get(place, ()):
                posts.setdefault(slot.post_code, []).append(slot)
        return {
            "place": ground.places[grid].tolist(),
            "posts": [self._post(grid, slots) for slots in posts.values()],
        }

    def _post(self, grid: int, slots: Sequence[Seats]) -> dict[str, Any]:
        held = self.town.holdings
        held = held[held["post_code"] == slots[0].post_code]
        taken = held["slot_number"].value_counts()
        place = slots[0].place_code
        ground = self.town.ground
        own = place == ground.codes[grid]
        return {
            "code": slots[0].post_code,
            "role": slots[0].role,
            "place_code": place,
            "place": ground.names[grid] if own else self.named.get(place, place),
            "slots": [
                {
                    "number": slot.number,
                    "specialty": self.words.get(slot.specialty or ""),
                    "wanted": slot.wanted,
                    "filled": int(taken.get(slot.number, 0)),
                }
                for slot in slots
            ],
            "holders": [self._holder(grid, row) for row in held.itertuples()],
        }

    def _holder(self, grid: int, row: Any) -> dict[str, Any]:
        town, roster, cadre = self.town, self.town.roster, int(row.cadre)
        minutes = serving.way(town, cadre, grid)
        held = (town.holdings["cadre"] == cadre).sum() + town.away[cadre]
        room = int(roster.capacity[cadre] - held)
        seat = self.words.get(str(row.slot_specialty))
        locked = bool(row.locked)
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
                self.words[town.specialties[one]] for one in np.flatnonzero(roster.knows[cadre])
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
        Column("band", N_("State")),
        Column("minutes", N_("Nearest member, minutes")),
        Column("members", N_("Members")),
        Column("open_seats", N_("Open seats")),
    ),
    style=Style("band", PAINTS),
    share=Share("band", ("open",), N_("Share of grids with an open seat")),
    values=values,
    detail=detail,
)
