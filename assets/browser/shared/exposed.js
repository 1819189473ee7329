/** What does a page's own script, or its console, call? What is put into `gatescope` here. */

/** @param {Object<string, Function>} functions */
export function expose(functions) {
    const page = /** @type {any} */ (globalThis)
    page.gatescope = Object.assign(page.gatescope ?? {}, functions)
}
