/**
 * What stands in the drawer's rows? Names at the left, and the rest in the picture's columns: shares as bars with numbers,
 * those of several features as rows of colours, and answers as chips.
 */

import { largestFirst } from "../numbers/order.js"
import { chipOf } from "../picture/answers.js"
import { colourOf } from "../shared/colour.js"
import { element, wordButton } from "../shared/element.js"
import { signed } from "../shared/numbers.js"
import { place as put } from "../shared/page.js"
import { eventText } from "../state/link.js"

// Where on the page is a step? The picture is asked: the drawer has no columns of its own.

/** @typedef {{left: number, width: number}} Span */

/**
 * Where a step stands in a stack, in pixels from the left of its strips; null if it is out of sight. Where a column has
 * several steps, each has its share of it.
 *
 * @param {Painted} stack @param {number} step @returns {Span | null}
 */
export function stepIn({ layout }, step) {
    const [first, last] = layout.xaxis.range
    const pixel = (/** @type {number} */ at) => ((at - first) / (last - first)) * layout.width
    const [left, right] = [Math.max(0, pixel(step - 0.5)), Math.min(layout.width, pixel(step + 0.5))]
    return right > left ? { left, width: right - left } : null
}

/**
 * The pixels from the left of a part of the page to a stack's strips.
 *
 * @param {Painted} stack @param {HTMLElement} part
 */
export function leftOf({ area }, part) {
    const scale = part.getBoundingClientRect().width / part.offsetWidth || 1
    return (area.getBoundingClientRect().left - part.getBoundingClientRect().left) / scale
}

/** The steps of a stack that are in sight. @param {Painted} stack */
function stepsInSight({ layout, columns }) {
    const [first, last] = layout.xaxis.range
    return [Math.max(0, Math.ceil(first - 0.5)), Math.min(columns.steps - 1, Math.floor(last + 0.5))]
}

// How are shares drawn in the picture's columns? As bars with numbers; of several features as rows of colours.

// Pixels: the height of a row of bars, and of the bars above or below its middle; the least width of a column that has
// a number, of one that has it beside its bar, and of one that can be pressed; the height of a row of colours.
const HEIGHT = 34
const BAR = 15
const NUMBERED = 40
const BESIDE = 92
const PRESSED = 14
const ROW = 14
// Of bars that touch each other.
const THIN = "left: -1px; width: max(1px, 100% + 1px); "

/** A share in words; a small one has more places. @param {number} value */
function share(value) {
    const size = Math.abs(value)
    return signed(value, size >= 0.0005 && size < 0.0995 ? 3 : 2)
}

/** The size of the largest; 1 where all are 0. @param {number[]} values */
const largest = values => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1

/**
 * A cell for each step that is in sight; `draw`: what is in it. `press(step)`, if given, is called when a cell is pressed;
 * `pressed` is the step whose cell is; `isKey`: whether wide ones are buttons.
 *
 * @param {Painted} stack @param {{first: number, values: number[], high: number, isKey: boolean}} of
 * @param {{press?: (step: number) => void, pressed?: number, name: (step: number) => string}} how
 * @param {(value: number, width: number, isThin: boolean) => Node[]} draw
 */
function cellsIn(stack, { first, values, high, isKey }, { press, pressed, name }, draw) {
    const seen = values.flatMap((value, k) => {
        const place = stepIn(stack, first + k)
        return place ? [{ step: first + k, value, place }] : []
    })
    const isThin = seen.length > 1 && seen[0].place.width < PRESSED
    const isButton = press && isKey && !isThin
    const cells = seen.map(({ step, value, place: { left, width } }) => {
        const title = `${name(step)}: ${share(value)}`
        const style = `left: ${left}px; width: ${width}px${press ? "; cursor: pointer" : ""}`
        const about = { class: "gs-why-bar", "data-step": step, "data-share": value, style, title }
        const pressing = isButton && { type: "button", "aria-pressed": `${step === pressed}`, "aria-label": title }
        const all = { ...about, ...pressing, onclick: () => press?.(step) }
        return element(isButton ? "button" : "span", all, ...draw(value, width, isThin))
    })
    return element("div", { class: "gs-why-bars", style: `height: ${high}px` }, ...cells)
}

