/** Plotly comes as a script of its own; the app uses so much of it. */
declare const Plotly: {
    react(place: Element, data: any[], layout: any, config?: any): Promise<any>
    relayout(place: Element, change: any): Promise<any>
    purge(place: Element): void
    toImage(figure: any, options: any): Promise<string>
}

/** The words that most rooms share; each module in `assets/browser` explains those that it defines. */
type Answerer = import("../../assets/browser/asking/answerer.js").Answerer
type Query = import("../../assets/browser/asking/answerer.js").Query
type Question = import("../../assets/browser/asking/answerer.js").Question
type Matrix = import("../../assets/browser/engine/run.js").Matrix
type Model = import("../../assets/browser/engine/model.js").Model
type Recorded = import("../../assets/browser/engine/run.js").Recorded
type Recurrent = import("../../assets/browser/engine/run.js").Recurrent
type Tensor = import("../../assets/browser/engine/safetensors.js").Tensor
type Reading = import("../../assets/browser/numbers/reading.js").Reading
type Heatmaps = import("../../assets/browser/picture/heatmaps.js").Heatmaps
type Painted = import("../../assets/browser/picture/heatmaps.js").Painted
type ColourScale = import("../../assets/browser/state/answer.js").ColourScale
type Look = import("../../assets/browser/state/answer.js").Look
type DrawnSeries = import("../../assets/browser/state/answer.js").DrawnSeries
type Held = import("../../assets/browser/state/answer.js").Held
type LabelScores = import("../../assets/browser/state/answer.js").LabelScores
type Next = import("../../assets/browser/state/answer.js").Next
type Numbers = import("../../assets/browser/state/answer.js").Numbers
type Picture = import("../../assets/browser/state/answer.js").Picture
type Readout = import("../../assets/browser/state/answer.js").Readout
type Stack = import("../../assets/browser/state/answer.js").Stack
type StackValues = import("../../assets/browser/state/answer.js").StackValues
type StepAnswer = import("../../assets/browser/state/answer.js").StepAnswer
type Columns = import("../../assets/browser/state/answer.js").Columns
type Hold = import("../../assets/browser/state/holds.js").Hold
type Cell = import("../../assets/browser/state/link.js").Cell
type Drawn = import("../../assets/browser/state/state.js").Drawn
type State = import("../../assets/browser/state/state.js").State
type Store = import("../../assets/browser/state/store.js").Store
type Zoom = import("../../assets/browser/state/zoom.js").Zoom

/** What the drawer says. */
declare namespace Says {
    type Drawer = import("../../assets/browser/why/drawer.js").Drawer
    type Said = import("../../assets/browser/why/drawer.js").Said
    type Still = import("../../assets/browser/why/drawer.js").Still
    type TheAnswer = import("../../assets/browser/why/drawer.js").TheAnswer
    type Path = import("../../assets/browser/why/drawer.js").Path
    type Carried = import("../../assets/browser/why/drawer.js").Carried
    type Without = import("../../assets/browser/why/drawer.js").Without
    type Turn = import("../../assets/browser/why/drawer.js").Turn
}
