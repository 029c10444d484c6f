"""How long `make run` takes after the first time, and what the first view of each map weighs."""

import gzip
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROUNDS = 3
PAGES = ("/map/coverage", "/map/plan", "/map/hotspots")


def main() -> None:
    """Build the town once, then start it again and again."""
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"GISAPP_DATABASE_URL": f"sqlite:///{folder}/town.sqlite"}
        first = _timed([sys.executable, "-m", "gisapp", "demo", "--no-serve"], env)
        starts, pages = [], []
        for _ in range(ROUNDS):
            seconds, shown = _start(env)
            starts.append(seconds)
            pages.append(shown)
    print("| what | median s |\n| --- | ---: |")  # noqa: T201
    print(f"| build the town of 1,000 grids | {first:.1f} |")  # noqa: T201
    print(f"| start again until the server answers | {statistics.median(starts):.2f} |")  # noqa: T201
    for page in PAGES:
        middle = statistics.median(shown[page][0] for shown in pages)
        size = pages[0][page][1]
        print(f"| {page}, first request ({size / 1000:.0f} kB gzip) | {middle:.2f} |")  # noqa: T201


def _timed(command: list[str], env: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, env=env, check=True, capture_output=True)
    return time.perf_counter() - started


def _start(env: dict[str, str]) -> tuple[float, dict[str, tuple[float, int]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gisapp", "demo", "--port", str(port)]
    started = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        while not _answers(f"{base}/readyz"):
            if process.poll() is not None:
                raise RuntimeError("the server stopped")
        seconds = time.perf_counter() - started
        shown = {}
        for page in PAGES:
            asked = time.perf_counter()
            with urllib.request.urlopen(base + page) as answer:  # noqa: S310  # our own server
                body = answer.read()
            shown[page] = (time.perf_counter() - asked, len(gzip.compress(body)))
    finally:
        process.terminate()
        process.wait()
    return seconds, shown


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310  # our own server
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    main()
