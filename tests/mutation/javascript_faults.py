"""Which small faults can a module of the browser have? One for each operator, number or call that could be another."""

import re
from collections.abc import Iterator

from tests.mutation.fault import Fault

# What is no code: comments, texts, and regular expressions after a bracket, comma or sign.
NO_CODE = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|(?<=[(,=:] )/(?:\\.|[^/\\\n])+/",
    re.DOTALL,
)
OTHERS = {
    r" === ": " !== ",
    r" !== ": " === ",
    r" < ": " <= ",
    r" <= ": " < ",
    r" > ": " >= ",
    r" >= ": " > ",
    r" \+ ": " - ",
    r" - ": " + ",
    r" \* ": " / ",
    r" && ": " || ",
    r" \|\| ": " && ",
    r"\bMath\.min\b": "Math.max",
    r"\bMath\.max\b": "Math.min",
    r"\bMath\.floor\b": "Math.ceil",
    r"\bMath\.ceil\b": "Math.floor",
    r"\bMath\.round\b": "Math.floor",
    r"\btrue\b": "false",
    r"\bfalse\b": "true",
    r"(?<=[\[(, ])0(?=[\]), ])": "1",
    r"(?<=[\[(, ])1(?=[\]), ])": "2",
    r"(?<=[ (])!(?=\w)": "!!",
}


def faults_in(file: str, text: str) -> Iterator[Fault]:
    """Every fault of one place in a JavaScript file, from top to bottom."""
    # As long as the text, so that positions stay.
    code = NO_CODE.sub(lambda found: re.sub(r"[^\n]", "·", found[0]), text)
    found = []
    for pattern, after in OTHERS.items():
        for match in re.finditer(pattern, code):
            beside = code[max(0, match.start() - 1)] + code[min(len(code) - 1, match.end())]
            # A text can't be subtracted.
            if not (pattern == r" \+ " and "·" in beside):
                found.append((match.start(), match.end(), after))
    for start, end, after in sorted(found):
        line = text[:start].count("\n")
        around = text.splitlines()[line].strip()
        changed = text[:start] + after + text[end:]
        yield Fault(file, line + 1, around, changed.splitlines()[line].strip(), changed)
