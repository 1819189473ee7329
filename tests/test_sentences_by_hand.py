"""What the page Your model says, by hand: against and for, before and after, one and several."""

from gatescope.checkpoint import sentences as open_sentences
from gatescope.question.view import Source
from gatescope.reading.read import read
from gatescope.wording import sentences

# Open.


def test_the_tokens_that_a_file_names_are_said_the_first_four_of_many():
    assert open_sentences.own_vocabulary(()) == ""
    four = open_sentences.own_vocabulary(("a", " ", "c", "d"))
    assert four == "in the file: 4 tokens (a, ␣, c, d); paste others to use those"
    assert "5 tokens (a, b, c, d, …);" in open_sentences.own_vocabulary(tuple("abcde"))


# Captions.


def test_a_caption_says_by_which_lstm_it_was_made():
    source = Source("a b", directions=2, seed=7)
    reading = read(source)
    said = sentences.made(source, reading, reading.trace)
    assert "input_dim=4, hidden_dim=3, n_layers=1, bidirectional, seed=7; checked: matches PyTorch to" in said
    tagged = Source("a b", model="tagger")
    assert "trained, tagger: input_dim=" in sentences.made(tagged, read(tagged), read(tagged).trace)
    sized = Source("a b", model="tagger-sizes")
    assert "trained, tagger, every size: input_dim=4" in sentences.made(sized, read(sized), read(sized).trace)
    assert [sentences.steps_are(one, read(one)) for one in (Source("a", tokens="characters"), tagged)] == [
        "characters",
        "words",
    ]
    assert [sentences.listed(parts) for parts in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
