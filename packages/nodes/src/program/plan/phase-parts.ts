import { aidsOf, stintsOf, trainSettings } from '@graft/engines'
import type { Network } from '@graft/network'
import { NodeError } from '../../sdk/node-error.js'
import { modelFile } from '../network/model-file.js'
import { type Described, torchNetwork } from '../network/torch-network.js'
import { frozenNames } from './frozen-names.js'
import type { ProgramPhase } from './program-plan.js'
import type { RecordedTrain } from './record.js'

/**
 * The first epochs of a Train in which less learns, or images are smaller, than in its last ones. Throws NodeError where
 * the layers are written otherwise for smaller images.
 */
export function partsOf({ params, node }: RecordedTrain, network: Network, torch: Described): ProgramPhase['parts'] {
  if (params.method !== 'descent') return []
  const { phase: _, ...given } = params
  const settings = trainSettings.parse(given)
  const stints = stintsOf({ network, settings, aids: aidsOf(settings) })
  const whole = JSON.stringify([frozenNames(torch, network, null), null])
  const parts = [...new Set(stints)].map((stint): ProgramPhase['parts'][number] => {
    const [, height = 0, width = 0] = stint.network.input.shape
    if (!stint.fullSize && 'stages' in torch) refuseOtherLayers(network, stint.network, node)
    return {
      epochs: stints.filter((one) => one === stint).length,
      ...frozenNames(torch, stint.network, null),
      size: stint.fullSize ? null : [height, width],
    }
  })
  const other = parts.findLastIndex(({ epochs: _, size, ...names }) => JSON.stringify([names, size]) !== whole)
  return parts.slice(0, other + 1)
}

/** Some padding depends on the size of images, and is written for one. */
function refuseOtherLayers(network: Network, smaller: Network, node: string): void {
  const [written, other] = [network, smaller].map((one) => modelFile(torchNetwork(one)).split('\n').slice(1).join('\n'))
  if (written === other) return
  const [, height, width] = smaller.input.shape
  throw new NodeError(
    'startSize',
    `The Train "${node}" begins with images of ${width} x ${height} pixels, for which layers of ${network.name} are padded otherwise, and a program has one network.`,
    'Set startSize to 0 or to another size, and export again.',
  )
}
