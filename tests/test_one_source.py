"""What a visitor looks at is one thing in the whole app, as far as AppTest reaches."""

import json

import pytest
from opened_page import APP, address, well
from streamlit.testing.v1 import AppTest

from gatescope.question import link
from gatescope.question.view import Source, View
from lstm_core.models import about

LINK = {"model": "tagger", "sentence": "Dogs bark", "pin": "0.5.1"}


def opened(**query):
    app = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return well(app.run())


def menu(app, page):
    """To another page, whose address says nothing."""
    app.query_params.clear()
    app.switch_page(f"app_pages/{page}.py")
    return well(app.run())


def told_to(app, component):
    [told] = [part.proto for part in app.get("bidi_component") if part.proto.component_name == f"gatescope.{component}"]
    return json.loads(told.json)


def asked_of_the_live_view(app):
    return told_to(app, "live")["asked"]


@pytest.mark.parametrize("pages", [("open", "units"), ("open", "compare"), ("lesson", "open", "units")])
def test_no_page_loses_the_source(pages):
    app = opened(**LINK)
    for page in pages:
        menu(app, page)
    assert address(app).items() >= {"model": "tagger", "sentence": "Dogs bark"}.items()


@pytest.mark.parametrize("page", ["lesson", "units", "compare", "open"])
def test_the_main_page_gets_its_view_back_from_each_page(page):
    app = menu(menu(opened(**LINK, holds="f.0.2.1_0 w.0"), page), "memory")
    view, notices = link.read(View(), asked_of_the_live_view(app))
    assert (view.source, str(view.shown.pin), notices) == (Source("Dogs bark", model="tagger"), "0.5.1", [])
    assert str(view.holds) == "f.0.2.1_0 w.0"


@pytest.mark.parametrize("page", ["units", "compare"])
def test_a_sentence_changed_on_any_page_is_changed_on_all(page):
    app = menu(opened(**LINK), page)
    boxes = {box.key: box for box in (*app.text_input, *app.text_area)}
    well(boxes[f"{page}.sentence"].set_value("Cats sleep well").run())
    assert asked_of_the_live_view(menu(app, "memory"))["sentence"] == "Cats sleep well"
    for other in ("lesson", "units", "compare"):
        assert address(menu(app, other)).items() >= {"sentence": "Cats sleep well", "model": "tagger"}.items()


def test_what_compare_opens_on_is_nobodys_view_until_it_is_changed():
    app = menu(opened(), "compare")
    before, offered = asked_of_the_live_view(opened())["hidden_dim"], address(app)["hidden_dim"]
    assert offered != before
    assert asked_of_the_live_view(menu(app, "memory"))["hidden_dim"] == before
    menu(app, "compare")
    assert address(app)["hidden_dim"] == offered
    [box] = [box for box in (*app.text_input, *app.text_area) if box.key == "compare.sentence"]
    well(box.set_value("Cats sleep well").run())
    asked = asked_of_the_live_view(menu(app, "memory"))
    assert (asked["sentence"], asked["hidden_dim"]) == ("Cats sleep well", offered)


def test_the_lesson_keeps_a_dimension_that_its_slider_does_not_reach():
    app = menu(opened(hidden_dim="100"), "lesson")
    assert told_to(app, "lesson")["view"]["hidden_dim"] == 100
    assert asked_of_the_live_view(menu(app, "memory"))["hidden_dim"] == "100"


def test_a_pin_goes_with_its_text():
    app = menu(opened(**LINK), "units")
    well(app.text_area(key="units.sentence").set_value("Cats").run())
    assert "pin" not in asked_of_the_live_view(menu(app, "memory"))


def test_a_training_has_dimensions_of_its_own():
    app = menu(opened(hidden_dim="5"), "open")
    well(app.segmented_control(key="open.how").set_value("train").run())
    well(app.slider(key="open.counter hidden_dim").set_value(9).run())
    assert address(app)["hidden_dim"] == "9"
    assert address(menu(app, "units"))["hidden_dim"] == "5"
    assert address(menu(app, "open"))["hidden_dim"] == "9"


def test_the_page_units_opens_a_model_with_its_first_example():
    app = opened()
    app.switch_page("app_pages/units.py")
    app.query_params["model"] = "brackets"
    well(app.run())
    assert app.text_area(key="units.sentence").value == next(iter(about("brackets").examples.values()))


def a_page():
    """A page whose runs end before they say the link, until `goes_on` is set."""
    import streamlit as st

    from gatescope.controls.link_sync import Controls

    controls = Controls("a_page", {"word"})

    def follow(said):
        controls.set({"word": said["word"]})
        return []

    controls.begin(follow)
    controls.keep("word", st.text_input("word", **controls.drawn("word")))
    if st.session_state.get("goes_on"):
        controls.say(f"word={controls.values['word']}")


def test_what_is_typed_outlasts_runs_that_end_before_the_link_says_it():
    app = AppTest.from_function(a_page)
    app.query_params["word"] = "first"
    app.run()
    app.text_input[0].set_value("typed").run()
    # For example because the page has measured its width.
    well(app.run())
    assert app.text_input[0].value == "typed"
    app.session_state["goes_on"] = True
    well(app.run())
    assert address(app) == {"word": "typed"}
    # And then the link counts again.
    app.query_params["word"] = "another"
    well(app.run())
    assert app.text_input[0].value == "another"


def test_a_file_of_units_pictures_says_how_they_were_made():
    app = menu(opened(**LINK), "units")
    [made] = [part.proto.body for part in app.get("html") if "gs-made" in part.proto.body]
    assert "tagger" in made
