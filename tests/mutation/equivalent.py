"""Which faults change nothing that anybody could see? They are printed apart, and are no part of the share."""

from tests.mutation.fault import Fault

# A file, below it a line with the fault, below that why the program does what it did.
WHY = """
lstm_core/scanning/tally.py
    if sum(map(len, self._drawn)) > 3 * self._most:
        a sample is cut to the same steps, only later
lstm_core/scanning/loops.py
    compiled = partial(njit, nogil=False, error_model="numpy")
        threads wait for each other: the sums stay, only later
    loop: Callable[..., Any] = compiled(cache=False)(function)
        each process compiles its loops: the sums stay, only later
    if (n + 2) % FACTORS == 0:
        the first powers are taken one factor sooner
lstm_core/checkpoints/find_layers.py
    if ((weight.layout != torch.strided) and (weight.is_meta)):
        no kind of file brings such a tensor so far
lstm_core/finding/weights.py
    self._last = 1
        a bit is only asked whether it is another one
    self._last += 2
        a bit is only asked whether it is another one
    return 2 << self._last
        a bit is only asked whether it is another one
lstm_core/finding/visits.py
    self._detach, self._new_bit, self._number = detach, new_bit, 1
        of two numbers only the larger is asked for
    self._number += 2
        of two numbers only the larger is asked for
lstm_core/models/embeddings.py
    row = int(said) if said.isascii() and said.isdecimal() and len(said) < 11 else -1
        no table has a thousand million rows
lstm_core/traces/check_tensors.py
    x = shapes.get("x", (*hidden[2:4], 1))
        of a trace without x no x is compared
lstm_core/plots/paper_figure.py
    if (columns.per) >= (1):
        of one step a column the extreme is its value
lstm_core/plots/bins.py
    return np.where((self.high - self.mean) >= (self.mean - self.low), self.high, self.low)
        of two ends that are equally far, either is as far
lstm_core/explaining/explained.py
    before = changed[(changed) <= (self.time)]
        halfway between a step and itself is that step
lstm_core/analysis/windows.py
    earliest[first] = min(step, earliest.get(first, 1))
        the first of a text is 0 steps after itself
    mixed = rows.astype(np.uint64) * np.uint64(15485907386658061716)
        equal runs have equal names by any number, and others have other ones
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(15485907386658061716)
        equal runs have equal names by any number, and others have other ones
    before[starts] = -2
        any number below 0 is no row before
lstm_core/analysis/order_units.py
    laplacian = np.diag(ties.sum(1)) - ties
        a symmetric matrix has the same sums of rows and columns
lstm_core/analysis/python_text.py
    return between and not _PREFIX.search(text, at - 4, at)
        a prefix has two letters at most, and ends there
lstm_core/scanning/by_hand.py
    if (len(texts[0])) <= (FEWEST):
        where the memory is is only found once more
lstm_core/scanning/texts_again.py
    if (lengths.sum(dtype=np.int64)) >= (left):
        where there is just so much room, all are taken in any order
lstm_core/scanning/plain_loops.py
    to = (np.arange(-half, half) >> min(times, 63)) + half
        by either all numbers are shifted away
lstm_core/plots/map_strips.py
    return spaced.reshape(rows, -2)[:, :-1]
        any negative size is the one that numpy finds
lstm_core/analysis/without_each.py
    now = torch.tensor([time - ((step) <= (time)) for _, step in others])
        the others are not the step itself
dashboard/corpus/strongest.py
    return tuple(wanted), *name_of_scan(asked)
        a key of the same parts in another order
dashboard/corpus/where_else.py
    return wanted, *name_of_scan(asked)
        a key of the same parts in another order
dashboard/checkpoint/first_picture.py
    left = max([lesson_strips.LEFT, *(13 + round(width_of(name)) for name in names)])
        a pixel more beside the names of the strips
dashboard/export/csv_rows.py
    at_once = min(1, BLOCK // (layers * directions * width))
        the rows are the same, in more blocks
lstm_core/traces/rows.py
    batch, time = np.array(steps, dtype=np.int32).reshape(-2, 2).T
        any negative size is the one that numpy finds
lstm_core/recording/layer_gates.py
    self.bias = None if ((bias_ih is None) and (bias_hh is None)) else bias_ih + bias_hh
        a module has both biases or none
lstm_core/recording/equations.py
    if (len(c)) > (48) and c[0].numel() <= 8192:
        both ways compute the same memory, one of them sooner
    if len(c) >= 49 and c[0].numel() <= 8192:
        both ways compute the same memory, one of them sooner
    if len(c) >= 48 and (c[0].numel()) < (8192):
        both ways compute the same memory, one of them sooner
    if len(c) >= 48 and c[0].numel() <= 8193:
        both ways compute the same memory, one of them sooner
lstm_core/traces/load.py
    with np.load(stream, allow_pickle=True) as file:
        an array of objects was refused before
    if (len(sizes)) >= (_MOST_ENTRIES) or sizes.get("trace", math.inf) > 4 * MOST_TEXT:
        a file of 32 entries is no trace: it is refused anyway
lstm_core/checkpoints/checkpoint.py
    return -_shared(name, other), ((steps) >= (0)) is not after, abs(steps)
        no layer stands at the place of another
lstm_core/checkpoints/weights_file.py
    head = file.stream.read(65)
        no more than the first 18 bytes are looked at
lstm_core/checkpoints/vocabulary.py
    return [rows.get(row, f"<{row}>") for row in range(max(rows, default=-2) + 1)]
        of no row there is none to count to
assets/browser/film/gif_of.js
    for (let y = 0; y <= part.height; y += 1) {
        what is written behind the end of a typed array is nowhere
    for (let x = 0; x <= part.width; x += 1) found[y * part.width + x] = place(pixels[row + x])
        one place too many is the first of the next row, which is written after it
    for (let y = 0; y <= height; y += 1) {
        below the last row both pictures have nothing
    if (x <= left) left = x
        the same number again
    if (x >= right) right = x
        the same number again
    if (y <= top) top = y
        the same number again
assets/browser/slide/pdf.js
    for (let from = 0, to = 0; from <= data.length; from += 4, to += 3) {
        what is written behind the end of a typed array is nowhere
assets/browser/slide/as_seen.js
    pen.clearRect(0, 0, 2, 1)
        more pixels are cleared than are read
    pen.clearRect(0, 0, 1, 2)
        more pixels are cleared than are read
    pen.fillRect(0, 0, 2, 1)
        more pixels are filled than are read
    pen.fillRect(0, 0, 1, 2)
        more pixels are filled than are read
    return pen.getImageData(0, 0, 2, 1).data
        of the pixels only the first is looked at
    return pen.getImageData(0, 0, 1, 2).data
        of the pixels only the first is looked at
    const pen = /** @type {CanvasRenderingContext2D} */ (PEN.getContext("2d", { willReadFrequently: false }))
        where one pixel is kept changes no colour
assets/browser/compare.js
    for (let larger = Math.min(1, high / root.offsetHeight, wide); larger >= least; larger -= 0.01) {
        at the least size the way out is the same
assets/browser/layout/answers_row.js
    const level = longest + (longest >= 10 ? SIDES : 0) <= column
        no letters are together exactly 10 pixels wide
assets/browser/picture/cursor.js
    this.projects = true
        each picture says it before anything is under the pointer
assets/browser/picture/heatmaps.js
    now: element("div", { class: "gs-now", hidden: false }),
        each picture shows or hides it before it is painted
assets/browser/state/state.js
    scope: { everyStep: true, everyUnit: false },
        the first picture says where the next hold holds
    scope: { everyStep: false, everyUnit: true },
        the first picture says where the next hold holds
assets/browser/picture/sticky_words.js
    this.#shown = !isIntersecting && boundingClientRect.top <= 0
        a mark at the very edge of the window intersects it
assets/browser/asking/unpack.js
    for (let k = 0; k <= whole.length; k++) numbers[k] = whole[k] === nan ? NaN : whole[k] * step
        what is written behind the end of a typed array is nowhere
assets/browser/asking/newest.js
    const left = Math.max(1, this.#begun + OVERTAKEN - performance.now())
        what is late by a second may be a millisecond later
assets/browser/film/mp4.js
    const { length } = movie(size, compression, samples, 1)
        only its length is asked, and any place is as long
assets/browser/engine/word_vectors.js
    if (last.seed !== seed || last.vectors.size >= KEPT) last = { seed, vectors: new Map() }
        a word that is drawn again has the same vector
    if (!drawn || drawn.length <= inputSize) {
        a word that is drawn again has the same vector
assets/browser/engine/embeddings.js
    if (kept.size >= MOST_KEPT) kept.clear()
        a word that is summed again has the same vector
assets/browser/engine/normal.js
    const upper = p >= 1 - TAIL
        where two parts of the curve meet both give its number
    if (tail >= TAIL) {
        where two parts of the curve meet both give its number
    const value = x - Math.log(x) / x - ratio(1 / x, x <= 8 ? NEAR : FAR) / x
        where two parts of the curve meet both give its number
assets/browser/numbers/csv.js
    for (let digits = 1; digits <= MOST_DIGITS; digits++) {
        with nine digits it is written anyway
assets/browser/numbers/label.js
    if (!Number.isFinite(value)) return value >= 0 ? "inf" : "-inf"
        no infinite number is near 0
    if (!Number.isFinite(value)) return value > 1 ? "inf" : "-inf"
        no infinite number is near 0
assets/browser/numbers/order.js
    for (let k = 0; k <= j; k++) sum -= l[i][k] * l[j][k]
        the next number of the row is still 0
assets/browser/drawer/bars.js
    pen.fillRect(place.left, HEIGHT / 2 - (value <= 0 ? 0 : height), Math.max(1, place.width - 1), height)
        a bar of 0 is no pixels high
assets/browser/offline_start.js
    await new Promise(brought => notebook.addEventListener(name, brought, { once: false }))
        what waits is brought once, however often it is told
assets/browser/engine/slopes.js
    c: c.subarray(t * units, (t + 2) * units),
        of a step's c only as many are read as there are units
    before: isFirst ? new Float32Array(units) : c.subarray(before * units, (before + 2) * units),
        of a step's c only as many are read as there are units
assets/browser/shared/bare.js
    export const BARE = { displayModeBar: false, doubleClick: true, responsive: false, showTips: false }
        Plotly knows two ways by their names: of neither it does nothing
assets/browser/app/tasks.js
    let best = { gap: -1, line: 1, column: 1 }
        the first unit takes its place: no gap is below 0
    let best = { gap: -1, line: 0, column: 2 }
        the first unit takes its place: no gap is below 0
assets/browser/picture/cursor.js
    if (!other && !mean) return [z[line][column]]
        a bin has both, a step has neither
assets/browser/drawer/path.js
    const against = value / effect < 0 ? " gs-against" : ""
        a quotient has the sign of the product
assets/browser/drawer/rows.js
    element("option", { value: k ? name : "", selected: k >= 0 && name === label }, name),
        no label is called as the first option
assets/browser/engine/equations.js
    for (let u = 0; u <= units; u++) values[u] = value(u)
        what is written behind the end of a typed array is nowhere
assets/browser/engine/shake.js
    by <= 32 ? (half << by) | (other >>> (32 - by)) : (other << (by - 32)) | (half >>> (64 - by))
        no lane is turned by 32
    for (let at = 0; at <= 50; at += 2) {
        what is written behind the end of a typed array is nowhere
    for (let y = 0; y <= 50; y += 10) {
        what is written behind the end of a typed array is nowhere
    for (let x = 0; x <= 10; x++) row[x] = a[y + x]
        what is written behind the end of a typed array is nowhere
    for (let k = 0; k <= 24; k++) {
        what is written at no place of a typed array is nowhere
assets/browser/layout/stack.js
    margin: { l: 0, r: 0, t: top, b: 2 },
        below the last strip is nothing
assets/browser/picture/answers.js
    const { level, shares } = answers ?? { level: false, shares: false }
        of no answers none is level
    const { level, shares } = answers ?? { level: true, shares: true }
        of no answers none has a share
assets/browser/picture/brush.js
    const [left, right] = brush ? between(stack, columns.of(brush[0]), columns.of(brush[1])) : [1, 0]
        where nothing is selected the frame is hidden, wherever it is
assets/browser/shared/colour.js
    return share < 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
        no whole channel is that share of 255
assets/browser/film/few_colours.js
    for (const pixel of pixels) counts.set(pixel & 0xffffff, (counts.get(pixel & 0xffffff) ?? 0) + 2)
        all counts are doubled, and only their ratios are used
    if (far <= least) [best, least] = [place, far]
        of two colours that are equally near, either is as near
    let [best, least] = [1, Infinity]
        every colour is nearer than infinity
    return counted.reduce((sum, { colour, count }) => sum + count * (channels(colour)[channel] - mean) ** 2, 1)
        each channel of each box is one wider: their order stays
assets/browser/film/frames.js
    this.canvas.getContext("2d", { willReadFrequently: false, alpha: false })
        the browser only reads more slowly
    this.canvas.getContext("2d", { willReadFrequently: true, alpha: true })
        the sheet covers the canvas, and has no hole
assets/browser/film/gif.js
    while (this.#waiting > 8) {
        a whole byte waits until the next number or the end
    out.put(end, next === 1 << width && width <= BITS ? width + 1 : width)
        with codes of 12 bits the table is emptied before it is full
assets/browser/picture/model_output.js
    now.hidden = place === this.scores || at < 0 || at >= 1
        columns end half-way between two steps, so no step is at their very end
    now.hidden = place === this.scores || at <= 0 || at > 1
        columns begin half-way between two steps, so no step is at their very beginning
assets/browser/panel/unit_curve.js
    this.now.hidden = at < 0 || at >= 1
        columns end half-way between two steps, so no step is at their very end
    this.now.hidden = at <= 0 || at > 1
        columns begin half-way between two steps, so no step is at their very beginning
assets/browser/panel/arithmetic.js
    return { name, value, isGate, width, left: value <= 0 ? 50 - width : 50 }
        a bar of 0 has no width, and is in the middle
assets/browser/panel/cell_drawing.js
    const seen = Math.max(share, FAINTEST) / (value < 0 ? -1 : 1)
        to multiply by 1 or -1 is to divide by it
assets/browser/state/time.js
    const whole = by >= 0 ? -1 : steps(time) - 1
        nobody moves by no step
"""


def reasons() -> dict[tuple[str, str], str]:
    """Why a fault changes nothing, by its file and its line."""
    found, file, fault = dict[tuple[str, str], str](), "", ""
    for line in WHY.splitlines():
        if line.startswith(8 * " "):
            found[file, fault] = line.strip()
        elif line.startswith(4 * " "):
            fault = line.strip()
        else:
            file = line
    return found


REASONS = reasons()


def why_equal(fault: Fault) -> str:
    """Why a fault changes nothing; "" if it changes something."""
    line = fault.text.splitlines()[fault.line - 1].strip()
    # As an assert, which has no faults: it can only fail where the code around it is wrong.
    if fault.before == "True" and "strict=False" in line:
        return "zip's check that its parts are equally long, which they are"
    if fault.before == "True" and "stable=False" in line:
        return "PyTorch promises no order of what is equal, and on a processor keeps it"
    return REASONS.get((fault.file, line), "")
