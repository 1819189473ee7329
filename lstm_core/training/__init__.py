"""How does a small model learn one of the tasks? `for epoch in epochs("counter"): ...`"""

from lstm_core.training.loop import Epoch, epochs, tasks, train_task
from lstm_core.training.task import Batch, Sizes, Task

__all__ = ["Batch", "Epoch", "Sizes", "Task", "epochs", "tasks", "train_task"]
