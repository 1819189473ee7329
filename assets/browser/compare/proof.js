/** Which unit carries the difference, and what undoes it? What one swap after the other did to the answer. */

import { element } from "../shared/element.js"
import { fixed } from "../shared/numbers.js"
import { chip } from "./picture.js"

/** The panel at the right. @param {import("./drawn.js").Panel} panel */
export function proof({ asks, from, to, rows, rest, ways, unseen, links }) {
    const bars = rows.map(({ name, near, carries }) =>
        element(
            "tr",
            { class: carries ? "gs-carries" : "" },
            element("th", { scope: "row" }, name),
            element("td", { class: "gs-two-track" }, element("div", { style: `width: ${100 * near}%` })),
            element("td", {}, fixed(near, 2)),
        ),
    )
    return element(
        "aside",
        { class: "gs-two-proof" },
        element("h3", {}, "Which unit carries it?"),
        element("p", {}, asks),
        element("p", { class: "gs-faint" }, `B as it is: ${fixed(from, 2)} · A: ${fixed(to, 2)}`),
        element("table", { class: "gs-two-alone" }, element("tbody", {}, ...bars)),
        rest ? element("p", { class: "gs-faint" }, rest) : "",
        element("h3", {}, "What does the swap change?"),
        element("ul", { class: "gs-two-ways" }, ...ways.map(wayOf)),
        ...(unseen ? [element("h3", {}, "Kept, but not shown"), element("p", {}, unseen)] : []),
        element("p", { class: "gs-two-links" }, ...links.map(linkOf)),
    )
}

/** @param {import("./drawn.js").Panel["ways"][number]} way */
function wayOf({ before, was, put, becomes }) {
    return element(
        "li",
        {},
        element("span", {}, before),
        chip(was, was.filled),
        element("span", { class: "gs-two-arrow" }, `→ ${put} →`),
        chip(becomes, becomes.filled),
    )
}

/** @param {{name: string, query: string}} link @param {number} k */
function linkOf({ name, query }, k) {
    return element(
        "a",
        { class: k ? "gs-button" : "gs-button gs-first", href: `./?${query}`, target: "_self" },
        `${name} →`,
    )
}

/** B's answer with A's c put in, at each step between. @param {import("./drawn.js").Panel["undo"]} undo */
export function undo({ asks, at, rows }) {
    const heads = at.map(word => element("th", { scope: "col" }, word))
    const lines = rows.map(({ name, answers, says }) =>
        element(
            "tr",
            {},
            element("th", { scope: "row" }, name),
            ...answers.map(answer => element("td", {}, chip(answer, answer.filled))),
            element("td", { class: "gs-two-undone" }, says),
        ),
    )
    const head = element("thead", {}, element("tr", {}, element("td", {}), ...heads, element("td", {})))
    return element(
        "section",
        { class: "gs-two-undo" },
        element("h3", {}, "What would undo it?"),
        element("p", {}, asks),
        element(
            "div",
            { class: "gs-two-scroll", tabindex: 0, role: "region", "aria-label": "What would undo it" },
            element("table", {}, head, element("tbody", {}, ...lines)),
        ),
    )
}
