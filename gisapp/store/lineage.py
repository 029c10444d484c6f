"""Which grids of now go on with those that ended, and with what share of each."""

from collections.abc import Collection

from sqlalchemy import select

from gisapp.core.lineage import Heirs
from gisapp.store.batches import chunks
from gisapp.store.models import Lineage
from gisapp.store.session import Session


def heirs(session: Session, gone: Collection[int], now: Collection[int]) -> Heirs:
    """
    Find who goes on with grids that are no more, through as many boundaries as there were.

    Of a grid that came again and went once more, the last time counts. Grids of which nobody
    goes on are left out.
    """
    there = frozenset(now)
    rows: dict[int, dict[int, dict[int, float]]] = {}
    waiting, seen = set(gone), set(gone)
    while waiting:
        found: set[int] = set()
        for part in chunks(waiting):
            question = select(
                Lineage.old_grid_id, Lineage.revision_id, Lineage.new_grid_id, Lineage.share
            ).where(Lineage.old_grid_id.in_(part))
            for old, revision, new, share in session.execute(question):
                rows.setdefault(old, {}).setdefault(revision, {})[new] = share
                found.add(new)
        waiting = found - there - seen
        seen |= waiting

    def after(grid: int, since: int) -> dict[int, float]:
        if grid in there:
            return {grid: 1.0}
        last = max(rows.get(grid, ()), default=0)
        if last <= since:
            return {}
        parts: dict[int, float] = {}
        for new, share in rows[grid][last].items():
            for one, part in after(new, last).items():
                parts[one] = parts.get(one, 0.0) + share * part
        return parts

    return {grid: parts for grid in gone if (parts := after(grid, 0))}
