"""How does a small model learn one of the tasks? `for epoch in epochs("counter"): ...`"""

from lstm_core.training.loop import Epoch, epochs, train_task
from lstm_core.training.task import Batch, Sizes, Task
from lstm_core.training.tasks import tasks

__all__ = ["Batch", "Epoch", "Sizes", "Task", "epochs", "tasks", "train_task"]
