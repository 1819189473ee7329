/**
 * Where does a page with the live view and no server have its scripts from? From itself; or, where it stands in a
 * notebook beside others like it, from one of those.
 */

import { element } from "./shared/element.js"
import { expose } from "./shared/exposed.js"
import { unzipped } from "./shared/unzipped.js"

const MISSING =
    "To play this here, restart the notebook's kernel and run its cells from the first. " +
    "Its save(“page.html”) plays anywhere."

/**
 * Makes ready what the view needs: its styles, Plotly and its own script, once they are here.
 *
 * @param {string} key the name of exactly these scripts
 */
export async function ready(key) {
    const name = `gatescope ${key}`
    const brought = document.getElementById("gs-scripts")?.textContent
    if (brought) offer(name, brought)
    const [style, ...scripts] = JSON.parse(await unzipped(brought ?? (await another(name))).text())
    document.head.append(element("style", {}, style))
    for (const script of scripts) document.head.append(element("script", {}, script))
}

/**
 * Puts the scripts where the views beside this one find them, also when this one is gone.
 *
 * @param {string} name @param {string} brought
 */
function offer(name, brought) {
    const notebook = notebookHere()
    if (!notebook) return
    notebook[name] = brought
    notebook.dispatchEvent(new Event(name))
}

/** The scripts that another view brings, or brought. @param {string} name @returns {Promise<string>} */
async function another(name) {
    const notebook = notebookHere()
    if (notebook?.[name]) return notebook[name]
    const said = element("p", { style: "font: 12px sans-serif; color: #777; margin: 0" }, MISSING)
    document.body.append(said)
    if (!notebook) return new Promise(() => {})
    const frame = /** @type {HTMLElement} */ (window.frameElement)
    frame.style.height = `${said.offsetHeight + 2}px`
    await new Promise(brought => notebook.addEventListener(name, brought, { once: true }))
    said.remove()
    return notebook[name]
}

/** The window of the notebook around this page; null where there is none, or where it is another's. @returns {any} */
function notebookHere() {
    try {
        return window.frameElement ? window.parent : null
    } catch {
        return null
    }
}

expose({ ready })
