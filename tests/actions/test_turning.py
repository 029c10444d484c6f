from hypothesis import given
from hypothesis import strategies as st

from gisapp.actions.turning import turning


@given(st.lists(st.sampled_from(["deed", "undo", "redo"]), max_size=40))
def test_what_stands_is_what_a_pair_of_stacks_holds(steps: list[str]) -> None:
    changes: list[tuple[int, str, int | None]] = []
    standing: list[int] = []
    for step in steps:
        before = turning(changes)
        about = {"deed": None, "undo": before.undo, "redo": before.redo}[step]
        if step != "deed" and about is None:
            continue
        version = len(changes) + 1
        changes.append((version, step, about))
        after = turning(changes)

        if step == "deed":
            standing.append(version)
            assert after.redo is None
        elif step == "undo":
            assert standing.pop() == about == after.redo
        else:
            assert about is not None
            standing.append(about)
        assert after.done == standing
