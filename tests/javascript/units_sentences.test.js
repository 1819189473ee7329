import assert from "node:assert/strict"
import { test } from "node:test"
import "./page.js"
import { FACTS, shownOf, told } from "./units_shown.js"

const { claimOf, heldAtMean, inCorpus, lostIn, missed, numberOf, unitNamed, works } = await import(
    "../../assets/browser/units/sentences.js"
)
const { inFull, knows, named, title } = await import("../../assets/browser/units/words.js")

/** A sentence as it is read: bold in **, code in `. */
const read = sentence =>
    sentence
        .map(part => {
            if (typeof part === "string") return part
            return part.tagName?.toLowerCase() === "b" ? `**${part.textContent}**` : `\`${part.textContent}\``
        })
        .join("")
const claim = shown => claimOf(shown).map(part => (typeof part === "string" ? part : read(part)))

test("a unit is named with its layer or direction where there are several", () => {
    const [one, two] = [{ sizes: [1, 2, 4] }, { sizes: [2, 2, 4] }].map(change => shownOf({}, change))
    assert.deepEqual(
        ["0.1", "0.1.1"].flatMap(key => [unitNamed(key, one), numberOf(key, one)]),
        ["Unit 1", "1", "Unit 1 from the right", "1←"],
    )
    assert.deepEqual([unitNamed("1.3.1", two), numberOf("1.3.1", two)], ["Unit 3 of layer 1 from the right", "1.3←"])
})

test("a property has its name, what a unit does that tells it, and where a unit is low", () => {
    const cases = [
        ["digit", "a digit", "tells digits from others", "low at digits"],
        ["inside quotes", "inside quotes", "knows that it is inside quotes", "low inside quotes"],
        ["bracket depth", "open brackets", "counts the brackets that are open", "low at many open brackets"],
        ["has seen (", "has seen “(”", "knows that it has seen “(”", "low once it has seen “(”"],
        ["count of (", "count of “(”", "counts “(”", "low after many “(”"],
        ["time since \n", "time since “⏎”", "knows the time since “⏎”", "low long after “⏎”"],
        [
            "surplus of a over b",
            "more “a” than “b”",
            "counts how many more “a” than “b” have come",
            "low after more “a” than “b”",
        ],
        ["column load", "load", "follows load that is read", "low at high values of load"],
        ["column column 1", "the number", "follows the number that is read", "low at high values of the number"],
    ]
    for (const [name, title_, does, low] of cases) {
        assert.deepEqual([named(name), knows(told(name), {}), title(told(name, { sign: -1 }))], [title_, does, low])
        assert.equal(title(told(name)), title_)
    }
    const means = { ADP: "a preposition" }
    assert.equal(knows(told("model says ADP"), means), "is high where the model says “ADP” (preposition)")
    assert.equal(knows(told("model says X", { sign: -1 }), means), "is low where the model says “X”")
    assert.deepEqual(
        [named("model says ADP"), inFull("model says ADP", means)],
        ["says “ADP”", "says “ADP” (preposition)"],
    )
    assert.equal(title(told("model says ADP", { sign: -1 })), "low where it says “ADP”")
})

test("a claim says on which side c is, in how many pairs, on which texts, and what goes wrong without the unit", () => {
    const opens = (change, facts = {}, lost = 0.053) =>
        claim(
            shownOf(
                { 0.1: { told: told("inside quotes", change), c: [] } },
                { facts: { ...FACTS, ...facts }, reads: "characters", columns: { lost: [0, lost, 0, 0] } },
            ),
        )
    assert.deepEqual(opens({}), [
        "Unit 1 knows that it is inside quotes.",
        "Its c is higher there than elsewhere in **90 of 100 pairs** of characters, on 15 files not looked at before " +
            "(AUC 0.90, p = 0.005). Without it, 0.053 bits a character are lost.",
    ])
    const low = opens({ sign: -1, measure: "R²", pairs: 0.997, p: null })[1]
    assert.match(low, /^In \*\*more than 99 of 100 pairs\*\* of characters its c is lower at the one with the larger/)
    assert.match(low, /before \(R² 0\.90\)\./)
    const grows = "the forecast’s root mean square error grows from 0.38 to 0.42 standard deviations of the series."
    for (const [facts, lost, said] of /** @type {[any, number, string][]} */ ([
        [{}, -0.01, "0.010 bits a character are gained."],
        [{ cost: "answers" }, 0.002, "0.2% of the answers change."],
        [{ cost: "answers" }, 0, "no answer changes."],
        [{ cost: "texts" }, 0, "no text’s answer changes."],
        // A text that is answered otherwise need not be wrong.
        [{ cost: "texts" }, 1, "100% of the texts are answered otherwise, at one character or more."],
        [{ cost: "error", whole: 0.381 }, 0.04, grows],
    ]))
        assert.ok(opens({}, facts, lost)[1].endsWith(`Without it, ${said}`))
})

