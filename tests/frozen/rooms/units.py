"""What is listed and said of units, in a text and of what is known? The room `units`."""

from typing import Any

from frozen.links import CODE, DOGS, SERIES
from gatescope.corpus.view import UnitPlace
from gatescope.question import link
from gatescope.question.opening import usual
from gatescope.question.view import Source
from gatescope.reading.read import read
from gatescope.unit_list import kept, list_data, listing, samples, sentences, tracking, words, workings
from gatescope.unit_list.view import Units, parts
from gatescope.units_page import panel
from gatescope.units_page.in_text import opened, truth_in
from lstm_core import LstmCoreError

SECOND = 'x = 1  # it\'s one\ny = "two"\n'
TAGGER, TWO = {"model": "tagger", "sentence": DOGS}, {"n_layers": "2", "directions": "2", "sentence": DOGS}
ROWS = "load wind\n" + "\n".join(f"{number % 5} {number % 3 - 1.5}" for number in range(12))


def asked_in(query: dict[str, str]) -> Units:
    asked, _ = link.read(Units(usual(query)), query)
    return asked


def looked_at(query: dict[str, str]) -> Any:
    """The list of units in a text, and what is said of the opened one and of those beside it."""
    asked = asked_in(query)
    whole = read(asked.view.source)
    reading, notices = samples.first(whole)
    trace, known = reading.trace, kept.kept(asked.view.source)
    answer = tracking.answer(asked, samples.sample(asked, whole)) if asked.property else None
    shown = listing.listed(known, asked.sort, answer, trace, truth_in(reading))
    place = opened(asked, shown)
    rows = list_data.rows_of_text(shown, trace, truth_in(reading), place)
    named = reading.steps(len(reading.tokens))
    said = []
    for other in [place, *shown.places[:6]]:
        told, c = shown.told.get(other), list_data.series(trace, other)
        so = truth_in(reading)(told.property) if told else None
        works = workings.works(trace, other, named, so, told.property if told else "")
        missed = workings.misses(told, c, so, reading.tokens, "word") if told and so is not None else ""
        said.append([works, missed, workings.works(trace, other, named, None)])
    c = list_data.series(trace, place)
    return {
        "rows": [row | {"c": row["c"][:8], "gates": None} for row in rows],
        "gates": [row["gates"] for row in rows if row["open"]],
        "heads": list_data.heads(known),
        "reach": list_data.reach_of(rows),
        "notices": notices,
        "said": said,
        "claims": shown.known and sentences.opens_on(known, shown.opens, reading.model),
        "moves": sentences.moves_most(place, shown.places, (c.min(), c.max())),
        "tracks": answer and [sentences.tracks(answer, shown.places), sentences.chance(answer)],
        "coloured": panel.coloured(named, c, True),
        "most": samples.most_steps(reading),
    }


def sampled(query: dict[str, str]) -> Any:
    """The sequences on which a property is looked for, and held out; and what may be asked of them."""
    asked = asked_in(query)
    whole = read(asked.view.source)
    try:
        found = samples.sample(asked, whole)
    except LstmCoreError as error:
        return f"{error}"
    every = found.found or [whole]
    return {
        "sequences": [
            [one.tokens, one.trace.c[:, :, -1].flatten()[:2], one.series and [one.series.times, one.series.values[-1]]]
            for one in (*found.found, *found.held)
        ],
        "of": [len(found.found), len(found.held)],
        "notices": found.notices,
        "quick": tracking.is_quick(found),
        "every": tracking.every(every),
        "kinds": tracking.kinds(every),
        "offered": {kind: tracking.offered(kind, every)[:9] for kind in tracking.kinds(every)},
        "traced": [tracking.traced(one)[-1][:4] for one in found.found],
    }


def known(source: Source) -> Any:
    """What is known of a model's units, in every order, and what is said of it."""
    found, model = kept.kept(source), read(source).model
    opens = kept.finding(found)
    orders = {sort: kept.in_order(found, sort, opens) for sort in ("tracks", "keeps", "lost")}
    return {
        "texts": [found.texts, found.cost, found.whole, sentences.unseen(found, model)],
        "orders": {sort: [f"{unit.place}" for unit in order[:20]] for sort, order in orders.items()},
        "opens": sentences.opens_on(found, opens, model),
        "none": sentences.opens_on(found, None, model),
        "other": kept.finding(found, lambda unit, _: unit.place.unit % 2 == 1),
        "held": sentences.held_at_mean(found, model),
        "heads": list_data.heads(found),
        "units": [
            [
                unit.keeps,
                sentences.lost(found, unit),
                sentences.without(found, unit, model),
                kept.shown_as(found, unit),
                [told.share() for told in unit.told],
                panel.tracked(unit.told, "x"),
                [sentences.pairs(told, "word") for told in unit.told[:2]],
            ]
            for unit in orders["tracks"][:5]
        ],
    }


PROPERTIES = (
    "bracket depth",
    "inside a string",
    "blank",
    "count of a",
    "has seen b",
    "time since (",
    "surplus of a over b",
    "model says ADP",
    "model says end",
    "column column 1",
    "column load",
    "inside quotes",
    "word length",
)

