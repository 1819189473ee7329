"""Where are the files for the browser, and are they of today's modules?"""

import runpy
from pathlib import Path

_HERE = Path(__file__).resolve().parent
# An installed package contains them; in a checkout they are beside the package.
FOLDER = next(folder for folder in (_HERE / "assets", _HERE.parent / "assets") if folder.is_dir())
# A checkout has the program that joins modules, an installed package what it made.
_BUNDLE = FOLDER / "bundle.py"


def last_edit() -> float:
    """When a file for the browser was changed last in a checkout; nobody edits those of an installed package."""
    return max(path.stat().st_mtime for path in (FOLDER / "browser").rglob("*")) if _BUNDLE.exists() else 0


def built(name: str) -> str:
    """A script that is made of the browser's modules; in a checkout it is made anew after an edit.

    Raises RuntimeError where Deno is needed for that, and is missing or fails.
    """
    return (_built() / name).read_text(encoding="utf-8")


def in_parts() -> dict[str, str]:
    """The modules of a page on the web, by their names: "site.js", and what it imports. Raises as `built`."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((_built() / "parts").iterdir())}


def _built() -> Path:
    if _BUNDLE.exists():
        runpy.run_path(str(_BUNDLE))["bundle"]()
    return FOLDER / "built"
