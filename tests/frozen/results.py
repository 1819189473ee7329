"""Which results of the library are frozen? By the room that gives them, each by what is asked."""

from frozen.analysed import ANALYSED
from frozen.scanned import SCANNED

ROOMS = {"analysis": ANALYSED, "scanning": SCANNED}
