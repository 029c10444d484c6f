"""``gisapp serve``: the pages, on this computer."""

from collections.abc import Callable

import click

from gisapp.cli.crew import crew
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.i18n import N_
from gisapp.runtime import Runtime
from gisapp.web import server


@click.command(cls=Command)
@click.option("--host", default="127.0.0.1", metavar="HOST", help="Address of this computer.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; a free one when not given.")
@door
def serve(door: Door, host: str, port: int | None) -> None:
    """Serve the pages to this computer until Ctrl-C."""
    server.listen(host, 0).close()
    door.runtime.ready()

    def told(url: str) -> None:
        door.answer({"url": url})
        door.line(N_("{url}  (Ctrl-C stops it)"), url=url)

    run(door.runtime, host, port, told)


def run(
    runtime: Runtime, host: str, port: int | None, ready: Callable[[str], None] = click.echo
) -> None:
    """Serve until Ctrl-C; ``ready`` is told the address as soon as the server listens."""
    with crew(runtime.settings.job_workers):
        server.serve(runtime, host, port, ready)
