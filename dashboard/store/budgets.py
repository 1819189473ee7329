"""How much memory do the server's stores take for all visitors together?

Every store drops its least recently used values once its bytes are used up. A running job takes, in addition, what
`serving/limits.py` allows.
"""


class Budget:
    """The bytes of each store."""

    # Traces of long texts and files.
    READINGS = 240_000_000
    # Sequences that units are judged on.
    SAMPLES = 60_000_000
    # Which unit tracks what.
    TRACKING = 12_000_000
    # Texts read again with a word changed.
    ALTERNATIVES = 60_000_000
    # Scans of corpora, with their texts.
    SCANS = 160_000_000
    # What a unit does around its moments in a corpus.
    MOMENTS = 12_000_000
    # Texts that a model predicts worst.
    WORST = 2_000_000
    # Places in a corpus where a pattern occurs.
    HITS = 4_000_000
    # Files that visitors opened as texts and tables.
    TEXTS = 60_000_000
    # Models that visitors trained or opened.
    MODELS = 160_000_000
    # Recordings that visitors opened.
    TRACES = 70_000_000
    # Files of weights that visitors opened.
    WEIGHTS = 160_000_000
