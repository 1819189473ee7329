"""Which sixty views of Memory are frozen? Every shipped model, random ones, and everything that changes a picture."""

from typing import Any, NamedTuple

DOGS = "The dog that barked at the cats ran away"
LONG = " ".join(f"word{number % 97}" for number in range(700))
LONGER = " ".join(f"w{number % 997}" for number in range(4_000))
SERIES = ", ".join(f"{20 + (number * 7) % 11}" for number in range(48))
CODE = 'def hello(name):\n    """Say it."""\n    print(f"Hello, {name}")  # aloud\n'


class View(NamedTuple):
    """A link, and the room that its picture has."""

    link: dict[str, str]
    width: int = 1000
    theme: str = "light"
    height: int | None = 620
    zoom: tuple[float, float] | None = None
    columns: int = 832
    """For how many columns a stack has room."""


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
    View(SIZES, height=None),
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
    View(TAGGER | {"top": "all", "rows": "similarity"}, height=None),
    View(TAGGER | {"pin": "0.40.5"}),
    View(TAGGER | {"holds": "w.2 w.3"}),
    View(TAGGER | {"holds": "c.0.all.4_0"}),
    View(TAGGER | {"sentence": LONG}),
    View(TAGGER | {"sentence": LONG}, zoom=(99.5, 119.5)),
    View(TAGGER | {"sentence": LONG[:420]}, width=700),
    View(TAGGER | {"sentence": "<b>Giraffes</b> & antidisestablishmentarianism 字 🦒 run"}),
    View(TAGGER | {"sentence": "Donaudampfschiffahrtsgesellschaft is a word"}, width=420),
    # Both directions.
    View(BOTH),
    View(BOTH, width=700),
    View(BOTH, width=360, height=700),
    View(BOTH | {"quantities": "ch", "pin": "0.3.4.1"}),
    View(BOTH | {"sentence": LONG[:1500]}, columns=402),
    # Answers of other kinds.
    View({"model": "sentiment", "sentence": "not a good film at all"}),
    View({"model": "sentiment", "sentence": "not a good film at all", "holds": "i.0.all.2_0"}, theme="dark"),
    View(CHARS),
    View(CHARS, width=500),
    View(CHARS | {"sentence": CODE * 8, "pin": "0.48.12"}),
    View(CHARS | {"sentence": CODE * 60}, zoom=(1000.0, 1080.0)),
    View({"model": "counter", "sentence": "aaaabbb"}),
    View({"model": "counter", "sentence": "a" * 120 + "b" * 100}),
    View({"model": "counter", "sentence": "a" * 120 + "b" * 100}, width=400, height=600, columns=376),
    View({"model": "brackets", "sentence": "((()())(()))()"}),
    View({"model": "copy", "sentence": "b" + "." * 40 + "?"}),
    View(NUMBERS),
    View(NUMBERS, width=380),
    View(NUMBERS, zoom=(9.5, 19.5), theme="dark"),
    View(random(sentence=SERIES, tokens="numbers")),
    # Untrained ones.
    View(random()),
    View(random(sentence=DOGS, hidden_dim=17)),
    View(random(sentence=DOGS, hidden_dim=64, input_dim=65)),
    View(random(sentence=DOGS, hidden_dim=200), width=900, height=None),
    View(TWO),
    View(TWO, width=560, height=800),
    View(TWO | {"directions": "2", "layers": "1"}, width=1400),
    View(TWO | {"n_layers": "4", "directions": "2"}, width=1600, height=800),
    View(random(sentence="abcdefghij", tokens="characters", hidden_dim=2, input_dim=1)),
    View(random(sentence=LONGER)),
    View(random(sentence=LONGER, hidden_dim=24, n_layers=2), zoom=(1000.0, 2999.0), columns=402),
    View(random(sentence=LONGER, hidden_dim=512), width=800, columns=632),
]
