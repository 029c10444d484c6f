"""My grid: the grids a cadre answers for, and those beside them to find the way."""

from collections.abc import Mapping
from typing import Final

from gisapp.auth import Actor, Scope
from gisapp.i18n import N_
from gisapp.layer import Column, Layer, Values
from gisapp.palette import Paint, Style
from gisapp.query import NoQuery
from gisapp.store import grids, plans
from gisapp.store.session import Session

PAINTS: Final[Mapping[str | int, Paint]] = {
    "own": Paint(N_("My grid"), "我", "M", "#F6E6BE", stamped=True),
    "beside": Paint(N_("Beside it"), "邻", "B", "#F4F2EC"),
}


def values(session: Session, actor: Actor, query: NoQuery) -> Values:
    """Tell the grids of the posts the cadre holds from the others the cadre may see."""
    ground = grids.ground(session, session.today)
    held = plans.holdings(session, None, session.today)
    places = set(held.loc[held["cadre_id"] == actor.cadre_id, "place_code"])
    own = [code in places or code[:12] in places for code in ground.codes]
    return Values(
        ground.revision,
        ground.codes,
        {"place": ["own" if mine else "beside" for mine in own], "name": ground.names},
        about={"base": len(ground.codes), "own": sum(own), "day": session.today.isoformat()},
    )


LAYER = Layer(
    name="my_grid",
    title=N_("My grid"),
    scope=Scope.MY_GRID_READ,
    query=NoQuery,
    of="grid",
    columns=(Column("place", N_("Place")), Column("name", N_("Name"))),
    style=Style("place", PAINTS),
    values=values,
)
