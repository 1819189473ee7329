"""What does each unit do in a whole corpus? Each question is a few lines over the arrays of a store."""

from __future__ import annotations

import html
import math
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from cachetools import LRUCache, cachedmethod
from torch import nn

from lstm_core.errors import LstmCoreError, check_from_1, check_kind
from lstm_core.progress import Progress
from lstm_core.recording.modules import check_model
from lstm_core.scanning.model import BY_HAND, JOINS, origin_of, reader, reads_numbers, scanned_model
from lstm_core.scanning.pattern import Known, Pattern, best_hits
from lstm_core.scanning.reading import read_into
from lstm_core.scanning.sources import Texts, source_of, traces
from lstm_core.scanning.store import Store, copied, differences, opened_for_writing
from lstm_core.scanning.windows import LANES, draws, times_of
from lstm_core.traces.summary import HOLDS_NAN, difference_and_nearness, to_or_exactly

if TYPE_CHECKING:
    import pandas
    from plotly.graph_objects import Figure

# How many tokens before and after a step are shown.
BEFORE, AFTER = 40, 20
# Bins of a histogram before empty ones at its ends are left out; they reach from -2^e to 2^e.
BINS = 128
SMALLEST_EXPONENT = -20
# How many steps are drawn for each quantile, and the most numbers that all units have at them.
SAMPLES_A_QUANTILE, MOST_SAMPLED = 200, 8 * 2**20
# The most memory for what a scan has computed once, as which units are on at each step.
MOST_BYTES = 1 << 30


def scan(
    model: nn.Module,
    texts: Texts,
    *,
    top: int = 20,
    quantiles: int = 10,
    store: str | Path | None = None,
    batch_size: int | None = None,
    resume: str | Path | None = None,
    progress: Progress | bool | None = None,
    client: Any = None,
    quantities: Sequence[str] | None = None,
) -> Scan:
    """Let a model read a corpus, and keep the memory of each unit at every step: its range, histogram and gates, the
    steps with the largest and smallest values, correlations, responses to tokens, searches.

    `model`: a SequenceModel; an `nn.LSTM`, `nn.GRU` or `nn.RNN`, or a model with one of them in it, which alone is run
    and reads arrays; or a model with a cell written by hand, which reads arrays as (time, batch, *feature) or (batch,
    time, *feature): c, i and f are read, several memories are layers. `texts`: a path (a file: a text a line; a folder:
    a text a file), or an iterable of texts, each a str, a list of tokens, an array (time, feature) or the `Path` of a
    file. `top`: how many of each unit's largest and smallest values `Scan.top` gives; `quantiles`: from how many there
    are samples; `batch_size`: how many texts are read at once.

    `quantities`: what is stored of every step, such as ("c",), which is smallest, or "ifgoch"; c and h if none are
    named (of a GRU or an RNN h, of a cell written by hand c). A number takes four bytes, so a million steps of 256
    units take a gigabyte a quantity. The shares of gates and the ranges of c
    and h are in `Scan.units` in any case.
    `store`: the folder in which they are kept, a Zarr group (`xarray.open_zarr(store)`), for
    `lstm_core.load_scan(store)`; an older scan there stays until this one is whole. Without, a temporary folder is
    deleted when the scan is no longer used.
    `resume`: a folder in which each part of some 100,000 steps is kept, so that the same call goes on after a stop.
    `progress` is called with the share done (without a length, 0 until the end); an exception from it ends the scan.
    With `progress=True` a bar is shown. The threads of this machine read, or the workers of `client`, a
    `distributed.Client` (extra: gatescope[scan]) on a disk that all of them see. The number of workers changes no bit
    of the result; another `batch_size` changes the last bits.

    Raises LstmCoreError for a corpus without tokens, a text that the model can't read, a `resume` folder of another
    scan, and a `store` that another scan is writing.

    >>> import lstm_core
    >>> found = scan(lstm_core.load_model("counter"), ["aabb", "ab", "aaabbb"])
    >>> found.texts, found.steps
    (3, 12)
    >>> found.top(1, k=2)[["text", "time", "before", "token", "after"]].values.tolist()
    [[2, 2, 'aa', 'a', 'bbb'], [0, 1, 'a', 'a', 'bb']]
    """
    check_model(model)
    source = source_of(texts, reads_numbers(model))
    read_by, every = reader(model, source.texts)
    origin = origin_of(read_by, top, quantiles, LANES if batch_size is None else batch_size, quantities)
    with opened_for_writing(store, resume, origin) as writer:
        read_into(writer, read_by, every, source.known, progress, client)
        folder = writer.finish()
    return Scan(folder, writer.temporary, model=read_by, files=source.files)


