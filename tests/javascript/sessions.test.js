/**
 * Does each page say and show what it did, whatever its visitor does? `sessions.txt` has what is new after each deed;
 * after a change that is meant, `node sessions.test.js --write` writes it anew, and its diff is read.
 */

import assert from "node:assert/strict"
import { readFileSync, writeFileSync } from "node:fs"
import { argv } from "node:process"
import { test } from "node:test"
import { areAlike } from "./seen.js"
import { SESSIONS } from "./sessions.js"
import { played } from "./visitor.js"

const FILE = new URL("sessions.txt", import.meta.url)
const MOST = 8

/** The lines of each session, by its name. @param {string} text */
const sessionsIn = text =>
    new Map(
        text.split(/^# /m).map(session => {
            const [name, ...lines] = session.trimEnd().split("\n")
            return [name, lines]
        }),
    )

/** What is kept of a session: of many lines that begin alike, as those of a table, the first ones. */
async function seen(session) {
    const lines = []
    let [run, begins] = [0, ""]
    for (const line of await played(session)) {
        const begin = line.slice(0, line.startsWith("paints") ? 16 : 1)
        run = begin === begins ? run + 1 : 0
        begins = begin
        if (run < MOST) lines.push(line.replaceAll("\n", " ").slice(0, 240))
    }
    return lines
}

if (argv.includes("--write")) {
    let text = ""
    for (const [name, session] of Object.entries(SESSIONS)) text += `# ${name}\n${(await seen(session)).join("\n")}\n`
    writeFileSync(FILE, text)
} else {
    const kept = sessionsIn(readFileSync(FILE, "utf8"))
    for (const [name, session] of Object.entries(SESSIONS))
        test(`${name}: as before`, async () => {
            const [before, now] = [kept.get(name) ?? [], await seen(session)]
            // How many parts are gone is no rounding.
            const isOther = (line, k) => (line.startsWith("gone") ? line !== now[k] : !areAlike(line, now[k]))
            const at = before.findIndex(isOther)
            const deed = before.slice(0, at + 1).findLast(line => line.startsWith("##"))
            assert.ok(at < 0, `${deed}\nwas: ${before[at]}\nnow: ${now[at]}`)
            assert.equal(now.length, before.length, `more: ${now[before.length]}`)
        })
}
