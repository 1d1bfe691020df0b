import type { RunSummary } from '@graft/graph-schema'
import { useCallback, useEffect, useRef, useState } from 'react'
import { call, messageOf } from '../api/client.js'
import { live } from '../api/live/live.js'
import { toast } from '../ui/toasts/toast.js'
import { undoable } from '../ui/toasts/undoable.js'
import type { RunDescription } from './DescribeRun.js'
import { openRun } from './show-run.js'
import { joinPages } from './run-list.js'

const pageSize = 100

export type RunAction = 'resume' | 'cancel' | 'front' | 'delete' | 'open' | 'describe'

export interface RunList {
  readonly list: readonly RunSummary[]
  readonly status: 'loading' | 'ready' | 'failed'
  readonly error: string
  /** Loads older runs; null when there are no more. */
  readonly more: (() => void) | null
  readonly act: (action: RunAction, id: string, description?: RunDescription) => void
}

/**
 * The runs of a graph (`graph ID`) or a draft (`draft ID`; null: all runs), kept fresh: whenever the queue changes, so
 * may a run.
 */
export function useRunList(graph: string | null): RunList {
  const [list, setList] = useState<readonly RunSummary[]>([])
  const [status, setStatus] = useState<RunList['status']>('loading')
  const [error, setError] = useState('')
  const [hidden, setHidden] = useState<readonly string[]>([])
  const [isEnd, setEnd] = useState(true)
  const isFirst = useRef(true)
  const wanted = useRef(graph)
  wanted.current = graph
  const load = useCallback(
    async (before?: string): Promise<void> => {
      try {
        const { runs } = await call('listRuns', {
          query: { limit: pageSize, ...(graph !== null && wantedOf(graph)), ...(before !== undefined && { before }) },
        })
        if (wanted.current !== graph) return
        setList((known) => joinPages(known, runs))
        // Reading the newest page again says nothing about where the list ends.
        if (before !== undefined || isFirst.current) setEnd(runs.length < pageSize)
        isFirst.current = false
        setStatus('ready')
      } catch (failure) {
        setError(messageOf(failure))
        setStatus((now) => (now === 'ready' ? now : 'failed'))
      }
    },
    [graph],
  )
  useEffect(() => {
    setList([])
    setStatus('loading')
    isFirst.current = true
    void load()
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = live().watchQueue(() => {
      clearTimeout(timer)
      timer = setTimeout(() => void load(), 300)
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [load])
  const act = useCallback(
    (action: RunAction, id: string, description?: RunDescription): void => {
      if (action === 'delete') {
        setHidden((now) => [...now, id])
        return undoable(
          'Deleted the run',
          () => void perform('delete', id).catch((failure: unknown) => toast('error', messageOf(failure))),
          () => setHidden((now) => now.filter((other) => other !== id)),
        )
      }
      perform(action, id, description).then(
        () => {
          if (action !== 'open') void load()
        },
        (failure: unknown) => toast('error', messageOf(failure)),
      )
    },
    [load],
  )
  const last = list.at(-1)?.id
  const shown = hidden.length === 0 ? list : list.filter(({ id }) => !hidden.includes(id))
  return { list: shown, status, error, more: isEnd || last === undefined ? null : () => void load(last), act }
}

function wantedOf(whose: string): { readonly graph: string } | { readonly draft: string } {
  const id = whose.slice(whose.indexOf(' ') + 1)
  return whose.startsWith('graph ') ? { graph: id } : { draft: id }
}

async function perform(
  action: RunAction,
  id: string,
  description: RunDescription = { name: '', notes: '' },
): Promise<void> {
  const params = { id }
  switch (action) {
    case 'resume':
      return void (await call('resumeRun', { params }))
    case 'cancel':
      return void (await call('cancelRun', { params }))
    case 'front':
      return void (await call('moveRunToFront', { params }))
    case 'delete':
      return call('deleteRun', { params })
    case 'describe':
      return void (await call('describeRun', { params, body: description }))
    case 'open':
      return openRun(id)
  }
}
