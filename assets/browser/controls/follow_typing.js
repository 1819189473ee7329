/** How does a page of Streamlit follow the typing in a text of several lines? Its box waits for Ctrl + Enter. */

// Milliseconds without a key after which the text is read; Streamlit's box of one line waits as long.
const PAUSE = 250

/** Presses Ctrl + Enter for the visitor, until `signal` ends. @param {AbortSignal} signal */
export function followTyping(signal) {
    let timer = 0
    const typed = (/** @type {EventTarget | null} */ target) => {
        if (!(target instanceof HTMLTextAreaElement) || !target.ariaLabel?.startsWith("Sentence")) return
        clearTimeout(timer)
        const enter = { key: "Enter", code: "Enter", ctrlKey: true, bubbles: true, cancelable: true }
        timer = window.setTimeout(() => target.dispatchEvent(new KeyboardEvent("keydown", enter)), PAUSE)
    }
    document.addEventListener("input", ({ target }) => typed(target), { signal })
    // A visitor may have typed before this module was loaded.
    typed(document.activeElement)
}
