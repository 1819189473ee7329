"""Gated memories as papers write them today: what multiplies each and what is added is what the cell computed."""

import pytest
import torch
from hand_written import Kept
from own_cells import own
from torch import Tensor, nn
from torch.nn import functional as F

import lstm_core
from lstm_core import Hold, LstmCoreError

FEATURES, KEYS, VALUES = 6, 4, 5


class Cell(Kept):
    """Its weights by letter, and its own loop."""

    def __init__(self, **sizes: int) -> None:
        super().__init__()
        self.of = nn.ModuleDict({name: nn.Linear(FEATURES, size) for name, size in sizes.items()})

    def each(self, row: Tensor) -> list[Tensor]:
        return [linear(row) for linear in self.of.values()]


class Mamba(Cell):
    """Gu & Dao 2023, step by step: the share kept is the exp of a step size."""

    def __init__(self) -> None:
        super().__init__(dt=FEATURES, b=KEYS, read=KEYS)
        self.rate = nn.Parameter(torch.rand(FEATURES, KEYS))

    def forward(self, x: Tensor) -> Tensor:
        state, shown = x.new_zeros(x.shape[1], FEATURES, KEYS), []
        for row in x:
            dt, b, read = self.each(row)
            dt = F.softplus(dt)
            a, u = torch.exp(-dt[..., None] * self.rate), torch.einsum("bf,bk->bfk", dt * row, b)
            state = a * state + u
            self.keep(f=a, added=u, c=state)
            shown.append((state * read[:, None]).sum(-1))
        return torch.stack(shown)


class Linear(Cell):
    """Gated linear attention (Yang et al. 2023)."""

    def __init__(self) -> None:
        super().__init__(q=KEYS, k=KEYS, v=VALUES, f=KEYS)

    def forward(self, x: Tensor) -> Tensor:
        state, shown = x.new_zeros(x.shape[1], KEYS, VALUES), []
        for row in x:
            q, k, v, f = self.each(row)
            f = torch.sigmoid(f)[..., None]
            state = f * state + torch.einsum("bk,bv->bkv", k, v)
            self.keep(f=f.expand_as(state), added=k[..., None] * v[:, None], c=state)
            shown.append(torch.einsum("bk,bkv->bv", q, state))
        return torch.stack(shown)


class Rwkv(Cell):
    """RWKV-7 (2025): three terms, of which one reads the memory."""

    def __init__(self) -> None:
        super().__init__(r=KEYS, w=KEYS, k=KEYS, v=KEYS, a=KEYS)

    def forward(self, x: Tensor) -> Tensor:
        state, shown = x.new_zeros(x.shape[1], KEYS, KEYS), []
        for row in x:
            r, w, k, v, a = self.each(row)
            w, kk = torch.exp(-0.6 * torch.sigmoid(w)), F.normalize(k, dim=-1)
            before, ab, vk = state, -kk[..., None] @ (kk * torch.sigmoid(a))[:, None], v[..., None] @ k[:, None]
            state = state * w[:, None] + state @ ab + vk
            self.keep(f=w[:, None].expand_as(state), added=before @ ab + vk, c=state)
            shown.append((state @ r[..., None]).squeeze(-1))
        return torch.stack(shown)


class Mlstm(Cell):
    """xLSTM's matrix memory with its normaliser and stabiliser (Beck et al. 2024)."""

    def __init__(self) -> None:
        super().__init__(q=KEYS, k=KEYS, v=VALUES, gates=2)

    def forward(self, x: Tensor) -> Tensor:
        c, n, m = x.new_zeros(x.shape[1], VALUES, KEYS), x.new_zeros(x.shape[1], KEYS), x.new_zeros(x.shape[1], 1)
        shown = []
        for row in x:
            q, k, v, gates = self.each(row)
            i, f = gates.chunk(2, -1)
            log_f = F.logsigmoid(f)
            most = torch.maximum(log_f + m, i)
            i, f, m = torch.exp(i - most), torch.exp(log_f + m - most), most
            c = f[..., None] * c + i[..., None] * (v[..., None] * k[:, None])
            n = f * n + i * k
            self.keep(f=f[..., None].expand_as(c), i=i[..., None].expand_as(c), g=v[..., None] * k[:, None], c=c)
            shown.append(torch.einsum("bvk,bk->bv", c, q) / torch.clamp((n * q).sum(-1, keepdim=True).abs(), min=1))
        return torch.stack(shown)


class Stepped(Cell):
    """A state that stands in a cache, and is overwritten there, as where a model reads token by token."""

    def __init__(self) -> None:
        super().__init__(f=VALUES, v=VALUES)

    def forward(self, row: Tensor, cache: Tensor) -> Tensor:
        f, v = self.each(row)
        f = torch.sigmoid(f)
        state = cache * f + v
        cache.copy_(state)
        self.keep(f=f, added=v, c=state)
        return state


