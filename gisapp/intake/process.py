"""Starts the reader, listens to it, and ends it when it takes too long."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any

from gisapp.i18n import Sentence
from gisapp.intake import flow, validate
from gisapp.intake.faults import PIPED, FileFault, LostFeatures, ReaderFailed
from gisapp.intake.flow import Row
from gisapp.intake.gate import Admitted, environment
from gisapp.intake.limits import Limits
from gisapp.intake.reader import DRIVERS, order_of


@dataclass(frozen=True, slots=True)
class Content:
    """What the reader says of the file, and its rows as they come."""

    columns: list[str]
    layer: str
    crs: str | None
    encoding: str
    counted: int | None
    """Rows the file itself says it has; null when it does not say."""
    locks: list[str]
    """Which locks of the sandbox hold on this machine."""
    rows: Iterator[Row]


@contextmanager
def content(admitted: Admitted, asked: dict[str, Any], limits: Limits) -> Iterator[Content]:
    """Read ``admitted`` in a process of its own; raises a `FileFault` for what is wrong with it."""
    env = environment()
    if driver := DRIVERS.get(admitted.format):
        env["GDAL_SKIP"] = ",".join(name for name in _drivers() if name != driver)
    order = order_of(admitted, asked, limits)
    # Fixed words; the order is JSON and reaches no shell.
    reader = subprocess.Popen(  # noqa: S603
        [sys.executable, "-s", "-P", "-m", "gisapp.intake.reader", order],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=env,
        cwd=admitted.folder,
        close_fds=True,
        start_new_session=True,
    )
    watch = threading.Timer(limits.wall_seconds, reader.kill)
    watch.daemon = True
    watch.start()
    try:
        pipe = reader.stdout
        if pipe is None:  # pragma: no cover  # we asked for it
            raise ReaderFailed(file=admitted.name)
        yield _listen(pipe, admitted, limits)
    finally:
        watch.cancel()
        reader.kill()
        if reader.stdout is not None:
            reader.stdout.close()
        reader.wait()


@lru_cache(maxsize=1)
def _drivers() -> list[str]:
    """Ask which drivers GDAL would bring; it reads the list of unwanted ones when it is loaded."""
    words = [sys.executable, "-s", "-P", "-m", "gisapp.intake.reader", "drivers"]
    told = subprocess.run(  # noqa: S603  # fixed words
        words, env=environment(), stdout=subprocess.PIPE, check=True, text=True
    )
    return told.stdout.split(",")


def _listen(pipe: IO[bytes], admitted: Admitted, limits: Limits) -> Content:
    messages = flow.receive(pipe, limits.frame_bytes)
    try:
        kind, header, _ = next(messages)
    except (StopIteration, flow.Torn) as torn:
        raise ReaderFailed(file=admitted.name) from torn
    if kind == flow.FAULT:
        raise _fault(header, admitted)
    if kind != flow.HEADER or not isinstance(header, dict):
        raise ReaderFailed(file=admitted.name)
    return Content(
        [flow.harmless(str(name)) for name in header["columns"]],
        flow.harmless(str(header["layer"])),
        header["crs"],
        str(header["encoding"]),
        header.get("counted"),
        header["locks"],
        _rows(messages, header.get("counted"), admitted, limits),
    )


def _rows(
    messages: Iterator[tuple[bytes, Any, bytes]],
    counted: int | None,
    admitted: Admitted,
    limits: Limits,
) -> Iterator[Row]:
    given = 0
    try:
        for kind, document, blob in messages:
            if kind == flow.FAULT:
                raise _fault(document, admitted)
            if kind == flow.END:
                wanted = document["rows"] if counted is None else counted
                if given != wanted:
                    raise LostFeatures(file=admitted.name, counted=wanted, given=given)
                return
            for row in flow.rows(document, blob):
                given += 1
                yield validate.checked(row, admitted.name, limits)
    except flow.Torn as torn:
        raise ReaderFailed(file=admitted.name) from torn
    raise ReaderFailed(file=admitted.name)


def _fault(document: Any, admitted: Admitted) -> FileFault:
    kind = PIPED.get(document.get("code"))
    if kind is None:
        return ReaderFailed(file=admitted.name)
    fields = {k: _told(v) for k, v in document.items() if k not in {"code", "reason"}}
    if document["reason"] in kind.reasons:
        sentence = Sentence(kind.reasons[document["reason"]], fields)
        return kind(**(fields | {"file": admitted.name, "reason": sentence}))
    return kind(**(fields | {"file": admitted.name}))


def _told(value: Any) -> Any:
    if isinstance(value, list):
        return [_told(each) for each in value]
    return flow.harmless(value) if isinstance(value, str) else value
