"""Which written factor is i, which is g, and which product is h?"""

import pytest
import torch
from test_visits import PLACES

from lstm_core.errors import LstmCoreError
from lstm_core.finding.chain import Chain, Read, Step
from lstm_core.finding.roles import product, roles_again, roles_of
from lstm_core.finding.update import GATED, SumReading

HALF, LARGE, KEPT = torch.full((3,), 0.5), torch.tensor([0.5, -2.0, 1.0]), torch.tensor([0.25, 0.5, 0.75])
UNTOLD = "i and g can't be told apart: named in the order written"
SIGMOID, EXP = "multiplies g and comes from a sigmoid", "multiplies g and comes from an exp"
BETWEEN = "multiplies g and stays between 0 and 1"


def chain_of(births, write=(HALF, HALF), reads=({},) * 3, at=0):
    """A chain of three steps; `births`: of the written factors, of all steps or of each."""
    each = births if isinstance(births, list) else [births] * 3
    chain = Chain(None, SumReading(GATED, 0, 0), PLACES[at], "add", (1.0, 1.0), 2, True)
    for own, read in zip(each, reads, strict=True):
        bits = (4,) * len(write)
        chain.steps.append(Step(HALF, (KEPT,), tuple(write), None, (("gate",), own), (4, bits), reads=dict(read)))
    return chain


