"""What do the units do, what is written in a memory, and what if?"""

from lstm_core.analysis.compare import Comparison, Effect, Reading, align, compare, effect, what_if
from lstm_core.analysis.find_units import Found, find_units
from lstm_core.analysis.ledger import Anatomy, Ledger, anatomy, ledger
from lstm_core.analysis.probe import Probed, probe
from lstm_core.analysis.properties import PROPERTIES, property_named
from lstm_core.analysis.units import describe_unit, order_units, units

__all__ = [
    "PROPERTIES",
    "Anatomy",
    "Comparison",
    "Effect",
    "Found",
    "Ledger",
    "Probed",
    "Reading",
    "align",
    "anatomy",
    "compare",
    "describe_unit",
    "effect",
    "find_units",
    "ledger",
    "order_units",
    "probe",
    "property_named",
    "units",
    "what_if",
]
