"""A figure on its way to the browser: what its component is given, by reading it back."""

import json

import numpy as np
import pytest
from charts import figures
from streamlit.testing.v1 import AppTest


def sent(**trace):
    """A trace as it is in the browser."""

    def page(trace):
        from gatescope.controls.drawn_in_browser import chart

        chart({"data": [trace], "layout": {"height": 100}}, "one")

    app = AppTest.from_function(page, args=(trace,)).run()
    assert not app.exception
    [figure] = figures(app)
    return figure["data"][0]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int64", "bool"])
@pytest.mark.parametrize("shape", [(0,), (3,), (2, 3)], ids=str)
def test_arrays_arrive_as_they_are(dtype, shape):
    values = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    np.testing.assert_array_equal(sent(z=values)["z"], values)


def test_what_is_no_number_arrives_as_none():
    assert sent(y=[1.0, np.nan, None])["y"] == [1, None, None]
    np.testing.assert_array_equal(sent(z=np.array([1, np.nan], "f"))["z"], [1, np.nan])


def test_a_list_of_arrays_is_a_matrix():
    assert sent(z=[np.array([1.0, 2.0]), np.array([3.0, 4.0])])["z"] == [[1, 2], [3, 4]]


def test_texts_and_numbers_of_numpy_arrive_too():
    trace = sent(text=np.array(["a", "b"]), x=np.int64(3), name="<b>", at=["2026-11-26", None])
    assert json.dumps(trace) == '{"text": ["a", "b"], "x": 3, "name": "<b>", "at": ["2026-11-26", null]}'


def test_a_chart_is_counted_on_as_it_changes_and_not_while_it_stays():
    def page():
        import streamlit as st

        from gatescope.controls.drawn_in_browser import chart

        height = st.number_input("height", 100, 900)
        chart({"data": [], "layout": {"height": height}}, "one")
        chart({"data": [], "layout": {"height": 50}}, "other")

    app = AppTest.from_function(page).run()
    seen = []
    for height in (100, 100, 200, 100):
        app.number_input[0].set_value(height).run()
        seen.append([json.loads(element.proto.json)["number"] for element in app.get("bidi_component")])
    assert seen == [[1, 1], [1, 1], [2, 1], [3, 1]]
