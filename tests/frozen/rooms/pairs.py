"""What is said and drawn of two readings? The room `comparing`."""

from typing import Any

from torch import nn

from frozen.links import DOGS, LONG, SERIES
from frozen.rooms.drawers import cell_of
from gatescope.comparing import drawn, sentences
from gatescope.comparing.candidates import candidates, spelling
from gatescope.comparing.carrier import carrier, unseen
from gatescope.comparing.first_reading import first_reading
from gatescope.comparing.rivals import rivals
from gatescope.comparing.two_readings import two, where_they_differ
from gatescope.comparing.view import another_model, names, nearest, query_of, read_pair
from gatescope.question import link
from gatescope.question.view import Source
from gatescope.reading.read import read
from gatescope.wording.sentences import read_by, steps_are
from lstm_core.plots.palette import look

FISH = {"model": "tagger", "sentence": "They can fish in a can", "sentence_b": "They can swim in a can"}
RATED = {"model": "sentiment", "sentence": "It is not a good film", "sentence_b": "It is a good film"}


def compared(query: dict[str, str]) -> Any:
    """All that is said and drawn of the pair that a link names."""
    pair, notices = read_pair(query)
    a, b = read(pair.a.reads()), read(pair.b.reads())
    found = two(pair.a, a, pair.b, b)
    said = {"notices": notices, "query": query_of(pair), "read": read_by(pair.b.reads(), b, found.b)}
    titles = [sentences.title(letter, side) for letter, side in (("A", pair.a), ("B", pair.b))]
    if not pair.is_of_texts:
        return said | {
            "models": drawn.two_models(found, titles, look("teal", "light")),
            "texts": drawn.two_texts(pair, found, None, sentences.models_differ(found), "", look("teal", "dark"))
            if found.a.c.shape == found.b.c.shape
            else None,
            "another": found.answer_alike and found.models[0] and where_they_differ(pair, found.models[0]),
        }
    turned = found.carried()
    by = None if turned is None else carrier(found, turned)
    head = sentences.no_answer_turns(found) if turned is None else sentences.headline(found, turned)
    return said | {
        "texts": drawn.two_texts(pair, found, by, head, sentences.carries(found, by), look("teal", "light")),
        "effect": sentences.effect(found, turned),
        "by": by,
        "unseen": by and unseen(found, by),
    }


def changed(source: Source) -> Any:
    """The changes of one token that are tried, and those that turn an answer."""
    reading = read(source)
    steps = min(len(reading.tokens), 40)
    tried = candidates(source, reading, steps, 3)
    found = rivals(source, reading)
    unit = steps_are(source, reading)
    said = sentences.no_rival(found, unit, reading.model is not None)
    return tried, found.found[:12], len(found.found), found.tried, found.smallest, said


def turned(source: Source, number: int = 0) -> Any:
    """A text, and one of its rivals."""
    found = rivals(source, read(source))
    text = [*found.found, found.smallest][number].text
    return compared({**{name: f"{value}" for name, value in link.said(source).items()}, "sentence_b": text})


# Of each kind of claim that there is a pair for it: one unit or several, alone or not.
CLAIMS = (
    ("brackets", "))((()", ")((("),
    ("brackets", "))((", "(()))("),
    ("brackets", ")))))(", ")()()"),
    ("brackets", ")(()()", "((((()"),
    ("counter", "ab", "aab"),
    ("copy", "a?", "c..?"),
    ("tagger", "They They boat can the a", "They dog boat can the a"),
    ("tagger", "in that runs aim You fish", "in of runs aim You fish"),
    ("tagger", "not the boat dog a here", "not can boat dog a here"),
    ("tagger", "fish run runs swim fish the", "fish of runs swim fish the"),
    ("sentiment", "at a good film It all is", "at a good but It all is"),
    ("sentiment", "I good a like all but", "bad good a like all but"),
    ("python-chars", "x = 'ab ) + 1", 'x = "ab) + 1'),
    ("tagger-bi", "dog the dog a swim", "dog the dog We swim"),
    ("series", SERIES, SERIES.replace("30", "0", 1)),
)
LAYERS = {"model": "tagger-sizes", "hidden_dim": "8", "n_layers": "2", "input_dim": "8"}


