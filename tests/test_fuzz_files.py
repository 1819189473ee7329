"""Spoilt files of every kind are opened or refused with a sentence, at a price that their size allows. Linux only.

Others are tried by `pytest -n 0 --hypothesis-profile=search tests/test_fuzz_files.py`.
"""

import pytest
from fuzz.judge import opener
from fuzz.kinds import KINDS
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

SECONDS = 30.0
"""Processor seconds; a busy machine counts more for equal work. The largest files take one or two."""


@pytest.mark.slow
def test_a_spoilt_file_opens_or_is_refused_and_costs_what_it_weighs(tmp_path):
    outcomes = set()
    with opener() as cost_of:

        @settings(max_examples=10, suppress_health_check=list(HealthCheck))
        @given(st.randoms(use_true_random=False))
        def costs_what_it_weighs(kind, draw):
            content, done = KINDS[kind].spoilt(draw)
            path = tmp_path / f"spoilt{KINDS[kind].suffix}"
            path.write_bytes(content)
            cost = cost_of(KINDS[kind].opener, path)
            note(f"{kind}: {done}")
            assert not cost.faults(SECONDS, len(content) / 2**20)
            outcomes.add((kind, cost.outcome))

        for kind in KINDS:
            costs_what_it_weighs(kind)
    assert {kind for kind, _ in outcomes} == set(KINDS)
    assert {outcome for _, outcome in outcomes} == {"opened", "refused"}
