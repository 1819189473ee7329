"""What is in the folder of a page that needs no server? The page, its script and styles, Plotly, and each model."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import lstm_core
from gatescope import assets
from gatescope.offline.one_script import one_script
from gatescope.offline.page import asset, paper_and_ink, styled
from gatescope.picture.wire_format import as_sent
from gatescope.question.opening import opening
from gatescope.site.models import model_files
from gatescope.site.told import told_of_site
from lstm_core.errors import LstmCoreError
from lstm_core.files.write_whole import write_bytes
from lstm_core.plots.palette import THEMES
from lstm_core.progress import Progress

PAGE = "index.html"
SHELL = ("./", "gatescope.js", "plotly.js", "gatescope.css", "icon.png")
"""What the page is made of; "./" is the page itself."""
PRELOAD = """((names, first) => {
const asked = new URLSearchParams(location.search), name = asked.get("model")
const files = names.includes(name) ? [name] : [...asked].length ? [] : first
if (location.protocol !== "file:") for (const file of files) document.head.append(Object.assign(
document.createElement("link"), { rel: "preload", as: "fetch", crossOrigin: "", href: `models/${file}.js` }))
})"""
"""Asks for the model that a link names, or that the bare address opens, before any other script has come."""
NO_SCRIPT = "This page computes an LSTM in your browser, for which it needs JavaScript."


def write_site(folder: Path, progress: Progress | None = None) -> None:
    """Write the page and all that it needs into a folder, which is made if it is not there. Files of an older page in
    it are replaced.

    Raises LstmCoreError where a folder holds other things than such a page.
    """
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / "worker.js").exists())):
        raise LstmCoreError(
            f"Expected a new or empty folder, or one that `gatescope site` wrote, got {folder}. Name another one."
        )
    shutil.rmtree(folder / "models", ignore_errors=True)
    scripts = dict(model_files(progress))
    for name, content in scripts.items():
        _write(folder / f"models/{name}.js", content)
    told = json.dumps(as_sent(told_of_site({name: len(content) for name, content in scripts.items()})))
    script = f'"use strict"\n{{\n{one_script("site.js")}entry.mount(document.querySelector("main"), {told})\n}}\n'
    shell = {PAGE: _page(), "gatescope.js": script, "gatescope.css": _styles(), "plotly.js": _plotly()}
    for name, text in shell.items():
        _write(folder / name, text)
    shutil.copyfile(assets.FOLDER / "browser/icon.png", folder / "icon.png")
    _write(folder / "worker.js", worker(_hash("".join(shell.values())), _hash("".join(scripts.values())), SHELL))


def worker(shell: str, models: str, files: Sequence[str]) -> str:
    """The script that keeps a page: the names of its shell and of its models, and the files of the shell."""
    site = {"shell": shell, "models": models, "files": files}
    return f"self.site = {json.dumps(site)}\n{asset('browser/worker.js')}"


def _page() -> str:
    source = opening()
    size = "-".join(map(str, (source.input_dim, source.hidden_dim, source.n_layers)))
    first = json.dumps([f"sizes/{size}", f"sizes/words-{source.input_dim}"])
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="description" content="An LSTM that reads while you type: every gate and its memory.">'
        f"<script>{PRELOAD}({json.dumps(lstm_core.models())}, {first})</script>"
        '<title>gatescope</title><link rel="icon" href="icon.png"><link rel="stylesheet" href="gatescope.css">'
        # Plotly is asked for now, and evaluated by the script when the first picture is painted.
        '<script defer src="gatescope.js"></script><link rel="preload" as="script" href="plotly.js">'
        f"<body><main><noscript><p>{NO_SCRIPT}</p></noscript></main></body></html>\n"
    )


def _plotly() -> str:
    """Plotly's library, its function in brackets: so it is compiled as it comes, and not once more when it runs."""
    text, at = asset("vendor/plotly-cartesian.min.js"), "self : this, () => {"
    return text.replace(at, at.replace("() =>", "(() =>"), 1).rstrip().removesuffix("}));") + "})));\n"


def _styles() -> str:
    inks = "".join(
        f"@media (prefers-color-scheme: {theme}) {{ :root {{ {paper_and_ink(theme)} }} }}\n" for theme in THEMES
    )
    return inks + styled("site")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, text.encode())
