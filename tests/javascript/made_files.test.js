import assert from "node:assert/strict"
import { test } from "node:test"
import { inflateSync } from "node:zlib"
import { gifOf } from "../../assets/browser/film/gif_of.js"
import { mp4 } from "../../assets/browser/film/mp4.js"
import { pdf } from "../../assets/browser/slide/pdf.js"
import { uncompressed } from "./gif_reader.js"
import { drawn, Part } from "./page.js"

const { Frames } = await import("../../assets/browser/film/frames.js")
const { pace } = await import("../../assets/browser/film/covers.js")

const bytesOf = async blob => new Uint8Array(await blob.arrayBuffer())

// Pictures of 5 × 4 pixels in a few colours, 0xaabbggrr: the second changes a part, the third, which holds, nothing.
const SIZE = { width: 5, height: 4 }
const COLOURS = [0xff0000ff, 0xff00ff00, 0xffff0000, 0xff112233]
const first = (x, y) => (x + y) % 3
const second = (x, y) => (x > 0 && x < 4 && y === 2 ? 3 : first(x, y))
const pictures = [first, second, second].map(at =>
    Uint32Array.from({ length: 20 }, (_, n) => COLOURS[at(n % 5, Math.floor(n / 5))]),
)
const frames = /** @type {any} */ ({
    ...SIZE,
    number: 3,
    stays: number => [700, 10, 2500][number],
    paint: number => ({
        getContext: () => ({
            getImageData: (...box) => ({ data: box.join() === "0,0,5,4" ? pictures[number] : null }),
        }),
    }),
})

/** What a GIF shows: its frames, each over the ones before, and how long each stays, in hundredths of a second. */
function shownBy(bytes) {
    const short = at => bytes[at] + 256 * bytes[at + 1]
    const [width, height] = [short(6), short(8)]
    const table = Array.from({ length: 256 }, (_, n) => bytes.slice(13 + 3 * n, 16 + 3 * n))
    const colour = n => (0xff000000 | (table[n][2] << 16) | (table[n][1] << 8) | table[n][0]) >>> 0
    const found = { width, height, frames: [], parts: [], stays: [] }
    const picture = new Uint32Array(width * height)
    let at = 13 + 768 + 19
    while (bytes[at] !== 0x3b) {
        assert.deepEqual([bytes[at], bytes[at + 1], bytes[at + 8]], [0x21, 0xf9, 0x2c])
        found.stays.push(short(at + 4))
        const [left, top, wide, high] = [9, 11, 13, 15].map(more => short(at + more))
        found.parts.push([left, top, wide, high])
        at += 19
        const packed = []
        for (; bytes[at] > 0; at += bytes[at] + 1) packed.push(...bytes.slice(at + 1, at + 1 + bytes[at]))
        at += 1
        const places = uncompressed(packed)
        assert.equal(places.length, wide * high)
        places.forEach((place, n) => {
            picture[(top + Math.floor(n / wide)) * width + left + (n % wide)] = colour(place)
        })
        found.frames.push([...picture])
    }
    return found
}

test("a GIF shows each frame, keeps what has not changed and stays as long as it should", async () => {
    const told = []
    const shown = shownBy(await bytesOf(await gifOf(frames, done => told.push(done))))
    assert.deepEqual([shown.width, shown.height], [5, 4])
    assert.deepEqual(
        shown.frames,
        pictures.map(picture => [...picture]),
    )
    // The whole, then three pixels beside each other, then one pixel, as nothing has changed.
    assert.deepEqual(shown.parts, [
        [0, 0, 5, 4],
        [1, 2, 3, 1],
        [0, 0, 1, 1],
    ])
    assert.deepEqual(shown.stays, [70, 2, 250])
    assert.deepEqual(told, [1, 2, 3])
})

test("a frame of a GIF is as large as what has changed, wherever that is", async () => {
    for (const [changed, part] of /** @type {[number[][], number[]][]} */ ([
        [[[4, 3]], [4, 3, 1, 1]],
        [[[0, 1]], [0, 1, 1, 1]],
        [
            [
                [3, 1],
                [1, 3],
            ],
            [1, 1, 3, 3],
        ],
        [
            [
                [2, 0],
                [2, 3],
            ],
            [2, 0, 1, 4],
        ],
        [[[0, 0]], [0, 0, 1, 1]],
    ])) {
        const after = pictures[0].slice()
        for (const [x, y] of changed) after[5 * y + x] = COLOURS[3]
        const paint = number => ({
            getContext: () => ({ getImageData: () => ({ data: [pictures[0], after, after][number] }) }),
        })
        const shown = shownBy(await bytesOf(await gifOf({ ...frames, paint }, () => {})))
        assert.deepEqual([shown.parts[1], shown.frames[1]], [part, [...after]])
    }
})

