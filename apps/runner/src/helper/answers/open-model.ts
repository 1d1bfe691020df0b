import type { Engine } from '@graft/engines'
import { imageFormatNames } from '@graft/graph-schema'
import type { Sample } from '@graft/graph-schema'
import { loadTensors, readTensorsFrom, upgradeNetwork } from '@graft/network'
import type { Network, Tensors } from '@graft/network'
import { checkImage, NodeError } from '@graft/nodes'
import { readFile } from 'node:fs/promises'
import { hash } from '../../cache/cache-key.js'
import { canonicalJson } from '../../cache/canonical-json.js'
import { cacheLimits } from '../../cache/limits.js'
import { pickEngines } from '../../engines/run-engines.js'
import { findHome } from '../../home.js'
import { openBlobStore } from '../../store/file-blob-store.js'

/** The weights last used, where they fit the memory budget: people try one image after the other. */
export interface KeptWeights {
  last: { readonly key: string; readonly tensors: Tensors } | null
}

/** A classifier with its weights, and what computes it. */
export interface OpenedModel {
  /** The same for the same weights. */
  readonly key: string
  readonly network: Network & { readonly head: NonNullable<Network['head']> }
  readonly tensors: Tensors
  readonly forward: Engine
  readonly fallback: readonly Engine[] | undefined
}

/** Throws NodeError when the value is no classifier. */
export async function openModel(model: unknown, kept: KeptWeights): Promise<OpenedModel> {
  const network = upgradeNetwork((model as { readonly network: unknown }).network) as Network
  const { head } = network
  if (head === null)
    throw new NodeError('node', `${network.name} has no classifier.`, 'Choose a node behind Add Head and Train.')
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
  return { key, network: { ...network, head }, tensors, forward, fallback }
}

/** A file of unknown origin as a sample. Throws NodeError when it is not an image. */
export async function sampleOfFile(path: string, { preprocessing }: Network): Promise<Sample> {
  const checked = await checkImage(path, await readFile(path), { values: preprocessing.values })
  if (!checked.ok)
    throw new NodeError(
      null,
      `This is not an image that can be classified: ${checked.reason}.`,
      `Send a ${imageFormatNames} file.`,
    )
  return { id: 'image', path, label: -1, fingerprint: path, ...(checked.values && { values: checked.values }) }
}

function bytesOf(tensors: Tensors): number {
  return [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0)
}
