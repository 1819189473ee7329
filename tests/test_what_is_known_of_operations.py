"""What is known of each operation and tensor while a cell is looked for, and when is a chain of sums a memory?"""

from dataclasses import dataclass

import pytest
import torch
from torch import nn

from lstm_core.finding.chain import Chain, Step
from lstm_core.finding.judge import weights_of, why_not
from lstm_core.finding.node import Nodes, tensors_in
from lstm_core.finding.operations import birth_of, elementwise, in_place, kind_of, plain
from lstm_core.finding.tags import MASK, Tag, changed, merged
from lstm_core.finding.update import GATED, KEPT, SumReading, update, version_of, versions_of
from lstm_core.finding.weights import WeightBits

NOTHING = {
    **{"silent": False, "weightless": False, "follows": False, "ordinary": True, "slices": False, "placed": False},
    **{"is_sum": False, "in_place": False, "can_wait": True, "lenders": slice(None), "birth": ""},
}
KINDS = {
    "matmul": {},
    "add": {"ordinary": False, "placed": True, "is_sum": True},
    "lerp": {"ordinary": False, "placed": True, "is_sum": True},
    "mul": {"ordinary": False, "placed": True},
    "add_": {"ordinary": False, "in_place": True, "can_wait": False},
    "__setitem__": {"ordinary": False, "in_place": True, "can_wait": False, "follows": True, "birth": None},
    "sum": {"ordinary": False, "can_wait": False},
    "stack": {"ordinary": False, "can_wait": False, "follows": True, "birth": None},
    "broadcast_tensors": {"ordinary": False},
    "tanh": {"follows": True, "placed": True, "birth": "tanh"},
    "sigmoid": {"follows": True, "placed": True, "birth": "gate"},
    "softmax": {"birth": "gate"},
    "exp": {"birth": None},
    "amax": {"birth": "most"},
    "maximum": {"follows": True, "birth": "most"},
    "clamp": {"follows": True, "birth": None},
    "where": {"follows": True},
    "dropout": {"follows": True, "placed": True, "birth": None},
    "chunk": {"follows": True, "slices": True, "birth": None},
    "view": {"follows": True, "birth": None},
    "to": {"follows": True, "lenders": slice(1), "birth": None},
    "copy": {"follows": True, "lenders": slice(1, None), "birth": None},
    "zeros_like": {"weightless": True},
    "gt": {"weightless": True},
    "numel": {"silent": True},
}


@pytest.mark.parametrize("name", KINDS)
def test_an_operation_is_of_the_kind_that_its_name_says(name):
    assert kind_of(name)._asdict() == {"name": name} | NOTHING | KINDS[name]


def test_the_name_of_what_overwrites_is_that_of_what_does_not():
    names = {
        "add_": "add",
        "add": "add",
        "__setitem__": "__setitem__",
        "__radd__": "__radd__",
        "clamp_min_": "clamp_min",
    }
    assert {name: plain(name) for name in names} == names
    assert [name for name in names if in_place(name)] == ["add_", "__setitem__", "clamp_min_"]


@pytest.mark.parametrize(
    ("name", "of", "birth"),
    [
        *[
            ("sigmoid", "tanh", "gate"),
            ("softplus", "", "positive"),
            ("exp", "most", "share"),
            ("exp", "gate", "positive"),
        ],
        *[
            ("logsumexp", "gate", "most"),
            ("tanh", "gate", "tanh"),
            ("view", "gate", "gate"),
            ("clip", "share", "share"),
        ],
        *[("dropout", "tanh", "tanh"), ("relu", "gate", ""), ("matmul", "gate", "")],
    ],
)
def test_values_come_from_what_made_them_and_keep_that_in_another_form(name, of, birth):
    assert birth_of(name, of) == birth


