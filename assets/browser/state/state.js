/** What is on screen, and which cell is looked at? One value, and how a picture, a pin and the time change it. */

import { heldNow, holding, scopeOf } from "./holds.js"
import { cellOf, drawerOf, sameCell } from "./link.js"
import { inColumns, layersOf, now, readBy, to } from "./time.js"
import { brushOf, brushWithin, columnsInSight, keptZoom, rowsInSight, zoomOf, zoomWithin } from "./zoom.js"

/** @typedef {Object<string, any>} Named */

/**
 * @typedef {Object} State
 * @property {Named} link What the address asked for; empty once a picture has said what that means.
 * @property {Named} source What is read: a sentence or file, a model, its dimensions.
 * @property {Waiting | null} waits The visitor's own text, while a model that can't read it shows its own example.
 * @property {Named} shown How it is shown: quantities, layers, rows, colours.
 * @property {import("./holds.js").Held} holds What is held, as in a link.
 * @property {{everyStep: boolean, everyUnit: boolean}} scope Where the next hold holds: else at one step, in one unit.
 * @property {Picture | null} picture The last answer.
 * @property {Cell | null} pin The cell that is looked at closely.
 * @property {Cell | null} hover The cell under the pointer, or where the arrow keys are.
 * @property {{of: Picture, pin: Cell, values: Wire.CellTerms | null} | null} terms What was answered about a cell of a
 * picture that came without.
 * @property {import("./time.js").Time} time
 * @property {Zoom} zoom
 * @property {number} first The first step in sight where the words of all steps have no room and nobody has zoomed.
 * @property {"zoom" | "pan" | false} drag What a drag over the picture does.
 * @property {import("./zoom.js").Stretch | null} brush The words that are selected.
 * @property {string} said A sentence for the person, beside those of the picture.
 * @property {{of: Named, said: string} | null} refused Why a wish was not possible, until something else is read.
 * @property {"" | "away" | "back"} connection What is known of whoever answers.
 * @property {boolean} waiting Whether a picture takes long to come.
 * @property {import("./link.js").Drawer} drawer
 * @property {import("./link.js").Why | null} why What was last said in the drawer.
 * @property {boolean} sliding Whether a hand moves a slider: meanwhile the scale of c stays.
 * @property {boolean} presenting Whether the picture alone is shown, for a lecture.
 * @property {string} scene The name of the scene whose card is shown; "" for none.
 *
 * @typedef {{sentence: string, model: string, tokens: string}} Waiting A text, and what could read it.
 * @typedef {State & {picture: Picture}} Drawn A state with a picture.
 */

/** @param {{link: Named, coarse: boolean, calm: boolean}} beginning @returns {State} */
export function beginning({ link, coarse, calm }) {
    return {
        link,
        source: {},
        waits: null,
        shown: {},
        holds: { text: "", of: "" },
        scope: { everyStep: false, everyUnit: false },
        picture: null,
        pin: null,
        hover: null,
        terms: null,
        time: { at: null, playing: false, speed: 1, looping: false, calm, from: 0, to: -1 },
        zoom: zoomOf(link.zoom),
        first: 0,
        // A finger scrolls the page; a mouse draws a box to zoom into.
        drag: coarse ? false : "zoom",
        brush: brushOf(link.brush),
        said: "",
        refused: null,
        connection: "",
        waiting: false,
        drawer: drawerOf(link),
        why: null,
        sliding: false,
        presenting: link.present === "1",
        scene: link.scene ?? "",
    }
}

/** What a question asks about. @param {State} state */
export function asked(state) {
    const holds = heldNow(state)
    return { ...state.link, ...state.source, ...state.shown, ...(holds && { holds }) }
}

/**
 * The state after a picture has arrived. A picture with another sentence's zoom is not shown: the whole is asked for.
 *
 * @param {State} state @param {Picture} picture @param {{source: string[], shown: string[]}} names @returns
 * {Partial<State>}
 */
export function arrived(state, picture, names) {
    const zoom = state.picture ? keptZoom(state.zoom, state.picture, picture) : zoomWithin(state.zoom, picture)
    if (state.zoom.steps && !zoom.steps) return { zoom }
    const aside = setAside(state, picture) ?? staysAsItWas(state, picture)
    if (aside) return aside
    const first = state.picture ? {} : fromLink(picture, names)
    const next = { ...state, ...first, picture, zoom }
    const last = state.picture?.columns
    next.time = inColumns(state.time, columnsInSight(picture.columns, zoom), last?.per === picture.columns.per)
    if (!state.picture) next.time = asLinked(next.time, picture.columns, state.link.at)
    next.pin = pinIn(picture, followed(next))
    next.source = ofTrainedSize(withExample(next.source, state.picture, picture), picture)
    return {
        ...first,
        picture,
        zoom,
        time: next.time,
        // Of another text no words are selected.
        brush: last && last.steps !== picture.columns.steps ? null : brushWithin(state.brush, picture),
        pin: next.pin,
        source: next.source,
        waits: state.waits?.sentence === next.source.sentence ? null : state.waits,
    }
}

