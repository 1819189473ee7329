"""Where are the files that the browser gets?"""

from pathlib import Path

_HERE = Path(__file__).parent
# In an installed package they lie inside it, in a checkout beside it.
FOLDER = next(folder for folder in (_HERE / "assets", _HERE.parent / "assets") if folder.is_dir())