test("where no unit tells anything the one is named without which most is lost; where nothing is known, the widest", () => {
    const facts = { ...FACTS, opens: null }
    const [lost, none] = claim(shownOf({}, { facts, columns: { lost: [0, 0.1, 0.3, 0.2] } }))
    assert.equal(lost, "Without unit 2, most is lost.")
    assert.equal(
        none,
        "No unit tells anything that we can name better than by chance. Without it, 0.300 bits a word are lost.",
    )
    const texts = claim(shownOf({}, { facts: { ...facts, cost: "texts" }, columns: { lost: [1, 0, 0, 0] } }))
    assert.equal(texts[0], "Without unit 0, most is answered otherwise.")
    // Also where the list is in another order.
    const widest = "Unit 3 moves most here: its c goes from −1.00 to +1.00."
    assert.deepEqual(claim(shownOf({}, { sort: "keeps" })), [widest, ""])
    assert.deepEqual(claim(shownOf({}, { trained: false })), [
        widest,
        "This LSTM is untrained: it has learned nothing to track.",
    ])
})

test("a find is said with its score there and on held-out text, and is called chance when shuffles do as well", () => {
    const found = change => {
        const numbers = { key: "0.3", property: "digit", measure: "AUC", score: 0.8, sign: 1, p: 0.005, why: "" }
        return claim(
            shownOf(
                {},
                { found: { ...numbers, searched: 8, permutations: 200, shuffled: "whole sequences", ...change } },
            ),
        )
    }
    assert.equal(found({})[0], "Unit 3 tracks a digit best: AUC = 0.800.")
    const falls = "Unit 3 tracks a digit best (it falls as that rises): AUC = 0.800, and 0.750 on held-out text."
    assert.equal(found({ sign: -1, held_out: 0.75 })[0], falls)
    assert.match(found({ held_out: null })[0], /; on the held-out text it never changes, so that says nothing\.$/)
    for (const [good, times, verdict] of /** @type {[number, string, string][]} */ ([
        [0, "never", "more than chance"],
        [2, "twice", "more than chance"],
        [40, "40 times", "so this may be chance"],
    ])) {
        const p = (1 + good) / 201
        const [, said] = found({ p })
        assert.match(said, /^Searched: c of 8 units\. The property was shuffled by whole sequences 200 times;/)
        assert.ok(
            said.includes(`the best unit then scored as well ${times}: p = ${p.toFixed(3)}, ${verdict}. No p covers`),
        )
    }
    const untold = found({ p: null, why: "The text is short." })[1]
    assert.ok(untold.endsWith("Whether this is more than chance can’t be told here. The text is short."))
    assert.ok(found({ shuffled: "shifts in time" })[1].includes("The property was shifted in time 200 times"))
})

/** A text of these tokens, and the gates of the opened unit at each. */
const gated = (tokens, recorded, change = {}) => {
    const filled = Object.fromEntries(
        Object.entries({ i: 1, f: 0.5, g: 0, c: 0, ...recorded }).map(([name, one]) => [name, [one].flat()]),
    )
    const steps = Object.fromEntries(
        Object.entries(filled).map(([name, one]) => [name, one.length > 1 ? one : [...tokens].map(() => one[0])]),
    )
    const { told: tells = null, truth = null, ...more } = change
    const rows = { "0.0": { told: tells, c: [] } }
    return shownOf(rows, { tokens: [...tokens], opened: { recorded: steps, truth }, ...more })
}

test("how a unit writes is said from its gates: what it adds, or what overwrites it and with what", () => {
    const said = (...about) => read(works(gated(...about)))
    const leaks = "It leaks: 50% is kept a step. It adds +0.75 at “a”, +0.25 at “b” and −0.050 at “c”."
    assert.equal(said("abac", { g: [0.5, 0.25, 1, -0.05] }), leaks)
    const keeps = "It keeps (f 0.95) and adds: +1.00 at `#`, −0.25 at “a” and +0.25 at “b”."
    assert.equal(said("aba#", { f: 0.95, g: [0.5, 0.25, -1, 1] }), keeps)
    assert.equal(said("a", { f: 0.95, g: [0.5] }, { reads: "numbers" }), "It keeps (f 0.95) and adds: +0.50 at a.")
    const each = "“a” overwrites it with +0.50 or −1.00, “b” with −0.25 and “c” with +1.00 (f 0.00, i 1.00)."
    assert.equal(said("abac", { f: 0, g: [0.5, -0.25, -1, 1] }), each)
    // Before the first step there is nothing to keep.
    const between = [
        [0.2, 0, 0, 0],
        [0.2, 0, 0.9, 0.7],
        [0, 0, 0.9, 0],
    ].map(f => said("abcd", { f, g: 1 }))
    assert.deepEqual(
        between.map(sentence => sentence.match(/In between it keeps (\d+%) a step\.$/)?.[1]),
        [undefined, "80%", "90%"],
    )
    // Too little is written at the last step.
    assert.ok(said("ab", { f: 0, g: [0.5, 0.09] }).includes("(f 0.00, i 1.00). In between it keeps 0% a step."))
})

