"""The page Compare by AppTest: what it opens with, what is chosen on it, and what its link says."""

import copy
import json

import pytest
from opened_page import address, opened, well

import lstm_core
from gatescope.comparing import sentences
from gatescope.comparing.candidates import of_one_kind
from gatescope.comparing.rivals import rivals
from gatescope.comparing.two_readings import two
from gatescope.comparing.view import Side
from gatescope.question.view import SIZES, Source
from gatescope.reading.example_texts import examples
from gatescope.reading.read import read
from gatescope.store import text_files, visitor_models
from gatescope.wording.tags import TAGS

AIM = {"model": SIZES, "sentence": "You first and only aim to win", "input_dim": "64", "hidden_dim": "16"}


def drawn(app):
    """What the browser is given to draw."""
    [two] = [part.proto for part in well(app).get("bidi_component") if part.proto.component_name == "gatescope.compare"]
    return json.loads(two.json)


def press(app, name):
    [button] = [one for one in app.button if one.label == name]
    return button.click().run()


def told(app):
    kinds = (app.info, app.warning, app.markdown, app.caption)
    return "\n".join(one.value for kind in kinds for one in kind)


def test_it_opens_on_the_nearest_rival_and_names_both_in_the_link():
    app = opened("compare", **AIM)
    assert drawn(app)["head"] == "“You” or “Your”: four words later, “aim” is a verb or a noun."
    assert address(app)["sentence_b"] == "Your first and only aim to win"
    assert drawn(opened("compare", **address(app))) == drawn(app)
    assert "both are checked: they match PyTorch to " in drawn(app)["proof"]
    # What a file of its pictures says of them.
    assert any("gs-made" in part.proto.body and "A: " in part.proto.body for part in app.get("html"))


def test_the_bare_page_opens_on_another_word_of_the_same_kind_which_turns_an_answer_when_both_are_read_again():
    app = opened("compare")
    said = address(app)
    source = Source(
        said["sentence"], *(int(said[name]) for name in ("input_dim", "hidden_dim", "n_layers")), model=SIZES
    )
    tokens, other = source.sentence.split(), said["sentence_b"].split()
    [changed] = [step for step, (a, b) in enumerate(zip(tokens, other, strict=True)) if a != b]
    assert of_one_kind(tokens[changed], other[changed])
    model = read(source).model
    answers = [model.probabilities(model(model.vectors(text)))[:, 0] for text in (tokens, other)]
    turned = [step for step in range(len(tokens)) if answers[0][step].argmax() != answers[1][step].argmax()]
    assert max(turned) > changed
    tags = [TAGS[model.labels[said[max(turned)].argmax()]] for said in answers]
    assert drawn(app)["head"].endswith(f"“{tokens[max(turned)]}” is {tags[0]} or {tags[1]}.")


def test_the_bare_page_opens_on_the_smallest_size_where_such_a_word_turns_an_answer():
    app = opened("compare")
    assert (address(app)["hidden_dim"], list(app.warning)) == ("8", [])
    for units in (3, 4, 8):
        source = Source(model=SIZES, hidden_dim=units)
        reading = read(source)
        by_kind = [one for one in rivals(source, reading).found if of_one_kind(reading.tokens[one.step], one.token)]
        assert bool(by_kind) == (units == 8)


def test_a_link_of_the_opening_s_own_size_stays_there():
    own = {"model": SIZES, "sentence": "Giraffes in a field", "hidden_dim": "3"}
    assert address(opened("compare", **own))["hidden_dim"] == "3"


def test_next_and_back_lead_through_the_rivals():
    source = Source(AIM["sentence"], 64, 16, model=SIZES)
    texts = [one.text for one in rivals(source, read(source)).found]
    app = opened("compare", **AIM)
    assert address(press(app, "Next"))["sentence_b"] == texts[1]
    assert address(press(app, "Back"))["sentence_b"] == texts[0]
    assert address(press(app, "Back"))["sentence_b"] == texts[-1]
    assert address(press(app, "Next"))["sentence_b"] == texts[0]


def test_another_text_has_another_rival_and_a_typed_one_stays():
    app = opened("compare", **AIM)
    app.text_input(key="compare.sentence").set_value("They watch their watch").run()
    first = address(app)["sentence_b"]
    assert first != "Your first and only aim to win"
    assert sum(a != b for a, b in drawn(app)["words"]) == 1
    app.text_input(key="compare.sentence_b").set_value("We watch this old watch").run()
    app.text_input(key="compare.sentence").set_value("They watch this old watch").run()
    assert address(app)["sentence_b"] == "We watch this old watch"


