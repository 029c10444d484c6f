"""Coverage gaps: grids that nobody serves, or nobody suitable, near enough or with time left."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gisapp import palette
from gisapp.auth import Actor, Scope
from gisapp.core import coverage
from gisapp.core.coverage import FAR, NONE, SPECIALTY_MISSING, STATES, STRETCHED, UNSERVED
from gisapp.core.publication import FEW, WITHHELD, rounded
from gisapp.core.reasons import reason, whole
from gisapp.i18n import N_, Name, Sentence
from gisapp.layer import Column, Layer, Share, Values
from gisapp.query import PlanQuery
from gisapp.store import cadres, enterprises, gaps, grids, serving
from gisapp.store.serving import Situation
from gisapp.store.session import Session

Ints = npt.NDArray[np.int64]

QUARTET: Final = ("police", "judge", "prosecutor", "lawyer")
"""The four whom every community's team should have (三官一律)."""

CHOICES: Final = 6
"""How many free cadres are named to a planner who picks a grid."""


def values(session: Session, actor: Actor, query: PlanQuery) -> Values:
    """One state and one reason for each grid, under the plan asked for."""
    town = serving.situation(session, query.plan, query.day)
    found = town.coverage
    helper = gaps.helpers(town)
    names = cadres.specialty_names(session)
    about = _about(session, town, helper, names)
    return Values(
        town.ground.revision,
        town.ground.codes,
        {
            "state": [STATES[state] for state in found.state],
            "minutes": [whole(minutes) for minutes in found.minutes],
        },
        sentence=lambda grid: reason(gaps.facts(town, grid, helper, names), town.limits),
        about=about,
        order=gaps.urgent_first(town),
        detail=lambda grid: _detail(town, grid, names),
    )


def _about(
    session: Session,
    town: Situation,
    helper: Mapping[int, tuple[int, float]],
    names: Mapping[str, Name],
) -> dict[str, Any]:
    """Say what holds for the whole map."""
    number = np.bincount(town.coverage.state, minlength=len(STATES)).tolist()
    flaws = grids.flaws(session, town.ground)
    return {
        "sentence": _headline(town, helper),
        "states": dict(zip(STATES, number, strict=True)),
        "base": len(town.ground.codes),
        "plans": town.plans,
        "day": town.day.isoformat(),
        "enterprises_outside": enterprises.outside(session, town.day),
        "cases": _cases(town),
        "disputes_outside": rounded(enterprises.disputes_outside(session, town.day)),
        "overlaps": flaws.overlaps,
        "land_without_grid_hectares": round(flaws.free_m2 / 10_000, 1),
        "quartet": {
            "base": len(town.ground.community_codes),
            "lacking": [
                {"specialty": names[code], "communities": int(lacks.sum())}
                for code, lacks in zip(QUARTET, _quartet(town).T, strict=True)
                if code in names
            ],
        },
    }


def _headline(town: Situation, helper: Mapping[int, tuple[int, float]]) -> Sentence:
    """Say the one thing that matters most."""
    state = town.coverage.state
    if not state.size:
        return Sentence(N_("No grids yet. Import them, or look at the invented town."))
    if not town.plans:
        return Sentence(
            N_("No plan is in force, so all {grids} grids have nobody."), {"grids": state.size}
        )
    empty = np.flatnonzero(state == UNSERVED)
    if empty.size:
        nearest = min(helper[grid][1] for grid in empty.tolist())
        if not math.isfinite(nearest):
            return Sentence(
                N_("{grids} {grids:grid has|grids have} nobody, and no cadre is free."),
                {"grids": empty.size},
            )
        return Sentence(
            N_(
                "{grids} {grids:grid has|grids have} nobody; the nearest free cadre is "
                "{minutes} min away."
            ),
            {"grids": empty.size, "minutes": whole(nearest)},
        )
    for which, message in (
        (
            SPECIALTY_MISSING,
            N_(
                "Nobody is left without service; {grids} {grids:grid lacks|grids lack} a specialty."
            ),
        ),
        (
            FAR,
            N_(
                "Nobody is left without service; {grids} {grids:grid is|grids are} served "
                "from too far."
            ),
        ),
        (
            STRETCHED,
            N_("Nobody is left without service; {grids} {grids:grid is|grids are} stretched."),
        ),
    ):
        if number := int((state == which).sum()):
            return Sentence(message, {"grids": number})
    return Sentence(N_("All {grids} grids are well served."), {"grids": state.size})


