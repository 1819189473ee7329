/** What does Python tell a page that computes its own pictures? It is asked once a process. */

import { execFileSync } from "node:child_process"

const ASK = `
import base64, json
from gatescope.live.shared_with_browser import handed_over
from gatescope.recording.recording import answer
from gatescope.recording.wire_format import as_sent
from gatescope.site.folder import told_of_site
recording = base64.b64encode(answer({"model": "random", "sentence": "a b"}, 900, None)).decode()
print(json.dumps(as_sent({"told": told_of_site(), "handed": handed_over("", {}), "recording": recording})))
`
const said = JSON.parse(execFileSync("python", ["-W", "ignore", "-c", ASK], { encoding: "utf8" }))

/** What the app hands to its page; and words, links and models, as the site has them. @type {any} */
export const { handed } = said
/** @type {any} */
export const told = { ...said.told.handed, ...said.told }
/** What the server answers of an untrained LSTM that reads "a b". */
export const recording = Uint8Array.from(Buffer.from(said.recording, "base64"))
