/** How does a file bring the page's letters along? Inside: a picture in a file can't ask for a font. */

/** The rule for the page's own font; "" if it has none. @returns {Promise<string>} */
export async function fontFace() {
    const [family] = getComputedStyle(document.querySelector(".stApp") ?? document.body).fontFamily.split(",")
    const rules = [...document.styleSheets].flatMap(({ cssRules }) => [...cssRules])
    const rule = rules.find(({ cssText }) => /^@font-face/.test(cssText) && isUpright(cssText, family))
    const [, source] = /url\("?([^")]+)/.exec(rule?.cssText ?? "") ?? []
    if (!source) return ""
    const font = await (await fetch(new URL(source, rule?.parentStyleSheet?.href ?? location.href))).blob()
    const address = await new Promise(read => {
        const reader = new FileReader()
        reader.onload = () => read(reader.result)
        reader.readAsDataURL(font)
    })
    return `@font-face { font-family: ${family}; font-weight: 100 900; src: url(${address}) }`
}

/** @param {string} rule @param {string} family */
const isUpright = (rule, family) => rule.includes(`font-family: ${family};`) && !rule.includes("font-style: italic")
