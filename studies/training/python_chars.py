"""How is `python-chars` made?"""

import math
import random
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from lstm_core.models.embeddings import Vocabulary
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.untrained import draw_lstm
from lstm_core.scanning.sources import is_held_out, library_files
from studies.training.baselines import calibration_error, compressed_bits

CHARACTERS = ["\t", "\n", *map(chr, range(32, 127))]
OTHER = "other"

HIDDEN, FEATURES = 256, 64
STREAMS, WINDOW = 16, 128
CHARACTERS_READ = 16_000_000
LEARNING_RATE = 6e-3
# Now and then a stream's state is reset, because a file, or the text of a visitor, begins without a past.
FORGET = 0.03
SEED = 0


def library(held_out: bool) -> dict[str, str]:
    """The running Python's standard library, without its tests and tables: the files that are trained on, or not."""
    files = library_files().items()
    return {name: file.read_text("utf-8", "replace") for name, file in files if is_held_out(name) == held_out}


def train(_data: Path | None) -> SequenceModel:
    """A model of the next character, trained by truncated backpropagation through time on streams of whole files."""
    generator = torch.Generator().manual_seed(SEED)
    model = untrained(generator)
    texts = [model.embedding.read(list(text + "\n")) for text in library(held_out=False).values()]
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.99))
    steps = CHARACTERS_READ // (STREAMS * WINDOW)
    state: tuple[Tensor, Tensor] | None = None
    for step, (window, targets) in zip(range(steps), windows(texts, random.Random(SEED)), strict=False):
        rate = LEARNING_RATE * min(1.0, (step + 1) / 100) * (1 - step / steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        hidden, state = model.lstm(model.embedding.embed(window), state)
        loss = functional.cross_entropy(model.linear(hidden).flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        kept = (torch.rand(STREAMS, 1, generator=generator) >= FORGET).float()
        state = (state[0].detach() * kept, state[1].detach() * kept)
        if step % 500 == 0:
            print(f"{step:,} of {steps:,} windows, {loss.item() / math.log(2):.2f} bits a character", flush=True)
    return model.eval()


def untrained(generator: torch.Generator) -> SequenceModel:
    """A model with orthogonal recurrent weights and open forget gates, so that its memory is long from the start."""
    embedding = Vocabulary(CHARACTERS, FEATURES, generator)
    nn.init.normal_(embedding.vectors.weight, generator=generator)
    lstm = draw_lstm(FEATURES, HIDDEN, 1, generator)
    with torch.no_grad():
        for block in torch.split(lstm.get_parameter("weight_hh_l0"), HIDDEN):
            nn.init.orthogonal_(block, generator=generator)
        lstm.get_parameter("bias_ih_l0")[HIDDEN : 2 * HIDDEN] = 1.0
    linear = nn.Linear(HIDDEN, len(CHARACTERS) + 1)
    nn.init.normal_(linear.weight, std=HIDDEN**-0.5, generator=generator)
    nn.init.zeros_(linear.bias)
    labels = [OTHER, *CHARACTERS]  # in the embedding's order, so that a character and its label have one number
    task = "Predict the next character of Python code."
    return SequenceModel(
        "python-chars", task, labels, reads="characters", gives="classes", embedding=embedding, lstm=lstm, linear=linear
    )


def windows(texts: list[Tensor], shuffler: random.Random) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless pairs (characters, next characters), each (time, stream); each pass has the files in another order."""
    while True:
        shuffler.shuffle(texts)
        joined = torch.cat(texts)
        length = (len(joined) - 1) // STREAMS
        now = joined[: STREAMS * length].reshape(STREAMS, length).T
        following = joined[1 : STREAMS * length + 1].reshape(STREAMS, length).T
        for start in range(0, length - WINDOW + 1, WINDOW):
            yield now[start : start + WINDOW], following[start : start + WINDOW]


@torch.no_grad()
def bits(model: SequenceModel, texts: Mapping[str, str]) -> dict[str, float]:
    """For each text, the sum of -log2 p over all characters except the first; each text starts with an empty memory."""
    spent = {}
    for name, text in texts.items():
        numbers = model.embedding.read(list(text))
        scores = model(model.embedding.embed(numbers[:-1, None]))
        spent[name] = functional.cross_entropy(scores[:, 0], numbers[1:], reduction="sum").item() / math.log(2)
    return spent


def scores(model: SequenceModel, _data: Path | None) -> dict[str, float]:
    """Bits a character over all held-out files together, and the number of files; the bits of `xz`, the share of
    characters foreseen, and how sure the model is."""
    held_out = {name: text for name, text in library(held_out=True).items() if len(text) > 1}
    characters = sum(len(text) - 1 for text in held_out.values())
    shares, right = sureness(model, held_out.values())
    return {
        "bits a character": sum(bits(model, held_out).values()) / characters,
        "held-out files": len(held_out),
        "characters in them": characters,
        "bits a character of xz, all held-out files as one": compressed_bits(held_out),
        "characters that were foreseen": right.double().mean().item(),
        "calibration error": calibration_error(shares, right),
    }


@torch.no_grad()
def sureness(model: SequenceModel, texts: Iterable[str]) -> tuple[Tensor, Tensor]:
    """At each character of texts except their last: the probability of the likeliest next character (character,), and
    whether it came (character,), bool."""
    found: list[tuple[Tensor, Tensor]] = []
    for text in texts:
        numbers = model.embedding.read(list(text))
        shares, guesses = model.probabilities(model(model.embedding.embed(numbers[:-1, None]))[:, 0]).max(-1)
        found.append((shares, guesses == numbers[1:]))
    shares, right = (torch.cat(parts) for parts in zip(*found, strict=True))
    return shares, right
