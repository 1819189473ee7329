/** The live view: every keystroke and every pixel of a drag becomes a question, every answer a picture. */

import { signTo } from "./below.js"
import { controls } from "./controls.js"
import { element } from "./dom.js"
import { exportMenu, menu } from "./downloads.js"
import { Extras } from "./extras.js"
import { Heatmaps } from "./heatmaps.js"
import { Numbers } from "./numbers.js"
import { Overview } from "./overview.js"
import { CLOSER, Panel } from "./panel.js"
import { ask, codeOf, takeApart } from "./picture.js"
import { Playback } from "./playback.js"
import { plotly } from "./plotly.js"
import { send } from "./questions.js"
import { Tour } from "./tour.js"
import { Waiting } from "./waiting.js"

const style = new Promise(ready => {
    const source = new URL("live.css", import.meta.url)
    document.head.append(element("link", { rel: "stylesheet", href: source, onload: ready, onerror: ready }))
})

// Outlives a visit to another page, not a reload: there the link speaks.
let visited = null

// The view that is, or was last, on the page: {view, of}, `of` what it was a view of.
let last = null
// What each page that looks closer was asked when it was last opened from here; `usual`: what a bare address shows.
const led = {}
let usual = null

// What the address said when this page last wrote or read it.
let address = ""

/**
 * `base`: where the server's routes are; `choices`: {ranges, choices}, what there is to choose; `go({page, query})` leads
 * to another page about the same text and model.
 *
 * Streamlit makes its page anew when its colours change, and asks for a second view without a word about the first: the
 * first one goes on in its place, with its zoom, its time and its open parts.
 */
export function mount(parent, base, choices, go) {
    const of = JSON.stringify([base, choices])
    if (last?.of !== of || address !== location.search) {
        last?.view.close()
        last = { view: open(base, choices), of }
    }
    address = location.search
    const { view } = last, here = view.show(parent, go)
    return () => view.hide(here)
}

