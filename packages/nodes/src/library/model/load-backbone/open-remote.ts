import { partsOfModel } from '@graft/network'
import { openModelAt, type RemoteFacts, type RemoteModel } from '../../../backbones/model-at-address.js'
import { DownloadError, type DownloadOptions } from '../../../downloads/index.js'
import { withField } from '../../support/run-surgery.js'

export interface FetchedModel extends RemoteModel {
  /** Of all files of the model together; of a single one its sha256. */
  readonly sha256: string
}

/**
 * Fetches all files of a model behind an address. With a checksum to have, a kept model that has another one is asked for
 * again before it is refused.
 * @param pinned sha256 that the model must have; empty: any
 * @throws NodeError for field `source`, or `sha256` when the checksum is another
 */
export async function fetchModel(
  address: string,
  pinned: string,
  options: DownloadOptions,
  facts: RemoteFacts = {},
): Promise<FetchedModel> {
  const kept = await fetchParts(openModelAt(address, options, facts))
  if (pinned === '' || kept.sha256 === pinned) return kept
  const again = await fetchParts(openModelAt(address, { ...options, insist: true }, facts))
  if (again.sha256 === pinned) return again
  throw new DownloadError(
    'checksum',
    `${address} has checksum ${again.sha256}, not the expected ${pinned}: the file changed, or the transfer was tampered with.`,
    'Check where the file comes from; if the new file is right, put its checksum here.',
  )
}

async function fetchParts(model: RemoteModel): Promise<FetchedModel> {
  try {
    for (const name of await partsOfModel(model.files)) await model.files.has(name)
    return { ...model, sha256: model.checksum() }
  } catch (error) {
    throw withField('source', error, 'Use another file of the model, or export it again.')
  }
}
