from collections.abc import Callable
from typing import Any

from gisapp.actions.differences import Differences, Person, Seat, differences
from gisapp.store.models import Cadre, Grid, Plan, Post
from tests.factories import PLANNER, Make


def fresh(name: str, make: Callable[[], Any]) -> Any:
    return make()


def post_of(make: Make, grid: Grid) -> Post:
    return make.session.query(Post).filter_by(grid_id=grid.id).one()


def plans(make: Make, *held: dict[Grid, list[Cadre]]) -> list[Plan]:
    return [
        make.plan({post_of(make, grid): people for grid, people in each.items()}) for each in held
    ]


def compare(make: Make, before: Plan, after: Plan) -> Differences:
    with make.seen_by(PLANNER) as session:
        codes = [f"{plan.area_code}-{plan.number}" for plan in (before, after)]
        return differences(session, *codes, fresh)


def test_grids_are_better_worse_or_in_other_hands(make: Make) -> None:
    ann, bob, cid = (make.cadre(minutes=5) for _ in range(3))
    gains, loses, hands, same = (make.grid() for _ in range(4))
    one = {loses: [ann], hands: [bob], same: [cid]}
    two = {gains: [ann], hands: [cid], same: [cid]}

    found = compare(make, *plans(make, one, two))

    assert [(grid.code, grid.kind, grid.before, grid.after) for grid in found.grids] == [
        (loses.code, "worse", found.grids[0].before, "unserved"),
        (gains.code, "better", "unserved", found.grids[1].after),
        (hands.code, "hands", found.grids[2].before, found.grids[2].before),
    ]
    assert found.kinds == {"better": 1, "worse": 1, "hands": 1}
    assert [sum(each.values()) for each in found.states] == [4, 4]
    assert found.codes == sorted(grid.code for grid in (gains, loses, hands, same))


def test_who_moves_comes_first_and_says_from_where_to_where(make: Make) -> None:
    mover, newcomer = make.cadre("Mover"), make.cadre("Newcomer")
    here, there, other = make.grid("Here"), make.grid("There"), make.grid("Other")
    before, after = plans(make, {here: [mover]}, {there: [mover], other: [newcomer]})

    found = compare(make, before, after)

    assert found.people == [
        Person(
            mover.staff_number,
            "Mover",
            found.people[0].department,
            "moved",
            [Seat(f"{here.code}:member", "Here", 10)],
            [Seat(f"{there.code}:member", "There", 10)],
        ),
        Person(
            newcomer.staff_number,
            "Newcomer",
            found.people[1].department,
            "sent",
            [],
            [Seat(f"{other.code}:member", "Other", 10)],
        ),
    ]
    assert found.serving == 2
    assert found.comparison.people_moved == 1


def test_a_plan_beside_itself_changes_no_grid(make: Make) -> None:
    grid = make.grid()
    (plan,) = plans(make, {grid: [make.cadre()]})

    found = compare(make, plan, plan)

    assert (found.grids, found.people) == ([], [])
    assert found.states[0] == found.states[1]


def test_a_town_without_boundaries_has_no_grids_to_compare(make: Make) -> None:
    make.area()
    plan = make.plan({})

    found = compare(make, plan, plan)

    assert (found.revision, found.codes, found.grids) == ("", [], [])
