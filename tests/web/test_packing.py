"""Columns in few bytes: what comes out is what went in."""

import base64
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gisapp.coded import Coded
from gisapp.web.packing import packed

WORDS = st.one_of(
    st.none(), st.integers(-3, 3), st.sampled_from(["<5", "—", "not_enough_evidence"])
)


def unpacked(column: Any) -> list[Any]:
    if isinstance(column, list):
        return column
    return [column["values"][place] for place in base64.b64decode(column["at"])]


@given(st.lists(WORDS))
def test_what_is_packed_comes_out_again(column: list[Any]) -> None:
    coded = Coded.of(column)
    for found in (packed(column), packed(coded), packed(Coded((*coded.values, "no"), coded.at))):
        assert unpacked(found) == column
        assert isinstance(found, dict)
        assert len(found["values"]) == len(set(column))


@given(st.lists(st.one_of(st.booleans(), st.integers(0, 1))))
def test_yes_and_one_stay_apart(column: list[Any]) -> None:
    assert list(map(repr, unpacked(packed(column)))) == list(map(repr, column))


def test_a_column_of_many_values_stays_as_it_is() -> None:
    many = list(range(257))

    assert packed(many) is many
    assert packed(Coded.of(many)) == many
    assert unpacked(packed(many[:256])) == many[:256]
