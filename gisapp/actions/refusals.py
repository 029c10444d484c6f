"""What a change of a draft is refused for; nothing is stored then."""

from gisapp.errors import Conflict, Forbidden, InvalidInput, NotFound
from gisapp.i18n import N_


class PlanFrozen(Conflict):
    """The plan was published and never changes again."""

    code = "plan_frozen"
    message = N_(
        "Plan {plan} was published and stays as it is. Make a draft of it and change that."
    )


class ModeOfDraft(InvalidInput):
    """A draft is made of a draft, and asked to be of another mode."""

    code = "mode_of_draft"
    message = N_(
        "A draft made of draft {plan} keeps its mode. Name a published plan, or none, to begin in "
        "another."
    )


class NotThere(NotFound):
    """The person is not in the post in this draft; ``sitting`` says who is."""

    code = "not_in_draft"
    message = N_("{person} is not at {place} in this draft.")


class ThereAlready(InvalidInput):
    """The person would be in one post twice."""

    code = "there_already"
    message = N_("{person} is at {place} already; one person fills one seat of a post.")


class RecusedThere(InvalidInput):
    """A recusal forbids the placement."""

    code = "recused_there"
    message = N_("{person} must not serve at {place}. Choose somebody else.")


class NotAvailable(InvalidInput):
    """The person cannot serve today."""

    code = "not_available"
    message = N_("{person} is not available today, so not for {place}. Choose somebody else.")


class RankElsewhere(InvalidInput):
    """The post is for another rank."""

    code = "rank_elsewhere"
    message = N_("{place}: the post is for another rank than that of {person}.")


class BeyondCapacity(InvalidInput):
    """The person would hold more posts than can be taken."""

    code = "beyond_capacity"
    message = N_(
        "{person} holds {held} of at most {capacity} {capacity:post|posts}. Give one of them to "
        "somebody else first."
    )


class NoSeatFree(InvalidInput):
    """All seats are taken, and nobody is named who leaves one; ``sitting`` says who could."""

    code = "no_seat_free"
    message = N_("{place} has no free seat. Say whose place {person} takes.")


class NoSuchSlot(NotFound):
    """The post has no slot of this number."""

    code = "no_such_slot"
    message = N_("{place} has no slot {slot}.")


class Locked(InvalidInput):
    """The placement is locked."""

    code = "placement_locked"
    message = N_("{person} is locked at {place}. Unlock it first.")


class LockBarred(InvalidInput):
    """A placement that cannot stand would be locked."""

    code = "lock_barred"
    message = N_("{person} cannot be locked at {place}: {reason} Remove the placement first.")


class LockFallen(InvalidInput):
    """A placement is locked that does not stand today."""

    code = "lock_fallen"
    message = N_("{cadre} is locked to {post} but cannot stand there today. Unlock or remove it.")


class NothingChanges(InvalidInput):
    """The draft is that way already."""

    code = "nothing_changes"
    message = N_("Nothing changes: the draft is that way already.")


class SamePost(InvalidInput):
    """Two people of one post would change places."""

    code = "same_post"
    message = N_("Both are at {place}: changing places there changes nothing.")


class NoSuchGrid(NotFound):
    """The draft has no post in a grid of the code."""

    code = "no_such_grid"
    message = N_("There is no grid {grid} in this draft.")


class NothingToUndo(InvalidInput):
    """There is no change to take back."""

    code = "nothing_to_undo"
    message = N_("There is nothing to undo in this draft.")


class NothingToRedo(InvalidInput):
    """No change was taken back since the last deed."""

    code = "nothing_to_redo"
    message = N_("There is nothing to redo in this draft.")


class NoSuchVersion(NotFound):
    """The draft never had the version."""

    code = "no_such_version"
    message = N_("Plan {plan} has no version {version}.")


class JobOfOther(Conflict):
    """The proposal was made for another plan, or another version of this one."""

    code = "job_of_other_version"
    message = N_("The proposal was made for another version of the draft. Ask for a new one.")


class PlanInUse(Conflict):
    """Other plans are based on the draft."""

    code = "plan_in_use"
    message = N_("Plan {plans} starts from plan {plan}. Delete that one first.")


class NotYours(Forbidden):
    """Somebody else wrote the comment."""

    code = "not_yours"
    message = N_("{actor} wrote this comment; only who wrote it deletes it.")
