"""How do the controls of the page Corpus follow the visitor's view? Its scan stays while only the text changes."""

from __future__ import annotations

from dataclasses import replace

from dashboard.controls import visitor
from dashboard.controls.link_sync import SOURCE, SourceControls
from dashboard.question.source import Source


class CorpusControls(SourceControls):
    """The controls of the page Corpus, which scans texts of its own with the model of all pages."""

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
