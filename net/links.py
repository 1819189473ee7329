"""Which links are opened? Sixty views of Memory and forty of the other pages."""

from typing import Any, NamedTuple

DOGS = "The dog that barked at the cats ran away"
LONG = " ".join(f"word{number % 97}" for number in range(700))
LONGER = " ".join(f"w{number % 997}" for number in range(4_000))
SERIES = ", ".join(f"{20 + (number * 7) % 11}" for number in range(48))
CODE = 'def hello(name):\n    """Say it."""\n    print(f"Hello, {name}")  # aloud\n'


class View(NamedTuple):
    """A link, and the window that it is opened in."""

    link: dict[str, str]
    width: int = 1000
    theme: str = "light"
    height: int = 620


def random(**link: Any) -> dict[str, str]:
    """The link of an untrained LSTM."""
    return {name: f"{value}" for name, value in {"model": "random", **link}.items()}


SIZES = {"model": "tagger-sizes", "sentence": "Giraffes in a field"}
TAGGER = {"model": "tagger", "sentence": DOGS}
BOTH = {"model": "tagger-bi", "sentence": DOGS}
CHARS = {"model": "python-chars", "sentence": CODE}
NUMBERS = {"model": "series", "sentence": SERIES}
TWO = random(hidden_dim=6, n_layers=2, sentence=DOGS)

VIEWS = [
    # The lesson's own, and its sizes.
    View(SIZES),
    View(SIZES, theme="dark"),
    View(SIZES, width=360, height=700),
    View(SIZES, width=619, height=500),
    View(SIZES, width=620, height=500),
    View(SIZES, height=1400),
    View(SIZES | {"hidden_dim": "16", "input_dim": "16"}),
    View(SIZES | {"hidden_dim": "64", "input_dim": "64"}),
    View(SIZES | {"pin": "0.2.3", "colours": "purple"}),
    View(SIZES | {"holds": "f.0.1.2_0 w.1", "pin": "0.1.2"}),
    View(SIZES | {"quantities": "c"}),
    View(SIZES | {"quantities": "fh", "colours": "grey"}, theme="dark"),
    View(SIZES, width=1800, height=900),
    View(SIZES | {"sentence": "Go"}),
    View(SIZES | {"sentence": ""}),
    # Many units.
    View(TAGGER),
    View(TAGGER, width=340, height=650, theme="dark"),
    View(TAGGER | {"top": "all"}),
    View(TAGGER | {"top": "active", "rows": "activity"}),
    View(TAGGER | {"top": "all", "rows": "similarity"}, height=1400),
    View(TAGGER | {"pin": "0.40.5"}),
    View(TAGGER | {"holds": "w.2 w.3"}),
    View(TAGGER | {"holds": "c.0.all.4_0"}),
    View(TAGGER | {"sentence": LONG}),
    View(TAGGER | {"sentence": LONG}),
    View(TAGGER | {"sentence": LONG[:420]}, width=700),
    View(TAGGER | {"sentence": "<b>Giraffes</b> & antidisestablishmentarianism 字 🦒 run"}),
    View(TAGGER | {"sentence": "Donaudampfschiffahrtsgesellschaft is a word"}, width=420),
    # Both directions.
    View(BOTH),
    View(BOTH, width=700),
    View(BOTH, width=360, height=700),
    View(BOTH | {"quantities": "ch", "pin": "0.3.4.1"}),
    View(BOTH | {"sentence": LONG[:1500]}),
    # Answers of other kinds.
    View({"model": "sentiment", "sentence": "not a good film at all"}),
    View({"model": "sentiment", "sentence": "not a good film at all", "holds": "i.0.all.2_0"}, theme="dark"),
    View(CHARS),
    View(CHARS, width=500),
    View(CHARS | {"sentence": CODE * 8, "pin": "0.48.12"}),
    View(CHARS | {"sentence": CODE * 60}),
    View({"model": "counter", "sentence": "aaaabbb"}),
    View({"model": "counter", "sentence": "a" * 120 + "b" * 100}),
    View({"model": "counter", "sentence": "a" * 120 + "b" * 100}, width=400, height=600),
    View({"model": "brackets", "sentence": "((()())(()))()"}),
    View({"model": "copy", "sentence": "b" + "." * 40 + "?"}),
    View(NUMBERS),
    View(NUMBERS, width=380),
    View(NUMBERS, theme="dark"),
    View(random(sentence=SERIES, tokens="numbers")),
    # Untrained ones.
    View(random()),
    View(random(sentence=DOGS, hidden_dim=17)),
    View(random(sentence=DOGS, hidden_dim=64, input_dim=65)),
    View(random(sentence=DOGS, hidden_dim=200), width=900, height=1400),
    View(TWO),
    View(TWO, width=560, height=800),
    View(TWO | {"directions": "2", "layers": "1"}, width=1400),
    View(TWO | {"n_layers": "4", "directions": "2"}, width=1600, height=800),
    View(random(sentence="abcdefghij", tokens="characters", hidden_dim=2, input_dim=1)),
    View(random(sentence=LONGER)),
    View(random(sentence=LONGER, hidden_dim=24, n_layers=2)),
    View(random(sentence=LONGER, hidden_dim=512), width=800),
]

