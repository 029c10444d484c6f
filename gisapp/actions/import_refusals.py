"""Writes down that a file was refused: what it was and why, nothing of what it holds."""

import hashlib
from pathlib import Path

from gisapp.actions import views
from gisapp.errors import InvalidInput
from gisapp.intake.gate import shown
from gisapp.store import audit
from gisapp.store.session import Session


def note_refusal(session: Session, kind: str, path: Path, wrong: InvalidInput) -> None:
    """Add a line to the audit, in a transaction of its own: that of the import is taken back."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    audit.note(
        session,
        "import.refused",
        f"file {digest[:16]}",
        # The first file may be refused before any area is stored.
        area_code=views.everything(session).actor.area_code,
        kind=kind,
        code=wrong.code,
        size=path.stat().st_size,
        name=shown(path.name),
    )
