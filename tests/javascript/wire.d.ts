/** Made by `python -m tests.wire_types`: what the server sends. */
declare namespace Wire {
    /** A scale's colours, in equal steps. */
    type ByTheme = { light: string[]; dark: string[] }

    /** What one unit carried on from one step. */
    type Carried = { layer: number; step: number; unit: number; kept: number; reread: number }

    /** With what a page computes. */
    type CarriedModel = {
        usual: Record<string, string | number>
        words: Words
        links: Links
        names: Named
        view: Record<string, string | number>
        about: ModelInWords
        file: string
        proved: Proved
    }

    /** One unit of one layer and direction, after one step. */
    type Cell = { layer: number; direction: number; unit: number; step: number }

    /** The scales of a drawn cell: of h and the gates, and of c. */
    type CellScales = { states: Scale; gates: Scale; memory: Scale }

    /** One cell, and every term of it as in `lstm_core.analysis.Anatomy`. */
    type CellTerms = {
        layer: number
        direction: number
        unit: number
        step: number
        x: number[]
        h_before: number[]
        i: GateTerms
        f: GateTerms
        g: GateTerms
        o: GateTerms
        c_before: number
        kept: number
        written: number
        c: number
        tanh_c: number
        h: number
    }

    /** A figure as it is sent. */
    type Chart = { figure: string; number: number; config: Record<string, any> }

    /** An answer, and whether it is the one that matters. */
    type Chip = { label: string; share: number | null; filled: boolean }

    /** A text in the colours of a unit's c. */
    type Coloured = { tokens: string[]; numbers: (number | null)[]; between: string }

    /** All that there are; of scales by their names. */
    type Colours = { ink: Inks; gates: Record<string, ByTheme>; states: Record<string, ByTheme>; lines: Lines }

    /** `number` columns of `per` steps each, from step `first` on, of a sequence of `steps`. */
    type Columns = { first: number; per: number; number: number; steps: number }

    /** A unit in A and in B; of the one that carries the difference, what it keeps and shows. */
    type CommonUnit = {
        name: string
        role: string
        c: (number | null)[][]
        f?: (number | null)[][]
        o?: (number | null)[][]
    }

    /** Everything in the drawer. Where a part is not said, the sentence beside it says why. */
    type Drawer = {
        cell: Cell
        still: Still
        answer: TheAnswer | null
        no_answer: string
        without: Without[]
        no_without: string
        turn: Turn | null
        no_turn: string
    }

    /** Two readings, step by step, and the proof beside them. */
    type Drawn = {
        head: string
        says: string
        words: (string | null)[][]
        answers: (Said | null)[][]
        turned: number[]
        proof: string
        shown: string
        series: TwoSeries | null
        scales: Scales
        reach: number
        units: CommonUnit[]
        others: Others | null
        models: OneModel[]
        carrier: Proof | null
    }

    /** A cell as the browser draws it, with its numbers, colours and words. */
    type DrawnCell = {
        cell: string
        values: Record<string, number>
        x: number[]
        scales: CellScales
        name: string
        unit: string
        reads: string
        told: string
    }

    /** Numbers that the model reads or says, a row for each of their columns. */
    type DrawnSeries = {
        title: string
        question: string
        labels: string[]
        names: string[]
        values: Float32Array[]
        foreseen: Float32Array[] | null
        low: number[]
        high: number[]
        read: boolean
    }

    /** What frames a page without the live view: the bar and its menus, and the card of a scene. */
    type Framed = {
        base: string
        pages: Record<string, string>
        scenes: Scene[]
        here: string
        scene: string
        present: boolean
    }

    /** One gate, as in `lstm_core.analysis.anatomy.Gate`. */
    type GateTerms = {
        weights_x: number[]
        weights_h: number[]
        from_x: number
        from_h: number
        bias: number
        pre: number
        value: number
    }

    /** The data for the live view's page: the place of its routes, the choices, and everything both sides share. */
    type Handed = {
        base: string
        ranges: Record<string, [number, number]>
        choices: Record<string, Record<string, string>>
        source: string[]
        shown: string[]
        quantities: string
        layers: string
        closer: Record<string, string>
        trains: Record<string, string>
        pages: Record<string, string>
        scenes: Scene[]
        said_back: number
        nan: number
        colours: Colours
        visitor: string
    }

    /** The head of a column, which sorts the list. */
    type Head = { key: string; title: string; under: string }

