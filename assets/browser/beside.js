/** Where is a file that lies beside these modules? They are one file there. @param {string} name */
export const beside = name => new URL(name, import.meta.url)
