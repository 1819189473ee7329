"""Which faults did the tests once not see? Each is put in again, and must be seen.

Most change what a sentence means, which row a label names, or which side a number comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.mutation.fault import Fault, replaced

JS = "assets/browser/"
NODE = "tests/javascript"


def known() -> list[Fault]:
    """The faults, from the recorder to the browser."""
    parts: list[Callable[[], Iterator[Fault]]] = [_recording, _analysis, _pictures, _sentences, _why, _browser]
    return [fault for part in parts for fault in part()]


def _recording() -> Iterator[Fault]:
    yield replaced(
        "lstm_core/recording/layer_gates.py", "gaps += gap(carried.to(c_n.dtype), c_n)", "pass", "tests/test_record.py"
    )
    pre_hook = "module.register_forward_pre_hook(recording._refuse_dropout(name, module))"
    yield replaced(
        "lstm_core/recording/record.py", f"hooks.callback({pre_hook}.remove)", pre_hook,
        "tests/test_dropout.py", "tests/test_record.py",
    )  # fmt: skip
    join, tests = "lstm_core/recording/join_calls.py", ("tests/test_record.py", "tests/test_trace.py")
    yield replaced(join, ' and 1 not in trace.coords["direction"]', "", *tests)
    yield replaced(join, "max_error = max(", "max_error = min(", *tests)
    device = "trace if self.device is None else trace.to(self.device)"
    yield replaced(
        "lstm_core/recording/kept_part.py", device, device.replace("is None", "is not None"), "tests/test_kept_part.py"
    )
    held = "torch.nonzero(where.any(1).squeeze(-1))[:, 0].tolist()\n    asked"
    yield replaced("lstm_core/recording/held_call.py", held, held.replace("any", "all"), "tests/test_parts.py")
    begin = "begin = lengths[reads].clamp(max=end) - 1 if direction else first"
    yield replaced("lstm_core/traces/recorded.py", begin, "begin = first", "tests/test_trace.py")


def _analysis() -> Iterator[Fault]:
    what_if = "lstm_core/analysis/what_if.py"
    yield replaced(what_if, "return Effect(before, fmean(", "return Effect(before, max(", "tests/test_what_if.py")
    cut = "cut = null.way != SHIFTED"
    yield replaced("lstm_core/analysis/find_units.py", cut, cut.replace("!=", "=="), "tests/test_find_units.py")
    ends = "following[ends[ends > 0] - 1] = -1"
    yield replaced("lstm_core/scanning/losses.py", ends, ends.replace("> 0", "> 1"), "tests/test_scan.py")
    tile = "min(LINE, values.shape[2] - unit)"
    yield replaced("lstm_core/scanning/loops.py", tile, tile.replace("-", "+"), "tests/test_scan_store.py")
    yield replaced(
        "lstm_core/analysis/properties.py", """float(state == "'")""", """float("'" in state)""",
        "tests/test_properties.py",
    )  # fmt: skip
    yield replaced(
        "lstm_core/studies/findings.py", "self.best([self.own, other]) == self.own",
        "self.best([self.own, other]) == other", "tests/test_findings.py",
    )  # fmt: skip


def _pictures() -> Iterator[Fault]:
    layout, rows = "dashboard/picture/layout.py", "tests/test_rows_and_labels.py"
    yield replaced(layout, "rows = units if getattr", "rows = None if getattr", rows)
    yield replaced(layout, "for layer, direction in stacks]", "for layer, direction in stacks[:1]]", rows)
    one = '(rows["layer"] == layer) & (rows["direction"] == direction)'
    yield replaced("dashboard/export/csv_rows.py", one, '(rows["layer"] == layer)', rows)
    yield replaced(
        "lstm_core/plots/compared_strips.py", "look, at_a, apart, differ", "look, at_a, reach, differ",
        "tests/test_what_is_said.py",
    )  # fmt: skip


def _sentences() -> Iterator[Fault]:
    tests = "tests/test_what_is_said.py"
    shapes = '("2 · n_layers", 2 * lstm.num_layers) if lstm.bidirectional else ("n_layers", lstm.num_layers)'
    yield replaced("dashboard/words/sentences.py", shapes, shapes.replace("2 · n_layers", "n_layers"), tests)
    lesson = "dashboard/lesson/sentences.py"
    yield replaced(lesson, 'start = "" if same_start else', 'start = "" if not same_start else', tests)
    yield replaced(lesson, "keeps_c, keeps_h = read.kept()", "keeps_h, keeps_c = read.kept()", tests)
    units = "dashboard/units/sentences.py"
    verdict = '("more than chance." if found.p < CERTAIN else "so this may be chance.")'
    yield replaced(units, verdict, verdict.replace("<", ">="), tests)
    stand = "at {opened:.0%} of the steps and shut (below 0.1) at {shut:.0%}"
    yield replaced(units, stand, stand.replace("opened", "x").replace("shut:", "opened:").replace("x", "shut"), tests)
    values = "{signed(a)} in A and {signed(b)} in B"
    yield replaced("dashboard/comparing/sentences.py", values, "{signed(b)} in A and {signed(a)} in B", tests)


def _why() -> Iterator[Fault]:
    said, tests = "dashboard/why/sentences.py", ("tests/test_what_is_said.py", "tests/test_shares_and_erasing.py")
    yield replaced(said, 'turn = f"from {was} to {is_now}"', 'turn = f"from {is_now} to {was}"', *tests)
    yield replaced(said, "np.argsort(-np.abs(sources.shares)", "np.argsort(-sources.shares", *tests)
    yield replaced(said, "if without is None or not erasing_first:", "if without is None or erasing_first:", *tests)
    yield replaced("lstm_core/plots/sources.py", "{START: float(shares[0])}", "{START: 0.0}", *tests)
    yield replaced("dashboard/why/view.py", ".abs().argmax()", ".argmax()", *tests)


def _browser() -> Iterator[Fault]:
    time = f"{JS}state/time.js"
    yield replaced(time, "by > 0 ? -1 : steps(time) - 1", "steps(time) - 1", NODE)
    yield replaced(
        time, "to(time, Math.max(0, Math.floor(time.at)))", "to(time, Math.max(0, Math.floor(time.at) - 1))", NODE
    )
    yield replaced(f"{JS}picture/cursor.js", "Math.round(from + share", "Math.floor(from + share", NODE)
    yield replaced(f"{JS}picture/numbers_table.js", "units[line]]", "line]", NODE)
    sums = f"{JS}panel/arithmetic.js"
    yield replaced(sums, "column + (direction ? 1 : -1)", "column - 1", NODE)
    yield replaced(sums, "left: value < 0 ? 50 - width : 50", "left: value < 0 ? 50 : 50 - width", NODE)
    yield replaced(f"{JS}panel/weight_table.js", 'weights("weights_h", k)', 'weights("weights_x", k)', NODE)
    late = "return terms?.of === picture && sameCell(terms?.pin, pin) ? terms : null"
    yield replaced(f"{JS}state/state.js", late, "return terms ?? null", NODE)
