/** Which tagger has these sizes? All share the features of `tagger`; `lstm_core/models/sizes.py` says how. */

import { matrices, modelOf, part } from "./model.js"
import { NotWeights, readSafetensors } from "./safetensors.js"

/**
 * @param {ArrayBuffer} tagger the file of `tagger` @param {ArrayBuffer} sizes the file of all sizes
 * @param {{inputSize: number, hiddenSize: number, numLayers: number}} size
 */
export function taggerOf(tagger, sizes, { inputSize, hiddenSize, numLayers }) {
    const { tensors, metadata } = readSafetensors(tagger)
    const settings = JSON.parse(metadata.model)
    const [whole, family] = [matrices(tensors), matrices(readSafetensors(sizes).tensors)]
    const own = part(family, `${inputSize}/${hiddenSize}/${numLayers}/`)
    if (!own["linear.weight"])
        throw new NotWeights(`Expected a trained size, got ${inputSize}, ${hiddenSize}, ${numLayers}.`)
    const { buckets, size } = settings.embedding
    return modelOf(
        {
            ...settings,
            name: "tagger-sizes",
            embedding: { kind: "reduced word features", buckets, features: size, size: inputSize },
            lstm: { ...settings.lstm, input_size: inputSize, hidden_size: hiddenSize, num_layers: numLayers },
        },
        {
            ...own,
            "embedding.whole.vectors.weight": whole["embedding.vectors.weight"],
            "embedding.reduce.weight": family[`${inputSize}/weight`],
            "embedding.reduce.bias": family[`${inputSize}/bias`],
        },
    )
}
