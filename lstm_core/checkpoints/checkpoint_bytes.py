"""How does a checkpoint go from one process to another? As safetensors: names and numbers, and nothing that can run."""

import json

from safetensors.torch import load, save
from torch import Tensor, nn

from lstm_core.checkpoints.checkpoint import Checkpoint
from lstm_core.checkpoints.find_layers import build_embedding, build_linear
from lstm_core.checkpoints.find_recurrent import build_recurrent


def checkpoint_bytes(checkpoint: Checkpoint) -> bytes:
    """The bytes of a whole checkpoint; a shared tensor is written once."""
    held = _HeldNumbers()
    groups: tuple[dict[str, nn.Module], ...] = (
        dict(checkpoint.recurrent),
        dict(checkpoint.embeddings),
        dict(checkpoint.linears),
    )
    modules = [[[name, held.places(module)] for name, module in group.items()] for group in groups]
    described = {
        "modules": modules,
        "order": checkpoint.order,
        "notes": checkpoint.notes,
        "vocabulary": checkpoint.vocabulary,
    }
    return save(held.tensors, metadata={"checkpoint": json.dumps(described)})


def checkpoint_from(data: bytes) -> Checkpoint:
    """The checkpoint that `checkpoint_bytes` wrote."""
    tensors = load(data)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    described = json.loads(header["__metadata__"]["checkpoint"])
    recurrent, embeddings, linears = (
        {name: {key: tensors[place] for key, place in places.items()} for name, places in group}
        for group in described["modules"]
    )
    return Checkpoint(
        {name: build_recurrent(name, weights) for name, weights in recurrent.items()},
        {name: build_embedding(weights["weight"]) for name, weights in embeddings.items()},
        {name: build_linear(name, weights["weight"], weights.get("bias")) for name, weights in linears.items()},
        tuple(described["order"]),
        tuple(described["notes"]),
        tuple(described["vocabulary"]),
    )


class _HeldNumbers:
    """Numbers tensors, each one once."""

    def __init__(self) -> None:
        self.tensors: dict[str, Tensor] = {}
        self._place: dict[object, str] = {}
        self._storages: set[int] = set()

    def places(self, module: nn.Module) -> dict[str, str]:
        return {key: self._put(weight.detach()) for key, weight in module.named_parameters()}

    def _put(self, weight: Tensor) -> str:
        key = (weight.data_ptr(), weight.dtype, weight.shape, weight.stride())
        if key not in self._place:
            self._place[key] = place = str(len(self.tensors))
            storage = weight.untyped_storage()
            # safetensors refuses two tensors that share memory.
            alone = weight.is_contiguous() and storage.data_ptr() not in self._storages
            self._storages.add(storage.data_ptr())
            self.tensors[place] = weight if alone else weight.contiguous().clone()
        return self._place[key]
