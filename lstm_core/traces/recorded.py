"""What do the traces of all kinds of cell share?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, Unpack

import numpy as np
import torch
from torch import Tensor

from lstm_core.arrays import DIMS, as_numpy
from lstm_core.errors import LstmCoreError, refuse_unknown
from lstm_core.files.write_whole import written_whole
from lstm_core.traces.cut import PartOfTrace, after_gaps, before, cut, only, past_end
from lstm_core.traces.save import dataset, rows, save
from lstm_core.traces.summary import UNKNOWN, Proof, figure, in_html, seen, summary

if TYPE_CHECKING:
    import pandas
    import xarray
    from plotly.graph_objects import Figure


class Page(Protocol):
    """A page that shows itself at the end of a notebook's cell."""

    def save(self, path: str | Path) -> None:
        """Write it to a .html file."""
        ...

    def _repr_html_(self) -> str: ...


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Recorded:
    """What `Trace`, `GruTrace` and `RnnTrace` share: how they are named, cut, tabulated and saved.

    `quantities`: the letters of what was recorded, each a tensor (layer, direction, time, batch, unit). `states`: the
    quantities that one step passes to the next. Each state, say h, has `h0` (layer, direction, batch, unit), where the
    first step started, and `reset_h` (reset, layer, direction, batch, unit), where the steps in `resets` started:
    of a batch maybe not all sequences, see `anew`.
    `h_read`, in the dims of h: what dropout left of h for the layer above to read; None if nothing was dropped.
    `proof`: `max_error` in proportion to the values, and whether rounding explains it; None where it is not known.
    `numbers`: by dim, which number each index had in the whole run, where `sel` or `record` left some out.
    """

    quantities: ClassVar[tuple[str, ...]]
    states: ClassVar[tuple[str, ...]]
    module: ClassVar[str]
    """The kind of PyTorch module that was traced, with its article."""

    h: Tensor
    x: Tensor
    h0: Tensor
    h_read: Tensor | None = None
    lengths: Tensor | None = None
    tokens: list[list[str]] | None = None
    resets: tuple[int, ...] = ()
    reset_h: Tensor | None = None
    max_error: float = 0.0
    proof: Proof | None = None
    name: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    numbers: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        values = vars(self)
        for name in [name for name in self.required() if values[name] is None]:
            # Then an access ends in __getattr__, which says what to do.
            del values[name]
        values["config"] = dict(self.config)
        values["numbers"] = {dim: tuple(numbers) for dim, numbers in self.numbers.items()}
        values["resets"] = tuple(self.resets)
        values["proof"] = None if self.proof is None else Proof(*self.proof)
        if self.tokens is not None:
            values["tokens"] = checked_tokens(self.tokens, self.lengths_or_time())

    @classmethod
    def required(cls) -> tuple[str, ...]:
        """The names of the tensors that every whole trace has; one that was kept in part may lack some."""
        return *cls.quantities, "x", *(f"{state}0" for state in cls.states)

    # A type checker would take every misspelt name for one of these.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name in self.required():
                raise NotKeptError(self._why_not(name))
            its = f" It has {', '.join(self.quantities)}." if len(name) == 1 else ""
            raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}.{its}")

    def _why_not(self, name: str) -> str:
        return (
            f"Expected a trace with {name}, got one that keeps {', '.join(self.kept)}. Name {name} in "
            "record(model, keep=(...)), or leave keep out."
        )

    def __getstate__(self) -> dict[str, Any]:
        # A gate may be a view of a larger tensor, which would be written too; and what is in a graph can't be copied.
        own = {name: t if t.is_leaf and t.is_contiguous() else t.detach().clone() for name, t in self.tensors().items()}
        return vars(self) | own

    def with_values(self, **values: Any) -> Self:
        """The trace with other values of some attributes; None takes a tensor away.

        Raises LstmCoreError for an attribute that it has not.
        """
        own: dict[str, Any] = {one.name: vars(self).get(one.name) for one in fields(self)}
        refuse_unknown(values, own)
        return type(self)(**own | values)

    @property
    def kept(self) -> tuple[str, ...]:
        """The quantities that are there: all of them, unless `record(model, keep=...)` said otherwise."""
        return tuple(quantity for quantity in self.quantities if quantity in vars(self))

    @property
    def whole(self) -> tuple[str, ...]:
        """The quantities that a trace of this cell has, if nothing was left out."""
        return self.quantities

    @property
    def sizes(self) -> dict[str, int]:
        """How many layers, directions, steps, sequences and units there are."""
        first: Tensor = getattr(self, self.kept[0])
        sizes = dict(zip(DIMS, first.shape, strict=True))
        start: Tensor | None = vars(self).get(f"{self.states[0]}0")
        # With a projection h has other units than a memory; where it alone was kept, the start of c tells.
        return sizes if self.kept != ("h",) or start is None else sizes | {"unit": start.shape[-1]}

    @property
    def coords(self) -> dict[str, Sequence[int]]:
        """The numbers of the layers, directions, steps, sequences and units in the whole run."""
        return {dim: self.numbers.get(dim, range(size)) for dim, size in self.sizes.items()}

    def dims_of(self, name: str) -> tuple[str, ...]:
        """The dims of a tensor, by its name; `h_unit` if h has other units than c (proj_size)."""
        if name in ("x", "lengths"):
            return ("time", "batch", "feature") if name == "x" else ("batch",)
        quantity = name.removeprefix("reset_").removesuffix("0").removesuffix("_read")
        unit = "h_unit" if quantity == "h" and self.config.get("proj_size") else "unit"
        of_quantity = (*DIMS[:-1], unit)
        if not name.startswith("reset_") and not name.endswith("0"):
            return of_quantity
        state = tuple(dim for dim in of_quantity if dim != "time")
        return ("reset", *state) if name.startswith("reset_") else state

    def lengths_or_time(self) -> list[int]:
        """The number of steps of each sequence, packed or not."""
        sizes = self.sizes
        return [sizes["time"]] * sizes["batch"] if self.lengths is None else self.lengths.tolist()

    def sel(self, **part: Unpack[PartOfTrace]) -> Self:
        """A part of the trace, copied: a number, several, or a slice as in Python of layer, direction, time, batch or
        unit.

        All five dims stay, so `layer=1` leaves one layer. `numbers` says which number each index had in the whole run,
        and a part is asked by these numbers again. A step whose step before is left out starts from the state that it
        really started from (`resets`).

        >>> import torch
        >>> from lstm_core import run
        >>> trace = run(torch.nn.LSTM(4, 3, num_layers=2), torch.zeros(5, 2, 4)).sel(layer=1, time=slice(-2, None))
        >>> trace.f.shape, trace.numbers["time"]
        (torch.Size([1, 1, 2, 2, 3]), (3, 4))
        """
        return cut(self, part)

    def keep(self, *quantities: str) -> Self:
        """The trace with these quantities alone, each in memory of its own, so that what is left out can be freed."""
        return only(self, checked_names(type(self), quantities))

    def to(self, *where: Any, **options: Any) -> Self:
        """The trace with its numbers on another device or in another dtype, as `torch.Tensor.to` takes them. In a dtype
        that rounds them they have no proof."""
        moved = {name: t.to(*where, **options) for name, t in self.tensors().items() if name != "lengths"}
        rounds = any(torch.promote_types(t.dtype, self.tensors()[name].dtype) != t.dtype for name, t in moved.items())
        return self.with_values(**moved, **(UNKNOWN if rounds else {}))

    def cpu(self) -> Self:
        """The trace on the CPU."""
        return self.to("cpu")

    def detach(self) -> Self:
        """The trace without its graph (`record(detach=False)`)."""
        return self.with_values(**{name: tensor.detach() for name, tensor in self.tensors().items()})

    def numpy(self) -> dict[str, np.ndarray]:
        """A copy of each tensor as an array, by name."""
        return {name: as_numpy(tensor).copy() for name, tensor in self.tensors().items()}

    def input_of(self, layer: int) -> Tensor:
        """What a layer read, (time, batch, feature): x, or h of the layer below after dropout, directions joined."""
        number = self.coords["layer"][layer]
        if number == 0:
            return self.x
        below = self.h if self.h_read is None else self.h_read
        if number - 1 not in self.coords["layer"] or self.numbers.keys() & {"direction", "unit"}:
            raise LstmCoreError(
                f"Expected a trace with all of layer {number - 1}, which layer {number} reads, got one with "
                f"{dict(self.numbers)}. Ask the whole trace, then take a part of it."
            )
        return torch.cat(list(below[self.coords["layer"].index(number - 1)]), dim=-1)

    def before(self, quantity: str) -> Tensor:
        """The state that each step started from, in the dims of `h` (or an LSTM's `c`): h_before, c_before."""
        states: Tensor = getattr(self, quantity)
        start: Tensor = getattr(self, f"{quantity}0")
        resets: Tensor | None = getattr(self, f"reset_{quantity}")
        directions = list(enumerate(self.coords["direction"]))
        out = torch.stack(
            [
                torch.stack([before(layer[n], first[n], direction, self.lengths) for n, direction in directions])
                for layer, first in zip(states, start, strict=True)
            ]
        )
        if resets is not None:
            self._put_resets(out, start, resets)
        return out if self.lengths is None else out.masked_fill(past_end(out, self.lengths), torch.nan)

    def anew(self, state: str) -> Tensor:
        """Where a state did start anew at the steps in `resets`, (reset, layer, direction, batch): of the sequences of
        a batch some may have gone on from what the step before left. What reads from the right never goes on."""
        starts: Tensor = getattr(self, f"reset_{state}")
        values, gaps = getattr(self, state), after_gaps(self)
        anew = torch.stack(
            [(values[:, :, t - 1] != start).any(-1) for t, start in zip(self.resets, starts, strict=True)]
        )
        anew[[step in gaps for step in self.resets]] = True
        anew[:, :, [direction == 1 for direction in self.coords["direction"]]] = True
        return anew

    def anew_in(self) -> Tensor | None:
        """Which sequences started anew at the steps in `resets`, (reset, batch), in any of their states; None if there
        are no such steps, or not all states were kept."""
        there = self.tensors().keys() >= {name for state in self.states for name in (state, f"reset_{state}")}
        return torch.stack([self.anew(state) for state in self.states]).any(0).flatten(1, 2).any(1) if there else None

    def _put_resets(self, out: Tensor, start: Tensor, resets: Tensor) -> None:
        """Put in the states where a new call began: direction 0 starts at its first step, direction 1 at its last."""
        firsts, starts = (0, *self.resets), torch.cat([start.unsqueeze(0), resets])
        ends = (*self.resets, out.shape[2])
        lengths = torch.tensor(self.lengths_or_time(), device=out.device)
        for first, end, state in zip(firsts, ends, starts, strict=True):
            reads = (lengths > first).nonzero().squeeze(1)
            for n, direction in enumerate(self.coords["direction"]):
                begin = lengths[reads].clamp(max=end) - 1 if direction else first
                out[:, n, begin, reads] = state[:, n, reads]

    def cells(self, quantity: str, layer: int = 0, direction: int = 0, batch: int = 0) -> np.ndarray:
        """One quantity of one sequence as an array (unit, step), cut to the sequence's length."""
        steps = self.lengths_or_time()[batch]
        return as_numpy(getattr(self, quantity)[layer, direction, :steps, batch]).T

    def to_pandas(self, quantities: Sequence[str] | None = None, **part: Unpack[PartOfTrace]) -> pandas.DataFrame:
        """One row a (batch, time, token, layer, direction, unit), and a column a quantity.

        `quantities`: which, None: all. `part`: as in `sel`. Without tokens there
        is no such column. With `proj_size`, h is a projection of all units: the row unit=k has number k of it beside
        the gates of cell unit k, and NaN beyond; `to_xarray` keeps them apart.
        """
        names = self.kept if quantities is None else checked_names(type(self), quantities)
        return rows(cut(only(self, names), part) if part else self, [name for name in names if name != "x"])

    def to_xarray(self, *, time: Iterable[Any] | None = None, batch: Iterable[Any] | None = None) -> xarray.Dataset:
        """A Dataset of copies with the trace's dims as coordinates (extra: gatescope[xarray]), which netCDF and zarr
        files hold. `save` keeps a trace that comes back.

        Dims count from 0; with `proj_size` that of h is `h_unit`. `time`: dates, or other labels, one a step; `batch`:
        names such as basins, one a sequence. Raises LstmCoreError if there are more or fewer of them.
        """
        return dataset(self, {"time": time, "batch": batch})

    def to_csv(self, path: str | Path) -> None:
        """The rows of `to_pandas` as CSV, every number in full, every token as it is.

        A spreadsheet reads a token that begins with = + - @ as a formula: import the file as text there.
        """
        with written_whole(path) as place:
            self.to_pandas().to_csv(place, index=False)

    def to_parquet(self, path: str | Path) -> None:
        """The rows of `to_pandas` as Parquet (pandas needs pyarrow or fastparquet for it)."""
        with written_whole(path) as place:
            self.to_pandas().to_parquet(place, index=False)

    def to_json(self, path: str | Path) -> None:
        """The rows of `to_pandas` as JSON, one object a row, every number in full."""
        with written_whole(path) as place:
            self.to_pandas().to_json(place, orient="records", double_precision=15)

    def save(self, path: str | Path) -> None:
        """The whole trace as .npz or .safetensors; `lstm_core.load` gives it back bit for bit."""
        save(self, path)

    def summary(self) -> str:
        """The summary as text: dims, proof, a line for each quantity."""
        return summary(self)

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return in_html(self)

    def _repr_png_(self) -> bytes | None:
        shown = seen(self)
        return None if shown is None else shown[0]

    def plot(
        self,
        *,
        layer: int | Sequence[int] = -1,
        direction: int | Sequence[int] = 0,
        batch: int = 0,
        quantities: Sequence[str] | None = None,
        title: str | None = None,
        times: Sequence[Any] | None = None,
        width: int = 900,
        height: int | None = None,
    ) -> Figure:
        """A Plotly figure of one sequence, for a paper or a slide: each quantity (unit, step) of one layer and
        direction, or of several side by side, over words, times or numbers of steps, with its colour bars.

        `layer`, `direction` and `batch` are positions in this trace; -1 is the last. `title`: one of your own, "" for
        none. `times`: a date or a name a step. `width` and `height` are in pixels, 96 to an inch: 326 fill a column of
        3.4 inches, 1280 and 720 a slide; letters grow with the width. Where several steps share a column, it shows the
        value farthest from their mean, and the axis says how many. `figure.write_image("figure.pdf")` writes it.

        Raises LstmCoreError for what is not in the trace, and for a width or height without room.

        >>> import lstm_core
        >>> trace = lstm_core.run(torch.nn.LSTM(4, 3), torch.randn(5, 1, 4))
        >>> trace.plot(quantities=["f", "c"], title="What is kept", width=326).layout.title.text
        'What is kept'
        """
        wanted = self.kept if quantities is None else quantities
        return figure(self, layer, direction, batch, wanted, title, times, width, height)

    def show(self, model: Any = None) -> Page:
        """The first sequence in the dashboard's live view, to play, to zoom and to look at its cells: end a notebook's
        cell with it, or call its `save("page.html")`. It needs no server and no network. `model`: the `SequenceModel`
        that was recorded; then what it says stands under each word, and the page reads other texts too, if the model is
        small enough to go with it. Of a found cell the update that was found is drawn, of a GRU
        h = z ⊙ h' + (1 − z) ⊙ n, of an RNN h. Words for steps without: `trace.with_values(tokens=[words]).show()`.

        Raises LstmCoreError where the dashboard is not installed, for a trace without the memory, for a found cell that
        reads its memory through something else, and for a model of other sizes than those that were recorded.
        """
        views = entry_points(group="gatescope", name="show")
        if not views:
            raise LstmCoreError("This view comes with the dashboard: pip install gatescope. plot() needs only Plotly.")
        page: Page = next(iter(views)).load()(self, model)
        return page

    def tensors(self) -> dict[str, Tensor]:
        """All tensors that are not None, by attribute name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Tensor)}


class NotKeptError(LstmCoreError, AttributeError):
    """A quantity was asked of a trace that does not keep it."""


def checked_names(kind: type[Recorded], names: Sequence[str]) -> tuple[str, ...]:
    """The names of quantities to keep, and "x"; raises LstmCoreError for any other name, and for no quantity."""
    strange = [name for name in names if name not in (*kind.quantities, "h_read", "x")]
    if strange or not set(names) & set(kind.quantities):
        # What a hand-written cell reads is not recorded.
        more = "" if hasattr(kind, "roles") else ", and x if its input is wanted"
        raise LstmCoreError(
            f"Expected some of {', '.join(kind.quantities)} to keep of {kind.module}{more}, "
            f"got {strange or list(names)}."
        )
    return tuple(names)


def checked_tokens(tokens: Any, lengths: list[int]) -> list[list[str]]:
    """Tokens as one list a sequence; one sequence may have a flat list."""
    tokens = list(tokens) if isinstance(tokens, Iterable) else [tokens]
    if len(lengths) == 1 and all(isinstance(token, str) for token in tokens):
        tokens = [tokens]
    several = [sequence for sequence in tokens if isinstance(sequence, Iterable)]
    lists: list[list[str]] = [list(sequence) for sequence in several]
    if len(several) < len(tokens) or [len(sequence) for sequence in lists] != lengths:
        got = f"{[*map(len, lists)]!s:.200}" if lists else f"{type(next(iter(tokens), None)).__name__}"
        raise LstmCoreError(
            f"Expected one token a step, {lengths!s:.200} a sequence, got {got}. "
            "Give tokens as a list of lists of str, one list a sequence."
        )
    return lists
