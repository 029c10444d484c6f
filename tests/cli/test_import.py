import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import shapely
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from gisapp.actions import import_reading
from gisapp.auth import OPERATOR
from gisapp.cli import cli
from gisapp.runtime import Runtime
from gisapp.store import audit
from gisapp.store.models import Audit, Department
from tests.factories import Make
from tests.intake.built import geojson, gpkg, square

pytestmark = pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)

ROWS = "code,name,headcount,extra\nA,a,1,x\nB,b,many,x\nC,c,3,x\n"


@pytest.fixture
def run(make: Make, runtime: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    make.grid()
    make.commit()
    url = runtime.settings.database_url.get_secret_value()
    monkeypatch.setenv("GISAPP_DATABASE_URL", url)
    path = tmp_path / "departments.csv"
    path.write_text(ROWS)

    def run(*words: str, lang: str = "en") -> Result:
        return CliRunner().invoke(cli, ["--lang", lang, "import", "departments", str(path), *words])

    return run


def stored(runtime: Runtime, make: Make) -> int:
    with runtime.sessions.read(OPERATOR, make.now) as session:
        return session.scalar(select(func.count()).select_from(Department)) or 0


def test_the_report_adds_up_and_names_every_fault(run: Any, runtime: Runtime, make: Make) -> None:
    done = run("--json")

    said = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (said["read"], said["stored"], said["refused"]) == (3, 2, 1)
    assert [(one["line"], one["code"]) for one in said["findings"]] == [(3, "bad_number")]
    assert said["ignored_columns"] == ["extra"]
    assert said["batch"].rpartition("-")[2] == "1"
    assert said["seconds"] >= 0
    assert stored(runtime, make) == 2


def test_a_dry_run_counts_and_changes_nothing(run: Any, runtime: Runtime, make: Make) -> None:
    done = run("--dry-run")

    assert done.exit_code == 0
    assert "nothing stored" in done.stdout
    assert "“departments.csv”, line 3: " in done.stdout
    assert stored(runtime, make) == 0


def test_others_write_while_a_file_is_read(
    run: Any, runtime: Runtime, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = import_reading.read_file

    def slowly(*words: Any) -> Any:
        with runtime.sessions.write(OPERATOR, make.now) as session:
            audit.note(session, "plan.published", "plan 1", area_code="990001")
        return real(*words)

    monkeypatch.setattr(import_reading, "read_file", slowly)

    assert run().exit_code == 0
    assert stored(runtime, make) == 2


def test_strict_ends_with_one_and_stores_nothing(run: Any, runtime: Runtime, make: Make) -> None:
    done = run("--strict", "--json")

    said = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (said["code"], said["stored"], said["refused"]) == ("rows_refused", 0, 1)
    assert said["findings"][0]["line"] == 3
    assert stored(runtime, make) == 0


def test_a_refused_file_is_written_down_by_its_digest(
    run: Any, runtime: Runtime, make: Make
) -> None:
    run("--strict")
    run("--strict", "--dry-run")

    with runtime.sessions.read(OPERATOR, make.now) as session:
        refused = select(Audit.subject, Audit.details).where(Audit.deed == "import.refused")
        ((subject, details),) = session.execute(refused).all()
    assert subject == f"file {sha256(ROWS.encode()).hexdigest()[:16]}"
    assert (details["code"], details["size"], details["name"]) == (
        "rows_refused", len(ROWS), "departments.csv",
    )  # fmt: skip


def test_the_first_file_is_refused_for_what_is_wrong_with_it(
    runtime: Runtime, make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make.commit()
    url = runtime.settings.database_url.get_secret_value()
    monkeypatch.setenv("GISAPP_DATABASE_URL", url)
    feet = shapely.geometry.mapping(square(1_170_000, 1_900_000, 300))
    path = geojson(tmp_path / "areas.geojson", [(feet, {"code": "990001", "name": "a"})])

    done = CliRunner().invoke(cli, ["--lang", "en", "import", "areas", str(path), "--json"])

    assert (done.exit_code, json.loads(done.stdout)["code"]) == (1, "not_degrees")
    with runtime.sessions.read(OPERATOR, make.now) as session:
        noted = session.scalars(select(Audit).where(Audit.deed == "import.refused")).one()
    assert noted.details["code"] == "not_degrees"


def test_people_are_told_in_chinese(run: Any) -> None:
    done = run(lang="zh_CN")

    assert "读 3 行，入库 2，退回 1。" in done.stdout
    assert "“departments.csv”第 3 行：“在编人数”不是" in done.stdout


def test_a_wrong_profile_is_said_with_its_place(run: Any, tmp_path: Path) -> None:
    profile = tmp_path / "p.toml"
    profile.write_text('[columns]\nnme = "name"\n')

    done = run("--profile", str(profile))

    assert done.exit_code == 1
    assert done.stderr.splitlines() == ["Profile “p.toml”, columns.nme: there is no such field."]


def test_broken_toml_is_said_with_its_line_in_the_language_of_the_reader(
    run: Any, tmp_path: Path
) -> None:
    profile = tmp_path / "p.toml"
    profile.write_text("kind = \n")

    done = run("--profile", str(profile), lang="zh_CN")

    assert "“p.toml”，第 1 行：不是有效的 TOML。" in done.stderr


@pytest.mark.parametrize("more", [(), ("--propose",)])
def test_a_layer_that_a_table_cannot_have_is_a_fault_of_the_file(
    run: Any, runtime: Runtime, make: Make, tmp_path: Path, more: tuple[str, ...]
) -> None:
    words = (*more, str(tmp_path / "departments.csv")) if more else ()

    done = run(*words, "--layer", "zzz")

    assert (done.exit_code, stored(runtime, make)) == (1, 0)
    assert "has no layers, so none is called “zzz”" in done.stderr


def test_a_finding_is_said_with_its_file_and_layer(run: Any, tmp_path: Path) -> None:
    rows = [{"code": f"990001001001{n:03}"} for n in range(3)]
    bow = shapely.Polygon([(120, 30), (120.01, 30.01), (120.01, 30), (120, 30.01)])
    path = gpkg(tmp_path / "g.gpkg", rows, [bow, square(), square()], layer="街区")

    done = CliRunner().invoke(cli, ["--lang", "zh_CN", "import", "grids", str(path), "--dry-run"])

    assert "“g.gpkg”图层 街区，第 1 行：边界在" in done.output
    assert "（边界自相交）" in done.output


def test_a_profile_is_proposed_with_five_rows_and_nothing_is_stored(
    run: Any, runtime: Runtime, make: Make, tmp_path: Path
) -> None:
    path, out = tmp_path / "部门.csv", tmp_path / "p.toml"
    path.write_bytes("部门编码,单位名称,编制数\nA,甲局,3\nB,乙局,4\n".encode("gbk"))
    words = ["--lang", "en", "import", "--propose", str(path), "departments"]

    done = CliRunner().invoke(cli, [*words, "--out", str(out), "--json"])
    shown = CliRunner().invoke(cli, words)

    said = json.loads(done.stdout)
    assert (done.exit_code, shown.exit_code) == (0, 0)
    assert said["columns"] == {"code": "部门编码", "name": "单位名称", "headcount": "编制数"}
    assert said["rows"][0] == {"line": 2, "code": "A", "name": "甲局", "headcount": 3}
    assert out.read_text("utf-8") == said["profile"]
    assert 'encoding = "gb18030"' in shown.stdout
    assert stored(runtime, make) == 0
    assert run("--profile", str(out)).exit_code == 1  # other columns: the profile is for that file
