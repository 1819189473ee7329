"""Where are the numbers of a whole corpus kept, whole or not at all?

A store is a folder, a Zarr group that opens in xarray: an array a quantity (layer, direction, unit, step), the texts
one after the other, with the coordinates `text`, `time` and `token`. What is small of each part of the corpus stands in
a file in `parts`: tokens, answers, losses, and what is counted of units. The attribute `scan` of the group says which
model read. It is written last: a folder without it is no store.

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
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property, reduce
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lstm_core.errors import LstmCoreError, shortened
from lstm_core.files.outside import read_json
from lstm_core.files.write_whole import locked, write_bytes, written_whole
from lstm_core.scanning.arrays import describe_arrays, read, read_blocks, read_unit, write_steps
from lstm_core.scanning.model import CellSizes, Origin, differences, origin_of_file
from lstm_core.scanning.read_part import PartRead
from lstm_core.scanning.tables import Table, joined_tables
from lstm_core.scanning.windows import Part, begins_of, times_of
from lstm_core.traces.summary import Proof, checked_proof, worst

SCAN, GROUP, BEGUN, PARTS, UNITS = "scan", "zarr.json", "begun.json", "parts", "units/"
MOST_MARKS = 1_000_000
"""The most brackets, commas and colons in the description of a group: ours has some 3,000."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoreHeader:
    """What a store says of itself."""

    origin: Origin
    sizes: CellSizes
    quantities: tuple[str, ...]
    """The quantities that are stored of each step."""
    max_error: float = 0.0
    proof: Proof | None = None

    @classmethod
    def of_file(cls, values: Any) -> StoreHeader:
        """From values that come from outside.

        Raises LstmCoreError for others than a store has.
        """
        if not isinstance(values, dict) or set(values) != {each.name for each in fields(cls)}:
            raise LstmCoreError("Expected what a scan says of itself, got something else.")
        sizes, error = CellSizes(*values["sizes"]), values["max_error"]
        if any(type(size) is not int or size < 1 for size in sizes[:4]) or sizes.kind != values["origin"]["kind"]:
            raise LstmCoreError(f"Expected the sizes of a model, got {sizes}.")
        origin, quantities = origin_of_file(values["origin"]), tuple(values["quantities"])
        if not quantities or not set(quantities) <= set(sizes.cell.quantities):
            raise LstmCoreError(f"Expected quantities of {', '.join(sizes.cell.quantities)}, got {quantities}.")
        proof = checked_proof(values["proof"])
        return cls(origin, sizes, quantities, np.nan if error is None else float(error), proof)

    def to_json(self) -> dict[str, Any]:
        """As JSON takes it, which knows no NaN."""
        error = None if np.isnan(self.max_error) else self.max_error
        more = {"sizes": list(self.sizes), "max_error": error, "proof": self.proof and list(self.proof)}
        return {"origin": asdict(self.origin), "quantities": list(self.quantities), **more}


class StepWords(NamedTuple):
    """A word a step: the number of each among different words, in the order in which they appear."""

    numbers: np.ndarray
    names: list[str]

    def at(self, first: int, last: int) -> list[str]:
        """The words of the steps [first, last)."""
        return [self.names[number] for number in self.numbers[first:last].tolist()]


