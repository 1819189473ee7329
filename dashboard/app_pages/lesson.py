"""The lesson "LSTM Structure", live, in five parts: the page (`assets/browser/lesson`) computes, says and draws it."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import streamlit as st

from gatescope.controls.frame import file_of, lesson_page
from gatescope.controls.link_sync import SourceControls, fields_of
from gatescope.lesson.message import READ, message
from gatescope.lesson.view import LessonView, read_lesson
from gatescope.live.routes import base_path
from gatescope.live.shared_with_browser import handed_over
from gatescope.question import link

KEY = "lesson.page"
# What the page takes of what the live view is handed.
HANDED = ("base", "nan", "visitor", "colours", "usual", "words", "links")
controls = SourceControls("lesson", link.names(LessonView()) | {"output_dim", "all_three", "cell_units"})


def follow(query: Mapping[str, str]) -> list[str]:
    """Set the lesson to a link's values; returns a sentence for each value that is not possible."""
    asked, notices = read_lesson(query)
    controls.set(fields_of(asked.source) | {name: value for name, value in vars(asked).items() if name != "source"})
    return notices


def asked() -> LessonView:
    own = {field.name: controls.values[field.name] for field in fields(LessonView) if field.name != "source"}
    return LessonView(controls.view().source, **own)


def says() -> None:
    """Take over what the visitor chose on the page; a text that is typed takes the place of an opened file."""
    before = asked()
    now, _ = link.read(before, st.session_state[KEY]["says"])
    file = before.source.file if now.source.sentence == before.source.sentence else ""
    controls.set({name: getattr(now.source, name) for name in READ} | {"file": file})
    controls.set({name: value for name, value in vars(now).items() if name != "source"})
    controls.moved()


def page() -> None:
    notices = controls.begin(follow)
    handed: Mapping[str, Any] = handed_over(base_path(), {})
    told = {name: handed[name] for name in HANDED} | dict(message(asked(), notices))
    place = lesson_page(data=told, key=KEY, on_go_change=lambda: None, on_says_change=says).go
    if place:
        st.switch_page(file_of(""), query_params=place["link"])
    controls.say(link.query(asked()))


# A page's global names and their values live until the visitor leaves, so a reading stays inside a function.
page()
