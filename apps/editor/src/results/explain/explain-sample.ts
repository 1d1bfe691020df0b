import { call } from '../../api/client.js'
import type { DatasetResult } from '../read/run-results.js'
import type { Explain } from './use-explanation.js'

/** Asks about an image of a dataset, by the network that was evaluated on it; null where that is not known. */
export function explainSample({ model, samples, root }: DatasetResult, sample: string, index: number): Explain | null {
  if (model === undefined) return null
  return (signal) =>
    call('explain', {
      params: { id: model.runId },
      query: { node: model.node, class: index, samples: samples.sha256, sample, ...(root !== undefined && { root }) },
      upload: new Blob([], { type: 'application/octet-stream' }),
      signal,
    })
}
