"""Make: rows for tests, each call naming only what matters."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import shapely
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from gisapp.auth import OPERATOR, Actor, Role
from gisapp.runtime import Runtime
from gisapp.store import installation, reference, revisions
from gisapp.store.models import (
    Area,
    Assignment,
    Base,
    Cadre,
    CadreSpecialty,
    Department,
    Dispute,
    DisputePlace,
    Enterprise,
    Grid,
    Office,
    Plan,
    Post,
    Publication,
    Slot,
    Travel,
)
from gisapp.store.session import Session

NOW = datetime(2026, 7, 15, 4, tzinfo=UTC)
TODAY = date(2026, 7, 15)
FIRST = date(2024, 1, 1)
"""Everything is valid from here on, unless a test says otherwise."""

COUNTY = "990001"
SRID = 4549
SIDE = 0.005
"""Degrees; a grid is about half a kilometre wide."""

LEVELS = {2: "province", 4: "city", 6: "county", 9: "township", 12: "community"}

PLANNER = Actor("planner", Role.PLANNER, COUNTY)
LEADER = Actor("leader", Role.LEADER, COUNTY)

Row = TypeVar("Row", bound=Base)


class Make:
    """Rows in one installation; `session` is open for writing until `commit`."""

    now = NOW
    today = TODAY

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._stack = ExitStack()
        self._writing: Session | None = None
        self._shapes: dict[int, MultiPolygon] = {}
        self._areas: dict[int, MultiPolygon] = {}
        self._members: dict[int, list[Cadre]] = {}
        self._minutes: dict[int, float] = {}
        self._changed = False
        self._count = 0
        with runtime.sessions.write(OPERATOR, NOW) as session:
            if installation.find(session) is None:
                installation.make(session, srid=SRID)
                reference.fill(session)

    @property
    def session(self) -> Session:
        """The operator's unit of work; boundaries and today's plan are up to date in it."""
        session = self._open
        if self._changed:
            self._changed = False
            self._record(session)
            self._publish(session)
        return session

    def commit(self) -> None:
        """Keep all that was made, for whoever reads next."""
        if self._changed:
            _ = self.session
        self._stack.close()
        self._writing = None

    @contextmanager
    def seen_by(self, actor: Actor = OPERATOR) -> Iterator[Session]:
        """Keep all that was made and read it as somebody."""
        self.commit()
        with self.runtime.sessions.read(actor, NOW) as session:
            yield session

    def viewer(self, cadre: Cadre) -> Actor:
        """Say who a cadre is when she asks."""
        return Actor(cadre.staff_number, Role.CADRE, cadre.area_code, cadre.id)

    def area(self, code: str = COUNTY, *, shape: Polygon | None = None, **more: Any) -> Area:
        """Return the area with ``code``; it and what it lies in are made when missing."""
        found = self._open.scalar(select(Area).where(Area.code == code))
        if found is None:
            above = next((code[:size] for size in (12, 9, 6) if size < len(code)), None)
            fields = {"name": f"Area {code}", "level": LEVELS[len(code)], "area_code": code}
            if above is not None:
                fields["parent_id"] = self.area(above).id
            found = self._add(Area(code=code, valid_from=FIRST, **fields | more))
        if shape is not None:
            self._areas[found.id] = MultiPolygon([shape])
            self._changed = True
        return found

    def community(self, code: str | None = None, **more: Any) -> Area:
        """Make a community; its shape is that of its grids."""
        return self.area(code or f"{COUNTY}001{self._next():03d}", **more)

    def grid(
        self,
        name: str | None = None,
        *,
        community: Area | str = f"{COUNTY}001001",
        members: Sequence[Cadre] = (),
        shape: BaseGeometry | None = None,
        **more: Any,
    ) -> Grid:
        """Make a grid beside the one before, and a post with its members in today's plan."""
        if isinstance(community, str):
            community = self.area(community)
        number = self._next()
        fields = {"code": f"{community.code}{number:03d}", "valid_from": FIRST, "kind": "base"}
        fields |= {"name": name or f"Grid {number}", "area_code": community.code}
        grid = self._add(Grid(community_id=community.id, **fields | more))
        self._shapes[grid.id] = _whole(shape or _square(len(self._shapes)))
        self._changed = True
        post = self.post(grid, seats=max(1, len(members)))
        self._members[post.id] = list(members)
        for cadre in members:
            if cadre.id in self._minutes:
                way = {"place_code": grid.code, "minutes": self._minutes[cadre.id]}
                self._add(Travel(office_id=cadre.office_id, area_code=grid.area_code, **way))
        return grid

    def department(self, code: str | None = None, *, area: str = COUNTY, **more: Any) -> Department:
        code = code or f"D{self._next():03d}"
        fields = {"name": f"Department {code}", "headcount": 10, "valid_from": FIRST}
        return self._add(Department(code=code, area_code=area, **fields | more))

    def office(
        self, department: Department | None = None, place: Point | None = None, **more: Any
    ) -> Office:
        department = department or self.department()
        number = self._next()
        fields = {"code": f"O{number:03d}", "name": f"Office {number}", "valid_from": FIRST}
        fields |= {"area_code": department.area_code, "place": place or Point(120.2, 30.0)}
        return self._add(Office(department_id=department.id, **fields | more))

    def cadre(
        self,
        name: str | None = None,
        *,
        office: Office | None = None,
        department: Department | None = None,
        specialties: Sequence[str] = (),
        minutes: float | None = None,
        **more: Any,
    ) -> Cadre:
        """Make a cadre; ``minutes`` is how far any grid is that counts her among its members."""
        office = office or self.office(department)
        number = self._next()
        fields = {"staff_number": f"S{number:03d}", "name": name or f"Cadre {number}"}
        fields |= {"rank": "staff", "valid_from": FIRST, "area_code": office.area_code}
        fields |= {"department_id": office.department_id, "office_id": office.id}
        cadre = self._add(Cadre(**fields | more))
        if minutes is not None:
            self._minutes[cadre.id] = minutes
        for code in specialties:
            row = {"cadre_id": cadre.id, "specialty_code": code, "area_code": cadre.area_code}
            self._add(CadreSpecialty(**row))
        return cadre

    def post(
        self,
        place: Grid | Area,
        role: str = "member",
        *,
        seats: int = 1,
        specialty: str | None = None,
        **more: Any,
    ) -> Post:
        """Make a post with one slot."""
        where = "grid_id" if isinstance(place, Grid) else "area_id"
        fields = {"code": f"{place.code}:{role}", "role": role, "valid_from": FIRST}
        fields |= {"area_code": place.area_code, where: place.id}
        post = self._add(Post(**fields | more))
        number = {"seats_wanted": seats, "seats_most": seats, "number": 1}
        slot = {"post_id": post.id, "specialty_code": specialty, "area_code": post.area_code}
        self._add(Slot(**number, **slot))
        return post

    def plan(
        self,
        holders: Mapping[Post, Sequence[Cadre]] | None = None,
        *,
        area: str = COUNTY,
        **more: Any,
    ) -> Plan:
        """Make a frozen plan that puts cadres into the first slot of posts."""
        fields: dict[str, Any] = {"parameters": {}, "input_digest": "", "score": {}, "gap": None}
        fields |= {"number": self._next(), "created_at": NOW, "created_by": "operator"}
        state = more.pop("state", "frozen")
        plan = self._add(Plan(area_code=area, **fields | more))
        for post, cadres in (holders or {}).items():
            slot = self._open.scalar(select(Slot.id).where(Slot.post_id == post.id))
            for cadre in cadres:
                why = {"travel_min": round(100 * self._minutes.get(cadre.id, 10))}
                seat = {"post_id": post.id, "slot_id": slot, "area_code": post.area_code}
                self._add(Assignment(plan_id=plan.id, cadre_id=cadre.id, why=why, **seat))
        plan.state = state
        self._open.flush()
        return plan

    def publication(self, plan: Plan, *, starts_on: date = TODAY, **more: Any) -> Publication:
        fields = {"mode": "normal", "published_at": NOW, "published_by": "operator"}
        fields |= {"area_code": plan.area_code, "starts_on": starts_on}
        return self._add(Publication(plan_id=plan.id, **fields | more))

    def enterprise(self, grid: Grid | None = None, **more: Any) -> Enterprise:
        """Make an enterprise in the middle of a grid, or without a place."""
        number = self._next()
        fields = {"register_number": f"E{number:03d}", "name": f"Enterprise {number}"}
        fields |= {"valid_from": FIRST, "area_code": grid.area_code if grid else COUNTY}
        if grid is not None:
            fields |= {"grid_id": grid.id, "place": self._middle(grid)}
        return self._add(Enterprise(**fields | more))

    def dispute(
        self,
        grid: Grid | None = None,
        *,
        category: str = "other",
        on: date = TODAY - timedelta(days=40),
        placed: bool = False,
        **more: Any,
    ) -> Dispute:
        fields = {"case_number": f"C{self._next():03d}", "reported_on": on}
        fields |= {"area_code": grid.area_code if grid else COUNTY}
        fields |= {"grid_id": grid.id if grid else None, "category_code": category}
        dispute = self._add(Dispute(**fields | more))
        if placed and grid is not None:
            where = {"place": self._middle(grid), "area_code": grid.area_code}
            erase = TODAY + timedelta(days=90)
            self._add(DisputePlace(dispute_id=dispute.id, erase_on=erase, **where))
        return dispute

    @property
    def _open(self) -> Session:
        if self._writing is None:
            self._writing = self._stack.enter_context(self.runtime.sessions.write(OPERATOR, NOW))
        return self._writing

    def _add(self, row: Row) -> Row:
        self._open.add(row)
        self._open.flush()
        return row

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _middle(self, grid: Grid) -> Point:
        return self._shapes[grid.id].centroid

    def _record(self, session: Session) -> None:
        rows = session.execute(select(Grid.id, Grid.area_code)).all()
        land: dict[int, MultiPolygon] = {}
        for area in session.scalars(select(Area).where(Area.level.in_(("township", "community")))):
            inside = [
                self._shapes[row.id]
                for row in rows
                if row.area_code.startswith(area.code) and row.id in self._shapes
            ]
            if inside:
                whole = shapely.union_all(inside)
                land[area.id] = (
                    whole if whole.geom_type == "MultiPolygon" else MultiPolygon([whole])
                )
        revisions.record(session, self._shapes, land | self._areas)

    def _publish(self, session: Session) -> None:
        """Put all members of all grids into one plan of today."""
        if not any(self._members.values()):
            return
        for before in session.scalars(select(Publication).where(Publication.area_code == COUNTY)):
            session.delete(before)
        session.flush()
        posts = session.scalars(select(Post).where(Post.id.in_(self._members)))
        self.publication(self.plan({post: self._members[post.id] for post in posts}))

    def close(self) -> None:
        """Forget what was not kept."""
        if self._writing is not None:
            self._writing.rollback()
        self._stack.close()
        self._writing = None


def _whole(shape: BaseGeometry) -> MultiPolygon:
    return MultiPolygon(list(shapely.get_parts(shape)))


def _square(number: int) -> Polygon:
    """Lay squares side by side, a hundred in a row; neighbours share their corners exactly."""
    across, up = number % 100, number // 100
    return shapely.box(
        *(120 + across * SIDE, 30 + up * SIDE),
        *(120 + (across + 1) * SIDE, 30 + (up + 1) * SIDE),
    )
