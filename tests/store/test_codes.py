from hypothesis import given
from hypothesis import strategies as st

from gisapp.store.codes import within

COMMUNITY = "990101001001"
GRIDS = st.text("01", min_size=2, max_size=4).map(lambda digits: COMMUNITY + digits)


def inside(place: str, codes: list[str]) -> list[str]:
    (first,), (last,) = within([place], codes)
    return codes[first:last]


@given(codes=st.lists(GRIDS, unique=True).map(sorted))
def test_an_area_holds_all_codes_that_begin_with_its_own(codes: list[str]) -> None:
    assert inside(COMMUNITY, codes) == codes
    assert inside("990101001002", codes) == []


@given(codes=st.lists(GRIDS, unique=True).map(sorted), place=GRIDS)
def test_a_grid_holds_nothing_but_itself(codes: list[str], place: str) -> None:
    assert inside(place, codes) == [code for code in codes if code == place]


@given(codes=st.lists(GRIDS, unique=True).map(sorted), place=GRIDS)
def test_a_grid_holds_its_own_posts_and_not_those_of_longer_codes(
    codes: list[str], place: str
) -> None:
    posts = sorted(f"{code}:{role}" for code in codes for role in ("chief", "member"))

    assert inside(place, posts) == [post for post in posts if post.split(":")[0] == place]
