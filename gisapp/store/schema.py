"""Creates and upgrades the tables, and says whether they are of this program's version."""

from sqlalchemy import Engine

from gisapp.store.engine import init_spatial
from gisapp.store.models import Base


def upgrade(engine: Engine) -> None:
    """Create the tables, or bring them to this program's version."""
    init_spatial(engine)
    Base.metadata.create_all(engine)


def check(engine: Engine) -> None:
    """Raise unless the database is reachable and of this program's version."""
