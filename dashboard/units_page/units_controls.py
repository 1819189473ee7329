"""What does the page Units ask? Its controls: a text and a model of all pages, and a corpus of its own, whose scan
stays while only the text changes."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from gatescope.controls import visitor
from gatescope.controls.link_sync import SOURCE, SourceControls
from gatescope.corpus.model import model_to_scan
from gatescope.corpus.view import Corpus, UnitPlace, model_of
from gatescope.question import link, opening
from gatescope.question.view import Source, View
from gatescope.reading.example_texts import with_text
from gatescope.unit_list import view as units_view
from gatescope.unit_list.view import Property, Units
from lstm_core import LstmCoreError

_OF_CORPUS = [field.name for field in fields(Corpus) if field.name != "source"]
_OWN = ["held", "held_out", "where", "sort"]


class UnitsControls(SourceControls):
    def __init__(self) -> None:
        super().__init__("units", link.names(Units()))

    def question(self) -> Units:
        values = self.values
        view = self.view()
        asked = Property(values["kind"], values["token"], values["other"]).name
        corpus = Corpus(view.source, **{name: values[name] for name in _OF_CORPUS})
        own = {name: values[name] for name in _OWN}
        return Units(view, asked, int(values["lines"]), corpus=corpus, **own)

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
        own = {name: getattr(asked, name) for name in _OWN} | {"lines": bool(asked.lines)}
        of_corpus = {name: getattr(asked.corpus, name) for name in _OF_CORPUS}
        self.set(own | of_corpus | units_view.parts(asked.property)._asdict())
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
        self.set({"sentence": text, "file": "", **of_corpus, **Property("")._asdict(), "held": "half", "held_out": ""})
        self.moved()

    def open_unit(self, key: str | None) -> None:
        """Unfold a unit, by its name in a link."""
        self.set({"unit": link.read(Corpus(), {"unit": key or ""})[0].unit})
        self.moved()

    def order_by(self, sort: str) -> None:
        self.set({"sort": sort})
        self.moved()

    def close_brush(self) -> None:
        """Ask no longer where else the stretch occurs."""
        self.set({"brush": None})
        self.moved()

    def _reads_words(self, name: str) -> bool:
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