test("what overwrites a unit by what it tells is said with what is written where that is true, and elsewhere", () => {
    const said = (g, truth, tokens = "abca") =>
        read(works(gated(tokens, { f: 0, g }, { told: told("digit"), truth }))).replace(/ \(f.*/, "")
    const sides = "“a”, “b” and “c” overwrite it: with +0.75 where “a digit” is true, with −1.00 elsewhere"
    assert.equal(said([0.5, -1, -1, 1], [1, 0, 0, 1]), sides)
    const mostly = "“a” overwrites it: mostly with +1.00 where “a digit” is true, with −0.80 elsewhere"
    assert.equal(said([1, 1, -0.5, -0.8, -0.8], [1, 1, 1, 0, 0], "aaaaa"), mostly)
    const each = "“a” overwrites it with +0.50"
    assert.equal(said([0.5, 0.5, 0.5, 0.5], [1, 0, 0, 1], "aaaa"), each, "no other sign")
    assert.equal(said([0.5, 0.5], [1, 1], "aa"), each, "true throughout")
    assert.equal(said([0.5, 0.5, 0.5], [1, 0, 2], "aaa"), each, "a number")
})

test("misses are counted and named, and what being on one side of the cut is a sign of", () => {
    const [c, truth] = [
        [-1, 1, -1, 1, -1, -1],
        [0, 1, 1, 1, 0, 0],
    ]
    const said = (recorded, change, so = truth, tokens = 'x"ab"y') => {
        const about = { told: told("digit", { cut: 0, ...change }), truth: so, reads: "characters" }
        return read(missed(gated(tokens, { c: recorded }, about)))
    }
    const once = "As a sign of “a digit”, c above 0.00 is right at **5 of 6** characters here. It is wrong at “a”."
    assert.equal(said(c), once)
    const turned = c.map(value => -value)
    assert.equal(said(turned, { sign: -1 }), once.replace("above", "below"))
    assert.match(said(c, { property: "model says X" }), /^As a sign that the model says “X”, c above/)
    const all = truth.map(is => 2 * is - 1)
    assert.equal(said(all), "As a sign of “a digit”, c above 0.00 is right at all 6 characters here.")
    assert.match(said([1, 1, -1, 1, 1, -1]), /wrong at “x”, “a” and `"`\.$/)
    assert.equal(said(c, {}, [0, 0, 0, 0, 0, 0]) + said(c, { cut: null }), "")
    assert.match(said(-1, {}, [1, 0, 1, 0, 1, 0, 1, 0], "abababab"), /wrong at “a”, “a”, “a” and 1 more\.$/)
})

test("in a corpus are said the range of c, how often gates are open and shut, and the units that move with it", () => {
    const gates = { f_right: 0.5, f_left: 0.1, i_right: 0.2, i_left: 0.3, o_right: 0.4, o_left: 0.6 }
    const opened = { table: { ...gates, c_min: -1.5, c_max: 2.5, c_mean: 0.25 }, related: [["0.3", -0.5]] }
    const said = change => inCorpus(/** @type {any} */ ({ ...opened, ...change }), shownOf()).map(read)
    assert.deepEqual(said({}), [
        "c goes from −1.50 to +2.50, mean +0.25.",
        "Its forget gate is open (above 0.9) at 50% of the steps and shut (below 0.1) at 10%; the input gate at 20% " +
            "and 30%, the output gate at 40% and 60%.",
        "Moves together with unit 3, r = −0.50.",
    ])
    assert.equal(said({ related: [] }).length, 2)
})

test("what goes wrong without a unit is a share, or a number with its sign where it has one", () => {
    assert.deepEqual(
        [0.25, -0.25, 0.0004, -0.0004].map(lost => lostIn(lost, "bits")),
        ["+0.250", "−0.250", "0.000", "0.000"],
    )
    assert.deepEqual([lostIn(0.25, "answers"), lostIn(0.002, "texts")], ["25%", "0.2%"])
    const over = cost => heldAtMean({ ...FACTS, cost }, "symbols")
    assert.equal(over("bits"), "its c held at its mean, bits a symbol; each line is a unit")
    assert.equal(over("error"), "its c held at its mean, the forecast’s error; each line is a unit")
    assert.ok(over("texts").includes("texts answered otherwise"))
})
