"""Files that pages bring, until they are stored: each in a folder of ours, under a name of ours."""

import errno
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy.engine import make_url

from gisapp.actions.once import IdUsed
from gisapp.errors import NotFound, Unavailable
from gisapp.i18n import N_
from gisapp.intake import gate
from gisapp.intake.faults import FileTooLarge
from gisapp.intake.limits import KEPT_FILES, KEPT_HOURS, MEGABYTE, Limits
from gisapp.settings import Settings, data_folder

CONTENT, ABOUT, ASIDE = "file", "about.json", "rows"
HALF: Final = ".half-"
"""Begins the name of a folder whose file has not come to its end."""
OURS: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The name of one whose file has."""


class NoSuchFile(NotFound):
    """No file that waits has the id."""

    code = "no_such_file"
    message = N_("The file is not here any more: it was stored or put away, or a day has passed.")


class TooManyFiles(Unavailable):
    """As many files wait as may."""

    code = "too_many_files"
    message = N_("{most} files wait already. Store one, or put one away.")


class NoRoom(Unavailable):
    """The disk of the folder is full."""

    code = "no_room"
    message = N_("There is no room for the file. Nothing was kept; make room, then bring it again.")


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that waits."""

    id: UUID
    name: str
    """As the person called it; never part of a path."""
    size: int
    digest: str
    at: datetime
    by: str

    def document(self) -> dict[str, Any]:
        """Say it to programs."""
        return asdict(self) | {"id": str(self.id), "at": self.at.isoformat()}


def home(settings: Settings) -> Path:
    """Name the folder: as set, beside the database file, or in the data folder."""
    if settings.imports_folder is not None:
        return settings.imports_folder
    url = make_url(settings.database_url.get_secret_value())
    if url.get_backend_name() == "sqlite":
        return Path(f"{url.database}.imports")
    return data_folder() / f"{url.database}.imports"


def receive(
    folder: Path,
    id_: UUID,
    name: str,
    pieces: Iterable[bytes],
    limits: Limits,
    now: datetime,
    by: str,
) -> Brought:
    """Take a file in; raises for one that cannot be of ours, and then nothing of it is kept."""
    shown = gate.known(name)
    clear(folder, now)
    if not (folder / str(id_)).exists() and len(_kept(folder)) >= KEPT_FILES:
        raise TooManyFiles(most=KEPT_FILES)
    with _room(folder) as half:
        size, digest = _written(half / CONTENT, shown, pieces, limits)
        gate.glance(half / CONTENT, shown)
        brought = Brought(id_, shown, size, digest, now, by)
        (half / ABOUT).write_text(json.dumps(brought.document()), "utf-8")
        try:
            half.rename(folder / str(id_))
        except OSError as there:
            if there.errno not in {errno.EEXIST, errno.ENOTEMPTY}:
                raise
            known = find(folder, id_)
            if (known.name, known.digest) != (shown, digest):
                raise IdUsed(id=str(id_)) from there
            return known
    return brought


def _written(path: Path, name: str, pieces: Iterable[bytes], limits: Limits) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    with path.open("wb") as file:
        for piece in pieces:
            size += len(piece)
            if size > limits.upload_bytes:
                limit = limits.upload_bytes // MEGABYTE
                raise FileTooLarge(file=name, size=-(-size // MEGABYTE), limit=limit)
            digest.update(piece)
            file.write(piece)
    return size, digest.hexdigest()


@contextmanager
def _room(folder: Path) -> Iterator[Path]:
    """Lend a folder that is gone afterwards, unless it got a name."""
    half = None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(prefix=HALF, dir=folder))
        yield half
    except OSError as wrong:
        if wrong.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NoRoom from wrong
        raise
    finally:
        if half is not None:
            shutil.rmtree(half, ignore_errors=True)


def find(folder: Path, id_: UUID) -> Brought:
    """Return what is known of a file that waits; raises `NoSuchFile`."""
    try:
        about = json.loads((folder / str(id_) / ABOUT).read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError) as gone:
        raise NoSuchFile from gone
    moment = datetime.fromisoformat(about["at"])
    return Brought(id_, about["name"], about["size"], about["digest"], moment, about["by"])


def content(folder: Path, id_: UUID) -> Path:
    """Return where the file itself lies."""
    return folder / str(id_) / CONTENT


def aside(folder: Path, id_: UUID) -> Path:
    """Return where one attempt may put the rows that passed."""
    return folder / str(id_) / f"{ASIDE}-{uuid4().hex}"


def waiting(folder: Path) -> list[Brought]:
    """List the files that wait, the newest first."""
    found = []
    for id_ in _kept(folder):
        with suppress(NoSuchFile):  # stored or put away a moment ago
            found.append(find(folder, id_))
    return sorted(found, key=lambda one: one.at, reverse=True)


def _kept(folder: Path) -> list[UUID]:
    if not folder.is_dir():
        return []
    names = [each.parent.name for each in folder.glob(f"*/{ABOUT}")]
    return [UUID(name) for name in names if OURS.fullmatch(name)]


def drop(folder: Path, id_: UUID) -> None:
    """Delete a file that waits; harmless when it is gone."""
    there = folder / str(id_)
    if there.is_dir():
        # A name that nobody looks for first: half a folder would still be found.
        gone = Path(tempfile.mkdtemp(prefix=HALF, dir=folder))
        with suppress(FileNotFoundError):
            there.rename(gone / "gone")
        shutil.rmtree(gone, ignore_errors=True)


def clear(folder: Path, now: datetime) -> None:
    """Delete what has waited for a day, and what never came to its end."""
    if not folder.is_dir():
        return
    oldest = now - timedelta(hours=KEPT_HOURS)
    for each in waiting(folder):
        if each.at < oldest:
            drop(folder, each.id)
    for half in folder.glob(f"{HALF}*"):
        if half.stat().st_mtime < oldest.timestamp():
            shutil.rmtree(half, ignore_errors=True)