def _cases(town: Situation) -> Sentence:
    """Say where figures of need come from."""
    if not town.told:
        return Sentence(
            N_(
                "No disputes are published yet, so needs are said without figures. "
                "The first look at the hotspots publishes them."
            )
        )
    if town.first_year:
        return Sentence(
            N_(
                "Needs are counted from published figures: of {year}, or of the last four quarters "
                "where that is more. In the first year of records states are, too; only whether "
                "there is any case goes by what is recorded."
            ),
            {"year": str(town.day.year - 1)},
        )
    return Sentence(
        N_(
            "Needs are counted from published figures: of {year}, or of the last four quarters "
            "where that is more. States go by what is recorded: exactly by whether there is any "
            "case, and else by about how many: fewer than five of a category count as one, more "
            "are rounded to five at the ends of March, June and September."
        ),
        {"year": str(town.day.year - 1)},
    )


def _quartet(town: Situation) -> npt.NDArray[np.bool_]:
    """Say which of the four each community's team lacks; shape (communities, 4)."""
    there = np.zeros((len(town.ground.community_codes) + 1, len(QUARTET)), np.bool_)
    home = town.ground.community[town.serving.grid]
    for column, code in enumerate(QUARTET):
        if code in town.specialties:
            knows = town.roster.knows[town.serving.cadre, town.specialties.index(code)]
            there[home[knows], column] = True
    return ~there[:-1]


def detail(session: Session, actor: Actor, query: PlanQuery, code: str) -> Mapping[str, Any]:
    """Tell who serves a grid, who could, what it needs and what its community's team lacks."""
    town = serving.situation(session, query.plan, query.day)
    return _detail(town, town.ground.position(code), cadres.specialty_names(session))


def _detail(town: Situation, grid: int, names: Mapping[str, Name]) -> dict[str, Any]:
    person = _person(town, names)
    home = int(town.ground.community[grid])
    lacks = _quartet(town)[home] if home != NONE else np.zeros(len(QUARTET), np.bool_)
    wanted = int(coverage.wanted(town.coverage)[grid])
    return {
        "community": town.ground.community_names[home] if home != NONE else "",
        "households": town.ground.households[grid],
        "enterprises": int(town.enterprises[grid]),
        "members": [person(cadre, minutes) for cadre, minutes in town.members(grid)],
        "wanted": None if wanted == NONE else names[town.specialties[wanted]],
        "candidates": [
            person(cadre, minutes)
            for cadre, minutes in serving.choices(town, grid, wanted)[:CHOICES]
        ],
        "needs": _needs(town, grid, names),
        "cases": _cases(town),
        "quartet": [
            names[one] for one, lack in zip(QUARTET, lacks, strict=True) if lack and one in names
        ],
    }


def _person(town: Situation, names: Mapping[str, Name]) -> Callable[[int, float], dict[str, Any]]:
    roster = town.roster

    def tell(cadre: int, minutes: float) -> dict[str, Any]:
        known = np.flatnonzero(roster.knows[cadre])
        return {
            "staff_number": roster.staff_numbers[cadre],
            "name": roster.names[cadre],
            "department": roster.departments[cadre],
            "office": roster.offices[cadre],
            "minutes": whole(minutes),
            "specialties": [names[town.specialties[one]] for one in known],
        }

    return tell


def _needs(town: Situation, grid: int, names: Mapping[str, Name]) -> list[dict[str, Any]]:
    """List what it needs, the greatest published need first, and what decides its state.

    Which other needs reach the limit is true of what is not published: it does not leave.
    """
    need = town.published[grid]
    decides = int(coverage.wanted(town.coverage)[grid])
    rows = [
        {
            "specialty": names[code],
            "cases": WITHHELD if math.isnan(need[column]) else rounded(int(need[column])),
            "supply": round(float(town.coverage.supply[grid, column]), 1),
        }
        for column, code in enumerate(town.specialties)
        if need[column] >= FEW or column == decides
    ]
    return sorted(rows, key=lambda row: -row["cases"] if isinstance(row["cases"], int) else 0)


LAYER = Layer(
    name="coverage",
    title=N_("Coverage gaps"),
    scope=Scope.COVERAGE_READ,
    query=PlanQuery,
    of="grid",
    columns=(Column("state", N_("State")), Column("minutes", N_("Nearest member, minutes"))),
    style=palette.by_state("state"),
    share=Share("state", ("unserved",), N_("Share of grids that nobody serves")),
    values=values,
    detail=detail,
)
