"""What stands on the cards of the models that learned from generated examples? Scores, and what to set beside them.

Far out, a counter's answer depends on how its sums are rounded: its score is the least of several ways to compute it.
The card of `series` has its score beside other ways in the same hours, and where the season is kept.
"""

import copy
from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from lstm_core.analysis.auc_and_r_squared import as_score, strength
from lstm_core.analysis.find_units import find_units
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.recording.record import run
from lstm_core.training import counts
from lstm_core.training.series import ANSWER, DAY, DailyLoads, Loads, loads, r_squared
from studies.training.baselines import autoregression

# The largest n that a counter is tried on.
FARTHEST = 1000


def of_counter(model: SequenceModel) -> Mapping[str, float]:
    """How far it counts, however it is computed, and each way."""
    each = {f"computed {way}": counts.right_up_to(model, FARTHEST, compute(model)) for way, compute in WAYS.items()}
    return {"right for every n up to": min(each.values()), **each}


# Scores (time, batch, label) of x (time, batch, feature).
Compute = Callable[[Tensor], Tensor]


def _by_lstm(model: SequenceModel) -> Compute:
    return model


def _without_onednn(model: SequenceModel) -> Compute:
    def compute(x: Tensor) -> Tensor:
        # `flags` as a block would also set TF32, of which a build for CPUs warns.
        before, *_ = torch.backends.mkldnn.set_flags(_enabled=False)  # type: ignore[no-untyped-call]
        try:
            scores: Tensor = model(x)
        finally:
            torch.backends.mkldnn.set_flags(_enabled=before)  # type: ignore[no-untyped-call]
        return scores

    return compute


def _in_float64(model: SequenceModel) -> Compute:
    exact = copy.deepcopy(model).double()
    return lambda x: exact(x.double())


def _step_by_step(model: SequenceModel) -> Compute:
    cell = nn.LSTMCell(model.lstm.input_size, model.lstm.hidden_size)
    cell.load_state_dict({name.removesuffix("_l0"): weight for name, weight in model.lstm.state_dict().items()})

    def compute(x: Tensor) -> Tensor:
        state: tuple[Tensor, Tensor] | None = None
        found = []
        for row in x:
            state = cell(row, state)
            found.append(model.linear(state[0]))
        return torch.stack(found)

    return compute


WAYS: dict[str, Callable[[SequenceModel], Compute]] = {
    "by nn.LSTM": _by_lstm,
    "by nn.LSTM without oneDNN": _without_onednn,
    "by nn.LSTM in float64": _in_float64,
    "by nn.LSTMCell, step by step": _step_by_step,
}


# The hours that the autoregressions read: a day and two more, and two days.
LAGS = (26, 48)
# The hours after which the answer to a storm is as small as the noise: 3 · 10 · 0.7⁹ is 1.2.
FADED = 10


def of_series(model: SequenceModel) -> Mapping[str, float]:
    """All figures of the card."""
    test, train = _drawn(500, seed=1), _drawn(500, seed=2)
    ways = {"one who remembers the last storm": recalled(test), "one who knows the season": test.foreseen}
    return {
        **DailyLoads().scores(model),
        **{f"R² of an autoregression of {lags} hours": _linear(train, test, lags) for lags in LAGS},
        **{f"R² of {way}": r_squared(forecast[2 * DAY :], test.load[2 * DAY :]) for way, forecast in ways.items()},
        **season_in_memory(model, _drawn(40, seed=3), _drawn(40, seed=4)),
    }


def _drawn(count: int, seed: int) -> Loads:
    return loads(10 * DAY, count, torch.Generator().manual_seed(seed))


def _linear(train: Loads, test: Loads, lags: int) -> float:
    return autoregression(train.load[..., 0], test.load[2 * DAY - lags :, :, 0], lags)


def last_storm(drawn: Loads) -> Tensor:
    """(hour, series): the hour of the last storm before each hour; -1 if none has come."""
    hour = torch.arange(len(drawn.storm)).unsqueeze(1)
    came = torch.where(drawn.storm > 0, hour, -1).cummax(0).values
    return torch.cat([torch.full_like(came[:1], -1), came[:-1]])


def recalled(drawn: Loads) -> Tensor:
    """(hour, series, 1): the forecast of one who knows all but the season, and takes it for the last storm's."""
    last = last_storm(drawn)
    season = 2.0 * drawn.heated - 1
    taken = season.gather(0, last.clamp(min=0)) * (last >= 0)
    wrong = ANSWER * (taken - season) * drawn.storm
    # The answer to a storm begins an hour later; from then on all can see it.
    return drawn.foreseen + torch.cat([torch.zeros_like(wrong[:1]), wrong[:-1]]).unsqueeze(-1)


def season_in_memory(model: SequenceModel, searched: Loads, held_out: Loads) -> Mapping[str, float]:
    """How well the best unit's cell state, and the load, tell the season of a storm whose answer has faded."""
    traces, others = (run(model.lstm, model.embedding.embed(drawn.load)) for drawn in (searched, held_out))
    season = faded_season(held_out)
    best = find_units(traces, faded_season(searched), (others, season), ["c"]).table.iloc[0]
    by_load = strength(held_out.load.reshape(-1, 1).numpy(), season.reshape(-1, 1).numpy(), "AUC")
    return {
        f"AUC of the last storm's season by the cell state of unit {best.unit}": float(best.held_out),
        "AUC of the last storm's season by the load": as_score(np.abs(by_load), "AUC").item(),
    }


def faded_season(drawn: Loads) -> Tensor:
    """(hour, series): 1 if buildings were heated when the last storm came, 0 if they were cooled; NaN until FADED hours
    after it."""
    hour, last = torch.arange(len(drawn.storm)).unsqueeze(1), last_storm(drawn)
    season = drawn.heated.double().gather(0, last.clamp(min=0))
    return season.where((last >= 0) & (hour - last >= FADED), torch.nan)
