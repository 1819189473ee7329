"""Which gates are shut, or open, at nearly every step?"""

from lstm_core.checking.answers import LayerPlace, by_layer, changed_without, named
from lstm_core.checking.report import Verdict, broken, look, passes
from lstm_core.checking.subject import Subject

SHUT, OPEN, MOST = 0.01, 0.99, 0.99
"""A gate below or above counts as shut or open; at more than this share of the steps it is stuck."""
MANY, FEW = 0.1, 0.01
"""A share of stuck gates that is worth a look, and one of answers that change without those units."""
SATURATED, ALL_BUT_FEW = 0.05, 0.75
"""A gate nearer than this to 0 or 1 is saturated; more than this share of all gates is worth a look."""
_GATES = {"i": "input", "f": "forget", "o": "output", "r": "reset", "z": "update"}


def ask(subject: Subject) -> Verdict | None:
    """A note where a tenth of a layer's gates of one kind is stuck and the answers do not need those units, or where
    most gates are saturated.

    Broken where all input or output gates of a layer are shut. None without gates."""
    worst: tuple[float, str, LayerPlace, dict[int, float], bool] | None = None
    gates = stuck_gates = near = steps = 0
    for name, trace in subject.traces.items():
        states = dict(by_layer(name, getattr(trace, trace.states[0])))
        for letter in set(trace.whole) & set(_GATES):
            for place, each in by_layer(name, getattr(trace, letter)):
                stuck = ((each < SHUT).float().mean(0) > MOST) | ((each > OPEN).float().mean(0) > MOST)
                near, steps = near + int(((each - 0.5).abs() > 0.5 - SATURATED).sum()), steps + each.numel()
                gates, stuck_gates = gates + len(stuck), stuck_gates + int(stuck.sum())
                share = float(stuck.float().mean())
                if share > (worst[0] if worst else MANY):
                    held = {n: float(states[place][:, n].mean()) for n in stuck.nonzero().flatten().tolist()}
                    shut = letter in "io" and bool((each < SHUT).float().mean() > MOST)
                    worst = (share, letter, place, held, shut)
    if not gates:
        return None
    number = f"{stuck_gates / gates:.0%} stuck, {near / steps:.0%} saturated"
    saturated = near > ALL_BUT_FEW * steps
    learn = f"Gates below {SATURATED} or above {1 - SATURATED} learn little. To train on, scale x or the weights down."
    of_all = look(number, learn) if saturated else passes(number)
    if worst is None:
        return of_all
    share, letter, place, units, shut = worst
    changed = changed_without(subject, {place: units})
    where = f"The {_GATES[letter]} gate of {named({place: units})}"
    said = f"{where} is at 0 or 1 at more than {MOST:.0%} of the steps"
    if share == 1 and shut:
        return broken(number, f"{said}, so nothing passes. Look at its biases and at the scale of x.")
    if saturated or changed.changed > FEW * changed.answers:
        # Those that are stuck are a way to remember, and the answers need it.
        return of_all
    return look(number, f"{said}. With their states held still {changed} change: fewer may be enough.")
