/** What do the five parts of the lesson show and say? */

import { menu, segments } from "../controls/menu.js"
import { largestFirst } from "../numbers/order.js"
import { termsOf } from "../numbers/terms.js"
import { scalesOf } from "../panel/cell_drawing.js"
import { formulasOf, sumsOf } from "../panel/cell_panel.js"
import { cellInWords, changeInWords, linesOf } from "../panel/cell_words.js"
import { drawnPart } from "../panel/change_it.js"
import { onwardOf, scoreInWords } from "../panel/onward.js"
import { MOST_RESETS } from "../picture/rows.js"
import { element, more, wordButton } from "../shared/element.js"
import { count, fixed, listed, percent, roughly, signed } from "../shared/numbers.js"
import * as runs from "./runs.js"

/**
 * @typedef {Pick<import("./page.js").LessonPage, "view" | "look" | "lines" | "message" | "says" | "around" | "choose" |
 *     "rows" | "cell">} Here What a part has to show with.
 * @typedef {{nodes: Node[], made?: string, onMemory?: Object<string, any> | null, notices?: string[]}} Shown `made`: how
 *     its pictures were made; `onMemory`: the link of its cell on the page Memory.
 * @typedef {import("./runs.js").Run} Run
 */

/** The name and the subject of each part. */
export const PARTS = [
    ["Words become numbers", "what goes in, what comes out"],
    ["One step at a time", "inside the cell"],
    ["The state must be carried", "the loop’s trap"],
    ["A Linear layer on top", "from h to a class"],
    ["LSTM, GRU, RNN", "what each can keep"],
]
/** The first steps among which one is chosen. */
const MOST_STEPS = 12
// The most classes that are drawn.
const LABELS = 6
const TYPE = "Type a sentence to start."

// How are words and numbers written? As a teacher would say them; what a visitor typed only becomes text.

/** Nodes of a text with `code` and **strong** words; its values have none of these marks.
 * @param {TemplateStringsArray} texts @param {...(string | number)} values */
const rich = (texts, ...values) =>
    String.raw({ raw: texts }, ...values)
        .split(/(`[^`]*`|\*\*[^*]*\*\*)/)
        .map(part => {
            if (part.startsWith("`")) return element("code", {}, part.slice(1, -1))
            return part.startsWith("**") ? element("strong", {}, part.slice(2, -2)) : part
        })

/** @param {(string | Node)[]} said */
const paragraph = (said, kind = "") => element("p", { class: kind }, ...said)
const small = (/** @type {(string | Node)[]} */ said) => paragraph(said, "gs-lesson-small")
const columns = (/** @type {string} */ kind, /** @type {Element[]} */ ...parts) =>
    element("div", { class: `gs-lesson-columns gs-side-by-side ${kind}` }, ...parts)
const column = (/** @type {(string | Node)[]} */ ...parts) => element("div", {}, ...parts)
const quoted = (/** @type {string} */ token) => `“${token}”`

// What can be copied? Code, in which comments, numbers and keywords have a colour.

