"""The problem that a stored plan came from, built again from today's rows."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from gisapp.store import matching, plans
from gisapp.store.matching import Muster
from gisapp.store.models import Plan
from gisapp.store.session import Session

IMPORT: Final = "import"
"""Source of a plan whose placements came from a file."""

IN_FORCE: Final = "in_force"
"""Source of a draft that started from several plans, those in force on the day of its making."""

Row = tuple[int, str, int]
"""Cadre id, post code, number of the slot."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a plan was made from."""

    town: Muster
    base: pd.DataFrame
    """The placements it started from, as `plans.holdings` gives them."""


def again(session: Session, stored: Plan) -> Muster:
    """Read the problem of a plan as of today."""
    return origin(session, stored, stored.area_code).town


def origin(session: Session, stored: Plan, area: str) -> Origin:
    """Read the problem of a plan within an area, and the placements it starts from.

    They are those of the plan it names, else of those in force when it was made. The latter are
    not kept, so that today's are tried; a plan from a file starts from itself.
    """
    settings, parameters = session.settings, stored.parameters
    surge = stored.mode == "surge"
    share = parameters.get("floor", settings.floor_surge if surge else settings.floor_normal)

    def from_(base: pd.DataFrame) -> Origin:
        return Origin(matching.muster(session, area, share, base, surge=surge), base)

    if parameters.get("source") == IMPORT:
        return from_(plans.holdings(session, plans.code(stored), session.today))
    if parameters.get("source") == IN_FORCE:
        day = date.fromisoformat(parameters["day"])
        return from_(plans.holdings(session, None, day, surges=surge))
    today = plans.holdings(session, None, session.today, surges=surge)
    if stored.based_on_id is None:
        return from_(today.iloc[:0])
    named = session.get(Plan, stored.based_on_id)
    if named is None:
        return from_(today)
    code = plans.code(named)
    found = from_(plans.holdings(session, code, session.today))
    if found.town.digest != stored.input_digest and set(today["plan"]) != {code}:
        other = from_(today)
        found = other if other.town.digest == stored.input_digest else found
    return found


def placed(town: Muster, held: pd.DataFrame) -> dict[Row, tuple[int, int]]:
    """Find the cadre and slot of each placement of a plan, where the problem still has both."""
    slots, codes = town.problem.slots, town.problem.posts.codes
    seats = zip(slots.post.tolist(), slots.number.tolist(), strict=True)
    slot_at = {(codes[post], number): position for position, (post, number) in enumerate(seats)}
    cadre_at = {key: position for position, key in enumerate(town.cadre_ids)}
    rows = held[["cadre_id", "post_code", "slot_number"]].to_numpy(object).tolist()
    return {
        (cadre, post, number): (cadre_at[cadre], slot_at[post, number])
        for cadre, post, number in rows
        if cadre in cadre_at and (post, number) in slot_at
    }
