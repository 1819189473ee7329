"""The dashboard's entry: `streamlit run dashboard/app.py`.

Streamlit uses this file twice. The server imports it as the app with its routes; for each visitor Streamlit runs it to
frame the page and route to it.
"""

import streamlit as st

from gatescope import assets

if __name__ == "__main__":
    from gatescope.controls import visitor
    from gatescope.controls.frame import file_of, frame
    from gatescope.controls.long_task import for_this_visitor
    from gatescope.controls.visitor import say_that_it_is_answered
    from gatescope.live.shared_with_browser import PAGES

    st.set_page_config(page_title="gatescope", page_icon=str(assets.FOLDER / "browser/icon.png"), layout="wide")
    pages = [st.Page(file_of(name), title=title, default=not name) for name, title in PAGES.items()]
    for address, (title, leads) in visitor.OLD.items():
        pages.append(st.Page(leads, title=title, url_path=address, visibility="hidden"))
    page = st.navigation(pages, position="top")
    visitor.comes_to(page.url_path)
    say_that_it_is_answered()
    if page.url_path:
        frame(page.url_path)
    with for_this_visitor():
        page.run()
else:
    from starlette.middleware import Middleware
    from streamlit import config

    from gatescope.live.process import Sockets, share_the_machine, warm_up

    share_the_machine()

    from gatescope.live.first_paint import FirstPaint
    from gatescope.live.routes import routes

    # Streamlit would look for the file of every module, at the first page of each visitor, while all others wait: with
    # torch imported that takes a second and more. Who edits this app asks for it: --server.fileWatcherType auto.
    if config.get_where_defined("server.fileWatcherType") == "<default>":
        config.set_option("server.fileWatcherType", "none")
    between = [Middleware(Sockets), Middleware(FirstPaint)]
    app = st.App(__file__, routes=routes(), middleware=between, lifespan=warm_up)
