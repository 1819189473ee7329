"""Is a model with an LSTM in it healthy? Each question is asked in turn, and what it needs was asked before."""

from collections.abc import Callable, Mapping, Sequence
from inspect import signature
from typing import Any, NamedTuple

from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from lstm_core.checking.questions import answers, gradient, memory, units, weights
from lstm_core.checking.reading import parts_of
from lstm_core.checking.subject import Report, Row, Subject, drawn_for, look, needs_inputs
from lstm_core.errors import LstmCoreError, check_kind
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.recording.modules import modules_to_record

_Ask = Callable[[Subject], Row | None]


class _Question(NamedTuple):
    """What is asked; it makes no sense once what one of `needs` asks is broken, or where a note of it says why.

    `lacks`: why it can't be asked of some models."""

    asked: str
    ask: _Ask
    needs: Sequence[_Ask] = ()
    lacks: str = ""


NOT_TAKEN = "could not be asked"

_FINITE = (weights.sound_weights, weights.all_finite)
_STEADY = (*_FINITE, answers.same_twice)
_ANEW = (*_STEADY, answers.carried_state)
_ORDERLY = (*_ANEW, answers.swapped)
_UNPADDED = (*_ORDERLY, answers.padding_is_unread, answers.packed_agree)
_THROUGH = (memory.handed_on, memory.starts_anew)
_RECORDED = (*_STEADY, answers.rebuilt)
_ONCE_READ = (*_UNPADDED, *_THROUGH, memory.read_end, units.gates_open_and_shut)
# A note of these says what the questions that need them would only say again.
_TOLD = (answers.rebuilt, memory.starts_anew)
_OF_READING = (answers.swapped, answers.padding_is_unread, memory.read_end, memory.steps_that_count)
_UNTOLD = "the sizes of x do not tell time from sequences: give more or fewer sequences than steps"
_PADDING = "no padding is read: give padding_idx, lengths, or an attention_mask with zeros"
_QUESTIONS = (
    _Question("All weights finite, none constant", weights.sound_weights),
    _Question("All that is computed is finite", weights.all_finite, (weights.sound_weights,)),
    _Question("The same answer twice", answers.same_twice, _FINITE),
    _Question("Each text starts anew", answers.carried_state, _STEADY),
    _Question("Rebuilt from its gates", answers.rebuilt, _STEADY),
    _Question("Each sequence is answered by itself", answers.swapped, _ANEW, "give sequences that differ"),
    _Question("Padding changes no answer", answers.padding_is_unread, _ORDERLY, _PADDING),
    _Question("Packed and unpacked agree", answers.packed_agree, (*_ORDERLY, answers.rebuilt), "the model packs none"),
    _Question("h and c are handed on as they are", memory.handed_on, _STEADY, "no call goes on from another"),
    _Question(
        "The memory goes on through a text", memory.starts_anew, (*_RECORDED, memory.handed_on), "there is no loop"
    ),
    _Question(
        "Gradient k steps back", gradient.steps_of_gradient, (*_ORDERLY, *_THROUGH), "no single memory was found"
    ),
    _Question("Each direction is read at its end", memory.read_end, _UNPADDED, "give three steps that get one answer"),
    _Question("All units move", units.dead_units, _RECORDED, "give three steps"),
    _Question("Gates open and shut", units.gates_open_and_shut, _RECORDED, "it has no gates"),
    _Question("All layers reach the answers and can learn", gradient.layers_learn, _ANEW, "no layer counts"),
    _Question("Forget biases", weights.forget_biases, _RECORDED, "it has none"),
    _Question(
        "Steps back that still count", memory.steps_that_count, _ONCE_READ, "give sequences of three steps that differ"
    ),
)


