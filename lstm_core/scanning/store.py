"""Where are the numbers of a whole corpus kept, whole or not at all?

A store is a folder, a Zarr group that opens in xarray: an array a quantity (layer, direction, unit, step), the texts
one after the other, with the coordinates `text`, `time` and `token`. What is small of each part of the corpus stands in
a file in `parts`: tokens, answers, losses, and what is counted of units. `gatescope.json` says which model reads. The
attribute `steps` of the group is written last: a folder without it is no store.

A scan writes beside its store, in a folder whose name ends in `.part`, or in that of `resume=`: each part's numbers at
their place in the arrays, and then its file. When all is there, the folder takes the place of the store that was there
before.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock, Timeout

from lstm_core.analysis.units import Table, joined_tables
from lstm_core.errors import LstmCoreError, shortened
from lstm_core.files.outside import read_json
from lstm_core.files.write_whole import write_bytes
from lstm_core.scanning.arrays import PARTS, UNITS, describe_arrays, read, read_blocks, write_steps, written
from lstm_core.scanning.model import CellSizes, Origin, differences
from lstm_core.scanning.windows import Part, begins_of, times_of
from lstm_core.traces.summary import JoinedProof, checked_proof, joined_proof

if TYPE_CHECKING:
    import pandas

HEADER, GROUP = "gatescope.json", "zarr.json"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoreHeader:
    """What a store says of itself."""

    origin: Origin
    sizes: CellSizes
    quantities: tuple[str, ...]
    """The quantities that are stored of each step."""

    @classmethod
    def of(cls, folder: Path) -> StoreHeader:
        """The header of the store in a folder."""
        with read(folder):
            said = read_json((folder / HEADER).read_bytes())
            return cls(Origin(**said["origin"]), CellSizes(*said["sizes"]), tuple(said["quantities"]))


class Store:
    """The numbers of a corpus on the disk, to be asked."""

    def __init__(self, folder: Path, temporary: Path | None = None) -> None:
        """`temporary`: a folder that is deleted when nobody has the store any more."""
        self.folder, self.about = folder, StoreHeader.of(folder)
        if temporary is not None:
            weakref.finalize(self, shutil.rmtree, temporary, ignore_errors=True)
        self._seen = _changed(folder)
        self.lengths, self.digests = self._column("length").astype(np.int64), self._column("digest")
        self.begins, self.steps = begins_of(self.lengths), int(self.lengths.sum())
        with read(folder):
            if _steps_in(folder) != self.steps:
                raise ValueError(f"other parts than were scanned: of {self.steps:,} steps")
            proved = [
                JoinedProof(error, checked_proof(proof)) for error, proof in (said["proof"] for said in self._words)
            ]
            self.max_error, self.proof = joined_proof(proved)

    def check(self) -> None:
        """Raise LstmCoreError if another scan stands in the folder now, or none."""
        if _changed(self.folder) != self._seen:
            raise LstmCoreError(
                f"Expected the scan that was opened in {shortened(self.folder)}, got another one, or none: it was "
                "replaced since. Open it with lstm_core.load_scan."
            )

    def blocks(
        self, quantity: str, layer: int, direction: int, begin: int = 0, end: int | None = None
    ) -> Iterator[tuple[int, np.ndarray]]:
        """The first step and the values (unit, step) of each block of the steps [begin, end)."""
        self.check()
        units = self.about.sizes.shape(quantity)[-1]
        return read_blocks(self.folder, quantity, (layer, direction), units, begin, self.steps if end is None else end)

    @cached_property
    def table(self) -> Table:
        """What is counted of all units."""
        tables = self._of_parts(lambda part: {n.removeprefix(UNITS): part[n] for n in part.files if UNITS in n})
        return reduce(joined_tables, tables)

    @cached_property
    def tokens(self) -> pandas.Categorical[object]:
        """(step,): the token of each step."""
        return self._labels("token")

    @cached_property
    def answers(self) -> pandas.Categorical[object]:
        """(step,): what the model says after each step; "" where it says nothing in words."""
        return self._labels("answer")

    @cached_property
    def losses(self) -> np.ndarray:
        """(step,): how badly each step was foreseen; NaN where nothing was."""
        return self._column("loss")

    @cached_property
    def counted(self) -> np.ndarray:
        """(layer, direction, step): which steps count."""
        return self._column("counted")

    def _of_parts(self, ask: Any) -> list[Any]:
        """What is asked of the file of each part."""
        self.check()
        with read(self.folder):
            return [ask(part) for part in parts_in(self.folder)]

    def _column(self, name: str) -> np.ndarray:
        with read(self.folder):
            found: np.ndarray = np.concatenate(self._of_parts(lambda part: part[name]), -1)
        return found

    @cached_property
    def _words(self) -> list[dict[str, Any]]:
        return self._of_parts(lambda part: json.loads(part["words"].tobytes()))

    def _labels(self, name: str) -> pandas.Categorical[object]:
        import pandas as pd

        numbers = self._of_parts(lambda part: part[name])
        with read(self.folder):
            words = [pd.Index(said[name], dtype=object) for said in self._words]
            return joined_labels([pd.Categorical.from_codes(*each) for each in zip(numbers, words, strict=True)])


def joined_labels(several: list[pandas.Categorical[object]]) -> pandas.Categorical[object]:
    """The words of all steps, one after the other."""
    from pandas.api.types import union_categoricals

    joined: pandas.Categorical[object] = union_categoricals(several)
    return joined


def parts_in(folder: Path) -> Iterator[Any]:
    """What is small of each part of a scan, by name."""
    for path in sorted((folder / PARTS).glob("[0-9]*.npz")):
        # NumPy leaves a file open that it can't read.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as part:
            yield part


def open_store(folder: Path) -> Store:
    """The store in a folder.

    Raises LstmCoreError when there is none, or one that is not whole.
    """
    if _is_whole(folder):
        return Store(folder)
    got = "something else, or a store of an earlier version" if os.path.exists(folder) else "none there"
    if any(os.path.exists(place / HEADER) for place in (folder, _beside(folder))):
        got = "one that is being written or was stopped, and with the same resume= goes on"
    raise LstmCoreError(
        f"Expected the folder of a whole scan, {shortened(folder)}, got {got}. Scan the texts again: "
        "lstm_core.scan(model, texts, store=…)."
    )


def _beside(store: Path) -> Path:
    return store.with_name(f"{store.name}.part")


def _steps_in(folder: Path) -> int:
    """The attribute of a whole store."""
    steps: int = read_json((folder / GROUP).read_bytes())["attributes"]["steps"]
    return steps


def _is_whole(folder: Path) -> bool:
    try:
        return _steps_in(folder) > 0
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _changed(folder: Path) -> tuple[int, int, int] | None:
    """What tells one writing of a group's description from another; None if it is not there."""
    try:
        found = (folder / GROUP).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _set_aside(folder: Path) -> Path:
    """Give a folder another name, under which it is deleted: who stops meanwhile leaves no half of it under its own."""
    doomed = folder.with_name(f".{folder.name}.gatescope-deleted")
    shutil.rmtree(doomed, ignore_errors=True)
    if folder.exists():
        os.replace(folder, doomed)
    return doomed