@pytest.mark.parametrize(
    ("operands", "is_product"),
    [
        (("bu,bu->bu", 1, 2), True),
        ((" b u , b u -> b u ", 1, 2), True),
        (("bu,bu->bu", [1, 2]), True),
        (("bu,bu->bu", (1, 2)), True),
        (("bu,bu->bu", 1), False),
        (("bu,bu,bu->bu", 1, 2, 3), False),
        (("bu,ub->bu", 1, 2), False),
        (("bu,bu->b", 1, 2), False),
        (("bb,bb->bb", 1, 2), False),
        (("bu,bu", 1, 2), False),
        (("bu,u->bu", 1, 2), False),
        ((1, [0, 1], 2), False),
    ],
)
def test_an_einsum_of_equal_places_is_a_product_of_two(operands, is_product):
    assert list(elementwise("einsum", operands)) == ([1, 2] if is_product else [])


def test_a_product_has_two_factors_and_a_minus_is_one():
    assert elementwise("mul", (3, 4)) == (3, 4)
    assert elementwise("mul", (3,)) == ()
    assert elementwise("mul", (3, 4, 5)) == ()
    assert elementwise("neg", (3,)) == (3, -1)
    assert elementwise("negative", (3,)) == (3, -1)


@dataclass
class Held:
    first: object
    other: object


def test_tensors_are_found_four_containers_deep_and_in_order():
    a, b, c, d = torch.zeros(4, 1)
    assert [id(one) for one in tensors_in(((a, [b]), {"c": c, "d": Held(d, 3)}))] == [*map(id, (a, b, c, d))]
    assert list(tensors_in([[[[a]]]])) == [a]
    assert list(tensors_in([[[[[a]]]]])) == []
    assert list(tensors_in({"a": {"b": {"c": {"d": a}}}})) == [a]
    assert list(tensors_in("a text")) == list(tensors_in(3)) == []


def test_what_is_known_of_a_tensor_goes_with_it_and_of_nothing_nothing_is_noted():
    nodes, one, other = Nodes(), torch.zeros(3), torch.zeros(3)
    nodes.plain(one, 0)
    assert nodes.of(id(one)) is None
    for known in ({"bits": 2}, {"bits": 0, "birth": "gate"}, {"bits": 0, "of_weights": True}):
        fresh = torch.zeros(3)
        nodes.plain(fresh, **known)
        node = nodes.of(id(fresh))
        assert {name: getattr(node, name) for name in known} == known
        assert (node.tags, node.product, node.age) == ((), (), -1)
    # What was overwritten by nothing is nothing from then on.
    nodes.plain(one, 4)
    nodes.plain(one, 0)
    assert nodes.of(id(one)).bits == 0
    node = nodes.add(other, 6, (), "tanh")
    assert (node.bits, node.birth, node.of_weights, node.age, node.place) == (6, "tanh", False, -1, None)
    number = id(other)
    del other
    assert nodes.of(number) is None
    nodes.clear()
    assert nodes.of(id(one)) is None


def test_each_weight_has_a_bit_and_so_has_each_slice_and_what_else_is_held():
    model, loose = nn.Linear(3, 2), torch.zeros(2, requires_grad=True)
    bits = WeightBits(model)
    assert not bits.used
    assert bits.bits_of(torch.zeros(2)) == 0
    assert not bits.used
    own = [bits.bits_of(weight) for weight in model.parameters()]
    assert bits.used
    assert id(model.weight) in bits
    assert id(loose) not in bits
    # What learns is an input, if no module holds it.
    assert bits.bits_of(loose) == 0
    assert [bits.of_name(model, name) for name in ("weight", "bias")] == own
    new = [bits.matrices[bits.as_matrix("held", *which)] for which in ((), (0,))]
    assert bits.matrices[bits.as_matrix("held", 0)] == new[1]
    slices = [bits.bit_of_slice(own[0], *which) for which in ((0,), (1,), ([0, loose],), ({"dim": 0},), (slice(1),))]
    again = [bits.bit_of_slice(own[0], *which) for which in ((0,), (1,), ([0, loose],), ({"dim": 0},), (slice(1),))]
    assert again == slices
    assert bits.bit_of_slice(own[1], 0) not in slices
    every = [*own, *new, *slices]
    assert len(set(every)) == len(every)
    assert all(bit.bit_count() == 1 for bit in every)


