import type { GraphDocument, Inspection, NetworkSummary } from '@graft/graph-schema'
import { useEffect, useMemo, useState } from 'react'
import { ApiError, call } from '../../api/client.js'
import { useDownloadsEnded } from '../../api/network-downloads.js'
import { getDocument, useDocument } from '../../document/store.js'
import { createSharedAnswers } from './shared-answers.js'
import { upstreamKey } from './upstream-key.js'

export type Inspected =
  | { readonly status: 'loading' }
  | {
      readonly status: 'ready'
      readonly inspection: Inspection /** Of an edit ago; the new one is on its way. */
      readonly isOld: boolean
    }
  | { readonly status: 'failed'; readonly error: ApiError }

const pause = 250
const kept = 30
const answers = createSharedAnswers(
  async (body: { readonly document: GraphDocument; readonly node: string }, signal) => {
    const inspection = await call('inspect', { body, signal })
    if (inspection.missing !== undefined) throw new ApiError(inspection.missing, null, 'refused')
    return inspection
  },
  kept,
  // The next run, here or elsewhere, may bring what is only outlined.
  ({ networks, outputNetworks }) =>
    ![...Object.values(networks), ...Object.values(outputNetworks)].some(({ isOutline }) => isOutline),
)

/**
 * What would arrive at a node and what it would give, as far as the runner can tell without long work. Follows edits of
 * the node and of all before it, a moment after the last; what is no longer wanted by then is given up. `wanted` false:
 * asks nothing.
 */
export function useInspection(nodeId: string, wanted = true): Inspected {
  const document = useDocument()
  const ended = useDownloadsEnded()
  const key = useMemo(() => `${ended} ${upstreamKey(document, nodeId)}`, [document, nodeId, ended])
  const [result, setResult] = useState<{ readonly key: string; readonly inspected: Inspected } | null>(null)
  useEffect(() => {
    if (!wanted) return
    let leave = (): void => undefined
    let gone = false
    const put = (inspected: Inspected): void => void (!gone && setResult({ key, inspected }))
    const timer = setTimeout(
      () => {
        const asked = answers.want(key, { document: getDocument(), node: nodeId })
        leave = asked.leave
        asked.answer.then(
          (inspection) => put({ status: 'ready', inspection, isOld: false }),
          (error: unknown) =>
            put({
              status: 'failed',
              error: error instanceof ApiError ? error : new ApiError(String(error), null, 'unreadable'),
            }),
        )
      },
      answers.isKnown(key) ? 0 : pause,
    )
    return () => {
      gone = true
      clearTimeout(timer)
      leave()
    }
  }, [key, nodeId, wanted])
  if (result === null) return { status: 'loading' }
  return result.key !== key && result.inspected.status === 'ready'
    ? { ...result.inspected, isOld: true }
    : result.inspected
}

export type NetworkInspected =
  | { readonly status: 'loading' }
  | { readonly status: 'none'; readonly message: string }
  | {
      readonly status: 'ready'
      readonly before: NetworkSummary /** Null: the node's settings don't work, or it takes long. */
      readonly after: NetworkSummary | null
      readonly isOld: boolean
    }

/** The network that arrives at a node, and the one that leaves it. */
export function useNetwork(nodeId: string): NetworkInspected {
  const inspected = useInspection(nodeId)
  if (inspected.status === 'loading') return inspected
  if (inspected.status === 'failed') return { status: 'none', message: inspected.error.message }
  const [before] = Object.values(inspected.inspection.networks)
  if (before === undefined) return { status: 'none', message: 'Connect a network to see its stages here.' }
  return {
    status: 'ready',
    before,
    after: Object.values(inspected.inspection.outputNetworks)[0] ?? null,
    isOld: inspected.isOld,
  }
}
