"""How does a model read a shard, window by window?"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError
from lstm_core.recording.kinds import AnyTrace, kind_of
from lstm_core.recording.record import record
from lstm_core.scanning.answers import Answers, answers_in_words
from lstm_core.scanning.by_hand import ByHand
from lstm_core.scanning.losses import Losses
from lstm_core.scanning.origin import Origin, lstm_of, sizes_of
from lstm_core.scanning.shards import Shard, features
from lstm_core.scanning.sums import CellSizes, Sums
from lstm_core.scanning.tally import Tally, fastest_loops
from lstm_core.scanning.windows import Piece, evenly, whole_texts, windows
from lstm_core.traces.recorded import Recorded

NUMBERS_AT_ONCE = 1 << 20
"""About how many numbers one quantity has in a window: 4 MiB. All of them are still in the last-level cache when they
are added up, and what each window costs once counts little."""
MOST_NUMBERS = 1 << 28
"""The most numbers that one quantity has in a window: a text that is read in both directions is read whole."""
MOST_KEPT = 1 << 30
"""The most numbers of c that are kept of a shard: 2 GiB."""


class ShardRead(NamedTuple):
    """What was read of a shard."""

    sums: Sums
    """Texts are numbered in the shard."""
    c: np.ndarray | None
    """(layer, direction, unit, step) float16, one text after the other, if it is kept."""
    answers: np.ndarray | None = None
    """(step,): the model's answer after each step as a number, if it is kept."""


def read_shard(
    model: nn.Module, shard: Shard, must_stop: Callable[[], bool] = lambda: False, *, origin: Origin, keep: bool = False
) -> ShardRead:
    """The sums over a shard, and with `keep` c of all steps. If it must stop, what is there so far."""
    sizes = sizes_of(lstm_of(model))
    tally, losses = Tally(shard, sizes, origin.top, sizes.most_samples(origin.quantiles)), Losses(model, shard)
    kept = _Kept(shard, sizes) if keep else None
    answers = Answers(model, shard) if keep and answers_in_words(model) else None
    for trace, pieces in traces(model, shard, origin.lanes):
        tally.add(trace, pieces)
        steps = shard.numbers(pieces)
        if losses.are_known or answers is not None:
            scores = model.scores(trace).cpu()  # type: ignore[operator]
            if losses.are_known:
                losses.add(scores, pieces, steps)
            if answers is not None:
                answers.add(scores, steps)
        if kept is not None:
            kept.add(trace, steps)
        if must_stop():
            break
    sums = tally.finished()
    sums.losses = losses.sums
    return ShardRead(sums, None if kept is None else kept.c, None if answers is None else answers.numbers)


class _Kept:
    """c (or h) of all texts of a shard, one after the other."""

    def __init__(self, shard: Shard, sizes: CellSizes) -> None:
        most = MOST_KEPT // (sizes.layers * sizes.directions * sizes.units)
        if shard.steps > most:
            longest = int(shard.lengths.argmax())
            raise LstmCoreError(
                f"Expected at most {most:,} steps a text for a store, got {shard.lengths[longest]:,} in text "
                f"{shard.first + longest}. Cut it into shorter texts, or scan without store=."
            )
        self._state = sizes.cell.state
        self.c = np.empty((sizes.layers, sizes.directions, sizes.units, shard.steps), np.float16)

    def add(self, trace: Recorded, steps: np.ndarray) -> None:
        """Add the steps (time, batch) of a window; -1 past the end of a sequence."""
        # As whole numbers: Numba knows no float16.
        c, kept = as_numpy(getattr(trace, self._state).half()).view(np.int16), self.c.view(np.int16)
        for side in np.ndindex(kept.shape[:2]):
            fastest_loops().turn(c[side], steps, kept[side])


