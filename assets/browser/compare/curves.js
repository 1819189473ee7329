/** How do two series look, with what was forecast of each? As curves over the table's columns. */

import { element } from "../shared/element.js"
import { svg } from "../shared/svg.js"

const HIGH = 96

/**
 * A cell over all columns: the values that were read and, one step later, what was forecast; A solid, B dashed.
 *
 * @param {Wire.TwoSeries} series @param {number} columns
 */
export function curves({ read, forecast }, columns) {
    const came = forecast.map(values => [null, ...values.slice(0, -1)])
    const every = [...read, ...came].flat().flatMap(value => value ?? [])
    const [low, high] = [Math.min(...every), Math.max(...every)]
    const y = (/** @type {number} */ value) => 6 + (HIGH - 12) * (1 - (value - low) / (high - low || 1))
    /** @param {(number | null)[]} values @param {string} kind */
    const line = (values, kind) => {
        const points = values.map((value, k) => (value === null ? "" : `${k + 0.5},${y(value)}`)).join(" ")
        return svg("polyline", { class: kind, points, "vector-effect": "non-scaling-stroke" })
    }
    const drawing = svg(
        "svg",
        {
            viewBox: `0 0 ${columns} ${HIGH}`,
            preserveAspectRatio: "none",
            role: "img",
            "aria-label": "Values and forecasts",
        },
        line(came[0], "gs-forecast"),
        line(came[1], "gs-forecast gs-of-b"),
        line(read[0], "gs-read"),
        line(read[1], "gs-read gs-of-b"),
    )
    const key = element("small", {}, "A solid, B dashed; thin: the forecast for that step")
    const axis = element("small", { class: "gs-two-axis" }, `${high.toPrecision(3)} … ${low.toPrecision(3)}`)
    return element("td", { colspan: columns }, drawing, key, axis)
}
