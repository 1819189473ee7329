"""What is recorded of NeuralHydrology's own models? `pip install neuralhydrology`, `python -m studies.neuralhydrology`

Of each model a run folder is written, with its config.yml and its model_epoch030.pt, and opened again; it reads a year
of drawn forcings of three basins, once as it is and once in a record block. The table compares what was recorded with
what the model itself returns: every output, c and h at each day, and the gates where the model returns them. MC-LSTM
moves its mass by a matrix, so it has no gated memory in our sense, and the refusal is printed.
"""

import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

import lstm_core
from lstm_core.errors import LstmCoreError

DAYS, BASINS, UNITS = 365, 3, 16
FORCINGS, STATICS = ("prcp", "tmax", "srad"), ("area", "slope")
EMBEDDED = {"type": "fc", "hiddens": [4], "activation": "tanh", "dropout": 0.0}
MODELS: dict[str, dict[str, Any]] = {
    "cudalstm": {},
    "customlstm": {},
    "ealstm": {},
    "embcudalstm": {"statics_embedding": EMBEDDED, "dynamics_embedding": EMBEDDED},
    "gru": {},
    "mclstm": {"mass_inputs": ["prcp"], "dynamic_inputs": ["tmax", "srad"]},
}
ACTIVATIONS = {"i": torch.sigmoid, "f": torch.sigmoid, "o": torch.sigmoid, "g": torch.tanh}
"""CustomLSTM returns its gates before their activation."""


def main() -> None:
    torch.set_num_threads(1)
    rows: list[dict[str, Any]] = []
    for name, settings in MODELS.items():
        with tempfile.TemporaryDirectory() as folder:
            write_run(Path(folder), name, settings)
            model = open_run(Path(folder))
        try:
            rows += compared(name, model, drawn())
        except LstmCoreError as refused:
            print(f"{name} is refused: {refused}\n")
    print(pd.DataFrame(rows).to_string(index=False, na_rep=""))


def write_run(folder: Path, name: str, settings: dict[str, Any]) -> None:
    """A run folder as training leaves it, with drawn weights."""
    config = {
        "model": name,
        "head": "regression",
        "output_activation": "linear",
        "hidden_size": UNITS,
        "initial_forget_bias": 3,
        "output_dropout": 0.0,
        "seq_length": DAYS,
        "predict_last_n": 1,
        "dynamic_inputs": list(FORCINGS),
        "static_attributes": list(STATICS),
        "target_variables": ["QObs"],
        "dataset": "camels_us",
        "experiment_name": name,
        "device": "cpu",
        "use_frequencies": [],
    }
    at = import_module("neuralhydrology.utils.config").Config(config | settings, dev_mode=True)
    at.dump_config(folder)
    torch.manual_seed(0)
    torch.save(import_module("neuralhydrology.modelzoo").get_model(at).state_dict(), folder / "model_epoch030.pt")


def open_run(folder: Path) -> nn.Module:
    """The model in a run folder."""
    config = import_module("neuralhydrology.utils.config").Config(folder / "config.yml", dev_mode=True)
    model: nn.Module = import_module("neuralhydrology.modelzoo").get_model(config)
    model.load_state_dict(torch.load(folder / "model_epoch030.pt", weights_only=True))
    return model.eval()


def drawn() -> dict[str, Any]:
    """A year of forcings and the attributes of some basins, as NeuralHydrology's data sets give them."""
    random = torch.Generator().manual_seed(1)
    forcings = {name: torch.randn(BASINS, DAYS, 1, generator=random) for name in FORCINGS}
    # Rain is a mass.
    forcings["prcp"] = forcings["prcp"].abs()
    return {"x_d": forcings, "x_s": torch.randn(BASINS, len(STATICS), generator=random)}


@torch.no_grad()
def compared(name: str, model: nn.Module, data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """For each cell of a model: how it was recorded, and how far that is from what the model returns."""
    plain = model(data)
    with lstm_core.record(model) as recording:
        said: dict[str, Tensor] = model(data)
    same = all(torch.equal(plain[key], value) for key, value in said.items())
    for place, trace in recording.items():
        row = {"model": name, "module": place or "(the model)", "recorded as": type(trace).__name__, "same": same}
        row |= {"days": trace.sizes["time"], "max_error": trace.max_error}
        if isinstance(trace, lstm_core.CellTrace):
            row |= {"where": trace.roles["c"].rsplit(", ", 1)[1]}
        yield row | {quantity: far for quantity in trace.kept if (far := _far(trace, said, quantity)) is not None}


def _far(trace: Any, said: dict[str, Tensor], quantity: str) -> float | None:
    """The largest difference of a quantity from what the model returned of it; None where it returned nothing."""
    key = f"{quantity}_n" if quantity in "ch" else quantity
    if key not in said:
        return None
    of_day: Tensor = getattr(trace, quantity)[0, 0].transpose(0, 1)
    returned = ACTIVATIONS[quantity](said[key]) if quantity in ACTIVATIONS else said[key]
    # CudaLSTM returns its last states alone.
    of_day = of_day if returned.shape == of_day.shape else of_day[:, -1:]
    return float((of_day - returned.reshape(of_day.shape)).abs().max())


if __name__ == "__main__":
    main()
