"""Train a model of your own and watch it learn: `for epoch in epochs("counter"): ...`"""

from lstm_core.training.loop import Epoch, epochs, train
from lstm_core.training.task import Batch, Sizes, Task
from lstm_core.training.tasks import tasks

__all__ = ["Batch", "Epoch", "Sizes", "Task", "epochs", "tasks", "train"]
