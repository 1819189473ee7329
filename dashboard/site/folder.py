"""What is in the folder of a page that needs no server? The page, what it is told, scripts, styles, models."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TypedDict

import lstm_core
from gatescope import assets
from gatescope.assets import built, in_parts
from gatescope.lesson.message import LessonMessage, message
from gatescope.lesson.view import LessonView
from gatescope.live.shared_with_browser import Handed, Scene, handed_over
from gatescope.offline.carried import UNTRAINED, Shipped, model_files, shipped
from gatescope.offline.page import asset, paper_and_ink, styled
from gatescope.question import holds, link
from gatescope.question.opening import opening
from gatescope.question.view import LAYERS, QUANTITIES, TOKENS, View
from gatescope.recording.wire_format import as_sent
from lstm_core.errors import LstmCoreError
from lstm_core.files.write_whole import write_bytes, written_whole
from lstm_core.plots.page_figure import THEMES
from lstm_core.progress import Progress

PAGE, SCRIPT = "index.html", "parts/site.js"
# What the page is made of, besides its script; "./" is the page itself.
SHELL = ("./", "computing.js", "plotly.js", "gatescope.css", "icon.png")
# The list of all files that are written, with the checksum of each.
WRITTEN = "written.sha256"
SIGNED = "# What `gatescope site` wrote here. It replaces a file only while its checksum is in this list."
# Asks for the model that a link names, or that the bare address opens, and for all that the script begins with; a page
# from a disk can load modules no more than files, and has one script.
BEGIN = """((names, first, parts, script) => {
const put = (tag, how) => document.head.append(Object.assign(document.createElement(tag), how))
if (location.protocol === "file:") return put("script", { src: "gatescope.js" })
const asked = new URLSearchParams(location.search)
const name = asked.get("model") === "random" ? `untrained/${asked.get("tokens") ?? "words"}` : asked.get("model")
for (const file of names.includes(name) ? [name] : [...asked].length ? [] : first)
put("link", { rel: "preload", as: "script", href: `models/${file}.js` })
for (const href of parts) put("link", { rel: "modulepreload", href })
put("script", { type: "module", src: script })
})"""
# Where the app has the page Lesson.
LESSON = """<!doctype html><meta charset="utf-8"><title>gatescope</title><script>
const file = location.protocol === "file:" ? "index.html" : ""
location.replace(`../${file}?page=lesson&${location.search.slice(1)}`)</script>
"""
NO_SCRIPT = "This page computes an LSTM in your browser, for which it needs JavaScript."


def write_site(folder: Path, progress: Progress | None = None) -> None:
    """Write the page and all that it needs into a folder, which is made if it is not there. The files of an older page
    are replaced, once all of the new page is on the disk.

    Raises LstmCoreError, and changes nothing, where the folder holds other things than such a page, or where one of its
    files was changed since.
    """
    written = _written(folder)
    files = _files(progress)
    written += [f"{_hash(content)}  {name}" for name, content in files.items()]
    for name in files:
        path = folder / name
        if path.exists() and f"{_hash(path.read_bytes())}  {name}" not in written:
            raise LstmCoreError(f"Expected {path} as `gatescope site` wrote it, got another file. Name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    # Wherever this is stopped, all that it wrote is in the list, and the next one goes on.
    write_bytes(folder / WRITTEN, "\n".join(dict.fromkeys([SIGNED, *written])).encode())
    with ExitStack() as whole:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            whole.enter_context(written_whole(folder / name)).write_bytes(content)


def _written(folder: Path) -> list[str]:
    """The list in a folder: each file that was ever written there with its checksum, in the form of `sha256sum`."""
    path = folder / WRITTEN
    lines = path.read_text("utf-8", "replace").splitlines() if path.is_file() else []
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and SIGNED not in lines)):
        raise LstmCoreError(
            f"Expected a new or empty folder, or one that `gatescope site` wrote, got {folder}. Name another one."
        )
    return lines


def _files(progress: Progress | None) -> dict[str, bytes]:
    """Each file of the page; the first of them is the last to be replaced."""
    scripts = dict(model_files(progress))
    computing = f'gatescope.model("computing", {json.dumps({"script": built("computing.js")})})\n'
    told = json.dumps(as_sent(told_of_site()))
    begins = f'\ngatescope.mount(document.querySelector("main"), {told})\n'
    parts = {f"parts/{name}": text for name, text in in_parts().items()}
    shell = {PAGE: _page(parts), "computing.js": computing, "gatescope.css": _styles(), "plotly.js": _plotly()}
    shell |= parts | {SCRIPT: parts[SCRIPT] + begins}
    kept = [*SHELL, *parts]
    shell["gatescope.js"] = built("site.js") + begins
    of_shell, of_models = (_hash("".join(texts.values()).encode())[:16] for texts in (shell, scripts))
    models = {f"models/{name}.js": content for name, content in scripts.items()}
    texts = {"worker.js": worker(of_shell, of_models, [*kept, *models])} | shell | models
    texts["lesson/index.html"] = LESSON
    icon = (assets.FOLDER / "browser/icon.png").read_bytes()
    return {name: text.encode() for name, text in texts.items()} | {"icon.png": icon}


def worker(shell: str, models: str, files: Sequence[str]) -> str:
    """The script that keeps a page: the names of its shell and of its models, and all files that it may keep."""
    site = {"shell": shell, "models": models, "files": files}
    return f"self.site = {json.dumps(site)}\n{asset('browser/worker.js')}"


def _page(parts: Mapping[str, str]) -> str:
    source = opening()
    size = "-".join(map(str, (source.input_dim, source.hidden_dim, source.n_layers)))
    names = [*lstm_core.models(), *(UNTRAINED + reads for reads in TOKENS)]
    begin = ", ".join(map(json.dumps, (names, [f"sizes/{size}"], _first(parts), SCRIPT)))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="description" content="An LSTM that reads while you type: every gate and its memory.">'
        '<title>gatescope</title><link rel="icon" href="icon.png"><link rel="stylesheet" href="gatescope.css">'
        f"<body><main><noscript><p>{NO_SCRIPT}</p></noscript></main><script>{BEGIN}({begin})</script></body></html>\n"
    )


def _first(parts: Mapping[str, str]) -> list[str]:
    """The parts that the script imports, and those that they import."""
    found = [SCRIPT]
    for name in found:
        imported = re.findall(r"""(?:from|import)"\./([^"]+)\"""", parts[name])
        found += [path for part in imported if (path := f"parts/{part}") not in found]
    return found[1:]


def _plotly() -> str:
    """Plotly's library, its function in brackets: so it is compiled as it comes, and not once more when it runs."""
    text, at = asset("vendor/plotly-cartesian.min.js"), "self : this, () => {"
    return text.replace(at, at.replace("() =>", "(() =>"), 1).rstrip().removesuffix("}));") + "})));\n"


