import { dispatch, getDocument, paramAt, setParams, useEditor, useManifestOf } from '../../document/store.js'
import type { Field } from '../fields/field.js'
import { fieldsFromSchema } from '../fields/fields-from-schema.js'

export interface NetworkFields {
  /** The checksum that the node has; null: it takes none. */
  readonly pinned: string | null
  /**
   * Sets where the network comes from; the checksum becomes that of the new one, or goes. One step to undo.
   * @param typed letter by letter: all of it is one step
   */
  readonly put: (source: unknown, options?: { readonly sha256?: string | null; readonly typed?: boolean }) => void
  readonly pin: (sha256: string) => void
}

/** The fields of a node that say which network it loads, and which checksum that has to have. */
export function useNetworkFields(nodeId: string, source: Field): NetworkFields {
  const manifest = useManifestOf(nodeId)
  const checksum = manifest && checksumField(fieldsFromSchema(manifest.params))
  const path = checksum?.path ?? null
  const pinned = useEditor((state) => (path === null ? null : textOf(paramAt(state.document, nodeId, path))))
  return {
    pinned,
    put: (next, { sha256 = null, typed = false } = {}) => {
      const isSame = paramAt(getDocument(), nodeId, source.path) === next
      const values = {
        [source.path]: next === source.initial ? undefined : next,
        ...(path !== null && { [path]: sha256 ?? (isSame && pinned !== '' ? pinned : undefined) }),
      }
      dispatch(setParams(nodeId, values, typed ? source.path : undefined))
    },
    pin: (sha256) => path !== null && dispatch(setParams(nodeId, { [path]: sha256 })),
  }
}

/** The field that pins a network, where a node has one. */
export const checksumField = (fields: readonly Field[]): Field | undefined =>
  fields.find(({ widget }) => widget === 'checksum')

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
