"""Titles over a table, and what is empty in it, are no rows and no names."""

from pathlib import Path
from typing import Any

import pytest

from gisapp.intake import heading
from tests.intake.built import read_here, xlsx

NAMES = ["登记号", "企业名称", "规模", "经度", "纬度"]
TITLED = [
    ["2026年企业台账"],
    ["基本信息", None, None, "位置", None],
    NAMES,
    *([f"N{n}", "x", "小型", 117.2, 30.6] for n in range(3)),
]


def test_the_first_line_names_the_columns_unless_it_is_a_title() -> None:
    assert heading.line([NAMES, ["1", "", "", "", ""]]) == 0
    assert heading.line([["编号", "", "名称"], ["1", "a", "b"]]) == 0
    assert heading.line([["标题", "", "", ""], ["a", "b", "c", ""], ["1", "2", "3", "4"]]) == 2
    assert heading.line([]) == 0


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_table_below_titles_is_read_and_its_lines_keep_their_numbers(
    tmp_path: Path, kind: str
) -> None:
    found = read_here(written(tmp_path, kind, TITLED))

    assert found.columns == NAMES
    assert [(row.line, row.cells[0]) for row in found.rows] == [(4, "N0"), (5, "N1"), (6, "N2")]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_empty_columns_and_rows_are_none(tmp_path: Path, kind: str) -> None:
    table = [["a", "b", None, None], ["1", "2", None, None], [None, " ", None, None], ["3"] * 2]

    found = read_here(written(tmp_path, kind, table))

    assert [name for name in found.columns if name] == ["a", "b"]
    assert [row.cells[0] for row in found.rows] == ["1", "3"]


def written(folder: Path, kind: str, table: list[list[Any]]) -> Path:
    if kind == "xlsx":
        return xlsx(folder / "a.xlsx", {"表": table})
    path = folder / "a.csv"
    width = max(map(len, table))
    full = [[*cells, *[None] * (width - len(cells))] for cells in table]
    path.write_text("\n".join(",".join(str(c or "") for c in cells) for cells in full), "utf-8")
    return path
