"""What do the sentences say about a file of weights: what is in it, what can be chosen, what was built from it?"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from torch import nn

from gatescope.checkpoint.opening import Opened, rows_alone
from gatescope.question.link import shortened
from gatescope.wording.escape_markdown import plain
from lstm_core import LstmCoreError, SequenceModel
from lstm_core.checkpoints import Checkpoint, read_vocabulary
from lstm_core.checkpoints.find_layers import Recurrent
from lstm_core.models.embeddings import Numbers, Rows, Vocabulary
from lstm_core.plots.labels import label
from lstm_core.recording.kinds import kind_of


def headline(opened: Opened) -> str:
    """The file's name and its contents, in a sentence."""
    content = opened.content
    if isinstance(content, SequenceModel):
        inside = f"the model {plain(shortened(content.name))}, whole"
    else:
        kinds = Counter(kind_of(module).name for module in content.recurrent.values())
        counts = (
            *((count, kind, f"{kind}s") for kind, count in sorted(kinds.items(), reverse=True)),
            (len(content.embeddings), "embedding", "embeddings"),
            (len(content.linears), "Linear", "Linears"),
        )
        inside = ", ".join(f"{count:,} {one if count == 1 else more}" for count, one, more in counts)
    return f"**{plain(shortened(opened.name))}** · {_bytes(opened.size)} · {inside}"


def _bytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} KB" if size >= 1e3 else f"{size} bytes"


def dimensions(module: nn.Module) -> str:
    """The sizes of an LSTM, GRU or RNN in the lesson's terms; of other modules, their input and output sizes."""
    if isinstance(module, (nn.RNNBase, nn.RNNCellBase)):
        return _recurrent_dimensions(module)
    if isinstance(module, nn.Linear):
        return f"{module.in_features:,} → {module.out_features:,}"
    if isinstance(module, nn.Embedding):
        return f"{module.num_embeddings:,} rows of {module.embedding_dim:,}"
    if isinstance(module, Rows):
        return f"{module.rows:,} rows of {module.size:,}"
    if isinstance(module, Vocabulary):
        return f"{len(module.tokens):,} tokens, {module.size:,} numbers each"
    return f"{getattr(module, 'size', 0):,} numbers a step"


def _recurrent_dimensions(module: Recurrent) -> str:
    parts = [f"input_dim {module.input_size:,}", f"hidden_dim {module.hidden_size:,}"]
    if isinstance(module, nn.RNNBase):
        parts.append(f"n_layers {module.num_layers}")
        parts += ["both directions"] if module.bidirectional else []
        parts += [f"proj_size {module.proj_size:,}"] if module.proj_size else []
    parts += [] if module.bias else ["no bias"]
    dtype = str(next(module.parameters()).dtype).removeprefix("torch.")
    return " · ".join(parts + ([] if dtype == "float32" else [dtype]))


def kinds(content: Checkpoint) -> str:
    """What there is to choose from: LSTM, or LSTM or GRU."""
    return " or ".join(sorted({kind_of(module).name for module in content.recurrent.values()}, reverse=True))


def options(content: Checkpoint, modules: Mapping[str, nn.Module], names: Iterable[str]) -> dict[str | None, str]:
    """The texts of some modules in a list of choices."""
    return {name: f"{shortened(name, 60) or 'the only one'} ({_sizes(content, modules[name])})" for name in names}


def _sizes(content: Checkpoint, module: nn.Module) -> str:
    if not isinstance(module, (nn.RNNBase, nn.RNNCellBase)):
        return dimensions(module)
    kind = f"{type(module).__name__} " * (kinds(content) != kind_of(module).name)
    return f"{kind}{module.input_size:,} → {module.hidden_size:,}"


def label_of(file: str, model: SequenceModel) -> str:
    """The name, in the main page's list, of a model from this file."""
    if model.name in ("", "LSTM", "GRU", "RNN", file):
        return shortened(file, 30)
    return f"{shortened(file, 30)}: {shortened(model.name)}"


def reads(model: SequenceModel) -> str:
    if model.reads == "numbers":
        return f"Each step is {model.lstm.input_size:,} numbers, a row of a CSV. {scaling(model)}"
    if rows_alone(model):
        return "Without a vocabulary it reads the numbers of the embedding’s rows."
    others = (
        " Those that are not in its vocabulary share one vector."
        if isinstance(model.embedding, (Rows, Vocabulary))
        else ""
    )
    return f"It reads {model.reads}.{others}{rows_without_a_token(model)}"


def rows_without_a_token(model: SequenceModel) -> str:
    """A sentence on rows of its table for which a vocabulary has no token; "" if there are none."""
    table = model.embedding
    if not isinstance(table, Rows) or not table.tokens:
        return ""
    # A row that a vocabulary leaves out has its number for a token.
    named = sum(token != f"<{row}>" for row, token in enumerate(table.tokens))
    if named == table.rows:
        return ""
    return f" Its vocabulary has tokens for {named:,} of the embedding’s {table.rows:,} rows."


def scaling(model: SequenceModel) -> str:
    if isinstance(model.embedding, Numbers) and model.embedding.is_raw:
        return "The numbers go in as they are: scale them as in training."
    return "The model scales them as in its training."


def shortened_example(example: str) -> str:
    """An example, shortened as the hint in an empty box."""
    return shortened(example, 80) if "\n" not in example else f"a made-up wave: {shortened(example, 40)}"


_SAVING = re.compile(r"^## (.+)\n\n```python\n((?:.*\n)*?)```\n\n(.+)$", re.MULTILINE)
# How to save a model, by framework: code, and what to know about the file.
HOW_TO_SAVE = {
    name: (code, note)
    for name, code, note in _SAVING.findall(Path(__file__).with_name("how_to_save.md").read_text(encoding="utf-8"))
}


def how_many_tokens(vocabulary: str) -> str:
    """How many tokens a vocabulary has, after its name; "" if it can't be read, which is said elsewhere."""
    try:
        count = len(read_vocabulary(vocabulary))
    except LstmCoreError:
        return ""
    return f", {count:,} token{'' if count == 1 else 's'}"


def own_vocabulary(tokens: tuple[str, ...]) -> str:
    """Which tokens a file names itself; "" if it names none."""
    if not tokens:
        return ""
    first = ", ".join(label(token) for token in tokens[:4]) + (", …" if len(tokens) > 4 else "")
    return f"in the file: {len(tokens):,} tokens ({first}); paste others to use those"
