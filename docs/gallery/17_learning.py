"""Before, early and late in its training: how far back does it look?

A model that has to say the first symbol, asked after up to 30 dots, while all before the last k steps is cut.
Untrained, the last 16 steps make its answers: the rest hardly matters. Trained, a cut at any step changes the answers
as much as they differ from text to text.
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
