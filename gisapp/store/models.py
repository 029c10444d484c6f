"""All tables, as typed models: one set for both databases."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from geoalchemy2.elements import WKBElement  # noqa: F401  # Shape's underlying value
from shapely import MultiPolygon, Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship

from gisapp.store.types import Instant, Shape, code

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


WHOLE_AREA_CODE = "length(area_code) IN (2, 4, 6, 9, 12) AND trim(area_code, '0123456789') = ''"
"""Digits only, of a length that a level of the tree has; said so that both databases know it."""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }


class Scoped:
    """Lies in an area; every read of it is narrowed to the actor's subtree."""

    area_code: Mapped[str] = mapped_column(
        code(12), CheckConstraint(WHOLE_AREA_CODE, name="area_code"), index=True
    )


class Versioned:
    """People edit it: who writes over a version not seen is refused."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Dated:
    """Holds from one day to another, both included; open at the end when ``valid_to`` is null.

    A code is unique among the rows valid on one day; a constraint of each engine holds it.
    """

    valid_from: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(
        CheckConstraint("valid_to >= valid_from", name="dates")
    )


class Brought:
    """Came with a file; the batch says which, and undoes it."""

    @declared_attr
    @classmethod
    def batch_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("batch.id"), index=True)


# The installation and the ground -----------------------------------------------------------


class Installation(Base):
    """The one row about this installation itself."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    uid: Mapped[UUID]
    epoch: Mapped[int]
    """Raised when a backup is restored, so that phones offer what they sent since."""
    srid: Mapped[int]
    """The city's projection, in which everything is measured."""
    code_pattern: Mapped[str] = mapped_column(String(120))
    demo: Mapped[bool]
    """Whether the database holds an invented town and nothing else."""
    name: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]


class Area(Scoped, Versioned, Dated, Brought, Base):
    """A node of the administrative tree: province 2, city 4, county 6, township 9, community 12."""

    __tablename__ = "area"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(code(12), index=True)
    name: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(12))
    """province, city, county, township or community."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)


class Grid(Scoped, Versioned, Dated, Brought, Base):
    """A community grid: the smallest patch of ground that has posts to fill.

    Its area code is its community's code.
    """

    __tablename__ = "grid"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(code(32), index=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20), default="base")
    """base, or a dedicated one: park, school, market, hospital, industrial, other."""
    community_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    households: Mapped[int | None]
    """Missing is not zero."""
    population: Mapped[int | None]
    enterprises: Mapped[int | None]
    """As the file says; null: count the enterprises that lie in it."""

    community: Mapped[Area] = relationship()


class Revision(Base):
    """The shapes of all grids and areas at one time; never changed."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    predecessor_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    """Over the digests of its shapes, in order of code."""
    created_at: Mapped[datetime]


class GridShape(Scoped, Base):
    """Where a grid lay; never changed. Revisions that did not move it share it."""

    __tablename__ = "grid_shape"

    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    digest: Mapped[str] = mapped_column(String(32))
    boundary: Mapped[MultiPolygon] = mapped_column(Shape("MULTIPOLYGON"), nullable=False)


class AreaShape(Scoped, Base):
    """Where an area lay; never changed. ``area_code`` is the area's own code."""

    __tablename__ = "area_shape"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    digest: Mapped[str] = mapped_column(String(32))
    boundary: Mapped[MultiPolygon] = mapped_column(Shape("MULTIPOLYGON"), nullable=False)


class RevisionGrid(Scoped, Base):
    """Which shape a grid has in a revision."""

    __tablename__ = "revision_grid"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), primary_key=True)
    shape_id: Mapped[int] = mapped_column(ForeignKey("grid_shape.id"), index=True)


class RevisionArea(Scoped, Base):
    """Which shape an area has in a revision."""

    __tablename__ = "revision_area"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    shape_id: Mapped[int] = mapped_column(ForeignKey("area_shape.id"), index=True)