def traces(model: nn.Module, shard: Shard, lanes: int) -> Iterator[tuple[AnyTrace, list[Piece]]]:
    """The recording of each window of a shard, and which pieces of which texts its sequences are."""
    lstm, lengths = lstm_of(model), shard.lengths.tolist()
    sizes = sizes_of(lstm)
    rows = max(1, NUMBERS_AT_ONCE // (sizes.layers * sizes.directions * sizes.units))
    most = MOST_NUMBERS // (sizes.layers * sizes.directions * sizes.units)
    if lstm.bidirectional and max(lengths) > most:
        longest = int(np.argmax(lengths))
        raise LstmCoreError(
            f"Expected at most {most:,} steps a text, because an LSTM with two directions, or a hand-written cell, "
            f"reads a text as a whole, got {lengths[longest]:,} in text {shard.first + longest}. Cut it into shorter "
            "texts."
        )
    if isinstance(lstm, ByHand):
        for pieces in whole_texts(lengths, lanes, rows):
            for _, several in groupby(pieces, key=lambda piece: piece.length):
                together = list(several)
                yield lstm.read([shard.texts[piece.text].rows for piece in together]), together
        return
    gather = _gathering(model, shard, lstm)
    if lstm.bidirectional:
        for pieces in whole_texts(lengths, lanes, rows):
            packed = pack_padded_sequence(gather(pieces), torch.tensor([piece.length for piece in pieces]))
            yield _recorded(lstm, packed, None), pieces
        return
    ended: dict[str, Tensor] = {}
    lane: dict[int, int] = {}
    for pieces in windows(lengths, evenly(sum(map(bool, lengths)), lanes), rows):
        x = gather(pieces)
        trace = _recorded(lstm, x.transpose(0, 1) if lstm.batch_first else x, _started(lstm, pieces, ended, lane))
        yield trace, pieces
        # A text that goes on fills its window, so its state is the last one.
        ended = {state: getattr(trace, state)[:, 0, -1] for state in trace.states}
        lane = {piece.text: number for number, piece in enumerate(pieces)}


def _recorded(lstm: nn.RNNBase, x: object, state: Any) -> AnyTrace:
    with torch.no_grad(), record(lstm, exact=False) as recording:
        lstm(x, state)
    return recording.only


def _started(lstm: nn.RNNBase, pieces: Sequence[Piece], ended: dict[str, Tensor], lane: dict[int, int]) -> Any:
    """The states (layer, batch, unit) that a window starts from: zeros, or the last of the window before."""
    if not ended or not any(piece.first for piece in pieces):
        return None
    lanes = torch.tensor([lane[piece.text] if piece.first else 0 for piece in pieces])
    begins = torch.tensor([piece.first == 0 for piece in pieces])[None, :, None]
    return kind_of(lstm).as_given(
        {
            state: values[:, lanes.to(values.device)].masked_fill(begins.to(values.device), 0.0)
            for state, values in ended.items()
        }
    )


def _gathering(model: nn.Module, shard: Shard, lstm: nn.RNNBase) -> Callable[[Sequence[Piece]], Tensor]:
    """A function that gives x (time, batch, feature) of a window."""
    weight = lstm.get_parameter("weight_ih_l0")
    table = features(model, shard)
    all_tokens = all(text.ids is not None for text in shard.texts)

    def gather(pieces: Sequence[Piece]) -> Tensor:
        if table is not None and all_tokens:
            # Past the end of a piece stands some token of the shard: nothing that is read there counts.
            ids = torch.from_numpy(shard.ids[shard.numbers(pieces)])
            return table[ids.to(table.device)].to(weight)
        x = torch.zeros(pieces[0].length, len(pieces), lstm.input_size)
        for number, piece in enumerate(pieces):
            x[: piece.length, number] = _features_of(model, shard, piece, table)
        return x.to(weight)

    return gather


def _features_of(model: nn.Module, shard: Shard, piece: Piece, table: Tensor | None) -> Tensor:
    text = shard.texts[piece.text]
    if text.ids is not None:
        assert table is not None
        return table[torch.from_numpy(text.ids[piece.first : piece.last].astype(np.int64))]
    assert text.rows is not None
    rows = torch.from_numpy(text.rows[piece.first : piece.last])
    with torch.no_grad():
        return model.embedding.embed(rows) if getattr(model, "reads", None) == "numbers" else rows  # type: ignore[operator,union-attr]
