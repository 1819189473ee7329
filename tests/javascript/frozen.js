/**
 * Where was everything in the sixty frozen pictures? `tests/frozen` keeps their answers, with the shapes of arrays in
 * place of most numbers; run by itself, this module lays them out and keeps the places too.
 */

import { readFileSync, writeFileSync } from "node:fs"
import { argv } from "node:process"
import { fileURLToPath } from "node:url"
import { gunzipSync, gzipSync } from "node:zlib"
import { laidOut } from "../../assets/browser/layout/picture.js"
import { Columns } from "../../assets/browser/state/columns.js"
import { COLOURS } from "./pictures.js"

const FILE = new URL("../frozen/pictures.json.gz", import.meta.url)

/** @typedef {{link: object, room: any, colours: string, sent: any, places: any}} Case */

/** @returns {Case[]} */
export const cases = () => JSON.parse(`${gunzipSync(readFileSync(FILE))}`)

/** The places of a frozen answer, as they are laid out here. @param {Case} kept */
export function placesOf({ sent, room, colours }) {
    const numbers = numbersOf({ sent, colours })
    const { stacks, extras, legend, answers, inputs, across, narrow, strips } = laidOut(numbers, room, COLOURS)
    return inShort({
        ...{ stacks: stacks.map(({ figure, places, onCells }) => ({ figure, places, onCells })), extras, legend },
        ...{ across, narrow, lines: strips.map(({ line }) => line) },
        answers: answers && { ...answers, said: answers.said.length },
        inputs: inputs?.place ?? null,
    })
}

/** A frozen answer, its arrays full of 0. @param {Pick<Case, "sent" | "colours">} kept */
export function numbersOf({ sent, colours }) {
    const numbers = filled(sent)
    return { ...numbers, view: { colours }, columns: new Columns(numbers) }
}

/** A frozen value with arrays of its shapes, all 0. */
function filled(value) {
    if (Array.isArray(value)) return value.map(filled)
    if (value === null || typeof value !== "object") return value
    if (value.shape) return Array.from({ length: value.shape[0] }, () => new Float32Array(value.shape[1]))
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, filled(part)]))
}

/** A value with its numbers rounded, and arrays as their shapes. */
function inShort(value) {
    if (typeof value === "number") return Math.round(value * 1e5) / 1e5
    if (value === null || typeof value !== "object") return value
    if (Array.isArray(value)) {
        return value[0] instanceof Float32Array ? { shape: [value.length, value[0].length] } : value.map(inShort)
    }
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inShort(part)]))
}

if (argv[1] === fileURLToPath(import.meta.url)) {
    const kept = cases().map(one => ({ ...one, places: placesOf(one) }))
    writeFileSync(FILE, gzipSync(JSON.stringify(kept), { level: 9 }))
}
