"""Drafts changed by hand: a deed, one taken back, one done again; each is one version."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from uuid import UUID

import numpy as np
from sqlalchemy.orm.attributes import flag_modified

from gisapp.actions import drafting, inputs, refusals, said
from gisapp.actions.board import Board, Held
from gisapp.actions.deeds import Deed, Turn
from gisapp.actions.desk import Desk
from gisapp.actions.history import Touched, ensure_seen, offers
from gisapp.actions.laid import Laid
from gisapp.actions.owned import editable, own_plan, still_draft
from gisapp.actions.turning import turning
from gisapp.i18n import Sentence
from gisapp.store import audit, drafts, plans
from gisapp.store.drafts import Change, Pair, Placed
from gisapp.store.models import DraftChange, Plan
from gisapp.store.session import Session
from gisapp.store.versions import Row, Version

Step = Literal["undo", "redo"]

Opened = Callable[[Session, str], Desk]
"""Gives the desk of a plan, as the door keeps it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A change before it is stored."""

    kind: str
    deed: str
    about: int | None
    change: Change
    says: str
    names: Mapping[str, Any]
    gap: float | None
    """What is proven of the draft after it."""


@dataclass(frozen=True, slots=True)
class Hand:
    """A draft in the hand of who changes it."""

    plan: Plan
    desk: Desk
    before: Laid
    held: Mapping[Pair, Held]


def do(
    session: Session,
    opened: Opened,
    code: str,
    version: int,
    deed: Deed,
    client_id: UUID | None = None,
    *,
    preview: bool = False,
) -> dict[str, Any]:
    """Change a draft that is at ``version``; a preview stores nothing and says what would be."""
    hand = _take(session, opened, code, version, deed.touches(), preview=preview)
    turn = deed.turn(Board(session, hand.plan, hand.desk.table, hand.held))
    held = partial(_after_turn, hand.held, turn)
    after = hand.before.turned(turn.out, turn.into, turn.relock) or hand.desk.lay(_rows(held()))
    change = _change(session, hand, turn, after)
    gap = getattr(deed, "gap", None)
    made = Made("deed", deed.name, None, change, turn.says, turn.names, gap)
    return _answer(session, hand, made, (held, after), client_id, preview=preview)


def step(
    session: Session,
    opened: Opened,
    code: str,
    version: int,
    kind: Step,
    client_id: UUID | None = None,
    *,
    preview: bool = False,
) -> dict[str, Any]:
    """Take the latest change back that stands, whoever made it, or do again what was taken back."""
    hand = _take(session, opened, code, version, None, preview=preview)
    turns = turning(drafts.turns(session, hand.plan))
    about = turns.undo if kind == "undo" else turns.redo
    if about is None:
        raise refusals.NothingToUndo if kind == "undo" else refusals.NothingToRedo
    row = drafts.change_of(session, hand.plan, about)
    change = Change.of(row) if kind == "redo" else Change.of(row).back
    effect = row.effect
    gap = effect["gap_after"] if kind == "redo" else effect["gap_before"]
    held = partial(_after_change, hand.held, change)
    after = hand.before.turned(*_parted(change)) or hand.desk.lay(_rows(held()))
    made = Made(kind, row.deed, about, change, effect["says"], effect["names"], gap)
    return _answer(session, hand, made, (held, after), client_id, preview=preview)


def again(session: Session, opened: Opened, code: str, version: int) -> dict[str, Any]:
    """Tell again what was answered to the change that made a version."""
    plan = own_plan(session, code)
    row, found = drafts.told_of(session, plan, version), opened(session, plans.code(plan))
    before, after = (
        found.lay([each[:4] for each in drafts.at_version(session, plan, at)])
        for at in (version - 1, version)
    )
    next_ = offers(session, plan, version)
    return {
        "plan": plans.code(plan),
        "version": version,
        "kept": True,
        "sentence": said.sentence(row.kind, row.effect),
        "effect": found.effect(before, after),
        "figures": after.figures,
        "changed": found.changed(before, after),
        "undo": next_.undo,
        "redo": next_.redo,
    }


def _take(
    session: Session, opened: Opened, code: str, version: int, touched: Touched, *, preview: bool
) -> Hand:
    plan = editable(session, code)
    if not preview:
        drafts.lock(session, plan)
        # Somebody may have published it while we waited.
        still_draft(plan)
    ensure_seen(session, plan, version, touched)
    found = opened(session, plans.code(plan))
    now, before = found.placed(session)
    return Hand(plan, found, before, now.held)


def _answer(
    session: Session,
    hand: Hand,
    made: Made,
    then: tuple[Callable[[], Mapping[Pair, Held]], Laid],
    client_id: UUID | None,
    *,
    preview: bool,
) -> dict[str, Any]:
    held, after = then
    effect = hand.desk.effect(hand.before, after)
    if not preview:
        _store(session, hand, made, effect, drafting.score(after), client_id)
        version = Version(hand.plan.version, held())
        session.when_kept(lambda: hand.desk.keep(version, after))
    next_ = offers(session, hand.plan)
    said_ = said.sentence(made.kind, {"says": made.says, "names": made.names})
    return {
        "plan": plans.code(hand.plan),
        "version": hand.plan.version,
        "kept": not preview,
        "sentence": said_,
        "effect": effect,
        "figures": after.figures,
        "changed": hand.desk.changed(hand.before, after),
        "undo": next_.undo,
        "redo": next_.redo,
    }


def _store(
    session: Session,
    hand: Hand,
    made: Made,
    effect: Mapping[str, Any],
    score: dict[str, Any],
    client_id: UUID | None,
) -> None:
    plan = hand.plan
    drafts.apply(session, plan, made.change)
    inside = {
        "says": made.says,
        "names": dict(made.names),
        "gap_before": plan.gap,
        "gap_after": made.gap,
    }
    session.add(
        DraftChange(
            client_id=client_id,
            area_code=plan.area_code,
            plan_id=plan.id,
            version=plan.version + 1,
            kind=made.kind,
            deed=made.deed,
            about=made.about,
            out=[list(row) for row in made.change.out],
            into=[list(row) for row in made.change.into],
            effect=_plain(effect) | inside,
            actor=session.actor.name,
            at=session.now,
        )
    )
    plan.score, plan.gap = score, made.gap
    if plan.parameters.get(inputs.KEY, hand.desk.inputs) != hand.desk.inputs:
        # Data came in since the draft was made: all of it is reckoned anew.
        plan.parameters = plan.parameters | {inputs.KEY: hand.desk.inputs}
    # A change that alters no figure is a version all the same.
    flag_modified(plan, "score")
    session.flush()
    audit.note(
        session,
        "draft.changed",
        f"plan {plans.code(plan)}",
        area_code=plan.area_code,
        version=plan.version,
        kind=made.kind,
        what=made.deed,
        went=len(made.change.out),
        came=len(made.change.into),
    )


def _plain(value: Any) -> Any:
    """Leave sentences out of what is stored: they are made of the rest."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items() if not isinstance(one, Sentence)}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def _change(session: Session, hand: Hand, turn: Turn, after: Laid) -> Change:
    """Turn a deed into whole rows: with why they are there, or of the lock alone."""
    why = drafts.whys(session, hand.plan, turn.out)
    out: list[Placed] = [
        (post, hand.held[post, cadre][0], cadre, hand.held[post, cadre][1], why[post, cadre])
        for post, cadre in turn.out
    ]
    new = _whys_of(after, [(post, cadre) for post, _, cadre, _ in turn.into])
    into: list[Placed] = [
        (post, slot, cadre, locked, turn.whys.get((post, cadre)) or new.get((post, cadre), {}))
        for post, slot, cadre, locked in turn.into
    ]
    for post, cadre in turn.relock:
        slot, locked = hand.held[post, cadre]
        out.append((post, slot, cadre, locked, None))
        into.append((post, slot, cadre, not locked, None))
    return Change(out, into)


