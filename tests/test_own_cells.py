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
