"""What is shown of a model that learns, and of a file of weights? The rooms `training`, `checkpoint`, `lesson`."""

import io
from dataclasses import replace
from functools import cache
from typing import Any

import torch
from torch import nn

import lstm_core
from frozen.rooms.drawers import cell_of
from gatescope.checkpoint import example_files, first_picture, opening
from gatescope.checkpoint import sentences as of_file
from gatescope.lesson import kinds, kinds_figures, kinds_sentences, view
from gatescope.train_one import figures, right_answers, run, sentences, setup
from lstm_core import LstmCoreError
from lstm_core.models.untrained import drawn
from lstm_core.plots.palette import look
from lstm_core.training.loop import GENERATED

LIGHT = look("teal", "light")
TEXT = "The dog runs.\n" * 30
TABLE = "load,wind\n" + "\n".join(f"{row % 7},{row % 3 - 1.5}" for row in range(220))
TASKS = (*GENERATED, "text", "forecast")


@cache
def trained(task: str, epochs: int = 2) -> run.Run:
    usual = replace(setup.usual(task), epochs=epochs, hidden_dim=3, n_layers=2 if task == "copy" else 1)
    if task == "series":
        usual = replace(usual, epochs=1)
    found = run.Run(usual, setup.task_of(usual, TEXT, TABLE))
    found.train()
    return found


def shown(task: str) -> Any:
    """All that is drawn and said of a training."""
    found = trained(task)
    ended, asked, seen = found.progress(), found.setup, found.progress().example
    # What was learned may round otherwise elsewhere.
    first, moments = ended.pictures[0], (run.Moment(1, 0.75, 0.25), run.Moment(2, 0.0004, 1.0))
    now = replace(ended, moments=moments, pictures=(first, first._replace(epoch=2)))
    last = now.picture(99)
    right = None if task in setup.READS_NUMBERS else right_answers.right_answers(found.task, now.model, seen)
    drawn_ = [figures.memory(last, seen, 0, LIGHT, 700, figures.reach(now, 0)), figures.loss(now, 1, LIGHT)]
    drawn_ += [figures.accuracy(now, 2, LIGHT)]
    if task in setup.READS_NUMBERS:
        drawn_ += [figures.forecast(last, seen, 0, LIGHT), figures.to_forecast(seen, 0, LIGHT)]
    else:
        drawn_ += [figures.probabilities(last, seen, LIGHT, 700), figures.right_answers(right, seen, LIGHT, 700)]
    learned = right_answers.sequences(found.task, now.model, 4)
    said = [
        sentences.to_learn(asked, seen, 0),
        "" if right is None else sentences.what_is_asked(asked, right),
        sentences.written(learned),
        sentences.progress_line(now),
        sentences.loss(asked, now),
        sentences.accuracy(asked, now),
        sentences.trained_with(asked),
        sentences.after(first),
        sentences.after(last),
        sentences.how_to_read(last, figures.reach(now, 0)),
        sentences.answers(asked, seen, 0),
        setup.query_of(asked),
        setup.numbers_of(asked),
        setup.description(task),
    ]
    return {
        "example": [seen.text, seen.tokens, seen.labels, seen.chosen, seen.read.float()],
        "right": right,
        "learned": learned,
        "said": said,
        "drawn": drawn_,
        "numbers": last.numbers,
        "moments": [[one.epoch, one.loss > 0, 0 < abs(one.accuracy) <= 1] for one in ended.moments],
        "pictures": [[one.epoch, one.answers.shape, one.cells["c"].shape] for one in ended.pictures],
        "first": [first.answers, first.cells],
        "snapshots": [one.epoch for one in now.snapshots],
        "over": [now.over, now.ended, now.of, now.seconds_left],
    }


def many_epochs() -> Any:
    """Which pictures and models of a long training are kept."""
    kept = []
    for pictures, models in ((3, 400), (2, 1)):
        was = run.MOST_PICTURES, run.ROOM_FOR_MODELS
        try:
            run.MOST_PICTURES, run.ROOM_FOR_MODELS = pictures, models
            usual = replace(setup.usual("counter"), epochs=5, hidden_dim=2)
            found = run.Run(usual, setup.task_of(usual))
            found.train()
        finally:
            run.MOST_PICTURES, run.ROOM_FOR_MODELS = was
        now = found.progress()
        kept.append([[one.epoch for one in now.pictures], [one.epoch for one in now.snapshots]])
    return kept