def test_a_link_of_one_text_twice_finds_a_rival_and_what_is_typed_twice_stays_and_is_said():
    app = opened("compare", **AIM, sentence_b=AIM["sentence"])
    assert address(app)["sentence_b"] == "Your first and only aim to win"
    app.text_input(key="compare.sentence_b").set_value(AIM["sentence"]).run()
    assert app.text_input(key="compare.sentence_b").value == AIM["sentence"]
    assert sentences.SAME in told(app)
    app.text_input(key="compare.sentence").set_value("They watch this old watch").run()
    assert app.text_input(key="compare.sentence_b").value == AIM["sentence"]
    assert sentences.SAME not in told(app)
    # Of one word nothing can be changed: the next text finds a rival again.
    one = opened("compare", **AIM | {"sentence": "You"})
    assert sentences.SAME not in told(one)
    one.text_input(key="compare.sentence").set_value(AIM["sentence"]).run()
    assert address(one)["sentence_b"] == "Your first and only aim to win"


@pytest.mark.parametrize(
    ("b", "steps", "says"),
    [
        # The longer text's last word has no partner.
        (
            "The old man saw a very big boat yesterday",
            [(3, 3), (4, 7)],
            "At “the” or “saw” c differs by up to {:.2f}, and at “boat” by up to {:.2f}.",
        ),
        ("The old man has the boat", [(4, 5)], "At “boat” c differs by up to {:.2f}."),
        ("The old man the boat again", [], "Where one text ends the other goes on: until there both read the same."),
    ],
)
def test_what_a_change_does_to_c_is_told_of_words_that_both_texts_have(b, steps, says):
    a = Side(Source("The old man the boat"))
    readings = read(a.source), read(a.with_text(b).source)
    found = two(a, readings[0], a.with_text(b), readings[1])
    c_a, c_b = (one.trace.c[0, 0, :, 0] for one in readings)
    assert sentences.effect(found, None) == says.format(*(float((c_a[x] - c_b[y]).abs().max()) for x, y in steps))


def test_the_carrying_unit_is_drawn_first_with_its_numbers():
    app = opened("compare", **AIM)
    both = [read(Source(address(app)[name], 64, 16, model=SIZES)).trace for name in ("sentence", "sentence_b")]
    first, *others = drawn(app)["units"]
    assert (first["name"], first["role"]) == ("unit 2", "carries it")
    for letter in "cfo":
        for side, trace in enumerate(both):
            assert first[letter][side] == trace.cells(letter)[2].tolist()
    assert [other["role"] for other in others] == [""] * 3
    assert drawn(app)["others"]["name"] == "largest of 12 others"
    undo = drawn(app)["carrier"]["undo"]
    assert undo["at"] == ["You | Your", "first", "and", "only"]
    said = [(row["name"], row["says"]) for row in undo["rows"]]
    assert said == [("unit 2", "Undone, at any of these."), ("15 others", "Not undone.")]


def test_of_a_long_text_the_steps_around_the_change_are_drawn():
    app = opened("compare", model="series")
    shown = drawn(app)
    assert len(shown["words"]) < len(read(Source(address(app)["sentence"], model="series")).tokens)
    [fork] = [n for n, (a, b) in enumerate(shown["words"]) if a != b]
    assert any(n > fork for n in shown["turned"])
    assert shown["shown"].startswith("steps ")
    assert [len(values) for values in shown["series"]["read"]] == [len(shown["words"])] * 2
    # A forecast has turned that comes nearer to the other one's.
    b, a, others = shown["carrier"]["ways"]
    said = {name: float(way["was"]["label"]) for name, way in (("a", a), ("b", b))}
    for way, wanted, start in ((b, "a", "b"), (a, "b", "a"), (others, "a", "b")):
        value = float(way["becomes"]["label"])
        assert way["becomes"]["filled"] == (abs(value - said[wanted]) < abs(value - said[start]))


def test_two_models_read_one_text_and_each_has_its_own_rows():
    app = opened("compare", **AIM)
    app.segmented_control(key="compare.what").set_value("models").run()
    assert drawn(app)["head"].startswith("The two models differ at ")
    assert address(app)["hidden_dim_b"] == "3"
    assert "sentence_b" not in address(app)
    a, b = drawn(app)["models"]
    assert (len(a["c"]), len(b["c"])) == (8, 3)
    app.text_input(key="compare.sentence").set_value("Dogs bark").run()
    assert [words[1] for words in drawn(app)["words"]] == ["Dogs", "bark"]
    app.segmented_control(key="compare.what").set_value("texts").run()
    assert {"hidden_dim_b"}.isdisjoint(address(app))
    assert drawn(app)["words"] != [[word, word] for word in ("Dogs", "bark")]


