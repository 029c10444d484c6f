"""Offices: the named places of departments, from which people set out."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from gisapp.auth import Actor, Scope
from gisapp.i18n import N_
from gisapp.layer import Column, Features, Layer
from gisapp.palette import Paint, Style
from gisapp.query import NoQuery
from gisapp.store import offices
from gisapp.store.session import Session

PAINTS: Final[Mapping[str | int, Paint]] = {
    "office": Paint(N_("Office"), "■", "■", "#16202B", text_colour="#FFFFFF")
}


def features(session: Session, actor: Actor, query: NoQuery) -> Features:
    """Every office, by code."""
    found = offices.frame(session, session.today)
    columns = {name: found[name].tolist() for name in ("code", "name", "department", "address")}
    return Features(
        columns["code"],
        found["place"].to_numpy(dtype=np.object_),
        columns | {"kind": ["office"] * len(found)},
    )


LAYER = Layer(
    name="offices",
    title=N_("Offices"),
    scope=Scope.GRIDS_READ,
    query=NoQuery,
    of="own",
    columns=(
        Column("code", N_("Code")),
        Column("name", N_("Name")),
        Column("department", N_("Department")),
        Column("address", N_("Address")),
        Column("kind", N_("Kind")),
    ),
    style=Style("kind", PAINTS),
    features=features,
)
