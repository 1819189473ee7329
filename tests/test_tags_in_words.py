"""Is a tag that the page shows said in plain words, wherever there is room for them?"""

import lstm_core
from gatescope.question.view import SIZES, Source
from gatescope.reading.read import read
from gatescope.recording.recording import about_model
from gatescope.wording.sentences import TAGS


def test_every_tag_of_a_tagger_has_its_words():
    for name in ("tagger", "tagger-bi"):
        assert {*lstm_core.load_model(name).labels} <= {*TAGS}


def test_the_picture_knows_what_tags_mean_and_of_other_labels_nothing():
    means = about_model(read(Source(model=SIZES)))["means"]
    assert means["ADP"] == "a preposition"
    assert means["CCONJ"] == "a conjunction"
    # A single letter may be any model's symbol.
    assert "X" not in means
    for other in ("counter", "python-chars", "sentiment"):
        assert not about_model(read(Source(model=other, sentence="ab"))).get("means")