    /** An answer: numbers and words of one view. The browser lays them out. */
    type Header = {
        stacks: StackValues[]
        units: number
        columns: Columns
        reach: number
        answers: StepAnswer[]
        inputs: Inputs | null
        series: DrawnSeries[]
        scores: LabelScores | null
        readout: Readout | null
        view: Record<string, string | number>
        link: string
        file: string | null
        lasts: string
        pins: boolean
        model: Model
        examples: Record<string, string>
        unreadable: boolean
        notices: string[]
        shapes: string
        proof: string
        made: string
        code: string | null
        few: string
        labels: string[]
        strips: StripWords[]
        coming: Next[]
        cell: CellTerms | null
        held: Held | null
        found: string | null
        kind?: "gru" | "rnn"
        projects?: boolean
        bend?: string
        letters?: Record<string, string>
        overview: Float32Array[] | null
        resets: number[]
    }

    /** What is held in a picture, and what the hold changes. */
    type Held = {
        holds: string
        before: string[]
        after: string[]
        sure_before: (number | null)[]
        sure_after: (number | null)[]
    }

    /** How often c has each value. */
    type Histogram = { title: [string, string]; edges: number[]; counts: number[] }

    /** The colours of letters and lines, and of what they stand on. */
    type Ink = { ink: string; faint: string; paper: string }

    /** By theme. */
    type Inks = { light: Ink; dark: Ink }

    /** What the first layer reads: x. */
    type Inputs = { z: Float32Array[]; reach: number }

    /** The probabilities of the labels: a title, the question that they answer, a name for each row. */
    type LabelScores = { title: string; question: string; labels: string[]; z: Float32Array[] }

    /** The colour of each quantity's line, by theme. */
    type Lines = { light: Record<string, string>; dark: Record<string, string> }

    /** A link to the page Memory. */
    type Link = { name: string; query: string }

    /** Which values of a view stand in its link. */
    type Links = { always: string[]; never: string[]; longest: number }

    /** What is lost without a unit, among all units. */
    type Lost = { title: [string, string]; all: number[]; own: number; number: string }

    /** The model that reads. */
    type Model = {
        trained: string
        fixed: Record<string, number>
        sizes: Record<string, number[]>
        right: string
        layers: number
        reads: string
        means?: Record<string, string>
        name?: string
        asks: boolean
    }

    /** What a page loads. */
    type ModelFile = { file: string; proved: Proved[] }

    /** What is said of a model, or of an untrained LSTM that reads words, characters or numbers, in every answer. */
    type ModelInWords = { examples: Record<string, string>; model: Model; foresees: boolean }

    /** The names of a question's values. */
    type Named = { source: string[]; shown: string[] }

    /** One thing that may come after the last step. */
    type Next = { label: string; share: number | null; text: string | null }

    /** The units of one of two models that move most. */
    type OneModel = { title: string; units: string[]; c: (number | null)[][] }

    /** How near one unit's c brings B to A's answer. */
    type OneUnit = { name: string; near: number; carries: boolean }

    /** The largest difference of all other units at each step. */
    type Others = { name: string; values: number[] }

    /** A passage as it is drawn. */
    type PassageLine = {
        value: string
        tokens: string[]
        numbers: (number | null)[]
        first: number
        last: number
        where: string
    }

    /** What the browser draws: passages one under the other. */
    type Passages = { name: string; rows: PassageLine[]; scale: Scale; between: string }

    /** How one word, or one feature at one step, reached the answer. */
    type Path = { step: number; feature: number | null; effect: number; error: number; lines: Carried[]; said: string }

    type Proof = {
        asks: string
        from: number
        to: number
        rows: OneUnit[]
        rest: string
        ways: Swap[]
        undo: Undo
        unseen: string
        links: Link[]
    }

    /** A question, and what PyTorch computed of its first steps. */
    type Proved = { query: Record<string, string | number>; steps: number; values: string }

    /** How the Linear makes scores of h, score = weights · h + bias, and what they say, for the likeliest labels. */
    type Readout = {
        gives: string
        units: number
        of: number
        labels: string[]
        bias: number[]
        best: Float32Array[]
        scores: Float32Array[]
        said: Float32Array[]
        mean: number[]
        deviation: number[]
    }

    /** Which texts a value in a link can have. */
    type Rule = {
        pattern: string
        low: number | null
        high: number | null
        gates: Record<string, [number, number]> | null
        most: number | null
        expected: string
        instead: string
    }

    /** What a model says at one step, and how sure it is: None for a number. */
    type Said = { label: string; share: number | null }

    /** The colours of a range of numbers, in Plotly's form. */
    type Scale = { colorscale: [number, string][]; zmin: number; zmax: number }

