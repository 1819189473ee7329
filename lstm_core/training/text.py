"""The task `text`: what is the next character?"""

import collections
import math
from collections.abc import Iterator, Mapping
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional

from lstm_core.errors import LstmCoreError
from lstm_core.inputs.tokens import characters
from lstm_core.models.embeddings import Vocabulary
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.task import MISSING, Batch, Sizes, Task, untrained

WINDOW = 64
FEWEST = 200
MOST_KINDS = 256


class Text(Task):
    """The caller's own text: after each character, which is next? The last tenth of the text is held out.

    The 256 most common characters are told apart; all others count as one, which is never predicted. Raises
    LstmCoreError for a text of fewer than 200 characters.
    """

    name: ClassVar[str] = "text"
    description: ClassVar[str] = "Predict the next character of your own text."
    sizes = Sizes(hidden_size=64, num_layers=1, input_size=16, epochs=40, learning_rate=0.01)

    def __init__(self, text: str | None) -> None:
        tokens = characters(text or "")
        if len(tokens) < FEWEST:
            raise LstmCoreError(
                f"Expected a text of at least {FEWEST} characters, got {len(tokens)}. Give a longer one as text=…"
            )
        trained = len(tokens) * 9 // 10
        self.trained, self.held_out = tokens[:trained], tokens[trained:]
        common = collections.Counter(self.trained).most_common(MOST_KINDS)
        self.kinds = sorted(character for character, _ in common)

    def model(self, sizes: Sizes, generator: torch.Generator) -> SequenceModel:
        embedding = Vocabulary(self.kinds, sizes.input_size, generator)
        return untrained(self, self.kinds, embedding, sizes, generator, reads="characters", gives="classes")

    def batches(self, model: SequenceModel, _progress: float, generator: torch.Generator, /) -> Iterator[Batch]:
        numbers = model.embedding.read(self.trained)
        steps = min(WINDOW, len(numbers) - 1)
        within = torch.arange(steps + 1).unsqueeze(1)
        for _ in range(10):
            yield examples(numbers[within + torch.randint(len(numbers) - steps, (32,), generator=generator)])

    @torch.no_grad()
    def scores(self, model: SequenceModel) -> Mapping[str, float]:
        """Scores on the held-out part, from its second character on."""
        batch = examples(model.embedding.read(self.held_out).unsqueeze(1))
        scores = model(model.embedding.embed(batch.numbers)).flatten(0, 1)
        targets = batch.targets.flatten()
        nats = functional.cross_entropy(scores, targets, ignore_index=MISSING).item()
        right = (scores.argmax(-1) == targets)[targets != MISSING].float().mean().item()
        return {"bits a character": nats / math.log(2), "characters foretold": right}


def examples(numbers: Tensor) -> Batch:
    """A batch from characters (time, batch), numbered by the vocabulary; a label's number is one less."""
    targets = torch.where(numbers[1:] > 0, numbers[1:] - 1, MISSING)
    return Batch(numbers[:-1], targets, judged=targets != MISSING)
