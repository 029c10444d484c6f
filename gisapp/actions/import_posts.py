"""Bring in posts, and who holds them today as a published plan."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import insert

from gisapp.actions.import_job import ALWAYS, Job, Refused, day, found, in_order, validity
from gisapp.actions.plans import publish_plan
from gisapp.actions.posts import make_posts
from gisapp.i18n import N_
from gisapp.intake.staging import Draft
from gisapp.store import plans
from gisapp.store.models import Area, Assignment, Cadre, Grid, Plan, Post, Slot, Specialty

MOST_SEATS: Final = 100


def posts(job: Job) -> None:
    """Store posts with their slots; one row is one slot."""
    grids = job.known(Grid, "code", "id", "area_code")
    areas = job.known(Area, "code", "id", "level")
    specialties = job.known(Specialty, "code")
    came: set[tuple[str, int]] = set()

    def make(draft: Draft) -> dict[str, Any]:
        values = draft.values
        place, role = str(values["place"]), str(values["role"])
        found("place", grids | areas, place)
        if role == "chief" and areas.get(place, (0, ""))[1] != "township":
            message = N_("Only a township has a chief; {value} is none.")
            raise Refused("unknown_value", message, value=place)
        if values.get("specialty") is not None:
            found("specialty", specialties, values["specialty"])
        in_grid = place in grids
        code, slot = f"{place}:{role}", _slot(values)
        if (code, slot["number"]) in came:
            message = N_("Slot {number} of {post} came before in this file. Keep one of the two.")
            raise Refused("repeated", message, number=slot["number"], post=code)
        came.add((code, slot["number"]))
        return {
            "code": code,
            "role": role,
            "grid_id": grids[place][0] if in_grid else None,
            "area_id": None if in_grid else areas[place][0],
            "area_code": grids[place][1] if in_grid else place,
            "made_by_rule": False,
            **validity(values),
        } | {"_slot": slot}

    for _, rows in job.each(make):
        slots = [row.pop("_slot") | {"post": row["code"]} for row in rows]
        once = list({row["code"]: row for row in rows}.values())
        before = job.merged.added, job.merged.changed, job.merged.unchanged
        job.merge(Post, ["code"], once, ALWAYS)
        # The file's rows are slots, so those are counted.
        job.merged.added, job.merged.changed, job.merged.unchanged = before
        ids = job.known(Post, "code", "id", "area_code")
        for slot in slots:
            slot["post_id"], slot["area_code"] = ids[slot.pop("post")]
        job.merge(Slot, ["post_id", "number"], slots)


def _slot(values: dict[str, Any]) -> dict[str, Any]:
    wanted = _or(values.get("seats_wanted"), 1)
    least = _or(values.get("seats_least"), min(1, wanted))
    most = _or(values.get("seats_most"), max(wanted, least))
    if not least <= wanted <= most <= MOST_SEATS:
        raise Refused(
            "bad_number",
            N_("{least}, {wanted} and {most} seats do not fit: least ≤ wanted ≤ most ≤ {limit}."),
            least=least,
            wanted=wanted,
            most=most,
            limit=MOST_SEATS,
        )
    number = _or(values.get("number"), 1)
    if not 1 <= number <= MOST_SEATS:
        message = N_("A post cannot have a slot {number}. Write 1 to {most}.")
        raise Refused("bad_number", message, number=number, most=MOST_SEATS)
    return {
        "number": number,
        "specialty_code": values.get("specialty"),
        "least_level": min(max(_or(values.get("least_level"), 1), 1), 3),
        "seats_least": least,
        "seats_wanted": wanted,
        "seats_most": most,
    }


def _or(value: Any, usual: int) -> int:
    return usual if value is None else int(value)


@dataclass(frozen=True, slots=True)
class _Seat:
    """One slot of a post, as an assignment needs it."""

    number: int
    post_id: int
    slot_id: int
    area_code: str
    role: str
    most: int


def assignments(job: Job) -> None:
    """Store who serves where as a plan, and publish it: today's plan."""
    make_posts(job.session)
    seats = _seats(job)
    cadres = job.known(Cadre, "staff_number", "id", "rank")
    taken: dict[int, int] = {}
    held: set[tuple[int, int]] = set()

    def make(draft: Draft) -> dict[str, Any]:
        values = draft.values
        pk, rank = found("cadre", cadres, values["staff_number"])
        code = values.get("post_code")
        if code is None:
            grid = values.get("grid_code")
            if grid is None:
                message = N_("The row names neither a post nor a grid. Name one.")
                raise Refused("missing_value", message)
            code = f"{grid}:member"
        starts, ends = day(values.get("from")), day(values.get("to"))
        in_order(starts, ends)
        slots = found("post", seats, code)
        seat = _seat(slots, values.get("slot"), taken, code)
        if seat.role == "chief" and rank != "leader":
            message = N_("{staff_number} is no leader and cannot be a chief.")
            raise Refused("wrong_rank", message, staff_number=values["staff_number"])
        if (seat.post_id, pk) in held:
            message = N_("{staff_number} holds {post} already in this file. Keep one of the two.")
            raise Refused("repeated", message, staff_number=values["staff_number"], post=code)
        taken[seat.slot_id] = taken.get(seat.slot_id, 0) + 1
        held.add((seat.post_id, pk))
        return {
            "post_id": seat.post_id,
            "slot_id": seat.slot_id,
            "cadre_id": pk,
            "area_code": seat.area_code,
            "starts_on": starts,
            "ends_on": ends,
            "locked": False,
            "why": {},
        }

    rows: list[dict[str, Any]] = []
    for _, made in job.each(make):
        rows += [{name: v for name, v in row.items() if name != "batch_id"} for row in made]
    if rows:
        _publish(job, rows)
    job.merged.added += len(rows)


