"""How does an LSTM learn one of the tasks?"""

from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from lstm_core.models.random import draw_lstm, drawn
from studies.known_causes.tasks import Drawn, Task

BATCH, HELD_OUT = 64, 1000


class Learner(nn.Module):
    """An LSTM and a Linear over its h: an answer (time, batch) for x (time, batch, feature)."""

    def __init__(self, features: int, hidden_size: int, seed: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.lstm = draw_lstm(features, hidden_size, 1, generator)
        self.linear = drawn(nn.Linear(hidden_size, 1, device="meta"), hidden_size**-0.5, generator)

    def forward(self, x: Tensor) -> Tensor:
        answers: Tensor = self.linear(self.lstm(x)[0])[..., 0]
        return answers


@cache
@torch.enable_grad()
def learned(task: Task, seed: int) -> Learner:
    """A trained model, in float64. The same seed gives the same one on the same machine."""
    generator = torch.Generator().manual_seed(seed)
    fixed = None if task.sequences is None else _noisy(task, task.draw(generator, task.sequences), generator)
    model = Learner(task.draw(generator, 1).x.shape[-1], task.hidden_size, seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1e-2, total_steps=task.training_steps)
    for _ in range(task.training_steps):
        x, target = _batch(task, fixed, generator)
        optimizer.zero_grad()
        torch.autograd.backward(_loss(task, model(x), target))
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return model.double().requires_grad_(False)


def quality(task: Task, model: Learner, seed: int) -> float:
    """R² of the last answer over new sequences; of yes or no, the share of right answers over all steps."""
    unseen = task.draw(torch.Generator().manual_seed(1_000_000 + seed), HELD_OUT)
    said: Tensor = model(unseen.x.double())
    if task.classes:
        return float(((said > 0) == (unseen.target > 0.5)).double().mean())
    asked = unseen.target[-1].double()
    return float(1 - (said[-1] - asked).square().mean() / asked.var())


def _batch(task: Task, fixed: tuple[Tensor, Tensor] | None, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    if fixed is None:
        return task.draw(generator, BATCH)[:2]
    chosen = torch.randint(fixed[0].shape[1], (BATCH,), generator=generator)
    return fixed[0][:, chosen], fixed[1][:, chosen]


def _noisy(task: Task, clean: Drawn, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    noise = task.noise * clean.target.std() * torch.randn(clean.target.shape, generator=generator)
    return clean.x, clean.target + noise


def _loss(task: Task, said: Tensor, target: Tensor) -> Tensor:
    known = ~target.isnan()
    distance = functional.binary_cross_entropy_with_logits if task.classes else functional.mse_loss
    return distance(said[known], target[known])
