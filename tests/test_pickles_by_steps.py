"""What does a pickle of weights ask for, step by step: how many bytes, and where is it refused?"""

import io
import pickletools

import pytest
from fuzz.pickles import pickled, tensor, text, whole

from lstm_core import LstmCoreError
from lstm_core.checkpoints import pickle_outline
from lstm_core.checkpoints.pickle_outline import storages_of


def asked(content, pickles=1):
    return storages_of(io.BytesIO(content), pickles)


# Numbers in the storage, offset, size, strides; and what is said of it.
PLACES = [
    ((6, 0, [2, 3], [3, 1]), None),
    ((5, 0, [2, 3], [3, 1]), r"no larger than their 20 bytes, got one of shape \(2, 3\)"),
    ((6, 0, [2, 3], [4, 1]), "lie in their 24 bytes, got one that reaches beyond"),
    ((7, 0, [2, 3], [4, 1]), None),
    ((7, 1, [2, 3], [3, 1]), None),
    ((6, 1, [2, 3], [3, 1]), "reaches beyond"),
    ((3, 0, [3], [1]), None),
    ((3, 2, [1], [100]), None),
    ((3, 3, [1], [0]), "reaches beyond"),
    ((1, 0, [], []), None),
    ((0, 0, [], []), "no larger than their 0 bytes"),
    ((0, 0, [0, 10**12], [1, 1]), None),
    ((0, 0, [10**12, 0], [1, 1]), None),
    ((2, 5, [0], [1]), None),
    ((8, 0, [2, 2, 2], [4, 2, 1]), None),
    ((7, 0, [2, 2, 2], [4, 2, 1]), r"shape \(2, 2, 2\)"),
    ((7, 0, [1, 2, 3, 4, 5], [0] * 5), r"shape \(1, 2, 3, 4, …\)"),
    ((7, 0, [-1, 2], [1, 1]), r"shape \(\?, 2\)"),
    ((7, 0, [2, 2], [1]), "a stride for each dimension of a tensor, got something else"),
    ((7, 0, [2, 2], [-1, 1]), "a stride for each dimension"),
    ((1, 0, [1] * 64, [1] * 64), None),
    ((1, 0, [1] * 65, [1] * 65), "no larger than"),
]


@pytest.mark.parametrize(("place", "said"), PLACES)
def test_a_tensor_lies_in_its_storage_to_the_number(place, said):
    count, offset, size, strides = place
    content = pickled(tensor(count, size, strides=strides).replace(b"QK\x00(", b"QK" + bytes([offset]) + b"("))
    if said is None:
        assert asked(content) == {"0": 4 * count}
    else:
        with pytest.raises(LstmCoreError, match=said):
            asked(content)


KINDS = {
    **{"Double": 8, "Float": 4, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2, "Char": 1, "Byte": 1},
    **{"Bool": 1, "ComplexFloat": 8, "ComplexDouble": 16},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_storage_takes_the_bytes_of_its_kind(kind):
    assert asked(pickled(tensor(3, [3], kind=f"{kind}Storage", strides=[1]))) == {"0": 3 * KINDS[kind]}
    with pytest.raises(LstmCoreError, match=r"got a storage of type 'torch.DoubleTensor'|never opened"):
        asked(pickled(tensor(3, [3], kind="DoubleTensor", strides=[1])))


def test_storages_are_told_by_their_keys_and_the_largest_claim_of_each_counts():
    two = (
        b"\x80\x02}("
        + b"".join(
            text(f"t{n}") + each
            for n, each in enumerate(
                [
                    tensor(3, [3], key="a", strides=[1]),
                    tensor(5, [1], key="b", strides=[1]),
                    tensor(2, [2], key="a", strides=[1]),
                ]
            )
        )
        + b"u."
    )
    assert asked(two) == {"a": 12, "b": 20}
    number = tensor(2, [2], key=whole(7), strides=[1])
    assert asked(two + pickled(number), 2) == {"a": 12, "b": 20, "7": 8}
    stream = io.BytesIO(two + b"rest")
    storages_of(stream)
    assert stream.read() == b"rest"


def test_the_steps_of_all_pickles_together_have_a_bound(monkeypatch):
    content = pickled(tensor(3, [3], strides=[1]))
    steps = len(list(pickletools.genops(content)))
    for pickles in (1, 2):
        monkeypatch.setattr(pickle_outline, "MOST_STEPS", pickles * steps)
        assert asked(pickles * content, pickles) == {"0": 12}
        monkeypatch.setattr(pickle_outline, "MOST_STEPS", pickles * steps - 1)
        with pytest.raises(LstmCoreError, match=f"at most {pickles * steps - 1} steps"):
            asked(pickles * content, pickles)


ORDERED = b"ccollections\nOrderedDict\n"
# Steps between the start of a pickle and its end; and what is said.
STEPS = [
    (b"}" + text("a") + b"K\x01s", None),
    (b"}(" + text("a") + b"K\x01" + text("b") + b"Nu", None),
    (b"](K\x01K\x02e", None),
    (b"]K\x01a", None),
    (b"}(K\x01K\x02tNs", None),
    (b"}K\x01\x85Ns", None),
    (b"}K\x01K\x02\x86Ns", None),
    (b"}K\x01K\x02K\x03\x87Ns", None),
    (b"}\x88Ns\x89N", None),
    (b"}q\x00h\x00", None),
    (b"}]Ns", "keys of a dict, got an object"),
    (b"}(]Nu", "keys of a dict, got an object"),
    (b"}(N]u", None),
    (b"}(K\x01]tNs", "keys of a dict, got an object"),
    (ORDERED + b")R", None),
    (ORDERED + b"]\x85R", "got a call of 'collections.OrderedDict'"),
    (ORDERED + b")R}b", None),
    (b"ctorch\nSize\n(K\x01K\x02t\x85R", None),
    (b"ctorch\nSize\n((" + b"K\x01" * 16 + b"ttR", None),
    (b"ctorch\nSize\n((" + b"K\x01" * 17 + b"ttR", "got a call of 'torch.Size'"),
    (b"ctorch\ndevice\n" + text("cuda") + b"K\x01\x86R", None),
    (b"ctorch\ndevice\n" + text("cuda") + b"K\x01K\x01\x87R", "got a call of 'torch.device'"),
    (b"ctorch\nfloat32\n", None),
    (b"ctorch\nnn\n", "a pickled object, 'torch.nn'"),
    (b"cother\nFloatStorage\n", "a pickled object, 'other.FloatStorage'"),
    (b"ctorch._utils\n_rebuild_qtensor\n", "got quantised ones"),
    (b"ctorch._utils\n_rebuild_sparse_tensor\n", "got sparse ones"),
    (b"K\x01)R", "got a call of 'no function'"),
    (b"}q\x00h\x00K\x01b", None),
    # What is filled with what was there before, such as with itself, is refused.
    (b"}q\x00K\x01h\x00b", "got a pickled object"),
    (b"}q\x00K\x01b", None),
    (b"h\x05", "holds together, got a broken one"),
    (b"s", "holds together, got a broken one"),
    (b"\x94", "got a pickled object .step MEMOIZE"),
    (b"\x80\x03N", "pickle protocol 2, .* got 3"),
]


@pytest.mark.parametrize(("steps", "said"), STEPS)
def test_a_pickle_of_names_numbers_and_tensors_is_gone_through_and_all_else_is_refused(steps, said):
    content = b"\x80\x02" + steps + b"."
    if said is None:
        assert asked(content) == {}
    else:
        with pytest.raises(LstmCoreError, match=said):
            asked(content)
