import { readFile } from 'node:fs/promises'
import { predictLogits, taskOf } from '@graft/engines'
import { imageFormatNames } from '@graft/graph-schema'
import { loadTensors, readTensorsFrom, upgradeNetwork } from '@graft/network'
import type { Network, Tensors } from '@graft/network'
import { checkImage, createImageLoader, NodeError } from '@graft/nodes'
import { hash } from '../cache/cache-key.js'
import { canonicalJson } from '../cache/canonical-json.js'
import { cacheLimits } from '../cache/limits.js'
import { findHome } from '../home.js'
import { pickEngines } from '../engines/run-engines.js'
import { openBlobStore } from '../store/file-blob-store.js'
import type { HelperCalls } from './helper-protocol.js'

/** The weights last used, where they fit the memory budget: people try one image after the other. */
export interface KeptWeights {
  last: { readonly key: string; readonly tensors: Tensors } | null
}

/**
 * Probabilities of every class for one image file. Throws NodeError when the model is not a classifier or the file is not an
 * image.
 */
export async function predictImage(
  { model, image }: HelperCalls['predict']['ask'],
  kept: KeptWeights,
): Promise<HelperCalls['predict']['answer']> {
  const network = upgradeNetwork((model as { readonly network: unknown }).network) as Network
  if (network.head === null)
    throw new NodeError('node', `${network.name} has no classifier.`, 'Choose a node behind Add Head and Train.')
  const checked = await checkImage(image, await readFile(image), { values: network.preprocessing.values })
  if (!checked.ok)
    throw new NodeError(
      null,
      `This is not an image that can be classified: ${checked.reason}.`,
      `Send a ${imageFormatNames} file.`,
    )
  const home = findHome()
  const store = openBlobStore(home.store)
  const key = hash(canonicalJson(network.parameters))
  const tensors =
    kept.last?.key === key
      ? kept.last.tensors
      : await loadTensors(
          network,
          readTensorsFrom((sha256) => store.get(sha256)),
        )
  kept.last = bytesOf(tensors) <= cacheLimits().memory / 2 ? { key, tensors } : null
  const { engines, choose } = await pickEngines({ engine: 'auto', device: 'auto' }, { home, measure: null })
  const { forward, fallback } = (await choose?.(network, () => undefined, null)) ?? engines
  const source = createImageLoader({
    samples: [
      { id: 'image', path: image, label: -1, fingerprint: image, ...(checked.values && { values: checked.values }) },
    ],
    transforms: [],
    preprocessing: network.preprocessing,
    seed: 0,
    signal: new AbortController().signal,
  })
  const started = performance.now()
  try {
    const { logits, classes } = await predictLogits(forward, network, tensors, source, { batchSize: 1, fallback })
    const { task, head } = taskOf(network)
    const [answer] = task.decode({ values: logits, width: classes }, head)
    const { probabilities = [], chosen = [] } = answer ?? {}
    const milliseconds = Math.round(performance.now() - started)
    return { several: task.several, classNames: head.names, probabilities, chosen, milliseconds }
  } finally {
    await source.close()
  }
}

function bytesOf(tensors: Tensors): number {
  return [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0)
}
