"""A Streamlit page on a port of its own, as anybody would start it; a folder on one; and the browser's flags."""

import os
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from gatescope.command.output import APP

# What a browser does without: the list under its address bar, for which it opens two pages of its own beside each of
# ours (a quarter of a test's time); and what Playwright names, as the last such list is the only one that counts.
WITHOUT = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
)  # fmt: skip
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(WITHOUT)}",
]


def returning(address: str) -> Any:
    """The storage of a browser that has been here before: it is shown no tour."""
    seen = {"name": "gatescope.tour", "value": "seen"}
    return {"cookies": [], "origins": [{"origin": address, "localStorage": [seen]}]}


@contextmanager
def serving(folder: Path, entry: Path = APP, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of the app, or of another page, while the block runs; its log is `folder/log`."""
    with started(["-m", "streamlit", "run", entry], folder, environment) as address:
        yield address


@contextmanager
def started(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of a page that a command of Python serves while the block runs; its log is `folder/log`."""
    port, log = _free_port(), folder / "log"
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command, *options],
            cwd=folder,
            env=os.environ | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nobody reads a line for each file."""


class Server:
    """A plain web server that hands out files, and can be stopped."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", port), partial(Silent, directory=str(folder)))
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def process_of(address: str) -> int:
    """The server's process."""
    port = f"--server.port={address.rpartition(':')[2]}"
    listed = subprocess.run(["ps", "-axwwo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return next(int(line.split()[0]) for line in listed.splitlines() if port in line)


def memory(process: int) -> float:
    """Megabytes that a process holds."""
    rss = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, check=True).stdout
    return int(rss) / 1024


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_until_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = monotonic() + 90
    while monotonic() < end and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
            if answer.status == 200:
                return
        sleep(0.02)
    raise RuntimeError(f"The page did not start: {log.read_text(errors='replace')}")