class RevisionKey(Base):
    """What a revision is called within an area: changes only when a shape in it does.

    Not narrowed: a row is read by the reader's own area, and says nothing but a hash.
    """

    __tablename__ = "revision_key"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), primary_key=True)
    area_code: Mapped[str] = mapped_column(code(12), primary_key=True)
    """Of every area that contains a shape; ``*`` for the whole installation."""
    key: Mapped[str] = mapped_column(code(20), index=True)


class Lineage(Scoped, Base):
    """Which grid came out of which in a revision, and with what share of the old one."""

    __tablename__ = "lineage"
    __table_args__ = (CheckConstraint("share > 0 AND share <= 1", name="share"),)

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), primary_key=True)
    old_grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), primary_key=True)
    new_grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), primary_key=True)
    share: Mapped[float]


class Context(Scoped, Base):
    """Roads and water under the grids, so that the map looks like a town without tiles."""

    __tablename__ = "context"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    """water, road or street."""
    name: Mapped[str] = mapped_column(String(80), default="")
    shape: Mapped[BaseGeometry] = mapped_column(Shape("GEOMETRY"), nullable=False)


# People ------------------------------------------------------------------------------------


class Specialty(Base):
    """A field of work a cadre can know and a dispute can call for; shipped, editable."""

    __tablename__ = "specialty"

    code: Mapped[str] = mapped_column(code(32), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))