/** A row of shares as bars with numbers, by its name on the page. @param {How} how @param {string} title @param {string} name
 * @param {{first: number, values: number[]}} of @param {Parameters<typeof cellsIn>[2]} [about] */
function barsRow(how, title, name, { first, values }, about = how) {
    const { stack } = how
    // The colour of a bar is of its sign.
    const [reach, ink] = [largest(values), scaleOf(stack, 1.4)]
    const made = cellsIn(stack, { first, values, high: HEIGHT, isKey: true }, about, (value, width, isThin) => {
        const opposite = { class: "gs-why-opposite", style: `top: ${value < 0 ? 25 : 75}%` }
        const number = element("small", width < BESIDE ? opposite : {}, share(value))
        const [side, high] = [value < 0 ? "top" : "bottom", Math.max(+!isThin, (Math.abs(value) / reach) * BAR)]
        const drawn = `${isThin ? THIN : ""}height: ${high}px; ${side}: 50%; background: ${colourOf(Math.sign(value), ink)}`
        return [element("i", { style: drawn }), ...(width >= NUMBERED ? [number] : [])]
    })
    made.dataset.row = name
    return row(how, title, made)
}

/** The picture's colours of states, over a reach. @param {Painted} stack @param {number} reach */
function scaleOf(stack, reach) {
    const { colorscale } = stack.data.find(({ zmin }) => zmin < 0) ?? stack.data[0]
    return { colorscale, zmin: -reach, zmax: reach }
}

// What stands in the drawer's rows?

/**
 * `name(step)`: what a step is called; `quoted(step)`: in a sentence; `left`: the pixels to the strips; `memory`: what c
 * is called.
 *
 * @typedef {{stack: Painted, name: (step: number) => string,
 *     quoted: (step: number) => string, left: number, narrow: boolean,
 *     memory: string}} How
 * @typedef {import("../state/link.js").Event} Event
 * @typedef {(event: Event) => void} Choose
 */

// Pixels: the least width of a word, of an answer with its probability, and of “the word itself”.
const WORD = 46
const CHIP = 84
const ITSELF = 104
// Pixels between the name of a row and the strips.
const GAP = 12
/** What it means that an answer is filled. */
const FILLED = "filled: changed by over 0.02"
/** How many of the largest parts, and of the changed answers, are named where the columns have no room for them. */
const LARGEST = 5
const NAMED = 5

/** @param {How} how @param {string} title @param {...(Node|string)} parts in the columns */
function row({ stack, left, narrow }, title, ...parts) {
    const style = `margin-left: ${left}px; width: ${stack.layout.width}px`
    const track = element("div", { class: "gs-why-track", style }, ...parts)
    const name = element("div", { class: "gs-why-name", style: narrow ? "" : `width: ${left - GAP}px` }, title)
    return element("div", { class: narrow ? "gs-why-row gs-narrow" : "gs-why-row" }, name, track)
}

/**
 * Text from the left of the strips on, as wide as the drawer.
 *
 * @param {How} how @param {string} title @param {...(Node|string)} parts
 */
function line(how, title, ...parts) {
    const made = row(how, title, ...parts)
    made.classList.add("gs-why-text")
    return made
}

/** The words again, because the strips' own are far; some of many. @param {How} how @param {Says.Drawer} said */
export function wordsRow(how, { cell }) {
    const [first, last] = stepsInSight(how.stack)
    const width = stepIn(how.stack, Math.round((first + last) / 2))?.width ?? WORD
    const every = Math.max(1, Math.ceil(WORD / width))
    const words = []
    for (let step = first; step <= last; step += every) {
        const place = stepIn(how.stack, step)
        const fits = place && place.left + Math.min(WORD, place.width * every) / 1.5 <= how.stack.layout.width
        if (!fits) continue
        const style = `left: ${place.left}px; width: ${place.width * every}px`
        words.push(element("span", { class: step === cell.step ? "gs-here" : "", style }, how.name(step)))
    }
    const track = row(how, "", ...words)
    track.classList.add("gs-why-words")
    return track
}

