"""What a file seems to be, by the names and the content of its columns."""

import tomllib
from datetime import date

import pytest

from gisapp.intake.flow import Row
from gisapp.intake.kinds import KINDS
from gisapp.intake.mapping import without
from gisapp.intake.profile_text import written
from gisapp.intake.profiles import Profile, ProfileWrong, parse
from gisapp.intake.proposal import Sample, guess

CREDIT = "91420100MA4KXXXX0T"


def sample(file: str, shaped: str, **columns: list[str]) -> Sample:
    rows = [Row(n, cells) for n, cells in enumerate(zip(*columns.values(), strict=True), 2)]
    return Sample(file, list(columns), rows, shaped)


DISPUTES = sample(
    "2026年工单.xlsx",
    "none",
    工单编号=["K1", "K2"],
    事件类型=["邻里", "劳资"],
    上报时间=["2026-01-03 10:00:00", "2026/1/4"],
    办结时间=["", "2026-02-01"],
    经度=["114.3", "114.4"],
    纬度=["30.5", "30.6"],
    状态=["已办结", "办理中"],
    备注=["", "x"],
)
CADRES = sample(
    "名册.csv",
    "none",
    工号=["001", "002"],
    姓名=["甲", "乙"],
    单位=["SF", "SF"],
    办公地点=["SF-1", "SF-1"],
    职级=["领导", "工作人员"],
    手机=["13800138000", "13900139000"],
)
FIRMS = sample(
    "businesses.csv",
    "none",
    LICENSE_NUMBER=["1", "2"],
    DOING_BUSINESS_AS_NAME=["A", "B"],
    remark=[CREDIT, CREDIT],
    LONGITUDE=["-87.6", "-87.7"],
    LATITUDE=["41.8", "41.9"],
)


@pytest.mark.parametrize(
    ("given", "kind", "columns"),
    [
        (
            DISPUTES,
            "disputes",
            {
                "case_number": "工单编号",
                "category": "事件类型",
                "reported_on": "上报时间",
                "resolved_on": "办结时间",
                "status": "状态",
                "lon": "经度",
                "lat": "纬度",
            },
        ),
        (
            CADRES,
            "cadres",
            {
                "staff_number": "工号",
                "name": "姓名",
                "department": "单位",
                "office": "办公地点",
                "rank": "职级",
                "phone": "手机",
            },
        ),
        (
            FIRMS,
            "enterprises",
            {
                "register_number": "LICENSE_NUMBER",
                "name": "DOING_BUSINESS_AS_NAME",
                "credit_code": "remark",
                "lon": "LONGITUDE",
                "lat": "LATITUDE",
            },
        ),
    ],
)
def test_kind_and_columns_are_told_by_name_and_content(
    given: Sample, kind: str, columns: dict[str, str]
) -> None:
    found = guess(given, None)

    assert (found.kind.name, found.columns, found.missing) == (kind, columns, [])


def test_a_column_whose_content_cannot_be_the_field_is_not_taken() -> None:
    given = sample(
        "a.csv", "none", 编号=["1", "2"], 名称=["a", "b"], 经度=["x", "y"], 纬度=["1", "2"]
    )

    found = guess(given, "enterprises")

    assert found.columns == {"register_number": "编号", "name": "名称"}


def test_states_in_words_of_the_file_become_ours() -> None:
    assert guess(DISPUTES, None).values["status"] == {
        "已办结": "closed",
        "办理中": "handling",
        "*": "reported",
    }


def test_official_codes_are_taken_and_others_are_made() -> None:
    official = sample(
        "社区.gpkg", "polygon", 编码=["420102001001", "420102001002"], 名称=["a", "b"]
    )
    numbered = sample("communities.gpkg", "polygon", FID=["1.0", "2.0"], avg=["3.5", "3.5"])

    assert guess(official, None).columns == {"code": "编码", "name": "名称"}
    made = guess(numbered, None)
    assert made.templates == {"code": "990001001{FID:03d}", "name": "{FID}"}
    assert [code for code, _ in made.parents] == ["99", "9900", "990001", "990001001"]


@pytest.mark.parametrize("given", [DISPUTES, CADRES, FIRMS])
def test_a_proposal_is_a_profile_that_can_be_read_back(given: Sample) -> None:
    found = guess(given, None)
    said = {"crs": "gcj02", "encoding": "gb18030", "repair": ["structure"]}
    drawn = Profile.model_validate(found.tables | said)

    text = written(drawn, "a\n.csv", ["一\n二"])

    assert parse(text.encode(), "p.toml") == drawn


def test_all_that_a_profile_may_say_is_written_and_read_back() -> None:
    text = """kind = "disputes"
crs = "gcj02"
area = "990001"
from = 2026-01-31
repair = ["structure"]
dates = ["%d.%m.%Y"]
[columns]
case_number = "a [b]"
[constants]
category = "labour"
epidemic = false
lon = 120.5
[templates]
staff_number = "S{编号:03d}"
[values.case_number]
"*" = "other"
[[parent]]
code = "99"
name = "省 \\"一\\""
"""
    profile = parse(text.encode(), "p.toml")

    again = parse(written(profile).encode(), "p.toml")

    assert again == profile
    assert again.starts == date(2026, 1, 31)


def test_a_profile_without_a_kind_is_refused_where_nothing_else_says_it() -> None:
    with pytest.raises(ProfileWrong):
        parse(b"crs = 'gcj02'", "p.toml")

    assert parse(b"crs = 'gcj02'", "p.toml", KINDS["grids"]).crs == "gcj02"


def test_what_a_profile_says_of_columns_that_are_not_there_is_left_out() -> None:
    profile = Profile.model_validate(
        {
            "columns": {"code": "甲", "name": "乙"},
            "templates": {"parent": "99{丙}"},
            "values": {"name": {"*": "x"}},
        }
    )

    left, absent = without(profile, ["甲"])

    assert (left.columns, left.templates, left.values) == ({"code": "甲"}, {}, {})
    assert absent == ["乙", "丙"]
    assert without(profile, ["甲", "乙", "丙"]) == (profile, [])


def test_names_that_toml_would_misread_are_quoted() -> None:
    odd = 'a "b"\n\x7f=#'
    profile = Profile.model_validate({"columns": {"code": odd}, "values": {"code": {odd: odd}}})

    text = written(profile)

    assert tomllib.loads(text)["columns"] == {"code": odd}
    assert tomllib.loads(text)["values"]["code"] == {odd: odd}
