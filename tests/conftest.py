"""Fixtures: one installation, once on each database, and rows to put into it."""

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import settings
from sqlalchemy.engine import make_url

from gisapp.runtime import Runtime
from gisapp.settings import Settings
from gisapp.store.engine import open_engine
from gisapp.store.schema import upgrade
from tests import kept, postgres, scratch, statements
from tests.depth import DEEP, cases
from tests.factories import Make

# How long an example takes says something about the machine, not about the code.
settings.register_profile("suite", deadline=None, max_examples=cases(40))
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    statements.prepare()
    if not hasattr(config, "workerinput"):
        scratch.prepare()
        postgres.prepare()


KINDS = ("spatialite", "postgis")

TURNS = {"actions", "layers", "cli"}
"""Folders of tests that take the databases by turns: the store below them is tried on both."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out half of the cases that would ask the same of both databases.

    Which half is in the name of the test, so that all workers and all runs agree. Those marked
    ``both``, and with TEST_DEEP=1 all, are tried on each.
    """
    kept, left = [], []
    there = {item.nodeid for item in items}
    for item in items:
        (left if not DEEP and _other(item) in there else kept).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
    # The first worker gets them all: one browser and one served town, and none begun at the end.
    items[:] = sorted(kept, key=lambda item: not _opens_a_browser(item))


def _opens_a_browser(item: pytest.Item) -> bool:
    names = getattr(item, "fixturenames", ())
    return "visit" in names or {"browser", "built"} <= set(names)


def _other(item: pytest.Item) -> str:
    """Name the case on the other database whose turn it is; that of one alone is not there."""
    call = getattr(item, "callspec", None)
    if call is None or "runtime" not in call.params or item.get_closest_marker("both"):
        return ""
    runtime = call.params["runtime"]
    turn = KINDS[crc32(item.nodeid.replace(runtime, "").encode()) % len(KINDS)]
    if item.path.parent.name not in TURNS or runtime == turn:
        return ""
    return item.nodeid.replace(runtime, turn)


def pytest_collection_finish() -> None:
    """What was imported stays: let nobody look through it for what can go, again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    postgres.leave()
    if not hasattr(config, "workerinput"):
        postgres.stop()


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SpatiaLite file: made once, because making it takes a second."""
    path = tmp_path_factory.mktemp("spatialite") / "blank.sqlite"
    return kept.for_all(path, lambda: _upgrade(f"sqlite:///{path}"))


@pytest.fixture(scope="session")
def founded(blank: Path) -> Path:
    """A file with an installation and the shipped tables, and nothing else."""
    path = shutil.copy(blank, blank.with_name("founded.sqlite"))
    _found(f"sqlite:///{path}")
    return path


@pytest.fixture
def spatialite(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    template = request.getfixturevalue("founded" if _makes(request) else "blank")
    return f"sqlite:///{shutil.copy(template, tmp_path / 'test.sqlite')}"


@pytest.fixture(scope="session")
def postgis_server() -> str:
    """The address of a server on which databases may be made."""
    address = postgres.address()
    if address is None:
        pytest.skip("no PostgreSQL on this machine and no TEST_POSTGIS_URL")
    return address


@pytest.fixture(scope="session")
def postgis_template(postgis_server: str) -> Iterator[str]:
    """An empty database with all tables, to be copied for each test."""
    yield postgres.template("blank", _upgrade)
    kept.drop()


@pytest.fixture(scope="session")
def postgis_founded(postgis_template: str) -> str:
    """A database with an installation and the shipped tables, and nothing else."""
    return postgres.template("founded", _found, make_url(postgis_template).database)


@pytest.fixture
def postgis(request: pytest.FixtureRequest) -> Iterator[str]:
    name = "postgis_founded" if _makes(request) else "postgis_template"
    with postgres.database(make_url(request.getfixturevalue(name)).database) as url:
        yield url


@pytest.fixture
def postgis_empty(postgis_server: str) -> Iterator[str]:
    """A database without a single table."""
    with postgres.database() as url:
        yield url


def _makes(request: pytest.FixtureRequest) -> bool:
    """Whether a test makes rows, so that its database may begin with an installation."""
    return "make" in request.fixturenames


def _upgrade(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()  # an open WAL would leave the copy empty


def _found(url: str) -> None:
    runtime = Runtime.open(Settings(database_url=url))
    Make(runtime).close()
    runtime.close()


@pytest.fixture(params=KINDS)
def runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    """One installation, once on each database."""
    url = request.getfixturevalue(request.param)
    runtime = Runtime.open(Settings(database_url=url))
    yield runtime
    runtime.close()


@pytest.fixture
def make(runtime: Runtime) -> Iterator[Make]:
    """Rows for this test."""
    make = Make(runtime)
    yield make
    make.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real files of a city; they lie beside the checkout and are not part of it."""
    path = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    if not path.is_dir():
        pytest.skip("the real files are not beside this checkout (../shared/data)")
    return path
