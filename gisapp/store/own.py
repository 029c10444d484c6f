"""What a cadre may see: the places of the posts she holds today, and who serves there with her."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select

from gisapp.auth import Actor
from gisapp.store import force
from gisapp.store import models as m

Rule = ColumnElement[bool]
Ids = Select[tuple[int]]


@dataclass(frozen=True, slots=True)
class Places:
    """A cadre's own posts and the ground they stand on."""

    cadre_id: int | None
    area_code: str
    posts: tuple[int, ...]
    plans: tuple[int, ...]
    grids: tuple[int, ...]
    areas: tuple[str, ...]
    """Codes of areas with a post of hers: all that lies in them is her place too."""
    communities: tuple[str, ...]
    """Codes of the communities her grids lie in."""


def places(session: Any, actor: Actor) -> Places:
    """Read which posts the actor holds today by the publication that holds there."""
    held, published = m.Assignment.__table__, m.Publication.__table__
    post, grid, area = m.Post.__table__, m.Grid.__table__, m.Area.__table__
    day = session.today
    # Past what the actor may see: a plan she is not in may be what holds where she served.
    connection = session.connection()
    holding = force.in_order(
        connection.execute(
            select(published.c.id, published.c.mode, published.c.area_code, published.c.plan_id)
            .where(published.c.starts_on <= day)
            .where(or_(published.c.ends_on.is_(None), published.c.ends_on >= day))
        )
    )
    rows = connection.execute(
        select(post.c.id, held.c.plan_id, grid.c.id, grid.c.area_code, area.c.code)
        .add_columns(held.c.area_code)
        .select_from(held)
        .join(post, post.c.id == held.c.post_id)
        .outerjoin(grid, grid.c.id == post.c.grid_id)
        .outerjoin(area, area.c.id == post.c.area_id)
        .where(held.c.cadre_id == actor.cadre_id)
        .where(held.c.plan_id.in_([each.plan_id for each in holding]))
        .where(or_(held.c.starts_on.is_(None), held.c.starts_on <= day))
        .where(or_(held.c.ends_on.is_(None), held.c.ends_on >= day))
    )
    mine = [
        row
        for row in rows
        if (wins := force.of_area(holding, row[5])) is not None and wins.plan_id == row.plan_id
    ]
    columns = [tuple(sorted({row[k] for row in mine} - {None})) for k in range(5)]
    posts, plans, grids, communities, areas = columns
    return Places(actor.cadre_id, actor.area_code, posts, plans, grids, areas, communities)


def rule(kind: type[Any], at: Places) -> Rule:
    """Say which rows of ``kind`` a cadre sees; of a kind that is not listed, none."""
    rules = _ground(at) | _things(at) | _people(at) | _plans(at)
    return or_(false(), *rules.get(kind, ()))


def _within(column: Any, codes: tuple[str, ...]) -> list[Rule]:
    return [(column >= code) & (column < f"{code}:") for code in codes]


def _ground(at: Places) -> dict[type[Any], list[Rule]]:
    """List the ground: her places, and the communities around them to draw the neighbours."""
    around = at.areas + at.communities
    above = {code[:length] for code in around for length in (2, 4, 6, 9, 12)}
    rules: dict[type[Any], list[Rule]] = {
        kind: _within(kind.area_code, around)
        for kind in (m.Grid, m.GridShape, m.RevisionGrid, m.Lineage)
    }
    rules |= {
        kind: [*_within(kind.area_code, around), kind.area_code.in_(above)]
        for kind in (m.Area, m.AreaShape, m.RevisionArea, m.Context)
    }
    return rules


def _things(at: Places) -> dict[type[Any], list[Rule]]:
    """List what lies in her own places."""
    dispute, firm = m.Dispute.__table__, m.Enterprise.__table__
    handled = select(dispute.c.id).where(dispute.c.cadre_id == at.cadre_id)
    if at.cadre_id is None:
        handled = handled.where(false())
    firms = select(firm.c.id).where(_lies_in(firm.c, at))
    return {
        m.Enterprise: [_lies_in(m.Enterprise, at)],
        m.Dispute: [_lies_in(m.Dispute, at), m.Dispute.id.in_(handled)],
        # The exact place is for who handles the case, not for all who serve there.
        m.DisputePlace: [m.DisputePlace.dispute_id.in_(handled)],
        m.Service: [
            _lies_in(m.Service, at),
            m.Service.enterprise_id.in_(firms),
            m.Service.cadre_id == at.cadre_id,
        ],
    }


def _lies_in(row: Any, at: Places) -> Rule:
    return or_(row.grid_id.in_(at.grids), *_within(row.area_code, at.areas))


def _posts(at: Places) -> Ids:
    """Find the posts of her own places, and those of the communities that serve her grids."""
    post, area = m.Post.__table__, m.Area.__table__
    around = select(area.c.id).where(area.c.code.in_(at.communities))
    return select(post.c.id).where(
        or_(post.c.id.in_(at.posts), _lies_in(post.c, at), post.c.area_id.in_(around))
    )


def _people(at: Places) -> dict[type[Any], list[Rule]]:
    """List herself and her colleagues on the same places, with where they come from."""
    held, staff = m.Assignment.__table__, m.Cadre.__table__
    who = or_(
        staff.c.id == at.cadre_id,
        staff.c.id.in_(
            select(held.c.cadre_id)
            .where(held.c.plan_id.in_(at.plans))
            .where(held.c.post_id.in_(_posts(at)))
        ),
    )
    people = select(staff.c.id).where(who)
    return {
        m.Cadre: [m.Cadre.id.in_(people)],
        m.CadreSpecialty: [m.CadreSpecialty.cadre_id.in_(people)],
        m.CadrePhone: [m.CadrePhone.cadre_id.in_(people)],
        m.Recusal: [m.Recusal.cadre_id == at.cadre_id],
        m.Office: [m.Office.id.in_(select(staff.c.office_id).where(who))],
        m.Department: [m.Department.id.in_(select(staff.c.department_id).where(who))],
    }


def _plans(at: Places) -> dict[type[Any], list[Rule]]:
    """List the posts of her places, and who holds them by what was published."""
    held, published = m.Assignment.__table__, m.Publication.__table__
    over = [at.area_code[:length] for length in (2, 4, 6, 9, 12) if length <= len(at.area_code)]
    seats = select(held.c.id).where(held.c.plan_id.in_(at.plans), held.c.post_id.in_(_posts(at)))
    spread = or_(published.c.plan_id.in_(at.plans), published.c.area_code.in_(over))
    return {
        m.Post: [m.Post.id.in_(_posts(at))],
        m.Slot: [m.Slot.post_id.in_(_posts(at))],
        m.Assignment: [m.Assignment.id.in_(seats)],
        m.Confirmation: [m.Confirmation.assignment_id.in_(seats)],
        m.Publication: [m.Publication.id.in_(select(published.c.id).where(spread))],
        m.Plan: [m.Plan.id.in_(select(published.c.plan_id).where(spread))],
    }
