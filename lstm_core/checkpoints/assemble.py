"""How do the parts in a checkpoint become a model that reads?"""

import copy
from collections.abc import Mapping, Sequence
from typing import TypeVar, cast

import torch
from torch import nn

from lstm_core.checkpoints.checkpoint import Checkpoint
from lstm_core.checkpoints.find_layers import Recurrent, build_recurrent, output_size
from lstm_core.checkpoints.vocabulary import MOST_TOKENS
from lstm_core.errors import LstmCoreError, check_kind, shortened
from lstm_core.models.embeddings import Embedding, Numbers, Rows
from lstm_core.models.sequence_model import Reads, SequenceModel
from lstm_core.recording.kinds import kind_of

_Module = TypeVar("_Module", bound=nn.Module)
# Names that vocabularies use for an unknown token.
_UNKNOWN = ("<unk>", "<UNK>", "[UNK]", "UNK", "<unknown>", "<oov>", "<OOV>")


def assemble(
    checkpoint: Checkpoint,
    lstm: str,
    embedding: str | None = None,
    linear: str | None = None,
    vocabulary: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
) -> SequenceModel:
    """A `SequenceModel` built from parts of a checkpoint, by name; in float32.

    Without an embedding the model reads numbers, input_size a step, as they are; scaled as in training after
    `model.embedding = model.embedding.scaled(mean, deviation)`. With an embedding, `vocabulary` names its rows, in
    order (None: a token is the number of its row); a vocabulary of single characters makes a model that reads
    characters. An unknown token gets the vector of <unk> if there is one, else zeros. Without a linear the model gives
    the hidden state itself. Without labels the classes have the names of the tokens, if there are as many classes as
    given tokens, and else numbers. A cell runs as one layer. `lstm` may name a GRU or an RNN: `model.lstm` then is one.

    Raises LstmCoreError for a name that is not in the checkpoint, and for parts whose sizes do not fit.

    >>> import io
    >>> file = io.BytesIO()
    >>> parts = {"emb": nn.Embedding(3, 4), "lstm": nn.LSTM(4, 5), "fc": nn.Linear(5, 2)}
    >>> torch.save(nn.ModuleDict(parts).state_dict(), file)
    >>> from lstm_core import load_checkpoint
    >>> model = assemble(load_checkpoint(file), "lstm", "emb", "fc", vocabulary=["the", "cat", "sat"])
    >>> model(model.vectors(model.tokens("the cat"))).shape
    torch.Size([2, 1, 2])
    """
    check_kind(checkpoint, Checkpoint, "a checkpoint", "Give what load_checkpoint(path) returns.")
    reader = _float32(_in_layers(lstm, _named(lstm, checkpoint.recurrent, "LSTMs, GRUs and RNNs")))
    table = None if embedding is None else _named(embedding, checkpoint.embeddings, "embeddings")
    reads, feed = _numbers(reader) if table is None else _rows(table, vocabulary)
    if linear is None:
        size = output_size(reader)
        head = nn.Linear(size, size, bias=False, device="meta")
        head.load_state_dict({"weight": torch.eye(size)}, assign=True)
        labels = labels or [f"h {unit}" for unit in range(head.out_features)]
    else:
        head = _float32(_named(linear, checkpoint.linears, "Linear layers"))
        _at_most(head.out_features, "outputs of a Linear, each with a name", "Leave it out")
        numbered = [str(number) for number in range(head.out_features)]
        labels = labels or (vocabulary if vocabulary and len(vocabulary) == head.out_features else numbered)
    return SequenceModel(
        lstm or kind_of(reader).name,
        "your own",
        labels,
        reads=reads,
        gives="hidden" if linear is None else "value" if head.out_features == 1 else "classes",
        embedding=feed,
        # Typed as what most readers of a model ask for; those that also take a GRU or an RNN ask for its kind.
        lstm=cast("nn.LSTM", reader),
        linear=head,
    ).eval()


def _named(name: str, modules: Mapping[str, _Module], kind: str) -> _Module:
    if name not in modules:
        there = ", ".join(shortened(other) for other in list(modules)[:10]) or "none"
        raise LstmCoreError(f"Expected one of the checkpoint's {kind}, {there}, got {shortened(name)}.")
    return modules[name]


def _float32(module: _Module) -> _Module:
    """The module if it is in float32, or else a copy in float32: the checkpoint is not changed."""
    if next(module.parameters()).dtype == torch.float32:
        return module
    return copy.deepcopy(module, {id(weight): nn.Parameter(weight.float()) for weight in module.parameters()})


def _in_layers(name: str, module: Recurrent) -> nn.RNNBase:
    if isinstance(module, nn.RNNCellBase):
        module = build_recurrent(name, {f"{key}_l0": weight for key, weight in module.state_dict().items()})
    assert isinstance(module, nn.RNNBase)
    return module


def _at_most(count: int, of_what: str, otherwise: str) -> None:
    if count > MOST_TOKENS:
        raise LstmCoreError(f"Expected at most {MOST_TOKENS:,} {of_what}, got {count:,}. {otherwise}.")


def _numbers(lstm: nn.RNNBase) -> tuple[Reads, Embedding]:
    _at_most(lstm.input_size, "numbers a step, each with a name", "Run it in Python: lstm_core.run")
    return "numbers", Numbers([f"feature {number}" for number in range(lstm.input_size)])


def _rows(table: nn.Embedding, tokens: Sequence[str] | None) -> tuple[Reads, Embedding]:
    """The table itself, and the tokens of its first rows."""
    rows = table.num_embeddings
    if tokens is not None and not 0 < len(tokens) <= rows:
        got = f"{shortened(tokens[-1])} for row {len(tokens) - 1:,}" if tokens else "none"
        raise LstmCoreError(
            f"Expected tokens for the embedding's {rows:,} rows, 0 to {rows - 1:,}, got {got}. Give the vocabulary "
            "that the model was trained with."
        )
    tokens = tokens or []
    place = {token: row for row, token in enumerate(tokens) if token in _UNKNOWN}
    unknown = next((place[name] for name in _UNKNOWN if name in place), None)
    with torch.device("meta"):
        feed = Rows(rows, table.embedding_dim, tokens, unknown)
    feed.vectors.load_state_dict({"weight": table.weight}, assign=True)
    named = (token for token in tokens if token not in _UNKNOWN and not token.startswith("<"))
    are_rows = all(token.isdecimal() for token in tokens)
    return "characters" if all(len(token) == 1 for token in named) and not are_rows else "words", feed