class Store:
    """The numbers of a corpus on the disk, to be asked."""

    def __init__(self, folder: Path, temporary: Path | None = None) -> None:
        """`temporary`: a folder that is deleted when nobody has the store any more."""
        self.folder = folder
        if temporary is not None:
            weakref.finalize(self, shutil.rmtree, temporary, ignore_errors=True)
        with read(folder):
            self._seen = _changed(folder)
            self.about = StoreHeader.of_file(_attributes(folder).get(SCAN))
            self.lengths = self._column("length").astype(np.int64)
            self.digests = self._column("digest")
            self.begins = begins_of(self.lengths)
            self.steps = int(self.lengths.sum())
            found = {"texts": len(self.digests), "steps": self.steps}
            if not self.steps or any(_attributes(folder).get(name) != count for name, count in found.items()):
                raise ValueError(f"other parts than were scanned: {found}")

    def check(self) -> None:
        """Raise LstmCoreError if another scan stands in the folder now, or none."""
        if _changed(self.folder) != self._seen:
            raise LstmCoreError(
                f"Expected the scan that was opened in {shortened(self.folder)}, got another one, or none: it was "
                "replaced since. Open it with lstm_core.load_scan."
            )

    def unit(self, quantity: str, layer: int, direction: int, unit: int) -> np.ndarray:
        """(step,): all values of a unit."""
        self.check()
        units = self.about.sizes.shape(quantity)[-1]
        return read_unit(self.folder, quantity, (layer, direction, unit), units, self.steps)

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
        with read(self.folder):
            return reduce(joined_tables, map(_table, _parts_in(self.folder)))

    @cached_property
    def tokens(self) -> StepWords:
        return self._words("token")

    @cached_property
    def answers(self) -> StepWords:
        return self._words("answer")

    @cached_property
    def losses(self) -> np.ndarray:
        """(step,): how badly each step was foreseen; NaN where nothing was."""
        return self._column("loss", -1)

    @cached_property
    def counted(self) -> np.ndarray:
        """(layer, direction, step): which steps count."""
        return self._column("counted", -1)

    def _column(self, name: str, axis: int = 0) -> np.ndarray:
        self.check()
        with read(self.folder):
            found = np.concatenate([part[name] for part in _parts_in(self.folder)], axis)
            if axis == -1 and found.shape[-1] != self.steps:
                raise ValueError(f"{found.shape[-1]:,} steps of {name} for {self.steps:,}")
        return found

    def _words(self, name: str) -> StepWords:
        numbers, names = list[np.ndarray](), dict[str, int]()
        self.check()
        with read(self.folder):
            for part in _parts_in(self.folder):
                words = [names.setdefault(str(word), len(names)) for word in json.loads(part["words"].tobytes())[name]]
                numbers.append(np.array(words, np.int32)[part[name]])
        return StepWords(np.concatenate(numbers), list(names))


def _parts_in(folder: Path) -> Iterator[Any]:
    """What is small of each part of a scan, by name."""
    for path in sorted((folder / PARTS).glob("[0-9]*.npz")):
        # NumPy leaves a file open that it can't read.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as part:
            yield part


def _table(part: Any) -> Table:
    return {name.removeprefix(UNITS): part[name] for name in part.files if name.startswith(UNITS)}


def open_store(folder: Path) -> Store:
    """The store in a folder.

    Raises LstmCoreError when there is none, or one that is not whole.
    """
    _settle(folder)
    if _is_whole(folder):
        return Store(folder)
    if os.path.isfile(folder) or os.path.exists(folder / "scan.npz"):
        raise LstmCoreError(
            f"Expected the folder of a scan, got {shortened(folder)}, which is a file, or a store of an earlier "
            "version. Scan the texts again: lstm_core.scan(model, texts, store=…)."
        )
    if any(os.path.exists(place / BEGUN) for place in (folder, _beside(folder))):
        raise LstmCoreError(
            f"Expected a whole scan in {shortened(folder)}, got one that is being written or was stopped. With the "
            "same resume= the scan goes on; else scan again."
        )
    if os.path.exists(folder / GROUP):
        with read(folder):
            raise ValueError(f"no attribute {SCAN!r} in {GROUP}")
    raise LstmCoreError(f"Expected the folder of a scan, got none at {shortened(folder)}.")


def _beside(store: Path) -> Path:
    return store.with_name(f"{store.name}.part")


def _attributes(folder: Path) -> dict[str, Any]:
    """The attributes of the Zarr group in a folder."""
    found = read_json((folder / GROUP).read_bytes(), MOST_MARKS)
    attributes = found.get("attributes") if isinstance(found, dict) else None
    return attributes if isinstance(attributes, dict) else {}


def _is_whole(folder: Path) -> bool:
    try:
        return SCAN in _attributes(folder)
    except (OSError, ValueError):
        return False


def _changed(folder: Path) -> tuple[int, int, int] | None:
    """What tells one writing of a group's description from another; None if it is not there."""
    try:
        found = (folder / GROUP).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _doomed(folder: Path) -> Path:
    """The name of a folder while it is deleted."""
    return folder.with_name(f".{folder.name}.gatescope-deleted")


def _remove(folder: Path) -> None:
    """Delete a folder; who stops meanwhile leaves no half of it under its name."""
    shutil.rmtree(_doomed(folder), ignore_errors=True)
    os.replace(folder, _doomed(folder))
    shutil.rmtree(_doomed(folder), ignore_errors=True)


def _settle(store: Path) -> None:
    """Finish the replacement of a store that was stopped between its two steps."""
    if not os.path.exists(store) and _is_whole(_beside(store)):
        os.replace(_beside(store), store)


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
        with _written(target):
            for place in {target, folder}:
                _check_free(place)
                place.parent.mkdir(parents=True, exist_ok=True)
                held.enter_context(_alone(place))
            _settle(target)
            writer = StoreWriter(folder, target, about, resume is not None, temporary)
        try:
            yield writer
        except BaseException:
            if resume is None and folder.exists():
                _remove(folder)
            if temporary is not None:
                shutil.rmtree(temporary, ignore_errors=True)
            raise


