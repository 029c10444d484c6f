"""Take a layer out as a file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from gisapp import files
from gisapp.auth import Scope
from gisapp.errors import InvalidInput
from gisapp.i18n import N_
from gisapp.store import audit, installation, revisions
from gisapp.store.models import Area, Grid
from gisapp.store.session import Session

Columns = Mapping[str, Sequence[Any] | npt.NDArray[Any]]


class NothingToExport(InvalidInput):
    """The layer has no rows for this actor and question."""

    code = "nothing_to_export"
    message = N_("The layer “{layer}” has no rows to write.")


def export_values(
    session: Session,
    layer: str,
    revision: str,
    codes: Sequence[str],
    columns: Columns,
    path: Path,
    *,
    level: str = "grid",
    crs: str = "EPSG:4326",
    force: bool = False,
) -> int:
    """Write a thematic layer joined with the shapes of its revision; return how many rows."""
    session.actor.must(Scope.DATA_EXPORT)
    if not codes:
        raise NothingToExport(layer=layer)
    shapes = revisions.shapes(session, revisions.by_key(session, revision), level)
    names = _names(session, level)
    table = {"code": list(codes), "name": [names.get(code, "") for code in codes]}
    return _write(session, layer, table | _plain(columns), shapes, path, crs, force=force)


def export_features(
    session: Session,
    layer: str,
    ids: Sequence[str],
    shapes: npt.NDArray[np.object_],
    columns: Columns,
    path: Path,
    *,
    crs: str = "EPSG:4326",
    force: bool = False,
) -> int:
    """Write a layer of its own shapes; return how many rows."""
    session.actor.must(Scope.DATA_EXPORT)
    if not ids:
        raise NothingToExport(layer=layer)
    table: dict[str, list[Any]] = {"code": list(ids)}
    return _write(session, layer, table | _plain(columns), shapes, path, crs, force=force)


def _write(
    session: Session,
    layer: str,
    table: dict[str, list[Any]],
    shapes: npt.NDArray[np.object_],
    path: Path,
    crs: str,
    *,
    force: bool,
) -> int:
    files.write(path, table, shapes, crs, force=force)
    rows = len(shapes)
    audit.note(
        session,
        "layer.exported",
        f"layer {layer}",
        area_code=installation.root_area(session),
        rows=rows,
        kind=files.kind_of(path),
        crs=crs,
    )
    return rows


def _plain(columns: Columns) -> dict[str, list[Any]]:
    return {
        name: values.tolist() if isinstance(values, np.ndarray) else list(values)
        for name, values in columns.items()
    }


def _names(session: Session, level: str) -> dict[str, str]:
    if level == "grid":
        rows = session.execute(select(Grid.code, Grid.name)).all()
    else:
        rows = session.execute(select(Area.code, Area.name).where(Area.level == level)).all()
    return {row[0]: row[1] for row in rows}
