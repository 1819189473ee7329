"""Which pages of documentation are there, what code stands in them, and what does it print?

`python -m tests.pages` writes anew what the code prints.
"""

import contextlib
import io
import os
import re
import runpy
import tempfile
import warnings
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "learn").glob("*.md"))]
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
SHOWN = re.compile(r"^```python\n(.*?)^```(?:\n\n(?:prints\n\n)?```text\n(.*?)^```)?", re.DOTALL | re.MULTILINE)


def python(page: Path) -> list[tuple[str, str]]:
    """Each block of Python in a page, and what the page says it prints; "" if it says nothing."""
    return [(code, printed) for code, printed in SHOWN.findall(page.read_text(encoding="utf-8"))]


def shell(page: Path) -> list[str]:
    """The blocks of a page that are in no language."""
    return [code for language, code in FENCED.findall(page.read_text(encoding="utf-8")) if not language]


def said_by(code: str, folder: Path) -> str:
    """What a block prints, run as a file of its own in an empty folder."""
    file = folder / "block.py"
    file.write_text(code, encoding="utf-8")
    said = io.StringIO()
    before = Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(said), warnings.catch_warnings():
            # As Python does outside of tests: they are for those who write torch.
            warnings.simplefilter("ignore", DeprecationWarning)
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


def printed_anew(page: Path, folder: Path) -> str:
    """A page in which each block of text below Python is what the Python prints."""
    text = page.read_text(encoding="utf-8")
    for code, printed in python(page):
        if printed:
            text = text.replace(f"```text\n{printed}```", f"```text\n{said_by(code, folder)}```", 1)
    return text


if __name__ == "__main__":
    for page in PAGES:
        with tempfile.TemporaryDirectory() as folder:
            page.write_text(printed_anew(page, Path(folder)), encoding="utf-8")
