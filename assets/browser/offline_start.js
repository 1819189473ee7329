/** How does a page with the live view and no server begin? With its own scripts, which are compressed in it. */

import { element } from "./shared/element.js"
import { expose } from "./shared/exposed.js"
import { unzipped } from "./shared/unzipped.js"

/** Makes ready what the view needs: its styles, Plotly and its own script. */
export async function ready() {
    const packed = document.getElementById("gs-scripts")?.textContent ?? ""
    const [style, ...scripts] = JSON.parse(await unzipped(packed).text())
    document.head.append(element("style", {}, style))
    for (const script of scripts) document.head.append(element("script", {}, script))
}

expose({ ready })
