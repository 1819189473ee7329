import assert from "node:assert/strict"
import { afterEach, test } from "node:test"
import { mp4Of, whyNoMp4 } from "../../assets/browser/film/mp4_of.js"

globalThis.window = /** @type {any} */ (globalThis)
const SIZE = { width: 4, height: 2 }

/** What a browser's encoder was told. */
const told = { asked: [], settings: null, frames: [], closed: 0, waits: 0 }

/**
 * A browser that has the codecs `has`; `description` is what it says of the first picture, and `fails` the frame at
 * which it breaks off.
 */
function browser({ has = [], colorSpace = {}, description = null, fails = -1, queue = 0 } = {}) {
    Object.assign(told, { asked: [], settings: null, frames: [], closed: 0, waits: 0 })
    globalThis.VideoFrame = /** @type {any} */ (
        class {
            constructor(canvas, { timestamp }) {
                Object.assign(this, { canvas, timestamp, close: () => (told.closed += 1) })
            }
        }
    )
    globalThis.VideoEncoder = /** @type {any} */ (
        class {
            encodeQueueSize = queue
            static async isConfigSupported({ codec, width, height }) {
                told.asked.push([codec, width, height])
                if (has === null) throw new Error("not known")
                return { supported: has.includes(codec) }
            }
            constructor({ output, error }) {
                Object.assign(this, { output, error })
            }
            configure(settings) {
                told.settings = settings
            }
            encode({ canvas, timestamp }, { keyFrame }) {
                told.frames.push([canvas, timestamp, keyFrame])
                if (told.frames.length > fails && fails >= 0) return this.error(new Error("no memory"))
                const chunk = { byteLength: 1, type: keyFrame ? "key" : "delta", copyTo: bytes => bytes.fill(canvas) }
                this.output(chunk, canvas ? undefined : { decoderConfig: { colorSpace, description } })
            }
            addEventListener(name, call) {
                assert.equal(name, "dequeue")
                told.waits += 1
                setImmediate(call)
            }
            async flush() {}
            close() {
                told.closed += 100
            }
        }
    )
}
afterEach(() => {
    delete globalThis.VideoEncoder
})
const framesOf = (number, stays = () => 700) => /** @type {any} */ ({ ...SIZE, number, stays, paint: at => at })
const H264 = "avc1.640020"
const VP9 = "vp09.00.31.08"

/** The bytes of an MP4, and those behind a name in it. */
async function made(frames = framesOf(2)) {
    const bytes = new Uint8Array(await (await mp4Of(frames, () => {})).arrayBuffer())
    const text = String.fromCharCode(...bytes)
    return (name, number) => [...bytes.slice(text.indexOf(name) + name.length).slice(0, number)]
}

test("it is said why a browser makes no MP4: what it lacks, or how it came to the page", async () => {
    globalThis.isSecureContext = true
    assert.match(await whyNoMp4(SIZE), /it has no WebCodecs/)
    globalThis.isSecureContext = false
    assert.match(await whyNoMp4(SIZE), /only on a page from this computer or over https/)
    browser({ has: [] })
    assert.match(await whyNoMp4(SIZE), /no encoder for an MP4 of this size/)
    assert.deepEqual(
        told.asked.map(([codec]) => codec),
        [H264, "avc1.42e020", VP9],
    )
    browser({ has: [VP9] })
    assert.equal(await whyNoMp4(SIZE), "")
    browser({ has: null })
    assert.match(await whyNoMp4(SIZE), /no encoder/)
    await assert.rejects(
        mp4Of(framesOf(1), () => {}),
        /no encoder/,
    )
})

test("the first codec that a browser has compresses each frame at its time, and every thirtieth is whole", async () => {
    browser({ has: [H264, VP9], description: new Uint8Array([7]) })
    const done = []
    await mp4Of(
        framesOf(32, number => (number < 31 ? 40.4 : 2500)),
        number => done.push(number),
    )
    const { codec, width, height } = told.settings
    assert.deepEqual([codec, width, height], [H264, 4, 2])
    assert.deepEqual(told.frames.slice(0, 3), [
        [0, 0, true],
        [1, 40400, false],
        [2, 80800, false],
    ])
    assert.deepEqual(
        told.frames.filter(([, , isKey]) => isKey).map(([number]) => number),
        [0, 30],
    )
    assert.deepEqual(
        done,
        Array.from({ length: 32 }, (_, number) => number + 1),
    )
    assert.equal(told.closed, 132)
})

test("an encoder that falls behind is waited for", async () => {
    for (const [queue, waits] of [
        [4, 0],
        [5, 2],
    ]) {
        browser({ has: [H264], description: new Uint8Array([7]), queue })
        await mp4Of(framesOf(2), () => {})
        assert.equal(told.waits, waits)
    }
})

test("an encoder that breaks off ends the film, and is said to have", async () => {
    browser({ has: [H264], fails: 2 })
    await assert.rejects(
        mp4Of(framesOf(9), () => {}),
        /could not make the MP4: no memory/,
    )
    assert.equal(told.frames.length, 3)
})

test("each part of the description is of the version that its numbers are written for", async () => {
    browser({ has: [VP9] })
    const behind = await made()
    for (const name of ["mvhd", "mdhd", "hdlr", "dref", "stsd", "stts", "stsz"])
        assert.deepEqual([name, ...behind(name, 4)], [name, 0, 0, 0, 0])
})

test("VP9 is described as its profile, its level and its 8 bits of 4:2:0", async () => {
    browser({ has: [VP9], colorSpace: { primaries: "bt709", transfer: "bt709", matrix: "rgb" } })
    const behind = await made()
    assert.deepEqual(behind("vpcC", 12), [1, 0, 0, 0, 0, 31, 0b10000010, 1, 1, 0, 0, 0])
    assert.deepEqual(behind("nclx", 7), [0, 1, 0, 1, 0, 0, 0])
})

test("H.264 is described as its encoder does, and its colours by their numbers", async () => {
    const memory = new Uint8Array([9, 7, 8, 9])
    const colorSpace = { primaries: "smpte170m", transfer: "iec61966-2-1", matrix: "bt470bg" }
    browser({ has: [H264], colorSpace, description: memory.subarray(1, 3) })
    const behind = await made()
    assert.deepEqual(behind("avcC", 2), [7, 8])
    assert.deepEqual(behind("nclx", 7), [0, 6, 0, 13, 0, 5, 0])
    browser({ has: [H264], description: memory.buffer })
    const other = await made()
    assert.deepEqual(
        [other("avcC", 4), other("nclx", 7)],
        [
            [9, 7, 8, 9],
            [0, 1, 0, 1, 0, 1, 0],
        ],
    )
})

test("each name of a colour has its number, and one that is not known counts as bt709", async () => {
    const numbers = async colorSpace => {
        browser({ has: [VP9], colorSpace })
        const behind = await made()
        return behind("nclx", 6).filter((_, k) => k % 2)
    }
    for (const [name, wanted] of /** @type {[string, number[]][]} */ ([
        ["bt709", [1, 1, 1]],
        ["smpte170m", [6, 6, 6]],
        ["bt470bg", [5, 1, 5]],
        ["iec61966-2-1", [1, 13, 1]],
        ["rgb", [1, 1, 0]],
        ["bt2020", [1, 1, 1]],
    ]))
        assert.deepEqual(await numbers({ primaries: name, transfer: name, matrix: name }), wanted, name)
})
