import { check, edgeKey, emptyDocument, nodeOf } from '@graft/graph-schema'
import type { GraphDocument, NodeManifest, Problem } from '@graft/graph-schema'
import { nothingSelected } from './commands/command.js'
import type { Command, Selection } from './commands/command.js'
import { closeStep, emptyHistory, record, redo, undo } from './history.js'
import type { History } from './history.js'

/** Where the open document comes from; none: it was never saved on the runner. */
export interface Origin {
  readonly graphId: string
  readonly version: number
}

export interface EditorState {
  /** The truth; the canvas and every form are projections of it. */
  readonly document: GraphDocument
  readonly history: History
  readonly selection: Selection
  readonly manifests: ReadonlyMap<string, NodeManifest>
  /** What check() found, a moment after the last edit. */
  readonly problems: readonly Problem[]
  readonly origin: Origin | null
  /** Under which id the edits are kept in the browser; null before the first document is opened. */
  readonly draft: string | null
  /** The document as last saved or opened: another object means unsaved edits. */
  readonly saved: GraphDocument
  /** Counts documents opened, so that the canvas shows each one whole. */
  readonly opened: number
  /** What the live region says; the number makes a repeated text a new announcement. */
  readonly announcement: { readonly text: string; readonly number: number }
}

export interface EditorStore {
  readonly get: () => EditorState
  readonly subscribe: (listener: () => void) => () => void
  readonly dispatch: (command: Command) => void
  readonly undo: () => void
  readonly redo: () => void
  /** The next edit is its own undo step. */
  readonly endStep: () => void
  readonly select: (selection: Partial<Selection>) => void
  readonly open: (document: GraphDocument, origin?: Origin | null, draft?: string | null) => void
  /** The edits are kept under another id from now on. */
  readonly rename: (draft: string) => void
  readonly markSaved: (document: GraphDocument, origin: Origin, draft: string) => void
  readonly setManifests: (manifests: readonly NodeManifest[]) => void
  readonly announce: (text: string) => void
  /** Runs check() now instead of a moment later. */
  readonly checkNow: () => void
}

const checkDelay = 150

/** The state of one open document, without React. `now` is a clock in milliseconds. */
export function createEditorStore(now: () => number = Date.now): EditorStore {
  const blank = emptyDocument()
  let state: EditorState = {
    document: blank,
    history: emptyHistory,
    selection: nothingSelected,
    manifests: new Map(),
    problems: [],
    origin: null,
    draft: null,
    saved: blank,
    opened: 0,
    announcement: { text: '', number: 0 },
  }
  const listeners = new Set<() => void>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const set = (patch: Partial<EditorState>): void => {
    const changed = patch.document !== undefined && patch.document !== state.document
    state = { ...state, ...patch }
    if (changed || patch.manifests !== undefined) scheduleCheck()
    for (const listener of listeners) listener()
  }
  const say = (text: string): EditorState['announcement'] => ({ text, number: state.announcement.number + 1 })
  const scheduleCheck = (): void => {
    clearTimeout(timer)
    timer = setTimeout(checkNow, checkDelay)
  }
  const checkNow = (): void => {
    clearTimeout(timer)
    if (state.manifests.size === 0) return
    const problems = check(state.document, [...state.manifests.values()])
    if (!sameProblems(problems, state.problems)) set({ problems })
  }
  const travel = (step: typeof undo, word: string): void => {
    const moved = step(state.history, { document: state.document, selection: state.selection })
    if (moved === null) return set({ announcement: say(`Nothing to ${word}`) })
    const { document, selection, label } = moved.entry
    set({
      document,
      selection: existing(document, selection),
      history: moved.history,
      announcement: say(`${word === 'undo' ? 'Undone' : 'Redone'}: ${label}`),
    })
  }

  return {
    get: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    dispatch: (command) => {
      const document = command.apply(state.document)
      if (document === state.document) return
      const before = { label: command.label, document: state.document, selection: state.selection }
      const selection = command.select === undefined ? state.selection : { ...nothingSelected, ...command.select }
      const announcement =
        command.coalesce !== undefined && state.history.open?.key === command.coalesce
          ? state.announcement
          : say(command.label)
      set({
        document,
        history: record(state.history, before, command.coalesce, now()),
        selection: existing(document, selection),
        announcement,
      })
    },
    undo: () => travel(undo, 'undo'),
    redo: () => travel(redo, 'redo'),
    endStep: () => {
      const history = closeStep(state.history)
      if (history !== state.history) set({ history })
    },
    select: (selection) => {
      const next = existing(state.document, { ...nothingSelected, ...selection })
      if (!sameSelection(next, state.selection)) set({ selection: next })
    },
    open: (document, origin = null, draft = null) =>
      set({
        document,
        saved: document,
        origin,
        draft,
        history: emptyHistory,
        selection: nothingSelected,
        problems: [],
        opened: state.opened + 1,
        announcement: say(`Opened ${document.name}`),
      }),
    rename: (draft) => set({ draft }),
    markSaved: (document, origin, draft) => set({ saved: document, origin, draft }),
    setManifests: (manifests) => set({ manifests: new Map(manifests.map((manifest) => [manifest.type, manifest])) }),
    announce: (text) => set({ announcement: say(text) }),
    checkNow,
  }
}

/** The part of a selection that is still there. */
function existing(document: GraphDocument, selection: Selection): Selection {
  const edges = selection.edges.length === 0 ? null : new Set(document.edges.map(edgeKey))
  const kept: Selection = {
    nodes: selection.nodes.filter((id) => nodeOf(document, id) !== undefined),
    edges: selection.edges.filter((key) => edges?.has(key) === true),
    frames: selection.frames.filter((index) => index < document.layout.frames.length),
    notes: selection.notes.filter((index) => index < document.layout.notes.length),
  }
  return sameSelection(kept, selection) ? selection : kept
}

function sameSelection(left: Selection, right: Selection): boolean {
  const same = (one: readonly unknown[], other: readonly unknown[]): boolean =>
    one.length === other.length && one.every((item, index) => item === other[index])
  return (
    same(left.nodes, right.nodes) &&
    same(left.edges, right.edges) &&
    same(left.frames, right.frames) &&
    same(left.notes, right.notes)
  )
}

function sameProblems(left: readonly Problem[], right: readonly Problem[]): boolean {
  return left.length === right.length && JSON.stringify(left) === JSON.stringify(right)
}
