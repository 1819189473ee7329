"""See inside an LSTM: every gate and state of a PyTorch LSTM, recorded and proved.

The verbs and nouns that most programs need are here. The rest is in `lstm_core.analysis`, `lstm_core.models`,
`lstm_core.inputs`, `lstm_core.checkpoints`, `lstm_core.traces` and `lstm_core.training`.
"""

from typing import TYPE_CHECKING

from lstm_core import analysis as analysis
from lstm_core import checkpoints as checkpoints
from lstm_core import inputs as inputs
from lstm_core import traces as traces
from lstm_core import training as training
from lstm_core.analysis.anatomy import anatomy
from lstm_core.analysis.compare import compare
from lstm_core.analysis.describe_unit import describe_unit
from lstm_core.analysis.find_units import find_units
from lstm_core.analysis.ledger import ledger
from lstm_core.analysis.units import units
from lstm_core.analysis.what_if import effect, what_if
from lstm_core.checkpoints.assemble import assemble
from lstm_core.checkpoints.checkpoint import load_checkpoint
from lstm_core.errors import LstmCoreError
from lstm_core.inputs.series import read_series
from lstm_core.inputs.tokens import characters, words
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import load_model, save_model
from lstm_core.recording.hold import Hold
from lstm_core.recording.intervene import intervene
from lstm_core.recording.record import Recording, record, run
from lstm_core.scanning.load_scan import load_scan
from lstm_core.scanning.pattern import pattern
from lstm_core.scanning.result import Scan
from lstm_core.scanning.scan import scan
from lstm_core.traces.gru import GruTrace
from lstm_core.traces.load import load
from lstm_core.traces.rnn import RnnTrace
from lstm_core.traces.trace import Trace
from lstm_core.training.loop import train_task as train

if TYPE_CHECKING:
    from lstm_core.models.shipped import models
else:
    # The package, which can be called: `lstm_core.models()` lists the trained models.
    from lstm_core import models

__all__ = [
    "GruTrace",
    "Hold",
    "LstmCoreError",
    "Recording",
    "RnnTrace",
    "Scan",
    "SequenceModel",
    "Trace",
    "anatomy",
    "assemble",
    "characters",
    "compare",
    "describe_unit",
    "effect",
    "find_units",
    "intervene",
    "ledger",
    "load",
    "load_checkpoint",
    "load_model",
    "load_scan",
    "models",
    "pattern",
    "read_series",
    "record",
    "run",
    "save_model",
    "scan",
    "train",
    "units",
    "what_if",
    "words",
]
