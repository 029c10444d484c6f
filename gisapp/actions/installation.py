"""Make the installation, and look whether all it stands on is there."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Engine

from gisapp.auth import Scope
from gisapp.errors import GisappError
from gisapp.i18n import N_, Sentence
from gisapp.store import audit, health, installation, reference, schema
from gisapp.store.session import Session

NO_AREA: Final = "00"
"""Where the deeds of an installation without areas are kept: a province code not in use."""

LEAST_PYTHON: Final = (3, 11)


def prepare(engine: Engine) -> Literal["created", "upgraded", "unchanged"]:
    """Create the tables, or bring them to this program's version; say which it was."""
    before = schema.version(engine)
    schema.upgrade(engine)
    if before is None:
        return "created"
    return "unchanged" if before == schema.version(engine) else "upgraded"


def make(session: Session) -> bool:
    """Write the installation's row and the shipped tables; return whether it was new."""
    session.actor.must(Scope.INSTALLATION)
    new = installation.find(session) is None
    if new:
        installation.make(session)
    reference.fill(session)
    if new:
        audit.note(session, "installation.made", "installation 1", area_code=NO_AREA)
    return new


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the program stands on."""

    subject: str
    """English, marked with ``N_``, or the name of a program."""
    value: str
    advice: Sentence | None = None
    """What to do; none when all is well."""


def examine(engine: Engine) -> list[Finding]:
    """Look at Python, the database and its spatial indexes."""
    return [*_around(), *_inside(engine)]


def _around() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info[:2] < LEAST_PYTHON
    yield Finding("Python", version, Sentence(N_("Install Python 3.11 or newer.")) if old else None)
    if foreign := os.environ.get("PROJ_DATA") or os.environ.get("PROJ_LIB"):
        advice = Sentence(
            N_("Unset PROJ_DATA and PROJ_LIB: they point to another program's files.")
        )
        yield Finding("PROJ_DATA", foreign, advice)


def _inside(engine: Engine) -> Iterator[Finding]:
    name = engine.url.render_as_string(hide_password=True)
    try:
        schema.check(engine)
    except GisappError as wrong:
        yield Finding(N_("Database"), name, wrong.sentence)
        return
    yield Finding(N_("Database"), name)
    for part, version in health.versions(engine).items():
        yield Finding(part, version)
    broken = health.broken_indexes(engine)
    advice = Sentence(N_("Restore the database from a backup: spatial indexes are broken."))
    yield Finding(N_("Spatial indexes"), ", ".join(broken), advice if broken else None)
