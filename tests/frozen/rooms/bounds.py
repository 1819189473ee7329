"""What is answered at a bound, where there is nothing, or where something is amiss? Of all rooms."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from types import ModuleType
from typing import Any

import torch
from torch import nn

import lstm_core
from frozen.figures import gru, run
from frozen.links import CODE, DOGS, LONG
from frozen.rooms import corpora, drawers, files, links, pairs, trainings, units
from frozen.rooms.drawers import FISH, cell_of
from frozen.rooms.files import page_of
from gatescope.checkpoint import opening
from gatescope.checkpoint import sentences as of_file
from gatescope.comparing import carrier, drawn, rivals
from gatescope.corpus import scanned, strongest, texts
from gatescope.corpus.view import Corpus, UnitPlace
from gatescope.drawing import few_units
from gatescope.export import downloads
from gatescope.live import cost, work
from gatescope.offline import carried, trace_page
from gatescope.picture import answer
from gatescope.question import opening as bare
from gatescope.question.holds import Cell, Event, numbers
from gatescope.question.link import yes_or_no
from gatescope.question.view import Source, View
from gatescope.reading import answers, example_texts, read, recorded
from gatescope.reading.example_texts import view_in
from gatescope.serving import limits, open_in_process, progress
from gatescope.serving.still_wanted import NoLongerWanted, go_on, while_wanted, within
from gatescope.store import text_files, visitor_models, visitor_traces
from gatescope.store.budgets import Budget
from gatescope.store.keyed_store import KeyedStore
from gatescope.train_one import run as training_run
from gatescope.train_one import sentences as of_training
from gatescope.train_one import setup
from gatescope.unit_list import holding, samples, tracking
from gatescope.unit_list import sentences as of_units
from gatescope.unit_list.view import Units
from gatescope.why import changes, path, still_in_c, the_answer, turning, without_words
from gatescope.wording import sentences
from lstm_core import LstmCoreError
from lstm_core.models.embeddings import Rows, Vocabulary
from lstm_core.scanning.sources import documentation
from lstm_core.scanning.standard_library import is_held_out, library_files

TAGGED = {"model": "tagger", "sentence": FISH}
COUNTED = {"model": "counter", "sentence": "aaabbb"}
BOTH = {"model": "random", "sentence": FISH, "directions": "2", "hidden_dim": "2"}


@contextmanager
def bound(module: ModuleType, **values: Any) -> Iterator[None]:
    """Other bounds of a module."""
    was = {name: getattr(module, name) for name in values}
    try:
        for name, value in values.items():
            setattr(module, name, value)
        yield
    finally:
        for name, value in was.items():
            setattr(module, name, value)


def within_bounds(module: ModuleType, ask: Callable[[], Any], **values: Any) -> Any:
    with bound(module, **values):
        return ask()


def refused(ask: Callable[[], Any]) -> str:
    try:
        ask()
    except (LstmCoreError, ValueError, NoLongerWanted) as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError


def opened_files() -> Any:
    """Which files are kept, and what is said of one that can't be."""
    file = io.BytesIO()
    torch.save({f"lstm.{name}": one for name, one in nn.LSTM(2, 3, device="cpu").state_dict().items()}, file)
    trace = run()
    there: dict[str, Any] = {
        "a.pt": lstm_core.load_checkpoint(file.getvalue()),
        "run.npz": trace,
        "counter": lstm_core.load_model("counter"),
    }
    asked: list[Any] = []

    def opened(name: str, content: bytes, most: int) -> Any:
        asked.append([name, len(content), most])
        return there[name]

    with bound(open_in_process, opened=opened):
        keys = [opening.keep(name, file.getvalue()[:99]) for name in there]
    kept = [opening.kept(key) for key in keys]
    said = [one and [one.name, one.size, one.notes] for one in kept]
    opening.drop(keys[0])
    return said, asked, opening.kept(keys[0]), keys[1][:10], visitor_traces.kept(keys[1])[0].name


