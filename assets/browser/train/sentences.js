/** What is said of a model in training: how far it is, what it has learnt, and on which texts that was asked? */

import { element } from "../shared/element.js"
import { count, percent, signed } from "../shared/numbers.js"
import { rightOf } from "./pictures.js"

const strong = (/** @type {string} */ text) => element("b", {}, text)

/** The headline, and the line below it. @param {Wire.Training} training @param {import("./pictures.js").Drawn[]} drawn
 * @returns {(string | Node)[]} */
export function headOf(training, drawn) {
    const { task, description, losses, of, learnt, left, ended } = training
    const done = losses.length
    if (!done && !training.trains)
        return ["Untrained, it has learnt nothing yet.", `${description} Press Train to watch it learn.`]
    if (!training.over) {
        const far = left === null ? "starting" : `about ${lasts(left)} left`
        return [
            `Learning: epoch ${count(done)} of ${count(of)}`,
            `${description} ${far[0].toUpperCase()}${far.slice(1)}.`,
        ]
    }
    const { proof } = drawn[drawn.length - 1]
    const said = [...sinceOf(training), ended && `${ended} `, element("span", { class: "gs-proof" }, proof)]
    if (!learnt) return ["It has learnt nothing.", ...said.filter(Boolean)]
    const [main, next] = Object.values(learnt.scores)
    return [TITLES[task](learnt, main, next), ...said.filter(Boolean)]
}

/** @param {number} seconds */
const lasts = seconds => (seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`)

/** What its main figure on new texts says. @type {Object<string, (learnt: Wire.Learnt, main: number, next: number) => string>} */
const TITLES = {
    counter: (learnt, most) => {
        if (most >= learnt.shown) return `${counts(learnt)}: right for every n up to ${count(most)}.`
        return `It has not learnt to count: right ${most ? `only up to n = ${count(most)}` : "for no n"}.`
    },
    brackets: (learnt, right) => {
        const far = `${percent(right)} of long new strings are right at every step`
        return right >= 0.5 ? `${counts(learnt)}: ${far}.` : `It has not learnt to count: ${far}.`
    },
    copy: ({ scores }) =>
        `Over 100 dots it remembers ${percent(scores["right after a gap of 100"])} of the first symbols.`,
    grammar: (_, right) => `It tags ${percent(right)} of the words of new sentences right.`,
    text: ({ scores }) => `It foretells ${percent(scores["characters foretold"])} of new characters.`,
    series: (_, own, last) => foretells(own, last),
    forecast: (_, own, last) => foretells(own, last),
}

/** @param {number} own @param {number} last R² of its forecasts, and of repeating the last value */
const foretells = (own, last) =>
    own > last
        ? `It foretells ${percent(own)} of what varies in new rows; repeating the last value, ${percent(last)}.`
        : `It has learnt no more than to repeat the last value: R² ${own.toFixed(2)}, and ${last.toFixed(2)} of that.`

/** @param {Wire.Learnt} learnt */
function counts({ unit, change }) {
    if (unit === null) return "It has learnt to count, in several units together"
    const ways = Object.entries(change).map(([symbol, by]) => `${signed(by, 2)} at each ${symbol}`)
    return `Unit ${unit} has learnt to count, ${ways.join(", ")}`
}

/** Since when each step was right, and what else was measured. @param {Wire.Training} training */
function sinceOf({ accuracies, learnt, forecasts }) {
    const wrong = accuracies.findLastIndex(share => share < 1) + 2
    const said =
        !forecasts && wrong <= accuracies.length ? ["Every step right since epoch ", strong(count(wrong)), ". "] : []
    const shown = learnt?.shown
        ? [`It was shown no ${learnt.shown === 20 ? "n above 20" : `depth above ${learnt.shown}`}. `]
        : []
    return [...said, ...shown]
}

/** What stands over a picture. @param {Wire.Training} training @param {import("./pictures.js").Drawn} picture @param {boolean} isBefore */
export function saysOf(training, picture, isBefore) {
    const { right, of } = rightOf(training, picture)
    const name = isBefore ? "before" : "now"
    const what = picture.epoch ? `epoch ${count(picture.epoch)}` : "epoch 0, untrained"
    const share = training.forecasts
        ? []
        : [element("span", { class: "gs-training-right" }, strong(`${right}`), ` of ${of} right`)]
    return [strong(name), element("span", {}, what), ...share]
}
