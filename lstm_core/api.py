"""Which names does `lstm_core` give at its top?"""

from lstm_core.analysis.compare import compare as compare
from lstm_core.analysis.compare import effect as effect
from lstm_core.analysis.compare import what_if as what_if
from lstm_core.analysis.find_units import find_units as find_units
from lstm_core.analysis.ledger import anatomy as anatomy
from lstm_core.analysis.ledger import ledger as ledger
from lstm_core.analysis.units import describe_unit as describe_unit
from lstm_core.analysis.units import units as units
from lstm_core.checking.check import check as check
from lstm_core.checkpoints.assemble import assemble as assemble
from lstm_core.checkpoints.checkpoint import load_checkpoint as load_checkpoint
from lstm_core.errors import LstmCoreError as LstmCoreError
from lstm_core.explaining.explain import explain as explain
from lstm_core.explaining.horizon import horizon as horizon
from lstm_core.files.model_folders import models as models
from lstm_core.inputs.series import read_series as read_series
from lstm_core.inputs.tokens import characters as characters
from lstm_core.inputs.tokens import words as words
from lstm_core.models.sequence_model import SequenceModel as SequenceModel
from lstm_core.models.shipped import load_model as load_model
from lstm_core.models.shipped import save_model as save_model
from lstm_core.recording.hold import Hold as Hold
from lstm_core.recording.intervene import intervene as intervene
from lstm_core.recording.record import Recording as Recording
from lstm_core.recording.record import record as record
from lstm_core.recording.record import run as run
from lstm_core.recording.steps import unrolled as unrolled
from lstm_core.scanning.pattern import pattern as pattern
from lstm_core.scanning.result import Scan as Scan
from lstm_core.scanning.result import load_scan as load_scan
from lstm_core.scanning.result import scan as scan
from lstm_core.traces.load import load as load
from lstm_core.traces.trace import CellTrace as CellTrace
from lstm_core.traces.trace import GruTrace as GruTrace
from lstm_core.traces.trace import RnnTrace as RnnTrace
from lstm_core.traces.trace import Trace as Trace
from lstm_core.training.loop import train_task as _train_task

train = _train_task
