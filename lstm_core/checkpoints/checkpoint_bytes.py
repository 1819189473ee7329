"""How does a checkpoint go from one process to another? As safetensors: names and numbers, and nothing that can run."""

import json
from collections.abc import Mapping

from safetensors.torch import load, save
from torch import Tensor, nn

from lstm_core.checkpoints.checkpoint import Checkpoint
from lstm_core.checkpoints.find_layers import build_embedding, build_linear, build_recurrent


def checkpoint_bytes(checkpoint: Checkpoint) -> bytes:
    """The bytes of a whole checkpoint; a shared tensor is written once."""
    tensors: dict[str, Tensor] = {}
    places: dict[object, str] = {}
    storages: set[int] = set()

    def place_of(weight: Tensor) -> str:
        key = (weight.data_ptr(), weight.dtype, weight.shape, weight.stride())
        if key not in places:
            places[key] = place = str(len(tensors))
            # safetensors refuses two tensors that share memory.
            storage = weight.untyped_storage().data_ptr()
            alone = weight.is_contiguous() and storage not in storages
            storages.add(storage)
            tensors[place] = weight if alone else weight.contiguous().clone()
        return places[key]

    groups: tuple[Mapping[str, nn.Module], ...] = (checkpoint.recurrent, checkpoint.embeddings, checkpoint.linears)
    modules = [
        [
            [name, {key: place_of(weight.detach()) for key, weight in module.named_parameters()}]
            for name, module in group.items()
        ]
        for group in groups
    ]
    described = {
        "modules": modules,
        "order": checkpoint.order,
        "notes": checkpoint.notes,
        "vocabulary": checkpoint.vocabulary,
    }
    return save(tensors, metadata={"checkpoint": json.dumps(described)})


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
