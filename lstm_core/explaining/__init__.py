"""Why does a model answer so, which unit carried that, and how far back does it look?"""

from lstm_core.explaining.explain import explain
from lstm_core.explaining.explained import Carriers, Explained
from lstm_core.explaining.horizon import Horizon, horizon

__all__ = ["Carriers", "Explained", "Horizon", "explain", "horizon"]
