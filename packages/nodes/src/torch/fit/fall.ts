import type { Fallen, GroupEnd } from '../python/process-group.js'

/** What drive.py's exit codes say, in whichever process: only the first of a machine tells events. */
const kinds = new Map([
  [4, 'memory'],
  [5, 'diverged'],
] as const)

/** Why a group of processes ended, and which of them it began with. */
export interface Fall {
  /** `killed` by something from outside; `lost`: others elsewhere are gone; `error`: a fault of its own. */
  readonly kind: 'memory' | 'diverged' | 'killed' | 'lost' | 'error'
  /** Null where none ended other than well. */
  readonly process: Fallen | null
}

/**
 * Looks for the process that fell by itself: not one that Graft ended, nor one that only noticed that another was gone.
 * @param together whether it is one of several processes
 */
export function fallOf({ fallen }: GroupEnd, together: boolean): Fall {
  const own = fallen.filter(({ ended }) => !ended)
  for (const process of own) {
    const kind = kinds.get(process.code as 4 | 5)
    if (kind !== undefined) return { kind, process }
  }
  const lost = (one: Fallen): boolean => together && hasLostOthers(one)
  const process = own.find((one) => !lost(one)) ?? own[0] ?? null
  if (process === null) return { kind: 'error', process }
  return { kind: process.signal !== null ? 'killed' : lost(process) ? 'lost' : 'error', process }
}

/** By its last error: what was said before may name gloo without meaning a fault. */
function hasLostOthers({ signal, said }: Fallen): boolean {
  const error = said.slice(Math.max(0, said.lastIndexOf('Traceback (most recent call last)')))
  return signal === null && /connection (closed|reset|refused)|gloo|nccl|timed? ?out|broken pipe/i.test(error)
}
