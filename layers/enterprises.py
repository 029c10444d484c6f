"""Enterprises: places of business, with their industry, size and grid."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from gisapp.auth import Actor, Scope
from gisapp.i18n import N_
from gisapp.layer import Column, Features, Layer
from gisapp.palette import Paint, Style
from gisapp.query import NoQuery
from gisapp.store import enterprises
from gisapp.store.session import Session

PAINTS: Final[Mapping[str | int, Paint]] = {
    "in_grid": Paint(N_("In a grid"), "企", "E", "#174A8B", text_colour="#FFFFFF"),
    "outside": Paint(N_("In no grid"), "外", "O", "#A3240F", "rising", "#FFFFFF", "#FFFFFF"),
}


def features(session: Session, actor: Actor, query: NoQuery) -> Features:
    """Every enterprise, by register number; one without a place has no shape."""
    found = enterprises.frame(session, session.today)
    columns = {name: found[name].tolist() for name in enterprises.COLUMNS if name != "place"}
    return Features(
        columns["code"],
        found["place"].to_numpy(dtype=np.object_),
        columns | {"lies": ["in_grid" if grid else "outside" for grid in columns["grid"]]},
    )


LAYER = Layer(
    name="enterprises",
    title=N_("Enterprises"),
    scope=Scope.GRIDS_READ,
    query=NoQuery,
    of="own",
    columns=(
        Column("code", N_("Register number")),
        Column("name", N_("Name")),
        Column("credit_code", N_("Credit code")),
        Column("industry", N_("Industry")),
        Column("size", N_("Size")),
        Column("address", N_("Address")),
        Column("grid", N_("Grid")),
        Column("lies", N_("Where it lies")),
    ),
    style=Style("lies", PAINTS),
    features=features,
)
