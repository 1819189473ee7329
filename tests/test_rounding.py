"""What can rounding explain? The thresholds at which a difference is too large, by hand, and where a bound goes."""

import math

import pytest
import torch
from torch import nn

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.recording.call import read_call
from lstm_core.recording.distance import Distance, larger, scale_of, sizes
from lstm_core.recording.proof import BOUNDS, NotRebuiltError, check_proof
from lstm_core.recording.rounding import explained, explained_alone, of_products, of_values
from lstm_core.recording.running_bound import running_bound
from lstm_core.traces.summary import Proof

EPS = {dtype: torch.finfo(dtype).eps for dtype in BOUNDS}


def waves(*shape, by=1.0):
    """Numbers that are the same on any machine."""
    return by * torch.sin(torch.arange(1.0, 1 + math.prod(shape), dtype=torch.float64) * 1.7).reshape(shape)


def filled(module):
    with torch.no_grad():
        for number, weight in enumerate(module.parameters()):
            weight.copy_(waves(*weight.shape, by=0.4 + 0.05 * number))
    return module


def called(module, x, state=None):
    args = (x,) if state is None else (x, state)
    with torch.no_grad():
        return read_call(module, args, {}, module(*args))


def ends_at(holds, least, most):
    """The largest number for which something still holds."""
    assert holds(least)
    assert not holds(most)
    for _ in range(60):
        middle = (least + most) / 2
        least, most = (middle, most) if holds(middle) else (least, middle)
    return least


@pytest.mark.parametrize(
    ("module", "terms"),
    [
        (nn.LSTM(3, 3), 16),
        (nn.LSTM(9, 6), 25),
        (nn.LSTM(3, 6, 2), 22),
        (nn.LSTM(2, 3, 3, bidirectional=True), 19),
        (nn.LSTM(5, 10, 1, proj_size=1), 16),
        (nn.GRU(3, 12), 25),
    ],
)
def test_of_a_step_as_many_roundings_are_explained_as_the_root_of_the_terms_of_its_longest_sum(module, terms):
    call = called(module, torch.zeros(4, 2, module.input_size))
    limit = ends_at(lambda off: explained_alone(call, off), 0.0, 1.0)
    assert limit == pytest.approx(EPS[torch.float32] * math.sqrt(terms))


def test_what_is_exactly_as_far_as_rounding_goes_is_explained():
    module = of_ones(nn.LSTM(3, 3), weight_ih_l0=2.0)
    call, step = called(module, torch.full((5, 2, 3), 10.0)), 4 * EPS[torch.float32]
    assert explained_alone(call, step)
    assert explained(call, 60 * step, torch.zeros(1, 1, 5, 2, 3))


def test_in_halves_a_sum_is_rounded_three_times_and_added_in_float32():
    for dtype in (torch.float32, torch.float64):
        call = called(nn.LSTM(3, 3, dtype=dtype), torch.zeros(4, 2, 3, dtype=dtype))
        assert of_products(call, 15) == pytest.approx(5 * EPS[dtype])
        assert of_values(call) == 2 * EPS[dtype]
    half = called(nn.LSTM(3, 3, dtype=torch.bfloat16), torch.zeros(4, 2, 3, dtype=torch.bfloat16))
    assert of_products(half, 16) == pytest.approx(3 * EPS[torch.bfloat16] + 4 * EPS[torch.float32])
    assert of_values(half) == 2 * EPS[torch.bfloat16]


def limit_of(call):
    """How many times more than of values around 1 is explained."""
    h = torch.stack([call.output.unflatten(-1, (len(call.weights[0]), -1))[:, :, 0].transpose(0, 0)])[None]
    limit = ends_at(lambda off: explained(call, off, h), 0.0, 1.0)
    return limit / ends_at(lambda off: explained_alone(call, off), 0.0, 1.0)


