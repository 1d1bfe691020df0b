import { foldBatchNorm, inferShapes, toOnnxModel } from '@graft/network'
import type { Network } from '@graft/network'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Batch, EngineDevice, Forward, ForwardOptions } from '../engine.js'
import { EngineError } from '../engine.js'
import { checkOutputs } from '../engine-support/check-outputs.js'
import { cacheFriendlyBatch, joinBatches, partsOf } from './batch-parts.js'
import { openSession, runSession } from './open-session.js'
import { loadRuntime } from './runtime.js'
import type { LoadedRuntime } from './runtime.js'
import { writeWinograd } from './winograd.js'

/**
 * Forward passes as an ONNX model with constant weights and batch normalisations folded into the convolutions before
 * them. Throws EngineError when onnxruntime refuses the model or an output is not a layer of the network.
 */
export async function createOnnxForward(
  network: Network,
  options: ForwardOptions,
  device: EngineDevice = 'cpu',
): Promise<Forward> {
  const outputs = [...new Set(options.outputs ?? [network.output])]
  checkOutputs(network, outputs)
  const folded = foldBatchNorm(network, options.tensors, { keep: outputs, includeBatchStatistics: true })
  const plain = toOnnxModel(folded.network, folded.tensors, { outputs })
  const shapes = inferShapes(folded.network)
  const model = options.many === true && device === 'cpu' ? writeWinograd(plain, shapes) : plain
  const loaded = await loadRuntime(device)
  const session = await openSession(loaded, model, {
    what: `the network "${network.name}"`,
    instead: 'Run it with the tfjs engine instead.',
    threads: options.threads,
  })
  // Convolutions by Winograd want many images, and so do GPUs.
  const batchSize =
    device === 'cpu' && model === plain
      ? cacheFriendlyBatch(folded.network, shapes, options.threads ?? loaded.threads)
      : undefined
  return createRunner(loaded, session, network, outputs, batchSize)
}

/** Larger batches than `batchSize` are run in parts. */
function createRunner(
  { runtime, device }: LoadedRuntime,
  opened: InferenceSession,
  network: Network,
  outputs: readonly string[],
  batchSize: number | undefined,
): Forward {
  let session: InferenceSession | null = opened
  const runPart = async (running: InferenceSession, { shape, data }: Batch): Promise<readonly Batch[]> => {
    const results = await runSession(
      running,
      device,
      `The network "${network.name}"`,
      { [network.input.name]: new runtime.Tensor('float32', data, [...shape]) },
      outputs,
    )
    return outputs.map((name) => toBatch(name, results[name]))
  }
  return {
    ...(batchSize !== undefined && { batchSize }),
    run: async (batch) => {
      if (!session) throw new EngineError('This forward pass was disposed.', 'Prepare a new one with engine.forward().')
      const running = session
      const parts: (readonly Batch[])[] = []
      for (const part of partsOf(batch, batchSize ?? Infinity)) parts.push(await runPart(running, part))
      return Object.fromEntries(
        outputs.map((name, index) => [name, joinBatches(parts.flatMap((part) => part[index] ?? []))]),
      )
    },
    dispose: async () => {
      const closing = session
      session = null
      await closing?.release()
    },
  }
}

function toBatch(name: string, tensor: Tensor | undefined): Batch {
  if (!tensor || !(tensor.data instanceof Float32Array))
    throw new EngineError(
      `onnxruntime gave no float32 value for layer "${name}".`,
      `This is a fault in Graft's ONNX writer: please report it.`,
    )
  return { shape: [...tensor.dims], data: tensor.data }
}
