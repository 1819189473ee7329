/** How is Plotly drawn with? Without its buttons and its double-click: the page handles zooming and clicking itself. */

export const BARE = { displayModeBar: false, doubleClick: false, responsive: false, showTips: false }
