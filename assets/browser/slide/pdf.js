/** How is a PDF of one picture written? One page, 16:9, with a JPEG on it (ISO 32000-1). */

// Points: the page is as large as a slide of 13.3 inches.
const WIDTH = 960
const HEIGHT = 540

/** @param {Blob} jpeg @param {{width: number, height: number}} pixels @param {string} title */
export async function pdf(jpeg, { width, height }, title) {
    const draws = `q ${WIDTH} 0 0 ${HEIGHT} 0 0 cm /Picture Do Q`
    const kind = `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB`
    const objects = [
        ["<< /Type /Catalog /Pages 2 0 R >>"],
        ["<< /Type /Pages /Kids [3 0 R] /Count 1 >>"],
        [
            `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${WIDTH} ${HEIGHT}] /Contents 5 0 R ` +
                "/Resources << /XObject << /Picture 4 0 R >> >> >>",
        ],
        [
            `<< ${kind} /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.size} >>\nstream\n`,
            new Uint8Array(await jpeg.arrayBuffer()),
            "\nendstream",
        ],
        [`<< /Length ${draws.length} >>\nstream\n${draws}\nendstream`],
        [`<< /Title <${utf16(title)}> /Producer (gatescope) >>`],
    ]
    return assembled(objects)
}

/** The objects one after the other, and a table of where each begins. */
function assembled(objects) {
    const parts = [bytes("%PDF-1.4\n")]
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
    return new Blob(/** @type {any[]} */ (parts), { type: "application/pdf" })
}

const bytes = part => (typeof part === "string" ? new TextEncoder().encode(part) : part)

/** A text in UTF-16, as hexadecimal digits. */
function utf16(text) {
    const digits = (_, at) => text.charCodeAt(at).toString(16).padStart(4, "0")
    return `FEFF${Array.from({ length: text.length }, digits).join("")}`
}
