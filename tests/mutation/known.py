"""Which faults did the tests once not see? Each is put in again, and must be seen.

Most change what a sentence means, which row a label names, or which side a number comes from.
"""

from collections.abc import Callable, Iterator

from tests.mutation.fault import Fault, replaced

JS = "assets/browser/"
NODE = "tests/javascript"


def known() -> list[Fault]:
    """The faults, from the recorder to the browser."""
    parts: list[Callable[[], Iterator[Fault]]]
    parts = [_recording, _finding, _checking, _analysis, _pictures, _sentences, _why, _browser]
    return [fault for part in parts for fault in part()]


def _recording() -> Iterator[Fault]:
    last = 'self.distance.add(last, self.call.end["c"][at])'
    yield replaced("lstm_core/recording/layer_gates.py", last, "pass", "tests/test_record.py")
    yield replaced(
        "lstm_core/recording/in_proportion.py", ".abs() * scale_of(c)", ".abs() * scale_of(c).max()",
        "tests/test_proof_in_proportion.py",
    )  # fmt: skip
    pre_hook = "module.register_forward_pre_hook(self._refuse_dropout(name, module))"
    yield replaced(
        "lstm_core/recording/record.py", f"hooks.callback({pre_hook}.remove)", pre_hook,
        "tests/test_dropout.py", "tests/test_record.py",
    )  # fmt: skip
    join, tests = "lstm_core/recording/join_calls.py", ("tests/test_record.py", "tests/test_trace.py")
    yield replaced(join, ' and 1 not in trace.coords["direction"]', "", *tests)
    yield replaced(join, '"max_error": max(', '"max_error": min(', *tests)
    device = "trace if self.device is None else trace.to(self.device)"
    from_0 = "any(end is not None and end < 0 for end in ends)"
    kept, its_test = "lstm_core/recording/kept_part.py", "tests/test_kept_part.py"
    yield replaced(kept, device, device.replace("is None", "is not None"), its_test)
    yield replaced(kept, from_0, from_0.replace("< 0", "< 1"), its_test)
    held = "torch.nonzero(where.any(1).squeeze(-1))[:, 0].tolist()\n    asked"
    yield replaced("lstm_core/recording/held_call.py", held, held.replace("any", "all"), "tests/test_parts.py")
    exports, compiler = " in _threads and not is_traced()", "tests/test_torch_compile.py"
    yield replaced("lstm_core/recording/compiled.py", exports, " in _threads", compiler)
    begin = "begin = lengths[reads].clamp(max=end) - 1 if direction else first"
    yield replaced("lstm_core/traces/recorded.py", begin, "begin = first", "tests/test_trace.py")


def _finding() -> Iterator[Fault]:
    room, found, nothing = "lstm_core/finding/", "tests/test_found_cells.py", "tests/test_nothing_found.py"
    yield replaced(f"{room}judge.py", "return not all(bool(((factor", "return True or all(bool(((factor", nothing)
    yield replaced(f"{room}judge.py", "if any(step.bits[0] for step in chain.steps):", "if False:", found)
    yield replaced(f"{room}terms.py", "node.place.code is not key[1].code else", "True else", found)
    yield replaced(f"{room}terms.py", "% operands[0].dim() == over", "% operands[0].dim() >= 0", nothing)
    yield replaced(f"{room}known.py", "if len(several) == 1 else None", "", "tests/test_held_cells.py")
    made = "enumerate(piece[:at]) if one[3] is value"
    yield replaced(f"{room}plan.py", made, made.replace("is value", "is not value"), "tests/test_found_again.py")
    yield replaced(f"{room}copies.py", "room.taken -= 1", "pass", found)
    yield replaced(f"{room}visits.py", "before.masked = None", "pass", found)
    bound = "return 8 * torch.finfo(g.dtype).eps * size"
    yield replaced(f"{room}found.py", bound, bound.replace("* size", "/ size"), found)
    held = "lstm_core/recording/held_cell.py"
    yield replaced(held, "came[hold][length] or ", "", "tests/test_held_cells.py")
    yield replaced(held, "step + length if step < 0", "step + length - 1 if step < 0", "tests/test_held_cells.py")
    yield replaced("lstm_core/plots/map_strips.py", "maps.transpose(1, 0, 2)", "maps", "tests/test_cell_traces.py")


def _checking() -> Iterator[Fault]:
    cut = "by_step and back == 1"
    yield replaced("lstm_core/checking/questions/gradient.py", cut, "back == 1", "tests/test_check.py")


