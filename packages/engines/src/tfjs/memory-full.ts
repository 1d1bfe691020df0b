import { EngineError } from '../engine.js'

/** How WebAssembly and JavaScript say that they can hold no more. */
const signs =
  /memory access out of bounds|out of memory|cannot enlarge memory|array buffer allocation failed|invalid typed array length/i

/** Computes; where memory runs out meanwhile, an EngineError says so instead of a fault deep inside TensorFlow.js. */
export function withinMemory<Result>(images: number, compute: () => Result): Result {
  try {
    return compute()
  } catch (error) {
    if (!(error instanceof Error) || error instanceof EngineError || !signs.test(error.message)) throw error
    const batch = images === 1 ? 'one image' : `a batch of ${images} images`
    throw new EngineError(
      `TensorFlow.js has no memory left for ${batch} (${error.message}); WebAssembly holds at most 4 GB.`,
      'Choose a smaller batch or smaller images, or the onnx engine ("--engine onnx").',
    )
  }
}