def _styles() -> str:
    inks = "".join(
        f"@media (prefers-color-scheme: {theme}) {{ :root {{ {paper_and_ink(theme)} }} }}\n" for theme in THEMES
    )
    return inks + styled("site")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# What is a page told that needs no server?


class Rule(TypedDict):
    """Which texts a value in a link can have."""

    pattern: str
    low: int | None
    high: int | None
    gates: dict[str, tuple[float, float]] | None
    """The range in which each gate can be held."""
    most: int | None
    """The most units or steps of a run, as in 3-5."""
    expected: str
    instead: str
    """The name of the value that takes the place of an impossible one."""


# The pages that need no server.
HERE = ("", "lesson")


class ToldOfSite(TypedDict):
    """What the page is told."""

    handed: Handed
    shipped: Shipped
    rules: dict[str, Rule]
    opening: dict[str, str]
    """What an address that names nothing asks for."""
    lesson: LessonMessage
    lesson_rules: dict[str, Rule]


def told_of_site() -> ToldOfSite:
    handed = handed_over("", {})
    scenes = [_here(scene) for scene in handed["scenes"] if scene.page in HERE]
    pages = {address(page): handed["pages"][page] for page in HERE}
    handed = {**handed, "pages": pages, "closer": {}, "trains": {}, "scenes": scenes}
    return ToldOfSite(
        shipped=shipped(),
        handed=handed,
        rules=rules(View(opening())),
        opening=link.in_full(View(opening())),
        lesson=message(LessonView()),
        lesson_rules=rules(LessonView()),
    )


def address(page: str) -> str:
    """A page's name in an address: all pages are one file."""
    return page and f"?page={page}"


def _here(scene: Scene) -> Scene:
    return scene._replace(page="", query={"page": scene.page} | scene.query) if scene.page else scene


def rules(asked: View | LessonView) -> dict[str, Rule]:
    """Which values a link can have; a field that is not there takes any text."""
    choices, ranges = (link.metadata(asked, kind) for kind in ("choices", "bounds"))
    patterns = {name: "|".join(map(re.escape, one)) for name, one in choices.items()}
    patterns |= dict.fromkeys(ranges, r"\s*\d{1,9}\s*")
    patterns |= {
        "same_start": "true|false",
        "quantities": f"[x{QUANTITIES}]+",
        "layers": f"[{LAYERS}]*",
        "pin": f"({holds.CELL_PATTERN})?",
    }
    patterns["holds"] = holds.PATTERN
    return {
        name: Rule(
            pattern=patterns[name],
            low=ranges.get(name, (None, None))[0],
            high=ranges.get(name, (None, None))[1],
            gates=holds.RANGE if name == "holds" else None,
            most=holds.MOST_NUMBERS if name == "holds" else None,
            expected=expected,
            instead=instead,
        )
        for name, (expected, instead) in link.refusals(asked).items()
    }
