"""Does a model of Flax, Equinox or Haiku give the same numbers here? `python -m studies.foreign_weights PYTHON`

    pip install flax equinox dm-haiku safetensors        in an environment of its own
    python -m studies.foreign_weights ../jax/bin/python

That Python runs each library's own cells, with drawn weights and biases, and writes their parameters as `np.savez` and
safetensors do. They are opened here and read the same numbers; a row is the largest difference between the outputs.
`load_checkpoint` opens LSTMs alone: of a GRU the weights under PyTorch's names are put into an `nn.GRU`.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

INPUTS, UNITS, STEPS, BATCH, CLASSES = 5, 4, 9, 3, 2

Arrays = dict[str, np.ndarray]
Written = dict[str, tuple[Arrays, np.ndarray]]
"""By a cell's name, its model's parameters and outputs (batch, time, class or unit)."""


def write(folder: Path) -> None:
    """Run by the Python that has the libraries: each model's parameters, what it read and what it returned."""
    from safetensors.numpy import save_file

    x = np.random.default_rng(0).normal(size=(BATCH, STEPS, INPUTS)).astype(np.float32)
    for name, (params, output) in {**of_linen(x), **of_nnx(x), **of_equinox(x), **of_haiku(x)}.items():
        keep(folder, name, params, x, output)
        save_file(params, folder / f"{name}.safetensors")


def keep(folder: Path, name: str, params: Arrays, x: np.ndarray, output: np.ndarray) -> None:
    """A model's parameters as np.savez writes them, and beside them what it read and returned."""
    np.savez(folder / f"{name}.npz", **params)  # type: ignore[arg-type]
    np.savez(folder / f"{name}.outputs.npz", x=x, output=output)


def flat(tree: Any, separator: str = "/") -> Arrays:
    """Nested dicts as names."""
    import jax

    leaves = jax.tree_util.tree_leaves_with_path(tree)
    return {
        separator.join(str(getattr(k, "key", getattr(k, "name", getattr(k, "idx", k)))) for k in path): np.asarray(leaf)
        for path, leaf in leaves
    }


def of_linen(x: np.ndarray) -> Written:
    import jax
    from flax import linen as nn

    kinds = {
        "linen_lstm": lambda: nn.RNN(nn.LSTMCell(UNITS)),
        "linen_optimized": lambda: nn.RNN(nn.OptimizedLSTMCell(UNITS)),
        "linen_gru": lambda: nn.RNN(nn.GRUCell(UNITS)),
    }
    found = {}
    for name, make in kinds.items():

        class Model(nn.Module):  # type: ignore[misc]
            @nn.compact  # type: ignore[untyped-decorator]
            def __call__(self, x: Any) -> Any:
                return nn.Dense(CLASSES)(make()(x))  # type: ignore[no-untyped-call] # noqa: B023

        model = Model()
        params = drawn_biases(model.init(jax.random.key(0), x))
        found[name] = flat(params), np.asarray(model.apply(params, x))
    return found


def drawn_biases(tree: Any) -> Any:
    """Biases start at zero, where a wrong order is not seen."""
    import jax

    rng = np.random.default_rng(1)
    return jax.tree.map(lambda w: w if w.ndim > 1 else rng.normal(size=w.shape).astype(np.float32), tree)


def of_nnx(x: np.ndarray) -> Written:
    from flax import nnx

    found = {}
    for name, kind in {
        "nnx_lstm": nnx.LSTMCell,
        "nnx_optimized": nnx.OptimizedLSTMCell,
        "nnx_gru": nnx.GRUCell,
    }.items():
        rngs = nnx.Rngs(0)
        rnn = nnx.RNN(kind(INPUTS, UNITS, rngs=rngs), rngs=rngs)
        graph, params, rest = nnx.split(rnn, nnx.Param, ...)
        params = drawn_biases(params)
        found[name] = flat(params.to_pure_dict(), "."), np.asarray(nnx.merge(graph, params, rest)(x))
    return found


def of_equinox(x: np.ndarray) -> Written:
    import equinox as eqx
    import jax
    import jax.numpy as jnp

    found = {}
    for name, kind in {"equinox_lstm": eqx.nn.LSTMCell, "equinox_gru": eqx.nn.GRUCell}.items():
        cell = kind(INPUTS, UNITS, key=jax.random.key(0))
        linear = eqx.nn.Linear(UNITS, CLASSES, key=jax.random.key(1))
        zeros = jnp.zeros(UNITS)
        outputs = []
        for sequence in x:
            state = (zeros, zeros) if "lstm" in name else zeros
            for step in sequence:
                state = cell(step, state)
                outputs.append(linear(state[0] if "lstm" in name else state))
        tree = eqx.filter({"cell": cell, "linear": linear}, eqx.is_array)
        found[name] = flat(tree, "."), np.stack(outputs).reshape(BATCH, STEPS, CLASSES)
    return found


def of_haiku(x: np.ndarray) -> Written:
    import haiku as hk
    import jax

    def run(x: Any) -> Any:
        core = hk.LSTM(UNITS)
        output, _ = hk.dynamic_unroll(core, x, core.initial_state(BATCH), time_major=False)
        return hk.Linear(CLASSES)(output)

    model = hk.without_apply_rng(hk.transform(run))
    params = drawn_biases(model.init(jax.random.key(0), x))
    return {"haiku_lstm": (flat(params), np.asarray(model.apply(params, x)))}


def compared(folder: Path) -> Iterator[tuple[str, float]]:
    """By a file's name, how far the outputs of what is opened from it are from those of the library."""
    import torch

    for file in sorted([*folder.glob("*.npz"), *folder.glob("*.safetensors")]):
        if file.name.endswith(".outputs.npz"):
            continue
        given = np.load(folder / f"{file.stem}.outputs.npz")
        output = torch.from_numpy(given["x"]).transpose(0, 1)
        with torch.no_grad():
            for module in modules(file):
                output = module(output)[0] if isinstance(module, torch.nn.RNNBase) else module(output)
        yield file.name, float(np.abs(output.transpose(0, 1).numpy() - given["output"]).max())


def modules(file: Path) -> list[Any]:
    """The LSTM or GRU in a file, and its Linear if there is one."""
    import lstm_core

    checkpoint = lstm_core.load_checkpoint(file)
    return [*checkpoint.recurrent.values(), *checkpoint.linears.values()]


def main() -> None:
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], __file__, "write", folder], check=True)
        for name, difference in compared(Path(folder)):
            print(f"{name:32} {difference:.0e}")


if __name__ == "__main__":
    main()
