import type { DownloadOptions } from '../../../downloads/index.js'
import { findNetwork, likeName } from '../../../catalogue/index.js'
import { huggingFaceHub, isRepository, parseName } from '../../../hubs/index.js'
import { NodeError } from '../../../sdk/node-error.js'
import { fetchNamed, type NamedFetch } from './open-remote.js'

/**
 * Fetches a network by its name, so that it is here when there is no connection, and stays.
 * @throws NodeError when it is no name, or can't be had
 */
export async function pullModel(
  name: string,
  options: DownloadOptions & { say?(message: string): void },
): Promise<NamedFetch> {
  const named =
    parseName(findNetwork(name)?.name ?? name) ?? (isRepository(name) ? { hub: huggingFaceHub, name } : null)
  if (named !== null) return fetchNamed(named, '', { ...options, keep: true }, options.say)
  throw new NodeError(
    'source',
    `"${name}" is not the name of a network.`,
    `${likeName(name)}Give a name such as torchvision:resnet50, timm/resnet18.a1_in1k or hf:ORGANISATION/NAME; \`graft models search\` lists them.`,
  )
}
