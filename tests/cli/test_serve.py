import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gisapp.web import server


@contextmanager
def serving(url: str, *options: str, jobs: int = 0) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run ``gisapp serve`` until the test is done; gives the first line it prints."""
    settings = {"DATABASE_URL": url, "WORKERS": "1", "JOB_WORKERS": str(jobs), "DUTIES": "false"}
    process = subprocess.Popen(
        [sys.executable, "-m", "gisapp", "serve", *options],
        env=os.environ | {f"GISAPP_{name}": value for name, value in settings.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    stop = threading.Timer(180, process.kill)
    stop.start()
    try:
        assert process.stdout
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.communicate()
        stop.cancel()


def test_serving_tells_its_address_once_it_listens_and_ends_quietly(spatialite: str) -> None:
    with serving(spatialite, "--port", "0", "--json") as (process, line):
        url = json.loads(line)["url"]
        with urllib.request.urlopen(f"{url}/healthz", timeout=30) as answer:  # noqa: S310
            assert json.load(answer) == {"status": "ok"}

        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)

        assert process.returncode == 0
        assert "Traceback" not in said


def test_serving_needs_a_database_that_was_made(tmp_path: Path) -> None:
    with serving(f"sqlite:///{tmp_path / 'none.sqlite'}") as (process, line):
        _, said = process.communicate(timeout=30)

        assert line == ""
        assert process.returncode == 1
        assert len(said.splitlines()) == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.org", "::"])  # noqa: S104
def test_no_other_computer_can_be_let_in(host: str) -> None:
    with pytest.raises(server.NotThisComputer):
        server.listen(host, 0)


def test_a_taken_port_is_told_when_asked_for_and_replaced_when_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(server, "PORT", port)

        with pytest.raises(server.PortTaken):
            server.listen("127.0.0.1", port)
        with server.listen("localhost", None) as free:
            assert server.address(free) == f"http://127.0.0.1:{free.getsockname()[1]}"
            assert free.getsockname()[1] != port


def test_an_address_of_the_newer_kind_stands_in_brackets() -> None:
    with server.listen("::1", 0) as sock:
        assert server.address(sock).startswith("http://[::1]:")
