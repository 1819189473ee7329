"""From the h of a cell to the answer: what is drawn below the cell is the model's own Linear."""

import re

import pytest
import torch
from playwright.sync_api import Page, expect

import lstm_core

PARTS = """() => [...document.querySelectorAll('.gs-onward-part')].map(part => [
    part.querySelector('.gs-onward-name').textContent, part.querySelector('.gs-onward-number').textContent,
    part.children[2].textContent])"""
LABELS = """() => [...document.querySelectorAll('.gs-onward-label')].map(part =>
    [...part.children].map(one => one.textContent))"""
# What the labels that are not shown have together.
LEFT = "() => [...document.querySelectorAll('.gs-onward-left .gs-onward-number')].map(part => part.textContent)"
# Holds each movement of the cell at its beginning: where is it then, and how long would it take?
MOVES = """
    window.moves = []
    const animate = Element.prototype.animate
    Element.prototype.animate = function (frames, how) {
        const moves = animate.call(this, frames, how)
        moves.pause()
        moves.currentTime = 0
        const {left, top, right, bottom} = this.getBoundingClientRect()
        window.moves.push({box: [left, top, right, bottom], duration: how.duration})
        moves.play()
        return moves
    }"""
# Across, in pixels: the wire's two ends, the cell's h, and the number in the unit's row.
WIRE = """() => {
    const box = name => [...document.querySelectorAll(name)].at(-1).getBoundingClientRect()
    const [wire, h, row] = ['.gs-onward-wire', '.gs-cell-pill rect', '.gs-onward-own span:nth-child(2)'].map(box)
    return [wire.right - h.left - h.width / 2, wire.left - row.left - row.width / 2]}"""
TEXTS = {
    "counter": "aaabbb",
    "sentiment": "not a good film",
    "tagger": "Giraffes in a field",
    "tagger-bi": "Giraffes in a field",
    "brackets": "(())()",
    "series": "20, 21, 30, 22, 20",
}


def number(text: str | None) -> float:
    return float(re.findall(r"[+−]?[\d.]+", text or "")[-1].replace("−", "-"))


def drawn(page: Page) -> tuple[dict[str, float], dict[str, float], float]:
    """The parts of the score by name, the weights of those that have one, and the score."""
    parts = page.evaluate(PARTS)
    score = page.locator(".gs-onward-score .gs-onward-number").text_content()
    weights = {name: number(weight) for name, _, weight in parts if weight}
    return {name: number(part) for name, part, _ in parts}, weights, number(score)


@pytest.mark.parametrize(("name", "direction"), [*((name, 0) for name in TEXTS), ("tagger-bi", 1)])
def test_the_parts_that_are_drawn_sum_to_the_score_of_the_model_itself(blank: Page, name: str, direction: int):
    model = lstm_core.load_model(name)
    tokens = model.tokens(TEXTS[name])
    step, hidden = len(tokens) - 2, model.lstm.hidden_size
    trace = lstm_core.run(model.lstm, model.vectors(tokens).detach())
    blank.goto(f"/?model={name}&sentence={TEXTS[name].replace(' ', '+')}&top=all&pin=0.1.{step}" + ".1" * direction)
    unit = 1
    expect(blank.get_by_role("heading", name=re.compile(r"^Unit 1 at"))).to_be_visible()
    expect(blank.locator(".gs-onward-score")).to_be_visible()

    scores = model.scores(trace)[step, 0]
    label = int(scores.argmax()) if model.gives != "value" else 0
    weight = model.linear.weight.detach()[label]
    h = torch.cat([trace.h[-1, side, step, 0] for side in range(trace.h.shape[1])])
    parts, weights, score = drawn(blank)
    assert score == pytest.approx(scores[label].item(), abs=0.006)
    assert parts["unit 1"] == pytest.approx((weight * h)[direction * hidden + unit].item(), abs=0.006)
    assert parts["bias"] == pytest.approx(model.linear.bias[label].item(), abs=0.006)
    for unit_name, drawn_weight in weights.items():
        own = direction * hidden + int(unit_name.removeprefix("unit "))
        assert drawn_weight == pytest.approx(weight[own].item(), rel=0.006, abs=0.006)
        assert parts[unit_name] == pytest.approx((weight * h)[own].item(), abs=0.006)
    assert blank.evaluate(WIRE) == pytest.approx([0, 0], abs=4)
    # Each number is rounded to two places.
    assert sum(parts.values()) == pytest.approx(score, abs=0.005 * (len(parts) + 1))

    said = model.probabilities(model.scores(trace))[step, 0]
    [first, *others] = blank.evaluate(LABELS)
    assert first[0] == model.labels[label]
    assert number(first[-1]) == pytest.approx(said[label].item(), abs=0.05 if model.gives == "value" else 0.006)
    if model.gives != "value":
        best = scores.sort(descending=True).indices[1:3]
        assert [number(row[-1]) for row in others] == pytest.approx(said[best].tolist(), abs=0.006)
        left = blank.evaluate(LEFT)
        assert (len(model.labels) > 3 and model.gives == "classes") == bool(left)
        for rest in left:
            assert number(rest) == pytest.approx(1 - said.sort(descending=True).values[:3].sum().item(), abs=0.006)


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_clicked_square_opens_into_the_cell_unless_less_motion_is_asked_for(blank: Page, motion: str):
    page = blank
    page.emulate_media(reduced_motion=motion)
    page.goto("/?model=tagger-sizes&sentence=Giraffes+in+a+field")
    page.evaluate(f"() => {{ {MOVES} }}")
    expect(page.locator(".gs-answer")).to_have_count(4)
    square = page.locator(".gs-plot .nsewdrag").nth(3).bounding_box()
    assert square
    page.mouse.click(square["x"] + square["width"] * 0.6, square["y"] + square["height"] * 0.5)
    expect(page.get_by_role("heading", name="Unit 1 at “a”")).to_be_visible()
    moves = page.evaluate("window.moves")
    # A number, its fill and its letters change in one frame.
    assert page.evaluate("document.getAnimations().filter(one => one instanceof CSSTransition).length") == 0
    if motion == "reduce":
        assert moves == []
        return
    [move] = moves
    left, top, right, bottom = move["box"]
    assert move["duration"] <= 300
    width, height = square["width"] / 4, square["height"] / 3
    assert [left, right] == pytest.approx([square["x"] + 2 * width, square["x"] + 3 * width], abs=6)
    assert [top, bottom] == pytest.approx([square["y"] + height, square["y"] + 2 * height], abs=6)
    # Back where it was pressed: the pin goes, and nothing moves.
    page.mouse.move(0, 0)
    page.get_by_role("button", name="Unpin").click()
    assert page.evaluate("window.moves.length") == 1
