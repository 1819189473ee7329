"""What do links and texts become, and what is said of them? The rooms `question`, `live`, `picture`, `reading`."""

import contextlib
from typing import Any

import torch
from torch import nn
from unpacking import unpacked

import lstm_core
from frozen.figures import gru, run
from frozen.links import DOGS, LONG, SERIES
from frozen.rooms.drawers import FISH, cell_of
from frozen.rooms.files import recorded as recorded_link
from gatescope.checkpoint import opening as opened_files
from gatescope.drawing import lesson_strips
from gatescope.lesson import cell, kinds, kinds_sentences
from gatescope.lesson import sentences as of_lesson
from gatescope.lesson.view import LessonView
from gatescope.live import asked, scenes
from gatescope.live.first_paint import expected
from gatescope.live.shared_with_browser import handed_over
from gatescope.offline import notebook_view, shown_views
from gatescope.picture.answer import answer
from gatescope.picture.wire_format import as_sent, packed
from gatescope.question import link
from gatescope.question.holds import Cell, read_cell, read_holds
from gatescope.question.opening import why
from gatescope.question.view import Source, View
from gatescope.reading import example_texts, recorded
from gatescope.reading.held import read_view, run_held
from gatescope.reading.read import read
from gatescope.store import remembered, text_files, visitor_models, visitor_traces
from gatescope.store.budgets import Budget
from gatescope.train_one import own_examples
from gatescope.wording import escape_markdown, health, sentences
from lstm_core.models.untrained import lesson, random_lstm, three_ways
from lstm_core.plots.palette import look
from lstm_core.traces.summary import Proof

LIGHT = look("teal", "light")


def header(query: dict[str, str], room: int = 900, zoom: Any = None, pinned: Cell | None = None) -> Any:
    """All that comes back for a link beside the numbers of its strips."""
    sent = unpacked(answer(query, room, zoom, pinned))
    stacks = [{**stack, "values": None, "weights": stack["weights"]} for stack in sent["stacks"]]
    return {**sent, "stacks": stacks, "examples": [*sent["examples"]]}


def tried(ask: Any, *values: Any) -> Any:
    """What comes back of each value, or the sentence of why nothing does."""
    found = []
    for value in values:
        try:
            found.append(ask(value))
        except ValueError as error:
            found.append(f"{error}")
    return found


def linked(query: dict[str, str]) -> Any:
    view, notices = example_texts.view_in(query)
    found = link.read(View(), query)[0]
    return link.values(view), notices, link.query(view), link.in_full(view), link.difference(found, view)


def reading_of(query: dict[str, str]) -> Any:
    """A reading, without its numbers."""
    found = read_view(example_texts.view_in(query)[0])
    one, trace = found.reading, found.reading.trace
    said = sentences.caption(Source(), one, trace, found.holds) if trace else ""
    elsewhere = sentences.made_elsewhere(trace, one) if trace else ""
    return {
        "tokens": [one.tokens[:5], one.tokens[-1:], len(one.tokens)],
        "notices": one.notices,
        "shapes": sentences.shapes(one),
        "said": [said, elsewhere, trace and sentences.called_here(trace), trace and sentences.proof(trace)],
        "unread": [one.unread, one.is_readable, one.parameters, one.steps(3)],
        "holds": f"{found.holds}",
        "last": trace and [trace.c[:, :, -1].flatten()[:3], trace.f[:, :, :, 0, 0], trace.h.sum(), trace.c.sum()],
        "unheld": found.unheld is not None and found.unheld[-1][:4],
        "examples": [*example_texts.examples(one.model, "words")],
    }