def nothing_is_a_number() -> Any:
    """A file whose weights are no numbers, and a text of infinite ones."""
    broken = trainings.checkpoint_of((1, 2))
    for weight in broken.recurrent["lstm0"].parameters():
        weight.data[:] = torch.nan
    sound = trainings.checkpoint_of((1, 2))
    return [
        trainings.opened(one, opening.Choice("lstm0"), text) for one, text in ((broken, "1\n2"), (sound, "1\n1e39"))
    ]


def few_tokens() -> Any:
    """Files of words whose rows have no token each, or no token at all."""
    told = []
    for tokens in ([], ["They", "can"], list("abcde"), ["They", "<1>", "can", "<3>", "x"]):
        model = visitor_models.kept(cell_of(nn.LSTM)["model"])
        table = Rows(5, 4, tokens)
        table.vectors = model.embedding.vectors
        model.embedding = table
        told.append(
            [
                trainings.opened(model, None, "They 0"),
                example_texts.examples(model, "words"),
                links.reading_of({"model": visitor_models.put(model), "sentence": "They 0 9 fly"}),
            ]
        )
    return told


def own_vocabulary(reads: Any) -> Any:
    """Examples of a visitor's model with a vocabulary of its own."""
    model = lstm_core.load_model("counter")
    model.embedding, model.reads, model.name = Vocabulary(["x", "y z", "w", *map(str, range(9))], 2), reads, "own"
    return example_texts.examples(model, reads)


def stored() -> Any:
    """What a store keeps of values of so many bytes."""
    store: KeyedStore[int] = KeyedStore(Budget.HITS, lambda value: value, "x-")
    keys = [store.put(number) for number in (1_000_000, 1_500_000)]
    said = [keys[0][:2], [store.get(key) for key in keys], store.used, store.room]
    store.make_room(store.room - store.used)
    said += [[store.get(key) for key in keys]]
    store.make_room(store.room - store.used + 1)
    said += [[store.get(key) for key in keys]]
    store.drop(keys[1])
    return [*said, store.used, store.put(store.room - 1_000)[:2], refused(lambda: store.put(store.room - 999))]


def held_at_most() -> Any:
    """How many words are left out, and units tried, at other bounds."""
    found = []
    for most, many in (
        (10**9, 10**9),
        (5 * 33_280 * 6, 10**9),
        (3 * 33_280 * 6, 10**9),
        (2 * 33_280 * 6 - 1, 10**9),
        (0, 10**9),
        (10**9, 6 * 128 * 2),
    ):
        with bound(without_words, MOST=most, MOST_NUMBERS=many):
            drawer, _ = drawers.asked(TAGGED, "0.0.3.5")
            found.append([drawer["no_without"], [one["step"] for one in drawer["without"]], drawer["no_turn"]])
    for most in (64 * 6 * 33_280, 64 * 6 * 33_280 - 1):
        with bound(turning, MOST=most):
            found.append(drawers.asked(TAGGED, "0.0.3.5")[0]["no_turn"])
    with bound(without_words, MOST_HELD=17):
        found.append(drawers.asked(TAGGED | {"holds": "f.0.1.0_0"}, "0.0.3.5")[0]["no_without"])
    return found


def amiss() -> Any:
    """A memory that is no number, in a drawer and in a cell."""
    trace = recorded.first_sequence(run())
    c, f = trace.c.clone(), trace.f.clone()
    c[0, 0, 5, 0, 2], f[0, 0, 4, 0, 2] = torch.inf, torch.nan
    tokens, cell = [*"abcdefghij"], Cell(0, 0, 2, 5)
    broken = trace.with_values(c=c), trace.with_values(f=f)
    return [refused(lambda one=one: still_in_c.still_in_c(one, tokens, cell, False)) for one in broken]


def still_of_many() -> Any:
    """The ledger of a long text, forwards and backwards, at another bound."""
    trace = run(steps=9, both=True)
    with bound(still_in_c, MOST=4):
        return [
            still_in_c.still_in_c(trace, [f"w{step}" for step in range(9)], Cell(layer, direction, 1, step), False)
            for layer, direction, step in ((0, 0, 3), (0, 0, 4), (0, 0, 8), (0, 1, 5), (0, 1, 4), (0, 1, 0))
        ]


