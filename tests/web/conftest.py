"""Fixtures of tests that open pages."""

import pytest

pytest.register_assert_rewrite("tests.web.browser")

from tests.web.browser import browser, built, town, visit  # noqa: E402  # what is told of faults is told

__all__ = ["browser", "built", "town", "visit"]
