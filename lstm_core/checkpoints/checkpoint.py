"""Which LSTMs, GRUs and RNNs are in a file, what belongs to them, and how do they go to another process?"""

import io
import json
import os.path
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import NamedTuple

from safetensors.torch import load, save
from torch import Tensor, nn

from lstm_core.checkpoints.find_layers import (
    Recurrent,
    build_recurrent,
    layers_beside,
    output_size,
    pytorch_names,
    recurrent_groups,
)
from lstm_core.checkpoints.keras_file import KERAS_WEIGHTS, read_keras, read_keras_zip
from lstm_core.checkpoints.onnx_file import read_onnx
from lstm_core.checkpoints.weights_file import (
    NamedTensors,
    Source,
    WeightsFile,
    kind_of,
    not_finite,
    opened,
    read_npz,
    read_safetensors,
    read_torch,
    refuse_computed,
    refuse_other_archives,
)
from lstm_core.errors import LstmCoreError, shortened
from lstm_core.files.outside import read_header

TANH_ASSUMED = (
    "The file does not say whether its RNN has tanh or relu: tanh is assumed. With relu, build "
    "nn.RNN(…, nonlinearity='relu'), load the weights into it, and record it: lstm_core.record."
)

# The prefixes that nn.DataParallel and torch.compile put before every name.
_WRAPPED = re.compile(r"^(?:(?:module|_orig_mod)\.)+")


class Pair(NamedTuple):
    """The embeddings and Linear layers that fit one LSTM, GRU or RNN, best guess first."""

    embeddings: list[str]
    """Names of embeddings as wide as its input."""
    linears: list[str]
    """Names of Linear layers as wide as its output."""


@dataclass(frozen=True)
class Checkpoint:
    """The modules of a file of weights by name, in eval mode; each holds the file's own numbers."""

    recurrent: Mapping[str, Recurrent]
    """The LSTMs, GRUs, RNNs and their cells. No file says whether an RNN has tanh or relu: it has tanh here."""
    embeddings: Mapping[str, nn.Embedding]
    linears: Mapping[str, nn.Linear]
    order: tuple[str, ...]
    """The names of all of them in the file's order."""
    notes: tuple[str, ...] = ()
    """Sentences for the user: what the file leaves open, which weights are not finite."""
    vocabulary: tuple[str, ...] = ()
    """The tokens of the embedding's rows, if a PyTorch file has them beside the weights."""

    @property
    def lstms(self) -> dict[str, nn.LSTM | nn.LSTMCell]:
        """The LSTMs and their cells alone."""
        return {name: one for name, one in self.recurrent.items() if isinstance(one, (nn.LSTM, nn.LSTMCell))}

    def pair(self, name: str) -> Pair:
        """The embeddings that can feed one LSTM, GRU or RNN and the Linear layers that can read it, best guess first.

        Among those whose sizes fit, the best has the name closest to its own; then an embedding before it and a Linear
        after it in the file; then the nearest.
        """
        place = {other: position for position, other in enumerate(self.order)}
        between = self.recurrent[name]

        def distance(other: str, after: bool) -> tuple[int, bool, int]:
            steps = place[other] - place[name]
            return -_shared(name, other), (steps > 0) is not after, abs(steps)

        feeding = [e for e, module in self.embeddings.items() if module.embedding_dim == between.input_size]
        reading = [n for n, module in self.linears.items() if module.in_features == output_size(between)]
        return Pair(
            sorted(feeding, key=lambda other: distance(other, after=False)),
            sorted(reading, key=lambda other: distance(other, after=True)),
        )

    def pairs(self) -> dict[str, Pair]:
        """The `pair` of each LSTM, GRU and RNN, by its name."""
        return {name: self.pair(name) for name in self.recurrent}


def _shared(name: str, other: str) -> int:
    """How many parts at the left two module names share."""
    parts = zip(name.split(".")[:-1], other.split(".")[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda both: both[0] == both[1], parts))


