"""Which Python script makes the trace of a source again?"""

from gatescope.question.holds import NONE, Holds
from gatescope.question.view import OWN, SIZES, Source
from gatescope.reading.held import in_steps, steps_left
from gatescope.reading.read import Reading
from lstm_core import Hold, SequenceModel


def python_code(source: Source, reading: Reading, holds: Holds = NONE) -> str:
    """A script that makes the trace of a source again, with its holds."""
    document, model = reading.document, reading.model
    if reading.only_watched:
        assert document is not None
        return f"import lstm_core\n\ntrace = lstm_core.load({document.name!r})\nprint(trace)\n"
    text = f"open({document.name!r}, encoding='utf-8-sig').read()" if document else repr(source.sentence)
    if model is not None:
        read = f"lstm_core.read_series({text}).values" if model.reads == "numbers" else f"model.tokens({text})"
        return f"""{_loaded(source, model)}
tokens = {read}
x = model.vectors(tokens).detach()
{_run("model.lstm", "", reading, holds)}
print(trace)
print(model.probabilities(model.scores(trace)))
"""
    cut = f"[:{len(reading.tokens)}]" if reading.notices else ""
    both = ", bidirectional=True" if source.directions == 2 else ""
    if reading.series is not None:
        read = f"""series = lstm_core.read_series({text})
x = Numbers.fitted(series.names, series.values)(series.values)"""
        return _random(f"from lstm_core.models.embeddings import Numbers\n\n{read}", source, reading, both, "", holds)
    read = f"""tokens = lstm_core.{source.tokens}({text}){cut}
x = lstm_core.inputs.token_vectors(tokens, input_size={source.input_dim}, seed={source.seed})"""
    return _random(f"\n{read}", source, reading, both, ", tokens=tokens", holds)


def _run(lstm: str, tokens: str, reading: Reading, holds: Holds) -> str:
    """The line that runs an LSTM over x, inside its holds; a word that is left out goes first."""
    left = steps_left(holds, len(reading.tokens))
    lines = []
    if holds.without:
        lines.append(f"left = [step for step in range(len(x)) if step not in {list(holds.without)}]")
        lines.append("x = x[left]")
        tokens = tokens and ", tokens=[tokens[step] for step in left]"
    run = f"trace = lstm_core.run({lstm}, x{tokens})"
    gates = in_steps(holds, left)
    if not gates:
        return "\n".join([*lines, run])
    held = "".join(f"    {_held(hold)},\n" for hold in gates)
    return "\n".join([*lines, f"holds = [\n{held}]\nwith lstm_core.intervene({lstm}, *holds):\n    {run}"])


def _held(hold: Hold) -> str:
    units = "" if hold.units is None else f", units={list(hold.units)}"
    place = f", layer={hold.layer}" * bool(hold.layer) + f", direction={hold.direction}" * bool(hold.direction)
    steps = "" if hold.steps is None else f", steps={list(hold.steps)}"
    return f"lstm_core.Hold({hold.gate!r}, {hold.value!r}{units}{place}{steps})"


def _loaded(source: Source, model: SequenceModel) -> str:
    """The lines that make the model."""
    if source.model == SIZES:
        lstm = model.lstm
        size = f"input_size={lstm.input_size}, hidden_size={lstm.hidden_size}, num_layers={lstm.num_layers}"
        return f"import lstm_core\nfrom lstm_core.models.sizes import sized_tagger\n\nmodel = sized_tagger({size})"
    name = file_of(model) if source.model.startswith(OWN) else model.name
    return f"import lstm_core\n\nmodel = lstm_core.load_model({name!r})"


def file_of(model: SequenceModel) -> str:
    """The file name of a visitor's own model."""
    return f"{model.name}.safetensors"


def _random(read: str, source: Source, reading: Reading, both: str, tokens: str, holds: Holds) -> str:
    """The script of a random LSTM; `read` is the line that makes x."""
    lstm = reading.lstm
    return f"""import lstm_core
{read}
lstm = lstm_core.models.random_lstm(
    input_size={lstm.input_size}, hidden_size={lstm.hidden_size}, num_layers={lstm.num_layers}, seed={source.seed}{both}
)
{_run("lstm", tokens, reading, holds)}
print(trace)
"""
