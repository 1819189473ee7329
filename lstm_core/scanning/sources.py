"""Where do the texts of a scan come from, and what does it keep of them, as traces?"""

from __future__ import annotations

import os.path
import sysconfig
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from lstm_core.errors import LstmCoreError, shortened
from lstm_core.inputs.series import read_series
from lstm_core.scanning.model import JOINS
from lstm_core.scanning.windows import draws
from lstm_core.traces.recorded import Recorded

if TYPE_CHECKING:
    from lstm_core.scanning.result import Scan

# A file (a text a line), a folder (a text a file), or an iterable of texts: str, lists of tokens, arrays (time,
# feature), or the `Path` of a file each. For a model of numbers a file is one text: a table with a row a step.
Texts = str | Path | Iterable[Any]


class TextSource(NamedTuple):
    """Texts, read once from first to last; how many there are, if that is known beforehand; and the file of each text,
    where all are files."""

    texts: Iterator[Any]
    known: int | None
    files: list[Path] | None = None


def source_of(texts: Texts, of_numbers: bool = False) -> TextSource:
    """The texts of a corpus, each a str, a list of tokens or an array. `of_numbers`: files are tables of numbers.

    Raises LstmCoreError, here or while the texts are read, for a path to nothing, a file that is not UTF-8 text, and a
    whole table in the place of its texts.
    """
    read = _read_table if of_numbers else _read_file
    if isinstance(texts, (str, os.PathLike)):
        return _of_path(Path(texts), texts, read)
    if isinstance(texts, bytes | Mapping) or hasattr(texts, "columns") or not isinstance(texts, Iterable):
        raise LstmCoreError(
            f"Expected texts as a path or an iterable of str, token lists or arrays, got {type(texts).__name__}. Give "
            "a list of texts, also for one; of a table or a dict what holds the texts, such as texts['text']; for a "
            "series of numbers [table.to_numpy()]."
        )
    count, each = len(texts) if isinstance(texts, Sized) else None, texts if isinstance(texts, list | tuple) else ()
    files = [Path(text) for text in each] if each and all(isinstance(text, os.PathLike) for text in each) else None
    return TextSource((read(text) if isinstance(text, os.PathLike) else text for text in texts), count, files)


def standard_library() -> list[Path]:
    """The files of the running Python's standard library, without its tests and tables: Python code to scan.

    >>> "contextlib.py" in [path.name for path in standard_library()]
    True
    """
    return list(library_files().values())


# Left out: tests, tables of numbers, packages installed beside the library, and a second copy of the parser.
_LEFT_OUT = {"site-packages", "test", "tests", "idle_test", "encodings", "pydoc_data", "turtledemo", "lib2to3"}


def library_files() -> dict[str, Path]:
    """The files of the running Python's standard library, without its tests and tables, by name."""
    folder = Path(sysconfig.get_path("stdlib"))
    files = {}
    for file in sorted(folder.rglob("*.py")):
        path = file.relative_to(folder)
        # Leave out files that this machine's build wrote: other machines have others.
        if not _LEFT_OUT & set(path.parts) and not path.parts[0].startswith(("config-", "_sysconfigdata")):
            files[path.as_posix()] = file
    return files


def is_held_out(name: str) -> bool:
    """Whether a file is never trained on: the CRC-32 of its name in the library's folder is a multiple of 16.

    >>> is_held_out("contextlib.py"), is_held_out("argparse.py")
    (True, False)
    """
    return zlib.crc32(name.encode()) % 16 == 0


def documentation() -> list[str]:
    """The paragraphs of the running Python's documentation topics (what `help("lambda")` shows): English to scan."""
    from pydoc_data.topics import topics

    paragraphs = (paragraph for topic in topics.values() for paragraph in topic.split("\n\n"))
    return [" ".join(paragraph.split()) for paragraph in paragraphs if len(paragraph.split()) > 3]


