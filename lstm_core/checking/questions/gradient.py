"""How many steps back does a gradient reach, and does every layer learn?"""

import re
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.utils.rnn import PackedSequence

from lstm_core.checking.questions.units import LayerPlace
from lstm_core.checking.reading import all_answers, answer, apart
from lstm_core.checking.subject import Row, Subject, broken, look, passes
from lstm_core.recording.call import Call, arguments
from lstm_core.recording.hold import Hold
from lstm_core.recording.intervene import intervene
from lstm_core.recording.kinds import RECORDED
from lstm_core.recording.record import record

# How many steps back does a gradient reach? It may be gone after a few, explode, or never arrive.

# A gradient is gone below this share of the largest. At the first step it may be so many times as large as at the last
# before it is worth a look, and before it explodes.
GONE, GROWS, LARGE = 1e-4, 1e2, 1e6
_NONE_ARRIVES = (
    "none arrives",
    "No gradient reaches what the module reads. Look for detach(), .data or torch.no_grad() on the way.",
)
# A gradient that is gone within fewer steps is worth a look; whether it grows is seen over more.
_FEW = 8


def steps_of_gradient(subject: Subject) -> Row | None:
    """Broken where a gradient is cut off on its way, or between steps, or explodes; a note where it is cut further
    back, grows a hundredfold, or is gone after a few steps."""
    if not subject.modules:
        return _of_found(subject)
    if not subject.first.calls:
        return None
    slopes, call = _slopes(subject), subject.first.calls[0].call
    if not slopes:
        return broken(*_NONE_ARRIVES)
    return _how_far(call, _norms(call, slopes))


def _cut(sizes: Tensor, by_step: bool) -> Row | None:
    """Where a gradient (time,) is not small but none at all from one step to the one before; None if nowhere.

    `by_step`: a call reads one step. One that reads several may be a window, and its last may have one step.
    """
    steps = len(sizes)
    back = steps - int((sizes > 0).nonzero()[0]) if bool(sizes.any()) else steps
    if back == steps or float(sizes[-back]) <= GONE * float(sizes.max()):
        return None
    if by_step and back == 1 and steps > 2:
        return broken(
            f"1 of {steps} steps",
            "The gradient is cut between steps. Look for detach() in the loop: cut once a window, not once a step.",
        )
    return look(
        f"{back} of {steps}",
        "The gradient is cut there, as by detach(). A window of training ends so; else nothing is learnt from further "
        "back.",
    )


def _of_found(subject: Subject) -> Row | None:
    """Whether a gradient reaches the memories of a hand-written cell before the last; None if there is not one memory
    alone."""
    if subject.reading is None or len(subject.traces) != 1:
        return None
    [trace], model, probes = subject.traces.values(), subject.fresh(), list[Tensor]()

    def probed(c: Tensor) -> Tensor:
        probes.append(torch.zeros_like(c, requires_grad=True))
        return c + probes[-1]

    with torch.no_grad(), record(model):
        answer(model, subject.inputs)
    # A first step that is no sum can't be held.
    first = "the first step is" in trace.config["roles"]["c"]
    with torch.enable_grad():
        with intervene(model, Hold("c", probed, steps=range(first, trace.sizes["time"]))):
            said = answer(model, subject.inputs)
        slopes = _arriving(subject, said, probes)
    if not slopes:
        return broken(*_NONE_ARRIVES)
    sizes = torch.tensor([slope.double().norm().item() for slope in slopes])
    return _cut(sizes, by_step=True) or passes(f"{int((sizes > GONE * float(sizes.max())).sum())} of {len(sizes)}")


def _how_far(call: Call, sizes: Tensor) -> Row:
    steps, top = len(sizes), float(sizes.max())
    # Backward, the last step is the one that is farthest away.
    both = len(call.weights[0]) == 2
    growth = float("inf") if not bool(sizes.isfinite().all()) else 0.0 if both or steps <= _FEW else _growth(sizes)
    grows = f"x {growth:,.0f} over {steps} steps" if growth < 1e6 else f"x {growth:.0e} over {steps} steps"
    if growth > GROWS:
        return Row(
            "",
            "broken" if growth > LARGE else "look",
            grows,
            "The gradient grows on its way back. Clip it (clip_grad_norm_), and start the recurrent weights smaller.",
        )
    if cut := _cut(sizes, by_step=len(call.x) == 1):
        return cut
    back = steps - int((sizes > GONE * top).nonzero()[0]) if top else 0
    if not top or (not both and back < min(_FEW, steps)):
        return look(f"gone after {back} of {steps}", "Little can be learnt from further back.")
    return passes(f"{back} of {steps}" + (f", {grows}" if growth >= 2 else ""))


def _growth(sizes: Tensor) -> float:
    """How many times as large a gradient (time,) is at the first step as at the last, at the rate of its growth from
    the last third of the steps to the middle one, or on to the first if that is slower: no single step decides."""
    steps, third = len(sizes), len(sizes) // 3
    first, middle, last = (part.median() for part in (sizes[:third], sizes[third:-third], sizes[-third:]))
    # Where nothing is read it is 0 / 0, which is no growth.
    slower = torch.minimum(first / middle, middle / last).clamp(max=1e50)
    return float(slower ** (2 * (steps - 1) / (steps - third)))


