/**
 * Which numbers are in the drawer, and how do they reach the visitor? As the text of a CSV that a spreadsheet opens, by
 * the export menu.
 */

import { wordButton } from "../shared/element.js"
import { give } from "../shared/give.js"
import { cell } from "../shared/numbers.js"
import { letterOf } from "../state/answer.js"
import { titleOf, whyOf } from "../state/link.js"
import { turningName } from "./rows.js"

/** @typedef {(step: number) => string} Word */
/** @typedef {(string | number)[][]} Rows */

const HEAD = ["row", "step", "word", "feature", "layer", "unit", "answer", "value"]

/** `memory`: what c is called. @param {Says.Drawer} said @param {Word} word @param {string} memory */
export function tableOf(said, word, memory) {
    const rows = [HEAD, ...stillRows(said, word, memory), ...answerRows(said, word, memory), ...changeRows(said, word)]
    return rows.map(row => `${row.map(cell).join(",")}\r\n`).join("")
}

/** @param {Says.Drawer} said @param {Word} word @param {string} memory @returns {Rows} */
function stillRows({ cell: { layer, unit, step }, still }, word, memory) {
    const { first, shares, start, earlier, c } = still
    /** @param {string} name @param {number | ""} at @param {number} value */
    const row = (name, at, value) => [name, at, at === "" ? "" : word(at), "", layer, unit, "", value]
    const each = shares.map((share, k) => row(`still in ${memory}`, first + k, share))
    return [
        row(memory, step, c),
        row(`still in ${memory}: start`, "", start),
        row(`still in ${memory}: other steps`, "", earlier),
        ...each,
    ]
}

/** @param {Says.Drawer} said @param {Word} word @param {string} memory @returns {Rows} */
function answerRows({ answer }, word, memory) {
    if (!answer) return []
    const { target, baseline, effect, features, first, parts, path } = answer
    const whole = ["why this answer", "", "", "", "", "", `${target}, against ${baseline}`, effect]
    const each = parts.flatMap((values, row) =>
        values.map((part, k) => ["part", first + k, word(first + k), features[row] ?? "", "", "", target, part]),
    )
    const lines = (path?.lines ?? []).flatMap(({ layer, step, unit, kept, reread }) => [
        [`path: kept in ${memory}`, step, word(step), "", layer, unit, target, kept],
        ["path: read again through h", step, word(step), "", layer, unit, target, reread],
    ])
    return [whole, ...each, ...lines]
}

/** @param {Says.Drawer} said @param {Word} word @returns {Rows} */
function changeRows({ without, turn }, word) {
    const each = without.map(({ step, label, share }) => [
        "without it",
        step,
        word(step),
        "",
        "",
        "",
        label,
        share ?? "",
    ])
    if (!turn) return each
    const { hold, was, becomes } = turn
    return [
        ...each,
        [`${turningName(turn)}: ${hold}, before`, "", "", "", "", "", was.label, was.share ?? ""],
        [`${turningName(turn)}: ${hold}, after`, "", "", "", "", "", becomes.label, becomes.share ?? ""],
    ]
}

// How does the drawer's table reach the visitor? By a button in the export menu, while there is one.

/** @param {Store} store */
export function drawerFile(store) {
    const said = () => (store.state.drawer.open ? whyOf(store.state)?.values : null)
    const save = () => {
        const values = said()
        if (!values) return
        const { picture } = store.drawn
        const table = tableOf(values, step => picture.columns.word(step), letterOf(picture, "c"))
        const content = new Blob([table], { type: "text/csv" })
        give(content, [titleOf(store.drawn), "why"], "csv")
    }
    const made = wordButton("Why this value (CSV)", save, { class: null, hidden: true })
    store.on(["picture", "pin", "drawer", "why"], () => {
        made.hidden = !said()
    })
    return made
}
