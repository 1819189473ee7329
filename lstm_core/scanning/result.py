"""What does a scan say of each unit?"""

from __future__ import annotations

import html
import math
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import nn

from lstm_core.errors import LstmCoreError, check_from_1, check_kind
from lstm_core.scanning.contexts import Contexts, joined_contexts
from lstm_core.scanning.origin import Origin, differences, scanned_model
from lstm_core.scanning.sums import BY_HAND, CELLS, NOWHERE, CellSizes, StateSums, Sums, joined
from lstm_core.scanning.table_of_units import table_of_units
from lstm_core.traces.summary import HOLDS_NAN, Proof, difference_and_nearness, to_or_exactly

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    import pandas
    from plotly.graph_objects import Figure

    from lstm_core.scanning.over_represented import Track
    from lstm_core.scanning.pattern import Pattern
    from lstm_core.scanning.sources import Texts
    from lstm_core.scanning.stored import Store
    from lstm_core.traces.recorded import Recorded


@dataclass(frozen=True, eq=False, repr=False)
class Scan:
    """What each unit of an LSTM, a GRU, an RNN or a hand-written cell did in a corpus.

    A step at which c or h has a value that is not finite is left out of all that is said of its layer and direction.
    Values are read as float32.
    """

    origin: Origin
    sums: Sums
    contexts: Contexts
    model: nn.Module | None = None
    """The model that was scanned; a file does not contain it."""
    store: Path | None = None
    """The folder in which c of every step is kept."""
    store_id: str = ""
    """The identity that all parts of the store have."""
    corpus: Texts | None = None
    """The texts, if they can be read again: a path or a list. A file does not contain them."""

    def with_texts(self, texts: Texts | None, model: nn.Module | None = None) -> Scan:
        """This scan with its texts (and its model), so that they can be read again after `load_scan`.

        Raises LstmCoreError for a model with other weights than were scanned.
        """
        return replace(self, corpus=texts, model=self.model if model is None else scanned_model(self.origin, model))

    @property
    def texts(self) -> int:
        """How many texts were read."""
        return len(self.sums.lengths)

    @property
    def files(self) -> list[Path] | None:
        """The file of each text, by its number, where the texts are files, as of a folder; else None.

        `hits.assign(file=[scan.files[number] for number in hits.text])` names them beside the hits.
        """
        from lstm_core.scanning.sources import files_of

        return files_of(self.corpus)

    @property
    def steps(self) -> int:
        """How many steps the texts have in all."""
        return int(self.sums.lengths.sum(dtype=np.int64))

    @property
    def max_error(self) -> float:
        """The proof: the largest `max_error` of the recordings."""
        return self.sums.max_error

    @property
    def proof(self) -> Proof | None:
        """`max_error` in proportion to the values, as in `Trace`."""
        return self.sums.proof

    @property
    def sizes(self) -> CellSizes:
        """How many layers, directions and units the model's cells have."""
        kind = self.origin.kind
        layers, directions, _, units = self.sums.states[CELLS[kind].state].moments.shape
        last = list(self.sums.states.values())[-1]
        return CellSizes(layers, directions, units, last.moments.shape[-1], kind)

    @cached_property
    def units(self) -> pandas.DataFrame:
        """One row a (layer, direction, unit).

        `count`: the steps that count. `c_mean c_std c_min c_max`, and of h; NaN for the units that h lacks with
        `proj_size`. `i_left i_right` and so on for i f o (r z of a GRU, whose memory is h; i f of a hand-written cell):
        the share of steps at which the gate is below 0.1, above 0.9. `leak`, also called `half_life`: as in
        `lstm_core.units`; none of an RNN.
        """
        return table_of_units(self.sums, self.sizes)

    def histogram(
        self, unit: int, quantity: str | None = None, layer: int = 0, direction: int = 0
    ) -> tuple[np.ndarray, np.ndarray]:
        """(edges, counts) of a unit's c or h: how often its value was in [edge, next edge).

        Without a quantity, here and below, it is c; of a GRU or an RNN, h.
        The bins are equally wide and begin at the first that is not empty; there are at most 128.
        """
        state, at = self._state(unit, quantity, layer, direction)
        counts = state.counts[at]
        bins = len(counts)
        edges = np.ldexp(np.arange(-bins // 2, bins // 2 + 1) * 2 / bins, state.exponents[at])
        filled = np.flatnonzero(counts)
        first, last = (filled[0], filled[-1] + 1) if len(filled) else (0, bins)
        return edges[first : last + 1], counts[first:last]

    def top(
        self, unit: int, quantity: str | None = None, layer: int = 0, direction: int = 0, k: int = 20, sign: int = 1
    ) -> pandas.DataFrame:
        """The steps at which a unit's c or h was largest, the largest first; with `sign=-1` the smallest first.

        Columns: text time token value before after. Equal values stand in the order of the texts. There are at most as
        many as the scan was asked for with `top`.
        """
        if sign not in (1, -1):
            raise LstmCoreError(f"Expected sign 1 for the largest values or -1 for the smallest, got {sign!r}.")
        state, (*side, number) = self._state(unit, quantity, layer, direction)
        at = (*side, 0 if sign == 1 else 1, number)
        places, values = state.best_at[at][:k], state.best[at][:k]
        there = places[:, 0] != NOWHERE
        return self._table(places[there], sign * values[there])

    def quantile_samples(
        self, unit: int, quantity: str | None = None, layer: int = 0, direction: int = 0, k: int = 5
    ) -> pandas.DataFrame:
        """Steps drawn at random from each quantile of a unit's c or h, `k` from each, the lowest quantile first.

        Columns: quantile text time token value before after. The quantiles are those of a random sample of steps, the
        same for all units.
        """
        state, at = self._state(unit, quantity, layer, direction)
        values = state.sample[:, at[0], at[1], at[2]]
        in_order = np.argsort(values, kind="stable")
        bands = np.array_split(in_order, self.origin.quantiles)
        # The sample is in a random order, so its first steps in a quantile are drawn at random.
        kept = [np.sort(band)[:k] for band in bands]
        table = self._table(self.sums.sampled_at[np.concatenate(kept)], values[np.concatenate(kept)])
        table.insert(0, "quantile", np.repeat(np.arange(len(bands)), [len(band) for band in kept]))
        return table

    def tokens(self, unit: int, layer: int = 0, direction: int = 0) -> pandas.DataFrame:
        """What a unit did at each type of token, one row a type, the most frequent first.

        Columns: token, count, c_mean and h_mean (after the step), c_change and h_change (over the step; means). Types
        that appeared when the table was full are together in the last row, whose token is None.
        """
        import pandas as pd

        self._state(unit, None, layer, direction)
        count = self.sums.type_steps[layer, direction]
        columns: dict[str, Any] = {"token": pd.Series([*self.sums.types, None], dtype=object), "count": count}
        with np.errstate(invalid="ignore"):
            for letter, state in self.sums.states.items():
                sums = state.by_type[layer, direction]
                each = sums[:, :, unit] / count[:, None] if unit < sums.shape[-1] else np.full(sums.shape[:2], np.nan)
                columns |= {f"{letter}_mean": each[:, 0], f"{letter}_change": each[:, 1]}
        table = pd.DataFrame(columns)
        rest = len(table) - 1
        order = [*np.argsort(-count[:-1], kind="stable"), rest]
        return table.iloc[[row for row in order if count[row] > 0]].reset_index(drop=True)

    def correlations(self, layer: int = 0, direction: int = 0) -> np.ndarray:
        """(unit, unit): the correlation of each two units' c over all steps; NaN for a unit that never changes."""
        self._state(0, None, layer, direction)
        products = self.sums.comoments[layer, direction]
        spread = np.sqrt(np.diag(products))
        with np.errstate(invalid="ignore", divide="ignore"):
            found = products / np.outer(spread, spread)
        clipped: np.ndarray = np.clip(found, -1.0, 1.0)
        return clipped

    def losses(self) -> pandas.DataFrame:
        """The loss of each text that the model predicts, the worst first; without rows if the model predicts nothing.

        Columns: text, steps (that have a loss) and loss, the mean of -log2 of the probability of the next token, in
        bits; for a forecast the mean squared error in standard deviations.
        """
        import pandas as pd

        lost, steps = self.sums.losses.T
        texts = np.flatnonzero(steps)
        loss = lost[texts] / steps[texts]
        order = np.argsort(-loss, kind="stable")
        return pd.DataFrame({"text": texts[order], "steps": steps[texts][order].astype(int), "loss": loss[order]})

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
        union, then the longest, then the order of the texts.

        With a store the numbers in it are searched, which are rounded to float16. Else the model reads the texts again,
        which takes about as long as the scan: `texts`, or those that the scan knows. With a store `texts` are needed
        for other quantities than c. `model`: the one that reads; needed after `load_scan`, except for a model that is
        shipped. `client`: as in `scan`.

        Raises LstmCoreError without texts, if those it knows are other texts than were scanned, for another model, and
        for a pattern of other units.
        """
        from lstm_core.scanning.pattern import Pattern
        from lstm_core.scanning.search import check_pattern, search_again
        from lstm_core.scanning.texts_again import texts_of

        check_kind(pattern, Pattern, "a pattern", "lstm_core.pattern(trace, first, last) makes one.")
        if not pattern.units:
            raise LstmCoreError(
                "Expected a pattern of units that are on, got one without. Take another stretch, or a lower threshold."
            )
        check_from_1(length=length, limit=limit)
        if texts is None and self._stored is not None:
            check_pattern(pattern, self.sizes)
            return self._stored.search(pattern, length, limit)
        if texts is None and self.corpus is None:
            raise LstmCoreError(
                "Expected a scan with a store, or texts to read again, got neither. Give texts=, as in scan, or scan "
                "with store=."
            )
        read = scanned_model(self.origin, self.model if model is None else model)
        again = texts_of(replace(self, model=read)) if texts is None else texts
        return search_again(read, again, pattern, length=length, limit=limit, origin=self.origin, client=client)

    def find_text(self, words: str, limit: int = 50, *, texts: Texts | None = None) -> pandas.DataFrame:
        """Where some words or characters stand in the texts, in the order of the texts, `limit` at most.

        Columns: text first last before match after, as of `search`; the match is whole tokens. `texts`: needed after
        `load_scan`, unless there is a store.

        Raises LstmCoreError without texts and for other texts than were scanned.
        """
        from lstm_core.scanning.find_text import find_text

        return find_text(self, words, limit, texts)

    def over_represented(
        self,
        hits: pandas.DataFrame,
        properties: Sequence[str] | Mapping[str, Track] | None = None,
        *,
        texts: Texts | None = None,
        permutations: int = 200,
        seed: int = 0,
        groups: Sequence[Hashable] | None = None,
    ) -> pandas.DataFrame:
        """Which properties of the text are larger or smaller at the steps of some hits than elsewhere: one row a
        property, the least likely by chance first.

        `hits`: a table with text, first and last (`search`, `find_text`) or text and time (`top`, `nearest`).
        `properties`: names (as in `find_units`), or by name functions from tokens to numbers or the numbers themselves,
        a list of arrays with an array (step,) a text; all of `analysis.PROPERTIES` if not given.
        Columns: property; hits: its mean at the steps of the hits; corpus: its mean at all steps; strength: the
        distance of the two in standard deviations; p: how often the best of all properties does as well by chance, with
        the permutation test of `find_units`: copies of a text stay together, and so do `groups` (a label a text); NaN
        where there is too little to tell, as where all hits are in one text of twelve; no_p: why, in a sentence, a
        column only where a p is NaN. A property that never changes in the corpus has no row. Of a corpus of more than
        2,097,152 steps, texts without hits are drawn at random.

        Raises LstmCoreError without texts, for other texts than were scanned, and for hits that are not in them.
        """
        from lstm_core.scanning.over_represented import over_represented

        return over_represented(self, hits, properties, texts, permutations, seed, groups)

    def traces(self, texts: Texts | None = None) -> Iterator[Recorded]:
        """A trace a text, one after the other, which the model reads again: for `find_units(scan, …)` and all else
        that takes traces. Of a large corpus, texts are drawn at random until c and h have 33 million numbers; the same
        scan always gives the same ones.

        Raises LstmCoreError without texts and for other texts than were scanned.
        """
        from lstm_core.scanning.texts_again import traces_of

        return traces_of(self, texts)

    def plot(self, unit: int, quantity: str | None = None, layer: int = 0, direction: int = 0) -> Figure:
        """A Plotly figure of a unit: the histogram of its c or h, and by how much each frequent token changes it."""
        from lstm_core.plots.as_plotly import LIGHT, as_plotly
        from lstm_core.plots.results import histogram_and_changes

        self._state(unit, quantity, layer, direction)
        quantity = quantity or self.sizes.cell.state
        drawn = histogram_and_changes(
            quantity, *self.histogram(unit, quantity, layer, direction), self.tokens(unit, layer, direction), LIGHT
        )
        place = "".join(
            f", {name} {number}"
            for name, number, size in (
                ("layer", layer, self.sizes.layers),
                ("direction", direction, self.sizes.directions),
            )
            if size > 1
        )
        return as_plotly(drawn, f"Unit {unit}{place} in {self.texts:,} texts")

    def nearest(self, text: int, time: int, layer: int = 0, direction: int = 0, limit: int = 20) -> pandas.DataFrame:
        """The steps of the corpus whose c is nearest to that of one step, the nearest first; needs a store.

        Columns: text time distance token before after. The distance is Euclidean, over all units of the layer and
        direction, of the numbers in the store.
        """
        self._state(0, None, layer, direction)
        if self._stored is None:
            raise LstmCoreError("Expected a scan with a store, got one without. Scan with store=.")
        return self._stored.nearest(text, time, layer, direction, limit)

    @cached_property
    def _stored(self) -> Store | None:
        from lstm_core.scanning.stored import Store

        return None if self.store is None else Store(self)

    def save(self, path: str | Path) -> None:
        """The whole scan as .npz; `lstm_core.load_scan` gives it back bit for bit."""
        from lstm_core.scanning.save_scan import save_scan

        save_scan(self, path)

    def __add__(self, other: Scan) -> Scan:
        """The scan of the texts of both: those of `other` come after those of this one."""
        if not isinstance(other, Scan):
            return NotImplemented
        got = differences(self.origin, replace(other.origin, lanes=self.origin.lanes))
        if got or self.sizes != other.sizes:
            raise LstmCoreError(
                "Expected two scans of one model with one top and one quantiles, got the second with "
                f"{got or 'other sizes'}. Scan both alike."
            )
        sums = joined(self.sums, other.sums, self.sizes.most_types, self.sizes.most_samples(self.origin.quantiles))
        return Scan(self.origin, sums, joined_contexts(sums, self.contexts, other.contexts, self.texts), self.model)

    def summary(self) -> str:
        """The scan as text: the model, the corpus, the proof, and a line for each layer and direction."""
        sizes, lines = self.sizes, []
        for layer, direction in np.ndindex(sizes.layers, sizes.directions):
            rows = self.units[(self.units.layer == layer) & (self.units.direction == direction)]
            low, high = rows[f"{sizes.cell.state}_min"].min(), rows[f"{sizes.cell.state}_max"].max()
            line = (
                f"layer {layer}, direction {direction}: {sizes.units} units, {rows['count'].max():,} steps, "
                f"{sizes.cell.state} from {low:+.3g} to {high:+.3g}"
            )
            kept = f", half of it leaks in up to {rows.leak.max():.3g} steps" if sizes.cell.keeps else ""
            lines.append(line + kept)
        texts, steps = (f"{n:,} {one}{'s' * (n != 1)}" for n, one in ((self.texts, "text"), (self.steps, "step")))
        head = f"Scan of {texts}, {steps}, by {self.origin.model}"
        rebuilt = "the model's own memory" if self.origin.kind == BY_HAND else "PyTorch's own output"
        near = to_or_exactly(difference_and_nearness(self.max_error, self.proof))
        proof = HOLDS_NAN if math.isnan(self.max_error) else f"gates rebuild {rebuilt} {near}"
        return "\n".join([head, proof, *lines])

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.summary())}</pre>"

    def _state(
        self, unit: int, quantity: str | None, layer: int, direction: int
    ) -> tuple[StateSums, tuple[int, int, int]]:
        """The sums of c or h, and where a unit is in them; without a quantity those of c, if there is one.

        Raises LstmCoreError for a quantity, layer, direction or unit that is not there.
        """
        states = self.sums.states
        quantity = self.sizes.cell.state if quantity is None else quantity
        if quantity not in states:
            raise LstmCoreError(
                f"Expected quantity {' or '.join(map(repr, states))}, got {quantity!r}. Of gates a scan keeps shares: "
                ".units."
            )
        state = states[quantity]
        for name, value, size in zip(
            ("layer", "direction", "unit"), (layer, direction, unit), state.exponents.shape, strict=True
        ):
            if not 0 <= value < size:
                raise LstmCoreError(f"Expected a {name} from 0 to {size - 1}, got {value}.")
        return state, (layer, direction, unit)

    def _table(self, places: np.ndarray, values: np.ndarray) -> pandas.DataFrame:
        import pandas as pd

        around, join = self.contexts.at(places), self.origin.joins
        columns: dict[str, Any] = {
            "text": places[:, 0],
            "time": places[:, 1],
            "token": [token for _, token, _ in around],
            "value": values,
            "before": [join.join(before) for before, _, _ in around],
            "after": [join.join(after) for _, _, after in around],
        }
        return pd.DataFrame(columns)
