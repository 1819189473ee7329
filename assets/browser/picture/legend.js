/** Which colour is which number? One entry for each scale, and what the scale of c was before it changed. */

import { changes } from "../shared/changed.js"
import { element } from "../shared/element.js"

/** The legend of the drawn picture. @param {Store} store */
export function legendOf(store) {
    const root = element("div", { class: "gs-legend" })
    const isOther = changes()
    const isNew = changes()
    let [reach, was] = [0, 0]
    store.afterDrawn([], ({ picture }) => {
        // Of another model nothing was said before; what was said goes with the next change of the question.
        if (isOther(picture.view.model)) reach = picture.reach
        if (isNew(JSON.stringify(picture.view)) || picture.reach !== reach) was = reach
        reach = picture.reach
        root.hidden = !picture.stacks.length
        drawLegend(root, picture)
        if (was !== reach) root.append(note(`The scale of c was ±${was}.`))
    })
    return root
}

/** @param {string} says */
const note = says => element("span", { class: "gs-legend-note" }, says)

/** @param {any} legend @param {Pick<Picture, "legend" | "stacks">} picture */
export function drawLegend(legend, { legend: scales, stacks }) {
    legend.replaceChildren(
        ...scales.map(({ name, low, high, colours }) =>
            element(
                "span",
                { class: "gs-scale" },
                name,
                element("span", {}, low),
                element("span", {
                    class: "gs-ramp",
                    style: `background: linear-gradient(to right, ${colours.join()})`,
                }),
                element("span", {}, high),
            ),
        ),
        ...(stacks.some(({ unread }) => unread) ? [note("Zoom in to read each step.")] : []),
    )
}
