"""All grids: what kind of ground each is, and how many households and enterprises it holds."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from gisapp.auth import Actor, Scope
from gisapp.i18n import N_, Sentence
from gisapp.layer import Column, Layer, Values
from gisapp.palette import Paint, Style
from gisapp.query import NoQuery
from gisapp.store import enterprises as firms
from gisapp.store import grids
from gisapp.store.session import Session

KINDS: Final[Mapping[str | int, Paint]] = {
    "base": Paint(N_("Base grid"), "基", "B", "#E6E9E4"),
    "park": Paint(N_("Park"), "园", "P", "#A9CDA0", "dots"),
    "school": Paint(N_("School"), "校", "S", "#F0D27A", "dashes"),
    "market": Paint(N_("Market"), "市", "M", "#E6A778", "crosses"),
    "hospital": Paint(N_("Hospital"), "医", "H", "#C58FB4", "level-wide"),
    "industrial": Paint(N_("Industrial site"), "企", "I", "#8AA3BD", "rising-wide"),
    "other": Paint(N_("Other ground"), "他", "O", "#C9CDD1"),
}


def values(session: Session, actor: Actor, query: NoQuery) -> Values:
    """Say what each grid is called and holds; a dedicated grid comes first in the list."""
    ground = grids.ground(session, session.today)
    found = firms.by_grid(session, session.today)
    enterprises = [found.get(code, 0) for code in ground.codes]
    kinds = [kind if kind in KINDS else "other" for kind in ground.kinds]
    number = {kind: kinds.count(str(kind)) for kind in KINDS}

    def sentence(grid: int) -> Sentence:
        fields = {"households": ground.households[grid], "enterprises": enterprises[grid]}
        if ground.households[grid] is None:
            return Sentence(
                N_("Households unknown, {enterprises} {enterprises:enterprise|enterprises}."),
                fields,
            )
        return Sentence(
            N_(
                "{households} {households:household|households}, {enterprises} "
                "{enterprises:enterprise|enterprises}."
            ),
            fields,
        )

    return Values(
        ground.revision,
        ground.codes,
        {
            "kind": kinds,
            "name": ground.names,
            "households": ground.households,
            "enterprises": enterprises,
        },
        sentence=sentence,
        about={"kinds": number, "base": len(kinds), "day": session.today.isoformat()},
        order=np.lexsort(
            (
                -np.array([count or 0 for count in ground.households], np.int64),
                np.array([kind == "base" for kind in kinds], np.bool_),
            )
        ),
    )


def detail(session: Session, actor: Actor, query: NoQuery, code: str) -> Mapping[str, Any]:
    """Tell what a grid belongs to."""
    ground = grids.ground(session, session.today)
    grid = ground.position(code)
    home = int(ground.community[grid])
    return {
        "name": ground.names[grid],
        "community": "" if home < 0 else ground.community_names[home],
        "households": ground.households[grid],
    }


LAYER = Layer(
    name="grids",
    title=N_("Grids"),
    scope=Scope.GRIDS_READ,
    query=NoQuery,
    of="grid",
    columns=(
        Column("kind", N_("Kind")),
        Column("name", N_("Name")),
        Column("households", N_("Households")),
        Column("enterprises", N_("Enterprises")),
    ),
    style=Style("kind", KINDS),
    values=values,
    detail=detail,
)
