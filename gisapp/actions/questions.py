"""The questions on the way to a publication, each with its answer and its places."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

import numpy as np
from sqlalchemy import select

from gisapp.actions import contradictions
from gisapp.actions.compare import moved
from gisapp.actions.comparison import Sent
from gisapp.actions.publications import Displaced, displaced, ensure_days, nobody_after
from gisapp.actions.shared import Shared
from gisapp.core.coverage import UNSERVED
from gisapp.core.hotspots import SIGNIFICANT
from gisapp.errors import InvalidInput
from gisapp.i18n import N_, Sentence, day_name, window_name
from gisapp.query import HotspotQuery
from gisapp.store import grids, hotspots, plans, posts, ties
from gisapp.store.matching import Fallen
from gisapp.store.models import Audit, Plan
from gisapp.store.narrow import below
from gisapp.store.serving import Situation
from gisapp.store.session import Session
from gisapp.store.standing import WHYS

Level = Literal["stop", "doubt", "well"]

PLACES: Final = 20
"""How many places of an item are named; the others are counted."""

DATA: Final = ("import.stored", "import.undone", "posts.made", "places.erased")
"""Deeds that change what a plan is made from."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item holds: a grid, post or department."""

    code: str
    name: str | Sentence
    kind: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question and its answer."""

    code: str
    level: Level
    sentence: Sentence
    places: list[Place] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """Say it to programs, with the first places only."""
        return {
            "code": self.code,
            "level": self.level,
            "sentence": self.sentence,
            "places": [
                {"code": one.code, "name": one.name, "kind": one.kind}
                for one in self.places[:PLACES]
            ],
            "more": max(len(self.places) - PLACES, 0),
        }


def days(
    session: Session, plan: Plan, first: date, last: date | None
) -> tuple[Item, Displaced | None]:
    """Ask whether the days are free; with what would lose some of its own."""
    try:
        ensure_days(session, plan, first, last)
        there = displaced(session, plan, first, last)
    except InvalidInput as wrong:
        return Item("days", "stop", wrong.sentence), None
    fields = {"first": day_name(first), "last": last and day_name(last)}
    message = N_("In force from {first} to {last}.") if last else N_("In force from {first}, open.")
    return Item("days", "well", Sentence(message, fields)), there


def standing(shared: Shared, fallen: list[Fallen], many: int, day: date) -> Iterable[Item]:
    """Ask whether every placement can stand on the day."""
    known = shared.who()
    called = posts.place_names(shared.session, day) if fallen else {}
    message = {
        "stands": N_("{n} {n:placement|placements} no longer {n:stands|stand}."),
        "capacity": N_("{n} {n:placement is|placements are} beyond what their people can take."),
        "seats_taken": N_("{n} {n:placement is|placements are} beyond the seats of their posts."),
        "recused": N_("{n} {n:placement is|placements are} where their people must not serve."),
    }
    well = {
        "stands": N_("All {all} placements stand on {day}."),
        "capacity": N_("Nobody holds more posts than can be taken."),
        "seats_taken": N_("No post holds more people than it has seats."),
        "recused": N_("Nobody serves where a recusal forbids it."),
    }
    for group, said in message.items():
        rows = [row for row in fallen if row.why in contradictions.GROUPS[group]]
        fields = {"n": len(rows), "all": many, "day": day_name(day)}
        places = [
            Place(
                row.post,
                Sentence(
                    WHYS[row.why],
                    {
                        "cadre": known.get(row.cadre, (row.cadre,))[0],
                        "post": called.get(ties.place(row.post), row.post),
                    },
                ),
                "post",
            )
            for row in rows
        ]
        sentence = Sentence(said if rows else well[group], fields)
        yield Item(group, "stop" if rows else "well", sentence, places)


def overlap(there: Displaced | None, today: date) -> Item:
    """Ask which publication loses days, and what is left of it."""
    if there is None:
        return Item("overlap", "well", Sentence(N_("No other plan is in its way.")))
    # A plan that is still to come loses what nobody has seen yet.
    expected = there.until is not None and not there.ours and there.starts_on <= today
    return Item("overlap", "well" if expected else "doubt", there.sentence)


def after(session: Session, plan: Plan, last: date | None) -> Iterable[Item]:
    """Ask whether a plan is in force once this one is over."""
    empty = nobody_after(session, plan, last) if last and plan.mode == "normal" else None
    if empty is not None:
        first, until = empty
        fields = {"first": day_name(first), "last": until and day_name(until)}
        message = N_("No plan is in force from {first} on.")
        if until is not None:
            message = N_("No plan is in force from {first} to {last}.")
        if until == first:
            message = N_("No plan is in force on {first}.")
        yield Item("after", "doubt", Sentence(message, fields))


def surge(session: Session, plan: Plan, first: date) -> Iterable[Item]:
    """Ask whether a surge hides a normal plan at first."""
    for each in plans.in_force(session, first):
        if plan.mode == "normal" and each.mode == "surge":
            message = N_(
                "A surge is in force in {area} until {last}; there this plan holds after it."
            )
            last = None if each.ends_on is None else day_name(each.ends_on)
            yield Item("surge", "doubt", Sentence(message, {"area": each.area_code, "last": last}))


def floors(sent: list[Sent]) -> Item:
    """Ask which departments stay below their floors."""
    short = [row for row in sent if row.after < row.floor]
    if not short:
        message = N_("All {n} departments reach their floors.")
        return Item("floors", "well", Sentence(message, {"n": len(sent)}))
    message = N_("{n} of {all} departments stay below their floors.")
    each = N_("{department} is {short} short of its floor ({floor} of {base}).")
    return Item(
        "floors",
        "doubt",
        Sentence(message, {"n": len(short), "all": len(sent)}),
        [
            Place(
                row.code,
                Sentence(
                    each,
                    {
                        "department": row.name,
                        "short": row.floor - row.after,
                        "floor": row.floor,
                        "base": row.base,
                    },
                ),
                "department",
            )
            for row in sorted(short, key=lambda row: (row.after - row.floor, row.code))
        ],
    )


def hot(session: Session) -> tuple[str, dict[str, int]]:
    """Read the published window and the bins of its hot grids."""
    picture = hotspots.picture(session, HotspotQuery())
    bins = picture.published().bins if picture.codes else []
    hot = {
        code: level
        for code, level in zip(picture.codes, bins, strict=True)
        if isinstance(level, int | np.integer) and level >= SIGNIFICANT
    }
    return picture.window, hot


def empty(town: Situation, hot: tuple[str, dict[str, int]]) -> Iterable[Item]:
    """Ask which grids have nobody, those that are hot first."""
    ground = town.ground
    empty = np.flatnonzero(town.coverage.state == UNSERVED).tolist()
    places = [Place(ground.codes[at], ground.names[at], "grid") for at in empty]
    window, bins = hot
    burning = [place for place in places if place.code in bins]
    if burning:
        message = N_("{n} of {all} hot grids have nobody (disputes of {window}).")
    else:
        message = N_("Each of the {all} hot grids is served (disputes of {window}).")
    fields = {"n": len(burning), "all": len(bins), "window": window_name(window)}
    yield Item("hot", "doubt" if burning else "well", Sentence(message, fields), burning)
    fields = {"n": len(empty), "all": len(ground.codes)}
    if empty:
        message = N_("{n} of {all} grids have nobody.")
        yield Item("unserved", "doubt", Sentence(message, fields), places)
    else:
        yield Item("unserved", "well", Sentence(N_("All {all} grids are served."), fields))


def seats(shared: Shared, town: Situation, held: Any, area: str) -> Item:
    """Ask which seats stay open."""
    columns = (held[name].to_numpy(object).tolist() for name in ("post_code", "slot_number"))
    taken = Counter(zip(*columns, strict=True))
    wanted, missing = 0, Counter[str]()
    for slot in shared.keep("seats", lambda: grids.seats(shared.session, town.day)):
        if slot.post_code.startswith(area):
            wanted += slot.wanted
            gap = slot.wanted - taken[slot.post_code, slot.number]
            if gap > 0:
                missing[slot.post_code] += gap
    many = sum(missing.values())
    fields = {"n": many, "all": wanted, "posts": len(missing)}
    if not many:
        return Item("seats", "well", Sentence(N_("All {all} seats are filled."), fields))
    named = shared.names(town)
    return Item(
        "seats",
        "doubt",
        Sentence(N_("{n} of {all} seats stay open, at {posts} posts."), fields),
        [
            Place(
                post, Sentence(N_("{place}: {n}"), {"place": _place(post, named), "n": gap}), "post"
            )
            for post, gap in sorted(missing.items())
        ],
    )


def _place(post: str, named: Any) -> str:
    place = post.rpartition(":")[0]
    return str(named.get(place, place))


def moves(shared: Shared, before: Any, held: Any) -> Item:
    """Ask who gives up a post that could be kept."""
    moves, _ = moved(shared, before, held)
    people = len({move.cadre for move in moves})
    fields = {"people": people, "moves": len(moves)}
    if not moves:
        return Item("moves", "well", Sentence(N_("Nobody gives up a post that could be kept.")))
    known = shared.who()
    return Item(
        "moves",
        "doubt",
        Sentence(
            N_(
                "{people} {people:person is moved and gives|people are moved; they give} up "
                "{moves} {moves:post|posts}."
            ),
            fields,
        ),
        [Place(move.post, known.get(move.cadre, (move.cadre,))[0], "post") for move in moves],
    )


def data(session: Session, plan: Plan) -> Item:
    """Ask whether the plan is made from the data of today."""
    question = (
        select(Audit.at)
        .where(Audit.deed.in_(DATA), Audit.at > plan.created_at)
        .where(below(Audit.area_code, plan.area_code))
        .order_by(Audit.at.desc())
    )
    found = list(session.scalars(question))
    if not found:
        return Item("data", "well", Sentence(N_("The data are those the plan was made from.")))
    message = N_("The data changed {n} {n:time|times} since the plan was made, last on {day}.")
    fields = {"n": len(found), "day": day_name(session.day_of(found[0]))}
    return Item("data", "doubt", Sentence(message, fields))
