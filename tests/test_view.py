"""A view is its link."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatescope.question import link
from gatescope.question.holds import read_cell
from gatescope.question.view import CHOICES, Shown, Source, View

sources = st.builds(
    Source,
    sentence=st.text(),
    input_dim=st.integers(1, 512),
    hidden_dim=st.integers(1, 512),
    n_layers=st.integers(1, 4),
    seed=st.integers(0, 999_999),
    directions=st.integers(1, 2),
    **{name: st.sampled_from(sorted(CHOICES[name])) for name in ("model", "tokens")},
)
showns = st.builds(
    Shown,
    quantities=st.sampled_from(["figcoh", "c", "fc", "igoh"]),
    layers=st.sampled_from(["", "0", "13", "0123"]),
    pin=(st.just("") | st.builds("{}.{}.{}".format, *[st.integers(0, 99)] * 3) | st.just("1.2.3.1")).map(read_cell),
    **{name: st.sampled_from(sorted(CHOICES[name])) for name in ("colours", "rows")},
)
views = st.builds(View, sources, showns)


@given(views)
def test_the_link_of_a_view_opens_that_view(view):
    query = dict(parse_qsl(link.query(view), keep_blank_values=True))
    assert link.read(View(), query) == (view, [])


def test_the_default_view_is_the_lessons():
    assert link.query(View()) == "sentence=Giraffes+in+a+field&input_dim=4&hidden_dim=3&n_layers=1&seed=2"
    assert link.read(View(), {}) == (View(), [])


@pytest.mark.parametrize("text", ["abc", "99999", "0", "-1", "3.5", "", "1_0", "٣", "9" * 5000, "nan", "1e1"])
def test_an_impossible_dimension_falls_back_and_says_so(text):
    view, notices = link.read(View(), {"hidden_dim": text, "input_dim": "8"})
    assert (view.source.hidden_dim, view.source.input_dim) == (3, 8)
    [notice] = notices
    assert "is not possible: it takes a whole number from 1 to 512. hidden_dim is 3 instead." in notice
    assert len(notice) < 200


@pytest.mark.parametrize("name", CHOICES)
def test_an_unknown_choice_falls_back_and_says_so(name):
    view, [notice] = link.read(View(), {name: "<script>"})
    assert view == View()
    assert "it takes one of" in notice


@pytest.mark.parametrize(("pin", "cell"), [("1.2.3", (1, 0, 2, 3)), ("1.2.3.1", (1, 1, 2, 3)), ("", None)])
def test_a_pin_is_layer_unit_step_and_direction_where_there_are_two(pin, cell):
    assert link.read(View(), {"pin": pin})[0].shown.pin == cell


def test_a_file_is_never_in_a_link():
    assert "secret" not in link.query(View(Source(file="secret")))


def test_what_a_link_does_not_know_is_left_alone():
    assert link.read(View(), {"utm_source": "x", "embed": "true"}) == (View(), [])


def test_half_a_surrogate_pair_becomes_the_sign_for_it():
    view, _ = link.read(View(), {"sentence": "a\ud800b"})
    assert view.source.sentence == "a\ufffdb"
