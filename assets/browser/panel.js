/** What does the pinned cell do? Its arithmetic as bars, its curve over the sentence, and all of its weights. */

import { element } from "./dom.js"
import { Units } from "./units.js"

const signed = value => (value >= 0 ? "+" : "−") + Math.abs(value).toFixed(3)
const MARGIN = { l: 30, r: 6, t: 6, b: 76 }
const EMPHASIS = { c: 3, f: 2 }

/** Pages that look closer at a cell, and what each is asked. */
export const CLOSER = {
    why: "Where did this come from? What if?", units: "What do the units do?", compare: "Compare with another",
}

export class Panel {
    /** `takeApart(cell)` asks the server for every term of a cell; `onUnpin` is told when it is let go, `goTo` which page
     * of "why", "units", "compare" a person wants to look closer at it on. */
    constructor(takeApart, onUnpin, goTo) {
        this.takeApart = takeApart
        this.onUnpin = onUnpin
        this.cell = null
        this.meanings = element("dl", { class: "gs-meanings" })
        this.about = element("div", {}, element("h2", {}, "What am I looking at?"), this.meanings,
            element("p", { class: "gs-faint" }, "Click a cell to see its arithmetic and its curve."))
        this.title = element("h2", {})
        this.says = element("p", { class: "gs-says" })
        this.bars = element("div", { class: "gs-bars" })
        this.formula = element("p", { class: "gs-formula" })
        this.weights = element("details", { class: "gs-more", ontoggle: () => this.explain() },
            element("summary", {}, "All weights"), element("div", { class: "gs-table", tabindex: 0, role: "region", "aria-label": "All weights" }))
        this.units = new Units()
        this.chart = element("div", { class: "gs-curve" })
        this.now = element("div", { class: "gs-chart-now" })
        this.chartTitle = element("h3", {})
        this.asked = 0
        const closer = element("div", { class: "gs-closer", role: "group", "aria-label": "Look closer" },
            ...Object.entries(CLOSER)
                .map(([page, text]) => element("button", { type: "button", class: "gs-button", onclick: () => goTo(page) }, text)))
        this.pinned = element("div", { hidden: true },
            element("div", { class: "gs-panel-head" }, this.title, element("button", {
                type: "button", class: "gs-button", "aria-label": "Unpin", title: "Unpin", onclick: () => onUnpin(),
            }, "×")),
            this.says, this.bars, this.formula, this.weights, this.units.root, this.chartTitle,
            element("div", { class: "gs-chart" }, this.chart, this.now))
        this.root = element("aside", { class: "gs-aside", "aria-label": "The pinned cell" }, this.about, this.pinned, closer)
    }

    follow(picture, stacks) {
        Object.assign(this, { picture, stacks })
        this.root.hidden = !stacks.length
        this.drawn = null
        this.meanings.replaceChildren(...picture.strips.flatMap(strip => [
            element("dt", {}, strip.title, " ", element("i", {}, strip.quantity)), element("dd", {}, strip.meaning)]))
        this.show(this.cell)
    }

    /** A cell {layer, direction, unit, step}, or null for the explanation. */
    show(cell) {
        const stack = cell && this.stacks?.find(s => s.layer === cell.layer && s.direction === cell.direction)
        const there = !!stack && stack.units.includes(cell.unit) && cell.step < stack.columns.steps
        this.cell = there ? cell : null
        this.about.hidden = there
        this.pinned.hidden = !there
        if (!there) {
            Plotly.purge(this.chart)
            this.drawn = null
            return
        }
        const { layer, direction, unit, step } = cell, { columns } = stack
        this.title.textContent = `Unit ${unit} at “${columns.word(step)}”`
        this.where = `Step ${step.toLocaleString("en")}, layer ${layer}${direction ? ", read from the right" : ""}.`
        this.tell(this.values(stack, unit, step))
        this.units.show(stack, unit, step)
        this.drawCurve(stack, unit)
        const [first, last] = this.range(columns), at = (step - first) / (last - first)
        this.now.hidden = at < 0 || at > 1
        this.now.style.left = `${MARGIN.l + at * (this.chartWidth - MARGIN.l - MARGIN.r)}px`
        this.explain()
    }

    /** What the cell does, in a sentence and as arithmetic; null while its numbers are not here. */
    tell(values) {
        this.bars.classList.toggle("gs-stale", !values)
        this.says.textContent = this.where + (values ? ` It keeps ${Math.round(100 * values.f)}% of what it held ` +
            `and writes ${signed(values.written)}.` : "")
        if (values) this.drawBars(values)
    }

    /** The arithmetic of one step from what the picture has of it; null where that is not all. */
    values({ data, units, columns, direction }, unit, step) {
        const line = units.indexOf(unit), column = columns.of(step), earlier = column + (direction ? 1 : -1)
        const begins = step === (direction ? columns.steps - 1 : 0)
        if (columns.per > 1 || data.length < 6 || column < 0 || !(begins || (earlier >= 0 && earlier < columns.number))) return null
        const at = Object.fromEntries(data.map(trace => [trace.name, trace.z[line]?.[column]]))
        const before = begins ? 0 : data.find(trace => trace.name === "c").z[line][earlier]
        return { ...at, before, kept: at.f * before, written: at.i * at.g, tanh: Math.tanh(at.c) }
    }

    range(columns) { return [columns.edges(0)[0], columns.edges(columns.number - 1)[1]] }

