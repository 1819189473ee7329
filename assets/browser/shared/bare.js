/** How is Plotly drawn with? Without its buttons and its double-click: the page handles zooming and clicking itself. */

export const BARE = { displayModeBar: false, doubleClick: false, responsive: false, showTips: false }

/** Whether Plotly is here by now: a page need not wait for it with its first picture. */
export const isHere = () => "Plotly" in globalThis
