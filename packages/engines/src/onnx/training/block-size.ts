import { writeConv } from '../operators/convolution/blocked-conv.js'
import type { LoadedRuntime } from '../runtime.js'
import { TrainingGraph } from './training-graph.js'

const sizes = [16, 8, 4]
const known = new WeakMap<LoadedRuntime['runtime'], Promise<number>>()

/**
 * Channels per block of onnxruntime's blocked layout on this processor, or 1 where it has none or doesn't compute in it
 * what its plain convolution computes: the operators are its internal ones, and this is asked before they are relied
 * on.
 */
export function blockSize(loaded: LoadedRuntime): Promise<number> {
  // The blocked operators exist for the processor only.
  if (loaded.device !== 'cpu') return Promise.resolve(1)
  const asked = known.get(loaded.runtime)
  if (asked) return asked
  const answer = probe(loaded)
  known.set(loaded.runtime, answer)
  return answer
}

async function probe(loaded: LoadedRuntime): Promise<number> {
  if (process.env['GRAFT_ONNX_BLOCKED'] === '0') return 1
  const plain = await convolve(loaded, 1).catch(() => null)
  for (const size of sizes) if (plain !== null && (await givesTheSame(loaded, size, plain))) return size
  return 1
}

/** Whether a small convolution gives the same with blocks of this size as without. */
async function givesTheSame(loaded: LoadedRuntime, size: number, plain: Float32Array): Promise<boolean> {
  try {
    const blocked = await convolve(loaded, size)
    return (
      blocked.length === plain.length &&
      blocked.every((value, index) => Math.abs(value - (plain[index] ?? Number.NaN)) < 1e-4)
    )
  } catch {
    // Another block size, or no such operators: nothing to report, the plain ones do.
    return false
  }
}

async function convolve({ runtime }: LoadedRuntime, size: number): Promise<Float32Array> {
  const [inputShape, weightShape, outputShape] = [
    [1, 32, 5, 6],
    [48, 32, 3, 3],
    [1, 48, 5, 6],
  ]
  const graph = new TrainingGraph(size)
  const input = graph.input('input', inputShape)
  const weight = graph.input('weight', weightShape)
  graph.output(
    'output',
    writeConv(graph, {
      input,
      inputShape,
      weight,
      weightShape,
      outputShape,
      strides: [1, 1],
      dilations: [1, 1],
      pads: [1, 1, 1, 1],
      group: 1,
    }),
    outputShape,
  )
  const session = await runtime.InferenceSession.create(graph.encode(), { logSeverityLevel: 4, intraOpNumThreads: 1 })
  const values = (shape: readonly number[], step: number): InstanceType<typeof runtime.Tensor> => {
    const count = shape.reduce((product, entry) => product * entry, 1)
    return new runtime.Tensor(
      'float32',
      Float32Array.from({ length: count }, (_, index) => ((index * step) % 17) / 17 - 0.5),
      [...shape],
    )
  }
  const { output } = await session.run({ input: values(inputShape, 5), weight: values(weightShape, 7) })
  await session.release()
  return output?.data as Float32Array
}
