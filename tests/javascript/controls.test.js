import assert from "node:assert/strict"
import { test } from "node:test"
import { Store } from "../../assets/browser/state/store.js"
import { onPage, textsOf } from "./page.js"
import { modelOf, pictureOf, stateOf } from "./pictures.js"

const { directions, nearestSize, seedBox, slider } = await import("../../assets/browser/controls/controls.js")
const { notices } = await import("../../assets/browser/app/notices.js")
const { menu } = await import("../../assets/browser/controls/menu.js")
const { element } = await import("../../assets/browser/shared/element.js")
const { roving } = await import("../../assets/browser/shared/hands.js")

/** A control with a source; what it sets is kept. */
function shown(make, source, model = {}) {
    const store = new Store(stateOf())
    const wanted = []
    const control = make(store, (...set) => wanted.push(set))
    onPage(control)
    store.set({ source })
    store.set({ picture: pictureOf({ model: modelOf(model) }) })
    const [range, number] = control.querySelectorAll("input")
    return { store, control, range, number, wanted, ticks: () => control.querySelectorAll(".gs-ticks span") }
}
const hiddenDim = (store, set) => slider(store, "hidden_dim", [1, 512], set)

test("a slider stands at the source's number and goes as far as the lesson's numbers", () => {
    const { range, number, ticks } = shown(hiddenDim, { hidden_dim: 16 })
    assert.deepEqual([range.min, range.max, range.value, number.value], [1, 64, 16, "16"])
    assert.equal(range.getAttribute("step"), "1")
    assert.deepEqual(textsOf(ticks()), ["1", "type up to 512", "64"])
})

test("of a trained model each tick is a size, and the slider is at the nearest one", () => {
    const { range, ticks, wanted } = shown(hiddenDim, { hidden_dim: 40 }, { sizes: { hidden_dim: [8, 16, 64] } })
    assert.deepEqual([range.min, range.max, range.value], [0, 2, 2])
    assert.equal(range.getAttribute("aria-valuetext"), "64")
    assert.deepEqual(textsOf(ticks()), ["8", "16", "64"])
    range.value = "1"
    range.told("input")
    assert.deepEqual(wanted, [["hidden_dim", "16"]])
})

test("of a number beyond the trained sizes it is said which there are", () => {
    const made = shown(hiddenDim, { hidden_dim: 8 }, { sizes: { hidden_dim: [8, 16, 64] } })
    assert.match(typed(made, "900", false), /: it takes one of 8, 16, 64\. hidden_dim is 8 instead\.$/)
})

test("the nearest size is the one of the nearest ratio, the smaller of two", () => {
    assert.equal(nearestSize([8, 16, 64], 31), 1)
    assert.equal(nearestSize([8, 16, 64], 33), 2)
    assert.equal(nearestSize([8, 32], 16), 0)
})

test("a fixed number can't be moved", () => {
    const { range, number, control } = shown(hiddenDim, { hidden_dim: 16 }, { fixed: { hidden_dim: 20 } })
    assert.deepEqual([range.disabled, number.disabled, number.value], [true, true, "20"])
    assert.equal(control.classList.contains("gs-fixed"), true)
    assert.equal(shown(hiddenDim, { hidden_dim: 16 }).range.disabled, false)
})

test("a number that is typed is set once it is one, and is not changed meanwhile", () => {
    const { store, number, wanted } = shown(hiddenDim, { hidden_dim: 16 })
    number.focus()
    for (const [value, valid] of [
        ["", true],
        ["900", false],
        ["90", true],
    ]) {
        number.value = value
        number.validity.valid = valid
        number.told("input")
    }
    assert.deepEqual(wanted, [["hidden_dim", "90"]])
    store.set({ source: { hidden_dim: 9 } })
    assert.equal(number.value, "90")
    number.told("change")
    assert.equal(number.value, "9", "once it is typed, the box shows what is drawn")
})

/** Types a number into a box that is left then, and answers what is said of it. */
function typed({ store, range, number = range }, value, valid) {
    const said = notices(store, {})
    number.focus()
    Object.assign(number, { value, validity: { valid } })
    number.told("input")
    number.told("change")
    return said.textContent
}

