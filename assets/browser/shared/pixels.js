/** Where does a part of the page stand, and how large is it? Each side in pixels.
 * @param {{style: any}} part @param {Object<string, number>} box */
export function place({ style }, box) {
    for (const [side, pixels] of Object.entries(box)) style[side] = `${pixels}px`
}