def load_checkpoint(source: Source) -> Checkpoint:
    """The LSTMs, GRUs, RNNs, embeddings and Linear layers in a file of weights: a path, bytes or a binary file.

    Reads safetensors and np.savez's archives, also with the parameters of Flax (its nested dicts as flat names);
    PyTorch files, only with `weights_only=True`; and, with the extra gatescope[import], Keras files
    (.keras, .weights.h5, .h5) and ONNX models, of which a path may have a data file beside it. The content decides the
    format, not the name. Nested dicts, an optimiser's state beside the weights and prefixes such as `module.` are
    allowed. A cell becomes a cell, as `nn.LSTMCell`. No file says whether a model was `batch_first`; what else a file
    does not say, and which weights are NaN or infinite, is in `notes`.

    Raises LstmCoreError for anything else: a pickled module, a broken file, shapes that contradict each other, a file
    without any of them or larger than `weights_file.MOST_BYTES`. Nothing in a file is ever executed, and no file
    but the given one, or an ONNX model's beside it, is read. A file made to do harm may take the memory that there is,
    or end the process: on the page *Your model* it has one of its own.

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
            # Zip, pickle, JSON, safetensors, HDF5 and protobuf each raise their own errors for a broken file.
            said = " ".join(str(error).split())[:200]
            expected = f"Expected a whole file of weights, got one that can't be read: {said}"
            # PyTorch, HDF5 and protobuf have words of their own for it.
            if isinstance(error, MemoryError) or "alloc" in said:
                expected = "Expected weights that fit in the memory there is, got more."
            raise LstmCoreError(f"{file.label} can't be opened. {expected}") from error


def _read(file: WeightsFile) -> NamedTensors:
    readers = {"torch": read_torch, "hdf5": read_keras, "onnx": read_onnx}
    if (kind := kind_of(file)) in readers:
        return readers[kind](file)
    if kind == "safetensors":
        return pytorch_names(read_safetensors(file))
    with zipfile.ZipFile(file.stream) as archive:
        if KERAS_WEIGHTS in archive.namelist():
            return read_keras_zip(file, archive)
        if archive.namelist() and all(name.endswith(".npy") for name in archive.namelist()):
            return pytorch_names(read_npz(archive))
        refuse_other_archives(archive.namelist())
        return read_torch(file)


def _checkpoint(named: NamedTensors) -> Checkpoint:
    tensors = named.tensors
    refuse_computed(tensors)
    groups = recurrent_groups(tensors)
    recurrent = {name: build_recurrent(name, weights) for name, weights in groups.items()}
    if not recurrent:
        if named.refused:
            raise LstmCoreError(named.refused[0])
        first = ", ".join(shortened(name) for name in list(tensors)[:3]) or "none at all"
        raise LstmCoreError(
            "Expected weights named as PyTorch names those of an LSTM, GRU or RNN (weight_ih_l0, weight_hh_l0, …), got "
            f"{len(tensors)} tensors: {first}."
        )
    embeddings, linears = layers_beside(tensors, recurrent.values(), named.kinds)
    names = {**recurrent, **embeddings, **linears}
    order = [module for name in tensors if (module := name.rpartition(".")[0]) in names]
    short = _short_names(dict.fromkeys(order), named.containers)
    found: dict[str, nn.Module] = {short[name]: module for name, module in names.items()}
    weights = ((f"{name}.{key}", w) for name, module in found.items() for key, w in module.named_parameters())
    left_out = (f"A layer is left out: no module of PyTorch computes it. {said}" for said in named.refused)
    is_open = not named.says_tanh and any(isinstance(one, (nn.RNN, nn.RNNCell)) for one in recurrent.values())
    return Checkpoint(
        {short[name]: one for name, one in recurrent.items()},
        {short[name]: embedding for name, embedding in embeddings.items()},
        {short[name]: linear for name, linear in linears.items()},
        tuple(short.values()),
        tuple(note for note in (*left_out, *named.notes, is_open * TANH_ASSUMED, not_finite(weights)) if note),
        named.vocabulary,
    )


def _short_names(names: Iterable[str], containers: Iterable[str]) -> dict[str, str]:
    """Module names without their common prefixes: the nested dicts of the file, then a wrapper's prefix."""
    whole = [f"{name}." if name else "" for name in names]
    # Character by character: a container ends with a point, which a name may also contain.
    shared = os.path.commonprefix(whole)  # noqa: RUF071
    around = max((container for container in containers if shared.startswith(container)), key=len, default="")
    inside = [name.removeprefix(around) for name in whole]
    bare = [_WRAPPED.sub("", name) for name in inside]
    chosen = bare if len(set(bare)) == len(bare) else inside
    return {name: short.removesuffix(".") for name, short in zip(names, chosen, strict=True)}


# How does a checkpoint go from one process to another? As safetensors: names and numbers, and nothing that can run.


def checkpoint_bytes(checkpoint: Checkpoint) -> bytes:
    """The bytes of a whole checkpoint; a shared tensor is written once."""
    tensors, places, names, storages = dict[str, Tensor](), dict[object, str](), dict[str, str](), set[int]()
    modules: dict[str, nn.Module] = {**checkpoint.recurrent, **checkpoint.embeddings, **checkpoint.linears}
    for name in checkpoint.order:
        for key, weight in modules[name].named_parameters(name):
            same = weight.data_ptr(), weight.dtype, weight.shape, weight.stride()
            names[key] = place = places.setdefault(same, str(len(places)))
            if place not in tensors:
                # safetensors refuses two tensors that share memory.
                storage = weight.untyped_storage().data_ptr()
                alone = weight.is_contiguous() and storage not in storages
                storages.add(storage)
                tensors[place] = weight.detach() if alone else weight.detach().contiguous().clone()
    kinds = dict.fromkeys(checkpoint.embeddings, "embedding") | dict.fromkeys(checkpoint.linears, "linear")
    described = {"names": names, "kinds": kinds, "notes": checkpoint.notes, "vocabulary": checkpoint.vocabulary}
    return save(tensors, metadata={"checkpoint": json.dumps(described)})


def checkpoint_from(data: bytes) -> Checkpoint:
    """The checkpoint that `checkpoint_bytes` wrote, found again as in any file."""
    tensors, described = load(data), json.loads(read_header(io.BytesIO(data))["__metadata__"]["checkpoint"])
    named = NamedTensors({name: tensors[place] for name, place in described["names"].items()}, kinds=described["kinds"])
    found = _checkpoint(named._replace(vocabulary=tuple(described["vocabulary"])))
    return replace(found, notes=tuple(described["notes"]))
