"""Communities without codes get those that leave no doubt; the others go to a list."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from click.testing import CliRunner

from gisapp.cli import cli
from gisapp.core import coordinates
from gisapp.runtime import Runtime
from tests.factories import Make
from tests.intake.built import geojson, square

pytestmark = pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)
CODES = ("420102001001", "420102001002", "420102001003", "420102001000")


def test_offices_in_gcj_02_bring_their_codes_to_the_polygons_they_lie_in(
    make: Make, runtime: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make.commit()
    url = runtime.settings.database_url.get_secret_value()
    monkeypatch.setenv("GISAPP_DATABASE_URL", url)
    shapes = [shapely.geometry.mapping(square(114 + 0.01 * n)) for n in range(3)]
    polygons = geojson(tmp_path / "a.geojson", [(s, {"n": n}) for n, s in enumerate(shapes)])
    lon, lat = coordinates.wgs_to_gcj([114.005, 114.012, 114.018, 114.025], [30.005] * 4)
    rows: list[Any] = list(zip(CODES, "甲乙丙丁", lon, lat, strict=True))
    table, out, review = (tmp_path / name for name in ("codes.csv", "out.csv", "review.csv"))
    with table.open("w", encoding="gbk", newline="") as file:
        csv.writer(file).writerows([("代码", "名称", "经度", "纬度"), *rows])

    words = ["match-codes", str(polygons), str(table), "--crs", "gcj02", "--json"]
    done = CliRunner().invoke(cli, [*words, "--out", str(out), "--review", str(review)])

    said = json.loads(done.stdout)
    assert (said["sure"], said["unsure"], said["codes"], said["placed"]) == (1, 2, 3, 3)
    assert [(m["how"], m["code"]) for m in said["matches"]] == [
        ("place", CODES[0]),
        ("several", None),  # two offices lie in it
        ("none", None),  # the last code is a street's, not a community's
    ]
    with review.open(encoding="utf-8-sig") as file:
        listed = list(csv.DictReader(file))
    assert [row["candidates"] for row in listed] == [f"{CODES[1]} 乙; {CODES[2]} 丙", ""]
    assert out.read_text("utf-8-sig").splitlines()[1].startswith(f"{CODES[0]},甲,place")

    def again(*rows: str) -> Any:
        filled = tmp_path / "filled.csv"
        filled.write_text("line,name,code\n" + "".join(rows), "utf-8")
        read = CliRunner().invoke(cli, [*words, "--reviewed", str(filled)])
        return json.loads(read.stdout)

    line = listed[0]["line"]
    chosen = again(f"{line},,{CODES[1]}\n")
    assert (chosen["sure"], chosen["matches"][1]["how"]) == (2, "reviewed")
    assert chosen["matches"][1]["official"] == "乙"
    assert again(f"{line},,\n")["sure"] == 1
    for row, place in (
        (f"99,,{CODES[1]}\n", "99"),
        (f"{line},,{CODES[3]}\n", CODES[3]),
        (f"{line},,{CODES[0]}\n", CODES[0]),
    ):
        wrong = again(row)
        assert (wrong["code"], wrong["line"]) == ("review_wrong", "2")
        assert place in wrong["title"]
