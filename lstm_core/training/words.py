"""The tasks `grammar` and `text`: which part of speech is each word, and what is the next character?"""

import collections
import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from lstm_core.errors import LstmCoreError
from lstm_core.inputs.tokens import characters
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.task import MISSING, Batch, Sizes, Task

# The task `grammar`: which part of speech is each word?

Tagged = list[tuple[str, str]]

# "walk" or "dreams" is a noun or a verb depending on the words before, which the model has to remember.
WORDS = {
    "NOUN one": "giraffe field tree child river bird lion garden teacher song walk sleep dream",
    "NOUN many": "giraffes fields trees children rivers birds lions gardens teachers songs walks dreams",
    "VERB one": "walks sleeps dreams sings runs waits grows shines",
    "VERB many": "walk sleep dream sing run wait grow shine",
    "ADJ": "tall green quiet old small happy bright long",
    "ADV": "slowly often quietly here there today",
    "ADP": "in near behind under by with",
    "DET one": "a the this every",
    "DET many": "the these some many",
    "PRON one": "she he it",
    "PRON many": "they we you",
}
WHO = {
    "one": ["DET one, NOUN one", "DET one, ADJ, NOUN one", "PRON one"],
    "many": ["NOUN many", "ADJ, NOUN many", "DET many, NOUN many", "DET many, ADJ, NOUN many", "PRON many"],
}
PLACE = ["ADP, DET one, NOUN one", "ADP, DET one, ADJ, NOUN one", "ADP, NOUN many"]
TAGS = ("NOUN", "VERB", "ADJ", "ADV", "ADP", "DET", "PRON")
_SMALL = sorted({word for words in WORDS.values() for word in words.split()})


@dataclass(frozen=True)
class Grammar(Task):
    """Sentences from templates, *Giraffes in a field* among them; at each word, its part of speech.

    Some words are nouns in one sentence and verbs in another. One sentence in ten is never trained on. Now and then a
    word is hidden, so that the model learns to judge an unknown word by its place.
    """

    name: ClassVar[str] = "grammar"
    description: ClassVar[str] = "Tell nouns from verbs and the rest, in sentences from a small grammar."
    sizes = Sizes(hidden_size=8, num_layers=1, input_size=8, epochs=30, learning_rate=0.02)
    symbols, labels, reads = (*_SMALL, *map(str.capitalize, _SMALL)), TAGS, "words"

    def batches(self, model: SequenceModel, _progress: float, generator: torch.Generator, /) -> Iterator[Batch]:
        for _ in range(10):
            batch = tagged_examples(model, sentences(32, generator, held_out=False))
            hidden = torch.rand(batch.numbers.shape, generator=generator) < 0.05
            yield batch._replace(numbers=batch.numbers.masked_fill(hidden, 0))

    @torch.no_grad()
    def scores(self, model: SequenceModel) -> Mapping[str, float]:
        batch = tagged_examples(model, sentences(1000, torch.Generator().manual_seed(1), held_out=True))
        right = model(model.embedding.embed(batch.numbers)).argmax(-1) == batch.targets
        return {"words tagged right": right[batch.judged].float().mean().item()}


def sentences(count: int, generator: torch.Generator, held_out: bool) -> list[Tagged]:
    """`count` sentences as lists of (word, tag), either held-out ones or training ones."""
    found: list[Tagged] = []
    while len(found) < count:
        sentence = _sentence(generator)
        text = " ".join(word for word, _ in sentence).lower()
        if (zlib.crc32(text.encode()) % 10 == 0) == held_out:
            found.append(sentence)
    return found


def tagged_examples(model: SequenceModel, tagged: list[Tagged]) -> Batch:
    """A batch of sentences, padded at the end."""
    numbers = pad_sequence([model.embedding.read([word for word, _ in sentence]) for sentence in tagged])
    tags = [torch.tensor([model.labels.index(tag) for _, tag in sentence]) for sentence in tagged]
    targets = pad_sequence(tags, padding_value=MISSING)
    return Batch(numbers, targets, judged=targets != MISSING)


def _sentence(generator: torch.Generator) -> Tagged:
    def chosen(choices: Sequence[str]) -> str:
        return choices[int(torch.randint(len(choices), (), generator=generator))]

    number = chosen(["one", "many"])
    parts = [chosen(WHO[number]), chosen(["", *PLACE]), chosen(["", f"VERB {number}"]), chosen(["", "ADV"])]
    kinds = [kind for part in parts if part for kind in part.split(", ")]
    words = [chosen(WORDS[kind].split()) for kind in kinds]
    words[0] = chosen([words[0], words[0].capitalize()])
    return list(zip(words, [kind.split()[0] for kind in kinds], strict=True))


# The task `text`: what is the next character?

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
    reads = "characters"

    def __init__(self, text: str | None) -> None:
        tokens = characters(text or "")
        if len(tokens) < FEWEST:
            raise LstmCoreError(
                f"Expected a text of at least {FEWEST} characters, got {len(tokens)}. Give a longer one as text=…"
            )
        trained = len(tokens) * 9 // 10
        self.trained, self.held_out = tokens[:trained], tokens[trained:]
        common = collections.Counter(self.trained).most_common(MOST_KINDS)
        self.symbols = self.labels = sorted(character for character, _ in common)

    def batches(self, model: SequenceModel, _progress: float, generator: torch.Generator, /) -> Iterator[Batch]:
        numbers = model.embedding.read(self.trained)
        steps = min(WINDOW, len(numbers) - 1)
        within = torch.arange(steps + 1).unsqueeze(1)
        for _ in range(10):
            yield character_examples(numbers[within + torch.randint(len(numbers) - steps, (32,), generator=generator)])

    @torch.no_grad()
    def scores(self, model: SequenceModel) -> Mapping[str, float]:
        """Scores on the held-out part, from its second character on."""
        batch = character_examples(model.embedding.read(self.held_out).unsqueeze(1))
        scores = model(model.embedding.embed(batch.numbers)).flatten(0, 1)
        targets = batch.targets.flatten()
        nats = functional.cross_entropy(scores, targets, ignore_index=MISSING).item()
        right = (scores.argmax(-1) == targets)[targets != MISSING].float().mean().item()
        return {"bits a character": nats / math.log(2), "characters foretold": right}


def character_examples(numbers: Tensor) -> Batch:
    """A batch from characters (time, batch), numbered by the vocabulary; a label's number is one less."""
    targets = torch.where(numbers[1:] > 0, numbers[1:] - 1, MISSING)
    return Batch(numbers[:-1], targets, judged=targets != MISSING)
