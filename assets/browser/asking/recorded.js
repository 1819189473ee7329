/** What does the page say of a recording? What it says of a text that it reads itself, and which link leads there. */

import { madeElsewhere, madeOf } from "../numbers/made.js"
import { numbersOf } from "../numbers/picture.js"
import { readingIn } from "../numbers/recorded.js"
import { count } from "../shared/numbers.js"
import { linkOf } from "./link.js"

/**
 * Numbers and words of a recording. `asked`: the question, with its long text and its pinned cell.
 *
 * @param {Wire.RecordedView} message @param {{query: any, cell: Cell | null}} asked @param {Wire.ToldOfAll} told
 * @returns {Numbers}
 */
export function pictureOf(message, { query, cell }, told) {
    const { about, file, recorded } = message
    const { elsewhere = null, proof = "" } = recorded ?? {}
    // The server does not repeat a long text.
    const view = /** @type {Query} */ ({ sentence: query.sentence, ...message.view })
    const reading = readingIn(message)
    const { lstm, tokens, series } = reading
    const numbers = numbersOf(reading, { view, room: 0, zoom: null, cell }, told.words, about)
    const isWatched = !about.model.asks
    const { notices, ...link } = linkOf(numbers.view, told, {
        file: isWatched ? null : file,
        isOwn: "name" in about.model,
        isWatched,
    })
    const how = () =>
        elsewhere ? madeElsewhere(elsewhere, lstm, told.words, proof) : madeOf(reading, view, told.words, proof)
    const unit = series ? "rows" : about.model.reads || view.tokens
    return {
        ...numbers,
        ...link,
        notices: [...numbers.notices, ...notices],
        ...{ proof, made: recorded ? how() : "" },
        unreadable: numbers.unreadable && !file,
        file: file && `${file}: ${count(tokens.length)} ${unit}`,
        // Of what somebody's own code reads nothing is known.
        shapes: isWatched && recorded?.strips ? "" : numbers.shapes,
    }
}
