"""Which faults change nothing that anybody could see? They are printed apart, and are no part of the share."""

from __future__ import annotations

from tests.mutation.fault import Fault

# By the file and the line with the fault: why the program does what it did.
REASONS = {
    (
        "lstm_core/scanning/tally.py",
        "if sum(map(len, self._drawn)) > 3 * self._most:",
    ): "a sample is cut to the same steps, only later",
    (
        "lstm_core/checkpoints/hdf5_file.py",
        "longest = count * self._size if kind.is_variable_str() and count > 1 else 1",
    ): "only asked is whether it is more than a million",
    (
        "assets/browser/film/gif_of.js",
        "for (let y = 0; y <= part.height; y += 1) {",
    ): "what is written behind the end of a typed array is nowhere",
    (
        "assets/browser/film/gif_of.js",
        "for (let x = 0; x <= part.width; x += 1) found[y * part.width + x] = place(pixels[row + x])",
    ): "one place too many is the first of the next row, which is written after it",
    (
        "assets/browser/picture/sticky_words.js",
        "this.#shown = !isIntersecting && boundingClientRect.top <= 0",
    ): "a mark at the very edge of the window intersects it",
}


def why_equal(fault: Fault) -> str:
    """Why a fault changes nothing; "" if it changes something."""
    line = fault.text.splitlines()[fault.line - 1].strip()
    # As an assert, which has no faults: it can only fail where the code around it is wrong.
    if fault.before == "True" and "strict=False" in line:
        return "zip's check that its parts are equally long, which they are"
    return REASONS.get((fault.file, line), "")
