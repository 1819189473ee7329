/**
 * What does a page say and show, and where? Each part in a line: its name and looks, its place, its words, and what has
 * been painted on it since it was last looked at.
 */

import { Part } from "./page.js"

const SAID = ["value", "checked", "disabled", "selected", "open", "title", "href", "download"]
// What an attribute of the same name says already.
const OTHERS = new Set(["hidden", "class", "style", ...SAID])
const short = number => (Number.isInteger(number) ? number : +number.toFixed(4))
const rounded = value => (typeof value === "number" ? short(value) : value)

/** The visible parts within one, a line each. @param {any} part @returns {string[]} */
export function linesOf(part, depth = "") {
    if (!(part instanceof Part)) return part.textContent ? [`${depth}“${part.textContent}”`] : []
    const look = `${depth}${lookOf(part)}`
    const { childNodes, hidden, textContent } = part
    if (hidden) return [look]
    if (childNodes.length && !part.children.length) return [`${look} “${textContent}”`]
    return [look, ...childNodes.flatMap(child => linesOf(child, `${depth} `))]
}

/** A part's own line. @param {any} part */
function lookOf(part) {
    const about = Object.fromEntries(Object.entries(part.attributes).filter(([name]) => !OTHERS.has(name)))
    for (const [name, value] of Object.entries(part.dataset)) {
        const attribute = `data-${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
        if (!(attribute in about)) about[attribute] = value
    }
    for (const name of SAID) if (Object.hasOwn(part, name) && part[name] !== "") about[name] = part[name]
    const styles = Object.entries(part.style).map(([name, value]) => `${name}: ${value}`)
    const classes = part.className.split(" ").filter(Boolean).sort()
    return (
        [
            [part.localName, ...classes].join("."),
            ...Object.entries(about).map(([name, value]) => `${name}=${rounded(value)}`),
            ...(part.hidden ? ["hidden"] : []),
            ...(styles.length ? [`{${styles.join("; ")}}`] : []),
            ...(part.pen ? paintedBy(part) : []),
        ]
            .join(" ")
            // Each drawn cell of a page has a number of its own.
            .replace(/gs-cell-\d+/g, "gs-cell")
            .replace(/\d+\.\d{5,}/g, number => `${short(+number)}`)
    )
}

/** What a pen has done: how often, the sums of its numbers, its words, and its colours. @param {any} canvas */
function paintedBy({ pen, width, height }) {
    const calls = pen.calls.splice(0)
    const names = [...new Set(calls.map(([name]) => name))]
    return [
        `${width}×${height}`,
        ...names.map(name => {
            const own = calls.filter(([called]) => called === name).map(([, ...given]) => given)
            return `${name} ${own.length} (${sumsOf(own)}) ${wordsOf(own)}`
        }),
    ]
}

/** Of some calls with as many arguments each, what the numbers at each place sum up to; later ones count more. */
function sumsOf(calls) {
    const flat = calls.map(given => given.flatMap(one => (one?.data ? [...one.data] : one)))
    const places = Math.max(0, ...flat.map(given => Math.min(8, given.length - 1)))
    return Array.from({ length: places }, (_, at) => {
        const numbers = flat.map(given => given[at]).map(one => (typeof one === "number" ? one : 0))
        return short(numbers.reduce((sum, one, k) => sum + one * (1 + (k % 5)), 0))
    }).join(" ")
}

function wordsOf(calls) {
    const words = calls.flatMap(given => given.slice(0, -1).filter(one => typeof one === "string"))
    const looks = calls.map(given => given.at(-1)).map(({ fill, alpha }) => `${fill}${alpha === 1 ? "" : ` ${alpha}`}`)
    const each = [...new Set(looks)].map(look => `${look || "?"} ${looks.filter(one => one === look).length}`)
    return [words.join("|"), ...each.slice(0, 12)].filter(Boolean).join(", ")
}

/** What Plotly is given, with its arrays in short. */
export function figureOf(value) {
    if (ArrayBuffer.isView(value)) {
        const numbers = [.../** @type {any} */ (value)].filter(one => !Number.isNaN(one))
        const sums = [1, 3, 7].map(by => short(numbers.reduce((sum, one, k) => sum + one * (1 + (k % by)), 0)))
        return `${numbers.length} numbers: ${sums.join(" ")}`
    }
    if (typeof value === "number") return short(value)
    if (Array.isArray(value)) return value.map(figureOf)
    if (value === null || typeof value !== "object") return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, figureOf(one)]))
}

const NUMBER = /(?<![\w#])(-?\d+(?:\.\d+)?(?:e-?\d+)?)/
const CLOSE = 2e-4
const CLOSELY = 1e-7
// A longer line is kept in short.
const LONG = 400

// Of so many lines of one kind in a row the first ones are kept as they are.
const MANY = 4

/** Lines as they are kept: long ones, and many of one kind in a row, in short. @param {string[]} lines */
export function inShort(lines) {
    const kindOf = line => line.match(/^ *[^ ]*/)?.[0]
    const runs = []
    for (const line of lines) {
        if (runs.length && kindOf(runs.at(-1)[0]) === kindOf(line)) runs.at(-1).push(line)
        else runs.push([line])
    }
    return runs.flatMap(run => {
        const [first, rest] = [run.slice(0, MANY), run.slice(MANY)]
        return [...first.map(line => shortLine(line)), ...(rest.length ? [shortLine(rest.join("\n"), 0)] : [])]
    })
}

/** Of a long line its beginning, the sums of its numbers, and a sum of its letters. */
function shortLine(line, most = LONG) {
    if (line.length <= most) return line
    const parts = line.split(NUMBER)
    const numbers = Float64Array.from(parts.filter((_, k) => k % 2))
    const letters = [...parts.filter((_, k) => k % 2 === 0).join("")]
    const sum = letters.reduce((all, letter) => (all * 31 + (letter.codePointAt(0) ?? 0)) % 1e9, 0)
    return `${line.slice(0, most / 2)}… ${figureOf(numbers)}, letters <${sum.toString(36)}>`
}

/** Whether two lines say the same; another processor rounds differently. @param {string} one @param {string} other */
export function areAlike(one, other) {
    if (one === other) return true
    const [a, b] = [one, other].map(line => line.split(NUMBER))
    if (a.length !== b.length) return false
    return a.every((part, k) => part === b[k] || (k % 2 === 1 && isNear(+part, +b[k])))
}
const isNear = (a, b) => Math.abs(a - b) <= Math.max(CLOSE, CLOSELY * Math.abs(b))

/** Parts have a place, as in a browser: where their style says, else below the one before them. */
export function withPlaces({ width, height }) {
    const whole = { left: 0, top: 0, width, height }
    const pixels = (part, name) => {
        const said = Number.parseFloat(part.style[name] ?? "")
        return Number.isFinite(said) ? said : null
    }
    const sized = (part, name) => pixels(part, name) ?? (+part.getAttribute(name) || (part.pen && part[name]) || null)
    const placeOf = part => {
        if (part.box) return part.box
        const around = part.parentNode
        if (!around) return part === document.documentElement ? whole : { left: 0, top: 0, width: 0, height: 0 }
        const outer = placeOf(around)
        if (part.hidden) return { left: 0, top: 0, width: 0, height: 0 }
        const at = around.children.indexOf(part)
        const left = outer.left + (pixels(part, "left") ?? (+part.getAttribute("x") || 0))
        const top = outer.top + (pixels(part, "top") ?? (+part.getAttribute("y") || 7 * at))
        return { left, top, width: sized(part, "width") ?? outer.width, height: sized(part, "height") ?? 24 }
    }
    Part.prototype.getBoundingClientRect = function () {
        const { left = 0, top = 0, width = 0, height = 0 } = placeOf(this)
        return { left, top, x: left, y: top, width, height, right: left + width, bottom: top + height }
    }
    for (const name of ["clientWidth", "offsetWidth", "scrollWidth", "clientHeight", "offsetHeight", "scrollHeight"]) {
        const side = name.endsWith("Width") ? "width" : "height"
        Object.defineProperty(Part.prototype, name, {
            configurable: true,
            get() {
                return placeOf(this)[side] ?? 0
            },
        })
    }
}
