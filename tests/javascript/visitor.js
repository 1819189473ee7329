/** What does the page say while somebody uses the live view? Who uses it, who answers, and what is new on the page. */

import { mock } from "node:test"
import { atWindow, frame, observers, onPage, Part } from "./page.js"
import { settled, shipped } from "./pictures.js"
import { figureOf, linesOf, withPlaces } from "./seen.js"
import { handed, told } from "./told.js"

const { Address } = await import("../../assets/browser/app/address.js")
const { LiveView } = await import("../../assets/browser/app/live_view.js")
const { present } = await import("../../assets/browser/app/present.js")
const { Here } = await import("../../assets/browser/asking/here.js")
const { element } = await import("../../assets/browser/shared/element.js")
await import("../../assets/browser/why/drawer.js")
const { randomLstm } = await import("../../assets/browser/engine/random.js")

/** What else has happened than that the page looks otherwise. @type {string[]} */
let happened = []
let clock = 0
const note = (...said) =>
    happened.push(said.map(one => (typeof one === "string" ? one : JSON.stringify(one))).join(" "))

const plotly = {
    react: async (place, data, layout) => {
        note("Plotly", nameOf(place), figureOf({ data, layout }))
        place.replaceChildren(...(layout.xaxis.ticktext ?? []).map((text, k) => tickOf(layout.xaxis.tickvals[k], text)))
    },
    relayout: (place, change) => note("relayout", nameOf(place), change),
    purge: place => note("purge", nameOf(place)),
}
const tickOf = (x, text) =>
    Object.assign(element("g", { class: "xtick" }, element("text", {}, `${text}`)), { __data__: { x } })
const nameOf = part => [part.localName, part.className].join(".")

Object.assign(Part.prototype, {
    on(type, call) {
        this.addEventListener(type, ({ change }) => call(change))
    },
    checkVisibility() {
        return true
    },
    animate() {
        note("moves", nameOf(this))
        return {}
    },
    scrollIntoView(how) {
        note("scrolls to", nameOf(this), how)
    },
})

/** The page of a session, before anything is on it. */
function opened({ width = 1000, height = 800, dark = false, coarse = false, calm = false, search = "" }) {
    document.body.replaceChildren()
    document.activeElement = document.body
    document.documentElement.dataset.theme = ""
    observers.length = 0
    happened = []
    clock = 0
    location.href = `http://here/memory${search}`
    Object.assign(document.documentElement, { scrollTop: 0 })
    withPlaces({ width, height })
    const shade = dark ? "rgb(240, 240, 240)" : "rgb(20, 20, 20)"
    const media = { "(pointer: coarse)": coarse, "(prefers-reduced-motion: reduce)": calm }
    Object.assign(globalThis, {
        Plotly: plotly,
        innerWidth: width,
        innerHeight: height,
        getComputedStyle: () => ({ color: shade, getPropertyValue: name => (name === "--gs-paper" ? "#fefefe" : "") }),
        matchMedia: asked => ({ matches: media[asked] ?? false, addEventListener() {} }),
        localStorage: { getItem: () => "seen", setItem() {} },
    })
    mock.method(performance, "now", () => clock)
}

/** A model of another kind of cell, with the labels of a shipped one. */
function ofKind(kind) {
    const counter = shipped("counter")
    const { inputSize, hiddenSize } = counter.lstm
    if (kind !== "projected") return { ...counter, lstm: randomLstm({ kind, inputSize, hiddenSize }, 3) }
    const lstm = randomLstm({ inputSize, hiddenSize }, 3)
    const { weights } = lstm
    weights.weight_hr_l0 = { rows: 2, columns: hiddenSize, data: weights.weight_hh_l0.data.slice(0, 2 * hiddenSize) }
    const { data } = weights.weight_hh_l0
    weights.weight_hh_l0 = { rows: 4 * hiddenSize, columns: 2, data: data.slice(0, 8 * hiddenSize) }
    const { weight, bias } = counter.linear
    const linear = { weight: { ...weight, columns: 2, data: weight.data.slice(0, 2 * weight.rows) }, bias }
    return { ...counter, lstm: { ...lstm, projSize: 2 }, linear }
}
export const KINDS = { gru: "GRU", rnn: "RNN_TANH", relu: "RNN_RELU", projected: "projected" }

/** Who answers in a session: the page itself. `sent(numbers)` changes what it answers.
 * @param {{kind?: string, sent?: (numbers: any) => any}} how */
export function answererOf({ kind, sent = numbers => numbers }) {
    const { by } = told.shipped
    const here = new Here(told, async ({ model: name, tokens }) => {
        if (name === "random") return { model: null, about: by[tokens], proof: "not checked", sizes: {}, notices: [] }
        const model = kind ? ofKind(KINDS[kind]) : shipped(name)
        return { model, about: by[name], proof: `checked: ${name}`, sizes: {}, notices: [] }
    })
    const picture = here.picture.bind(here)
    here.picture = async question => sent(await picture(question))
    return here
}

/** What a recording of somebody's own code sends, which began with a state of its own. @param {string} found */
export const recorded = found => numbers => ({
    ...{ ...numbers, found, resets: [3], notices: ["It is a recording."], few: "", file: "mine.txt: 3 kB" },
    model: { ...numbers.model, asks: false },
    stacks: numbers.stacks.map(stack => {
        const some = by => stack.units.map(unit => ((unit * by) % 7) / 4 - 0.5)
        return { ...stack, start: { c: some(3), h: some(5) }, reset: { c: [some(2)], h: [some(4)] } }
    }),
})

