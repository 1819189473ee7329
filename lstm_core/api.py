"""Which names does `lstm_core` give at its top?"""

from lstm_core.analysis.anatomy import anatomy
from lstm_core.analysis.compare import compare
from lstm_core.analysis.describe_unit import describe_unit
from lstm_core.analysis.find_units import find_units
from lstm_core.analysis.ledger import ledger
from lstm_core.analysis.units import units
from lstm_core.analysis.what_if import effect, what_if
from lstm_core.checking.check import check
from lstm_core.checkpoints.assemble import assemble
from lstm_core.checkpoints.checkpoint import load_checkpoint
from lstm_core.errors import LstmCoreError
from lstm_core.explaining.explain import explain
from lstm_core.explaining.horizon import horizon
from lstm_core.files.model_folders import models
from lstm_core.inputs.series import read_series
from lstm_core.inputs.tokens import characters, words
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import load_model, save_model
from lstm_core.recording.hold import Hold
from lstm_core.recording.intervene import intervene
from lstm_core.recording.record import Recording, record, run
from lstm_core.recording.steps import unrolled
from lstm_core.scanning.pattern import pattern
from lstm_core.scanning.result import Scan, load_scan
from lstm_core.scanning.scan import scan
from lstm_core.traces.load import load
from lstm_core.traces.trace import CellTrace, GruTrace, RnnTrace, Trace
from lstm_core.training.loop import train_task as train

__all__ = [
    "CellTrace",
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
    "check",
    "compare",
    "describe_unit",
    "effect",
    "explain",
    "find_units",
    "horizon",
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
    "unrolled",
    "what_if",
    "words",
]
