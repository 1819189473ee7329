/** How does a model's file reach the page? As a script, so that a page that is opened from a disk can load it too. */

import { element } from "../shared/element.js"
import { expose } from "../shared/exposed.js"

/** Who waits for a script. @type {Map<string, (content: any) => void>} */
const waiting = new Map()

export class Loading {
    /** The bytes that have come, and that are to come. */
    #there = 0
    #all = 0
    /** What is asked of the server, and when it is here. @type {Map<string, Promise<string>>} */
    asked = new Map()

    /** @param {Object<string, number>} bytes of each file, by its name */
    constructor(bytes) {
        this.bytes = bytes
        expose({
            model: (/** @type {string} */ name, /** @type {any} */ content) => waiting.get(name)?.(content),
        })
    }

    /** How much of what is loaded now has come; null while nothing is loaded. */
    get share() {
        return this.#all ? this.#there / this.#all : null
    }

    /** @param {string} name @returns {Promise<Wire.ModelFile>} */
    load = name => this.bring(name, `models/${name}.js`)

    /** What a file of this name brings. @param {string} name @param {string} path @returns {Promise<any>} */
    async bring(name, path) {
        if (location.protocol === "file:") return run(name, path)
        const coming = this.#fetched(path, this.bytes[name])
        this.asked.set(path, coming)
        const text = await coming
        return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1))
    }

    async #fetched(/** @type {string} */ path, /** @type {number} */ bytes) {
        this.#all += bytes
        let there = 0
        try {
            const response = await fetch(path)
            if (!response.ok || !response.body) throw missing(path)
            const parts = []
            const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
            for (let part = await reader.read(); !part.done; part = await reader.read()) {
                parts.push(part.value)
                there += part.value.length
                this.#there += part.value.length
            }
            return parts.join("")
        } catch {
            throw missing(path)
        } finally {
            this.#all -= bytes
            this.#there -= there
        }
    }
}

const missing = (/** @type {string} */ path) => new Error(`${path} could not be loaded`)

/** What a script on a disk brings. @returns {Promise<any>} */
function run(/** @type {string} */ name, /** @type {string} */ path) {
    return new Promise((ready, failed) => {
        waiting.set(name, ready)
        document.head.append(element("script", { src: path, onerror: () => failed(missing(path)) }))
    })
}