def _analysis() -> Iterator[Fault]:
    what_if = "lstm_core/analysis/what_if.py"
    yield replaced(what_if, "return Effect(before, fmean(", "return Effect(before, max(", "tests/test_what_if.py")
    cut = "return self.way != SHIFTED and ("
    yield replaced("lstm_core/analysis/shuffle.py", cut, cut.replace("!=", "=="), "tests/test_find_units.py")
    kept = "np.exp(np.log(f).mean())"
    yield replaced("lstm_core/analysis/describe_unit.py", kept, "f.mean()", "tests/test_units.py")
    yield replaced("lstm_core/analysis/compare.py", "any((0, 1, 3))", "all((0, 1, 3))", "tests/test_compare.py")
    types = "if any(tensor.is_floating_point()"
    yield replaced("lstm_core/models/shipped.py", types, types.replace("any", "all"), "tests/test_models.py")
    name = "len(name) > MOST_NAME"
    yield replaced(
        "lstm_core/files/safetensors_header.py", name, name.replace(">", ">="), "tests/test_hostile_files.py"
    )
    there = "place == len(texts) or texts[place] != text or"
    yield replaced("lstm_core/scanning/stored.py", there, there.replace("or", "and"), "tests/test_scan_store.py")
    length = "return self.last - self.first"
    yield replaced("lstm_core/scanning/windows.py", length, length.replace("-", "+"), "tests/test_scan.py")
    ends = "following[ends[ends > 0] - 1] = -1"
    yield replaced("lstm_core/scanning/losses.py", ends, ends.replace("> 0", "> 1"), "tests/test_scan.py")
    states = "states_file(file, array.shape[2], steps)"
    yield replaced("lstm_core/scanning/stored.py", states, f"np.roll({states}, 1, 1)", "tests/test_scan_store.py")
    tile = "min(LINE, values.shape[2] - unit)"
    yield replaced("lstm_core/scanning/loops.py", tile, tile.replace("-", "+"), "tests/test_scan_store.py")
    yield replaced(
        "lstm_core/analysis/properties.py", """lambda state: state == "'")""", """lambda state: "'" in state)""",
        "tests/test_properties.py",
    )  # fmt: skip
    yield replaced(
        "studies/findings.py", "self.best([self.own, other]) == self.own",
        "self.best([self.own, other]) == other", "tests/test_findings.py",
    )  # fmt: skip


def _pictures() -> Iterator[Fault]:
    numbers, rows = "dashboard/picture/numbers.py", "tests/test_rows_and_labels.py"
    yield replaced(numbers, "rows = units if getattr", "rows = None if getattr", rows)
    yield replaced(numbers, "for layer, direction in stacks]", "for layer, direction in stacks[:1]]", rows)
    yield replaced(
        "dashboard/reading/recorded.py", "Sequence {sequence + 1", "Sequence {sequence", "tests/test_opened_traces.py"
    )
    one_source = "tests/test_one_source.py"
    made = "made_with(read_by(source, reading, reading.trace))"
    yield replaced("dashboard/app_pages/units.py", made, "pass", one_source)
    yield replaced("dashboard/units_page/choice.py", 'controls.keep("size"', 'controls.keep("texts"', one_source)
    one = '(rows["layer"] == layer) & (rows["direction"] == direction)'
    yield replaced("dashboard/export/csv_rows.py", one, '(rows["layer"] == layer)', rows)
    yield replaced(
        "lstm_core/plots/compared_strips.py", "look, at_a, apart, differ", "look, at_a, reach, differ",
        "tests/test_what_is_said.py",
    )  # fmt: skip


def _sentences() -> Iterator[Fault]:
    tests = "tests/test_what_is_said.py"
    shapes = '("2 · n_layers", 2 * lstm.num_layers) if lstm.bidirectional else ("n_layers", lstm.num_layers)'
    yield replaced("dashboard/wording/sentences.py", shapes, shapes.replace("2 · n_layers", "n_layers"), tests)
    lesson = "dashboard/lesson/sentences.py"
    yield replaced(lesson, 'start = "" if same_start else', 'start = "" if not same_start else', tests)
    kinds, of_kinds = "dashboard/lesson/kinds_sentences.py", "tests/test_kinds_of_cell.py"
    share = '"all" if left >= ALL else "nothing"'
    yield replaced(kinds, share, share.replace(">=", "<"), of_kinds)
    made = "st.html(f'<p class"
    yield replaced("dashboard/controls/page_parts.py", made, f"len{made[7:]}", "tests/test_compare_page.py")
    units = "dashboard/unit_list/sentences.py"
    verdict = 'sure = "more than chance" if p < CERTAIN else "so this may be chance"'
    yield replaced(units, verdict, verdict.replace("<", ">="), tests)
    side = '"higher" if told.sign > 0 else "lower"'
    yield replaced(units, side, side.replace(">", "<"), "tests/test_units_by_hand.py")
    by_keeps = 'known = found.known\n    if sort == "keeps"'
    yield replaced(
        "dashboard/unit_list/listing.py", by_keeps, by_keeps.replace("==", "!="), "tests/test_units_by_hand.py"
    )
    untrained = '"" if reading.model else "This LSTM'
    of_page = "tests/test_units_page.py"
    yield replaced("dashboard/units_page/in_text.py", untrained, untrained.replace("if ", "if not "), of_page)
    gap = "len(read.tokens) - 2"
    yield replaced(kinds, gap, gap.replace("2", "1"), of_kinds)
    undone, of_page = "sum(one.like_a", "tests/test_compare_page.py"
    yield replaced("dashboard/comparing/drawn.py", undone, undone.replace("one", "not one"), of_page)
    values, rivals = "c is {a} after {word_a} and {b} after", "tests/test_rivals.py"
    yield replaced("dashboard/comparing/sentences.py", values, "c is {b} after {word_a} and {a} after", rivals)
    yield replaced("dashboard/comparing/carrier.py", "steps=[step - first]", "steps=[last - first]", rivals)


