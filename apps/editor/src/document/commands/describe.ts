import { edit } from './command.js'
import type { Command } from './command.js'

/** The pipeline's name. */
export function renameDocument(name: string): Command {
  return edit(`Renamed the graph to ${name}`, (draft) => void (draft.name = name.slice(0, 200)), {
    coalesce: 'document:name',
  })
}

/** What the pipeline is for. */
export function describeDocument(description: string): Command {
  return edit('Changed the description', (draft) => void (draft.description = description), {
    coalesce: 'document:description',
  })
}
