import { z } from 'zod'
import type { Database } from './open-database.js'

const row = z.object({ sha256: z.string() })

/** Every stored file that some recorded run needs. */
export function keptBlobs(database: Database): Set<string> {
  return new Set(database.all('select distinct sha256 from run_blobs').map((found) => row.parse(found).sha256))
}
