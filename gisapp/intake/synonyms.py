"""Words by which foreign files call our fields and kinds, in Chinese and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "code": (
            "编码",
            "代码",
            "编号",
            "区划代码",
            "geoid",
            "adcode",
            "geoid10",
            "tractce10",
            "area numbe",
            "id",
        ),
        "name": ("名称", "名字", "全称", "doing business as name", "dba", "community", "title"),
        "parent": ("上级", "父级", "parent"),
        "community": ("所属社区", "社区编码", "commarea", "community area", "parent"),
        "kind": ("类型", "类别", "种类", "type", "purpose", "inspection purpose"),
        "households": ("户数", "住户数", "常住户数", "household"),
        "population": (
            "人口",
            "人口数",
            "常住人口",
            "pop",
            "tot pop",
            "total population",
            "pop2014",
        ),
        "enterprises": ("企业数量", "商户数", "businesses"),
        "headcount": ("编制数", "人数", "在岗人数", "staff"),
        "department": ("部门", "单位", "所在部门", "单位编码", "agency"),
        "office": ("办公点", "办公地点", "办公室"),
        "area": ("区域", "辖区", "所属地区", "district"),
        "staff_number": ("人员编号", "员工号", "警号", "inspector assigned", "employee id"),
        "rank": ("职务级别", "职务", "干部级别"),
        "specialties": ("专业", "特长", "业务专长", "skills"),
        "phone": ("手机", "联系电话", "电话号码", "mobile"),
        "register_number": (
            *("注册号", "许可证号", "营业执照号", "企业编号", "编号", "代码"),
            *("license number", "licence number", "license", "row id", "code", "id"),
        ),
        "credit_code": ("信用代码", "社会信用代码", "uscc"),
        "industry": ("行业", "行业类别", "经营范围", "license description", "category"),
        "size": ("企业规模", "规模类型"),
        "address": ("住所", "详细地址", "地点", "经营地址", "street address", "location"),
        "lon": ("东经", "lng", "long", "longitude", "x", "x坐标", "横坐标", "geom x"),
        "lat": ("北纬", "latitude", "y", "y坐标", "纵坐标", "geom y"),
        "case_number": (
            *("工单号", "工单编号", "受理编号", "事件编号", "编号"),
            *("service request number", "case id", "ticket", "request id"),
        ),
        "category": (
            *("纠纷类别", "事件类型", "案件类型", "类型", "类别"),
            *("nature", "complaint type", "type"),
        ),
        "reported_on": (
            *("上报时间", "登记日期", "登记时间", "发生日期", "创建时间", "受理时间"),
            *("creation date", "created", "created date", "opened", "report date", "date"),
        ),
        "accepted_on": ("受理时间", "立案日期", "accepted date"),
        "resolved_on": (
            *("办结时间", "结案日期", "完成时间", "处置时间"),
            *("completion date", "closed date", "closed", "resolved"),
        ),
        "status": ("办理状态", "处理状态", "案件状态"),
        "resolved_level": ("处置层级",),
        "day": ("时间", "服务日期", "走访日期", "inspection date", "visit date", "date"),
        "grid": ("所属网格", "网格编号", "网格编码"),
        "note": ("说明", "备注说明", "comment", "remarks"),
        "minutes": ("路程分钟", "时长", "travel time", "duration"),
        "valid_from": ("生效日期", "开始日期"),
        "valid_to": ("失效日期", "结束日期"),
    }
)
"""By our field; its own names are known anyway."""

KINDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "areas": ("communit", "district", "area", "社区", "区划", "街道", "行政"),
        "grids": ("grid", "tract", "网格"),
        "departments": ("department", "部门", "机关", "单位"),
        "offices": ("office", "办公"),
        "cadres": ("cadre", "staff", "干部", "人员", "名册"),
        "recusals": ("recusal", "回避"),
        "links": ("link", "联系", "结对"),
        "posts": ("post", "岗位"),
        "assignments": ("assignment", "分派", "包干"),
        "enterprises": ("enterprise", "business", "compan", "hotel", "企业", "商户", "法人"),
        "disputes": ("dispute", "complaint", "case", "311", "纠纷", "工单", "案件", "投诉"),
        "services": ("service", "visit", "inspect", "走访", "服务"),
        "travel": ("travel", "distance", "路程"),
    }
)
"""Words in a file's name."""

STATUSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "complete": "closed",
        "closed": "closed",
        "resolved": "closed",
        "办结": "closed",
        "结案": "closed",
        "完成": "closed",
        "open": "handling",
        "progress": "handling",
        "办理": "handling",
        "处理": "handling",
        "受理": "accepted",
        "accepted": "accepted",
        "派": "dispatched",
        "评": "evaluated",
    }
)
"""Parts of words for a state, the first that occurs."""
