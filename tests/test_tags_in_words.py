"""Is a tag that the page shows said in plain words, wherever there is room for them?"""

import lstm_core
from gatescope.question.view import SIZES, Source
from gatescope.reading.read import read
from gatescope.recording.about import about_model
from gatescope.unit_list.view import SAYS
from gatescope.unit_list.words import in_full, knows, named
from gatescope.wording.tags import TAGS


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


def test_a_unit_that_tells_a_tag_is_told_of_in_plain_words():
    adp = f"{SAYS}ADP"
    assert knows(adp, 1) == "is high where the model says “ADP” (preposition)"
    assert knows(adp, -1).startswith("is low where")
    assert (named(adp), in_full(adp)) == ("says “ADP”", "says “ADP” (preposition)")
    assert in_full(f"{SAYS}negative") == "says “negative”"
