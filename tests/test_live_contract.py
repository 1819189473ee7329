"""Do the server and its browser mean the same? What they say to each other is written in both, and compared here."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import pytest
from unpacking import unpacked

from dashboard import assets
from dashboard.live.shared_with_browser import handed_over
from dashboard.picture import header
from dashboard.picture.answer import answer
from dashboard.question import link
from dashboard.question.cell import Cell
from dashboard.question.view import View
from lstm_core.analysis.anatomy import Anatomy
from lstm_core.analysis.anatomy import Gate as GateOfAnatomy

BROWSER = assets.FOLDER / "browser"
TYPES = (
    *("Header", "Range", "Model", "Stack", "Place", "Scale", "Extra", "Strip", "Terms", "Held", "Gate"),
    *("Answers", "Answer", "Inputs", "Next"),
)


def typedef(name, file):
    """The names of a JSDoc type's properties."""
    text = (BROWSER / file).read_text(encoding="utf-8")
    [block] = re.findall(rf"@typedef \{{Object\}} {name}\b(.*?)(?:@typedef|\*/)", text, re.DOTALL)
    return set(re.findall(r"@property \{.*?\} (\w+)(?=[ \n])", block))


@pytest.mark.parametrize("name", TYPES)
def test_what_the_server_says_is_what_the_browser_expects(name):
    assert typedef(name, "state/answer.js") == set(get_type_hints(getattr(header, name)))


def test_what_is_handed_over_is_what_the_browser_expects():
    assert typedef("Handed", "controls/controls.js") == handed_over("/gatescope", {}).keys()


def test_what_is_handed_over_can_be_said_in_json():
    handed = handed_over("/gatescope", {"own-1": "mine"})
    assert json.loads(json.dumps(handed))["choices"]["model"]["own-1"] == "mine"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"sentence": ""},
        {"model": "tagger-bi", "sentence": "a b"},
        {"pin": "0.1.2"},
        {"model": "counter"},
        {"model": "tagger", "holds": "w.1"},
    ],
)
def test_an_answer_has_every_name_of_its_type_and_no_other(query):
    picture = unpacked(answer(query, 900, "light", None))
    assert picture.keys() == get_type_hints(header.Header).keys()
    for name in ("Range", "Model"):
        assert (
            picture[{"Range": "columns", "Model": "model"}[name]].keys() == get_type_hints(getattr(header, name)).keys()
        )
    for part, name in (("stacks", "Stack"), ("legend", "Scale"), ("extras", "Extra"), ("strips", "Strip")):
        for one in picture[part]:
            assert one.keys() == get_type_hints(getattr(header, name)).keys()
    if picture["held"]:
        assert picture["held"].keys() == get_type_hints(header.Held).keys()
    for part, name in (("coming", "Next"), ("answers", "Answers"), ("inputs", "Inputs")):
        for one in picture[part] if isinstance(picture[part], list) else filter(None, [picture[part]]):
            assert one.keys() == get_type_hints(getattr(header, name)).keys()
    if picture["cell"]:
        assert picture["cell"].keys() == get_type_hints(header.Terms).keys()


def test_the_terms_of_a_cell_are_those_of_its_anatomy():
    # The page draws the trace itself, so it needs no word on where the trace has other values.
    terms = {field.name for field in fields(Anatomy)} - {"recorded"}
    assert terms | set(Cell._fields) == set(get_type_hints(header.Terms))
    assert {field.name for field in fields(GateOfAnatomy)} == set(get_type_hints(header.Gate))


def test_what_is_read_how_it_is_shown_the_pin_and_the_holds_are_all_of_a_view():
    handed = handed_over("/gatescope", {})
    names = [*handed["source"], *handed["shown"], "pin", "holds"]
    assert names == sorted(link.values(View()), key=names.index)


@pytest.mark.parametrize("literal", ["figcoh", "0123", "4_000", "4000", "32768", "What do the units do?"])
def test_what_both_need_is_said_in_python_alone(literal):
    saying = [path.name for path in BROWSER.rglob("*.js") if literal in path.read_text(encoding="utf-8")]
    # Milliseconds that "The server answers again" stays.
    assert saying == (["questions.js"] if literal == "4_000" else [])


def test_every_page_that_the_live_view_leads_to_is_there():
    handed = handed_over("/gatescope", {})
    assert set(handed["closer"]) < set(handed["pages"])
    for page in handed["pages"]:
        assert (assets.FOLDER.parent / "dashboard/app_pages" / f"{page or 'memory'}.py").is_file()


def test_no_line_of_javascript_is_longer_than_those_of_python():
    folders = (BROWSER, Path(__file__).parent / "javascript")
    files = [file for folder in folders for file in folder.rglob("*.js") if "node_modules" not in file.parts]
    assert len(files) > 50
    long = [file.name for file in files if any(len(line) > 120 for line in file.read_text("utf-8").splitlines())]
    assert long == []
