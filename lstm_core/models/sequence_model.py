"""What are the parts of a model with an LSTM, from text to classes?"""

import re
from collections.abc import Sequence
from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_core.errors import LstmCoreError, check_kind
from lstm_core.inputs.tokens import characters, words
from lstm_core.models.embeddings import Embedding, Numbers
from lstm_core.traces.trace import Trace

# What are the parts of a model with an LSTM, from text to classes?

Reads = Literal["words", "characters", "symbols", "numbers"]
Gives = Literal["classes", "set", "value", "hidden"]


class SequenceModel(nn.Module):
    """Embedding, LSTM and a Linear over its hidden states, with the names of the inputs and outputs.

    `reads` says what a token is: a word, a character, a symbol (a character that is not a blank) or a row of numbers.
    `gives` says what the scores mean: one of the labels at each step (softmax), any number of them (a sigmoid each),
    the labels' own values (numbers), or the hidden state itself, if the model has no Linear (an identity stands in).

    Raises LstmCoreError when the sizes of the parts do not fit each other.

    >>> import torch
    >>> from lstm_core import record
    >>> from lstm_core.models.embeddings import Vocabulary
    >>> parts = {"embedding": Vocabulary("ab", size=2), "lstm": nn.LSTM(2, 4), "linear": nn.Linear(4, 3)}
    >>> labels = ["a", "b", "end"]
    >>> model = SequenceModel("mine", "next symbol", labels, reads="symbols", gives="classes", **parts)
    >>> tokens = model.tokens("aa bb")
    >>> with torch.no_grad(), record(model) as recording:
    ...     scores = model(model.vectors(tokens))              # (time, batch, label)
    >>> recording.names, tokens, model.probabilities(scores).shape
    (['lstm'], ['a', 'a', 'b', 'b'], torch.Size([4, 1, 3]))
    """

    def __init__(
        self,
        name: str,
        task: str,
        labels: Sequence[str],
        *,
        reads: Reads,
        gives: Gives,
        embedding: Embedding,
        lstm: nn.LSTM,
        linear: nn.Linear,
    ) -> None:
        super().__init__()
        self.name, self.task, self.labels = name, task, list(labels)
        self.reads, self.gives = reads, gives
        self.embedding, self.lstm, self.linear = embedding, lstm, linear
        self._check()

    def tokens(self, text: str) -> list[str]:
        """The text as one token a step. A step of numbers has one number for each column.

        Raises LstmCoreError if the numbers don't fill the last step.
        """
        if self.reads == "words":
            return words(text)
        if self.reads == "characters":
            return characters(text)
        if self.reads == "symbols":
            return [symbol for symbol in characters(text) if not symbol.isspace()]
        cells, columns = re.findall(r"[^\s,;]+", text), self.embedding.size
        if len(cells) % columns:
            raise LstmCoreError(
                f"Expected {columns} numbers a step, got {len(cells)} numbers in all. Give as many for the last step."
            )
        return [" ".join(cells[start : start + columns]) for start in range(0, len(cells), columns)]

    def vectors(self, tokens: Sequence[str] | Sequence[int] | Tensor) -> Tensor:
        """x of shape (time, 1, feature), from tokens (without a list of them, from row numbers), or from the result of
        `embedding.read`."""
        x: Tensor = self.embedding(tokens)
        return x

    def forward(self, x: Tensor | PackedSequence) -> Tensor:
        """Scores (time, batch, label) from x (time, batch, feature), or from packed sequences of it.

        Scores past a packed sequence's end mean nothing. Raises LstmCoreError for text or tokens.
        """
        vectors = "model.vectors(model.tokens(text))" if isinstance(x, str) else "model.vectors(tokens)"
        check_kind(x, (Tensor, PackedSequence), "x as a tensor (time, batch, feature)", f"Give {vectors}.")
        output, _ = self.lstm(x)
        hidden = pad_packed_sequence(output)[0] if isinstance(output, PackedSequence) else output
        scores: Tensor = self.linear(hidden)
        return scores

    def scores(self, trace: Trace) -> Tensor:
        """Scores (time, batch, label) from a trace of the model's LSTM: the Linear over h of the last layer."""
        with torch.no_grad():
            directions = trace.h[-1].unbind()
            scores: Tensor = self.linear(directions[0] if len(directions) == 1 else torch.cat(directions, dim=-1))
        return scores

    def probabilities(self, scores: Tensor) -> Tensor:
        """Scores (…, label) as probabilities; a forecast of the model's own columns, in the units of the data."""
        if self.gives == "classes":
            return scores.softmax(-1)
        if self.gives == "set":
            return scores.sigmoid()
        if self.gives == "value" and isinstance(self.embedding, Numbers) and self.labels == self.embedding.columns:
            return self.embedding.restore(scores)
        return scores

    def _check(self) -> None:
        lstm, linear = self.lstm, self.linear
        directions = 2 if lstm.bidirectional else 1
        expected = {
            "the LSTM's input_size": (self.embedding.size, lstm.input_size),
            "the Linear's in_features": (directions * (lstm.proj_size or lstm.hidden_size), linear.in_features),
        }
        for part, (size, got) in expected.items():
            if size != got:
                raise LstmCoreError(f"Expected {part} to be {size}, got {got}. Make the parts fit each other.")
        if len(self.labels) != linear.out_features:
            raise LstmCoreError(
                f"Expected {linear.out_features} labels, one for each output of the Linear, got {len(self.labels)}."
            )
        for choice, choices in ((self.reads, get_args(Reads)), (self.gives, get_args(Gives))):
            if choice not in choices:
                raise LstmCoreError(f"Expected one of {', '.join(choices)}, got {choice!r}.")
        if lstm.batch_first:
            raise LstmCoreError("Expected an LSTM that reads (time, batch, feature), got one with batch_first=True.")
