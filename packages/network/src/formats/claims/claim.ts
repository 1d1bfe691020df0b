import { classifierHead } from '../../head.js'
import { inferShapes } from '../../infer-shapes.js'
import type { Network, Preprocessing } from '../../network.js'
import type { PreprocessingOrigin } from '../../preprocessing-origin.js'
import { originOf } from '../../preprocessing/origin-of.js'
import { findStage, headStage } from '../../surgery/edit.js'
import { validateNetwork } from '../../validate-network.js'

/** What something outside the network's own structure says of it. */
export interface Claim {
  /** The parts of the preprocessing that it speaks of. */
  readonly preprocessing?: Partial<Omit<Preprocessing, 'height' | 'width'>>
  /** Height and width; counts where the model's own file leaves them open. */
  readonly size?: readonly [number, number]
  /** Where it says that, for `PreprocessingOrigin.reason`. */
  readonly reason?: string
  /** In the order of the outputs. */
  readonly classNames?: readonly string[]
}

/** The network with what is claimed; names only where there are as many classes and no names yet. */
export function withClaim(network: Network, how: PreprocessingOrigin['how'], claim: Claim): Network {
  const sized = claim.size === undefined ? network : withSize(network, claim.size)
  const named = claim.classNames === undefined ? sized : withClassNames(sized, claim.classNames)
  if (claim.preprocessing === undefined) return named
  const { mean, deviation } = claim.preprocessing
  const saysScaling = mean !== undefined && deviation !== undefined
  return {
    ...named,
    preprocessing: { ...named.preprocessing, ...claim.preprocessing },
    preprocessingOrigin: saysScaling
      ? { how, reason: claim.reason ?? 'it is said beside the model', certain: true }
      : originOf(network),
  }
}

/** How readers note that a size is theirs, not the file's. */
const openSize = /image size not fixed in the file|input size is open in the file/

/** Where the network works with that size. */
function withSize(network: Network, [height, width]: readonly [number, number]): Network {
  if (!network.provenance.history.some((line) => openSize.test(line))) return network
  const [channels = 3] = network.input.shape
  const sized: Network = {
    ...network,
    input: { ...network.input, shape: [channels, height, width] },
    preprocessing: { ...network.preprocessing, height, width },
  }
  try {
    validateNetwork(sized)
    return sized
  } catch {
    return network
  }
}

function withClassNames(network: Network, names: readonly string[]): Network {
  const isNamed = network.head !== null && !network.head.names.every((name, index) => name === `class ${index}`)
  if (isNamed || findStage(network, headStage) === undefined) return network
  const classes = inferShapes(network).get(network.output)?.[1]
  return classes === names.length ? { ...network, head: classifierHead(toldApart(names)) } : network
}

/** Repeated names get a number: "crane" is a bird and a machine in ImageNet. */
export function toldApart(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>()
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}