def test_where_two_models_answer_alike_a_button_leads_to_a_text_where_they_do_not():
    offer = "Try a sentence where they differ"
    app = opened("compare", model=SIZES, hidden_dim="3")
    app.segmented_control(key="compare.what").set_value("models").run()
    assert drawn(app)["head"] == "Both models give the same answers."
    press(app, offer)
    assert drawn(app)["head"].startswith("The two models differ at ")
    assert address(app)["sentence"] in examples(read(Source()).model, "words").values()
    assert "sentence_b" not in address(app)
    assert offer not in [one.label for one in app.button]
    # Labels of another kind always differ.
    assert offer not in [one.label for one in opened("compare", model=SIZES, model_b="sentiment").button]


def test_an_old_link_of_two_seeds_opens_two_models():
    app = opened("compare", model="random", sentence="hello there", seed_b="4", layer="1", strips="fh")
    assert [one["title"][0] for one in drawn(app)["models"]] == ["A", "B"]
    assert address(app)["seed_b"] == "4"


def test_an_old_link_of_three_kinds_of_cell_opens_the_lesson():
    app = opened("compare", cells="10", first="a", gap="20", trained_seed="0")
    assert address(app)["part"] == "5"


def test_two_epochs_of_a_model_that_was_trained_here_are_compared_and_in_the_link():
    learned = {epoch.number: copy.deepcopy(epoch.model) for epoch in lstm_core.training.epochs("counter", epochs=4)}
    key = visitor_models.put(learned.pop(4), learned)
    app = opened("compare", sentence="aabb", model=key, epoch="1", epoch_b="4")
    assert "Of epoch 4 no model was kept" in told(app)
    assert drawn(app)["says"] == "A, after epoch 1 · B, after epoch 3"
    app.select_slider(key="compare.epoch_b").set_value(2).run()
    assert drawn(app)["says"] == "A, after epoch 1 · B, after epoch 2"
    assert {"epoch": "1", "epoch_b": "2", "model": key}.items() <= address(app).items()


def test_an_opened_file_is_compared_with_the_sentence_and_stays_open():
    key = text_files.keep("poem.txt", b"roses are red and violets")
    app = opened("compare", model="random", sentence="hello old friend", file=key)
    assert [a for a, _ in drawn(app)["words"]] == ["roses", "are", "red", "and", "violets"]
    [button] = [one for one in app.button if one.label == "Read the sentence instead"]
    button.click().run()
    assert [a for a, _ in drawn(app)["words"]] == ["hello", "old", "friend"]


def test_the_swap_opens_on_memory_with_the_unit_held_at_the_others_c():
    app = opened("compare", **AIM)
    [swap, *_] = drawn(app)["carrier"]["links"]
    c = read(Source(AIM["sentence"], 64, 16, model=SIZES)).trace.cells("c")[2, 3]
    assert f"holds=c.0.2.3_{c:.4f}"[:-1] in swap["query"]
    assert "pin=0.2.3" in swap["query"]
    assert "sentence=Your+first" in swap["query"]


@pytest.mark.parametrize("sentence", ["", " ", "<b>x</b> ![y](http://example.org/z.png)a" * 3000, "x " * 700])
def test_whatever_is_typed_is_a_text_or_a_sentence(sentence):
    app = opened("compare")
    [box, *_] = app.text_input
    box.set_value(sentence).run()
    well(app)
    assert "![y](" not in told(app)


@pytest.mark.parametrize("model", ["counter", "copy", "brackets", "series", "tagger"])
def test_a_text_that_a_model_cannot_read_is_a_sentence(model):
    well(opened("compare", model=model, sentence="Giraffes in a field"))


def test_impossible_values_fall_back_and_are_named():
    app = opened("compare", state="q", hidden_dim_b="0")
    assert told(app).count("is not possible") == 2


def test_epochs_of_a_model_that_is_not_here_are_a_sentence_and_stay_in_the_link():
    app = opened("compare", sentence="aabb", model="own-elsewhere", epoch="1", epoch_b="2")
    assert told(app).count("no longer on the server, or never was") == 1
    assert {"epoch": "1", "epoch_b": "2", "model": "own-elsewhere"}.items() <= address(app).items()


def test_a_text_of_several_lines_stays_one():
    text = "a = 'b'\nc = 'd'"
    app = opened("compare", model="python-chars", sentence=text)
    box = app.text_area(key="compare.sentence")
    assert box.value == text
    box.set_value(text + "\ne").run()
    assert address(well(app))["sentence"] == text + "\ne"
    app.text_area(key="compare.sentence").set_value("one line").run()
    assert address(well(app))["sentence"] == "one line"
    app.text_area(key="compare.sentence").set_value(text).run()
    assert address(well(app))["sentence"] == text