const AREA = { edges: [100, 300, 500], top: 10, words: 40, bottom: 200, direction: 0 }
const STORY = { lines: ["it reads a", "it reads b"], top: 36, letters: 20 }
const PLAYED = { number: 2, areas: [AREA], story: STORY, paper: "#fff", ink: "#000" }
const framesOf = played => new Frames(/** @type {any} */ (new Part("img")), { width: 600, height: 300 }, played)

test("a frame covers what is not read, marks the newest column and tells its step", () => {
    const film = framesOf(PLAYED)
    film.paint(0)
    const calls = film.canvas.pen.calls
    const [values, words, line] = calls.filter(([name]) => name === "fillRect")
    assert.deepEqual(values, ["fillRect", 300, 40, 200, 160, { fill: "#fff", alpha: 1 }])
    assert.deepEqual(words, ["fillRect", 300, 10, 280, 30, { fill: "#fff", alpha: 0.75 }])
    assert.deepEqual(line, ["fillRect", 0, 36, 600, 28, { fill: "#fff", alpha: 1 }])
    assert.deepEqual(drawn(film.canvas, "strokeRect"), [[100, 40, 200, 160]])
    assert.deepEqual(drawn(film.canvas, "fillText"), [["it reads a", 24, 50, 552]])
    assert.equal(calls.find(([name]) => name === "strokeRect").at(-1).alpha, 1)
})

test("the last frame is the whole picture, and stays longer than a step", () => {
    const film = framesOf(PLAYED)
    assert.equal(film.number, 3)
    film.paint(2)
    assert.deepEqual(
        ["fillRect", "strokeRect", "fillText"].map(name => drawn(film.canvas, name).length),
        [0, 0, 0],
    )
    assert.deepEqual(
        drawn(film.canvas, "drawImage").map(([, ...box]) => box),
        [[0, 0, 600, 300]],
    )
    assert.deepEqual(
        [0, 1, 2].map(frame => film.stays(frame)),
        [700, 700, 2500],
    )
    film.paint(1)
    assert.deepEqual(drawn(film.canvas, "strokeRect"), [[300, 40, 200, 160]])
    assert.deepEqual(
        drawn(film.canvas, "fillText").map(([said]) => said),
        ["it reads b"],
    )
})

test("a step stays 0.7 s, and less where the whole would last more than 40 s", () => {
    const steps = number => ({ number })
    assert.deepEqual(
        [1, 57, 80, 1000].map(number => pace(steps(number))),
        [700, 700, 500, 40],
    )
})

/** The boxes of an MP4 by their path, and where each begins; those that hold boxes are opened. */
function boxesOf(bytes, begin = 0, end = bytes.length, path = "", found = {}) {
    const view = new DataView(bytes.buffer)
    for (let at = begin; at < end; at += view.getUint32(at)) {
        const size = view.getUint32(at)
        assert.ok(size >= 8 && at + size <= end, `a box of ${size} bytes at ${at} in ${path}`)
        const name = path + String.fromCharCode(...bytes.slice(at + 4, at + 8))
        found[name] = {
            at,
            numbers: Array.from({ length: Math.floor(size / 4) - 2 }, (_, k) => view.getUint32(at + 8 + 4 * k)),
        }
        if (/(moov|trak|mdia|minf|dinf|stbl)$/.test(name)) boxesOf(bytes, at + 8, at + size, `${name}/`, found)
    }
    return found
}

