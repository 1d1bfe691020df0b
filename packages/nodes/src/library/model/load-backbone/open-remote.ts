import { ownPartsOfModel } from '@graft/network'
import { openModelAt, type RemoteFacts, type RemoteModel } from '../../../backbones/model-at-address.js'
import { findNetwork } from '../../../catalogue/index.js'
import { NodeError } from '../../../sdk/node-error.js'
import {
  DownloadError,
  type DownloadOptions,
  findKept,
  notHereYet,
  offlineBy,
  shownAddress,
} from '../../../downloads/index.js'
import { nameOfAddress, type NamedModel, pulledName, recordPulled, type ResolvedModel } from '../../../hubs/index.js'
import { withField } from '../../support/run-surgery.js'
import type { ModelSource } from './model-source.js'

export interface FetchedModel extends RemoteModel {
  /** Of all files of the model together; of a single one its sha256. */
  readonly sha256: string
}

/** A model that a name led to. */
export interface NamedFetch extends FetchedModel {
  readonly resolved: ResolvedModel
}

/**
 * Fetches the model that a name leads to, and says so when it isn't here yet.
 * @param options with `keep`, it stays until a person removes it
 * @param say hears what is downloaded, how large it is, and from where
 * @throws NodeError like `fetchModel`
 */
export async function fetchNamed(
  { hub, name }: NamedModel,
  pinned: string,
  options: DownloadOptions & { readonly keep?: boolean },
  say?: (message: string) => void,
): Promise<NamedFetch> {
  const resolved = await resolve({ hub, name }, options)
  const address = new URL(resolved.address)
  const main = decodeURIComponent(address.pathname.split('/').pop() ?? '')
  if ((await findKept(address, resolved.wanted(main), options)) === null) {
    if (options.mayFetch === false) throw notHereYet(`${resolved.label}${sizeOf(resolved)}`)
    if (offlineBy() === null) say?.(`Downloading ${resolved.label}${sizeOf(resolved)} from ${address.host}.`)
  }
  const { wanted, has, label, bytes } = resolved
  const fetched = await fetchModel(resolved.address, pinned, options, {
    wanted: (file) => wanted(file),
    ...(has && { has: (file) => has(file) }),
    label,
    bytes,
  })
  const { sha256 } = fetched
  const answers = [...(resolved.answers ?? [])]
  await recordPulled(
    { name: pulledName(resolved), label, sha256, files: fetched.fetched(), answers, kept: options.keep === true },
    options,
  )
  return { ...fetched, resolved }
}

/** Fetches the model of a name or an address. */
export async function fetchLocated(
  located: Extract<ModelSource, { kind: 'name' | 'address' }>,
  pinned: string,
  options: DownloadOptions & { readonly keep?: boolean },
  say?: (message: string) => void,
): Promise<FetchedModel> {
  return located.kind === 'name'
    ? fetchNamed(located, pinned, options, say)
    : fetchAddress(located.address, pinned, options)
}

/**
 * Fetches the model of an address and notes what it led to, so that nothing of it is thrown away while it is needed.
 * @param options with `keep`, it stays until a person removes it
 * @throws NodeError like `fetchModel`
 */
export async function fetchAddress(
  address: string,
  pinned: string,
  options: DownloadOptions & { readonly keep?: boolean },
): Promise<FetchedModel> {
  const model = await fetchModel(address, pinned, options)
  const name = nameOfAddress(address)
  const files = model.fetched().map((file) => ({ ...file, address: shownAddress(new URL(file.address)) }))
  const { sha256 } = model
  await recordPulled({ name, label: name, sha256, files, answers: [], kept: options.keep === true }, options)
  return model
}

/** While someone only looks, hubs that have to be asked aren't; the catalogue knows the size. */
async function resolve({ hub, name }: NamedModel, options: DownloadOptions): Promise<ResolvedModel> {
  try {
    return await hub.resolve(name, options)
  } catch (error) {
    const known = findNetwork(`${hub.prefix}:${name}`)
    throw options.mayFetch === false && known !== undefined && !(error instanceof NodeError)
      ? notHereYet(`${known.name}${sizeOf(known)}`)
      : error
  }
}

const sizeOf = ({ bytes }: Pick<ResolvedModel, 'bytes'>): string =>
  bytes === undefined ? '' : ` (${(bytes / 1e6).toPrecision(3)} MB)`

/**
 * Fetches all files of a model behind an address. With a checksum to have, a kept model that has another one is asked for
 * again before it is refused.
 * @param pinned sha256 that the model must have, or its beginning; empty: any
 * @throws NodeError for field `source`, or `sha256` when the checksum is another
 */
export async function fetchModel(
  address: string,
  pinned: string,
  options: DownloadOptions,
  facts: RemoteFacts = {},
): Promise<FetchedModel> {
  const kept = await fetchParts(openModelAt(address, options, facts))
  if (kept.sha256.startsWith(pinned)) return kept
  const again = await fetchParts(openModelAt(address, { ...options, insist: true }, facts))
  if (again.sha256.startsWith(pinned)) return again
  throw new DownloadError(
    'checksum',
    `${facts.label ?? address} has checksum ${again.sha256}, not ${pinned}, which is pinned: the file changed, or the transfer was tampered with.`,
    'Check where the file comes from. If the new file is right, put its checksum here, empty the field, or let `graft models pin GRAPH --replace` do it.',
  )
}

/** Shards and files that may be there are fetched side by side. */
const atOnce = 6

async function fetchParts(model: RemoteModel): Promise<FetchedModel> {
  try {
    const { own, beside } = await ownPartsOfModel(model.files)
    // A file of the model that breaks off is no model without it; one beside it that does may be done without.
    const waiting = [
      ...own.map((name) => () => model.bring(name)),
      ...beside.map((name) => () => model.files.has(name)),
    ]
    const fetchNext = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next()
    }
    await Promise.all(Array.from({ length: atOnce }, fetchNext))
    return { ...model, sha256: model.checksum() }
  } catch (error) {
    throw withField('source', error, 'Use another file of the model, or export it again.')
  }
}
