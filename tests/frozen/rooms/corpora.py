"""What is found and said of units in texts that are scanned? The room `corpus`."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from frozen.links import CODE, DOGS, LONG
from gatescope.corpus import read_again, scanned, sentences, strongest, to_memory, unit_rows, where_else
from gatescope.corpus.model import model_to_scan
from gatescope.corpus.texts import fitting, pieces, texts_of
from gatescope.corpus.view import Corpus, UnitPlace, model_of
from gatescope.corpus.worst import worst
from gatescope.question import link
from gatescope.question.view import Source
from gatescope.store import text_files
from gatescope.unit_list.kept import kept
from gatescope.unit_list.listing import in_corpus_order
from gatescope.units_page.passages_of_texts import line_of
from lstm_core import LstmCoreError, Scan

STORY = (
    "\n\n".join(
        f"{DOGS}. {' '.join(['They', 'can', 'fish', 'in', 'a', 'can'][: 2 + part % 5])}.\n" * (1 + part * 3 % 7)
        for part in range(12)
    )
    + "x" * 1_100
    + " "
    + LONG[:2_300]
)
REVIEWS = 'stars;text;id\n5;"A good film, and\nlong enough";1\n1;not a good film at all;22\n3;;4\n'
SERIES = "\n".join(f"{20 + (row * 7) % 11}" for row in range(2_150))


@cache
def file(name: str, text: str) -> str:
    return text_files.keep(name, text.encode())


def of_file(model: str, name: str, text: str, **more: Any) -> Corpus:
    return Corpus(Source(model=model, **more.pop("source", {})), "opened", opened=file(name, text), **more)


def cut(asked: Corpus, most: int = 10**6) -> Any:
    """The pieces of a corpus."""
    model = model_to_scan(asked.source)
    try:
        found = texts_of(asked.texts, model, most, asked.opened)
    except LstmCoreError as error:
        return f"{error}"
    shown = [
        [np.asarray(one.text).size if model.reads == "numbers" else one.text[:30], one.name, one.line]
        for one in found.pieces
    ]
    return shown, found.steps, found.of


def said_of(scan: Scan, place: UnitPlace) -> Any:
    """What is said of a unit in a corpus."""
    return [
        f"{place}",
        sentences.gates_said(scan, place),
        sentences.reaches(scan, place),
        sentences.unit_named(scan, place),
        sentences.side_named(place),
        strongest.reach_of(scan, place),
        [sentences.relative(scan, other, r) for other, r in strongest.related(scan, place)],
    ]


def found_in(asked: Corpus) -> Any:
    """All that is found in a corpus and said of it."""
    model, found = model_to_scan(asked.source), scanned.scanned(asked)
    scan = found.scan
    order = {sort: in_corpus_order(kept(asked.source), sort, scan).places[:9] for sort in ("tracks", "keeps", "lost")}
    some = dict.fromkeys([*order["tracks"][:2], order["keeps"][0], unit_rows.places(scan)[-1]])
    wanted = [
        strongest.Wanted(place, sign, most)
        for place, sign, most in zip(order["tracks"][:3], (1, -1, 1), (5, 3, 1), strict=True)
    ]
    moments = strongest.strongest(asked, found, wanted)
    least = worst(asked, found)
    return {
        "scan": [scan.texts, scan.steps, scan.origin.model, scan.model is None, len(found.texts.pieces)],
        "order": {sort: [f"{place}" for place in places] for sort, places in order.items()},
        "told": [said_of(scan, place) for place in some],
        "said": [
            sentences.title_of(asked),
            sentences.what_was_scanned(asked, found, model),
            sentences.how_it_reads(asked, found, model),
            sentences.how_worst(model),
        ],
        "sides": [f"{place}" for place in unit_rows.sides(scan)],
        "moments": {
            f"{place}": [line_of(one, found.texts.pieces, model) for one in those] for place, those in moments.items()
        },
        "links": [
            to_memory.query_of(asked.source, found.texts.pieces[one.text], found.texts.steps[one.text], one, place)
            for place, those in moments.items()
            for one in those[:2]
        ],
        "worst": [[line_of(one, found.texts.pieces, model, "x", "{:.2f}".format), one.begins] for one in least],
        "bytes": len(least) and read_again.bytes_of(least) > 0,
    }


def elsewhere(asked: Corpus) -> Any:
    """Where else a stretch of a text is."""
    found, model = scanned.scanned(asked), model_to_scan(asked.source)
    reading, wanted = where_else.brushed(asked)
    told: list[float] = []
    hits = where_else.hits(asked, found, wanted, told.append) if wanted.units else None
    first, last = asked.brush
    said = sentences.pattern_in_words(wanted, reading.tokens[first : last + 1], " ")
    passages = hits and [line_of(one, found.texts.pieces, model) for one in hits.passages]
    return wanted.units, said, hits and [hits.table, passages, sentences.hit_count(len(hits.table), 1_000)], told


def some_rows(**bounds: Any) -> Any:
    scan = scanned.scanned(STORIES).scan
    rows = unit_rows.rows(scan, Corpus(**bounds))
    return rows["unit"].tolist(), len(rows)


STORIES = of_file("tagger", "story.txt", STORY)
TALES = of_file("random", "story.txt", STORY[:3_000], source={"n_layers": 2, "directions": 2, "hidden_dim": 5})
COUNTS = of_file("counter", "counts.txt", "aaabbb\n\naab\n\n" * 9)

CASES = {
    "a story": lambda: cut(STORIES),
    "a part of a story": lambda: cut(STORIES, 400),
    "one piece of a story": lambda: cut(STORIES, 1),
    "just the pieces of a story": lambda: cut(STORIES, sum(cut(STORIES)[1])),
    "a table of reviews": lambda: cut(of_file("sentiment", "reviews.CSV", REVIEWS)),
    "tabs": lambda: cut(of_file("tagger", "a.tsv", "a\tb\nx\tlonger\n")),
    "a header alone": lambda: cut(of_file("tagger", "a.csv", "a,b\n")),
    "a broken table": lambda: cut(of_file("tagger", "a.csv", 'a\n"' + "x" * 200_000 + '"\n')),
    "numbers": lambda: cut(of_file("series", "a.csv", "load\n" + SERIES)),
    "a thousand rows": lambda: cut(of_file("series", "a.csv", "load\n" + "\n".join("1" * 1_000))),
    "other numbers": lambda: cut(of_file("series", "a.csv", "a,b\n1,2\n3,4")),
    "no text": lambda: cut(of_file("tagger", "a.bin", "a\0b")),
    "no file": lambda: cut(Corpus(Source(model="tagger"), "opened")),
    "nothing that is known": lambda: cut(of_file("series", "a.csv", "none")),
    "texts that do not fit": lambda: cut(Corpus(Source(model="counter"), "library")),
    "texts that were taught": lambda: cut(Corpus(Source(model="counter"), "taught"), 100),
    "what fits": lambda: [fitting(model_to_scan(Source(model=name))) for name in ("tagger", "counter", "python-chars")],
    "pieces": lambda: [
        [[one.text[:9], len(one.text), one.line] for one in pieces(text, "a")]
        for text in (
            "",
            " \n",
            "a" * 999 + "\n",
            "a" * 1_000,
            "a" * 1_001,
            "a " * 499 + "bb",
            "a b\n" * 300,
            ("a " * 260 + "\n\n") * 3,
            "x" * 499 + "\n" + "y" * 900,
            "x" * 500 + "\n" + "y" * 900,
            "a\n \t\nb" * 400,
            " " * 1_200 + "b",
        )
    ],
    "units in a story": lambda: found_in(STORIES),
    "units of two layers": lambda: found_in(TALES),
    "units in code": lambda: found_in(of_file("python-chars", "code.py", CODE * 40)),
    "units in counts": lambda: found_in(COUNTS),
    "units in a series": lambda: found_in(of_file("series", "a.csv", "load\n" + SERIES)),
    "units of sizes": lambda: found_in(of_file("tagger-sizes", "story.txt", STORY[:2_000])),
    "units in reviews": lambda: found_in(of_file("sentiment", "reviews.csv", REVIEWS)),
    "elsewhere in a story": lambda: elsewhere(
        replace(STORIES, brush=link_brush("2-4"), source=Source(model="tagger", sentence=DOGS))
    ),
    "elsewhere, and nearly always on": lambda: elsewhere(
        replace(STORIES, brush=link_brush("1-6"), threshold=0.05, source=Source(model="tagger", sentence=DOGS))
    ),
    "nowhere else": lambda: elsewhere(
        replace(STORIES, brush=link_brush("0-8"), threshold=0.95, source=Source(model="tagger", sentence=DOGS))
    ),
    "elsewhere in another layer": lambda: elsewhere(
        replace(
            TALES,
            brush=link_brush("2-3"),
            threshold=0.05,
            side=UnitPlace(1, 1),
            source=replace(TALES.source, sentence=DOGS),
        )
    ),
    "elsewhere in counts": lambda: elsewhere(
        replace(COUNTS, brush=link_brush("3-4"), source=Source(model="counter", sentence="aaabbb"))
    ),
    "rows in bounds": lambda: [
        some_rows(),
        some_rows(by="c to"),
        some_rows(by="f open", at_least=0.25),
        some_rows(by="c from", at_most=-0.9),
        some_rows(by="i shut", at_least=0.1, at_most=0.3),
        some_rows(by="o open", at_least=0.0, at_most=0.0),
    ],
    "moments apart": lambda: [
        strongest.apart([(0, 5, 9.0), (0, 25, 8.0), (0, 26, 7.0), (1, 5, 6.0), (0, 4, 5.0)], most) for most in range(6)
    ],
    "links": lambda: [
        link.query(link.read(Corpus(), query)[0]) + "; ".join(link.read(Corpus(), query)[1])
        for query in (
            {"unit": "1.2.1"},
            {"unit": "1.2.2"},
            {"brush": "3-3"},
            {"brush": "3-2"},
            {"size": "20000"},
            {"size": "20001"},
            {"at_least": "0.5", "at_most": "x"},
            {"side": "1.0.1"},
            {"side": ""},
            {"threshold": "0.95"},
            {"threshold": "0.96"},
            {"by": "c to"},
            {"texts": "topics"},
        )
    ],
    "sources of a model": lambda: [
        model_of(Source(model=name, hidden_dim=9, sentence="x", file="y"))
        for name in ("random", "tagger-sizes", "tagger")
    ],
    "untrained numbers": lambda: cut_refused(Source(tokens="numbers")),
    "a model that is gone": lambda: cut_refused(Source(model="own-none")),
}


def link_brush(text: str) -> Any:
    return link.read(Corpus(), {"brush": text})[0].brush


def cut_refused(source: Source) -> str:
    try:
        model_to_scan(source)
    except LstmCoreError as error:
        return f"{error}"
    raise AssertionError