@dataclass(eq=False)
class Visited:
    number: int
    chain: object


def visit(number, chain=None):
    return Visited(number, chain)


def test_of_each_memory_the_newest_tag_is_kept_and_of_many_memories_the_last():
    chain, other = object(), object()
    old, new, apart = Tag(visit(1, chain)), Tag(visit(2, chain)), Tag(visit(1, other))
    assert merged([old]) == (old,)
    assert merged([]) == ()
    assert merged([new, apart, old]) == merged([old, apart, new]) == (new, apart)
    lost = new._replace(lost="add")
    assert merged([lost, new]) == merged([new, lost]) == (new,)
    alone = [Tag(visit(n)) for n in range(40)]
    assert merged(alone) == tuple(alone[-32:])


def test_a_path_says_each_change_and_one_mask_for_all():
    tag = Tag(visit(1))
    assert tag.through("").path == ()
    assert tag.through("tanh").through("tanh").path == ("tanh", "tanh")
    assert tag.through(MASK).through("tanh").through(MASK).path == (MASK, "tanh")
    assert [one.path for one in changed((tag, tag.through("tanh")), MASK)] == [(MASK,), ("tanh", MASK)]
    assert tag.among_others().beside
    assert not tag.beside


def test_a_version_counts_how_often_a_tensor_was_overwritten():
    once = torch.zeros(2).add_(1)
    with torch.inference_mode():
        uncounted = torch.zeros(2).add_(1)
    assert [version_of(value) for value in (torch.zeros(2), once, uncounted, 3.0)] == [0, 1, 0, 0]
    assert versions_of([torch.zeros(2), once]) == [0, 1]
    assert versions_of([once, uncounted, 2]) == [1, 0, 0]


FORMS = {
    (GATED, "add"): 0.5 * 3 + 0.25 * 8,
    (GATED, "addcmul"): 0.5 * 3 + 0.25 * 8,
    (GATED, "sub"): 0.5 * 3 + 0.25 * 8,
    (KEPT, "add"): 3 + 0.25 * 8,
    (KEPT, "addcmul"): 3 + 0.25 * 8,
    **{("c = c' + i ⊙ (g − c')", of): 3 + 0.25 * (8 - 3) for of in ("add", "sub", "addcmul", "lerp")},
    **{("c = g + f ⊙ (c' − g)", of): 8 + 0.5 * (3 - 8) for of in ("add", "sub", "addcmul", "lerp")},
}


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_an_update_computed_again_is_that_of_its_form(form):
    f, c, i, g = map(torch.tensor, (0.5, 3.0, 0.25, 8.0))
    assert update(*form, f, c, i, g) == FORMS[form]


MEMORY = 1 << 9
W, V, U = 1 << 1, 1 << 2, 1 << 3


def chain_of(*bits, form=GATED, births=("gate", "tanh"), gate=("gate",), first=0, values=None):
    """A chain whose steps were computed with these bits: of the gate, and of the two factors of what is written."""
    chain = Chain(None, SumReading(form, 0, 0), None, "add", (1.0, 1.0), MEMORY, True, first=first)
    for n, (of_gate, *written) in enumerate(bits):
        own = torch.full((2,), 0.5 if values is None else values[n])
        step = Step(own, (own,), (own, own), None, (gate, births), (of_gate, tuple(written)))
        chain.steps.append(step)
    return chain


