/** Which colour is which number? One entry for each scale. */

import { element } from "../shared/element.js"

/** @param {any} legend @param {import("../state/answer.js").Scale[]} scales */
export function drawLegend(legend, scales) {
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
    )
}
