"""How is the trace of any cell drawn as an update, c = f ⊙ c' + i ⊙ g? As that of an LSTM of which no more is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from lstm_core.errors import LstmCoreError
from lstm_core.traces.cell import CellTrace
from lstm_core.traces.trace import GruTrace, RnnTrace, Trace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lstm_core.traces.load import AnyTrace

# By letter of an LSTM: the cell's own letter and title, the question that it answers, and what it is.
_GRU = {
    "f": ("z", "update gate", "keep what was there?", "z, the update gate: how much of each hidden value is kept"),
    "i": ("", "1 − z", "let the new in?", "1 − z: how much of the candidate is let in"),
    "g": ("n", "candidate", "what would be written", "n, the candidate: what would come instead"),
    "o": ("r", "reset gate", "seen by the candidate?", "r, the reset gate: how much of the past the candidate sees"),
    "c": ("h", "hidden state", "h = z·h + (1−z)·n", "h, the hidden state: memory and output in one"),
}
_RNN = {"c": ("h", "hidden state", "what it is now", "h, the hidden state: computed anew at every step")}
WORDS = {"nn.GRU": _GRU, "nn.RNN": _RNN}
"""What PyTorch's other cells call the quantities that are drawn of their updates."""
# Before and after the letter of a state in the names of its tensors.
_STATES = (("", ""), ("", "0"), ("reset_", ""))
# What the configuration of an update says of it, and a file must not.
_SAID = ("shown", "roles", "words", "of")


def as_update(trace: AnyTrace) -> Trace:
    """The trace of an LSTM as it is; of another cell its update, in an LSTM's letters. Of a GRU, f is z, i is 1 − z, g
    is n, o is r and c is h; of a plain RNN, which keeps nothing, f is 0, i is 1, and g and c are h. `config["roles"]`
    says so of each letter that is drawn, and `config["words"]` has the cell's own letter, title and question for it.

    Raises LstmCoreError for a found cell that reads its memory through something else.
    """
    if isinstance(trace, Trace):
        return trace if trace.config.keys().isdisjoint(_SAID) else trace.with_values(config=_without_said(trace))
    if isinstance(trace, CellTrace):
        return _of_cell(trace)
    there = trace.tensors()
    values = {f"{start}{state}{end}": there.get(f"{start}h{end}") for start, end in _STATES for state in "ch"}
    if isinstance(trace, GruTrace) and "z" in there:
        values |= {"f": trace.z, "i": 1 - trace.z}
    values |= {"g": there.get("n"), "o": there.get("r"), "x": there.get("x"), "lengths": trace.lengths}
    is_rnn = isinstance(trace, RnnTrace)
    if is_rnn and "h" in there:
        none, every = (torch.full((), share, dtype=trace.h.dtype, device=trace.h.device) for share in (0.0, 1.0))
        values |= {"f": none.expand_as(trace.h), "i": every.expand_as(trace.h), "g": trace.h}
    said = {letter: own for letter, own in (_RNN if is_rnn else _GRU).items() if values.get(letter) is not None}
    roles, words = {letter: own[3] for letter, own in said.items()}, {letter: own[:3] for letter, own in said.items()}
    return _update(trace, values, {"shown": "", "roles": roles, "words": words, "of": "nn.RNN" if is_rnn else "nn.GRU"})


def own_letter(update: Trace, quantity: str) -> str:
    """What a quantity is called in the cell itself, as z of a GRU; its title if it has no letter, as 1 − z."""
    words: Mapping[str, tuple[str, str, str]] = update.config.get("words", {})
    letter, title, _ = words.get(quantity, (quantity, "", ""))
    return letter or title


def own_trace(update: Trace) -> AnyTrace:
    """The trace of a GRU or an RNN whose update this is; any other as it is."""
    of = update.config.get("of")
    if of not in ("nn.GRU", "nn.RNN"):
        return update
    there = update.tensors()
    said = {"tokens": update.tokens, "resets": update.resets, "max_error": update.max_error, "proof": update.proof}
    values: dict[str, Any] = {name: there.get(name) for name in ("h", "h0", "reset_h", "x", "lengths")} | said
    # Neither a GRU nor an RNN has a projection.
    config = {name: value for name, value in _without_said(update).items() if name != "proj_size"}
    values |= {"name": update.name, "numbers": update.numbers, "config": config}
    if of == "nn.RNN":
        return RnnTrace(**values)
    return GruTrace(**values | {"r": there.get("o"), "z": there.get("f"), "n": there.get("g")})


def _of_cell(trace: CellTrace) -> Trace:
    if trace.c_read is not None:
        raise LstmCoreError(
            f"Expected a cell that reads its own c for the live view, got another: {trace.roles['c']}. plot() draws it."
        )
    there = trace.tensors()
    values: dict[str, Any] = {name: there.get(name) for name in (*Trace.required(), "reset_c", "lengths")}
    # Nobody knows the h before the first step; a trace that keeps h has one.
    values["h0"] = torch.zeros_like(trace.c0) if "h" in there else None
    values["reset_h"] = None if trace.reset_c is None or "h" not in there else torch.zeros_like(trace.reset_c)
    said = {name: trace.config[name] for name in ("shown", "roles")}
    return _update(trace, values, said | {"input_size": 1, "num_layers": 1, "bidirectional": False})


def _update(trace: AnyTrace, values: Mapping[str, Any], config: Mapping[str, Any]) -> Trace:
    said = {"tokens": trace.tokens, "resets": trace.resets, "max_error": trace.max_error, "proof": trace.proof}
    sizes = {"bias": True, "proj_size": 0, **_without_said(trace), **config}
    whole: dict[str, Any] = dict.fromkeys(Trace.required()) | dict(values) | said
    return Trace(**whole, name=trace.name, numbers=trace.numbers, config=sizes)


def _without_said(trace: AnyTrace) -> dict[str, Any]:
    return {name: value for name, value in trace.config.items() if name not in _SAID}
