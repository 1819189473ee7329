"""Freeze everything again, after a change that is meant: `python -m tests.frozen`, with Node at hand.

What is frozen holds on any processor. A case whose order or answer hangs on the last bit is found by one without wide
vectors: `ATEN_CPU_CAPABILITY=default NPY_DISABLE_CPU_FEATURES="X86_V3 X86_V4" pytest tests/test_frozen_*.py`, with
`-W ignore::ImportWarning`.
"""

import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    import torch

    from frozen.alone import alone
    from frozen.answered import answered
    from frozen.figures import DRAWN, frozen_figure
    from frozen.kept import ALONE, FIGURES, PAGES, PICTURES, RESULTS, ROOMS, TOLD, freeze
    from frozen.links import VIEWS
    from frozen.pages import SHOWN, frozen_page
    from frozen.plain import plain
    from frozen.reported import REPORTS, of_report
    from frozen.results import BY_ROOM
    from frozen.rooms import CASES, frozen_case
    from frozen.told import told_to_sessions

    torch.set_num_threads(1)
    freeze(ROOMS, {name: frozen_case(name) for name in CASES})
    freeze(FIGURES, {name: frozen_figure(name) for name in DRAWN})
    results = {room: {name: plain(ask()) for name, ask in cases.items()} for room, cases in BY_ROOM.items()}
    freeze(RESULTS, results | {"reports": {name: of_report(ask()) for name, ask in REPORTS.items()}})
    freeze(PAGES, [frozen_page(*shown) for shown in SHOWN])
    freeze(ALONE, alone())
    freeze(PICTURES, [answered(view) for view in VIEWS])
    freeze(TOLD, told_to_sessions())
    for script in ("frozen.js", "frozen_logs.js"):
        subprocess.run(["node", f"tests/javascript/{script}"], check=True)
