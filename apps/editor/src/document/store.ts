import { nodeOf } from '@graft/graph-schema'
import type { GraphDocument, GraphNode, NodeManifest, Problem } from '@graft/graph-schema'
import { useStoreValue } from '../ui/store/create-store.js'
import type { Command, Selection } from './commands/command.js'
import { createEditorStore } from './editor-store.js'
import type { EditorState } from './editor-store.js'

export { paramAt, resetParams, setParam, setParams } from './commands/params.js'
export type { ParamPath } from './commands/params.js'
export type { Command, Selection } from './commands/command.js'
export type { Origin } from './editor-store.js'

/** The open document of this page. */
export const editor = createEditorStore()

/** Reads part of the editor's state in a component, which renders again only when that part changes. */
export const useEditor = <Value>(
  select: (state: EditorState) => Value,
  isSame?: (left: Value, right: Value) => boolean,
): Value => useStoreValue(editor, select, isSame)

const selectDocument = (state: EditorState): GraphDocument => state.document
const selectSelection = (state: EditorState): Selection => state.selection
const selectProblems = (state: EditorState): readonly Problem[] => state.problems
const selectManifests = (state: EditorState): ReadonlyMap<string, NodeManifest> => state.manifests
const sameItems = (left: readonly unknown[], right: readonly unknown[]): boolean =>
  left.length === right.length && left.every((item, index) => item === right[index])

export const useDocument = (): GraphDocument => useEditor(selectDocument)
export const useSelection = (): Selection => useEditor(selectSelection)
export const useProblems = (): readonly Problem[] => useEditor(selectProblems)
export const useManifests = (): ReadonlyMap<string, NodeManifest> => useEditor(selectManifests)
export const useNode = (nodeId: string): GraphNode | undefined => useEditor((state) => nodeOf(state.document, nodeId))
export const useNodeProblems = (nodeId: string): readonly Problem[] =>
  useEditor((state) => state.problems.filter(({ node }) => node === nodeId), sameItems)
/** The type of a node as the runner describes it; undefined for types that aren't installed. */
export const useManifestOf = (nodeId: string): NodeManifest | undefined =>
  useEditor((state) => state.manifests.get(nodeOf(state.document, nodeId)?.type ?? ''))

export const getDocument = (): GraphDocument => editor.get().document
export const getManifests = (): ReadonlyMap<string, NodeManifest> => editor.get().manifests
export const dispatch = (command: Command): void => editor.dispatch(command)
export const announce = (text: string): void => editor.announce(text)
