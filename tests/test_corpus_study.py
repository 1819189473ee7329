"""What the study of a corpus prints is what its texts have."""

import lstm_core
from studies import corpus

CODE = [
    f'def greet_{name}(who):\n    print("{name}, and", who)  # to {name}\n    return ({n}, "{name} [again]")\n'
    for n, name in enumerate(["hello", "good_morning", "bye", "see_you", "thanks", "please"])
]


def inside_quotes(text, time):
    """Whether a step stands between two quotes in one of these texts, which have quotes of one kind."""
    return text[: time + 1].count('"') % 2 == 1


def test_the_string_unit_is_that_of_find_units_and_its_steps_are_counted():
    found = lstm_core.scan(lstm_core.load_model("python-chars"), CODE)
    tracking, steps, inside = corpus.in_strings(found, CODE)
    assert tracking.table.score.iloc[0] > 0.8
    assert len(steps) == 20
    by_hand = sum(inside_quotes(CODE[row.text], row.time) for row in steps.itertuples())
    assert inside == by_hand >= 15


def test_the_memory_that_leaks_slowest_is_the_units_with_the_longest_leak(monkeypatch):
    monkeypatch.setattr(corpus, "AT_LEAST", 2)
    texts = ["the dog saw the cat", "a cat saw the dog in the field", "the field"]
    unit, leak, words = corpus.slowest_leak(texts)
    table = lstm_core.scan(lstm_core.load_model("tagger"), texts).units
    assert leak == table.leak.max() == table.leak[unit]
    assert words["count"].min() >= 2
    assert words.c_change.abs().is_monotonic_decreasing
    assert set(words.token) == {"the", "dog", "saw", "cat", "field"}
