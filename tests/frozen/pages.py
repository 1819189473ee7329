"""Which pages are frozen, and what is kept of one? What it says and offers, and the numbers of its figures."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from charts import numbers_of
from google.protobuf.json_format import MessageToDict
from opened_page import address, opened

from frozen.kept import in_short
from frozen.links import CODE, DOGS, SERIES

FISH = {"model": "tagger", "sentence": "They can fish in a can", "sentence_b": "They can swim in a can"}
RATED = {"model": "sentiment", "sentence": "It is not a good film", "sentence_b": "It is a good film"}
CORPUS = {"model": "counter", "where": "corpus", "texts": "taught", "size": "20000"}
# Other models read texts of the Python that runs, and another version has others. The frame has tests of its own.
MAKES_TEXTS = ("counter", "brackets", "copy", "series")
SHOWN = [
    ("lesson", {"part": "1"}),
    ("lesson", {"part": "1", "sentence": "Go", "input_dim": "9", "hidden_dim": "7", "step": "0"}),
    ("lesson", {"part": "2", "sentence": DOGS, "step": "4"}),
    ("lesson", {"part": "3"}),
    ("lesson", {"part": "3", "inputs": "random", "same_start": "1"}),
    ("lesson", {"part": "4", "sentence": DOGS, "step": "5"}),
    ("lesson", {"part": "5"}),
    ("lesson", {"part": "5", "cells": "50", "first": "d", "gap": "7", "trained_seed": "3"}),
    ("units", {}),
    ("units", {"model": "counter", "sentence": "aaabbb"}),
    ("units", {"model": "python-chars", "sentence": "x = 'ab'\n", "unit": "38", "sort": "lost"}),
    ("units", {"model": "tagger-bi", "sentence": DOGS, "property": "model says NOUN"}),
    ("units", {"model": "series", "sentence": SERIES}),
    ("units", {"model": "random", "n_layers": "2", "sentence": DOGS, "property": "surplus of dog over cats"}),
    ("units", CORPUS),
    ("units", CORPUS | {"unit": "0.0", "sentence": "aaabbb", "brush": "1-2", "threshold": "0.2"}),
    ("compare", {}),
    ("compare", FISH),
    ("compare", RATED | {"unit": "3", "strips": "fh"}),
    ("compare", {"model": "random", "sentence": "hello old friend", "seed_b": "4", "n_layers": "2", "layer": "1"}),
    ("compare", {"model": "series", "sentence": SERIES}),
    ("compare", {"model": "counter", "sentence": "aaabbb", "sentence_b": "aabbb"}),
    ("compare", {"model": "copy", "sentence": "b ? ? ?"}),
    ("compare", {"model": "tagger-sizes", "model_b": "sentiment", "sentence": "a good film"}),
    ("compare", {"model": "tagger-sizes", "sentence": DOGS, "state_b": "reset"}),
    ("compare", {"model": "tagger-bi", "sentence": "They can fish"}),
    ("compare", {"model": "random", "sentence": "d b", "sentence_b": "a b c d"}),
    ("open", {}),
    *(("open", {"how": "train", "task": task}) for task in ("counter", "grammar", "series", "text")),
    ("open", {"how": "train", "task": "copy", "n_layers": "2", "epochs": "0"}),
    ("units", {"model": "tagger", "sentence": DOGS, "sort": "keeps", "unit": "0.99"}),
    ("units", {"model": "python-chars", "sentence": CODE, "property": "blank", "lines": "1", "sort": "lost"}),
    ("units", {"model": "tagger", "sentence": DOGS, "property": "column x", "held": "own", "held_out": "a"}),
    ("units", CORPUS | {"model": "copy", "unit": "0.9", "brush": "0-1", "sentence": "b.?", "sort": "lost"}),
    ("compare", FISH | {"state_b": "reset", "sentence_b": FISH["sentence"]}),
    ("lesson", {"part": "5", "cells": "10", "sentence": "Go"}),
    ("lesson", {"part": "4", "model": "tagger", "hidden_dim": "99", "step": "0", "sentence": "Go on"}),
]
KEPT = (
    "body", "codeText", "label", "options", "content", "value", "default", "placeholder", "help", "disabled", "min",
    "max", "weight", "icon", "markdown", "url", "wrapLines", "hideAnchor", "required",
)  # fmt: skip
# What differs from one machine, Python or visitor to another.
OWN = re.compile(r"\de\\?-\d+|[0-9a-f]{16,}|[\d,]+ characters read")


def frozen_page(page: str, link: dict[str, str], session: Mapping[str, Any] | None = None) -> Any:
    """What is kept of a page; `session`: what its visitor did before."""
    left_out = ["gatescope.frame", *(["gatescope.passages"] if link.get("model") not in MAKES_TEXTS else [])]
    app = opened(page, timeout=300, session=session, **link)
    return in_short([*filter(None, _parts(app._tree, left_out)), {"address": address(app)}])


def _parts(block: Any, left_out: list[str]) -> Iterator[Any]:
    """The parts of a page, from top to bottom, without what is sent to some components."""
    for part in block.children.values():
        if part.proto is not None:
            told = MessageToDict(part.proto)
            told = told | told.get("expandable", {}) | told.get("popover", {})
            sent = told.get("componentName", left_out[0]) not in left_out
            yield {name: _text(told[name]) for name in KEPT if name in told} | (_sent(told) if sent else {})
        if hasattr(part, "children"):
            yield from _parts(part, left_out)


def _sent(told: dict[str, Any]) -> dict[str, Any]:
    """What is sent to a component."""
    sent = json.loads(told["json"])
    if "figure" in sent:
        return {"figure": json.loads(sent["figure"], object_hook=numbers_of)}
    return {name: _text(value) for name, value in sent.items() if name not in ("base", "modules")}


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return OWN.sub("…", value)
    if isinstance(value, dict):
        return {name: _text(part) for name, part in value.items()}
    return [_text(part) for part in value] if isinstance(value, list) else value
