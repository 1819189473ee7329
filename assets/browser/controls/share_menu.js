/**
 * How does a visitor begin a lecture, or share the screen? With scenes, each a link; with a link, its QR code, or a
 * frame in another page.
 */

import { button, element, wordButton } from "../shared/element.js"
import { leads } from "../shared/hands.js"
import { count } from "../shared/numbers.js"
import { menu } from "./menu.js"

// What does a lecture begin with? A list of scenes, each a link to a page in a state that is worth a question.

/** What a scene's link says. @param {Wire.Scene} scene */
export const queryOf = scene => ({ ...scene.query, scene: scene.name })

/** A menu with a link for each scene; a click calls `open(scene)`.
 * @param {Wire.Scene[]} scenes @param {string} home @param {(scene: Wire.Scene) => void} open */
export function scenesMenu(scenes, home, open) {
    const follow = (/** @type {Wire.Scene} */ scene) => {
        root.open = false
        open(scene)
    }
    const links = scenes.map((scene, number) => {
        const href = `${home}${scene.page}?${new URLSearchParams(queryOf(scene))}`
        return element("a", { href, onclick: leads(scene, follow) }, `${number + 1}. ${scene.title}`)
    })
    const root = menu("Scenes", ...links)
    root.classList.add("gs-scenes")
    return root
}

/**
 * The line of the scene that is on screen: what to look at, and over the page its question, with the answer under a
 * cover. `open(scene)` leads to another scene, round and round; `close()` takes the line away.
 *
 * @param {Wire.Scene[]} scenes @param {string} name @param {(scene: Wire.Scene) => void} open @param {() => void} close
 */
export function sceneCard(scenes, name, open, close) {
    const scene = scenes.find(scene => scene.name === name)
    if (!scene) return null
    const [at, count] = [scenes.indexOf(scene), scenes.length]
    const go = (/** @type {number} */ by) => () => open(scenes[(at + by + count) % count])
    const [back, next] = [button("Scene before", "‹", go(-1)), button("Next scene", "›", go(1))]
    const buttons = [back, next, button("Close the scene", "×", close)]
    const answer = element("details", {}, element("summary", {}, "Show the answer"), element("p", {}, scene.answer))
    const asks = menu("Question", element("b", {}, scene.asks), answer)
    return element(
        "section",
        { class: "gs-scene", "aria-label": `Scene: ${scene.title}`, "data-scene": scene.name, tabindex: -1 },
        element("h2", { title: `Scene ${at + 1} of ${count}` }, scene.title),
        element("p", { title: scene.says }, scene.says),
        ...[asks, ...buttons],
    )
}

// How does a visitor share the screen? With a link that opens it, its QR code, or a frame in another page.

// These names mean the machine on which they are read: a phone would open itself.
const THIS_MACHINE = /^((.*\.)?localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/

/**
 * `codes`: where a server draws a link's code, if there is one; `says()` returns the link and a sentence on what it
 * opens. The menu reads them when it opens, and at `renew()`.
 *
 * @param {URL | null} codes @param {() => {link: string, opens: string}} says
 */
export function shareMenu(codes, says) {
    const link = element("input", { readonly: true, "aria-label": "Link to this view" })
    const opens = element("p", {})
    const reaches = element("p", { class: "gs-faint" })
    const code = element("img", { class: "gs-qr", alt: "QR code of the link", hidden: true })
    const frame = element("input", { readonly: true, "aria-label": "Code of an embedded view" })
    const buttons = [copies("Copy link", link), copies("Copy code", frame)]
    const root = menu(
        "Share",
        opens,
        link,
        buttons[0],
        reaches,
        code,
        element("p", {}, "To show this view inside another page:"),
        frame,
        buttons[1],
    )
    root.classList.add("gs-share")
    // A link may be too long for a code.
    code.onload = code.onerror = (/** @type {Event} */ { type }) => {
        code.hidden = type === "error"
    }
    const drawCode = () => {
        if (!codes || THIS_MACHINE.test(location.hostname)) return
        const address = new URL(`?${new URLSearchParams({ link: link.value })}`, codes).href
        if (root.open && code.src !== address) code.src = address
    }
    const renew = () => {
        const { link: address, opens: sentence } = says()
        link.value = address
        opens.textContent = sentence
        reaches.textContent = whoReaches(location.hostname, !!codes) || whoRefuses(address, !!codes)
        frame.value = frameOf(address)
        drawCode()
    }
    root.firstChild.addEventListener("click", renew)
    root.addEventListener("toggle", () => {
        for (const button of buttons) button.textContent = button.dataset.name
        drawCode()
    })
    return { root, link, renew }
}

// So many letters many servers and chats take.
const LONGEST = 8000

/** Who takes no link so long? A sentence; "" if all take it. @param {string} link @param {boolean} served */
export function whoRefuses(link, served) {
    if (link.length <= LONGEST) return ""
    const instead = served ? "export an interactive page (HTML)" : "send the text itself"
    return `This link has ${count(link.length)} letters, more than many servers and chats take: better ${instead}.`
}

/**
 * Who can open an address at this host ("" for a file)? A sentence; "" if it may be everybody. `served`: whether a
 * server answers, which exports pages too.
 *
 * @param {string} host @param {boolean} served
 */
export function whoReaches(host, served) {
    const others = served
        ? "export an interactive page (HTML), or run gatescope on a server that they can reach."
        : "put this page’s folder on a web server that they can reach, or send it."
    if (!host) return `Only this computer can open it: the page is a file. For other people, ${others}`
    if (THIS_MACHINE.test(host)) {
        return `Only this computer can open it: ${host} is “this machine” everywhere. For other people, ${others}`
    }
    if (/^(10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.[\d.]+$/.test(host) || /^[^.]+$|\.local$/.test(host)) {
        return `Only computers in the same network as ${host} can open it.`
    }
    return ""
}

/** HTML that shows the view of a link, without its controls, inside another page. @param {string} link */
export function frameOf(link) {
    const embedded = new URL(link)
    embedded.searchParams.set("embed", "true")
    const source = embedded.href.replaceAll("&", "&amp;").replaceAll('"', "&quot;")
    return `<iframe src="${source}" title="gatescope" width="100%" height="640" style="border:0"></iframe>`
}

/** @param {string} name @param {HTMLInputElement} box */
function copies(name, box) {
    const copy = wordButton(name, take, { class: null, "data-name": name })
    async function take() {
        box.select()
        const copied = () => {
            copy.textContent = "Copied"
        }
        await navigator.clipboard.writeText(box.value).then(copied, () => {})
    }
    return copy
}
