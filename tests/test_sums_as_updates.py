"""A sum as the update of a memory: all ways to read it, and what it has if it is read so."""

from types import SimpleNamespace

import pytest
import torch

from lstm_core.finding.update import BACK, GATED, KEPT, TOWARDS, Factor, SumReading, Visit

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
    return Visit(1, key, CODE, operation, tuple(tuple(map(factor, term.split())) for term in terms), NAMES["c"], sides)


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


@pytest.mark.parametrize("written", READ, ids=" | ".join)
def test_a_sum_is_read_in_each_way_in_which_it_can_be_an_update(written):
    one = visit(*written)
    assert [tuple(reading[:4]) for reading in one.readings()] == [tuple(form) for form, _ in READ[written]]
    for reading, (_, has) in zip(one.readings(), READ[written], strict=True):
        assert reading.sides == (1, 1)
        assert one.can_be(reading)
        if has is not None:
            parts = one.parts(reading)
            found = named([parts.memory]), named(parts.gate), named(parts.write), parts.signs
            assert found == has
            assert one.parts(reading) is parts


@pytest.mark.parametrize(
    "written", [written for written in READ if written[0] != "lerp" and "-1" not in " ".join(written)], ids=" | ".join
)
def test_a_sum_can_be_what_it_is_read_as_and_nothing_else(written):
    one = visit(*written)
    there = {tuple(reading[:4]) for reading in one.readings()}
    for reading in EVERY:
        if reading.factor >= len(one.terms[reading.term]) or (reading.form in (GATED, KEPT) and reading.side):
            continue
        # A memory that is kept whole is one factor: no other number of it is asked for.
        assert one.can_be(reading) == (
            tuple(reading[:4]) in there
            or (reading.form == KEPT and len(one.terms[reading.term]) == 1 < len(one.terms[1 - reading.term]))
        )


@pytest.mark.parametrize(
    ("term", "sides", "reading", "becomes"),
    [
        # f * (m * c), where f * c was: what multiplies is one.
        ("f m c", (1, 2), SumReading(GATED, 0, 1), "f other"),
        # (m * c) * f, where c * f was.
        ("m c f", (2, 1), SumReading(GATED, 0, 0), "other f"),
        # (f * m) * c, where f * c was: the memory is put where it was.
        ("f m c", (2, 1), SumReading(GATED, 0, 1), "f c m"),
        # c * (f * m), where c * f was.
        ("c f m", (1, 2), SumReading(GATED, 0, 0), "c f m"),
        # f * c, where f * (i * c) was: there is no such place.
        ("f c", (1, 1), SumReading(GATED, 0, 2, 0, (1, 2)), None),
        # f * c, where (f * i) * c was: a 1 stands for what is not there.
        ("f c", (1, 1), SumReading(GATED, 0, 2, 0, (2, 1)), "f 1 c"),
    ],
)
@pytest.mark.parametrize("at", [0, 1])
def test_where_what_is_multiplied_has_other_factors_the_memory_is_put_where_it_was(term, sides, reading, becomes, at):
    terms, each = (term, "i g"), (sides, (1, 1))
    one = visit("add", *terms[:: 1 - 2 * at], sides=each[:: 1 - 2 * at])
    reading = reading._replace(term=at)
    assert one.can_be(reading) == (becomes is not None)
    if becomes is None:
        return
    assert named(one.terms[at]) == becomes
    assert named(one.terms[1 - at]) == "i g"
    assert one.sides[at] == reading.sides
    memory = one.parts(reading).memory
    expected = NAMES["m"] * NAMES["c"] if "other" in becomes else NAMES["c"]
    assert torch.equal(memory.value, expected)
    assert memory.bits == (17 if "other" in becomes else 1)
    assert one.can_be(reading)


@pytest.mark.parametrize("written", ["i g", "g i"])
@pytest.mark.parametrize(("term", "n"), [(0, 1), (0, 0), (1, 1)])
def test_a_product_is_the_step_before_a_first_sum_with_nothing_kept(written, term, n):
    own = "f c" if n else "c f"
    first = visit("add", *(own, "i g")[:: 1 - 2 * term])
    start = visit("mul", written, key=None)
    assert start.as_first(first, SumReading(GATED, term, n), 0)
    assert named(start.terms[1 - term]) == "i g"
    assert all(not each.value.any() for each in start.terms[term])
    assert start.terms[term][n].value.shape == NAMES["c"].shape
    assert start.sides == first.sides


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
    assert not visit("mul", "i g", key=None).as_first(visit("add", "c", "i g-c"), SumReading(TOWARDS, 1, 1, 1), 0)
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
