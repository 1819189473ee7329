"""What does the page Units ask? A text and a model of all pages, a corpus of its own, whose scan stays while only the
text changes, and a property to look for."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from functools import partial
from typing import Any

import streamlit as st

from gatescope.controls import visitor
from gatescope.controls.link_sync import SOURCE, SourceControls, choose_lstm
from gatescope.controls.long_task import upload
from gatescope.question import link, opening
from gatescope.question.view import Source, View
from gatescope.reading.models import with_text
from gatescope.reading.read import Reading
from gatescope.store import text_files
from gatescope.unit_tables import asked as units_asked
from gatescope.unit_tables import corpus, tracking
from gatescope.unit_tables.asked import (
    COLUMN,
    OPENED,
    SAYS,
    SIZES_OF_SCANS,
    TEXTS,
    Corpus,
    Property,
    UnitPlace,
    Units,
    model_of,
)
from gatescope.unit_tables.corpus import fitting, model_to_scan
from lstm_core import LstmCoreError, SequenceModel
from lstm_core.analysis.properties import SURPLUS
from lstm_core.plots.labels import label

# The kinds of property that need a token, as a list offers them.
KINDS = {
    "": "everything",
    "count of ": "count of …",
    "has seen ": "has seen …",
    "time since ": "time since …",
    SURPLUS: "count of … less that of …",
    SAYS: "the model says …",
    COLUMN: "a column of the table",
}
_OF_CORPUS = [field.name for field in fields(Corpus) if field.name != "source"]
_OWN = ["where", "sort"]


class UnitsControls(SourceControls):
    def __init__(self) -> None:
        super().__init__("units", link.names(Units()))

    def question(self) -> Units:
        values = self.values
        view = self.view()
        asked = Property(values["kind"], values["token"], values["other"]).name
        of_corpus = Corpus(view.source, **{name: values[name] for name in _OF_CORPUS})
        own = {name: values[name] for name in _OWN}
        return Units(view, asked, corpus=of_corpus, **own)

    def follow(self, query: Mapping[str, str]) -> list[str]:
        """Set the controls to a link's values; returns a sentence for each value that is not possible."""
        usual = Units(opening.usual(query))
        if not any(name in query for name in SOURCE):
            # The main page asks where else something happens: in the texts that were scanned last.
            view = visitor.view()
            usual = Units(View(view.source))
            if self.values and model_of(self.question().view.source) == model_of(view.source):
                usual = replace(self.question(), view=usual.view)
                usual = replace(usual, corpus=replace(usual.corpus, unit=None))
        asked, notices = link.read(usual, query)
        self.take(asked.view)
        own = {name: getattr(asked, name) for name in _OWN}
        of_corpus = {name: getattr(asked.corpus, name) for name in _OF_CORPUS}
        self.set(own | of_corpus | units_asked.parts(asked.property)._asdict())
        return notices

    def chosen(self, name: str, options: Iterable[Any]) -> dict[str, Any]:
        """The arguments for drawing a list; with another model go the units of the one before."""
        how = super().chosen(name, options)
        return how | {"on_change": self.another_model} if name == "model" else how

    def another_model(self) -> None:
        """With another model go its corpus, its units, and a text that it can't read."""
        text = with_text({"model": self.now("model")}).get("sentence", self.values["sentence"])
        if self._reads_words(self.now("model")) and self._reads_words(self.values["model"]):
            text = self.now("sentence")
        of_corpus = {"texts": "", "unit": None, "brush": None, "side": UnitPlace()}
        self.move(sentence=text, file="", **of_corpus, **Property("")._asdict())

    def place(self, key: str) -> UnitPlace:
        """A unit by its name in a link."""
        return link.read(Corpus(), {"unit": key})[0].unit or UnitPlace()

    def _reads_words(self, name: str) -> bool:
        if name == "random":
            return bool(self.values["tokens"] == "words")
        try:
            return model_to_scan(Source(model=name, tokens=self.values["tokens"])).reads == "words"
        except LstmCoreError:
            return False

    def _news_of_other_pages(self) -> dict[str, str] | None:
        if not self.values:
            return super()._news_of_other_pages()
        now = visitor.view().source
        mine = Source(**{name: self.values[name] for name in SOURCE})
        if replace(mine, sentence=now.sentence, file=now.file) != now:
            return super()._news_of_other_pages()
        if mine != now:
            # The visitor has opened a moment of the scan on the main page, and comes back.
            self.set({"sentence": now.sentence, "file": now.file, "brush": None})
        return None


