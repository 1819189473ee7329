"""How is the lesson told where there is only Memory? As five scenes, one a part, in the words of the page Lesson."""

from gatescope.lesson import kinds, kinds_sentences, sentences
from gatescope.lesson.cell import answering_unit, telling_unit
from gatescope.lesson.view import PARTS, LessonView
from gatescope.live.scenes import Scene
from gatescope.live.shared_with_browser import PAGES
from gatescope.question import link
from gatescope.question.holds import Cell, GateHold, Holds
from gatescope.question.view import SIZES, Shown, Source, View
from gatescope.reading.held import read_view
from gatescope.reading.read import read
from lstm_core import Trace, anatomy

FORGETS = Holds((GateHold("f", 0.0), GateHold("h", 0.0)))
"""Nothing of a step reaches the next."""


def lesson() -> list[Scene]:
    return [
        words_become_numbers(),
        one_step_at_a_time(),
        the_state_must_be_carried(),
        a_linear_on_top(),
        lstm_gru_rnn(),
    ]


def words_become_numbers() -> Scene:
    view = View()
    return _scene(
        1,
        view,
        sentences.words_become_numbers(read_view(view).trace),
        "What has this LSTM learned about the words?",
        sentences.NO_LEARNING,
    )


def one_step_at_a_time() -> Scene:
    reading, trace = read(Source()), read_view(View()).trace
    pin = _told_at_the_end(trace)
    worked_out = sentences.memory_and_shown(anatomy(reading.lstm, trace, **pin.at()))
    return _scene(
        2,
        View(shown=Shown(pin=pin)),
        sentences.one_cell(trace, reading.tokens, pin.unit, pin.step),
        "How do c and h come from the gates, in numbers?",
        "; ".join(f"{equation} = {numbers}" for equation, numbers in worked_out) + ".",
    )


def the_state_must_be_carried() -> Scene:
    reset, carried = read_view(View(holds=FORGETS)).trace, read_view(View()).trace
    apart = (reset.c - carried.c).abs().max()
    return _scene(
        3,
        View(shown=Shown(quantities="igco", pin=_told_at_the_end(reset)), holds=FORGETS),
        f"{sentences.THREE_WAYS} Here all words are read at once, so f and h are held at 0: then nothing passes from "
        "one word to the next, and i, g, o and c are those of that forgetful loop. Its f and h, which are not 0, are "
        "left out.",
        "Take both holds away: which column stays as it is?",
        f"The first, because no step comes before it. In the others c differs by up to {apart:.2f}. {sentences.RESET}",
    )


def a_linear_on_top() -> Scene:
    source = Source(model=SIZES)
    reading, trace = read(source), read_view(View(source)).trace
    model, said, step = reading.model, reading.probabilities(), len(trace.x) - 1
    assert model is not None
    assert said is not None
    return _scene(
        4,
        View(source, Shown(pin=Cell(0, 0, answering_unit(trace, model, step, said), step))),
        f"{sentences.TRAINED} {sentences.through_linear(trace, model, reading.tokens, step, said)}",
        f"What does {sentences.PREDICTS} mean?",
        sentences.NEXT_WORD,
    )


def lstm_gru_rnn() -> Scene:
    found = kinds.three(LessonView())
    return _scene(
        5,
        View(shown=Shown(quantities="fch", pin=_told_at_the_end(read_view(View()).trace))),
        f"{kinds_sentences.untrained(found)} {kinds_sentences.what_left_means(False)} Memory draws the LSTM alone; the "
        "page Lesson of the app draws all three.",
        "What do the LSTM and the GRU have that a plain RNN has not, and does it help?",
        f"{kinds_sentences.blocks(found)} {kinds_sentences.learned(kinds.by_gap())}",
    )


def _told_at_the_end(trace: Trace) -> Cell:
    """The cell that the lesson draws: at the last step, the unit to which most is added."""
    step = len(trace.x) - 1
    return Cell(0, 0, telling_unit(trace, step), step)


def _scene(part: int, view: View, says: str, asks: str, answer: str) -> Scene:
    title, _ = PARTS[part]
    return Scene(f"lesson-{part}", title, "", link.in_full(view), _bare(says), asks, _bare(answer), PAGES["lesson"])


def _bare(markdown: str) -> str:
    """A sentence of the page without its marks of code and stress, on one line."""
    return " ".join(markdown.replace("`", "").replace("**", "").split())
