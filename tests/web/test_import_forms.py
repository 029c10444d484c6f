"""The form that says how a file is read means one profile."""

import pytest

from gisapp.intake.profile_text import written
from gisapp.intake.profiles import Profile, ProfileWrong, parse
from gisapp.web.import_forms import wish

BEFORE = Profile.model_validate(
    {
        "kind": "disputes",
        "crs": "gcj02",
        "columns": {"case_number": "编号", "category": "类型"},
        "templates": {"staff_number": "S{警号}"},
        "values": {"category": {"*": "other"}},
    }
)


def sent(**said: str) -> dict[str, str]:
    return {"kind": "disputes", "base": written(BEFORE), "crs": "gcj02"} | said


def test_a_form_without_fields_changes_none_of_them() -> None:
    assert wish(sent(), "a.csv").profile == BEFORE


def test_each_field_has_a_column_a_value_a_template_or_nothing() -> None:
    said = {
        "f-case_number": "col:=odd=",
        "f-category": "=",
        "c-category": "labour",
        "f-staff_number": "made",
        "f-status": "",
    }

    found = wish(sent(**said), "a.csv").profile

    assert found
    assert found.columns == {"case_number": "=odd="}
    assert found.constants == {"category": "labour"}
    assert found.templates == BEFORE.templates
    assert found.values == BEFORE.values


def test_a_field_that_comes_from_nowhere_loses_its_code_book() -> None:
    found = wish(sent(**{"f-case_number": "col:编号", "f-category": ""}), "a.csv").profile

    assert found
    assert (found.columns, found.values) == ({"case_number": "编号"}, {})


def listed(column: str, **ours: str) -> dict[str, str]:
    """The book of `category` as the form sends it, opened for a column."""
    rows = {f"v-category-{n}": theirs for n, theirs in enumerate(ours)}
    rows |= {f"n-category-{n}": "7" for n in range(len(ours))}
    rows |= {f"b-category-{n}": said for n, said in enumerate(ours.values())}
    return {"f-category": "col:类型", "k-category": column} | rows


def test_each_word_of_a_book_means_what_the_form_says_or_nothing() -> None:
    found = wish(sent(**listed("类型", 欠薪="labour", 其它="")), "a.csv")

    assert found.profile
    assert found.profile.values == {"category": {"欠薪": "labour"}}
    assert found.met == {"category": {"欠薪": 7, "其它": 7}}

    found = wish(sent(**listed("类型", 欠薪="labour"), **{"o-category": "other"}), "a.csv")
    assert found.profile
    assert found.profile.values == {"category": {"欠薪": "labour", "*": "other"}}


def test_a_book_is_closed_with_its_column() -> None:
    found = wish(sent(**listed("性质", 欠薪="labour")), "a.csv")

    assert found.profile
    assert (found.profile.values, found.met) == ({}, {})


@pytest.mark.parametrize(
    ("crs", "other", "meant"),
    [("", "", None), ("bd09", "x", "bd09"), ("other", "EPSG:4547", "EPSG:4547")],
)
def test_a_system_is_chosen_or_named(crs: str, other: str, meant: str | None) -> None:
    found = wish(sent(crs=crs, **{"crs-other": other}), "a.csv").profile

    assert found
    assert found.crs == meant


def test_another_kind_is_proposed_anew() -> None:
    found = wish(sent(kind="enterprises"), "a.csv")

    assert found.profile is None
    assert found.arguments() == {"kind": "enterprises"}


def test_a_profile_that_is_handed_over_counts_alone() -> None:
    text = "kind = 'grids'\ncrs = 'bd09'"

    assert wish(sent(given=text), "a.csv").profile == parse(text.encode(), "a.csv")
    with pytest.raises(ProfileWrong):
        wish(sent(given="kind = 'dances'"), "a.csv")
