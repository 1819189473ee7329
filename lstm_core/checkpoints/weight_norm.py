"""What are the weights of a module with weight normalisation, or of one that was pruned?

`torch.nn.utils.weight_norm` stores a length g and a direction v for a matrix, w = g · v / ‖v‖ (Salimans & Kingma 2016),
under `weight_hh_l0_g` and `weight_hh_l0_v`, or `parametrizations.weight_hh_l0.original0` and `original1`;
`torch.nn.utils.prune` stores `weight_hh_l0_orig` and `weight_hh_l0_mask`, whose product is the weight.
"""

import re
from collections.abc import Mapping

import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError, shortened

_NEW = re.compile(r"((?:.*\.)?)parametrizations\.([^.]+)\.original([01]?)", re.DOTALL)


def plain_weights(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors, with each pair of length and direction, or of weight and mask, replaced by its weight."""
    plain: dict[str, Tensor] = {}
    storages = (tensor.untyped_storage() for tensor in tensors.values() if tensor.layout == torch.strided)
    # The bytes of all tensors; shared bytes count once.
    budget = sum({storage.data_ptr(): storage.nbytes() for storage in storages}.values())
    for name, tensor in tensors.items():
        new, stem = _NEW.fullmatch(name), name[:-2]
        if new and not new[3]:
            raise LstmCoreError(
                f"Expected plain or weight-normed weights, got {shortened(name)} of another parametrisation. Call "
                "torch.nn.utils.parametrize.remove_parametrizations before saving."
            )
        if new and f"{name[:-1]}0" in tensors and f"{name[:-1]}1" in tensors:
            if new[3] == "0":
                budget -= tensors[f"{name[:-1]}1"].nbytes
                plain[new[1] + new[2]] = _weight(tensor, tensors[f"{name[:-1]}1"], name, budget)
        elif name.endswith(("_g", "_v")) and f"{stem}_g" in tensors and f"{stem}_v" in tensors:
            if name.endswith("_g"):
                budget -= tensors[f"{stem}_v"].nbytes
                plain[stem] = _weight(tensor, tensors[f"{stem}_v"], name, budget)
        elif name.endswith("_orig") and (mask := tensors.get(f"{name[:-5]}_mask")) is not None:
            budget -= mask.nbytes
            plain[name[:-5]] = _pruned(tensor, mask, name, budget)
        elif not (name.endswith("_mask") and f"{name[:-5]}_orig" in tensors):
            plain[name] = tensor
    return plain


def _pruned(weight: Tensor, mask: Tensor, name: str, budget: int) -> Tensor:
    if budget < 0 or mask.shape != weight.shape:
        raise LstmCoreError(
            f"Expected {shortened(name)} {tuple(weight.shape)} to have a mask of that shape, and of its own, got "
            f"{tuple(mask.shape)}."
        )
    return weight * mask.to(weight.dtype)


def _weight(g: Tensor, v: Tensor, name: str, budget: int) -> Tensor:
    """w = g · v / ‖v‖, with the length of v over the dims in which g has one number."""
    if budget < 0:
        raise LstmCoreError("Expected weight-normed weights of their own each, got one that many names share.")
    fits = g.dim() in (0, v.dim()) and all(a in (1, b) for a, b in zip(g.shape, v.shape, strict=False))
    if not fits or not g.is_floating_point() or g.dtype != v.dtype:
        raise LstmCoreError(
            f"Expected {shortened(name)} to hold one length a row of its direction {tuple(v.shape)}, got "
            f"{tuple(g.shape)}."
        )
    over = [dim for dim in range(v.dim()) if g.dim() == 0 or g.shape[dim] == 1]
    return v * (g / v.norm(dim=over, keepdim=True)) if over else v * g / v.abs()
