"""Fixtures of tests that open pages."""

from tests.web.browser import browser, town, visit

__all__ = ["browser", "town", "visit"]
