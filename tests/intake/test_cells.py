import pytest

from gisapp.intake.cells import Wrong, value
from gisapp.intake.kinds import KINDS, Field

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


DAY = Field("day", "日期", "date")
LON = Field("lon", "经度", "number")


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-01",
        "2026年7月1日 10:30",
        "2026/7/1 8:05:00",
        "2026-07-01T10:30:00.5+08:00",
        "2026.7.1",
        "20260701",
        "46204",
        "46204.4375",
    ],
)
def test_a_day_is_read_as_people_and_spreadsheets_write_it(text: str) -> None:
    assert value(DAY, text) == "2026-07-01"


@pytest.mark.parametrize(("text", "days_of"), [("1801-01-01", True), ("1801-13-01", False)])
def test_a_day_before_all_that_are_taken_is_not_called_no_day(text: str, *, days_of: bool) -> None:
    with pytest.raises(Wrong) as wrong:
        value(DAY, text)

    assert wrong.value.code == "bad_date"
    assert (wrong.value.sentence.fields.get("first") == "1900") is days_of


def test_a_profile_way_of_writing_days_comes_before_ours() -> None:
    assert value(DAY, "07/01/2026 10:30", ["%m/%d/%Y %H:%M"]) == "2026-07-01"


@pytest.mark.parametrize(
    ("text", "number"),
    [("117.24", 117.24), ("117,24", 117.24), ("117,240", 117.24), ("-0,5", -0.5), ("500,1", 500.1)],
)
def test_a_number_may_have_a_comma_before_decimals(text: str, number: float) -> None:
    assert value(LON, text) == number


@pytest.mark.parametrize(
    "text", ["500,123", "1,234,567", "117°14′", "12a", "1,2,3", "１１７．２４"]
)
def test_what_may_be_thousands_or_no_number_is_not_guessed(text: str) -> None:
    with pytest.raises(Wrong):
        value(LON, text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("990101.0", "990101"), ("00123.00", "00123"), ("A1.0", "A1.0"), ("12.5", "12.5")],
)
def test_a_code_that_became_a_number_is_a_code_again(text: str, code: str) -> None:
    assert value(Field("code", "代码", "code"), text) == code
