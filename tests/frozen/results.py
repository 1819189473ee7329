"""Which results of the library are frozen? By the room that gives them, each by what is asked."""

from frozen.analysed import ANALYSED
from frozen.explained import EXPLAINED
from frozen.scanned import SCANNED
from frozen.trained import TRAINED

BY_ROOM = {
    "analysis": ANALYSED,
    "explaining": EXPLAINED,
    "scanning": SCANNED,
    "training": TRAINED,
}
