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
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock, Timeout

from lstm_core.analysis.units import Table, joined_tables
from lstm_core.errors import LstmCoreError, shortened
from lstm_core.files.outside import read_json
from lstm_core.files.write_whole import write_bytes
from lstm_core.scanning.arrays import PARTS, UNITS, describe_arrays, read, read_blocks, write_steps, written
from lstm_core.scanning.model import CellSizes, Origin
from lstm_core.scanning.windows import Part, begins_of, times_of
from lstm_core.traces.summary import JoinedProof, checked_proof, joined_proof

if TYPE_CHECKING:
    import pandas

HEADER, GROUP = "gatescope.json", "zarr.json"


def _origin_in(folder: Path) -> Origin:
    with read(folder):
        said = read_json((folder / HEADER).read_bytes())
        return Origin(**said | {"sizes": CellSizes(*said["sizes"]), "quantities": tuple(said["quantities"])})


def differences(asked: Origin, got: Origin) -> str:
    """What an origin has that another has not, in words."""
    ours, theirs = vars(asked), vars(got)
    others = [name for name in ours if ours[name] != theirs[name]]
    return ", ".join("other weights" if name == "weights" else f"{name}={theirs[name]}" for name in others)


class Store:
    """The numbers of the corpus of one scan on the disk, to be asked."""

    def __init__(self, store: Path, temporary: Path | None = None, *, is_whole: bool = True) -> None:
        """`temporary`: a folder that is deleted when nobody has the store any more; `is_whole`: once it was described.

        Raises LstmCoreError for another folder, and for a store that is not whole.
        """
        described, self._seen = _steps_in(store), _changed(store)
        if is_whole and not described:
            raise _no_store(store)
        self.store, self.origin = store, _origin_in(store)
        self.sizes, self.quantities = self.origin.sizes, self.origin.quantities
        """How many layers, directions and units the model's cells have, and what is stored of every step."""
        if temporary is not None:
            weakref.finalize(self, shutil.rmtree, temporary, ignore_errors=True)
        with read(store):
            self._add([_opened(path) for path in files_of_parts(store)])
            if is_whole and self.steps != described:
                raise ValueError(f"other parts than were scanned: of {self.steps:,} steps")

    def _add(self, parts: Sequence[Mapping[str, Any]]) -> None:
        """What is small of all parts together."""

        def column(name: str) -> np.ndarray:
            return np.concatenate([part[name] for part in parts], -1)

        self.lengths, self.digests = column("length").astype(np.int64), column("digest")
        self.begins, self.texts, self.steps = begins_of(self.lengths), len(self.lengths), int(self.lengths.sum())
        """(text,): the first step of each text, when the texts follow each other; and how many texts and steps there
        are."""
        self.each_token, self.each_answer = _labels(parts, "token"), _labels(parts, "answer")
        """(step,): the token of each step, and what the model says after it; "" where it says nothing in words."""
        self.each_loss, self.counted = column("loss"), column("counted")
        """(step,): how badly each step was foreseen, NaN where nothing was; (layer, direction, step): which count."""
        tables = [{n.removeprefix(UNITS): part[n] for n in part if UNITS in n} for part in parts]
        self.table: Table = reduce(joined_tables, tables)
        proved = [JoinedProof(error, checked_proof(proof)) for error, proof in (part["proof"] for part in parts)]
        self.max_error, self.proof = joined_proof(proved)

    def check(self) -> None:
        """Raise LstmCoreError if another scan stands in the folder now, or none."""
        if _changed(self.store) != self._seen:
            raise LstmCoreError(
                f"Expected the scan that was opened in {shortened(self.store)}, got another one, or none: it was "
                "replaced since. Open it with lstm_core.load_scan."
            )

    def blocks(
        self, quantity: str, layer: int, direction: int, begin: int = 0, end: int | None = None
    ) -> Iterator[tuple[int, np.ndarray]]:
        """The first step and the values (unit, step) of each block of the steps [begin, end)."""
        self.check()
        units, end = self.sizes.shape(quantity)[-1], self.steps if end is None else end
        return read_blocks(self.store, quantity, (layer, direction), units, begin, end)


def _opened(path: Path) -> dict[str, Any]:
    """What is small of a part, by name."""
    # NumPy leaves a file open that it can't read.
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as part:
        words: dict[str, Any] = json.loads(part["words"].tobytes())
        return dict(part) | words


def _labels(parts: Sequence[Mapping[str, Any]], name: str) -> pandas.Categorical[object]:
    """The words of all steps, one after the other."""
    import pandas as pd
    from pandas.api.types import union_categoricals

    several = [pd.Categorical.from_codes(part[name], pd.Index(part[f"{name}s"], dtype=object)) for part in parts]
    joined: pandas.Categorical[object] = union_categoricals(several)
    return joined


def files_of_parts(folder: Path) -> list[Path]:
    """The file of each part of a scan."""
    return sorted((folder / PARTS).glob("[0-9]*.npz"))


def _no_store(folder: Path) -> LstmCoreError:
    """The error for a folder that is no whole store."""
    return LstmCoreError(
        f"Expected the folder of a whole scan, {shortened(folder)}, got none, or a store of an earlier version, or one "
        "that is being written or was stopped, which goes on with the same resume=. Scan the texts again: "
        "lstm_core.scan(model, texts, store=…)."
    )


def _beside(store: Path) -> Path:
    return store.with_name(f"{store.name}.part")


