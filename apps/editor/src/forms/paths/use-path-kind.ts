import { useCallback } from 'react'
import { call } from '../../api/client.js'
import type { Answer } from '../../api/client.js'
import { useCall } from '../../api/use-call.js'

export type PathKind = Answer<'tellPath'>['kind']

/**
 * What lies at a path; null: not known yet. Asked before what lies there is, since the browser's console calls every
 * answer that there is nothing an error.
 */
export function usePathKind(path: string | null): PathKind | null {
  const ask = useCallback(
    async (signal: AbortSignal) => (path === null ? null : call('tellPath', { query: { path }, signal })),
    [path],
  )
  const answer = useCall(ask)
  if (answer.status === 'failed') return 'nothing'
  return answer.status === 'ready' ? (answer.value?.kind ?? null) : null
}
