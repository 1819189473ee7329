"""How does the dashboard start?"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

APP = Path(__file__).resolve().parent.with_name("app.py")


def dashboard(options: Sequence[str]) -> NoReturn:
    """Run `streamlit run` on the installed app, with Streamlit's options, until it is stopped."""
    from streamlit.web.cli import main as streamlit

    sys.argv = ["streamlit", "run", str(APP), *options]
    sys.exit(streamlit())
