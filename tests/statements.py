"""Statements are worked out once for all databases of a kind: every test has its own database."""

# ruff: noqa: SLF001  # SQLAlchemy has no other way to share what it compiled

from typing import Any

from sqlalchemy import Engine

from gisapp.store import engine as engines

SHARED: dict[str, tuple[Any, Any]] = {}
"""By kind of database: the dialect, and what it has compiled."""


def prepare() -> None:
    """Let all engines of a kind share their dialect and the statements compiled by it."""
    make = engines.create_engine

    def alike(*address: Any, **options: Any) -> Engine:
        made = make(*address, **options)
        kind = made.url.get_backend_name()
        dialect, compiled = SHARED.setdefault(kind, (made.dialect, made._compiled_cache))
        made.dialect = made.pool._dialect = dialect
        made._compiled_cache = compiled
        return made

    engines.create_engine = alike
