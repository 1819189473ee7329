/** Which numbers do two readings show? A row for each, for a spreadsheet: what it is of, its step, its word, its value. */

/** @param {Wire.Drawn} drawn @returns {(string | number | null)[][]} */
export function numbersOf({ words, units, others, models }) {
    const of = (/** @type {string} */ name, /** @type {(number | null)[]} */ values, side = 0) =>
        values.map((value, at) => [name, at, words[at][side], value])
    return [
        ...units.flatMap(({ name, ...quantities }) =>
            /** @type {const} */ (["c", "f", "o"]).flatMap(letter =>
                (quantities[letter] ?? []).flatMap((values, side) =>
                    of(`${letter} of ${name}, ${"AB"[side]}`, values, side),
                ),
            ),
        ),
        ...(others ? of(`B − A of c, ${others.name}`, others.values) : []),
        ...models.flatMap(({ title, units: names, c }) =>
            c.flatMap((values, k) => of(`c of ${names[k]}, ${title}`, values)),
        ),
    ]
}
