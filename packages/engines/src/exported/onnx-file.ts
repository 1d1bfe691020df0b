import { textOf } from '@graft/errors'
import { EngineError } from '../engine.js'
import { loadRuntime } from '../onnx/runtime.js'

/** What goes into a model file: float32 values, or bytes of images. */
export interface FileInput {
  readonly shape: readonly number[]
  readonly data: Float32Array | Uint8Array
}

/** A model file that is open in the runtime it was written for. */
export interface OpenedModelFile {
  /** Values of its outputs by name, for its one input. */
  run(input: FileInput): Promise<Readonly<Record<string, Float32Array>>>
  close(): Promise<void>
}

/**
 * Opens the bytes of an `.onnx` file in onnxruntime on the processor, as anybody who gets the file would: for checking
 * what was written, and for measuring what flows inside. Throws EngineError when onnxruntime refuses it.
 */
export async function openOnnxFile(bytes: Uint8Array): Promise<OpenedModelFile> {
  const { runtime, threads } = await loadRuntime()
  try {
    const session = await runtime.InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      logSeverityLevel: 3,
    })
    const [input = ''] = session.inputNames
    return {
      run: async ({ shape, data }) => {
        const tensor =
          data instanceof Uint8Array
            ? new runtime.Tensor('uint8', data, [...shape])
            : new runtime.Tensor('float32', data, [...shape])
        const values = await session.run({ [input]: tensor })
        return Object.fromEntries(
          Object.entries(values).map(([name, { data: found }]) => [name, found as Float32Array]),
        )
      },
      close: () => session.release(),
    }
  } catch (error) {
    throw new EngineError(
      `onnxruntime refused the exported file: ${textOf(error)}.`,
      `This is a fault in Graft's ONNX writer: please report it.`,
      { cause: error },
    )
  }
}
