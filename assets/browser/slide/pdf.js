/** How is a PDF of one picture written? One page with its pixels on it, none of them lost (ISO 32000-1). */

// Points for a pixel of a sheet.
const POINTS = 0.75

/** @param {HTMLCanvasElement} canvas @param {{width: number, height: number}} size @param {string} title */
export async function pdf(canvas, size, title) {
    const [width, height] = [size.width * POINTS, size.height * POINTS]
    const packed = await compressed(coloursOf(canvas))
    const draws = `q ${width} 0 0 ${height} 0 0 cm /Picture Do Q`
    const pixels = `/Width ${canvas.width} /Height ${canvas.height} /ColorSpace /DeviceRGB /BitsPerComponent 8`
    const objects = [
        ["<< /Type /Catalog /Pages 2 0 R >>"],
        ["<< /Type /Pages /Kids [3 0 R] /Count 1 >>"],
        [
            `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Contents 5 0 R ` +
                "/Resources << /XObject << /Picture 4 0 R >> >> >>",
        ],
        [
            `<< /Type /XObject /Subtype /Image ${pixels} /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`,
            packed,
            "\nendstream",
        ],
        [`<< /Length ${draws.length} >>\nstream\n${draws}\nendstream`],
        [`<< /Title <${utf16(title)}> /Producer (gatescope) >>`],
    ]
    return assembled(objects)
}

/** The red, green and blue of each pixel. @param {HTMLCanvasElement} canvas */
function coloursOf(canvas) {
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height)
    const colours = new Uint8Array((data.length / 4) * 3)
    for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
        colours[to] = data[from]
        colours[to + 1] = data[from + 1]
        colours[to + 2] = data[from + 2]
    }
    return colours
}

/** @param {Uint8Array<ArrayBuffer>} content */
async function compressed(content) {
    const packed = new Blob([content]).stream().pipeThrough(new CompressionStream("deflate"))
    return new Uint8Array(await new Response(packed).arrayBuffer())
}

/** The objects one after the other, and a table of where each begins.
 * @param {(string | Uint8Array<ArrayBuffer>)[][]} objects */
function assembled(objects) {
    const parts = [bytes("%PDF-1.4\n")]
    /** @type {number[]} */
    const begins = []
    const length = () => parts.reduce((sum, part) => sum + part.length, 0)
    objects.forEach((object, at) => {
        begins.push(length())
        parts.push(bytes(`${at + 1} 0 obj\n`), ...object.map(bytes), bytes("\nendobj\n"))
    })
    const table = length()
    const places = begins.map(begin => `${`${begin}`.padStart(10, "0")} 00000 n \n`).join("")
    const size = objects.length + 1
    parts.push(
        bytes(`xref\n0 ${size}\n0000000000 65535 f \n${places}trailer\n`),
        bytes(`<< /Size ${size} /Root 1 0 R /Info ${objects.length} 0 R >>\nstartxref\n${table}\n%%EOF\n`),
    )
    return new Blob(parts, { type: "application/pdf" })
}

/** @param {string | Uint8Array<ArrayBuffer>} part */
const bytes = part => (typeof part === "string" ? new TextEncoder().encode(part) : part)

/** A text in UTF-16, as hexadecimal digits. @param {string} text */
function utf16(text) {
    const digits = (/** @type {number} */ at) => text.charCodeAt(at).toString(16).padStart(4, "0")
    return `FEFF${Array.from({ length: text.length }, (_, at) => digits(at)).join("")}`
}
