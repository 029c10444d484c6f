"""One installation at work: its settings, its database and its layers, wired once."""

import gc
import os
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Final, Self

from gisapp import resources
from gisapp.catalogue import Catalogue, load
from gisapp.settings import Settings, data_folder
from gisapp.store.engine import open_engine
from gisapp.store.schema import check
from gisapp.store.session import Sessions

LOOKS: Final = (10_000, 20, 20)
"""New objects before Python looks for circles among the young, and how often it looks further.

A city's rows are a million objects without circles: at the usual numbers a quarter of the time
in which a draft is made, and a tenth of that of an import, goes into looking at them again and
again.
"""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What every door is handed."""

    settings: Settings
    sessions: Sessions
    layers: Catalogue

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Wire an installation; the database is not touched yet."""
        keep_kernels(os.environ)
        gc.set_threshold(*LOOKS)
        folders = [resources.folder("layers")]
        if settings.layers_folder is not None:
            folders.append(settings.layers_folder)
        engine = open_engine(settings.database_url.get_secret_value())
        return cls(settings, Sessions(engine, settings), load(*folders))

    def ready(self) -> None:
        """Raise unless the database is reachable and of this program's version."""
        check(self.sessions.engine)

    def close(self) -> None:
        """Give the database's connections back."""
        self.sessions.engine.dispose()


def keep_kernels(env: MutableMapping[str, str]) -> None:
    """Let numba keep what it compiles in the data folder; in a checkout it lies by the source."""
    if not resources.in_checkout():
        env.setdefault("NUMBA_CACHE_DIR", str(data_folder() / "kernels"))