def libraries() -> Any:
    """Pieces of Python's own texts, which each version has others of."""
    told = []
    some, paragraphs = dict([*library_files().items()][:12]), [*islice(documentation(), 12)]
    for model, name in (("python-chars", "library"), ("tagger", "topics"), ("python-chars", "topics")):
        with bound(texts, library_files=lambda: some, documentation=lambda: paragraphs):
            found = texts.texts_of(name, lstm_core.load_model(model), 3_000)
        for one, steps in zip(found.pieces, found.steps, strict=True):
            assert 0 < len(one.text) <= 1_000
            assert one.text.strip()
            assert 0 < steps <= 1_000
        names = {one.name for one in found.pieces}
        lines = {one.line is None for one in found.pieces}
        of_library = all(name in some and is_held_out(name) for name in names)
        told.append([len(found.pieces) < found.of, sum(found.steps) <= 3_000, of_library, lines])
        told.append(all(name.startswith("paragraph ") for name in names))
    return told


def long_reading() -> Any:
    """How far a long reading is, while it is read."""
    told: list[Any] = []
    source = Source(sentence="a b c " * 40)
    with bound(read, WATCHED=0), progress.under_way("x") as tell:
        tell(0.5)
        told.append(progress.how_far("x"))
        found = read.read(source)
    return told, progress.how_far("x"), progress.how_far(source), found.trace.c[0, 0, -1, 0]


def stopped() -> Any:
    """Who goes on when nobody waits any more, or for too long."""
    calls = iter((0, 1.9, 3))
    with within(limits.Limit(1, "{got} of {most}"), lambda: next(calls)):
        go_on()
        late = refused(go_on)
    with while_wanted(lambda: False):
        gone = refused(go_on)
        told = [refused(lambda: list(scanned.parts([1], None))), refused(lambda: read.read(Source(sentence="x y")))]
        told.append(refused(lambda: texts.texts_of("taught", lstm_core.load_model("counter"), 9)))
    return late, gone, told


def in_parts() -> Any:
    """In which parts a corpus is read, and what is told of it."""
    told: list[float] = []
    with bound(scanned, PART=10):
        found = [list(scanned.parts(steps, told.append)) for steps in ([10], [9, 1], [9, 2, 9], [5, 4, 1, 3], [])]
    return found, told, list(scanned.parts([3, 4], None))


def trainings_at_once() -> Any:
    """How many trainings run at once, and how long the last one took."""
    usual = setup.Setup("counter", 2, 2, 1, 1, 0.01)
    threads: list[Any] = []

    class Thread:
        def __init__(self, target: Any, name: str, daemon: bool) -> None:
            threads.append([target, name, daemon])

        def start(self) -> None:
            pass

    with bound(training_run.threading, Thread=Thread), bound(training_run, MOST_AT_ONCE=2):
        runs = [training_run.Run(usual, setup.task_of(usual)) for _ in range(3)]
        for one in runs[:2]:
            training_run.start(one)
        full = refused(lambda: training_run.start(runs[2]))
        threads[0][0]()
        training_run.start(runs[2])
        for target, *_ in threads[1:]:
            target()
    known = training_run.seconds_last_time(usual)
    twice = training_run.seconds_last_time(setup.Setup("counter", 2, 2, 1, 2, 0.5))
    none = [
        training_run.seconds_last_time(setup.Setup(task, 2, units, 1, 2, 0.5))
        for task, units in (("counter", 99), ("text", 2))
    ]
    return (
        full,
        [one[1:] for one in threads],
        known > 0,
        round(twice / known, 6),
        none,
        [one.progress().over for one in runs],
    )


def with_few_rows() -> Any:
    """What is looked at of a text that is longer than a page looks at."""
    told = []
    with bound(samples, MOST_STEPS=5, MOST_LINES=2):
        for query in (
            {"sentence": DOGS},
            {"sentence": "a b c\nd e f\ng\nh", "lines": "1"},
            {"sentence": "a b c d e\nf\n"},
            {"sentence": "a\nb\nc d e f g h\n", "lines": "1"},
            {"sentence": "a b c d\ne f g", "lines": "1", "held": "none"},
            {"model": "random", "tokens": "numbers", "sentence": units.ROWS},
        ):
            asked = units.asked_in({"model": "tagger"} | query)
            whole = read.read(asked.view.source)
            first, notices = samples.first(whole)
            told.append(
                [
                    first.tokens,
                    first.series and first.series.values,
                    notices,
                    first.trace.c[0, 0, :, 0, 0],
                    units.sampled({"model": "tagger"} | query),
                ]
            )
    with bound(samples, MOST_STATES=129):
        told.append([samples.most_steps(read.read(Source(model=model))) for model in ("tagger", "tagger-bi", "random")])
    rnn = Units(View(Source(**cell_of(nn.RNN))))
    return told, refused(lambda: samples.first(read.read(rnn.view.source)))


