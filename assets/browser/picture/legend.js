/** Which colour is which number? One entry for each scale. */

import { element } from "../shared/element.js"

/** @param {any} legend @param {Pick<import("../state/answer.js").Picture, "legend" | "stacks">} picture */
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
        ...(stacks.some(({ unread }) => unread)
            ? [element("span", { class: "gs-too-close" }, "Zoom in to read each step.")]
            : []),
    )
}
