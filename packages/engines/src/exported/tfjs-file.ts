import { textOf } from '@graft/errors'
import { filesOfZip } from '@graft/network'
import type { io, Tensor } from '@tensorflow/tfjs'
import { EngineError } from '../engine.js'
import { startTensorFlow } from '../tfjs/backends.js'
import type { OpenedModelFile } from './onnx-file.js'

/**
 * Opens a TensorFlow.js layers model (the zip file that Graft writes) with TensorFlow.js's own loader; values go in as
 * `[N, channels, height, width]` and are turned. Throws EngineError when TensorFlow.js refuses it.
 */
export async function openTfjsFile(bytes: Uint8Array): Promise<OpenedModelFile> {
  const { activate } = await startTensorFlow()
  activate()
  const tf = await import('@tensorflow/tfjs')
  try {
    const model = await tf.loadLayersModel(tf.io.fromMemory(await artifactsIn(bytes)))
    return {
      run: async ({ shape, data }) => {
        activate()
        const result = tf.tidy(() => {
          const images = tf.transpose(tf.tensor(data, [...shape], 'float32'), [0, 2, 3, 1])
          return model.predict(images) as Tensor
        })
        const probabilities = (await result.data()) as Float32Array
        result.dispose()
        return { probabilities }
      },
      close: async () => model.dispose() && undefined,
    }
  } catch (error) {
    throw new EngineError(
      `TensorFlow.js refused the exported file: ${textOf(error)}.`,
      `This is a fault in Graft's TensorFlow.js writer: please report it.`,
      { cause: error },
    )
  }
}

async function artifactsIn(bytes: Uint8Array): Promise<io.ModelArtifacts> {
  const files = await filesOfZip(bytes)
  const description = JSON.parse(new TextDecoder().decode(files.get('model.json'))) as {
    readonly modelTopology: object
    readonly weightsManifest: readonly {
      readonly paths: readonly string[]
      readonly weights: io.WeightsManifestEntry[]
    }[]
  }
  const parts = description.weightsManifest.flatMap(({ paths }) =>
    paths.map((path) => files.get(path) ?? new Uint8Array()),
  )
  return {
    modelTopology: description.modelTopology,
    weightSpecs: description.weightsManifest.flatMap(({ weights }) => weights),
    weightData: new Uint8Array(Buffer.concat(parts)).buffer,
  }
}
