"""Which embeddings and Linear layers are beside the LSTMs, GRUs and RNNs?

Both have a matrix called `weight`. A module with a bias is a Linear; without a bias the name decides, then the shape:
an embedding is as wide as an input of theirs, a Linear as wide as an output.
"""

import re
from collections.abc import Collection, Mapping

from torch import Tensor, nn

from lstm_core.checkpoints.find_recurrent import Recurrent
from lstm_core.errors import LstmCoreError, shortened

_EMBEDS = re.compile(r"emb|lookup|lut|wte|wpe|vocab|token", re.IGNORECASE)
_READS = re.compile(r"linear|dense|fc|out|head|proj|class|decod|hidden2|logit|lin\d*$", re.IGNORECASE)


def layers_beside(
    tensors: Mapping[str, Tensor], modules: Collection[Recurrent], kinds: Mapping[str, str]
) -> tuple[dict[str, nn.Embedding], dict[str, nn.Linear]]:
    """The embeddings and Linear layers among named tensors, by module; `kinds`: which it is, if the file says it."""
    embeddings, linears = dict[str, nn.Embedding](), dict[str, nn.Linear]()
    taken, given = {one.input_size for one in modules}, {output_size(one) for one in modules}
    for name, weight in tensors.items():
        module, _, last = name.rpartition(".")
        if last != "weight" or weight.dim() != 2 or not weight.is_floating_point() or 0 in weight.shape:
            continue
        bias = tensors.get(f"{module}.bias" if module else "bias")
        kind = kinds.get(module) or ("embedding" if _is_embedding(module, weight, taken, given) else "linear")
        if bias is None and kind == "embedding":
            embeddings[module] = build_embedding(weight)
        elif bias is None or bias.shape == weight.shape[:1]:
            linears[module] = build_linear(module, weight, bias)
    return embeddings, linears


def _is_embedding(name: str, weight: Tensor, taken: set[int], given: set[int]) -> bool:
    last = name.rpartition(".")[2]
    if bool(_EMBEDS.search(last)) != bool(_READS.search(last)):
        return bool(_EMBEDS.search(last))
    rows, columns = weight.shape
    feeds, reads = columns in taken, columns in given
    return feeds if feeds != reads else rows > columns


def output_size(module: Recurrent) -> int:
    """The size of its output a step: direction * unit, after any projection."""
    if isinstance(module, nn.RNNCellBase):
        return module.hidden_size
    return (2 if module.bidirectional else 1) * (module.proj_size or module.hidden_size)


def build_embedding(weight: Tensor) -> nn.Embedding:
    """An `nn.Embedding` that holds the given matrix (token, feature) without a copy."""
    # With a given weight it draws none; drawing on the meta device would load SymPy first.
    return nn.Embedding(weight.shape[0], weight.shape[1], _weight=weight).eval()


def build_linear(name: str, weight: Tensor, bias: Tensor | None) -> nn.Linear:
    """An `nn.Linear` that holds the given matrix (output, input) and bias without a copy."""
    if bias is not None and bias.dtype != weight.dtype:
        raise LstmCoreError(
            f"Expected weight and bias of {shortened(name)} in one dtype, got {weight.dtype} and {bias.dtype}."
        )
    # Made without its first weights: drawing them takes a millisecond each, and a file may have 26,000.
    linear = nn.Linear.__new__(nn.Linear)
    nn.Module.__init__(linear)
    linear.out_features, linear.in_features = weight.shape
    linear.weight = nn.Parameter(weight)
    linear.register_parameter("bias", None if bias is None else nn.Parameter(bias))
    return linear.eval()
