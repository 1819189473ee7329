"""Do the weights of each layer and direction reach what is returned, and can they learn?"""

import re

import torch
from torch import Tensor
from torch.func import functional_call

from lstm_core.checking.answers import LayerPlace
from lstm_core.checking.report import Verdict, broken, look, passes
from lstm_core.checking.run import all_answers, apart
from lstm_core.checking.subject import Subject


def ask(subject: Subject) -> Verdict | None:
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