def _seats(job: Job) -> dict[str, tuple[_Seat, ...]]:
    """Return the slots of every post that holds today, by the post's code."""
    codes = {pk: (code, role) for code, (pk, role) in job.known(Post, "code", "id", "role").items()}
    slots = job.known(Slot, "id", "post_id", "number", "area_code", "seats_most")
    seats: dict[str, list[_Seat]] = {}
    for slot_id, (post_id, number, area, most) in slots.items():
        if post_id in codes:
            code, role = codes[post_id]
            seat = _Seat(number, post_id, int(slot_id), area, role, most)
            seats.setdefault(code, []).append(seat)
    return {code: tuple(sorted(each, key=lambda seat: seat.number)) for code, each in seats.items()}


def _seat(slots: Sequence[_Seat], number: object, taken: dict[int, int], code: object) -> _Seat:
    """Return the slot that is named, else the first with a seat left, else the first."""
    if number is not None:
        named = next((seat for seat in slots if seat.number == number), None)
        if named is None:
            message = N_("Post {post} has no slot {number}. It has {numbers}.")
            numbers = [seat.number for seat in slots]
            raise Refused("unknown_slot", message, post=code, number=number, numbers=numbers)
        return named
    # What is so today may be over what a rule would allow: it is brought in as it is.
    return next((slot for slot in slots if taken.get(slot.slot_id, 0) < slot.most), slots[0])


def _publish(job: Job, rows: list[dict[str, Any]]) -> None:
    session = job.session
    starts: date = job.profile.starts or job.today
    body = [[row["post_id"], row["slot_id"], row["cadre_id"]] for row in rows]
    plan = Plan(
        area_code=job.area,
        number=plans.next_number(session, job.area),
        state="draft",
        mode="normal",
        seed=0,
        parameters={"source": "import", "batch": job.batch},
        input_digest=hashlib.sha256(json.dumps(sorted(body)).encode()).hexdigest(),
        score={},
        gap=None,
        created_at=session.now,
        created_by=session.actor.name,
    )
    session.add(plan)
    session.flush()
    session.execute(insert(Assignment), [row | {"plan_id": plan.id} for row in rows])
    publish_plan(session, plans.code(plan), starts, None)
    job.plan = plans.code(plan)
