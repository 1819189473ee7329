"""How near does each method come to the true causes? `python -m studies.known_causes`"""

import argparse
from typing import Any

import pandas as pd
import torch

from studies.known_causes import carriers, compared, horizons, shipped
from studies.known_causes.learn import learned, quality
from studies.known_causes.tasks import TASKS

CONVENTION = (
    "In flag, and in snow against 0, two cells make an event and neither does anything alone. The true shares there\n"
    "are a convention (half each; all for the rain), and a distance says how near a method is to that."
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    shares: list[dict[str, Any]] = []
    carried: list[dict[str, Any]] = []
    for task in TASKS:
        for seed in range(options.seeds):
            model = learned(task, seed)
            measure = "share right" if task.classes else "R²"
            print(f"{task.name}, seed {seed}: {measure} {quality(task, model, seed):.4f}", flush=True)
            for gate in dict.fromkeys((None, task.gate)):
                shares += compared.rows(task, model, seed, gate=gate)
            if not task.classes:
                carried += carriers.rows(task, model, seed)
    found = pd.DataFrame(shares)
    for figure, digits in (("AUPRC", 2), ("distance", 2), ("sum", 4), ("ms", 0)):
        print(f"\n{figure}, mean over sequences and seeds")
        print(_by_task(found, "method", figure).round(digits).to_string())
        if figure == "distance":
            print(CONVENTION)
    looked = pd.DataFrame([row for seed in range(options.seeds) for row in horizons.rows(seed)])
    print("\nhalf-life in steps of what an answer owes to its past")
    print(looked.drop(columns="seed").groupby("task", sort=False).mean().round(1).to_string())
    print("\ncarriers against patching one unit at one step, and the part that was kept in c")
    print(pd.DataFrame(carried).groupby("task", sort=False)[["correlation", "kept"]].mean().round(2).to_string())
    shipped.main()


def _by_task(found: pd.DataFrame, row: str, figure: str) -> pd.DataFrame:
    means = found.groupby([row, "task"], sort=False)[figure].mean().unstack()
    return means[list(dict.fromkeys(found["task"]))].dropna(axis=1, how="all")


if __name__ == "__main__":
    main()