def _slopes(subject: Subject) -> list[Tensor]:
    """The answer's gradient at what the first recurrent module reads, call by call; empty if none arrives anywhere."""
    model, probes = subject.fresh(), list[Tensor]()

    def before(_module: nn.Module, args: Any, kwargs: Any) -> Any:
        given, state = arguments(args, kwargs)
        values = given.data if isinstance(given, PackedSequence) else given
        probes.append(torch.zeros_like(values, requires_grad=True))
        moved = values + probes[-1]
        return (given._replace(data=moved) if isinstance(given, PackedSequence) else moved, state), {}

    model.get_submodule(subject.first.calls[0].name).register_forward_pre_hook(before, with_kwargs=True)
    # On a GPU the backward of these modules asks for train mode.
    for module in model.modules():
        if isinstance(module, RECORDED):
            module.train()
            module.dropout = 0.0
    with torch.enable_grad():
        return _arriving(subject, answer(model, subject.inputs), probes)


def _arriving(subject: Subject, said: Tensor, probes: list[Tensor]) -> list[Tensor]:
    """The gradient of an answer at each of some probes; none if it arrives at none of them."""
    asked = _of_the_last_step(subject, said)
    slopes = torch.autograd.grad(asked, probes, allow_unused=True) if said.requires_grad else ()
    there = any(slope is not None for slope in slopes)
    return [torch.zeros_like(p) if s is None else s for s, p in zip(slopes, probes, strict=True)] if there else []


def _of_the_last_step(subject: Subject, said: Tensor) -> Tensor:
    """One number made of the answer, at the last step if there is one a step: each output with a weight of its own, for
    the sum of probabilities is 1 whatever was read."""
    reading = subject.reading
    by_sequence = None if reading is None else reading.by_sequence(said)
    if reading is not None and by_sequence is not None and reading.each_step(by_sequence):
        ends = torch.tensor(reading.lengths, device=said.device) - 1
        said = by_sequence[torch.arange(len(ends), device=said.device), ends]
    weights = torch.randn(said.shape[-1], generator=torch.Generator().manual_seed(0)).to(said)
    return (said * weights).sum()


def _norms(call: Call, slopes: list[Tensor]) -> Tensor:
    """The norm of the gradient at each step, (time,)."""
    if call.packed is not None:
        steps = torch.split(slopes[0], call.packed.batch_sizes.tolist())
    elif "cell" in call.form:
        steps = tuple(slopes)
    else:
        time = 1 if call.form == "batch first" else 0
        steps = torch.cat(slopes, time).unbind(time)
    return torch.stack([step.double().norm() for step in steps])


# Do the weights of each layer and direction reach what is returned, and can they learn?


def layers_learn(subject: Subject) -> Row | None:
    """Broken where other weights of one layer and direction change nothing that is returned, and those of others do; a
    note where a module is frozen in a model that learns. None where no weights change anything."""
    model, places = subject.fresh(), dict[LayerPlace, dict[str, Tensor]]()
    names = list(dict.fromkeys(called.name for called in subject.first.calls))
    for name in names:
        for key, weight in model.get_submodule(name).named_parameters(prefix=name):
            # A cell's weights have no layer in their names.
            found = re.search(r"_l(\d+)(_reverse)?", key.removeprefix(name))
            layer, direction = (int(found[1]), int(found[2] is not None)) if found else (0, 0)
            places.setdefault(LayerPlace(name, layer, direction), {})[key] = weight
    unread = [place for place, weights in places.items() if not _reaches(subject, weights)]
    if len(unread) == len(places):
        return None
    number = f"{len(places) - len(unread)} of {len(places)}"
    if unread:
        said = ", ".join(f"layer {layer}, direction {way} of {name or 'it'}" for name, layer, way in unread)
        return broken(
            number,
            f"The answers do not depend on {said}. h_n[-1] is the last layer; of both directions join h_n[-2] and "
            "h_n[-1]; of output, the first half is read forward, the second backward.",
        )
    learn = {name for (name, *_), weights in places.items() if any(w.requires_grad for w in weights.values())}
    if len(learn) < len(names) and any(weight.requires_grad for weight in subject.model.parameters()):
        frozen = ", ".join(name for name in names if name not in learn)
        able = sum(name in learn for name, *_ in places)
        return look(
            f"{able} of {len(places)}",
            f"{frozen} is frozen, and the rest learns. If that is not meant, call requires_grad_(True).",
        )
    return passes(number)


@torch.no_grad()
def _reaches(subject: Subject, weights: dict[str, Tensor]) -> bool:
    """Whether other weights change anything that is returned."""
    rng, model = torch.Generator().manual_seed(0), subject.fresh()
    others = {name: torch.randn(weight.shape, generator=rng).to(weight) for name, weight in weights.items()}
    before = all_answers(subject.fresh(), subject.inputs)
    after = all_answers(lambda *given: functional_call(model, others, given), subject.inputs)
    return any(apart(one, other) > 0 for one, other in zip(before, after, strict=True))
