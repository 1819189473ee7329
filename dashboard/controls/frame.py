"""What frames every page? The bar at the top, with the name, the menus, and on a phone the pages by name.

The main page's live view makes its own bar (`assets/browser/app/bar.js` in both): there the menus follow the picture.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from gatescope.live.routes import base_path, modules_path
from gatescope.live.scenes import SCENES
from gatescope.live.shared_with_browser import PAGES, Framed
from gatescope.picture.wire_format import as_sent

# What a link says of the frame.
FRAME = ("scene", "present")


def mounted(name: str) -> Callable[..., Any]:
    """A component that mounts a module of `assets/browser`, and lets go of it with the page."""
    # Kept small, because Streamlit sends it with every run of the page.
    loader = f"""
export default function ({{ data, parentElement, setTriggerValue }}) {{
    const base = new URL(data.base + "/", location.origin)
    let unmount = null, gone = false
    import(new URL(data.modules, location.origin)).then(({{ modules }}) => modules["{name}.js"]()).then(one => {{
        const go = place => setTriggerValue("go", place), says = link => setTriggerValue("says", link)
        if (!gone) unmount = one.mount(parentElement, base, data, go, says)
    }})
    return () => {{ gone = true; if (unmount) unmount() }}
}}
"""
    component = st.components.v2.component(f"gatescope.{name}", js=loader, html="<div></div>", isolate_styles=False)

    def mount(data: Mapping[str, Any], **options: Any) -> Any:
        return component(data={**data, "modules": modules_path()}, **options)

    return mount


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
    place = _component(key="frame", data=as_sent(data), on_go_change=lambda: None, on_says_change=_says).go
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
