"""A cell in many ways of writing: what each recording of it has, and what is said of each letter."""

import re

import pytest
import torch
from own_cells import LSTM, agrees, by_loop, own

import lstm_core
from lstm_core import LstmCoreError

AT = ", line 13 of <own cell>"
PLAIN = {
    "c": f"c = f ⊙ c' + i ⊙ g{AT}",
    "f": "multiplies the old memory",
    "i": "multiplies g and comes from a sigmoid",
    "g": "is multiplied by i and added",
    "o": "multiplies tanh(c) in what becomes h",
    "h": f"o ⊙ tanh(c){AT}",
}
H = "; h = o * TH(c)"
REST = {"f": f"{PLAIN['f']}; where it is held, it is held alone, and i stays as it is computed", "i": "1 − f"}
WITH = "; where it is held, i is held with it as 1 − f"
TOWARDS = {
    "c": f"c = c' + i ⊙ (g − c'){AT}",
    "f": f"{PLAIN['f']} (as 1 − i){WITH}",
    "i": "multiplies the way to the candidate",
    "g": "the candidate that the memory moves to",
}
BACK = TOWARDS | {"c": f"c = g + f ⊙ (c' − g){AT}", "f": f"{PLAIN['f']}{WITH}", "i": "1 − f"}
KEPT = {"c": f"c = c' + i ⊙ g{AT}", "f": "1: the old memory is kept whole"}
NUMBER = {"f": f"{PLAIN['f']}; it depends on no weight"}
NOBODY_KNOWS = dict.fromkeys("ig", "i and g can't be told apart: named in the order written")
MASKED = {"c": f"{PLAIN['c']}; c is what the next step reads: a mask between two steps is in it, after the sum"}
BEFORE = {"h": f"{PLAIN['h']}; of c before the mask, and h is before a mask of its own"}


def through(change):
    return {"c": f"{PLAIN['c']}; the next step reads it through {change}"}


def shown(act, o=True):
    return {"h": f"{'o ⊙ ' * o}{act}{AT}", "o": f"multiplies {act} in what becomes h" if o else None}


# What is written, beside the rest of an LSTM; what the step has; what is said otherwise than of a plain LSTM.
UPDATES = {
    "f * c + i * g": ("", {}),
    "g * i + c * f": ("", {}),
    "f * c - (-i) * g": ("", {}),
    "f * c - i * g": ("g = -g", {}),
    "i * g - (-f) * c": ("", {}),
    "i * g - f * c": ("f = -f", {}),
    "torch.rsub((-f) * c, i * g)": ("", {}),
    "torch.subtract(f * c, other=i * g)": ("g = -g", {}),
    "torch.add(f * c, i * g, alpha=0.5)": ("i = i * 0.5", {}),
    "torch.addcmul(f * c, i, g)": ("", {}),
    "torch.addcmul(f * c, i, g, value=0.5)": ("i = i * 0.5", {}),
    "torch.addcmul(i * g, f, c)": ("", {}),
    "c + i * g": ("f = torch.ones(3, 5)", KEPT),
    "i * g + c": ("f = torch.ones(3, 5)", KEPT),
    "c - i * g": ("f = torch.ones(3, 5); g = -g", KEPT),
    "torch.addcmul(c, i, g)": ("f = torch.ones(3, 5)", KEPT),
    "0.9 * c + i * g": ("f = torch.full((3, 5), 0.9)", NUMBER),
    "c * 0.9 + 0.1 * i * g": ("f = torch.full((3, 5), 0.9); i = 0.1 * i", NUMBER),
    "f * c + (1 - f) * g": ("i = 1 - f", REST),
    "(1 - i) * c + i * g": ("f = 1 - i", REST),
    "c + i * (g - c)": ("f = 1 - i", TOWARDS),
    "i * (g - c) + c": ("f = 1 - i", TOWARDS),
    "c - i * (c - g)": ("f = 1 - i", TOWARDS),
    "torch.addcmul(c, i, g - c)": ("f = 1 - i", TOWARDS),
    "torch.lerp(c, g, i)": ("f = 1 - i", TOWARDS),
    "torch.lerp(c, g, weight=i)": ("f = 1 - i", TOWARDS),
    "c.clone().lerp_(g, i)": ("f = 1 - i", TOWARDS),
    "g + f * (c - g)": ("i = 1 - f", BACK),
    "g - f * (g - c)": ("i = 1 - f", BACK),
    "torch.addcmul(g, f, c - g)": ("i = 1 - f", BACK),
    "torch.lerp(g, c, f)": ("i = 1 - f", BACK),
    "sum([f * c, i * g])": ("", {}),
    "(f * c).addcmul_(i, g)": ("", {}),
    "c.mul(f).add_(i * g)": ("", {}),
    "(f * c + i * g).reshape(3, 5, 1).squeeze(2)": ("", {}),
    "f * c.detach() + i * g": ("", {}),
    "f * c + i * S(g)": ("g = S(g)", NOBODY_KNOWS),
    "f * c + TH(i) * g": ("i = TH(i)", {"i": "multiplies g and stays between 0 and 1"}),
    "f * c + g * TH(i)": ("i = TH(i)", {"i": "multiplies g and stays between 0 and 1"}),
    "f * c + torch.exp(i) * g": ("i = torch.exp(i)", {"i": "multiplies g and comes from an exp"}),
    "f * c + g * torch.softmax(i, 1)": ("i = torch.softmax(i, 1)", {}),
    "f * c + i * o * g": ("g = o * g", NOBODY_KNOWS),
    "f * c + i * (g + 1)": ("g = g + 1", {}),
    "f * c + i[:, :1] * g": ("i = i[:, :1]", {}),
    "f[:, :1] * c + i * g": ("f = f[:, :1]", {}),
    "f * i * c + o * g": ("f = f * i; i = o", {}),
    "f * (i * c) + o * g": ("f = f * i; i = o", {}),
    "f * TH(c) + i * g": ("c_next = TH(f * c + i * g)", through("tanh")),
    "f * c.half().float() + i * g": ("c_next = (f * c + i * g).half().float()", through("float16")),
    "f * self.norm(c) + i * g": ("c_next = self.norm(f * c + i * g)", through("layer_norm")),
}