test("of a number that is not possible it is said what is drawn, until something else is read", () => {
    const seeds = (store, set) => seedBox(store, [0, 999], set)
    for (const [make, name, most, least] of [
        [seeds, "seed", 999, 0],
        [hiddenDim, "hidden_dim", 512, 1],
    ]) {
        for (const [value, as] of [
            ["-5", "-5"],
            ["3.5", "3.5"],
            ["", "…"],
        ]) {
            const made = shown(make, { [name]: 2 })
            const { store, wanted, range, number = range } = made
            const said = `${name}=${as} is not possible: it takes a whole number from ${least} to ${most}. ${name} is 2 instead.`
            assert.equal(typed(made, value, false), said)
            assert.deepEqual([wanted, number.value], [[], "2"])
            const now = notices(store, {})
            store.set({ picture: pictureOf() })
            assert.equal(now.textContent, said, "a late picture of what was read before takes nothing away")
            store.set({ source: { [name]: 2, sentence: "another" } })
            assert.equal(now.textContent, "")
        }
        const emptied = shown(make, { [name]: 2 })
        assert.equal(typed(emptied, "", true), "")
        assert.deepEqual(emptied.wanted, [])
    }
})

test("of a trained model a number shows the size that is drawn", () => {
    const made = shown(hiddenDim, { hidden_dim: 99 }, { sizes: { hidden_dim: [8, 16, 64] } })
    assert.equal(made.number.value, "64")
    typed(made, "12", true)
    made.store.set({ source: { hidden_dim: "12" } })
    made.number.told("change")
    assert.equal(made.number.value, "16")
})

test("several buttons take one Tab stop; the arrow keys go round among them", () => {
    const buttons = ["a", "b", "c"].map(name => onPage(element("button", {}, name)))
    roving(buttons)
    const stops = () => buttons.map(button => button.getAttribute("tabindex"))
    assert.deepEqual(stops(), ["0", "-1", "-1"])
    const press = key => document.activeElement.told("keydown", { key })
    buttons[0].focus()
    press("ArrowLeft")
    assert.deepEqual([document.activeElement, stops()], [buttons[2], ["-1", "-1", "0"]])
    press("ArrowRight")
    press("ArrowRight")
    press("Enter")
    assert.deepEqual([document.activeElement, stops()], [buttons[1], ["-1", "0", "-1"]])
})

test("both directions are ticked where there are two, and not offered where the model is trained", () => {
    const own = shown(directions, { directions: 2 })
    assert.deepEqual([own.range.checked, own.control.hidden], [true, false])
    own.range.checked = false
    own.range.told("change")
    assert.deepEqual(own.wanted, [["directions", 1]])
    const trained = shown(directions, { directions: 2 }, { fixed: { directions: 1 } })
    assert.equal(trained.control.hidden, true)
})

test("a seed is for random weights alone", () => {
    const seeds = (store, set) => seedBox(store, [0, 999], set)
    assert.deepEqual(
        [false, true].map(trained => shown(seeds, { seed: 3 }, { trained }).control.hidden),
        [false, true],
    )
    const { range, wanted } = shown(seeds, { seed: 3 })
    assert.deepEqual([range.value, range.getAttribute("step")], ["3", "1"])
    range.value = "4"
    range.told("input")
    assert.deepEqual(wanted, [["seed", "4"]])
})

/** An open menu with one button, and a button beside it. */
function opened() {
    const inside = element("button", {})
    const outside = onPage(element("button", {}))
    const details = onPage(menu("Export", inside))
    details.open = true
    return { inside, outside, details }
}

test("a menu closes at a press or with the focus elsewhere, and stays at one inside", () => {
    for (const [act, leaves] of [
        [({ inside }) => inside.told("pointerdown"), false],
        [({ outside }) => outside.told("pointerdown"), true],
        [({ details, inside }) => details.told("focusout", { relatedTarget: inside }), false],
        [({ details }) => details.told("focusout", { relatedTarget: null }), false],
        [({ details, outside }) => details.told("focusout", { relatedTarget: outside }), true],
    ]) {
        const all = opened()
        act(all)
        assert.equal(!all.details.open, leaves)
    }
})

test("Escape closes an open menu alone, and its button has the focus", () => {
    const { details, inside } = opened()
    let heard = 0
    document.body.addEventListener("keydown", () => {
        heard += 1
    })
    inside.told("keydown", { key: "a" })
    assert.deepEqual([details.open, heard], [true, 1])
    inside.told("keydown", { key: "Escape" })
    assert.deepEqual([details.open, heard], [false, 1])
    assert.equal(document.activeElement, details.firstChild)
    inside.told("keydown", { key: "Escape" })
    assert.equal(heard, 2)
})

test("a digit at the slider is typed into the number's box, any other key is the slider's", () => {
    const { range, number } = shown(hiddenDim, { hidden_dim: 16 })
    range.focus()
    range.told("keydown", { key: "ArrowRight" })
    assert.equal(document.activeElement, range)
    range.told("keydown", { key: "9" })
    assert.equal(document.activeElement, number)
})
