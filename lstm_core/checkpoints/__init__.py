"""What is in somebody's file of weights, opened without trusting it?"""

from lstm_core.checkpoints.assemble import assemble
from lstm_core.checkpoints.checkpoint import Checkpoint, load_checkpoint
from lstm_core.checkpoints.vocabulary import read_vocabulary

__all__ = ["Checkpoint", "assemble", "load_checkpoint", "read_vocabulary"]
