"""What is every page made of? The bar at the top, the live view in its frame, titles, small print and notices."""

import html
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import streamlit as st

from gatescope.controls.visitor import own_models
from gatescope.live.routes import base_path, modules_path
from gatescope.live.shared_with_browser import PAGES, SCENES, Framed, handed_over
from gatescope.question.view import MADE_WITH
from gatescope.recording.wire_format import as_sent
from gatescope.wording.escape_markdown import plain

# What frames every page? The bar at the top, with the name, the menus, and on a phone the pages by name.
#
# The main page's live view makes its own bar (`assets/browser/app/present.js`): there the menus follow the picture.

# What a link says of the frame.
FRAME = ("scene", "present")


def component(script: str, calls: str, place: str = "") -> Callable[..., Any]:
    """A component that calls a function of a module of `assets/browser` with its data, and at the end of the page what
    that returned; `place`: the classes of its element, if it has some."""
    # Kept small, because Streamlit sends it with every run of the page.
    loader = f"""
export default function ({{ data, parentElement, setTriggerValue }}) {{
    let end = null, gone = false
    import(new URL(data.modules, location.origin)).then(({{ modules }}) => modules["{script}"]()).then(one => {{
        if (!gone) end = one.{calls}
    }})
    return () => {{ gone = true; if (end) end() }}
}}
"""
    name, html = script.removesuffix(".js").replace("/", "."), f'<div class="{place}"></div>'
    shown = st.components.v2.component(f"gatescope.{name}", js=loader, html=html, isolate_styles=False)
    return lambda data, **options: shown(data={**as_sent(data), "modules": modules_path()}, **options)


def mounted(name: str) -> Callable[..., Any]:
    """A component of all that stands on a page: it goes to other pages, and says what its link is."""
    base, tell = 'new URL(data.base + "/", location.origin)', "to => setTriggerValue"
    return component(f"{name}.js", f'mount(parentElement, {base}, data, {tell}("go", to), {tell}("says", to))')


_component = mounted("frame")


def frame(page: str) -> None:
    """Put the bar on a page, by its name in the address, and the card of the scene that its link names."""
    data = Framed(
        base=base_path(),
        pages=PAGES,
        scenes=[*SCENES],
        here=page,
        scene=st.query_params.get("scene", ""),
        present=st.query_params.get("present") == "1",
    )
    place = _component(key="frame", data=data, on_go_change=lambda: None, on_says_change=_says).go
    if place and place["page"] in PAGES:
        st.switch_page(file_of(place["page"]), query_params=place.get("link"))


def _says() -> None:
    """Put into the page's link which scene is shown and whether the page is presented."""
    for name, value in st.session_state["frame"]["says"].items():
        if name in FRAME and value:
            st.query_params[name] = value
        elif name in FRAME:
            st.query_params.pop(name, None)


def file_of(page: str) -> str:
    """The script of a page, by the page's name in the address."""
    return f"app_pages/{page or 'memory'}.py"


# How does Streamlit show the live view? As a component that loads its own modules and asks `routes` for pictures.

_live_view = mounted("live")


def live_view(asked: Mapping[str, str]) -> dict[str, Any] | None:
    """Put the live view on the page; `asked` is its view if the address has none. If the visitor goes on to another
    page, returns that page's name (`page`), and the last view (`query`) or that page's link (`link`)."""
    data = handed_over(base_path(), own_models()) | {"asked": dict(asked)}
    place: dict[str, Any] | None = _live_view(key="live", data=data, on_go_change=lambda: None).go
    return place if place and place["page"] in PAGES else None


# The page Lesson, which the browser draws.
lesson_page = mounted("lesson")


# What is every page written with? A title, small print, notices, and how its pictures were made.


def page_title(name: str, question: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="page-title"):
        st.title(name, anchor=False, width="content")
        st.markdown(question, width="stretch")


def small(text: str) -> None:
    """Write a line of small text; Streamlit's own captions are too pale to read."""
    st.markdown(f":small[{text}]")


def tell(sentences: Iterable[str], show: Callable[[str], object] = st.warning) -> None:
    """Write each sentence, once, in a place that is there without them too: the browser knows what stands below by its
    place, and would close what is open there and lose a file on its way whenever a sentence comes or goes."""
    with st.container():
        for sentence in dict.fromkeys(sentences):
            show(plain(sentence))


def made_with(text: str) -> None:
    """Write, unseen, how the page's pictures were made; `assets/browser/slide/page_file.js` reads it for captions."""
    with st.container(key="made"):
        st.html(f'<p class="gs-made" hidden>{html.escape(text.removesuffix("."))}. {MADE_WITH}</p>')
