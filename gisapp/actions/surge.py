"""Stand a surge down: end it, and say what has changed beneath it."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from gisapp.actions.drafts import told
from gisapp.actions.owned import own_area
from gisapp.actions.publications import AlreadyOver
from gisapp.auth import Scope
from gisapp.errors import InvalidInput, NotFound
from gisapp.i18n import N_
from gisapp.store import audit, floors, force, grids, installation, plans, staff, standing
from gisapp.store.matching import Fallen
from gisapp.store.models import Publication
from gisapp.store.session import Session


class NoSurge(NotFound):
    """No surge is in force in the area."""

    code = "no_surge"
    message = N_("No surge is in force in {area}.")


class SeveralSurges(InvalidInput):
    """Surges are in force, or to come, in several parts of the area."""

    code = "several_surges"
    message = N_("There are surges in {areas}. Name one of them with --area.")


class SurgeEndsAnyway(InvalidInput):
    """The surge ends on that day or earlier already."""

    code = "surge_ends_anyway"
    message = N_("Surge plan {plan} ends on {ends} already. It can only be ended sooner.")


class SurgeAhead(InvalidInput):
    """The surge would end before it begins."""

    code = "surge_ahead"
    message = N_("Surge plan {plan} begins on {starts} only. Leave --on out to withdraw it.")


@dataclass(frozen=True, slots=True)
class Sent:
    """The people of a department who were out in the surge and are out without it."""

    code: str
    name: str
    surge: int
    normal: int
    floor: int
    """In normal times."""
    went_home: int


@dataclass(frozen=True, slots=True)
class StoodDown:
    """A surge that was ended, and what holds after it."""

    ended: str
    area: str
    on: date | None
    """Its last day; None where it was withdrawn before it began."""
    back_on: date
    """The day after, or the one on which it would have begun."""
    back_to: str | None
    """The plan that holds again; None where none does, or none for the whole area."""
    plans: list[str]
    """All plans that hold in the area again."""
    went_home: int
    """People whom only the surge had sent out."""
    fallen: list[Fallen]
    """Placements that hold again by name but do not stand."""
    open_posts: list[str]
    """Served in the surge, and by nobody after it."""
    departments: list[Sent]

    def document(self) -> dict[str, Any]:
        """Say it to programs; the keys are a contract."""
        names = ("ended", "area", "on", "back_on", "back_to", "plans", "went_home")
        return {name: getattr(self, name) for name in names} | {
            "no_longer_stand": [told(row) for row in self.fallen],
            "open_posts": self.open_posts,
            "departments": [asdict(row) for row in self.departments],
        }


@dataclass(frozen=True, slots=True)
class Surge:
    """A surge that is in force."""

    plan: str
    area: str
    area_name: str
    since: date
    until: date | None
    by: str
    """Who published it."""


@dataclass(frozen=True, slots=True)
class _Serving:
    """Who serves in an area on one day."""

    named: set[int]
    """Cadres in any placement, whether it stands or not."""
    out: set[int]
    """Cadres of placements that stand, and those who serve elsewhere."""
    here: set[int]
    """Of these, those who serve in the area."""
    posts: set[str]
    """With a placement that stands."""
    plans: list[str]
    fallen: list[Fallen]


def surges(session: Session) -> list[Surge]:
    """List the surges that are in force today where the actor is, the one that wins first."""
    found = [each for each in plans.in_force(session, session.today) if each.mode == "surge"]
    if not found:
        return []
    named = grids.area_names(session, session.today)
    return [
        Surge(
            plans.code(each.plan),
            each.area_code,
            named.get(each.area_code, each.area_code),
            each.starts_on,
            each.ends_on,
            each.published_by,
        )
        for each in found
    ]


def stand_down(session: Session, area: str | None = None, on: date | None = None) -> StoodDown:
    """End the surge that is in force in an area; the normal plan holds again, untouched.

    Where none is, the next one to come is withdrawn.

    ``on`` is the surge's last day: yesterday by default, so that the normal plan holds today.
    A publication holds whole days: a surge that began today has been in force today and ends
    today, and the normal plan holds from tomorrow.
    """
    session.actor.must(Scope.PLANS_WRITE)
    plans.one_by_one(session)
    surge = _surge(session, own_area(session, area or installation.root_area(session)), on)
    if surge.starts_on > session.today:
        return _withdraw(session, surge, on)
    where, ended = surge.area_code, plans.code(surge.plan)
    last = _last(session, surge, on)
    with_it = _serving(session, where, session.today)
    surge.ends_on = last
    session.flush()

    back = last + timedelta(days=1)
    without = _serving(session, where, back)
    home = with_it.here - without.named - without.out
    holds = force.of_area(plans.in_force(session, back), where)
    done = StoodDown(
        ended,
        where,
        last,
        back,
        None if holds is None else plans.code(holds.plan),
        without.plans,
        len(home),
        without.fallen,
        sorted(with_it.posts - without.posts),
        _departments(session, where, back, with_it, without, home),
    )
    audit.note(
        session,
        "surge.ended",
        f"plan {ended}",
        area_code=where,
        ends_on=str(last),
        back_to=done.back_to,
        went_home=done.went_home,
        no_longer_stand=len(done.fallen),
        open_posts=len(done.open_posts),
    )
    return done


def _withdraw(session: Session, surge: Publication, on: date | None) -> StoodDown:
    """Take back a surge that has not begun: it has sent nobody, so nobody goes home."""
    where, ended, starts = surge.area_code, plans.code(surge.plan), surge.starts_on
    if on is not None:
        raise SurgeAhead(plan=ended, starts=starts)
    session.delete(surge)
    session.flush()
    holds = plans.in_force(session, starts)
    own = force.of_area(holds, where)
    audit.note(session, "surge.withdrawn", f"plan {ended}", area_code=where, starts_on=str(starts))
    return StoodDown(
        ended,
        where,
        None,
        starts,
        None if own is None else plans.code(own.plan),
        sorted({plans.code(each.plan) for each in holds if _meet(each.area_code, where)}),
        0,
        [],
        [],
        [],
    )


def _meet(area: str, other: str) -> bool:
    return area.startswith(other) or other.startswith(area)


def _surge(session: Session, area: str, on: date | None) -> Publication:
    """Find the surge of the area, or the only one within it: one in force, else the next."""
    mine = [
        each
        for each in plans.publications(session)
        if each.mode == "surge"
        and each.area_code.startswith(area)
        and (each.ends_on is None or each.ends_on >= session.today)
    ]
    now = [each for each in mine if each.starts_on <= session.today]
    ahead = [each for each in mine if each not in now]
    # One that cannot be ended sooner does not hide the next.
    fixed = [each for each in now if on is None and each.starts_on == each.ends_on]
    found = [each for each in now if each not in fixed] or ahead or fixed
    exact = [each for each in found if each.area_code == area]
    if not found:
        raise NoSurge(area=area)
    areas = sorted({each.area_code for each in found})
    if not exact and len(areas) > 1:
        raise SeveralSurges(areas=areas)
    return (exact or found)[0]


def _last(session: Session, surge: Publication, on: date | None) -> date:
    """Choose the last day of a surge that is in force; days that are over stay as they were."""
    yesterday = session.today - timedelta(days=1)
    if on is not None and on < yesterday:
        raise AlreadyOver(ends=on)
    last = max(on or yesterday, surge.starts_on)
    if surge.ends_on is not None and last >= surge.ends_on:
        raise SurgeEndsAnyway(plan=plans.code(surge.plan), ends=surge.ends_on)
    return last


def _serving(session: Session, area: str, day: date) -> _Serving:
    held: Any = plans.holdings(session, None, day)
    held = held[held["post_code"].str.startswith(area)]
    away = plans.held_outside(session, area, day)
    whys = standing.whys(session, held, day, away)
    columns = ["cadre_id", "staff_number", "post_code"]
    rows = list(zip(held[columns].to_numpy(object).tolist(), whys, strict=True))
    here = {cadre for (cadre, _, _), why in rows if not why}
    return _Serving(
        set(held["cadre_id"].tolist()),
        here | set(away),
        here,
        {post for (_, _, post), why in rows if not why},
        sorted(set(held["plan"])),
        [Fallen(number, post, why) for (_, number, post), why in rows if why],
    )


def _departments(
    session: Session, area: str, day: date, with_it: _Serving, without: _Serving, home: set[int]
) -> list[Sent]:
    """Count the people of the area's own departments; leaders as the setting says."""
    away = plans.held_outside(session, area, day)
    crew = staff.staff(session, day, area, Counter(with_it.named | without.named), away)
    bases, _ = staff.bases(session, crew, area)
    counted = {
        row.id: row.department_id
        for row in crew.rows
        if row.rank != "leader" or session.settings.floor_leaders
    }
    surge, normal = (
        Counter(counted[cadre] for cadre in each.out if cadre in counted)
        for each in (with_it, without)
    )
    homeward = Counter(row.department_id for row in crew.rows if row.id in home)
    share = session.settings.floor_normal
    return [
        Sent(
            row.code,
            row.name,
            surge[row.id],
            normal[row.id],
            floors.floor(share, base),
            homeward[row.id],
        )
        for row, base in zip(crew.departments, bases, strict=True)
        if row.area_code.startswith(area)
    ]