def chances() -> Any:
    """How sure a find is said to be, of every kind."""
    asked = units.asked_in(units.TAGGER | {"property": "model says NOUN", "held": "none"})
    found = tracking.answer(asked, samples.sample(asked, read.read(asked.view.source)))
    told = []
    for p, sign, held in (
        (1 / 201, 1, None),
        (2 / 201, -1, 0.5),
        (3 / 201, 1, float("nan")),
        (0.0499, 1, None),
        (0.05, 1, 1.0),
    ):
        table = found.table.assign(p=p, sign=sign)
        if held is not None:
            table = table.assign(held_out=held)
        other = found._replace(table=table) if hasattr(found, "_replace") else _replaced(found, table=table)
        told.append([of_units.tracks(other, [UnitPlace(0, 0, 1)]), of_units.chance(other)])
    return told


def turned_answers() -> Any:
    """By how much an answer turns, and changes, of every kind of answer."""
    before = torch.tensor([0.5, 0.6, 0.3])
    after = torch.tensor(
        [[0.5, 0.6, 0.3], [0.51, 0.6, 0.3], [0.61, 0.6, 0.5], [0.2, 0.5, 0.9], [0.5, 0.4, 0.3], [0.7, 0.1, 0.2]]
    )
    told = []
    for gives in ("classes", "set", "value"):
        model = visitor_models.kept(cell_of(nn.LSTM, gives=gives)["model"])
        told.append(
            [
                rivals.turns(model, before.expand(6, 3), after).tolist(),
                changes.turned(model, before, after).tolist(),
                [changes.unlike(model, before, after, spread).tolist() for spread in (0.0, 0.5)],
            ]
        )
    judges = [
        carrier.Judge(visitor_models.kept(cell_of(nn.LSTM, gives=gives)["model"]), label, before, after[3])
        for gives in ("classes", "set", "value")
        for label in (0, 2)
    ]
    return told, [[judge.answer(one) for one in (*after, before)] for judge in judges]


def _replaced(found: Any, **change: Any) -> Any:
    from dataclasses import replace

    return replace(found, **change)


