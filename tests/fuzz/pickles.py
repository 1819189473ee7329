"""How is a PyTorch file written whose pickle says what we choose?"""

import io
import struct
import zipfile


def archive(content, records=None, compression=zipfile.ZIP_STORED):
    """A PyTorch file with a pickle of our own."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as written:
        written.writestr("archive/data.pkl", content)
        written.writestr("archive/byteorder", "little")
        written.writestr("archive/version", "3\n")
        for key, record in (records or {}).items():
            written.writestr(f"archive/data/{key}", record)
    return file.getvalue()


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def whole(value):
    """A whole number of up to 2,039 bits."""
    size = max(8, value.bit_length() // 8 + 1)
    return b"\x8a" + bytes([size]) + value.to_bytes(size, "little", signed=True)


def tensor(count, size, strides=None):
    """The steps of a pickle for one tensor: how many numbers it claims to have, its size and strides."""
    return (
        b"ctorch._utils\n_rebuild_tensor_v2\n(("
        + text("storage")
        + b"ctorch\nFloatStorage\n"
        + text("0")
        + text("cpu")
        + whole(count)
        + b"tQK\x00("
        + b"".join(map(whole, size))
        + b"t("
        + b"".join(map(whole, strides if strides is not None else [0] * len(size)))
        + b"t\x89ccollections\nOrderedDict\n)RtR"
    )


def pickled(value, key="lstm.weight_ih_l0"):
    return b"\x80\x02}" + text(key) + value + b"s."
