"""Training for somebody who watches: the run, its set-up, its figures, and the page as far as AppTest reaches."""

import re
import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from charts import drawn
from opened_page import opened

import lstm_core
from gatescope.model_page import figures
from gatescope.store import visitor_models
from gatescope.train_one import example as examples
from gatescope.train_one import run as training_run
from gatescope.train_one import sentences as training_sentences
from gatescope.train_one import setup as training_setup
from gatescope.train_one.run import Run, start
from gatescope.train_one.setup import task_of, usual
from lstm_core import LstmCoreError
from lstm_core.training import epochs, tasks, train_task, words
from lstm_core.training.task import MISSING

SHORT = replace(usual("counter"), epochs=3)
LONG = replace(usual("counter"), epochs=500)
TEXT = "the giraffe in the field sleeps. " * 20
TABLE = "time,load,wind\n" + "\n".join(f"2024-05-{n:02},{n % 7},{n % 3}" for n in range(1, 31))


def trained(setup=SHORT, **data):
    run = Run(setup, task_of(setup, **data))
    run.train()
    return run.progress()


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    assert true()


def same_weights(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_a_run_learns_what_the_library_would():
    progress = trained()
    assert same_weights(progress.model, train_task("counter", epochs=3, seed=SHORT.seed))
    assert [moment.epoch for moment in progress.moments] == [1, 2, 3]
    assert progress.over
    assert progress.ended == ""


def test_the_model_after_each_epoch_is_kept():
    snapshots = trained().snapshots
    assert [snapshot.epoch for snapshot in snapshots] == [0, 1, 2, 3]
    for snapshot, epoch in zip(snapshots[1:], epochs("counter", epochs=3, seed=SHORT.seed), strict=True):
        assert same_weights(snapshot.model, epoch.model)


@pytest.mark.parametrize("task", tasks())
def test_every_task_can_be_watched(task):
    setup = replace(usual(task), epochs=1)
    progress = trained(setup, text=TEXT, table=TABLE)
    assert [picture.epoch for picture in progress.pictures] == [0, 1]
    before, after = progress.pictures
    assert not np.array_equal(before.cells["c"], after.cells["c"])
    assert re.match(r"checked: matches PyTorch to \de-(0[6-9]|1\d)", after.proof)
    assert "rounding" not in after.proof
    for name in ("loss", "accuracy"):
        chosen, line = figures.by_epoch(progress, name, 1)["curves"]["of"]
        assert line["values"] == chosen["values"] == [None, pytest.approx(getattr(progress.moments[0], name), rel=1e-5)]
    assert len(figures.of_layer(after, progress.example, 0, 1)["strips"]) == (
        6 if task in training_setup.READS_NUMBERS else 7
    )
    assert training_sentences.answers(setup, progress.example, 0)


def test_the_last_picture_is_of_the_model_that_is_kept():
    progress = trained()
    x = progress.model.vectors(progress.example.tokens)
    trace = lstm_core.run(progress.model.lstm, x)
    *strips, said = figures.of_layer(progress.pictures[-1], progress.example, 0, 1)["strips"]
    assert [strip["quantity"] for strip in strips] == list("figcoh")
    for strip in strips:
        np.testing.assert_allclose(strip["z"], trace.cells(strip["quantity"]), rtol=1e-5)
    answers = progress.model.probabilities(progress.model(x))[:, 0].T.detach()
    np.testing.assert_allclose(said["z"], answers, rtol=1e-5)


def test_the_memory_has_one_scale_before_and_after():
    progress = trained()
    before, after = progress.pictures[0], progress.pictures[-1]
    after.cells["c"][0, 1, 3] = -5.5
    assert figures.reach(progress, 0) == 10
    for picture in (before, after):
        strips = figures.of_layer(picture, progress.example, 0, reach=10)["strips"]
        assert {strip["quantity"]: strip["reach"] for strip in strips if "reach" in strip} == {"c": 10}


def test_a_forecast_is_drawn_over_the_value_that_it_foretold():
    progress = trained(replace(usual("forecast"), epochs=1), table=TABLE)
    came, foretold = figures.forecast(progress.example, 1, progress.pictures[-1])["curves"]["of"]
    assert came["values"][-3:] == [(n % 3) for n in (28, 29, 30)]
    assert foretold["values"][0] is None
    np.testing.assert_allclose(foretold["values"][1:], progress.pictures[-1].answers[1, :-1], rtol=1e-5)


RIGHT = {
    "counter": [*[[]] * 8, *[["b"]] * 7, ["end"]],
    "brackets": [*[["(", ")"]] * 9, ["(", "end"], ["(", ")"], ["(", "end"]],
    "copy": [*[[]] * 15, ["b"]],
    "grammar": [["NOUN"], ["ADP"], ["DET"], ["NOUN"]],
    "text": [*([character] for character in TEXT[1:48]), []],
}


def untrained(name, **data):
    """A task, and the progress of a run that has not begun."""
    task = task_of(usual(name), **data)
    return task, Run(usual(name), task).progress()


@pytest.mark.parametrize("name", RIGHT)
def test_the_right_answers_over_the_example(name):
    task, progress = untrained(name, text=TEXT)
    example, model = progress.example, progress.snapshots[0].model
    numbers = examples.as_batch(task, model, example).numbers[:, 0]
    assert torch.equal(numbers, example.read[: len(numbers)])
    right = examples.right_answers(task, model, example)
    said = [[label for label, share in zip(example.labels, step, strict=True) if share == 1] for step in right.T]
    assert said == [[label for label in step if label in example.labels] for step in RIGHT[name]]
    [strip] = figures.answers(right, example.tokens, example.labels)["strips"]
    np.testing.assert_array_equal(np.array(strip["z"], float), right)
    blank = RIGHT[name].count([])
    told = training_sentences.what_is_asked(usual(name), right)
    assert (f"{blank} of {len(said)} steps {'is' if blank == 1 else 'are'} blank: " in told) is (blank > 0)
    # Of what is not judged, the loss counts what has a target.
    batch = examples.as_batch(task, model, example)
    targets = batch.targets if batch.targets.ndim == 2 else batch.targets.nan_to_num(MISSING).amin(-1)
    learned = bool(((targets != MISSING) & ~batch.judged).any())
    assert ("The accuracy leaves these steps out; the loss counts them" in told) is learned
    assert ("at best" in training_sentences.loss(usual(name), progress)) is learned


def test_sequences_to_learn_from_stand_above_their_right_answers():
    def written(name):
        task, progress = untrained(name, text=TEXT)
        return training_sentences.written(examples.sequences(task, progress.snapshots[0].model, 2))

    assert written("counter").startswith("a b\n  end\n\na a b b\n    b end\n\n")
    for pair in written("copy").split("\n\n"):
        read, right = pair.split("\n")
        assert read[0] == right.strip()
        assert read.index("?") == len(right) - 1
    for pair in written("grammar").split("\n\n"):
        read, tags = (line.split() for line in pair.split("\n"))
        assert len(read) == len(tags)
        for word, tag in zip(read, tags, strict=True):
            if word == tag == "…":
                continue
            kinds = [kind for kind, among in words.WORDS.items() if word.lower() in among.split()]
            assert tag in [kind.split()[0] for kind in kinds]
    read, right = written("text").split("\n\n")[0].split("\n")
    assert right.split()[:5] == read.split()[1:6]
    assert read.endswith("…")
    assert max(map(len, written("brackets").split("\n"))) <= training_sentences.MOST_WRITTEN + 1


def test_stopping_keeps_what_there_is():
    run = Run(LONG, task_of(LONG))
    start(run)
    until(lambda: len(run.progress().moments) >= 2)
    run.stop()
    until(lambda: run.progress().over)
    progress = run.progress()
    assert progress.ended.startswith("Stopped")
    assert 2 <= len(progress.moments) < LONG.epochs
    assert progress.pictures[-1].epoch == len(progress.moments)
    again = epochs("counter", epochs=LONG.epochs, seed=LONG.seed)
    model = [next(again).model for _ in progress.moments][-1]
    assert same_weights(progress.model, model)


def test_a_run_that_nobody_watches_ends_by_itself():
    run = Run(LONG, task_of(LONG), patience=0.2)
    start(run)
    until(lambda: run not in training_run._running)
    progress = run.progress()
    assert progress.over
    assert "nobody was watching" in progress.ended


def test_a_server_trains_only_so_many_at_once(monkeypatch):
    monkeypatch.setattr(training_run, "MOST_AT_ONCE", 1)
    first = Run(LONG, task_of(LONG))
    start(first)
    with pytest.raises(LstmCoreError, match="as many as it takes at once"):
        start(Run(SHORT, task_of(SHORT)))
    first.stop()
    until(lambda: first not in training_run._running)
    second = Run(SHORT, task_of(SHORT))
    start(second)
    until(lambda: second not in training_run._running)
    assert second.progress().model is not None


@pytest.mark.parametrize("error", [LstmCoreError("a sentence"), RuntimeError("a sentence")])
def test_an_error_while_training_is_a_sentence(monkeypatch, error):
    run = Run(SHORT, task_of(SHORT))

    def fails(*_):
        raise error

    monkeypatch.setattr(training_run, "picture_of", fails)
    run.train()
    assert "a sentence" in run.progress().ended
    assert run.progress().over


def test_a_loss_that_is_no_number_is_a_sentence_and_the_epoch_before_is_kept(monkeypatch):
    run = Run(SHORT, task_of(SHORT))
    whole = run._learning

    def broken():
        yield next(whole)
        yield replace(next(whole), loss=float("nan"))

    monkeypatch.setattr(run, "_learning", broken())
    run.train()
    assert "Try a lower one" in run.progress().ended
    assert not same_weights(run.progress().model, train_task("counter", epochs=3, seed=2))
    assert len(run.progress().moments) == 1


def test_unfit_data_is_a_sentence():
    for task, data, said in (
        ("text", {"text": ""}, "paste a text"),
        ("text", {"text": "short"}, "at least 200"),
        ("text", {"text": "x" * 1_000_001}, "at most 1,000,000"),
        ("forecast", {"table": ""}, "paste a table"),
        ("forecast", {"table": "1,2,three"}, "three"),
        ("forecast", {"table": "\n".join("1 2" for _ in range(50_001))}, "at most 50,000"),
        ("forecast", {"table": "1\n2"}, "20 rows"),
    ):
        with pytest.raises(LstmCoreError, match=said):
            task_of(usual(task), **data)


@pytest.fixture
def page():
    return opened("open", how="train")


def button(page, label):
    return next(button for button in page.button if button.label == label)


def finished(page):
    def over():
        page.run()
        assert not page.exception
        return any(button.label == "Open it on the Memory page" for button in page.button)

    until(over)


def test_the_page_trains_and_the_model_is_in_the_main_pages_list_with_its_card(page):
    assert not [line for line in page.markdown if "Is it healthy?" in line.value]
    page.number_input(key="open.counter epochs").set_value(2).run()
    assert page.query_params["epochs"] == "2"
    button(page, "Train").click().run()
    finished(page)
    [(key, label)] = page.session_state["own_models"].items()
    assert label == "counter, yours: 4 units, seed 2"
    model = train_task("counter", epochs=2, seed=2)
    assert same_weights(visitor_models.kept(key), model)
    [said] = [line.value for line in page.markdown if "Is it healthy?" in line.value]
    assert f"{len(lstm_core.check(model).of('pass'))} pass" in said
    button(page, "Train").click().run()
    finished(page)
    assert list(page.session_state["own_models"].values())[1] == "counter, yours: 4 units, seed 2 (2)"


def test_what_can_not_be_is_a_sentence_and_what_was_typed_stays():
    page = opened("open", how="train", hidden_dim="9999")
    assert any("9999 is not possible" in warning.value for warning in page.warning)
    page.selectbox(key="open.task").set_value("forecast").run()
    for typed, said in (
        ("time,load\n2024-05-01,\n2024-05-02,3", "missing value"),
        # As code, where Markdown makes neither an image nor a link of it.
        ("![x](http://127.0.0.2/x.png)\none\n2", "`'![x](http://127.0.0.2/x.png)',`"),
    ):
        page.text_area(key="own series").set_value(typed).run()
        assert any(said in warning.value for warning in page.warning)
        button(page, "Train").click().run()
        assert not page.exception
        assert page.text_area(key="own series").value == typed


def test_epochs_are_compared_where_there_are_two(page):
    page.number_input(key="open.counter epochs").set_value(1).run()
    button(page, "Train").click().run()
    finished(page)
    assert button(page, "Compare two of its epochs")


def test_a_column_is_chosen_where_ones_own_series_has_several(page):
    def columns():
        return [box.options for box in page.selectbox if box.label == "Column"]

    page.selectbox(key="open.task").set_value("series").run()
    assert columns() == []
    page.selectbox(key="open.task").set_value("forecast").run()
    rows = [f"{n}, {n % 3}, {n % 5}" for n in range(80)]
    page.text_area(key="own series").set_value("\n".join(["a, b, c", *rows])).run()
    assert columns() == [["a", "b", "c"]]
    assert any("**a**: grey are the values" in line.value for line in page.markdown)
    next(box for box in page.selectbox if box.label == "Column").set_value(2).run()
    assert any("**c**: grey are the values" in line.value for line in page.markdown)
    page.text_area(key="own series").set_value("\n".join(["a", *map(str, range(80))])).run()
    assert columns() == []


def test_before_training_the_page_shows_what_there_is_to_learn(page):
    for name in tasks():
        page.selectbox(key="open.task").set_value(name).run()
        if name == "text":
            page.text_area(key="own text").set_value(TEXT).run()
        if name == "forecast":
            page.text_area(key="own series").set_value(TABLE).run()
        last = drawn(page)[-1]
        assert (last["strips"] or last["curves"]["of"])[0]["name"] in ("right", "value"), name
        assert bool(page.code) is (name not in training_setup.READS_NUMBERS)
        assert any(line.value.startswith("**To learn:") for line in page.markdown)


@pytest.mark.parametrize(
    ("name", "box", "label"),
    [("text", "own text", "Use an example text"), ("forecast", "own series", "Use an example series")],
)
def test_who_has_no_data_at_hand_trains_on_an_example(page, name, box, label):
    page.selectbox(key="open.task").set_value(name).run()
    page.number_input(key=f"open.{name} epochs").set_value(1).run()
    button(page, label).click().run()
    assert not page.exception
    assert not [one for one in page.button if one.label == label]
    assert page.text_area(key=box).value
    button(page, "Train").click().run()
    finished(page)


def test_each_task_keeps_its_own_numbers_while_another_task_and_another_page_are_looked_at(page):
    page.number_input(key="open.counter epochs").set_value(7).run()
    page.selectbox(key="open.task").set_value("copy").run()
    page.number_input(key="open.copy epochs").set_value(9).run()
    page.selectbox(key="open.task").set_value("counter").run()
    assert page.number_input(key="open.counter epochs").value == 7
    page.switch_page("app_pages/lesson.py").run()
    page.query_params.clear()
    page.switch_page("app_pages/open.py").run()
    assert page.number_input(key="open.counter epochs").value == 7
    page.selectbox(key="open.task").set_value("copy").run()
    assert page.number_input(key="open.copy epochs").value == 9
    assert not page.exception


def test_two_visitors_share_nothing():
    one, other = (opened("open", how="train") for _ in range(2))
    one.number_input(key="open.counter epochs").set_value(1).run()
    button(one, "Train").click().run()
    finished(one)
    other.run()
    assert "training" not in other.session_state
    assert other.session_state["own_models"] == {}
