/** Which weights has an untrained LSTM? Those of `torch.manual_seed(seed); nn.LSTM(...)`, to the bit. */

import { KINDS } from "../kinds.js"
import { draws, uniform } from "./mersenne.js"

/**
 * @param {{kind?: string, inputSize: number, hiddenSize: number, numLayers?: number, bidirectional?: boolean}} sizes
 * @param {number} seed @param {() => number} draw its draws so far @returns {Recurrent}
 */
export function randomLstm(
    { kind = "LSTM", inputSize, hiddenSize, numLayers = 1, bidirectional = false },
    seed,
    draw = draws(seed),
) {
    const rows = KINDS[kind].blocks * hiddenSize
    /** @param {number} columns */
    const matrix = columns => ({ rows, columns, data: uniform(draw, hiddenSize ** -0.5, rows * columns) })
    /** @type {Object<string, Matrix>} */
    const weights = {}
    for (let layer = 0; layer < numLayers; layer++) {
        const read = layer ? hiddenSize * (bidirectional ? 2 : 1) : inputSize
        for (const suffix of bidirectional ? [`l${layer}`, `l${layer}_reverse`] : [`l${layer}`]) {
            weights[`weight_ih_${suffix}`] = matrix(read)
            weights[`weight_hh_${suffix}`] = matrix(hiddenSize)
            weights[`bias_ih_${suffix}`] = matrix(1)
            weights[`bias_hh_${suffix}`] = matrix(1)
        }
    }
    return { kind, inputSize, hiddenSize, numLayers, bidirectional, bias: true, projSize: 0, weights }
}
