import { encodeOnnxModel } from '@graft/network'
import type { OnnxModel, OnnxTensor } from '@graft/network'

/** Below this, values stay in the model, where onnxruntime also finds the shapes that it wants to know in advance. */
const smallestBeside = 4096

/**
 * A model as onnxruntime opens it: large weights lie beside it in memory as they are, instead of being copied into the
 * message and out of it again.
 */
export interface ModelWithWeights {
  readonly model: Uint8Array
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[]
}

/** Takes large weights out of a model. Throws FormatError when what is left is over 2 GiB. */
export function withWeightsBeside({ graph, ...model }: OnnxModel): ModelWithWeights {
  const externalData: { path: string; data: Uint8Array }[] = []
  const moveOut = (tensor: OnnxTensor): OnnxTensor => {
    if (!(tensor.data instanceof Uint8Array) || tensor.data.length < smallestBeside) return tensor
    const path = `weights-${externalData.length}`
    externalData.push({ path, data: tensor.data })
    return { ...tensor, data: { location: path, offset: 0, length: tensor.data.length } }
  }
  return {
    model: encodeOnnxModel(
      { ...model, graph: { ...graph, initializers: graph.initializers.map(moveOut) } },
      { keepExternal: true },
    ),
    externalData,
  }
}