ALL, LOOKS = (W, V, W), (W, V | MEMORY, W)
NO_WEIGHT = "what multiplies the memory depends on no weight"
NOT_LET_IN = "what is added is not let in by a gate that looks at the memory"
LAYERS = "it uses other weights at each step, as layers do"
FEW = ", or too few steps to tell: call the model on 4"
JUDGED = {
    "five alike": (chain_of(*[ALL] * 5), None),
    "one step": (chain_of(ALL), "it ran for 1 step: call the model on at least 3"),
    "two steps": (chain_of(ALL, ALL), "it ran for 2 steps: call the model on at least 3"),
    "three steps": (chain_of(ALL, ALL, ALL), None),
    "three layers": (chain_of(ALL, ALL, (U, V, W)), LAYERS + FEW),
    "four layers": (chain_of(ALL, ALL, ALL, (1 << 4, V, W)), LAYERS),
    "weights that come in once": (chain_of(ALL, (W | U, V, W), *[(W | U, V | 1 << 5, W)] * 3), None),
    "the bits of memories count for nothing": (chain_of(ALL, ALL, ALL, (W | MEMORY, V, W), LOOKS), None),
    "an encoder and a decoder": (chain_of(ALL, *[ALL] * 4, *[(W | U, V, W)] * 3), None),
    "three parts": (chain_of(ALL, *[ALL] * 4, (W | U, V, W), (W | 1 << 5, V, W)), None),
    "four parts": (chain_of(ALL, *[ALL] * 4, (W | U, V, W), (W | 1 << 5, V, W), (W | 1 << 6, V, W)), LAYERS),
    "parts that share no gate": (chain_of(ALL, *[ALL] * 4, *[(U, V, U)] * 3), LAYERS),
    "parts of two steps": (chain_of(ALL, ALL, ALL, *[(W | U, V, W)] * 2), LAYERS),
    "kept, let in": (chain_of(*[LOOKS] * 5, form=KEPT, births=("tanh", "gate")), NOT_LET_IN),
    "kept, let in by what looks": (chain_of(*[LOOKS] * 5, form=KEPT), None),
    "kept, looks only later": (chain_of(ALL, ALL, LOOKS, LOOKS, form=KEPT), None),
    "kept, looks too late": (chain_of(ALL, ALL, ALL, LOOKS, form=KEPT), NOT_LET_IN),
    "kept, after a first step": (chain_of(ALL, ALL, ALL, LOOKS, LOOKS, form=KEPT, first=1), None),
    "a constant": (chain_of(*[(0, V, W)] * 4), f"{NO_WEIGHT}, and {NOT_LET_IN}"),
    "a constant, let in": (chain_of(*[(0, V | MEMORY, W)] * 4), None),
    "a mask of ones": (chain_of(*[(0, V | MEMORY, W)] * 4, values=[1.0] * 4), NO_WEIGHT),
    "a mask of zeros": (chain_of(*[(0, V | MEMORY, W)] * 4, values=[0.0] * 4), NO_WEIGHT),
    "numbers that change": (chain_of(*[(0, V | MEMORY, W)] * 4, values=[0.5, 0.5, 0.5, 0.25]), NO_WEIGHT),
    "no weight at one step": (chain_of(ALL, ALL, ALL, (0, V | W, W)), NO_WEIGHT),
    "a softmax": (chain_of(*[ALL] * 4, gate=("share",)), "a softmax taken one term at a time"),
    "a share that looks at the memory": (chain_of(*[(W | MEMORY, V, W)] * 4, gate=("share",)), None),
}


@pytest.mark.parametrize("name", JUDGED)
def test_a_chain_is_a_memory_or_it_is_said_why_not(name):
    chain, said = JUDGED[name]
    assert why_not(chain, MEMORY) == said
    if len(chain.steps) >= 3:
        assert why_not(chain, MEMORY, leads_out=False) == "nothing that its module returned depends on it"
    gate, written = chain.steps[-1].bits
    assert weights_of(chain, MEMORY) == (gate | written[0] | written[1]) & ~MEMORY