class Department(Scoped, Versioned, Dated, Brought, Base):
    """A public body that sends people; belongs to an area of any level."""

    __tablename__ = "department"
    __table_args__ = (CheckConstraint("headcount >= 0", name="headcount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(code(32), index=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20), default="")
    headcount: Mapped[int]
    """On the roll."""


class Office(Scoped, Versioned, Dated, Brought, Base):
    """A department's named place; its area code is the department's."""

    __tablename__ = "office"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(code(32), index=True)
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(200), default="")
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    place: Mapped[Point] = mapped_column(Shape("POINT"), nullable=False)

    department: Mapped[Department] = relationship()


class Cadre(Scoped, Versioned, Dated, Brought, Base):
    """A person who serves; has an office, never a place of their own. Valid = on the staff."""

    __tablename__ = "cadre"
    __table_args__ = (CheckConstraint("capacity >= 0", name="capacity"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_number: Mapped[str] = mapped_column(code(32), index=True)
    name: Mapped[str] = mapped_column(String(40))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    rank: Mapped[str] = mapped_column(String(8))
    """leader or staff."""
    capacity: Mapped[int] = mapped_column(default=2)
    """Posts at once."""
    available_from: Mapped[date | None]
    available_to: Mapped[date | None]

    department: Mapped[Department] = relationship()
    office: Mapped[Office] = relationship()


class CadreSpecialty(Scoped, Base):
    """What a cadre knows, and how well (1 to 3)."""

    __tablename__ = "cadre_specialty"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 3", name="level"),)

    cadre_id: Mapped[int] = mapped_column(ForeignKey("cadre.id"), primary_key=True)
    specialty_code: Mapped[str] = mapped_column(ForeignKey("specialty.code"), primary_key=True)
    level: Mapped[int] = mapped_column(default=1)


class CadrePhone(Scoped, Versioned, Base):
    """A cadre's phone: apart, masked by default; showing it is a deed of its own."""

    __tablename__ = "cadre_phone"

    cadre_id: Mapped[int] = mapped_column(ForeignKey("cadre.id"), primary_key=True)
    phone: Mapped[str] = mapped_column(String(32))


class Recusal(Scoped, Versioned, Dated, Brought, Base):
    """Where a cadre must not serve; the ground is neither stored nor shown."""

    __tablename__ = "recusal"

    id: Mapped[int] = mapped_column(primary_key=True)
    cadre_id: Mapped[int] = mapped_column(ForeignKey("cadre.id"), index=True)
    place_code: Mapped[str] = mapped_column(code(32), index=True)
    """Code of a grid or an area; an area covers all that lies in it."""


class Link(Scoped, Versioned, Dated, Brought, Base):
    """A department or task team tied to an area for a time: a bonus in matching."""

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    team: Mapped[str] = mapped_column(String(40), default="")
    kind: Mapped[str] = mapped_column(String(20), default="")
    place_code: Mapped[str] = mapped_column(code(32), index=True)
    bonus_min: Mapped[float] = mapped_column(default=10.0)


class Travel(Scoped, Brought, Base):
    """A measured way from an office to a grid or area; takes the place of the estimate."""

    __tablename__ = "travel"
    __table_args__ = (CheckConstraint("minutes >= 0", name="minutes"),)

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    place_code: Mapped[str] = mapped_column(code(32), primary_key=True)
    minutes: Mapped[float]


# Posts, plans, publications ----------------------------------------------------------------


class Post(Scoped, Versioned, Dated, Brought, Base):
    """Seats to fill in a grid or area, with a role; code ``<grid or area code>:<role>``."""

    __tablename__ = "post"
    __table_args__ = (CheckConstraint("(grid_id IS NULL) <> (area_id IS NULL)", name="one_place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(code(48), index=True)
    role: Mapped[str] = mapped_column(String(12))
    """member or chief."""
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"), index=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    made_by_rule: Mapped[bool] = mapped_column(default=False)

    grid: Mapped[Grid | None] = relationship()
    area: Mapped[Area | None] = relationship()


class Slot(Scoped, Versioned, Base):
    """One kind of seat of a post."""

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("post_id", "number"),
        CheckConstraint(
            "seats_least >= 0 AND seats_least <= seats_wanted AND seats_wanted <= seats_most",
            name="seats",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    number: Mapped[int]
    """1, 2, … within the post."""
    specialty_code: Mapped[str | None] = mapped_column(ForeignKey("specialty.code"))
    least_level: Mapped[int] = mapped_column(default=1)
    seats_least: Mapped[int] = mapped_column(default=1)
    seats_wanted: Mapped[int] = mapped_column(default=1)
    seats_most: Mapped[int] = mapped_column(default=1)

    post: Mapped[Post] = relationship()


class Plan(Scoped, Versioned, Base):
    """A set of assignments: draft, then frozen. People call it ``<area code>-<number>``."""

    __tablename__ = "plan"
    __table_args__ = (UniqueConstraint("area_code", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[UUID | None] = mapped_column(unique=True)
    number: Mapped[int]
    """1, 2, … within its area."""
    state: Mapped[str] = mapped_column(String(8), default="draft")
    """draft or frozen."""
    mode: Mapped[str] = mapped_column(String(8), default="normal")
    """normal or surge."""
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    seed: Mapped[int] = mapped_column(default=0)
    parameters: Mapped[dict[str, Any]]
    input_digest: Mapped[str] = mapped_column(String(64))
    score: Mapped[dict[str, Any]]
    """What ``gisapp match --json`` says of it."""
    gap: Mapped[float | None]
    """Proven; null when nothing is proven."""
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))


class Publication(Scoped, Versioned, Base):
    """Puts a frozen plan in force for an area, a mode and a time, both days included.

    No two of one area and mode overlap; a constraint of each engine holds it.
    """

    __tablename__ = "publication"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="dates"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[UUID | None] = mapped_column(unique=True)
    mode: Mapped[str] = mapped_column(String(8))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(80))

    plan: Mapped[Plan] = relationship()


class Assignment(Scoped, Base):
    """A cadre in a seat of a post, in one plan; its area code is the post's."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("plan_id", "post_id", "cadre_id"),
        Index("ix_assignment_cadre_id_plan_id", "cadre_id", "plan_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    cadre_id: Mapped[int] = mapped_column(ForeignKey("cadre.id"))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    locked: Mapped[bool] = mapped_column(default=False)
    why: Mapped[dict[str, Any]]
    """Parts of its cost: travel_min, specialty, load, disturbance, link (0.01 min)."""

    post: Mapped[Post] = relationship()
    cadre: Mapped[Cadre] = relationship()


class Confirmation(Scoped, Base):
    """What was said about an assignment: confirmed, refused or claimed; never overwritten."""

    __tablename__ = "confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[UUID | None] = mapped_column(unique=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(200), default="")


class DraftChange(Scoped, Base):
    """One deed of a planner in a draft, or one taken back or done again; rows are only added.

    Going through them backwards gives the draft of any version.
    """

    __tablename__ = "draft_change"
    __table_args__ = (UniqueConstraint("plan_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[UUID | None] = mapped_column(unique=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    version: Mapped[int]
    """Of the plan, which this change made."""
    kind: Mapped[str] = mapped_column(String(8))
    """deed, undo or redo."""
    deed: Mapped[str] = mapped_column(String(20))
    """assign, remove, swap, lock, unlock or propose; of an undo, that of what is undone."""
    about: Mapped[int | None]
    """The version that an undo takes back or a redo brings again."""
    out: Mapped[list[Any]]
    """Placements that went: post id, slot id, cadre id, locked, why."""
    into: Mapped[list[Any]]
    """Placements that came; one whose lock changed is in both."""
    effect: Mapped[dict[str, Any]]
    """What it did to total, floors and gaps, and what the sentence about it names."""
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class Comment(Scoped, Versioned, Base):
    """What planners say to each other about a grid; its area code is the grid's."""

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[UUID | None] = mapped_column(unique=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    place_code: Mapped[str] = mapped_column(code(32), index=True)
    text: Mapped[str] = mapped_column(String(400))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


# What happens in the grids -----------------------------------------------------------------


class Enterprise(Scoped, Versioned, Dated, Brought, Base):
    """A place of business; without a place it is stored and is a finding."""

    __tablename__ = "enterprise"

    id: Mapped[int] = mapped_column(primary_key=True)
    register_number: Mapped[str] = mapped_column(code(64), index=True)
    credit_code: Mapped[str | None] = mapped_column(code(18), index=True)
    name: Mapped[str] = mapped_column(String(200))
    industry: Mapped[str | None] = mapped_column(String(5))
    """GB/T 4754: a section letter, with or without digits."""
    size: Mapped[str | None] = mapped_column(String(8))
    """large, medium, small or micro."""
    address: Mapped[str] = mapped_column(String(200), default="")
    place: Mapped[Point | None] = mapped_column(Shape("POINT"), nullable=True)
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"), index=True)


class Category(Base):
    """What disputes are about; the fifteen mediation categories are shipped."""

    __tablename__ = "category"

    code: Mapped[str] = mapped_column(code(32), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))


class CategorySpecialty(Base):
    """Which specialties a category of disputes calls for."""

    __tablename__ = "category_specialty"

    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"), primary_key=True)
    specialty_code: Mapped[str] = mapped_column(ForeignKey("specialty.code"), primary_key=True)


class NeedRate(Base):
    """How many cases a year one enterprise of an industry brings for a specialty."""

    __tablename__ = "need_rate"

    industry: Mapped[str] = mapped_column(String(1), primary_key=True)
    """Section letter of GB/T 4754; ``*`` for an unknown one."""
    specialty_code: Mapped[str] = mapped_column(ForeignKey("specialty.code"), primary_key=True)
    cases_a_year: Mapped[float]


class Dispute(Scoped, Versioned, Brought, Base):
    """A reported conflict. No names of parties, ever; its exact place is in its own table."""

    __tablename__ = "dispute"
    __table_args__ = (
        UniqueConstraint("case_number"),
        Index("ix_dispute_reported_on_grid_id", "reported_on", "grid_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[UUID | None] = mapped_column(unique=True)
    case_number: Mapped[str] = mapped_column(code(64))
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    epidemic: Mapped[bool] = mapped_column(default=False)
    enterprise_related: Mapped[bool] = mapped_column(default=False)
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"), index=True)
    reported_on: Mapped[date]
    accepted_on: Mapped[date | None]
    resolved_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(12), default="reported")
    """reported, accepted, dispatched, handling, feedback, closed or evaluated."""
    resolved_level: Mapped[str | None] = mapped_column(String(12))
    cadre_id: Mapped[int | None] = mapped_column(ForeignKey("cadre.id"), index=True)
    """Who handles it."""


class DisputePlace(Scoped, Base):
    """The exact place of a dispute, until its erase date."""

    __tablename__ = "dispute_place"

    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"), primary_key=True)
    place: Mapped[Point] = mapped_column(Shape("POINT"), nullable=False)
    erase_on: Mapped[date] = mapped_column(index=True)


class MonthRelease(Scoped, Versioned, Base):
    """A month of a county whose counts have been seen: from then on they stay as they are."""

    __tablename__ = "month_release"
    __table_args__ = (UniqueConstraint("area_code", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[int]
    """12 × year + month − 1."""
    released_at: Mapped[datetime]


class ReleasedCount(Scoped, Base):
    """Disputes of a grid, month and category when the month was released; never none."""

    __tablename__ = "released_count"

    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, index=True)
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"), primary_key=True)
    number: Mapped[int]


class ReleasedOpen(Scoped, Base):
    """Disputes of a grid and quarter that were open when it ended, as known when it was released.

    Never none. Of quarters alone: they share no dispute, so one figure says nothing of another.
    """

    __tablename__ = "released_open"

    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True)
    """The last one of the quarter."""
    number: Mapped[int]


class ReleasedYear(Scoped, Base):
    """What may be said of a year's windows to who sees an area: its cells, counts and bins."""

    __tablename__ = "released_year"
    __table_args__ = (UniqueConstraint("area_code", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    months: Mapped[int]
    """How many of its months are released."""
    numbered: Mapped[int]
    """As of `store.yearbook.Year`."""
    content: Mapped[bytes]
    """As `store.yearbook` writes it."""


class Service(Scoped, Versioned, Brought, Base):
    """What was done, as reported once: a kind, a grid or enterprise, a day. No place, no time."""

    __tablename__ = "service"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[UUID | None] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"), index=True)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    cadre_id: Mapped[int] = mapped_column(ForeignKey("cadre.id"), index=True)
    day: Mapped[date]
    note: Mapped[str] = mapped_column(String(200), default="")


# Books -------------------------------------------------------------------------------------


class Batch(Scoped, Base):
    """One file that came in."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    """1, 2, … within its area."""
    kind: Mapped[str] = mapped_column(String(16))
    file_name: Mapped[str] = mapped_column(String(255))
    file_digest: Mapped[str] = mapped_column(String(64))
    read: Mapped[int]
    stored: Mapped[int]
    refused: Mapped[int]
    report: Mapped[dict[str, Any]]
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class Repair(Scoped, Base):
    """One row that an accepted repair changed, as it was and as it is since; rows are only added.

    A repair of outlines names the shapes, which are never changed: that undoes it.
    """

    __tablename__ = "repair"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(index=True)
    """1, 2, … within its area, of all that was accepted at once."""
    kind: Mapped[str] = mapped_column(String(20))
    """Of the finding."""
    subject: Mapped[str] = mapped_column(String(12))
    """grid, area, enterprise or dispute."""
    row: Mapped[int]
    """Its id."""
    code: Mapped[str] = mapped_column(code(64))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class BatchChange(Scoped, Base):
    """A row that an import changed, as it was before; gone once the batch is taken back.

    Rows that an import added need none: they name their batch. What must not be kept twice
    (exact places of disputes, phones) is not kept here.
    """

    __tablename__ = "batch_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    table_name: Mapped[str] = mapped_column(String(24))
    row_key: Mapped[str] = mapped_column(String(120))
    """What tells the row from others of its table, as JSON."""
    before: Mapped[dict[str, Any] | None]
    """Null: the import added it, and its table names no batch."""
    was_batch_id: Mapped[int | None] = mapped_column(index=True)
    """The batch that brought or changed the row before."""
    version: Mapped[int | None]
    """Of the row since; another one: somebody changed it later."""


class Proposal(Scoped, Base):
    """Outlines that were brought and would change those that are there: accepted or not, whole.

    What the file said is kept until somebody decides.
    """

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("area_code", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    """1, 2, … within its area."""
    kind: Mapped[str] = mapped_column(String(12), server_default="grids")
    """What is drawn: grids or areas."""
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    """waiting, accepted or rejected."""
    file_name: Mapped[str] = mapped_column(String(255))
    file_digest: Mapped[str] = mapped_column(String(64))
    read: Mapped[int]
    refused: Mapped[int]
    """Rows that did not pass the gate."""
    whole: Mapped[bool]
    """Whether what the file does not name may be meant to go."""
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    """The boundaries it would change."""
    changes: Mapped[list[Any]]
    """As `actions.boundaries` writes them."""
    content: Mapped[bytes | None]
    """The rows, packed; gone once it is decided."""
    profile: Mapped[str | None] = mapped_column(Text())
    """How the file was read."""
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    """What it became."""


class Ledger(Scoped, Base):
    """Every id a phone or planner made: the same one again with the same body gets this answer."""

    __tablename__ = "ledger"

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(String(80))
    body_digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class Job(Scoped, Base):
    """Work that takes longer than a request; done on behalf of whoever asked.

    Its area code is the asker's. A worker holds it by a lease; whoever comes back late with an
    attempt that is not the last can write nothing.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(20))
    arguments: Mapped[dict[str, Any]]
    """Small: names and numbers, never shapes."""
    state: Mapped[str] = mapped_column(String(9), index=True)
    """waiting, running, done, failed or cancelled."""
    cancel: Mapped[bool] = mapped_column(default=False)
    """Somebody asked to stop it."""
    attempt: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    not_before: Mapped[datetime]
    progress: Mapped[dict[str, Any] | None]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    actor: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(12))
    home: Mapped[str] = mapped_column(code(12))
    """The area the asker answers for; `EVERYWHERE` for the operator."""
    cadre_id: Mapped[int | None] = mapped_column(ForeignKey("cadre.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Alert(Scoped, Base):
    """A gathering that was told, until it is over.

    Its area code is that of whoever looks after the area it was found in.
    """

    __tablename__ = "alert"

    id: Mapped[int] = mapped_column(primary_key=True)
    category_code: Mapped[str | None] = mapped_column(String(32), index=True)
    """None for all disputes together."""
    grids: Mapped[list[Any]]
    """Codes, ascending, as they were last seen."""
    first_month: Mapped[int]
    """As `windows` counts them."""
    last_month: Mapped[int]
    """The last in which it was seen."""
    strength: Mapped[int]
    """Years in which chance alone does as much once, when it was last told; 0 below one."""
    least: Mapped[int]
    """It held at least so many disputes when it was last told, by what is published."""
    why: Mapped[str] = mapped_column(String(5))
    """Why it was last told: new, added or worse."""
    told_month: Mapped[int]
    """The month after which it was last told."""
    told_on: Mapped[date]
    over: Mapped[bool] = mapped_column(default=False)


class Calibration(Scoped, Base):
    """How many false alarms a year each threshold gives, by a simulation; the newest holds."""

    __tablename__ = "calibration"

    id: Mapped[int] = mapped_column(primary_key=True)
    category_code: Mapped[str | None] = mapped_column(String(32), index=True)
    made_on: Mapped[date]
    years: Mapped[int]
    """Simulated."""
    first_month: Mapped[int]
    """Of the history that was taken again and again."""
    last_month: Mapped[int]
    grids: Mapped[int]
    """How many were scanned."""
    thresholds: Mapped[list[Any]]
    """Pairs of p and false alarms a year, the loosest first."""


class Audit(Scoped, Base):
    """Who did what, when: append-only, chained within its area, in the transaction of the deed."""

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("area_code", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    """1, 2, … within its area, without a gap."""
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    deed: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(120))
    """The object's kind and code."""
    details: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
