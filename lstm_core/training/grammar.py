"""The task `grammar`: which part of speech is each word?"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch.nn.utils.rnn import pad_sequence

from lstm_core.models.embeddings import Vocabulary
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.task import MISSING, Batch, Sizes, Task, untrained

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
TAGS = ["NOUN", "VERB", "ADJ", "ADV", "ADP", "DET", "PRON"]


@dataclass(frozen=True)
class Grammar(Task):
    """Sentences from templates, *Giraffes in a field* among them; at each word, its part of speech.

    Some words are nouns in one sentence and verbs in another. One sentence in ten is never trained on. Now and then a
    word is hidden, so that the model learns to judge an unknown word by its place.
    """

    name: ClassVar[str] = "grammar"
    description: ClassVar[str] = "Tell nouns from verbs and the rest, in sentences from a small grammar."
    sizes = Sizes(hidden_size=8, num_layers=1, input_size=8, epochs=30, learning_rate=0.02)

    def model(self, sizes: Sizes, generator: torch.Generator) -> SequenceModel:
        small = sorted({word for words in WORDS.values() for word in words.split()})
        embedding = Vocabulary([*small, *map(str.capitalize, small)], sizes.input_size, generator)
        return untrained(self, TAGS, embedding, sizes, generator, reads="words", gives="classes")

    def batches(self, model: SequenceModel, _progress: float, generator: torch.Generator, /) -> Iterator[Batch]:
        for _ in range(10):
            batch = examples(model, sentences(32, generator, held_out=False))
            hidden = torch.rand(batch.numbers.shape, generator=generator) < 0.05
            yield batch._replace(numbers=batch.numbers.masked_fill(hidden, 0))

    @torch.no_grad()
    def scores(self, model: SequenceModel) -> Mapping[str, float]:
        batch = examples(model, sentences(1000, torch.Generator().manual_seed(1), held_out=True))
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


def examples(model: SequenceModel, tagged: list[Tagged]) -> Batch:
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
