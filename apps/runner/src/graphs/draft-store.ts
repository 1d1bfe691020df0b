import type { DraftSummary, GraphDocument } from '@graft/graph-schema'
import { draftSummarySchema } from '@graft/graph-schema'
import { z } from 'zod'
import type { Database, Row } from '../database/open-database.js'

/** More are refused: none is thrown away to make room for another. */
export const mostDrafts = 500
export const mostDraftBytes = 5_000_000
/** All drafts together. */
const mostBytes = 200_000_000

export type Draft = Pick<DraftSummary, 'savedAt' | 'origin'> & { readonly document: GraphDocument }
/** Why a draft was not kept. */
export type DraftRefusal = 'other-here' | 'too-large' | 'full'

const row = z.object({
  id: z.string(),
  name: z.string(),
  nodes: z.number(),
  saved_at: z.number(),
  origin: z.string().nullable(),
})
const columns = 'id, name, nodes, saved_at, origin'

/** Edits that nobody has saved yet, of all the browsers of a person. */
export class DraftStore {
  constructor(private readonly database: Database) {}

  list(): readonly DraftSummary[] {
    return this.database.all(`select ${columns} from drafts order by saved_at desc, id`).map(summaryOf)
  }

  get(id: string): Draft | null {
    const found = this.database.get(`select ${columns}, document from drafts where id = ?`, id)
    if (!found) return null
    const { savedAt, origin } = summaryOf(found)
    const { document } = z.object({ document: z.string() }).parse(found)
    return { savedAt, origin, document: JSON.parse(document) as GraphDocument }
  }

  /** Null: it is kept. `base`: the copy that it was made from, by its time; another one that is here stays. */
  keep(id: string, { document, savedAt, origin }: Draft, base: number | null): DraftRefusal | null {
    const text = JSON.stringify(document)
    const bytes = Buffer.byteLength(text)
    if (bytes > mostDraftBytes) return 'too-large'
    return this.database.transaction(() => {
      const known = this.database.get('select saved_at from drafts where id = ?', id)
      const here = known ? z.object({ saved_at: z.number() }).parse(known).saved_at : null
      if (here !== null && here !== base && here !== savedAt) return 'other-here'
      const others = this.sizeWithout(id)
      if (others.count >= mostDrafts || others.bytes + bytes > mostBytes) return 'full'
      this.database.run(
        `insert into drafts (${columns}, document) values (?, ?, ?, ?, ?, ?)
         on conflict (id) do update set name = excluded.name, nodes = excluded.nodes, saved_at = excluded.saved_at,
         origin = excluded.origin, document = excluded.document`,
        id,
        document.name,
        Object.keys(document.nodes).length,
        Math.round(savedAt),
        origin === null ? null : JSON.stringify(origin),
        text,
      )
      return null
    })
  }

  discard(id: string): void {
    this.database.run('delete from drafts where id = ?', id)
  }

  private sizeWithout(id: string): { readonly count: number; readonly bytes: number } {
    const sums = 'count(*) as count, coalesce(sum(length(cast(document as blob))), 0) as bytes'
    return z
      .object({ count: z.number(), bytes: z.number() })
      .parse(this.database.get(`select ${sums} from drafts where id <> ?`, id))
  }
}

function summaryOf(value: Row): DraftSummary {
  const { saved_at, origin, ...rest } = row.parse(value)
  return draftSummarySchema.parse({
    ...rest,
    savedAt: saved_at,
    origin: origin === null ? null : (JSON.parse(origin) as unknown),
  })
}
