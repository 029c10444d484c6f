"""Fixtures: one installation, once on each database."""

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from gisapp.runtime import Runtime
from gisapp.settings import Settings
from gisapp.store.engine import open_engine
from gisapp.store.schema import upgrade

# How long an example takes says something about the machine, not about the code.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SpatiaLite file: made once, because making it takes a second."""
    path = tmp_path_factory.mktemp("spatialite") / "blank.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()  # an open WAL would leave the copy empty
    return path


@pytest.fixture
def spatialite(blank: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(blank, tmp_path / 'test.sqlite')}"


@pytest.fixture(scope="session")
def postgis_template() -> Iterator[str]:
    """A server's address and an empty database on it, to be copied for each test."""
    url = os.environ.get("TEST_POSTGIS_URL")
    if not url:
        pytest.skip("no PostGIS server: set TEST_POSTGIS_URL")
    name = f"gisapp_{uuid.uuid4().hex[:12]}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = open_engine(_database(url, name))
    upgrade(engine)
    engine.dispose()
    yield _database(url, name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def _database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def postgis(postgis_template: str) -> Iterator[str]:
    template = make_url(postgis_template).database
    name = f"gisapp_{uuid.uuid4().hex[:12]}"
    admin = create_engine(os.environ["TEST_POSTGIS_URL"], isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield _database(postgis_template, name)
    with contextlib.suppress(KeyError), admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["spatialite", "postgis"])
def runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    """One installation, once on each database."""
    url = request.getfixturevalue(request.param)
    runtime = Runtime.open(Settings(database_url=url))
    yield runtime
    runtime.close()
