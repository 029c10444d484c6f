"""What plans were made from, by kind, so that one can say what two have not in common."""

import hashlib
from collections.abc import Mapping
from dataclasses import astuple
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from gisapp.i18n import N_, Sentence
from gisapp.store.matching import Muster
from gisapp.store.models import Plan

KEY: Final = "inputs"
"""Where the parameters of a plan keep it."""

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "people": N_("people, their terms and what they know"),
        "posts": N_("posts, their places and seats"),
        "offices": N_("offices and ways"),
        "floors": N_("floors of departments"),
        "needs": N_("needs, which follow the disputes of the last months"),
        "rules": N_("prices, links and recusals"),
    }
)
"""What is told apart, in words."""


def inputs(town: Muster) -> dict[str, str]:
    """Name the state of each kind of input; where a plan starts from is none of them.

    People lent by departments elsewhere come with the placements a plan starts from.
    """
    problem, own = town.problem, np.array(town.own, np.bool_)
    posts, slots, cadres = problem.posts, problem.slots, problem.cadres
    mine = np.flatnonzero(own[cadres.department])
    home = [problem.departments.codes[at] for at in cadres.department[mine].tolist()]
    return {
        "people": _name(
            [cadres.codes[at] for at in mine.tolist()],
            home,
            cadres.leader[mine],
            cadres.available[mine],
            cadres.counts[mine],
            cadres.capacity[mine],
            cadres.held[mine],
            cadres.knows[mine],
        ),
        "posts": _name(
            posts.codes,
            posts.metres,
            posts.chief,
            *(slots.post, slots.number, slots.specialty, slots.level),
            *(slots.least, slots.wanted, slots.most),
        ),
        "offices": _name(
            problem.offices[cadres.office[mine]],
            problem.ways,
            problem.ways_min,
            problem.weights.detour,
            problem.weights.speed_kmh,
        ),
        "floors": _name(
            [problem.departments.codes[at] for at in np.flatnonzero(own).tolist()],
            problem.departments.floor[own],
        ),
        "needs": _name(posts.wish, slots.price_least, slots.price_wanted),
        "rules": _name(
            astuple(problem.weights),
            *(problem.links, problem.links_min, problem.recused),
        ),
    }


def unlike(one: Plan, other: Plan) -> list[str] | None:
    """List the kinds of input that differ between two plans; None where that is not known."""
    mine, theirs = (plan.parameters.get(KEY) for plan in (one, other))
    if mine is None or theirs is None:
        # The digest tells where a plan began; a draft may have been reckoned again since then.
        return [] if one.input_digest == other.input_digest else None
    return [kind for kind in KINDS if mine.get(kind) != theirs.get(kind)]


def sentence(kinds: list[str] | None) -> Sentence | None:
    """Say what differs; nothing where all is the same."""
    if kinds is None:
        return Sentence(
            N_("Each plan is reckoned as it was when it was made; data or rules were not the same.")
        )
    if not kinds:
        return None
    message = N_(
        "Each plan is reckoned as it was when it was made; since then others: {kinds}. Costs "
        "compare in part only."
    )
    return Sentence(message, {"kinds": [Sentence(KINDS[kind]) for kind in kinds]})


def _name(*values: Any) -> str:
    whole = hashlib.blake2b(digest_size=8)
    for value in values:
        if isinstance(value, np.ndarray):
            whole.update(repr(value.shape).encode() + np.ascontiguousarray(value).tobytes())
        else:
            whole.update(repr(value).encode())
    return whole.hexdigest()
