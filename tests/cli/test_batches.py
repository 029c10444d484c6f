import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gisapp.actions import batches, import_reading
from gisapp.cli import cli
from gisapp.runtime import Runtime
from tests.factories import Make
from tests.intake.built import content_here

pytestmark = pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)


@pytest.fixture
def run(make: Make, runtime: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Two departments have come in, one after the other."""
    make.grid()
    make.commit()
    url = runtime.settings.database_url.get_secret_value()
    monkeypatch.setenv("GISAPP_DATABASE_URL", url)
    monkeypatch.setattr(import_reading, "content", content_here)

    def run(*words: str, lang: str = "en") -> Result:
        return CliRunner().invoke(cli, ["--lang", lang, *words])

    for name in ("law", "tax"):
        path = tmp_path / f"{name}.csv"
        path.write_text(f"code,name,headcount\n{name},{name},1\n")
        run("import", "departments", str(path))
    return run


def listed(run: Any) -> list[tuple[str, str]]:
    said = json.loads(run("imports", "--json").stdout)
    return [(one["file"], one["state"]) for one in said["batches"]]


def test_batches_are_listed_and_one_is_taken_back_once(run: Any) -> None:
    first = json.loads(run("imports", "--json").stdout)["batches"][1]
    assert first.keys() >= {"batch", "kind", "file", "read", "stored", "refused", "by", "at"}
    assert listed(run) == [("tax.csv", "stored"), ("law.csv", "stored")]

    done = run("imports", "--undo", first["batch"], "--json")

    assert json.loads(done.stdout) == {"batch": first["batch"], "removed": 1, "restored": 0}
    assert listed(run) == [("tax.csv", "stored"), ("law.csv", "undone")]
    again = run("imports", "--undo", first["batch"])
    assert (again.exit_code, again.output.count("\n")) == (1, 1)
    assert "was taken back before" in again.output


def test_people_read_the_list_in_their_language_page_by_page(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "PAGE", 1)

    first, second = (run("imports", "--page", page, lang="zh_CN").stdout for page in "12")

    assert "tax.csv：存入1行，拒绝0行，已存入" in first
    assert "另有1个更早的批次：--page 2" in first
    assert "law.csv" in second
    assert "law.csv" not in first
