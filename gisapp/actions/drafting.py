"""Drafts made and given up: from what is in force, from a plan, from an earlier version."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from gisapp.actions import inputs, origins, refusals, stamps
from gisapp.actions.desk import Desk, desk
from gisapp.actions.drafts import SCORED, standings
from gisapp.actions.history import ensure_seen
from gisapp.actions.laid import Laid
from gisapp.actions.match import Mode, NothingToMatch
from gisapp.actions.origins import Keep, nothing_kept
from gisapp.actions.owned import DRAFT, editable, own_area, own_plan
from gisapp.actions.starts import start, under
from gisapp.auth import Scope
from gisapp.store import audit, drafts, installation, plans
from gisapp.store.drafts import Change, Placed
from gisapp.store.models import Plan
from gisapp.store.session import Session

NORMAL: Final = "normal"
"""Mode of a draft where nothing else is asked for."""

SHARED: Final = frozenset({"in", "need", "origin", "start", "town"})
"""First words of what is kept of the data alone."""


def ready(session: Session, based_on: str | None, mode: Mode | None, keep: Keep) -> None:
    """Read what `create` takes, before others have to wait for its transaction."""
    session.actor.must(Scope.PLANS_WRITE)
    base = None if based_on is None else own_plan(session, based_on)
    if base is not None and base.state == DRAFT:
        desk(session, plans.code(base), keep)
        return
    kept = _of_data(session, keep)
    plan = _begun(session, base, mode or NORMAL, kept)
    start(session, plan, plan.area_code, kept)


def create(
    session: Session,
    client_id: UUID,
    based_on: str | None,
    mode: Mode | None = None,
    keep: Keep = nothing_kept,
) -> Plan:
    """Make a draft of what stands today of a plan, or of what is in force.

    One made of a draft goes on in its mode; any other is normal where nothing else is asked for.
    """
    session.actor.must(Scope.PLANS_WRITE)
    base = None if based_on is None else own_plan(session, based_on)
    if base is not None and base.state == DRAFT:
        if mode not in {None, base.mode}:
            raise refusals.ModeOfDraft(plan=plans.code(base))
        return branch(session, client_id, plans.code(base), base.version, keep)
    plan = _begun(session, base, mode or NORMAL, _of_data(session, keep))
    _add(session, client_id, plan)
    made = own_desk(session, plans.code(plan), keep)
    if not made.muster.post_ids:
        raise NothingToMatch(area=plan.area_code)
    plan.input_digest = made.muster.digest
    plan.parameters = plan.parameters | {inputs.KEY: made.inputs}
    drafts.apply(session, plan, Change([], rows(made, made.before)))
    _finish(session, plan, made.before)
    return plan


def branch(
    session: Session, client_id: UUID, code: str, version: int, keep: Keep = nothing_kept
) -> Plan:
    """Make a new draft of what a plan was at a version."""
    session.actor.must(Scope.PLANS_WRITE)
    source = own_plan(session, code)
    changes = drafts.turns(session, source)
    first = changes[0][0] - 1 if changes else source.version
    if not min(first, source.version) <= version <= source.version:
        raise refusals.NoSuchVersion(plan=plans.code(source), version=version)
    plan = _begin(
        session,
        source.area_code,
        source.mode,
        source.based_on_id,
        source.parameters | {"branch_of": plans.code(source), "at_version": version},
    )
    plan.seed, plan.input_digest = source.seed, source.input_digest
    plan.gap = gap_at(session, source, version)
    _add(session, client_id, plan)
    placements = drafts.at_version(session, source, version)
    drafts.apply(session, plan, Change([], placements))
    session.flush()
    made = own_desk(session, plans.code(plan), keep)
    plan.parameters = plan.parameters | {inputs.KEY: made.inputs}
    _finish(session, plan, made.lay([row[:4] for row in placements]))
    return plan


def gap_at(session: Session, plan: Plan, version: int) -> float | None:
    """Return what was proven of a plan at a version."""
    later = drafts.changes(session, plan, version)
    return later[0].effect["gap_before"] if later else plan.gap


def delete(session: Session, code: str, version: int) -> None:
    """Delete a draft with its changes and comments."""
    plan = editable(session, code)
    drafts.lock(session, plan)
    ensure_seen(session, plan, version, None)
    if users := drafts.based_on(session, plan):
        raise refusals.PlanInUse(plan=plans.code(plan), plans=[plans.code(each) for each in users])
    drafts.remove(session, plan)
    subject = f"plan {plans.code(plan)}"
    audit.note(session, plans.DELETED, subject, area_code=plan.area_code, version=version)


def own_desk(session: Session, code: str, keep: Keep = nothing_kept) -> Desk:
    """Make the desk of a draft that is not stored yet; kept is what belongs to no draft.

    The draft's id, and the number of its line in the audit, may be another's if this one fails.
    """
    return desk(session, code, _shared(keep))


def _of_data(session: Session, keep: Keep) -> Keep:
    """Keep what is made of the data alone, under their name."""
    own = _shared(keep)
    return under(stamps.stamp_of_data(session, own), own)


def _shared(keep: Keep) -> Keep:
    def kept(name: str, make: Callable[[], Any]) -> Any:
        return keep(name, make) if name.partition(" ")[0] in SHARED else make()

    return kept


def rows(made: Desk, laid: Laid) -> list[Placed]:
    """Turn placements that were laid out into rows, each with what it is made of."""
    muster = made.muster
    posts = [muster.post_ids[at] for at in laid.post.tolist()]
    slots = [muster.slot_ids[at] for at in laid.slot.tolist()]
    people = [muster.cadre_ids[at] for at in laid.cadre.tolist()]
    locked = [bool(flag) for flag in laid.locked.tolist()]
    return list(zip(posts, slots, people, locked, whys(laid), strict=True))


def whys(laid: Laid, at: Any = slice(None)) -> list[dict[str, Any]]:
    """Say of each placement, or of those ``at`` some positions, what it is made of.

    As `Assignment.why` keeps it.
    """
    tally = laid.tally
    columns = (tally.travel, tally.specialty, tally.load, tally.link, tally.kept, tally.left)
    return [
        {
            "travel_min": travel,
            "specialty": specialty,
            "load": load,
            "disturbance": 0,
            "link": link,
            "kept": kept,
            "left": left,
        }
        for travel, specialty, load, link, kept, left in zip(
            *(column[at].tolist() for column in columns), strict=True
        )
    ]


def _begun(session: Session, base: Plan | None, mode: str, keep: Keep) -> Plan:
    """Say what a new draft starts from; it is not stored."""
    settings = session.settings
    area = own_area(session, installation.root_area(session)) if base is None else base.area_code
    parameters: dict[str, Any] = {
        "floor": settings.floor_surge if mode == "surge" else settings.floor_normal,
        "base": settings.floor_base,
        "day": str(session.today),
        "max_moves": None,
    }
    if base is None:
        held = origins.in_force(session, keep, surges=mode == "surge")
        holds = held["plan"].unique().tolist()
        if len(holds) == 1:
            base = plans.by_code(session, holds[0])
        elif holds:
            parameters["source"] = origins.IN_FORCE
    return _begin(session, area, mode, None if base is None else base.id, parameters)


def _begin(
    session: Session, area: str, mode: str, based_on: int | None, parameters: dict[str, Any]
) -> Plan:
    return Plan(
        area_code=area,
        mode=mode,
        based_on_id=based_on,
        seed=0,
        state=DRAFT,
        parameters=parameters,
        input_digest="",
        score={},
        gap=None,
        created_at=session.now,
        created_by=session.actor.name,
    )


def _add(session: Session, client_id: UUID, plan: Plan) -> None:
    plan.client_id, plan.number = client_id, plans.next_number(session, plan.area_code)
    session.add(plan)
    session.flush()


def score(laid: Laid) -> dict[str, Any]:
    """Say what a draft comes to, as `Plan.score` keeps it."""
    muster = laid.table.muster
    rows = standings(muster, laid.tally.deployed.tolist())
    figures = {name: laid.figures[name] for name in SCORED}
    return {"status": "edited", **figures, "departments": [row.document() for row in rows]}


def _finish(session: Session, plan: Plan, laid: Laid) -> None:
    plan.score = score(laid)
    session.flush()
    audit.note(
        session,
        "plan.made",
        f"plan {plans.code(plan)}",
        area_code=plan.area_code,
        mode=plan.mode,
        placements=len(laid.post),
    )
