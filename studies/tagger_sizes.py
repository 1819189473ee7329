"""How much does a tagger lose when its memory is smaller? `python -m studies.tagger_sizes`

Prints the share of words that the tagger of each size tags right. `--data DIR --score` measures it again, and
`--picture FILE` draws it. `--data DIR --save FILE` trains those that FILE lacks, all of
them in about a quarter of an hour of one core.

The features of `tagger` stay as they are, so every word's features are computed once. A Linear that leaves input_size
of them is learned together with LSTMs of a few sizes, and then kept: a word has the same x in every LSTM that reads it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import pandas as pd
import plotly.express as px
import safetensors.torch
import torch
from plotly.graph_objects import Figure
from torch import Tensor, nn
from torch.nn import functional

from lstm_core.files.write_whole import write_bytes
from lstm_core.models import sizes
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import load_model
from lstm_core.models.sizes import Score, Size
from lstm_core.models.untrained import draw_lstm, drawn
from lstm_core.training.task import MISSING
from studies.training import tagger
from studies.training.sentences import Sentence

_Item = TypeVar("_Item")

INPUT_SIZES, HIDDEN_SIZES, LAYERS = (4, 16, 64), (2, 3, 4, 8, 16, 32, 64), (1, 2, 3)
EPOCHS, BATCH, RATE = 6, 64, 1e-2
# Batches whose sentences are sorted by length together.
POOL = 50
# The hidden_sizes of the LSTMs with which an input_size's Linear is learned.
TOGETHER = (3, 8, 64)
# LSTMs of at most so many units vary from seed to seed: so many are trained. From the lesson's 3 units on more seeds
# follow, at most so many in all, while none of the good ones tags the lesson's sentence right.
FEW_UNITS, RESTARTS, MOST_SEEDS = 3, 2, 6
# How much worse than the best on the dev split a seed may be to count as good.
GOOD = 0.03
LESSON = Sentence(["Giraffes", "in", "a", "field"], ["NOUN", "ADP", "DET", "NOUN"])
SENTENCE, TAGS = " ".join(LESSON.words), list(LESSON.labels)

# The picture's smallest share, and a colour for each depth.
LOWEST, COLOURS = 0.4, ("#0f4c63", "#2d8aa5", "#b03320")


class Corpus(NamedTuple):
    """Sentences, one after the other."""

    words: Tensor
    """(word, feature)"""
    labels: Tensor
    """(word,): the number of each word's label."""
    lengths: list[int]

    def batches(self, shuffler: random.Random) -> Iterator[tuple[Tensor, Tensor]]:
        """One pass in random order: x (time, sentence, feature), and targets (time, sentence), MISSING past the end.
        The sentences of a batch have similar lengths."""
        lengths, count = torch.tensor(self.lengths), len(self.lengths)
        starts = lengths.cumsum(0) - lengths
        order = shuffler.sample(range(count), count)
        pools = [sorted(pool, key=self.lengths.__getitem__) for pool in _cut(order, POOL * BATCH)]
        batches = [batch for pool in pools for batch in _cut(pool, BATCH)]
        shuffler.shuffle(batches)
        for batch in batches:
            time = torch.arange(int(lengths[batch].max()))[:, None]
            at = (starts[batch] + time).clamp(max=len(self.labels) - 1)
            yield self.words[at], self.labels[at].masked_fill(time >= lengths[batch], MISSING)


class Corpora(NamedTuple):
    """The splits of the treebank; `train` has copies of some sentences as a person types them."""

    train: Corpus
    dev: Corpus
    test: Corpus
    lesson: Corpus
    """The one sentence that the app opens on."""


