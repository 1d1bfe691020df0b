import type { Tensor } from '@tensorflow/tfjs-core'
import type { Network } from '@graft/network'
import type { Batch, Forward, ForwardOptions } from '../engine.js'
import { EngineError } from '../engine.js'
import type { StartedTensorFlow } from './backends.js'
import { createInterpreter, disposeDerived } from './interpret.js'
import type { DerivedCache } from './interpret.js'
import { withinMemory } from './memory-full.js'
import { readBatch, uploadParameters } from './tensors.js'

/** Forward passes in evaluation mode, interpreted layer by layer; the weights stay on the backend until `dispose`. */
export function createTfjsForward(started: StartedTensorFlow, network: Network, options: ForwardOptions): Forward {
  const { tf } = started
  started.activate()
  const outputs = [...new Set(options.outputs ?? [network.output])]
  const interpreter = createInterpreter(tf, network, outputs)
  const parameters = uploadParameters(tf, network, options.tensors)
  const derived: DerivedCache = new Map()
  let disposed = false
  return {
    run: async (batch) => {
      if (disposed) throw new EngineError('This forward pass was disposed.', 'Prepare a new one with engine.forward().')
      started.activate()
      const values = withinMemory(batch.shape[0] ?? 1, () =>
        tf.tidy(() =>
          interpreter.run({
            input: tf.tensor(batch.data, [...batch.shape]),
            parameter: (name) => found(parameters, name),
            changes: () => false,
            derived,
            training: false,
            seed: 0,
          }),
        ),
      )
      const read = await Promise.all(
        Object.entries(values).map(async ([name, tensor]): Promise<[string, Batch]> => [name, await readBatch(tensor)]),
      )
      for (const tensor of Object.values(values)) tensor.dispose()
      return Object.fromEntries(read)
    },
    dispose: () => {
      disposed = true
      started.activate()
      disposeDerived(derived)
      for (const tensor of parameters.values()) tensor.dispose()
      parameters.clear()
      return Promise.resolve()
    },
  }
}

function found(parameters: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = parameters.get(name)
  if (!tensor)
    throw new EngineError(
      `A layer names the parameter "${name}", which the network does not list in its parameters.`,
      'Run validateNetwork first.',
    )
  return tensor
}
