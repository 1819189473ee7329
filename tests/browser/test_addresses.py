"""Each address that ever was leads to where its question is asked, and one press of Back leaves a page."""

import re
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from gatescope.controls.visitor import BEGUN, OLD
from gatescope.live.shared_with_browser import PAGES

from .conftest import Visitors
from .streamlit_page import asks, at_rest

Shows = Callable[[Page], Locator]
"""What is on screen where an address leads."""
Does = Callable[[Page], None]
"""What a visitor does on a page."""
PATHS = {title: f"/{name}" for name, title in PAGES.items()}


def heading(name: str) -> Shows:
    return lambda page: page.get_by_role("heading", name=name)


def chosen(name: str) -> Shows:
    return lambda page: page.get_by_role("radio", name=name, checked=True)


def said(text: str) -> Shows:
    return lambda page: page.get_by_text(text).first


COUNTED = {"model": "counter", "sentence": "aaaabbbb"}
TEXT = {"sentence": "so it goes", "input_dim": "5", "hidden_dim": "6", "seed": "8"}
# An old page, what a link of it held, the page to which it leads, what the address there says, what is seen there.
# `tests/test_old_links.py` and the pages' own tests have the fields that are missing here.
LINKS: list[tuple[str, dict[str, str], str, dict[str, str], Shows]] = [
    (
        "why",
        COUNTED | {"pin": "0.1.6", "hold": "f", "value": "0.5", "units": "0,2-3", "steps": "1-2", "holds": "w.0"},
        "Memory",
        COUNTED | {"why": "1", "pin": "0.1.6", "holds": "f.0.0,2-3.1-2_0.5 w.0"},
        said("f of units 0,2-3 at steps 1-2 is held at 0.5, “a” is left out"),
    ),
    (
        "structure",
        TEXT | {"seq_len": "7", "same_start": "true"},
        "Lesson",
        TEXT | {"part": "3", "inputs": "random", "seq_len": "7", "same_start": "true"},
        heading("The state must be carried"),
    ),
    (
        "corpus",
        COUNTED | {"texts": "taught", "size": "20000", "unit": "0.2", "brush": "1-3", "threshold": "0.5"},
        "Units",
        COUNTED | {"where": "corpus", "size": "20000", "unit": "0.2", "brush": "1-3", "threshold": "0.5"},
        heading("Unit 2"),
    ),
    (
        "train",
        {"task": "copy", "input_dim": "5", "hidden_dim": "9", "n_layers": "2", "epochs": "3", "learning_rate": "0.01"},
        "Your model",
        {"how": "train", "task": "copy", "hidden_dim": "9", "n_layers": "2", "epochs": "3", "learning_rate": "0.01"},
        chosen("train one here"),
    ),
    (
        "compare",
        {"cells": "10", "first": "c", "gap": "30", "trained_seed": "4"},
        "Lesson",
        {"part": "5", "cells": "10", "first": "c", "gap": "30", "trained_seed": "4"},
        heading("After “c” and 30 dots"),
    ),
    (
        "compare",
        TEXT | {"sentence_b": "so it went", "layer": "0", "direction": "0", "strips": "fc", "state_b": "reset"},
        "Compare",
        TEXT | {"sentence_b": "so it went"},
        lambda page: page.get_by_role("textbox", name="Sentence A", exact=True),
    ),
]


@pytest.mark.parametrize(
    ("old", "held", "title", "says", "shows"), LINKS, ids=[f"{old}-{'-'.join(held)}" for old, held, *_ in LINKS]
)
def test_an_old_address_leads_to_where_its_question_is_asked_with_all_that_it_named(
    blank: Page, old: str, held: dict[str, str], title: str, says: dict[str, str], shows: Shows
):
    blank.goto(f"/{old}?{urlencode(held)}")
    expect(shows(blank)).to_be_visible()
    asks(blank, **says)
    assert urlsplit(blank.url).path == PATHS[title]
    at_rest(blank)
    assert "is not possible" not in blank.locator("body").inner_text()


def test_no_page_that_there_was_is_without_a_link():
    assert {old for old, *_ in LINKS} >= OLD.keys()


