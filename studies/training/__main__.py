"""Make a shipped model again, or score it on held-out data: `python -m studies.training [--score] counter`

Prints the rows of the model card's table.
"""

import argparse
import platform
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import torch

from lstm_core.files.model_folders import FOLDER
from lstm_core.models.shipped import load_model, save_model
from studies.training.recipes import RECIPES, Recipe


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=list(RECIPES))
    parser.add_argument("--score", action="store_true", help="score the model there is instead of training it")
    parser.add_argument("--data", type=Path, help="the folder of the data set, for the models that need one")
    parser.add_argument("--file", type=Path, help="another .safetensors file than the shipped one to write or score")
    options = parser.parse_args()
    recipe = RECIPES[options.model]
    if recipe.data and options.data is None:
        parser.error(f"{recipe.name} needs --data DIR: {recipe.data}")
    torch.set_num_threads(1)  # results are the same only for the same number
    file = options.file or FOLDER / recipe.name / "model.safetensors"
    if not options.score:
        _train(recipe, options.data, file)
    print("\n".join(rows(recipe.scores(load_model(file), options.data))))
    print(measured_with(), file=sys.stderr)


def measured_with() -> str:
    """What a score may depend on: the versions, the processor and the number of threads."""
    return (
        f"Measured with PyTorch {torch.__version__}, Python {platform.python_version()}, on {platform.machine()} "
        f"({torch.backends.cpu.get_cpu_capability()}), threads: {torch.get_num_threads()}."
    )


def rows(scores: Mapping[str, float]) -> list[str]:
    """Scores as the lines of a Markdown table, to four places."""
    return [f"| {name} | {value:.4f} |".replace(".0000 |", " |") for name, value in scores.items()]


def _train(recipe: Recipe, data: Path | None, file: Path) -> None:
    began = time.perf_counter()
    model = recipe.train(data)
    file.parent.mkdir(parents=True, exist_ok=True)
    save_model(model, file, recipe.dtype)
    print(f"{file}: {file.stat().st_size:,} bytes, trained in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