def of_ones(module, **rows):
    """A module whose weights are all 0, except for one row of each that is named: that is 1, −1, 1, …"""
    with torch.no_grad():
        for name, weight in module.named_parameters():
            weight.zero_()
            if name in rows:
                weight[0] = rows[name] * (-1.0) ** torch.arange(weight[0].numel()).view_as(weight[0])
    return module


@pytest.mark.parametrize(
    ("module", "x", "times"),
    [
        # Three numbers of 10 come into one gate; h and each bias count too, by their sizes.
        (of_ones(nn.LSTM(3, 4), weight_ih_l0=2.0), 10.0, 60.0),
        (of_ones(nn.LSTM(3, 4), weight_ih_l0=2.0), -10.0, 60.0),
        (of_ones(nn.LSTM(3, 4), weight_ih_l0=2.0, bias_ih_l0=-5.0, bias_hh_l0=7.0), 10.0, 72.0),
        # |h| is at most 1, and counts as 1.
        (of_ones(nn.LSTM(3, 4), weight_hh_l0=3.0), 10.0, 12.0),
        (of_ones(nn.LSTM(3, 4, 2), weight_ih_l1=3.0, weight_hh_l1=1.0), 10.0, 16.0),
        (of_ones(nn.LSTM(3, 4, bias=False), weight_ih_l0=2.0, weight_hh_l0=1.0), 10.0, 64.0),
        (of_ones(nn.LSTM(3, 4), bias_ih_l0=0.25), 10.0, 1.0),
        # A projection adds up what it reads.
        (of_ones(nn.LSTM(3, 4, proj_size=2), weight_ih_l0=2.0, weight_hr_l0=3.0), 10.0, 60.0 * 12.0),
        (of_ones(nn.LSTM(3, 4, proj_size=2), weight_ih_l0=2.0, weight_hr_l0=0.1), 10.0, 60.0),
    ],
)
def test_large_terms_of_a_sum_explain_as_much_more(module, x, times):
    assert limit_of(called(module, torch.full((5, 2, 3), x))) == pytest.approx(times, rel=1e-5)


def test_a_large_start_or_a_large_h_explains_as_much_more():
    module = of_ones(nn.LSTM(3, 4), weight_hh_l0=3.0)
    state = (torch.full((1, 2, 4), -5.0), torch.zeros(1, 2, 4))
    assert limit_of(called(module, torch.zeros(5, 2, 3), state)) == pytest.approx(60.0)
    call = called(module, torch.zeros(5, 2, 3))
    h = torch.full((1, 1, 5, 2, 4), -7.0)
    limit = ends_at(lambda off: explained(call, off, h), 0.0, 1.0)
    assert limit == pytest.approx(84.0 * ends_at(lambda off: explained_alone(call, off), 0.0, 1.0))


@pytest.mark.parametrize(
    ("pairs", "plain", "scaled"),
    [
        ([], 0.0, 0.0),
        ([([1.0, 2.0], [1.5, 2.0], None, None)], 0.5, 0.5),
        ([([1.0, 2.0], [1.0, 2.75], None, None), ([0.0, 0.0], [0.25, 0.0], None, None)], 0.75, 0.75),
        ([([1.0, 9.0], [1.5, 2.0], [False, True], None)], 0.5, 0.5),
        ([([1.0, 2.0], [5.0, 2.5], None, [8.0, 1.0])], 4.0, 0.5),
        ([([1.0, 2.0], [5.0, 2.5], [True, False], [8.0, 4.0])], 0.5, 0.125),
        ([([1.0, 2.0], [1.25, 2.0], None, None), ([1.0, 2.0], [5.0, 2.0], None, [8.0, 1.0])], 4.0, 0.5),
        ([([1.0, 2.0], [1.75, 2.0], None, None), ([1.0, 2.0], [5.0, 2.0], None, [8.0, 1.0])], 4.0, 0.75),
        ([([], [], None, None)], 0.0, 0.0),
        ([([math.nan, 2.0], [1.0, 2.0], None, None), ([1.0, 1.0], [9.0, 1.0], None, [1.0, 1.0])], math.nan, math.nan),
    ],
)
def test_a_distance_is_the_largest_difference_and_the_largest_in_proportion(pairs, plain, scaled):
    distance = Distance()
    for ours, theirs, ended, scale in pairs:
        given = [None if each is None else torch.tensor(each) for each in (ended, scale)]
        distance.add(torch.tensor(ours), torch.tensor(theirs), *given)
    assert distance.largest() == pytest.approx((plain, scaled), nan_ok=True)


