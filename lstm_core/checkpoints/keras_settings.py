"""Do a Keras model's settings say that its LSTMs compute what PyTorch's do?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstm_core.checkpoints.weights_file import shortened
from lstm_core.errors import LstmCoreError

_LSTM = ("LSTM", "LSTMCell")
_EXPECTED = {"activation": "tanh", "recurrent_activation": "sigmoid", "go_backwards": False}
_OTHERS = {"CuDNNLSTM": "load it in Keras and save it again", "PeepholeLSTMCell": "its gates see the memory as well"}


def check_settings(settings: Any) -> None:
    """Raise LstmCoreError for an LSTM that PyTorch's equations do not describe, by name."""
    for kind, config in _layers(settings):
        label = f"{kind} {shortened(config.get('name', ''))}"
        if kind in _OTHERS:
            raise LstmCoreError(f"Expected Keras's LSTM, got a {label}: {_OTHERS[kind]}.")
        if kind in _LSTM:
            for key, expected in _EXPECTED.items():
                if (got := config.get(key, expected)) != expected:
                    raise LstmCoreError(
                        f"Expected {key}={expected!r} as in PyTorch's LSTM, got {shortened(got)} in {label}."
                    )
        if kind == "Bidirectional" and config.get("merge_mode", "concat") not in ("concat", None):
            got = shortened(config["merge_mode"])
            raise LstmCoreError(f"Expected merge_mode='concat' as in PyTorch's LSTM, got {got} in {label}.")


def layer_names(settings: Any) -> list[str]:
    """The names of a model's layers in the order in which it was built."""
    return [config["name"] for _, config in _layers(settings) if isinstance(config.get("name"), str)]


def _layers(settings: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each layer's class and settings, those of layers within layers too."""
    waiting = [settings]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            kind, config = value.get("class_name"), value.get("config")
            if isinstance(kind, str) and isinstance(config, dict):
                yield kind, config
                if kind == "Bidirectional":
                    # Its second half reads from the end, which is what makes it the second half.
                    half = config.get("backward_layer")
                    waiting.append(_turned(half) if isinstance(half, dict) else None)
                    config = {key: item for key, item in config.items() if key != "backward_layer"}
                waiting.append(config)
            else:
                waiting.extend(reversed(value.values()))
        elif isinstance(value, list):
            waiting.extend(reversed(value))


def _turned(layer: dict[str, Any]) -> dict[str, Any]:
    config = layer.get("config")
    if not isinstance(config, dict):
        return layer
    return layer | {"config": config | {"go_backwards": not config.get("go_backwards", False)}}