class Head(nn.Module):
    """An LSTM and a Linear over its hidden states."""

    def __init__(self, size: Size, labels: int, seed: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.lstm = draw_lstm(*size, generator).train()
        self.linear = drawn(nn.Linear(size.hidden_size, labels, device="meta"), size.hidden_size**-0.5, generator)

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.linear(self.lstm(x)[0])
        return scores


def corpora(whole: SequenceModel, data: Path | None) -> Corpora:
    """The treebank, each word with the features of `whole`."""
    sentences, shuffler = tagger.split(data, "train"), random.Random(tagger.SEED)
    typed = [tagger.typed(one, shuffler) for one in sentences if shuffler.random() < tagger.COPIES]
    dev, test = (corpus(whole, tagger.split(data, name)) for name in ("dev", "test"))
    return Corpora(corpus(whole, [*sentences, *typed]), dev, test, corpus(whole, [LESSON]))


def corpus(whole: SequenceModel, sentences: Sequence[Sentence]) -> Corpus:
    """Sentences, each word with the features of `whole`."""
    numbers = {label: number for number, label in enumerate(whole.labels)}
    words = [word for sentence in sentences for word in sentence.words]
    kinds = {word: place for place, word in enumerate(dict.fromkeys(words))}
    with torch.no_grad():
        vectors = torch.cat([whole.vectors(part)[:, 0] for part in _cut(list(kinds), 4096)])
    labels = torch.tensor([numbers[label] for sentence in sentences for label in sentence.labels])
    return Corpus(vectors[[kinds[word] for word in words]], labels, [len(one.words) for one in sentences])


def reduction(train: Corpus, labels: int, input_size: int) -> nn.Linear:
    """A Linear that leaves input_size numbers of a word's features, each with mean 0 and deviation 1 over the words."""
    features = train.words.shape[1]
    generator = torch.Generator().manual_seed(0)
    reduce = drawn(nn.Linear(features, input_size, device="meta"), features**-0.5, generator)
    if input_size < features:
        learn(train, [Head(Size(input_size, units, 1), labels, seed=0) for units in TOGETHER], reduce)
    else:
        nn.init.eye_(reduce.weight)
    with torch.no_grad():
        found = reduce(train.words)
        mean, deviation = found.mean(0), found.std(0)
        reduce.bias.sub_(mean).div_(deviation)
        reduce.weight.div_(deviation[:, None])
    # As it will be stored, in half precision.
    return reduce.requires_grad_(False).half().float()


def best(data: Corpora, labels: int, size: Size) -> tuple[Head, Score]:
    """The head of one size that tags most words of the dev split right, of a few seeds; of the good ones, the best that
    tags the lesson's sentence right, if any does."""
    found: list[tuple[bool, float, Head]] = []
    enough = RESTARTS if size.hidden_size <= FEW_UNITS else 1
    most = MOST_SEEDS if size.hidden_size >= FEW_UNITS else enough
    for seed in range(most):
        head = Head(size, labels, seed)
        learn(data.train, [head], None, seed)
        # As it will be stored, in half precision.
        head.half().float()
        found.append((share_right(data.lesson, head) == 1, share_right(data.dev, head), head))
        least = max(dev for _, dev, _ in found) - GOOD
        good = [one for one in found if one[1] >= least]
        if seed + 1 >= enough and any(right for right, *_ in good):
            break
    _, dev, head = max(good, key=lambda one: one[:2])
    return head, Score(dev, share_right(data.test, head))


def learn(data: Corpus, heads: Sequence[Head], reduce: nn.Linear | None, seed: int = 0) -> None:
    """Train heads side by side on the same batches, and the Linear that reduces what all of them read."""
    modules = nn.ModuleList([*heads, *([reduce] if reduce else [])])
    shuffler, steps = random.Random(seed), EPOCHS * -(-len(data.lengths) // BATCH)
    optimizer = torch.optim.Adam(modules.parameters(), betas=(0.9, 0.99), fused=True)
    # Each pool may end in a smaller batch: a few more steps than there are full ones.
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps + EPOCHS * POOL)
    for x, targets in itertools.chain.from_iterable(data.batches(shuffler) for _ in range(EPOCHS)):
        seen = reduce(x) if reduce else x
        scored = torch.stack([head(seen) for head in heads]).flatten(0, 2)
        loss = functional.cross_entropy(scored, targets.flatten().repeat(len(heads)), ignore_index=MISSING)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(modules.parameters(), 1.0)
        optimizer.step()
        schedule.step()


@torch.no_grad()
def share_right(data: Corpus, head: nn.Module) -> float:
    """The share of words whose most probable label is the right one."""
    right = sum(int((head(x).argmax(-1) == targets).sum()) for x, targets in data.batches(random.Random(0)))
    return right / len(data.labels)


def _cut(items: Sequence[_Item], length: int) -> list[Sequence[_Item]]:
    return [items[start : start + length] for start in range(0, len(items), length)]


def train(data: Path, file: Path) -> None:
    """Train every size that a file does not have yet, and add it to the file, in half precision: "input_size/weight" of
    the Linear that all taggers with it share, "input_size/hidden_size/num_layers/lstm.weight"; prints a line a size."""
    whole = load_model("tagger")
    labels, splits = len(whole.labels), corpora(whole, data)
    tensors: dict[str, Tensor] = safetensors.torch.load(file.read_bytes()) if file.is_file() else {}
    scores = sizes.scores_in(file) if file.is_file() else {}
    for input_size in INPUT_SIZES:
        if f"{input_size}/weight" not in tensors:
            tensors |= _half(f"{input_size}/", reduction(splits.train, labels, input_size))
        weight, bias = (tensors[f"{input_size}/{name}"].float() for name in ("weight", "bias"))
        seen = Corpora(*(split._replace(words=functional.linear(split.words, weight, bias)) for split in splits))
        for size in (Size(input_size, *rest) for rest in itertools.product(HIDDEN_SIZES, LAYERS)):
            if size in scores:
                continue
            head, scores[size] = best(seen, labels, size)
            tensors |= _half(f"{size}/", head)
            said = {str(one): score._asdict() for one, score in scores.items()}
            write_bytes(file, safetensors.torch.save(tensors, metadata={"scores": json.dumps(said)}))
            print(f"{size}: dev {scores[size].dev:.4f}, test {scores[size].test:.4f}", flush=True)


def _half(begin: str, part: nn.Module) -> dict[str, Tensor]:
    return {begin + name: weight.half().contiguous() for name, weight in part.state_dict().items()}


def measured(size: Size, data: Path) -> Score:
    """How often the shipped tagger of a size is right."""
    model = sizes.sized_tagger(*size)
    return Score(*(share_right(corpus(model, tagger.split(data, name)), model) for name in ("dev", "test")))


def tags(size: Size) -> list[str]:
    """What the tagger of a size says of the lesson's sentence."""
    model = sizes.sized_tagger(*size)
    with torch.no_grad():
        said = model(model.vectors(model.tokens(SENTENCE)))[:, 0].argmax(-1)
    return [model.labels[at] for at in said]


def parameters(size: Size) -> int:
    """The numbers of an LSTM and its Linear."""
    model = sizes.sized_tagger(*size)
    return sum(weight.numel() for part in (model.lstm, model.linear) for weight in part.parameters())


HEAD = ("input_size", "hidden_size", "num_layers", "numbers", "dev", "test", f"*{SENTENCE}*")


def rows(scores: Mapping[Size, Score]) -> list[str]:
    """The table in Markdown, a line a size."""
    lines = [_row(HEAD), _row(["---"] * len(HEAD))]
    for size, score in scores.items():
        said = tags(size)
        right = "right" if said == TAGS else " ".join(said)
        lines.append(_row([*size, f"{parameters(size):,}", f"{score.dev:.3f}", f"{score.test:.3f}", right]))
    return lines


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def picture(scores: Mapping[Size, Score]) -> Figure:
    """Test accuracy against hidden_size: a panel for each input_size, a line for each num_layers."""
    names = "input_dim", "hidden_dim", "n_layers"
    table = pd.DataFrame([*map(str, size), score.test] for size, score in scores.items())
    drawn = px.line(
        table.set_axis([*names, "words tagged right"], axis=1),
        x="hidden_dim",
        y="words tagged right",
        color="n_layers",
        facet_col="input_dim",
        markers=True,
        color_discrete_sequence=COLOURS,
        range_y=(LOWEST, 1),
        template="simple_white",
    )
    drawn.update_yaxes(showgrid=True, tickformat=".0%")
    return drawn.update_layout(width=1034, height=378, font_size=14)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="the folder of the treebank, as for `tagger`")
    parser.add_argument("--save", type=Path, metavar="FILE", help="train each size that this .safetensors file lacks")
    parser.add_argument("--score", action="store_true", help="measure the shipped taggers again")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the table to an .svg file")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if (options.save or options.score) and not options.data:
        parser.error("--save and --score need --data DIR: UD_English-EWT, as for lstm_core.training tagger")
    if options.save:
        train(options.data, options.save)
        return
    scores = sizes.scores()
    if options.score:
        scores = {size: measured(size, options.data) for size in scores}
    print("\n".join(rows(scores)))
    if options.picture:
        picture(scores).write_image(options.picture)


if __name__ == "__main__":
    main()
