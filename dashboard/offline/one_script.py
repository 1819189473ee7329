"""How are the browser's modules one script? A file that is opened from a disk or a notebook can import none."""

import re
from pathlib import Path

from dashboard import assets

_IMPORT = re.compile(r'^import (?:(\{[^}]*\}) from )?"([^"]+)"\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_LATER = re.compile(r'\bimport\("([^"]+)"\)')
# Types are named there, in modules that import each other.
_COMMENT = re.compile(r"/\*\*.*?\*/", re.DOTALL)
_NOTHING = re.compile(r"^export \{\}\n", re.MULTILINE)


def one_script(entry: str) -> str:
    """A module below `assets/browser` with all that it imports, each once, and before who imports it; its exports are
    the object `entry`. The modules import by name and export where they declare, as all of ours do; what a module loads
    when it is needed is there from the start."""
    written: dict[Path, str] = {}

    def write(path: Path) -> str:
        if path not in written:
            text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
            said = [*(named for _, named in _IMPORT.findall(text)), *_LATER.findall(text)]
            below = {named: write((path.parent / named).resolve()) for named in said}
            names = ", ".join(_EXPORT.findall(text))
            body = _IMPORT.sub(lambda found: _taken(found, below), _NOTHING.sub("", text))
            body = _LATER.sub(lambda found: f"Promise.resolve({below[found[1]]})", body)
            place = f"module{len(written)}"
            parts.append(f"const {place} = (() => {{\n{_EXPORT.sub('', body)}return {{ {names} }}\n}})()\n")
            written[path] = place
        return written[path]

    parts: list[str] = []
    last = write((assets.FOLDER / "browser" / entry).resolve())
    return "".join(parts) + f"const entry = {last}\n"


def _taken(found: re.Match[str], below: dict[str, str]) -> str:
    """An import as what it takes from a module that is already there."""
    names, said = found.groups()
    return f"const {names.replace(' as ', ': ')} = {below[said]}\n" if names else ""
