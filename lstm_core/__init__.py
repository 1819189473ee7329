"""See inside an LSTM: every gate and state of a PyTorch LSTM, recorded and proved."""

from lstm_core.anatomy import Anatomy, anatomy
from lstm_core.assemble import assemble
from lstm_core.bins import Bins, bins, changes
from lstm_core.checkpoint import Checkpoint, load_checkpoint
from lstm_core.compare import Comparison, align, compare
from lstm_core.describe_unit import describe_unit
from lstm_core.errors import LstmCoreError
from lstm_core.export import load
from lstm_core.find_units import find_units
from lstm_core.gru import GruTrace
from lstm_core.intervene import intervene
from lstm_core.ledger import Ledger, ledger, ledger_triangle
from lstm_core.model import random_lstm
from lstm_core.models import load_model, models, save_model
from lstm_core.order_units import order_units
from lstm_core.properties import PROPERTIES, property_named
from lstm_core.record import Recording, record, run
from lstm_core.rnn import RnnTrace
from lstm_core.sequence_model import SequenceModel
from lstm_core.series import Series, read_series
from lstm_core.tokens import characters, words
from lstm_core.trace import QUANTITIES, Quantity, Trace
from lstm_core.training.loop import train
from lstm_core.units import units
from lstm_core.vectors import token_vectors
from lstm_core.vocabulary import read_vocabulary
from lstm_core.what_if import Effect, Reading, effect, what_if

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
