"""How does a test open a page of the app by a link, without a browser?"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from gatescope.command.output import APP

# For each app Streamlit reads what all installed packages say of themselves, which takes it longer than a page.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def opened(page: str, timeout: int = 60, session: Mapping[str, Any] | None = None, **link: str) -> AppTest:
    """The app on a page whose address has the values of a link, with what a session has; no run may take longer than
    `timeout` seconds."""
    app = AppTest.from_file(str(APP), default_timeout=timeout).run()
    for key, value in (session or {}).items():
        app.session_state[key] = value
    for name, value in link.items():
        app.query_params[name] = value
    return well(app.switch_page(f"app_pages/{page}.py").run())


def well(app: AppTest) -> AppTest:
    """The app, which has drawn its page without an error."""
    assert not app.exception, app.exception[0].message
    return app


def address(app: AppTest) -> dict[str, str]:
    """What the address of the app's page says."""
    return {name: values[0] if isinstance(values, list) else values for name, values in app.query_params.items()}