def of_the_lesson(source: Source, step: int, same_start: bool) -> Any:
    """All sentences and pictures of the lesson about one reading."""
    reading = read(source)
    trace = reading.trace
    unit = cell.telling_unit(trace, step)
    found = lstm_core.anatomy(reading.lstm, trace, layer=0, direction=0, unit=unit, time=step)
    features, units = trace.x.shape[-1], trace.h.shape[-1]
    ways = three_ways(lesson(features, units, 5, source.seed), same_start=same_start)
    said = [
        of_lesson.words_become_numbers(trace),
        of_lesson.code_of_a_call(trace),
        of_lesson.one_cell(trace, reading.tokens, unit, step),
        of_lesson.loop(trace, step),
        of_lesson.worked_out(found),
        of_lesson.printed(trace),
        of_lesson.why_they_differ(ways, same_start),
        of_lesson.made("nn.LSTM", 3, 4, 5),
        of_lesson.shapes_through_linear(trace, 7),
    ]
    drawn = [
        lesson_strips.inputs(trace, reading.tokens, LIGHT, 700),
        lesson_strips.states(ways.reset, list("abcde"), LIGHT, 600),
        cell.drawn("lstm", trace, reading.tokens[step], step, LIGHT),
    ]
    if reading.model is not None:
        answers = reading.probabilities()
        said.append(of_lesson.through_linear(trace, reading.model, reading.tokens, step, answers))
        drawn.append(cell.answering_unit(trace, reading.model, step, answers))
        drawn.append(lesson_strips.scores(answers.T.numpy(), reading.tokens, reading.model.labels, LIGHT, 500))
    return said, drawn


def three_cells(view: LessonView) -> Any:
    found = kinds.three(view)
    said = [kinds_sentences.made(view, found), kinds_sentences.budget(10)]
    said += [kinds_sentences.untrained(found) if view.cells == "random" else kinds_sentences.trained(found)]
    step = len(found.tokens) - 1
    return said, [cell.drawn(kind.cell, kind.trace, found.tokens[step], step, LIGHT) for kind in found.kinds]


def kept(key: str) -> Any:
    found = visitor_models.kept(key)
    return found and found.name


def models_that_are_kept() -> Any:
    """Which model each key names."""
    one, two = lstm_core.load_model("counter"), lstm_core.load_model("copy")
    key = visitor_models.put(one, {0: two, 12: one}, "mine")
    keys = [
        key,
        *(visitor_models.after_epoch(key, epoch) for epoch in (None, 0, 12, 3)),
        f"{key}@x",
        "own-none",
        f"{key}@1234567890",
    ]
    traces = visitor_traces.put("run.npz", run(batch=2))
    sequences = [
        traces,
        *(visitor_traces.of_sequence(traces, number) for number in (0, 1, 2)),
        f"{traces}@x",
        "own-trace-none",
    ]
    found = [visitor_traces.kept(name) for name in sequences]
    return (
        [kept(name) for name in keys],
        [visitor_models.label(name) for name in keys],
        visitor_models.epochs(key),
        visitor_models.epochs("own-none"),
        [visitor_models.weights(name) for name in keys],
        [one and [one[0].name, one[1]] for one in found],
    )


def once() -> Any:
    """How often something that is remembered is computed."""
    calls: list[int] = []

    def find(number: int) -> str:
        calls.append(number)
        return "a" * number

    found = remembered.remembered(Budget.WORST, key=lambda number: number, bytes_of=len)(find)
    most = Budget.WORST.bytes - 1_000 - 32
    answers = [len(found(number)) for number in (3, 3, most, most, 3, most + 1, most + 1)]
    known = [found.is_known(number) for number in (3, most, most + 1)]
    used = found.used
    found.forget()
    return answers, calls, known, used, found.used


def recording_refused(**change: Any) -> str:
    with contextlib.suppress(KeyError):
        trace = run().with_values(**change)
        return tried(lambda one: recorded.first_sequence(one).sizes, trace)
    raise AssertionError


def brought() -> Any:
    """Which views of a notebook bring their scripts."""
    views = shown_views.ShownViews()
    return [views.next_brings(cell, run) for run, cell in enumerate([*"aabbbcdefghijklma", *"bcdefgh"])] + [
        views.next_brings("a", 23),
        views.next_brings("z", 23),
        views.next_brings("a", 24),
    ]


def notebook(trace: Any) -> Any:
    view = notebook_view.NotebookView(trace)
    return view.title, f"{view}", view._repr_html_().count("srcdoc"), tried(view.save, "a.htm")


