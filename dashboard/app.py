"""The dashboard's entry: `streamlit run dashboard/app.py`.

Streamlit reads this file twice. Imported by the server it is the app with its routes; run for a
visitor it frames the page and routes to it.
"""

import streamlit as st

from dashboard import assets

if __name__ == "__main__":
    st.set_page_config(page_title="gatescope", page_icon=str(assets.FOLDER / "browser/icon.png"), layout="wide")
    # White, as Streamlit has it, can't be read on the light buttons of the dark theme; under the mouse they are darker.
    ink = "[data-testid=stBaseButton-primary]:not(:hover, :active) { color: light-dark(#ffffff, #0f151b) }"
    st.html(f"<style>{ink}</style>")
    page = st.navigation(
        [
            st.Page("app_pages/memory.py", title="Memory", default=True),
            st.Page("app_pages/structure.py", title="Structure"),
            st.Page("app_pages/units.py", title="Units"),
            st.Page("app_pages/why.py", title="Why?"),
            st.Page("app_pages/compare.py", title="Compare"),
            st.Page("app_pages/train.py", title="Train"),
            st.Page("app_pages/open.py", title="Your model"),
        ],
        position="top",
    )
    page.run()
else:
    from starlette.middleware import Middleware

    from dashboard.routes import routes
    from dashboard.uploads import InTurn
    from dashboard.warm import warm_up

    warm_up()
    app = st.App(__file__, routes=routes(), middleware=[Middleware(InTurn)])