def ended(change: Any) -> Any:
    """How a training ends that does not come to its end."""
    usual = replace(setup.usual("counter"), epochs=3, hidden_dim=2)
    usual, patience, stop = change(usual)
    found = run.Run(usual, setup.task_of(usual), patience)
    if stop:
        found.stop()
    found.train()
    now = found.progress()
    return now.ended, now.over, len(now.moments), sentences.progress_line(now)


def asked(query: dict[str, str], text: str = "", table: str = "") -> Any:
    found, notices = setup.read_setup(query)
    try:
        task = setup.task_of(found, text, table).name
    except LstmCoreError as error:
        task = f"{error}"
    return found, notices, setup.query_of(found), task


def opened(content: Any, choice: opening.Choice | None = None, text: str = "") -> Any:
    """What is said and drawn of a file."""
    if isinstance(content, example_files.ExampleFile):
        given = content.made()
        name, content, text = content.name, lstm_core.load_checkpoint(given.content), content.text
        choice = opening.Choice("lstm", "embedding", "fc", given.vocabulary, given.labels)
        if name == "tagger.pt":
            choice = choice._replace(lstm="module.lstm", embedding="module.embedding", linear="module.fc")
    else:
        name = "a_file*.pt"
    file = opening.Opened(name, 12_345, content, ())
    try:
        model = opening.model_of(file, choice)
        read = opening.first_reading(model, text)
    except LstmCoreError as error:
        return f"{error}"
    picture = first_picture.first_picture(read, model.labels, LIGHT)
    options: list[str] = []
    if not isinstance(content, lstm_core.SequenceModel):
        options = [of_file.kinds(content)]
        options += [of_file.recurrent_option(content, one) for one in content.recurrent]
        options += [
            of_file.embedding_option(content, next(iter(content.recurrent)), one) for one in (None, *content.embeddings)
        ]
        options += [of_file.linear_option(content, one) for one in (None, *content.linears)]
    return {
        "said": [
            of_file.headline(file),
            of_file.table(file),
            of_file.table_height(file),
            of_file.left_out(file),
            of_file.label_of(name, model),
            of_file.reads(model),
            of_file.shortened_example(opening.example(model)),
            opening.rows_alone(model),
            options,
        ],
        "read": [read.tokens[:9], len(read.tokens), read.probabilities, read.notices, read.trace.tensors()],
        "drawn": picture,
    }


def checkpoint_of(
    *layers: tuple[int, int], both: bool = False, classes: int = 0, proj_size: int = 0, deep: bool = True
) -> Any:
    """A file with some LSTMs, of sizes (input, hidden), and a Linear."""
    generator = torch.Generator().manual_seed(5)
    parts: dict[str, nn.Module] = {
        f"lstm{number}": drawn(
            nn.LSTM(i, h, 1 + number * deep, bidirectional=both, proj_size=proj_size, device="meta"), 1, generator
        )
        for number, (i, h) in enumerate(layers)
    }
    if classes:
        parts["head"] = drawn(nn.Linear((proj_size or layers[0][1]) * (1 + both), classes, device="meta"), 1, generator)
    states = {f"{name}.{key}": one for name, part in parts.items() for key, one in part.state_dict().items()}
    file = io.BytesIO()
    torch.save(states, file)
    return lstm_core.load_checkpoint(file.getvalue())


def lesson(query: dict[str, str]) -> Any:
    """What part 5 of a lesson draws and says."""
    found, notices = view.read_lesson(query)
    read = kinds.three(found)
    lines = dict.fromkeys(("lstm", "gru", "rnn", "rnn10"), "#123456")
    said = [
        kinds_sentences.untrained(read) if found.cells == view.UNTRAINED else "",
        kinds_sentences.blocks(read),
        kinds_sentences.what_left_means(found.cells != view.UNTRAINED),
    ]
    kept = [[kind.cell, kind.parameters, kind.left, kind.said, kind.trace.h[0, 0, -1, 0]] for kind in read.kinds]
    return (
        found,
        notices,
        read.tokens[-3:],
        kept,
        said,
        kinds_figures.hidden(read, LIGHT),
        kinds_figures.left(read, LIGHT, lines),
    )


