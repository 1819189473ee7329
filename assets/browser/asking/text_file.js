/** Which text is in a file that a visitor opens in the page? As `dashboard/store/text_files.py` reads it. */

import { Refused } from "./answerer.js"

/** @param {File} file */
export async function textIn(file) {
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer())
    } catch {
        throw new Refused(
            `Expected a text in UTF-8, got ${file.name}, which is something else. Open a text, or a table of numbers ` +
                "such as a .csv file.",
        )
    }
}
