"""Narrows every read to what its actor may see: the one place where that is decided."""

# ruff: noqa: SLF001  # SQLAlchemy tells nowhere else what a statement is made of
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, SelectBase, Subquery, TextClause, or_, select
from sqlalchemy.orm import Mapper, ORMExecuteState, with_loader_criteria
from sqlalchemy.orm.interfaces import CriteriaOption
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.visitors import HasTraverseInternals, InternalTraversal

from gisapp.auth import EVERYWHERE, Actor, Role
from gisapp.errors import Forbidden
from gisapp.i18n import N_
from gisapp.store import own
from gisapp.store.models import (
    Assignment,
    Base,
    Cadre,
    CadrePhone,
    CadreSpecialty,
    Context,
    Department,
    Office,
    Plan,
    Publication,
    Recusal,
    Scoped,
)

Rule = ColumnElement[bool]

LENGTHS: Final = (2, 4, 6, 9, 12)
"""Lengths of area codes: province, city, county, township, community."""

CORRELATED: Final = ("_correlate", "_correlate_except")
MODELLED: Final = frozenset({"parententity", "parentmapper"})
"""The ORM marks with these what belongs to a model."""


class NoActor(Forbidden):
    """Something is read and nobody asks: a forgotten actor must not mean all rows."""

    code = "no_actor"
    message = N_("Nobody asks: every read and write needs an actor.")


class NotNarrowed(TypeError):
    """A statement would read rows of areas in a way that narrowing cannot reach: a bug."""


def scoped() -> Iterator[type[Any]]:
    """List the models whose rows lie in an area."""
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Scoped):
            yield mapper.class_


def narrow(state: ORMExecuteState) -> None:
    """Add to a statement what its actor may see; refuse what cannot be narrowed."""
    actor: Actor | None = getattr(state.session, "actor", None)
    if actor is None:
        raise NoActor
    _refuse_unreachable(state)
    if actor.area_code == EVERYWHERE or state.is_insert:
        return
    if state.is_orm_statement:
        rules = state.session.info.get("rules")
        if rules is None:
            rules = state.session.info["rules"] = _options(state, actor)
        state.statement = state.statement.options(*rules)


def below(column: Any, area_code: str) -> Rule:
    """Keep what lies in the area: a range, because LIKE would read signs as patterns."""
    inside: Rule = (column >= area_code) & (column < f"{area_code}:")  # ":" follows "9"
    return inside


def above(area_code: str) -> list[str]:
    """List the codes of the areas that contain an area, without its own."""
    return [area_code[:length] for length in LENGTHS if length < len(area_code)]


def _options(state: ORMExecuteState, actor: Actor) -> tuple[Any, ...]:
    if actor.role is Role.CADRE:
        places = own.places(state.session, actor)
        return tuple(_option(kind, own.rule(kind, places)) for kind in scoped())
    return _of_area(actor.area_code)


class _AreaRules(CriteriaOption):
    """The rules of all models for one area, as one option that its code names.

    Statements are looked up by what they are made of: each rule on its own would be walked for
    every statement, which takes longer than most of them.
    """

    _cache_key_traversal = [("area_code", InternalTraversal.dp_string)]  # noqa: RUF012  # as its base has it

    def __init__(self, area_code: str, options: tuple[Any, ...]) -> None:
        self.area_code = area_code
        self.options = options

    def process_compile_state(self, compile_state: Any) -> None:
        for option in self.options:
            option.process_compile_state(compile_state)

    def get_global_criteria(self, attributes: dict[str, Any]) -> None:
        for option in self.options:
            option.get_global_criteria(attributes)


@cache
def _of_area(area_code: str) -> tuple[Any, ...]:
    rules = _exceptions(area_code)
    each = tuple(
        _option(kind, or_(below(kind.area_code, area_code), *rules.get(kind, ())))
        for kind in scoped()
    )
    return (_AreaRules(area_code, each),)


def _option(kind: type[Any], rule: Rule) -> Any:
    # Relationships come through here by themselves, so nothing is handed on to them.
    return with_loader_criteria(kind, rule, include_aliases=True, propagate_to_loaders=False)


