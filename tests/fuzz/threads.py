"""Does a model that one thread runs go on while another thread records it? `python -m tests.fuzz.threads`

One thread runs a model 10,000 times and records nothing; beside it another records the model 3,000 times. The hooks of
the second come and go while the first takes its list of them and calls it. Prints the errors of the first; there must
be none.
"""

from __future__ import annotations

import argparse
import sys
import threading

import torch
from torch import nn

import lstm_core


def beside_each_other(forwards: int, recordings: int) -> list[str]:
    """What went wrong in `forwards` runs beside at least `recordings` recordings; both go on until both are done."""
    lstm, x, failed = nn.LSTM(3, 16), torch.randn(5, 1, 3), []
    # A slow hook of the user's: meanwhile ours may be removed.
    lstm.register_forward_hook(lambda *_: torch.randn(20, 5).sum() and None)
    expected = lstm(x)[0]

    def forward() -> None:
        for _ in range(forwards):
            try:
                output, _ = lstm(x)
                if not torch.equal(output, expected):
                    failed.append("another output")
            except Exception as error:
                failed.append(f"{type(error).__name__}: {error}")

    other, interval = threading.Thread(target=forward), sys.getswitchinterval()
    # Threads take turns a thousand times as often as usual.
    sys.setswitchinterval(5e-6)
    try:
        other.start()
        recorded = 0
        while recorded < recordings or other.is_alive():
            with torch.no_grad(), lstm_core.record(lstm) as recording:
                lstm(x)
            failed += [] if len(recording.calls[""]) == 1 else ["a call of the other thread was recorded"]
            recorded += 1
    finally:
        other.join()
        sys.setswitchinterval(interval)
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forwards", type=int, default=10_000)
    parser.add_argument("--recordings", type=int, default=3_000)
    options = parser.parse_args()
    torch.set_num_threads(1)
    failed = beside_each_other(options.forwards, options.recordings)
    print(f"{options.forwards:,} forwards beside {options.recordings:,} recordings: {len(failed):,} errors")
    for said in sorted(set(failed)):
        print(f"  {failed.count(said):,} x {said}")


if __name__ == "__main__":
    main()
