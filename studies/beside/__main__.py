"""What does each tool give of one and the same LSTM? `python -m studies.beside`

    python -m studies.beside /tmp/one/bin/python /tmp/another/bin/python

The tools want packages of different versions, so each is run in the first environment that has it: this one, or those
that are named, whose Python has what gatescope needs too. What each tool keeps of a forward call is compared with a
loop in float64, in parts of the largest number. Prints the table of `docs/beside.md`; the exit status is 1 if a tool's
lines in that page print what the page does not say.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

from studies.beside.row import PAGE, Row

ROOT = Path(__file__).parents[2]
WAYS = ("gatescope", "hook", "cell_loop", "torchlens", "nnsight", "captum", "neuralhydrology", "see_rnn")
TABLES = (
    {"nn.LSTM": "of `nn.LSTM`", "loop": "of a loop by hand", "proof": "checks itself", "picture": "draws"},
    {
        "gradient": "gradient at f",
        "held": "f held at 1",
        "attribution": "inputs’ sum misses",
        "ms nn.LSTM": "ms, `nn.LSTM`",
        "ms loop": "ms, loop by hand",
    },
)
NOT_ON_PIP = {"LSTMVis": "not tried: not on pip; its server reads states from files"}


def rows(environments: list[str]) -> list[Row | str]:
    """What each tool gives; the module's name where no environment has the tool."""
    return [next(filter(None, (_row(python, way) for python in environments)), way) for way in WAYS]


def _row(python: str, way: str) -> Row | None:
    command = [python, "-m", "studies.beside.row", way]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        raise SystemExit(1)
    said = json.loads(done.stdout.splitlines()[-1])
    return said and Row(**said)


def tables(found: list[Row | str]) -> str:
    """The rows in Markdown, and the errors that they met."""
    rows = [row for row in found if isinstance(row, Row)]
    missing = {way: "not tried: not installed" for way in found if isinstance(way, str)} | NOT_ON_PIP
    errors = list(dict.fromkeys(error for row in rows for error in row.errors))

    def cell(row: Row, column: str) -> str:
        said = row.cells.get(column, "–")
        return f"no: {errors.index(row.errors[int(said[4:]) - 1]) + 1}" if said.startswith("no: ") else said

    told = []
    for columns in TABLES:
        lines = [f"| | {' | '.join(columns.values())} |", "|---" * (len(columns) + 1) + "|"]
        lines += [f"| {row.name} | {' | '.join(cell(row, column) for column in columns)} |" for row in rows]
        lines += [f"| {name} | {why} |{' |' * (len(columns) - 1)}" for name, why in missing.items()]
        told.append("\n".join(lines))
    versions = ", ".join(dict.fromkeys(f"{row.package} {row.version}" for row in rows))
    return "\n\n".join([versions, *told, "\n".join(f"{n}. `{error}`" for n, error in enumerate(errors, 1))])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", nargs="*", help="the Python of another environment")
    found = rows([sys.executable, *parser.parse_args().python])
    print(f"{datetime.date.today()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}\n")
    print(tables(found))
    page = PAGE.read_text(encoding="utf-8")
    asked = [(row.name, line) for row in found if isinstance(row, Row) for line in row.lines.splitlines()]
    other = [f"{name}'s lines print {line!r}, which is not in {PAGE.name}" for name, line in asked if line not in page]
    print("\n".join(other), file=sys.stderr)
    return 1 if other else 0


if __name__ == "__main__":
    sys.exit(main())