test("an MP4 says how long each picture stays, how large it is and where the first one begins", async () => {
    const samples = [
        { bytes: new Uint8Array([1, 2, 3]), milliseconds: 700, isKey: true },
        { bytes: new Uint8Array([4, 5]), milliseconds: 699.6, isKey: false },
        { bytes: new Uint8Array([6]), milliseconds: 2500, isKey: true },
    ]
    const compression = /** @type {any} */ ({ kind: "vp09", describes: new Uint8Array([9]), colours: [1, 13, 6] })
    const bytes = await bytesOf(mp4({ width: 640, height: 360 }, compression, samples))
    const boxes = boxesOf(bytes)
    const table = name => boxes[`moov/trak/mdia/minf/stbl/${name}`].numbers
    assert.deepEqual(table("stts"), [0, 3, 1, 700, 1, 700, 1, 2500])
    assert.deepEqual(table("stss"), [0, 2, 1, 3])
    assert.deepEqual(table("stsc"), [0, 1, 1, 3, 1])
    assert.deepEqual(table("stsz"), [0, 0, 3, 3, 2, 1])
    assert.deepEqual(table("stco"), [0, 1, boxes.mdat.at + 8])
    assert.deepEqual([...bytes.slice(boxes.mdat.at + 8)], [1, 2, 3, 4, 5, 6])
    assert.equal(boxes["moov/trak/mdia/minf/vmhd"].numbers[0], 1, "as the format asks")
    const head = boxes["moov/mvhd"].numbers
    assert.deepEqual([head[3], head[4], head.at(-1)], [1000, 3900, 2])
    const track = boxes["moov/trak/tkhd"].numbers
    assert.deepEqual([track[0], track[3], track[5], ...track.slice(-2)], [3, 1, 3900, 640 * 65536, 360 * 65536])
    assert.deepEqual(boxes["moov/trak/mdia/mdhd"].numbers.slice(3, 5), [1000, 3900])
    const matrix = [65536, 0, 0, 0, 65536, 0, 0, 0, 2 ** 30]
    // Version and flags, two times, ticks a second, length, rate and volume, what stays, and the next track's number.
    assert.deepEqual(head, [0, 0, 0, 1000, 3900, 65536, 2 ** 24, 0, 0, ...matrix, 0, 0, 0, 0, 0, 0, 2])
    assert.deepEqual(track, [3, 0, 0, 1, 0, 3900, 0, 0, 0, 0, ...matrix, 640 * 65536, 360 * 65536])
    assert.deepEqual(boxes["moov/trak/mdia/mdhd"].numbers, [0, 0, 0, 1000, 3900, 0x55c40000])
    const letters = word => [...word].reduce((number, letter) => 256 * number + letter.charCodeAt(0), 0)
    assert.deepEqual(boxes["moov/trak/mdia/hdlr"].numbers, [
        0,
        0,
        ...["vide", "\0", "\0", "\0", "gate", "scop"].map(letters),
    ])
    assert.deepEqual(boxes["moov/trak/mdia/minf/vmhd"].numbers, [1, 0, 0])
    assert.deepEqual(boxes["moov/trak/mdia/minf/dinf/dref"].numbers, [0, 1, 12, letters("url "), 1])
    const [, entries, , kind, ...visual] = table("stsd")
    assert.deepEqual([entries, kind], [1, letters("vp09")])
    const sides = [640 * 65536 + 360, 0x480000, 0x480000, 0, 65536]
    assert.deepEqual(visual.slice(0, 20), [0, 1, 0, 0, 0, 0, ...sides, 0, 0, 0, 0, 0, 0, 0, 24, 0xffff0000])
    const text = String.fromCharCode(...bytes)
    const colours = text.indexOf("colrnclx") + 8
    assert.deepEqual([...bytes.slice(colours, colours + 7)], [0, 1, 0, 13, 0, 6, 0])
    assert.equal(bytes[text.indexOf("vpcC") + 4], 9)
})

test("a PDF's table says where each of its objects begins, and its picture is every pixel", async () => {
    const colours = [1, 2, 3, 4, 5, 6]
    const data = new Uint8ClampedArray([1, 2, 3, 255, 4, 5, 6, 255])
    const getImageData = (...box) => ({ data: box.join() === "0,0,2,1" ? data : null })
    const canvas = { width: 2, height: 1, getContext: () => ({ getImageData }) }
    const bytes = await bytesOf(await pdf(/** @type {any} */ (canvas), { width: 1280, height: 720 }, "é"))
    const text = String.fromCharCode(...bytes)
    const [, begin] = /startxref\n(\d+)\n%%EOF\n$/.exec(text)
    const table = text.slice(+begin)
    assert.match(table, /^xref\n0 7\n0000000000 65535 f \n/)
    const places = [...table.matchAll(/^(\d{10}) 00000 n $/gm)].map(([, place]) => +place)
    assert.equal(places.length, 6)
    for (const [n, place] of places.entries()) assert.ok(text.slice(place).startsWith(`${n + 1} 0 obj\n`))
    assert.match(text, /\/MediaBox \[0 0 960 540\]/)
    const [head, packed] = /\/Width 2 \/Height 1 .*\/Length (\d+) >>\nstream\n/.exec(text)
    const from = text.indexOf(head) + head.length
    assert.deepEqual([...inflateSync(bytes.slice(from, from + +packed))], colours)
    assert.match(text, /\/Title <FEFF00e9>/)
    const [, length] = /<< \/Length (\d+) >>\nstream\nq/.exec(text)
    assert.equal(/stream\n(q .* Q)\nendstream/.exec(text)[1].length, +length)
})
