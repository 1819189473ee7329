"""Which inputs make an answer differ between two runs, and which units carried it? One sweep back through both.

Each step hands M, what the answer owes, to its input and to the step before (`cells`); an input's part is M_x times its
difference. The same sweep is done in two ways at once: `ALL`, and `DIRECT`, where nothing is read again through h. What
then arrives is written once and kept by the forget gates alone, which is all that a ledger of c counts.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from torch import Tensor

from lstm_core.explaining.cells import times
from lstm_core.explaining.two_runs import OneWay

ALL, DIRECT = 0, 1


class Split(NamedTuple):
    """What a sweep found, in float64."""

    inputs: np.ndarray
    """(way, time, batch, feature): they sum to the effect, in the way `ALL`."""
    kept: np.ndarray
    """(layer, direction, time, batch, unit): carried on from each step in the memory."""
    reread: np.ndarray
    """(layer, direction, time, batch, h unit): carried on from each step because h is read again."""


def sweep(
    layers: list[list[OneWay]], difference: Tensor, readout: Tensor, at: Sequence[int], lengths: Sequence[int]
) -> Split:
    """The parts of the answers `readout` · h (batch, direction * unit) of the last layer, each at its step of `at`.

    `difference`: x of run a minus x of run b, (time, batch, feature), 0 past the lengths of the readings.
    """
    inside = (np.arange(len(difference))[:, None] < lengths)[:, None, :, None]
    m_out = np.zeros((len(difference), 2, *readout.shape))
    m_out[at, :, range(len(at))] = readout.numpy()[:, None]
    kept, reread = [], []
    for ways in reversed(layers):
        each = np.split(m_out, len(ways), axis=-1)
        of_layer = [
            _back_through_time(way, m_h, direction) for direction, (way, m_h) in enumerate(zip(ways, each, strict=True))
        ]
        kept.append([found.m_kept * way.memory.numpy() for way, found in zip(ways, of_layer, strict=True)])
        # The answer itself reads h of the last layer.
        shown = [m_h[:, ALL] if not kept[1:] else 0.0 for m_h in each]
        reread.append(
            [(found.m_h + read) * way.h.numpy() for way, found, read in zip(ways, of_layer, shown, strict=True)]
        )
        at_x = [times(found.at_x, way.ih.numpy()) for way, found in zip(ways, of_layer, strict=True)]
        m_out = np.sum(at_x, axis=0) * inside
    inputs = np.moveaxis(m_out, 1, 0) * difference.numpy()
    return Split(inputs, np.array(kept[::-1]), np.array(reread[::-1]))


class _Swept(NamedTuple):
    """M in one layer and direction."""

    at_x: np.ndarray
    """(time, way, batch, blocks * unit): at what x adds to the gates."""
    m_kept: np.ndarray
    """(time, batch, unit): at the memory of each step, by what is kept of it later, in the way `ALL`."""
    m_h: np.ndarray
    """(time, batch, h unit): at h of each step, by what is read again later, in the way `ALL`."""


def _back_through_time(way: OneWay, m_out: np.ndarray, direction: int) -> _Swept:
    """`m_out` (time, way, batch, h unit): what is owed to h of each step from outside of this layer and direction."""
    hh, steps = way.hh.numpy(), range(len(m_out))
    m_h, m_kept = np.zeros((2, *way.h.shape[1:])), np.zeros((2, *way.memory.shape[1:]))
    at_x = np.zeros((*m_out.shape[:3], len(hh)))
    of_kept, of_h = np.zeros(way.memory.shape), np.zeros(way.h.shape)
    for t in reversed(steps) if direction == 0 else steps:
        of_kept[t], of_h[t] = m_kept[ALL], m_h[ALL]
        at_x[t], at_h, m_kept = way.cell.back(t, m_out[t] + m_h, m_kept)
        m_h[ALL] = times(at_h[ALL], hh)
    return _Swept(at_x, of_kept, of_h)
