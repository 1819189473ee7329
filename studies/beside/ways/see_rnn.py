"""What does see-rnn give, with the weights copied into Keras?

It was made for the TensorFlow of its time (2.5 at most). Under a later one it works for layers of
`tensorflow.python.keras`, without eager execution.
"""

import os
from collections.abc import Callable

import torch
from torch import Tensor

from studies.beside.task import FEATURES, STEPS, UNITS, Built, Model, NoCall

NAME, PACKAGE = "see-rnn", "see-rnn"


def keeps(model: Model) -> Callable[[Tensor], dict[str, Tensor]]:
    os.environ |= {"TF_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "MPLBACKEND": "Agg"}
    import tensorflow as tf

    tf.compat.v1.disable_eager_execution()
    import see_rnn
    from tensorflow.python.keras.engine.input_layer import Input
    from tensorflow.python.keras.layers.recurrent import LSTM
    from tensorflow.python.keras.models import Model as KerasModel

    if not isinstance(model, Built):
        raise NoCall  # weights of an nn.LSTM are copied
    start = Input((STEPS, FEATURES))
    copy = KerasModel(start, LSTM(UNITS, recurrent_activation="sigmoid", return_sequences=True)(start))
    weights = {name: value.numpy() for name, value in model.lstm.state_dict().items()}
    both = weights["bias_ih_l0"] + weights["bias_hh_l0"]
    copy.layers[1].set_weights([weights["weight_ih_l0"].T, weights["weight_hh_l0"].T, both])
    return lambda x: {"outputs": torch.as_tensor(see_rnn.get_outputs(copy, 1, x.numpy()))}


def picture(model: Model, x: Tensor) -> str:
    kept = keeps(model)(x)
    import see_rnn

    see_rnn.features_2D(kept["outputs"].numpy())
    return "h"
