"""How much may one question ask for?

Each limit is checked before the work that it bounds. Its sentence says what is expected and what to do instead.
`store/remembered.py` limits what visitors keep in the server's memory.
"""

import os
from typing import NamedTuple

from lstm_core.errors import LstmCoreError


class Limit(NamedTuple):
    """The most that is allowed, and the sentence that says so, with {most} and {got} for the numbers."""

    most: int
    sentence: str

    def refusal(self, got: int) -> str:
        """The sentence for `got`."""
        return self.sentence.format(most=self.most, got=got)

    def check(self, got: int) -> None:
        """Raises LstmCoreError with the sentence if `got` is more than is allowed."""
        if got > self.most:
            raise LstmCoreError(self.refusal(got))


# Bytes of one question in JSON.
QUESTION = Limit(2_000_000, "Expected at most {most:,} bytes, got more. Open a long text as a file.")

# Bytes of a text or table that is opened.
FILE = Limit(20_000_000, "Expected at most {most:,} bytes, got more. Give a shorter text, or read it in Python.")

# Characters of a file's name: a longer name is cut.
NAME = 255

# Characters of a sentence about an error: a longer one is cut.
SAID = 1_000

# Characters of a text that become tokens: a longer text is cut before it is tokenised.
CHARACTERS = Limit(
    1_000_000,
    "The text has {got:,} characters; the first {most:,} are looked at. For all of it, run lstm_core.run in Python.",
)

# Characters of a table that is read as numbers.
TABLE = Limit(
    5_000_000,
    "Expected a table of at most {most:,} characters, got {got:,}. Give fewer rows or columns, or read it in Python: "
    "lstm_core.read_series, then lstm_core.run.",
)

# Characters between two separators of a table.
CELL = Limit(
    200, "Expected cells of at most {most:,} characters in a table, got one of {got:,}. Is it a text, not a table?"
)

# Cells of a table that is read as numbers.
CELLS = Limit(
    500_000,
    "Expected a table of at most {most:,} cells, got about {got:,}. Give fewer rows or columns, or read it in Python: "
    "lstm_core.read_series, then lstm_core.run.",
)

# Steps of one picture.
STEPS = 100_000

# Numbers recorded for one picture, steps × (units × layers × directions × quantities + inputs): a larger LSTM reads
# fewer steps.
RECORDED = 48_000_000

# Numbers recorded for one picture, and a score and probability for each label and step: more labels, fewer steps.
NUMBERS = 120_000_000

# Tokens of a corpus that one scan on a page reads.
SCANNED = 1_000_000

# Multiplications of one scan, tokens × weights of the LSTM: a larger LSTM reads fewer tokens.
SCANNED_WORK = 350_000_000_000

# Steps that are read with a hold: a hold makes its layer run step by step, about 0.1 s for this many.
HELD = Limit(
    2_000,
    "A gate is held, or a word left out, in texts of up to {most:,} steps; this one has {got:,} and is read as it is.",
)

# Heavy jobs that run at the same time: few, because they share one interpreter and each takes up to 0.5 GB, and one
# fewer than the cores, so that a core is left for light jobs.
HEAVY_AT_ONCE = 2 if (os.cpu_count() or 1) > 2 else 1

# Light jobs that run at the same time, and jobs that are several times as long.
LIGHT_AT_ONCE, LONG_AT_ONCE = 8, 2

# Heavy jobs of the live view that wait for their turn; beyond, the server answers that it is busy.
WAITING = 64

# Multiplications from which on a reading is a heavy job, about 0.1 s.
HEAVY = 100_000_000

# Seconds that one heavy job may run, waiting not counted.
SECONDS = Limit(
    120,
    "Expected a question that is answered within {most:,} seconds; this one takes longer, so it was stopped. Give a "
    "shorter text or fewer units, or run it in Python.",
)

# Characters of a text up to which a picture takes as long as any other, and bytes of such a question.
SHORT, SMALL = 500, 20_000

# Characters from which on a text is long: reading it is a heavy job, and the result is cached.
LONG = 2_000

# Bytes of a link in a QR code: a code of more has points too small for a projector.
QR_LINK = Limit(1_000, "Expected a link of at most {most:,} bytes for a QR code, got {got:,}. Copy the link instead.")
