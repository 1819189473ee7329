"""Training for somebody who watches: the run, its set-up, what is sent, and the page as far as AppTest reaches."""

import base64
import gzip
import re
import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from opened_page import opened

import lstm_core
from gatescope.store import visitor_models
from gatescope.train_one import run as training_run
from gatescope.train_one.learnt import learnt
from gatescope.train_one.message import message_of
from gatescope.train_one.run import Run, start
from gatescope.train_one.setup import task_of, usual
from lstm_core import LstmCoreError
from lstm_core.training import epochs, tasks, train_task

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
    assert before.cells != after.cells
    assert re.match(r"checked: matches PyTorch to \de-(0[6-9]|1\d)", after.proof)
    assert "rounding" not in after.proof
    example, model = progress.example, progress.model
    scores = model(model.vectors(example.read))
    trace = lstm_core.run(model.lstm, model.vectors(example.read))
    sent = np.frombuffer(gzip.decompress(base64.b64decode(after.cells)), "<f4")
    np.testing.assert_allclose(sent, np.concatenate([trace.cells(name, -1).ravel() for name in "fic"]), rtol=1e-5)
    said = model.probabilities(scores)[:, 0]
    if model.gives == "value":
        np.testing.assert_allclose(after.forecast, said[:, 0].detach(), rtol=1e-5)
        assert len(example.came) == len(after.forecast)
    elif model.gives == "classes":
        assert after.says == [[model.labels[number]] for number in said.argmax(-1).tolist()]
    else:
        assert after.says == [[model.labels[k] for k in (row > 0.5).nonzero().flatten()] for row in said]


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
    _, progress = untrained(name, text=TEXT)
    assert progress.example.right == RIGHT[name]


@pytest.mark.parametrize(("name", "up"), [("counter", "a"), ("brackets", "(")])
def test_a_unit_is_said_to_count_where_its_c_does_on_new_texts_and_not_in_an_untrained_model(name, up):
    task, progress = untrained(name)
    found = learnt(task, lstm_core.load_model(name))
    assert next(iter(found["scores"].values())) > 0.9
    rise, fall = found["change"].values()
    assert next(iter(found["change"])) == up
    assert rise * fall < 0
    assert abs(rise + fall) < 0.2 * abs(rise)
    nothing = learnt(task, progress.snapshots[0].model)
    assert nothing["unit"] is None
    assert nothing["change"] == {}


def test_what_is_sent_grows_by_an_epoch_and_ends_with_what_was_learnt():
    run = Run(SHORT, task_of(SHORT))
    before = message_of(run, run.progress(), trains=False)
    assert (before["losses"], before["left"], before["learnt"], before["over"]) == ([], None, None, False)
    run.train()
    after = message_of(run, run.progress(), trains=True)
    assert len(after["losses"]) == len(after["accuracies"]) == after["of"] == 3
    assert after["least"] == pytest.approx(0.1427, abs=1e-4)
    assert list(after["learnt"]["scores"]) == ["right for every n up to"]


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


@pytest.mark.parametrize("where", ["picture_of", "learnt"])
@pytest.mark.parametrize("error", [LstmCoreError("a sentence"), RuntimeError("a sentence")])
def test_an_error_while_training_or_after_is_a_sentence(monkeypatch, error, where):
    run = Run(SHORT, task_of(SHORT))

    def fails(*_):
        raise error

    monkeypatch.setattr(training_run, where, fails)
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
        return any(button.label == "Compare two of its epochs" for button in page.button)

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
    page.radio(key="open.task").set_value("forecast").run()
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


@pytest.mark.parametrize(
    ("name", "box", "label"),
    [("text", "own text", "Use an example text"), ("forecast", "own series", "Use an example series")],
)
def test_who_has_no_data_at_hand_trains_on_an_example(page, name, box, label):
    page.radio(key="open.task").set_value(name).run()
    page.number_input(key=f"open.{name} epochs").set_value(1).run()
    button(page, label).click().run()
    assert not page.exception
    assert not [one for one in page.button if one.label == label]
    assert page.text_area(key=box).value
    button(page, "Train").click().run()
    finished(page)


def test_each_task_keeps_its_own_numbers_while_another_task_and_another_page_are_looked_at(page):
    page.number_input(key="open.counter epochs").set_value(7).run()
    page.radio(key="open.task").set_value("copy").run()
    page.number_input(key="open.copy epochs").set_value(9).run()
    page.radio(key="open.task").set_value("counter").run()
    assert page.number_input(key="open.counter epochs").value == 7
    page.switch_page("app_pages/lesson.py").run()
    page.query_params.clear()
    page.switch_page("app_pages/open.py").run()
    assert page.number_input(key="open.counter epochs").value == 7
    page.radio(key="open.task").set_value("copy").run()
    assert page.number_input(key="open.copy epochs").value == 9
    assert not page.exception
