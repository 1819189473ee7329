/**
 * What is in a picture's answer? `dashboard/picture/header.py` declares it too: a test compares the two, name by name.
 *
 * @typedef {Object} Header
 * @property {View} view
 * @property {string} link
 * @property {string | null} file
 * @property {string} lasts
 * @property {boolean} pins
 * @property {Model} model
 * @property {Object<string, string>} examples
 * @property {string[]} notices
 * @property {string} shapes
 * @property {string} proof
 * @property {string | null} code
 * @property {Stack[]} stacks
 * @property {Scale[]} legend
 * @property {Extra[]} extras
 * @property {string[]} labels
 * @property {Range} columns
 * @property {Strip[]} strips
 * @property {Next[]} coming
 * @property {Terms | null} cell
 * @property {Held | null} held
 * @property {number} across
 * @property {boolean} narrow
 * @property {number} reach
 * @property {Answers | null} answers
 * @property {Inputs | null} inputs
 * @property {string} few
 * @property {Float32Array[] | null} overview
 * @property {number[]} resets
 *
 * @typedef {Object<string, string | number>} View
 *
 * @typedef {Object} Range
 * @property {number} first
 * @property {number} per
 * @property {number} number
 * @property {number} steps
 *
 * @typedef {Object} Model
 * @property {string} trained
 * @property {Object<string, number>} fixed
 * @property {Object<string, number[]>} sizes
 * @property {string} right
 * @property {number} layers
 * @property {string} reads
 *
 * @typedef {Object} Stack
 * @property {number} layer
 * @property {number} direction
 * @property {string} name
 * @property {number[]} units
 * @property {Figure} figure
 * @property {Place[]} places
 * @property {Object<string, number[]>} start
 * @property {Object<string, number[][]>} reset
 *
 * @typedef {Object} Place
 * @property {number} top
 * @property {number} height
 *
 * @typedef {Object} Answers
 * @property {Answer[]} said
 * @property {Place} place
 * @property {boolean} level
 * @property {boolean} shares
 *
 * @typedef {Object} Inputs
 * @property {Float32Array[]} z
 * @property {number} reach
 * @property {Place} place
 *
 * @typedef {Object} Answer
 * @property {number} step
 * @property {string} label
 * @property {number | null} share
 *
 * @typedef {Object} Next
 * @property {string} label
 * @property {number | null} share
 * @property {string | null} text
 *
 * @typedef {Object} Scale
 * @property {string} name
 * @property {string} low
 * @property {string} high
 * @property {string[]} colours
 *
 * @typedef {Object} Extra
 * @property {string} title
 * @property {string} question
 * @property {{text: string, colour?: string}[]} labels
 * @property {Figure} figure
 * @property {boolean} above
 * @property {boolean} folded
 *
 * @typedef {Object} Strip
 * @property {string} quantity
 * @property {string} title
 * @property {string} question
 * @property {string} meaning
 * @property {string} scale
 * @property {number} share
 * @property {string} line
 *
 * @typedef {Object} Terms
 * @property {number} layer
 * @property {number} direction
 * @property {number} unit
 * @property {number} step
 * @property {number[]} x
 * @property {number[]} h_before
 * @property {Gate} i
 * @property {Gate} f
 * @property {Gate} g
 * @property {Gate} o
 * @property {number} c_before
 * @property {number} kept
 * @property {number} written
 * @property {number} c
 * @property {number} tanh_c
 * @property {number} h
 *
 * @typedef {Object} Held
 * @property {string} holds
 * @property {string[]} before
 * @property {string[]} after
 *
 * @typedef {Object} Gate
 * @property {number[]} weights_x
 * @property {number[]} weights_h
 * @property {number} from_x
 * @property {number} from_h
 * @property {number} bias
 * @property {number} pre
 * @property {number} value
 *
 * @typedef {{data: any[], layout: any}} Figure A figure as Plotly takes it.
 * @typedef {Omit<Header, "columns"> & {columns: import("./columns.js").Columns}} Picture
 */

export {}