def _why() -> Iterator[Fault]:
    tests = "tests/test_drawer.py"
    yield replaced("lstm_core/plots/sources.py", "{start: float(shares[0])}", "{start: 0.0}", "tests/test_ledger.py")
    height = "min(MOST, max(LEAST"
    shown = "lstm_core/plots/answer_parts.py"
    yield replaced(shown, height, height.replace("max", "min"), "tests/test_explain.py")
    yield replaced("dashboard/why/changes.py", "before[old] - after[:, old]", "after[:, old] - before[old]", tests)
    yield replaced("dashboard/why/path.py", "len(found.features) > 1", "len(found.features) >= 1", tests)
    yield replaced("dashboard/why/path.py", "by_chance < abs(takes) / 2", "True", tests)
    yield replaced("dashboard/why/without_words.py", "known.index(step) - (word < step)", "known.index(step)", tests)
    yield replaced("dashboard/why/the_answer.py", "parts[:, asked.left] = own", "parts[:, : own.shape[1]] = own", tests)


def _browser() -> Iterator[Fault]:
    time = f"{JS}state/time.js"
    yield replaced(time, "by > 0 ? -1 : steps(time) - 1", "steps(time) - 1", NODE)
    yield replaced(time, "? to(time, readAt(time))", "? to(time, readAt(time) - 1)", NODE)
    yield replaced(f"{JS}picture/cursor.js", "Math.round(from + share", "Math.floor(from + share", NODE)
    yield replaced(f"{JS}picture/numbers_table.js", "units[line]]", "line]", NODE)
    yield replaced(f"{JS}picture/cover.js", "|| line < 0)", "|| line < 1)", NODE)
    yield replaced(f"{JS}panel/cell_words.js", "b: fixed(value, 1)", "b: fixed(value, 2)", NODE)
    calm = "!this.store.state.time.calm"
    yield replaced(f"{JS}panel/cell_panel.js", calm, calm[1:], "tests/browser/test_motion.py")
    beside = "x: box.left + box.width"
    yield replaced(f"{JS}slide/memory.js", beside, beside.replace("+", "-"), "tests/browser/test_sheet.py")
    sums = f"{JS}panel/arithmetic.js"
    yield replaced(sums, "column + (direction ? 1 : -1)", "column - 1", NODE)
    yield replaced(sums, "h_before[unit]", "h_before[0]", NODE)
    yield replaced(sums, "left: value < 0 ? 50 - width : 50", "left: value < 0 ? 50 : 50 - width", NODE)
    yield replaced(f"{JS}numbers/held.js", "Math.max(0, ...(units", "Math.min(0, ...(units", NODE)
    gate = f"{JS}panel/cell_gate.js"
    yield replaced(gate, "x2: x + WAY / 2", "x2: x - WAY / 2", NODE)
    yield replaced(gate, "(moved / WAY) * (to - from)", "(moved / WAY) * (to + from)", NODE)
    yield replaced(f"{JS}panel/weight_table.js", "gate.weights_h[k]", "gate.weights_x[k]", NODE)
    yield replaced(f"{JS}state/state.js", "if (!last || !unreadable", "if (!unreadable", NODE)
    yield replaced(f"{JS}engine/left_out.js", "GRU: { z: 1,", "GRU: { z: 0,", NODE)
    yield replaced(f"{JS}asking/own_files.js", "each > MOST_A_STEP", "each >= MOST_A_STEP", NODE)
    yield replaced(f"{JS}slide/strips.js", "x + wide <= 0", "x + wide < 0", NODE)
    yield replaced(f"{JS}film/mp4.js", '"mvhd",\n        0', '"mvhd",\n        1', NODE)
    yield replaced(f"{JS}drawer/bars.js", "({ zmin }) => zmin < 0", "({ zmin }) => zmin <= 0", NODE)
    yield replaced(f"{JS}numbers/bins.js", "at < size ? 0", "at <= size ? 0", NODE)
    yield replaced(f"{JS}picture/heatmaps.js", '"--gs-paper") || ', '"--gs-paper") && ', NODE)
    yield replaced(f"{JS}panel/onward_drawing.js", "ROW * onward.parts", "ROW / onward.parts", NODE)
    late = "return terms?.of === picture && sameCell(terms?.pin, pin) ? terms : null"
    yield replaced(f"{JS}state/state.js", late, "return terms ?? null", NODE)
