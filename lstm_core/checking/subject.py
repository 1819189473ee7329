"""What is checked, what does it read, also where nothing is given, and what is said of it?"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from html import escape
from textwrap import indent
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.checking.reading import BatchReading, Change, CheckedRun, parts_of, reading_of, run, seeded
from lstm_core.errors import LstmCoreError
from lstm_core.models.embeddings import Numbers, Rows, Vocabulary
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.recording.kinds import RECORDED, AnyTrace
from lstm_core.recording.modules import modules_to_record
from lstm_core.recording.record import record

if TYPE_CHECKING:
    import pandas

# What does a model read where nothing is given? A thousand words drawn at random from its vocabulary, or numbers.

STEPS, SEQUENCES = 50, 20
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def drawn_for(model: nn.Module) -> tuple[Tensor, str]:
    """What a `SequenceModel`, a model that reads one embedding's rows, or a recurrent module or cell alone may read,
    and that in words.

    Raises LstmCoreError for another model.
    """
    rng, count = torch.Generator().manual_seed(0), f"{STEPS * SEQUENCES:,}"
    weight = next((weight for weight in model.parameters() if weight.is_floating_point()), torch.zeros(0))
    if isinstance(model, SequenceModel) and isinstance(model.embedding, Numbers):
        numbers = torch.randn(STEPS, SEQUENCES, model.embedding.size, generator=rng)
        return numbers.to(weight), f"{count} steps of random numbers, scaled as the data"
    if isinstance(model, SequenceModel):
        x = model.embedding.embed(_tokens(model, rng).to(weight.device)).detach()
        is_unnamed = isinstance(model.embedding, Rows) and not model.embedding.tokens
        what, of = ("rows", "embedding") if is_unnamed else (model.reads, "vocabulary")
        return x.view(STEPS, SEQUENCES, -1), f"{count} {what}, drawn at random from its {of}"
    if isinstance(model, nn.RNNBase | nn.RNNCellBase):
        shape = (SEQUENCES,) if isinstance(model, nn.RNNCellBase) else (STEPS, SEQUENCES)
        shape = shape[::-1] if getattr(model, "batch_first", False) else shape
        return torch.randn(*shape, model.input_size, generator=rng).to(weight), f"{count} steps of random numbers"
    tables = [module for module in model.modules() if isinstance(module, nn.Embedding)]
    if len(tables) != 1:
        raise needs_inputs(model)
    return _rows(model, tables[0], rng), f"{count} rows, drawn at random from its embedding"


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
        try:
            sizes = self._sizes()
        except (LstmCoreError, StopIteration, IndexError):
            # `rebuilt` says why.
            return None
        return reading_of(self.model, self.inputs, sizes, self.first, self.run)

    def _sizes(self) -> tuple[int, int]:
        """The steps and sequences of the memory that is read first; the steps of one that is called step by step are
        taken together."""
        if not self.modules:
            found = next(iter(self.traces.values())).sizes
            return found["time"], found["batch"]
        first = self.first.calls[0]
        each = [called.call.x for called in self.first.calls if called.module is first.module]
        return sum(map(len, each)), 0 if "unbatched" in first.call.form else each[0].shape[1]

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


# What was found out about a model: a row a question, each with its number and the line that mends it.

Result = Literal["pass", "look", "broken"]
MARKS = {"pass": "✓", "look": "!", "broken": "✗"}


class Row(NamedTuple):
    """One answer: "broken" is a mistake, "look" a note. `advice` says what mends it; "" where there is nothing to."""

    question: str
    result: Result
    number: str
    advice: str = ""


# What a question of `questions` says of a model; the list of them knows its name.
broken, look, passes = (partial(Row, "", result) for result in ("broken", "look", "pass"))


@dataclass(frozen=True, repr=False)
class Report:
    """The rows of `check`; `read`: what the model read; `not_asked`: each other question, and why it was not asked."""

    rows: tuple[Row, ...]
    read: str
    not_asked: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def of(self, result: Result) -> list[Row]:
        """The rows with one result."""
        return [row for row in self.rows if row.result == result]

    @property
    def is_broken(self) -> bool:
        """Whether there is a mistake."""
        return bool(self.of("broken"))

    def to_pandas(self) -> pandas.DataFrame:
        """A row a question, what is broken first: question, result (pass, look or broken), number, advice."""
        import pandas

        return pandas.DataFrame(self.in_order(), columns=list(Row._fields))

    def summary(self) -> str:
        """How many questions have which result, what was read, and why other questions were not asked, in sentences."""
        counts = f"{len(self.of('pass'))} pass, {len(self.of('look'))} to look at, {len(self.of('broken'))} broken."
        others = "; ".join(
            f"{', '.join(f'“{question}”' for question in self.not_asked if self.not_asked[question] == why)} ({why})"
            for why in dict.fromkeys(self.not_asked.values())
        )
        left_out = f" Questions not asked: {others}." if others else ""
        return f"{counts} Read: {self.read}.{left_out}"

    def in_order(self) -> list[Row]:
        """What is broken, then what to look at, then what passes."""
        return [*self.of("broken"), *self.of("look"), *self.of("pass")]

    def __repr__(self) -> str:
        rows = self.in_order()
        wide = max((len(row.question) for row in rows), default=0)
        lines = (
            f"{MARKS[row.result]} {row.question:<{wide}}  {row.number}"
            + (f"\n{indent(row.advice, '    ')}" if row.advice else "")
            for row in rows
        )
        return "\n".join([*lines, self.summary()])

    def _repr_html_(self) -> str:
        # No script, every text escaped, no `$` read as maths.
        return f'<pre class="tex2jax_ignore mathjax_ignore">{escape(repr(self))}</pre>'
