"""What are steps, units and answers called in the drawer's sentences?"""

from collections.abc import Sequence

from lstm_core import SequenceModel
from lstm_core.explaining.explained import Explained
from lstm_core.plots.labels import label


def step_name(tokens: Sequence[str], step: int, numbers: bool) -> str:
    """A step by its word; a step of a series by its time, or its number where it has none."""
    if not numbers:
        return f"“{label(tokens[step])}”"
    return f"step {step:,}" if tokens[step] == str(step) else label(tokens[step])


def answer_name(model: SequenceModel, number: int) -> str:
    """An answer; a character or symbol is quoted."""
    name = label(model.labels[number])
    return f"“{name}”" if model.reads in ("characters", "symbols") else name


def target_name(model: SequenceModel, found: Explained) -> str:
    """What is answered: a lead of one label over another, a label's score, or a forecast."""
    weights = found.question.weights
    chosen = answer_name(model, int(weights.argmax()))
    if weights.min() < 0:
        return f"the lead of {chosen} over {answer_name(model, int(weights.argmin()))}"
    return f"the forecast of {chosen}" if model.gives == "value" else f"the score of {chosen}"


def units_named(units: Sequence[tuple[int, int]], layers: int) -> str:
    """Units (layer, unit), as in "units 3 and 0"."""
    names = [f"{unit} of layer {layer}" if layers > 1 else f"{unit}" for layer, unit in units]
    return f"unit {names[0]}" if len(names) == 1 else f"units {', '.join(names[:-1])} and {names[-1]}"