function open(base, choices) {
    let go = null
    // Another page may have led here with a model of its own.
    let query = { ...visited, ...Object.fromEntries(new URLSearchParams(location.search)) }
    const bare = !visited && !location.search
    let asking = false, changed = false, known = false, gone = false, width = 0, said = [], pinned = null, view = null
    const panel = controls(choices, () => { query = panel.values(); update() },
        file => send(base, file.name, file).catch(error => { tell(error.message) }))
    const heatmaps = new Heatmaps(() => update(), cell => {
        // What is looked at is there: time goes to it.
        const { columns } = view
        if (cell && playback.at !== null) {
            playback.to(cell.direction ? playback.last - columns.of(cell.step) : columns.of(cell.step) - playback.from)
        }
        pin(cell)
    })
    const extras = new Extras(steps => { heatmaps.zoom.steps = steps; update() })
    const overview = new Overview(steps => { heatmaps.zoom.steps = steps; update() })
    const goTo = page => {
        led[page] = closer()
        go({ page, query: JSON.parse(led[page]) })
    }
    const details = new Panel(cell => takeApart(base, view.view, cell), () => pin(null), goTo)
    const playback = new Playback(now => {
        heatmaps.reveal(now)
        extras.reveal(now && view.columns.edges(now.from + heatmaps.read(now) - 1)[1])
        // The pinned unit is followed through time.
        if (!now || !pinned || view.columns.per > 1) return
        const newest = Math.max(1, heatmaps.read(now, pinned.layer)) - 1
        const step = view.columns.step(pinned.direction ? now.to - newest : now.from + newest)
        if (step !== pinned.step) pin({ ...pinned, step })
    })
    const colouring = element("select", { "aria-label": "Words coloured by", onchange: () => colourWords() },
        ...["c", "f", "i", "g", "o", "h"].map(name => element("option", { value: name }, name)))
    const numbers = new Numbers()
    const notices = element("div", { class: "gs-notices", role: "status" })
    const shapes = element("div", { class: "gs-shapes" }), legend = element("div", { class: "gs-legend" })
    const proof = element("span", { class: "gs-pill gs-proof" })
    const untrained = element("span", { class: "gs-pill gs-untrained" },
        "untrained: the numbers are random, the mechanism is real")
    const task = element("span", { class: "gs-task" })
    const code = element("pre", { tabindex: 0 })
    const sameInPython = element("details", { class: "gs-more", ontoggle: () => showCode() },
        element("summary", {}, "The same in Python"), code)
    const tools = zoomTools(heatmaps)
    const link = element("input", { readonly: true, "aria-label": "Link to this view" })
    const lasts = element("p", {})
    const waiting = new Waiting(base)
    const picture = element("div", { class: "gs-picture" }, waiting.root, heatmaps.root)
    const menus = element("div", { class: "gs-menus" },
        shareMenu(link, lasts), exportMenu(base, inSight, () => heatmaps.zoomed || panel.chooses, tell))
    // Until the first answer the controls don't know what the link says.
    const root = element("div", { class: "gatescope", style: "visibility: hidden" },
        element("div", { class: "gs-top" }, element("h1", {}, "gatescope"), panel.model,
            element("div", { class: "gs-pills" }, untrained, proof, task), menus),
        panel.side,
        element("div", { class: "gs-main" }, panel.sentence, notices,
            element("div", { class: "gs-line" }, shapes, tools),
            element("div", { class: "gs-body" }, element("div", {}, playback.root, overview.root, extras.above, picture,
                extras.below, legend), details.root),
            numbers.root, sameInPython))
    panel.side.append(element("label", { class: "gs-choice" }, "Words coloured by", colouring))
    const tour = new Tour(root, () => heatmaps.columnBox(1))
    panel.sentence.lastChild.append(tour.opener)
    root.firstChild.after(tour.card)
    root.append(tour.spot, signTo(details.pinned, "The pinned cell ↓"))
    document.addEventListener("keydown", keys)
    document.addEventListener("click", byMenu, true)

    /** Look closer at one cell, or (null) at none. */
    function pin(cell) {
        pinned = cell
        if (cell) tour.leave()
        heatmaps.cursor.setPin(cell)
        details.show(cell)
        colourWords()
        // The pin is part of the link, and of what is found again after a visit to another page.
        const query = inLink()
        for (const [name, value] of new URLSearchParams(location.search)) {
            if (name.startsWith("embed")) query.append(name, value)
        }
        visited = { ...view.view, pin: query.get("pin") || "" }
        link.value = new URL(`${query}` ? `?${query}` : location.pathname, location.href)
        linkTo(link.value)
    }

    /** What a link to what is on screen asks for. */
    function inLink() {
        const query = new URLSearchParams(view.link)
        query.delete("pin")
        // What is pinned in a text that no link can take along is not in the one that the link leads to.
        if (pinned && view.pins) query.set("pin", pinOf(pinned))
        return query
    }

    /** What a page that looks closer is asked for what is on screen. */
    function closer() {
        const { quantities, layers, colours, ...read } = view.view
        const query = { ...read, pin: pinned ? pinOf(pinned) : "" }
        return JSON.stringify(Object.fromEntries(
            Object.entries(query).filter(([, value]) => value !== "").map(([name, value]) => [name, `${value}`])))
    }

    /** The menu leads on with what is on screen, but where that has not changed: there the page is as it was left. */
    function byMenu(event) {
        const link = event.target.closest("a[href]")
        const page = link && !root.contains(link) && Object.keys(CLOSER).find(page => link.pathname.endsWith(`/${page}`))
        if (!page || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
        if (!root.isConnected || !view?.stacks.length || closer() === (led[page] ?? usual)) return
        event.preventDefault()
        event.stopPropagation()
        goTo(page)
    }

    /** What is on screen, for a file of it. */
    function inSight() {
        const { steps, units: rows } = heatmaps.zoom
        return { query, theme: theme(root), steps, rows }
    }

    /** That of a long text only comes when it is looked at. */
    async function showCode() {
        const { code: here, view: asked } = view
        code.textContent = here ?? ""
        if (here !== null || !sameInPython.open) return
        const text = await codeOf(base, asked)
        if (view.view === asked) code.textContent = text
    }

    function colourWords() { heatmaps.colourWords(pinned, colouring.value) }

    /** Space plays, Escape lets go, wherever nothing else wants them. */
    function keys(event) {
        // Of a page on which nothing has the focus it is the body that hears.
        if (!root.isConnected) return
        if (event.target !== document.body && !root.contains(event.target)) return
        const wanted = event.target.closest("input, textarea, select, button, summary")
        if (event.key === " " && !wanted) {
            event.preventDefault()
            playback.toggle()
        }
        if (event.key === "Escape" && pinned && !event.target.closest("details[open]")) pin(null)
    }

    /** A sentence for the person, below what is said about the picture; an empty one takes the last away. */
    function tell(sentence) {
        notices.replaceChildren(...[...said, sentence].filter(Boolean).map(text => element("p", {}, text)))
    }

    async function update() {
        changed = true
        if (asking) return
        asking = true
        while (changed && !gone) {
            changed = false
            try {
                width = picture.clientWidth
                root.dataset.theme = theme(root)
                const question = { query, width, theme: root.dataset.theme, zoom: heatmaps.zoom.steps }
                const [answer] = await waiting.till(Promise.all([ask(base, question), plotly]), query)
                if (!gone) show(answer)
            } catch (error) {
                tell(`The picture could not be drawn, and will be tried again: ${error.message}`)
                setTimeout(() => { if (!gone) update() }, 2000)
            }
            root.style.visibility = ""
        }
        asking = false
    }

    function show(answer) {
        const first = !known
        if (first) {
            panel.set(answer.view)
            pinned = cellOf(answer.view.pin)
        }
        known = true
        view = answer
        panel.follow(answer)
        said = answer.notices
        tell()
        shapes.textContent = answer.shapes
        task.textContent = answer.model.trained
        lasts.textContent = answer.lasts
        untrained.hidden = !!answer.model.trained
        proof.textContent = answer.proof
        proof.hidden = !answer.proof
        for (const part of [legend, tools, sameInPython]) part.hidden = !answer.stacks.length
        if (!heatmaps.draw(answer)) return
        extras.follow(answer)
        playback.follow(answer.columns, heatmaps.inSight)
        overview.follow(answer, heatmaps.zoom.steps)
        details.cell = pinned
        details.follow(answer, heatmaps.stacks)
        pin(details.cell && pinned)
        numbers.follow(answer)
        showCode()
        drawLegend(legend, answer.legend)
        if (first && bare) usual = closer()
        if (first) tour.offer(answer.view)
        else tour.follow()
    }

    // Its height follows the picture; only another width asks for another picture.
    const resized = new ResizeObserver(() => {
        if (known && Math.abs(picture.clientWidth - width) > 1) update()
    })
    style.then(() => resized.observe(picture))
    let focused = null, place = null
    root.addEventListener("focusin", event => { focused = event.target })
    return {
        /** Puts it on the page; answers the place, which `hide` is told. */
        show(parent, goNow) {
            go = goNow
            place = parent
            parent.replaceChildren(root)
            if (document.activeElement === document.body) focused?.focus({ preventScroll: true })
            if (known) linkTo(link.value)
            playback.goOn()
            style.then(() => update())
            return parent
        },
        hide(from) {
            if (from !== place) return
            // The address belongs to another page now.
            clearTimeout(resting)
            root.remove()
        },
        close() {
            gone = true
            document.removeEventListener("keydown", keys)
            document.removeEventListener("click", byMenu, true)
            tour.close()
            resized.disconnect()
            root.remove()
        },
    }
}

/** "layer.unit.step" of a link as a cell, with ".1" behind it in direction 1. */
function cellOf(pin) {
    if (!pin) return null
    const [layer, unit, step, direction = 0] = pin.split(".").map(Number)
    return { layer, direction, unit, step }
}

function pinOf({ layer, direction, unit, step }) {
    return [layer, unit, step, ...(direction ? [1] : [])].join(".")
}

function theme(root) {
    const [r, g, b] = getComputedStyle(root).color.match(/[\d.]+/g).map(Number)
    return r + g + b > 382 ? "dark" : "light"
}

function drawLegend(legend, scales) {
    legend.replaceChildren(...scales.map(({ name, low, high, colours }) => element("span", { class: "gs-scale" },
        name, element("span", {}, low),
        element("span", { class: "gs-ramp", style: `background: linear-gradient(to right, ${colours.join()})` }),
        element("span", {}, high))))
}

/** What a mouse does by dragging and double-clicking, as buttons. */
function zoomTools(heatmaps) {
    const button = (label, sign, onclick) =>
        element("button", { type: "button", class: "gs-button", "aria-label": label, title: label, onclick }, sign)
    const mode = button("Drag to move instead of to zoom", "✥", event => {
        const moving = mode.getAttribute("aria-pressed") !== "true"
        mode.setAttribute("aria-pressed", moving)
        heatmaps.setDrag(moving ? "pan" : "zoom")
        event.preventDefault()
    })
    mode.setAttribute("aria-pressed", false)
    return element("div", { class: "gs-tools", role: "group", "aria-label": "Zoom" },
        button("Zoom in", "+", () => heatmaps.scale(0.5)), button("Zoom out", "−", () => heatmaps.scale(2)),
        mode, button("Whole picture", "⤢", () => heatmaps.whole()))
}

/** `lasts`: what the link is good for. */
function shareMenu(link, lasts) {
    const copy = element("button", {
        type: "button", onclick: async () => {
            link.select()
            await navigator.clipboard.writeText(link.value).then(() => { copy.textContent = "Copied" }, () => {})
        },
    }, "Copy link")
    const details = menu("Share", lasts, link, copy)
    details.addEventListener("toggle", () => { copy.textContent = "Copy link" })
    return details
}

// Browsers allow few changes of the address; while a hand moves, only where it came to rest counts.
let resting = 0
function linkTo(written) {
    clearTimeout(resting)
    resting = setTimeout(() => {
        history.replaceState(history.state, "", written)
        address = location.search
    }, 200)
}
