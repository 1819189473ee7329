/** What does the pinned cell do? Its arithmetic as bars, its curve over the sentence, and all of its weights. */

import { element } from "./dom.js"
import { Units } from "./units.js"

const signed = value => (value >= 0 ? "+" : "−") + Math.abs(value).toFixed(3)
const MARGIN = { l: 30, r: 6, t: 6, b: 76 }
const EMPHASIS = { c: 3, f: 2 }

export class Panel {
    /** `takeApart(cell)` asks the server for every term of a cell; `onUnpin` is told when it is let go. */
    constructor(takeApart, onUnpin) {
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
        this.pinned = element("div", { hidden: true },
            element("div", { class: "gs-panel-head" }, this.title, element("button", {
                type: "button", class: "gs-button", "aria-label": "Unpin", title: "Unpin", onclick: () => onUnpin(),
            }, "×")),
            this.says, this.bars, this.formula, this.weights, this.units.root, this.chartTitle,
            element("div", { class: "gs-chart" }, this.chart, this.now))
        this.root = element("aside", { class: "gs-aside", "aria-label": "The pinned cell" }, this.about, this.pinned)
    }

    follow(picture, stacks) {
        Object.assign(this, { picture, stacks })
        this.root.hidden = !stacks.length
        this.drawn = null
        this.meanings.replaceChildren(...picture.strips.flatMap(strip => [
            element("dt", {}, strip.title, " ", element("i", {}, strip.quantity)), element("dd", {}, strip.meaning)]))
        this.show(this.cell)
    }

    /** A cell {layer, unit, step}, or null for the explanation. */
    show(cell) {
        const stack = cell && this.stacks?.find(s => s.layer === cell.layer)
        const there = stack && cell.unit < stack.data[0].z.length && cell.step < this.picture.labels.length
        this.cell = there ? cell : null
        this.about.hidden = there
        this.pinned.hidden = !there
        if (!there) {
            Plotly.purge(this.chart)
            this.drawn = null
            return
        }
        const { layer, unit, step } = cell
        this.title.textContent = `Unit ${unit} at “${this.picture.labels[step]}”`
        const values = this.values(stack, unit, step)
        this.says.textContent = `Step ${step}, layer ${layer}. It keeps ${Math.round(100 * values.f)} % of what it held ` +
            `and writes ${signed(values.written)}.`
        this.drawBars(values)
        this.units.show(stack, unit, step, this.picture.labels[step])
        this.drawCurve(stack, unit)
        this.now.style.left = `${MARGIN.l + (step + 0.5) / this.picture.labels.length * (this.chartWidth - MARGIN.l - MARGIN.r)}px`
        this.explain()
    }

    /** The arithmetic of one step from the six values that the trace has of it. */
    values(stack, unit, step) {
        const at = Object.fromEntries(stack.data.map(trace => [trace.name, trace.z[unit]?.[step]]))
        const before = step ? stack.data.find(trace => trace.name === "c").z[unit][step - 1] : 0
        return { ...at, before, kept: at.f * before, written: at.i * at.g, tanh: Math.tanh(at.c) }
    }

    drawBars({ before, f, kept, i, g, written, c, tanh, o, h }) {
        const rows = [
            ["c before", before], ["× f (keep)", f], ["= kept", kept], ["i (let in)", i], ["× g (what)", g],
            ["= written", written], ["c = kept + written", c], ["tanh c", tanh], ["× o (show)", o], ["= h", h],
        ]
        this.bars.replaceChildren(...rows.map(([name, value]) => {
            const size = Math.min(1, Math.abs(value)) * 50
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
        const drawn = [this.picture, stack.layer, unit]
        if (this.drawn?.every((part, k) => part === drawn[k])) return
        this.drawn = drawn
        this.chartWidth = this.chart.clientWidth || 260
        this.chartTitle.textContent = `Unit ${unit} over the sentence`
        const ink = getComputedStyle(this.root).color
        const colour = Object.fromEntries(this.picture.strips.map(strip => [strip.quantity, strip.line]))
        const data = stack.data.filter(trace => trace.z[unit]).map(({ name, z }) => ({
            type: "scatter", mode: z[unit].length > 1 ? "lines" : "markers", name, x: stack.data[0].x, y: z[unit],
            line: { color: colour[name], width: EMPHASIS[name] || 1.2 }, opacity: EMPHASIS[name] ? 1 : 0.75,
            hovertemplate: `${name} %{y:.4f}<extra></extra>`,
        }))
        const { tickvals, ticktext } = stack.layout.xaxis
        Plotly.react(this.chart, data, {
            width: this.chartWidth, height: 240, margin: MARGIN,
            paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", hovermode: "x",
            font: { ...stack.layout.font, color: ink, size: 11 }, showlegend: true,
            legend: { orientation: "h", y: -0.2, x: 0, font: { size: 11 }, itemwidth: 30, entrywidth: 12 },
            xaxis: { range: [-0.5, this.picture.labels.length - 0.5], tickvals: tickvals.length > 8 ? [] : tickvals, ticktext, tickangle: 0, showgrid: false, zeroline: false, fixedrange: true },
            yaxis: { range: [-1.08, 1.08], tickvals: [-1, 0, 1], gridcolor: "rgba(128,128,128,.25)", zeroline: false, fixedrange: true },
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
