"""Runs the web application with gunicorn on this computer only."""

import ipaddress
import logging
import socket
from collections.abc import Callable
from datetime import datetime
from threading import Thread
from typing import Any, Final
from uuid import UUID, uuid5

from flask import Flask
from gunicorn.app.base import BaseApplication

from gisapp.actions import jobs, tile_files, tiles, views
from gisapp.auth import OPERATOR
from gisapp.errors import InvalidInput, Unavailable
from gisapp.i18n import N_
from gisapp.jobs import WORK
from gisapp.runtime import Runtime
from gisapp.web import create_app, now

PORT: Final = 8000
"""Tried first when nobody asks for a port."""

THREADS: Final = 8
BACKLOG: Final = 128
PATIENCE: Final = 3
"""Seconds that answers under way have to end when the server stops."""

WARM: Final = ("/map/coverage", "/values/coverage", "/api/v1/layers/coverage/rows?size=25")
"""What is read before anybody asks, so that the first page is quick."""

TILES: Final = UUID("5d1f6f0c-5d3b-4a63-9a51-6d1d3c3c7a55")
"""Makes the id of the job that cuts the tiles of some boundaries."""

log = logging.getLogger(__name__)


class NotThisComputer(InvalidInput):
    """Without accounts nobody else may reach the server."""

    code = "not_this_computer"
    message = N_("Without accounts only this computer may ask: --host cannot be {host}.")


class PortTaken(Unavailable):
    """Another program listens there."""

    code = "port_taken"
    message = N_("Port {port} is taken by another program. Choose another with --port.")


def serve(
    runtime: Runtime, host: str, port: int | None, ready: Callable[[str], None] = lambda url: None
) -> None:
    """Serve until somebody stops it; ``ready`` is told the address once it listens.

    A free port is chosen when ``port`` is 0, or None and the usual one is taken.
    """
    sock = listen(host, port)
    url = address(sock)
    _Server(runtime, sock.detach(), lambda: ready(url)).run()  # gunicorn takes the port over


def listen(host: str, port: int | None) -> socket.socket:
    """Open the port; raise `NotThisComputer` or `PortTaken`."""
    try:
        home = "127.0.0.1" if host == "localhost" else host
        loopback = ipaddress.ip_address(home).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise NotThisComputer(host=host)
    family = socket.AF_INET6 if ":" in home else socket.AF_INET
    for wish in [PORT, 0] if port is None else [port]:
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((home, wish))
        except OSError:
            sock.close()
            continue
        sock.listen(BACKLOG)
        return sock
    raise PortTaken(port=port)


def address(sock: socket.socket) -> str:
    """Say where a socket is reached."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn without its command line."""

    def __init__(self, runtime: Runtime, port: int, ready: Callable[[], None]) -> None:
        self.runtime = runtime
        self.port = port
        self.ready = ready
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": f"fd://{self.port}",
            "workers": self.runtime.settings.workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "graceful_timeout": PATIENCE,
            "preload_app": True,
            "loglevel": "warning",
            "when_ready": lambda arbiter: self.ready(),
            "post_fork": lambda arbiter, worker: self._part(),
            "post_worker_init": lambda worker: Thread(
                target=warm, args=(worker.wsgi,), daemon=True
            ).start(),
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        app = create_app(self.runtime)
        # Nothing of the parent's connections may be used by two processes.
        self.runtime.sessions.engine.dispose()
        return app

    def _part(self) -> None:
        self.runtime.sessions.engine.dispose(close=False)


def warm(app: Flask) -> None:
    """Ask for what people ask first; what fails here fails again where somebody sees it."""
    client: Any = app.test_client()
    for path in WARM:
        answer = client.get(path, headers={"Accept": "text/html"})
        log.info("warmed %s: %d", path, answer.status_code)
    tiles.prepare()
    try:
        order_tiles(app.extensions["gisapp"].runtime, now())
    except Unavailable as wrong:
        # Pages cut what they show; the next start asks again.
        log.warning("the tiles are not ordered now: %s", wrong.code)


def order_tiles(runtime: Runtime, moment: datetime) -> None:
    """Ask for the tiles of the boundaries in force as a job, where they are not there yet.

    Every process asks for the same job: the worker does it once.
    """
    with runtime.sessions.read(OPERATOR, moment) as everything:
        actor = views.everything(everything).actor
    with runtime.sessions.read(actor, moment) as session:
        key = tile_files.missing(session)
    if key is not None:
        with runtime.sessions.write(actor, moment) as session:
            jobs.ask(session, WORK, uuid5(TILES, key), "tiles", {})
