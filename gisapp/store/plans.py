"""Draft and published plans: who holds which seat, and which plan is in force when."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd
from sqlalchemy import func, insert, inspect, not_, or_, select

from gisapp.auth import EVERYWHERE
from gisapp.errors import InvalidInput, NotFound
from gisapp.i18n import N_
from gisapp.store import audit, force
from gisapp.store.models import (
    Area,
    Assignment,
    Cadre,
    Department,
    Plan,
    Post,
    Publication,
    Slot,
)
from gisapp.store.narrow import below
from gisapp.store.session import Session

DELETED: Final = "plan.deleted"
"""The deed of giving up a draft."""

COLUMNS: Final = (
    "plan",
    "post_code",
    "role",
    "place_code",
    "place_level",
    "slot_number",
    "slot_specialty",
    "cadre_id",
    "staff_number",
    "cadre_name",
    "department_code",
    "office_id",
    "locked",
    "travel_min",
)
"""What `holdings` says of each placement."""


LOCK: Final = 0x7075626C
"""The advisory lock of publishing ("publ")."""


class PlanNotFound(NotFound):
    """No plan has the code, or not for this actor."""

    code = "plan_not_found"
    message = N_("There is no plan {plan}. See the list of plans.")


class PlanAmbiguous(InvalidInput):
    """Several areas have a plan of this number."""

    code = "plan_ambiguous"
    message = N_("Several plans have the number {plan}: {codes}. Give the whole code.")


def code(plan: Plan) -> str:
    """Say what people call ``plan``."""
    return f"{plan.area_code}-{plan.number}"


def by_code(session: Session, plan: str) -> Plan:
    """Find a plan by ``<area>-<number>``, or by the number where only one area has it."""
    area, _, number = plan.rpartition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 9):  # noqa: PLR2004  # fits an integer
        raise PlanNotFound(plan=plan)
    question = select(Plan).where(Plan.number == int(number)).order_by(Plan.area_code)
    if area:
        question = question.where(Plan.area_code == area)
    found = session.scalars(question).all()
    if not found:
        raise PlanNotFound(plan=plan)
    if len(found) > 1:
        raise PlanAmbiguous(plan=plan, codes=[code(each) for each in found])
    return found[0]


def one_by_one(session: Session) -> None:
    """Let those who publish wait for each other until they are done; SQLite has one writer."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


def whole_score(session: Session, plan: Plan) -> dict[str, Any]:
    """Return what a plan has come to, to those who see all of it.

    A total tells of all that is in it: who sees part of a plan gets none.
    """
    area = session.actor.area_code
    return plan.score if area == EVERYWHERE or plan.area_code.startswith(area) else {}


def next_number(session: Session, area_code: str) -> int:
    """Find the number that the next plan of an area gets: never one that was given before.

    Whoever still looks at a deleted draft must not change another that took its number.
    """
    last = session.scalar(select(func.max(Plan.number)).where(Plan.area_code == area_code))
    gone = [int(code.rpartition("-")[2]) for code in audit.subjects(session, DELETED, area_code)]
    return max([last or 0, *gone]) + 1


def everything(session: Session) -> list[Plan]:
    """Read all plans, by area and number."""
    return list(session.scalars(select(Plan).order_by(Plan.area_code, Plan.number)))


def publications(session: Session) -> list[Publication]:
    """Read all publications, the earliest first."""
    return list(session.scalars(select(Publication).order_by(Publication.starts_on)))


def in_force(session: Session, day: date) -> list[Publication]:
    """Read the publications that hold on ``day``, the one that wins for a post first.

    Surge goes before normal; of one mode, the smaller area goes before the larger.
    """
    found = session.scalars(
        select(Publication)
        .where(Publication.starts_on <= day)
        .where(or_(Publication.ends_on.is_(None), Publication.ends_on >= day))
    ).all()
    return force.in_order(found)


@dataclass(frozen=True, slots=True)
class Seat:
    """One placement on its way into a plan."""

    post_id: int
    slot_id: int
    cadre_id: int
    area_code: str
    locked: bool
    why: dict[str, Any]


def place(session: Session, plan: Plan, seats: Iterable[Seat]) -> int:
    """Store the placements of ``plan`` in bulk; return how many."""
    rows = [
        {
            "plan_id": plan.id,
            "post_id": seat.post_id,
            "slot_id": seat.slot_id,
            "cadre_id": seat.cadre_id,
            "area_code": seat.area_code,
            "locked": seat.locked,
            "why": seat.why,
        }
        for seat in seats
    ]
    if rows:
        session.execute(insert(Assignment), rows)
    return len(rows)


