"""Spoilt files of every kind are opened or refused with a sentence, at a price that their size allows."""

import pytest
from fuzz.files import faults, files, judged
from fuzz.kinds import KINDS

COUNT, SEED = 120, 2026
SECONDS = 30.0
"""Processor seconds; a busy machine counts more for equal work. The largest files take one or two."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Each file's kind, and what was wrong about opening it."""
    folder = tmp_path_factory.mktemp("spoilt")
    return [
        (file.kind, cost.outcome, [f"{file.done}, {file.path.name}: {fault}" for fault in faults(file, cost, SECONDS)])
        for file, cost in judged(files(COUNT, SEED, folder))
    ]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_spoilt_file_opens_or_is_refused_and_costs_what_it_weighs(kind, opened):
    assert not [fault for other, _, found in opened if other == kind for fault in found]


def test_the_fuzzer_reaches_what_opens_and_what_is_refused(opened):
    assert len(opened) == COUNT
    assert {outcome for _, outcome, _ in opened} == {"opened", "refused"}


def test_the_same_seed_makes_the_same_files(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = ([file.path.read_bytes() for file in files(24, 5, tmp_path / name)] for name in "ab")
    # HDF5 and zip archives hold the time at which they were written.
    timed = {number for number, kind in enumerate(KINDS) if "Keras" in kind or "zip" in kind or "npz" in kind}
    assert [a == b for number, (a, b) in enumerate(zip(first, second, strict=True)) if number % len(KINDS) not in timed]
