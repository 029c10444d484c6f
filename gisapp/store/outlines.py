"""Where areas and grids lie in the current boundary revision, by id."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import bindparam, inspect, select, update

from gisapp.store import revisions
from gisapp.store.merge import lookup
from gisapp.store.models import Area, AreaShape, GridShape, RevisionArea, RevisionGrid
from gisapp.store.session import Session

LENGTHS: Final = (9, 6, 4, 2)


def of_grids(session: Session) -> dict[int, Any]:
    """Return the outline of every grid by its id."""
    question = select(RevisionGrid.grid_id, GridShape.boundary).join(
        GridShape, GridShape.id == RevisionGrid.shape_id
    )
    revision = revisions.current(session)
    rows = session.execute(question.where(RevisionGrid.revision_id == revision))
    return {row[0]: row[1] for row in rows}


def of_areas(session: Session) -> dict[int, Any]:
    """Return the outline of every area that has one, by its id."""
    question = select(RevisionArea.area_id, AreaShape.boundary).join(
        AreaShape, AreaShape.id == RevisionArea.shape_id
    )
    revision = revisions.current(session)
    rows = session.execute(question.where(RevisionArea.revision_id == revision))
    return {row[0]: row[1] for row in rows}


def above(code: str, ids: Mapping[str, int]) -> int | None:
    """Return the nearest area above that is there."""
    for length in LENGTHS:
        if length < len(code) and code[:length] in ids:
            return ids[code[:length]]
    return None


def hang(session: Session) -> None:
    """Hang every area that holds today under the nearest one above it."""
    ids = {code: row[0] for code, row in lookup(session, Area, "code", "id").items()}
    set_parents(session, {pk: above(code, ids) for code, pk in ids.items()})


def set_parents(session: Session, parents: dict[int, int | None]) -> None:
    """Hang areas under their parents, where that is not so yet."""
    now = {row[0]: row[1] for row in session.execute(select(Area.id, Area.parent_id))}
    changes = [
        {"key": pk, "parent": parent} for pk, parent in parents.items() if now.get(pk) != parent
    ]
    if changes:
        table: Any = inspect(Area).local_table
        statement = (
            update(table)
            .where(table.c.id == bindparam("key"))
            .values(parent_id=bindparam("parent"))
        )
        session.connection().execute(statement, changes)
