"""Do the server and its browser mean the same? The browser's types are made of what the server declares."""

import json
import math
from typing import NotRequired, get_args, get_origin

import numpy as np
import pytest
import wire_types
from unpacking import unpacked

from gatescope import assets
from gatescope.live.shared_with_browser import Handed, handed_over
from gatescope.recording import message
from gatescope.recording.recording import answer
from gatescope.recording.wire_format import NAN, as_sent, packed
from lstm_core.training.loop import GENERATED


def differences(value, hint, at):
    """Where a value that was sent is no value of its type."""
    if wire_types.is_named(hint):
        wanted = wire_types.fields(hint)
        needed = {name for name, one in wanted.items() if get_origin(one) is not NotRequired}
        yield from (f"{at}.{name}" for name in (value.keys() ^ wanted.keys()) - (wanted.keys() - needed))
        for name in value.keys() & wanted.keys():
            yield from differences(value[name], wanted[name], f"{at}.{name}")
    elif get_origin(hint) in (list, dict):
        for name, one in enumerate(value) if isinstance(value, list) else value.items():
            yield from differences(one, get_args(hint)[-1], f"{at}[{name}]")
    elif value is not None:
        for one in filter(wire_types.is_named, get_args(hint)):
            yield from differences(value, one, at)


def test_what_is_handed_over_can_be_said_in_json():
    handed = json.loads(json.dumps(as_sent(handed_over("/gatescope", {"own-1": "mine"}))))
    assert handed["choices"]["model"]["own-1"] == "mine"
    assert list(differences(handed, Handed, "handed")) == []


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
def test_a_recording_has_every_name_of_its_type_and_no_other(query):
    assert list(differences(unpacked(answer(query, 900, None)), message.RecordedView, "recording")) == []


def test_every_page_that_the_live_view_leads_to_is_there():
    handed = handed_over("/gatescope", {})
    assert set(handed["closer"]) < set(handed["pages"])
    for page in handed["pages"]:
        assert (assets.FOLDER.parent / "dashboard/app_pages" / f"{page or 'memory'}.py").is_file()


def test_a_model_leads_to_a_task_that_is_trained_here():
    trains = handed_over("/gatescope", {})["trains"]
    assert trains.keys() == {"brackets", "copy", "counter", "series"}
    assert set(trains.values()) <= GENERATED.keys()


def test_numbers_are_packed_in_steps_of_their_range_each_array_at_its_own_byte():
    values = np.array([[0.5, -2.0, math.nan]])
    content = packed({"a": values, "b": [values + 1, values], "c": "text"}, exact=False)
    length = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + length])
    assert (length % 4, [header["a"]["at"], *(one["at"] for one in header["b"])]) == (0, [0, 8, 0])
    step = header["a"]["step"]
    assert step == pytest.approx(2 / 32767)
    whole = np.frombuffer(content[4 + length :][:6], "<i2")
    assert whole.tolist() == [round(0.5 / step), -32767, NAN]
    assert len(content) == 4 + length + 2 * 8, "equal arrays are sent once"
    nothing = packed({"a": np.zeros((1, 2))}, exact=False)
    assert json.loads(nothing[4 : 4 + int.from_bytes(nothing[:4], "little")])["a"]["step"] == 1.0
