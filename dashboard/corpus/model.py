"""Which model reads the corpus?"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from gatescope.question.view import OWN, SIZES, Source
from gatescope.reading.read import shipped
from gatescope.reading.trained_sizes import nearest_size
from gatescope.store import visitor_models
from lstm_core import LstmCoreError, SequenceModel
from lstm_core.inputs import token_vectors
from lstm_core.models import random_lstm
from lstm_core.models.embeddings import Embedding
from lstm_core.recording.kinds import kind_of


class _Drawn(Embedding):
    """The vectors of an untrained LSTM, drawn from the seed and the token."""

    kind = "drawn"

    def __init__(self, size: int, seed: int) -> None:
        super().__init__()
        self.size, self._seed = size, seed

    def settings(self) -> dict[str, Any]:
        return {"size": self.size, "seed": self._seed}

    def read(self, tokens: Sequence[str]) -> Tensor:
        return token_vectors(tokens, self.size, self._seed)[:, 0]

    def embed(self, numbers: Tensor) -> Tensor:
        return numbers


def model_to_scan(source: Source) -> SequenceModel:
    """The source's model; an untrained LSTM as a model that gives its hidden states.

    Raises LstmCoreError when the model is no longer on the server, for a GRU or RNN, and for an untrained LSTM that
    reads numbers.
    """
    if source.model == "random":
        return _untrained(source)
    if source.model == SIZES:
        return nearest_size(source)[1]
    model = visitor_models.kept(source.model) if source.model.startswith(OWN) else shipped(source.model)
    if model is None:
        raise LstmCoreError(
            "Expected a model that is on the server, got one that is no longer here, or never was. Train or open it "
            "again, or choose another model."
        )
    if (kind := kind_of(model.lstm).name) != "LSTM":
        raise LstmCoreError(
            f"Expected a model with an LSTM, whose c this page looks at, got one with another cell: {kind}. In Python "
            "lstm_core.scan reads a corpus with it, in a shell gatescope scan."
        )
    return model


def _untrained(source: Source) -> SequenceModel:
    if source.tokens == "numbers":
        raise LstmCoreError(
            "Expected a trained model, or an untrained one that reads words or characters, got an untrained one that "
            "reads numbers. Choose another model."
        )
    size = source.hidden_dim
    both = source.directions == 2
    lstm = random_lstm(source.input_dim, size, source.n_layers, source.seed, both)
    hidden = nn.Linear(size * source.directions, size * source.directions, device="meta")
    ones = {"weight": torch.eye(size * source.directions), "bias": torch.zeros(size * source.directions)}
    hidden.load_state_dict(ones, assign=True)
    parts: dict[str, Any] = {"embedding": _Drawn(source.input_dim, source.seed), "lstm": lstm, "linear": hidden}
    labels = [str(unit) for unit in range(size * source.directions)]
    reads: Any = source.tokens
    return SequenceModel("random", "nothing: it is untrained", labels, reads=reads, gives="hidden", **parts).eval()
