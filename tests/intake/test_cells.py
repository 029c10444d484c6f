import pytest

from gisapp.intake.cells import Wrong, value
from gisapp.intake.kinds import KINDS

ADDRESS = KINDS["enterprises"].field("address")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("青山镇街\n青山区", "青山镇街 青山区"),
        ("\t13号\r\n", "13号"),
        ("13号\u00a0方舱", "13号\u00a0方舱"),
        ("江　岸", "江　岸"),
    ],
)
def test_breaks_within_a_cell_become_spaces_and_spaces_stay(text: str, kept: str) -> None:
    assert value(ADDRESS, text) == kept


@pytest.mark.parametrize("text", ["a\x00b", "a\u202egnp", "a\x1fb", "a\u200bb"])
def test_what_cannot_be_seen_is_refused(text: str) -> None:
    with pytest.raises(Wrong) as wrong:
        value(ADDRESS, text)

    assert wrong.value.code == "bad_text"
