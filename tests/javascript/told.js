/** What does Python tell a page that computes its own pictures? It is asked once a process. */

import { execFileSync } from "node:child_process"

const ASK = `
import json
from gatescope.live.shared_with_browser import handed_over
from gatescope.picture.wire_format import as_sent
from gatescope.site.told import told_of_site
print(json.dumps(as_sent({"told": told_of_site({}), "handed": handed_over("", {})})))
`

/** `told`: words, links and models, as the site has them; `handed`: what the app hands to its page. @type {any} */
export const { told, handed } = JSON.parse(execFileSync("python", ["-W", "ignore", "-c", ASK], { encoding: "utf8" }))
