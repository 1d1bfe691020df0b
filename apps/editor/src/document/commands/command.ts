import type { GraphDocument } from '@graft/graph-schema'
import { produce } from 'immer'
import type { Draft } from 'immer'

/**
 * What is selected on the canvas. Frames and notes go by their place in the document's lists. Never part of the file.
 */
export interface Selection {
  readonly nodes: readonly string[]
  readonly edges: readonly string[]
  readonly frames: readonly number[]
  readonly notes: readonly number[]
}

/** One edit of the document: what the undo menu and the live region call it, and the pure function that does it. */
export interface Command {
  /** Past tense, for people: "Added Train". */
  readonly label: string
  /** Edits that follow each other with the same key become one step of the history: typing, dragging, arrow keys. */
  readonly coalesce?: string
  /** What is selected afterwards; absent: as before, without what is gone. */
  readonly select?: Partial<Selection>
  readonly apply: (document: GraphDocument) => GraphDocument
}

export const nothingSelected: Selection = { nodes: [], edges: [], frames: [], notes: [] }

/** A command from an immer recipe: untouched parts of the document stay the same objects, in the same order. */
export function edit(
  label: string,
  recipe: (draft: Draft<GraphDocument>) => void,
  options: Pick<Command, 'coalesce' | 'select'> = {},
): Command {
  return { label, ...options, apply: (document) => produce(document, recipe) }
}

/** Several commands as one step of the history. */
export function sequence(
  label: string,
  commands: readonly Command[],
  options: Pick<Command, 'coalesce' | 'select'> = {},
): Command {
  return {
    label,
    ...options,
    apply: (document) => commands.reduce((current, command) => command.apply(current), document),
  }
}
