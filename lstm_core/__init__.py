"""See inside an LSTM: every gate and state of a PyTorch LSTM, recorded and proved."""

from lstm_core.anatomy import Anatomy, anatomy
from lstm_core.checkpoint import Checkpoint, load_checkpoint
from lstm_core.errors import LstmCoreError
from lstm_core.export import load
from lstm_core.intervene import intervene
from lstm_core.model import random_lstm
from lstm_core.record import Recording, record, run
from lstm_core.tokens import characters, words
from lstm_core.trace import QUANTITIES, Quantity, Trace
from lstm_core.vectors import token_vectors

__all__ = [
    "QUANTITIES",
    "Anatomy",
    "Checkpoint",
    "LstmCoreError",
    "Quantity",
    "Recording",
    "Trace",
    "anatomy",
    "characters",
    "intervene",
    "load",
    "load_checkpoint",
    "random_lstm",
    "record",
    "run",
    "token_vectors",
    "words",
]
