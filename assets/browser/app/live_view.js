/** How does the live view work? Every keystroke and pixel of a drag becomes a question, every answer a picture. */

import { refusal } from "../asking/link.js"
import { controls, right, saying } from "../controls/controls.js"
import { exportMenu, pythonCode } from "../controls/export_menu.js"
import { isFirstVisit } from "../controls/playback.js"
import { queryOf, sceneCard, scenesMenu, shareMenu } from "../controls/share_menu.js"
import { Brush } from "../picture/chosen_steps.js"
import { numbersTable } from "../picture/names.js"
import { element, wordButton } from "../shared/element.js"
import { isPlain } from "../shared/hands.js"
import { themeOf } from "../shared/page.js"
import { inFull, linkTo } from "../state/link.js"
import { atTime, isOfTheTextBefore } from "../state/state.js"
import { moved } from "../state/time.js"
import { brushText } from "../state/zoom.js"
import { notices } from "./notices.js"
import { bar, isEmbedded, isPresenting, listenToKeys, listenToLecturer, present, presentButton } from "./present.js"
import { heightBelow, ViewBody } from "./view_body.js"

/** @typedef {import("./address.js").Address} Address */

// Pixels between two parts of the page.
const BETWEEN = 8

export class LiveView {
    /** Leads to another page: {page, query, link}. @type {(place: Object) => void} */
    #go = () => {}
    /** Where on Streamlit's page it stands. @type {Element | null} */
    #place = null
    /** The part that has the focus, or last had it. @type {any} */
    #focused = null