/** What still stands in c. @param {How} how @param {Says.Drawer} said */
export const stillRow = (how, { still: { first, shares } }) =>
    barsRow(how, `still in ${how.memory}`, "still", { first, values: shares })

/**
 * What each word did for the answer, or a row of colours for each feature; a press on one asks for its path.
 *
 * @param {How} how @param {Says.Drawer} said @param {import("../state/link.js").Drawer} drawer
 * @param {Choose} choose
 */
export function answerRows(how, { answer, no_answer }, { event }, choose) {
    if (!answer) return [line(how, "why this answer", element("p", { class: "gs-faint" }, no_answer))]
    const { features, parts, no_path, agrees } = answer
    const press = no_path ? undefined : (/** @type {number} */ step) => choose({ step, feature: null })
    const [about, title] = [
        { ...how, press, pressed: event?.step ?? -1 },
        agrees ? "why this answer" : "parts, not causes",
    ]
    const of = { first: 0, values: parts[0] }
    const drawn = features.length ? featureRows(how, answer, choose) : [barsRow(how, title, "answer", of, about)]
    for (const one of drawn) one.classList.toggle("gs-why-no-cause", !agrees)
    const crowded = features.length > 0 || !drawn[0].querySelector("button")
    return crowded && !no_path ? [...drawn, largestRow(how, answer, event, choose)] : drawn
}

/**
 * What the answer's parts sum to, and how the chosen word reached it; which answer is asked about is chosen there, where
 * there are several labels.
 *
 * @param {How} how @param {Says.Drawer} said @param {import("../state/link.js").Drawer} drawer
 * @param {(label: string) => void} ask
 */
export function sentences(how, { answer }, { event, label }, ask) {
    if (!answer) return []
    const { features, labels, path, no_path, said } = answer
    const of = path && eventText(path) === eventText(event) ? path.said : ""
    const hint =
        `Press a ${features.length ? "number" : "word"} to see what it does alone, and its path over ${how.memory}: ` +
        "thick where it is kept, dotted where it is read again."
    const options = ["the answer here", ...labels].map((name, k) =>
        element("option", { value: k ? name : "", selected: k > 0 && name === label }, name),
    )
    const about = { class: "gs-why-which", "aria-label": "Why which answer?", onchange: () => ask(select.value) }
    const select = element("select", about, ...options)
    return [[...(labels.length ? [select] : []), said], [no_path || of || hint]].map(parts =>
        line(how, "", element("p", {}, ...parts)),
    )
}

/** A row of colours for each feature. @param {How} how @param {Says.TheAnswer} answer @param {Choose} choose */
function featureRows(how, { parts, features }, choose) {
    const { stack, name } = how
    const scale = scaleOf(stack, largest(parts.flat()))
    return parts.map((values, feature) => {
        const [most] = largestFirst(values.map(Math.abs))
        const about = {
            press: (/** @type {number} */ step) => choose({ step, feature }),
            name: (/** @type {number} */ step) => `${features[feature]}, ${name(step)}`,
        }
        const cells = cellsIn(stack, { first: 0, values, high: ROW, isKey: false }, about, (value, width) => [
            element("i", { style: `width: calc(100% - ${+(width > 6)}px); background: ${colourOf(value, scale)}` }),
        ])
        cells.setAttribute("role", "img")
        cells.setAttribute("aria-label", `${features[feature]}: most at ${name(most)}, ${share(values[most])}`)
        cells.setAttribute("data-feature", features[feature])
        const made = row(how, features[feature], cells)
        made.classList.add("gs-why-feature")
        return made
    })
}

/**
 * The largest parts, as buttons: the way to a path by keyboard, where the columns have no room for buttons.
 *
 * @param {How} how @param {Says.TheAnswer} answer @param {Event | null} event @param {Choose} choose
 */
