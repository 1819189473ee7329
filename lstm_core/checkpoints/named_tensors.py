"""What does every reader of a file return, and what is made of it?

`torch.nn.utils.weight_norm` stores a length g and a direction v for a matrix, w = g · v / ‖v‖ (Salimans & Kingma 2016),
under `weight_hh_l0_g` and `weight_hh_l0_v`, or `parametrizations.weight_hh_l0.original0` and `original1`;
`torch.nn.utils.prune` stores `weight_hh_l0_orig` and `weight_hh_l0_mask`, whose product is the weight.
"""

import math
import re
import zipfile
from collections.abc import Collection, Iterable, Mapping
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core.checkpoints.weights_file import WeightsFile
from lstm_core.errors import LstmCoreError, shortened
from lstm_core.files.outside import read_header

_NEW_NORM = re.compile(r"((?:.*\.)?)parametrizations\.([^.]+)\.original([01]?)", re.DOTALL)
_MOST_NAMED = 5


class NamedTensors(NamedTuple):
    """Tensors under the names that PyTorch would give them, in the file's order.

    `containers`: the nested dicts around the tensors, as prefixes ("model_state."). `kinds`: by module name, whether a
    module is an embedding or a Linear, if the file says so. `notes`: sentences on what the file leaves open.
    `vocabulary`: the tokens of the embedding's rows, if the file names them. `size`: the bytes of the file and of those
    beside it, if there are any. `says_tanh`: whether an RNN of the file is known to have tanh. `refused`: a sentence on
    each layer that was left out because PyTorch's equations do not describe it.
    """

    tensors: dict[str, Tensor]
    containers: tuple[str, ...] = ()
    kinds: Mapping[str, Literal["embedding", "linear"]] = {}
    notes: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()
    size: int = 0
    says_tanh: bool = False
    refused: tuple[str, ...] = ()


def read_safetensors(file: WeightsFile) -> dict[str, Tensor]:
    """The tensors of a safetensors file by name, in the header's order."""
    from safetensors.torch import load

    header = read_header(file.stream)
    file.stream.seek(0)
    tensors = load(file.stream.read())
    # The library returns the tensors in no fixed order.
    return {name: tensors[name] for name in header if name in tensors}


def is_npz(names: Collection[str]) -> bool:
    """Whether the entries of a zip archive are NumPy's."""
    return bool(names) and all(name.endswith(".npy") for name in names)


def read_npz(archive: zipfile.ZipFile) -> dict[str, Tensor]:
    """The arrays of numbers of an archive by name, whose entries are known to be uncompressed."""
    found = {}
    for name in archive.namelist():
        with archive.open(name) as entry:
            try:
                array = np.lib.format.read_array(entry, allow_pickle=False)
            except ValueError as error:
                # A pickled object is left out, as a text is.
                if "allow_pickle" in str(error):
                    continue
                raise
        if array.dtype.kind in "fiu" and array.dtype.itemsize <= 8:
            # PyTorch takes neither the other order of bytes nor memory that can't be written.
            own = np.array(array, array.dtype.newbyteorder("="), order="C")
            found[name.removesuffix(".npy")] = torch.from_numpy(own)
    return found


def plain_weights(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors, with each pair of length and direction, or of weight and mask, replaced by its weight."""
    plain: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        new, stem = _NEW_NORM.fullmatch(name), name[:-2]
        if new and not new[3]:
            raise LstmCoreError(
                f"Expected plain or weight-normed weights, got {shortened(name)} of another parametrisation. Call "
                "torch.nn.utils.parametrize.remove_parametrizations before saving."
            )
        if new and f"{name[:-1]}0" in tensors and f"{name[:-1]}1" in tensors:
            if new[3] == "0":
                plain[new[1] + new[2]] = _weight(tensor, tensors[f"{name[:-1]}1"], name)
        elif name.endswith(("_g", "_v")) and f"{stem}_g" in tensors and f"{stem}_v" in tensors:
            if name.endswith("_g"):
                plain[stem] = _weight(tensor, tensors[f"{stem}_v"], name)
        elif name.endswith("_orig") and (mask := tensors.get(f"{name[:-5]}_mask")) is not None:
            plain[name[:-5]] = _pruned(tensor, mask, name)
        elif not (name.endswith("_mask") and f"{name[:-5]}_orig" in tensors):
            plain[name] = tensor
    return plain


def _pruned(weight: Tensor, mask: Tensor, name: str) -> Tensor:
    if mask.shape != weight.shape:
        raise LstmCoreError(
            f"Expected {shortened(name)} {tuple(weight.shape)} to have a mask of that shape, got {tuple(mask.shape)}."
        )
    return weight * mask.to(weight.dtype)


def _weight(g: Tensor, v: Tensor, name: str) -> Tensor:
    """w = g · v / ‖v‖, with the length of v over the dims in which g has one number."""
    fits = g.dim() in (0, v.dim()) and all(a in (1, b) for a, b in zip(g.shape, v.shape, strict=False))
    if not fits or not g.is_floating_point() or g.dtype != v.dtype:
        raise LstmCoreError(
            f"Expected {shortened(name)} to hold one length a row of its direction {tuple(v.shape)}, got "
            f"{tuple(g.shape)}."
        )
    over = [dim for dim in range(v.dim()) if g.dim() == 0 or g.shape[dim] == 1]
    return v * (g / v.norm(dim=over, keepdim=True)) if over else v * g / v.abs()


def not_finite(weights: Iterable[tuple[str, Tensor]]) -> str:
    """A sentence that counts, by name, the numbers that are NaN or infinite; "" where all are finite.

    >>> import torch
    >>> not_finite([("fc.weight", torch.tensor([1.0, float("nan"), float("inf")])), ("fc.bias", torch.zeros(2))])
    "Not finite: 2 of 3 numbers in 'fc.weight' (1 NaN, 1 infinite)."
    """
    found = [(name, weight) for name, weight in weights if weight.numel() and not _all_finite(weight)]
    if not found:
        return ""
    told = [_counted(name, weight) for name, weight in found[:_MOST_NAMED]]
    told += [f"and in {len(found) - _MOST_NAMED:,} more tensors"] if len(found) > _MOST_NAMED else []
    return f"Not finite: {'; '.join(told)}."


def _all_finite(weight: Tensor) -> bool:
    """Without a copy of a large tensor."""
    least, most = weight.detach().aminmax()
    return math.isfinite(least.item()) and math.isfinite(most.item())


def _counted(name: str, weight: Tensor) -> str:
    nan, infinite = int(weight.isnan().sum()), int(weight.isinf().sum())
    kinds = [f"{count:,} {kind}" for count, kind in ((nan, "NaN"), (infinite, "infinite")) if count]
    return f"{nan + infinite:,} of {weight.numel():,} numbers in {shortened(name)} ({', '.join(kinds)})"
