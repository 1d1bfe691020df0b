import { randomBytes } from 'node:crypto'
import type { GraphDocument, GraphSummary, GraphVersion, StoredGraph } from '@graft/graph-schema'
import { z } from 'zod'
import { canonicalJson } from '../cache/canonical-json.js'
import type { Database, Row } from '../database/open-database.js'

const row = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  nodes: z.number(),
  version: z.number(),
  updated_at: z.string(),
})
const columns = 'id, name, description, nodes, version, updated_at'

export type SaveOutcome = { readonly version: number } | { readonly conflict: number }

/** Graphs that were saved through the server: every save is a version, and deleting only moves to the trash. */
export class GraphStore {
  constructor(private readonly database: Database) {}

  list(): readonly GraphSummary[] {
    return this.database
      .all(`select ${columns} from graphs where deleted_at is null order by updated_at desc, id`)
      .map(summaryOf)
  }

  trash(): readonly GraphSummary[] {
    return this.database
      .all(`select ${columns} from graphs where deleted_at is not null order by deleted_at desc, id`)
      .map(summaryOf)
  }

  create(document: GraphDocument): { readonly id: string; readonly version: number } {
    const id = randomBytes(8).toString('hex')
    return this.database.transaction(() => {
      const time = new Date().toISOString()
      this.database.run(
        'insert into graphs (id, name, description, nodes, version, updated_at) values (?, ?, ?, ?, 0, ?)',
        id,
        document.name,
        document.description,
        0,
        time,
      )
      return { id, version: this.write(id, 1, document) }
    })
  }

  /** Null when there is no such graph (or it is in the trash). */
  get(id: string): StoredGraph | null {
    const summary = this.find(id)
    const document = summary && this.document(id, summary.version)
    return document ? { id, version: summary.version, updatedAt: summary.updatedAt, document } : null
  }

  /** Saves a new version on top of `baseVersion`; what is the same as the newest one changes nothing. */
  save(id: string, document: GraphDocument, baseVersion: number): SaveOutcome | null {
    return this.database.transaction(() => {
      const current = this.find(id)
      if (current === null) return null
      if (current.version !== baseVersion) return { conflict: current.version }
      const newest = this.document(id, current.version)
      if (newest && canonicalJson(newest) === canonicalJson(document)) return { version: current.version }
      return { version: this.write(id, current.version + 1, document) }
    })
  }

  versions(id: string): readonly GraphVersion[] | null {
    if (this.find(id) === null) return null
    const rows = this.database.all(
      'select version, saved_at, length(cast(document as blob)) as bytes from graph_versions where graph = ? order by version desc',
      id,
    )
    return rows
      .map((value) => z.object({ version: z.number(), saved_at: z.string(), bytes: z.number() }).parse(value))
      .map(({ version, saved_at, bytes }) => ({ version, savedAt: saved_at, bytes }))
  }

  document(id: string, version: number): GraphDocument | null {
    const found = this.database.get('select document from graph_versions where graph = ? and version = ?', id, version)
    return found ? (JSON.parse(z.object({ document: z.string() }).parse(found).document) as GraphDocument) : null
  }

  /** Saves an old version again as the newest one. */
  restoreVersion(id: string, version: number): number | null {
    return this.database.transaction(() => {
      const current = this.find(id)
      const document = current && this.document(id, version)
      return document ? this.write(id, current.version + 1, document) : null
    })
  }

  /** To the trash; false when it isn't there. */
  remove(id: string): boolean {
    return (
      this.database.run(
        'update graphs set deleted_at = ? where id = ? and deleted_at is null',
        new Date().toISOString(),
        id,
      ).changes > 0
    )
  }

  /** Out of the trash; null when it isn't in there. */
  restore(id: string): number | null {
    const { changes } = this.database.run(
      'update graphs set deleted_at = null where id = ? and deleted_at is not null',
      id,
    )
    return changes > 0 ? (this.find(id)?.version ?? null) : null
  }

  private find(id: string): GraphSummary | null {
    const found = this.database.get(`select ${columns} from graphs where id = ? and deleted_at is null`, id)
    return found ? summaryOf(found) : null
  }

  private write(id: string, version: number, document: GraphDocument): number {
    const time = new Date().toISOString()
    this.database.run(
      'insert into graph_versions (graph, version, saved_at, document) values (?, ?, ?, ?)',
      id,
      version,
      time,
      JSON.stringify(document),
    )
    this.database.run(
      'update graphs set name = ?, description = ?, nodes = ?, version = ?, updated_at = ? where id = ?',
      document.name,
      document.description,
      Object.keys(document.nodes).length,
      version,
      time,
      id,
    )
    return version
  }
}

function summaryOf(value: Row): GraphSummary {
  const { updated_at, ...rest } = row.parse(value)
  return { ...rest, updatedAt: updated_at }
}
