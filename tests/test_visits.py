"""What is noted of the visits of a sum: masks, products that may be h, what a module returned, what was lost."""

import itertools
from types import SimpleNamespace

import pytest
import torch
from test_what_is_known_of_operations import ALL, chain_of

from lstm_core.finding.place import Place
from lstm_core.finding.tags import MASK, Tag
from lstm_core.finding.update import Visit
from lstm_core.finding.visits import Mark, Visits, is_memory, is_part, writes_over

KEY, OTHER = (1, "line 3"), (1, "line 9")
PLACES = [Place((lambda: 0).__code__, number) for number in range(12)]


def visits(**known):
    bits = itertools.count(1)
    return Visits(True, {1: "model.cell"}, lambda: 1 << next(bits), **known)


def visit(number=1, key=KEY, chain=None, values=(1.0, 2.0)):
    return Visit(number, key, PLACES[0], "add", (), torch.tensor(values), chain=chain)


def node(bits=0, *tags):
    return SimpleNamespace(bits=bits, tags=tags)


@pytest.mark.parametrize(
    ("name", "above", "part"),
    [("a.b", "a", True), ("a", "a", True), ("a", "", True), ("", "", True), ("ab", "a", False), ("a", "a.b", False)],
)
def test_a_module_is_part_of_those_whose_names_begin_its_own(name, above, part):
    assert is_part(name, above) == part


def test_a_tag_is_a_memory_if_a_sum_made_it_and_nothing_else_became_of_it():
    assert is_memory(Tag(visit()))
    assert is_memory(Tag(visit(), ("tanh",)))
    assert not is_memory(Tag(visit(), lost="add"))
    assert not is_memory(Tag(visit(key=None)))
    assert not is_memory(Tag(Mark(KEY, None)))


def test_what_is_as_large_as_a_memory_and_not_equal_to_it_was_written_over():
    one = visit()
    assert writes_over(Tag(one), torch.tensor([1.0, 3.0]))
    assert not writes_over(Tag(one), torch.tensor([1.0, 2.0]))
    assert not writes_over(Tag(one), torch.tensor([1.0, 2.0, 3.0]))
    assert not writes_over(Tag(one, lost="add"), torch.tensor([1.0, 3.0]))
    one.masked = torch.tensor([1.0, 3.0])
    assert not writes_over(Tag(one), torch.tensor([1.0, 3.0]))


def test_a_mask_leaves_something_of_the_newest_memory_of_its_form():
    old, new, left = visit(1), visit(2), torch.tensor([0.0, 2.0])
    noted = visits()
    noted.mask([Tag(new, (MASK,)), Tag(old)], left)
    assert (new.masked is left, old.masked) == (True, None)
    for tags, result in (
        ([Tag(old, (MASK, "tanh"))], left),
        ([Tag(Mark(KEY, None))], left),
        ([Tag(old)], torch.zeros(3)),
        ([Tag(old)], 0.0),
        ([], left),
    ):
        noted.mask(tags, result)
        assert old.masked is None
    of_chain = visit(chain=chain_of(ALL))
    noted.mask([Tag(of_chain)], left)
    assert of_chain.masked is not left
    assert torch.equal(of_chain.masked, left)


def test_a_product_of_a_memory_may_be_h_at_six_places_at_most():
    noted, one, o, h = visits(), visit(), torch.ones(2), torch.zeros(2)
    for place in PLACES[:8]:
        tags = noted.read([Tag(one, ("tanh",))], place, (o,), h, "gate")
        assert [type(tag.visit) for tag in tags] == [Mark] * (place in PLACES[:6])
    assert list(one.reads) == PLACES[:6]
    read = one.reads[PLACES[0]]
    assert (read.path, read.birth) == (("tanh",), "gate")
    assert read.result is not h
    assert read.others[0] is not o
    # The same place of the same sum has one mark.
    again = noted.read([Tag(visit(2), ("tanh",))], PLACES[0], (o,), h, "gate")
    assert again[0].visit is noted.read([Tag(visit(3), ("tanh",))], PLACES[0], (o,), h, "gate")[0].visit
    for tag, place, result in (
        (Tag(visit(), lost="add"), PLACES[0], h),
        (Tag(visit()), None, h),
        (Tag(Mark(KEY, None)), PLACES[0], h),
        (Tag(visit()), PLACES[0], 0.0),
    ):
        assert noted.read([tag], place, (o,), result, "gate") == ()
    known = visits(never_h={KEY: {PLACES[1]}})
    assert known.read([Tag(visit())], PLACES[1], (o,), h, "gate") == ()
    assert known.read([Tag(visit())], PLACES[2], (o,), h, "gate") != ()
    assert known.never_h(KEY, [], None) == {PLACES[2]}
    assert known.never_h(KEY, [], PLACES[2]) == set()
    assert known.never_h(OTHER, [], None) == set()
    term = chain_of(ALL)
    term.products = (PLACES[3],)
    assert known.read([Tag(visit(chain=term))], PLACES[3], (o,), h, "gate") == ()


