"""Who changes a plan says which version was seen; a later one is never overwritten unseen."""

from gisapp.errors import Conflict
from gisapp.i18n import N_
from gisapp.store import plans
from gisapp.store.models import Plan


class DraftChanged(Conflict):
    """Somebody else changed the plan since it was read."""

    code = "draft_changed"
    message = N_("Plan {plan} was changed meanwhile. Look at it again before you go on.")


def ensure_version(plan: Plan, version: int) -> None:
    """Raise `DraftChanged` unless ``version`` is the one the plan is at."""
    if plan.version != version:
        raise DraftChanged(plan=plans.code(plan), version=plan.version)
