"""See inside an LSTM: every gate and state of a PyTorch LSTM, recorded and proved."""

from lstm_core.anatomy import Anatomy, anatomy
from lstm_core.assemble import assemble
from lstm_core.bins import Bins, bins, changes
from lstm_core.checkpoint import Checkpoint, load_checkpoint
from lstm_core.errors import LstmCoreError
from lstm_core.export import load
from lstm_core.intervene import intervene
from lstm_core.model import random_lstm
from lstm_core.models import load_model, models, save_model
from lstm_core.record import Recording, record, run
from lstm_core.sequence_model import SequenceModel
from lstm_core.series import Series, read_series
from lstm_core.tokens import characters, words
from lstm_core.trace import QUANTITIES, Quantity, Trace
from lstm_core.training.loop import train
from lstm_core.vectors import token_vectors
from lstm_core.vocabulary import read_vocabulary

__all__ = [
    "QUANTITIES",
    "Anatomy",
    "Bins",
    "Checkpoint",
    "LstmCoreError",
    "Quantity",
    "Recording",
    "SequenceModel",
    "Series",
    "Trace",
    "anatomy",
    "assemble",
    "bins",
    "changes",
    "characters",
    "intervene",
    "load",
    "load_checkpoint",
    "load_model",
    "models",
    "random_lstm",
    "read_series",
    "read_vocabulary",
    "record",
    "run",
    "save_model",
    "token_vectors",
    "train",
    "words",
]
