/**
 * Where is the screen's state? In one store; a view is called when its part of the state changes. Of a new picture the
 * heatmaps are painted first, and what stands around them a frame later: the picture follows the hand.
 */

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Drawn} Drawn */

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

    /**
     * `painted(go)` calls `go` once the browser has painted.
     *
     * @param {State} state @param {(go: () => void) => void} painted
     */
    constructor(state, painted = go => go()) {
        this.#state = state
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
        if (keys.includes("picture") && this.#state.picture) this.#waits = true
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

    #render() {
        const changed = /** @type {Set<string>} */ (this.#changed)
        this.#changed = new Set()
        for (const { keys, render } of this.#views) {
            if (keys.some(key => changed.has(key))) render(this.#state, changed)
        }
    }

    /** Calls the waiting views once the picture is painted; of several pictures they see the last. */
    #call() {
        this.#called = true
        this.painted(() => {
            this.#waits = this.#called = false
            for (const render of this.#around) if (this.#state.picture) render(this.drawn)
        })
    }
}