    /**
     * `codes`: where a server draws the code of a link, if there is one. `link` has the values that the address or another
     * page asks for; `enter(link)` opens another view of this page.
     *
     * @param {{codes: URL | null, answerer: Answerer, address: Address, handed: Wire.Handed, link: Object,
     *     enter: (link: Object<string, string>) => void}} how
     */
    constructor({ codes, answerer, address, handed, link, enter }) {
        this.enter = enter
        this.address = address
        this.handed = handed
        /** @type {() => number} */
        const height = () => heightBelow(this.body.picture) - (this.body.drawer?.height ?? 0) + this.#moved()
        const how = { link, names: handed, colours: handed.colours, reads: true, height, below: this.#closer() }
        this.body = new ViewBody(answerer, how)
        const { store, heatmaps, playback, zooming } = this.body
        this.store = store
        this.answerer = answerer
        if (handed.pages.units) this.brush = new Brush(store, heatmaps, () => this.#whereElse())
        const says = () => ({ link: this.#linkHere(), opens: store.drawn.picture.lasts })
        this.share = shareMenu(codes, says)
        this.listening = new AbortController()
        this.turn = this.#listenToLecturer()
        const send = (/** @type {File} */ file) => this.#send(file)
        const { model, sentence, sizes, view } = controls(store, handed, send, playback.pace, zooming.tools)
        // Before the first answer the controls don't know the link's values.
        const hidden = { class: "gatescope", style: "visibility: hidden" }
        const heading = element("h1", { class: "gs-unseen" }, "Memory")
        const head = element("div", { class: "gs-head" }, heading, model, sentence, view)
        this.body.place({ set: sizes, after: sentence })
        const about = aboutOf(store, this.#train())
        this.root = element("div", hidden, this.#bar(), head, about, this.#scene(), this.#main())
        this.root.classList.toggle("gs-embedded", isEmbedded())
        this.#listen(this.listening)
        this.body.resized.observe(this.body.picture)
        window.addEventListener("resize", () => this.body.resize(), { signal: this.listening.signal })
    }

    /** Puts it on the page; answers the place, which `hide` is told. @param {Element} parent
     * @param {(place: Object) => void} go */
    show(parent, go) {
        this.#go = go
        this.#place = parent
        const { questions } = this.body
        const moves = this.root.isConnected && !!this.store.state.picture
        parent.replaceChildren(this.root)
        if (document.activeElement === document.body) this.#focused?.focus({ preventScroll: true })
        present(this.store.state.presenting)
        if (this.store.state.picture) this.address.write(this.share.link.value)
        this.body.playback.goOn()
        // Of a view that only moves to another place the colours may have changed.
        if (moves) questions.layAgain()
        else questions.ask()
        return parent
    }

    /** @param {Element} from */
    hide(from) {
        if (from !== this.#place) return
        present(false)
        this.address.leave()
        this.body.questions.leave()
        this.root.remove()
    }

    close() {
        // What it has still to write is no link of the view after it.
        this.address.leave()
        this.body.questions.leave()
        this.listening.abort()
        this.body.resized.disconnect()
        this.root.remove()
    }

    #bar() {
        const { store, answerer, handed, address } = this
        const { details } = this.body
        const seen = () => ({ theme: themeOf(this.root), place: details.pinned, cellAt: details.seenAt.bind(details) })
        const files = exportMenu(store, answerer, seen, handed.colours)
        const scenes = scenesMenu(handed.scenes, address.home, scene => this.#toScene(scene))
        const menus = [scenes, presentButton(() => this.turn(true)), this.share.root, files]
        return bar({ pages: handed.pages, home: address.home, here: "" }, page => page && this.#goTo(page), ...menus)
    }

    /** Buttons that open the analysis pages, if there are any. */
    #closer() {
        const pages = Object.entries(this.handed.closer).map(([page, text]) => wordButton(text, () => this.#goTo(page)))
        if (!pages.length) return []
        return [element("div", { class: "gs-closer", role: "group", "aria-label": "Look closer" }, ...pages)]
    }

    /** Leads to where a model like this one is trained, if that takes seconds. */
    #train() {
        const { store, handed } = this
        const task = () => handed.trains[store.drawn.source.model]
        const go = () => this.#goTo("open", { how: "train", task: task() })
        const title = "Train it anew here, in seconds, and watch its memory form."
        const root = wordButton("Train this one", go, { class: "gs-train", title })
        store.afterDrawn([], () => {
            root.hidden = !task()
        })
        return root
    }

    /** The line of the scene that the link names; it goes when the visitor closes it. */
    #scene() {
        const { store, handed } = this
        const place = element("div", { class: "gs-scene-place" })
        const close = () => store.set({ scene: "" })
        const open = (/** @type {Wire.Scene} */ scene) => this.#toScene(scene)
        const { scene: linked } = store.state
        if (linked && !handed.scenes.some(({ name }) => name === linked)) {
            const expected = "it is the name of one of the scenes"
            const said = refusal("scene", linked, { expected, instead: "left out" })
            // Said of the first picture, as what else is not possible in a link.
            store.onFirst(({ source }) => store.set({ scene: "", refused: { of: source, said } }))
        }
        const show = (/** @type {State} */ { scene }) => {
            const card = sceneCard(handed.scenes, scene, open, close)
            place.replaceChildren(...(card ? [card] : []))
        }
        store.on(["scene"], show)
        show(store.state)
        return place
    }

    /** By how much the line of a scene moves the picture down, which keeps its height; in a lecture all is in sight. */
    #moved() {
        const scene = this.root.querySelector(".gs-scene")
        return scene && !isPresenting() ? scene.offsetHeight + BETWEEN : 0
    }

    /** @param {Wire.Scene} scene */
    #toScene(scene) {
        const link = { ...queryOf(scene), ...(isPresenting() && { present: "1" }) }
        if (scene.page) this.#go({ page: scene.page, link })
        else this.enter(link)
    }

    #linkHere() {
        const query = `${linkTo(this.store.drawn, location.search)}`
        return new URL(query ? `?${query}` : location.pathname, location.href).href
    }

    #main() {
        const { store, answerer } = this
        const shapes = element(
            "div",
            {},
            saying(store, { class: "gs-shapes" }, picture => picture.shapes),
        )
        const { code } = answerer
        return element(
            "div",
            { class: "gs-main" },
            notices(store, this.handed.choices.model),
            this.body.root,
            shapes,
            numbersTable(store, "; Export has all of them as CSV"),
            code ? pythonCode(store, query => code.call(answerer, query)) : "",
        )
    }

    /** @param {AbortController} listening ends with the view */
    #listen({ signal }) {
        listenToKeys(this.root, { play: this.body.playback.toggle, back: () => this.body.back() }, signal)
        document.addEventListener("click", event => this.#byMenu(event), { signal, capture: true })
        this.root.addEventListener("focusin", (/** @type {FocusEvent} */ event) => {
            this.#focused = event.target
        })
        // The browser's network state does not show whether the server answers: only a request does.
        for (const change of ["online", "offline"]) {
            window.addEventListener(change, () => this.root.isConnected && this.body.questions.look(), { signal })
        }
        this.store.on(["presenting"], () => this.body.questions.layAgain())
        this.store.on(["scene"], () => this.body.resize())
        this.store.on(["picture", "said", "connection"], state => this.#appear(state))
        /** @type {Record<string, any> | null} */
        let before = null
        let isStep = false
        this.store.afterDrawn(["pin", "zoom", "brush", "time", "drawer", "presenting", "scene"], state => {
            const { time, picture } = state
            isStep ||= !!before && isChosen(before, picture)
            before = picture.view
            // A link to a moment is written when time stands still.
            if (time.playing && this.share.link.value) return
            // By now another view may have the address.
            if (!this.root.isConnected) return
            this.share.renew()
            this.address.write(this.share.link.value, isStep)
            isStep = false
        })
        // On a first visit there is no link yet, only the view that the server opens with.
        const isBare = !location.search
        this.store.onFirst(() => {
            if (isBare && isFirstVisit()) requestAnimationFrame(() => this.body.playback.playOnce())
        })
    }

    /** The arrow keys of a lecturer go from step to step. */
    #listenToLecturer() {
        const { store } = this
        const step = (/** @type {number} */ by) => store.set(atTime(store.state, moved(store.state.time, by)))
        const changed = (/** @type {boolean} */ presenting) => store.set({ presenting })
        return listenToLecturer({ step, changed, isHere: () => this.root.isConnected }, this.listening.signal)
    }

    /** @param {State} state */
    #appear({ picture, said, connection }) {
        if (!this.root.style.visibility || (!picture && !said && !connection)) return
        this.root.style.visibility = ""
        document.querySelector(".gs-expected")?.remove()
        // Who came from another scene with the keyboard goes on from this one's card.
        if (document.activeElement === document.body)
            this.root.querySelector(".gs-scene")?.focus({ preventScroll: true })
        // What stands above the picture has its words only now.
        this.body.resize()
    }

    /** @param {File} file */
    async #send(file) {
        try {
            return await this.answerer.file(file)
        } catch (error) {
            this.store.set({ said: error.message })
            return null
        }
    }

    /** Leads on with what is on screen, and with a text that is typed and not answered yet.
     * @param {string} page @param {Object<string, string>} [link] */
    #goTo(page, link) {
        const { source, waits } = this.store.state
        const isTyped = source.sentence && !source.file && !waits && !isOfTheTextBefore(this.store.state)
        const query = { ...inFull(this.store.drawn), ...(isTyped && { sentence: `${source.sentence}` }) }
        this.#go({ page, query, link })
    }