CASES = {
    "files that are opened": opened_files,
    "what is no number": nothing_is_a_number,
    "few tokens": few_tokens,
    "own vocabularies": lambda: [own_vocabulary(reads) for reads in ("words", "symbols")],
    "a store": stored,
    "words and units at most": held_at_most,
    "a memory that is no number": amiss,
    "a ledger of many": still_of_many,
    "Python's own texts": libraries,
    "a long reading": long_reading,
    "readings that are kept": lambda: [
        read.read(source) is read.read(source)
        for source in (Source(sentence="a" * 2_000), Source(sentence="a" * 2_001), Source(sentence="b", file="none"))
    ],
    "a table of many columns": lambda: [
        links.header({"model": "random", "tokens": "numbers", "sentence": table})["series"]
        for table in (
            "\n".join(" ".join(f"{row * column % 7}" for column in range(1, 14)) for row in range(5)),
            "1\n2\n3",
        )
    ],
    "who is stopped": stopped,
    "parts of a corpus": in_parts,
    "trainings at once": trainings_at_once,
    "few rows": with_few_rows,
    "chances": chances,
    "answers that turn": turned_answers,
    "a first picture of few numbers": lambda: [
        within_bounds(
            opening,
            lambda: trainings.opened(lstm_core.load_model("counter"), None, "aabb")["read"][:2],
            MOST_NUMBERS=many,
        )
        for many in (1, 2 * (6 * 4 + 2 + 3), 3 * (6 * 4 + 2 + 3) - 1, 10**6)
    ],
    "a wide module": lambda: within_bounds(
        opening,
        lambda: [trainings.opened(trainings.checkpoint_of((hidden, 4)), opening.Choice("lstm0")) for hidden in (3, 4)][
            1
        ],
        MOST_A_STEP=27,
    ),
    "an answer of too many steps": lambda: [
        within_bounds(the_answer, lambda query=query: drawers.asked(query, "0.0.3.2")[0]["no_answer"], MOST=most)
        for query, most in (
            (TAGGED, 3 * 33_280),
            (TAGGED, 3 * 33_280 - 1),
            (TAGGED | {"model": "tagger-bi"}, 3 * 66_560),
        )
    ],
    "a part of an answer": lambda: within_bounds(
        the_answer,
        lambda: drawers.asked(drawers.of_days(), "0.0.3.9", (8, 1))[0]["answer"],
        STEPS=4,
        FEATURES=2,
    ),
    "a path without a check": lambda: within_bounds(
        path, lambda: drawers.asked(drawers.COPIED, "0.0.1.5", (0, None))[0]["answer"]["path"], MOST_PATCHED=1
    ),
    "a path of few lines": lambda: within_bounds(
        path,
        lambda: drawers.asked(drawers.COPIED, "0.0.1.5", (0, None))[0]["answer"]["path"],
        MOST_LINES=3,
        NAMED=1,
        LOOK=2,
    ),
    "a path that patching denies": lambda: [
        within_bounds(
            path, lambda: drawers.asked(drawers.COPIED, "0.0.1.5", (0, None))[0]["answer"]["path"]["said"], **values
        )
        for values in ({"AGREES": (2.0, 3.0)}, {"AGREES": (0.1, 1.0)}, {"MOST_OF": 1.5}, {"SEEN": 2.0})
    ],
    "an answer that nothing moves": lambda: [
        within_bounds(turning, lambda cell=cell: drawers.asked(cell, "0.0.1.2")[0]["no_turn"], MOST=most)
        for most in (0, 10**9)
        for cell in (cell_of(nn.LSTM, units=2, bound=0.01), cell_of(nn.GRU, gives="value", bound=1e-9))
    ],
    "nothing to try": lambda: drawers.asked(cell_of(nn.RNN) | {"sentence": "They"}, "0.0.0.0")[0]["no_turn"],
    "a recording is not asked": lambda: refused(lambda: work.why(links.recorded_link(), Cell(0, 0, 1, 2), None, "")),
    "a word that is a label": lambda: drawers.asked(TAGGED, "0.0.3.5", None, "NOUN")[0]["answer"]["said"],
    "a question of a text that was sent": lambda: [
        work.question(b'{"query": {"model": "tagger"}, "text": "%s"}' % text_files.keep("a", b"x y").encode()).asked[
            "query"
        ],
        refused(lambda: work.question(b'{"query": {}, "text": "none"}')),
    ],
    "how far a view is": lambda: work.how_far(TAGGED),
    "a file in place of another": lambda: replaced_file(),
    "a file of a view": lambda: [
        next(work.file(kind, TAGGED, (1.0, 2.0), None).pieces)[:40].decode() for kind in ("csv", "py")
    ],
    "no model to carry": lambda: [
        work.carry(query) for query in (cell_of(nn.LSTM), TAGGED | {"file": "x"}, TAGGED | {"sentence": ""})
    ],
    "lengths of own models": lambda: [
        [cost.weights(Source(model=model, hidden_dim=4)), cost.length_of(View(Source(model=model)))]
        for model in (cell_of(nn.LSTM, 2)["model"], "own-none", "python-chars", "tagger-sizes")
    ],
    "a file of no kind": lambda: refused(lambda: downloads.download("x", view_in(TAGGED)[0])),
    "a file of nothing": lambda: refused(lambda: downloads.download("csv", view_in({"sentence": " "})[0])),
    "a cell of nothing": lambda: refused(lambda: answer.apart({"sentence": " "}, Cell(0, 0, 0, 0))),
    "pages of traces with a model": lambda: [
        page_of(trace_page.trace_page(read.read(source).trace, "T", lstm_core.load_model(source.model)))
        for source in (
            Source(model="tagger", sentence=FISH),
            Source(model="copy", sentence="b..?"),
            Source(model="series", sentence="20, 27, 23.9, 30"),
        )
    ],
    "a large model is not carried": lambda: [
        within_bounds(
            carried, lambda: work.carry(TAGGED | {"model": "counter", "sentence": "ab"}) is None, MOST_BYTES=most
        )
        for most in (297, 298, 2_000)
    ],
    "a proof of few steps": lambda: [
        within_bounds(carried, lambda: drawers.carried_by(COUNTED | {"holds": "w.1"}), MOST_PROVED=most)
        for most in (7, 8 * 5, 8 * 6 - 1, 8 * 6)
    ],
    "a proof from both ends": lambda: [
        within_bounds(carried, lambda: offline_proof(BOTH), MOST_PROVED=most) for most in (8 * 6 - 1, 8 * 6)
    ],
    "yes or no": lambda: links.tried(yes_or_no()["read"], "True", "false", "1"),
    "numbers and ranges": lambda: links.tried(numbers, "0,3-5", "5-3", "1-", "a", "", "0-511", "0-512"),
    "a bare address": lambda: [bare.own_model(), bare.opening()],
    "answers that are hidden": lambda: [
        answers.answers(read.read(Source(**cell_of(nn.LSTM, gives="hidden"))), 0, 2),
        [
            answers.coming(read.read(Source(model=model, sentence=text)))
            for model, text in (
                ("counter", "aab"),
                ("brackets", "(("),
                ("copy", "b?"),
                ("python-chars", "x ="),
                ("tagger", "a"),
            )
        ][:3],
    ],
    "few units of layers": lambda: [
        few_units.few_units(one, one.trace, view.shown)
        for query in ({"model": "tagger", "sentence": FISH, "pin": pin} for pin in ("0.0.0", "0.63.1", ""))
        for view in (view_in(query)[0],)
        for one in (read.read(view.source),)
    ],
    "a layer that is not the last": lambda: [
        links.header({"model": model, "sentence": DOGS, "top": top, "layers": "0"})["few"]
        for model, top in (("tagger", "active"), ("tagger", "telling"), ("python-chars", "telling"))
    ],
    "a recording without its memory": lambda: [
        refused(lambda: recorded.first_sequence(run().with_values(c0=torch.full((1, 1, 1, 4), torch.inf)))),
        within_bounds(recorded, lambda: refused(lambda: recorded.first_sequence(run())), MOST_A_STEP=26),
        within_bounds(recorded, lambda: recorded.first_sequence(run()).sizes, MOST_A_STEP=27),
        recorded.recording("own-trace-none"),
    ],
    "a GRU that was recorded": lambda: links.reading_of({"model": visitor_traces.put("gru.npz", gru())}),
    "progress": lambda: [
        of_training.progress_line(training_run.Progress(9, None, (), (), moments, left, None, over))
        for moments, left, over in (
            ((), None, False),
            ((1,), 70.0, False),
            ((1,), None, True),
            (tuple(range(9)), None, True),
        )
    ],
    "values": lambda: [of_training.latest(values) for values in ([], [0.001], [-0.5], [0.00051])],
    "an accuracy that is not 1": lambda: [
        of_training.accuracy(
            setup.usual(task), training_run.Progress(9, None, (), (), (training_run.Moment(1, 0.5, 0.25),))
        )
        for task in ("counter", "series", "forecast", "text")
    ],
    "how long units keep": lambda: [
        holding.typical_keep([run().with_values(f=f)], 0, 0, 0)
        for f in (
            torch.zeros(1, 1, 10, 1, 4),
            torch.ones(1, 1, 10, 1, 4),
            _kept([3, 1, 1, 1]),
            _kept([2, 2, 1]),
            _kept([4, 1]),
        )
    ],
    "moments of what is no number": lambda: strongest.apart([], 3),
    "properties that are not there": lambda: [
        refused(lambda name=name, query=query: tracking.numbers(name, read.read(Source(**query))))
        for name, query in (
            ("model says NOUN", {"sentence": DOGS}),
            ("model says x", TAGGED),
            ("column a", TAGGED),
            ("column a", {"sentence": "1 2", "tokens": "numbers"}),
            ("model says a", {"model": "brackets", "sentence": "("}),
        )
    ],
    "columns": lambda: [
        tracking.as_in(name, read.read(Source(sentence=text, tokens="numbers")))
        for name, text in (("column x", "1\n2"), ("column x", "1 2\n3 4"), ("blank", "1\n2"))
    ],
    "impossible links of units": lambda: [
        link_of(query)
        for query in (
            {"lines": "2"},
            {"property": "none"},
            {"property": "surplus of a"},
            {"property": "count of "},
            {"sort": "x"},
            {"where": "corpus"},
            {"lines": "1", "property": "column x"},
        )
    ],
    "a wide pair": lambda: within_bounds(drawn, lambda: pairs.compared(pairs.FISH), WIDE=3, BEFORE=1, SMALL=1, TRIED=2),
    "two wide models": lambda: within_bounds(
        drawn,
        lambda: pairs.compared({"model": "tagger", "model_b": "tagger-bi", "sentence": "You aim here now"}),
        WIDE=3,
        OF_EACH=2,
    ),
    "a scan that an LSTM is too large for": lambda: [
        scanned.most_tokens(corpora.STORIES, lstm_core.load_model("tagger")),
        within_bounds(
            limits,
            lambda: scanned.most_tokens(corpora.STORIES, lstm_core.load_model("tagger")),
            SCANNED_WORK=33_280 * 7,
        ),
        within_bounds(limits, lambda: scanned.most_tokens(Corpus(), lstm_core.load_model("tagger")), SCANNED_WORK=1),
    ],
    "a scan in parts": lambda: within_bounds(
        scanned, lambda: corpora.found_in(corpora.of_file("tagger", "other.txt", corpora.STORY[:3_500])), PART=100
    ),
    "tables of modules": lambda: [
        [of_file.table_height(one), len(of_file.table(one)), of_file.left_out(one)]
        for many in (10, 11, 100, 101, 102)
        for one in (opening.Opened("a", 1, trainings.checkpoint_of(*[(1, 1)] * many, deep=False), ()),)
    ],
    "a vocabulary of many": lambda: trainings.opened(lstm_core.load_model("python-chars"), None, "x = 1")["said"],
    "a GRU is not scanned": lambda: corpora.cut_refused(Source(**cell_of(nn.GRU))),
    "shapes of a projection": lambda: sentences.shapes(projected()),
    "pages without a series": lambda: example_texts.with_text({"model": "tagger-sizes"}),
    "code over a long text": lambda: [
        links.header({"model": "python-chars", "sentence": CODE * 40}, 100, zoom)["overview"]
        for zoom in (None, (1.0, 9.0))
    ],
    "a long text of few columns": lambda: links.header({"sentence": LONG[:700]}, 24)["columns"],
    "an event": lambda: the_answer.answer_of(view_of(TAGGED), Cell(0, 0, 1, 3), "", Event(9)),
}


def replaced_file() -> Any:
    first = work.keep("a", b"one", "")
    second = work.keep("b", b"two", first)
    return text_files.kept(first), text_files.kept(second)


def view_of(query: dict[str, str]) -> Any:
    from gatescope.reading.held import read_view

    return read_view(view_in(query)[0])


def offline_proof(query: dict[str, str]) -> Any:
    view, _ = view_in(query)
    found = view_of(query)
    return files.proved(carried.proved(found, found.trace, view))


def link_of(query: dict[str, str]) -> Any:
    from gatescope.question import link

    found, notices = link.read(Units(), query)
    return link.query(found), notices


def projected() -> Any:
    lstm = nn.LSTM(3, 6, proj_size=2)
    return read.Reading(["a"], lstm, None, [], None, None, None)


def _kept(lengths: list[int]) -> torch.Tensor:
    """f (layer, direction, time, batch, unit) that is open for such stretches."""
    open_ = [value for length in lengths for value in [*([1.0] * length), 0.0]]
    return torch.tensor(open_)[None, None, :, None, None].expand(1, 1, -1, 1, 4)
