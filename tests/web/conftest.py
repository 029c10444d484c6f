"""Fixtures of tests that open pages."""

from collections.abc import Iterator

import pytest

from gisapp.runtime import Runtime
from gisapp.settings import Settings

pytest.register_assert_rewrite("tests.web.browser")

from tests.web.browser import browser, built, town, visit  # noqa: E402  # what is told of faults is told

__all__ = ["browser", "built", "town", "visit"]


@pytest.fixture
def runtime(spatialite: str) -> Iterator[Runtime]:
    """One installation on one database: the storeys below are tested on both."""
    runtime = Runtime.open(Settings(database_url=spatialite))
    yield runtime
    runtime.close()
