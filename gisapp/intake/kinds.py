"""What each kind of file may hold: its fields, which it needs, and what names a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Type = Literal["text", "code", "whole", "number", "date", "yes", "levels", "place"]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of ours; a file may call it by either name, a profile by any."""

    name: str
    zh: str
    type: Type = "text"
    required: bool = False
    most: int = 80
    """Characters the store keeps."""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rows."""

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    """The fields that together name a row; a later row of the same name is refused."""
    shape: Literal["polygon", "point", "none"] = "none"
    place_required: bool = True
    either: tuple[str, ...] = ()
    """Of these fields a file needs at least one."""

    def field(self, name: str) -> Field:
        """Return the field of that name."""
        return next(field for field in self.fields if field.name == name)


VALID: Final = (Field("valid_from", "启用日期", "date"), Field("valid_to", "停用日期", "date"))
POINT: Final = (Field("lon", "经度", "number"), Field("lat", "纬度", "number"))
STAFF: Final = Field("staff_number", "工号", "code", required=True, most=32)
PLACE: Final = Field("place", "网格或区域代码", "code", required=True, most=32)
GRID_KINDS: Final = ("base", "park", "school", "market", "hospital", "industrial", "other")
STATUSES: Final = (
    "reported",
    "accepted",
    "dispatched",
    "handling",
    "feedback",
    "closed",
    "evaluated",
)
SERVICES: Final = (
    "visit",
    "legal_checkup",
    "case_talk",
    "rules_talk",
    "risk_assessment",
    "mediation",
    "outreach",
    "research_day",
)
LEVELS: Final = ("grid", "community", "township", "county", "city", "province")

_KINDS: Final = (
    Kind(
        "areas",
        (
            Field("code", "代码", "code", required=True, most=12),
            Field("name", "名称", required=True),
            Field("parent", "上级代码", "code", most=12),
            *VALID,
        ),
        ("code",),
        "polygon",
    ),
    Kind(
        "grids",
        (
            Field("code", "网格代码", "code", required=True, most=32),
            Field("name", "网格名称"),
            Field("community", "社区代码", "code", most=12),
            Field("kind", "网格类型", choices=GRID_KINDS),
            Field("households", "户数", "whole"),
            Field("population", "人口", "whole"),
            Field("enterprises", "企业数", "whole"),
            *VALID,
        ),
        ("code",),
        "polygon",
    ),
    Kind(
        "departments",
        (
            Field("code", "部门代码", "code", required=True, most=32),
            Field("name", "部门名称", required=True),
            Field("kind", "部门类型", most=20),
            Field("headcount", "在编人数", "whole", required=True),
            Field("area", "所属区域", "code", most=12),
            *VALID,
        ),
        ("code",),
    ),
    Kind(
        "offices",
        (
            Field("code", "办公点代码", "code", required=True, most=32),
            Field("name", "办公点名称", required=True),
            Field("department", "部门代码", "code", required=True, most=32),
            Field("address", "地址", most=200),
            *POINT,
            *VALID,
        ),
        ("code",),
        "point",
    ),
    Kind(
        "cadres",
        (
            STAFF,
            Field("name", "姓名", required=True, most=40),
            Field("department", "部门代码", "code", required=True, most=32),
            Field("office", "办公点代码", "code", required=True, most=32),
            Field("rank", "职级", choices=("leader", "staff")),
            Field("capacity", "可任岗位数", "whole"),
            Field("specialties", "专长", "levels", most=400),
            Field("phone", "电话", "code", most=32),
            Field("available_from", "可用起始", "date"),
            Field("available_to", "可用截止", "date"),
            *VALID,
        ),
        ("staff_number",),
    ),
    Kind("recusals", (STAFF, PLACE, *VALID), ("staff_number", "place")),
    Kind(
        "links",
        (
            Field("department", "部门代码", "code", required=True, most=32),
            PLACE,
            Field("team", "工作队", most=40),
            Field("kind", "联系类型", most=20),
            Field("bonus_min", "优先分钟", "number"),
            *VALID,
        ),
        ("department", "place", "team"),
    ),
    Kind(
        "posts",
        (
            PLACE,
            Field("role", "岗位角色", required=True, most=12, choices=("member", "chief")),
            Field("number", "席位序号", "whole"),
            Field("specialty", "专长", "code", most=32),
            Field("least_level", "最低等级", "whole"),
            Field("seats_least", "最少人数", "whole"),
            Field("seats_wanted", "应有人数", "whole"),
            Field("seats_most", "最多人数", "whole"),
            *VALID,
        ),
        ("place", "role", "number"),
    ),
    Kind(
        "assignments",
        (
            STAFF,
            Field("post_code", "岗位代码", "code", most=48),
            Field("grid_code", "网格代码", "code", most=32),
            Field("slot", "席位序号", "whole"),
            Field("from", "起始日期", "date"),
            Field("to", "截止日期", "date"),
        ),
        ("staff_number", "post_code", "grid_code"),
        either=("post_code", "grid_code"),
    ),
    Kind(
        "enterprises",
        (
            Field("register_number", "登记号", "code", required=True, most=64),
            Field("name", "企业名称", required=True, most=200),
            Field("credit_code", "统一社会信用代码", "code", most=18),
            Field("industry", "行业代码", "code", most=5),
            Field("size", "规模", choices=("large", "medium", "small", "micro")),
            Field("address", "地址", most=200),
            *POINT,
            *VALID,
        ),
        ("register_number",),
        "point",
        place_required=False,
    ),
    Kind(
        "disputes",
        (
            Field("case_number", "案件编号", "code", required=True, most=64),
            Field("category", "纠纷类型", "code", required=True, most=60),
            Field("reported_on", "上报日期", "date", required=True),
            Field("accepted_on", "受理日期", "date"),
            Field("resolved_on", "办结日期", "date"),
            Field("status", "状态", choices=STATUSES),
            Field("resolved_level", "化解层级", choices=LEVELS),
            Field("epidemic", "涉疫", "yes"),
            Field("enterprise_related", "涉企", "yes"),
            Field("staff_number", "经办人工号", "code", most=32),
            *POINT,
        ),
        ("case_number",),
        "point",
        place_required=False,
    ),
    Kind(
        "services",
        (
            Field("kind", "服务类型", required=True, choices=SERVICES),
            Field("day", "日期", "date", required=True),
            STAFF,
            Field("grid", "网格代码", "code", most=32),
            Field("register_number", "企业登记号", "code", most=64),
            Field("note", "备注", most=200),
        ),
        ("kind", "day", "staff_number", "grid", "register_number"),
        either=("grid", "register_number"),
    ),
    Kind(
        "travel",
        (
            Field("office", "办公点代码", "code", required=True, most=32),
            PLACE,
            Field("minutes", "分钟", "number", required=True),
        ),
        ("office", "place"),
    ),
)

KINDS: Final[Mapping[str, Kind]] = MappingProxyType({kind.name: kind for kind in _KINDS})
"""By the name on the command line."""

CHINESE_CHOICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "领导": "leader",
        "工作人员": "staff",
        "网格员": "member",
        "网格长": "chief",
        "大型": "large",
        "中型": "medium",
        "小型": "small",
        "微型": "micro",
        "基础": "base",
        "公园": "park",
        "学校": "school",
        "市场": "market",
        "医院": "hospital",
        "园区": "industrial",
        "其他": "other",
        "上报": "reported",
        "受理": "accepted",
        "派发": "dispatched",
        "办理": "handling",
        "反馈": "feedback",
        "办结": "closed",
        "评价": "evaluated",
        "网格": "grid",
        "社区": "community",
        "街道": "township",
        "区县": "county",
        "市级": "city",
        "省级": "province",
        "走访": "visit",
        "法治体检": "legal_checkup",
        "以案说法": "case_talk",
        "普法宣讲": "rules_talk",
        "风险评估": "risk_assessment",
        "调解": "mediation",
        "法治宣传": "outreach",
        "调研": "research_day",
    }
)
"""Words a Chinese file may use where ours are English."""
IN_CHINESE: Final[Mapping[str, str]] = MappingProxyType(
    {ours: theirs for theirs, ours in CHINESE_CHOICES.items()}
)