CASES = {
    **{f"a training of {task}": lambda task=task: shown(task) for task in TASKS},
    "what is kept of many epochs": many_epochs,
    "a training that is stopped": lambda: ended(lambda usual: (usual, 99.0, True)),
    "a training that nobody watches": lambda: ended(lambda usual: (usual, -1.0, False)),
    "a training that diverges": lambda: ended(lambda usual: (replace(usual, learning_rate=1e38), 99.0, False)),
    "durations": lambda: [sentences.duration(seconds) for seconds in (0.1, 1.4, 89.9, 90, 149, 151)],
    "how long": lambda: [sentences.how_long(setup.usual("counter"), seconds) for seconds in (None, 3.0, 200.0)],
    "set-ups": lambda: [
        asked({}),
        asked({"task": "none", "epochs": "501"}),
        asked({"task": "text", "seed": "0"}, TEXT),
        asked({"task": "text"}),
        asked({"task": "forecast", "hidden_dim": "0"}, table=TABLE),
        asked({"task": "forecast"}),
        asked({"task": "text"}, "a" * 1_000_001),
        asked({"task": "forecast"}, table="1 " * 33 + "\n" + "2 " * 33),
        asked({"task": "copy", "learning_rate": "0.0001"}),
        asked({"task": "copy", "learning_rate": "1.1"}),
    ],
    **{f"the file {one.name}": lambda one=one: opened(one) for one in example_files.EXAMPLES},
    "a file of numbers": lambda: opened(
        checkpoint_of((3, 4), (1, 2), classes=2), opening.Choice("lstm0", None, "head")
    ),
    "a file of numbers, its second": lambda: opened(
        checkpoint_of((3, 4), (1, 2)), opening.Choice("lstm1"), "1\n2\n3\nx"
    ),
    "a series of a file": lambda: opened(checkpoint_of((1, 2)), opening.Choice("lstm0"), "load\n" + "1\n2\n3\n" * 80),
    "a wide file": lambda: opened(checkpoint_of((3, 70), both=True, classes=20), opening.Choice("lstm0", None, "head")),
    "a file with a projection": lambda: opened(
        checkpoint_of((3, 6), classes=2, proj_size=2), opening.Choice("lstm0", None, "head")
    ),
    "no choice": lambda: opened(checkpoint_of((1, 2))),
    "a choice of nothing": lambda: opened(checkpoint_of((1, 2)), opening.Choice("none")),
    "a whole model": lambda: opened(lstm_core.load_model("counter"), None, "aabb"),
    "a whole tagger": lambda: opened(lstm_core.load_model("tagger"), None),
    "a whole model of a series": lambda: opened(lstm_core.load_model("series"), None, "1\n2"),
    "own models": lambda: [
        opened(opening_of(cell_of(kind, layers)), None, "They can fly")
        for kind, layers in ((nn.GRU, 1), (nn.RNN, 2), (nn.LSTM, 2))
    ],
    "how large a file is": lambda: [
        of_file.headline(opening.Opened("a", size, lstm_core.load_model("counter"), ()))
        for size in (0, 999, 1_000, 999_999, 1_000_000)
    ],
    "vocabularies": lambda: (
        [of_file.how_many_tokens(text) for text in ("a", "a\nb", '["a", ', "")]
        + [of_file.own_vocabulary(tokens) for tokens in ((), ("a",), tuple("abcd"), tuple("abcde"))]
    ),
    "three cells": lambda: lesson({"part": "5", "sentence": "They can fish in a can"}),
    "three cells of many units": lambda: lesson({"all_three": "a b", "cell_units": "7", "seed": "3"}),
    "three cells that learned": lambda: lesson({"cells": "50", "first": "d", "gap": "7", "trained_seed": "3"}),
    "three cells that learned less": lambda: lesson({"cells": "10", "gap": "0"}),
    "three cells by gap": lambda: [
        kinds.by_gap(),
        kinds_figures.by_gap(kinds.by_gap(), LIGHT, dict.fromkeys(("lstm", "gru", "rnn", "rnn10"), "#12")),
        kinds_sentences.learned(kinds.by_gap()),
    ],
    "links of the lesson": lambda: [
        view.read_lesson(query)
        for query in (
            {"seq_len": "3"},
            {"output_dim": "3"},
            {"seq_len": "3", "cells": "50"},
            {"step": "12"},
            {"part": "6"},
        )
    ],
}


def opening_of(link: dict[str, str]) -> Any:
    from gatescope.store import visitor_models

    return visitor_models.kept(link["model"])