# Where the factors come from and their values; and which make i, and why.
WRITTEN = {
    "a gate first": (("gate", "tanh"), (HALF, HALF), (0,), SIGMOID),
    "a gate last": (("tanh", "gate"), (HALF, HALF), (1,), SIGMOID),
    "a gate beside nothing known": (("", "gate"), (HALF, HALF), (1,), SIGMOID),
    "an exp": (("positive", "tanh"), (HALF, HALF), (0,), EXP),
    "a share": (("tanh", "share"), (HALF, HALF), (1,), EXP),
    "a gate and an exp": (("positive", "gate"), (HALF, HALF), (1,), SIGMOID),
    "two gates": (("gate", "gate"), (HALF, HALF), (0,), UNTOLD),
    "two gates, one beyond 1": (("gate", "gate"), (LARGE, HALF), (1,), SIGMOID),
    "two gates, both beyond": (("gate", "gate"), (LARGE, LARGE), (0,), UNTOLD),
    "nothing known": (("", ""), (HALF, HALF), (0,), UNTOLD),
    "nothing known, one beyond 1": (("", ""), (LARGE, HALF), (1,), BETWEEN),
    "two tanh": (("tanh", "tanh"), (HALF, LARGE), (0,), BETWEEN),
    "1 minus f": (("gate", "gate"), (HALF, 1 - KEPT), (1,), "1 − f"),
    "1 minus f beside a gate": (("gate", "tanh"), (HALF, 1 - KEPT), (1,), "1 − f"),
    "a number goes with i": (("", "gate", "tanh"), (0.5, HALF, HALF), (0, 1), SIGMOID),
    "a gate at most steps": ([("gate", "tanh"), ("", "gate"), ("gate", "")], (HALF, HALF), None, ""),
    "one tensor": (("tanh",), (HALF,), (), BETWEEN),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_i_is_the_factor_that_comes_from_a_gate_or_else_stays_between_0_and_1(name):
    births, write, i, why = WRITTEN[name]
    chain = chain_of(births, write)
    if i is None:
        with pytest.raises(LstmCoreError, match="in one order at each step, got i first at some steps"):
            roles_of([chain], set())
        return
    roles = roles_of([chain], set())
    assert roles.i == i
    assert sorted((*roles.i, *roles.g)) == list(range(len(write)))
    assert roles.said["i"] == why
    assert roles.said["g"] == (UNTOLD if why is UNTOLD else "is multiplied by i and added")
    assert roles.said["f"].endswith("i stays as it is computed") == (why == "1 − f")


def test_0_and_1_are_between_0_and_1_and_what_is_not_so_at_one_step_is_not():
    ends, beyond = torch.tensor([0.0, 1.0]), torch.tensor([0.0, 1.01])
    assert roles_of([chain_of(("", ""), (LARGE, ends))], set()).i == (1,)
    assert roles_of([chain_of(("", ""), (ends, beyond))], set()).i == (0,)
    chain = chain_of(("", ""), (HALF, HALF))
    chain.steps[1].write = (LARGE, HALF)
    assert roles_of([chain], set()).i == (1,)


def read(path=("tanh",), birth="gate", others=(HALF,), result=HALF):
    return Read(others, result, path, birth)


H, ELSE = PLACES[1], PLACES[2]
# What was read of each memory, and what was returned; where h is, whether there is an o, and what h is.
SHOWN = {
    "a gate times the activated memory": ({H: read()}, set(), H, True, "o ⊙ tanh(c)"),
    "returned": ({H: read(birth="")}, {H}, H, True, "o ⊙ tanh(c)"),
    "neither returned nor a gate": ({H: read(birth="")}, set(), None, False, ""),
    "not activated": ({H: read(())}, set(), None, False, ""),
    "only masked": ({H: read(("mask",))}, set(), None, False, ""),
    "not activated, returned": ({H: read(())}, {H}, H, True, "o ⊙ c"),
    "masked and activated": ({H: read(("mask", "tanh"))}, set(), H, True, "o ⊙ tanh(c)"),
    "normed": ({H: read(("layer_norm", "tanh"))}, set(), H, True, "o ⊙ tanh(layer_norm(c))"),
    "activated alone": ({H: read(others=())}, {H}, H, False, "tanh(c)"),
    "activated alone, not returned": ({H: read(others=())}, set(), None, False, ""),
    "a product before what is alone": ({ELSE: read(others=()), H: read()}, {ELSE}, H, True, "o ⊙ tanh(c)"),
    "the returned one of two": ({ELSE: read(), H: read(())}, {H}, H, True, "o ⊙ c"),
    "the gate of two": ({H: read(), ELSE: read(birth="tanh")}, {H, ELSE}, H, True, "o ⊙ tanh(c)"),
    "the activated one of two": ({H: read(), ELSE: read(())}, {H, ELSE}, H, True, "o ⊙ tanh(c)"),
    "the last of two alone": ({ELSE: read(others=()), H: read(others=())}, {H, ELSE}, H, False, "tanh(c)"),
    "of another form": ({H: read(result=torch.zeros(4))}, {H}, None, False, ""),
}


@pytest.mark.parametrize("name", SHOWN)
def test_h_is_the_product_that_is_returned_or_that_a_gate_multiplies(name):
    reads, returned, place, has_o, shown_as = SHOWN[name]
    roles = roles_of([chain_of(("gate", "tanh"), reads=(reads,) * 3)], returned)
    assert (roles.shown, roles.has_o, roles.shown_as) == (place, has_o, shown_as)
    assert ("h" in roles.said) == (place is not None)
    assert ("o" in roles.said) == has_o
    assert roles.said.get("h", f"{shown_as}, {place}") == f"{shown_as}, {place}"


def test_h_is_nowhere_if_it_is_not_at_every_step_or_is_a_term_of_the_sum():
    whole, lacking = ({H: read()},) * 3, ({H: read()}, {}, {H: read()})
    assert roles_of([chain_of(("gate", "tanh"), reads=whole)], set()).shown is H
    assert roles_of([chain_of(("gate", "tanh"), reads=lacking)], set()).shown is None
    several = [chain_of(("gate", "tanh"), reads=whole), chain_of(("gate", "tanh"), reads=lacking)]
    assert roles_of(several, set()).shown is None
    term = chain_of(("gate", "tanh"), reads=whole)
    term.products = (H,)
    assert roles_of([term], {H}).shown is None


def test_what_is_said_of_c_has_all_ways_between_steps_each_once():
    chain, other = (
        chain_of(("gate", "tanh"), reads=({H: read()},) * 3),
        chain_of(("gate", "tanh"), reads=({H: read()},) * 3),
    )
    plain = roles_of([chain, other], set()).said
    assert plain["c"] == f"c = f ⊙ c' + i ⊙ g, {PLACES[0]}"
    chain.paths = {("layer_norm",): None, ("layer_norm", "dropout"): None}
    assert (
        roles_of([chain, other], set()).said["c"] == f"{plain['c']}; the next step reads it through layer_norm, dropout"
    )
    other.paths = {("mask",): None}
    said = roles_of([other], set()).said
    assert said["c"] == f"{plain['c']}; c is what the next step reads: a mask between two steps is in it, after the sum"
    assert said["h"] == f"{plain['h']}; of c before the mask, and h is before a mask of its own"
    other.steps[1].reads[H] = read(("mask", "tanh"))
    assert roles_of([other], set()).said["h"] == plain["h"]
    other.first, chain.steps[0].memory, other.steps[0].memory = 1, HALF, 0 * HALF
    assert roles_of([other], set()).said["c"].endswith("; the first step is c = i ⊙ g alone: f and c' are 0 there")
    assert "are 0 there; step 0 starts from a memory that is not 0" in roles_of([chain, other], set()).said["c"]


def test_what_is_known_stays_unless_the_factors_come_from_elsewhere():
    known = roles_of([chain_of(("gate", "tanh"), reads=({H: read()},) * 3)], set())
    assert known.fit(("gate", "tanh"))
    assert not known.fit(("tanh", "gate"))
    assert known.fit(("", ""))
    assert not known.fit(("",))
    there = chain_of(("gate", "tanh"), reads=({H: read()},) * 3)
    assert roles_again(known, [there], set()).shown is H
    assert roles_again(known, [chain_of(("gate", "tanh"))], set()).shown is None
    assert roles_again(known, [chain_of(("", ""), reads=({H: read()},) * 3)], set()).i == (0,)
    turned = roles_again(known, [chain_of(("tanh", "gate"))], set())
    assert (turned.i, turned.births) == ((1,), frozenset({("tanh", "gate")}))
    also = roles_again(known, [chain_of(("positive", "tanh"))], set())
    assert (also.i, also.births) == ((0,), frozenset({("gate", "tanh"), ("positive", "tanh")}))


def test_a_product_has_the_form_of_the_memory():
    like = torch.zeros(2, 3)
    assert torch.equal(product([], like), torch.ones(2, 3))
    assert torch.equal(product([2.0], like), torch.full((2, 3), 2.0))
    column = torch.tensor([[2.0], [3.0]])
    assert torch.equal(product([column, 0.5, column], like), (column * column / 2).expand(2, 3))
