"""Readers that are forked from a process which has loaded everything already: ten times as many."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from gisapp.intake import process, reader
from gisapp.intake.gate import Admitted, environment
from gisapp.intake.limits import Limits
from gisapp.intake.process import Content

MOST_ORDER = 1 << 17


@dataclass(slots=True)
class Ended:
    """How one forked reader ended."""

    signal: int
    """0 when it ended by itself."""
    cpu_seconds: float
    peak_mb: float


class Warm:
    """One warm process for each driver of GDAL, and one for formats without."""

    def __init__(self) -> None:
        self.parents: dict[str, tuple[subprocess.Popen[bytes], socket.socket]] = {}
        self.ended: list[Ended] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for parent, ours in self.parents.values():
            ours.close()
            parent.wait()

    def _parent(self, kind: str) -> socket.socket:
        driver = reader.DRIVERS.get(kind, "")
        if driver not in self.parents:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            env = environment()
            if driver:
                env["GDAL_SKIP"] = ",".join(n for n in process._drivers() if n != driver)  # noqa: SLF001
            words = [sys.executable, "-m", "tests.intake.warm", str(theirs.fileno()), driver]
            parent = subprocess.Popen(words, env=env, pass_fds=[theirs.fileno()])
            theirs.close()
            self.parents[driver] = parent, ours
        return self.parents[driver][1]

    @contextmanager
    def content(
        self, admitted: Admitted, asked: dict[str, Any], limits: Limits
    ) -> Iterator[Content]:
        """Do what `process.content` does, in a fork."""
        parent = self._parent(admitted.format)
        order = reader.order_of(admitted, asked, limits).encode()
        readable, writable = os.pipe()
        socket.send_fds(parent, [order], [writable])
        os.close(writable)
        try:
            with open(readable, "rb") as pipe:  # noqa: PTH123  # a pipe has no path
                yield process._listen(pipe, admitted, limits)  # noqa: SLF001
        finally:
            self.ended.append(Ended(*json.loads(parent.recv(1000))))


def main(handle: int, driver: str) -> None:
    """Fork a reader for every order that comes."""
    if driver:
        reader._gdal(driver)  # noqa: SLF001
    orders = socket.socket(fileno=handle)
    while True:
        order, handles, _, _ = socket.recv_fds(orders, MOST_ORDER, 1)
        if not order:
            return
        child = os.fork()
        if child == 0:
            _read(order.decode(), handles[0], orders)
        os.close(handles[0])
        _, status, used = os.wait4(child, 0)
        ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        told = (ended, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000)
        orders.send(json.dumps(told).encode())


def _read(order: str, handle: int, orders: socket.socket) -> None:
    code = 1
    try:
        orders.close()
        os.dup2(handle, 1)
        os.close(handle)
        with open(os.devnull, "wb") as nothing:  # noqa: PTH123
            os.dup2(nothing.fileno(), 2)
        signal.alarm(int(json.loads(order)["limits"]["wall_seconds"]))
        sys.argv = ["reader", order]
        reader.main()
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
