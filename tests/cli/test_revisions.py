import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from click.testing import CliRunner, Result

from gisapp.actions import import_reading
from gisapp.actions.posts import make_posts
from gisapp.auth import OPERATOR
from gisapp.cli import cli
from gisapp.runtime import Runtime
from tests.factories import COUNTY, Make
from tests.intake.built import content_here, gpkg

pytestmark = pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)

COMMUNITY = f"{COUNTY}001001"


@pytest.fixture
def run(make: Make, runtime: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """One grid with a post; the file ``split.gpkg`` divides it in halves."""
    make.grid(code=f"{COMMUNITY}001", shape=shapely.box(120, 30, 120.02, 30.01))
    make.commit()
    with runtime.sessions.write(OPERATOR, make.now) as session:
        make_posts(session)
    url = runtime.settings.database_url.get_secret_value()
    monkeypatch.setenv("GISAPP_DATABASE_URL", url)
    monkeypatch.setattr(import_reading, "content", content_here)
    codes = [{"code": f"{COMMUNITY}01{number}"} for number in (1, 2)]
    path = gpkg(tmp_path / "split.gpkg", codes)

    def run(*words: str, lang: str = "en") -> Result:
        given = [str(path) if word == "FILE" else word for word in words]
        return CliRunner().invoke(cli, ["--lang", lang, *given])

    return run


def said(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_split_is_proposed_shown_in_a_sentence_and_accepted(run: Any) -> None:
    came = said(run("import", "grids", "FILE", "--json"))
    assert (came["batch"], came["read"], came["stored"]) == (None, 2, 2)
    name = came["proposal"]["proposal"]

    shown = run("revisions", lang="zh_CN").stdout
    (waiting,) = said(run("revisions", "--json"))["revisions"]

    assert f"网格{COMMUNITY}001拆分为：{COMMUNITY}011 50 %, {COMMUNITY}012 50 %。" in shown
    assert waiting["counts"]["split"] == 1
    assert waiting["changes"][0]["shares"] == {
        f"{COMMUNITY}001": {f"{COMMUNITY}011": 0.5, f"{COMMUNITY}012": 0.5}
    }
    done = said(run("revisions", "--accept", name, "--json"))
    assert (done["proposal"], done["added"], done["ended"]) == (name, 2, 1)
    again = run("revisions", "--accept", name)
    assert (again.exit_code, again.output.count("\n")) == (1, 1)
    assert said(run("import", "grids", "FILE", "--json"))["proposal"] is None


def test_a_script_changes_boundaries_at_once_and_one_that_is_rejected_changes_none(
    run: Any,
) -> None:
    name = said(run("import", "grids", "FILE", "--json"))["proposal"]["proposal"]
    assert said(run("revisions", "--reject", name, "--json"))["state"] == "rejected"
    assert run("revisions", "--reject", name, "--accept", name).exit_code == 2

    done = said(run("import", "grids", "FILE", "--accept", "--json"))

    assert (done["proposal"], done["added"]) == (None, 2)