def reported(name: str) -> Any:
    model = lstm_core.load_model(name)
    found = lstm_core.check(model, model.vectors(model.tokens(FISH if model.reads == "words" else "aabb")).detach())
    return [
        health.headline(found),
        health.passing(found),
        health.numbers(found),
        health.read(found),
        [health.item(row._replace(result=result)) for row in found.rows[:2] for result in ("look", "broken")],
    ]


HOLDS = (
    "f.0.1.2_0",
    "f.0.1.2_1.0001",
    "f.0.1.2_-0.1",
    "c.0.1.2_-1",
    "c.0.1.2_-9999",
    "c.0.1.2_-0.0",
    "h.3.0,4-6.all.1_0.25",
    "w.1 w.0 w.1",
    "x.0.1.2_0",
    "f.0.0-511.2_0",
    "f.0.0-512.2_0",
    "f.0.5-3,4.2_0",
    "f.0.0-255,257-512.2_0",
    "f.0.0-255,257-513.2_0",
    " ".join(["w.1"] * 40),
    " ".join(["w.1"] * 41),
    "f.0.1.2.2_0",
    "z.0.1.2_0.5",
    "n.0.1.2_0",
    "r.0.1.2_1",
    "g.0.1.2_-1",
    "g.0.1.2_-1.1",
    "o.0.1.all_0.500000",
    "i.12.1.2_0",
    "",
    " ",
    "w.1000000",
)
LINKS = (
    {},
    {"pin": "0.2.3"},
    {"sentence": "a b"},
    {"model": "none"},
    {"model": "tagger"},
    {"model": "counter", "sentence": ""},
    {"hidden_dim": "0"},
    {"hidden_dim": "512", "sentence": "x"},
    {"hidden_dim": "513"},
    {"hidden_dim": "1_0"},
    {"seed": "٣"},
    {"n_layers": " 4 "},
    {"layers": "20"},
    {"layers": "04"},
    {"quantities": "hcf"},
    {"quantities": "x"},
    {"quantities": ""},
    {"rows": "similarity", "top": "all"},
    {"rows": "x" * 60},
    {"colours": "grey"},
    {"pin": "1.2.3.1"},
    {"pin": "1.2.3.2"},
    {"holds": "f.0.all.all_0 w.1"},
    {"holds": "x"},
    {"directions": "2", "tokens": "characters"},
    {"sentence": "a\ud800b\ud83e\udd92"},
    {"file": "x", "sentence": "a"},
    {"model": "own-x"},
    {"model": "python-chars"},
)
READ = (
    {"model": "tagger", "sentence": FISH, "holds": "f.0.0,99.all_0 i.0.3.0,99_1 o.0.3,5.1-2_1"},
    {"model": "tagger", "sentence": FISH},
    {"model": "tagger", "sentence": FISH, "holds": "w.1 w.9 f.0.64.1_0"},
    {"model": "tagger", "sentence": FISH, "holds": "w.0 w.1 w.2 w.3 w.4 w.5"},
    {"model": "counter", "sentence": "abxA"},
    {"sentence": ""},
    {"model": "random", "sentence": "  "},
    {"model": "counter", "sentence": "xyz a"},
    {"model": "random", "sentence": "word " * 2_001, "holds": "w.1"},
    {"model": "random", "sentence": "word " * 2_000, "holds": "w.1"},
    {"model": "own-x", "sentence": "a"},
    {"model": "own-trace-x", "sentence": "a"},
    {"file": "x", "sentence": "a b"},
    {"model": "tagger-sizes", "hidden_dim": "5", "input_dim": "70", "n_layers": "3", "sentence": "a"},
    {"model": "random", "tokens": "numbers", "sentence": SERIES},
    {"model": "random", "tokens": "numbers", "sentence": "none"},
    {"model": "random", "tokens": "numbers", "sentence": "1 2\n3"},
    {"model": "series", "sentence": "1 2\n3 4"},
    {"model": "random", "tokens": "numbers", "sentence": "1 " * 201},
    {"model": "random", "tokens": "numbers", "sentence": "1" * 201},
    {
        "model": "random",
        "sentence": DOGS,
        "n_layers": "2",
        "directions": "2",
        "holds": "f.1.0.2_0.1 w.3 w.4 h.0.1.1_0.5",
    },
    {"model": "random", "sentence": DOGS, "holds": "w.0 w.8 o.0.all.1,7-8_0"},
    {
        "model": "random",
        "sentence": "Go",
        "hidden_dim": "1",
        "holds": "f.0.all.all_0 i.0.0.0_1 i.0.1.0_1 o.1.0.0_1 c.0.0.1_1 g.0.0.0.1_1",
    },
)

