"""Numbers as somebody writes them: what is read, and what is said about what can't be."""

import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.inputs import series as limits


@pytest.mark.parametrize(
    ("text", "names", "rows"),
    [
        ("1, 2, 3", ["column 1"], [[1], [2], [3]]),
        ("1 2 3", ["column 1"], [[1], [2], [3]]),
        ("1,5; 2; -3e2", ["column 1"], [[1.5], [2], [-300]]),
        ("1, 2\n3, 4", ["column 1", "column 2"], [[1, 2], [3, 4]]),
        ("1 2\n3 4", ["column 1", "column 2"], [[1, 2], [3, 4]]),
        ("a\tb\r\n1\t2\r\n", ["a", "b"], [[1, 2]]),
        ("a;b\n1,5;2\n2;0,25", ["a", "b"], [[1.5, 2], [2, 0.25]]),
        ("a;b\n1.234,5;2\n2;3", ["a", "b"], [[1234.5, 2], [2, 3]]),
        ("load\n1,5\n2,5", ["load"], [[1.5], [2.5]]),
        ('"a, or b",c\n"1",2', ["a, or b", "c"], [[1, 2]]),
        ("a,a,\n1,2,\n3,4,", ["a", "a (2)"], [[1, 2], [3, 4]]),
        (",x\n1,2\n3,4", ["column 1", "x"], [[1, 2], [3, 4]]),
        ("\ufeffa,b\n\n1,2\n\n3,4\n\n", ["a", "b"], [[1, 2], [3, 4]]),
        # A minus as it is printed.
        ("−1, 2, −0.5", ["column 1"], [[-1], [2], [-0.5]]),
    ],
)
def test_a_table_in_each_form(text, names, rows):
    series = lstm_core.read_series(text)
    assert series.names == names
    assert series.values.dtype == torch.float32
    assert series.values.tolist() == rows
    assert series.times is None
    assert lstm_core.read_series(text.encode()).values.equal(series.values)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("date,x\n2024-05-01,1\n2024-05-02,2", ["2024-05-01", "2024-05-02"]),
        ("x;when\n1;01.05.2024\n2;02.05.2024", ["01.05.2024", "02.05.2024"]),
        ("2024-05-01T10:00:00Z,1\n2024-05-01T11:00:00Z,2", ["2024-05-01T10:00:00Z", "2024-05-01T11:00:00Z"]),
        ("Date;Time;x\n16/12/2006;17:24:00;1\n16/12/2006;17:25:00;2", ["16/12/2006 17:24:00", "16/12/2006 17:25:00"]),
        ("x,timestamp\n1,1000\n2,1005", ["1000", "1005"]),
        ("month,x\n2024-01,1\n2024-02,2", ["2024-01", "2024-02"]),
        ("x,time\n1,0.5\n2,1", ["0.5", "1"]),
    ],
)
def test_a_column_of_times_becomes_the_labels(text, times):
    series = lstm_core.read_series(text)
    assert series.times == times
    assert series.values.tolist() == [[1], [2]]


def test_a_column_called_time_that_does_not_increase_is_a_feature():
    assert lstm_core.read_series("time,x\n3,1\n2,2").names == ["time", "x"]
    assert lstm_core.read_series("time\n1\n2").names == ["time"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "got none"),
        ("a,b", "got the text 'a, b'"),
        ("a,b\n1,\n2,3", "column 'b', row 1, got a missing value"),
        ("1, 2, hello, 4", "got the text 'hello' in place 3. Write a number there"),
        ("a,b,c\n1,2,hello", "column 'c', row 1, got the text 'hello'. Leave that column out"),
        ("x,1\ny,2", "Expected a number in column 1, row 1, got the text 'x'"),
        # A header is told by the row below it.
        ("x,1\nNA,2\n3,4", "Expected a number in column 1, row 1, got the text 'x'"),
        ("a,b\n1,2\n3,4,5", "2 columns in every line, as in the first, got 3 in line 3"),
        ("\nload\n1,5\n \n2,5\n\n", "column 'load', row 2, got a missing value"),
        ("a,b\n1,inf", "float32 can hold in column 'b', row 1, got 'inf'"),
        (
            "date,x\n2024-05-01,1\n" + "2024-05-02,1\n" * 30 + "soon,1",
            "time in every row of column 'date', got 'soon' in row 32",
        ),
        ("2024-05-01\n2024-05-02", "got times alone"),
        ('a,b\n"1,2\n3,4', "quotation marks do not close"),
        ("\0\1\2", "got a file of bytes"),
        ("the cat sat", "got the text 'the cat sat'"),
        (",".join(["1"] * 2049) + "\n" + ",".join(["1"] * 2049), "at most 2,048 columns, got 2,049"),
    ],
)
def test_what_is_no_series_says_where(text, says):
    with pytest.raises(LstmCoreError, match=says):
        lstm_core.read_series(text)


