/** How does the live view work? Every keystroke and pixel of a drag becomes a question, every answer a picture. */

import { patient } from "../asking/patient.js"
import { Questions } from "../asking/questions.js"
import { choosesSome, controls } from "../controls/controls.js"
import { right } from "../controls/dimensions.js"
import { exportMenu } from "../controls/export_menu.js"
import { fewUnits, showsFew } from "../controls/few_units.js"
import { Playback } from "../controls/playback.js"
import { pythonCode } from "../controls/python_code.js"
import { queryOf, sceneCard, scenesMenu } from "../controls/scenes_menu.js"
import { shareMenu } from "../controls/share_menu.js"
import { Drawer } from "../drawer/drawer.js"
import { drawerFile } from "../drawer/drawer_file.js"
import { columnsFor } from "../layout/frame.js"
import { laidOut } from "../layout/picture.js"
import { CellPanel } from "../panel/cell_panel.js"
import { ChangeIt } from "../panel/change_it.js"
import { storyLine } from "../panel/story_line.js"
import { Brush } from "../picture/brush.js"
import { Heatmaps } from "../picture/heatmaps.js"
import { legendOf } from "../picture/legend.js"
import { ModelOutput } from "../picture/model_output.js"
import { NextStep } from "../picture/next_step.js"
import { NumbersTable } from "../picture/numbers_table.js"
import { Overview } from "../picture/overview.js"
import { StickyWords } from "../picture/sticky_words.js"
import { zoomTools } from "../picture/zoom_tools.js"
import { element } from "../shared/element.js"
import { themeOf } from "../shared/framed.js"
import { painted } from "../shared/painted.js"
import { scrollHint } from "../shared/scroll_hint.js"
import { brushText } from "../state/brush.js"
import { heldNow, holding } from "../state/holds.js"
import { inFull, linkTo } from "../state/link.js"
import { cellOf } from "../state/pin.js"
import { atTime, beginning } from "../state/state.js"
import { Store } from "../state/store.js"
import { moved } from "../state/time.js"
import { isZoomed } from "../state/zoom.js"
import { bar, isEmbedded, presentButton } from "./bar.js"
import { listenToKeys } from "./keys.js"
import { notices } from "./notices.js"
import { isPresenting, listenToLecturer, magnified, present } from "./present.js"
import { isFirstVisit, Tour } from "./tour.js"
import { waitingBar } from "./waiting.js"

/** @typedef {import("../asking/answerer.js").Answerer} Answerer */
/** @typedef {import("./address.js").Address} Address */
/** @typedef {import("../state/answer.js").Numbers} Numbers */
/** @typedef {import("../state/state.js").State} State */

// Pixels: the legend below a picture that fills the window, and the change of its height that is worth a new layout.
const BELOW = 44
const PRESENTED = 60
const HEIGHTS = 16

export class LiveView {
    /** Leads to another page: {page, query, link}. @type {(place: Object) => void} */
    #go = () => {}
    /** Where on Streamlit's page it stands. @type {Element | null} */
    #place = null
    /** The part that has the focus, or last had it. @type {any} */
    #focused = null
    /** The width of the last picture. */
    #width = 0
    /** The height that the window had for it. */
    #height = 0