def test_a_scale_is_the_largest_size_along_the_steps_and_never_below_1():
    values = torch.tensor([[0.5, -3.0], [-0.25, 2.0]])
    assert sizes(values).tolist() == [0.5, 3.0]
    assert scale_of(values).tolist() == [1.0, 3.0]
    assert larger(1.0, 3.0, 2.0) == 3.0
    assert math.isnan(larger(math.nan, 3.0))
    assert math.isnan(larger(3.0, math.nan))


E = torch.finfo(torch.float64).eps


@torch.no_grad()
def bound(module, x, state=None, lengths=None, direction=0, held=None):
    """By how much rounding may put h and c off, in roundings of 1: (time, unit) of the first sequence."""
    given = x if lengths is None else nn.utils.rnn.pack_padded_sequence(x, lengths)
    trace = lstm_core.run(module, given, state)
    here = {q: getattr(trace, q)[0, direction].nan_to_num() for q in trace.quantities} | (held or {})
    off = running_bound(called(module, given, state), here, x, 0, direction)
    return [each[:, -1] / E for each in off]


def zero(units=3, inputs=3, **options):
    return of_ones(nn.LSTM(inputs, units, dtype=torch.float64, **options))


def close(found, wanted):
    torch.testing.assert_close(found[..., 0], torch.tensor(wanted, dtype=torch.float64), rtol=1e-6, atol=1e-6)


def fading(steps, memory):
    """Of a memory that is halved at each step: half of what it was off, a rounding of f, and two of each part."""
    off, found = 0.0, []
    for _ in range(steps):
        off, memory = off / 2 + 3 * memory, memory / 2
        shown = math.tanh(memory)
        found.append((0.5 * (1 - shown**2) * off + 3 * shown, off))
    return list(zip(*found, strict=True))


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("direction", [0, 1])
def test_a_fading_memory_forgets_what_it_was_off(direction, sign):
    module, x = zero(bidirectional=True), torch.zeros(5, 2, 3, dtype=torch.float64)
    state = (torch.zeros(2, 2, 3, dtype=torch.float64), torch.full((2, 2, 3), sign * 8.0, dtype=torch.float64))
    order = slice(None, None, -1 if direction else 1)
    for found, wanted in zip(bound(module, x, state, direction=direction), fading(5, 8.0), strict=True):
        close(found, wanted[order])


def test_past_the_end_of_a_sequence_nothing_is_added_and_what_reads_from_the_right_begins_there():
    module, x = zero(bidirectional=True), torch.zeros(5, 2, 3, dtype=torch.float64)
    state = (torch.zeros(2, 2, 3, dtype=torch.float64), torch.full((2, 2, 3), 8.0, dtype=torch.float64))
    _, c = bound(module, x, state, lengths=[5, 2])
    assert c[:, 0].tolist() == pytest.approx([24.0, 24.0, 24.0, 24.0, 24.0])
    _, c = bound(module, x, state, lengths=[5, 2], direction=1)
    assert c[:, 0].tolist() == pytest.approx([24.0, 24.0, 0.0, 0.0, 0.0])


# What comes into each gate is 0, as a sum of terms whose sizes add up to 20: four roundings of each.
SUMS = {
    "x": ({"weight_ih_l0": 5.0}, [2.0, 2.0], 0.0),
    "h": ({"weight_hh_l0": 5.0}, [0.0, 0.0], 2.0),
    "biases": ({"bias_ih_l0": 10.0, "bias_hh_l0": -10.0}, [0.0, 0.0], 0.0),
}


