/** What do all figures share? The page's font and a clear background. */

export const FONT = 13
const FAMILY = "'Source Sans', 'Source Sans 3', 'Noto Sans', Arial, sans-serif"

export const BARE_AXIS = { showgrid: false, zeroline: false, ticks: "", showline: false }

/** @param {Look} look */
export const onThePage = look => ({
    font: { color: look.ink, size: FONT, family: FAMILY },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    showlegend: false,
})

/** A text that Plotly shows as it is. @param {string} text */
export const escaped = text => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** The text before that. @param {string} text */
export const unescaped = text => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")
