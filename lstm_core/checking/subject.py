"""A model that is checked, and what it reads, also where nothing is given: each question is asked of a copy."""

import copy
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.checking.reading import (
    BatchReading,
    Change,
    CheckedRun,
    parts_of,
    reading_of,
    reading_of_found,
    run,
    seeded,
)
from lstm_core.errors import LstmCoreError
from lstm_core.models.embeddings import Numbers, Rows, Vocabulary
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.recording.kinds import RECORDED, AnyTrace
from lstm_core.recording.modules import modules_to_record
from lstm_core.recording.record import record

# What does a model read where nothing is given? A thousand words drawn at random from its vocabulary, or numbers.

STEPS, SEQUENCES = 50, 20
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class DrawnInputs(NamedTuple):
    """The inputs of a model, and what they are, in words."""

    inputs: tuple[Any, ...]
    said: str


def drawn_for(model: nn.Module) -> DrawnInputs:
    """Inputs for a `SequenceModel`, a model that reads one embedding's rows, or a recurrent module or cell alone.

    Raises LstmCoreError for another model.
    """
    rng = torch.Generator().manual_seed(0)
    count = f"{STEPS * SEQUENCES:,}"
    if isinstance(model, SequenceModel):
        if isinstance(model.embedding, Numbers):
            numbers = torch.randn(STEPS, SEQUENCES, model.embedding.size, generator=rng)
            return DrawnInputs((numbers.to(_weight(model)),), f"{count} steps of random numbers, scaled as the data")
        x = model.embedding.embed(_tokens(model, rng).to(_weight(model).device))
        x = x.detach().view(STEPS, SEQUENCES, -1)
        unnamed = isinstance(model.embedding, Rows) and not model.embedding.tokens
        what = "rows, drawn at random from its embedding"
        named = f"{model.reads}, drawn at random from its vocabulary"
        return DrawnInputs((x,), f"{count} {what if unnamed else named}")
    if isinstance(model, nn.RNNBase | nn.RNNCellBase):
        shape = (SEQUENCES,) if isinstance(model, nn.RNNCellBase) else (STEPS, SEQUENCES)
        shape = shape[::-1] if getattr(model, "batch_first", False) else shape
        x = torch.randn(*shape, model.input_size, generator=rng)
        return DrawnInputs((x.to(_weight(model)),), f"{STEPS * SEQUENCES:,} steps of random numbers")
    tables = [module for module in model.modules() if isinstance(module, nn.Embedding)]
    if len(tables) != 1:
        raise needs_inputs(model)
    return DrawnInputs((_rows(model, tables[0], rng),), f"{count} rows, drawn at random from its embedding")


def needs_inputs(model: nn.Module) -> LstmCoreError:
    """The error of a model for which none can be drawn."""
    return LstmCoreError(
        f"Expected what {type(model).__name__} reads, got none. Give it as the model takes it: check(model, x), or "
        "check(model, x, lengths). Nothing is needed for a SequenceModel, a model that reads the rows of one "
        "nn.Embedding, or an nn.LSTM alone."
    )


def _rows(model: nn.Module, table: nn.Embedding, rng: torch.Generator) -> Tensor:
    """Random rows, but no padding, (time, batch), or (batch, time) if the first module that remembers reads so."""
    known = torch.tensor([row for row in range(table.num_embeddings) if row != table.padding_idx])
    rows = known[torch.randint(len(known), (STEPS, SEQUENCES), generator=rng)].to(table.weight.device)
    first = next(module for module in model.modules() if isinstance(module, RECORDED))
    return rows.T.contiguous() if getattr(first, "batch_first", True) else rows


def _weight(model: nn.Module) -> Tensor:
    return next(weight for weight in model.parameters() if weight.is_floating_point())


def _tokens(model: SequenceModel, rng: torch.Generator) -> Tensor:
    """Random tokens as `embedding.read` gives them, (step * sequence, …)."""
    count, embedding = STEPS * SEQUENCES, model.embedding
    if isinstance(embedding, Vocabulary | Rows):
        known = embedding.tokens or [str(row) for row in range(getattr(embedding, "rows", 0))]
        return embedding.read([known[int(n)] for n in torch.randint(len(known), (count,), generator=rng)])
    lengths = torch.randint(1, 9, (count,), generator=rng).tolist()
    letters = torch.randint(len(_LETTERS), (sum(lengths),), generator=rng).tolist()
    spelt = iter(_LETTERS[n] for n in letters)
    return embedding.read(["".join(next(spelt) for _ in range(length)) for length in lengths])


# A model that is checked, and what it reads: each question is asked of a copy.


class Subject:
    """A model and its inputs. Each run is one of a fresh copy in eval mode, so that none leaves a state behind."""

    def __init__(self, model: nn.Module, inputs: tuple[Any, ...]) -> None:
        self.model, self.inputs = model, inputs
        self.modules = modules_to_record(model, None)

    @cached_property
    def first(self) -> CheckedRun:
        """The run on the inputs as they are."""
        return self.run(self.inputs)

    @cached_property
    def reading(self) -> BatchReading | None:
        """How the inputs are read; None where that can't be told."""
        if not self.modules:
            try:
                sizes = next(trace.sizes for trace in self.traces.values())
            except (LstmCoreError, StopIteration):
                # `rebuilt` says why.
                return None
            return reading_of_found(self.model, self.inputs, sizes["time"], sizes["batch"], self.first, self.run)
        return reading_of(self.model, self.inputs, self.first, self.run)

    @cached_property
    def traces(self) -> Mapping[str, AnyTrace]:
        """The gates and states of each module. Raises LstmCoreError where they can't be recorded."""
        model = self.fresh()
        with torch.no_grad(), seeded(0), record(model) as recording:
            model(*self.inputs)
        return {name: recording[name] for name in recording}

    def fresh(self) -> nn.Module:
        """A copy in eval mode that shares the weights, and has states of its own."""
        shared = {id(weight): weight for weight in self.model.parameters()}
        return copy.deepcopy(self.model, shared | _states_in_graphs(self.model)).eval()

    def run(self, inputs: tuple[Any, ...], change: Change | None = None) -> CheckedRun:
        """What a fresh copy answers, with the results of its recurrent modules changed."""
        return run(self.fresh(), inputs, change)


def _states_in_graphs(model: nn.Module) -> dict[int, Tensor]:
    """Tensors that a model keeps from a call with gradients, which `deepcopy` refuses, by their `id`."""
    kept = (value for module in model.modules() for _, value in parts_of(vars(module)))
    return {id(value): value.detach().clone() for value in kept if isinstance(value, Tensor) and not value.is_leaf}