    /** The scales of c and h, and of the gates. */
    type Scales = { states: Scale; gates: Scale }

    /** A page in a state that is worth a question. */
    type Scene = {
        name: string
        title: string
        page: string
        query: Record<string, string>
        says: string
        asks: string
        answer: string
        heading: string
    }

    /** All that read a text. */
    type Shipped = {
        by: Record<string, ModelInWords>
        trained: [number[], string][]
        untrained: Record<string, Proved[]>
    }

    /** The part in sight: the first and the last step, and row; None for all. */
    type SightOnPage = { steps: [number, number] | null; units: [number, number] | null }

    /** The values of one layer and direction. */
    type StackValues = {
        layer: number
        direction: number
        name: string
        units: number[]
        values: Values[]
        start: Record<string, number[]>
        reset: Record<string, number[][]>
        weights: Float32Array[] | null
    }

    /** What the model says at one step. */
    type StepAnswer = { step: number; label: string; share: number | null }

    /** What still stands in c of the cell: its ledger. */
    type Still = { first: number; shares: number[]; start: number; earlier: number; c: number; said: string }

    /** One quantity's heatmap in words. */
    type StripWords = {
        quantity: string
        letter?: string
        title: string
        question: string
        meaning: string
        scale: "gates" | "states"
    }

    /** One swap: an answer before it, what was put in, and the answer after it. */
    type Swap = { before: string; was: Chip; put: string; becomes: Chip }

    /** What each input did for the answer, against a baseline: `lstm_core.explain`. `agrees` is false where single erasures contradict the parts, which are no causes then. */
    type TheAnswer = {
        target: string
        labels: string[]
        baseline: string
        effect: number
        error: number
        direct: number | null
        features: string[]
        first: number
        parts: number[][]
        said: string
        agrees: boolean
        path: Path | null
        no_path: string
    }

    /** What a page without a server has beside its numbers. */
    type Told = {
        nan: number
        colours: Colours
        title: string
        says: string
        zoom: SightOnPage
        carried: CarriedModel | null
    }

    /** What holds for every model. */
    type ToldOfAll = { usual: Record<string, string | number>; words: Words; links: Links }

    /** What the page is told. */
    type ToldOfSite = {
        usual: Record<string, string | number>
        words: Words
        links: Links
        handed: Handed
        rules: Record<string, Rule>
        opening: Record<string, string>
        shipped: Shipped
        bytes: Record<string, number>
    }

    /** One property, and how well a unit tells it. */
    type Tracked = { name: string; share: number; text: string }

    /** What a unit tracks. */
    type Tracks = { title: [string, string]; bars: Tracked[] }

    /** The change that turns the answer, or changes it most. */
    type Turn = { hold: string; said: string; was: Said; becomes: Said; turns: boolean }

    /** The values of A and B that were read, and what was forecast at each. */
    type TwoSeries = { read: (number | null)[][]; forecast: (number | null)[][] }

    /** Where A's c undoes the difference. */
    type Undo = { asks: string; at: string[]; rows: UndoneRow[] }

    /** What some units undo at each step. */
    type UndoneRow = { name: string; answers: Chip[]; says: string }

    /** The list of units. */
    type UnitList = {
        states: Scale
        gates: Scale
        name: string
        tokens: string[]
        between: string
        heads: Head[]
        sort: string
        rows: UnitRow[]
        about: string
        left: string
    }

    /** What is known of a unit, as far as it is a picture. */
    type UnitPanel = { states: Scale; coloured?: Coloured; tracks?: Tracks; lost?: Lost; histogram?: Histogram | null }

    /** A unit of the list: its number, what it tracks and how surely, how long it keeps, and what is lost without it. */
    type UnitRow = {
        key: string
        number: string
        title: string
        note: string
        share: number
        open: boolean
        keeps: string
        lost: string
        c?: (number | null)[]
        truth?: (number | null)[]
        gates?: Record<string, (number | null)[]>
        passages?: PassageLine[]
        reach?: number
    }

    /** One quantity of a stack, (unit, column). */
    type Values = { quantity: string; z: Float32Array[]; other?: Float32Array[]; mean?: Float32Array[] }

    /** What the model answers at the cell's step when one word is left out. */
    type Without = { step: number; label: string; share: number | null; framed: boolean }

    /** The words of every picture. */
    type Words = {
        strips: StripWords[]
        own: Record<string, StripWords[]>
        top: Record<string, string>
        names: Record<string, string>
        made_with: string
    }
}
