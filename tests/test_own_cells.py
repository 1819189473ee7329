"""A cell that runs otherwise than the plain ones: each of three recordings has what an independent loop computes."""

import pytest
import torch
from own_cells import LSTM, agrees, own

import lstm_core
from lstm_core import LstmCoreError

PRODUCTS = {
    "(f * i) * c": "f = f * i",
    "0.9 * f * c": "f = 0.9 * f",
    "M * f * c": "f = M * f",
    "f * f * c": "f = f * f",
    "(1 - i) * 0.9 * c": "f = (1 - i) * 0.9",
}


@pytest.mark.parametrize("kept", PRODUCTS)
def test_a_forget_gate_that_is_a_product_is_recorded_each_time(kept):
    agrees(own(f"c = {kept} + i * g; h = o * TH(c)"), f"{PRODUCTS[kept]}; {LSTM}")


def test_after_an_error_in_the_block_a_known_cell_is_found_anew_so_that_no_error_stays_for_ever():
    model = own(LSTM)
    with torch.no_grad():
        for steps in (7, 2):
            with lstm_core.record(model):
                model(torch.randn(steps, 3, 4))
        with pytest.raises(ZeroDivisionError), lstm_core.record(model):
            raise ZeroDivisionError
        with pytest.raises(LstmCoreError, match="found none"), lstm_core.record(model):
            model(torch.randn(2, 3, 4))


AS_THE_MEMORY = [
    "m = M.to(c)",
    "m = M.type_as(c)",
    "m = M.expand_as(c)",
    "m = M.expand(3, 5).reshape(15).view_as(c)",
    "m, c = torch.broadcast_tensors(M, c)",
]


@pytest.mark.parametrize("mask", AS_THE_MEMORY)
def test_a_mask_that_has_its_form_from_the_memory_is_no_gate(mask):
    agrees(own(f"{LSTM}; {mask}; c = m * c + (1 - m) * p"), f"{LSTM}; c = M * c + (1 - M) * p")


@pytest.mark.parametrize("start", ["torch.zeros(3, 5).to(c)", "torch.zeros_like(c)", "c.clone().copy_(0 * M)"])
def test_a_memory_that_starts_anew_with_the_form_of_the_old_one_is_another_sequence(start):
    trace = agrees(own(f"{LSTM}\nif k == 3: c = {start}"), f"{LSTM}; c_next = 0 * c if k == 3 else c")
    assert trace.resets == (4,)
