/** What stands in the drawer's rows? Names at the left, and the rest in the picture's columns. */

import { largestFirst } from "../numbers/order.js"
import { chipOf } from "../picture/answers.js"
import { element, wordButton } from "../shared/element.js"
import { place as put } from "../shared/page.js"
import { eventText } from "../state/link.js"
import { bars, colourRows, share, stepIn, stepsInSight } from "./bars.js"

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
export function stillRow(how, { still }) {
    const made = bars(how.stack, { first: still.first, values: still.shares }, how)
    made.dataset.row = "still"
    return row(how, `still in ${how.memory}`, made)
}

/**
 * What each word did for the answer; a press on one asks for its path.
 *
 * @param {How} how @param {Says.Drawer} said @param {import("../state/link.js").Drawer} drawer
 * @param {Choose} choose
 */
export function answerRows(how, { answer, no_answer }, { event }, choose) {
    if (!answer) return [line(how, "why this answer", element("p", { class: "gs-faint" }, no_answer))]
    const { features, first, parts, no_path, agrees } = answer
    const drawn = features.length
        ? featureRows(how, answer, choose)
        : [wordBars(how, { first, values: parts[0] }, event, no_path ? undefined : choose, agrees)]
    for (const one of drawn) one.classList.toggle("gs-why-no-cause", !agrees)
    const crowded = features.length > 0 || !drawn[0].querySelector("button")
    return crowded && !no_path ? [...drawn, largestRow(how, answer, event, choose)] : drawn
}

/**
 * What the answer's parts sum to, and how the chosen word reached it.
 *
 * @param {How} how @param {Says.Drawer} said @param {import("../state/link.js").Drawer} drawer
 * @param {(label: string) => void} ask
 */
export function sentences(how, { answer }, { event, label }, ask) {
    if (!answer) return []
    const { features, path, no_path, said } = answer
    const of = path && eventText(path) === eventText(event) ? path.said : ""
    const hint =
        `Press a ${features.length ? "number" : "word"} to see what it does alone, and its path over ${how.memory}: ` +
        "thick where it is kept, dotted where it is read again."
    return [[...whichAnswer(answer, label, ask), said], [no_path || of || hint]].map(parts =>
        line(how, "", element("p", {}, ...parts)),
    )
}

/**
 * A choice of what is asked about, where there are several labels.
 *
 * @param {Says.TheAnswer} answer @param {string} label @param {(label: string) => void} ask
 */
function whichAnswer({ labels }, label, ask) {
    if (!labels.length) return []
    const names = ["the answer here", ...labels]
    const options = names.map((name, k) =>
        element("option", { value: k ? name : "", selected: k > 0 && name === label }, name),
    )
    const about = { class: "gs-why-which", "aria-label": "Why which answer?", onchange: () => ask(select.value) }
    const select = element("select", about, ...options)
    return [select]
}

/**
 * @param {How} how @param {{first: number, values: number[]}} values @param {Event | null} event
 * @param {Choose | undefined} choose @param {boolean} agrees
 */
function wordBars(how, values, event, choose, agrees) {
    const press = choose && ((/** @type {number} */ step) => choose({ step, feature: null }))
    const made = bars(how.stack, values, { ...how, press, pressed: event?.step ?? -1 })
    made.dataset.row = "answer"
    return row(how, agrees ? "why this answer" : "parts, not causes", made)
}

/** A row of colours for each feature. @param {How} how @param {Says.TheAnswer} answer @param {Choose} choose */
function featureRows(how, { features, first, parts }, choose) {
    const press = (/** @type {number} */ step, /** @type {number} */ feature) => choose({ step, feature })
    const rows = colourRows(how.stack, { first, rows: parts, features }, { ...how, press })
    return rows.map((canvas, k) => {
        const made = row(how, features[k], canvas)
        made.classList.add("gs-why-feature")
        return made
    })
}

/**
 * The largest parts, as buttons: the way to a path by keyboard, where the columns have no room for buttons.
 *
 * @param {How} how @param {Says.TheAnswer} answer @param {Event | null} event @param {Choose} choose
 */
function largestRow(how, { features, first, parts }, event, choose) {
    const all = parts.flatMap((row, feature) =>
        row.map((part, k) => ({ step: first + k, feature: features.length ? feature : null, part })),
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
 * @param {(import("./bars.js").Span | null)[]} places
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
export const turningName = turn => (turn?.turns === false ? "what changes it most" : "what would change it")

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
    const made = line(
        how,
        turningName(turn),
        element("div", { class: "gs-why-turn" }, element("span", {}, `${turn.said}:`), ...both, tryIt),
    )
    made.classList.add("gs-why-last")
    return made
}
