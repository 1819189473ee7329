/** What does a lecture begin with? A list of scenes, each a link to a page in a state that is worth a question. */

import { button, element } from "../shared/element.js"
import { leads } from "../shared/leads.js"
import { menu } from "./menu.js"

/** What a scene's link says. @param {Wire.Scene} scene */
export const queryOf = scene => ({ ...scene.query, scene: scene.name })

/** The scenes that stand under the heading of a scene, in order. @param {Wire.Scene[]} scenes @param {Wire.Scene} scene */
const under = (scenes, { heading }) => scenes.filter(scene => scene.heading === heading)

/** A menu with a link for each scene, under its heading; a click calls `open(scene)`.
 * @param {Wire.Scene[]} scenes @param {string} home @param {(scene: Wire.Scene) => void} open */
export function scenesMenu(scenes, home, open) {
    const follow = (/** @type {Wire.Scene} */ scene) => {
        root.open = false
        open(scene)
    }
    const links = scenes.flatMap(scene => {
        const number = under(scenes, scene).indexOf(scene)
        const href = `${home}${scene.page}?${new URLSearchParams(queryOf(scene))}`
        const link = element("a", { href, onclick: leads(scene, follow) }, `${number + 1}. ${scene.title}`)
        return scene.heading && !number ? [element("h3", {}, scene.heading), link] : [link]
    })
    const root = menu("Scenes", ...links)
    root.classList.add("gs-scenes")
    return root
}

/**
 * The card of the scene that is on screen: what to look at, a question, and its answer under a cover. `open(scene)`
 * leads to another scene under its heading, `close()` takes the card away. A lecture goes round; a lesson has an end.
 *
 * @param {Wire.Scene[]} scenes @param {string} name @param {(scene: Wire.Scene) => void} open @param {() => void} close
 */
export function sceneCard(scenes, name, open, close) {
    const scene = scenes.find(scene => scene.name === name)
    if (!scene) return null
    const round = under(scenes, scene)
    const [at, count] = [round.indexOf(scene), round.length]
    const go = (/** @type {number} */ by) => () => open(round[(at + by + count) % count])
    const [back, next] = scene.heading
        ? [
              button("Back", "Back", go(-1), { disabled: at === 0 }),
              button("Next", "Next", go(1), { disabled: at === count - 1 }),
          ]
        : [button("Scene before", "‹", go(-1)), button("Next scene", "›", go(1))]
    const buttons = [back, next, button("Close the scene", "×", close)]
    const place = `${scene.heading ? `${scene.heading}, part` : "scene"} ${at + 1} of ${count}`
    return element(
        "section",
        { class: "gs-scene", "aria-label": `Scene: ${scene.title}`, "data-scene": scene.name, tabindex: -1 },
        element(
            "div",
            { class: "gs-scene-head" },
            element("h2", {}, scene.title),
            element("span", { class: "gs-faint" }, place),
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
