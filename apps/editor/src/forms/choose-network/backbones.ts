import type { Backbone } from '@graft/graph-schema'
import { useCallback } from 'react'
import { call } from '../../api/client.js'
import { useDownloadsEnded } from '../../api/network-downloads.js'
import { type Called, useCall } from '../../api/use-call.js'
import { compact, percent } from '../../ui/format.js'

/** The networks at hand: embedded ones, files in the data folders, those fetched by name; again when one has come. */
export function useBackbones(): Called<readonly Backbone[]> {
  const ended = useDownloadsEnded()
  const ask = useCallback(
    async (signal: AbortSignal) => (await call('listBackbones', { signal })).backbones,
    // biome-ignore lint/correctness/useExhaustiveDependencies: another number is another question
    [ended],
  )
  return useCall(ask)
}

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
