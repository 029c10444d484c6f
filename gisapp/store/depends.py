"""Finds what came later and stands on the rows of a batch."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import func, select

from gisapp.store.batches import OWNED, Came, chunks, table_of
from gisapp.store.models import Base
from gisapp.store.session import Session

Ids = dict[str, set[int]]
"""By table."""

FOR_EVER: Final = frozenset(
    {"grid_shape", "area_shape", "revision_grid", "revision_area", "lineage", "batch_change"}
)
"""Boundaries of the past name their places for ever, and keep them from going for good."""

FOLLOWS: Final = frozenset({("area", "parent_id"), ("enterprise", "grid_id")})
"""Always found anew: the nearest area above by code, the grid that holds a place."""

BY_CODE: Final = ("recusal", "link", "travel", "comment")
"""Tables that name a grid or an area by its code."""

BY_AREA: Final = ("department", "plan", "enterprise", "dispute", "service")
"""Tables whose rows may lie in an area of any level."""

PLACES: Final = ("grid", "area")


def ruled_posts(session: Session, came: Sequence[Came]) -> set[int]:
    """Find posts that a rule made, and nobody edited, at places that the batch brought."""
    post, slot = table_of("post"), table_of("slot")
    edited = select(slot.c.post_id).where(slot.c.version > 1)
    found: set[int] = set()
    for name in PLACES:
        for part in chunks(_added(came, name)):
            mine = (post.c[f"{name}_id"].in_(part)) & post.c.made_by_rule & (post.c.version == 1)
            question = select(post.c.id).where(mine, post.c.id.not_in(edited))
            found |= set(session.connection().scalars(question))
    return found


def dependent(session: Session, came: Sequence[Came], posts: set[int]) -> tuple[str, int] | None:
    """Find what else names rows that the batch brought: its table and how many."""
    going: Ids = {"post": set(posts)}
    for each in came:
        if "id" in each.table.c:
            going.setdefault(each.table.name, set()).update(row["id"] for row in each.added)
    going["slot"] = _slots(session, going["post"], came)
    free = going | {"dispute": going.get("dispute", set()) | _moving(session, came)}
    own = {model.__tablename__ for pairs in OWNED.values() for model, _ in pairs}
    for table in Base.metadata.sorted_tables:
        if table.name in FOR_EVER or table.name in own - {"slot"}:
            continue
        for key in table.foreign_keys:
            gone = going.get(key.column.table.name)
            if gone and (table.name, key.parent.name) not in FOLLOWS:
                count = _naming(session, table, key.parent, gone, free.get(table.name, set()))
                if count:
                    return table.name, count
    return _by_code(session, came, going) or _in_drafts(session, going)


def _added(came: Sequence[Came], name: str) -> set[int]:
    return {row["id"] for each in came if each.table.name == name for row in each.added}


def _slots(session: Session, posts: Collection[int], came: Sequence[Came]) -> set[int]:
    """Find the slots of posts that go, and those that came to posts that stay."""
    slot = table_of("slot")
    found: set[int] = set()
    for part in chunks(posts):
        question = select(slot.c.id).where(slot.c.post_id.in_(part))
        found |= set(session.connection().scalars(question))
    new = [one.key for each in came if each.table is slot for one in each.changes if not one.before]
    numbers = {(key["post_id"], key["number"]) for key in new if "post_id" in key}
    for part in chunks({post for post, _ in numbers}):
        question = select(slot.c["id", "post_id", "number"]).where(slot.c.post_id.in_(part))
        rows = session.connection().execute(question)
        found |= {row.id for row in rows if (row.post_id, row.number) in numbers}
    return found


def _moving(session: Session, came: Sequence[Came]) -> set[int]:
    """Find the disputes that lie elsewhere once the grids go: by their place, or as they did."""
    dispute, place = table_of("dispute"), table_of("dispute_place")
    found: set[int] = set()
    for part in chunks(_added(came, "grid")):
        question = select(dispute.c.id).where(dispute.c.grid_id.in_(part))
        placed = dispute.c.id.in_(select(place.c.dispute_id))
        found |= set(session.connection().scalars(question.where(placed)))
    changed = [one.key["id"] for each in came if each.table is dispute for one in each.changes]
    return found | set(changed)


def _naming(session: Session, table: Any, column: Any, gone: set[int], going: set[int]) -> int:
    """Count the rows of a table that name what goes and do not go themselves."""
    connection = session.connection()
    count = 0
    for part in chunks(gone):
        if going:
            named = connection.scalars(select(table.c.id).where(column.in_(part)))
            count += len(set(named) - going)
        else:
            question = select(func.count()).select_from(table).where(column.in_(part))
            count += connection.scalar(question) or 0
    return count


def _by_code(
    session: Session, came: Sequence[Came], going: Mapping[str, set[int]]
) -> tuple[str, int] | None:
    """Find rows that name a place by its code, or lie in an area that goes."""
    for name in PLACES:
        place = table_of(name)
        for part in chunks(_added(came, name)):
            codes = select(place.c.code).where(place.c.id.in_(part))
            for other, column in _columns(name):
                table = table_of(other)
                key = next(iter(table.primary_key))
                named = session.connection().scalars(select(key).where(table.c[column].in_(codes)))
                if count := sum(one not in going.get(other, ()) for one in named):
                    return other, count
    return None


def _columns(name: str) -> Iterator[tuple[str, str]]:
    yield from ((other, "place_code") for other in BY_CODE)
    if name == "area":
        yield from ((other, "area_code") for other in BY_AREA)


def _in_drafts(session: Session, going: Mapping[str, set[int]]) -> tuple[str, int] | None:
    """Count the changes of drafts that put somebody or something of the batch in or out."""
    posts, cadres = going["post"], going.get("cadre", set())
    slots = going["slot"]
    if not (posts or cadres or slots):
        return None
    change = table_of("draft_change")
    rows = session.connection().execute(select(change.c.out, change.c.into))
    count = sum(
        any(
            one[0] in posts or one[1] in slots or one[2] in cadres
            for side in row
            for one in side or ()
        )
        for row in rows
    )
    return ("draft_change", count) if count else None
