/** Plotly comes as a script of its own; the app uses so much of it. */
declare const Plotly: {
    react(place: Element, data: any[], layout: any, config?: any): Promise<any>
    relayout(place: Element, change: any): Promise<any>
    purge(place: Element): void
    toImage(figure: any, options: any): Promise<string>
}
