"""Which of many units are shown first, on which scale, and what stands beside the strips?"""

import numpy as np
import torch
from pictured import picture_of

from gatescope.export.downloads import download
from gatescope.question.view import Shown, Source, View
from gatescope.reading.read import read
from gatescope.recording import window

TAGGED = Source(model="tagger", sentence="Giraffes in a field watch the birds")


def picture(**query):
    return picture_of(query, 832)


def asked(source=TAGGED, **query):
    return picture(model=source.model, sentence=source.sentence, **query)


def test_a_unit_weighs_as_much_as_its_h_moves_what_is_said():
    reading = read(TAGGED)
    h = reading.trace.h[-1, 0, :, 0].clone().requires_grad_()
    said = reading.model.linear(h).log_softmax(-1).max(-1).values
    [gradient] = torch.autograd.grad(said.sum(), h)
    expected = (gradient * h).abs().mean(0)
    torch.testing.assert_close(window.weights(reading, reading.trace)[0], expected.detach(), atol=1e-5, rtol=1e-4)


def test_of_many_units_those_that_weigh_most_are_shown_in_the_order_that_was_chosen():
    reading = read(TAGGED)
    heaviest = window.weights(reading, reading.trace)[0].argsort(descending=True)[: window.MOST].tolist()
    found = asked()
    [stack] = found["stacks"]
    assert stack["units"] == sorted(heaviest)
    for trace in stack["values"]:
        np.testing.assert_allclose(trace["z"], reading.trace.cells(trace["quantity"])[stack["units"]], atol=1e-6)
    assert found["few"] == "12 of 64 units: those that move the answers most"
    assert asked(top="all")["stacks"][0]["units"] == list(range(64))
    assert asked(top="all")["few"] == "all 64 units"


def test_the_most_active_units_are_another_choice_and_the_pinned_unit_is_always_shown():
    c = read(TAGGED).trace.c[0, 0, :, 0]
    liveliest = c.std(0, correction=0).argsort(descending=True)[: window.MOST].tolist()
    assert asked(top="active")["stacks"][0]["units"] == sorted(liveliest)
    hidden = next(unit for unit in range(64) if unit not in asked()["stacks"][0]["units"])
    assert hidden in asked(pin=f"0.{hidden}.2")["stacks"][0]["units"]


def test_an_untrained_lstm_shows_all_its_units_until_the_most_active_are_asked_for():
    assert picture(hidden_dim="64")["stacks"][0]["units"] == list(range(64))
    assert picture(hidden_dim="64")["few"] == ""
    assert len(picture(hidden_dim="64", top="active")["stacks"][0]["units"]) == window.MOST


def test_an_export_has_the_units_that_are_shown():
    lines = download("csv", View(TAGGED)).content.decode().splitlines()
    assert len(lines) == 1 + 7 * window.MOST
    lines = download("csv", View(TAGGED, Shown(top="all"))).content.decode().splitlines()
    assert len(lines) == 1 + 7 * 64


def test_x_and_the_start_are_those_of_the_trace():
    found = picture(sentence="one two", n_layers="2")
    trace = read(Source(sentence="one two", n_layers=2)).trace
    np.testing.assert_allclose(found["inputs"]["z"], trace.x[:, 0].T)
    assert found["inputs"]["reach"] >= np.abs(found["inputs"]["z"]).max()
    for stack in found["stacks"]:
        assert stack["start"] == {"c": [0, 0, 0], "h": [0, 0, 0]}


def test_the_scale_of_c_fits_the_units_that_are_shown():
    """One unit of python-chars counts to 20 and more: on its scale the others are pale."""
    query = {"model": "python-chars", "sentence": "print(max([f(x) for x in range(10)]))\n"}
    found, whole = picture(**query), picture(top="all", **query)
    [c] = [trace for trace in found["stacks"][0]["values"] if trace["quantity"] == "c"]
    largest = np.abs(c["z"]).max()
    assert largest <= found["reach"] < whole["reach"]
    assert found["reach"] <= 2.5 * largest


def test_a_single_series_has_no_scales_to_compare_and_no_number():
    texts = "1, 2, 3", "1 2\n3 4"
    one, two = (picture(model="random", tokens="numbers", sentence=text)["series"][0] for text in texts)
    assert one["labels"] == ["value"]
    assert two["labels"] == ["column 1", "column 2"]
    assert (one["question"], two["question"]) == ("", "each on its own scale")
