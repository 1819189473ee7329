"""What does each unit do in a whole corpus?"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from torch import nn

from lstm_core.errors import LstmCoreError
from lstm_core.progress import Progress
from lstm_core.recording.modules import check_model
from lstm_core.scanning.answers import encoded_answers
from lstm_core.scanning.by_hand import reader
from lstm_core.scanning.contexts import Contexts, contexts_of
from lstm_core.scanning.engine import in_order, pool
from lstm_core.scanning.origin import Origin, lstm_of, origin_of, reads_numbers, sizes_of
from lstm_core.scanning.read_shard import read_shard
from lstm_core.scanning.result import Scan
from lstm_core.scanning.resume import Progressed
from lstm_core.scanning.shards import Shard, shards
from lstm_core.scanning.sources import Texts, source_of
from lstm_core.scanning.store import begun
from lstm_core.scanning.sums import CellSizes, Sums, joined
from lstm_core.scanning.windows import LANES


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
) -> Scan:
    """Let a model read a corpus, and keep what each unit did: ranges, histograms, gates, the steps with the largest and
    smallest values, correlations, responses to tokens.

    `model`: a SequenceModel; an `nn.LSTM`, `nn.GRU` or `nn.RNN`, or a model with one of them in it, which alone is run
    and reads arrays; or a model with a cell written by hand, which reads arrays as (time, batch, *feature) or (batch,
    time, *feature): c, i and f are added up, several memories are layers. `texts`: a path (a file: a text a line; a
    folder: a text a file), or an iterable of texts, each a str, a list of tokens, an array (time, feature) or the
    `Path` of a file. `top`: how many of each unit's largest and smallest values are kept; `quantiles`: from how many
    there are samples; `batch_size`: about how many texts are read at once. Memory grows by 20 bytes for each text.

    `store`: a folder in which c (or, without c, h) of every step is kept, as float16 (extra: gatescope[scan]), so that
    `Scan.search` takes milliseconds and `Scan.nearest` is there. A step takes two bytes a unit, as the log says before.
    The scan stands there too: `lstm_core.load_scan(folder)`; an older one does until this one is whole.
    `resume`: a .npz file. What is done stands in it after each shard of some 260,000 steps, so that the same call goes
    on after a stop; an error has a note on what is kept. `progress` is called with the share done (without a length, 0
    until the end); an exception from it ends the scan. With `progress=True` a bar is shown. The threads of this machine
    read, or the workers of `client`, a `distributed.Client` (extra: gatescope[scan]); if one is active, it is used. The
    number of workers changes no bit of the result; another `batch_size` changes the last bits. With gatescope[fast] a
    scan is several times faster.

    Raises LstmCoreError for a corpus without tokens, a text that the model can't read, a `resume` file of another scan,
    and a `store` that another scan is writing.

    >>> import lstm_core
    >>> found = scan(lstm_core.load_model("counter"), ["aabb", "ab", "aaabbb"])
    >>> found.texts, found.steps
    (3, 12)
    >>> found.top(1, k=2)[["text", "time", "before", "token", "after"]].values.tolist()
    [[2, 2, 'aa', 'a', 'bbb'], [0, 1, 'a', 'a', 'bb']]
    """
    check_model(model)
    source = source_of(texts, reads_numbers(model))
    model, every = reader(model, source.texts)
    sizes = sizes_of(lstm_of(model))
    origin = origin_of(model, top, quantiles, LANES if batch_size is None else batch_size)
    done = Progressed(resume, origin)
    task = partial(read_shard, origin=origin, keep=store is not None)
    with begun(store, origin, sizes, done) as kept:
        with done.said(), _told(progress, source.known) as tell, pool(model, task, client) as workers:
            left = _left(shards(model, every, sizes.most_types), done, tell)
            for shard, read in in_order(left, workers):
                if kept is not None:
                    kept.add(shard, read.c, encoded_answers(model, read.answers))
                so_far = _joined(done.scan, shard, read.sums, sizes=sizes, origin=origin)
                done.add(so_far, shard, store, kept.store_id if kept else "")
                tell(shard.first + len(shard.texts))
        found = _whole(done.scan, model, texts)
        return found if kept is None else kept.finish(found)


def _whole(found: Scan | None, model: nn.Module, texts: Texts) -> Scan:
    if found is None or not found.steps:
        got = f"{found.texts:,} texts without tokens" if found else "none"
        raise LstmCoreError(f"Expected at least one text with tokens, got {got}.")
    # A generator is used up; a path and a list can be read again.
    corpus = texts if isinstance(texts, (str, os.PathLike, Sequence)) else None
    return replace(found, model=model, corpus=corpus)


def _left(every: Iterator[Shard], done: Progressed, tell: Callable[[int], object]) -> Iterator[Shard]:
    """The shards that are still to be read."""
    number = -1
    for number, shard in enumerate(every):
        if done.has(number, shard):
            tell(shard.first + len(shard.texts))
        else:
            yield shard
    done.ended(number + 1)


def _joined(before: Scan | None, shard: Shard, sums: Sums, *, sizes: CellSizes, origin: Origin) -> Scan:
    """The scan of all texts up to the end of a shard."""
    so_far = Sums.empty(sizes, origin.top, [], 0) if before is None else before.sums
    known = Contexts.empty() if before is None else before.contexts
    both = joined(so_far, sums, sizes.most_types, sizes.most_samples(origin.quantiles))
    return Scan(origin, both, contexts_of(both, known, shard))


@contextmanager
def _told(progress: Progress | bool | None, count: int | None) -> Iterator[Callable[[int], object]]:
    """A function that is called with the number of texts that are done."""
    if progress is True:
        from tqdm.auto import tqdm

        with tqdm(total=count, unit="text") as bar:
            yield lambda texts: bar.update(texts - bar.n)
    elif progress:
        yield lambda texts: progress(min(1.0, texts / count) if count else 0.0)
        progress(1.0)
    else:
        yield lambda _texts: None
