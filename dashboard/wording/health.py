"""What do the pages say of a model's health? First what to look at, with number and advice; what passes, in short."""

from gatescope.wording.escape_markdown import plain
from lstm_core.checking import Report, Row

TITLE = "**Is it healthy?**"
ICONS = {"broken": ":red[:material/error:]", "look": ":orange[:material/info:]"}


def headline(report: Report) -> str:
    """The title, with how many questions pass and how many do not."""
    look, broken = len(report.of("look")), len(report.of("broken"))
    parts = [f":green[{len(report.of('pass'))} pass]"]
    parts += [f":orange[{look} to look at]"] if look else []
    parts += [f":red[{broken} broken]"] if broken else []
    return f"{TITLE} {' · '.join(parts)}"


def item(row: Row) -> str:
    """A row that does not pass: title, number, and the line that mends it."""
    return f"{ICONS[row.result]} **{plain(row.question)}** · {plain(row.number)}  \n{plain(row.advice)}"


def passing(report: Report) -> str:
    """What passes, on one line; a tick stays with its first word where the line is broken."""
    return " · ".join(f"✓\N{NO-BREAK SPACE}{plain(row.question)}" for row in report.of("pass"))


def numbers(report: Report) -> list[dict[str, str]]:
    """What passes, each with its number."""
    return [{"question": plain(row.question), "number": plain(row.number)} for row in report.of("pass")]


def read(report: Report) -> str:
    """What the model read to be asked."""
    return f"Its weights, and {plain(report.read)}."
