"""Match cadres to posts: the problem is read, solved beside everybody's work, then stored."""

import time
from dataclasses import dataclass, replace
from typing import Literal

from gisapp.actions import inputs, stamps
from gisapp.actions.drafts import SCORED, Draft, draft
from gisapp.actions.origins import nothing_kept
from gisapp.actions.owned import own_area
from gisapp.actions.posts import make_posts
from gisapp.auth import Scope
from gisapp.core.matching import exact, judge, moves
from gisapp.core.matching.engine import Watch, never_stop
from gisapp.core.matching.judge import Verdict
from gisapp.core.matching.moves import Corner
from gisapp.core.matching.problem import Plan as Solved
from gisapp.errors import Conflict, InvalidInput
from gisapp.i18n import N_
from gisapp.store import audit, installation, matching, plans
from gisapp.store.matching import Muster
from gisapp.store.models import Plan
from gisapp.store.plans import Seat
from gisapp.store.session import Session

Mode = Literal["normal", "surge"]


class NothingToMatch(InvalidInput):
    """There is no post with a place in the area."""

    code = "nothing_to_match"
    message = N_("{area} has no post on the map. Import its areas and grids first.")


class SurgeMovesNobody(InvalidInput):
    """A limit on moves is given for a surge."""

    code = "surge_moves_nobody"
    message = N_("A surge keeps every placement that stands. Leave the limit on moves out.")


class MatchOutdated(Conflict):
    """What a plan was solved from is not what there is when it is to be stored."""

    code = "match_outdated"
    message = N_("The data changed while the plan was worked out. Nothing was stored; match again.")


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked of a match; `plans.match_cadres` says what each means."""

    area: str | None = None
    mode: Mode = "normal"
    seed: int = 0
    based_on: str | None = None
    max_moves: int | None = None
    curve: bool = False


@dataclass(frozen=True, slots=True)
class Posed:
    """A problem to be solved, and what it was read from."""

    terms: Terms
    area: str
    share: float
    town: Muster
    holds: list[str]
    """Plans that hold what it starts from."""
    seen: str
    """Names the state of the data."""
    rehearsed: bool
    """Whether posts were made for it, which are there only if that is kept."""
    began: float


@dataclass(frozen=True, slots=True)
class Found:
    """The answer."""

    plan: Solved
    verdict: Verdict
    corners: list[Corner] | None


def pose(session: Session, terms: Terms, *, make: bool = True) -> Posed:
    """Read the problem; with ``make`` posts that rules ask for are made first."""
    session.actor.must(Scope.PLANS_WRITE)
    surge, began = terms.mode == "surge", time.perf_counter()
    if surge and terms.max_moves:
        raise SurgeMovesNobody
    area = own_area(session, terms.area or installation.root_area(session))
    made = make and make_posts(session).slots > 0
    # Before anything is read: what others do from here on counts as done meanwhile.
    seen = _seen(session, terms)
    settings = session.settings
    share = settings.floor_surge if surge else settings.floor_normal
    base = plans.holdings(session, terms.based_on, session.today, surges=surge)
    town = matching.muster(session, area, share, base, surge=surge)
    if not town.problem.posts.codes:
        raise NothingToMatch(area=area)
    holds = base["plan"].unique().tolist()
    return Posed(terms, area, share, town, holds, seen, made, began)


def solve(posed: Posed, watch: Watch = never_stop) -> Found:
    """Solve it; nothing is read and nothing written."""
    terms, problem = posed.terms, posed.town.problem
    if terms.max_moves is None:
        found = exact.solve(problem, seed=terms.seed, watch=watch)
    else:
        found = moves.solve(problem, terms.max_moves, seed=terms.seed, watch=watch)
    corners = moves.curve(problem, seed=terms.seed, watch=watch) if terms.curve else None
    verdict = judge.check(problem, found)
    if verdict.broken_rules:
        raise AssertionError(f"a plan breaks rules: {verdict.broken_rules[:5]}")
    return Found(found, verdict, corners)


def store_if_same(session: Session, posed: Posed, found: Found) -> Draft:
    """Store the answer to a problem read in another transaction; `MatchOutdated` if it is none.

    The problem is read again only where something was done meanwhile.
    """
    session.actor.must(Scope.PLANS_WRITE)
    if posed.rehearsed or _seen(session, posed.terms) != posed.seen:
        again = pose(session, posed.terms)
        if again.town.digest != posed.town.digest:
            raise MatchOutdated
        posed = replace(again, began=posed.began)
    return store(session, posed, found)


def store(session: Session, posed: Posed, found: Found) -> Draft:
    """Store the answer as a draft plan."""
    terms, town = posed.terms, posed.town
    solved, verdict = found.plan, found.verdict
    plan = Plan(
        area_code=posed.area,
        number=plans.next_number(session, posed.area),
        mode=terms.mode,
        based_on_id=_origin(session, terms.based_on, posed.holds),
        seed=terms.seed,
        parameters={
            "floor": posed.share,
            "base": session.settings.floor_base,
            "day": str(session.today),
            "max_moves": terms.max_moves,
            inputs.KEY: inputs.inputs(town),
        },
        input_digest=town.digest,
        score={},
        gap=solved.gap,
        created_at=session.now,
        created_by=session.actor.name,
    )
    session.add(plan)
    session.flush()
    plans.place(session, plan, _seats(town, solved.cadre.tolist(), solved.slot.tolist(), verdict))
    seconds = round(time.perf_counter() - posed.began, 3)
    made = draft(plan, town, verdict, found.corners, solved.status, seconds)
    plan.score = {name: getattr(made, name) for name in ("status", *SCORED)} | {
        "departments": [row.document() for row in made.departments]
    }
    audit.note(
        session,
        "plan.made",
        f"plan {made.plan}",
        area_code=posed.area,
        mode=terms.mode,
        posts=made.posts,
        filled=made.filled,
        moved=made.moved,
    )
    return made


def _seen(session: Session, terms: Terms) -> str:
    """Name all that a problem is read from."""
    data = stamps.stamp_of_data(session, nothing_kept)
    # A draft that is started from may be edited, which does not count among the data.
    version = terms.based_on and plans.by_code(session, terms.based_on).version
    return f"{data} {version}"


def _origin(session: Session, based_on: str | None, found: list[str]) -> int | None:
    """Find the plan that the new one starts from: the named one, or one that is in force."""
    if based_on is not None:
        return plans.by_code(session, based_on).id
    if not found:
        return None
    # The plan of the smallest area: its number says nothing.
    return plans.by_code(session, max(found, key=lambda code: len(code.partition("-")[0]))).id


def _seats(town: Muster, cadres: list[int], slots: list[int], verdict: Verdict) -> list[Seat]:
    problem = town.problem
    post = problem.slots.post.tolist()
    return [
        Seat(
            town.post_ids[post[slot]],
            town.slot_ids[slot],
            town.cadre_ids[cadre],
            town.post_areas[post[slot]],
            (cadre, slot) in town.locked,
            {
                "travel_min": reason.travel,
                "specialty": reason.specialty,
                "load": reason.load,
                "disturbance": 0,
                "link": reason.link,
                "kept": reason.kept,
                "left": reason.left,
            },
        )
        for cadre, slot, reason in zip(cadres, slots, verdict.reasons, strict=True)
    ]