def pair_of(model: str, a: str, b: str) -> dict[str, str]:
    return {"model": model, "sentence": a, "sentence_b": b}


def made_up(model: str, a: str, b: str) -> Any:
    """Two readings and the carrier of what turns last."""
    pair, _ = read_pair(pair_of(model, a, b))
    found = two(pair.a, read(pair.a.reads()), pair.b, read(pair.b.reads()))
    return pair, found, carrier(found, found.carried())


def unseen_difference() -> Any:
    """A difference that is kept behind a gate: of one that is drawn, with the gate nearly shut in between."""
    _, found, by = made_up("python-chars", "x = 'ab) + 1", 'x = "ab) + 1')
    unit, told = by.units[0], []
    for shut, alike in ((0.05, True), (0.1, True), (0.11, True), (0.05, False)):
        gates = []
        for trace in (found.a, found.b):
            o = trace.o.clone()
            o[0, 0, :, 0, unit] = shut
            gates.append(trace.with_values(o=o))
        said = found.said if not alike else (found.said[0], found.said[0].clone())
        kept = found._replace(a=gates[0], b=gates[1], said=said)
        here = unseen(kept, by)
        told.append([here, here and sentences.unseen(kept, by, here)])
    return told


def carried_by_none() -> Any:
    """What is said and drawn where all of c does not turn the answer."""
    pair, found, by = made_up("tagger", "in that runs aim You fish", "in of runs aim You fish")
    by = by._replace(units=[])
    said = sentences.carries(found, by)
    return said, drawn.two_texts(pair, found, by, "", said, look("teal", "light"))["carrier"]


