"""Did it help? Places that got something, before and after, against similar places that did not.

Shapes: ``n`` grids, ``m`` of them compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from gisapp.core.publication import FEW, FEWER, Figure
from gisapp.i18n import N_, Sentence, window_name

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

SIMILAR: Final = 3
"""The most similar places each place is compared with."""

CALIPER: Final = 0.5
"""Standard deviations by which base and rate before may differ at most."""

LEAST: Final = 10
"""Places that must have a similar one before anything is said."""

DRAWS: Final = 999
"""Turns of the pairs by chance."""

ODDS: Final = (100, 20, 10)
"""Steps in which it is said how rare chance alone makes such a difference."""

SOME: Final = FEW // 2
"""What a figure below five counts as."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Places and the similar ones; rates are disputes for each household and enterprise."""

    places: Whole
    """Shape (m,). Positions of the places that have a similar one."""
    similar: list[Whole]
    """m arrays of positions, the most similar first."""
    before: float
    after: float
    similar_before: float
    """Of the similar places, each weighing as much as the place it is compared with."""
    similar_after: float
    odds: int | None
    """Chance alone makes such a difference in less than one comparison of so many; None where
    it does so more often than in one of ten."""


def numbers(figures: Sequence[Figure]) -> Array:
    """Turn what is published into numbers: below five counts as two, withheld as nan."""
    return np.array(
        [one if isinstance(one, int) else SOME if one == FEWER else np.nan for one in figures],
        np.float64,
    )


def similar(treated: Flags, control: Flags, before: Array, base: Array) -> list[Whole]:
    """
    Find for each treated place the most similar ones among the controls.

    Parameters
    ----------
    treated, control
        Shape (n,). No place is both.
    before
        Shape (n,). Disputes before, as `numbers` gives them.
    base
        Shape (n,). Households and enterprises.

    Returns
    -------
    similar
        One array for each treated place, in order: up to `SIMILAR` positions within `CALIPER`
        in the logarithm of the base and in the rate before; empty where there is none. A
        control may be similar to several places.
    """
    usable = np.isfinite(before) & np.isfinite(base) & (base > 0)
    asked, there = np.flatnonzero(treated), np.flatnonzero(control & usable)
    both = np.flatnonzero((treated | control) & usable)
    nobody = [np.zeros(0, np.int64) for _ in asked]
    if not there.size or not both.size:
        return nobody
    marks = np.zeros((base.size, 2))
    marks[both] = np.column_stack([np.log(base[both]), before[both] / base[both]])
    spread = marks[both].std(axis=0)
    marks /= np.where(spread > 0, spread, 1.0)
    most = min(SIMILAR, there.size)
    found = KDTree(marks[there]).query(
        marks[asked], k=np.arange(1, most + 1), p=np.inf, distance_upper_bound=CALIPER
    )[1]
    return [
        there[row[row < there.size]] if usable[place] else none
        for place, row, none in zip(asked.tolist(), found, nobody, strict=True)
    ]


def compare(
    places: Whole,
    near: Sequence[Whole],
    before: Array,
    after: Array,
    base: Array,
    rng: np.random.Generator,
) -> Compared | None:
    """
    Hold the change of some places against that of the places similar to each.

    Parameters
    ----------
    places
        Shape (k,). The treated places.
    near
        As `similar` gives it for them.
    before, after
        Shape (n,). Disputes in two windows of one length, as `numbers` gives them.
    base
        Shape (n,). Households and enterprises.
    rng
        Turns the pairs by chance.

    Returns
    -------
    Compared
        None where fewer than `LEAST` places have similar ones.

    Notes
    -----
    A difference in differences over matched places: what both went through, a season or a
    change of rules, falls out, and what regresses to the mean does so in both, since rates
    before are alike. How rare the difference is says a test that turns the sign of each
    place's difference by chance (Fisher's); it asks for nothing but that without an effect
    either sign is as likely.
    """
    known = np.isfinite(after)
    kept = [
        (place, others[known[others]])
        for place, others in zip(places.tolist(), near, strict=True)
        if known[place] and known[others].any()
    ]
    if len(kept) < LEAST:
        return None
    own = np.array([place for place, _ in kept], np.int64)
    weight = base[own]
    rates = [values / base for values in (before, after)]
    others = [np.array([rate[near].mean() for _, near in kept]) for rate in rates]
    change = weight * ((rates[1] - rates[0])[own] - (others[1] - others[0]))
    turned = rng.integers(0, 2, (DRAWS, change.size), np.int8) * 2 - 1
    as_far = np.abs(turned @ change) >= abs(change.sum()) * (1 - 1e-12)
    p = (as_far.sum() + 1) / (DRAWS + 1)
    total = weight.sum()
    return Compared(
        own,
        [near for _, near in kept],
        float(before[own].sum() / total),
        float(after[own].sum() / total),
        float(weight @ others[0] / total),
        float(weight @ others[1] / total),
        next((step for step in ODDS if p * step < 1), None),
    )


@dataclass(frozen=True, slots=True)
class Question:
    """What began, and when."""

    what: str
    """``member`` or ``service``."""
    quarter: str
    places: int
    """Where it began."""


def said(question: Question, found: Compared | None) -> Sentence:
    """Say what came of it, or why nothing can be said."""
    fields: dict[str, object] = {
        "quarter": window_name(question.quarter),
        "places": question.places,
        "least": LEAST,
    }
    if not question.places:
        if question.what == "member":
            message = N_("In {quarter} no grid got its first member that is served since.")
        else:
            message = N_("In {quarter} no grid was visited that had not been the quarter before.")
        return Sentence(message, fields)
    if found is None:
        return Sentence(
            N_(
                "Not enough evidence: it began in {places} grids; {least} with similar grids "
                "and published counts are needed."
            ),
            fields,
        )
    fields |= {
        "compared": found.places.size,
        "before": per_thousand(found.before),
        "after": per_thousand(found.after),
        "similar_before": per_thousand(found.similar_before),
        "similar_after": per_thousand(found.similar_after),
        "odds": found.odds,
    }
    if found.odds is None:
        message = N_(
            "From {before} to {after} disputes per 1,000 households and enterprises in "
            "{compared} grids, from {similar_before} to {similar_after} in similar ones: "
            "no more of a difference than chance makes."
        )
    else:
        message = N_(
            "From {before} to {after} disputes per 1,000 households and enterprises in "
            "{compared} grids, from {similar_before} to {similar_after} in similar ones: chance "
            "alone makes such a difference in less than one comparison of {odds}."
        )
    return Sentence(message, fields)


CAVEAT: Final = N_(
    "The places were not chosen by lot: whoever chose them may have had reasons that show here "
    "as an effect, or hide one. Counts are the published ones; below {few} counts as {some}."
)


def per_thousand(rate: float) -> str:
    """Write a rate for 1,000 households and enterprises."""
    return f"{1000 * rate:.1f}"