def _steps_in(folder: Path) -> int:
    """The attribute of a whole store; 0 without one."""
    try:
        return int(read_json((folder / GROUP).read_bytes())["attributes"]["steps"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _changed(folder: Path) -> tuple[int, int, int] | None:
    """What tells one writing of a group's description from another; None if it is not there."""
    try:
        found = (folder / GROUP).stat()
    except (OSError, ValueError):
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
def opened_for_writing(store: str | Path | None, resume: str | Path | None, origin: Origin) -> Iterator[StoreWriter]:
    """A writer of a scan, whose folders nobody else writes inside the block. Without a store and `resume` it writes a
    temporary folder.

    Raises LstmCoreError if a folder can't be written, is being written or holds something else, and if `resume` holds
    the parts of another scan.
    """
    with ExitStack() as held:
        temporary = Path(tempfile.mkdtemp(prefix="gatescope-scan-")) if store is None and resume is None else None
        target = Path(os.path.abspath(store or resume or f"{temporary}/scan"))
        folder = _beside(target) if resume is None else Path(os.path.abspath(resume))
        with written(target):
            for place in {target, folder}:
                _check_free(place)
                place.parent.mkdir(parents=True, exist_ok=True)
                held.enter_context(_alone(place))
            writer = StoreWriter(folder, target, origin, temporary, goes_on=resume is not None)
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


def _alone(folder: Path) -> AbstractContextManager[Any]:
    """Nobody else writes a folder inside the block. The lock stands elsewhere, because the folder gets another name."""
    name = hashlib.blake2b(f"{Path.home()} {folder}".encode(), digest_size=8).hexdigest()
    try:
        # The system lets the lock go when the process ends, however it ends.
        return FileLock(Path(tempfile.gettempdir(), f"gatescope-{name}.lock")).acquire(timeout=0)
    except Timeout as error:
        raise LstmCoreError(
            f"Expected a store that nobody else writes, got {shortened(folder)}, which a scan is writing. Wait for "
            "its end, or name another folder."
        ) from error


class StoreWriter:
    """The folder of a scan while its parts are written there, each by whoever reads it; then it becomes a store."""

    def __init__(self, folder: Path, target: Path, origin: Origin, temporary: Path | None, goes_on: bool) -> None:
        self.folder, self._target, self.origin, self.temporary = folder, target, origin, temporary
        self.texts = self.steps = self.parts = 0
        if goes_on and (folder / HEADER).exists():
            if found := differences(origin, _origin_in(folder)):
                raise self._differ(found)
        else:
            shutil.rmtree(_set_aside(folder), ignore_errors=True)
            (folder / PARTS).mkdir(parents=True)
            write_bytes(folder / HEADER, json.dumps(asdict(origin)).encode())

    def file_of(self, part: int) -> Path:
        """The file of a part, by its number."""
        return self.folder / PARTS / f"{part:06}.npz"

    def has(self, part: Part) -> bool:
        """Whether a part is there.

        Raises LstmCoreError if other texts were read before.
        """
        self.texts, self.steps = part.first + len(part.lengths), part.begin + part.steps
        self.parts, file = part.number + 1, self.file_of(part.number)
        there = file.exists()
        with read(self.folder):
            is_same = there and np.array_equal(_opened(file)["digest"], part.digests)
        if not is_same and (there or _steps_in(self.folder)):
            raise self._differ("other texts")
        return there

    def finish(self) -> Path:
        """The folder of the store, once all parts are there."""
        if len(files_of_parts(self.folder)) != self.parts:
            raise self._differ("other texts")
        with written(self._target):
            if not _steps_in(self.folder):
                self._describe(Store(self.folder, is_whole=False))
            if self.folder != self._target:
                doomed = _set_aside(self._target)
                os.replace(self.folder, self._target)
                shutil.rmtree(doomed, ignore_errors=True)
        return self._target

    def _differ(self, got: str) -> LstmCoreError:
        return LstmCoreError(
            f"Expected a part of the scan that is asked for in {shortened(self.folder)}, got one with {got}. Give "
            "another folder as resume, or delete this one."
        )

    def _describe(self, found: Store) -> None:
        """Say what the arrays are, with the coordinates of their steps, and last that the store is whole."""
        for old in self.folder.rglob(GROUP):
            old.unlink()
        group = describe_arrays(self.folder, self.origin.sizes, self.origin.quantities, found.steps)
        group["text"][:] = np.repeat(np.arange(len(found.lengths)), found.lengths)
        group["time"][:], group["token"][:] = times_of(found.lengths), np.asarray(found.each_token)
        described = json.loads((self.folder / GROUP).read_bytes())
        described["attributes"] = {"made by": "gatescope", "texts": found.texts, "steps": found.steps}
        write_bytes(self.folder / GROUP, json.dumps(described).encode())


def copied(stores: Sequence[Store], target: Path | None) -> tuple[Path, Path | None]:
    """Write the texts of some stores, one after the other, into one folder, or a temporary one: it, and that."""
    with opened_for_writing(target, None, stores[0].origin) as writer:
        for store in stores:
            for quantity in store.quantities:
                for side in np.ndindex(*store.sizes.shape(quantity)[:2]):
                    for first, values in store.blocks(quantity, *side):
                        write_steps(writer.folder, quantity, side, values, writer.steps + first)
            for path in files_of_parts(store.store):
                shutil.copyfile(path, writer.file_of(writer.parts))
                writer.parts += 1
            writer.steps += store.steps
        return writer.finish(), writer.temporary