CASES = {
    "a tagger": lambda: looked_at(TAGGER),
    "a tagger, what is kept longest": lambda: looked_at(TAGGER | {"sort": "keeps", "unit": "0.5"}),
    "a tagger, what is lost": lambda: looked_at(TAGGER | {"sort": "lost", "unit": "0.999"}),
    "a property of a tagger": lambda: looked_at(TAGGER | {"property": "model says NOUN", "held": "none"}),
    "a property that was searched, in another order": lambda: looked_at(
        TAGGER
        | {"property": "word length", "sort": "lost", "held": "own", "held_out": "A much longer sentence than it"}
    ),
    "characters of code": lambda: looked_at({"model": "python-chars", "sentence": CODE}),
    "a property of code": lambda: looked_at(
        {"model": "python-chars", "sentence": CODE + SECOND, "property": "inside a string", "unit": "0.3"}
    ),
    "a count": lambda: looked_at({"model": "counter", "sentence": "aaaabbb"}),
    "brackets": lambda: looked_at({"model": "brackets", "sentence": "((()())(()))()"}),
    "a copy": lambda: looked_at({"model": "copy", "sentence": "b" + "." * 30 + "?"}),
    "films": lambda: looked_at({"model": "sentiment", "sentence": "It is not a good film , but I like it"}),
    "both ways": lambda: looked_at({"model": "tagger-bi", "sentence": DOGS}),
    "a series": lambda: looked_at({"model": "series", "sentence": SERIES}),
    "sizes": lambda: looked_at({"model": "tagger-sizes", "sentence": DOGS}),
    "untrained": lambda: looked_at(TWO | {"model": "random", "unit": "1.1.1"}),
    "untrained, what is kept longest": lambda: looked_at(TWO | {"model": "random", "sort": "keeps"}),
    "untrained, a property": lambda: looked_at(
        TWO | {"model": "random", "property": "surplus of dog over cats", "held": "none", "sort": "keeps"}
    ),
    "untrained numbers": lambda: looked_at({"model": "random", "tokens": "numbers", "sentence": ROWS, "sort": "lost"}),
    "a line for each sequence": lambda: sampled({"model": "python-chars", "sentence": CODE, "lines": "1"}),
    "halves of lines": lambda: sampled({"model": "python-chars", "sentence": CODE}),
    "halves of five lines": lambda: sampled({"model": "tagger", "sentence": "a b\nc d e\n\n f\ng h\ni"}),
    "one line has no half": lambda: sampled(TAGGER),
    "another text": lambda: sampled(TAGGER | {"held": "own", "held_out": "They run\nWe ran", "lines": "1"}),
    "no other text": lambda: sampled(TAGGER | {"held": "own", "held_out": " "}),
    "nothing held out": lambda: sampled(TWO | {"model": "random", "held": "none"}),
    "symbols": lambda: sampled({"model": "counter", "sentence": "aaabbb"}),
    "brackets in lines": lambda: sampled({"model": "brackets", "sentence": "(())\n()\n((", "lines": "1"}),
    "both ways in halves": lambda: sampled({"model": "tagger-bi", "sentence": "They run\nWe ran"}),
    "rows in halves": lambda: sampled({"model": "random", "tokens": "numbers", "sentence": ROWS}),
    "three rows": lambda: sampled({"model": "random", "tokens": "numbers", "sentence": "1 2\n3 4\n5 6"}),
    "other rows": lambda: sampled(
        {"model": "random", "tokens": "numbers", "sentence": ROWS, "held": "own", "held_out": "load wind\n1 2\n3 4"}
    ),
    "other columns": lambda: sampled(
        {"model": "random", "tokens": "numbers", "sentence": ROWS, "held": "own", "held_out": "load sun\n1 2\n3 4"}
    ),
    "other rows that are none": lambda: sampled(
        {"model": "random", "tokens": "numbers", "sentence": ROWS, "held": "own", "held_out": "none"}
    ),
    "a series in halves": lambda: sampled({"model": "series", "sentence": SERIES}),
    **{
        f"what is known of {model}": lambda model=model: known(Source(model=model))
        for model in (
            "tagger",
            "tagger-bi",
            "tagger-sizes",
            "sentiment",
            "counter",
            "brackets",
            "copy",
            "series",
            "python-chars",
        )
    },
    "what properties are called": lambda: [
        [
            parts(name),
            words.kind(parts(name).kind),
            words.named(name),
            words.told(name, 1),
            words.told(name, -1),
            words.in_full(name),
            words.claims(name),
            words.is_true(name),
        ]
        + [words.knows(name, sign) for sign in (1, -1)]
        for name in PROPERTIES
    ],
    "how units are named": lambda: [
        [name(place, some) for place in some for name in (sentences.unit_named, list_data.number_of)]
        for some in ([UnitPlace(0, 0, 3), UnitPlace(0, 1, 4)], [UnitPlace(0, 0, 3), UnitPlace(1, 0, 3)])
    ],
    "shares": lambda: [sentences.share(part) for part in (0, 0.0004, 0.0994, 0.0996, 0.5)],
}
