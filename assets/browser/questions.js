/** How does a question get to the server? A long text goes there once; after that a question only names it. */

// So many characters are no trouble to send with every move.
const LONG = 4_000

// {text, key}: the text that is there, and the promise of its name; and the name of the one before it.
let sent = null, before = ""

/** The server's answer to {query, ...}. */
export async function post(base, path, question) {
    const { sentence = "" } = question.query
    if (sentence.length <= LONG || !sentence.trim()) return answer(base, path, question)
    const { sentence: _, ...query } = question.query
    const named = async () => answer(base, path, { ...question, query, text: await nameOf(base, sentence) })
    const response = await named()
    if (response.status !== 410) return response
    // The text had to make room for others.
    sent = null
    return named()
}

/** Gives the server a text to read, or a file; answers what it can be asked for by. `instead`: which one may go for it. */
export async function send(base, name, text, instead = "") {
    const address = new URL("file", base)
    address.searchParams.set("name", name)
    if (instead) address.searchParams.set("instead", instead)
    const response = await fetch(address, { method: "POST", body: text })
    if (!response.ok) throw new Error(await response.text())
    return (await response.json()).file
}

function answer(base, path, question) {
    return fetch(new URL(path, base), { method: "POST", body: JSON.stringify(question) })
}

async function nameOf(base, text) {
    if (sent?.text !== text) {
        const key = exchange(base, text, sent?.key)
        sent = { text, key }
        key.catch(() => { if (sent?.key === key) sent = null })
    }
    return sent.key
}

/** Sends a text in place of the one before the last: about the last, a question may still be on its way. */
async function exchange(base, text, last) {
    const goes = before
    before = await last?.catch(() => "") ?? ""
    return send(base, "text", text, goes)
}
