import type { Sample } from '@graft/graph-schema'
import type { Network } from '@graft/network'
import { embeddedBackbones } from '../../backbones/index.js'
import type { NodeContext } from '../../sdk/node-context.js'

const embedded = 'embedded:'

/**
 * What a network has learned from, where it was never meant for such images: a network that comes with Graft knows
 * generated pictograms, not what people bring. Null where it may know them, and where its weights were forgotten from the beginning on.
 *
 * This is a matter of where it comes from, not of numbers: its normalisations remember statistics that photos have as
 * well (`docs/decisions.md`).
 */
export function foreignTo({ provenance, layers, stages }: Network, samples: readonly Sample[]): string | null {
  const { source, history } = provenance
  const known = embeddedBackbones.find(({ id }) => source === `${embedded}${id}`)?.knows
  const isOwn = samples.some((sample) => sample.path !== undefined)
  const isForgotten = [layers[0]?.name, stages[0]?.name].some(
    (first) => first !== undefined && history.some((line) => line.startsWith(`reinitialised ${first} to`)),
  )
  return known !== undefined && isOwn && !isForgotten ? known : null
}

/** Says so before work is put into it. */
export function warnOfForeignImages(network: Network, samples: readonly Sample[], { emit }: NodeContext): void {
  const knows = foreignTo(network, samples)
  if (knows === null) return
  const message = `${network.name} was trained on ${knows}, to try Graft out, and was never meant for images like these. Choose a network that was trained on photos in Load Backbone.`
  emit({ type: 'log', level: 'warning', message })
}
