/** How is a value written into a CSV? */

// As in dashboard/export/csv_rows.py: a spreadsheet would run a cell of text that begins so.
const FORMULA = /^[=+\-@\t\r]/

/** One cell of a CSV. @param {unknown} value */
export function cell(value) {
    if (value === null || value === undefined || Number.isNaN(value)) return ""
    if (typeof value === "number") return `${value}`
    const text = FORMULA.test(`${value}`) ? `'${value}` : `${value}`
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
