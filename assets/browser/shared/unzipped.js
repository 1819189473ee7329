/** What does a text of base64 hold that was compressed with gzip? */

/** @param {string} text @returns {Response} to read as text or as numbers */
export function unzipped(text) {
    const packed = Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")))
}
