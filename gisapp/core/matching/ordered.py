"""A problem put in order of its codes, so that the order of rows says nothing."""

import dataclasses
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from gisapp.core.matching.problem import Ints, Problem, ranks


@dataclass(frozen=True, slots=True)
class Ordered:
    """The same problem with rows in order, and where each row stood before."""

    problem: Problem
    post: Ints
    slot: Ints
    cadre: Ints
    department: Ints
    """For each row, its number in the problem as given."""
    post_at: Ints
    slot_at: Ints
    cadre_at: Ints
    """For each row as given, its number here."""


def ordered(problem: Problem, seed: int = 0) -> Ordered:
    """Put rows in order of code, or of a digest of ``seed`` and code; offices by who is there."""
    posts, slots, cadres = problem.posts, problem.slots, problem.cadres
    post = np.argsort(_ranked(posts.codes, seed), kind="stable")
    post_at = _inverse(post)
    slot = np.lexsort((slots.number, post_at[slots.post]))
    slot_at = _inverse(slot)
    cadre = np.argsort(_ranked(cadres.codes, seed), kind="stable")
    cadre_at = _inverse(cadre)
    department = np.argsort(_ranked(problem.departments.codes, seed), kind="stable")
    department_at = _inverse(department)
    first = np.full(len(problem.offices), len(cadre))
    np.minimum.at(first, cadres.office, cadre_at)
    office = np.argsort(first, kind="stable")
    office_at = _inverse(office)

    def pairs(rows: Ints, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        moved = np.column_stack([left[rows[:, 0]], right[rows[:, 1]]])
        order = np.lexsort((moved[:, 1], moved[:, 0]))
        return moved[order], order

    ways, by_way = pairs(problem.ways, office_at, post_at)
    links, by_link = pairs(problem.links, department_at, post_at)
    people = _picked(cadres, cadre, but=("codes", "office", "department"))
    same = dataclasses.replace(
        problem,
        posts=dataclasses.replace(
            posts, codes=_codes(posts.codes, post), **_picked(posts, post, but=("codes",))
        ),
        slots=dataclasses.replace(
            slots, **_picked(slots, slot, but=("post",)), post=post_at[slots.post[slot]]
        ),
        cadres=dataclasses.replace(
            cadres,
            codes=_codes(cadres.codes, cadre),
            office=office_at[cadres.office[cadre]],
            department=department_at[cadres.department[cadre]],
            **people,
        ),
        departments=dataclasses.replace(
            problem.departments,
            codes=_codes(problem.departments.codes, department),
            **_picked(problem.departments, department, but=("codes",)),
        ),
        offices=problem.offices[office],
        ways=ways,
        ways_min=problem.ways_min[by_way],
        links=links,
        links_min=problem.links_min[by_link],
        recused=pairs(problem.recused, cadre_at, post_at)[0],
        locks=pairs(problem.locks, cadre_at, slot_at)[0],
        base=np.unique(pairs(problem.base, cadre_at, post_at)[0], axis=0).reshape(-1, 2),
    )
    return Ordered(same, post, slot, cadre, department, post_at, slot_at, cadre_at)


def _picked(rows: object, order: Ints, *, but: tuple[str, ...]) -> dict[str, Any]:
    """Put every column in order; an empty one stays empty: it stands for no limits."""
    columns = {
        field.name: getattr(rows, field.name)
        for field in dataclasses.fields(rows)  # type: ignore[arg-type]
        if field.name not in but
    }
    return {name: column[order] if len(column) else column for name, column in columns.items()}


def _codes(codes: list[str], order: Ints) -> list[str]:
    return [codes[row] for row in order.tolist()]


def _inverse(order: Ints) -> Ints:
    at = np.empty(len(order), np.int64)
    at[order] = np.arange(len(order))
    return at


def _ranked(codes: list[str], seed: int) -> Ints:
    if not seed:
        return ranks(codes)
    return ranks([blake2b(f"{seed} {code}".encode()).hexdigest() for code in codes])
