"""Who changes a plan says which version was seen; a later one is never overwritten unseen."""

from gisapp.errors import Conflict
from gisapp.i18n import N_


class DraftChanged(Conflict):
    """Somebody else changed the plan since it was read."""

    code = "draft_changed"
    message = N_("Plan {plan} was changed meanwhile. Look at it again before you go on.")
