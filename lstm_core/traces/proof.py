"""How near does a recording come to PyTorch, in proportion and in words?"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from lstm_core.errors import LstmCoreError

HOLDS_NAN = "not proved: the run holds NaN, and from there on its gates are NaN too"
UNKNOWN: dict[str, Any] = {"max_error": math.nan, "proof": None}
"""The proof of numbers that came without a checksum. Of a run that holds NaN `proof` is there."""
NO_CHECKSUM = "no checksum shows that these are the recorded numbers"


class Proof(NamedTuple):
    """The proof in proportion; `Trace.max_error` has the largest difference itself.

    `relative`: the largest difference, each divided by the largest |value| that its unit took in that sequence, or by 1
    where no value is larger; for an LSTM's h, by how far it follows such a memory (`recording/in_proportion.py`). So it
    is never more than `max_error`, and no large unit hides a small one.
    `rounding`: whether rounding explains it (`recording/rounding.py`, `recording/running_bound.py`).
    """

    relative: float
    rounding: bool


def worst(proofs: Sequence[Proof | None]) -> Proof | None:
    """The proof of several recordings together; None if one of them has none.

    >>> worst([Proof(1e-7, True), Proof(2e-7, False)])
    Proof(relative=2e-07, rounding=False)
    """
    known = [proof for proof in proofs if proof is not None]
    if not known or len(known) < len(proofs):
        return None
    # NumPy's maximum keeps a NaN, which max() may skip.
    return Proof(float(np.max([proof.relative for proof in known])), all(proof.rounding for proof in known))


def checked_proof(given: Any) -> Proof | None:
    """The proof that a file holds; None in an older one. Raises LstmCoreError for anything else."""
    if given is None:
        return None
    if not (isinstance(given, list | tuple) and [type(value) for value in given] == [float, bool]):
        raise LstmCoreError(f"Expected a proof of a number and a truth value, got {str(given)[:40]}.")
    return Proof(*given)


def nearness(max_error: float, proof: Proof | None) -> str:
    """The figure of a proof: the difference itself where values are at most around 1, else in proportion to them; and
    whether it is more than rounding.

    >>> nearness(6e-8, Proof(6e-8, True))
    '6e-08'
    >>> nearness(4e-4, Proof(1e-6, True))
    '1e-06 of each unit’s largest value'
    >>> nearness(4e-4, Proof(4e-4, False))
    '4e-04, more than rounding explains'
    >>> nearness(math.nan, Proof(math.nan, False))
    'nan, because the run holds NaN'
    """
    if math.isnan(max_error):
        return "nan, because the run holds NaN"
    if proof is None:
        return f"{max_error:.0e}"
    said = f"{proof.relative:.0e}"
    if said != f"{max_error:.0e}":
        said += " of each unit’s largest value"
    return said if proof.rounding else f"{said}, more than rounding explains"


def to_or_exactly(near: str) -> str:
    """How near two values are, after a verb such as "agrees".

    >>> to_or_exactly("6e-08"), to_or_exactly("0e+00")
    ('to 6e-08', 'exactly')
    """
    return "exactly" if near == "0e+00" else f"to {near}"


def difference_and_nearness(max_error: float, proof: Proof | None) -> str:
    """The words of `nearness`, after the difference itself where the two are not the same.

    >>> difference_and_nearness(4e-4, Proof(1e-6, True))
    '4e-04, which is 1e-06 of each unit’s largest value'
    """
    near = nearness(max_error, proof)
    own = f"{max_error:.0e}"
    return near if near.startswith(own) else f"{own}, which is {near}"