    /**
     * `codes`: where a server draws the code of a link, if there is one. `styled` resolves once the page has its style;
     * `link` has the values that the address or another page asks for; `enter(link)` opens another view of this page.
     *
     * @param {{codes: URL | null, answerer: Answerer, address: Address, handed: Wire.Handed, styled: Promise<any>,
     *     link: Object,
     *     enter: (link: Object<string, string>) => void}} how
     */
    constructor({ codes, answerer, address, handed, styled, link, enter }) {
        this.enter = enter
        this.address = address
        this.handed = handed
        this.styled = styled
        const coarse = matchMedia("(pointer: coarse)").matches
        const calm = matchMedia("(prefers-reduced-motion: reduce)")
        this.store = new Store(beginning({ link, coarse, calm: calm.matches }), painted)
        calm.addEventListener("change", ({ matches }) => this.#time({ calm: matches }))
        const { store } = this
        this.answerer = patient(answerer, said => store.set({ said }))
        this.heatmaps = new Heatmaps(store, (cell, square) => this.details.pin(cell, square))
        if (handed.pages.units) this.brush = new Brush(store, this.heatmaps, () => this.#whereElse())
        this.output = new ModelOutput(store)
        this.playback = new Playback(store)
        this.overview = new Overview(store)
        this.drawer = answerer.why && new Drawer(store, this.heatmaps, () => this.#resize())
        this.details = new CellPanel(store, new ChangeIt(store), ...this.#closer())
        const says = () => ({ link: this.#linkHere(), opens: store.drawn.picture.lasts })
        this.share = shareMenu(codes, says)
        const parts = [waitingBar(store), fewUnits(store), this.heatmaps.root]
        this.picture = element("div", { class: "gs-picture" }, ...parts)
        this.listening = new AbortController()
        this.turn = this.#listenToLecturer()
        const { tools, whole } = zoomTools(store)
        this.playback.root.append(whole)
        const send = (/** @type {File} */ file) => this.#send(file)
        const { model, sentence, sizes, view } = controls(store, handed, send, this.playback.pace, tools)
        // Before the first answer the controls don't know the link's values.
        const hidden = { class: "gatescope", style: "visibility: hidden" }
        const heading = element("h1", { class: "gs-unseen" }, "Memory")
        const head = element("div", { class: "gs-head" }, heading, model, sentence, sizes, view)
        const about = aboutOf(store, this.#train())
        this.root = element("div", hidden, this.#bar(), head, about, this.#scene(), this.#main())
        this.root.classList.toggle("gs-embedded", isEmbedded())
        const places = {
            column: () => this.heatmaps.columnBox(1),
            strip: (/** @type {string} */ quantity) => this.heatmaps.stripBox(quantity),
        }
        this.tour = new Tour(this.root, store, places)
        this.foot.append(this.tour.opener)
        this.root.firstChild.after(this.tour.card)
        this.root.append(this.tour.spot, scrollHint(this.details.unpin, "The pinned cell ↓"))
        const layOut = (/** @type {Numbers} */ numbers) => this.#layOut(numbers)
        const page = { columns: () => this.#columns(), layOut }
        this.questions = new Questions(store, answerer, page, handed)
        this.#listen(this.listening)
        this.resized = new ResizeObserver(() => this.#resize())
        this.styled.then(() => this.resized.observe(this.picture))
        window.addEventListener("resize", () => this.#resize(), { signal: this.listening.signal })
    }

    /** Puts it on the page; answers the place, which `hide` is told. @param {Element} parent
     * @param {(place: Object) => void} go */
    show(parent, go) {
        this.#go = go
        this.#place = parent
        parent.replaceChildren(this.root)
        if (document.activeElement === document.body) this.#focused?.focus({ preventScroll: true })
        present(this.store.state.presenting)
        if (this.store.state.picture) this.address.write(this.share.link.value)
        this.playback.goOn()
        this.styled.then(() => this.questions.ask())
        return parent
    }

    /** @param {Element} from */
    hide(from) {
        if (from !== this.#place) return
        present(false)
        this.address.leave()
        this.questions.leave()
        this.root.remove()
    }

    close() {
        // What it has still to write is no link of the view after it.
        this.address.leave()
        this.questions.stop()
        this.listening.abort()
        this.tour.close()
        this.resized.disconnect()
        this.root.remove()
    }

    #bar() {
        const { store, answerer, handed, address } = this
        const partly = (/** @type {State} */ state) =>
            isZoomed(state.zoom) || choosesSome(state, handed.quantities) || (!!state.picture?.few && showsFew(state))
        const theme = () => themeOf(this.root)
        const files = exportMenu(
            store,
            answerer,
            partly,
            theme,
            handed.colours,
            ...(answerer.why ? [drawerFile(store)] : []),
        )
        const scenes = scenesMenu(handed.scenes, address.home, scene => this.#toScene(scene))
        const menus = [scenes, presentButton(() => this.turn(true)), this.share.root, files]
        return bar({ pages: handed.pages, home: address.home, here: "" }, page => page && this.#goTo(page), ...menus)
    }

    /** Buttons that open the analysis pages, if there are any. */
    #closer() {
        const pages = Object.entries(this.handed.closer).map(([page, text]) =>
            element("button", { type: "button", class: "gs-button", onclick: () => this.#goTo(page) }, text),
        )
        if (!pages.length) return []
        return [element("div", { class: "gs-closer", role: "group", "aria-label": "Look closer" }, ...pages)]
    }

    /** Leads to where a model like this one is trained, if that takes seconds. */
    #train() {
        const { store, handed } = this
        const task = () => handed.trains[store.drawn.source.model]
        const go = () => this.#goTo("open", { how: "train", task: task() })
        const root = element("button", { type: "button", class: "gs-train", onclick: go }, "Train this one")
        root.title = "Train it anew here, in seconds, and watch its memory form."
        store.afterDrawn([], () => {
            root.hidden = !task()
        })
        return root
    }

    /** The card of the scene that the link names; it goes when the visitor closes it. */
    #scene() {
        const { store, handed } = this
        const place = element("div", { class: "gs-scene-place" })
        const close = () => store.set({ scene: "" })
        const open = (/** @type {Wire.Scene} */ scene) => this.#toScene(scene)
        const show = (/** @type {State} */ { scene }) => {
            const card = sceneCard(handed.scenes, scene, open, close)
            place.replaceChildren(...(card ? [card] : []))
        }
        store.on(["scene"], show)
        show(store.state)
        return place
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
        const { store } = this
        const shapes = element("div", { class: "gs-shapes" })
        store.afterDrawn([], ({ picture }) => {
            shapes.textContent = picture.shapes
        })
        this.foot = element("div", { class: "gs-foot" }, legendOf(store))
        const { above, below } = this.output
        const reading = element("div", { class: "gs-reading" }, this.picture, new NextStep(store).root)
        const sticky = new StickyWords(store, this.heatmaps)
        this.picture.prepend(sticky.mark, sticky.root)
        const played = [this.playback.root, storyLine(store), this.overview.root]
        const { code } = this.answerer
        const drawn = [...played, above, reading, this.foot, this.drawer?.root ?? "", below]
        return element(
            "div",
            { class: "gs-main" },
            notices(store, this.handed.choices.model),
            element("div", { class: "gs-body" }, element("div", {}, ...drawn), this.details.root),
            shapes,
            new NumbersTable(store, "; Export has all of them as CSV").root,
            code ? pythonCode(store, code) : "",
        )
    }

    /** @param {AbortController} listening ends with the view */
    #listen({ signal }) {
        listenToKeys(this.root, { play: this.playback.toggle, back: () => this.#back() }, signal)
        document.addEventListener("click", event => this.#byMenu(event), { signal, capture: true })
        this.root.addEventListener("focusin", (/** @type {FocusEvent} */ event) => {
            this.#focused = event.target
        })
        // The browser's network state does not show whether the server answers: only a request does.
        for (const change of ["online", "offline"]) {
            window.addEventListener(change, () => this.root.isConnected && this.questions.look(), { signal })
        }
        this.store.on(["presenting"], () => this.questions.layAgain())
        this.store.on(["scene"], () => this.#resize())
        this.store.on(["picture", "said", "connection"], state => this.#appear(state))
        this.store.afterDrawn(["pin", "zoom", "brush", "time", "drawer", "presenting", "scene"], ({ time }) => {
            // A link to a moment is written when time stands still.
            if (time.playing && this.share.link.value) return
            // By now another view may have the address.
            if (!this.root.isConnected) return
            this.share.renew()
            this.address.write(this.share.link.value)
        })
        // On a first visit there is no link yet, only the view that the server opens with.
        const isBare = !location.search
        let first = true
        this.store.afterDrawn([], () => {
            if (first && isBare && isFirstVisit()) requestAnimationFrame(() => this.playback.playOnce())
            first = false
            this.tour.follow()
        })
    }

    /** The arrow keys of a lecturer go from step to step. */
    #listenToLecturer() {
        const { store } = this
        const step = (/** @type {number} */ by) => store.set(atTime(store.state, moved(store.state.time, by)))
        const changed = (/** @type {boolean} */ presenting) => store.set({ presenting })
        return listenToLecturer({ step, changed, isHere: () => this.root.isConnected }, this.listening.signal)
    }

    /** @param {Partial<State["time"]>} change */
    #time(change) {
        this.store.set({ time: { ...this.store.state.time, ...change } })
    }

    /** For how many columns the page has room. */
    #columns() {
        return columnsFor(this.store.state.picture?.stacks ?? [], this.picture.clientWidth)
    }

    /** An answer as a picture for the page's width and theme, and for the height that the window has for it.
     * @param {Numbers} numbers */
    #layOut(numbers) {
        this.#width = this.picture.clientWidth
        this.#height = this.#heightBelow()
        const theme = themeOf(this.root)
        this.root.dataset.theme = theme
        const { picture, zoom, pin } = this.store.state
        const room = { width: this.#width, height: this.#height, theme, steps: zoom.steps }
        // Before the first picture the link's pin is not known yet.
        const own = picture ? pin : cellOf(`${numbers.view.pin ?? ""}`)
        return laidOut(numbers, { ...room, presenting: isPresenting(), pin: own }, this.handed.colours)
    }

    /** In another window the picture is laid out again. */
    #resize() {
        if (!this.root.isConnected || !this.store.state.picture) return
        if (this.store.drawn.picture.narrow && Math.abs(this.picture.clientWidth - this.#width) <= 1) return
        const wider = Math.abs(this.picture.clientWidth - this.#width) > 1
        if (wider || Math.abs(this.#heightBelow() - this.#height) > HEIGHTS) this.questions.layAgain()
    }

    #heightBelow() {
        return heightBelow(this.picture) - (this.drawer?.height ?? 0)
    }

    /** @param {State} state */
    #appear({ picture, said, connection }) {
        if (!this.root.style.visibility || (!picture && !said && !connection)) return
        this.root.style.visibility = ""
        document.querySelector(".gs-expected")?.remove()
        // What stands above the picture has its words only now.
        this.#resize()
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

    /** @param {string} page @param {Object<string, string>} [link] */
    #goTo(page, link) {
        this.#go({ page, query: inFull(this.store.drawn), link })
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
        if (!page || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
        if (!this.store.state.picture) return
        event.preventDefault()
        event.stopPropagation()
        this.#goTo(page)
    }

    /** One step back: selected words are let go, else what is held, else the pinned cell. */
    #back() {
        const { state } = this.store
        if (state.brush) this.store.set({ brush: null })
        else if (heldNow(state)) this.store.set(holding(state, ""))
        else if (state.pin) this.store.set({ pin: null })
    }
}

/** What a trained model does, how well, or that a random one is untrained; and how near PyTorch the numbers are.
 * @param {Store} store @param {Element} train */
function aboutOf(store, train) {
    const untrained = element("span", { class: "gs-untrained" }, "untrained: random weights, real LSTM")
    const task = element("span", { class: "gs-task" })
    const checked = element("span", { class: "gs-proof" })
    store.afterDrawn([], ({ picture: { model, proof } }) => {
        root.parentElement?.classList.toggle("gs-watched", !model.asks)
        untrained.hidden = !!model.trained
        task.hidden = !model.trained
        task.textContent = model.trained
        checked.hidden = !proof
        checked.textContent = proof
        checked.classList.toggle("gs-unproved", proof.startsWith("not checked"))
    })
    const root = element("p", { class: "gs-about" }, untrained, task, right(store), train, checked)
    return root
}

/** The pixels from the top of a part of the page to the bottom of the window, if the page is not scrolled.
 * @param {Element} part */
function heightBelow(part) {
    const scale = magnified()
    if (isPresenting()) return Math.round((window.innerHeight - part.getBoundingClientRect().top) / scale - PRESENTED)
    const scrolled = part.closest("[data-testid=stMain]")?.scrollTop ?? document.documentElement.scrollTop
    return Math.round(window.innerHeight - part.getBoundingClientRect().top - scrolled - BELOW)
}
