"""Which reports of `lstm_core.check` are frozen? Those on each planted mistake and on each healthy model."""

import re
from collections.abc import Callable
from typing import Any

from healthy_models import HEALTHY
from planted_bugs import PLANTED, seeded

import lstm_core
from frozen.plain import plain


def of_report(found: Any) -> Any:
    """What is kept of a report; whether two sums are equal to the last bit is left to the processor."""
    rows = [[plain(re.sub(r"equal|\d\.?\d*e-\d+ apart", "…", said)) for said in row] for row in found]
    return [plain(found.read), list(found.not_asked), rows]


REPORTS: dict[str, Callable[[], Any]] = {
    f"planted: {name}": (lambda one=one: lstm_core.check(seeded(one.bug), *one.inputs)) for name, one in PLANTED.items()
} | {
    f"healthy: {name}": (lambda make=make, given=given: lstm_core.check(make(), *given))
    for name, (make, given) in HEALTHY.items()
}
