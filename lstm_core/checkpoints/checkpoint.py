"""Which LSTMs are in a file, and what belongs to them?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor, nn

from lstm_core.checkpoints.find_layers import input_size, layers_beside, output_size
from lstm_core.checkpoints.find_lstms import LSTM, build_lstm, kind_of_group, recurrent_groups
from lstm_core.checkpoints.keras_file import KERAS_WEIGHTS, read_keras, read_keras_zip
from lstm_core.checkpoints.named_tensors import NamedTensors
from lstm_core.checkpoints.onnx_file import read_onnx
from lstm_core.checkpoints.safetensors_file import read_safetensors
from lstm_core.checkpoints.torch_file import read_old_torch, read_torch_zip, zip_directory
from lstm_core.checkpoints.weight_norm import plain_weights
from lstm_core.checkpoints.weights_file import Source, WeightsFile, kind_of, opened, shortened
from lstm_core.errors import LstmCoreError

# What nn.DataParallel and torch.compile put before every name.
_WRAPPED = re.compile(r"^(?:(?:module|_orig_mod)\.)+")


class Pair(NamedTuple):
    """What fits to one LSTM, best guess first."""

    embeddings: list[str]
    """Names of embeddings as wide as the LSTM's input."""
    linears: list[str]
    """Names of Linear layers that take what the LSTM gives."""


@dataclass(frozen=True)
class Checkpoint:
    """The modules of a file of weights by name, in eval mode; each holds the file's own numbers."""

    lstms: Mapping[str, LSTM]
    embeddings: Mapping[str, nn.Embedding]
    linears: Mapping[str, nn.Linear]
    order: tuple[str, ...]
    """The names of all of them in the file's order."""

    def pair(self, name: str) -> Pair:
        """The embeddings that can feed one LSTM and the Linear layers that can read it, best guess first.

        Of those whose sizes fit the best is the one whose name has most in common with the LSTM's; then an embedding
        that stands before the LSTM and a Linear that stands after it; then the nearest.
        """
        place = {other: position for position, other in enumerate(self.order)}
        lstm = self.lstms[name]

        def distance(other: str, after: bool) -> tuple[int, bool, int]:
            steps = place[other] - place[name]
            return -_shared(name, other), (steps > 0) is not after, abs(steps)

        feeding = [e for e, module in self.embeddings.items() if module.embedding_dim == input_size(lstm)]
        reading = [n for n, module in self.linears.items() if module.in_features == output_size(lstm)]
        return Pair(
            sorted(feeding, key=lambda other: distance(other, after=False)),
            sorted(reading, key=lambda other: distance(other, after=True)),
        )

    def pairs(self) -> dict[str, Pair]:
        """The `pair` of each LSTM, by its name."""
        return {name: self.pair(name) for name in self.lstms}


def _shared(name: str, other: str) -> int:
    """How many parts two module names have in common, from the left."""
    count = 0
    for ours, theirs in zip(name.split(".")[:-1], other.split(".")[:-1], strict=False):
        if ours != theirs:
            break
        count += 1
    return count


def load_checkpoint(source: Source) -> Checkpoint:
    """The LSTMs, embeddings and Linear layers in a file of weights: a path, bytes or a binary file.

    Reads safetensors; PyTorch files, with `weights_only=True` and never otherwise; and, with the extra
    gatescope[import], Keras files (.keras, .weights.h5, .h5) and ONNX models. What a file is, its content says. Nested
    dicts, an optimiser's state beside and prefixes such as `module.` are looked through. An LSTMCell comes as an
    `nn.LSTMCell`; whether a model was `batch_first` no file says.

    Raises LstmCoreError for anything else: a pickled module, a broken file, shapes that contradict each other, a file
    with no LSTM in it or one larger than `weights_file.MOST_BYTES`. Nothing in a file is ever executed, and what it
    takes of memory is measured by its size, never by what it claims.

    >>> import io, torch
    >>> file = io.BytesIO()
    >>> torch.save({"model_state": {f"module.encoder.{k}": w for k, w in nn.LSTM(4, 3).state_dict().items()}}, file)
    >>> load_checkpoint(file.getvalue()).lstms
    {'encoder': LSTM(4, 3)}
    """
    with opened(source) as file:
        try:
            return _checkpoint(_read(file))
        except LstmCoreError as error:
            raise LstmCoreError(f"{file.label} can't be opened. {error}") from error
        except Exception as error:
            # Zip, pickle, JSON, safetensors, HDF5 and protobuf each have errors of their own for a broken file.
            said = " ".join(str(error).split())[:200]
            raise LstmCoreError(
                f"{file.label} can't be opened. Expected a whole file of weights, got one that can't be read: {said}"
            ) from error


def _read(file: WeightsFile) -> NamedTensors:
    kind = kind_of(file)
    if kind == "safetensors":
        return NamedTensors(read_safetensors(file))
    if kind == "torch":
        return read_old_torch(file)
    if kind == "hdf5":
        return read_keras(file)
    if kind == "onnx":
        return read_onnx(file)
    with zip_directory(file) as archive:
        if KERAS_WEIGHTS in archive.namelist():
            return read_keras_zip(file, archive)
        return read_torch_zip(file, archive)


def _checkpoint(named: NamedTensors) -> Checkpoint:
    tensors = plain_weights(named.tensors)
    groups = recurrent_groups(tensors)
    others = {name: kind for name, weights in groups.items() if (kind := kind_of_group(weights)) != "LSTM"}
    lstms = {name: build_lstm(name, weights) for name, weights in groups.items() if name not in others}
    if not lstms:
        raise LstmCoreError(_without_lstm(tensors, others))
    beside = layers_beside(tensors, lstms.values(), named.kinds)
    names = {**lstms, **beside.embeddings, **beside.linears}
    order = [module for name in tensors if (module := _module(name)) in names]
    short = _short_names(dict.fromkeys(order), named.containers)
    return Checkpoint(
        {short[name]: lstm for name, lstm in lstms.items()},
        {short[name]: embedding for name, embedding in beside.embeddings.items()},
        {short[name]: linear for name, linear in beside.linears.items()},
        tuple(short.values()),
    )


def _module(name: str) -> str:
    return name.rpartition(".")[0]


def _without_lstm(tensors: Mapping[str, Tensor], others: Mapping[str, str]) -> str:
    if others:
        name, kind = next(iter(others.items()))
        return f"Expected the weights of an LSTM, got those of a {kind} at {shortened(name)}, which has other gates."
    first = ", ".join(shortened(name) for name in list(tensors)[:3]) or "none at all"
    return (
        "Expected weights named as PyTorch names an LSTM's (weight_ih_l0, weight_hh_l0, …), got "
        f"{len(tensors)} tensors: {first}."
    )


def _short_names(names: Iterable[str], containers: Iterable[str]) -> dict[str, str]:
    """Module names without what stands before all of them: the nested dicts of the file, then a wrapper's prefix."""
    whole = [f"{name}." if name else "" for name in names]
    around = max((c for c in containers if all(name.startswith(c) for name in whole)), key=len, default="")
    inside = [name.removeprefix(around) for name in whole]
    bare = [_WRAPPED.sub("", name) for name in inside]
    chosen = bare if len(set(bare)) == len(bare) else inside
    return {name: short.removesuffix(".") for name, short in zip(names, chosen, strict=True)}
