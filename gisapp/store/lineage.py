"""Which grids of now go on with those that ended, and with what share of each."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from gisapp.core.lineage import TAKES, Heirs, carried
from gisapp.store.batches import chunks
from gisapp.store.models import Grid, Lineage
from gisapp.store.session import Session, whole

Whole = npt.NDArray[np.int64]


def any_known(session: Session) -> bool:
    """Whether boundaries were ever drawn so that a grid went on as another."""
    with whole(session) as beyond:
        return beyond.scalar(select(Lineage.revision_id).limit(1)) is not None


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


def placed(session: Session, codes: Sequence[str], lines: Whole) -> tuple[Whole, Whole]:
    """
    Find the position of each line's grid in ``codes``; lines as `core.lineage.carried` takes them.

    Returns
    -------
    found, lines
        Shapes (m,) and (m, 4). Counts of grids that are no more go on with those after them;
        -1 where there are none.
    """
    now = positions(session, codes)
    ids, places = np.array(sorted(now.items()), np.int64).reshape(-1, 2).T
    found = np.full(len(lines), -1, np.int64)
    if not ids.size:
        return found, lines
    at = np.minimum(np.searchsorted(ids, lines[:, 0]), ids.size - 1)
    found = np.where(ids[at] == lines[:, 0], places[at], -1)
    gone = np.flatnonzero(found < 0)
    if not gone.size:
        return found, lines
    after = heirs(session, set(lines[gone, 0].tolist()), now)
    more = carried(lines[gone], now, after)
    lines = np.concatenate([np.delete(lines, gone, axis=0), more])
    return np.concatenate([np.delete(found, gone), more[:, 0]]), lines


def followed(session: Session, codes: Sequence[str], grids: Iterable[int]) -> dict[int, list[int]]:
    """
    Return by id the positions in ``codes`` where grids go on as a whole, not by shares.

    A grid of now is itself; of one that is no more each counts that took `TAKES` of it.
    """
    now = positions(session, codes)
    asked = set(grids)
    after = heirs(session, asked - now.keys(), now)
    return {grid: [now[grid]] for grid in asked & now.keys()} | {
        grid: sorted({now[one] for one, share in parts.items() if share >= TAKES})
        for grid, parts in after.items()
    }


def renamed(session: Session, codes: Sequence[str], old: Iterable[str]) -> dict[str, list[str]]:
    """Return the grids of ``codes`` that go on, as `followed`, with each grid named in ``old``."""
    asked, there = set(old), set(codes)
    found = {code: [code] for code in asked & there}
    last = _last(session, asked - there)
    if not last:
        return found
    after = followed(session, codes, last.values())
    return found | {code: [codes[at] for at in after.get(grid, ())] for code, grid in last.items()}


def recoded(session: Session, codes: Sequence[str], old: Iterable[str]) -> dict[str, str]:
    """
    Return the codes of now of those grids in ``old`` that only have another code.

    Each goes on with one grid of ``codes``, which goes on with no other and is not in ``old``:
    whatever was counted in the one counts in the other.
    """
    asked, there = set(old), set(codes)
    last = _last(session, asked - there) if there - asked else {}
    if not last:
        return {}
    now = positions(session, codes)
    after = heirs(session, last.values(), now)
    many = Counter(new for parts in after.values() for new in parts)
    heir = {code: [*after.get(grid, ())] for code, grid in last.items()}
    names = {
        code: codes[now[new[0]]] for code, new in heir.items() if len(new) == 1 == many[new[0]]
    }
    return {code: name for code, name in names.items() if name not in asked}


def _last(session: Session, codes: Collection[str]) -> dict[str, int]:
    """Return by code the grid that had it last."""
    found: dict[str, int] = {}
    for part in chunks(codes):
        question = select(Grid.code, Grid.id).where(Grid.code.in_(part)).order_by(Grid.id)
        found |= {row[0]: row[1] for row in session.execute(question)}
    return found


def positions(session: Session, codes: Sequence[str]) -> Mapping[int, int]:
    """Return the position of every grid that ever had one of ``codes``, by id."""
    position = {code: place for place, code in enumerate(codes)}
    rows = session.execute(select(Grid.id, Grid.code))
    return {grid: position[code] for grid, code in rows if code in position}
