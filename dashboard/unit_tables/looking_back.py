"""How far back does a model remember? Its answers on its own texts, with all before the last steps cut."""

from typing import Any, NamedTuple

from gatescope.question.view import Source
from gatescope.recording.wire_format import rounded
from gatescope.store.remembered import ENTRY_BYTES, Budget, remembered
from gatescope.unit_tables.asked import TEXTS, model_of
from gatescope.unit_tables.corpus import fitting, model_to_scan, texts_of
from lstm_core.explaining import Horizon, horizon

# The most tokens that are read.
MOST = 2_000


class LookedBack(NamedTuple):
    """What was found, and on which texts."""

    found: Horizon
    texts: str


def _what_is_read(source: Source) -> tuple[object, ...]:
    return model_of(source), () if fitting(model_to_scan(source)) else source.sentence


@remembered(Budget.TRACKING, key=_what_is_read, bytes_of=lambda _: ENTRY_BYTES, is_heavy=lambda _: True)
def looked_back(source: Source) -> LookedBack:
    """How far back the source's model looks: on texts like its own, else on the visitor's.

    Raises LstmCoreError as `model_to_scan` and `horizon` do.
    """
    model = model_to_scan(source)
    for name in fitting(model)[:1]:
        texts = texts_of(name, model, MOST)
        return LookedBack(horizon(model, [piece.text for piece in texts.pieces]), TEXTS[name])
    return LookedBack(horizon(model, [source.sentence]), "the text above")


def curves(found: Horizon) -> dict[str, Any]:
    """How much the answers change, by how many steps are read, in the form of `assets/browser/rows.js`."""
    two = {"begun at zero": found.zero_state, "begun after another text": found.other_state}
    each = [{"name": name, "values": rounded(values, 7)} for name, values in two.items()]
    return {"tokens": [str(k) for k in found.cuts], "strips": [], "high": 0, "curves": each}
