"""How much does a tagger lose when its memory is smaller? `python -m studies.tagger_sizes`

Prints the share of words that the tagger of each size tags right. `--data DIR --score` measures it again, and
`--picture FILE` draws it. `--data DIR --save FILE` trains those that FILE lacks, all of
them in about a quarter of an hour of one core.
"""

import argparse
import itertools
from collections.abc import Iterable, Mapping
from pathlib import Path

import torch

from lstm_core.models import sizes
from lstm_core.models.shipped import load_model
from lstm_core.models.sizes import Score, Size
from studies.training.sizes import (
    HIDDEN_SIZES,
    INPUT_SIZES,
    LAYERS,
    LESSON,
    Corpora,
    best,
    corpora,
    corpus,
    reduction,
    share_right,
)
from studies.training.tagger import split

SENTENCE, TAGS = " ".join(LESSON.words), list(LESSON.labels)

# The picture: pixels around and between its three panels, the smallest share it shows, and a colour for each depth.
WIDTH, HEIGHT, LEFT, TOP, BETWEEN, BELOW = 300, 260, 56, 44, 26, 44
LOWEST = 0.4
COLOURS = ("#0f4c63", "#2d8aa5", "#b03320")


def train(data: Path, file: Path) -> None:
    """Train every size that a file does not have yet, and add it to the file; prints a line a size."""
    whole, family = load_model("tagger"), sizes.open_family(file)
    labels, splits = len(whole.labels), corpora(whole, data)
    for input_size in INPUT_SIZES:
        if input_size not in family.reduced:
            sizes.add_reduction(family, reduction(splits.train, labels, input_size))
        seen = Corpora(*(split.reduced(family.reduced[input_size]) for split in splits))
        for hidden_size, layers in itertools.product(HIDDEN_SIZES, LAYERS):
            size = Size(input_size, hidden_size, layers)
            if size in family.scores:
                continue
            parts = best(seen, labels, size)
            sizes.add_tagger(family, size, parts)
            sizes.save_family(family, file)
            print(f"{size}: dev {parts.score.dev:.4f}, test {parts.score.test:.4f}", flush=True)


def measured(size: Size, data: Path) -> Score:
    """How often the shipped tagger of a size is right."""
    model = sizes.sized_tagger(*size)
    return Score(*(share_right(corpus(model, split(data, name)), model) for name in ("dev", "test")))


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


def picture(scores: Mapping[Size, Score]) -> str:
    """Test accuracy against hidden_size as SVG: a panel for each input_size, a line for each num_layers."""
    panels = "".join(_panel(number, input_size, scores) for number, input_size in enumerate(INPUT_SIZES))
    width = LEFT + len(INPUT_SIZES) * (WIDTH + BETWEEN)
    key = "".join(
        f'<text x="{LEFT + 90 * number}" y="{TOP + HEIGHT + BELOW + 14}" fill="{colour}">n_layers {layers}</text>'
        for number, (layers, colour) in enumerate(zip(LAYERS, COLOURS, strict=True))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {TOP + HEIGHT + BELOW + 30}" '
        'font-family="sans-serif" font-size="14" fill="#1b2733"><title>Words of the test split tagged right, by size'
        f'</title><rect width="100%" height="100%" fill="#fff"/>{panels}{key}</svg>\n'
    )


def _panel(number: int, input_size: int, scores: Mapping[Size, Score]) -> str:
    left, bottom = LEFT + number * (WIDTH + BETWEEN), TOP + HEIGHT

    def x(place: int) -> float:
        return left + (place + 0.5) * WIDTH / len(HIDDEN_SIZES)

    def y(share: float) -> float:
        return bottom - (share - LOWEST) / (1 - LOWEST) * HEIGHT

    parts = [f'<text x="{left}" y="{TOP - 18}" font-weight="bold">input_dim {input_size}</text>']
    for percent in range(round(100 * LOWEST), 101, 10):
        at = y(percent / 100)
        parts.append(f'<path d="M{left} {at:.1f}h{WIDTH}" stroke="#dde3e8"/>')
        parts += [f'<text x="{left - 8}" y="{at + 5:.1f}" text-anchor="end">{percent}%</text>'] * (number == 0)
    for place, units in enumerate(HIDDEN_SIZES):
        parts.append(f'<text x="{x(place):.1f}" y="{bottom + 20}" text-anchor="middle">{units}</text>')
    parts.append(f'<text x="{left + WIDTH / 2}" y="{bottom + 40}" text-anchor="middle">hidden_dim</text>')
    for layers, colour in zip(LAYERS, COLOURS, strict=True):
        points = [
            (x(place), y(scores[Size(input_size, units, layers)].test)) for place, units in enumerate(HIDDEN_SIZES)
        ]
        line = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{across:.1f}" cy="{down:.1f}" r="3.5" fill="{colour}"/>' for across, down in points]
    return "".join(parts)


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
        options.picture.write_text(picture(scores), encoding="utf-8")


if __name__ == "__main__":
    main()
