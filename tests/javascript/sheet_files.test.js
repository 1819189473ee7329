/** Does a sheet become a file of its kind: as large as it should be, with the page's letters inside? */

import assert from "node:assert/strict"
import { afterEach, test } from "node:test"
import { drawn, Part } from "./page.js"

const { bitmap, fontFace, png, sheetFile } = await import("../../assets/browser/slide/files.js")
const { fileOf } = await import("../../assets/browser/slide/page_file.js")
const { svg } = await import("../../assets/browser/shared/element.js")

const written = part =>
    part instanceof Part ? `<${part.localName}>${part.childNodes.map(written).join("")}` : part.textContent
const painted = []
Object.assign(globalThis, {
    XMLSerializer: class {
        serializeToString(root) {
            return written(root)
        }
    },
    Image: class {
        async decode() {
            painted.push(this.src)
        }
    },
    FileReader: class {
        async readAsDataURL(blob) {
            this.result = `data:${await blob.text()}`
            this.onload()
        }
    },
    fetch: async address => new Response(`letters of ${address}`),
    getComputedStyle: () => ({ fontFamily: '"Source Sans", serif', color: "#123", backgroundColor: "#fed" }),
})
let blob = /** @type {any} */ (new Blob(["pixels"], { type: "image/png" }))
Part.prototype.toBlob = (done, type) => {
    done(type === "image/png" ? blob : null)
}
const own = Part.prototype.getContext
Part.prototype.getContext = function () {
    const pen = own.call(this)
    pen.getImageData = (x, y, width, height) => ({ data: new Uint8Array(x || y ? 0 : 4 * width * height) })
    return pen
}
afterEach(() => {
    document.styleSheets = []
})

const SIZE = { width: 30, height: 20, least: 14 }
const sheet = () => ({ root: svg("svg", {}, svg("text", {}, "says")), size: SIZE, title: "T" })

test("a picture of a sheet is twice as fine, and whole", async () => {
    const canvas = /** @type {any} */ (await bitmap("<svg>", SIZE, 3))
    assert.deepEqual([canvas.width, canvas.height], [90, 60])
    assert.deepEqual(
        drawn(canvas, "drawImage").map(([, ...box]) => box),
        [[0, 0, 90, 60]],
    )
    assert.match(painted.at(-1), /^blob:/)
    assert.equal(await png(canvas), blob)
    const kept = blob
    blob = null
    await assert.rejects(png(canvas), /The browser could not paint it/)
    blob = kept
    assert.equal(await (await sheetFile("png", sheet())).text(), "pixels")
})

test("an SVG says its type, and begins with the letters of the page", async () => {
    const face = (family, more = "") => `@font-face { font-family: ${family};${more} src: url("font of ${family}") }`
    const rule = (cssText, href = null) => ({ cssText, parentStyleSheet: { href } })
    const rules = [
        rule('p { font-family: "Source Sans"; }'),
        rule(face('"Other"')),
        rule(face('"Source Sans"', " font-style: italic;")),
        rule(`${face('"Source Sans"')}`.replace("font of ", "upright?"), "http://there/css/a.css"),
    ]
    document.styleSheets = [{ cssRules: rules.slice(0, 2) }, { cssRules: rules.slice(2) }]
    const file = await sheetFile("svg", sheet())
    const [style, says] = (await file.text()).split("<text>")
    assert.deepEqual([file.type, says], ["image/svg+xml", "says"])
    assert.match(
        style,
        /^<svg><style>@font-face \{ font-family: "Source Sans"; font-weight: 100 900; src: url\(data:let/,
    )
    assert.match(style, /letters of http:\/\/there\/css\/upright/)
    document.styleSheets = [{ cssRules: rules.slice(0, 3) }]
    assert.equal(await fontFace(), "")
})

test("a page's pictures are a slide in the page's colours, under their heading", async () => {
    const made = (await (await fileOf("svg", { title: "T", heading: "The heading", columns: [] })).text()).split("<")
    assert.ok(made.includes("text>The heading"))
    assert.ok(made.includes("text>Made with gatescope."))
})