def _check_free(folder: Path) -> None:
    """Raise LstmCoreError if a folder is none, or holds something else than a scan."""
    if folder.is_file():
        raise LstmCoreError(f"Expected a folder for the scan, got the file {shortened(folder)}. Name another.")
    inside = {path.name for path in folder.iterdir()} if folder.exists() else set()
    inside = {name for name in inside if not name.startswith(".")}
    if inside and not (BEGUN in inside or _is_whole(folder)):
        raise LstmCoreError(
            f"Expected a new or empty folder for the scan, or a store, got {shortened(folder)} with other files in it. "
            "Name another folder."
        )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else writes a folder inside the block. The lock stands elsewhere, because the folder gets another name."""
    name = hashlib.blake2b(f"{Path.home()} {folder}".encode(), digest_size=8).hexdigest()
    with ExitStack() as held:
        try:
            held.enter_context(locked(Path(tempfile.gettempdir(), f"gatescope-{name}.lock")))
        except BlockingIOError as error:
            raise LstmCoreError(
                f"Expected a store that nobody else writes, got {shortened(folder)}, which a scan is writing. Wait for "
                "its end, or name another folder."
            ) from error
        yield


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Turns an error of the system into a sentence on the store."""
    try:
        yield
    except OSError as error:
        raise LstmCoreError(
            f"Expected to write the store {shortened(folder)}, got: {error.strerror or error}. With resume= a scan "
            "goes on after its last whole part."
        ) from error


def copied(stores: Sequence[Store], target: Path) -> None:
    """Write some stores of one model into one, the texts of each after those of the one before."""
    about, begin = stores[0].about, 0
    with opened_for_writing(target, None, about) as writer:
        for store in stores:
            for quantity in about.quantities:
                for side in np.ndindex(*about.sizes.shape(quantity)[:2]):
                    for first, values in store.blocks(quantity, *side):
                        write_steps(writer.folder, quantity, side, values, begin + first)
            for part in _parts_in(store.folder):
                writer.keep(dict(part))
            begin += store.steps
        writer.finish()