    drawBars({ before, f, kept, i, g, written, c, tanh, o, h }) {
        const rows = [
            ["c before", before], ["× f (keep)", f], ["= kept", kept], ["i (let in)", i], ["× g (what)", g],
            ["= written", written], ["c = kept + written", c], ["tanh c", tanh], ["× o (show)", o], ["= h", h],
        ]
        // A bar of half the width is 1, or the most that a memory of more holds here.
        const most = Math.max(1, ...rows.map(([, value]) => Math.abs(value)))
        this.bars.replaceChildren(...rows.map(([name, value]) => {
            const size = Math.abs(value) / most * 50
            const result = name.includes("=")
            return element("div", { class: result ? "gs-bar gs-result" : "gs-bar" }, element("span", {}, name),
                element("span", { class: "gs-track", "aria-hidden": "true" }, element("span", {
                    class: value < 0 ? "gs-negative" : "gs-positive",
                    style: `width: ${size}%; left: ${value < 0 ? 50 - size : 50}%`,
                })),
                element("span", { class: "gs-number" }, signed(value)))
        }))
    }

    /** Drawn anew for another picture or unit; where now is only moves a line over it. */
    drawCurve(stack, unit) {
        const drawn = [this.picture, stack.layer, stack.direction, unit], { columns } = stack, line = stack.units.indexOf(unit)
        if (this.drawn?.every((part, k) => part === drawn[k])) return
        this.drawn = drawn
        this.chartWidth = this.chart.clientWidth || 260
        this.chartTitle.textContent = `Unit ${unit} over ` + (columns.complete ? "the sentence" : "the steps in sight") +
            (columns.per > 1 ? ", the extreme of each column" : "")
        const ink = getComputedStyle(this.root).color
        const colour = Object.fromEntries(this.picture.strips.map(strip => [strip.quantity, strip.line]))
        const data = stack.data.filter(trace => trace.z[line]).map(({ name, x, z }) => ({
            type: "scatter", mode: z[line].length > 1 ? "lines" : "markers", name, x, y: z[line],
            line: { color: colour[name], width: EMPHASIS[name] || 1.2 }, opacity: EMPHASIS[name] ? 1 : 0.75,
            hovertemplate: `${name} %{y:.4f}<extra></extra>`,
        }))
        // As many words as have room.
        const every = Math.ceil(stack.layout.xaxis.tickvals.length / 8)
        const [tickvals, ticktext] = ["tickvals", "ticktext"].map(all => stack.layout.xaxis[all].filter((_, n) => n % every === 0))
        Plotly.react(this.chart, data, {
            width: this.chartWidth, height: 240, margin: MARGIN,
            paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", hovermode: "x",
            font: { ...stack.layout.font, color: ink, size: 11 }, showlegend: true,
            legend: { orientation: "h", y: -0.2, x: 0, font: { size: 11 }, itemwidth: 30, entrywidth: 12 },
            xaxis: { range: this.range(columns), tickvals, ticktext, tickangle: 0, showgrid: false, zeroline: false, fixedrange: true },
            yaxis: { range: [-1.08 * this.picture.reach, 1.08 * this.picture.reach], tickvals: [-this.picture.reach, 0, this.picture.reach], gridcolor: "rgba(128,128,128,.25)", zeroline: false, fixedrange: true },
        }, { displayModeBar: false })
    }

    /** W x + U h + b with the real numbers; the rows of weights only once they are asked for. */
    async explain() {
        if (!this.cell) return
        // Until the server answers, the last formula is not this cell's.
        this.formula.classList.add("gs-stale")
        const asked = ++this.asked
        const terms = await this.takeApart(this.cell).catch(() => null)
        if (this.asked !== asked) return
        this.formula.classList.toggle("gs-stale", !terms)
        if (!terms) return
        this.tell({
            ...Object.fromEntries(["f", "i", "g", "o"].map(name => [name, terms[name].value])),
            before: terms.c_before, kept: terms.kept, written: terms.written, c: terms.c, tanh: terms.tanh_c, h: terms.h,
        })
        this.formula.replaceChildren(...["f", "i", "g", "o"].map(name => {
            const { from_x, from_h, bias, pre, value } = terms[name], bend = name === "g" ? "tanh" : "σ"
            return element("span", {}, element("i", {}, name),
                ` = ${bend}(W x + U h + b) = ${bend}(${signed(from_x)} ${signed(from_h)} ${signed(bias)}) = ` +
                `${bend}(${signed(pre)}) = ${name === "g" ? signed(value) : value.toFixed(3)}`)
        }))
        if (this.weights.open) this.weights.lastElementChild.replaceChildren(weightTable(terms))
    }
}

/** Each number that the cell reads, with its weight in each gate. */
function weightTable(terms) {
    const names = ["f", "i", "g", "o"]
    const row = (name, value, weights) => element("tr", {}, element("th", { scope: "row" }, name),
        element("td", {}, signed(value)), ...weights.map(weight => element("td", {}, signed(weight))))
    return element("table", {},
        element("thead", {}, element("tr", {}, element("th", {}, "reads"), element("th", {}, "value"),
            ...names.map(name => element("th", { scope: "col" }, `weight in ${name}`)))),
        element("tbody", {},
            ...terms.x.map((value, k) => row(`x ${k}`, value, names.map(name => terms[name].weights_x[k]))),
            ...terms.h_before.map((value, k) => row(`h before ${k}`, value, names.map(name => terms[name].weights_h[k]))),
            row("b", 1, names.map(name => terms[name].bias))))
}
