/** What do people do with the live view? `sessions.txt` has what the page says then. */

import { KINDS, recorded } from "./visitor.js"

/** Opens the folded part that something is in. */
function opens(part) {
    const folded = part.closest("details")
    folded.setAttribute("open", "")
    folded.open = true
    folded.told("toggle")
}

export const DOGS = "The dog that barked at the cats ran away"

export const SERIES = Array.from({ length: 48 }, (_, k) => 20 + ((k * 7) % 11)).join(", ")
export const CODE = 'def hello(name):\n    """Say it."""\n    print(f"Hello, {name}")  # aloud\n'
export const LONG = Array.from({ length: 2000 }, (_, k) => `w${(k * k) % 97}`).join(" ")

/** @type {Record<string, {room?: object, link: any, does: Record<string, (visitor: any) => any>}>} */
export const SESSIONS = {
    "a cell is looked at, pinned and walked from": {
        link: { model: "tagger", sentence: DOGS },
        does: {
            "over a cell": v => v.over("c", 1, 3),
            "over another strip": v => v.over("f", 0, 0),
            "over the last": v => v.over("h", 11, 8),
            away: v => v.away(),
            pins: v => v.pick("i", 2, 4),
            "walks right": v => v.key("ArrowRight"),
            "walks up": v => v.key("ArrowUp"),
            selects: v => v.key("ArrowRight", { shiftKey: true }),
            "selects more": v => v.key("ArrowRight", { shiftKey: true }),
            "lets go": v => v.key("Escape"),
            "pins the first": v => v.pick("c", 0, 0),
            unpins: v => v.pick("c", 0, 0),
            "an answer": v => v.click(".gs-answer", 3),
            "its curve": v => opens(v.part(".gs-chart")),
            "another step": v => v.pick("c", 0, 6),
            "all numbers": v => opens(v.saying("The numbers as a table", "summary")),
            "walks over the answers": v => {
                v.part(".gs-answer", 3).focus()
                for (const name of ["ArrowRight", "ArrowRight", "ArrowLeft", "a"]) v.key(name)
            },
            "asks why": v => v.key("Enter"),
            weights: v => opens(v.part(".gs-weights")),
            "drags over words": v => v.drag(v.part(".gs-brush-words"), 100, 102, 300),
            "drags back": v => v.drag(v.part(".gs-brush-words"), 500, 420),
            "a unit of the answer": v => v.part(".gs-onward-part", 1).click(),
            "another unit": v => v.part(".gs-onward-part", 2).click(),
            "clicks on words": v => v.drag(v.part(".gs-brush-words"), 420, 421),
            "clicks on a word": v => v.drag(v.part(".gs-brush-words"), 320, 321),
            "selects nothing, where else": v => v.store.set({ brush: [2, 2] }),
            "where else": v => v.press("Where else?"),
            plays: v => v.key(" "),
            "goes on": v => v.frames(900),
            pauses: v => v.part(".gs-play").click(),
            back: v => v.press("‹"),
            forth: v => v.press("›"),
            scrubs: v => v.chooses(v.part(".gs-playback input"), 2, "input"),
            "shows all": v => v.press("show all"),
            "walks pinned with a first click twice": v => {
                const { plot, ...at } = v.cell("c", 3, 3)
                for (const _ of "12") {
                    plot.told("pointerdown", at)
                    document.told("pointerup", at)
                }
            },
            enters: v => {
                v.over("g", 4, 4)
                v.key("Enter")
            },
            "walks with selected words to the left": v => {
                for (const _ of "123") v.key("ArrowLeft", { shiftKey: true })
            },
            down: v => {
                for (const _ of "1234") v.key("ArrowDown")
            },
            "presses and drags": v => {
                const { plot, ...at } = v.cell("c", 5, 5)
                plot.told("pointerdown", at)
                document.told("pointerup", { ...at, clientX: at.clientX + 4 })
            },
            "between the strips": v => {
                const { plot, ...at } = v.cell("c", 0, 5)
                plot.told("pointermove", { ...at, clientY: at.clientY - 20 })
            },
        },
    },
    "gates are held and words left out": {
        room: { height: 700 },
        link: { model: "sentiment", sentence: "It is not a good film", pin: "0.60.3" },
        does: {
            "holds f at 0": v => v.press("f → 0", ".gs-change button"),
            "at every step": v => v.second(v.part(".gs-change select", 1)),
            "in all units": v => v.second(v.part(".gs-change select", 0)),
            "holds i at 1": v => v.press("i → 1", ".gs-change button"),
            "without the word": v => v.press("without", ".gs-change button"),
            undoes: v => v.key("Escape"),
            "drags a gate": v => v.drag(v.part(".gs-cell-slider", 1), 10, 12, 30),
            "drags it back": v => v.drag(v.part(".gs-cell-slider", 1), 10, 2),
            "by key": v => v.part(".gs-cell-slider", 2).told("keydown", { key: "PageUp" }),
            "to the end": v => v.part(".gs-cell-slider", 0).told("keydown", { key: "End" }),
            deletes: v => v.part(".gs-cell-slider", 0).told("keydown", { key: "Delete" }),
            "lets go": v => v.part(".gs-cell-slider", 1).told("dblclick"),
            "another word": v => v.pick("c", 1, 2),
            types: v => v.types("It is a good film"),
            "in dark": () =>
                Object.assign(globalThis, {
                    getComputedStyle: () => ({ color: "rgb(240, 240, 240)", getPropertyValue: () => "#111" }),
                }),
            narrower: v => v.resize(800),
            "a phone": v => v.resize(420, 700),
            wide: v => v.resize(1500, 900),
            presents: v => v.press("Present"),
            "a step on": v => v.key("ArrowRight"),
            "another step on": v => v.key("PageDown"),
            "a step back": v => v.key("ArrowLeft"),
            leaves: v => v.key("Escape"),
        },
    },
    "two layers and both directions": {
        room: { width: 1400, height: 900 },
        link: { model: "random", hidden_dim: "4", n_layers: "2", directions: "2", seed: "3", sentence: DOGS },
        does: {
            "over the reverse": v => v.over("c", 1, 3, 1),
            "pins the reverse": v => v.pick("g", 2, 5, 1),
            walks: v => v.key("ArrowLeft"),
            "pins above": v => v.pick("c", 0, 1, 2),
            plays: v => v.key(" "),
            on: v => v.frames(500),
            "on and on": v => v.frames(300),
            pauses: v => v.key(" "),
            zooms: v => v.zooms({ "xaxis.range[0]": 1.5, "xaxis.range[1]": 4.5 }),
            "steps in it": v => v.press("›"),
            "zooms units": v => v.zooms({ "yaxis4.range[0]": 2.5, "yaxis4.range[1]": 0.5 }, 1),
            "the whole": v => v.tells("plotly_doubleclick"),
            "zooms in": v => v.click(".gs-tools button", 0),
            "zooms out": v => v.click(".gs-tools button", 1),
            moves: v => v.click(".gs-tools button", 2),
            "c only": v => v.press("c only"),
            "and f": v => v.press("f", ".gs-toggle"),
            "rows by activity": v => v.chooses(v.part("#gs-rows"), "activity"),
            purple: v => v.chooses(v.part("#gs-colours"), "purple"),
            phone: v => v.resize(400, 700),
            "pins on the phone": v => v.pick("c", 3, 2, 3),
            scenes: v => v.store.set({ scene: "keep-and-add" }),
            presents: v => v.press("Present"),
            leaves: v => v.key("p"),
        },
    },
    "numbers are read and forecast": {
        room: { dark: true },
        link: { model: "series", sentence: SERIES },
        does: {
            over: v => v.over("c", 1, 20),
            pins: v => v.pick("c", 1, 20),
            plays: v => v.key(" "),
            on: v => v.frames(700),
            pauses: v => v.key(" "),
            "writes on": v => v.click(".gs-offer"),
            "zooms by a line": v => v.drag(v.part(".gs-extra-drawn"), 100, 200),
            "and back": v => v.part(".gs-extra-drawn").told("dblclick", {}),
            "not numbers": v => v.types("1, x, 3"),
            numbers: v => v.types("1, 2, 3, 5, 8"),
            narrow: v => v.resize(430),
        },
    },
    "characters are read and written": {
        link: { model: "python-chars", sentence: CODE, pin: "0.48.12" },
        does: {
            "writes the likeliest": v => v.click(".gs-offer"),
            "dark hover": v => v.over("o", 2, 5),
            "left and right": v => v.pick("o", 2, 30),
            similarity: v => v.chooses(v.part("#gs-rows"), "similarity"),
            "half-life": v => v.chooses(v.part("#gs-rows"), "half-life"),
            "all units": v => v.chooses(v.part("#gs-top"), "all"),
            narrow: v => v.resize(600),
            "another model": v => v.chooses(v.part("#gs-model"), "brackets"),
            "and another": v => v.chooses(v.part("#gs-model"), "copy"),
            nothing: v => v.types(""),
            counter: v => v.chooses(v.part("#gs-model"), "counter"),
        },
    },
    "a long text has an overview": {
        room: { coarse: true, calm: true },
        link: { model: "random", hidden_dim: "5", sentence: LONG },
        does: {
            "over a bin": v => v.over("c", 2, 500),
            "opens a bin": v => v.pick("c", 2, 500),
            "over a step": v => v.over("f", 1, 502),
            "pins a step": v => v.pick("f", 1, 502),
            "the next part": v => v.part(".gs-overview-strip").told("keydown", { key: "ArrowRight" }),
            "drags the window": v => v.drag(v.part(".gs-overview-strip"), 250, 300),
            "draws a window": v => v.drag(v.part(".gs-overview-strip"), 600, 640),
            clicks: v => v.drag(v.part(".gs-overview-strip"), 30, 31),
            "zooms out": v => v.click(".gs-tools button", 1),
            out: v => v.click(".gs-tools button", 1),
            in: v => v.click(".gs-tools button", 0),
            plays: v => v.part(".gs-play").click(),
            on: v => v.frames(600),
            loops: v => v.click(".gs-pace button"),
            faster: v => v.chooses(v.part(".gs-pace select"), "4"),
            "on and on": v => v.frames(3000),
            pauses: v => v.part(".gs-play").click(),
            last: v => v.press("›"),
            "the whole": v => v.press("Whole picture", ".gs-playback button"),
        },
    },
    ...Object.fromEntries(
        ["softsign(c)", ""].map(found => [
            `a recording that shows ${found || "nothing"}`,
            {
                room: { width: 900, dark: true },
                sent: recorded(found),
                link: {
                    model: "random",
                    hidden_dim: "4",
                    n_layers: "2",
                    directions: "2",
                    sentence: DOGS,
                    pin: "1.2.3",
                },
                does: {
                    "over where memory begins": v => v.over("c", 1, 3),
                    "over the step after": v => v.over("c", 1, 4),
                    "pins the reverse": v => v.pick("c", 3, 2, 1),
                    back: v => v.press("‹"),
                    "back again": v => v.press("‹"),
                    numbers: v => opens(v.saying("The numbers as a table", "summary")),
                },
            },
        ]),
    ),
    "a link with all that is on screen": {
        room: { height: 900 },
        link: {
            ...{ model: "tagger", sentence: DOGS, pin: "0.27.3", at: "3", zoom: "1-6", brush: "2-4" },
            ...{ scene: "forget", present: "1", holds: "w.1 f.0.27.2_0 f.0.27.3_1", quantities: "fcho" },
        },
        does: {
            leaves: v => v.key("Escape"),
            "closes the scene": v => v.store.set({ scene: "" }),
            "the whole": v => v.press("Whole picture"),
            "lets a word in": v => v.store.set({ brush: null }),
            undoes: v => v.key("Escape"),
            "undoes all": v => {
                for (const _ of "123") v.key("Escape")
            },
            "another length": v => v.types(`${DOGS} again and again`),
            "moves before the first": v => {
                for (const _ of "12") v.press("‹")
            },
            loops: v => {
                v.click(".gs-pace button")
                v.press("▶")
            },
            round: v => v.frames(9000),
        },
    },
    "a page inside another one, used by keys alone": {
        room: { search: "?embed=true&embed_options=dark", height: 900, width: 1100 },
        link: { model: "random", hidden_dim: "5", seed: "4", sentence: DOGS, holds: "w.1" },
        does: {
            "walks in": v => {
                v.part(".gs-plot").focus()
                v.key("ArrowDown")
            },
            on: v => v.key("ArrowRight"),
            "selects to the left": v => v.key("ArrowLeft", { shiftKey: true }),
            enters: v => v.key("Enter"),
            "goes away": v => v.tells("focusout"),
            "walks from the pin": v => v.key("ArrowUp"),
            "enters once more": v => v.key("Enter"),
            "begins a zoom": v => v.tells("plotly_relayouting", { change: { "xaxis.range[0]": 2 } }),
            "begins another move": v => v.tells("plotly_relayouting", { change: { dragmode: "pan" } }),
            "zooms to three": v => v.zooms({ "xaxis.range": [2.5, 5.5] }),
            "walks beyond": v => {
                for (const _ of "12345") v.key("ArrowRight")
            },
            "zooms units": v => v.zooms({ "yaxis.range": [3.5, 0.5], "xaxis.range": [0.5, 5.5] }),
            "the same size": v => v.zooms({ width: 900 }),
            "without f": v => v.press("f", ".gs-toggle"),
            "a phone": v => v.resize(420, 300),
            "pins below the window": v => v.pick("c", 2, 3),
            "pins without motion": v => {
                v.store.set({ time: { ...v.store.state.time, calm: true } })
                v.pick("c", 1, 4)
            },
            presents: v => v.key("p"),
            "walks in a lecture": v => v.key("ArrowRight"),
            "leaves it": v => v.key("p"),
        },
    },
    "a link to what there is not": {
        link: {
            model: "tagger",
            sentence: "Go away",
            pin: "0.99.1",
            at: "7",
            zoom: "5-9",
            brush: "4-5",
            scene: "nope",
        },
        does: {
            "a word": v => v.types("Go"),
            "the cell": v => v.pick("c", 0, 0),
        },
    },
    ...Object.fromEntries(
        Object.keys(KINDS).map(kind => [
            `a cell of kind ${kind}`,
            {
                room: { height: 640 },
                ...{ kind, link: { model: "counter", sentence: "aaabbb", pin: "0.2.3" } },
                does: {
                    over: v => v.over("c", 1, 4),
                    pins: v => v.pick("c", 3, 1),
                    holds: v => v.part(".gs-change .gs-holds button").click(),
                    plays: v => v.key(" "),
                    pauses: v => v.key(" "),
                    back: v => v.press("‹"),
                    numbers: v => opens(v.saying("The numbers as a table", "summary")),
                    weights: v => opens(v.part(".gs-weights")),
                    "over h": v => v.over("h", 1, 2),
                    "pins h": v => v.pick("h", 1, 2),
                    walks: v => v.key("ArrowRight"),
                    "lets go": v => v.key("Escape"),
                },
            },
        ]),
    ),
}
