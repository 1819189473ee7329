"""See inside an LSTM: every gate and state of a PyTorch LSTM, recorded and proved."""

from lstm_core.analysis.compare import Comparison, align, compare
from lstm_core.analysis.describe_unit import describe_unit
from lstm_core.analysis.find_units import find_units
from lstm_core.analysis.ledger import Ledger, ledger, ledger_triangle
from lstm_core.analysis.order_units import order_units
from lstm_core.analysis.properties import PROPERTIES, property_named
from lstm_core.analysis.units import units
from lstm_core.analysis.what_if import Effect, Reading, effect, what_if
from lstm_core.checkpoints.assemble import assemble
from lstm_core.checkpoints.checkpoint import Checkpoint, load_checkpoint
from lstm_core.checkpoints.vocabulary import read_vocabulary
from lstm_core.errors import LstmCoreError
from lstm_core.inputs.series import Series, read_series
from lstm_core.inputs.tokens import characters, words
from lstm_core.inputs.vectors import token_vectors
from lstm_core.models.random import random_lstm
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import load_model, models, save_model
from lstm_core.recording.intervene import intervene
from lstm_core.recording.record import Recording, record, run
from lstm_core.traces.anatomy import Anatomy, anatomy
from lstm_core.traces.bins import Bins, bins, changes
from lstm_core.traces.export import load
from lstm_core.traces.gru import GruTrace
from lstm_core.traces.rnn import RnnTrace
from lstm_core.traces.trace import QUANTITIES, Quantity, Trace
from lstm_core.training.loop import train

__all__ = [
    "PROPERTIES",
    "QUANTITIES",
    "Anatomy",
    "Bins",
    "Checkpoint",
    "Comparison",
    "Effect",
    "GruTrace",
    "Ledger",
    "LstmCoreError",
    "Quantity",
    "Reading",
    "Recording",
    "RnnTrace",
    "SequenceModel",
    "Series",
    "Trace",
    "align",
    "anatomy",
    "assemble",
    "bins",
    "changes",
    "characters",
    "compare",
    "describe_unit",
    "effect",
    "find_units",
    "intervene",
    "ledger",
    "ledger_triangle",
    "load",
    "load_checkpoint",
    "load_model",
    "models",
    "order_units",
    "property_named",
    "random_lstm",
    "read_series",
    "read_vocabulary",
    "record",
    "run",
    "save_model",
    "token_vectors",
    "train",
    "units",
    "what_if",
    "words",
]
