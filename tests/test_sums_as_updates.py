"""A sum as the update of a memory: all ways to read it, and what it has if it is read so."""

from math import prod
from types import SimpleNamespace

import torch

from lstm_core.finding.update import BACK, GATED, KEPT, TOWARDS, Factor, SumReading, Visit, sum_of_bits

NAMES = dict(
    zip("cfigm", map(torch.tensor, ([1.0, 2.0], [0.5, 0.25], [0.5, 0.75], [3.0, -1.0], [1.0, 0.0])), strict=True)
)
CODE = SimpleNamespace(code="a function")


def factor(text):
    """A factor by its letter: "-1" the number, "g-c" a difference, "f*" what is a product itself."""
    if text == "-1":
        return Factor(-1)
    if "-" in text:
        a, b = text.split("-")
        return Factor(NAMES[a] - NAMES[b], 8, difference=(factor(a), factor(b)))
    letter = text.removesuffix("*")
    born = {"c": "", "f": "gate", "i": "gate", "g": "tanh", "m": ""}[letter]
    return Factor(NAMES[letter], 1 << "cfigm".index(letter), born, is_product=text.endswith("*"))


def visit(operation, *terms, sides=((1, 1), (1, 1)), key="key"):
    """A sum of products, each a text such as "f c"."""
    terms = tuple(tuple(map(factor, term.split())) for term in terms)
    wholes = tuple(
        tuple(whole(each) for each in (term[:one], term[one:], term))
        for term, (one, _) in zip(terms, sides, strict=False)
    )
    return Visit(1, key, CODE, operation, terms, NAMES["c"], sides, wholes)


def whole(factors):
    """Factors as one; what is one already stays."""
    return factors[0] if len(factors) == 1 else Factor(prod(each.value for each in factors), sum_of_bits(factors))


def named(factors):
    """The letters of factors, by their tensors."""
    letters = {id(tensor): letter for letter, tensor in NAMES.items()}
    return " ".join(
        letters.get(id(each.value), "other") if isinstance(each.value, torch.Tensor) else f"{each.value:g}"
        for each in factors
    )


# Operation and terms; each way to read it: form, term, factor, side; and then memory, gate, what is written, signs.
READ = {
    ("add", "f c", "i g"): [
        ((GATED, 0, 0, 0), ("f", "c", "i g", (1, 1))),
        ((GATED, 0, 1, 0), ("c", "f", "i g", (1, 1))),
        ((GATED, 1, 0, 0), ("i", "g", "f c", (1, 1))),
        ((GATED, 1, 1, 0), ("g", "i", "f c", (1, 1))),
    ],
    ("sub", "c f", "i g"): [
        ((GATED, 0, 0, 0), ("c", "f", "i g", (1, -1))),
        ((GATED, 0, 1, 0), ("f", "c", "i g", (1, -1))),
        ((GATED, 1, 0, 0), ("i", "g", "c f", (-1, 1))),
        ((GATED, 1, 1, 0), ("g", "i", "c f", (-1, 1))),
    ],
    ("add", "f -1 c", "i g"): [
        ((GATED, 0, 0, 0), ("f", "c", "i g", (-1, 1))),
        ((GATED, 0, 1, 0), None),
        ((GATED, 0, 2, 0), ("c", "f", "i g", (-1, 1))),
        ((GATED, 1, 0, 0), ("i", "g", "f c", (1, -1))),
        ((GATED, 1, 1, 0), ("g", "i", "f c", (1, -1))),
    ],
    ("sub", "f c", "i g -1"): [
        ((GATED, 0, 0, 0), ("f", "c", "i g", (1, 1))),
        ((GATED, 0, 1, 0), ("c", "f", "i g", (1, 1))),
        ((GATED, 1, 0, 0), ("i", "g", "f c", (1, 1))),
        ((GATED, 1, 1, 0), ("g", "i", "f c", (1, 1))),
        ((GATED, 1, 2, 0), None),
    ],
    ("add", "c", "i g"): [((KEPT, 0, 0, 0), ("c", "", "i g", (1, 1)))],
    ("add", "i g", "c"): [((KEPT, 1, 0, 0), ("c", "", "i g", (1, 1)))],
    ("sub", "c", "i g"): [((KEPT, 0, 0, 0), ("c", "", "i g", (1, -1)))],
    ("addcmul", "c", "i g"): [((KEPT, 0, 0, 0), ("c", "", "i g", (1, 1)))],
    ("sub", "i g", "c"): [],
    ("add", "c*", "i g"): [],
    ("add", "c", "g"): [],
    ("add", "c", "i g-c"): [
        ((TOWARDS, 1, 1, 1), ("c", "i", "g", (1, 1))),
        ((BACK, 1, 1, 0), ("g", "i", "c", (1, 1))),
        ((KEPT, 0, 0, 0), ("c", "", "i other", (1, 1))),
    ],
    ("add", "g-c i", "c"): [
        ((TOWARDS, 0, 0, 1), ("c", "i", "g", (1, 1))),
        ((BACK, 0, 0, 0), ("g", "i", "c", (1, 1))),
        ((KEPT, 1, 0, 0), ("c", "", "other i", (1, 1))),
    ],
    ("sub", "c", "i c-g"): [
        ((TOWARDS, 1, 1, 0), ("c", "i", "g", (1, 1))),
        ((BACK, 1, 1, 1), ("g", "i", "c", (1, 1))),
        ((KEPT, 0, 0, 0), ("c", "", "i other", (1, -1))),
    ],
    ("sub", "i c-g", "c"): [],
    ("add", "c", "i c-g"): [((KEPT, 0, 0, 0), ("c", "", "i other", (1, 1)))],
    ("sub", "c", "i g-c"): [((KEPT, 0, 0, 0), ("c", "", "i other", (1, -1)))],
    ("lerp", "c", "g", "i"): [
        ((TOWARDS, 0, 0, 0), ("c", "i", "g", (1, 1))),
        ((BACK, 1, 0, 0), ("g", "i", "c", (1, 1))),
    ],
}
EVERY = [
    SumReading(form, term, n, side)
    for form in (GATED, KEPT, TOWARDS, BACK)
    for term in (0, 1)
    for n in (0, 1)
    for side in (0, 1)
]


