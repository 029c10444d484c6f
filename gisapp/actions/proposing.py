"""Proposals and curves as background work, and proposals taken over into a draft."""

from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field

from gisapp.actions import jobs, proposals, refusals
from gisapp.actions.deeds import TakeProposal
from gisapp.actions.owned import editable
from gisapp.actions.work import Task, Work
from gisapp.auth import Scope
from gisapp.core.matching import words
from gisapp.core.matching.engine import Progress, Watch
from gisapp.i18n import N_, Sentence
from gisapp.query import PlanCode, Query
from gisapp.store import plans
from gisapp.store.session import Session

Version = Annotated[int, Field(ge=1, le=10**9)]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]

GRIDS_MOST: Final = 2000
"""Grids or areas of one selection."""


class Proposal(Query):
    """A draft at one version; with ``grids`` only their posts may change."""

    plan: PlanCode
    version: Version
    grids: (
        Annotated[
            list[Annotated[str, Field(max_length=32)]],
            Field(min_length=1, max_length=GRIDS_MOST),
        ]
        | None
    ) = None
    max_moves: Annotated[int, Field(ge=0, le=10**9)] | None = None
    seed: Seed = 0


class Curve(Query):
    """A draft at one version."""

    plan: PlanCode
    version: Version
    seed: Seed = 0


def propose(task: Task, asked: Proposal) -> dict[str, Any]:
    """Find the cheapest placements for a draft, beside its requests."""
    with task.read() as session:
        question = proposals.question(session, asked.plan, asked.version, asked.grids)
    task.leave_if_stopped()
    return proposals.propose(question, asked.max_moves, asked.seed, _watch(task))


def curve(task: Task, asked: Curve) -> dict[str, Any]:
    """Work the curve of cost against moves out."""
    with task.read() as session:
        question = proposals.question(session, asked.plan, asked.version)
    task.leave_if_stopped()
    return proposals.curve(question, asked.seed, _watch(task))


PROPOSE: Final = Work("propose", Scope.PLANS_WRITE, Proposal, propose, frozenset({"placements"}))
CURVE: Final = Work("curve", Scope.PLANS_WRITE, Curve, curve)


def taken(session: Session, code: str, version: int, job: UUID) -> TakeProposal:
    """Return the deed that takes a done proposal over into the version it was made for."""
    plan = plans.code(editable(session, code))
    result = jobs.done(session, PROPOSE, job).result
    if (result["plan"], result["version"]) != (plan, version):
        raise refusals.JobOfOther
    placements = [
        (post, slot, cadre, bool(locked), why)
        for post, slot, cadre, locked, why in result["placements"]
    ]
    # What was proven under a limit, or of a part, is not proven of the draft.
    return TakeProposal(placements, result["gap"] if result["whole"] else None)


def _watch(task: Task) -> Watch:
    def watch(progress: Progress) -> bool:
        task.leave_if_stopped()
        fields = {"cost": words.minutes(progress.cost), "round": progress.round}
        message = N_("{round} passes over all pairs; {cost} min so far.")
        task.tell("solve", None, Sentence(message, fields))
        return False

    return watch