@contextmanager
def opened_for_writing(
    store: str | Path | None, resume: str | Path | None, about: StoreHeader
) -> Iterator[StoreWriter]:
    """A writer of a scan, whose folders nobody else writes inside the block. Without a store and `resume` it writes a
    temporary folder.

    Raises LstmCoreError if a folder can't be written, is being written or holds something else, and if `resume` holds
    the parts of another scan.
    """
    with ExitStack() as held:
        temporary = None
        if store is None and resume is None:
            temporary = Path(tempfile.mkdtemp(prefix="gatescope-scan-"))
            store = temporary / "scan"
        target = Path(os.path.abspath(resume if store is None else store))  # type: ignore[arg-type]
        folder = _beside(target) if resume is None else Path(os.path.abspath(resume))
        with written(target):
            for place in {target, folder}:
                _check_free(place)
                place.parent.mkdir(parents=True, exist_ok=True)
                held.enter_context(_alone(place))
            writer = StoreWriter(folder, target, about, temporary, goes_on=resume is not None)
        try:
            yield writer
        except BaseException as error:
            if resume is None:
                shutil.rmtree(_set_aside(folder), ignore_errors=True)
                if temporary is not None:
                    shutil.rmtree(temporary, ignore_errors=True)
                error.add_note("Nothing of this scan is kept. With resume= it would go on after a stop.")
            else:
                error.add_note(f"What was read stays in {shortened(folder)}: the same call on the same texts goes on.")
            raise


