"""Which gates are shut, or open, at nearly every step?"""

from lstm_core.checking.answers import LayerPlace, changed_without, named
from lstm_core.checking.report import Verdict, broken, look, passes
from lstm_core.checking.subject import Subject

SHUT, OPEN, MOST = 0.01, 0.99, 0.99
"""A gate below or above counts as shut or open; at more than this share of the steps it is stuck."""
MANY, FEW = 0.1, 0.01
"""A share of stuck gates that is worth a look, and one of answers that change without those units."""
_GATES = {"i": "input", "f": "forget", "o": "output", "r": "reset", "z": "update"}


def ask(subject: Subject) -> Verdict | None:
    """A note where a tenth of a layer's gates of one kind is stuck and the answers do not need those units.

    Broken where all input or output gates of a layer are shut. None without gates."""
    worst: tuple[float, str, LayerPlace, dict[int, float], bool] | None = None
    gates = stuck_gates = 0
    for name, trace in subject.traces.items():
        for letter in set(trace.whole) & set(_GATES):
            values = getattr(trace, letter).float()
            for layer in range(values.shape[0]):
                for direction in range(values.shape[1]):
                    each = values[layer, direction].flatten(0, 1)
                    each = each[~each.isnan().any(-1)]
                    stuck = ((each < SHUT).float().mean(0) > MOST) | ((each > OPEN).float().mean(0) > MOST)
                    gates, stuck_gates = gates + len(stuck), stuck_gates + int(stuck.sum())
                    share = float(stuck.float().mean())
                    if share > (worst[0] if worst else MANY):
                        state = getattr(trace, trace.states[0])[layer, direction].float().flatten(0, 1).nanmean(0)
                        shut = letter in "io" and bool((each < SHUT).float().mean() > MOST)
                        numbers = stuck.nonzero().flatten().tolist()
                        worst = (
                            share,
                            letter,
                            LayerPlace(name, layer, direction),
                            {n: float(state[n]) for n in numbers},
                            shut,
                        )
    if not gates:
        return None
    number = f"{stuck_gates / gates:.0%} stuck"
    if worst is None:
        return passes(number)
    share, letter, place, units, shut = worst
    changed = changed_without(subject, {place: units})
    where = f"The {_GATES[letter]} gate of {named({place: units})}"
    said = f"{where} is at 0 or 1 at more than {MOST:.0%} of the steps"
    if share == 1 and shut:
        return broken(number, f"{said}, so nothing passes. Look at its biases and at the scale of x.")
    if changed.changed > FEW * changed.answers:
        # Those that are stuck are a way to remember, and the answers need it.
        return passes(number)
    return look(number, f"{said}. With their states held still {changed} change: fewer may be enough.")
