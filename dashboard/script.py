"""Which Python makes the same trace?"""

from __future__ import annotations

from dashboard.reading import Reading
from dashboard.view import OWN, View
from lstm_core import SequenceModel


def python_code(view: View, reading: Reading) -> str:
    """A script that makes the same trace."""
    document, model = reading.document, reading.model
    text = f"open({document.name!r}, encoding='utf-8-sig').read()" if document else repr(view.sentence)
    if model is not None:
        source = file_of(model) if view.model.startswith(OWN) else model.name
        read = f"lstm_core.read_series({text}).values" if model.reads == "numbers" else f"model.tokens({text})"
        return f"""import lstm_core

model = lstm_core.load_model({source!r})
tokens = {read}
x = model.vectors(tokens).detach()
trace = lstm_core.run(model.lstm, x)
print(trace)
print(model.probabilities(model.scores(trace)))
"""
    cut = f"[:{len(reading.tokens)}]" if reading.notices else ""
    both = ", bidirectional=True" if view.directions == 2 else ""
    if reading.series is not None:
        read = f"""series = lstm_core.read_series({text})
x = Numbers.fitted(series.names, series.values)(series.values)"""
        return _random(f"from lstm_core.models.embeddings import Numbers\n\n{read}", view, reading, both, "")
    read = f"""tokens = lstm_core.{view.tokens}({text}){cut}
x = lstm_core.token_vectors(tokens, input_size={view.input_dim}, seed={view.seed})"""
    return _random(f"\n{read}", view, reading, both, ", tokens=tokens")


def file_of(model: SequenceModel) -> str:
    """What a visitor's own model is called when it is taken along."""
    return f"{model.name}.safetensors"


def _random(read: str, view: View, reading: Reading, both: str, tokens: str) -> str:
    """The script of a random LSTM, `read` what makes x."""
    lstm = reading.lstm
    return f"""import lstm_core
{read}
lstm = lstm_core.random_lstm(
    input_size={lstm.input_size}, hidden_size={lstm.hidden_size}, num_layers={lstm.num_layers}, seed={view.seed}{both}
)
trace = lstm_core.run(lstm, x{tokens})
print(trace)
"""