def _check_free(folder: Path) -> None:
    """Raise LstmCoreError if a folder is none, or holds something else than a scan."""
    if folder.is_file():
        raise LstmCoreError(f"Expected a folder for the scan, got the file {shortened(folder)}. Name another.")
    inside = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if not (HEADER in inside or all(name.startswith(".") for name in inside)):
        raise LstmCoreError(
            f"Expected a new or empty folder for the scan, or a store, got {shortened(folder)} with other files in it. "
            "Name another folder."
        )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else writes a folder inside the block. The lock stands elsewhere, because the folder gets another name."""
    name = hashlib.blake2b(f"{Path.home()} {folder}".encode(), digest_size=8).hexdigest()
    # The system lets the lock go when the process ends, however it ends.
    lock = FileLock(Path(tempfile.gettempdir(), f"gatescope-{name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LstmCoreError(
            f"Expected a store that nobody else writes, got {shortened(folder)}, which a scan is writing. Wait for "
            "its end, or name another folder."
        ) from error
    try:
        yield
    finally:
        lock.release()


class StoreWriter:
    """The folder of a scan while its parts are written there, each by whoever reads it; then it becomes a store."""

    def __init__(self, folder: Path, target: Path, about: StoreHeader, temporary: Path | None, goes_on: bool) -> None:
        self.folder, self._target, self.about, self._temporary = folder, target, about, temporary
        self.texts = self.steps = self.parts = 0
        if goes_on and (folder / HEADER).exists():
            got = StoreHeader.of(folder)
            found = differences(about.origin, got.origin)
            if got.quantities != about.quantities:
                found = found or f"quantities={got.quantities}"
            if found:
                raise self._differ(found)
        else:
            shutil.rmtree(_set_aside(folder), ignore_errors=True)
            (folder / PARTS).mkdir(parents=True)
            write_bytes(folder / HEADER, json.dumps(asdict(about)).encode())
        need = 8 + 4 * about.sizes.numbers(about.quantities)
        free = shutil.disk_usage(folder).free
        _log.info("The store %s takes %d MB for a million steps; %.0f MB are free.", target, need, free / 1e6)

    def file_of(self, part: int) -> Path:
        """The file of a part, by its number."""
        return self.folder / PARTS / f"{part:06}.npz"

    def has(self, part: Part) -> bool:
        """Whether a part is there.

        Raises LstmCoreError if other texts were read before.
        """
        self.texts, self.steps = part.first + len(part.lengths), part.begin + part.steps
        self.parts = part.number + 1
        if not self.file_of(part.number).exists():
            if _is_whole(self.folder):
                raise self._differ("other texts")
            return False
        with read(self.folder), np.load(self.file_of(part.number), allow_pickle=False) as there:
            if not np.array_equal(there["digest"], part.digests):
                raise self._differ("other texts")
        return True

    def finish(self) -> Store:
        """The store, once all parts are there."""
        if len(list((self.folder / PARTS).glob("[0-9]*.npz"))) != self.parts:
            raise self._differ("other texts")
        if not _is_whole(self.folder):
            with written(self._target):
                self._describe()
        if self.folder != self._target:
            with written(self._target):
                doomed = _set_aside(self._target)
                os.replace(self.folder, self._target)
            shutil.rmtree(doomed, ignore_errors=True)
        return Store(self._target, self._temporary)

    def _differ(self, got: str) -> LstmCoreError:
        return LstmCoreError(
            f"Expected a part of the scan that is asked for in {shortened(self.folder)}, got one with {got}. Give "
            "another folder as resume, or delete this one."
        )

    def _describe(self) -> None:
        """Say what the arrays are, with the coordinates of their steps, and last that the store is whole."""
        for old in self.folder.rglob(GROUP):
            old.unlink()
        group, begin, first = describe_arrays(self.folder, self.about.sizes, self.about.quantities, self.steps), 0, 0
        for part in parts_in(self.folder):
            lengths = part["length"]
            texts, times = np.repeat(np.arange(first, first + len(lengths)), lengths), times_of(lengths)
            # A lone surrogate has no bytes in UTF-8.
            words = [
                w.encode("utf-8", "backslashreplace").decode() for w in json.loads(part["words"].tobytes())["token"]
            ]
            columns = {"text": texts, "time": times, "token": np.array([*words, ""], object)[part["token"]]}
            for name, values in columns.items():
                group[name][begin : begin + len(values)] = values
            begin, first = begin + len(times), first + len(lengths)
        described = json.loads((self.folder / GROUP).read_bytes())
        described["attributes"] = {"made by": "gatescope", "texts": first, "steps": begin}
        write_bytes(self.folder / GROUP, json.dumps(described).encode())


def copied(stores: Sequence[Store], target: Path) -> None:
    """Write some stores of one model into one, the texts of each after those of the one before."""
    about = stores[0].about
    with opened_for_writing(target, None, about) as writer:
        for store in stores:
            for quantity in about.quantities:
                for side in np.ndindex(*about.sizes.shape(quantity)[:2]):
                    for first, values in store.blocks(quantity, *side):
                        write_steps(writer.folder, quantity, side, values, writer.steps + first)
            for path in sorted((store.folder / PARTS).glob("[0-9]*.npz")):
                shutil.copyfile(path, writer.file_of(writer.parts))
                writer.parts += 1
            writer.steps += store.steps
        writer.finish()