/**
 * A model that can't read the visitor's text is asked for its own example instead, and the text waits; null for any
 * other model. What is typed for a model is read as it is, also while the model is on its way.
 *
 * @param {State} state @param {Picture} picture @returns {Partial<State> | null}
 */
function setAside({ source, waits, picture: last }, { unreadable, examples, view }) {
    const [own] = Object.values(examples ?? {})
    if (!last || !unreadable || own === undefined || has(last.examples, source.sentence)) return null
    if (["sentence", "model", "tokens"].some(name => view[name] !== source[name])) return null
    const { model, tokens } = last.view
    if (model === view.model && tokens === view.tokens) return null
    const { sentence } = source
    return {
        source: { ...source, sentence: own },
        waits: waits ?? { sentence, model: `${model}`, tokens: `${tokens}` },
    }
}

/**
 * A typed text of which the same reader can read nothing, such as a list of numbers with a word in it, leaves the last
 * picture where it is and says why; null for any other text.
 *
 * @param {State} state @param {Picture} picture @returns {Partial<State> | null}
 */
function staysAsItWas({ source, picture: last }, { unreadable, stacks, view, notices }) {
    if (!last?.stacks.length || !unreadable || stacks.length) return null
    if (last.view.model !== view.model || last.view.tokens !== view.tokens) return null
    return { refused: { of: source, said: notices.join(" ") } }
}

/** Why what is wished for now was not possible, in a sentence; "" if it was. @param {State} state */
export function refusedNow({ refused, source }) {
    return refused && JSON.stringify(refused.of) === JSON.stringify(source) ? refused.said : ""
}

/** Whether the picture is of the text before, because this one can't be read. @param {State} state */
export const isOfTheTextBefore = state => !!refusedNow(state) && state.picture?.view.sentence !== state.source.sentence

/**
 * What another model or other tokens are to read: a text that waits has its turn.
 *
 * @param {State} state @param {Named} change @returns {Partial<State>}
 */
export const withReader = ({ source, waits }, change) => ({
    source: { ...source, ...(waits && { sentence: waits.sentence }), ...change },
})

/**
 * The time that a link asks for: the step that is the newest one on screen.
 *
 * @param {import("./time.js").Time} time @param {Columns} columns @param {string} [at]
 */
function asLinked(time, columns, at = "") {
    if (!/^\d{1,6}$/.test(at)) return time
    const column = columns.of(+at)
    return column < time.from || column > time.to ? time : to(time, column - time.from)
}

/**
 * The first picture gives the link's values: the controls begin with them.
 *
 * @param {Picture} picture @param {{source: string[], shown: string[]}} names
 */
function fromLink({ view }, names) {
    const those = (/** @type {string[]} */ wanted) => Object.fromEntries(wanted.map(name => [name, view[name]]))
    const source = those(names.source)
    // A text box uses these line ends.
    source.sentence = `${source.sentence}`.replace(/\r\n?/g, "\n")
    const text = `${view.holds ?? ""}`
    const scope = scopeOf(text)
    const held = holding({ source }, text)
    return { link: {}, source, shown: those(names.shown), pin: cellOf(`${view.pin ?? ""}`), scope, ...held }
}

/** @param {Record<string, string>} texts @param {string} text */
const has = (texts, text) => Object.values(texts).includes(text)

/**
 * A new model reads other texts: its own example replaces an example of the last model. An opened file stays.
 *
 * @param {Named} source @param {Picture | null} last @param {Picture} picture
 */
function withExample(source, last, { examples }) {
    if (!last || !has(last.examples, source.sentence) || has(examples, source.sentence)) return source
    const [own] = Object.values(examples)
    return own === undefined ? source : { ...source, sentence: own }
}

/** Where a size was asked for that is not trained, the one that was read instead: the next text is read by that.
 * @param {Named} source @param {Picture} picture */
function ofTrainedSize(source, { model, view, notices }) {
    const others = Object.entries(model.sizes).filter(([name, sizes]) => !sizes.includes(+source[name]))
    if (!notices.length || !others.length) return source
    return { ...source, ...Object.fromEntries(others.map(([name]) => [name, view[name]])) }
}

/** The pinned cell, or null if a picture does not have it.
 * @param {Pick<Numbers, "stacks" | "columns">} picture @param {Cell | null} pin */
export function pinIn({ stacks, columns }, pin) {
    if (!pin || pin.step >= columns.steps) return null
    const stack = stacks.find(({ layer, direction }) => layer === pin.layer && direction === pin.direction)
    return stack?.units.includes(pin.unit) ? pin : null
}

