/** Are these the numbers that Python kept? Of each array it kept a few; `tests/frozen/kept.py` chooses them. */

import assert from "node:assert/strict"

/** An array as its shape, its mean, that of its sizes, its first number, its last, its least and its largest. */
function numbersIn(rows) {
    const seen = rows.flatMap(row => [...row]).filter(number => !Number.isNaN(number))
    const mean = all => all.reduce((sum, number) => sum + number, 0) / all.length
    const [least, most] = [Math.min, Math.max].map(choose => seen.reduce((a, b) => choose(a, b)))
    return [rows.length, rows[0].length, mean(seen), mean(seen.map(Math.abs)), seen[0], seen.at(-1), least, most]
}

/** Compares what is found with what was sent, as far as that was kept. */
export function compare(found, sent, where) {
    if (sent?.shape) compare(numbersIn(found), [...sent.shape, ...sent.numbers], where)
    else if (typeof sent === "number")
        assert.ok(Math.abs(found - sent) <= 3e-4 * Math.max(1, Math.abs(sent)), `${where}: ${found}, not ${sent}`)
    else if (sent && typeof sent === "object") {
        assert.equal(found.length, sent.length, where)
        for (const name in sent) compare(found[name], sent[name], `${where}.${name}`)
    } else assert.equal(found, sent, where)
}
