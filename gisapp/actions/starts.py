"""What a draft is laid over: its problem, its town, what it starts from. Drafts alike share it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from gisapp import frames
from gisapp.actions import inputs, origins
from gisapp.actions.laid import Keys, Laid, Table, lay
from gisapp.actions.origins import Keep
from gisapp.core.coverage import NONE
from gisapp.core.matching.problem import Ints
from gisapp.core.matching.tally import Tallier
from gisapp.i18n import Name
from gisapp.store import cadres, gaps, installation, posts, serving, ties
from gisapp.store.cadres import Person
from gisapp.store.matching import Muster
from gisapp.store.models import Plan
from gisapp.store.posts import MEMBER
from gisapp.store.serving import Situation
from gisapp.store.session import Session
from gisapp.store.versions import Row

A_ROW: Final = 500
"""About how many bytes a grid, post or person takes, beside the problem."""


@dataclass(frozen=True, slots=True)
class Around:
    """The town as of today, whatever the draft."""

    town: Situation = field(repr=False)
    people: Mapping[int, Person] = field(repr=False)
    places: Mapping[str, str] = field(repr=False)
    specialties: Mapping[str, Name] = field(repr=False)

    @property
    def size(self) -> int:
        """About how many bytes this keeps."""
        return A_ROW * (len(self.town.ground.codes) + len(self.people)) + (1 << 16)


@dataclass(frozen=True)
class Start:
    """The problem of drafts that start from the same placements."""

    table: Table = field(repr=False)
    before: Laid = field(repr=False)
    """What of those stands today."""
    spots: Any = field(repr=False)
    """Longitude, latitude of the posts."""
    around: Around = field(repr=False)

    @cached_property
    def inputs(self) -> Mapping[str, str]:
        """The state of each kind of data and rules that figures are reckoned from."""
        return inputs.inputs(self.table.muster)

    @property
    def rows(self) -> int:
        """Posts and people."""
        return len(self.table.muster.post_ids) + len(self.table.muster.cadre_ids)

    @property
    def size(self) -> int:
        """About how many bytes this keeps beside what it shares."""
        return A_ROW * self.rows + (1 << 16)


def under(stamp: str, keep: Keep) -> Keep:
    """Keep under a name of the data, so that other data have their own."""

    def kept(name: str, make: Callable[[], Any]) -> Any:
        return keep(f"{name} {stamp}", make)

    return kept


def start(session: Session, stored: Plan, area: str, keep: Keep) -> Start:
    """Return what a plan is laid over within an area, from what is kept of today's data."""
    origin = origins.origin(session, stored, area, keep)

    def made() -> Start:
        around = _around(session, keep)
        table = _table(origin.town, around.town, area)
        return Start(
            table,
            lay(table, _rows(origin.town, origin.base)),
            frames.to_degrees(origin.town.problem.posts.metres, installation.srid(session)),
            around,
        )

    found: Start = keep(f"start {origin.name}", made)
    return found


def _around(session: Session, keep: Keep) -> Around:
    found: Around = keep(
        "town",
        lambda: Around(
            serving.situation(
                session, None, session.today, origins.in_force(session, keep, surges=True)
            ),
            cadres.persons(session),
            posts.place_names(session, session.today),
            cadres.specialty_names(session),
        ),
    )
    return found


def _table(muster: Muster, town: Situation, area: str) -> Table:
    ground, problem = town.ground, muster.problem
    outside = town.holdings[~town.holdings["post_code"].str.startswith(area)]
    grids = {code: position for position, code in enumerate(ground.codes)}
    communities = {code: position for position, code in enumerate(ground.community_codes)}

    def where(codes: list[str]) -> tuple[Ints, Ints]:
        """Find the grid, and the community, in which the people of each post are members."""
        places = [ties.place(code) if code.endswith(f":{MEMBER}") else "" for code in codes]
        found = [
            np.array([known.get(place, NONE) for place in places], np.int64)
            for known in (grids, communities)
        ]
        return found[0], found[1]

    around = outside[outside["role"] == MEMBER]
    members = (around["cadre"].to_numpy(np.int64), *where(around["post_code"].tolist()))
    grid, community = where(problem.posts.codes)
    roster = {key: position for position, key in enumerate(town.roster.ids.tolist())}
    return Table(
        muster,
        Tallier(problem),
        serving.seated(town, outside, members),
        gaps.needy_first(town),
        members,
        np.array([code.startswith(area) for code in ground.codes], np.bool_),
        grid,
        community,
        np.array([roster[key] for key in muster.cadre_ids], np.int64),
        pd.CategoricalDtype(problem.posts.codes),
        Keys.of(muster.post_ids),
        Keys.of(muster.slot_ids),
        Keys.of(muster.cadre_ids),
    )


def _rows(muster: Muster, base: pd.DataFrame) -> list[Row]:
    """Turn `plans.holdings` into rows; placements of posts and people unknown here are left out."""
    posts = dict(zip(muster.problem.posts.codes, range(len(muster.post_ids)), strict=True))
    slots = muster.problem.slots
    seats = zip(slots.post.tolist(), slots.number.tolist(), strict=True)
    slot_at = {seat: position for position, seat in enumerate(seats)}
    columns = ["post_code", "slot_number", "cadre_id", "locked"]
    found: list[Row] = []
    for code, number, cadre, locked in base[columns].to_numpy(object).tolist():
        post = posts.get(code)
        slot = None if post is None else slot_at.get((post, number))
        if post is not None and slot is not None:
            found.append((muster.post_ids[post], muster.slot_ids[slot], cadre, bool(locked)))
    return found