CASES = {
    "a header": lambda: header({}),
    "a header of a pin": lambda: header({"pin": "0.2.3", "sentence": DOGS}),
    "a header of another pin": lambda: header({"pin": "0.2.9"}, pinned=Cell(0, 0, 1, 0)),
    "a header of a tagger": lambda: header(
        {"model": "tagger", "sentence": FISH, "holds": "f.0.3.1_0.5", "pin": "0.3.1"}
    ),
    "a header of a word left out": lambda: header(
        {"model": "tagger", "sentence": FISH, "holds": "w.1", "pin": "0.3.1"}
    ),
    "a header of a hold of h": lambda: header(
        {"model": "tagger", "sentence": FISH, "holds": "h.0.3.1_0.5 c.0.3.1_2", "pin": "0.3.1"}
    ),
    "a header of a long text": lambda: header({"sentence": LONG}, 100, (10.0, 90.0)),
    "a header of a text too long for a link": lambda: header({"sentence": "a" * 30_001}, 100),
    "a header of a text as long as a link": lambda: [
        len(header({"sentence": "a" * many}, 100)["link"]) for many in (29_900, 29_950, 30_000)
    ],
    "a header of a text that is not said back": lambda: [
        ["sentence" in header({"sentence": "a" * many})["view"], header({"sentence": "a" * many})["code"] is None]
        for many in (4_000, 4_001)
    ],
    "a header of a recording": lambda: header(recorded_link({"pin": "0.1.2"})),
    "a header of all units": lambda: [
        header({"model": "tagger", "sentence": "a", "top": top})["few"] for top in ("all", "active")
    ],
    "a header of a series": lambda: header({"model": "series", "sentence": SERIES}),
    "a header of symbols": lambda: header({"model": "brackets", "sentence": "(()"}),
    "a header of films": lambda: header({"model": "sentiment", "sentence": "not a good film", "top": "active"}),
    "a header of sizes": lambda: header({"model": "tagger-sizes", "sentence": "a", "hidden_dim": "9"}),
    "a header of both directions": lambda: header({"model": "tagger-bi", "sentence": "a", "pin": "0.1.0.1"}),
    "a header of a GRU": lambda: header(cell_of(nn.GRU) | {"pin": "0.1.2", "quantities": "fc"}),
    "a header of an RNN": lambda: header(cell_of(nn.RNN, 2) | {"pin": "0.1.2"}),
    "a header of a set": lambda: header(cell_of(nn.LSTM, gives="set")),
    "a header of hidden states": lambda: header(cell_of(nn.LSTM, gives="hidden")),
    "a header of values": lambda: header(cell_of(nn.LSTM, gives="value")),
    "a header of nothing": lambda: header({"sentence": " "}),
    "rooms": lambda: tried(
        lambda room: asked.room_in({"room": room}), 23.9, 24, 25.9, 4_000, 4_001, 0, -5, True, "9", None, 1e400, 10**400
    ),
    "ranges": lambda: tried(
        lambda ends: asked.range_in({"zoom": ends}, "zoom"),
        None,
        [0, 1],
        [1, 0],
        [1, 1],
        [-0.5, -1],
        [-0.5, -0.4],
        [-0.6, -0.5],
        [0, 10_000_000],
        [0, 10_000_001],
        [-10_000_001, 1],
        [0],
        [0, 1, 2],
        "01",
        [0, "1"],
        [0, 1e999],
    ),
    "cells": lambda: (
        tried(
            lambda value: asked.cell_in({"cell": {"layer": 0, "direction": 1, "unit": 2, "step": value}}),
            0,
            3.0,
            3.5,
            -1,
            10_000_000,
            10_000_001,
            None,
            True,
        )
        + tried(lambda value: asked.cell_in({"cell": value}), None, [], {"layer": 1})
    ),
    "events": lambda: tried(
        lambda event: asked.event_in({"event": event}),
        None,
        {"step": 1},
        {"step": 1, "feature": 2},
        {"step": 1, "feature": -1},
        {"feature": 1},
        [],
    ),
    "queries": lambda: tried(
        asked.question_in,
        b"{}",
        b"[]",
        b'{"query": []}',
        b'{"query": {"a": 1, "b": 1.5, "c": "x", "d": true}}',
        b'{"query": {"a": null}}',
        b'{"query": {"' + b"a" * 50 + b'": []}}',
        b'{"query": {}, "x": ' + b"[" * 20 + b"]" * 20 + b"}",
    ),
    "first paints": lambda: [
        expected(query)
        for query in (
            {},
            {"embed": "1"},
            {"sentence": "one"},
            {"sentence": "two <b>"},
            {"sentence": "w " * 12},
            {"sentence": "w " * 13},
            {"model": "counter"},
            {"model": "tagger"},
            {"tokens": "characters", "sentence": "a b"},
            {"present": "", "sentence": "a b"},
        )
    ],
    "what is handed over": lambda: [
        {
            name: value
            for name, value in handed_over("/x", {"own-1": "mine"}).items()
            if name not in ("scenes", "colours")
        },
        scenes.SCENES,
    ],
    "links": lambda: [linked(query) for query in LINKS],
    "holds": lambda: tried(lambda text: [read_holds(text), f"{read_holds(text)}"], *HOLDS),
    "pins": lambda: tried(read_cell, "", "0.2.3", "0.2.3.1", "0.2.3.0", "0.2.3.2", "0.2", "a.b.c", "1234567.0.0"),
    "rules": lambda: [link.refusals(View()), link.metadata(View(), "bounds"), sorted(link.names(View()))],
    "shortened": lambda: [link.shortened(text) for text in ("a" * 40, "a" * 41, " a\n b ", "")],
    "old links": lambda: [
        why(query)
        for query in (
            {},
            {"hold": "word"},
            {"hold": "word", "word": "3", "holds": "w.1"},
            {"hold": "f"},
            {"hold": "f", "pin": "1.2.3.1"},
            {"hold": "i", "value": "0.50", "units": " 0, 3", "steps": "0 - 1", "strips": "fc"},
            {"hold": "o", "value": "x"},
        )
    ],
    "readings": lambda: [reading_of(query) for query in READ],
    "readings of own cells": lambda: [
        reading_of(cell_of(kind, layers) | {"holds": holds})
        for kind, layers, holds in (
            (nn.GRU, 1, ""),
            (nn.GRU, 2, "z.0.all.1_0 w.2"),
            (nn.GRU, 1, "r.0.1.all_1 f.0.1.1_0"),
            (nn.RNN, 1, "h.0.1.1_0.5"),
            (nn.RNN, 2, ""),
            (nn.LSTM, 2, "c.1.1-2.all_1 w.0"),
        )
    ],
    "a reading from both ends with gaps": lambda: _spread(),
    "a recording": lambda: reading_of(recorded_link()),
    "recordings that can't be drawn": lambda: [
        recording_refused(c=torch.zeros(1, 3, 10, 1, 4)),
        tried(lambda one: recorded.first_sequence(one).sizes, run().sel(unit=[1, 2])),
        tried(
            lambda one: f"{recorded.first_sequence(one).c.dtype}",
            run().to(dtype=torch.float16),
            run().to(dtype=torch.float64),
        ),
        [
            recorded.first_sequence(run(batch=2), 1).c[0, 0, -1],
            recorded.which_sequence(run(batch=2), 1),
            recorded.which_sequence(run()),
        ],
        tried(
            lambda model: recorded.reading_of(recorded.first_sequence(run()), model).tokens,
            lstm_core.load_model("counter"),
            3,
        ),
        [f"{recorded.shown_of(one, None)}" for one in (run(), run().keep("c", "h"), recorded.first_sequence(gru()))],
    ],
    "examples": lambda: {
        name: [*example_texts.examples(lstm_core.load_model(name), "words").items()][:2] for name in lstm_core.models()
    },
    "examples of an own model": lambda: [
        example_texts.examples(visitor_models.kept(cell_of(nn.LSTM)["model"]), "words"),
        example_texts.examples(None, "numbers"),
        example_texts.with_text(cell_of(nn.LSTM)) | {"model": ""},
        example_texts.with_text({"model": "copy"}),
        example_texts.with_text({"model": "none"}),
        opened_files.example(lstm_core.load_model("series")),
    ],
    "the lesson": lambda: of_the_lesson(Source(sentence=DOGS), 4, False),
    "the lesson, its first word": lambda: of_the_lesson(Source(sentence="Go on", input_dim=9, hidden_dim=20), 0, True),
    "the lesson, trained": lambda: of_the_lesson(Source(model="tagger", sentence=FISH, input_dim=64), 5, False),
    "the lesson, of sizes": lambda: of_the_lesson(Source(model="tagger-sizes", sentence=DOGS), 3, False),
    "three cells": lambda: [
        three_cells(LessonView(Source(sentence=text)))
        for text in ("Go", "Go on", "They can fish in a can in a can in a can")
    ],
    "three trained cells": lambda: [
        three_cells(LessonView(cells=cells, first=first, gap=gap, trained_seed=seed))
        for cells, first, gap, seed in (("10", "a", 1, 0), ("50", "b", 100, 4), ("50", "d", 200, 7), ("10", "c", 30, 2))
    ],
    "what buys it": lambda: [
        kinds_sentences.what_buys_it(kinds.by_gap()),
        [kinds_sentences.name_of(one) for one in kinds.by_gap()],
    ],
    "own examples": lambda: [
        own_examples.text()[:300],
        own_examples.table()[:99],
        len(own_examples.text()),
        len(own_examples.table()),
    ],
    "health": lambda: [reported("tagger"), reported("counter")],
    "marks": lambda: [
        [escape_markdown.plain(text), escape_markdown.code(text)]
        for text in (
            "a *b* <c>",
            "see www.a.b or a@b",
            "http://x.y",
            "a`b``c",
            "`",
            "",
            " a\n b ",
            "1. x",
            "$x$ ~y~ :z:",
        )
    ],
    "lists": lambda: [sentences.listed(parts) for parts in (["a"], ["a", "b"], ["a", "b", "c"])],
    "what is held": lambda: sentences.held(
        read_holds("f.0.all.all_0 i.1.2.0_0.5 c.0.1-2,4.1-3_-1 g.0.1.2_-0.5 w.1"), DOGS.split()
    ),
    "proofs": lambda: [
        sentences.proof_of_all([run(), run(5)]),
        sentences.checked(float("nan"), Proof(float("nan"), False)),
        sentences.checked(0.0, None),
    ],
    "models that are kept": models_that_are_kept,
    "once": once,
    "no text that is kept": lambda: text_files.kept("none"),
    "texts that are kept": lambda: tried(
        lambda text: text_files.kept(text_files.keep("a", text)).text, b" ", b"\xff", b"a", b"\xef\xbb\xbf\xc3\xa4"
    ),
    "views of a notebook": brought,
    "a notebook": lambda: [
        notebook(one) for one in (run(), run(steps=7), run().with_values(tokens=[list("abcdefghij")]))
    ],
    "bytes": lambda: [
        packed(as_sent({"a": (1, 2), "b": [0.5], "c": torch.tensor([[1.0, -2, torch.nan]]).numpy()}), exact)[:200].hex()
        for exact in (True, False)
    ],
}


def _spread() -> Any:
    lstm = random_lstm(3, 2, 1, bidirectional=True)
    trace = run_held(
        lstm, torch.ones(4, 1, 3) * torch.arange(4)[:, None, None], read_holds("w.0 w.3 f.0.1.1_0.1"), list("abcd")
    )
    return {name: getattr(trace, name).flatten().tolist() for name in "ifgoch"} | {"x": trace.x, "tokens": trace.tokens}