def test_a_file_is_given_as_a_path_and_text_is_never_one(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2")
    assert lstm_core.read_series(path).names == ["a", "b"]
    with pytest.raises(LstmCoreError, match="got the text"):
        lstm_core.read_series(str(path))
    with pytest.raises(LstmCoreError, match=r"bytes at .* got none"):
        lstm_core.read_series(tmp_path)
    path.write_text("")
    with pytest.raises(LstmCoreError, match="Expected numbers, got none"):
        lstm_core.read_series(path)


@pytest.mark.parametrize("name", ["mine.csv", "runs/day 1.txt", "/data/a.tsv"])
def test_a_paths_text_is_refused_with_how_to_give_a_path(name):
    with pytest.raises(LstmCoreError, match=r"If that is a file.*pathlib\.Path"):
        lstm_core.read_series(name)
    with pytest.raises(LstmCoreError, match="got the text") as said:
        lstm_core.read_series("the cat sat.")
    assert "Path" not in str(said.value)


@pytest.mark.parametrize("cell", ["", "NA", "nan", "null", "-"])
def test_a_missing_value_is_nan_where_that_is_asked_for_and_refused_where_it_is_not(cell):
    text = f"rain,snow\n1,2\n{cell},3\n4,5"
    with pytest.raises(LstmCoreError, match="column 'rain', row 2, got a missing value"):
        lstm_core.read_series(text)
    values = lstm_core.read_series(text, missing=True).values
    assert values.isnan().tolist() == [[False, False], [True, False], [False, False]]
    assert values.nan_to_num(9).tolist() == [[1, 2], [9, 3], [4, 5]]


@pytest.mark.parametrize("cell", ["high", "inf", "1e39"])
def test_what_is_no_number_stays_refused_beside_missing_values(cell):
    with pytest.raises(LstmCoreError, match="column 'a', row 3"):
        lstm_core.read_series(f"a,b\n1,2\n,3\n{cell},5", missing=True)


def test_too_long_a_text_is_refused_before_it_is_read(monkeypatch, tmp_path):
    monkeypatch.setattr(limits, "MOST_CHARACTERS", 10)
    path = tmp_path / "t.csv"
    path.write_text("1\n" * 10)
    with pytest.raises(LstmCoreError, match="at most 10 characters, got 20"):
        lstm_core.read_series("1\n" * 10)
    with pytest.raises(LstmCoreError, match=r"at most 10 bytes at .* got one of 20 bytes"):
        lstm_core.read_series(path)


numbers = st.floats(-1e6, 1e6, width=32, allow_subnormal=False)


@given(
    rows=st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(numbers, min_size=n, max_size=n), min_size=2, max_size=6)
    ),
    separator=st.sampled_from([",", ";", "\t", ", "]),
    header=st.booleans(),
    comma=st.booleans(),
)
def test_numbers_come_back_whatever_parts_them(rows, separator, header, comma):
    comma = comma and "," not in separator
    lines = [separator.join(f"{n:.9g}".replace(".", "," if comma else ".") for n in row) for row in rows]
    names = [f"name {n}" for n in range(len(rows[0]))]
    text = "\n".join(([separator.join(names)] if header else []) + lines)
    if comma and len(rows[0]) == 1 and not header:
        return  # "1,5" alone may as well be two columns
    series = lstm_core.read_series(text)
    assert series.names == (names if header else [f"column {n + 1}" for n in range(len(names))])
    assert torch.equal(series.values, torch.tensor(rows))


def test_a_table_in_memory_is_refused_with_what_to_write_instead():
    with pytest.raises(LstmCoreError, match=r"as text or bytes, got DataFrame.*torch.tensor\(table.to_numpy"):
        lstm_core.read_series(pd.DataFrame({"rain": [1.0, 2.0]}))
