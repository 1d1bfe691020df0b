import { foldBatchNorm, inferShapes, toOnnxModel } from '@graft/network'
import type { Network } from '@graft/network'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Batch, EngineDevice, Forward, ForwardOptions } from '../engine.js'
import { EngineError } from '../engine.js'
import { openSession, runSession } from './open-session.js'
import { loadRuntime } from './runtime.js'
import type { LoadedRuntime } from './runtime.js'
import { writeWinograd } from './winograd.js'

/**
 * Forward passes as an ONNX model with constant weights and batch normalisations folded into the convolutions before them.
 * Throws EngineError when onnxruntime refuses the model or an output is not a layer of the network.
 */
export async function createOnnxForward(network: Network, options: ForwardOptions, device: EngineDevice = 'cpu'): Promise<Forward> {
  const outputs = [...new Set(options.outputs ?? [network.output])]
  checkOutputs(network, outputs)
  const folded = foldBatchNorm(network, options.tensors, { keep: outputs, includeBatchStatistics: true })
  const plain = toOnnxModel(folded.network, folded.tensors, { outputs })
  const model = options.many === true && device === 'cpu' ? writeWinograd(plain, inferShapes(folded.network)) : plain
  const loaded = await loadRuntime(device)
  const session = await openSession(loaded, model, { what: `the network "${network.name}"`, instead: 'Run it with the tfjs engine instead.', threads: options.threads })
  const batchSize = device === 'cpu' && model === plain ? cacheFriendlyBatch(options.threads ?? loaded.threads) : undefined
  return { ...createRunner(loaded, session, network, outputs), ...(batchSize !== undefined && { batchSize }) }
}

/**
 * Few enough pictures that what one layer leaves for the next is still in the processor's cache, and enough for all threads. Measured with 2 threads, 4
 * pictures against 16: EfficientNet-B0 and ViT-B/16 take 0.8 of the time per picture, MobileNet v1 0.9, ResNet-18 as long. Convolutions by Winograd want
 * many pictures, and GPUs do.
 */
function cacheFriendlyBatch(threads: number): number {
  return Math.min(16, Math.max(4, 2 * threads))
}

function checkOutputs(network: Network, outputs: readonly string[]): void {
  const unknown = outputs.find(name => !network.layers.some(layer => layer.name === name))
  if (unknown === undefined) return
  throw new EngineError(`The network "${network.name}" has no layer "${unknown}", so its value can't be computed. Its last layers are ${network.layers.slice(-4).map(layer => layer.name).join(', ')}; ask for one of the network's layers.`)
}

function createRunner({ runtime, device }: LoadedRuntime, opened: InferenceSession, network: Network, outputs: readonly string[]): Forward {
  let session: InferenceSession | null = opened
  return {
    run: async batch => {
      if (!session) throw new EngineError('This forward pass was disposed; prepare a new one with engine.forward().')
      const results = await runSession(session, device, `The network "${network.name}"`, { [network.input.name]: new runtime.Tensor('float32', batch.data, [...batch.shape]) }, outputs)
      return Object.fromEntries(outputs.map(name => [name, toBatch(name, results[name])]))
    },
    dispose: async () => {
      const closing = session
      session = null
      await closing?.release()
    },
  }
}

function toBatch(name: string, tensor: Tensor | undefined): Batch {
  if (!tensor || !(tensor.data instanceof Float32Array)) throw new EngineError(`onnxruntime gave no float32 value for layer "${name}"; this is a fault in Graft's ONNX writer.`)
  return { shape: [...tensor.dims], data: tensor.data }
}
