"""Bring in departments, offices, cadres, recusals, links and ways."""

from typing import Any, Final

from gisapp.actions.import_job import (
    ALWAYS,
    Job,
    Refused,
    area_code,
    day,
    found,
    in_order,
    some,
    validity,
)
from gisapp.i18n import N_
from gisapp.intake.cells import Wrong, levels
from gisapp.intake.staging import Draft
from gisapp.store import journal, people
from gisapp.store.models import (
    Area,
    Cadre,
    CadreSpecialty,
    Department,
    Grid,
    Link,
    Office,
    Recusal,
    Specialty,
    Travel,
)

MOST_CAPACITY: Final = 100
MOST_MINUTES: Final = 1_440
"""A day; of a way, and of a bonus that is weighed against ways."""
USUAL_BONUS_MIN: Final = 10.0
USUAL: Final[dict[str, Any]] = {"rank": "staff", "capacity": 2}
AVAILABLE: Final = ("available_from", "available_to")


def departments(job: Job) -> None:
    """Store departments; one without an area belongs to the file's."""
    areas = job.known(Area, "code", "id")

    def make(draft: Draft) -> dict[str, Any]:
        values = draft.values
        area = area_code(values.get("area") or job.area)
        found("area", areas, area)
        kind = {"kind": values["kind"] or ""} if "kind" in values else {}
        return {
            "code": values["code"],
            "name": values["name"],
            "headcount": values["headcount"],
            "area_code": area,
            **kind,
            **validity(values),
        }

    for _, rows in job.each(make):
        job.merge(Department, ["code"], rows, {**ALWAYS, "kind": ""})


def offices(job: Job) -> None:
    """Store offices; each lies in the area of its department."""
    known = job.known(Department, "code", "id", "area_code")

    def make(draft: Draft) -> dict[str, Any]:
        values = draft.values
        pk, area = found("department", known, values["department"])
        address = {"address": values["address"] or ""} if "address" in values else {}
        return {
            "code": values["code"],
            "name": values["name"],
            "department_id": pk,
            "place": draft.shape,
            "area_code": area,
            **address,
            **validity(values),
        }

    for _, rows in job.each(make):
        job.merge(Office, ["code"], rows, {**ALWAYS, "address": ""})


def cadres(job: Job) -> None:
    """Store cadres with what they know; phones go into a table of their own."""
    of_code = job.known(Department, "code", "id", "area_code")
    in_code = job.known(Office, "code", "id")
    specialties = job.known(Specialty, "code")

    def make(draft: Draft) -> dict[str, Any]:
        values = draft.values
        department, area = found("department", of_code, values["department"])
        (office,) = found("office", in_code, values["office"])
        for code in _levels(values.get("specialties")):
            found("specialty", specialties, code)
        days = {name: day(v) for name, v in some(values, *AVAILABLE).items()}
        in_order(*(days.get(name) for name in AVAILABLE))
        usual = {
            name: USUAL[name] if value is None else value
            for name, value in some(values, *USUAL).items()
        }
        if int(usual.get("capacity", 0)) > MOST_CAPACITY:
            raise Refused(
                "bad_number",
                N_("A cadre cannot hold {capacity} posts at once; the most is {most}."),
                capacity=usual["capacity"],
                most=MOST_CAPACITY,
            )
        return {
            "staff_number": values["staff_number"],
            "name": values["name"],
            "department_id": department,
            "office_id": office,
            "area_code": area,
            **days,
            **usual,
            **validity(values),
        }

    defaults = {**ALWAYS, **USUAL, **dict.fromkeys(AVAILABLE)}
    for drafts, rows in job.each(make):
        before = job.merged.changed
        numbers = [row["staff_number"] for row in rows]
        there = frozenset(people.ids_of(job.session, numbers).values())
        job.merge(Cadre, ["staff_number"], rows, defaults)
        ids = people.ids_of(job.session, numbers)
        owners = [(ids[row["staff_number"]], row["area_code"]) for row in rows]
        if "specialties" in drafts[0].values:
            wanted = {
                pk: _levels(draft.values["specialties"])
                for draft, (pk, _) in zip(drafts, owners, strict=True)
            }
            differ = people.set_specialties(job.session, wanted, dict(owners))
            old = [(key, levels) for key, levels in differ.items() if key in there]
            kept = [({"cadre_id": key}, {"is": wanted[key], "was": was}) for key, was in old]
            journal.differs(job.session, job.origin, CadreSpecialty, kept)
            _recount(job, sum(map(bool, differ.values())) - (job.merged.changed - before))
        if "phone" in drafts[0].values:
            phones = [
                {"cadre_id": pk, "phone": draft.values["phone"], "area_code": area}
                for draft, (pk, area) in zip(drafts, owners, strict=True)
                if draft.values["phone"] is not None
            ]
            job.overwritten += people.set_phones(job.session, phones, there, job.origin)


