"""What does the page Corpus ask? Its controls, which follow the visitor's view: its scan stays while only the text
changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from dashboard.controls import visitor
from dashboard.controls.link_sync import SOURCE, SourceControls
from dashboard.corpus.view import Corpus, Place, model_of
from dashboard.question import link
from dashboard.question.source import Source
from dashboard.reading.example_texts import with_text

_OWN = [field.name for field in fields(Corpus) if field.name != "source"]


class CorpusControls(SourceControls):
    """The controls of the page Corpus, which scans texts of its own with the model of all pages."""

    def __init__(self) -> None:
        super().__init__("corpus", link.names(Corpus()))

    def question(self) -> Corpus:
        """The question in the controls."""
        return Corpus(self.view().source, **{name: self.values[name] for name in _OWN})

    def follow(self, query: Mapping[str, str]) -> list[str]:
        """Set the controls to a link's values; returns a sentence for each value that is not possible."""
        source = visitor.view().source
        usual = Corpus(source)
        if "sentence" not in query and self.values and model_of(self.question().source) == model_of(source):
            # The main page asks where else something happens: in the texts that were scanned last.
            usual = replace(self.question(), source=source, unit=None)
        asked, notices = link.read(usual, query)
        self.take(visitor.view_of(asked.source))
        self.set({name: getattr(asked, name) for name in _OWN})
        return notices

    def another_model(self) -> None:
        """With another model go its corpus, its units, and a text that it reads."""
        text = with_text({"model": self.now("model")}).get("sentence", self.values["sentence"])
        self.set({"sentence": text, "file": "", "texts": "", "unit": None, "brush": None, "side": Place()})
        self.moved()

    def open_unit(self, place: Place | None) -> None:
        """Show a unit's page, or all units."""
        self.set({"unit": place})
        self.moved()

    def close_brush(self) -> None:
        """Ask no longer where else the stretch occurs."""
        self.set({"brush": None})
        self.moved()

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
