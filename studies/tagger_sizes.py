"""How much does a tagger lose when its memory is smaller? `python -m studies.tagger_sizes`

Prints the share of words that the tagger of each size tags right. `--data DIR --score` measures it again, and
`--picture FILE` draws it. `--data DIR --save FILE` trains those that FILE lacks, all of
them in about a quarter of an hour of one core.
"""

import argparse
import itertools
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
import plotly.express as px
import torch
from plotly.graph_objects import Figure

from lstm_core.models import sizes
from lstm_core.models.shipped import load_model
from lstm_core.models.sizes import Score, Size
from studies.training.sizes import (
    HIDDEN_SIZES,
    INPUT_SIZES,
    LAYERS,
    LESSON,
    Corpora,
    add_reduction,
    add_tagger,
    best,
    corpora,
    corpus,
    open_family,
    reduction,
    save_family,
    share_right,
)
from studies.training.tagger import split

SENTENCE, TAGS = " ".join(LESSON.words), list(LESSON.labels)

# The picture's smallest share, and a colour for each depth.
LOWEST, COLOURS = 0.4, ("#0f4c63", "#2d8aa5", "#b03320")


def train(data: Path, file: Path) -> None:
    """Train every size that a file does not have yet, and add it to the file; prints a line a size."""
    whole, family = load_model("tagger"), open_family(file)
    labels, splits = len(whole.labels), corpora(whole, data)
    for input_size in INPUT_SIZES:
        if input_size not in family.reduced:
            add_reduction(family, reduction(splits.train, labels, input_size))
        seen = Corpora(*(split.reduced(family.reduced[input_size]) for split in splits))
        for hidden_size, layers in itertools.product(HIDDEN_SIZES, LAYERS):
            size = Size(input_size, hidden_size, layers)
            if size in family.scores:
                continue
            parts = best(seen, labels, size)
            add_tagger(family, size, parts)
            save_family(family, file)
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
