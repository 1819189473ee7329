"""Are h and c handed from call to call as they are: not exchanged, not thrown away, and c not taken for h?"""

from typing import Any

import torch
from torch import nn

from lstm_core.checking.report import Verdict, broken, look, passes
from lstm_core.checking.run import Called, apart
from lstm_core.checking.subject import Subject
from lstm_core.recording.call import as_returned
from lstm_core.recording.kinds import LSTM, LSTMS

_FEW = 3
"""So many calls of one step, each from zeros, are a loop that forgets."""


def ask(subject: Subject) -> Verdict | None:
    """Broken where a call starts with h and c exchanged, or where every step of a loop starts from zeros; a note where
    the answer is made of c. None where there is no state to hand on."""
    calls = subject.first.calls
    if exchanged := _exchanged(calls):
        return broken(
            f"{exchanged} of {len(calls)} calls",
            "h and c are exchanged between calls. PyTorch's order is h first: output, (h, c) = lstm(x, (h, c)).",
        )
    for name in subject.modules:
        of_one = [called.call for called in calls if called.name == name]
        if len(of_one) >= _FEW and all(len(c.x) == 1 and not any(s.any() for s in c.start.values()) for c in of_one):
            return broken(
                f"{len(of_one)} steps from zeros",
                f"{name or 'The module'} starts anew at each step: give each call the state that the one before "
                "returned.",
            )
    if taken := next(
        (name for name, m in subject.modules.items() if isinstance(m, LSTMS) and _takes_c(subject, name)), None
    ):
        return look(
            "c_n is answered from",
            f"The answer takes the memory c of {taken}, not what it shows, h. The order is output, (h_n, c_n).",
        )
    handed = sum(any(s.any() for s in called.call.start.values()) for called in calls)
    return passes(f"{handed} of {len(calls)} calls go on") if handed else None


def _exchanged(calls: list[Called]) -> int:
    """How many calls start with the h of an earlier one as c, or with its c as h."""
    lstms = [called.call for called in calls if called.call.kind is LSTM]
    count = 0
    for place, call in enumerate(lstms):
        for letter, other in (("h", "c"), ("c", "h")):
            start = call.start[letter]
            if start.any() and any(torch.equal(start, before.end[other]) for before in lstms[:place]):
                count += 1
                break
    return count


def _takes_c(subject: Subject, name: str) -> bool:
    """Whether the answer changes with the last c of a module that no later call goes on from, by another way than the
    c from which a later call starts: a bridge between two modules may change it."""
    ended = [called.call.end["c"] for called in subject.first.calls if called.name == name]
    starts = [called.call.start["c"] for called in subject.first.calls if "c" in called.call.start]
    if not ended or any(torch.equal(end, start) for end in ended for start in starts):
        return False

    before = iter(subject.first.calls)

    def change(called: Called, result: Any) -> Any:
        now, first = called.call, next(before, called).call
        if torch.equal(now.x, first.x) and torch.equal(now.start["h"], first.start["h"]):
            # It differs by its first c at most: then it gives what it gave.
            result = as_returned(now, first.output, first.end)
        if called.name != name:
            return result
        kind, cell = now.kind, isinstance(called.module, nn.RNNCellBase)
        values = kind.by_letter(result if cell else result[1])
        states = kind.as_given(values | {"c": values["c"] + 0.5})
        return states if cell else (result[0], states)

    return apart(subject.first.answer, subject.run(subject.inputs, change).answer) > 0
