"""The console command `gatescope`: opens the dashboard from anywhere and passes its arguments to Streamlit."""

import sys
from pathlib import Path


def main() -> None:
    """Run `streamlit run` on the installed app, as in `gatescope --server.port 8600`."""
    from streamlit.web.cli import main as streamlit

    entry = Path(__file__).with_name("app.py")
    sys.argv = ["streamlit", "run", str(entry), *sys.argv[1:]]
    sys.exit(streamlit())
