"""A scan file and a store that are damaged are refused in a sentence, and cost what they weigh."""

import json
import shutil
import tracemalloc

import numpy as np
import pyarrow as pa
import pytest
from fuzz.judge import opener
from fuzz.stores import damaged, two_wholes
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from pyarrow import parquet
from scan_by_hand import model_of
from test_scan import scanned

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.scanning.pattern import Pattern

TEXTS = ["abc" * n + "b" for n in range(12)]
SECONDS = 30.0
"""Processor seconds; a busy machine counts more for equal work."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A store, which the tests copy."""
    store = tmp_path_factory.mktemp("whole") / "store"
    scanned(model_of(1), TEXTS, 4, 50, store=store)
    return store


@pytest.fixture
def store(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "store")


def changed(store, change):
    """The scan file of a store, with its header and arrays changed."""
    path = store / "scan.npz"
    with np.load(path) as file:
        arrays = dict(file)
    header = json.loads(arrays.pop("scan").tobytes())
    change(header, arrays)
    np.savez(path, scan=np.frombuffer(json.dumps(header).encode(), np.uint8), **arrays)
    return path


@pytest.mark.parametrize("change", [("top", 20_000_000), ("top", 2**62), ("quantiles", 2**40)], ids=str)
def test_a_small_file_that_claims_much_takes_little_memory(store, change):
    path = changed(store, lambda header, _: header["origin"].update([change]))
    tracemalloc.start()
    try:
        with pytest.raises(LstmCoreError, match="Expected a scan saved by"):
            lstm_core.load_scan(path)
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quantiles", [5]),
        ("quantiles", float("nan")),
        ("quantiles", 2**63),
        ("quantiles", True),
        ("top", -1),
        ("joins", None),
        ("joins", "x" * 1_000_000),
        ("lanes", "128"),
        ("model", 7),
        ("more", 1),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_was_asked_of_a_scan_has_its_types_and_limits(store, name, value):
    path = changed(store, lambda header, _: header["origin"].update({name: value}))
    with pytest.raises(LstmCoreError, match="Expected a scan saved by"):
        lstm_core.load_scan(path)


def test_a_scan_of_more_quantiles_than_a_file_may_have_is_refused():
    with pytest.raises(LstmCoreError, match="at most 10,000 quantiles"):
        scanned(model_of(1), TEXTS, quantiles=10_001)


@pytest.mark.parametrize("name", ["c.best_at", "h.best_at", "sampled_at"])
@pytest.mark.parametrize("place", [(-1, 0), (12, 0), (3, 10), (3, -1), (2**40, 2**40)], ids=str)
def test_a_place_that_is_not_in_the_texts_is_refused(store, name, place):
    def change(_, arrays):
        arrays[name].reshape(-1, 2)[0] = place

    with pytest.raises(LstmCoreError, match="places in the texts"):
        lstm_core.load_scan(changed(store, change))


@pytest.mark.parametrize(
    ("name", "value"),
    [("c.exponents", 2**40), ("h.exponents", -(2**40)), ("lengths", -1), ("around", 99), ("around", -1), ("places", 0)],
)
def test_a_number_that_no_scan_has_is_refused(store, name, value):
    def change(_, arrays):
        arrays[name][...] = value

    with pytest.raises(LstmCoreError, match="Expected a scan saved by"):
        lstm_core.load_scan(changed(store, change))


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "missing.npz"])
def test_a_name_that_none_has_is_a_sentence(tmp_path, name):
    with pytest.raises(LstmCoreError, match="Expected a scan file"):
        lstm_core.load_scan(tmp_path / name)


def ask(store):
    """All that reads the parts of a store."""
    scan = lstm_core.load_scan(store).with_texts(None, model_of(1))
    scan.search(Pattern((0, 1), "c", 0.1, 0, 0, 1))
    scan.nearest(5, 3)
    scan.find_text("ab")


@pytest.mark.parametrize("column", ["text", "begin", "length"])
def test_texts_of_other_lengths_than_were_scanned_are_refused(store, column):
    ask(store)
    [file, *_] = sorted(store.glob("scan-*/texts/*.parquet"))
    table = parquet.read_table(file)
    values = table[column].to_pylist()
    parquet.write_table(table.set_column(table.column_names.index(column), column, pa.array([*values[1:], 0])), file)
    with pytest.raises(LstmCoreError, match=f"another {column} than was scanned"):
        ask(store)


@pytest.mark.parametrize("part", ["texts", "tokens"])
def test_more_rows_than_were_scanned_are_refused(store, part):
    ask(store)
    [file, *_] = sorted(store.glob(f"scan-*/{part}/*.parquet"))
    table = parquet.read_table(file)
    parquet.write_table(pa.concat_tables([table] * 40), file)
    with pytest.raises(LstmCoreError, match=r"[\d,]+ rows for [\d,]+"):
        ask(store)


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("texts", lambda table: table.slice(0, 0), "no texts"),
        ("tokens", lambda table: table.slice(1), r"[\d,]+ steps for [\d,]+"),
        ("tokens", lambda table: table.drop_columns("answer"), "the columns|answer"),
        (
            "texts",
            lambda table: of_first(table, table["length"].cast(pa.float64())),
            "something else than whole numbers",
        ),
        ("texts", lambda table: of_first(table, without_first(table["text"])), "something else than whole numbers"),
        ("tokens", lambda table: of_first(table, pa.array([1] * len(table))), "that is no text"),
        ("tokens", lambda table: of_first(table, without_first(table["token"])), "a token that is no text"),
    ],
    ids=[
        "no texts",
        "a step less",
        "no answers",
        "parts of a step",
        "a text less",
        "numbers for tokens",
        "a token less",
    ],
)
def test_a_part_with_something_else_than_was_written_is_refused(store, part, change, said):
    ask(store)
    [file, *_] = sorted(store.glob(f"scan-*/{part}/*.parquet"))
    parquet.write_table(change(parquet.read_table(file)), file)
    with pytest.raises(LstmCoreError, match=said):
        ask(store)


def of_first(table, column):
    """A table with another first column."""
    return table.set_column(0, table.column_names[0], column)


def without_first(column):
    """A column without its first value."""
    return pa.array([None, *column.to_pylist()[1:]], column.type)


@pytest.mark.parametrize("part", ["texts/part-000000.parquet", "tokens/part-000001.parquet", "states.zarr/zarr.json"])
def test_a_part_of_another_scan_is_refused(store, tmp_path, part):
    scanned(model_of(1), TEXTS, 4, 50, store=tmp_path / "other")
    [ours], [theirs] = store.glob("scan-*"), (tmp_path / "other").glob("scan-*")
    shutil.copy(theirs / part, ours / part)
    with pytest.raises(LstmCoreError, match="of another scan"):
        ask(store)


@pytest.mark.slow
def test_a_damaged_store_answers_as_before_or_is_refused(tmp_path):
    """Others: `pytest -n 0 --hypothesis-profile=search`, with this test's name behind `-k`."""
    ours, theirs = two_wholes(tmp_path)
    outcomes = set()
    with opener() as cost_of:

        @settings(max_examples=24, suppress_health_check=list(HealthCheck))
        @given(st.randoms(use_true_random=False))
        def answers_as_before_or_is_refused(draw):
            with damaged(ours, theirs, tmp_path / "damaged", draw) as (done, megabytes):
                note(done)
                cost = cost_of("store", tmp_path / "damaged")
                assert not cost.faults(SECONDS, megabytes)
                outcomes.add(cost.outcome)

        answers_as_before_or_is_refused()
    assert outcomes == {"opened", "refused"}