FISH = {"model": "tagger", "sentence": "They can fish in a can", "sentence_b": "They can swim in a can"}
RATED = {"model": "sentiment", "sentence": "It is not a good film", "sentence_b": "It is a good film"}
CORPUS = {"model": "counter", "where": "corpus", "texts": "taught", "size": "20000"}
SHOWN = [
    ("lesson", {"part": "1"}),
    ("lesson", {"part": "1", "sentence": "Go", "input_dim": "9", "hidden_dim": "7", "step": "0"}),
    ("lesson", {"part": "2", "sentence": DOGS, "step": "4"}),
    ("lesson", {"part": "3"}),
    ("lesson", {"part": "3", "inputs": "random", "same_start": "1"}),
    ("lesson", {"part": "4", "sentence": DOGS, "step": "5"}),
    ("lesson", {"part": "5"}),
    ("lesson", {"part": "5", "cells": "50", "first": "d", "gap": "7", "trained_seed": "3"}),
    ("units", {}),
    ("units", {"model": "counter", "sentence": "aaabbb"}),
    ("units", {"model": "python-chars", "sentence": "x = 'ab'\n", "unit": "38", "sort": "lost"}),
    ("units", {"model": "tagger-bi", "sentence": DOGS, "property": "model says NOUN"}),
    ("units", {"model": "series", "sentence": SERIES}),
    ("units", {"model": "random", "n_layers": "2", "sentence": DOGS, "property": "surplus of dog over cats"}),
    ("units", CORPUS),
    ("units", CORPUS | {"unit": "0.0", "sentence": "aaabbb", "brush": "1-2", "threshold": "0.2"}),
    ("compare", {}),
    ("compare", FISH),
    ("compare", RATED | {"unit": "3", "strips": "fh"}),
    ("compare", {"model": "random", "sentence": "hello old friend", "seed_b": "4", "n_layers": "2", "layer": "1"}),
    ("compare", {"model": "series", "sentence": SERIES}),
    ("compare", {"model": "counter", "sentence": "aaabbb", "sentence_b": "aabbb"}),
    ("compare", {"model": "copy", "sentence": "b ? ? ?"}),
    ("compare", {"model": "tagger-sizes", "model_b": "sentiment", "sentence": "a good film"}),
    ("compare", {"model": "tagger-sizes", "sentence": DOGS, "state_b": "reset"}),
    ("compare", {"model": "tagger-bi", "sentence": "They can fish"}),
    ("compare", {"model": "random", "sentence": "d b", "sentence_b": "a b c d"}),
    ("open", {}),
    *(("open", {"how": "train", "task": task}) for task in ("counter", "grammar", "series", "text")),
    ("open", {"how": "train", "task": "copy", "n_layers": "2", "epochs": "0"}),
    ("units", {"model": "tagger", "sentence": DOGS, "sort": "keeps", "unit": "0.99"}),
    ("units", {"model": "python-chars", "sentence": CODE, "property": "blank", "lines": "1", "sort": "lost"}),
    ("units", {"model": "tagger", "sentence": DOGS, "property": "column x", "held": "own", "held_out": "a"}),
    ("units", CORPUS | {"model": "copy", "unit": "0.9", "brush": "0-1", "sentence": "b.?", "sort": "lost"}),
    ("compare", FISH | {"state_b": "reset", "sentence_b": FISH["sentence"]}),
    ("lesson", {"part": "5", "cells": "10", "sentence": "Go"}),
    ("lesson", {"part": "4", "model": "tagger", "hidden_dim": "99", "step": "0", "sentence": "Go on"}),
]