def _exceptions(area_code: str) -> dict[type[Any], list[Rule]]:
    """Say what is seen beside the rows of the subtree.

    People from elsewhere who hold a post here by a publication, with where they come from; what
    the areas above have published for all that lies in them; roads and water.
    """
    # Plain tables: these questions are about what is there, not about what may be seen.
    held, published, staff = Assignment.__table__, Publication.__table__, Cadre.__table__
    holders = (
        select(held.c.cadre_id)
        .where(below(held.c.area_code, area_code))
        .where(held.c.plan_id.in_(select(published.c.plan_id)))
    )
    offices = select(staff.c.office_id).where(staff.c.id.in_(holders))
    departments = select(staff.c.department_id).where(staff.c.id.in_(holders))
    plans = select(published.c.plan_id).where(published.c.area_code.in_(above(area_code)))
    return {
        Cadre: [Cadre.id.in_(holders)],
        CadreSpecialty: [CadreSpecialty.cadre_id.in_(holders)],
        CadrePhone: [CadrePhone.cadre_id.in_(holders)],
        Recusal: [Recusal.cadre_id.in_(holders)],
        Office: [Office.id.in_(offices)],
        Department: [Department.id.in_(departments)],
        Plan: [Plan.id.in_(plans)],
        Publication: [Publication.area_code.in_(above(area_code))],
        Context: [Context.area_code.in_(above(area_code))],
    }


def _refuse_unreachable(state: ORMExecuteState) -> None:
    """Refuse text, and tables of areas that are named without their model."""
    statement = state.statement
    if isinstance(statement, UpdateBase):
        # Writing tables is fine; a question inside, or rows handed back, is reading.
        known = not state.is_insert and state.is_orm_statement
        inside = [each for each in _parts(statement) if isinstance(each, SelectBase)]
        unsafe = any((_bare if known else _about_areas)(each) for each in inside)
        unsafe |= not (known or state.is_insert) and bool(statement._returning)
    elif state.is_orm_statement:
        unsafe = _bare(statement)
    else:
        unsafe = isinstance(statement, TextClause) or _about_areas(statement)
    if unsafe:
        raise NotNarrowed(f"read through the models, so that it can be narrowed: {statement}")


def _bare(statement: Any) -> bool:
    """Whether a question, or one inside it, reads a table of areas that no model stands for."""
    bare = _tables() - _modelled(statement)
    return any(
        _bare(part)
        if isinstance(part, SelectBase) and part is not statement
        else isinstance(part, TextClause) or part in bare
        for part in _parts(statement)
        if not part._annotations.keys() & MODELLED
    )


def _modelled(statement: Any) -> set[Any]:
    """Find the tables that a question reads as models; narrowing reaches those."""
    if not isinstance(statement, Select):
        return set()
    joined = [target for target, *_ in statement._setup_joins]
    read = [*statement._raw_columns, *statement._from_obj, *joined]
    entities = [part._annotations.get("parententity") for each in read for part in _parts(each)]
    return {each.local_table for each in entities if isinstance(each, Mapper)}


def _about_areas(statement: Any) -> bool:
    tables = _tables()
    return any(part in tables for part in _parts(statement, whole=True))


@cache
def _tables() -> frozenset[Any]:
    return frozenset(kind.__table__ for kind in scoped())


def _parts(statement: Any, *, whole: bool = False) -> Iterator[Any]:
    """Walk through a statement and the tables of its columns.

    Unless it is to be walked as a ``whole``, neither a question inside it nor what belongs to
    a model is entered.
    """
    seen: set[int] = set()
    waiting: list[Any] = [statement]
    while waiting:
        part = waiting.pop()
        if id(part) in seen or not isinstance(part, ClauseElement):
            continue
        seen.add(id(part))
        yield part
        if not whole:
            if part._annotations.keys() & MODELLED:
                # A model may be read from a question of its own.
                waiting.append(_source(part._annotations.get("parententity")))
                continue
            if isinstance(part, SelectBase) and part is not statement:
                continue
        # A select would add the tables of its columns, without their models.
        waiting += HasTraverseInternals.get_children(part, omit_attrs=CORRELATED)
        waiting.append(getattr(part, "table", None))


def _source(entity: Any) -> Any:
    source = None if entity is None or isinstance(entity, Mapper) else entity.selectable
    return source if isinstance(source, Subquery) else None
