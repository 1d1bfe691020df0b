import type { DownloadOptions } from '../../../downloads/index.js'
import { findNetwork, likeName } from '../../../catalogue/index.js'
import { nameOfAddress } from '../../../hubs/index.js'
import { NodeError } from '../../../sdk/node-error.js'
import { locateSource } from './model-source.js'
import { fetchAddress, type FetchedModel, fetchNamed } from './open-remote.js'

/** A model that was fetched to stay. */
export type PulledNetwork = FetchedModel & { readonly label: string; readonly licence: string | null }

/**
 * Fetches a network by its name or address, so that it is here when there is no connection, and stays.
 * @throws NodeError when it is neither, or can't be had
 */
export async function pullModel(
  name: string,
  options: DownloadOptions & { say?(message: string): void },
): Promise<PulledNetwork> {
  const where = await locateSource(findNetwork(name)?.name ?? name, () => Promise.resolve(false))
  if (where.kind === 'name') {
    const { resolved, ...model } = await fetchNamed(where, '', { ...options, keep: true }, options.say)
    return { ...model, label: resolved.label, licence: resolved.licence ?? null }
  }
  if (where.kind === 'address') {
    const model = await fetchAddress(where.address, '', { ...options, keep: true })
    return { ...model, label: nameOfAddress(where.address), licence: null }
  }
  throw new NodeError(
    'source',
    `"${name}" is not the name of a network.`,
    `${likeName(name)}Give a name such as torchvision:resnet50, timm/resnet18.a1_in1k or hf:ORGANISATION/NAME, or an address; \`graft models search\` lists names, and \`graft models import PATH\` keeps a file of your own.`,
  )
}
