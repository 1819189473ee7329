"""The gatescope dashboard: watch an LSTM read a sentence.

`import gatescope as gs` gives the names of `lstm_core` too.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_core import analysis as analysis
    from lstm_core import checkpoints as checkpoints
    from lstm_core import explaining as explaining
    from lstm_core import inputs as inputs
    from lstm_core import traces as traces
    from lstm_core.api import *  # noqa: F403
else:
    from importlib.util import find_spec

    def __getattr__(name):
        # Who imports a room of the dashboard is not to wait for torch.
        if find_spec(f"{__name__}.{name}"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import lstm_core

        return getattr(lstm_core, name)

    def __dir__():
        import lstm_core

        return [*globals(), *dir(lstm_core)]
