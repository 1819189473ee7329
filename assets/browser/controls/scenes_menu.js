/** What does a lecture begin with? A list of scenes, each a link to a page in a state that is worth a question. */

import { element } from "../shared/element.js"
import { menu } from "./menu.js"

/** What a scene's link says. @param {Wire.Scene} scene */
export const queryOf = scene => ({ ...scene.query, scene: scene.name })

/** A menu with a link for each scene; a click calls `open(scene)`. @param {Wire.Scene[]} scenes @param {string} home
 * @param {(scene: Wire.Scene) => void} open */
export function scenesMenu(scenes, home, open) {
    const links = scenes.map((scene, number) => {
        const href = `${home}${scene.page}?${new URLSearchParams(queryOf(scene))}`
        return element(
            "a",
            { href, onclick: (/** @type {MouseEvent} */ event) => follow(event, scene) },
            `${number + 1}. ${scene.title}`,
        )
    })
    const root = menu("Scenes", ...links)
    root.classList.add("gs-scenes")
    const follow = (/** @type {MouseEvent} */ event, /** @type {Wire.Scene} */ scene) => {
        if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        root.open = false
        open(scene)
    }
    return root
}

/**
 * The card of the scene that is on screen: what to look at, a question, and its answer under a cover. `open(scene)`
 * leads to another scene, `close()` takes the card away.
 *
 * @param {Wire.Scene[]} scenes @param {string} name @param {(scene: Wire.Scene) => void} open @param {() => void} close
 */
export function sceneCard(scenes, name, open, close) {
    const at = scenes.findIndex(scene => scene.name === name)
    const scene = scenes[at]
    if (!scene) return null
    /** @param {string} sign @param {string} label @param {() => void} to */
    const turn = (sign, label, to) =>
        element("button", { type: "button", class: "gs-button", "aria-label": label, title: label, onclick: to }, sign)
    const beside = (/** @type {number} */ by) => scenes[(at + by + scenes.length) % scenes.length]
    const buttons = [
        turn("‹", "Scene before", () => open(beside(-1))),
        turn("›", "Next scene", () => open(beside(1))),
        turn("×", "Close the scene", close),
    ]
    return element(
        "section",
        { class: "gs-scene", "aria-label": `Scene: ${scene.title}`, "data-scene": scene.name },
        element(
            "div",
            { class: "gs-scene-head" },
            element("h2", {}, scene.title),
            element("span", { class: "gs-faint" }, `scene ${at + 1} of ${scenes.length}`),
            ...buttons,
        ),
        element("p", {}, scene.says),
        element(
            "details",
            { class: "gs-scene-answer" },
            element("summary", {}, element("b", {}, scene.asks), element("span", {}, "Show the answer")),
            element("p", {}, scene.answer),
        ),
    )
}
