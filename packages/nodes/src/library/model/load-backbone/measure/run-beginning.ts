import { type Batch, type Engine, type Forward, onnxEngine, tfjsEngine } from '@graft/engines'
import { inferShapes, type LoadedNetwork, type Network, partUpTo } from '@graft/network'

/** Larger images tell no more, where the network takes smaller ones. */
const largestSide = 160

/** The first layers of a network, ready to compute. */
export interface RunningBeginning {
  readonly height: number
  readonly width: number
  /** Values of the wanted layers for images `[n, 3, height, width]`. */
  run(images: Batch): Promise<Readonly<Record<string, Batch>>>
  dispose(): Promise<void>
}

/** Opens what the values of these layers need. Throws EngineError when no engine can compute them. */
export async function openBeginning(
  { network, tensors }: LoadedNetwork,
  layers: readonly string[],
): Promise<RunningBeginning> {
  const part = smaller(partUpTo(network, layers))
  const own = new Map([...tensors].filter(([name]) => Object.hasOwn(part.parameters, name)))
  const forward = await openWith([onnxEngine, tfjsEngine], part, { tensors: own, outputs: layers })
  const [, height = 1, width = 1] = part.input.shape
  return { height, width, run: (images) => forward.run(images), dispose: () => forward.dispose() }
}

async function openWith(
  [engine, ...others]: readonly Engine[],
  part: Network,
  options: Parameters<Engine['forward']>[1],
): Promise<Forward> {
  if (engine === undefined) throw new Error('No engine is left to compute with.')
  try {
    return await engine.forward(part, options)
  } catch (error) {
    if (others.length === 0) throw error
    return openWith(others, part, options)
  }
}

/** For smaller images where that works: a mean image has the size of the network's. */
function smaller(part: Network): Network {
  const [channels = 3, height = 1, width = 1] = part.input.shape
  const shape = [channels, Math.min(height, largestSide), Math.min(width, largestSide)]
  const result = { ...part, input: { ...part.input, shape } }
  try {
    inferShapes(result)
    return result
  } catch {
    return part
  }
}