def agrees(trace, kept):
    """Every quantity is what the cell kept by hand."""
    assert set(kept[0]) <= set(trace.kept)
    for letter in kept[0]:
        expected = torch.stack([step[letter] for step in kept]).flatten(2)
        torch.testing.assert_close(getattr(trace, letter)[0, 0], expected, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("gradients", [False, True])
@pytest.mark.parametrize("make", [Mamba, Linear, Rwkv, Mlstm])
def test_one_memory_is_found_in_each_and_a_normaliser_is_none(make, gradients):
    model = make()
    for _ in range(3):
        model.kept.clear()
        with torch.set_grad_enabled(gradients), lstm_core.record(model) as recording:
            model(torch.randn(7, 2, FEATURES))
        agrees(recording.only, model.kept)
        assert recording.only.max_error < 1e-6
        assert recording.only.roles["c"].count("c / n is what compares between steps") == (make is Mlstm)


@pytest.mark.parametrize("make", [Mamba, Linear, Mlstm])
def test_each_quantity_of_a_memory_is_held_at_its_step(make):
    model, x = make(), torch.randn(7, 2, FEATURES)
    with torch.no_grad(), lstm_core.record(model) as recording:
        model(x)
    for letter in recording.only.kept:
        with torch.no_grad(), lstm_core.intervene(model, Hold(letter, 0.3, steps=[2])), lstm_core.record(model) as held:
            model(x)
        torch.testing.assert_close(getattr(held.only, letter)[0, 0, 2], torch.full_like(held.only.c[0, 0, 2], 0.3))
        assert held.only.max_error < 1e-6


def test_a_state_that_is_overwritten_in_a_cache_is_followed_from_token_to_token():
    model = Stepped()
    for _ in range(3):
        model.kept.clear()
        cache = torch.zeros(2, VALUES)
        with torch.no_grad(), lstm_core.record(model) as recording:
            for row in torch.randn(7, 2, FEATURES):
                model(row, cache)
        agrees(recording.only, model.kept)
        assert torch.equal(recording.only.c[0, 0, -1], cache)


def test_a_memory_that_no_gate_lets_in_is_drawn_listed_and_kept_as_any_other_and_its_ledger_is_exact(tmp_path):
    model = Linear()
    with torch.no_grad(), lstm_core.record(model) as recording:
        model(torch.randn(7, 2, FEATURES))
    trace = recording.only
    trace.save(tmp_path / "memory.safetensors")
    assert torch.equal(lstm_core.load(tmp_path / "memory.safetensors").added, trace.added)
    drawn = {row.name: row.z for row in trace.plot().data if row.name}
    assert set(drawn) == {"f", "added", "c"}
    torch.testing.assert_close(torch.tensor(drawn["added"]), trace.added[0, 0, :, 0].T)
    assert "what is added" in trace.summary()
    assert trace.to_xarray()["added"].attrs["long_name"] == "what is added"
    assert trace.sel(time=slice(2, 5)).added.shape[2] == 3
    ledger = lstm_core.ledger(trace, 5)
    torch.testing.assert_close(ledger.written[1:7].float(), trace.added[0, 0, :6, 0])
    torch.testing.assert_close((ledger.written * ledger.survived).sum(0).float(), trace.c[0, 0, 5, 0])
    assert len(lstm_core.units(trace)) == trace.c.shape[-1]
    trace.show().save(tmp_path / "page.html")


def test_a_memory_that_grows_by_its_factor_is_drawn_and_has_a_ledger_and_the_rest_says_why_not():
    model = own("c = torch.exp(f) * c + g; h = o * TH(c)")
    with torch.no_grad(), lstm_core.record(model) as recording:
        model(torch.randn(7, 3, 4))
    trace = recording.only
    assert {row.name for row in trace.plot().data if row.name} == {"decay", "added", "c", "o", "h"}
    ledger = lstm_core.ledger(trace, 5)
    torch.testing.assert_close((ledger.written * ledger.survived).sum(0).float(), trace.c[0, 0, 5, 0])
    for ask in (trace.show, lambda: lstm_core.units(trace)):
        with pytest.raises(LstmCoreError, match=r"Expected a cell that .*keeps a share of (its memory|it) from 0 to 1"):
            ask()


class Plain(Cell):
    """A loop without a gate: the state is multiplied by learned constants, or by none, or by a matrix."""

    def __init__(self, how: str) -> None:
        super().__init__(v=VALUES)
        self.how, self.learned = how, nn.Parameter(torch.rand(VALUES))
        self.register_buffer("fixed", torch.rand(VALUES))
        self.square = nn.Parameter(torch.rand(VALUES, VALUES))

    def forward(self, x: Tensor) -> Tensor:
        state = x.new_zeros(x.shape[1], VALUES)
        for row in x:
            [v] = self.each(row)
            if self.how == "learned":
                state = torch.tanh(self.learned * state + v)
            elif self.how == "kept":
                state = state + v * torch.tanh(v)
            elif self.how == "complex":
                state = torch.complex(self.learned, self.learned) * state + v
            elif self.how == "matrix":
                share = torch.sigmoid(v)
                state = state @ self.square + share * v
            else:
                state = self.fixed * state + v
        return state


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("learned", "comes back through tanh: a plain recurrence"),
        ("kept", "not let in by a gate"),
        ("fixed", "a constant decay: what multiplies the memory depends on no weight"),
        ("complex", "adds complex numbers, and a trace has real ones"),
        ("matrix", "Where a matrix multiplies the memory, as in MC-LSTM"),
    ],
)
def test_a_memory_that_nothing_gates_is_refused_in_a_sentence_that_says_why(how, said):
    with pytest.raises(LstmCoreError, match=said), lstm_core.record(model := Plain(how)):
        model(torch.randn(7, 2, FEATURES))