const MARKED = /(#.*)|\b(for|in|import|as)\b|\b(\d[\d.]*)\b/g
/** @param {string} text */
function code(text, isPython = true) {
    const parts = element("code")
    let from = 0
    for (const found of isPython ? text.matchAll(MARKED) : []) {
        const kind = ["comment", "keyword", "number"][found.slice(1).findIndex(Boolean)]
        parts.append(text.slice(from, found.index), element("span", { class: `gs-code-${kind}` }, found[0]))
        from = found.index + found[0].length
    }
    parts.append(text.slice(from))
    const copy = wordButton("Copy", () => navigator.clipboard.writeText(text), { class: "gs-button gs-copy" })
    return element("div", { class: "gs-code" }, element("pre", { tabindex: 0 }, parts), copy)
}

/** @param {Run} run @param {string} letter @param {number} step */
const row = ({ values, lstm: { hiddenSize: units } }, letter, step) =>
    Array.from(values[letter].slice(step * units, (step + 1) * units), value => value.toFixed(4)).join(", ")

// What do all parts share? The choice of a step, a drawn cell, and the way to the page Memory.

/** Which step is shown, and what chooses it. @param {Here} here @param {string[]} tokens */
function chooseStep(here, tokens) {
    const { view } = here
    const step = Math.min(view.step, tokens.length - 1, MOST_STEPS - 1)
    const some = tokens.slice(0, MOST_STEPS).map((says, value) => ({ value, says }))
    const { inputs, root } = segments("step", "Step", some, value => here.choose({ step: +value }))
    inputs[step].checked = true
    root.classList.add("gs-lesson-steps")
    const said = `The first ${some.length} of ${count(wordsIn(view.sentence))} words can be chosen.`
    return { step, chosen: tokens.length > MOST_STEPS ? [root, small([said])] : [root] }
}

/** @param {string} sentence */
const wordsIn = sentence => runs.wordsRead(sentence, Infinity).length

/** @param {Here} here @param {string} name @param {Run} run @param {number} step @param {number} unit */
function cell(here, name, run, step, unit) {
    const { lstm, tokens, x, values } = run
    const shown = /** @type {any} */ (runs.cellOf(run, unit, step))
    const reach = Math.max(1, ...(values.c ?? []).map(Math.abs))
    const kind = lstm.kind.split("_")[0]
    const below = lstm.numLayers > 1 && `h of layer ${lstm.numLayers - 2}`
    const size = x ? x.length / tokens.length : 0
    return here.cell(name, kind, shown, {
        scales: scalesOf({ look: here.look, reach }),
        name: `The ${runs.NAMES[kind]} cell: unit ${unit} at ${quoted(tokens[step])}`,
        unit: `unit ${unit}`,
        reads: below || `x ${quoted(tokens[step])}`,
        told: cellInWords(shown),
        x: x && [...x.subarray(step * size, (step + 1) * size)],
    })
}

/** The link of a cell on the page Memory. @param {any} view @param {number} layer @param {number} unit
 * @param {number} step @param {string} model */
const onMemory = ({ sentence, input_dim, hidden_dim, seed }, layer, unit, step, model = "random") => ({
    ...{ model, sentence, input_dim, hidden_dim, n_layers: layer + 1, seed, pin: `${layer}.${unit}.${step}` },
})

/** @param {string} modules @param {any} view */
const madeBy = (modules, { input_dim, hidden_dim, seed }) =>
    `${modules}, Random (untrained): input_dim=${input_dim}, hidden_dim=${hidden_dim}, seed=${seed}`

/** What a part shows of an untrained LSTM at a step that is chosen.
 * @param {(here: Here, run: Run, step: number, unit: number, chosen: Node[]) => Node[]} part */
const atAStep = part => (/** @type {Here} */ here) => {
    const { view, says } = here
    const run = runs.untrained(view)
    if (!run.tokens.length) return { nodes: [paragraph([TYPE])] }
    const { step, chosen } = chooseStep(here, run.tokens)
    const unit = runs.tellingUnit(run, step)
    const made = `“${view.sentence}”, ${madeBy("nn.LSTM", view)}; ${says}`
    return { nodes: part(here, run, step, unit, chosen), made, onMemory: onMemory(view, 0, unit, step) }
}

// 1. Words become numbers.

const wordsBecomeNumbers = atAStep((here, run, step, unit, chosen) => {
    const { view } = here
    const [steps, features, units] = [run.tokens.length, view.input_dim, view.hidden_dim]
    const x = Array.from({ length: features }, (_, row) =>
        Float32Array.from(run.tokens, (_, t) => run.x?.[t * features + row] ?? NaN),
    )
    const reach = Math.max(1, Math.ceil(Math.max(...(run.x ?? []).map(Math.abs))))
    const drawn = [
        { quantity: "x", title: "input", question: "the word in numbers", z: x, reach },
        { quantity: "h", title: "hidden state", question: "passed on: h = o·tanh c", z: runs.rowsOf(run, "h") },
    ]
    const text = rich`Each of the ${steps} words becomes ${features} numbers, the column below it: \`x\` has the shape \`(seq_len, batch, input_size)\` = \`(${steps}, 1, ${features})\`. The LSTM starts from \`h0\` and \`c0\`, all zeros, of shape \`(n_layers, batch, hidden_dim)\` = \`(1, 1, ${units})\`. It reads the words from left to right and gives back \`h\` of every word: \`(${steps}, 1, ${units})\`.`
    const call = [
        `lstm = nn.LSTM(${features}, ${units}, 1)`,
        "out, (h, c) = lstm(x)",
        `x.shape    # (${steps}, 1, ${features})`,
        `out.shape  # (${steps}, 1, ${units})`,
        `c.shape    # (1, 1, ${units})`,
    ]
    const untaught = rich`Nothing is trained here: the vectors and the weights are random, drawn from the seed. A trained embedding puts words that are used alike near each other; the computation is the same.`
    const right = column(code(call.join("\n")), cell(here, "inputs", run, step, unit))
    const parts = columns(
        "gs-lesson-inputs",
        column(here.rows("inputs", { strips: drawn, tokens: run.tokens, high: 32 }, 1000), small(untaught)),
        right,
    )
    return [paragraph(text), ...chosen, parts]
})

// 2. One step at a time.

const oneStepAtATime = atAStep((here, run, step, unit, chosen) => {
    const { view, says } = here
    const loop = [
        `lstm = nn.LSTM(${view.input_dim}, ${view.hidden_dim}, 1)`,
        `h = c = torch.zeros(1, 1, ${view.hidden_dim})`,
        "for word in x:",
        `    step = word.view(1, 1, ${view.input_dim})`,
        "    out, (h, c) = lstm(step, (h, c))",
        "",
        `h  # [${row(run, "h", step)}]`,
        `c  # [${row(run, "c", step)}]`,
    ]
    const own = rich`**Unit ${unit}, worked out**: each gate has its own W, U and b`
    const values = runs.cellOf(run, unit, step)
    const reading = /** @type {any} */ ({ ...run, layers: [[run.values]], holds: { gates: [] }, text: "" })
    const terms = /** @type {Wire.CellTerms} */ (termsOf(reading, { layer: 0, direction: 0, unit, step }))
    const right = column(
        code(loop.join("\n")),
        paragraph(own),
        element("div", { class: "gs-formula" }, ...formulasOf(terms)),
        small([`Computed in this page; ${says}.`]),
    )
    const shows = `. It shows ${percent(values.o)} of tanh c: h = ${signed(values.h ?? 0, 2)}.`
    const change = changeInWords(values, !step).map(drawnPart)
    const text = [`${quoted(run.tokens[step])}: unit ${unit}`, ...change, shows]
    const parts = columns(
        "gs-lesson-cell",
        column(cell(here, "cell", run, step, unit), element("div", {}, ...sumsOf(linesOf(values)))),
        right,
    )
    return [...chosen, paragraph(text), parts]
})

// 3. The state must be carried.

const WAYS = [
    ["One step at a time, the same state each time", "out, hidden = lstm(x, (h0, c0))"],
    ["One step at a time, the state carried", "out, hidden = lstm(x, hidden)"],
    ["All at once", "out, hidden = lstm(inputs, (h0, c0))"],
]

/** @param {Here} here @returns {Shown} */
function theStateMustBeCarried(here) {
    const { view, says } = here
    const ofWords = view.inputs === "words"
    const lesson = ofWords ? null : runs.lessonInputs(view, view.seq_len)
    const run = lesson ? { ...lesson, values: {} } : runs.untrained(view)
    const intro = rich`An LSTM remembers only the \`(h, c)\` that it is handed. Hand it the same \`(h0, c0)\` at each step, and it forgets every step before.`
    const steps = run.tokens.length
    if (!steps) return { nodes: [paragraph(intro), paragraph([TYPE])] }
    const sameStart = ofWords || view.same_start
    const ways = runs.threeWays(run, lesson?.first, sameStart ? lesson?.first : lesson?.second)
    const shown = ways.map((way, at) => {
        const drawn = ["c", "h"].map(quantity => ({ quantity, z: runs.rowsOf(way, quantity) }))
        const [name, call] = WAYS[at]
        const rows = here.rows(name, { strips: drawn, tokens: way.tokens, high: LOW, resets: way.resets }, 560)
        const told = cell(here, name, way, steps - 1, runs.tellingUnit(way, steps - 1))
        return column(paragraph(rich`**${name}**`), code(call, false), rows, told)
    })
    const gap = runs.farthest(ways[1], ways[2])
    const agree = gap ? `to ${roughly(gap)}, which is rounding` : "to the bit"
    const lines = steps <= MOST_RESETS + 1 ? ": each dotted line is such a reset" : ""
    const start = sameStart ? "" : " It also starts from another (h0, c0), so even step 0 differs."
    const differ = rich`Carrying the state and reading all at once are the same computation: here they agree ${agree}. (PyTorch may sum in a different order: then they agree to about 1e-07, which is rounding.) The first way starts each of its ${steps} steps from the same (h0, c0), so what a step wrote is forgotten before the next${lines}.${start} Resetting the memory by accident is one of the most common LSTM bugs; no error is raised, only the numbers differ. All three are computed in this page; ${says}.`
    const printed = ways.flatMap((way, at) => [paragraph([WAYS[at][0]]), code(printedBy(way), false)])
    const folded = menu("What PyTorch prints", ...printed)
    const below = element("div", { class: "gs-lesson-differ" }, paragraph(differ, "gs-lesson-info"), folded)
    const last = runs.tellingUnit(ways[2], steps - 1)
    return {
        nodes: [paragraph(intro), columns("gs-lesson-ways", ...shown), below],
        made: madeBy("nn.LSTM", view),
        onMemory: ofWords ? onMemory(view, 0, last, steps - 1) : null,
    }
}

// Pixels of a row where three figures stand side by side.
const LOW = 21

/** h and c of every step, with four decimals as in the lesson. @param {Run} run */
const printedBy = run =>
    run.tokens
        .map((_, step) => `${`${step}`.padStart(2)} out  [${row(run, "h", step)}]\n   cell [${row(run, "c", step)}]`)
        .join("\n")

// 4. A Linear layer on top.

/** The trained tagger that is nearest in size: its answers mean something. @param {Here} here @returns {Promise<Shown>} */
async function aLinearOnTop(here) {
    const { view, around, message } = here
    const read = runs.wordsRead(view.sentence)
    const sentence = read.length < wordsIn(view.sentence) ? read.join(" ") : view.sentence
    const { input_dim, hidden_dim } = view
    const query = { model: "tagger-sizes", sentence, input_dim, hidden_dim, n_layers: 1, top: "all" }
    const question = { query, room: runs.MOST, zoom: null, cell: null }
    const numbers = await around.answerer.picture(question, new AbortController().signal)
    const { readout, scores, notices, made } = numbers
    if (!numbers.labels.length || !readout || !scores) return { nodes: [paragraph([TYPE])], notices: [] }
    const run = runs.ofPicture(numbers)
    const { step, chosen } = chooseStep(here, run.tokens)
    const layer = run.lstm.numLayers - 1
    const h = runs.rowsOf(run, "h").map(row => row[step])
    const weights = /** @type {Float32Array[]} */ (numbers.stacks[layer].weights)
    const [unit] = largestFirst(h.map((value, k) => Math.abs(value * weights[k][readout.best[0][step]])))
    const ofSteps = { ...numbers, columns: { of: (/** @type {number} */ at) => at } }
    const onward = onwardOf(ofSteps, { layer, direction: 0, unit, step }, h[unit])
    if (!onward) throw new Error("Expected a Linear layer on the last LSTM, got none.")
    const [steps, units, labels] = [run.tokens.length, run.lstm.hiddenSize, readout.of]
    const stages = [
        `out, _ = lstm(x)       # (${steps}, 1, ${units})`,
        `flat = out.view(${steps}, ${units})`,
        `linear = nn.Linear(${units}, ${labels})`,
        `scores = linear(flat)  # (${steps}, ${labels})`,
        "answers = scores.softmax(-1)",
        "# the answers of each word sum to 1",
    ]
    const some = largestFirst(scores.z.map(row => Math.max(...row)))
    const rows = some.slice(0, LABELS).sort((a, b) => a - b)
    const classes = { quantity: "h", name: "probability", scale: /** @type {"gates"} */ ("gates") }
    const drawn = { ...classes, z: rows.map(row => scores.z[row]), rows: rows.map(row => scores.labels[row]) }
    const likely = here.rows("scores", { strips: [drawn], tokens: run.tokens, high: LOW }, 1000)
    const right = column(code(stages.join("\n")), likely)
    const next = rich`**What “the hidden state predicts the next word” means.** \`h\` at a word is all that the LSTM shows of what it has read so far. The Linear layer turns those \`hidden_dim\` numbers into one score for each of \`output_dim\` classes. Let the classes be the words of a vocabulary and train the scores at each word towards the word that comes next, and the same picture is a language model. Here the classes are noun, verb and so on.`
    const sure = fixed(onward.likeliest[0].said, 2)
    const text = `So far the LSTM was random. This one is trained, with the Linear on top, to say the part of speech of each word. At ${quoted(run.tokens[step])} the answer is ${onward.label}, ${sure}. Its score is ${scoreInWords(onward)}, each rounded. Softmax over the ${labels} scores makes it ${sure}.`
    const link = onMemory({ ...view, ...numbers.view }, layer, unit, step, query.model)
    const both = columns("gs-lesson-tagger", column(cell(here, "tagger", run, step, unit)), right)
    const by = `“${sentence}”, ${made.replace(`. ${message.made_with}`, "")}`
    return { nodes: [...chosen, paragraph([text]), both, paragraph(next)], notices, onMemory: link, made: by }
}

// 5. LSTM, GRU, RNN.

// A smaller share is told as nothing, a larger one as all.
const [NOTHING, ALL] = [0.005, 0.995]

/** @typedef {import("./runs.js").Kind} Kind */
/** @type {Object<string, string>} */
const DASHES = { lstm: "none", gru: "8 5", rnn: "2 4", rnn10: "8 4 2 4" }

/** @param {Wire.LessonByGap} one */
const keyOf = ({ cell, units }) => (units === 4 ? cell : `${cell}${units}`)

/** @param {Wire.LessonByGap} one */
const nameOf = ({ cell, units }) => `${runs.NAMES[cell.toUpperCase()]}${units === 4 ? "" : `, ${units} units`}`

/** @param {Here} here @returns {Promise<Shown>} */
async function lstmGruRnn(here) {
    const { view, lines, message, says, around } = here
    const { by_gap: found, gaps } = message
    const learned = view.cells !== "random"
    const kinds = learned ? runs.trainedKinds(await around.cells(), view) : runs.untrainedKinds(view)
    const { tokens } = kinds[0]
    if (!tokens.length) return { nodes: [paragraph([TYPE])] }
    const last = tokens.length - 1
    const shown = kinds.map(kind => {
        const name = `nn.${kind.name}${learned ? "" : ", untrained"}`
        const drawn = cell(here, kind.name, kind, last, runs.tellingUnit(kind, last))
        const strips = [{ quantity: "h", z: runs.rowsOf(kind, "h") }]
        const h = here.rows(`h of ${kind.name}`, { strips, tokens, high: 15, head: "hidden state h, −1 to 1" }, 560)
        return column(paragraph(rich`**${name}**`), drawn, h)
    })
    const epochs = learned ? +view.cells : Math.min(...found.map(one => one.epochs))
    const other = learned ? "another first symbol, the nearest of three" : "zeros in place of its first word"
    const measure = rich`**What is left of the first step in h**: how far h is from the h of the same text with ${other}. The distance right after the first step counts as 1; at 0, h no longer shows what came first.`
    const budget = rich`**After ${epochs} epochs**: share of first symbols recalled, by the number of dots in between (thin: guessing)`
    /** @returns {import("../picture/rows.js").Curve} */
    const curve = (/** @type {string} */ kind, /** @type {string} */ name, /** @type {number[]} */ values) => ({
        ...{ name, values, line: { stroke: lines[kind], "stroke-dasharray": DASHES[kind] } },
    })
    const leftOf = kinds.map(({ name, left }) => curve(name.toLowerCase(), runs.NAMES[name], left))
    const right = found.filter(one => one.epochs === epochs).map(one => curve(keyOf(one), nameOf(one), one.right))
    const guess = { name: "guessing", values: gaps.map(() => 1 / runs.SYMBOLS.length) }
    right.push({ ...guess, line: { stroke: here.look.faint, "stroke-width": 1, "stroke-dasharray": "2 3" } })
    const most = Math.max(1, ...leftOf.flatMap(({ values }) => values.filter(Number.isFinite)))
    const drawn = (/** @type {string} */ name, /** @type {string[]} */ tokens, /** @type {any} */ curves) =>
        here.rows(name, { strips: [], tokens, high: 0, curves }, 1000)
    const [ends, written] = [[0, Math.ceil(2 * most) / 2], (/** @type {number} */ value) => fixed(value, 2)]
    const curves = columns(
        "gs-lesson-curves",
        column(small(measure), drawn("left", tokens, { of: leftOf, ends, written })),
        column(small(budget), drawn("gap", gaps.map(String), { of: right, ends: [0, 1], written: percent })),
    )
    const sizes = listed(kinds.map(({ name, parameters }) => `${count(parameters)} in the ${runs.NAMES[name]}`))
    const blocks = rich`Parameters: ${sizes}. The LSTM keeps c by its forget gate f and shows some of it as h; the GRU keeps h itself by its update gate z. All three are computed in this page; ${says}.`
    const folded = more(whoLearned(message), column(paragraph(whatBuysIt(found)), paragraph(blocks)))
    const modules = "nn.LSTM, nn.GRU and nn.RNN"
    const words = wordsIn(view.sentence)
    const cut = !learned && words > tokens.length ? [small([`The first ${tokens.length} words are read.`])] : []
    const head = element("h5", {}, learned ? atTheQuestion(kinds) : atTheLastWord(kinds))
    const nodes = [head, ...cut, columns("gs-lesson-kinds", ...shown), curves, folded]
    if (learned) return { nodes, made: `${modules}, trained on copy, seed=${view.trained_seed}; ${says}` }
    const link = onMemory(view, 0, runs.tellingUnit(kinds[0], last), last)
    return { nodes, made: `“${view.sentence}”, ${madeBy(modules, view)}; ${says}`, onMemory: link }
}

/** How much of the first word is left in h at the last one. @param {Kind[]} kinds */
function atTheLastWord(kinds) {
    const [first, later] = [quoted(kinds[0].tokens[0]), kinds[0].tokens.length - 1]
    if (!later) return `Three kinds of cell read ${first}, one word: there is nothing to remember yet.`
    return (
        `Of the difference that ${first} makes in h, ${leftIn(kinds)}, ${later === 1 ? "one word" : `${later} words`} later. ` +
        "None of the three was trained to keep it."
    )
}

/** What each model says at the question mark, and how much of the first symbol is left there. @param {Kind[]} kinds */
function atTheQuestion(kinds) {
    const { tokens } = kinds[0]
    const [first, gap] = [tokens[0], tokens.length - 2]
    const answers = kinds.map(({ name, said, left }) => {
        const sure = Math.max(...(said ?? []))
        const symbol = runs.SYMBOLS[said?.indexOf(sure) ?? 0]
        const isRight = symbol === first
        const luck = isRight && left[left.length - 1] < NOTHING
        return { cell: `the ${runs.NAMES[name]}`, isRight, luck, says: `${quoted(symbol)} (${sure.toFixed(2)})` }
    })
    const right = answers.filter(({ isRight }) => isRight).map(({ cell }) => cell)
    const some = right.length && `only ${listed(right)} ${right.length > 1 ? "are" : "is"}`
    const verdict = right.length === kinds.length ? "all three are" : some || "none of them is"
    const luck = answers.some(({ luck }) => luck) ? " To be right with nothing left is luck." : ""
    return (
        `After ${quoted(first)} and ${gap === 1 ? "1 dot" : `${gap} dots`}, ` +
        `${listed(answers.map(({ cell, says }) => `${cell} says ${says}`))}: ${verdict} right. ` +
        `Of the difference that ${quoted(first)} makes in h, ${leftIn(kinds)}.${luck}`
    )
}

/** @param {Kind[]} kinds */
function leftIn(kinds) {
    const shares = kinds.map(({ left }) => {
        const share = left[left.length - 1]
        return share >= ALL ? "all" : share < NOTHING ? "nothing" : percent(share)
    })
    if (new Set(shares).size === 1) return `${shares[0]} is left in all three`
    const in_ = kinds.map(({ name }) => `in the ${runs.NAMES[name]}`)
    return listed(shares.map((share, at) => `${share} ${at ? "" : "is left "}${in_[at]}`))
}

/** @param {Wire.LessonMessage} message */
function whoLearned({ by_gap: found, asked }) {
    const small = found.filter(({ units }) => units === 4)
    const parts = [...new Set(small.map(({ epochs }) => epochs))].map(epochs => {
        const of = small.filter(one => one.epochs === epochs)
        return `after ${epochs} epochs ${listed(of.map(one => `${one.always} of ${one.models} ${nameOf(one)}s`))}`
    })
    return `Asked for the first symbol ${asked} dots later, these are right every time: ${parts.join("; ")}.`
}

/** How much comes from the gates, and how much from the number of parameters. @param {Wire.LessonByGap[]} found */
function whatBuysIt(found) {
    const larger = found.filter(({ units }) => units !== 4)
    const counts = listed(larger.map(({ always, models, epochs }) => `${always} of ${models} after ${epochs} epochs`))
    return rich`What helps is a gate that can keep, more than a separate cell state: the GRU has only the gate, and learns it about as often. The gate makes learning faster, but it is not the only way: a plain RNN holds a symbol where its weights drive units to −1 or +1 and keep them there, and finds such weights later. With 4 units it has a quarter of the LSTM’s parameters; with ${larger[0].units} units it has as many, and ${counts} learned it. The curves are computed from the shipped weights; in a checkout, \`python -m studies.cells_learn_copy\` trains them again.`
}

/** What each part shows. @type {((here: Here) => Shown | Promise<Shown>)[]} */
export const SHOWN = [wordsBecomeNumbers, oneStepAtATime, theStateMustBeCarried, aLinearOnTop, lstmGruRnn]