def _of_path(path: Path, given: object, read: Callable[[Path], Any]) -> TextSource:
    # Unlike those of a Path, these take a name that is none of a file, as a whole text is.
    if os.path.isdir(path):
        every = sorted(file for file in path.rglob("*") if file.is_file())
        # Neither hidden ones nor those in hidden folders.
        files = [file for file in every if not any(part.startswith(".") for part in file.relative_to(path).parts)]
        return TextSource(map(read, files), len(files), files)
    if os.path.isfile(path):
        # A text a line, numbered as the lines are, from 0; a table is one text.
        found = [read(path)] if read is _read_table else _read_file(path).removesuffix("\n").split("\n")
        return TextSource(iter(found), len(found))
    raise LstmCoreError(
        f"Expected a file or a folder of texts, got no file at {shortened(given)}. Give a list of texts, also for one "
        "text."
    )


def _read_file(path: os.PathLike[str]) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8")
        if "\0" in text:
            raise ValueError("a character 0")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise LstmCoreError(
            f"Expected text in UTF-8 in {shortened(path)}, got: {reason}. Leave this file out, or give the texts "
            "themselves."
        ) from error
    return text.removeprefix("\ufeff")


def _read_table(path: os.PathLike[str]) -> Any:
    """The numbers (time, feature) in a CSV or Parquet file; columns of times are left out."""
    if Path(path).suffix == ".parquet":
        import pandas as pd

        try:
            return pd.read_parquet(path).select_dtypes("number").to_numpy()
        except (OSError, ValueError) as error:
            raise LstmCoreError(f"Expected a table in {shortened(path)}, got: {str(error)[:200]}.") from error
    return read_series(Path(path)).values


# What does a scan keep of its texts, as traces?

# The most numbers of c and h in the traces of one scan: 256 MiB as float64.
MOST_NUMBERS = 1 << 25


def traces(scan: Scan) -> Iterator[Recorded]:
    """A trace a text, one after the other, of what is stored of its steps: for `find_units(scan, …)` and all else that
    takes traces. Of a large corpus, texts are drawn at random until c and h have 33 million numbers; the same scan
    always gives the same ones.

    The texts have their tokens. Rows of more than four numbers have none: whole copies of such a text are known to be
    copies, by a digest in `config`, but not windows of one series, for which there is `groups`.
    """
    for number, steps in sorted(_drawn(scan).items()):
        yield _trace(scan, number, steps)


def _drawn(scan: Scan) -> dict[int, int]:
    """How many steps of which texts."""
    left, chosen = max(1, MOST_NUMBERS // scan.sizes.numbers(scan.sizes.trace.states)), dict[int, int]()
    for number in np.argsort(draws(np.zeros(scan.texts, np.uint64), np.arange(scan.texts)), kind="stable").tolist():
        if steps := min(int(scan.lengths[number]), left):
            chosen[number] = steps
            left -= steps
    return chosen


def _trace(scan: Scan, number: int, steps: int) -> Recorded:
    kind, sizes, tokens = scan.sizes.trace, scan.sizes, scan.tokens_of(number, 0, steps)
    sides = list(np.ndindex(sizes.layers, sizes.directions))
    values: dict[str, Any] = dict.fromkeys(kind.required())
    for quantity in scan.quantities:
        each = np.stack([scan.states(number, 0, steps, quantity, *side).T for side in sides])
        values[quantity] = torch.from_numpy(each.reshape(sizes.layers, sizes.directions, steps, 1, -1))
    for state in set(kind.states) & set(scan.quantities):
        start = torch.from_numpy(scan.table[f"{state}_start"]).float()
        values[f"{state}0"] = start.reshape(sizes.layers, sizes.directions, 1, -1)
    said: dict[str, Any] = {"max_error": scan.max_error, "proof": scan.proof, "name": scan.origin.model}
    roles = dict.fromkeys(scan.quantities, "kept by a scan")
    config = {"proj_size": sizes.hidden if sizes.hidden != sizes.units else 0, "roles": roles}
    if scan.origin.joins == JOINS["numbers"] and not any(tokens):
        return kind(**values, **said, config=config | {"digest": f"{scan.digests[number]:016x}"})
    return kind(**values, **said, config=config, tokens=[tokens])
