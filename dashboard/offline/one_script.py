"""How are the browser's modules one file? To ask a server for each of a hundred takes longer than to read them all; and
a page that is opened from a disk or a notebook can import none."""

import re
from collections.abc import Sequence
from pathlib import Path

from gatescope import assets

_IMPORT = re.compile(r'^import (?:(\{[^}]*\}) from )?"([^"]+)"\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_LATER = re.compile(r'\bimport\("([^"]+)"\)')
# Types are named there, in modules that import each other.
_COMMENT = re.compile(r"/\*\*.*?\*/", re.DOTALL)
_NOTHING = re.compile(r"^export \{\}\n", re.MULTILINE)


# A module runs when the first that imports it does.
ONCE = "const once = make => {\n    let made\n    return () => (made ??= make())\n}\n"


def one_script(entry: str) -> str:
    """A module below `assets/browser` with all that it imports, as a script; its exports are the object `entry`."""
    text, [last] = _together([entry])
    return f"{text}const entry = {last}()\n"


def one_module(entries: Sequence[str]) -> str:
    """Modules with all that they import, as a module for the folder `assets/browser`: `modules["live.js"]()` gives what
    that one exports, and runs it the first time."""
    text, places = _together(entries)
    named = ", ".join(f'"{entry}": {place}' for entry, place in zip(entries, places, strict=True))
    return f"{text}export const modules = {{ {named} }}\n"


def _together(entries: Sequence[str]) -> tuple[str, list[str]]:
    """The text of modules and of all that they import, each once, and the functions that run the modules.

    The modules import by name and export where they declare, as all of ours do."""
    home = (assets.FOLDER / "browser").resolve()
    written: dict[Path, str] = {}

    def write(path: Path) -> str:
        if path not in written:
            text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
            said = [*(named for _, named in _IMPORT.findall(text)), *_LATER.findall(text)]
            below = {named: write((path.parent / named).resolve()) for named in said}
            names = ", ".join(_EXPORT.findall(text))
            body = _IMPORT.sub(lambda found: _taken(found, below), _NOTHING.sub("", text))
            body = _LATER.sub(lambda found: f"Promise.resolve().then({below[found[1]]})", body)
            here = f'new URL("{path.relative_to(home).as_posix()}", import.meta.url)'
            body = _EXPORT.sub("", body).replace("import.meta.url", here)
            place = f"module{len(written)}"
            parts.append(f"const {place} = once(() => {{\n{body}return {{ {names} }}\n}})\n")
            written[path] = place
        return written[path]

    parts = [ONCE]
    places = [write(home / entry) for entry in entries]
    return "".join(parts), places


def _taken(found: re.Match[str], below: dict[str, str]) -> str:
    """An import as what it takes from a module that is already there."""
    names, said = found.groups()
    return f"const {names.replace(' as ', ': ')} = {below[said]}()\n" if names else f"{below[said]}()\n"