@pytest.mark.parametrize("terms", SUMS)
def test_what_cancels_in_a_sum_is_off_by_the_roundings_of_its_terms(terms):
    weights, x, h0 = SUMS[terms]
    module = zero(4, 2)
    with torch.no_grad():
        for name, value in weights.items():
            weight = getattr(module, name)
            weight.copy_(value * (-1.0) ** torch.arange(weight.shape[-1]) if weight.dim() > 1 else value)
    start = torch.tensor([h0, h0, 0.0, 0.0], dtype=torch.float64).expand(1, 1, 4).contiguous()
    x = torch.tensor(x, dtype=torch.float64).expand(2, 1, 2)
    h, c = bound(module, x, (start, torch.zeros(1, 1, 4, dtype=torch.float64)))
    # A g of 0 is off by 80, a gate by a quarter, and by a rounding of its 0.5; h by half of c. h is 0 from there on.
    later = 0.0 if terms == "h" else 40.0
    close(c, [40.0, 20.0 + later])
    close(h, [20.0, 10.0 + later / 2])


@pytest.mark.parametrize("biases", [(1.5, -0.7, 0.9, 0.4), (-2.0, 1.1, -0.6, -1.3)])
def test_each_gate_passes_on_what_its_slope_makes_of_it(biases):
    """One step from c = 2, to the first order: a function is off by its slope times what comes in, and by two roundings
    of its own value."""
    module = zero(3, 3)
    with torch.no_grad():
        module.bias_ih_l0.copy_(torch.tensor(biases).repeat_interleave(3))
    state = torch.zeros(1, 1, 3, dtype=torch.float64), torch.full((1, 1, 3), 2.0, dtype=torch.float64)
    found = bound(module, torch.zeros(1, 1, 3, dtype=torch.float64), state)
    # The root of 3 + 3 + 10 terms is 4.
    values = [math.tanh(b) if n == 2 else 1 / (1 + math.exp(-b)) for n, b in enumerate(biases)]
    slopes = [1 - v * v if n == 2 else v * (1 - v) for n, v in enumerate(values)]
    off = [slope * 4 * abs(b) + 2 * abs(v) for slope, b, v in zip(slopes, biases, values, strict=True)]
    (i, f, g, o), (of_i, of_f, of_g, of_o) = values, off
    c = f * 2 + i * g
    of_c = of_f * 2 + i * of_g + of_i * abs(g) + 2 * (f * 2 + i * abs(g) + abs(c))
    shown = math.tanh(c)
    of_h = o * ((1 - shown**2) * of_c + 2 * abs(shown)) + abs(shown) * of_o + 2 * o * abs(shown)
    close(found[1], [of_c])
    close(found[0], [of_h])


def test_what_may_be_off_by_anything_is_off_by_no_more_than_its_range():
    module = zero(4, 2)
    with torch.no_grad():
        module.bias_ih_l0.fill_(1e18)
        module.bias_hh_l0.fill_(-1e18)
    h, c = bound(module, torch.zeros(3, 1, 2, dtype=torch.float64))
    # Each gate by 1, g by 2, and nothing is forgotten: (0.5 + 1) * 2 more at each step.
    close(c * E, [3.0, 6.0, 9.0])
    close(h * E, [1.0, 1.0, 1.0])


def test_a_gate_that_is_held_below_0_counts_by_its_size():
    module, x = zero(), torch.zeros(3, 1, 3, dtype=torch.float64)
    state = (torch.zeros(1, 1, 3, dtype=torch.float64), torch.full((1, 1, 3), 8.0, dtype=torch.float64))
    gates = {letter: torch.full((3, 1, 3), -0.5, dtype=torch.float64) for letter in "ifo"}
    for held in ({}, {"f": gates["f"]}, {"o": gates["o"]}, gates):
        for found, wanted in zip(bound(module, x, state, held=held), fading(3, 8.0), strict=True):
            # An f of −0.5 is off as a sigmoid's would be: its slope counts by its size.
            close(found, wanted)


