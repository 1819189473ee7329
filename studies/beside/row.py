"""What does one tool give, in a process of its own? `python -m studies.beside.row torchlens`

A foreign tool may change how PyTorch runs, so each is asked in a process of its own, and gatescope is timed before the
tool is imported. Prints a row as JSON, or null where the tool is not installed.
"""

import contextlib
import io
import json
import re
import runpy
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from studies.beside import task
from studies.beside.ways import gatescope

PAGE = Path(__file__).parents[2] / "docs" / "beside.md"
TURNS = 5
LINES = re.compile(r"^## Coming from ([^\n]*)\n(?:(?!^## ).)*?^```py\n(.*?)^```", re.DOTALL | re.MULTILINE)


class Row(NamedTuple):
    """What one tool gives."""

    name: str
    package: str
    version: str
    cells: dict[str, str]
    """By the column; a column that is missing has no call."""
    errors: list[str]
    """What `no: 1` and so on stand for."""
    lines: str
    """What the tool's lines in the page printed; "" if it has none there."""


def row(name: str) -> Row | None:
    """What a tool gives; None if it is not installed."""
    way = import_module(f"studies.beside.ways.{name}")
    try:
        release = version(way.PACKAGE)
    except PackageNotFoundError:
        return None
    x = task.inputs()
    truth = task.Truth(task.models()[0], x)
    ours = [_milliseconds(gatescope.keeps(model), x) for model in task.models()]
    cells: dict[str, str] = {}
    errors: list[str] = []
    for model, kind, our in zip(task.models(), ("nn.LSTM", "loop"), ours, strict=True):
        try:
            kept = way.keeps(model)
            cells[kind] = task.found(kept(x), truth)
            cells[f"ms {kind}"] = f"{_rounded(_milliseconds(kept, x))} ({_rounded(our)})"
        except task.NoCall:
            pass
        except Exception as error:  # what a tool does not take is asked here
            cells[kind] = _no(error, errors)
    compared: dict[str, Callable[[Any], str]] = {
        "proof": str,
        "picture": str,
        "gradient": lambda said: _how_near(said, truth.gradient),
        "held": lambda said: _how_near(said, truth.held),
        "attribution": lambda said: f"{task.off(said.sum((1, 2)), truth.effect):.0e}",
    }
    for question, compare in compared.items():
        if ask := getattr(way, question, None):
            cells[question] = _asked(ask, compare, x, errors)
    return Row(way.NAME, way.PACKAGE, release.split("+")[0], cells, errors, page_lines(way.NAME))


def _asked(ask: Callable[..., Any], compare: Callable[[Any], str], x: Tensor, errors: list[str]) -> str:
    """The answer for `nn.LSTM`, else for the loop, else why there is none."""
    built, loop = task.models()
    try:
        return compare(ask(built, x))
    except Exception as error:
        with contextlib.suppress(Exception):
            return f"the loop's: {compare(ask(loop, x))}"
        return _no(error, errors)


def _no(error: Exception, errors: list[str]) -> str:
    said = f"{type(error).__name__}: {error}".split("\n")[0]
    errors.append(said)
    return f"no: {len(errors)}"


def _how_near(said: Tensor, right: Tensor) -> str:
    distance = task.off(said, right)
    return f"{distance:.0e}" if distance < 10 * task.EQUAL else f"other numbers ({distance:.0e})"


def _milliseconds(kept: Callable[[Tensor], object], x: Tensor) -> float:
    """The median of some calls, after one that is not counted."""
    took = []
    for _ in range(TURNS + 1):
        began = time.perf_counter()
        kept(x)
        took.append(time.perf_counter() - began)
    return 1e3 * statistics.median(took[1:])


def _rounded(milliseconds: float) -> str:
    return f"{milliseconds:,.0f}" if milliseconds >= 10 else f"{milliseconds:.1f}"


def page_lines(name: str) -> str:
    """What a tool's lines in the page print."""
    code = dict(LINES.findall(PAGE.read_text(encoding="utf-8"))).get(name, "")
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as said:
        file = Path(folder) / "lines.py"
        file.write_text(code, encoding="utf-8")
        runpy.run_path(str(file))
    return said.getvalue()


def main() -> None:
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    # What a tool prints by itself is no part of the row.
    with contextlib.redirect_stdout(sys.stderr):
        said = row(sys.argv[1])
    print(json.dumps(said and said._asdict()))


if __name__ == "__main__":
    main()