def held_outside(session: Session, area: str, day: date) -> Counter[int]:
    """Count the posts that each cadre (id) holds on ``day`` outside of an area, where any.

    Reads past what the actor may see, for nobody can be in two places: it tells how many posts,
    and neither where they are nor whose plan says so.
    """
    held, published = inspect(Assignment).local_table, inspect(Publication).local_table
    connection = session.connection()
    holding = force.in_order(
        connection.execute(
            select(published.c.id, published.c.mode, published.c.area_code, published.c.plan_id)
            .where(published.c.starts_on <= day)
            .where(or_(published.c.ends_on.is_(None), published.c.ends_on >= day))
        )
    )
    rows = connection.execute(
        select(held.c.cadre_id, held.c.area_code, held.c.plan_id)
        .where(held.c.plan_id.in_([each.plan_id for each in holding]))
        .where(not_(below(held.c.area_code, area)))
        .where(or_(held.c.starts_on.is_(None), held.c.starts_on <= day))
        .where(or_(held.c.ends_on.is_(None), held.c.ends_on >= day))
    ).all()
    winner = {
        code: None if (wins := force.of_area(holding, code)) is None else wins.plan_id
        for code in {row.area_code for row in rows}
    }
    return Counter(row.cadre_id for row in rows if winner[row.area_code] == row.plan_id)


def holdings(session: Session, plan: str | None, day: date, *, surges: bool = True) -> pd.DataFrame:
    """List who holds which seat, by post, slot and staff number; columns as in `COLUMNS`.

    Of the named plan; without one, of the publications in force on ``day``, or of what would be
    without ``surges``. ``travel_min`` is not a number where nobody has said how long the way is.
    """
    if plan is not None:
        named = by_code(session, plan)
        plans = {named.id: code(named)}
        rows = _rows(session, plans, None)
    else:
        rows = []
        published = [each for each in in_force(session, day) if surges or each.mode != "surge"]
        winner: dict[str, int | None] = {}
        plans = {each.plan_id: code(each.plan) for each in published}
        for row in _rows(session, plans, day) if plans else []:
            # A post follows one publication only, even where that one leaves it open.
            if row.area_code not in winner:
                holds = force.of_area(published, row.area_code)
                winner[row.area_code] = None if holds is None else holds.plan_id
            if winner[row.area_code] == row.plan_id:
                rows.append(row)
    kinds = {"cadre_id": "int64", "office_id": "int64", "slot_number": "int64"}
    return _frame(rows, plans).astype(kinds | {"locked": "bool", "travel_min": "float64"})


def holds_alone(session: Session, plan: str, day: date) -> bool:
    """Whether the placements in force on a day are those of one plan, with none left out."""
    published = in_force(session, day)
    if [code(each.plan) for each in published] != [plan]:
        return False
    if published[0].area_code != published[0].plan.area_code:
        return False
    dated = or_(Assignment.starts_on.is_not(None), Assignment.ends_on.is_not(None))
    question = select(Assignment.id).where(Assignment.plan_id == published[0].plan_id, dated)
    return session.scalar(question.limit(1)) is None


def _frame(rows: Sequence[Any], plans: dict[int, str]) -> pd.DataFrame:
    """Put the rows of `_rows` into columns: a city has tens of thousands of them."""
    if not rows:
        return pd.DataFrame(columns=list(COLUMNS))
    plan, _, locked, travel, post, role, level, slot, specialty, *person = zip(*rows, strict=True)
    cadre, staff_number, name, office, department = person
    columns = (
        [plans[one] for one in plan],
        post,
        role,
        [one.rpartition(":")[0] for one in post],
        [one or "grid" for one in level],
        slot,
        [one or "" for one in specialty],
        cadre,
        staff_number,
        name,
        [one or "" for one in department],
        office,
        locked,
        [minutes(one) for one in travel],
    )
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def _rows(session: Session, plans: dict[int, str], day: date | None) -> Sequence[Any]:
    question = (
        select(
            Assignment.plan_id,
            Assignment.area_code,
            Assignment.locked,
            Assignment.why["travel_min"].as_float().label("travel"),
            Post.code.label("post"),
            Post.role,
            Area.level,
            Slot.number,
            Slot.specialty_code,
            Cadre.id.label("cadre"),
            Cadre.staff_number,
            Cadre.name,
            Cadre.office_id,
            Department.code.label("department"),
        )
        .join(Post, Assignment.post_id == Post.id)
        .join(Slot, Assignment.slot_id == Slot.id)
        .join(Cadre, Assignment.cadre_id == Cadre.id)
        .outerjoin(Department, Cadre.department_id == Department.id)
        .outerjoin(Area, Post.area_id == Area.id)
        .where(Assignment.plan_id.in_(plans))
        .order_by(Post.code, Slot.number, Cadre.staff_number)
    )
    if day is not None:
        question = question.where(
            or_(Assignment.starts_on.is_(None), Assignment.starts_on <= day),
            or_(Assignment.ends_on.is_(None), Assignment.ends_on >= day),
        )
    return session.execute(question).all()


def minutes(hundredths: float | None) -> float:
    """Turn a part of `Assignment.why` (0.01 min) into minutes."""
    return float("nan") if hundredths is None else hundredths / 100
