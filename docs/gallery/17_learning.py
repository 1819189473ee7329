"""Before, early and late in its training: how far back does it look?

A model that has to say the first symbol, asked after up to 30 dots, while all before the last k steps is replaced by
another text's. Untrained, a cut hardly matters from 8 steps on. After 10 epochs every cut changes the answers.
"""

import copy

import torch

import lstm_core
from lstm_core.training.copy_by_cell import shipped

models = {f"{kind.epochs} epochs": kind.models[0] for kind in shipped() if kind.cell == "lstm"}
torch.manual_seed(0)
untrained = copy.deepcopy(models["10 epochs"])
untrained.lstm.reset_parameters()
texts = [symbol + "." * gap + "?" for symbol in "abcd" for gap in (3, 7, 15, 30)]
page = lstm_core.horizon({"untrained": untrained, **models}, texts).plot()

link = "/lesson?part=5&cells=10"
