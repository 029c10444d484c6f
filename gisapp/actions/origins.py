"""The problem that a stored plan came from, built again from today's rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from gisapp.store import matching, plans, serving
from gisapp.store.matching import Muster
from gisapp.store.models import Plan
from gisapp.store.needs import Needs
from gisapp.store.session import Session

IMPORT: Final = "import"
"""Source of a plan whose placements came from a file."""

IN_FORCE: Final = "in_force"
"""Source of a draft that started from several plans, those in force on the day of its making."""

Row = tuple[int, str, int]
"""Cadre id, post code, number of the slot."""

Keep = Callable[[str, Callable[[], Any]], Any]
"""Keeps what was worked out under a name; of two who ask at once one makes it, the other waits."""

A_ROW: Final = 1_000
"""About how many bytes a post or person takes in a problem."""


def nothing_kept(name: str, make: Callable[[], Any]) -> Any:
    """Work it out and keep nothing."""
    return make()


@dataclass(frozen=True, slots=True)
class Origin:
    """What a plan was made from."""

    town: Muster
    base: pd.DataFrame
    """The placements it started from, as `plans.holdings` gives them."""
    name: str
    """The same for all that are made from the same rows."""

    @property
    def size(self) -> int:
        """About how many bytes this keeps."""
        return A_ROW * (len(self.town.post_ids) + len(self.town.cadre_ids)) + (1 << 16)


def again(session: Session, stored: Plan) -> Muster:
    """Read the problem of a plan as of today."""
    return origin(session, stored, stored.area_code).town


def origin(session: Session, stored: Plan, area: str, keep: Keep = nothing_kept) -> Origin:
    """Read the problem of a plan within an area, and the placements it starts from.

    They are those of the plan it names, else of those in force when it was made. The latter are
    not kept, so that today's are tried; a plan from a file starts from itself.
    """
    settings, parameters = session.settings, stored.parameters
    surge = stored.mode == "surge"
    share = parameters.get("floor", settings.floor_surge if surge else settings.floor_normal)

    def from_(what: str, read: Callable[[], pd.DataFrame]) -> Origin:
        name = f"{area} {share} {stored.mode} {what}"

        def made() -> Origin:
            base, need = read(), needed(session, keep)
            town = matching.muster(session, area, share, base, need, surge=surge)
            return Origin(town, base, name)

        found: Origin = keep(f"origin {name}", made)
        return found

    def of(code: str) -> Origin:
        return from_(f"of {code}", lambda: _held(session, code, keep))

    if parameters.get("source") == IMPORT:
        return of(plans.code(stored))
    if parameters.get("source") == IN_FORCE:
        day = date.fromisoformat(parameters["day"])
        return from_(f"on {day}", lambda: plans.holdings(session, None, day, surges=surge))
    if stored.based_on_id is None:
        return from_("nothing", lambda: in_force(session, keep, surges=surge).iloc[:0])
    named = session.get(Plan, stored.based_on_id)
    if named is not None:
        found = of(plans.code(named))
        # A plan that is being made has no digest yet.
        if not stored.input_digest or found.town.digest == stored.input_digest:
            return found
    today = in_force(session, keep, surges=surge)
    if named is not None and set(today["plan"]) == {plans.code(named)}:
        return found
    other = from_("today", lambda: today)
    return other if named is None or other.town.digest == stored.input_digest else found


def in_force(session: Session, keep: Keep, *, surges: bool) -> pd.DataFrame:
    """Read what is in force today, or what would be without surges."""
    surges = surges or not any(
        each.mode == "surge" for each in plans.in_force(session, session.today)
    )
    found: pd.DataFrame = keep(
        f"in force {surges}",
        lambda: plans.holdings(session, None, session.today, surges=surges),
    )
    return found


def _held(session: Session, code: str, keep: Keep) -> pd.DataFrame:
    """Read the placements of a plan; where they are what is in force, they are read once."""
    if plans.holds_alone(session, code, session.today):
        return in_force(session, keep, surges=True)
    return plans.holdings(session, code, session.today)


def needed(session: Session, keep: Keep) -> Needs:
    """Read what every grid needs as of today."""
    found: Needs = keep("need", lambda: serving.town(session, session.today).need)
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