# What is looked at? The text and the LSTM that reads it, or a corpus, and how many of its texts are read.


def choose_text(controls: UnitsControls) -> None:
    def text_box() -> str:
        typed = partial(controls.move, file="")
        how = controls.drawn("sentence") | {"on_change": typed, "label_visibility": "collapsed"}
        # In a corpus it is not read.
        return str(st.text_area("Sentence", height=68, disabled=controls.now("where") == "corpus", **how))

    choose_lstm(controls, text_box)


def choose_corpus(controls: UnitsControls, model: SequenceModel) -> None:
    """Choose the texts, and how many of them are read."""
    there = [*fitting(model), *([OPENED] if controls.values["opened"] or not fitting(model) else [])]
    if controls.values["texts"] not in there:
        # A link may name no corpus, or one that this model can't read.
        controls.set({"texts": there[0]})
    with st.popover(corpus.title_of(controls.question().corpus)):
        controls.select("texts", "Texts", {name: TEXTS[name] for name in there})
        sizes = {size: f"{size:,}" for size in SIZES_OF_SCANS}
        controls.select("size", f"At most this many {corpus.READ_AS[model.reads]}", sizes)


def open_file(controls: UnitsControls) -> None:
    """Open a file: it is the text, or in a corpus the corpus."""
    is_corpus, key = controls.values["where"] == "corpus", controls.key("uploaded")

    def keep(name: str, content: bytes) -> None:
        kept = text_files.keep(name, content)
        controls.move(**({"opened": kept, "texts": OPENED, "unit": None} if is_corpus else {"file": kept}))

    with st.popover("Open a file", icon=":material/upload_file:"):
        label = "A text, or a CSV" if is_corpus else "A text, or a table of numbers"
        upload(label, key, keep)
        st.caption(
            "It is scanned on this machine alone; a link does not hold it. Of a CSV, the column with most text."
            if is_corpus
            else "It is read in place of the sentence, on this machine alone; a link does not hold it."
        )
    if controls.values["file"] and not is_corpus:
        st.caption("The opened file is read in place of the sentence, until something is typed.")


def refused(controls: UnitsControls) -> list[str]:
    """The sentence on why the file that was just opened can't be read, if it can't."""
    said = st.session_state.pop(f"refused {controls.key('uploaded')}", "")
    return [said] if said else []


# Which property is looked for in the visitor's own text?


def choose_search(controls: UnitsControls, reading: Reading) -> None:
    """Choose the property to search for; "" for what is known of the model, or for all."""
    found = [reading]
    kinds = tracking.kinds(found)
    if controls.values["kind"] not in kinds:
        # A link may ask for a property that this text does not have: the page answers and does not hide it.
        kinds.append(controls.values["kind"])
    kind = controls.select("kind", "Property", {one: KINDS.get(one, one) for one in kinds})
    tokens, names = tracking.offered(kind, found), units_asked.ABOUT.get(kind, ())
    for place, (box, name) in enumerate(zip(st.columns(2), names, strict=False)):
        wanted = controls.values[name] or (tokens[place] if place < len(tokens) else "…")
        options = tokens if wanted in tokens else [*tokens, wanted]
        if controls.now(name) not in options:
            controls.show(name, wanted)
        with box:
            controls.select(name, "less" if name == "other" else "Of", {token: label(token) for token in options})
    controls.set({name: "" for name in Property._fields[1:] if name not in names and controls.values[name]})
