"""How does a token become numbers, before anything is trained?"""

import hashlib
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


def token_vectors(tokens: Sequence[str], input_size: int, seed: int) -> Tensor:
    """Standard normal vectors drawn from (seed, token): x of shape (time, 1, input_size), float32.

    A token has the same vector wherever it stands and whoever its neighbours are, and a longer vector
    begins with the shorter one. The numbers come from SHAKE-256, so they are the same on any machine.

    >>> x = token_vectors(["the", "cat", "the"], input_size=4, seed=2)
    >>> x.shape, x[0].equal(x[2])
    (torch.Size([3, 1, 4]), True)
    """
    vector = {token: _normal(f"{seed}\0{token}", input_size) for token in dict.fromkeys(tokens)}
    rows = [vector[token] for token in tokens]
    return torch.stack(rows).unsqueeze(1) if rows else torch.zeros(0, 1, input_size)


def _normal(key: str, count: int) -> Tensor:
    """`count` standard normal numbers that depend only on `key`, by the inverse of the normal CDF."""
    # A visitor can type a lone surrogate; "surrogatepass" gives it bytes too.
    digest = hashlib.shake_256(key.encode("utf-8", "surrogatepass")).digest(8 * count)
    # 53 bits fill a float64; the half step avoids 0 and 1, where the inverse is infinite.
    uniform = ((np.frombuffer(digest, "<u8") >> np.uint64(11)) + 0.5) / 2.0**53
    normal: Tensor = torch.special.ndtri(torch.from_numpy(uniform))
    return normal.float()
