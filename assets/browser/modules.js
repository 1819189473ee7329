/** What do the components of the app's pages load? One file; each of these modules runs when a page asks for it. */

import "./app/one_entry.js"

export const modules = {
    "live.js": () => import("./live.js"),
    "frame.js": () => import("./frame.js"),
    "rows.js": () => import("./rows.js"),
    "weights.js": () => import("./weights.js"),
    "train.js": () => import("./train.js"),
    "lesson.js": () => import("./lesson.js"),
    "compare.js": () => import("./compare.js"),
    "units/passages.js": () => import("./units/passages.js"),
    "units/list.js": () => import("./units/list.js"),
    "units/panel.js": () => import("./units/panel.js"),
}
