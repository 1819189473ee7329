/** How is an exported page played? A button and a slider uncover its steps. The page has this text inside itself. */

import { columnsOf, covers, FAINT, NOW, newest, pace } from "./covers.js"

/** @typedef {import("./covers.js").Played} Played */

/** Puts the player above a graph of Plotly whose `meta` says how it is played. @param {any} plot */
export function mount(plot) {
    /** @type {Played | undefined} */
    const played = plot.layout.meta?.played
    if (!played) return
    const number = columnsOf(played)
    const boxes = drawnOver(plot, played)
    const tell = storyOver(plot, played)
    const { root, play, slider, label } = controls(played, number)
    let read = number
    let timer = 0
    const show = next => {
        read = next
        slider.value = `${read}`
        label.textContent = placeOf(played, read)
        slider.setAttribute("aria-valuetext", label.textContent)
        const isOver = timer === 0 && read === number
        boxes(read, !isOver)
        tell(isOver ? "" : played.story?.lines[read - 1])
    }
    const stop = () => {
        clearInterval(timer)
        timer = 0
        play.textContent = "▶ Play"
    }
    const tick = () => {
        if (read >= number) stop()
        show(Math.min(number, read + 1))
    }
    play.onclick = () => {
        if (timer) return stop()
        timer = setInterval(tick, pace(played))
        play.textContent = "❚❚ Pause"
        show(read < number ? read : 1)
    }
    slider.oninput = () => {
        stop()
        show(+slider.value)
    }
    plot.on("plotly_relayout", () => show(read))
    plot.parentElement.prepend(root)
    show(number)
}

/** Which step or column is the newest, in words. @param {Played} played @param {number} read */
function placeOf({ edges, names }, read) {
    const name = names[read - 1]
    if (edges[1] - edges[0] > 1) return `column ${read} of ${names.length}: ${name}`
    // A step without a word is named by its number, which counts from 0.
    const isNumber = name === `${edges[read - 1] + 0.5}`
    return isNumber ? `step ${name} (${read} of ${names.length})` : `step ${read} of ${names.length}: ${name}`
}

/** The button, the slider and the name of the step. */
function controls({ ink }, number) {
    const root = document.createElement("div")
    const play = document.createElement("button")
    const slider = document.createElement("input")
    const label = document.createElement("span")
    // In a frame narrower than the picture the player stays in sight.
    root.style.cssText =
        "display: flex; gap: 14px; align-items: center; padding: 10px 24px; font: 15px sans-serif; " +
        "position: sticky; left: 0; max-width: 100vw; box-sizing: border-box"
    play.style.cssText =
        `font: inherit; color: ${ink}; background: none; width: 104px; padding: 4px 0; ` +
        "border: 1px solid; border-radius: 8px"
    slider.style.cssText = "flex: 1; min-width: 0; max-width: 480px"
    Object.assign(slider, { type: "range", min: "1", max: `${number}`, step: "1" })
    slider.setAttribute("aria-label", "Step")
    play.type = "button"
    play.textContent = "▶ Play"
    root.append(play, slider, label)
    return { root, play, slider, label }
}

/** Draws over the graph what is not read, and a frame around the newest step; `show(read, whether it is framed)`. */
function drawnOver(plot, played) {
    const range = axis => plot._fullLayout[axis].range
    const over = () => {
        const box = document.createElement("div")
        box.style.position = "absolute"
        plot.append(box)
        return box
    }
    const parts = played.areas.map(() => ({ values: over(), words: over(), now: over() }))
    plot.style.position = "relative"
    for (const { values, words, now } of parts) {
        values.style.background = words.style.background = played.paper
        words.style.opacity = `${FAINT}`
        Object.assign(now.style, { border: `2px solid ${NOW}`, borderRadius: "4px" })
        Object.assign(now.style, { boxSizing: "border-box", pointerEvents: "none" })
    }
    return (read, framed) => {
        const frames = newest(played, read, range)
        covers(played, read, range).forEach(({ values, words }, n) => {
            place(parts[n].values, values)
            place(parts[n].words, words)
            place(parts[n].now, framed ? frames[n] : { ...frames[n], width: 0 })
        })
    }
}

/** Writes a sentence where the sheet tells of the pinned cell; "" shows the sheet's own. */
function storyOver(plot, { story, paper }) {
    const line = document.createElement("div")
    if (!story) return () => {}
    const { middle, letters, colour } = story
    line.style.cssText =
        `position: absolute; left: 0; right: 0; padding: 0 26px; top: ${middle - 0.7 * letters}px; ` +
        `font: ${letters}px ${plot._fullLayout.font.family}; line-height: 1.4; color: ${colour}; background: ${paper}`
    plot.append(line)
    return text => {
        line.hidden = !text
        line.textContent = text ?? ""
    }
}

function place(box, { left, top, width, height }) {
    box.hidden = width <= 0
    Object.assign(box.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` })
}
