"""What does each unit do in a whole corpus?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import nn

from lstm_core.progress import Progress
from lstm_core.scanning.reading import read_into_store
from lstm_core.scanning.result import Scan
from lstm_core.scanning.sources import Texts


def scan(
    model: nn.Module,
    texts: Texts,
    *,
    top: int = 20,
    quantiles: int = 10,
    store: str | Path | None = None,
    batch_size: int | None = None,
    resume: str | Path | None = None,
    progress: Progress | bool | None = None,
    client: Any = None,
    quantities: Sequence[str] | None = None,
) -> Scan:
    """Let a model read a corpus, and keep the memory of each unit at every step: its range, histogram and gates, the
    steps with the largest and smallest values, correlations, responses to tokens, searches.

    `model`: a SequenceModel; an `nn.LSTM`, `nn.GRU` or `nn.RNN`, or a model with one of them in it, which alone is run
    and reads arrays; or a model with a cell written by hand, which reads arrays as (time, batch, *feature) or (batch,
    time, *feature): c, i and f are read, several memories are layers. `texts`: a path (a file: a text a line; a folder:
    a text a file), or an iterable of texts, each a str, a list of tokens, an array (time, feature) or the `Path` of a
    file. `top`: how many of each unit's largest and smallest values `Scan.top` gives; `quantiles`: from how many there
    are samples; `batch_size`: how many texts are read at once.

    `quantities`: what is stored of every step, such as ("c",), which is smallest, or "ifgoch"; c and h if none are
    named (of a GRU or an RNN h, of a cell written by hand c). A number takes four bytes, so a million steps of 256
    units take a gigabyte a quantity; the log says how much before it begins. The shares of gates and the ranges of c
    and h are in `Scan.units` in any case.
    `store`: the folder in which they are kept, a Zarr group (`xarray.open_zarr(store)`), for
    `lstm_core.load_scan(store)`; an older scan there stays until this one is whole. Without, a temporary folder is
    deleted when the scan is no longer used.
    `resume`: a folder in which each part of some 100,000 steps is kept, so that the same call goes on after a stop; an
    error has a note on what is kept. `progress` is called with the share done (without a length, 0 until the end); an
    exception from it ends the scan. With `progress=True` a bar is shown. The threads of this machine read, or the
    workers of `client`, a `distributed.Client` (extra: gatescope[scan]) on a disk that all of them see; if one is
    active, it is used. The number of workers changes no bit of the result; another `batch_size` changes the last bits.

    Raises LstmCoreError for a corpus without tokens, a text that the model can't read, a `resume` folder of another
    scan, and a `store` that another scan is writing.

    >>> import lstm_core
    >>> found = scan(lstm_core.load_model("counter"), ["aabb", "ab", "aaabbb"])
    >>> found.texts, found.steps
    (3, 12)
    >>> found.top(1, k=2)[["text", "time", "before", "token", "after"]].values.tolist()
    [[2, 2, 'aa', 'a', 'bbb'], [0, 1, 'a', 'a', 'bb']]
    """
    kept, read_by = read_into_store(
        model,
        texts,
        top=top,
        quantiles=quantiles,
        batch_size=batch_size,
        quantities=quantities,
        store=store,
        resume=resume,
        progress=progress,
        client=client,
    )
    # A generator is used up; a path and a list can be read again.
    return Scan((kept,), read_by, texts if isinstance(texts, (str, os.PathLike, Sequence)) else None)
