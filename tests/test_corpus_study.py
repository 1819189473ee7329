"""What the study of a corpus prints is what its texts have."""

import lstm_core
from lstm_core.studies import corpus

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


def test_the_units_of_a_bracketed_stretch_are_found_elsewhere(capsys):
    model = lstm_core.load_model("python-chars")
    found = lstm_core.scan(model, CODE)
    units, hits = corpus.in_brackets(model, found, CODE)
    assert units
    assert len(hits) > 3
    assert (hits.shared <= len(units)).all()
    corpus._print_brackets(model, found, CODE)
    said = capsys.readouterr().out
    assert ", ".join(map(str, units)) in said
    assert found.over_represented(hits).property[0] in said


def test_the_longest_memory_is_the_units_with_the_longest_half_life(monkeypatch):
    monkeypatch.setattr(corpus, "AT_LEAST", 2)
    texts = ["the dog saw the cat", "a cat saw the dog in the field", "the field"]
    unit, half_life, words = corpus.longest_memory(texts)
    table = lstm_core.scan(lstm_core.load_model("tagger"), texts).units
    assert half_life == table.half_life.max() == table.half_life[unit]
    assert words["count"].min() >= 2
    assert words.c_change.abs().is_monotonic_decreasing
    assert set(words.token) == {"the", "dog", "saw", "cat", "field"}
