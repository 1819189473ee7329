/**
 * Where is the screen's state? In one store; a view is called when its part of the state changes. Of a new picture the
 * heatmaps are painted first, and what stands around them a frame later: the picture follows the hand. While pictures
 * come one upon another, all is painted in one frame: each frame costs more than what stands in it.
 */

// A hand rests that has brought no picture for so many milliseconds.
const REST = 120

export class Store {
    /** @type {State} */
    #state
    /** @type {{keys: (keyof State)[], render: (state: State, changed: Set<string>) => void}[]} */
    #views = []
    /** What has changed and has not been rendered yet; null while nothing renders. @type {Set<string> | null} */
    #changed = null
    /** The views that wait until a new picture is painted. @type {((state: Drawn) => void)[]} */
    #around = []
    /** Whether they wait now, and whether somebody will call them. */
    #waits = false
    #called = false
    /** Until the hand rests. @type {number | undefined} */
    #rest = undefined
    /** Who is called then. @type {(() => void)[]} */
    #resting = []
    /** Whether the last picture came upon another, and the hand has not rested since. */
    moving = false

    /**
     * `painted(go)` calls `go` once the browser has painted, `painting(go)` just before it paints.
     *
     * @param {State} state @param {(go: () => void) => void} painted @param {(go: () => void) => void} painting
     */
    constructor(state, painted = go => go(), painting = painted) {
        this.#state = state
        this.painting = painting
        /** @type {(go: () => void) => void} */
        this.painted = painted
    }

    get state() {
        return this.#state
    }

    /**
     * `render(state)` is called after a change of any of `keys`, in the order of registration.
     *
     * @param {(keyof State)[]} keys @param {(state: State) => void} render
     */
    on(keys, render) {
        this.#views.push({ keys, render })
    }

    /**
     * As `on`, once there is a picture; a new picture counts as well.
     *
     * @param {(keyof State)[]} keys @param {(state: Drawn) => void} render
     */
    onDrawn(keys, render) {
        this.on(["picture", ...keys], state => {
            if (state.picture) render(/** @type {Drawn} */ (state))
        })
    }

    /**
     * As `onDrawn`; but a picture that replaces another one is painted before `render` is called with it.
     *
     * @param {(keyof State)[]} keys @param {(state: Drawn) => void} render
     */
    afterDrawn(keys, render) {
        this.#around.push(render)
        this.#views.push({
            keys: ["picture", ...keys],
            render: (state, changed) => {
                const waits = this.#waits && !keys.some(key => changed.has(key) && !changed.has("picture"))
                if (state.picture && !waits) render(/** @type {Drawn} */ (state))
            },
        })
    }

    /** `render` is called once, with the first picture. @param {(state: Drawn) => void} render */
    onFirst(render) {
        let isFirst = true
        this.afterDrawn([], state => {
            if (isFirst) render(state)
            isFirst = false
        })
    }

    /** `rest()` is called when a hand rests, after each picture. @param {() => void} rest */
    onRest(rest) {
        this.#resting.push(rest)
    }

    /** The state, if it has a picture. */
    get drawn() {
        return /** @type {Drawn} */ (this.#state)
    }

    /**
     * Changes parts of the state. A change that a view makes while it renders is applied after this round.
     *
     * @param {Partial<State>} change
     */
    set(change) {
        const names = /** @type {(keyof State)[]} */ (Object.keys(change))
        const keys = names.filter(key => !Object.is(change[key], this.#state[key]))
        if (!keys.length) return
        if (keys.includes("picture")) this.#move()
        this.#state = { ...this.#state, ...change }
        if (this.#changed) {
            for (const key of keys) this.#changed.add(key)
            return
        }
        this.#changed = new Set(keys)
        try {
            while (this.#changed.size) this.#render()
        } finally {
            this.#changed = null
        }
        if (this.#waits && !this.#called) this.#call()
    }

    /** A picture comes; the first one no hand has moved. */
    #move() {
        if (!this.#state.picture) return
        this.moving = this.#rest !== undefined
        this.#waits = true
        clearTimeout(this.#rest)
        this.#rest = setTimeout(() => {
            this.#rest = undefined
            this.moving = false
            for (const rest of this.#resting) rest()
        }, REST)
    }

    #render() {
        const changed = /** @type {Set<string>} */ (this.#changed)
        this.#changed = new Set()
        for (const { keys, render } of this.#views) {
            if (keys.some(key => changed.has(key))) render(this.#state, changed)
        }
    }

    /** Calls the waiting views; of several pictures they see the last. */
    #call() {
        this.#called = true
        const soon = this.moving ? this.painting : this.painted
        soon(() => {
            this.#waits = this.#called = false
            for (const render of this.#around) if (this.#state.picture) render(this.drawn)
        })
    }
}
