"""Did it help? Grids that got a member or were visited, against similar grids that did not."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Any, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, Field

from gisapp.auth import Scope
from gisapp.core import beforeafter, windows
from gisapp.core.beforeafter import Compared, Question
from gisapp.core.publication import FEW
from gisapp.i18n import Name, Sentence
from gisapp.query import HotspotQuery, Query, quarter_name
from gisapp.store import grids, hotspots, lineage, plans, services
from gisapp.store.grids import Ground
from gisapp.store.session import Session

Flags = npt.NDArray[np.bool_]

ALL: Final = Name("全部", "All")


class EffectQuery(Query):
    """What began in which quarter; disputes are those of the quarters before and after it."""

    what: Literal["member", "service"] = "service"
    quarter: Annotated[str, AfterValidator(quarter_name)] | None = None
    category: Annotated[str, Field(max_length=32, pattern=r"[a-z_]+")] | None = None


def compare(session: Session, query: EffectQuery) -> dict[str, Any]:
    """Hold what became of the grids where it began against similar ones where it did not."""
    session.actor.must(Scope.HOTSPOTS_READ)
    last = windows.last_quarter(windows.number(session.today) - 1)
    quarter = query.quarter or windows.last_quarter(windows.months(last).start - 1)
    months = windows.months(quarter)
    before, after = windows.last_quarter(months.start - 1), windows.last_quarter(months.stop + 2)
    picture, later = (
        hotspots.picture(session, HotspotQuery(quarter=window, category=query.category))
        for window in (before, after)
    )
    ground = grids.ground(session, session.today)
    began, never = (
        _members(session, ground, months)
        if query.what == "member"
        else _visits(session, ground, months)
    )
    figures = [one.published().counts for one in (picture, later)]
    had, has = (beforeafter.numbers(one) for one in figures)
    # A count is that of a published cell, and so must the base be.
    known = np.isfinite(picture.base)
    held = picture.together(np.where(known, picture.base, 0).astype(np.int64), picture.within)
    base = np.where(known, held, np.nan)
    near = beforeafter.similar(began, never, had, base)
    places = np.flatnonzero(began).astype(np.int64)
    found = beforeafter.compare(places, near, had, has, base, hotspots.dice())
    question = Question(query.what, quarter, places.size)
    return {
        "what": query.what,
        "quarter": quarter,
        "before": before,
        "after": after,
        "category": query.category,
        "category_name": picture.name or ALL,
        "began": places.size,
        "never": int(never.sum()),
        "base": len(ground.codes),
        "sentence": beforeafter.said(question, found),
        "caveat": Sentence(beforeafter.CAVEAT, {"few": FEW, "some": beforeafter.SOME}),
        "odds": None if found is None else found.odds,
        **_rates(found),
        "grids": [] if found is None else _rows(found, ground.codes, figures),
    }


def _rates(found: Compared | None) -> dict[str, Any]:
    """Say the rates per 1,000 households and enterprises."""
    if found is None:
        return {"places": None, "similar": None}
    rates = beforeafter.per_thousand
    return {
        "places": {"before": rates(found.before), "after": rates(found.after)},
        "similar": {"before": rates(found.similar_before), "after": rates(found.similar_after)},
    }


def _rows(found: Compared, codes: list[str], figures: list[Any]) -> list[dict[str, Any]]:
    before, after = figures
    return [
        {
            "code": codes[place],
            "before": before[place],
            "after": after[place],
            "similar": [codes[other] for other in others.tolist()],
        }
        for place, others in zip(found.places.tolist(), found.similar, strict=True)
    ]


def _members(session: Session, ground: Ground, months: range) -> tuple[Flags, Flags]:
    """Find the grids that got their first member and are served since, and those never served."""
    days = [
        windows.first_day(month) - timedelta(days=1)
        for month in (months.start, months.stop, months.stop + 3)
    ]
    was, got, has = (_served(session, ground, day) for day in days)
    return ~was & got & has, ~was & ~got & ~has


def _served(session: Session, ground: Ground, day: date) -> Flags:
    """Say which grids have a member on a day, of their own or of their community.

    What was served then is so in each grid that took a part of it since.
    """
    held = plans.holdings(session, None, day)
    places = set(held.loc[held["role"] == "member", "place_code"])
    community = [*(code in places for code in ground.community_codes), False]
    own = np.array([code in places for code in ground.codes], np.bool_)
    found: Flags = own | np.array(community, np.bool_)[ground.community]
    then = grids.at(session, day)
    held_then = [one.id for one in then if places & {one.code, one.area_code}]
    for after in lineage.followed(session, ground.codes, held_then).values():
        found[after] = True
    return found


def _visits(session: Session, ground: Ground, months: range) -> tuple[Flags, Flags]:
    """Find the grids where visits began, and those never visited in the three quarters."""
    edges = [windows.first_day(months.start + step) for step in (-3, 0, 3, 6)]
    was, got, has = (
        services.visits(session, ground.codes, start, end - timedelta(days=1)) > 0
        for start, end in pairwise(edges)
    )
    return ~was & got, ~was & ~got & ~has
