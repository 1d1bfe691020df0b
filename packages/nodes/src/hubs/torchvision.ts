import { homedir } from 'node:os'
import { join } from 'node:path'
import { findNetwork, likeName } from '../catalogue/index.js'
import { NodeError } from '../sdk/node-error.js'
import type { Hub } from './hub.js'
import { mirrored } from './mirror.js'

/** torchvision's weights: one file per name, whose own name carries the start of its checksum. */
export const torchvisionHub: Hub = {
  prefix: 'torchvision',
  title: 'torchvision',
  example: 'resnet50',
  host: 'download.pytorch.org',
  async resolve(name) {
    const network = findNetwork(`torchvision:${name}`)
    if (network?.address === undefined)
      throw new NodeError(
        'source',
        `There is no network "${name}" of torchvision in the catalogue.`,
        `${likeName(`torchvision:${name}`)}\`graft models search\` lists them. Weights that you have as a file can be given by their path.`,
      )
    const { address, sha256, bytes, licence } = network
    const copy = join(torchHome(), 'hub', 'checkpoints', address.split('/').pop() ?? '')
    return {
      label: network.name,
      address: mirrored(address),
      wanted: () => ({ sha256, copies: [copy] }),
      has: () => false,
      bytes,
      licence,
      network,
    }
  },
}

/** Where PyTorch keeps what it downloads. */
function torchHome({ TORCH_HOME, XDG_CACHE_HOME }: NodeJS.ProcessEnv = process.env): string {
  return TORCH_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'torch')
}
