"""How are the tensors of a safetensors file read?"""

from torch import Tensor

from lstm_core.checkpoints.weights_file import WeightsFile
from lstm_core.files.safetensors_header import read_header


def read_safetensors(file: WeightsFile) -> dict[str, Tensor]:
    """The tensors of a safetensors file by name, in the header's order."""
    from safetensors.torch import load

    header = read_header(file.stream)
    file.stream.seek(0)
    tensors = load(file.stream.read())
    # The library returns the tensors in no fixed order.
    return {name: tensors[name] for name in header if name in tensors}
