"""Is the package whole that was installed here? `.ci/release` runs this in a new environment, beside no checkout.

Its argument is the checkout that the package was built from.
"""

import socket
import subprocess
import sys
import sysconfig
import time
import tomllib
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import torch
from streamlit.testing.v1 import AppTest

import gatescope
import lstm_core

CHECKOUT = Path(sys.argv[1])
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
INSTALLED = Path(lstm_core.__file__).parents[1]
GATESCOPE = str(Path(sysconfig.get_path("scripts")) / "gatescope")


def every_file_is_there() -> int:
    """The packages, and what goes into the wheel beside them: the browser's files, the settings, the trained models."""
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    number = 0
    for source, place in {"lstm_core": "lstm_core", **wheel["sources"], **wheel["force-include"]}.items():
        for file in (CHECKOUT / source).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                copy = INSTALLED / place / file.relative_to(CHECKOUT / source)
                assert copy.read_bytes() == file.read_bytes(), copy
                number += 1
    return number


def it_records() -> float:
    model = torch.nn.Sequential(torch.nn.LSTM(4, 3, num_layers=2))
    with lstm_core.record(model) as recording:
        model(torch.randn(5, 1, 4))
    assert recording.only.max_error < 1e-6
    assert lstm_core.load_model("counter").lstm.hidden_size
    return recording.only.max_error


def the_command_works() -> None:
    subprocess.run(
        [GATESCOPE, "record", "brackets", "--text", "(())", "--out", "trace.npz"], check=True, stdout=subprocess.DEVNULL
    )
    assert len(lstm_core.load("trace.npz").tokens[0]) == 4
    subprocess.run([GATESCOPE, "site", "site"], check=True, stdout=subprocess.DEVNULL)
    assert Path("site/index.html").is_file()


def the_app_starts() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    options = ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.port", address.split(":")[1]]
    with subprocess.Popen([GATESCOPE, *options], stdout=subprocess.DEVNULL) as app:
        try:
            for path in ("_stcore/health", "browser/live.js"):
                assert answer(f"http://{address}/{path}", app)
        finally:
            app.terminate()
    page = AppTest.from_file(str(Path(gatescope.__file__).parent / "app.py"), default_timeout=120).run()
    assert page.main.children
    assert not page.exception, page.exception


def answer(url: str, app: subprocess.Popen[bytes]) -> bytes:
    """What the app answers, once it is up."""
    for _ in range(120):
        assert app.poll() is None, "The app has ended."
        try:
            with urlopen(url, timeout=10) as said:
                return bytes(said.read())
        except URLError:
            time.sleep(1)
    raise AssertionError(f"Nobody answers at {url}.")


if __name__ == "__main__":
    assert not INSTALLED.is_relative_to(CHECKOUT), INSTALLED
    assert lstm_core.__version__ == PROJECT["project"]["version"]
    print(f"gatescope {lstm_core.__version__}, {every_file_is_there()} files")
    print(f"records to {it_records():.0e}")
    the_command_works()
    the_app_starts()
    print("The command and the app work.")
