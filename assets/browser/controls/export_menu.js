/**
 * How is a picture exported, its visible part or the whole? The server makes the files, except the pictures, which
 * Plotly paints here, and the animations, which are made of one picture.
 */

import { element } from "../shared/element.js"
import { give } from "../shared/give.js"
import { pinOf } from "../state/pin.js"
import { asked } from "../state/state.js"
import { menu } from "./menu.js"

/** @typedef {import("../state/store.js").Store} Store */
/** @typedef {import("../asking/answerer.js").Answerer} Answerer */

const FILES = {
    svg: "SVG figure",
    png: "PNG figure",
    pdf: "PDF figure",
    gif: "Animation (GIF)",
    mp4: "Animation (MP4)",
    html: "Interactive page (HTML)",
    csv: "Numbers (CSV)",
    npz: "Whole trace (npz)",
    py: "Python code",
}

// How a file is made here, from the figure that the server sends; the server makes the others. What makes an animation
// is loaded when it is needed.
const MADE_HERE = {
    svg: painted,
    png: painted,
    gif: animated(async () => (await import("../film/gif_of.js")).gifOf),
    mp4: animated(async () => (await import("../film/mp4_of.js")).mp4Of),
}
// An animation is for a slide.
const SLIDE = { width: 1280, height: 720 }

// The fields that choose a part of a picture; a question without them asks for the whole.
const CHOICES = ["quantities", "layers", "top"]

/**
 * The export menu. `partly(state)` returns whether only a part is on screen; `theme()` returns the theme.
 *
 * @param {Store} store @param {Answerer} answerer @param {(state: any) => boolean} partly @param {() => string} theme
 */
export function exportMenu(store, answerer, partly, theme) {
    const extent = select("What to export", { sight: "visible part", whole: "the whole picture" })
    const size = select("Figure size", { slide: "for a slide, 16:9", column: "single column (paper)" })
    const chooses = element(
        "label",
        { class: "gs-choice" },
        "What to export",
        extent,
        element("span", { class: "gs-faint" }, "The trace and the code are always whole."),
    )
    const wanted = () => {
        const whole = extent.value === "whole" && partly(store.state)
        return { ...(whole ? whatIsWhole : whatIsInSight)(store.state), theme: theme(), size: size.value }
    }
    const files = Object.keys(FILES).map(kind => fileButton(store, answerer, kind, wanted))
    const sizes = element("label", { class: "gs-choice" }, "Figure size", size)
    const why = element("p", { class: "gs-faint", hidden: true })
    const details = menu("Export", chooses, sizes, ...files, why)
    details.addEventListener("toggle", async () => {
        chooses.hidden = !partly(store.state)
        if (details.open && !why.textContent) await offerMp4(files[Object.keys(FILES).indexOf("mp4")], why)
    })
    return details
}

/** Where the browser makes no MP4, the button says why. */
async function offerMp4(button, why) {
    const { whyNoMp4 } = await import("../film/mp4_of.js")
    why.textContent = await whyNoMp4(SLIDE)
    why.hidden = !why.textContent
    button.disabled = !why.hidden
}

function select(label, options) {
    const choices = Object.entries(options).map(([value, text]) => element("option", { value }, text))
    return element("select", { "aria-label": label }, ...choices)
}

function whatIsInSight(state) {
    return { query: withPin(state, asked(state)), steps: state.zoom.steps, rows: state.zoom.units }
}

function whatIsWhole(state) {
    const query = Object.fromEntries(Object.entries(asked(state)).filter(([name]) => !CHOICES.includes(name)))
    return { query: withPin(state, { ...query, top: "all" }), steps: null, rows: null }
}

const withPin = ({ pin }, query) => (pin ? { ...query, pin: pinOf(pin) } : query)

function fileButton(store, answerer, kind, wanted) {
    const label = FILES[kind]
    const say = text => {
        made.textContent = text
    }
    const make = async () => {
        made.disabled = true
        store.set({ said: "" })
        try {
            const here = MADE_HERE[kind]
            const question = wanted()
            give(here ? await here(answerer, kind, question, say) : await fetched(answerer, kind, question), kind)
        } catch (error) {
            store.set({ said: error.message })
        }
        say(label)
        made.disabled = false
    }
    const made = element("button", { type: "button", onclick: make }, label)
    return made
}

async function fetched(answerer, kind, question) {
    const response = await answerer.download(kind, question)
    return URL.createObjectURL(await response.blob())
}

async function painted(answerer, kind, question) {
    const figure = await (await answerer.download("json", question)).json()
    const { width, height } = figure.layout
    return Plotly.toImage(figure, { format: kind, width, height, scale: kind === "png" ? 2 : 1 })
}

/** A file of all frames; meanwhile the button says how far it is. */
function animated(loaded) {
    return async (answerer, kind, question, say) => {
        const [fileOf, { Frames }] = await Promise.all([loaded(), import("../film/frames.js")])
        const response = await answerer.download("json", { ...question, size: "slide" })
        const frames = await Frames.of(await response.json())
        const told = done => say(`${FILES[kind]}: ${done} of ${frames.number} frames`)
        return URL.createObjectURL(await fileOf(frames, told))
    }
}
