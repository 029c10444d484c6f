"""Says why a grid is in its state of coverage: one whole sentence, in numbers that may leave."""

import math
from dataclasses import dataclass

from gisapp.core.coverage import FAR, HAIR, SPECIALTY_MISSING, STRETCHED, UNSERVED, Limits
from gisapp.core.publication import rounded
from gisapp.i18n import N_, Name, Sentence


@dataclass(frozen=True, slots=True)
class Helper:
    """The nearest free cadre who knows what a grid wants."""

    minutes: float
    department: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of one grid."""

    state: int
    members: int
    minutes: float
    """Of the nearest member; infinite when there is none."""
    specialty: Name | None
    """The one that is missing or strained."""
    need: float | None
    """Of that specialty, cases a year; None where too few live to publish a figure."""
    supply: float
    """Of that specialty, cases a year."""
    helper: Helper | None


def within(name: Name | None) -> Name | None:
    """Return a name as it stands inside a sentence: English begins it small."""
    return None if name is None else Name(name.zh, name.en[:1].lower() + name.en[1:])


def whole(minutes: float) -> int | None:
    """Round minutes up to whole ones; where nobody is there is no number."""
    return math.ceil(minutes - HAIR) if math.isfinite(minutes) else None


def cases(need: float | None) -> Sentence:
    """Say a need in whole cases as published: rounded to five, below five, or not at all."""
    if need is None:
        return Sentence(N_("some cases"))
    number = rounded(int(need))
    if number == "<5":
        return Sentence(N_("fewer than 5 cases"))
    return Sentence(N_("about {n} cases"), {"n": number})


def reason(facts: Facts, limits: Limits) -> Sentence:
    """Say why, and who could help."""
    fields: dict[str, object] = {
        "members": facts.members,
        "minutes": whole(facts.minutes),
        "specialty": facts.specialty if facts.state == STRETCHED else within(facts.specialty),
        "cases": cases(facts.need),
        "supply": f"{facts.supply:.1f}",
    }
    helper = facts.helper
    if helper is not None:
        fields |= {"nearest": whole(helper.minutes), "department": helper.department}
    if facts.state == UNSERVED:
        message = _nobody(facts)
    elif facts.state == SPECIALTY_MISSING:
        message = _lack(facts)
    elif facts.state == FAR:
        fields["limit"] = f"{limits.far_min:g}"
        message = _distance(facts)
    elif facts.state == STRETCHED:
        fields["limit"] = f"{limits.stretch:g}"
        message = N_(
            "{specialty}: need {cases} a year, supply {supply}: over the limit of {limit}."
        )
    else:
        message = N_("Served by {members}; the nearest needs {minutes} min.")
    return Sentence(message, fields)


def _nobody(facts: Facts) -> str:
    if facts.specialty is None:
        if facts.helper is None:
            return N_("Nobody, and no cadre is free.")
        return N_("Nobody; the nearest free cadre is {nearest} min away ({department}).")
    if facts.helper is None:
        return N_("Nobody, and no free cadre knows {specialty}.")
    return N_(
        "Nobody; the nearest free cadre for {specialty} is {nearest} min away ({department})."
    )


def _lack(facts: Facts) -> str:
    if facts.helper is None:
        return N_(
            "No {specialty}: need {cases} a year; nobody in the grid or community knows it, "
            "and nobody who does is free."
        )
    return N_(
        "No {specialty}: need {cases} a year; nobody in the grid or community knows it. "
        "The nearest free cadre who does is {nearest} min away ({department})."
    )


def _distance(facts: Facts) -> str:
    if facts.helper is None or facts.helper.minutes >= facts.minutes:
        return N_(
            "The nearest member needs {minutes} min; the limit is {limit}. Nobody free is nearer."
        )
    return N_(
        "The nearest member needs {minutes} min; the limit is {limit}. "
        "The nearest free cadre needs {nearest} min ({department})."
    )


def served_by(people: list[tuple[str, str, float]], empty: int, wanted: int) -> Sentence:
    """Say who serves a grid (name, department, minutes) and how many of its seats are open."""
    said = [
        Sentence(
            N_("{name} ({department}, {minutes} min)"),
            {"name": name, "department": department, "minutes": whole(minutes)},
        )
        for name, department, minutes in people
    ]
    fields = {"people": said, "open": empty, "wanted": wanted}
    if empty and said:
        return Sentence(N_("{open} of {wanted} seats open; served by {people}."), fields)
    if empty:
        return Sentence(N_("{open} of {wanted} seats open; nobody serves."), fields)
    if said:
        return Sentence(N_("Served by {people}."), fields)
    return Sentence(N_("Nobody serves, and there is no seat to fill."), fields)


def chosen(minutes: float, specialty: Name | None, room: int, *, locked: bool) -> Sentence:
    """Say why somebody holds a seat: the way, what they know, what they can still take."""
    fields = {"minutes": whole(minutes), "specialty": within(specialty), "room": room}
    if locked:
        return Sentence(N_("Locked here by the planner; {minutes} min away."), fields)
    if specialty is None:
        if room > 0:
            return Sentence(N_("Chosen: {minutes} min away, can take {room} more."), fields)
        return Sentence(N_("Chosen: {minutes} min away; has no time for more."), fields)
    if room > 0:
        return Sentence(
            N_("Chosen: {minutes} min away, knows {specialty}, can take {room} more."), fields
        )
    return Sentence(
        N_("Chosen: {minutes} min away, knows {specialty}; has no time for more."), fields
    )
