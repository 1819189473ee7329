"""How much memory do the server's stores take for all visitors together?

Every store drops its least recently used values once its bytes are used up. A running job takes, in addition, what
`serving/limits.py` allows.
"""

from enum import Enum


class Budget(Enum):
    """The bytes of each store, for its values and keys."""

    READINGS = 240_000_000, "traces of long texts and files"
    SAMPLES = 60_000_000, "sequences that units are judged on"
    TRACKING = 12_000_000, "which unit tracks what"
    ALTERNATIVES = 60_000_000, "texts read again with a word changed"
    SCANS = 160_000_000, "scans of corpora, with their texts"
    MOMENTS = 12_000_000, "what a unit does around its moments in a corpus"
    WORST = 2_000_000, "texts that a model predicts worst"
    HITS = 4_000_000, "places in a corpus where a pattern occurs"
    TEXTS = 60_000_000, "files that visitors opened as texts and tables"
    MODELS = 160_000_000, "models that visitors trained or opened"
    TRACES = 70_000_000, "recordings that visitors opened"
    WEIGHTS = 160_000_000, "files of weights that visitors opened"

    def __init__(self, bytes: int, holds: str) -> None:
        self.bytes, self.holds = bytes, holds