def _recount(job: Job, further: int) -> None:
    """Count cadres of whom only the specialties changed."""
    moved = max(0, min(further, job.merged.unchanged))
    job.merged.changed += moved
    job.merged.unchanged -= moved


def _levels(text: object) -> dict[str, int]:
    try:
        return levels(None if text is None else str(text))
    except Wrong as wrong:
        raise Refused(wrong.code, wrong.sentence.message, **wrong.sentence.fields) from wrong


def recusals(job: Job) -> None:
    """Store where cadres must not serve."""
    known = job.known(Cadre, "staff_number", "id", "area_code")
    where = _places(job)

    def make(draft: Draft) -> dict[str, Any]:
        values = draft.values
        pk, area = found("cadre", known, values["staff_number"])
        found("place", where, values["place"])
        place = values["place"]
        return {"cadre_id": pk, "place_code": place, "area_code": area, **validity(values)}

    for _, rows in job.each(make):
        job.merge(Recusal, ["place_code", "cadre_id"], rows, ALWAYS)


def links(job: Job) -> None:
    """Store which departments are tied to which areas."""
    known = job.known(Department, "code", "id")
    where = _places(job)

    def make(draft: Draft) -> dict[str, Any]:
        values = draft.values
        (pk,) = found("department", known, values["department"])
        (area,) = found("place", where, values["place"])
        row = {
            "department_id": pk,
            "place_code": values["place"],
            "team": values.get("team") or "",
            "area_code": area,
            **validity(values),
        }
        if "kind" in values:
            row["kind"] = values["kind"] or ""
        if values.get("bonus_min") is not None:
            row["bonus_min"] = _minutes(values["bonus_min"])
        elif "bonus_min" in values:
            row["bonus_min"] = USUAL_BONUS_MIN
        return row

    defaults = {**ALWAYS, "kind": "", "bonus_min": USUAL_BONUS_MIN}
    for _, rows in job.each(make):
        job.merge(Link, ["place_code", "department_id", "team"], rows, defaults)


def travel(job: Job) -> None:
    """Store measured ways; they take the place of the estimate."""
    known = job.known(Office, "code", "id", "area_code")
    where = _places(job)

    def make(draft: Draft) -> dict[str, Any]:
        values = draft.values
        pk, area = found("office", known, values["office"])
        found("place", where, values["place"])
        return {
            "office_id": pk,
            "place_code": values["place"],
            "minutes": _minutes(values["minutes"]),
            "area_code": area,
        }

    for _, rows in job.each(make):
        job.merge(Travel, ["place_code", "office_id"], rows)


def _minutes(value: Any) -> float:
    """Return minutes that a way or a bonus can have; refuses the row otherwise."""
    minutes = float(value)
    if not 0 <= minutes <= MOST_MINUTES:
        raise Refused(
            "bad_number",
            N_("{minutes} min cannot be. Write 0 to {most}."),
            minutes=minutes,
            most=MOST_MINUTES,
        )
    return minutes


def _places(job: Job) -> dict[str, tuple[Any, ...]]:
    """Return the area code of every grid and area, by its own code."""
    return job.known(Grid, "code", "area_code") | job.known(Area, "code", "area_code")
