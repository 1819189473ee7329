"""How does what an answer owes to h and c go back through one step of each kind of cell?

M_h is how much the answer differs for each unit by which h differs between two runs, M_c for each unit of c. A bar is
the mean of the two runs, S the slope of the secant (`secants`). The letters and the steps that are taken back here are
those of `lstm_core.recording.equations`. M_z is at the sums of the gates, in PyTorch's order; then M_x = M_z W_ih, and
M_z W_hh is what is read again through h.

LSTM:

    M_c += M_h ō S_tanh(c)
    M_z = [M_c ḡ S_i, M_c c̄_before S_f, M_c ī S_g, M_h t̄anh(c) S_o]
    kept in c: M_c f̄                                    (with W_hr, M_h becomes M_h W_hr before)

GRU, whose n reads W_hn h_before + b_hn = q through r:

    M_n = M_h (1 - z̄) S_n
    M_z = [M_n q̄ S_r, M_h (h̄_before - n̄) S_z, M_n]      at what x adds; at what h adds the last is M_n r̄
    kept in h: M_h z̄

RNN:

    M_z = M_h S                                         nothing is kept: all is read again
"""

from typing import NamedTuple, Protocol

import numpy as np
from torch import Tensor

from lstm_core.explaining.secants import mean, relu_slope, sigmoid_slope, tanh_slope


class Back(NamedTuple):
    """What one step hands back, each (way, batch, …)."""

    at_x: np.ndarray
    """M_z where x is added, (way, batch, blocks * unit)."""
    at_h: np.ndarray
    """M_z where h_before is added, (way, batch, blocks * unit)."""
    kept: np.ndarray
    """M at the memory before (c of an LSTM, h of a GRU or RNN) by what is kept of it, (way, batch, unit)."""


class CellOfTwoRuns(Protocol):
    """One layer and direction of two runs."""

    def back(self, t: int, m_h: np.ndarray, m_kept: np.ndarray) -> Back:
        """One step back, from M at h (way, batch, h unit) and at what is kept of the memory (way, batch, unit)."""


class Lstm:
    """The slopes of an LSTM's step. z (time, run, batch, 4 * unit), c and c_before (time, run, batch, unit)."""

    def __init__(self, z: Tensor, c: Tensor, c_before: Tensor, weight_hr: Tensor | None) -> None:
        z_i, z_f, z_g, z_o = z.chunk(4, dim=-1)
        i, f, g, o = z_i.sigmoid(), z_f.sigmoid(), z_g.tanh(), z_o.sigmoid()
        self.to_i = (mean(g) * sigmoid_slope(z_i)).numpy()
        self.to_f = (mean(c_before) * sigmoid_slope(z_f)).numpy()
        self.to_g = (mean(i) * tanh_slope(z_g)).numpy()
        self.to_o = (mean(c.tanh()) * sigmoid_slope(z_o)).numpy()
        self.to_c = (mean(o) * tanh_slope(c)).numpy()
        self.f = mean(f).numpy()
        self.hr = None if weight_hr is None else weight_hr.numpy()

    def back(self, t: int, m_h: np.ndarray, m_kept: np.ndarray) -> Back:
        m_h = m_h if self.hr is None else times(m_h, self.hr)
        m_c = m_kept + m_h * self.to_c[t]
        parts = m_c * self.to_i[t], m_c * self.to_f[t], m_c * self.to_g[t], m_h * self.to_o[t]
        m_z = np.concatenate(parts, axis=-1)
        return Back(m_z, m_z, m_c * self.f[t])


class Gru:
    """The slopes of a GRU's step. from_x, from_h: W x + b and U h_before + b, (time, run, batch, 3 * unit);
    h_before (time, run, batch, unit)."""

    def __init__(self, from_x: Tensor, from_h: Tensor, h_before: Tensor) -> None:
        (x_r, x_z, x_n), (h_r, h_z, q) = from_x.chunk(3, dim=-1), from_h.chunk(3, dim=-1)
        z_r, z_z = x_r + h_r, x_z + h_z
        r, z = z_r.sigmoid(), z_z.sigmoid()
        z_n = x_n + r * q
        self.to_r = (mean(q) * sigmoid_slope(z_r)).numpy()
        self.to_z = ((mean(h_before) - mean(z_n.tanh())) * sigmoid_slope(z_z)).numpy()
        self.to_n = ((1 - mean(z)) * tanh_slope(z_n)).numpy()
        self.r, self.z = mean(r).numpy(), mean(z).numpy()

    def back(self, t: int, m_h: np.ndarray, m_kept: np.ndarray) -> Back:
        m_h = m_h + m_kept
        m_n = m_h * self.to_n[t]
        gates = m_n * self.to_r[t], m_h * self.to_z[t]
        at_h = np.concatenate((*gates, m_n * self.r[t]), axis=-1)
        return Back(np.concatenate((*gates, m_n), axis=-1), at_h, m_h * self.z[t])


class Rnn:
    """The slopes of a plain RNN's step, with tanh or relu. z (time, run, batch, unit)."""

    def __init__(self, z: Tensor, nonlinearity: str) -> None:
        self.to_h = (relu_slope if nonlinearity == "relu" else tanh_slope)(z).numpy()

    def back(self, t: int, m_h: np.ndarray, m_kept: np.ndarray) -> Back:
        m_z = m_h * self.to_h[t]
        return Back(m_z, m_z, np.zeros_like(m_kept))


def times(m: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """M (…, unit) times a weight (unit, other): (…, other), as one product of two matrices, which is the fastest."""
    found: np.ndarray = (m.reshape(-1, m.shape[-1]) @ weight).reshape(*m.shape[:-1], -1)
    return found
