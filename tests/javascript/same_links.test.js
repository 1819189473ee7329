/**
 * Does a page that computes its own pictures say what the library says? `tests/same_links.txt` has the numbers and
 * answers of twenty links, which `tests/test_same_answers.py` asks the library for.
 */

import assert from "node:assert/strict"
import { test } from "node:test"
import { answerOf, LINKS, whyOf } from "./links.js"

const near = (one, other, where) =>
    assert.ok(Math.abs(one - other) <= 3e-4 * Math.max(1, Math.abs(other)), `${where}: ${one}, not ${other}`)

for (const { query, facts } of LINKS)
    test(`a page alone says what the library says: ${JSON.stringify(query)}`, async () => {
        const { answers, series, stacks } = await answerOf({ ...query, top: "all" })
        for (const fact of facts) {
            const [about, values] = fact.split(": ")
            const [name, where, label, other] = about.split(" ")
            const wanted = values.split(" ")
            if (name === "says" && series.length)
                for (const [step, said] of wanted.entries()) near(series[0].foreseen[0][step], +said, about)
            else if (name === "says")
                for (const [step, said] of wanted.entries())
                    assert.equal(answers[step].label, said.replace("\\\\", "\\"), about)
            else if (name === "shares")
                for (const [step, share] of wanted.entries()) near(answers[step].share, +share, about)
            else if (name === "why") {
                const cell = { layer: 0, direction: 0, unit: 0, step: +where }
                const { target, effect } = (await whyOf(query, cell, other)).answer
                assert.ok(target.includes(label) && target.includes(other), target)
                near(target.startsWith(`the lead of ${label}`) ? effect : -effect, +values, about)
            } else {
                const [layer, unit, direction] = where.split(".").map(Number)
                const stack = stacks.find(one => one.layer === layer && one.direction === direction)
                const { z } = stack.values.find(({ quantity }) => quantity === name)
                for (const [step, value] of wanted.entries()) near(z[stack.units.indexOf(unit)][step], +value, about)
            }
        }
    })