/** Who uses the page. */
class Visitor {
    constructor(view, place) {
        Object.assign(this, { view, place, store: view.store, root: view.root })
    }
    /** A part by its selector, the nth one. */
    part(wanted, n = 0) {
        const found = document.querySelectorAll(wanted)[n]
        if (!found) throw new Error(`There is no ${wanted} ${n}.`)
        return found
    }
    /** The button or other part that says something. */
    saying(text, wanted = "button") {
        const found = document.querySelectorAll(wanted).find(one => one.textContent.trim().startsWith(text))
        if (!found) throw new Error(`No ${wanted} says ${text}.`)
        return found
    }
    click(wanted, n = 0) {
        this.part(wanted, n).click()
    }
    press(text, wanted = "button") {
        this.saying(text, wanted).click()
    }
    /** A key for what has the focus. */
    key(key, more = {}) {
        const { activeElement, body } = document
        const at = activeElement.isConnected ? activeElement : body
        at.told("keydown", { key, ...more })
    }
    /** Where a cell of a stack is on the screen: the middle of a row in a strip, else in the last one. */
    cell(quantity, line, column, n = 0) {
        const stack = this.view.body.heatmaps.stacks[n]
        const named = stack.data.findIndex(({ name }) => name === quantity)
        const row = named < 0 ? stack.data.length - 1 : named
        const [from, to] = stack.layout.xaxis.range
        const { top, height } = stack.places[row]
        const [bottom, above] = stack.layout[row ? `yaxis${row + 1}` : "yaxis"].range
        const box = stack.plot.getBoundingClientRect()
        return {
            plot: stack.plot,
            clientX: box.left + ((column - from) / (to - from)) * stack.layout.width,
            clientY: box.top + top + ((line - above) / (bottom - above)) * height,
            pointerId: 1,
            button: 0,
        }
    }
    over(...where) {
        const { plot, ...at } = this.cell(...where)
        plot.told("pointermove", at)
    }
    pick(...where) {
        const { plot, ...at } = this.cell(...where)
        plot.told("pointermove", at)
        plot.told("pointerdown", at)
        document.told("pointerup", at)
        clock += 1000
    }
    away() {
        this.part(".gs-heatmaps").told("pointerleave", {})
    }
    /** A drag on a part, in pixels from its left and upper side. */
    drag(part, ...xs) {
        const { left, top } = part.getBoundingClientRect()
        const at = x => ({ clientX: left + x, clientY: top + 3, pointerId: 1, button: 0 })
        part.told("pointerdown", at(xs[0]))
        for (const x of xs.slice(1)) part.told("pointermove", at(x))
        part.told("pointerup", at(xs.at(-1)))
    }
    /** What is told to a stack's heatmaps. */
    tells(type, more = {}, n = 0) {
        this.view.body.heatmaps.stacks[n].plot.told(type, more)
    }
    /** What Plotly says of a stack's layout. */
    zooms(change, n = 0) {
        this.tells("plotly_relayout", { change }, n)
    }
    types(sentence) {
        this.store.set({ source: { ...this.store.state.source, sentence } })
    }
    chooses(part, value, type = "change") {
        part.value = value
        part.told(type)
    }
    second(select) {
        select.selectedIndex = 1
        select.told("change")
    }
    resize(width, height = innerHeight) {
        globalThis.innerWidth = width
        globalThis.innerHeight = height
        this.view.body.picture.box.width = width - 100
        atWindow.told("resize")
    }
    async frames(milliseconds) {
        for (let passed = 0; passed < milliseconds; passed += 50) {
            clock += 50
            frame(clock)
            mock.timers.tick(50)
        }
        await settled()
    }
}

async function rest() {
    for (let n = 0; n < 6; n++) {
        clock += 100
        frame(clock)
        mock.timers.tick(100)
        await settled()
    }
}

/** What is new on the page after each thing that is done in a session. @param {any} session
 * @returns {Promise<string[]>} */
export async function played({ room = {}, link, does, ...how }) {
    mock.timers.enable({ apis: ["setTimeout"] })
    const { setTimeout: timer } = globalThis
    Object.assign(globalThis, { setTimeout: (call, after = 0) => timer(call, after) })
    opened(room)
    const address = new Address()
    address.home = "/"
    const view = new LiveView({
        codes: new URL("http://here/qr"),
        answerer: answererOf(how),
        ...{ address, handed, link },
        enter: query => note("enters", query),
    })
    const place = onPage(new Part("main"))
    view.body.picture.box = { left: 20, top: 100, width: (room.width ?? 1000) - 100, height: 500 }
    view.show(place, to => note("goes", to))
    await rest()
    const visitor = new Visitor(view, place)
    const log = []
    let before = []
    for (const [did, act] of Object.entries({ opened() {}, ...does })) {
        await act(visitor)
        await rest()
        const [focus, address] = [nameOf(document.activeElement), `${location.pathname}${location.search}`]
        const now = [`at ${address}`, `focus ${focus}`, ...linesOf(document.body)]
        const gone = without(before, now).filter(line => !line.startsWith("paints"))
        log.push(`## ${did}`, ...happened, ...without(now, before), ...(gone.length ? [`gone: ${gone.length}`] : []))
        before = now
        happened = []
    }
    view.close()
    present(false)
    mock.timers.reset()
    mock.restoreAll()
    return log
}

/** The lines that are not among some others, of which each stands for one. */
function without(lines, others) {
    const left = new Map()
    for (const line of others) left.set(line, (left.get(line) ?? 0) + 1)
    return lines.filter(line => {
        const count = left.get(line) ?? 0
        left.set(line, count - 1)
        return count <= 0
    })
}