def test_a_product_of_something_else_is_no_step_before_a_sum():
    first, reading = visit("add", "f c", "i g"), SumReading(GATED, 0, 1)
    for other in ("i f", "i g m", "i", "f g"):
        assert not visit("mul", other, key=None).as_first(first, reading, 0)
    # Of other weights, unless they are those of a memory.
    for more, chain_bits, is_first in ((64, 0, False), (64, 64, True)):
        start = visit("mul", "i g", key=None)
        start.terms = (tuple(each._replace(bits=each.bits | more) for each in start.terms[0]),)
        assert start.as_first(first, reading, chain_bits) == is_first
    assert not visit("mul", "i g", key=None).as_first(visit("sub", "f c", "i g"), reading, 0)
    assert visit("mul", "i g", key=None).as_first(visit("add", "c", "i g"), SumReading(KEPT, 0, 0), 0)
    assert not visit("mul", "i g", key=None).as_first(visit("add", "g", "f c-g"), SumReading(BACK, 1, 1, 0), 0)
    elsewhere = visit("mul", "i g", key=None)
    elsewhere.place = SimpleNamespace(code="another function")
    assert not elsewhere.as_first(first, reading, 0)


def test_a_product_may_be_first_if_it_was_used_as_a_memory_is():
    read = {"": (), "masked": ("mask",), "activated": ("tanh",)}
    may_be = {}
    for name, path in read.items():
        start = visit("mul", "i g", key=None)
        start.reads["place"] = SimpleNamespace(path=path)
        may_be[name] = start.may_be_first
    assert may_be == {"": False, "masked": False, "activated": True}
    start.reads, start.fed = {}, True
    assert start.may_be_first
    start.key = "key"
    assert not start.may_be_first


def test_a_factor_keeps_its_values_where_nobody_counts_how_often_they_were_overwritten():
    own, base = torch.ones(2), torch.ones(4)
    plain, view = Factor(own), Factor(base[:2])
    guarded = view.guarded()
    assert plain.guarded() is plain
    assert plain.values is own
    base.zero_()
    own.add_(1)
    assert not plain.is_unchanged()
    assert guarded.values.tolist() == [1.0, 1.0]
    assert guarded.is_unchanged()
    # What has been overwritten already has no values any more to keep.
    assert not Factor(base[:2], version=base._version + 1).guarded().is_unchanged()
    with torch.inference_mode():
        uncounted = torch.ones(2)
    assert Factor(uncounted).guarded().copy is not uncounted
    assert Factor(3.0).guarded().values == 3.0
    assert Factor(3.0).zero().value == 3.0
    assert not Factor(own).zero().value.any()
