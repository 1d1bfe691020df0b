import { defineMigrations } from './migrate.js'

/** The document's own steps, over plain JSON. Version 1 is the first; a change of the format adds a step here. */
export const documentMigrations = defineMigrations<Readonly<Record<string, unknown>>>('the document', [])