CASES = {
    "a word that turns the last tag": lambda: compared(FISH),
    "a word less": lambda: compared(RATED),
    "a word more": lambda: compared({**RATED, "sentence": RATED["sentence_b"], "sentence_b": RATED["sentence"]}),
    "words at both ends": lambda: compared(FISH | {"sentence_b": "We can fish in a boat of tin"}),
    "another beginning": lambda: compared(
        {"model": "tagger", "sentence": "You aim here", "sentence_b": "Your aim here"}
    ),
    "the same text": lambda: compared(FISH | {"sentence_b": FISH["sentence"]}),
    "one goes on": lambda: compared(FISH | {"sentence": "They can", "sentence_b": "They can fish"}),
    "a symbol": lambda: compared({"model": "copy", "sentence": "b....?", "sentence_b": "a....?"}),
    "a symbol at the end": lambda: compared({"model": "copy", "sentence": "b....", "sentence_b": "b...?"}),
    "a count": lambda: compared({"model": "counter", "sentence": "aaabbb", "sentence_b": "aabbbb"}),
    "brackets": lambda: compared({"model": "brackets", "sentence": "((()))()", "sentence_b": "(())))()"}),
    "characters": lambda: compared({"model": "python-chars", "sentence": "x = 'ab + 1", "sentence_b": "x = (ab + 1"}),
    "a series": lambda: compared({"model": "series", "sentence": SERIES, "sentence_b": SERIES.replace("27", "20", 1)}),
    "both directions": lambda: compared(
        {"model": "tagger-bi", "sentence": "They can fish", "sentence_b": "They can swim"}
    ),
    "a text that is long": lambda: compared(
        {"model": "tagger", "sentence": LONG[:1500], "sentence_b": LONG[:1500].replace("word40", "not", 1)}
    ),
    "untrained, two layers": lambda: compared(
        {"model": "random", "n_layers": "2", "sentence": "hello old friend", "sentence_b": "hello new friend"}
    ),
    "a GRU": lambda: compared(cell_of(nn.GRU, 2) | {"sentence_b": "They fish fish in a can"}),
    "an RNN": lambda: compared(cell_of(nn.RNN) | {"sentence_b": "a can fish in a can"}),
    "an LSTM of two layers": lambda: compared(cell_of(nn.LSTM, 2) | {"sentence_b": "in can fish in a can"}),
    "a set of two layers": lambda: compared(cell_of(nn.LSTM, 2, gives="set") | {"sentence_b": "a can fish in a can"}),
    "two sizes": lambda: compared({"model": "tagger-sizes", "sentence": DOGS, "hidden_dim_b": "16"}),
    "two models of one task": lambda: compared({"model": "tagger", "model_b": "tagger-sizes", "sentence": DOGS}),
    "two kinds of answers": lambda: compared({"model": "tagger", "model_b": "sentiment", "sentence": "a good film"}),
    "each step from nothing": lambda: compared({"model": "tagger", "sentence": DOGS, "state_b": "reset"}),
    "two seeds": lambda: compared({"model": "random", "sentence": DOGS, "seed_b": "4", "n_layers": "2"}),
    "two texts by two models": lambda: compared(
        {"model": "tagger", "model_b": "tagger-bi", "sentence": "You aim", "sentence_b": "Your aim here"}
    ),
    "two models over a long text": lambda: compared(
        {"model": "tagger", "model_b": "tagger-bi", "sentence": LONG[:1600]}
    ),
    **{f"claim {number}": lambda claim=claim: compared(pair_of(*claim)) for number, claim in enumerate(CLAIMS)},
    "units of the first layer": lambda: compared(
        LAYERS | {"sentence": "swim that swim in Your swim", "sentence_b": "swim in swim in Your swim"}
    ),
    "a unit of the first layer": lambda: compared(
        LAYERS | {"sentence": "run the swim in run swim", "sentence_b": "run boat swim in run swim"}
    ),
    "an unseen difference": unseen_difference,
    "units that do not carry it": carried_by_none,
    "what a link of a pair can say": lambda: [
        sorted(names()),
        [nearest([0, 5, 10], asked) for asked in (None, 0, 4, 5, 99)],
    ],
    "another model": lambda: [
        another_model(Source(model=model, hidden_dim=units))
        for model, units in (
            ("random", 3),
            ("tagger-sizes", 15),
            ("tagger-sizes", 16),
            ("tagger", 3),
            ("tagger-bi", 3),
            ("copy", 3),
        )
    ],
    "spellings": lambda: [
        spelling(a, b)
        for a, b in (
            ("a", "b"),
            ("a", "1"),
            ("kitten", "sitting"),
            ("", "ab"),
            ("x" * 24, "y" * 24),
            ("x" * 25, "x" * 25),
            ("abc", "abc"),
            ("ab", "ba"),
        )
    ],
    "an impossible link": lambda: compared(FISH | {"state": "x", "epoch_b": "-1", "hidden_dim_b": "99999"}),
    "changes of words": lambda: changed(Source(model="tagger", sentence="They can fish, I 's run")),
    "changes of few words": lambda: changed(Source(model="sentiment", sentence="It is good")),
    "changes of untrained words": lambda: changed(Source(sentence="The giraffes run")),
    "changes of characters": lambda: changed(Source(model="python-chars", sentence="x = 'a1'\n")),
    "changes of symbols": lambda: changed(Source(model="brackets", sentence="(())()")),
    "changes of a count": lambda: changed(Source(model="counter", sentence="aaabb")),
    "changes of untrained characters": lambda: changed(Source(sentence="ab", tokens="characters")),
    "changes of a series": lambda: changed(Source(model="series", sentence=SERIES)),
    "changes of untrained numbers": lambda: changed(Source(sentence="1, 2.50; 3 2", tokens="numbers")),
    "changes of a table": lambda: changed(Source(sentence="1 2\n3 4\n5 6", tokens="numbers")),
    "changes both ways": lambda: changed(Source(model="tagger-bi", sentence="They can fish")),
    "one word": lambda: changed(Source(model="tagger", sentence="They")),
    "the first rival": lambda: turned(Source(model="tagger", sentence=DOGS)),
    "the first rival of a film": lambda: turned(Source(model="sentiment", sentence="It is not a good film")),
    "the second rival of symbols": lambda: turned(Source(model="brackets", sentence="(()())"), 1),
    "the first rival of a series": lambda: turned(Source(model="series", sentence=SERIES)),
    "the smallest change": lambda: turned(Source(sentence="The old giraffes run home")),
    "what the page opens on": lambda: [
        first_reading(Source(model=model, sentence=text))
        for model, text in (
            ("tagger-sizes", "Giraffes in a field"),
            ("tagger", "Giraffes in a field"),
            ("random", "a b"),
            ("counter", "ab"),
            ("sentiment", "a"),
        )
    ],
}
