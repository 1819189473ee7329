"""Do a Keras model's settings say that its LSTMs, GRUs and RNNs compute what PyTorch's do?

Weights alone say nothing about activations. Keras 2.3 made the sigmoid the default of the gates; before, it was
hard_sigmoid, max(0, min(1, 0.2 x + 0.5)), which PyTorch's LSTM and
GRU can't compute.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lstm_core.errors import LstmCoreError, shortened

_RNN = {"activation": "tanh", "go_backwards": False}
_LSTM = _RNN | {"recurrent_activation": "sigmoid"}
_GRU = _LSTM | {"reset_after": True}
# PyTorch's module, and the settings that it computes.
_EXPECTED: dict[str, tuple[str, dict[str, Any]]] = {
    kind + cell: (name, settings)
    for kind, name, settings in (("LSTM", "LSTM", _LSTM), ("GRU", "GRU", _GRU), ("SimpleRNN", "RNN", _RNN))
    for cell in ("", "Cell")
}
_ACTIVATIONS = ("activation", "recurrent_activation")
_SIGMOID_SINCE = (2, 3)
_HARD = (
    " PyTorch can't compute hard_sigmoid. Train the model with recurrent_activation='sigmoid', or go on with "
    "its training so, and save it again."
)
NOT_STATED = (
    "The file does not state its activations: sigmoid and tanh are assumed. A GRU without biases is taken to have "
    "reset_after=True. Keras before 2.3 used hard_sigmoid. A "
    "model that is saved whole (model.save) states them."
)
_OTHERS = {"CuDNNLSTM": "load it in Keras and save it again", "PeepholeLSTMCell": "its gates see the memory as well"}


def check_settings(settings: Any, version: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """What is to be said of a file with these settings (None: no settings) from this version of Keras: sentences for
    the user, and by a layer's name why PyTorch's equations do not describe it.

    Raises LstmCoreError for layers whose activations are not stated in a file of a Keras that used others.
    """
    stated = left_open = False
    refused: dict[str, str] = {}
    for kind, config, layer in _layers(settings):
        if said := _refusal(kind, config):
            refused.setdefault(layer, said)
        elif kind in _EXPECTED:
            open_ones = [key for key in _ACTIVATIONS if key in _EXPECTED[kind][1] and key not in config]
            stated, left_open = True, left_open or bool(open_ones)
    return () if stated and not left_open else _not_stated(version), refused


def _refusal(kind: str, config: Mapping[str, Any]) -> str:
    """Why PyTorch's equations do not describe a layer; "" if they do."""
    label = f"{kind} {shortened(config.get('name', ''))}"
    if kind in _OTHERS:
        return f"Expected Keras's LSTM, got a {label}: {_OTHERS[kind]}."
    module, expected_of_it = _EXPECTED.get(kind, ("", {}))
    for key, expected in expected_of_it.items():
        if (got := config.get(key, expected)) != expected:
            said = f"Expected {key}={expected!r} as in PyTorch's {module}, got {shortened(got)} in {label}."
            return said + (_HARD if got == "hard_sigmoid" else "")
    if kind == "Bidirectional" and config.get("merge_mode", "concat") not in ("concat", None):
        return f"Expected merge_mode='concat' as in PyTorch, got {shortened(config['merge_mode'])} in {label}."
    return ""


def _not_stated(version: str) -> tuple[str, ...]:
    """What is said of a file that does not state its activations."""
    written = re.match(r"(\d{1,3})\.(\d{1,3})", version)
    if written and (int(written[1]), int(written[2])) < _SIGMOID_SINCE:
        raise LstmCoreError(
            f"Expected a file that states its activations, got weights that Keras {version[:20]} wrote, whose LSTM "
            f"and GRU used hard_sigmoid where nothing else was asked for.{_HARD} If it was built with the sigmoid, "
            "load the weights into the model in Keras and save it whole (model.save)."
        )
    return (NOT_STATED,)


def layer_names(settings: Any) -> list[str]:
    """The names of a model's layers in the order in which it was built."""
    return [config["name"] for _, config, _ in _layers(settings) if isinstance(config.get("name"), str)]


def _layers(settings: Any) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """The class and settings of each layer, including layers inside layers, and the name of the layer that its weights
    are under: a half and a cell are parts of one."""
    waiting: list[tuple[Any, str]] = [(settings, "")]
    while waiting:
        value, around = waiting.pop()
        if isinstance(value, dict):
            kind, config = value.get("class_name"), value.get("config")
            if isinstance(kind, str) and isinstance(config, dict):
                layer = around or str(config.get("name", ""))
                yield kind, config, layer
                around = layer if kind in ("Bidirectional", "RNN") else ""
                if kind == "Bidirectional":
                    # The second half of a Bidirectional layer reads from the end.
                    half = config.get("backward_layer")
                    waiting.append((_turned(half) if isinstance(half, dict) else None, around))
                    config = {key: item for key, item in config.items() if key != "backward_layer"}
                waiting.append((config, around))
            else:
                waiting.extend((item, around) for item in reversed(value.values()))
        elif isinstance(value, list):
            waiting.extend((item, around) for item in reversed(value))


def _turned(layer: dict[str, Any]) -> dict[str, Any]:
    config = layer.get("config")
    if not isinstance(config, dict):
        return layer
    return layer | {"config": config | {"go_backwards": not config.get("go_backwards", False)}}