class StoreWriter:
    """Takes the parts of one scan, in their order, and makes a store of them."""

    def __init__(self, folder: Path, target: Path, about: StoreHeader, goes_on: bool, temporary: Path | None) -> None:
        self.folder, self._target, self._about, self._temporary = folder, target, about, temporary
        self._goes_on, self._seen, self.steps = goes_on, 0, 0
        self._is_whole = goes_on and _is_whole(folder)
        with read(folder):
            if self._is_whole:
                self._check_same(StoreHeader.of_file(_attributes(folder).get(SCAN)))
            elif goes_on and (folder / BEGUN).exists():
                self._check_same(StoreHeader.of_file(read_json((folder / BEGUN).read_bytes())))
                (folder / PARTS).mkdir(exist_ok=True)
            else:
                self._begin()
            done = [part["digest"] for part in _parts_in(folder)]
        self._files, self._digests = len(done), np.concatenate([np.zeros(0, np.uint64), *done])
        need = 1_000_000 * self.bytes_a_step
        free = shutil.disk_usage(folder).free
        _log.info("The store %s takes %.0f MB for a million steps; %.0f MB are free.", target, need / 1e6, free / 1e6)

    @property
    def bytes_a_step(self) -> int:
        """How much disk a step takes, without its token."""
        return 8 + 4 * self._about.sizes.numbers(self._about.quantities)

    @property
    def texts(self) -> int:
        """How many texts are there."""
        return len(self._digests)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Notes on an error that stops the scan what is kept of it."""
        before = len(self._digests)
        try:
            yield
        except Exception as error:
            if self._seen >= before:
                error.add_note(self._kept())
            raise

    def _kept(self) -> str:
        if not self._goes_on:
            return "Nothing of this scan is kept. With resume= it would go on after a stop."
        name, texts = shortened(self.folder), len(self._digests)
        if not texts:
            return f"Nothing of this scan is kept yet: {name} gets each part when it is whole."
        return f"{name} holds the scan of its first {texts:,} texts; the same call goes on after them."

    def has(self, part: Part) -> bool:
        """Whether a part is there.

        Raises LstmCoreError if other texts were read before.
        """
        there = self._digests[part.first : part.first + len(part.texts)]
        if self._seen < part.first or not len(there):
            if self._is_whole:
                raise self._differ("more texts")
            return False
        if not np.array_equal(there, part.digests):
            raise self._differ("other texts")
        self._seen, self.steps = self._seen + len(part.texts), self.steps + part.steps
        return True

    def ended(self) -> None:
        """Raise LstmCoreError if the corpus has fewer texts than were read before."""
        if self._seen < len(self._digests):
            raise self._differ("fewer texts")

    def add(self, part: Part, found: PartRead) -> None:
        """Keep what is small of a part, whose numbers are in the arrays: the scan goes on after it."""
        about = replace(self._about, max_error=found.max_error, proof=found.proof)
        tokens, names = part.tokens()
        small = {"length": part.lengths, "digest": part.digests, "token": tokens, "answer": found.answers}
        small |= {"loss": found.losses, "counted": found.counted}
        small["words"] = _as_bytes({"token": _with_bytes(names), "answer": _with_bytes(found.words)})
        small[SCAN] = _as_bytes(about.to_json())
        self.keep(small | {f"{UNITS}{name}": values for name, values in found.table.items()})
        self._seen, self.steps = self._seen + len(part.texts), self.steps + part.steps

    def keep(self, small: dict[str, np.ndarray]) -> None:
        """Write the file of a part."""
        with _written(self._target):
            place = self.folder / PARTS / f"{self._files:06}.npz"
            with written_whole(place) as beside:
                np.savez(beside, allow_pickle=False, **small)
        self._files += 1
        self._digests = np.concatenate([self._digests, small["digest"]])

    def finish(self) -> Store:
        """The store, once all parts are there."""
        with _written(self._target):
            if not self._is_whole:
                self._describe()
            (self.folder / BEGUN).unlink(missing_ok=True)
            if self.folder != self._target:
                self._replace()
        return Store(self._target, self._temporary)

    def _begin(self) -> None:
        if self.folder.exists():
            _remove(self.folder)
        self.folder.mkdir()
        write_bytes(self.folder / BEGUN, json.dumps(self._about.to_json()).encode())
        (self.folder / PARTS).mkdir()

    def _check_same(self, got: StoreHeader) -> None:
        found = differences(self._about.origin, got.origin)
        if got.quantities != self._about.quantities:
            found = found or f"quantities={got.quantities}"
        if found:
            raise LstmCoreError(
                f"Expected a part of the scan that is asked for in {shortened(self.folder)}, got one with {found}. "
                "Give another folder as resume, or delete this one."
            )

    def _differ(self, got: str) -> LstmCoreError:
        return LstmCoreError(
            f"Expected the texts that the scan in {shortened(self.folder)} had read, got {got}. Give another folder as "
            "resume, or delete this one."
        )

    def _describe(self) -> None:
        """Say what the arrays are, with the coordinates of their steps, and last that the store is whole."""
        for old in self.folder.rglob(GROUP):
            old.unlink()
        sizes, begin, first = self._about.sizes, 0, 0
        group = describe_arrays(self.folder, sizes, self._about.quantities, self.steps)
        errors, proofs = list[float](), list[Proof | None]()
        for part in _parts_in(self.folder):
            lengths, names = part["length"], np.array([*json.loads(part["words"].tobytes())["token"], ""], object)
            columns = {
                "text": np.repeat(np.arange(first, first + len(lengths)), lengths),
                "time": times_of(lengths),
                "token": names[part["token"]],
            }
            for name, values in columns.items():
                group[name][begin : begin + len(values)] = values
            said = json.loads(part[SCAN].tobytes())
            errors.append(np.nan if said["max_error"] is None else said["max_error"])
            proofs.append(checked_proof(said["proof"]))
            begin, first = begin + int(lengths.sum()), first + len(lengths)
        about = replace(self._about, max_error=float(np.max(errors)), proof=worst(proofs))
        described = json.loads((self.folder / GROUP).read_bytes())
        described["attributes"] = {"made by": "gatescope", "texts": first, "steps": begin, SCAN: about.to_json()}
        write_bytes(self.folder / GROUP, json.dumps(described).encode())

    def _replace(self) -> None:
        """Put the folder in the place of the store that was there. What is stopped between the two steps is finished by
        `_settle`."""
        shutil.rmtree(_doomed(self._target), ignore_errors=True)
        if self._target.exists():
            os.replace(self._target, _doomed(self._target))
        with suppress(FileNotFoundError):  # A reader has finished it meanwhile.
            os.replace(self.folder, self._target)
        shutil.rmtree(_doomed(self._target), ignore_errors=True)


def _as_bytes(value: Any) -> np.ndarray:
    """A value as JSON, in an array."""
    return np.frombuffer(json.dumps(value).encode(), np.uint8)


def _with_bytes(words: Sequence[str]) -> list[str]:
    """Words as UTF-8 takes them: a lone surrogate has none."""
    return [word.encode("utf-8", "backslashreplace").decode() for word in words]
