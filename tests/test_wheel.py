"""What ships is what is tested: the wheel, installed away from the checkout, opens a map."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent

OPENS = """
import json, sys
from gisapp import resources
from gisapp.runtime import Runtime
from gisapp.settings import Settings
from gisapp.store.schema import upgrade
from gisapp.web import create_app
assert "site-packages" in resources.__file__, resources.__file__
runtime = Runtime.open(Settings(database_url=f"sqlite:///{sys.argv[1]}"))
upgrade(runtime.sessions.engine)
client = create_app(runtime).test_client()
page = client.get("/map/coverage", headers={"Accept-Language": "zh-CN"})
print(json.dumps({"status": page.status_code, "layers": sorted(runtime.layers), "text": page.text}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=HOME,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def test_the_wheel_opens_a_map_in_chinese_far_from_the_checkout(
    wheel: Path, tmp_path: Path
) -> None:
    venv.create(tmp_path / "fresh", with_pip=False)
    python = tmp_path / "fresh" / "bin" / "python"
    site = next((tmp_path / "fresh" / "lib").glob("python*")) / "site-packages"
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "-q"]
    subprocess.run([*install, "--target", str(site), str(wheel)], check=True)
    # The dependencies of this environment, without the checkout that it also knows.
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"])
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    done = subprocess.run(
        [str(python), "-c", OPENS, str(tmp_path / "town.sqlite")],
        cwd=tmp_path,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert '"status": 200' in done.stdout
    assert "coverage" in done.stdout
    assert "覆盖" in done.stdout.encode().decode("unicode_escape", errors="ignore") or (
        "\\u8986\\u76d6" in done.stdout
    )


def test_the_wheel_adds_one_name_and_no_real_data(wheel: Path) -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", str(wheel)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = [line.split()[0] for line in listed.splitlines()[1:]]

    assert {name.split("/")[0].split("-")[0] for name in names} == {"gisapp"}
    assert not [name for name in names if name.startswith("gisapp/data/") and "/demo/" not in name]
    assert [name for name in names if name.endswith("messages.mo")]
