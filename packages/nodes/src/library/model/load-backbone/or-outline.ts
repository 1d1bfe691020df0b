import { isGraftError } from '@graft/errors'
import type { Network } from '@graft/network'
import { findNetwork, outlineOf } from '../../../catalogue/index.js'
import type { FetchingContext } from '../../../sdk/node-context.js'
import { describeNamed } from './describe-named.js'
import { parseSource } from './model-source.js'
import type { PreprocessingParams } from './preprocessing-params.js'
import { squareSide } from './read-or-fallback.js'
import { setPreprocessing } from './set-preprocessing.js'

/** The settings of Load Backbone that an outline depends on. */
export type OutlineParams = PreprocessingParams & {
  readonly source: string
  readonly channels: string
  readonly licence: string
}

/**
 * What `attempt` gives, or what is made of the network's outline while someone only looks at a network that wasn't
 * downloaded yet and whose layers are known without its file.
 */
export async function orOutline<Result, Instead>(
  attempt: () => Promise<Result>,
  settings: OutlineParams,
  { mayFetch }: Pick<FetchingContext, 'mayFetch'>,
  instead: (outline: Network) => Instead,
): Promise<Result | Instead> {
  try {
    return await attempt()
  } catch (error) {
    const isAbsent = mayFetch === false && isGraftError(error) && error.code === 'not-computed-yet'
    const outline = isAbsent ? outlineFor(settings) : null
    if (outline === null) throw error
    return instead(outline)
  }
}

/** As the node would give the network, with everything but its weights. Null where only the file tells. */
function outlineFor(settings: OutlineParams): Network | null {
  const { source, channels, licence, height, width } = settings
  const parsed = parseSource(source)
  // An adapted first layer is computed from the weights.
  if (parsed.kind !== 'name' || channels !== 'auto') return null
  const name = `${parsed.hub.prefix}:${parsed.name}`
  const outline = outlineOf(name, squareSide(height, width) || undefined)
  if (outline === null) return null
  const known = findNetwork(name)
  const named = { label: known?.name ?? name, licence: known?.licence, network: known }
  const described = describeNamed({ network: outline, tensors: new Map() }, named)
  const network = setPreprocessing(described.network, settings)
  return licence === '' ? network : { ...network, provenance: { ...network.provenance, licence } }
}
