"""What was done to a draft, as whole sentences; stored as a key and names, said at the doors."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gisapp.i18n import N_, Sentence

SAYINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "assigned": N_("{person} goes to {place}."),
        "replaced": N_("{person} takes the place of {other} at {place}."),
        "removed": N_("{person} leaves {place}."),
        "swapped": N_("{person} goes to {other_place}, {other} to {place}."),
        "locked": N_("{person} is locked at {place}."),
        "unlocked": N_("{person} is no longer locked at {place}."),
        "locked_many": N_("{count} {count:placement is|placements are} locked."),
        "unlocked_many": N_("{count} {count:placement is|placements are} no longer locked."),
        "proposed": N_(
            "Proposal taken over: {came} {came:placement comes|placements come}, "
            "{went} {went:goes|go}."
        ),
        "proposed_seats": N_(
            "Proposal taken over: nobody comes or goes, {seats} {seats:changes seats|change seats} "
            "within a post."
        ),
    }
)
"""By key; never changed once stored, for old changes are said with them."""

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {"undo": N_("Taken back: {deed}"), "redo": N_("Done again: {deed}")}
)

ROLES: Final[Mapping[str, str]] = MappingProxyType(
    {"planner": N_("Planner"), "leader": N_("Leader"), "operator": N_("Operator")}
)
"""What somebody is called who said no name; nobody can take such a name (`views.signed`)."""

INSIDE: Final = frozenset({"says", "names", "gap_before", "gap_after"})
"""Keys of a stored effect that are not figures."""


def sentence(kind: str, effect: Mapping[str, Any]) -> Sentence:
    """Say a change."""
    deed = deed_alone(effect)
    return deed if kind == "deed" else Sentence(KINDS[kind], {"deed": deed})


def deed_alone(effect: Mapping[str, Any]) -> Sentence:
    """Say the deed that a change did, took back or did again."""
    return Sentence(SAYINGS[effect["says"]], dict(effect["names"]))


def who(actor: str) -> str | Sentence:
    """Say who did something: by name, else by role in the reader's language."""
    return Sentence(ROLES[actor]) if actor in ROLES else actor


def offered(effect: Mapping[str, Any], by: str | None) -> Sentence:
    """Say what can be taken back or done again; ``by`` names somebody else whose it is."""
    deed = deed_alone(effect)
    if by is None:
        return deed
    return Sentence(N_("By {actor}: {deed}"), {"actor": who(by), "deed": deed})


def figures(effect: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a change did in numbers, as it was stored."""
    return {key: value for key, value in effect.items() if key not in INSIDE}
