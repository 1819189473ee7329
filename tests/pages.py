"""Which pages of documentation are there, what code stands in them, and what does it print?"""

import contextlib
import io
import os
import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


def blocks(page: Path, *languages: str) -> list[str]:
    """The code of a page in some languages, in the page's order."""
    found = re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [code for language, code in found if language in languages]


def said_by(code: str, folder: Path) -> str:
    """What a block prints, run as a file of its own in an empty folder."""
    file = folder / "block.py"
    file.write_text(code, encoding="utf-8")
    said = io.StringIO()
    before = Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(said):
            runpy.run_path(str(file), run_name="__main__")
    finally:
        os.chdir(before)
    return said.getvalue()


def nearly_equal(said: str, printed: str) -> bool:
    """Whether two texts are equal, and their numbers to a thousandth: processors round differently."""
    if NUMBER.sub("0", said).split() != NUMBER.sub("0", printed).split():
        return False
    pairs = zip(NUMBER.findall(said), NUMBER.findall(printed), strict=True)
    return all(abs(float(one) - float(other)) <= 1.5e-3 for one, other in pairs)
