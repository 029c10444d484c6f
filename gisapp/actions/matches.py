"""Explains one match of a plan, and one pair that is none."""

from collections import Counter
from typing import Any

import numpy as np

from gisapp.actions.examined import Examined, Holder, named
from gisapp.core.matching import explain, words
from gisapp.core.matching.explain import Barred
from gisapp.i18n import N_, Sentence


def seats(found: Examined, post: int) -> list[dict[str, Any]]:
    """List the slots of a post, and how many seats of each are filled in the plan."""
    slots = found.town.problem.slots
    taken = Counter(holder.slot for holder in found.holders(post))
    return [
        {
            "slot": int(slots.number[at]),
            "specialty": named(found.specialties, int(slots.specialty[at])),
            "wanted": int(slots.wanted[at]),
            "filled": taken[int(slots.number[at])],
        }
        for at in np.flatnonzero(slots.post == post).tolist()
    ]


def match(found: Examined, post: int, holder: Holder) -> dict[str, Any]:
    """Explain one placement of the plan."""
    who = words.person(holder.name, holder.cadre)
    told = {
        "cadre": holder.cadre,
        "name": holder.name,
        "department": holder.department,
        "slot": holder.slot,
        "locked": holder.locked,
    }
    pair = holder.pair
    if pair is None:
        nothing: dict[str, Any] = {
            "parts": None,
            "reasons": [],
            "runner_up": _runner_up(found, None, None),
        }
        return told | nothing | {"sentence": words.fallen(who)}
    pieces = found.judged(pair)
    told |= {"parts": pieces.parts(), "reasons": pieces.sentences()}
    if pair[0] not in found.best(post):
        other = _instead(found, pair[0], post)
        told["runner_up"] = _runner_up(found, other, 0)
        name = None if other is None else found.person(other)
        if not found.town.problem.cadres.available[pair[0]]:
            return told | {"sentence": words.barred(Barred.UNAVAILABLE, who, found.post(post))}
        return told | {"sentence": words.unlike(who, pieces, name)}
    second = Barred.LOCKED if holder.locked else explain.runner_up(found.engine, pair[0], post)
    if isinstance(second, Barred):
        surge = not holder.locked and pair not in found.town.locked
        sentence = words.match(who, pieces, None, None, surge=surge)
        return told | {"runner_up": _runner_up(found, None, None), "sentence": sentence}
    change = second.change.change
    name = None if second.cadre is None else found.person(second.cadre)
    told["runner_up"] = _runner_up(found, second.cadre, change) | {
        "moves": found.moves(second.change)
    }
    return told | {"sentence": words.match(who, pieces, name, change, surge=False)}


def why_not(found: Examined, cadre: int, post: int) -> dict[str, Any]:
    """Tell what it costs to put somebody into a post, and who would move."""
    who, where = found.person(cadre), found.post(post)
    told: dict[str, Any] = found.called(cadre)
    if cadre in found.there(post):
        sentence = Sentence(
            N_("{person} is at {post} in this plan already."), {"person": who, "post": where}
        )
        return told | {"change": 0.0, "moves": [], "barred": None, "sentence": sentence}
    asked = explain.why_not(found.engine, cadre, post)
    if isinstance(asked, Barred):
        sentence = words.barred(asked, who, where)
        return told | {"change": None, "moves": [], "barred": asked.value, "sentence": sentence}
    moves = found.moves(asked)
    sentence = words.forced(who, where, asked.change, len(moves))
    return told | {
        "change": asked.change / 100,
        "moves": moves,
        "barred": None,
        "parts": found.pieces(cadre, post).parts(),
        "sentence": sentence,
    }


def _instead(found: Examined, cadre: int, post: int) -> int | None:
    """Find whom the best plan has in a post for somebody it has not there: one for each."""
    best = found.best(post)
    there = found.there(post)
    came = sorted(best - there)
    place = sorted(there - best).index(cadre)
    return came[place] if place < len(came) else None


def _runner_up(found: Examined, cadre: int | None, change: int | None) -> dict[str, Any]:
    """Name who would come instead, and the change; no change where nobody may take the place."""
    name: dict[str, Any] = {"cadre": None, "name": None} if cadre is None else found.called(cadre)
    return name | {"change": None if change is None else change / 100}
