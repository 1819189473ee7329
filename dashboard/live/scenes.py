"""Which scenes does a lecture begin with? Eight links, each with a sentence, a question, and its answer."""

from __future__ import annotations

from typing import NamedTuple


class Scene(NamedTuple):
    """A page in a state that is worth a question."""

    name: str
    """The scene's name in a link."""
    title: str
    page: str
    """The page's name in the address."""
    query: dict[str, str]
    """The link of the page's state."""
    says: str
    """What there is to see."""
    asks: str
    """A question to the audience."""
    answer: str


_COUNTED = "a" * 10 + "b" * 10

SCENES = (
    Scene(
        "forget",
        "What a forget gate does",
        "",
        {"model": "counter", "sentence": _COUNTED, "quantities": "fc", "pin": "0.0.10"},
        "This LSTM reads a’s, then as many b’s. Its unit 0 (the top row) counts the a’s: c grows by one at each a. "
        "Look at its forget gate f.",
        "What happens to a memory while f is near 1, and what when f falls to 0?",
        "While f is 1, all of c is kept. At the first b, f is 0.03: only 3% of the count is kept, and the rest is "
        "forgotten in one step. The model does not need this count any more.",
    ),
    Scene(
        "keep-and-add",
        "Keep and add",
        "",
        {"model": "random", "sentence": "Giraffes in a field", "pin": "0.2.3"},
        "One cell of an untrained LSTM, with its numbers. At “field”, unit 2 keeps 43% of +0.16, which is +0.07, and "
        "adds +0.20.",
        "What would c be if the forget gate were 0? And if the input gate were 0?",
        "c = f · c before + i · g = +0.07 + 0.20 = +0.27. With f = 0 only what is added is left: +0.20. With i = 0 "
        "only what is kept is left: +0.07.",
    ),
    Scene(
        "reset",
        "The reset bug",
        "lesson",
        {"part": "3"},
        "Three ways to read the same four words. The shapes are right in all three, and PyTorch reports no error.",
        "Which of the three has a bug, and how could you notice it?",
        "The first: it passes the same (h0, c0) at every step, so each word is read as if it were the first (dotted "
        "lines). The first column agrees, all others differ. Compare the last step with one call over all words.",
    ),
    Scene(
        "counting",
        "Counting",
        "",
        {"model": "counter", "sentence": _COUNTED, "pin": "0.1.9"},
        "This LSTM says after each symbol which one may come next. Follow the memory c of unit 1 (the second row).",
        "What must f, i and g of this unit be, so that it counts up in the a’s and down in the b’s?",
        "From the third a on, f and i are 1.00: everything is kept, everything is added. The candidate g is +1.00 at "
        "each a and −1.00 at each b, so c goes up to 9.43 and down to −0.57: below zero, the text may end.",
    ),
    Scene(
        "string",
        "Inside a string",
        "",
        {"model": "python-chars", "sentence": "print(\"hello\", 'world')  # done", "quantities": "fc", "pin": "0.48.9"},
        "This LSTM has learned to predict the next character of Python code. Nobody told it what a string is. Play, "
        "and follow the curve of unit 48.",
        "At which characters does the memory of unit 48 change, and what does it hold?",
        "At the quotes. Its c tells inside from outside of a string; on files that were never trained on, it does so "
        "with an AUC of 0.97 for double quotes and of 0.96 for single ones.",
    ),
    Scene(
        "not-good",
        "Not good",
        "",
        {"model": "sentiment", "sentence": "It is not good", "quantities": "c", "pin": "0.60.2"},
        "This LSTM says after each word whether a film review sounds positive so far. Follow the memory c of unit 60.",
        "Does it understand “not good”? What does “not” change at once, and what only at “good”?",
        "Yes. It goes 0.51, 0.51, 0.51, 0.27. Without “not” it ends at 0.68. By itself “not” says nothing of the film, "
        "so the answer stays. But it takes c of unit 60 to −1.05, and after it “good” is read as blame. The model has "
        "learned this from sentences with “not” before many other words.",
    ),
    Scene(
        "cells",
        "LSTM, GRU, RNN",
        "compare",
        {"cells": "10", "first": "a", "gap": "20", "trained_seed": "0"},
        "All three read a letter, then dots, and are asked for the letter at the end. They have trained for 10 epochs.",
        "Which of them remember the letter? What do the two that can have in common?",
        "The LSTM and the GRU have a gate that can keep. After 10 epochs, from ten seeds each, 6 LSTMs, 8 GRUs and 1 "
        "plain RNN of 4 units always answer right after 100 dots. With more units and epochs a plain RNN does too.",
    ),
    Scene(
        "smaller",
        "A smaller and smaller memory",
        "",
        {
            "model": "tagger-sizes",
            "sentence": "They watch their watch",
            "input_dim": "4",
            "hidden_dim": "16",
            "n_layers": "1",
        },
        "This tagger is trained in many sizes. With 16 units it knows that the first “watch” is a VERB and the second "
        "a NOUN. Move the slider hidden_dim to the left, one size at a time.",
        "At which hidden_dim does it first give both “watch” the same tag? Why there?",
        "At 4: VERB, both times. With 8 units it still tells them apart. The word’s own vector x is the same in both "
        "places, so only the memory can tell them apart, and 4 units have no room for that. Of the test words 90% are "
        "right with 16 units, 89% with 8 and 85% with 4.",
    ),
)