def _whys_of(after: Laid, pairs: Sequence[Pair]) -> dict[Pair, dict[str, Any]]:
    if not pairs:
        return {}
    muster, at = after.table.muster, np.flatnonzero(after.among(pairs))
    rows = zip(
        after.post[at].tolist(), after.cadre[at].tolist(), drafting.whys(after, at), strict=True
    )
    return {(muster.post_ids[post], muster.cadre_ids[cadre]): why for post, cadre, why in rows}


def _after_turn(held: Mapping[Pair, Held], turn: Turn) -> dict[Pair, Held]:
    found = dict(held)
    for pair in turn.out:
        del found[pair]
    for post, slot, cadre, locked in turn.into:
        found[post, cadre] = (slot, locked)
    for pair in turn.relock:
        slot, locked = found[pair]
        found[pair] = (slot, not locked)
    return found


def _parted(change: Change) -> tuple[list[Pair], list[Row], list[Pair]]:
    """Part a change into placements that go, that come, and of which only the lock turns."""
    seats = {row[:3] for row in change.out}
    relocked = {row[:3] for row in change.into if row[4] is None} & seats
    out = [
        (post, cadre) for post, slot, cadre, *_ in change.out if (post, slot, cadre) not in relocked
    ]
    into = [row[:4] for row in change.into if row[:3] not in relocked]
    return out, into, [(post, cadre) for post, _, cadre in relocked]


def _after_change(held: Mapping[Pair, Held], change: Change) -> dict[Pair, Held]:
    found = dict(held)
    for post, _, cadre, *_ in change.out:
        del found[post, cadre]
    for post, slot, cadre, locked, _ in change.into:
        found[post, cadre] = (slot, locked)
    return found


def _rows(held: Mapping[Pair, Held]) -> list[tuple[int, int, int, bool]]:
    return [(post, slot, cadre, locked) for (post, cadre), (slot, locked) in held.items()]
