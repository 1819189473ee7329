"""What is in the files that a view is written into, and in those of the site? The rooms `export`, `offline`, `site`."""

import base64
import gzip
import hashlib
import io
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import load
from unpacking import packed_in, unpacked

from frozen.figures import run
from frozen.links import DOGS, LONG, SERIES
from frozen.rooms.drawers import of_days
from gatescope.export.downloads import download
from gatescope.export.visible_part import Sight
from gatescope.offline import carried as offline
from gatescope.offline.numbers import numbers
from gatescope.offline.page import without_scripts
from gatescope.offline.trace_page import trace_page
from gatescope.picture.wire_format import as_sent
from gatescope.question.holds import read_holds
from gatescope.question.view import Source, View
from gatescope.reading.example_texts import view_in
from gatescope.reading.held import read_view
from gatescope.site import folder, lesson, models, told
from gatescope.site.proofs import proofs
from gatescope.store import text_files, visitor_traces
from lstm_core import LstmCoreError

TAGGER = {"model": "tagger", "sentence": DOGS}
TWO = {"model": "random", "n_layers": "2", "directions": "2", "sentence": DOGS, "hidden_dim": "20"}


def unzipped(content: str) -> bytes:
    return gzip.decompress(base64.b64decode(content))


def proved(proof: Any) -> Any:
    return proof and {**proof, "values": np.frombuffer(unzipped(proof["values"]), "<f4")}


def carried(found: Any) -> Any:
    """What a page computes with: the weights by name, and the proof."""
    if found is None:
        return None
    weights = load(unzipped(found["file"])) if unzipped(found["file"]) else {}
    shown = {name: [str(weight.dtype), weight.float()] for name, weight in weights.items()}
    return {**as_sent(found), "file": shown, "proved": proved(found["proved"])}


def file(kind: str, query: dict[str, str], steps: Any = None, rows: Any = None) -> Any:
    """A file of a view, taken apart."""
    made = download(kind, view_in(query)[0], Sight(steps, rows))
    content = made.content
    told = made.name, made.media_type
    if kind == "npz":
        with np.load(io.BytesIO(content)) as kept:
            return told, {name: kept[name] for name in sorted(kept.files) if kept[name].dtype.kind == "f"}
    return told, page_of(content) if kind == "html" else content.decode()


def page_of(content: bytes) -> Any:
    packed, said = packed_in(content)
    start, _, end = content.partition(without_scripts(content)[-400:])
    sent = unpacked(packed) if packed else {}
    for stack in sent["stacks"]:
        del stack["weights"]
    return {
        "sent": sent,
        "told": {**said, "colours": None, "carried": carried(said["carried"])},
        "title": content.partition(b"</title>")[0].decode().rpartition("<title>")[2],
        "key": len(re.findall(rb'gatescope.ready."([0-9a-f]+)"', content)[0]),
        "whole": [bool(start), end == b"", len(without_scripts(content)) < len(content)],
    }


def written(scripts: dict[str, str]) -> Any:
    """The files of a site, with these scripts of models."""
    was, folder.model_files = folder.model_files, lambda _: scripts.items()
    try:
        with tempfile.TemporaryDirectory() as place:
            site = Path(place) / "site"
            (site / "models").mkdir(parents=True)
            refused = []
            (site / "models/old.js").write_text("")
            try:
                folder.write_site(site)
            except LstmCoreError as error:
                refused.append(f"{error}")
            shutil.rmtree(site)
            folder.write_site(site)
            files = {
                f"{path.relative_to(place)}": path.read_bytes() for path in Path(place).rglob("*") if path.is_file()
            }
            del files["site/written.sha256"]
    finally:
        folder.model_files = was
    page, worker = files["site/index.html"].decode(), files["site/worker.js"].decode()
    plotly, script = files["site/plotly.js"].decode(), files["site/gatescope.js"].decode()
    said = json.loads(script.rpartition('document.querySelector("main"), ')[2].rpartition(")")[0])
    shell = "".join(
        files[f"site/{name}"].decode() for name in ("index.html", "gatescope.js", "gatescope.css", "plotly.js")
    )
    site = json.loads(worker.partition("self.site = ")[2].partition("\n")[0])
    return {
        "files": sorted(files),
        "refused": refused,
        "page": page,
        "styles": files["site/gatescope.css"].decode()[:600],
        "plotly": [plotly.count("(() =>"), plotly[-60:]],
        "bytes": said["bytes"],
        "begins": script[:14],
        "named": [
            site["shell"] == hashlib.sha256(shell.encode()).hexdigest()[:16],
            site["models"] == hashlib.sha256("".join(scripts.values()).encode()).hexdigest()[:16],
            site["files"],
        ],
    }


