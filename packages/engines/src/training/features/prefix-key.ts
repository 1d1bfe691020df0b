import type { Network, Tensors } from '@graft/network'
import type { Engine } from '../../engine.js'
import { canonicalJson, type Hashes } from '../../host/hashes.js'

/**
 * Identifies what a frozen prefix computes, bit for bit: its layers, the values of its parameters, the preprocessing it
 * expects and the engine with its backend and versions. Names of layers count too; where its weights were read from,
 * and what is trainable, do not.
 */
export async function prefixKey(prefix: Network, tensors: Tensors, engine: Engine, hashes: Hashes): Promise<string> {
  const { id, backend, hardware, versions } = await engine.probe()
  const values = [...tensors.keys()].sort().map((name) => [name, hashes.settled(tensors.get(name) as never)])
  const { layers, input, output, preprocessing } = prefix
  return hashes.text(
    canonicalJson({
      format: 1,
      layers,
      input,
      output,
      preprocessing,
      values,
      engine: { id, backend, device: hardware, versions },
    }),
  )
}
