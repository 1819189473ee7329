/** How does the page Lesson stand on a page without a server? As Streamlit puts it, with its link in the address. */

import { linkIn, ofLesson, READ_BY_LESSON, some } from "./asking/link.js"
import { mount as mountFrame } from "./frame.js"
import { LessonPage } from "./lesson/page.js"
import { element } from "./shared/element.js"
import { unzipped } from "./shared/unzipped.js"

/**
 * Shows the page Lesson; returns what ends it.
 *
 * @param {HTMLElement} place `asked`: its link; `memory`: that of the page Memory
 * @param {{told: Wire.ToldOfSite, address: import("./app/address.js").Address, enter: (link: Record<string, string>) => void,
 *     asked: Record<string, string>, memory: Record<string, string> | null, answerer: Answerer, cells: () => Promise<Wire.ModelFile>}} around
 */
export function lesson(place, { told, address, enter, asked, memory, answerer, cells }) {
    const { handed, lesson: message, lesson_rules: rules } = told
    const { link, notices } = linkIn(asked, { handed: { ...handed, source: ["page"] }, rules, opening: {} })
    const usual = message.view
    const typed = Object.entries(some(link, Object.keys(usual))).map(([name, text]) => {
        const kind = typeof usual[name]
        return [name, kind === "number" ? +text : kind === "boolean" ? text === "true" : text]
    })
    const here = () => {
        const chosen = Object.entries(page.view).filter(([name, value]) => value !== usual[name])
        const shown = ["scene", "present"].map(name => [name, asked[name]]).filter(([, value]) => value)
        return `?${new URLSearchParams([["page", "lesson"], ...chosen, ...shown].map(pair => pair.map(String)))}`
    }
    const write = () => address.write(here())
    // The address may not be written yet, and Back is to lead to what is shown.
    const goOn = (/** @type {any} */ link) => {
        history.replaceState(null, "", here())
        enter(link)
    }
    const around = {
        ...{ answerer, changed: write, toMemory: goOn },
        cells: async () => unzipped((await cells()).file).arrayBuffer(),
    }
    const page = new LessonPage(
        { ...message, view: { ...usual, ...Object.fromEntries(typed) }, notices },
        handed.colours,
        around,
    )
    // As Streamlit has it.
    const top = element("div", {})
    const block = element("div", { class: "stMainBlockContainer" }, top, page.root)
    place.replaceChildren(element("div", { class: "stMain" }, block))
    const { pages, scenes } = handed
    const begun = page.view
    const go = (/** @type {any} */ { page: to, link }) => {
        const changed = Object.fromEntries(
            READ_BY_LESSON.filter(name => page.view[name] !== begun[name]).map(name => [name, page.view[name]]),
        )
        const before = memory ?? { model: "random", ...ofLesson(begun) }
        const same = Object.keys(changed).length ? { ...before, pin: "" } : before
        goOn(link ?? (to ? { page: "lesson" } : { ...same, ...changed }))
    }
    const says = (/** @type {any} */ frame) => {
        Object.assign(asked, frame)
        write()
        end()
        end = put()
    }
    const put = () =>
        mountFrame(
            top,
            null,
            { pages, scenes, here: "?page=lesson", scene: "", ...asked, present: !!asked.present },
            go,
            says,
        )
    let end = put()
    return { show: () => page.show(), close }

    function close() {
        address.leave()
        end()
    }
}