def of_models() -> Any:
    """The scripts of some models: their weights, and their proofs."""
    was, told_of = (models.lstm_core.models, models.sizes.scores), []
    some = [one for one in models.sizes.scores() if one[0] in (1, 64) and one[1] in (1, 3) and one[2] == 1]
    try:
        models.lstm_core.models, models.sizes.scores = lambda: ["counter"], lambda: some
        scripts = dict(models.model_files(told_of.append))
    finally:
        models.lstm_core.models, models.sizes.scores = was
    found = {}
    for name, script in scripts.items():
        said, content = json.loads(f"[{script.removeprefix('gatescope.model(').rstrip().removesuffix(')')}]")
        weights = load(unzipped(content["file"]))
        shown = {key: [str(weight.dtype), weight.float()] for key, weight in weights.items()}
        found[name] = [said, shown, [*map(proved, content["proved"])], script[:10], script[-2:]]
    return found, told_of


def of_site() -> Any:
    """What a site is told, without what the app is told as well."""
    found = as_sent(told.told_of_site({"a": 1}))
    handed, shipped = found["handed"], found["shipped"]
    return {
        "handed": [handed["pages"], handed["closer"], handed["trains"], [scene["name"] for scene in handed["scenes"]]],
        "rules": found["rules"],
        "opening": found["opening"],
        "bytes": found["bytes"],
        "trained": shipped["trained"],
        "by": shipped["by"],
        "untrained": {reads: [*map(proved, proof)] for reads, proof in shipped["untrained"].items()},
    }


def part(query: dict[str, str], zoom: Any = None) -> Any:
    """The numbers of a page without a server."""
    view, _ = view_in(query)
    found = read_view(view)
    sent = unpacked(numbers(found, found.trace, View(view.source, view.shown, found.holds), zoom))
    return {name: sent[name] for name in ("view", "held", "cell", "overview", "columns", "examples", "link", "lasts")}


def lengths() -> Any:
    """Which texts and models a page carries, at the bounds."""
    found = []
    for query in (
        {"sentence": ""},
        {"sentence": "a" * 20_000},
        {"sentence": "a" * 20_001},
        TAGGER,
        {"model": "tagger-bi"} | TAGGER,
        {"model": "tagger-bi", "sentence": LONG},
        {"sentence": LONG, "holds": "w.1"},
        TWO | {"sentence": LONG},
        {"sentence": "a " * 1_000, "hidden_dim": "10"},
        {"sentence": "a " * 1_001, "hidden_dim": "10"},
        {"model": "random", "sentence": SERIES, "tokens": "numbers"},
    ):
        view, _ = view_in(query)
        held = read_view(view)
        trace = held.reading.trace
        one = trace and offline.carried(held, trace, View(view.source, view.shown, held.holds))
        found.append(one and [proved(one["proved"]), len(one["file"]) > 100])
    return found


def recorded(query: dict[str, str] | None = None) -> dict[str, str]:
    """The link of a recording that a visitor opened."""
    trace = run(6, 10, 1, both=True, batch=2)
    return {"model": visitor_traces.of_sequence(visitor_traces.put("run.npz", trace), 1)} | (query or {})