@pytest.mark.parametrize(("path", "kept"), [((), False), ((MASK,), False), (("tanh",), True), ((MASK, "tanh"), True)])
def test_after_four_returns_only_what_was_activated_or_returned_may_be_h(path, kept):
    noted, o, h = visits(), torch.ones(2), torch.zeros(2)
    [mark] = noted.read([Tag(visit())], PLACES[1], (o,), h, "gate")
    for number in range(4):
        assert len(noted.read([Tag(visit(), path)], PLACES[0], (o,), h, "gate")) == 1
        noted.of_result(node(0, *[mark] * (number == 0)), "model.cell")
    assert len(noted.read([Tag(visit(), path)], PLACES[0], (o,), h, "gate")) == kept
    assert len(noted.read([Tag(visit(), path)], PLACES[1], (o,), h, "gate")) == 1
    # Of a sum that was known before, what is not h is known as well.
    known = visits(never_h={KEY: set()})
    for _ in range(5):
        known.of_result(node(), "model.cell")
    assert len(known.read([Tag(visit(), path)], PLACES[0], (o,), h, "gate")) == 1


def test_what_a_module_returned_counts_for_its_parts_and_not_what_was_divided_or_lost():
    noted = visits()
    marks = [Mark(None, place) for place in PLACES]
    noted.of_result(node(2, Tag(marks[0]), Tag(marks[1], ("div",)), Tag(marks[2], lost="add"), Tag(visit())), "model")
    noted.of_result(node(4, Tag(marks[3], (MASK,))), "model.cell.inner")
    assert noted.returned_by("model.cell") == {PLACES[0]}
    assert noted.returned_by("model.cell.inner") == {PLACES[0], PLACES[3]}
    assert noted.returned_by("other") == set()
    chain = chain_of(ALL)
    for bit, leads in ((2, True), (4, False), (6, True), (1, False)):
        chain.bit = bit
        assert noted.leads_out(chain, "model.cell") == leads
        assert noted.leads_out(chain, "other")
    noted.leave("model.cell")
    assert noted.leads_out(chain, "model.cell")


def test_sums_that_ran_three_times_and_are_three_steps_of_nothing_are_none():
    noted = visits()
    noted.counts.update({"never joined": 3, "ran twice": 2, "a chain": 9, "a short chain": 9})
    noted.chains = {
        "a chain": [chain_of(*[ALL] * 4), chain_of(*[ALL] * 3)],
        "a short chain": [chain_of(*[ALL] * 9), chain_of(ALL, ALL)],
    }
    assert noted.none() == {"never joined", "a chain"}


def test_what_became_of_a_memory_is_kept_for_the_last_four():
    noted = visits()
    tags = noted.lost([Tag(visit()), Tag(visit(2)), Tag(visit(3, OTHER)), Tag(visit(4, None))], "add", PLACES[0])
    assert [(tag.visit.of, tag.lost, tag.visit.change, tag.visit.place) for tag in tags] == [
        (KEY, "add", "add", PLACES[0]),
        (OTHER, "add", "add", PLACES[0]),
    ]
    later = noted.lost((*tags, *tags, Tag(visit())), "sub", None)
    assert [tag.lost for tag in later] == ["add", "add", "add", "sub"]


def test_a_product_alone_is_fed_by_what_is_computed_of_it_and_visits_are_numbered():
    noted, a, b = visits(), SimpleNamespace(), SimpleNamespace()
    [tag] = noted.started(a, b, PLACES[0], torch.zeros(2))
    assert (tag.visit.key, tag.visit.terms, tag.visit.operation, tag.visit.fed) == (None, ((a, b),), "mul", False)
    own = visit()
    noted.fed([tag, Tag(own), Tag(Mark(None, PLACES[0]))])
    assert (tag.visit.fed, own.fed) == (True, False)
    assert noted.next() - tag.visit.number == 1


@pytest.mark.parametrize(("steps", "is_new"), [(None, True), (1, True), (3, True), (4, False)])
def test_a_sum_is_new_until_its_first_chain_has_four_steps(steps, is_new):
    noted = visits()
    if steps is not None:
        noted.chains[KEY] = [chain_of(*[ALL] * steps), chain_of(ALL)]
    assert noted.is_new(KEY) == is_new