def test_a_projection_adds_up_what_its_units_are_off_and_rounds_its_own_sum():
    module, x = zero(6, 3, proj_size=1), torch.zeros(3, 1, 3, dtype=torch.float64)
    with torch.no_grad():
        module.weight_hr_l0.copy_(torch.tensor([[2.0, -2.0, 2.0, -2.0, 2.0, -2.0]]))
    state = (torch.zeros(1, 1, 1, dtype=torch.float64), torch.full((1, 1, 6), 8.0, dtype=torch.float64))
    h, c = bound(module, x, state)
    of_h, of_c = fading(3, 8.0)
    close(c, of_c)
    # Without the two roundings of h, which is 0 as a sum; with those of a sum of six terms.
    shown = [math.tanh(memory) for memory in (4.0, 2.0, 1.0)]
    close(h, [12 * (one - each) + 4 * 12 * 0.5 * each for one, each in zip(of_h, shown, strict=True)])


PROOFS = {
    "as near as is asked": (torch.float32, 1e-3, False, False, None),
    "farther": (torch.float32, 1.1e-3, False, False, NotRebuiltError),
    "farther, by rounding": (torch.float32, 0.5, True, False, None),
    "farther, by what would explain anything": (torch.float32, 0.5, True, True, LstmCoreError),
    "near, by what would explain anything": (torch.float32, 1e-3, True, True, None),
    "in float64": (torch.float64, 1.1e-9, False, False, NotRebuiltError),
    "in halves": (torch.float16, 2e-2, False, False, None),
    "in halves, farther": (torch.bfloat16, 0.11, False, False, NotRebuiltError),
}


@pytest.mark.parametrize("name", PROOFS)
def test_a_recording_is_near_enough_by_its_bound_or_by_rounding(name):
    dtype, relative, rounding, proves_nothing, error = PROOFS[name]
    call = called(nn.LSTM(3, 4, dtype=dtype), torch.zeros(7, 2, 3, dtype=dtype))

    def check(**more):
        check_proof("lstm", 2 * relative, Proof(relative, rounding), call, proves_nothing=proves_nothing, **more)

    if error is None:
        check()
        return
    with pytest.raises(error) as refused:
        check()
    assert type(refused.value) is error
    said, bound = str(refused.value), f"{BOUNDS[dtype]:.0e}"
    assert said.startswith(
        f"Expected gates that rebuild the output of 'lstm' to {bound}, got a difference of {2 * relative:.0e}, which "
        f"is {relative:.0e} of each unit’s largest value. "
    )
    if proves_nothing:
        assert "In float32 rounding alone may add up" in said
        assert "over 7 steps, so that nothing can be proved: record in float64, or fewer steps." in said
        return
    assert "Its forward computes something other than PyTorch's LSTM" in said
    with pytest.raises(error, match=r"Its forward hooks may have changed the output before: a, b\. Set them inside"):
        check(hooks=["a", "b"])


def test_in_halves_a_wider_dtype_is_float32_without_autocast():
    call = called(nn.LSTM(3, 4, dtype=torch.bfloat16), torch.zeros(7, 2, 3, dtype=torch.bfloat16))
    with pytest.raises(LstmCoreError, match=r"In bfloat16 rounding .* record in float32, without autocast, or fewer"):
        check_proof("", 0.5, Proof(0.5, True), call, proves_nothing=True)


def test_nan_is_a_warning_at_the_callers_line():
    call = called(nn.LSTM(3, 4), torch.zeros(7, 2, 3))
    with pytest.warns(UserWarning, match="The run of 'the LSTM' holds NaN") as warned:
        check_proof("", math.nan, Proof(math.nan, False), call)
    assert warned[0].filename == __file__