CASES = {
    "a table": lambda: file("csv", TAGGER | {"top": "all"}, (1.4, 2.6), (0.0, 2.4)),
    "a table of few units": lambda: file("csv", TAGGER | {"pin": "0.40.1"}, (0.0, 0.9)),
    "a table of two layers": lambda: file("csv", TWO | {"quantities": "ch", "layers": "1"}, (7.2, 7.4), (3, 1)),
    "a table that is not in sight": lambda: file("csv", {"sentence": "=1 +2 a"}, (-3.0, -0.2), (90, 99)),
    "a table of what is held": lambda: file("csv", {"sentence": DOGS, "holds": "f.0.1.2_0 w.1"}, (5, 1)),
    "a table beyond the end": lambda: file("csv", {"sentence": "a b"}, (4, 9)),
    "a table of many rows": lambda: file(
        "csv", {"sentence": "a b c", "hidden_dim": "900", "quantities": "c"}, None, (898, 899)
    ),
    "an array": lambda: file("npz", TAGGER),
    "an array of what is held": lambda: file("npz", TWO | {"holds": "w.2"}),
    "an array of a recording": lambda: file("npz", recorded()),
    "a script": lambda: file("py", TAGGER),
    "a script with holds": lambda: file("py", TAGGER | {"holds": "f.0.1-3.2_0.5 c.0.all.all_1 w.1 w.3"}),
    "a script of two layers": lambda: file("py", TWO | {"holds": "i.1.2.all.1_1 w.1", "seed": "3"}),
    "a script of sizes": lambda: file("py", {"model": "tagger-sizes", "sentence": DOGS}),
    "a script of a series": lambda: file("py", {"model": "series", "sentence": SERIES, "holds": "w.2"}),
    "a script of numbers": lambda: file("py", {"model": "random", "sentence": SERIES, "tokens": "numbers"}),
    "a script of characters": lambda: file("py", {"model": "random", "sentence": "ab\n'", "tokens": "characters"}),
    "a script of a recording": lambda: file("py", recorded()),
    "a script of a file": lambda: file("py", of_days()),
    "a page": lambda: file("html", {"model": "tagger-sizes", "sentence": DOGS, "pin": "0.1.2"}, (1.0, 5.5), (0, 1)),
    "a page of what is held": lambda: file("html", {"sentence": "Go <b>", "holds": "f.0.all.0_1"}),
    "a page of a series": lambda: file("html", {"model": "series", "sentence": SERIES}),
    "a page of symbols": lambda: file("html", {"model": "copy", "sentence": "b..?", "holds": "w.1"}),
    "a page of a recording": lambda: file("html", recorded({"pin": "0.1.2"})),
    "a page of a trace": lambda: page_of(trace_page(run(4, 10, 2), "A <title>")),
    "a part of a page": lambda: part({"sentence": LONG, "pin": "0.1.2"}, (99.5, 119.5)),
    "a whole page": lambda: part({"sentence": LONG, "pin": "0.1.2", "colours": "grey"}),
    "a page with a pin and a hold": lambda: part(TAGGER | {"pin": "0.1.2", "holds": "o.0.1.2_1 w.0"}),
    "what is carried": lengths,
    "a hold that lasts": lambda: [f"{read_holds('f.0.1-3.2_0.50 w.4 w.1')}", f"{read_holds('')}"],
    "a site": lambda: written({"a": "gatescope(1)", "sizes/b": "x"}),
    "the models of a site": of_models,
    "what a site is told": of_site,
    "the lesson of a site": lesson.lesson,
    "proofs": lambda: [
        [*map(proved, proofs(Source(model=model), texts))]
        for model, texts in (("tagger", ["a b", "c", "d", "e"]), ("tagger-bi", ["a", LONG]), ("random", ["hello"]))
    ],
    "a text file": lambda: text_files.kept(text_files.keep("n" * 300, "\ufeffa b".encode())),
}
