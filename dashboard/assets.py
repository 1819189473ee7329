"""Where are the files for the browser?"""

from pathlib import Path

_HERE = Path(__file__).resolve().parent
# An installed package contains them; in a checkout they are beside the package.
FOLDER = next(folder for folder in (_HERE / "assets", _HERE.parent / "assets") if folder.is_dir())