def load_scan(path: str | Path) -> Scan:
    """The scan in the folder of a store. Nothing in it is executed.

    Raises LstmCoreError when there is no such folder, or it does not hold a whole scan.

    >>> import lstm_core
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     lstm_core.scan(lstm_core.load_model("counter"), ["aabb", "ab"]).save(f"{folder}/scan")
    ...     scan = load_scan(f"{folder}/scan")
    >>> scan.texts, scan.steps
    (2, 6)
    """
    check_kind(path, (str, os.PathLike), "a path", "Give that of a store.")
    return Scan(Path(os.path.abspath(path)))


class Scan(Store):
    """What each unit of an LSTM, a GRU, an RNN or a hand-written cell did in a corpus.

    `store`: the folder of the scan, without `store=` one that is deleted when the scan is no longer used. `texts`,
    `steps`: how many; `lengths`, `begins` (text,): the steps of each text, and its first one when the texts
    follow each other; `sizes`, `quantities`: the layers, directions and units, and what is stored of every step;
    `origin`: what was asked, and of which model; `max_error`, `proof`: as in `Trace`, of all recordings. `model`: the
    one that was scanned; `files`: the file of each text where the texts are files, as of a folder
    (`hits.assign(file=[scan.files[number] for number in hits.text])` names them beside hits): a store has neither.

    A step at which c or h has a value that is not finite is left out of all that is said of its layer and direction.
    Values are read as float32.
    """

    def __init__(self, *store: Any, model: nn.Module | None = None, files: list[Path] | None = None) -> None:
        super().__init__(*store)
        self.model, self.files = model, files
        self._known: Known = LRUCache(MOST_BYTES, getsizeof=lambda array: array.nbytes)

    @cached_property
    def units(self) -> pandas.DataFrame:
        """One row a (layer, direction, unit).

        `count`: the steps that count. `c_mean c_std c_min c_max`, and of h; NaN for the units that h lacks with
        `proj_size`. `i_left i_right` and so on for i f o (r z of a GRU, whose memory is h; i f of a hand-written cell):
        the share of steps at which the gate is below 0.1, above 0.9. `leak`, also called `half_life`: as in
        `lstm_core.units`; none of an RNN.
        """
        import pandas as pd

        table, shape = self.table, self.sizes.shape("c")
        layer, direction, unit = np.indices(shape).reshape(3, -1)
        count = table["count"]
        columns = {"layer": layer, "direction": direction, "unit": unit, "count": np.broadcast_to(count, shape)}
        with np.errstate(invalid="ignore", divide="ignore"):
            for state in self.sizes.trace.states:
                of_state = {name: table[f"{state}_{name}"] for name in ("mean", "squares", "min", "max")}
                of_state["std"] = np.sqrt(of_state["squares"] / count)
                for name in ("mean", "std", "min", "max"):
                    columns[f"{state}_{name}"] = np.full(shape, np.nan)
                    found = np.where(count > 0, of_state[name], np.nan)
                    columns[f"{state}_{name}"][..., : found.shape[-1]] = found
            for gate in self.sizes.gates:
                columns |= {f"{gate}_{end}": table[f"{gate}_{end}"] / count for end in ("left", "right")}
            if self.sizes.keeps is not None:
                leak = np.log(2) / np.abs(table["log"] / count)
                columns |= {"leak": leak, "half_life": leak}
        return pd.DataFrame({name: np.ravel(values) for name, values in columns.items()})

    def values(self, unit: int, quantity: str | None = None, layer: int = 0, direction: int = 0) -> np.ndarray:
        """(step,) float32: what a unit had at each step, one text after the other; NaN at a step that does not count.

        Without a quantity, here and below, it is c; of a GRU or an RNN, h. Text n is at
        `scan.begins[n] : scan.begins[n] + scan.lengths[n]`.
        """
        quantity = self._checked(unit, quantity, layer, direction)
        values = np.concatenate([block[unit] for _, block in self.blocks(quantity, layer, direction)])
        values[~self.counted[layer, direction]] = np.nan
        return values

    def states(
        self,
        text: int,
        first: int = 0,
        end: int | None = None,
        quantity: str | None = None,
        layer: int = 0,
        direction: int = 0,
    ) -> np.ndarray:
        """(unit, step) float32: what all units of a layer and direction had at the steps [first, end) of a text."""
        quantity = self._checked(0, quantity, layer, direction)
        begin, end = self._place(text, first, end)
        blocks = self.blocks(quantity, layer, direction, begin, end)
        none = np.empty((self.sizes.shape(quantity)[-1], 0), np.float32)
        return np.concatenate([none, *(values for _, values in blocks)], axis=1)

    def histogram(
        self, unit: int, quantity: str | None = None, layer: int = 0, direction: int = 0
    ) -> tuple[np.ndarray, np.ndarray]:
        """(edges, counts) of a unit's c or h: how often its value was in [edge, next edge).

        The bins are equally wide and begin at the first that is not empty; there are at most 128.
        """
        values = self.values(unit, quantity, layer, direction)
        values = values[~np.isnan(values)]
        _, exponent = np.frexp(np.abs(values).max(initial=0.0))
        exponent = max(int(exponent), SMALLEST_EXPONENT) if values.any() else SMALLEST_EXPONENT
        edges = np.ldexp(np.arange(-BINS // 2, BINS // 2 + 1) * 2 / BINS, exponent)
        counts, _ = np.histogram(values, edges)
        filled = np.flatnonzero(counts)
        first, last = (filled[0], filled[-1] + 1) if len(filled) else (0, BINS)
        return edges[first : last + 1], counts[first:last]

    def top(
        self,
        unit: int,
        quantity: str | None = None,
        layer: int = 0,
        direction: int = 0,
        k: int | None = None,
        sign: int = 1,
    ) -> pandas.DataFrame:
        """The steps at which a unit's c or h was largest, the largest first; with `sign=-1` the smallest first.

        Columns: text time token value before after. Equal values stand in the order of the texts. `k`: how many; as
        many as the scan was asked for with `top` (20) if not given.
        """
        if sign not in (1, -1):
            raise LstmCoreError(f"Expected sign 1 for the largest values or -1 for the smallest, got {sign!r}.")
        import pandas as pd

        values = pd.Series(self.values(unit, quantity, layer, direction)).dropna()
        best = (values.nlargest if sign == 1 else values.nsmallest)(self.origin.top if k is None else k)
        return self._rows(best.index.to_numpy(), best.to_numpy())

    def quantile_samples(
        self, unit: int, quantity: str | None = None, layer: int = 0, direction: int = 0, k: int = 5
    ) -> pandas.DataFrame:
        """Steps drawn at random from each quantile of a unit's c or h, `k` from each, the lowest quantile first.

        Columns: quantile text time token value before after. The quantiles are those of a random sample of steps, the
        same for all units of a layer and direction.
        """
        at = self.sample(layer, direction)
        values = self.values(unit, quantity, layer, direction)[at]
        bands = np.array_split(np.argsort(values, kind="stable"), self.origin.quantiles)
        # The sample is in a random order, so its first steps in a quantile are drawn at random.
        kept = [np.sort(band)[:k] for band in bands]
        table = self._rows(at[np.concatenate(kept)], values[np.concatenate(kept)])
        table.insert(0, "quantile", np.repeat(np.arange(len(bands)), [len(band) for band in kept]))
        return table

    @cachedmethod(attrgetter("_known"), key=lambda _, layer=0, direction=0: ("sample", layer, direction))
    def sample(self, layer: int = 0, direction: int = 0) -> np.ndarray:
        """Steps that count, drawn at random, in a random order: some 200 a quantile, always the same ones. Copies of a
        text are drawn alike."""
        drawn = draws(np.repeat(self.digests, self.lengths), times_of(self.lengths))
        there = np.flatnonzero(self.counted[layer, direction])
        numbers = self.sizes.numbers(self.sizes.trace.states)
        most = max(10, min(SAMPLES_A_QUANTILE * self.origin.quantiles, MOST_SAMPLED // numbers))
        if len(there) > most:
            there = there[drawn[there] <= np.partition(drawn[there], most - 1)[most - 1]]
        return read_only(there[np.argsort(drawn[there], kind="stable")[:most]])

    def tokens(self, unit: int, layer: int = 0, direction: int = 0) -> pandas.DataFrame:
        """What a unit did at each type of token, one row a type, the most frequent first.

        Columns: token, count, and of c and h, as far as they are stored, c_mean (after the step) and c_change (over the
        step; means).
        """
        import pandas as pd

        self._checked(unit, None, layer, direction)
        # Numbers are no types.
        there = self.counted[layer, direction] & (self.origin.joins != JOINS["numbers"])
        rows = pd.DataFrame({"token": self.each_token[there]})
        for state in (state for state in self.sizes.trace.states if state in self.quantities):
            values = before = np.full(self.steps, np.nan)
            if unit < self.sizes.shape(state)[-1]:
                values = self.values(unit, state, layer, direction).astype(np.float64)
                before = self._earlier(values, unit, state, layer, direction)
            rows[f"{state}_mean"], rows[f"{state}_change"] = values[there], (values - before)[there]
        of_type = rows.groupby("token", observed=True)
        table = of_type.mean()
        table.insert(0, "count", of_type.size())
        table = table.reset_index().sort_values("count", ascending=False, kind="stable", ignore_index=True)
        return table.astype({"token": object})

    def _earlier(self, values: np.ndarray, unit: int, state: str, layer: int, direction: int) -> np.ndarray:
        """(step,): what stood in the memory before each step."""
        full = self.lengths > 0
        ends = self.begins + self.lengths - 1
        earlier, first = np.roll(values, 1 if direction == 0 else -1), (self.begins if direction == 0 else ends)[full]
        start: float = self.table[f"{state}_start"][layer, direction, unit]
        earlier[first] = start
        return earlier

    @cachedmethod(attrgetter("_known"), key=lambda _, layer=0, direction=0: ("correlations", layer, direction))
    def correlations(self, layer: int = 0, direction: int = 0) -> np.ndarray:
        """(unit, unit): the correlation of each two units' c over all steps; NaN for a unit that never changes."""
        state = self._checked(0, None, layer, direction)
        mean = self.table[f"{state}_mean"][layer, direction].astype(np.float32)[:, None]
        products = np.zeros((len(mean), len(mean)))
        for first, values in self.blocks(state, layer, direction):
            apart = values[:, self.counted[layer, direction, first : first + values.shape[1]]] - mean
            products += apart @ apart.T
        spread = np.sqrt(np.diag(products))
        with np.errstate(invalid="ignore", divide="ignore"):
            return read_only(np.clip(products / np.outer(spread, spread), -1.0, 1.0))

    def losses(self) -> pandas.DataFrame:
        """The loss of each text that the model predicts, the worst first; without rows if the model predicts nothing.

        Columns: text, steps (that have a loss) and loss, the mean of -log2 of the probability of the next token, in
        bits; for a forecast the mean squared error in standard deviations.
        """
        import pandas as pd

        every = pd.DataFrame({"text": np.repeat(np.arange(self.texts), self.lengths), "loss": self.step_losses()})
        table = every.dropna().astype({"loss": float}).groupby("text").loss.agg(steps="size", loss="mean")
        return table.reset_index().sort_values("loss", ascending=False, kind="stable", ignore_index=True)

    def step_losses(self) -> np.ndarray:
        """(step,): the loss of each step's token, given all before it in its text; NaN where none is predicted."""
        return self.each_loss

    def search(
        self,
        pattern: Pattern,
        length: int = 2,
        limit: int = 50,
        *,
        texts: Texts | None = None,
        model: nn.Module | None = None,
        client: Any = None,
    ) -> pandas.DataFrame:
        """Every stretch of the corpus where units of a pattern are on together, the best `limit` first.

        A hit is as long as possible, at least `length` steps of one text, at each of which as many of the pattern's
        units are on, and some are. Columns: text first last; shared: how many of the pattern's units are on throughout
        it; union: how many units are, together with all of the pattern's; before match after: its words; answer: what
        the model says after it, a label or a set of labels, else "". The most shared come first, then the smallest
        union, then the longest, then the order of the texts (LSTMVis).

        With `texts` the model reads those (as `client` says, as in `scan`) and they are searched: for a quantity that
        is not stored. `model`: the one that reads; needed after `load_scan`, except for a model that is shipped.

        Raises LstmCoreError for a pattern of other units, for one of a quantity that is not stored, and for another
        model.
        """
        check_kind(pattern, Pattern, "a pattern", "lstm_core.pattern(trace, first, last) makes one.")
        if not pattern.units:
            raise LstmCoreError(
                "Expected a pattern of units that are on, got one without. Take another stretch, or a lower threshold."
            )
        check_from_1(length=length, limit=limit)
        if texts is not None:
            read = scanned_model(self.origin, self.model if model is None else model)
            again = scan(read, texts, batch_size=self.origin.batch_size, quantities=pattern.quantity, client=client)
            return again.search(pattern, length, limit)
        self._checked(max(pattern.units), pattern.quantity, pattern.layer, pattern.direction)
        import pandas as pd

        best = best_hits(self, self._known, pattern, length, limit)
        words = [self.words(*hit) for hit in best[:, :3].tolist()]
        columns: dict[str, Any] = dict(zip(("text", "first", "last", "shared", "union"), best.T, strict=True))
        columns |= {name: [row[n] for row in words] for n, name in enumerate(("before", "match", "after"))}
        return pd.DataFrame(columns | {"answer": list(self.each_answer[self.begins[best[:, 0]] + best[:, 2]])})

    def nearest(self, text: int, time: int, layer: int = 0, direction: int = 0, limit: int = 20) -> pandas.DataFrame:
        """The steps of the corpus whose c is nearest to that of one step, the nearest first.

        Columns: text time distance token before after. The distance is Euclidean, over all units of the layer and
        direction.
        """
        import pandas as pd

        state = self._checked(0, None, layer, direction)
        if not (0 <= text < self.texts and 0 <= time < self.lengths[text]):
            raise LstmCoreError(f"Expected a step of the corpus, got text {text}, time {time}.")
        here, at = self.states(text, time, time + 1, state, layer, direction), int(self.begins[text]) + time
        distance = np.concatenate(
            [
                np.einsum("us,us->s", apart, apart)
                for _, values in self.blocks(state, layer, direction)
                for apart in [values - here]
            ]
        )
        distance[at] = np.nan
        near = pd.Series(distance)[np.isfinite(distance)].nsmallest(limit)
        table = self._rows(near.index.to_numpy(), np.sqrt(near.to_numpy()))
        return table.rename(columns={"value": "distance"})[["text", "time", "distance", "token", "before", "after"]]

    def words(self, text: int, first: int, last: int) -> tuple[str, str, str]:
        """The words before, at and after the steps first ≤ t ≤ last of a text."""
        spans = (max(0, first - BEFORE), first), (first, last + 1), (last + 1, last + 1 + AFTER)
        before, match, after = (self.origin.joins.join(self.tokens_of(text, *span)) for span in spans)
        return before, match, after

    def tokens_of(self, text: int, first: int = 0, end: int | None = None) -> list[str]:
        """The tokens of the steps [first, end) of a text."""
        return list(self.each_token[slice(*self._place(text, first, end))])

    def _place(self, text: int, first: int, end: int | None) -> tuple[int, int]:
        """The steps [begin, end) of the corpus that are the steps [first, end) of a text."""
        if not 0 <= text < self.texts:
            raise LstmCoreError(f"Expected a text from 0 to {self.texts - 1}, got {text}.")
        begin, length = int(self.begins[text]), int(self.lengths[text])
        return begin + first, begin + (length if end is None else min(end, length))

    traces = traces

    def plot(self, unit: int, quantity: str | None = None, layer: int = 0, direction: int = 0) -> Figure:
        """A Plotly figure of a unit: the histogram of its c or h, and by how much each frequent token changes it."""
        from lstm_core.plots.page_figure import LIGHT, as_plotly
        from lstm_core.plots.results import histogram_and_changes

        quantity = self._checked(unit, quantity, layer, direction)
        histogram, tokens = self.histogram(unit, quantity, layer, direction), self.tokens(unit, layer, direction)
        drawn = histogram_and_changes(quantity, *histogram, tokens, LIGHT)
        sizes = ("layer", layer, self.sizes.layers), ("direction", direction, self.sizes.directions)
        place = "".join(f", {name} {number}" for name, number, size in sizes if size > 1)
        return as_plotly(drawn, f"Unit {unit}{place} in {self.texts:,} texts")

    def save(self, path: str | Path) -> None:
        """The whole scan in a folder of its own, as of `store=`; `lstm_core.load_scan` gives it back bit for bit."""
        copied([self], Path(os.path.abspath(path)))

    def __add__(self, other: Scan) -> Scan:
        """The scan of the texts of both, in a temporary folder: those of `other` come after those of this one."""
        if not isinstance(other, Scan):
            return NotImplemented
        alike: Any = {name: getattr(self.origin, name) for name in ("batch_size", "top", "quantiles")}
        if got := differences(self.origin, replace(other.origin, **alike)):
            raise LstmCoreError(
                "Expected two scans of one model with one choice of quantities, got the second with "
                f"{got}. Scan both alike."
            )
        return Scan(*copied([self, other], None), model=self.model)

    def summary(self) -> str:
        """The scan as text: the model, the corpus, the proof, and a line for each layer and direction."""
        sizes, lines = self.sizes, []
        for layer, direction in np.ndindex(sizes.layers, sizes.directions):
            rows = self.units[(self.units.layer == layer) & (self.units.direction == direction)]
            low, high = rows[f"{sizes.state}_min"].min(), rows[f"{sizes.state}_max"].max()
            line = (
                f"layer {layer}, direction {direction}: {sizes.units} units, {rows['count'].max():,} steps, "
                f"{sizes.state} from {low:+.3g} to {high:+.3g}"
            )
            kept = f", half of it leaks in up to {rows.leak.max():.3g} steps" if sizes.keeps else ""
            lines.append(line + kept)
        texts, steps = (f"{n:,} {one}{'s' * (n != 1)}" for n, one in ((self.texts, "text"), (self.steps, "step")))
        head = f"Scan of {texts}, {steps}, by {self.origin.model}"
        rebuilt = "the model's own memory" if sizes.kind == BY_HAND else "PyTorch's own output"
        near = to_or_exactly(difference_and_nearness(self.max_error, self.proof))
        proof = HOLDS_NAN if math.isnan(self.max_error) else f"gates rebuild {rebuilt} {near}"
        return "\n".join([head, proof, *lines])

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.summary())}</pre>"

    def _checked(self, unit: int, quantity: str | None, layer: int, direction: int) -> str:
        """The quantity that is meant.

        Raises LstmCoreError for a quantity that is not stored, and for a layer, direction or unit that is not there.
        """
        quantity = self.sizes.state if quantity is None else quantity
        if quantity not in self.quantities:
            raise LstmCoreError(
                f"Expected quantity {' or '.join(map(repr, self.quantities))}, got {quantity!r}. Scan with quantities= "
                "to keep others, or search with texts=; the shares of gates are in .units."
            )
        names, sizes = ("layer", "direction", "unit"), self.sizes.shape(quantity)
        for name, value, size in zip(names, (layer, direction, unit), sizes, strict=True):
            if not 0 <= value < size:
                raise LstmCoreError(f"Expected a {name} from 0 to {size - 1}, got {value}.")
        return quantity

    def _rows(self, steps: np.ndarray, values: np.ndarray) -> pandas.DataFrame:
        """A table of some steps, with the words around them."""
        import pandas as pd

        kept = np.flatnonzero(self.lengths)
        texts = kept[np.searchsorted(self.begins[kept], steps, side="right") - 1]
        times = steps - self.begins[texts]
        around = [self.words(text, time, time) for text, time in zip(texts.tolist(), times.tolist(), strict=True)]
        columns: dict[str, Any] = {"text": texts, "time": times, "token": [token for _, token, _ in around]}
        columns["value"] = values
        columns |= {"before": [before for before, _, _ in around], "after": [after for _, _, after in around]}
        return pd.DataFrame(columns)


def read_only(array: np.ndarray) -> np.ndarray:
    """An array that is kept for the next who asks."""
    array.flags.writeable = False
    return array
