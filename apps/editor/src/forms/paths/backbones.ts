import type { Backbone } from '@graft/graph-schema'
import { call } from '../../api/client.js'
import { compact, percent } from '../../ui/format.js'

/** The networks at hand: embedded ones, files in the data folders, those fetched by name. */
export const listBackbones = (signal: AbortSignal): Promise<{ readonly backbones: readonly Backbone[] }> =>
  call('listBackbones', { signal })

/** What decides between networks at hand, as far as it is known, on one line; empty when nothing is. */
export function backboneFacts({ inputSize, parameters, accuracy, licence }: Backbone): string {
  return [
    inputSize === null ? null : `${inputSize}²`,
    parameters === null ? null : `${compact(parameters)} parameters`,
    accuracy === undefined ? null : `${percent(accuracy)} top 1`,
    licence,
  ]
    .filter((fact) => fact !== null && fact !== '')
    .join(' · ')
}