/**
 * The pinned unit's cell at the newest step that its layer has read.
 *
 * @param {Pick<Drawn, "picture" | "pin" | "time">} state
 */
export function followed({ picture, pin, time }) {
    const moment = now(time)
    if (!moment || !pin || picture.columns.per > 1) return pin
    const newest = Math.max(1, readBy(layersOf(picture), pin.layer, moment)) - 1
    const step = picture.columns.step(pin.direction ? moment.to - newest : moment.from + newest)
    return step === pin.step ? pin : { ...pin, step }
}

/**
 * The state after time has moved.
 *
 * @param {State} state @param {import("./time.js").Time} time @returns {Partial<State>}
 */
export function atTime(state, time) {
    return { time, pin: state.picture ? followed({ ...state, picture: state.picture, time }) : state.pin }
}

/**
 * The state after a zoom. Time counts the columns that are now in sight, before their own picture arrives.
 *
 * @param {Drawn} state @param {Zoom} zoom @returns {Partial<State>}
 */
export function zoomed(state, zoom) {
    const time = inColumns(state.time, columnsInSight(state.picture.columns, zoom), true)
    return { zoom, ...atTime(state, time) }
}

/**
 * The state with this cell pinned, or (null) none. Unless the whole picture is shown, time goes to the cell's step.
 *
 * @param {Drawn} state @param {Cell | null} pin @returns {Partial<State>}
 */
export function pinned({ picture, time }, pin) {
    if (!pin || time.at === null) return { pin }
    const column = picture.columns.of(pin.step)
    return { pin, time: to(time, pin.direction ? time.to - column : column - time.from) }
}

/** Every term of the pinned cell: they came with the picture or after it; null where there are none, as in a recording
 * and in a cell that is no LSTM, undefined while they are not known. @param {State} state */
export function termsOf({ terms, picture, pin }) {
    if (sameCell(picture?.cell, pin)) return picture?.cell
    if (picture && (!picture.model.asks || typeof picture.found === "string")) return null
    return terms?.of === picture && sameCell(terms?.pin, pin) ? terms?.values : undefined
}

// Which cell is looked at? The pinned one, else the one under the pointer, else the most telling one.

/** The most cells that are compared to find the most telling one. */
const MOST = 100_000
/** The last one that was found. @type {{picture?: Picture, zoom?: Zoom, cell: Cell | null}} */
let telling = { cell: null }

/** @param {Drawn} state @returns {Cell | null} */
export function looked(state) {
    const { picture, pin, hover } = state
    return pin ?? pinIn(picture, hover) ?? followed({ ...state, pin: mostTelling(state) })
}

/** The state with the unit that is looked at pinned at a step. @param {Drawn} state @param {number} step */
export function atStep(state, step) {
    const cell = looked(state)
    return cell ? pinned(state, { ...cell, step }) : {}
}

/** The stack of a cell. @template {StackValues} S @param {{stacks: S[]}} picture @param {Cell} cell */
export function stackOf({ stacks }, { layer, direction }) {
    return /** @type {S} */ (stacks.find(stack => stack.layer === layer && stack.direction === direction))
}

/**
 * The cell in sight, of the last layer, whose memory changes most in one step; the first cell in sight if the picture
 * shows no memory. Found once for each picture and zoom.
 *
 * @param {Pick<Drawn, "picture" | "zoom">} state @returns {Cell | null}
 */
function mostTelling({ picture, zoom }) {
    const isKnown = telling.picture === picture && telling.zoom === zoom
    if (!isKnown) telling = { picture, zoom, cell: find(picture, zoom) }
    return telling.cell
}

/** @param {Picture} picture @param {Zoom} zoom @returns {Cell | null} */
function find({ stacks, columns, range }, zoom) {
    const stack = stacks.findLast(({ direction }) => !direction)
    if (!stack?.units.length || !columns.number || columns.per > 1) return null
    const { layer, direction, units, figure } = stack
    /** @type {Float32Array[]} */
    const rows = figure.data.find(({ name }) => name === "c")?.z ?? []
    const [from, to] = columnsInSight(columns, { ...zoom, steps: zoom.steps ?? range })
    const [first, last] = rowsInSight(units.length, zoom)
    let [most, line, column] = [-1, first, from]
    if (rows.length * columns.number <= MOST) {
        rows.slice(0, last + 1).forEach((row, n) => {
            for (let k = Math.max(1, from); n >= first && k <= to; k++) {
                const change = Math.abs(row[k] - row[k - 1])
                if (change > most) [most, line, column] = [change, n, k]
            }
        })
    }
    return { layer, direction, unit: units[line], step: columns.step(column) }
}
