"""A little town that tests of layers only read: built once on each database."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from gisapp.runtime import Runtime
from gisapp.settings import Settings
from tests import postgres, town


@pytest.fixture(scope="session")
def town_file(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("town")
    return f"sqlite:///{shutil.copy(blank, folder / 'town.sqlite')}"


@pytest.fixture(scope="session")
def town_database(postgis_template: str) -> Iterator[str]:
    with postgres.database(make_url(postgis_template).database) as url:
        yield url


@pytest.fixture(scope="session", params=["town_file", "town_database"])
def standing(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    """The town of `tests.town`, to be read and not changed."""
    url = request.getfixturevalue(request.param)
    runtime = Runtime.open(Settings(database_url=url))
    town.build(runtime)
    yield runtime
    runtime.close()
