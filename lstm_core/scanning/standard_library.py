"""Which files of Python's own library are there to be read, and which did `python-chars` never see?"""

import sysconfig
import zlib
from pathlib import Path

# Left out: tests, tables of numbers, packages installed beside the library, and a second copy of the parser.
_LEFT_OUT = {"site-packages", "test", "tests", "idle_test", "encodings", "pydoc_data", "turtledemo", "lib2to3"}


def library_files() -> dict[str, Path]:
    """The files of the running Python's standard library, without its tests and tables, by name."""
    folder = Path(sysconfig.get_path("stdlib"))
    files = {}
    for file in sorted(folder.rglob("*.py")):
        path = file.relative_to(folder)
        # Leave out files that this machine's build wrote: other machines have others.
        if not _LEFT_OUT & set(path.parts) and not path.parts[0].startswith(("config-", "_sysconfigdata")):
            files[path.as_posix()] = file
    return files


def is_held_out(name: str) -> bool:
    """Whether a file is never trained on: the CRC-32 of its name in the library's folder is a multiple of 16.

    >>> is_held_out("contextlib.py"), is_held_out("argparse.py")
    (True, False)
    """
    return zlib.crc32(name.encode()) % 16 == 0
