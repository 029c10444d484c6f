"""``gisapp worker``: does the work that takes longer than a page may."""

import os
import signal
import sys
from collections import Counter
from threading import Event, Thread
from typing import Final

import click

from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.i18n import N_
from gisapp.jobs import Ended, Stuck, Worker

BEHIND_PAGES: Final = 5
"""How far a worker steps back for the server beside it, when both want the processors."""

WORDS: Final = {
    "done": N_("{name} {id}: done in {seconds} s"),
    "failed": N_("{name} {id}: failed after {seconds} s"),
    "waiting": N_("{name} {id}: let go after {seconds} s, to be begun again"),
    "lost": N_("{name} {id}: cancelled, or taken up by another worker, after {seconds} s"),
}


@click.command(cls=Command)
@click.option("--once", is_flag=True, help="Do what waits, then end.")
@click.option("--leash", is_flag=True, hidden=True, help="End with the program that began this.")
@door
def worker(door: Door, *, once: bool, leash: bool) -> None:
    """Do background work until Ctrl-C: proposals, comparisons, tiles."""
    stop, counts = Event(), Counter[str]()

    def told(ended: Ended) -> None:
        counts[ended.how] += 1
        fields = {"name": ended.name, "id": ended.id, "seconds": ended.seconds}
        door.line(WORDS[ended.how], **fields)

    door.runtime.ready()
    if leash:
        os.nice(BEHIND_PAGES)
        Thread(target=_leashed, args=(stop,), daemon=True).start()
    labour(Worker(door.runtime, stop=stop, ended=told), once=once)
    door.answer({how: counts[how] for how in WORDS})


def labour(worker: Worker, *, once: bool = False) -> None:
    """Work until a signal says to stop; with ``once`` until nothing waits."""
    stop = worker.stop
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, frame: stop.set())
    try:
        if once:
            while not stop.is_set() and worker.once():
                pass
        else:
            worker.run()
    except Stuck:
        # The thread cannot be ended, and an ordinary exit would wait for what it holds.
        sys.stdout.flush()
        os._exit(0 if stop.is_set() else 1)


def _leashed(stop: Event) -> None:
    """Wait until the other end of the pipe is closed: the server has gone, however it went."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    stop.set()
