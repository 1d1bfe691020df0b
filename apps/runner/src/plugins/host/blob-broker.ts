import type { BlobReference } from '@graft/graph-schema'
import type { BlobStore } from '@graft/nodes'
import { referencedBlobs } from '../../store/referenced-blobs.js'

const longestSearched = 64 * 2 ** 20

/**
 * Gives a plugin the blobs that belong to its inputs (named there, or in a JSON blob it was given) and those that it
 * stored itself, and no others.
 */
export class BlobBroker {
  private readonly given: Set<string>
  private stored = 0

  constructor(
    private readonly store: BlobStore,
    inputs: unknown,
    private readonly storedBytes: number,
  ) {
    this.given = referencedBlobs(inputs)
  }

  isGiven(sha256: string): boolean {
    return this.given.has(sha256)
  }

  async get(sha256: string): Promise<Uint8Array | null> {
    if (!this.given.has(sha256) || !(await this.store.has(sha256))) return null
    const bytes = await this.store.get(sha256)
    for (const named of namedIn(bytes)) this.given.add(named)
    return bytes
  }

  /** Null when the plugin has stored all that it may. */
  async put(bytes: Uint8Array, mediaType: string, name?: string): Promise<BlobReference | null> {
    this.stored += bytes.byteLength
    if (this.stored > this.storedBytes) return null
    const reference = await this.store.put(bytes, mediaType, name)
    this.given.add(reference.sha256)
    return reference
  }
}

/** Blobs that a blob of JSON names, such as the thumbnails of an evaluation. */
function namedIn(bytes: Uint8Array): ReadonlySet<string> {
  const first = bytes[0]
  if ((first !== 0x7b && first !== 0x5b) || bytes.byteLength > longestSearched) return new Set()
  try {
    return referencedBlobs(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    return new Set()
  }
}
