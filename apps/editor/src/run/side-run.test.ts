import { emptyDocument, emptyRunState } from '@graft/graph-schema'
import type { RunState, RunSummary } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { createSideRun } from './side-run.js'
import type { SideRun } from './side-run.js'

interface Served {
  readonly side: SideRun
  readonly cancelled: string[]
  readonly tell: (change: Partial<RunState>) => void
  readonly answer: (id: string) => Promise<void>
}

/** A server that answers when the test says so. */
function served(): Served {
  const cancelled: string[] = []
  let answered = (_: { readonly run: RunSummary }): void => undefined
  let listener: ((state: RunState) => void) | null = null
  const side = createSideRun({
    start: () => new Promise((resolve) => (answered = resolve)),
    cancel: (id) => Promise.resolve(cancelled.push(id)),
    follow: (_, told) => {
      listener = told
      return () => (listener = null)
    },
  })
  return {
    side,
    cancelled,
    tell: (change) => listener?.({ ...emptyRunState('a'), ...change }),
    answer: async (id) => {
      answered({ run: { id } as RunSummary })
      await Promise.resolve()
    },
  }
}
const request = { document: emptyDocument('Measures') }

describe('a run beside the one that is shown', () => {
  it('is busy from the press of the button to the end', async () => {
    const { side, answer, tell, cancelled } = served()
    side.start(request)
    expect(side.get().isBusy).toBe(true)
    await answer('a')
    tell({ status: 'running' })
    expect(side.get()).toMatchObject({ isBusy: true, runId: 'a' })
    tell({ status: 'succeeded' })
    expect(side.get()).toMatchObject({ isBusy: false, failure: null })
    side.stop()
    expect(cancelled).toEqual([])
  })

  it('is cancelled when nobody wants it any more, even before the server has answered', async () => {
    const { side, answer, cancelled } = served()
    side.start(request)
    side.stop()
    await answer('a')
    expect(cancelled).toEqual(['a'])
    expect(side.get()).toMatchObject({ isBusy: false, runId: null })
  })

  it('says why it failed, in the words of the node', async () => {
    const { side, answer, tell } = served()
    side.start(request)
    await answer('a')
    const problem = { code: 'x', severity: 'error', message: 'No images.', fix: 'Add some.' } as const
    tell({ status: 'failed', nodes: { one: { status: 'failed', metrics: {}, curves: [], previews: [], problem } } })
    expect(side.get().failure).toMatchObject({ message: 'No images.', fix: 'Add some.' })
  })
})
