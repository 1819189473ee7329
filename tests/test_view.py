"""A view is its link."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.view import CHOICES, View, read_query

views = st.builds(
    View,
    sentence=st.text(),
    input_dim=st.integers(1, 512),
    hidden_dim=st.integers(1, 512),
    n_layers=st.integers(1, 4),
    seed=st.integers(0, 999_999),
    directions=st.integers(1, 2),
    quantities=st.sampled_from(["figcoh", "c", "fc", "igoh"]),
    layers=st.sampled_from(["", "0", "13", "0123"]),
    pin=st.just("") | st.builds("{}.{}.{}".format, *[st.integers(0, 99)] * 3) | st.just("1.2.3.1"),
    **{name: st.sampled_from(sorted(choices)) for name, choices in CHOICES.items()},
)


@given(views)
def test_the_link_of_a_view_opens_that_view(view):
    query = dict(parse_qsl(view.query(), keep_blank_values=True))
    assert read_query(query) == (view, [])


def test_the_default_view_is_the_lessons():
    assert View().query() == "sentence=Giraffes+in+a+field&input_dim=4&hidden_dim=3&n_layers=1&seed=2"
    assert read_query({}) == (View(), [])


@pytest.mark.parametrize("text", ["abc", "99999", "0", "-1", "3.5", "", "1_0", "٣", "9" * 5000, "nan", "1e1"])
def test_an_impossible_dimension_falls_back_and_says_so(text):
    view, notices = read_query({"hidden_dim": text, "input_dim": "8"})
    assert (view.hidden_dim, view.input_dim) == (3, 8)
    [notice] = notices
    assert "is not possible: it takes a whole number from 1 to 512. It is 3 instead." in notice
    assert len(notice) < 200


@pytest.mark.parametrize("name", CHOICES)
def test_an_unknown_choice_falls_back_and_says_so(name):
    view, [notice] = read_query({name: "<script>"})
    assert view == View()
    assert "it takes one of" in notice


@pytest.mark.parametrize(("pin", "cell"), [("1.2.3", (1, 0, 2, 3)), ("1.2.3.1", (1, 1, 2, 3)), ("", None)])
def test_a_pin_is_layer_unit_step_and_direction_where_there_are_two(pin, cell):
    assert read_query({"pin": pin})[0].pinned() == cell


@pytest.mark.parametrize(
    ("name", "value"), [("quantities", ""), ("quantities", "fx"), ("layers", "4"), ("pin", "1.2.3.2")]
)
def test_what_a_view_can_not_show_falls_back_and_says_so(name, value):
    view, [notice] = read_query({name: value})
    assert view == View()
    assert f"{name}={value} is not possible: it takes" in notice


def test_a_file_is_never_in_a_link():
    assert "secret" not in View(file="secret").query()


def test_what_a_link_does_not_know_is_left_alone():
    assert read_query({"utm_source": "x", "embed": "true"}) == (View(), [])


def test_half_a_surrogate_pair_becomes_the_sign_for_it():
    view, _ = read_query({"sentence": "a\ud800b"})
    assert view.sentence == "a\ufffdb"
