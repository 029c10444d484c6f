"""A draft as a whole: its figures beside those of its base, its departments, its colours."""

from typing import Any

import numpy as np

from gisapp.actions import history, said
from gisapp.actions.desk import Desk
from gisapp.actions.drafts import standings
from gisapp.actions.inputs import KEY
from gisapp.actions.laid import Laid
from gisapp.actions.owned import DRAFT, OtherArea, own_area
from gisapp.auth import Scope
from gisapp.core.coverage import STATES
from gisapp.core.matching import words
from gisapp.i18n import Sentence
from gisapp.store import drafts, plans, ties, versions
from gisapp.store.models import Plan
from gisapp.store.session import Session
from gisapp.store.standing import WHYS


def head(session: Session, desk: Desk) -> dict[str, Any]:
    """Tell what a draft comes to, who changed it last, and what of it does not stand."""
    version, laid = desk.now(session)
    stored = plans.by_code(session, desk.code)
    editors = versions.editors(session, desk.plan_id)
    by, saved_at = editors[0] if editors else (stored.created_by, stored.created_at)
    editable = may_edit(session, stored)
    offers = history.offers(session, stored) if editable else None
    # What is proven is proven of the whole plan.
    gap = stored.gap if desk.whole else None
    return {
        "plan": desk.code,
        "version": version,
        "mode": stored.mode,
        "state": stored.state,
        "area": desk.area,
        "based_on": _base(session, stored),
        "editable": editable,
        "soon": desk.soon,
        "parameters": {key: stored.parameters[key] for key in stored.parameters.keys() - {KEY}},
        "figures": laid.figures,
        "before": desk.before.figures,
        "gap": gap,
        "proof": words.proof(gap),
        "undo": offers and offers.undo,
        "redo": offers and offers.redo,
        "saved_at": saved_at.isoformat(),
        "by": said.who(by),
        "editors": [{"name": said.who(name), "at": at.isoformat()} for name, at in editors],
        "fallen": fallen(session, desk, laid),
    }


def _base(session: Session, stored: Plan) -> str | None:
    """Name the plan it is based on, where the actor sees that one."""
    base = None if stored.based_on_id is None else session.get(Plan, stored.based_on_id)
    return None if base is None else plans.code(base)


def may_edit(session: Session, stored: Plan) -> bool:
    """Whether it is a draft that the actor may change."""
    if stored.state != DRAFT or not session.actor.may(Scope.PLANS_WRITE):
        return False
    try:
        own_area(session, stored.area_code)
    except OtherArea:
        return False
    return True


def fallen(session: Session, desk: Desk, laid: Laid) -> list[dict[str, Any]]:
    """List the placements that do not stand today, and why."""
    rows = [row for row, _ in laid.fallen]
    named, called = versions.names(session, rows), drafts.people(session, {row[2] for row in rows})
    return sorted(
        (
            {
                "cadre": cadre,
                "post": post,
                "why": why,
                "sentence": Sentence(
                    WHYS[why],
                    {
                        "cadre": called.get(row[2], cadre),
                        "post": desk.places.get(ties.place(post), post),
                    },
                ),
            }
            for (cadre, post, _), (row, why) in zip(named, laid.fallen, strict=True)
        ),
        key=lambda row: (str(row["post"]), str(row["cadre"])),
    )


def departments(session: Session, desk: Desk) -> list[dict[str, Any]]:
    """List the area's own departments against their floors, those furthest below first."""
    laid = desk.now(session)[1]
    told = [
        {
            "code": now.code,
            "name": now.name,
            "base": now.base,
            "deployed": now.deployed,
            "floor": now.floor,
            "floor_normal": now.floor_normal,
            "floor_surge": now.floor_surge,
            "short": now.short,
            "before": then.deployed,
            "sentence": now.sentence,
        }
        for now, then in zip(
            standings(desk.muster, laid.tally.deployed.tolist()),
            standings(desk.muster, desk.before.tally.deployed.tolist()),
            strict=True,
        )
    ]
    return sorted(told, key=lambda row: (-row["short"], row["code"]))


def values(session: Session, desk: Desk) -> tuple[int, dict[str, Any]]:
    """Return the version, and of each grid the state, whether it changed, whether it is locked."""
    version, laid = desk.now(session)
    names = np.array(STATES)
    return version, {
        "state": names[laid.state].tolist(),
        "changed": laid.changed_grids(desk.before).astype(int).tolist(),
        "locked": laid.locked_grids.astype(int).tolist(),
    }