def said_of(trace):
    return {letter: re.sub(r"<own cell \d+>", "<own cell>", text) for letter, text in trace.roles.items()}


def expected(otherwise):
    return {letter: text for letter, text in (PLAIN | otherwise).items() if text is not None}


@pytest.mark.parametrize("update", UPDATES)
def test_an_update_has_its_gates_and_its_words_however_it_is_written(update):
    truth, otherwise = UPDATES[update]
    trace = agrees(own(f"c = {update}{H}"), f"{truth or 'pass'}; {LSTM}")
    assert said_of(trace) == expected(otherwise)
    assert trace.resets == ()
    assert trace.max_error < 1e-6


SUM = "c = f * c + i * g; "
NO_H = {"h": None, "o": None}
CAPPED = "c = torch.clip(c, -0.1, 0.1)"
MASK = "c = torch.where(B, c, p)"
# What follows the gates; what the step has; what is said otherwise.
STEPS = {
    f"{SUM}h = TH(c) * o": ("h = o * TH(c)", {}),
    f"{SUM}h = o * c": ("h = o * c", shown("c")),
    f"{SUM}h = o * torch.relu(c)": ("h = o * torch.relu(c)", shown("relu(c)")),
    f"{SUM}h = o * TH(self.norm(c))": ("h = o * TH(self.norm(c))", shown("tanh(layer_norm(c))")),
    f"{SUM}h = o * TH(TH(c))": ("h = o * TH(TH(c))", shown("tanh(tanh(c))")),
    f"{SUM}h = g * TH(c)": ("h = g * TH(c); o = g", {}),
    f"{SUM}h = TH(c)": ("h = TH(c)", shown("tanh(c)", o=False)),
    f"{SUM}h = c": ("h = c", NO_H),
    f"{SUM}h = o * c / (1 + i)": ("h = o * c / (1 + i)", NO_H),
    f"{SUM}h = torch.where(B, o * TH(c), r)": ("h = o * TH(c); h_next = torch.where(B, h, r)", {}),
    f"{SUM}h = torch.dropout(o * TH(c), 0.5, False)": ("h = o * TH(c)", {}),
    f"f = S(f + c); {SUM}h = o * TH(c)": ("h = o * TH(c)", {}),
    f"{SUM}{MASK}; h = o * TH(c)": (f"{MASK}; h = o * TH(c)", MASKED),
    f"{SUM}h = o * TH(c); {MASK}": (f"h = o * TH(c); {MASK}", MASKED | BEFORE),
    f"{SUM}{CAPPED}; h = o * TH(c)": (f"{CAPPED}; h = o * TH(c)", MASKED),
    f"{SUM}h = o * TH(c); {CAPPED}": (f"h = o * TH(c); {CAPPED}", MASKED | BEFORE),
    f"{SUM}c = torch.maximum(c, 0 * M); h = o * TH(c)": ("c = c.relu(); h = o * TH(c)", MASKED),
    f"{SUM}c = c.masked_fill(~B, 0.5); h = o * TH(c)": ("c = torch.where(B, c, 0.5 + 0 * c); h = o * TH(c)", MASKED),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_has_its_memory_and_its_output_and_the_words_for_them(step):
    truth, otherwise = STEPS[step]
    first = "f = S(f + c); " if step.startswith("f =") else ""
    letters = "".join(letter for letter in "ifgoch" if letter in expected(otherwise))
    trace = agrees(own(step), f"{first}{SUM}{truth}", letters)
    assert said_of(trace) == expected(otherwise)
    assert trace.is_lstm == (trace.config["shown"] == "o ⊙ tanh(c)")
    assert trace.config["shown"] == trace.roles.get("h", ",").split(",")[0]


LOOKED = (
    "Expected a gated memory in Model, found none. Looked for c = a ⊙ c' + u, computed by the same line with the "
    "same weights in at least 3 steps."
)
NOT_FOLLOWED = (
    "line 13 of <own cell>, which ran 7 times, but no run read what an earlier one had computed as c' of this form. "
    "Where a matrix multiplies the memory, as in MC-LSTM, where another term is added elsewhere, and where the memory "
    "leaves torch (numpy, a Python number), it is not followed."
)
NO_GATE = "what is added is not let in by a gate that looks at the memory."
NONE = {
    f"{SUM}c = c + 0.1 * h{H}": (14, NOT_FOLLOWED),
    f"c = torch.from_numpy((f * c + i * g).detach().numpy()){H}": (7, NOT_FOLLOWED),
    f"{SUM}c = c @ self.gates.weight[:5, :5]{H}": (7, NOT_FOLLOWED),
    f"{SUM}c = torch.cumsum(c, 1){H}": (7, NOT_FOLLOWED),
    f"c = c + g * TH(i){H}": (7, f"line 13 of <own cell>: {NO_GATE}"),
    f"c = 0.9 * c + 0.1 * g{H}": (
        7,
        f"line 13 of <own cell>: a constant decay: what multiplies the memory depends on no weight, and {NO_GATE}",
    ),
    f"c = M * c + i * g{H}": (7, "line 13 of <own cell>: what multiplies the memory depends on no weight."),
}


@pytest.mark.parametrize("step", NONE)
def test_what_is_no_update_is_refused_with_what_comes_nearest_to_one(step):
    seen, nearest = NONE[step]
    for _ in range(2):
        with pytest.raises(LstmCoreError) as refused, lstm_core.record(model := own(step)):
            model(torch.randn(7, 3, 4))
        said = re.sub(r"<own cell \d+>", "<own cell>", str(refused.value).split("\n")[0])
        assert said == f"{LOOKED} {seen} sums with a product were seen; the nearest: {nearest}"


# What is written where no single gate lets in what is added; what multiplies the memory.
ADDED = {
    "f * c + i * g + 0.1 * h": "f",
    "f * c + g": "f",
    "g + f * c + i * g": "f",
    "f * c + (i * g + g)": "f",
    "f * c + (i * g).clamp(-1, 1)": "f",
    "torch.addcmul(f * c + i * g, o, g)": "f",
    "f * c - g": "f",
    "torch.exp(f) * c + g": "torch.exp(f)",
    "(f + i) * c + torch.einsum('bu,vu->bv', g, torch.eye(5))": "f + i",
}


@pytest.mark.parametrize("update", ADDED)
def test_a_memory_without_an_input_gate_has_what_multiplies_it_and_what_is_added(update):
    for gradients in (False, True):
        model = own(f"c = {update}{H}")
        for _ in range(3):
            x = torch.randn(7, 3, 4)
            with torch.set_grad_enabled(gradients), lstm_core.record(model) as recording:
                model(x)
            trace, loop = recording.only, by_loop(model, x, f"c = {update}; h = o * TH(c)")
            gate = {letter: loop[letter] for letter in "if"}
            share = eval(ADDED[update], {"torch": torch}, gate)
            letter = "decay" if (share > 1).any() else "f"
            assert set(trace.kept) == {letter, "added", "o", "c", "h"}
            for own_values, expected in ((getattr(trace, letter), share), (trace.c, loop["c"]), (trace.h, loop["h"])):
                torch.testing.assert_close(own_values[0, 0], expected)
            torch.testing.assert_close(getattr(trace, letter) * trace.before("c") + trace.added, trace.c)
            assert trace.roles["c"].startswith("c = f ⊙ c' + u, line 13")


def test_what_multiplies_a_memory_without_an_input_gate_is_held():
    model, x = own(f"f = f + self.also; c = f * c + g{H}"), torch.randn(7, 3, 4)
    model.also = torch.zeros(3, 5)
    with lstm_core.record(model):
        model(x)
    with lstm_core.intervene(model, lstm_core.Hold("f", 0.3, units=[0, 3], steps=[2, 4])), torch.no_grad():
        output = model(x)
    torch.testing.assert_close(output, by_loop(model, x, f"{held('f')}\nc = f * c + g; h = o * TH(c)")["h"][-1])


HELD = "= torch.where(torch.tensor([True, False, False, True, False]), 0.3, "


def held(letter):
    """The code that holds two units at two steps."""
    return f"{letter} {HELD}{letter}) if k in (2, 4) else {letter}"


@pytest.mark.parametrize("gate", "fig")
@pytest.mark.parametrize("update", [update for update in UPDATES if "next" not in UPDATES[update][0]])
def test_a_gate_is_held_however_the_update_is_written(update, gate):
    truth, otherwise = UPDATES[update]
    model, x = own(f"c = {update}{H}"), torch.randn(7, 3, 4)
    with torch.no_grad(), lstm_core.record(model):
        model(x)
    holding = lstm_core.intervene(model, lstm_core.Hold(gate, 0.3, units=[0, 3], steps=[2, 4]))
    if otherwise is KEPT and gate == "f":
        with pytest.raises(LstmCoreError, match="another gate than f, which is 1 in this cell"), holding:
            model(x)
        return
    # Where the other gate is written as 1 minus this one, it goes with it, unless it is computed beside it.
    with_it = {"f": "i = 1 - f", "i": "f = 1 - i"}.get(gate, "pass") if otherwise in (TOWARDS, BACK) else "pass"
    expected = by_loop(model, x, f"{truth or 'pass'}; {held(gate)}\n{with_it}; {LSTM}")
    with torch.no_grad(), holding, lstm_core.record(model) as recording:
        output = model(x)
    torch.testing.assert_close(output, expected["h"][-1])
    for letter in "ifgoch":
        torch.testing.assert_close(getattr(recording.only, letter)[0, 0], expected[letter])
    with torch.no_grad():
        assert not torch.allclose(model(x), output)


@pytest.mark.parametrize("letter", "och")
@pytest.mark.parametrize("step", [step for step in STEPS if STEPS[step][1] is not NO_H])
def test_a_state_or_an_output_gate_is_held_however_the_step_is_written(step, letter):
    _, otherwise = STEPS[step]
    model, x = own(step), torch.randn(7, 3, 4)
    with torch.no_grad(), lstm_core.record(model):
        model(x)
    holding = lstm_core.intervene(model, lstm_core.Hold(letter, 0.3, units=[0, 3], steps=[2, 4]))
    if letter not in expected(otherwise) or (letter == "h" and "o" not in expected(otherwise)):
        with pytest.raises(LstmCoreError, match=r"Expected a(nother)? quantity"), holding:
            model(x)
        return
    with torch.no_grad(), holding, lstm_core.record(model) as recording:
        output = model(x)
    trace = recording.only
    assert torch.equal(trace.h[0, 0, -1], output) or "torch.where(B, o" in step
    there = getattr(trace, letter)[0, 0]
    assert (there[[2, 4]][..., [0, 3]] == 0.3).all() or letter == "c"
    assert not (there[[1, 3, 5, 6]] == 0.3).any()
    assert not (there[..., [1, 2, 4]] == 0.3).any()