function largestRow(how, { features, parts }, event, choose) {
    const all = parts.flatMap((row, feature) =>
        row.map((part, step) => ({ step, feature: features.length ? feature : null, part })),
    )
    const largest = largestFirst(all.map(({ part }) => Math.abs(part))).slice(0, LARGEST)
    const shown = largest.map(k => all[k]).filter(({ part }) => part)
    const buttons = shown.map(({ step, feature, part }) => {
        const of = feature === null || features.length < 2 ? how.name(step) : `${features[feature]}, ${how.name(step)}`
        const pressed = `${eventText(event) === eventText({ step, feature })}`
        const about = { class: "gs-chip", "aria-pressed": pressed, "data-share": part }
        return wordButton(`${of} ${share(part)}`, () => choose({ step, feature }), about)
    })
    return line(how, "the largest", element("div", { class: "gs-why-chips" }, ...buttons))
}

/** The answer without each word. @param {How} how @param {Says.Drawer} said */
export function withoutRow(how, { cell, without, no_without }) {
    const places = without.map(({ step }) => stepIn(how.stack, step))
    const roomy = without.length > 0 && places.some(place => place && place.width >= CHIP / 2)
    const parts = roomy ? inColumns(how, cell, without, places) : named(how, without)
    const more = no_without ? [element("p", { class: "gs-faint" }, no_without)] : []
    const made = (roomy ? row : line)(how, "answer without it", ...parts, ...more)
    if (roomy) made.firstElementChild?.append(element("small", {}, FILLED))
    made.classList.toggle("gs-why-answers", roomy)
    return made
}

/**
 * @param {How} how @param {Cell} cell @param {Says.Without[]} without
 * @param {(Span | null)[]} places
 */
function inColumns(how, cell, without, places) {
    const chips = without.flatMap((one, k) => {
        const place = places[k]
        if (!place) return []
        const chip = chipOf(one, place.width >= CHIP)
        chip.classList.toggle("gs-framed", one.framed)
        put(chip, place)
        return [chip]
    })
    const own = stepIn(how.stack, cell.step)
    if (!own || own.width < ITSELF) return chips
    const style = `left: ${own.left}px; width: ${own.width}px`
    return [...chips, element("span", { class: "gs-why-own gs-faint", style }, "the word itself")]
}

/** Those answers that change, in words. @param {How} how @param {Says.Without[]} without */
function named(how, without) {
    const changed = without.filter(({ framed }) => framed)
    if (!changed.length) {
        return without.length ? [element("p", {}, "Without any one of them it changes by less than 0.02.")] : []
    }
    const some = changed.slice(-NAMED).map(({ step, label, share: sure }) => {
        const said = `without ${how.quoted(step)}: ${label}${sure === null ? "" : ` ${sure.toFixed(2)}`}`
        return element("span", { class: "gs-why-named" }, said)
    })
    const more = changed.length > NAMED ? [`of ${changed.length} that change, the nearest: `] : []
    return [element("div", { class: "gs-why-chips" }, ...more, ...some)]
}

/** What a hold is, of the answer. @param {Says.Drawer["turn"]} turn */
const turningName = turn => (turn?.turns === false ? "what changes it most" : "what would change it")

/**
 * What turns the answer, and the button that tries it.
 *
 * @param {How} how @param {Says.Drawer} said @param {() => void} tries
 */
export function changeRow(how, { turn, no_turn }, tries) {
    if (!turn) return line(how, turningName(turn), element("p", { class: "gs-faint" }, no_turn))
    const chip = (/** @type {Says.Said} */ said) => chipOf({ step: -1, ...said }, true)
    const tryIt = wordButton("Try it", tries, { class: "gs-button gs-try" })
    const both = [chip(turn.was), element("span", { "aria-label": "becomes" }, "→"), chip(turn.becomes)]
    const all = element("div", { class: "gs-why-turn" }, element("span", {}, `${turn.said}:`), ...both, tryIt)
    const made = line(how, turningName(turn), all)
    made.classList.add("gs-why-last")
    return made
}
