"""Do controls show what the page reads, and stay where they are, whatever run the browser has missed?"""

import pytest
from opened_page import opened

PAGES = {
    "compare": {"sentence": "They saw", "sentence_b": "They saw it", "seed_b": "3"},
    "units": {"model": "counter", "sentence": "aaabbb", "rows": "activity", "held": "own"},
    "open": {"how": "train", "task": "brackets", "hidden_dim": "9"},
}


def starts_with(control):
    """What the browser shows of a control if it never got the value that a run has set."""
    default = control.proto.default
    if control.type == "selectbox":
        return control.options[default]
    if control.type == "button_group":
        return [control.options[number] for number in default]
    return list(default) if control.type == "slider" else default


def shows(control):
    """What the browser shows of a control if it got every run."""
    if control.type == "selectbox":
        return control.options[control.index]
    if control.type == "button_group":
        return [control.options[number] for number in control.indices]
    return [control.value] if control.type == "slider" else control.value


@pytest.mark.parametrize("page", PAGES)
def test_a_control_starts_with_its_value_also_in_a_run_that_does_not_set_it(page):
    app = opened(page, **PAGES[page]).run()
    kinds = (
        app.slider,
        app.number_input,
        app.text_input,
        app.text_area,
        app.selectbox,
        app.toggle,
        app.segmented_control,
    )
    controls = [control for kind in kinds for control in kind if control.key and control.value is not None]
    unset = [control for control in controls if not control.proto.set_value]
    assert len(unset) >= 4
    for control in unset:
        assert starts_with(control) == shows(control), control.key


@pytest.mark.parametrize("page", PAGES)
def test_a_sentence_that_comes_or_goes_moves_nothing_that_stands_below(page):
    app = opened(page, **PAGES[page] | {"model": "none", "task": "none", "part": "99"})
    told = [part.type for part in app.main.children.values()]
    assert app.warning
    app.run()
    assert not app.warning
    assert [part.type for part in app.main.children.values()] == told


def test_what_a_run_set_is_still_so_after_a_visit_to_another_page():
    app = opened("compare", sentence="They saw")
    app.segmented_control(key="compare.what").set_value("models").run()
    left = app.query_params["seed_b"]
    app.query_params.clear()
    app.switch_page("app_pages/open.py").run()
    app.query_params.clear()
    app.switch_page("app_pages/compare.py").run()
    assert app.query_params["seed_b"] == left


def test_going_back_outdoes_a_change_that_no_link_says_yet(monkeypatch):
    app = opened("lesson", part="3")
    earlier = dict(app.query_params)
    app.query_params["part"] = "2"
    app.run()
    # The run that this change began was cut off, so the link still says part 2.
    app.session_state["lesson.moved"] = True
    app.query_params.clear()
    for name, values in earlier.items():
        app.query_params[name] = values
    monkeypatch.setattr("gatescope.controls.link_sync.answers_history", lambda: True)
    app.run()
    assert app.query_params == earlier
    assert app.session_state["lesson.values"]["part"] == 3
