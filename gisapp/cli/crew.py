"""The workers that a server brings along: they start and end with it, and are replaced."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

PROGRAM: Final = (sys.executable, "-m", "gisapp", "worker", "--leash")
LOOK: Final = 1.0
"""Seconds between two looks whether all are there."""
YOUNG: Final = 10.0
"""Seconds before which the end of a worker may mean that none can start."""
REST: Final = 60.0
"""Seconds that the pause before the next one grows to then; it begins with one."""
PATIENCE: Final = 3.0
"""Seconds that a worker has to end; then it is killed, and its job is taken up later."""


@contextmanager
def crew(size: int) -> Iterator[None]:
    """Keep ``size`` workers at work as long as the block runs."""
    home, stop = os.getpid(), Event()
    keepers = [Thread(target=_keep, args=(stop,), daemon=True) for _ in range(size)]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        # The processes of the web server leave through here too, and have no workers.
        if os.getpid() == home:
            stop.set()
            for keeper in keepers:
                keeper.join()


def _keep(stop: Event) -> None:
    """Keep one worker at work."""
    pause = LOOK
    while not stop.is_set():
        began = time.monotonic()
        # Ctrl-C reaches the server only. The pipe closes with it, whatever ends it.
        worker = subprocess.Popen(  # noqa: S603  # this program itself
            PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
        )
        while not stop.wait(LOOK) and worker.poll() is None:
            pass
        if stop.is_set():
            _end(worker)
            return
        pause = min(2 * pause, REST) if time.monotonic() - began < YOUNG else LOOK
        stop.wait(pause)


def _end(worker: "subprocess.Popen[bytes]") -> None:
    worker.terminate()
    try:
        worker.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
