"""A little town that tests of layers only read: built once on each database."""

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from gisapp.runtime import Runtime
from gisapp.settings import Settings
from tests import town


@pytest.fixture(scope="session")
def town_file(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("town")
    return f"sqlite:///{shutil.copy(blank, folder / 'town.sqlite')}"


@pytest.fixture(scope="session")
def town_database(postgis_server: str, postgis_template: str) -> Iterator[str]:
    name = f"gisapp_{uuid.uuid4().hex[:12]}"
    template = make_url(postgis_template).database
    admin = create_engine(postgis_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield make_url(postgis_server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session", params=["town_file", "town_database"])
def standing(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    """The town of `tests.town`, to be read and not changed."""
    url = request.getfixturevalue(request.param)
    runtime = Runtime.open(Settings(database_url=url))
    town.build(runtime)
    yield runtime
    runtime.close()
