"""What is said of a match, of a change and of what cannot be, in whole sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gisapp.core.matching.explain import Barred
from gisapp.core.reasons import within
from gisapp.i18n import N_, Name, Sentence

BARRED: Final[Mapping[Barred, str]] = MappingProxyType(
    {
        Barred.LOCKED: N_("{person} is locked to {post} already. Unlock it to compare others."),
        Barred.RECUSED: N_(
            "{person} must not serve at {post}. Remove the recusal if it holds no more."
        ),
        Barred.UNAVAILABLE: N_(
            "{person} is not available today. Bring other days of availability if they changed."
        ),
        Barred.RANK: N_(
            "{post} is for another rank than that of {person}. Leaders are chiefs, staff are "
            "members, unless the settings let leaders be members too."
        ),
        Barred.CAPACITY: N_(
            "{person} has no time for {post}: all posts that can be taken are locked or held "
            "elsewhere. Unlock one, or raise the capacity."
        ),
        Barred.SEATS: N_("Every seat of {post} is locked. Unlock one, or add a seat."),
        Barred.LIMIT: N_(
            "The department of {person} may have no further placement. Raise its limit, or free "
            "one of its people."
        ),
    }
)
"""Why a pair cannot be, and what to do."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """What one placement is made of; 0.01 min."""

    department: str
    travel: int
    asked: Name | None
    """The specialty that the seat asks for, or that the place needs most."""
    specialty: int
    """What of it is missing."""
    load: int
    link: int
    kept: bool

    def parts(self) -> dict[str, float | bool]:
        """Say them to programs, in minutes: they add up, links taken off."""
        return {
            "travel_min": self.travel / 100,
            "specialty": self.specialty / 100,
            "load": self.load / 100,
            "link": -self.link / 100,
            "kept": self.kept,
        }

    def sentences(self) -> list[Sentence]:
        """Say them to people, the way first."""
        fields = {"department": self.department, "specialty": within(self.asked)}
        told = [(N_("{minutes} min from the office of {department}"), self.travel)]
        if self.asked is not None and self.specialty:
            told.append((N_("{specialty} not known well enough ({minutes} min)"), self.specialty))
        elif self.asked is not None:
            told.append((N_("knows {specialty}"), 0))
        if self.load:
            told.append((N_("a further post ({minutes} min)"), self.load))
        if self.link:
            told.append(
                (N_("the department is tied to the place (saves {minutes} min)"), self.link)
            )
        if self.kept:
            told.append((N_("stays in place"), 0))
        return [Sentence(text, fields | {"minutes": minutes(cost)}) for text, cost in told]


def minutes(hundredths: int) -> str:
    """Write 0.01 min as minutes, with a decimal where there is one."""
    return f"{hundredths / 100:.1f}".removesuffix(".0")


def person(name: str, cadre: str) -> Sentence:
    """Name somebody with the staff number."""
    return Sentence(N_("{name} ({cadre})"), {"name": name, "cadre": cadre})


def match(
    who: Sentence, pieces: Pieces, other: Sentence | None, change: int | None, *, surge: bool
) -> Sentence:
    """Say why somebody is in a post, and who would come instead; no change: it is locked."""
    fields = _fields(who, pieces, change) | {"other": other}
    if change is None and surge:
        return Sentence(N_("{person}: {reasons}; stays in a surge, so no runner-up."), fields)
    if change is None:
        return Sentence(N_("{person}: {reasons}; locked here, so no runner-up."), fields)
    if other is None:
        message = N_(
            "{person}: {reasons}; no runner-up: the seat would stay open and the whole plan be "
            "{change} min worse."
        )
    elif change:
        message = N_(
            "{person}: {reasons}; runner-up {other}, the whole plan would be {change} min worse."
        )
    else:
        message = N_("{person}: {reasons}; runner-up {other}, the whole plan would be as good.")
    return Sentence(message, fields)


def unlike(who: Sentence, pieces: Pieces, other: Sentence | None) -> Sentence:
    """Say that the best plan has somebody else, or nobody, where a plan has somebody."""
    fields = _fields(who, pieces, 0) | {"other": other}
    if other is None:
        return Sentence(N_("{person}: {reasons}; the best plan has nobody else here."), fields)
    return Sentence(N_("{person}: {reasons}; the best plan has {other} here instead."), fields)


def fallen(who: Sentence) -> Sentence:
    """Say that a placement is not of today's problem."""
    message = N_("{person}: this placement does not stand any more, so nothing is compared.")
    return Sentence(message, {"person": who})


def offer(what: Sentence, pieces: Pieces, change: int) -> Sentence:
    """Say what taking a post would cost; ``what`` is the person or the post."""
    fields = _fields(what, pieces, change)
    if change:
        message = N_("{person}: {reasons}; the whole plan would be {change} min worse.")
    else:
        message = N_("{person}: {reasons}; the whole plan would be as good.")
    return Sentence(message, fields)


def forced(who: Sentence, post: Sentence, change: int, moves: int) -> Sentence:
    """Say what it costs to put somebody into a post."""
    fields = {"person": who, "post": post, "change": minutes(change), "moves": moves}
    if not moves:
        return Sentence(N_("{person} is at {post} in the best plan."), fields)
    if change:
        message = N_(
            "{person} at {post}: the whole plan would be {change} min worse, with {moves} "
            "{moves:change|changes}:"
        )
    else:
        message = N_(
            "{person} at {post}: the whole plan would be as good, with {moves} "
            "{moves:change|changes}:"
        )
    return Sentence(message, fields)


def move(who: Sentence, post: Sentence, *, came: bool) -> Sentence:
    """Say that somebody comes to a post or leaves it."""
    message = N_("{person} comes to {post}") if came else N_("{person} leaves {post}")
    return Sentence(message, {"person": who, "post": post})


def barred(why: Barred, who: Sentence, post: Sentence) -> Sentence:
    """Say why a pair cannot be, and what to do."""
    return Sentence(BARRED[why], {"person": who, "post": post})


def proof(gap: float | None) -> Sentence:
    """Say what is proven of a plan."""
    if gap is None:
        return Sentence(N_("Nothing is proven: a cheaper plan may exist."))
    if gap == 0:
        return Sentence(N_("Optimal and proven: no plan costs less."))
    return Sentence(
        N_("Proven: no plan is cheaper by more than {gap} %."), {"gap": f"{gap * 100:.2g}"}
    )


def _fields(who: Sentence, pieces: Pieces, change: int | None) -> dict[str, object]:
    return {"person": who, "reasons": pieces.sentences(), "change": minutes(change or 0)}