def check(model: nn.Module, *inputs: Any, **named_inputs: Any) -> Report:
    """What goes wrong with a model that has an `nn.LSTM`, `nn.GRU`, `nn.RNN` or their cells in it, or else a cell
    written by hand, which is found: a row a question.

    `inputs`: what the model takes, by position or by name, with several sequences in it; lengths or a state after it,
    as the model takes them. Of a dict x is the tensor that the module gets, and lengths have "len" in their name.
    A `SequenceModel` may be given a text. It, a model of one `nn.Embedding`, and a recurrent module alone may be given
    nothing: then they read a thousand random words. Each question is asked of a copy of the model in eval mode, and the
    model is not changed. A row is `pass`, `look` (a note) or `broken` (a mistake), with its number and the line that
    mends it.

    Raises LstmCoreError for a model without such a module, for an input that its forward takes by name alone, where the
    model needs inputs and none are given, and where it stops at what is no tensor. What else the model does not take,
    it refuses itself.

    >>> import torch
    >>> report = check(torch.nn.LSTM(4, 8))
    >>> report.is_broken, list(report.to_pandas().columns)
    (False, ['question', 'result', 'number', 'advice'])
    """
    modules_to_record(model, None)
    inputs = _by_position(model, inputs, named_inputs) if named_inputs else inputs
    is_drawn = not inputs
    x, read = drawn_for(model) if is_drawn else (inputs[0], _described(inputs[0]))
    subject = Subject(model, (x,) if is_drawn else _as_taken(model, inputs))
    _first_run(subject, is_drawn)
    rows: list[Row] = []
    stops: dict[_Ask, str] = {}
    not_asked = {}
    for question in _QUESTIONS:
        first = next((stops[ask] for ask in question.needs if ask in stops), None)
        found = None if first else _asked(question, subject)
        if found is None:
            untold = question.ask in _OF_READING and subject.reading is None
            not_asked[question.asked] = f"“{first}” comes first" if first else _UNTOLD if untold else question.lacks
        else:
            rows.append(found._replace(question=question.asked))
            if found.result == "broken" or (question.ask in _TOLD and found.result == "look"):
                stops[question.ask] = question.asked
    return Report(tuple(rows), read, not_asked)


def _first_run(subject: Subject, drawn: bool) -> None:
    """Run the model as it is. What it does not take it refuses itself; of drawn inputs it can't be said to."""
    given = [each for _, each in parts_of(subject.inputs) if isinstance(each, Tensor)]
    if empty := [tuple(each.shape) for each in given if not each.numel()]:
        raise LstmCoreError(f"Expected inputs with a sequence and a step in them, got a tensor of shape {empty[0]}.")
    if not all(bool(each.isfinite().all()) for each in given):
        raise LstmCoreError("Expected finite inputs, got NaN or infinity. Fill them in, or leave their steps out.")
    try:
        assert subject.first
    except Exception as error:
        if drawn:
            raise needs_inputs(subject.model) from error
        # Its own words for what is no tensor say nothing of it.
        read = "x as a tensor, such as (batch, time, feature)"
        check_kind(subject.inputs[0], (Tensor, PackedSequence, Mapping), read, "Make one: torch.as_tensor(x).")
        raise


def _asked(question: _Question, subject: Subject) -> Row | None:
    """The answer to a question; a note where the model does not take the inputs that the question needs."""
    try:
        return question.ask(subject)
    except Exception as error:
        # It took those that were given: a size may be fixed in it.
        said = (str(error).splitlines() or [""])[0][:200]
        return look(NOT_TAKEN, f"With the other inputs that this needs the model stopped: {said}")


def _by_position(model: nn.Module, inputs: tuple[Any, ...], named: Mapping[str, Any]) -> tuple[Any, ...]:
    """Inputs by position and by name, all by position, in which others are put in their place."""
    bound = signature(model.forward).bind(*inputs, **named)
    bound.apply_defaults()
    if alone := [name for name in named if name in bound.kwargs]:
        raise LstmCoreError(
            f"Expected inputs that {type(model).__name__}.forward takes by position too, got {', '.join(alone)}, which "
            "it takes by name alone. Check a module whose forward calls it so."
        )
    return bound.args


def _as_taken(model: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The inputs, a text as the vectors of its tokens."""
    first, *rest = inputs
    if isinstance(model, SequenceModel) and not isinstance(first, Tensor | PackedSequence):
        tokens = model.tokens(first) if isinstance(first, str) else list(first)
        return model.vectors(tokens).detach(), *rest
    return inputs


def _described(given: Any) -> str:
    if isinstance(given, Tensor):
        return f"a tensor {tuple(given.shape)}"
    if isinstance(given, PackedSequence):
        return f"{int(given.batch_sizes[0])} packed sequences"
    if isinstance(given, Mapping):
        return f"a dict of {', '.join(map(str, given))}"
    return f"a text of {len(given):,} characters" if isinstance(given, str) else f"{len(given):,} tokens"
