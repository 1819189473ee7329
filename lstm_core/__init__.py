"""See inside an LSTM: every gate and state of a PyTorch LSTM, recorded and proved.

The verbs and nouns that most programs need are here. The rest is in `lstm_core.analysis`, `lstm_core.explaining`,
`lstm_core.models`, `lstm_core.inputs`, `lstm_core.checkpoints`, `lstm_core.traces` and `lstm_core.training`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_core import analysis as analysis
    from lstm_core import checking as checking
    from lstm_core import checkpoints as checkpoints
    from lstm_core import explaining as explaining
    from lstm_core import inputs as inputs
    from lstm_core import traces as traces
    from lstm_core import training as training
    from lstm_core.api import *  # noqa: F403

    __version__: str
else:
    # Torch is imported with the first name that is asked for: who only reads what is said of a model need not wait.
    def __getattr__(name):
        if name == "__version__":
            return _version()
        import lstm_core.api as api

        # With them come the rooms, as `lstm_core.traces`; `lstm_core.models` is a room that can be called.
        if name in globals():
            return globals()[name]
        names = sorted(each for each in vars(api) if not each.startswith("_"))
        if name == "__all__":
            return names
        if name not in names:
            room = next((room for room, held in globals().items() if name in getattr(held, "__all__", ())), None)
            raise AttributeError(
                f"module {__name__!r} has no attribute {name!r}"
                + (f". It is {__name__}.{room}.{name}." if room else "")
            )
        return getattr(api, name)

    def __dir__():
        return [*globals(), *__getattr__("__all__")]


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("gatescope")
    except PackageNotFoundError as error:
        raise AttributeError("gatescope is not installed here, so it has no version: pip install -e .") from error
