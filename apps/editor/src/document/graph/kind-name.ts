import { isPortKind } from '@graft/graph-schema'
import type { Port } from '@graft/graph-schema'

/** How style sheets call a kind: kinds of plugins' own all look alike, and an unknown one like none. */
export const kindName = (kind: Port['kind'] | undefined): string =>
  kind === undefined ? 'unknown' : isPortKind(kind) ? kind : 'own'