    /** Where else in a corpus are the units on that are on throughout the selected words? */
    #whereElse() {
        const { drawn } = this.store
        const { layer, direction } = drawn.pin ?? { layer: 0, direction: 0 }
        const side = `${layer}.0${direction ? ".1" : ""}`
        this.#goTo("units", { where: "corpus", brush: brushText(drawn.brush), side })
    }

    /** The menu leads on with what is on screen. @param {MouseEvent} event */
    #byMenu(event) {
        const at = /** @type {Element} */ (event.target)
        const link = /** @type {HTMLAnchorElement | null} */ (at.closest("a[href]"))
        if (!link || this.root.contains(link) || !this.root.isConnected) return
        const page = Object.keys(this.handed.pages).find(name => name && link.pathname.endsWith(`/${name}`))
        if (!page || !isPlain(event) || !this.store.state.picture) return
        event.preventDefault()
        event.stopPropagation()
        this.#goTo(page)
    }
}

/** Whether a visitor chose a picture's model or its example, and did not type. @param {Record<string, any>} before
 * @param {Picture} picture */
function isChosen(before, { view: { model, sentence }, examples }) {
    return (
        model !== before.model ||
        (sentence !== before.sentence && Object.values(examples ?? {}).includes(`${sentence}`))
    )
}

/** What a trained model does, how well, or that a random one is untrained; and how near PyTorch the numbers are.
 * @param {Store} store @param {Element} train */
function aboutOf(store, train) {
    const random = "untrained: random weights, real LSTM"
    const untrained = saying(store, { class: "gs-untrained" }, ({ model }) => (model.trained ? "" : random))
    const task = saying(store, { class: "gs-task" }, ({ model }) => model.trained)
    const checked = saying(store, { class: "gs-proof" }, ({ proof }) => proof)
    store.afterDrawn([], ({ picture: { model, proof } }) => {
        root.parentElement?.classList.toggle("gs-watched", !model.asks)
        checked.classList.toggle("gs-unproved", proof.startsWith("not checked"))
    })
    const root = element("p", { class: "gs-about" }, untrained, task, right(store), train, checked)
    return root
}