class Line:
    """The line from the server to a page, which a test can hold."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._held: list[str | bytes] | None = None
        self._answer_begun = self._is_answered = False
        page.route_web_socket("**/_stcore/stream", self._connect)

    def _connect(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        socket.connect_to_server().on_message(self._answer)

    def _answer(self, message: str | bytes) -> None:
        if self._held is None:
            self._pass_on(message)
        else:
            self._held.append(message)

    def _pass_on(self, message: str | bytes) -> None:
        said = ForwardMsg.FromString(message)
        if f"{BEGUN}=" in said.page_info_changed.query_string:
            self._answer_begun = True
        elif said.HasField("script_finished") and said.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            self._is_answered = self._answer_begun
        self._socket.send(message)

    def hold(self) -> None:
        """From now on nothing arrives."""
        self._held, self._answer_begun, self._is_answered = [], False, False

    def has_link(self) -> None:
        """Waits until a link is among what is held."""
        self._waits(lambda: any(ForwardMsg.FromString(one).HasField("page_info_changed") for one in self._held))

    def let_go(self) -> None:
        """All that was held arrives, in its order, and then the answer to Back or Forward."""
        held, self._held = self._held, None
        for message in held:
            self._pass_on(message)
        self._waits(lambda: self._is_answered)

    def _waits(self, is_so: Callable[[], bool]) -> None:
        for _ in range(4_000):
            if is_so():
                return
            self._page.wait_for_timeout(20)
        raise AssertionError("The server never answered so.")


def opens(name: str) -> Does:
    return lambda page: page.get_by_role("link", name=name, exact=True).click()


def picks(name: str) -> Does:
    return lambda page: page.get_by_role("radio", name=name, exact=True).click()


def presses(name: str) -> Does:
    return lambda page: page.get_by_role("button", name=re.compile(f"^{name}")).click()


def types(text: str) -> Does:
    return lambda page: page.get_by_role("textbox", name=re.compile("^Sentence")).first.fill(text)


def one_more(name: str) -> Does:
    return lambda page: page.get_by_role("slider", name=name).press("ArrowRight")


def pressed(name: str) -> Shows:
    return lambda page: page.get_by_role("button", name=name, pressed=True)


# What is done, on which page that leads, what it shows then, and what would change the page's link there.
STEPS: list[tuple[Does, str, Shows, Does]] = [
    (opens("Lesson"), "Lesson", heading("Words become numbers"), presses("Next")),
    (presses("Next"), "Lesson", heading("One step at a time"), presses("Next")),
    (opens("Units"), "Units", pressed("what they track"), presses("without it")),
    (presses("keeps"), "Units", pressed("keeps"), presses("without it")),
    (opens("Compare"), "Compare", chosen("Two texts"), types("aaabbb")),
    (picks("Models"), "Compare", chosen("Models"), types("aaabbb")),
    (opens("Your model"), "Your model", chosen("open a file"), picks("train one here")),
    (picks("train one here"), "Your model", chosen("train one here"), one_more("hidden_dim")),
]


def is_whole(address: str, path: str) -> bool:
    parts = urlsplit(address)
    return parts.path == path and parts.query != ""


def test_back_and_forward_over_each_page_find_each_address_whole_though_a_late_link_follows(visitors: Visitors):
    page = visitors()
    line = Line(page)
    page.goto("/?model=counter&sentence=aabb")
    expect(page.locator(".gs-plot .heatmaplayer").first).to_be_visible()
    places: list[str] = []

    for does, title, shows, _ in STEPS:
        does(page)
        page.wait_for_url(lambda url, path=PATHS[title]: url not in places and is_whole(url, path))
        expect(shows(page)).to_be_visible()
        at_rest(page)
        places.append(page.url)

    def goes(at: int, by: int) -> None:
        """The visitor changes the page, and goes before the change has arrived."""
        line.hold()
        STEPS[at][3](page)
        line.has_link()
        page.evaluate("by => history.go(by)", by)
        page.wait_for_url(places[at + by])
        line.let_go()
        expect(STEPS[at + by][2](page)).to_be_visible()
        at_rest(page)
        assert page.url == places[at + by]

    for at in range(len(STEPS) - 1, 0, -1):
        goes(at, -1)
    page.go_back()
    expect(page.locator(".gs-plot .heatmaplayer").first).to_be_visible()
    page.go_forward()
    expect(STEPS[0][2](page)).to_be_visible()
    at_rest(page)
    for at in range(len(STEPS) - 1):
        goes(at, 1)
