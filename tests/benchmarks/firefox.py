"""Does the page of `gatescope site` show in Firefox what lstm_core records?

    python -m tests.benchmarks.firefox

Opens a link to each shipped model and to some random LSTMs in an installed Firefox, over WebDriver BiDi, and compares
every number of the picture with the recording. Prints a row a link: the proof that the page states, and the largest
difference. The exit status is 1 after a difference above 2e-5, or a word in the console.
"""

import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

import lstm_core
from gatescope.question import link
from gatescope.question.view import View
from gatescope.reading.example_texts import with_text
from gatescope.reading.held import read_view
from gatescope.site.folder import write_site
from tests.browser.reading import READ, Heatmaps, cells
from tests.browser.serving import Server

PORT = 9333
BOUND = 2e-5
PATIENCE = 60.0
RANDOM: tuple[dict[str, str], ...] = (
    {},
    {"hidden_dim": "64", "n_layers": "2", "directions": "2", "sentence": "The cat the dog chased ran", "top": "all"},
    {"tokens": "numbers", "sentence": "1, 2, 3, 2, 1"},
)
LINKS = [with_text({"model": name, "top": "all"}) for name in (*lstm_core.models(), "tagger-sizes")]
LINKS += [{"model": "random", **rest} for rest in RANDOM]


class Firefox:
    """One page of a browser that is asked in WebDriver BiDi (https://w3c.github.io/webdriver-bidi/)."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._asked = socket, 0
        self.console: list[str] = []
        self._ask("session.new", capabilities={})
        self._ask("session.subscribe", events=["log.entryAdded"])
        self._page = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def goto(self, address: str) -> None:
        self._ask("browsingContext.navigate", context=self._page, url=address, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """What an expression is in the page, through JSON."""
        text = f"JSON.stringify({expression})"
        answer = self._ask("script.evaluate", expression=text, target={"context": self._page}, awaitPromise=True)
        return json.loads(answer["result"].get("value", "null"))

    def _ask(self, method: str, **parameters: Any) -> Any:
        self._asked += 1
        self._socket.send(json.dumps({"id": self._asked, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._socket.recv(timeout=PATIENCE))
            if told.get("method") == "log.entryAdded":
                self.console.append(told["params"]["text"])
            if told.get("id") == self._asked:
                if told["type"] == "error":
                    raise RuntimeError(told["message"])
                return told["result"]


def main() -> int:
    program = shutil.which("firefox") or shutil.which("firefox-esr")
    if program is None:
        print("No Firefox on the PATH. Install it and try again.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_site(folder / "site")
        server = Server(folder / "site")
        command = [program, "--headless", "--no-remote", "--profile", name, "--remote-debugging-port", str(PORT)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with _connected() as socket:
                firefox = Firefox(socket)
                worst = max(_difference(firefox, server.address, query) for query in LINKS)
        finally:
            process.kill()
            process.wait()
            server.stop()
    print("\n".join(firefox.console) or "The console is empty.")
    return int(worst > BOUND or bool(firefox.console))


def _connected() -> ClientConnection:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(OSError, WebSocketException):
            return connect(f"ws://127.0.0.1:{PORT}/session", max_size=None)
        time.sleep(0.2)
    raise TimeoutError(f"Firefox did not open its port in {PATIENCE:g} s.")


def _difference(firefox: Firefox, address: str, query: dict[str, str]) -> float:
    """The largest difference between the picture of a link and its recording; prints it."""
    trace = read_view(link.read(View(), query)[0]).reading.trace
    assert trace is not None
    firefox.goto(f"{address}/?{urlencode(query)}")
    until = time.monotonic() + PATIENCE
    while (worst := _worst(firefox.evaluate(f"({READ})()"), cells(trace))) > BOUND and time.monotonic() < until:
        time.sleep(0.2)
    proof = firefox.evaluate("document.querySelector('.gs-proof').innerText")
    name = " ".join(value for field, value in query.items() if field != "sentence")
    print(f"{name:<20} {worst:.1e}  {proof}", flush=True)
    return worst


def _worst(drawn: list[dict[str, Any]], recorded: Heatmaps) -> float:
    """Infinite where the picture has other strips than the recording, or other cells."""
    strips = {(at["meta"]["layer"], at["meta"]["direction"], at["name"]): np.array(at["z"], np.float32) for at in drawn}
    if {key: z.shape for key, z in strips.items()} != {key: z.shape for key, z in recorded.items()}:
        return math.inf
    return max(float(np.abs(z - recorded[key]).max()) for key, z in strips.items())


if __name__ == "__main__":
    sys.exit(main())
